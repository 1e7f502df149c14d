/* SPDX-License-Identifier: MIT
 *
 * Libravatar's federation: a domain's SRV records say which server has the avatars of its
 * addresses; they are asked for once for all workers, and so is that there are none.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "origin/name_server.h"
#include "rig/rig.h"
#include "rig/scripted.h"

#define HASH "0bc83cb571cd1c50ba6f3e8a78ef1346"
#define OTHER "84059b07d4be67b806386c0aad8070a23f18836bbaae342275dc0a83414c32ee"
#define SECURE "_avatars-sec._tcp.example.org"
#define PLAIN "_avatars._tcp.example.org"

static struct name_server *names;

static void clean_up(void)
{
    rig_clean_up();
    name_server_stop(&names);
}

TestSuite(federation, .fini = clean_up, .timeout = 240);

static void open_rig(struct rig *rig, const char *allow)
{
    static char fetch[256], more[512];

    names = name_server_start();
    cr_assert_not_null(names);
    snprintf(fetch, sizeof fetch,
             "connect_timeout = \"2s\" timeout = \"3s\" retries = 0 breaker_failures = 0\n"
             "dns_servers = {\"127.0.0.1:%u\"}",
             name_server_port(names));
    snprintf(more, sizeof more,
             "source fed { type = libravatar domain = \"example.org\" %s\n"
             "    default_server = \"@ORIGIN@\" }\n"
             "gravatar { prefix = \"\" sources = {\"fed\"} }\n",
             allow);
    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2, .fetch = fetch,
                                        .more = more});
}

#define HERE "allow_addresses = {\"127.0.0.0/8\"}"

static unsigned asked(struct rig *rig, const char *hash)
{
    char path[128];

    snprintf(path, sizeof path, "/avatar/%s", hash);
    return origin_count(rig->origin, path);
}

Test(federation, the_domains_server_is_asked_and_its_name_only_once)
{
    static struct rig rig;

    open_rig(&rig, HERE);
    name_server_add(names, PLAIN, 3600, 10, 0, rig.origin_port, "127.0.0.1");
    name_server_add(names, PLAIN, 3600, 20, 0, 1, "late.example.org");
    scripted_set(&rig, HASH, "200 picture=photo");
    scripted_set(&rig, OTHER, "404");
    cr_expect_eq(rig_get(&rig, "/avatar/" HASH ".jpg?d=404"), 200);
    cr_expect_eq(rig_get(&rig, "/avatar/" OTHER ".jpg?d=404"), 404);
    cr_expect_eq(rig_get(&rig, "/avatar/" OTHER ".jpg"), 200);
    cr_expect_eq(rig_get(&rig, "/s64/fed/" HASH ".webp"), 200);
    for (int i = 0; i < 8; i++)
        cr_expect_eq(rig_get(&rig, "/avatar/0000000000000000000000000000000%d?d=404", i), 502,
                     "the origin has no script for it");
    cr_expect_eq(asked(&rig, HASH), 1u);
    cr_expect_eq(asked(&rig, OTHER), 1u);
    cr_expect_eq(name_server_count(names, SECURE), 1u);
    cr_expect_eq(name_server_count(names, PLAIN), 1u);
    rig_close(&rig);
}

Test(federation, a_domain_without_a_server_has_the_default_one_and_is_not_asked_again)
{
    static struct rig rig;

    open_rig(&rig, HERE);
    scripted_set(&rig, HASH, "200");
    scripted_set(&rig, OTHER, "200");
    cr_expect_eq(rig_get(&rig, "/avatar/" HASH ".jpg?d=404"), 200);
    cr_expect_eq(rig_get(&rig, "/avatar/" OTHER ".jpg?d=404"), 200);
    cr_expect_eq(name_server_count(names, SECURE), 1u);
    cr_expect_eq(name_server_count(names, PLAIN), 1u);
    rig_close(&rig);
}

Test(federation, the_secure_service_comes_first)
{
    static struct rig rig;

    open_rig(&rig, HERE);
    name_server_add(names, SECURE, 60, 0, 0, 1, "127.0.0.1"); /* where nobody is */
    name_server_add(names, PLAIN, 60, 0, 0, rig.origin_port, "127.0.0.1");
    scripted_set(&rig, HASH, "200");
    cr_expect_eq(rig_get(&rig, "/avatar/" HASH ".jpg?d=404"), 502);
    cr_expect_eq(name_server_count(names, PLAIN), 0u);
    cr_expect_eq(asked(&rig, HASH), 0u);
    /* A server that does not answer is asked for anew. */
    name_server_clear(names);
    name_server_add(names, PLAIN, 60, 0, 0, rig.origin_port, "127.0.0.1");
    scripted_set(&rig, OTHER, "200");
    cr_expect_eq(rig_get(&rig, "/avatar/" OTHER ".jpg?d=404"), 200);
    rig_close(&rig);
}

Test(federation, a_name_service_that_fails_is_no_answer_and_is_left_alone_for_a_while)
{
    static struct rig rig;

    open_rig(&rig, HERE);
    name_server_set(names, NAMES_SILENT);
    scripted_set(&rig, HASH, "200");
    cr_expect_eq(rig_get(&rig, "/avatar/" HASH ".jpg?d=404"), 504);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store");
    cr_expect_eq(rig_get(&rig, "/avatar/" HASH ".jpg"), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "public, max-age=10");
    name_server_set(names, NAMES_ANSWER);
    cr_expect_eq(rig_get(&rig, "/avatar/" OTHER ".jpg?d=404"), 504, "it is on record");
    cr_expect_eq(name_server_count(names, PLAIN), 0u);
    cr_expect_eq(origin_total(rig.origin), 0u);
    rig_close(&rig);
}

Test(federation, what_a_domain_says_is_no_way_into_the_network_here)
{
    static struct rig rig;

    open_rig(&rig, "");
    name_server_add(names, PLAIN, 60, 0, 0, rig.origin_port, "127.0.0.1");
    cr_expect_eq(rig_get(&rig, "/s64/fed/" HASH ".jpg"), 403);
    cr_expect_eq(origin_total(rig.origin), 0u);
    rig_close(&rig);
}

Test(federation, ids_are_hashes)
{
    static struct rig rig;

    open_rig(&rig, HERE);
    cr_expect_eq(rig_get(&rig, "/s64/fed/someone.jpg"), 400);
    cr_expect_eq(rig_get(&rig, "/s64/fed/" HASH "/x.jpg"), 400);
    cr_expect_eq(rig_get(&rig, "/s64/fed/0BC83CB571CD1C50BA6F3E8A78EF1346.jpg"), 400);
    cr_expect_eq(name_server_count(names, SECURE), 0u);
    rig_close(&rig);
}

/* SPDX-License-Identifier: MIT
 *
 * Where a fetch may go, by redirect or from the start, and what goes along.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "origin/fetch_rig.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct rig rig;
static struct origin *other;

static void start(void)
{
    rig_start(&rig);
    other = rig_second_origin(&rig);
}

static void stop(void)
{
    origin_stop(&other);
    rig_stop(&rig);
}

TestSuite(redirect, .init = start, .fini = stop);
TestSuite(forbidden, .init = start, .fini = stop);

/* "redirect-hex/HEX" for an absolute URL. */
static const char *to(const char *url)
{
    static char id[1024] = "redirect-hex/";
    char *p = id + strlen("redirect-hex/");

    for (; *url && p < id + sizeof id - 3; url++)
        p += sprintf(p, "%02x", (unsigned char)*url);
    *p = '\0';
    return id;
}

/* The same to a path of an origin. */
static const char *to_path(const struct origin *origin, const char *path)
{
    char base[64], url[512];

    snprintf(url, sizeof url, "%s%s", rig_base(origin, base), path);
    return to(url);
}

/* "/redirect-hex/..." of the rig's second origin, leading to `path` of the first. */
static const char *back(const char *path, char out[512])
{
    snprintf(out, 512, "/%s", to_path(rig.origin, path));
    return out;
}

Test(redirect, is_followed_as_often_as_configured)
{
    cr_expect_eq(rig_fetch(&rig, "redirect/3/x/y z"), CAUSE_NONE);
    cr_expect(rig.same && rig.received == rig.picture_length);
    cr_expect_eq(rig.result.redirects, 3);
    cr_expect_eq(rig.result.status, 200);
    cr_expect_eq(origin_count(rig.origin, "/redirect/0/x/y z"), 1);
    cr_expect_eq(rig_fetch(&rig, "redirect/4/x"), CAUSE_ORIGIN_REDIRECTS);
    cr_expect_eq(rig.result.redirects, 3);
    cr_expect_eq(rig.result.status, 302);
    cr_expect_eq(origin_count(rig.origin, "/redirect/0/x"), 0);
    rig.config.fetch.max_redirects = 0;
    cr_expect_eq(rig_fetch(&rig, "redirect/1/x"), CAUSE_ORIGIN_REDIRECTS);
    cr_expect_eq(rig_fetch(&rig, "redirect/0/x"), CAUSE_NONE);
}

Test(redirect, loop_ends)
{
    cr_expect_eq(rig_fetch(&rig, "redirect-loop/x"), CAUSE_ORIGIN_REDIRECTS);
    cr_expect_eq(origin_count(rig.origin, "/redirect-loop/x"), 4);
    cr_expect_eq(rig.received, 0);
}

Test(redirect, takes_its_five_statuses)
{
    static const unsigned statuses[] = {301, 302, 303, 307, 308};
    static const unsigned others[] = {300, 304, 305, 306};
    char base[64];

    for (size_t i = 0; i < COUNT(statuses) + COUNT(others); i++) {
        bool is = i < COUNT(statuses);
        unsigned status = is ? statuses[i] : others[i - COUNT(statuses)];

        rig_point(&rig, "%s/redirect-to/{id}?code=%u&u=/ok/x", rig_base(rig.origin, base), status);
        cr_expect_eq(rig_fetch(&rig, "x"), is ? CAUSE_NONE : CAUSE_ORIGIN_BAD_STATUS, "%u",
                     status);
    }
}

Test(redirect, does_not_wait_for_its_body)
{
    /* Also: the statuses of both hops are not mixed up. */
    cr_expect_eq(rig_fetch(&rig, to_path(other, "/status/404/x")), CAUSE_ORIGIN_NOT_FOUND);
    cr_expect_eq(rig.result.status, 404);
    cr_expect_eq(rig.result.redirects, 1);
}

Test(redirect, broken_one_is_refused)
{
    static const char *const targets[] = {"http://user@127.0.0.1/", "http://u:p@127.0.0.1/",
                                          "http://127.0.0.1:99999/", "http://[::1/", "http:///"};

    for (size_t i = 0; i < COUNT(targets); i++)
        cr_expect_eq(rig_fetch(&rig, to(targets[i])), CAUSE_ORIGIN_REDIRECTS, "%s", targets[i]);
    cr_expect_eq(rig_fetch(&rig, "redirect-bare/x"), CAUSE_ORIGIN_REDIRECTS);
}

Test(redirect, credentials_go_nowhere)
{
    static const char *const secret[] = {"Authorization", "Cookie"};
    static const char *const all[] = {"Authorization", "Cookie", "X-Api-Key"};
    char path[512], id[1024];

    rig.source_config.username = (char[]){""};
    rig.source.password = (char[]){"s3cret"};
    rig_add_header(&rig, "X-Api-Key: k3y");
    rig_add_header(&rig, "cookie: session=1");

    /* to another origin: nothing */
    strcpy(id, to_path(other, "/ok/away"));
    cr_assert_lt(snprintf(path, sizeof path, "/%s", id), (int)sizeof path);
    cr_expect_eq(rig_fetch(&rig, id), CAUSE_NONE);
    cr_expect(rig_sent(rig.origin, path, "Authorization", "Basic OnMzY3JldA=="));
    cr_expect(rig_sent(rig.origin, path, "Cookie", "session=1"));
    cr_expect(rig_sent(rig.origin, path, "X-Api-Key", "k3y"));
    for (size_t i = 0; i < COUNT(all); i++)
        cr_expect(rig_sent(other, "/ok/away", all[i], NULL));
    cr_expect(rig_sent(other, "/ok/away", "User-Agent", "visage-test/1"));

    /* within the origin: no secret, the other fields */
    cr_expect_eq(rig_fetch(&rig, "redirect/1/x"), CAUSE_NONE);
    for (size_t i = 0; i < COUNT(secret); i++)
        cr_expect(rig_sent(rig.origin, "/redirect/0/x", secret[i], NULL));
    cr_expect(rig_sent(rig.origin, "/redirect/0/x", "X-Api-Key", "k3y"));

    /* away and back: nothing either */
    strcpy(id, to_path(other, back("/ok/back", path)));
    cr_expect_eq(rig_fetch(&rig, id), CAUSE_NONE);
    cr_expect_eq(rig.result.redirects, 2);
    for (size_t i = 0; i < COUNT(all); i++)
        cr_expect(rig_sent(rig.origin, "/ok/back", all[i], NULL));

    /* and the next fetch has them again */
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
    cr_expect(rig_sent(rig.origin, "/ok/x", "Authorization", "Basic OnMzY3JldA=="));
}

Test(redirect, token_goes_nowhere)
{
    rig.source.bearer = (char[]){"t0ken"};
    cr_expect_eq(rig_fetch(&rig, to_path(other, "/ok/away")), CAUSE_NONE);
    cr_expect(rig_sent(other, "/ok/away", "Authorization", NULL));
    cr_expect_eq(rig_fetch(&rig, to_path(rig.origin, "/echo-auth/x")), CAUSE_ORIGIN_DENIED);
}

Test(redirect, to_a_sign_in_page_is_a_refusal)
{
    cr_expect_eq(rig_fetch(&rig, "azure/x"), CAUSE_ORIGIN_DENIED);
    cr_expect_eq(rig_fetch(&rig, to_path(other, "/_signin?reply_to=x")), CAUSE_ORIGIN_DENIED);
    cr_expect_eq(origin_count(rig.origin, "/_signin"), 0);
    cr_expect_eq(origin_count(other, "/_signin"), 0);
}

Test(forbidden, redirect_to_what_the_guard_refuses)
{
    static const char *const targets[] = {
        "http://10.0.0.1/",           "http://169.254.169.254/latest/meta-data/",
        "http://192.168.1.1:8080/",   "http://[::1]/",
        "http://[fe80::1]/",          "http://[::127.0.0.1]/",
        "http://0/",                  "http://0.0.0.0/",
        "http://0xa.1/",              "http://012.0.0.1/",
        "http://167772161/",          "http://10.1/",
        "http://1%30.0.0.1/",         "http://[64:ff9b::a00:1]/",
        "http://[2002:a00:1::]/",     "http://255.255.255.255/",
        "ftp://127.0.0.1/",           "file:///etc/hostname",
        "gopher://127.0.0.1:70/_x",   "dict://127.0.0.1/d:x",
        "ldap://127.0.0.1/",          "unheard-of:x",
    };

    for (size_t i = 0; i < COUNT(targets); i++) {
        enum cause cause = rig_fetch(&rig, to(targets[i]));

        /* What has no "//" may also be read as a path. */
        if (strcmp(targets[i], "unheard-of:x") == 0)
            cr_expect_neq(cause, CAUSE_NONE);
        else
            cr_expect_eq(cause, CAUSE_ORIGIN_FORBIDDEN, "%s: %s", targets[i],
                         cause_info(cause)->name);
        cr_expect_eq(rig.received, 0);
    }
}

Test(forbidden, loopback_unless_allowed)
{
    static const char *const hosts[] = {"127.0.0.1", "127.1", "0x7f.1", "2130706433",
                                        "017700000001", "localhost", "[::ffff:127.0.0.1]"};
    unsigned port = origin_port(rig.origin);

    for (size_t i = 0; i < COUNT(hosts); i++) {
        rig.source_config.allow_addresses.count = 0;
        rig_point(&rig, "http://%s:%u/{id}", hosts[i], port);
        cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_ORIGIN_FORBIDDEN, "%s", hosts[i]);
    }
    cr_expect_eq(origin_connections(rig.origin), 0);
}

Test(forbidden, second_address_of_a_name_may_be_allowed)
{
    /* localhost is ::1 and 127.0.0.1; only the latter is opened. */
    rig_point(&rig, "http://localhost:%u/{id}", (unsigned)origin_port(rig.origin));
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
}

Test(forbidden, allowed_address_that_is_silent_is_unreachable)
{
    /* ::1 is refused, 127.0.0.1 may be dialled but does not answer there. */
    rig_point(&rig, "http://localhost:%u/{id}", (unsigned)origin_port(rig.origin));
    origin_stop(&rig.origin);
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_ORIGIN_UNREACHABLE);
}

Test(forbidden, kept_connection_serves_only_those_who_may_dial_it)
{
    struct config_source closed_config = rig.source_config;
    struct source closed = {.config = &closed_config};

    closed_config.allow_addresses.count = 0;
    cr_assert_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
    cr_expect_eq(rig_fetch_from(&rig, &closed, "ok/y"), CAUSE_ORIGIN_FORBIDDEN);
    cr_expect_eq(origin_count(rig.origin, "/ok/y"), 0);
    cr_expect_eq(rig.received, 0);
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
    cr_expect_eq(rig_fetch_from(&rig, &closed, "ok/y"), CAUSE_ORIGIN_FORBIDDEN);
}

/* Makes the rig's source one of the web: ids are URLs, on these hosts. */
static void open_web(char **hosts, size_t count)
{
    rig.source_config.type = SOURCE_WEB;
    rig.source_config.url = NULL;
    rig.source_config.hosts = hosts;
    rig.source_config.host_count = count;
}

/* Fetches what the first origin redirects to `url`. */
static enum cause fetch_web(const char *url)
{
    char base[64], id[1200];

    snprintf(id, sizeof id, "%s/%s", rig_base(rig.origin, base), to(url));
    return rig_fetch(&rig, id);
}

Test(forbidden, redirect_of_the_web_to_a_host_that_is_not_in_the_list)
{
    char *hosts[] = {"127.0.0.1", "*.images.test"}, base[64], url[512], back_there[1200];

    open_web(hosts, COUNT(hosts));
    snprintf(url, sizeof url, "%s/ok/x", rig_base(other, base));
    cr_expect_eq(fetch_web(url), CAUSE_NONE, "another port of an allowed host");
    cr_expect(rig.same && rig.received == rig.picture_length);
    snprintf(url, sizeof url, "http://localhost:%u/ok/x", (unsigned)origin_port(other));
    cr_expect_eq(fetch_web(url), CAUSE_ORIGIN_FORBIDDEN);
    cr_expect_eq(rig.result.status, 302);
    cr_expect_eq(rig.received, 0);

    /* by way of an allowed one, whose answer was the second */
    snprintf(back_there, sizeof back_there, "%s/%s", rig_base(other, base), to(url));
    cr_expect_eq(fetch_web(back_there), CAUSE_ORIGIN_FORBIDDEN);
    cr_expect_eq(rig.result.redirects, 1);
    cr_expect_eq(origin_count(other, "/ok/x"), 1, "the allowed one");
    cr_expect_eq(fetch_web("http://images.test/x"), CAUSE_ORIGIN_FORBIDDEN);
    cr_expect_eq(fetch_web("http://images.test.example/x"), CAUSE_ORIGIN_FORBIDDEN);
    cr_expect_eq(fetch_web("http://b\xc3\xbc.images.test/x"), CAUSE_ORIGIN_FORBIDDEN);
}

Test(forbidden, redirect_of_the_web_to_a_host_in_the_list_is_followed)
{
    char *named[] = {"127.0.0.1", "localhost"}, *all[] = {"*"}, url[512];

    snprintf(url, sizeof url, "http://LocalHost:%u/ok/x", (unsigned)origin_port(other));
    open_web(named, COUNT(named));
    cr_expect_eq(fetch_web(url), CAUSE_NONE);
    open_web(all, COUNT(all));
    cr_expect_eq(fetch_web(url), CAUSE_NONE);
    cr_expect(rig.same && rig.received == rig.picture_length);
    cr_expect_eq(fetch_web("/ok/x"), CAUSE_NONE, "a path leads to the same host");
}

Test(forbidden, redirect_within_an_allowed_network_only)
{
    struct network one;
    char elsewhere[64];

    cr_assert_eq(network_parse("127.0.0.1", &one), 0);
    rig.source_config.allow_addresses.items = &one;
    cr_expect_eq(rig_fetch(&rig, to_path(other, "/ok/x")), CAUSE_NONE);
    snprintf(elsewhere, sizeof elsewhere, "http://127.0.0.2:%u/", (unsigned)origin_port(other));
    cr_expect_eq(rig_fetch(&rig, to(elsewhere)), CAUSE_ORIGIN_FORBIDDEN);
    cr_expect_eq(rig.result.status, 302);
}

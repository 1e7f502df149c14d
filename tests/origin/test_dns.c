/* SPDX-License-Identifier: MIT
 *
 * Service records: which of them is asked, and that asking for them ends, whatever a name server
 * does.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "origin/dns.h"
#include "origin/name_server.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NAME "_avatars-sec._tcp.example.org"
#define LONG_MS 5000

/* ---- the choice ---- */

static const char *choose(const struct srv_record *records, size_t count, uint32_t random)
{
    struct srv_record copy[8];
    const struct srv_record *chosen;
    static char name[SRV_TARGET_MAX];

    for (size_t i = 0; i < count; i++)
        copy[i] = records[i];
    chosen = srv_choose(copy, count, random);
    snprintf(name, sizeof name, "%s", chosen ? chosen->target : "");
    return name;
}

Test(srv, the_least_priority_is_chosen_however_little_it_weighs)
{
    static const struct srv_record records[] = {{20, 100, 443, "late.example"},
                                                {10, 0, 443, "early.example"},
                                                {30, 65535, 443, "latest.example"}};

    for (uint32_t random = 0; random < 200; random++)
        cr_expect_str_eq(choose(records, COUNT(records), random), "early.example");
}

Test(srv, weights_are_chances_and_zero_is_a_small_one)
{
    static const struct srv_record records[] = {{1, 30, 443, "a"}, {1, 0, 443, "zero"},
                                                {1, 60, 443, "b"}, {2, 500, 443, "never"},
                                                {1, 10, 443, "c"}};
    unsigned a = 0, b = 0, c = 0, zero = 0;

    for (uint32_t random = 0; random < 101; random++) {
        const char *name = choose(records, COUNT(records), random);

        a += strcmp(name, "a") == 0;
        b += strcmp(name, "b") == 0;
        c += strcmp(name, "c") == 0;
        zero += strcmp(name, "zero") == 0;
    }
    cr_expect_eq(a, 30u);
    cr_expect_eq(b, 60u);
    cr_expect_eq(c, 10u);
    cr_expect_eq(zero, 1u);
}

Test(srv, what_is_no_host_or_no_port_is_never_chosen)
{
    static const struct srv_record bad[] = {
        {0, 1, 443, "."},           {0, 1, 443, ""},         {0, 1, 0, "port.example"},
        {0, 1, 443, "a_b.example"}, {0, 1, 443, "a/b"},      {0, 1, 443, "a.example:80"},
        {0, 1, 443, "u@a.example"}, {0, 1, 443, "\xc3\xa9"},
    };
    struct srv_record good[] = {bad[0], {9, 0, 1, "GOOD-1.example"}, bad[2]};

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_str_empty(choose(&bad[i], 1, (uint32_t)i), "%s", bad[i].target);
    cr_expect_str_empty(choose(bad, COUNT(bad), 7));
    cr_expect_str_empty(choose(NULL, 0, 7));
    cr_expect_str_eq(choose(good, COUNT(good), 3), "GOOD-1.example");
}

/* ---- the question ---- */

static struct name_server *server;
static char address[32];
static char *addresses[] = {address};
static struct config config = {.fetch.dns_servers = {.items = addresses, .count = 1}};

static void start(void)
{
    server = name_server_start();
    cr_assert_not_null(server);
    snprintf(address, sizeof address, "127.0.0.1:%u", name_server_port(server));
}

static void stop(void)
{
    name_server_stop(&server);
}

TestSuite(dns, .init = start, .fini = stop, .timeout = 60);

Test(dns, records_come_with_the_least_of_their_times)
{
    struct dns_answer answer;

    name_server_add(server, NAME, 3600, 5, 6, 8443, "avatars.example.org");
    name_server_add(server, NAME, 300, 7, 8, 443, "spare.example.org");
    cr_assert_eq(dns_ask_srv(&config, NAME, LONG_MS, &answer), 0);
    cr_assert_eq(answer.count, 2u);
    cr_expect_eq(answer.ttl_s, 300u);
    cr_expect_eq(answer.records[0].priority, 5u);
    cr_expect_eq(answer.records[0].weight, 6u);
    cr_expect_eq(answer.records[0].port, 8443u);
    cr_expect_str_eq(answer.records[0].target, "avatars.example.org");
    cr_expect_str_eq(answer.records[1].target, "spare.example.org");
}

Test(dns, that_there_are_none_is_an_answer)
{
    struct dns_answer answer;

    cr_expect_eq(dns_ask_srv(&config, NAME, LONG_MS, &answer), 0, "NXDOMAIN");
    cr_expect_eq(answer.count, 0u);
    name_server_add(server, NAME, 0, 0, 0, 0, NULL);
    cr_expect_eq(dns_ask_srv(&config, NAME, LONG_MS, &answer), 0, "no data");
    cr_expect_eq(answer.count, 0u);
}

Test(dns, a_target_with_strange_bytes_is_not_mistaken_for_a_host)
{
    struct dns_answer answer;

    name_server_add(server, NAME, 60, 0, 0, 443, "a b.example");
    name_server_add(server, NAME, 60, 0, 0, 443, ".");
    cr_assert_eq(dns_ask_srv(&config, NAME, LONG_MS, &answer), 0);
    cr_assert_eq(answer.count, 2u);
    cr_expect_null(srv_choose(answer.records, answer.count, 1));
}

Test(dns, more_than_there_is_room_for_are_left_out)
{
    struct dns_answer answer;

    for (int i = 0; i < SRV_RECORDS_MAX + 4; i++)
        name_server_add(server, NAME, 60, 0, 0, 443, "a.example");
    cr_assert_eq(dns_ask_srv(&config, NAME, LONG_MS, &answer), 0);
    cr_expect_eq(answer.count, (size_t)SRV_RECORDS_MAX);
}

Test(dns, servers_that_fail_are_told_from_names_that_are_not_there)
{
    static const enum name_server_way ways[] = {NAMES_FAIL, NAMES_CUT, NAMES_GARBAGE,
                                                NAMES_SILENT};
    struct dns_answer answer;

    name_server_add(server, NAME, 60, 0, 0, 443, "a.example");
    for (size_t i = 0; i < COUNT(ways); i++) {
        name_server_set(server, ways[i]);
        cr_expect_lt(dns_ask_srv(&config, NAME, 300, &answer), 0, "way %zu", i);
        cr_expect_eq(answer.count, 0u);
    }
}

Test(dns, silence_ends_at_the_deadline)
{
    struct dns_answer answer;

    name_server_set(server, NAMES_SILENT);
    cr_expect_eq(dns_ask_srv(&config, NAME, 250, &answer), -ETIMEDOUT);
    cr_expect_geq(name_server_count(server, NAME), 2u, "asked again meanwhile");
}

Test(dns, nobody_at_the_address_is_a_failure)
{
    struct dns_answer answer;

    name_server_stop(&server);
    cr_expect_lt(dns_ask_srv(&config, NAME, 500, &answer), 0);
}

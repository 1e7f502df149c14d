/* SPDX-License-Identifier: MIT
 *
 * Pictures that have expired (RFC 5861): served at once while the keeper asks the origin,
 * and in place of an origin that fails, for as long as the origin and the operator allow;
 * and not at all where the origin says that there is no picture any more.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "cache/scoreboard.h"
#include "rig/rig.h"
#include "rig/scripted.h"
#include "rig/text.h"
#include "rig/workers.h"

RIG_SUITE(stale);

#define CLIENTS 50
#define AWAIT_MS 10000
#define FRESH "'Cache-Control: max-age=100' 'ETag: \"1\"'"

static void open_rig(struct rig *rig, const char *source)
{
    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 4, .source = source});
}

/* Fetched for the first time, and expired since. */
static void get_and_expire(struct rig *rig, const char *name, const char *steps,
                           char etag[SCRIPTED_ETAG_MAX])
{
    scripted_set(rig, name, steps);
    cr_assert_eq(scripted_get(rig, name), 200, "%s", steps);
    scripted_etag(rig, etag);
    scripted_pass(rig, 110);
}

/* Asks until the answer comes fresh from the cache. */
static void await_fresh(struct rig *rig, const char *name)
{
    int64_t until_ms = clock_boot_ms() + AWAIT_MS;

    while (scripted_get(rig, name) != 200 || scripted_ttl(rig) <= 0) {
        cr_assert_lt(clock_boot_ms(), until_ms, "%s is not refreshed", name);
        clock_sleep_ms(10);
    }
}

/* ---- stale-while-revalidate ---- */

/* All get what is there; one request asks the origin, for them and in the background. */
Test(stale, served_at_once_while_the_keeper_asks_the_origin_once)
{
    static struct answer answers[CLIENTS];
    const char *targets[CLIENTS];
    char etag[SCRIPTED_ETAG_MAX];
    unsigned other = 0;
    struct workers keepers;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 4,
                                         .fetch = "timeout = \"20s\""});
    get_and_expire(&rig, "a", "200 " FRESH " | 200 " FRESH " picture=logo delay=1500", etag);
    for (size_t i = 0; i < CLIENTS; i++)
        targets[i] = "/s64/o/script/a.jpg";
    cr_assert_eq(client_get_all(rig.port, targets, CLIENTS, answers), (size_t)CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++) {
        other += answers[i].status != 200 || !answer_says(&answers[i], "ETag", etag) ||
                 !answer_says(&answers[i], "Cache-Status", "hit; ttl=-") ||
                 !answer_says(&answers[i], "Cache-Status", "detail=stale-while-revalidate");
        answer_free(&answers[i]);
    }
    cr_expect_eq(other, 0u, "%u other answers", other);
    scripted_await(&rig, "a", 2);
    workers_find_keepers(rig.state, &keepers);
    cr_expect_geq(keepers.count, (size_t)1);
    await_fresh(&rig, "a");
    cr_expect_not(scripted_is(&rig, etag));
    cr_expect(scripted_way(&rig, "visage; hit; ttl="));
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    cr_expect_eq(workers_counted(rig.state, COUNT_FETCHES), 2u);
    rig_close(&rig);
}

Test(stale, an_origin_that_hangs_keeps_nobody_waiting)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, NULL);
    get_and_expire(&rig, "a", "200 " FRESH " | timeout", etag);
    for (int i = 0; i < 20; i++) {
        cr_expect_eq(scripted_get(&rig, "a"), 200);
        cr_expect(scripted_is(&rig, etag));
        cr_expect(scripted_way(&rig, "detail=stale-while-revalidate"));
    }
    scripted_await(&rig, "a", 2);
    rig_close(&rig);
}

Test(stale, a_304_to_the_keeper_renews_all_sizes)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, NULL);
    scripted_set(&rig, "a", "200 " FRESH " conditional");
    cr_assert_eq(scripted_get_sized(&rig, 128, "a"), 200);
    cr_assert_eq(scripted_get(&rig, "a"), 200);
    scripted_etag(&rig, etag);
    scripted_pass(&rig, 110);
    await_fresh(&rig, "a");
    cr_expect(scripted_is(&rig, etag));
    cr_expect_eq(scripted_answered(&rig, "a", 304), 1u);
    /* The other one is renewed without asking again. */
    for (int64_t until_ms = clock_boot_ms() + AWAIT_MS; clock_boot_ms() < until_ms;) {
        cr_assert_eq(scripted_get_sized(&rig, 128, "a"), 200);
        if (scripted_ttl(&rig) > 0)
            break;
        clock_sleep_ms(10);
    }
    cr_expect_gt(scripted_ttl(&rig), 0);
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    cr_expect_eq(workers_counted(rig.state, COUNT_RENDERS), 2u);
    rig_close(&rig);
}

Test(stale, stale_while_revalidate_shortens_the_window)
{
    static const struct {
        const char *fields;
        int64_t pass;        /* since it has expired */
        bool at_once;
    } rows[] = {
        {"max-age=100, stale-while-revalidate=50", 40, true},
        {"max-age=100, stale-while-revalidate=50", 60, false},
        {"max-age=100, stale-while-revalidate=0", 10, false},
        {"max-age=100, stale-if-error=0", 10, true}, /* another matter */
        {"max-age=100, stale-while-revalidate=100000", 1990, true},
        {"max-age=100, stale-while-revalidate=100000", 2010, false}, /* `stale` is the bound */
        {"max-age=100", 1990, true},
        {"max-age=100", 2010, false},
        {"max-age=100, must-revalidate", 10, false},
        {"max-age=100, proxy-revalidate", 10, false},
        {"s-maxage=100", 10, false},
        {"max-age=100, must-revalidate, stale-while-revalidate=1000", 10, false},
    };
    static struct rig rig;

    open_rig(&rig, "stale = \"2000s\"");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[32], steps[256];

        snprintf(name, sizeof name, "row%zu", i);
        snprintf(steps, sizeof steps, "200 'Cache-Control: %s'", rows[i].fields);
        scripted_set(&rig, name, steps);
        cr_expect_eq(scripted_get(&rig, name), 200);
        scripted_pass(&rig, 100 + rows[i].pass);
        cr_expect_eq(scripted_get(&rig, name), 200);
        cr_expect(scripted_way(&rig, rows[i].at_once ? "hit; ttl=-" : "fwd=stale; stored; ttl="),
                  "%s, after %lld s", rows[i].fields, (long long)rows[i].pass);
        if (rows[i].at_once)
            await_fresh(&rig, name);
        cr_expect_eq(scripted_asked(&rig, name), 2u, "%s", rows[i].fields);
    }
    rig_close(&rig);
}

/* The operator's stale-while-revalidate is for caches behind this one, too; but not where the origin
 * forbids what it allows. */
Test(stale, what_may_not_be_stale_here_may_not_be_elsewhere)
{
    static struct rig rig;

    open_rig(&rig, "stale = \"2000s\"");
    scripted_set(&rig, "may", "200 'Cache-Control: max-age=100'");
    scripted_set(&rig, "must-not", "200 'Cache-Control: max-age=100, must-revalidate'");
    cr_assert_eq(scripted_get(&rig, "may"), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"),
                     "public, max-age=100, stale-while-revalidate=604800");
    cr_assert_eq(scripted_get(&rig, "must-not"), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"),
                     "public, max-age=100, must-revalidate");
    rig_close(&rig);
}

static void expect_foreground(const char *keeper)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;
    struct buffer conf = {0};

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2});
    cr_assert(files_read(rig.conf, &conf));
    cr_assert_eq(text_replace(&conf, rig.keeper, keeper), 1u);
    files_write(rig.conf, conf.data, 0644);
    buffer_free(&conf);
    rig_start(&rig);
    get_and_expire(&rig, "a", "200 " FRESH " | 200 " FRESH " picture=logo | 500", etag);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "fwd=stale; stored; ttl="), "%s", keeper);
    cr_expect_not(scripted_is(&rig, etag));
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "visage; hit; ttl="));
    /* And an error is stood in for, as ever. */
    scripted_etag(&rig, etag);
    scripted_pass(&rig, 110);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "hit; ttl=-"));
    cr_expect(scripted_is(&rig, etag));
    rig_close(&rig);
}

Test(stale, without_a_keeper_the_request_refreshes)
{
    expect_foreground("/nonexistent/visage-keeper");
}

Test(stale, with_a_keeper_that_does_not_start_the_request_refreshes)
{
    expect_foreground("/bin/false");
}

/* ---- stale-if-error ---- */

Test(stale, stands_in_for_every_failure_that_may_pass)
{
    static const struct {
        const char *failure;
        const char *detail; /* without a copy */
    } rows[] = {
        {"500", "origin-error"},
        {"502", "origin-error"},
        {"503", "origin-busy"},
        {"504", "origin-error"},
        {"599", "origin-error"},
        {"429", "origin-busy"},
        {"401", "origin-denied"},
        {"403", "origin-denied"},
        {"timeout", "origin-timeout"},
        {"stall", "origin-timeout"},
        {"stall-mid", "origin-timeout"},
        {"reset", "origin-unreachable"},
        {"reset-mid", "origin-truncated"},
        {"truncated", "origin-truncated"},
        {"garbage", "origin-status"},
        {"redirect-bare", "origin-redirects"},
        {"gzip", "origin-encoded"},
    };
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[32], steps[256], etag[SCRIPTED_ETAG_MAX];
        unsigned asked;

        snprintf(name, sizeof name, "row%zu", i);
        snprintf(steps, sizeof steps,
                 "200 'Cache-Control: max-age=100, stale-while-revalidate=0' | %s",
                 rows[i].failure);
        get_and_expire(&rig, name, steps, etag);
        cr_expect_eq(scripted_get(&rig, name), 200, "%s", rows[i].failure);
        cr_expect(scripted_way(&rig, "hit; ttl=-"), "%s", rows[i].failure);
        cr_expect(scripted_way(&rig, "detail=stale"), "%s", rows[i].failure);
        cr_expect(scripted_is(&rig, etag), "%s", rows[i].failure);
        /* The failure is remembered; the next one costs no request, and other sizes none.
         * (libcurl itself asks again where a kept connection is reset.) */
        asked = scripted_asked(&rig, name);
        cr_expect_geq(asked, 2u, "%s", rows[i].failure);
        cr_expect_eq(scripted_get(&rig, name), 200);
        cr_expect_eq(scripted_get_sized(&rig, 48, name), 200, "%s", rows[i].failure);
        cr_expect(scripted_way(&rig, "detail=stale"), "%s", rows[i].failure);
        cr_expect_eq(scripted_asked(&rig, name), asked, "%s", rows[i].failure);
        /* And so it is where there is nothing to stand in. */
        snprintf(name, sizeof name, "none%zu", i);
        scripted_set(&rig, name, rows[i].failure);
        cr_expect_neq(scripted_get(&rig, name), 200, "%s", rows[i].failure);
        cr_expect(scripted_way(&rig, rows[i].detail), "%s", rows[i].failure);
    }
    rig_close(&rig);
}

/* What the picture itself is to blame for is told, not hidden. */
Test(stale, does_not_stand_in_for_a_bad_picture)
{
    static const char *const failures[] = {"html", "huge/2000000", "long-length"};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .workers = 2,
                                         .fetch = "timeout = \"2s\" max_bytes = \"1M\""});
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        char name[32], steps[256], etag[SCRIPTED_ETAG_MAX];

        snprintf(name, sizeof name, "row%zu", i);
        snprintf(steps, sizeof steps,
                 "200 'Cache-Control: max-age=100, stale-while-revalidate=0' | %s", failures[i]);
        get_and_expire(&rig, name, steps, etag);
        cr_expect_geq(scripted_get(&rig, name), 400, "%s", failures[i]);
    }
    rig_close(&rig);
}

Test(stale, if_error_lasts_as_long_as_allowed)
{
    static const struct {
        const char *fields;
        int64_t pass; /* since it has expired */
        int status;
    } rows[] = {
        {"max-age=100, stale-while-revalidate=0, stale-if-error=50", 40, 200},
        {"max-age=100, stale-while-revalidate=0, stale-if-error=50", 60, 502},
        {"max-age=100, stale-while-revalidate=0, stale-if-error=0", 10, 502},
        {"max-age=100, stale-while-revalidate=0, stale-if-error=100000", 1990, 200},
        {"max-age=100, stale-while-revalidate=0, stale-if-error=100000", 2010, 502},
        {"max-age=100, stale-while-revalidate=0", 1990, 200},
        {"max-age=100, stale-while-revalidate=0", 2010, 502},
        {"max-age=100, must-revalidate", 10, 502},
        {"max-age=100, proxy-revalidate", 10, 502},
        {"max-age=100, must-revalidate, stale-if-error=1000", 10, 502},
        {"s-maxage=100", 10, 502},
        {"no-cache", 10, 502},
    };
    static struct rig rig;

    open_rig(&rig, "stale = \"2000s\"");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[32], steps[256];

        snprintf(name, sizeof name, "row%zu", i);
        snprintf(steps, sizeof steps, "200 'Cache-Control: %s' | 500", rows[i].fields);
        scripted_set(&rig, name, steps);
        cr_expect_eq(scripted_get(&rig, name), 200);
        scripted_pass(&rig, 100 + rows[i].pass);
        cr_expect_eq(scripted_get(&rig, name), rows[i].status, "%s, after %lld s: %d",
                     rows[i].fields, (long long)rows[i].pass, rig.answer.status);
        cr_expect_eq(scripted_asked(&rig, name), 2u);
        /* The same for a size that is drawn now, from the original. */
        cr_expect_eq(scripted_get_sized(&rig, 48, name), rows[i].status, "%s", rows[i].fields);
        cr_expect_eq(scripted_asked(&rig, name), 2u);
    }
    rig_close(&rig);
}

/* The keeper meets the error, and clients are not kept from what they had. */
Test(stale, an_error_that_the_keeper_meets_changes_nothing)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, NULL);
    get_and_expire(&rig, "a", "200 " FRESH " | 500 | 200 " FRESH " picture=logo", etag);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "detail=stale-while-revalidate"));
    scripted_await(&rig, "a", 2);
    /* Once it is on record. */
    for (int64_t until_ms = clock_boot_ms() + AWAIT_MS; clock_boot_ms() < until_ms;) {
        cr_assert_eq(scripted_get(&rig, "a"), 200);
        if (!answer_says(&rig.answer, "Cache-Status", "while-revalidate"))
            break;
        clock_sleep_ms(10);
    }
    for (int i = 0; i < 10; i++) {
        cr_expect_eq(scripted_get(&rig, "a"), 200);
        cr_expect(scripted_way(&rig, "detail=stale"));
        cr_expect(scripted_is(&rig, etag));
    }
    cr_expect_eq(scripted_asked(&rig, "a"), 2u, "while it is remembered nobody asks");
    scripted_pass(&rig, 10);
    await_fresh(&rig, "a");
    cr_expect_not(scripted_is(&rig, etag));
    cr_expect_eq(scripted_asked(&rig, "a"), 3u);
    rig_close(&rig);
}

/* The picture "/ok/kept", whose source leads elsewhere after a restart. */
static void expect_stand_in(const char *url, const char *detail)
{
    char etag[SCRIPTED_ETAG_MAX], own[64];
    static struct rig rig;
    struct buffer conf = {0};

    open_rig(&rig, "ttl = \"100s\" stale = \"2000s\"");
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/kept.jpg"), 200);
    scripted_etag(&rig, etag);
    rig_stop(&rig);
    snprintf(own, sizeof own, "http://127.0.0.1:%u", (unsigned)origin_port(rig.origin));
    if (url) {
        cr_assert(files_read(rig.conf, &conf));
        cr_assert_eq(text_replace(&conf, own, url), 1u);
        files_write(rig.conf, conf.data, 0644);
        buffer_free(&conf);
    } else {
        origin_stop(&rig.origin);
    }
    rig_start(&rig);
    scripted_pass(&rig, 200);
    /* Once while the keeper finds out, and then knowing. */
    for (int64_t until_ms = clock_boot_ms() + AWAIT_MS; clock_boot_ms() < until_ms;) {
        cr_assert_eq(rig_get(&rig, "/s64/o/ok/kept.jpg"), 200);
        cr_expect(scripted_is(&rig, etag));
        if (!answer_says(&rig.answer, "Cache-Status", "while-revalidate"))
            break;
        clock_sleep_ms(10);
    }
    cr_expect(scripted_way(&rig, "detail=stale"));
    scripted_pass(&rig, 1700);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/kept.jpg"), 200);
    scripted_pass(&rig, 300);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/kept.jpg"), 502);
    cr_expect(scripted_way(&rig, detail));
    rig_close(&rig);
}

Test(stale, stands_in_for_an_origin_that_refuses_connections)
{
    expect_stand_in(NULL, "detail=origin-unreachable");
}

Test(stale, stands_in_for_an_origin_whose_name_does_not_resolve)
{
    /* More than 63 letters between two dots: so no name server is asked, which might be silent for
     * longer than a fetch may take. */
    expect_stand_in("http://"
                    "pictures-pictures-pictures-pictures-pictures-pictures-pictures-pi"
                    ".invalid",
                    "detail=origin-unreachable");
}

/* ---- gone ---- */

Test(stale, a_404_or_410_ends_it_for_all_sizes)
{
    static const unsigned statuses[] = {404, 410};
    static struct rig rig;

    open_rig(&rig, NULL);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        char name[32], steps[256], etag[SCRIPTED_ETAG_MAX];

        snprintf(name, sizeof name, "row%zu", i);
        snprintf(steps, sizeof steps,
                 "200 'Cache-Control: max-age=100, stale-while-revalidate=0' | %u | 500",
                 statuses[i]);
        scripted_set(&rig, name, steps);
        cr_assert_eq(scripted_get_sized(&rig, 128, name), 200);
        get_and_expire(&rig, name, steps, etag);
        scripted_set(&rig, name, strchr(steps, '|') + 1);
        origin_reset(rig.origin);
        cr_expect_eq(scripted_get(&rig, name), 404, "%u", statuses[i]);
        cr_expect_eq(scripted_get_sized(&rig, 128, name), 404, "%u", statuses[i]);
        cr_expect_eq(scripted_get_sized(&rig, 32, name), 404, "%u", statuses[i]);
        cr_expect_eq(scripted_asked(&rig, name), 1u);
        /* What is gone stands in for nothing, either. */
        scripted_pass(&rig, 70);
        cr_expect_eq(scripted_get(&rig, name), 502, "%u", statuses[i]);
    }
    rig_close(&rig);
}

Test(stale, a_404_that_the_keeper_finds_ends_it_for_all_sizes)
{
    char etag[SCRIPTED_ETAG_MAX];
    int64_t until_ms;
    static struct rig rig;

    open_rig(&rig, NULL);
    scripted_set(&rig, "a", "200 " FRESH " | 404 | 200 " FRESH " picture=logo");
    cr_assert_eq(scripted_get_sized(&rig, 128, "a"), 200);
    cr_assert_eq(scripted_get(&rig, "a"), 200);
    scripted_etag(&rig, etag);
    scripted_pass(&rig, 110);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "detail=stale-while-revalidate"));
    scripted_await(&rig, "a", 2);
    until_ms = clock_boot_ms() + AWAIT_MS;
    while (scripted_get(&rig, "a") == 200 && clock_boot_ms() < until_ms)
        clock_sleep_ms(10);
    cr_expect_eq(rig.answer.status, 404);
    cr_expect_eq(scripted_get_sized(&rig, 128, "a"), 404);
    cr_expect_eq(scripted_get_sized(&rig, 32, "a"), 404);
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    /* A new picture in its place is found when that has been forgotten. */
    scripted_pass(&rig, 70);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect_not(scripted_is(&rig, etag));
    cr_expect_eq(scripted_asked(&rig, "a"), 3u);
    rig_close(&rig);
}

/* The window for refreshing has not passed: a picture that is known to be gone is gone. */
Test(stale, what_is_gone_is_not_served_while_it_is_remembered)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, NULL);
    get_and_expire(&rig, "a", "200 'Cache-Control: max-age=100, stale-while-revalidate=0' | 404",
                   etag);
    cr_expect_eq(scripted_get(&rig, "a"), 404);
    for (int i = 0; i < 3; i++)
        cr_expect_eq(scripted_get(&rig, "a"), 404);
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    rig_close(&rig);
}

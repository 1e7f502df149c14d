/* SPDX-License-Identifier: MIT
 *
 * Failures are remembered: shortly, by their cause, not all for the same time, and not
 * more of them than there is room for.
 */
#include <inttypes.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "cache/cache.h"
#include "rig/aging.h"
#include "rig/rig.h"
#include "rig/scripted.h"
#include "rig/workers.h"
#include "route/request.h"

RIG_SUITE(negative);

#define FETCH "connect_timeout = \"2s\" timeout = \"2s\" max_bytes = \"1M\""
#define ALIKE 30 /* failures of one cause */

static void open_rig(struct rig *rig, const char *source)
{
    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2, .source = source,
                                        .fetch = FETCH,
                                        .more = "source closed { url = \"@ORIGIN@/{id}\" }"});
}

/* How long the failure on record under this text lasts; 0 if there is none. */
static int64_t remembered_ms(const struct rig *rig, const char *text)
{
    char name[ENTRY_TEXT_MAX];
    struct entry e;

    snprintf(name, sizeof name, "!%s", text);
    if (!aging_look(rig->conf, name, &e))
        return 0;
    cr_expect_eq(e.kind, ENTRY_NEGATIVE);
    return e.expires_ms - e.fetched_ms;
}

/* A tenth more or less. */
static void expect_about(int64_t ms, int64_t seconds, const char *what)
{
    cr_expect(ms >= seconds * 900 && ms <= seconds * 1100, "%s: %" PRId64 " ms", what, ms);
}

Test(negative, each_cause_is_remembered_for_its_own_time)
{
    static const struct {
        const char *id;
        int status;
        int64_t seconds;
    } rows[] = {
        {"status/404/a", 404, 60},       {"status/410/a", 404, 60},
        {"html/a", 415, 60},             {"huge/2000000/a", 413, 60},
        {"status/401/a", 502, 30},       {"status/403/a", 502, 30},
        {"status/204/a", 502, 30},       {"status/418/a", 502, 30},
        {"redirect-bare/a", 502, 30},    {"redirect-loop/a", 502, 30},
        {"gzip/a", 502, 30},             {"garbage/a", 502, 30},
        {"status/500/a", 502, 5},        {"status/599/a", 502, 5},
        {"status/503/a", 503, 5},        {"status/429/a", 503, 5},
        {"hang/a", 504, 5},              {"stall-mid/a", 504, 5},
        {"truncated/a", 502, 5},         {"empty/a", 502, 5},
    };
    static struct rig rig;

    open_rig(&rig, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[128];

        snprintf(text, sizeof text, "o/%s", rows[i].id);
        cr_expect_eq(rig_get(&rig, "/s64/%s.jpg", text), rows[i].status, "%s: %d", rows[i].id,
                     rig.answer.status);
        expect_about(remembered_ms(&rig, text), rows[i].seconds, rows[i].id);
    }
    cr_expect_eq(rig_get(&rig, "/s64/closed/ok/a.jpg"), 403);
    expect_about(remembered_ms(&rig, "closed/ok/a"), 60, "an address that is not allowed");
    rig_close(&rig);
}

/* What is wrong with drawing it is remembered of the variant: another one may be well. */
Test(negative, a_broken_picture_is_remembered_by_variant)
{
    static struct rig rig;

    open_rig(&rig, NULL);
    cr_expect_eq(rig_get(&rig, "/s64/o/long-length/a.jpg"), 422);
    expect_about(remembered_ms(&rig, "o/long-length/a?w=64&h=64&fit=cover&q=82&f=jpeg&bg=ffffff"
                                     "&v=" PICTURE_RENDERING_VERSION),
                 60, "a broken picture");
    cr_expect_eq(remembered_ms(&rig, "o/long-length/a"), 0);
    cr_expect_eq(rig_get(&rig, "/s64/o/long-length/a.jpg"), 422);
    cr_expect_eq(origin_count(rig.origin, "/long-length/a"), 1u);
    rig_close(&rig);
}

/* What failed together is not asked for together again. */
Test(negative, times_differ_by_jitter)
{
    int64_t least = INT64_MAX, most = 0;
    static struct rig rig;

    open_rig(&rig, NULL);
    for (int i = 0; i < ALIKE; i++) {
        char text[64];
        int64_t ms;

        snprintf(text, sizeof text, "o/status/404/n%d", i);
        cr_expect_eq(rig_get(&rig, "/s64/%s.jpg", text), 404);
        ms = remembered_ms(&rig, text);
        expect_about(ms, 60, text);
        least = ms < least ? ms : least;
        most = ms > most ? ms : most;
    }
    /* Of 30 out of 12 seconds, all within two would be a rare chance: less than 1 in 10^20. */
    cr_expect_gt(most - least, 2000);
    rig_close(&rig);
}

Test(negative, nobody_asks_again_before_the_time_is_over)
{
    static struct rig rig;

    open_rig(&rig, NULL);
    scripted_set(&rig, "a", "404 | 200");
    scripted_set(&rig, "b", "500 | 200");
    cr_expect_eq(scripted_get(&rig, "a"), 404);
    cr_expect_eq(scripted_get(&rig, "b"), 502);
    scripted_pass(&rig, 2);
    cr_expect_eq(scripted_get(&rig, "b"), 502);
    cr_expect_eq(scripted_get_sized(&rig, 128, "b"), 502);
    cr_expect_eq(scripted_asked(&rig, "b"), 1u);
    scripted_pass(&rig, 4);
    cr_expect_eq(scripted_get(&rig, "b"), 200);
    scripted_pass(&rig, 44);
    cr_expect_eq(scripted_get(&rig, "a"), 404);
    cr_expect_eq(scripted_get_sized(&rig, 128, "a"), 404);
    cr_expect_eq(scripted_asked(&rig, "a"), 1u);
    scripted_pass(&rig, 18);
    cr_expect_eq(scripted_get_sized(&rig, 128, "a"), 200);
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    /* That the origin has no such picture is no failure of its own. */
    cr_expect_eq(workers_counted(rig.state, COUNT_NOT_FOUND), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_FETCH_FAILURES), 1u);
    cr_expect_eq(rig_logged(&rig, "level=info event=fetch-not-found source=o "), 1u);
    cr_expect_eq(rig_logged(&rig, "level=warn event=fetch-failed source=o "), 1u);
    rig_close(&rig);
}

Test(negative, retry_after_prolongs_it_and_is_passed_on)
{
    static const struct {
        const char *id;
        int64_t least_ms, most_ms;
    } rows[] = {
        {"retry-after/503/20/a", 20000, 22000},
        {"retry-after/429/20/a", 20000, 22000},
        {"retry-after/503/1/a", 4500, 5500},
        {"retry-after/503/0/a", 4500, 5500},
        {"retry-after/503/soon/a", 4500, 5500},
        {"retry-after/503/99999999/a", 3600000, 3960000}, /* no origin puts us off for longer */
    };
    static struct rig rig;

    open_rig(&rig, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        const char *field;
        long long told;
        int64_t ms;

        snprintf(text, sizeof text, "o/%s", rows[i].id);
        for (int again = 0; again < 2; again++) {
            cr_expect_eq(rig_get(&rig, "/s64/%s.jpg", text), 503);
            ms = remembered_ms(&rig, text);
            cr_expect(ms >= rows[i].least_ms && ms <= rows[i].most_ms, "%s: %" PRId64, text, ms);
            field = answer_field(&rig.answer, "Retry-After");
            told = field ? atoll(field) : -1;
            cr_expect(told >= 1 && told <= (ms + 999) / 1000, "%s: %lld", text, told);
            if (again)
                cr_expect_geq(told, ms / 1000 - 2, "%s: %lld", text, told);
        }
    }
    rig_close(&rig);
}

/* However many different pictures are asked for that do not exist. */
Test(negative, they_are_bounded_in_number_and_displace_no_picture)
{
    char error[CONFIG_ERROR_MAX];
    struct index_stats stats;
    struct config *config;
    struct cache *cache;
    struct digest key;
    static struct rig rig;

    open_rig(&rig, NULL);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/a.jpg"), 200);
    cr_assert_eq(rig_get(&rig, "/s64/o/status/404/first.jpg"), 404);
    cr_assert_eq(config_load(rig.conf, &config, error), 0, "%s", error);
    cr_assert_eq(cache_open(config, CACHE_TOOL, &cache, error), 0, "%s", error);
    for (int i = 0; i < INDEX_NEGATIVES_MAX; i++) {
        struct entry e = {.kind = ENTRY_NEGATIVE, .cause = CAUSE_ORIGIN_NOT_FOUND,
                          .generation = cache_generation(cache), .expires_ms = INT64_MAX};

        snprintf(e.text, sizeof e.text, "!o/status/404/filler%d", i);
        cr_assert_eq(cache_key(e.text, &key), 0);
        cr_assert_eq(cache_insert(cache, &key, &e, NULL), 0);
    }
    cr_expect_eq(rig_get(&rig, "/s64/o/status/404/last.jpg"), 404);
    cr_assert_eq(cache_stats(cache, &stats), 0);
    cr_expect_eq(stats.negatives, (uint64_t)INDEX_NEGATIVES_MAX);
    cache_close(&cache);
    config_free(&config);
    /* The oldest have gone, and only they. */
    cr_expect_eq(remembered_ms(&rig, "o/status/404/first"), 0);
    cr_expect_gt(remembered_ms(&rig, "o/status/404/filler9999"), 0);
    expect_about(remembered_ms(&rig, "o/status/404/last"), 60, "the last one");
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/a.jpg"), 200);
    cr_expect(scripted_way(&rig, "visage; hit; ttl="));
    rig_close(&rig);
}

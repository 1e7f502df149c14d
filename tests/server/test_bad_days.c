/* SPDX-License-Identifier: MIT
 *
 * An origin has a bad day: failures that pass are tried again within the request's time,
 * an origin that keeps failing is left alone by all workers together, and no more fetches
 * than there are slots for run at one time.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/config.h"
#include "cache/cache.h"
#include "cache/gate.h"
#include "origin/pictures.h"
#include "rig/background.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(retries);
RIG_SUITE(breaker);
RIG_SUITE(slots);

#define WAIT_MS 10000
#define MANY "busy_limit = 512\n" /* this is not about busy workers */

static bool resting(const struct answer *answer)
{
    return answer->status == 503 && answer_says(answer, "Cache-Status", "detail=origin-resting");
}

static int retry_after(const struct answer *answer)
{
    const char *value = answer_field(answer, "Retry-After");

    return value ? atoi(value) : -1;
}

static void script(struct rig *rig, const char *name, const char *steps)
{
    cr_assert_eq(origin_script(rig->origin, name, steps), 0, "%s", steps);
}

/* ---- retries ---- */

Test(retries, a_failure_that_passes_is_not_seen)
{
    static const struct {
        const char *steps;
        unsigned tries;
    } rows[] = {
        {"500 times=2 | 200", 3},      {"502 | 200", 2},   {"504 | 200", 2},
        {"reset | 200", 2},            {"truncated | 200", 2},
        {"cut-headers | 500 | 200", 3}, {"reset-mid | 200", 2},
    };
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .fetch = "timeout = \"8s\" retries = 2"});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[16], path[32];

        snprintf(name, sizeof name, "row%zu", i);
        snprintf(path, sizeof path, "/script/row%zu", i);
        script(&rig, name, rows[i].steps);
        cr_expect_eq(rig_get(&rig, "/s64/o%s.jpg", path), 200, "%s: %d", rows[i].steps,
                     rig.answer.status);
        cr_expect(answer_is_sound(&rig.answer), "%s", rows[i].steps);
        cr_expect(answer_says(&rig.answer, "Cache-Status", "stored"), "%s", rows[i].steps);
        cr_expect_eq(origin_count(rig.origin, path), rows[i].tries, "%s: %u", rows[i].steps,
                     origin_count(rig.origin, path));
        cr_expect_eq(rig_get(&rig, "/s64/o%s.jpg", path), 200);
        cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    }
    cr_expect_eq(workers_counted(rig.state, COUNT_FETCH_FAILURES), 0u);
    /* A kept connection that ends before its answer is libcurl's to replace: once, uncounted. */
    cr_expect(workers_counted(rig.state, COUNT_FETCH_RETRIES) >= 8 &&
                  workers_counted(rig.state, COUNT_FETCH_RETRIES) <= 9,
              "%u retries", (unsigned)workers_counted(rig.state, COUNT_FETCH_RETRIES));
    rig_close(&rig);
}

Test(retries, end_with_the_configured_number)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .fetch = "timeout = \"8s\" retries = 2"});
    cr_expect_eq(rig_get(&rig, "/s64/o/fail-first/3/500/x.jpg"), 502);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=origin-error"));
    cr_expect_eq(origin_count(rig.origin, "/fail-first/3/500/x"), 3u);
    /* The failure is one, and remembered. */
    cr_expect_eq(rig_get(&rig, "/s64/o/fail-first/3/500/x.jpg"), 502);
    cr_expect_eq(origin_count(rig.origin, "/fail-first/3/500/x"), 3u);
    cr_expect_eq(workers_counted(rig.state, COUNT_FETCH_FAILURES), 1u);
    rig_close(&rig);
}

/* What an origin says on purpose stays, and a timeout has used the time up. */
Test(retries, only_of_what_may_pass)
{
    static const struct {
        const char *path;
        int status;
    } rows[] = {
        {"/status/404/x", 404}, {"/status/410/x", 404}, {"/status/400/x", 502},
        {"/status/401/x", 502}, {"/status/403/x", 502}, {"/status/418/x", 502},
        {"/status/429/x", 503}, {"/status/503/x", 503}, {"/status/204/x", 502},
        {"/html/x", 415},       {"/gzip/x", 502},       {"/hang/x", 504},
        {"/stall-mid/x", 504},
    };
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .fetch = "timeout = \"1s\" retries = 5"});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(rig_get(&rig, "/s64/o%s.jpg", rows[i].path), rows[i].status, "%s: %d",
                     rows[i].path, rig.answer.status);
        cr_expect_eq(origin_count(rig.origin, rows[i].path), 1u, "%s: %u", rows[i].path,
                     origin_count(rig.origin, rows[i].path));
    }
    cr_expect_eq(workers_counted(rig.state, COUNT_FETCH_RETRIES), 0u);
    rig_close(&rig);
}

/* The origin is started anew while a client waits. */
Test(retries, of_connections_that_fail)
{
    int64_t until_ms;
    static struct background waiting;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .fetch = "timeout = \"20s\" retries = 10"});
    rig_stop_origin(&rig);
    background_start(&waiting, &rig, "/s64/o/ok/x.jpg");
    until_ms = clock_boot_ms() + WAIT_MS;
    while (workers_counted(rig.state, COUNT_FETCH_RETRIES) == 0 && clock_boot_ms() < until_ms)
        clock_sleep_ms(1);
    rig_start_origin(&rig);
    cr_expect_eq(background_await(&waiting), 200, "%d", waiting.answer.status);
    cr_expect(answer_is_sound(&waiting.answer));
    cr_expect_eq(origin_count_status(rig.origin, "/ok/x", 200), 1u);
    answer_free(&waiting.answer);
    rig_close(&rig);
}

/* Not before it, and no later than the time allows; with a breaker, which opens for so long,
 * and without. */
Test(retries, when_the_origin_says)
{
    static const char *const fetches[] = {"timeout = \"10s\" retries = 1",
                                          "timeout = \"10s\" retries = 1 breaker_failures = 5"};

    for (size_t i = 0; i < 2; i++) {
        static struct rig rig;

        rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .fetch = fetches[i]});
        script(&rig, "503", "retry-after/503/1 | 200");
        script(&rig, "429", "retry-after/429/1 | 200");
        for (int status = 429; status <= 503; status += 503 - 429) {
            cr_expect_eq(rig_get(&rig, "/s64/o/script/%d.jpg", status), 200, "%d: %d %s", status,
                         rig.answer.status, rig.answer.body.data);
            cr_expect_geq(rig.answer.took_ms, 1000, "%d: too early", status);
        }
        cr_expect_eq(origin_count(rig.origin, "/script/503"), 2u);
        cr_expect_eq(origin_count(rig.origin, "/script/429"), 2u);
        rig_close(&rig);
    }
}

Test(retries, not_when_the_origin_says_much_later)
{
    static struct rig rig;
    int64_t took_ms = 0;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .fetch = "timeout = \"10s\" retries = 3"});
    for (int status = 429; status <= 503; status += 503 - 429) {
        for (int again = 0; again < 2; again++) {
            int seconds;

            cr_expect_eq(rig_get(&rig, "/s64/o/retry-after/%d/60/x.jpg", status), 503);
            cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=origin-busy"));
            seconds = retry_after(&rig.answer);
            cr_expect(seconds > 40 && seconds <= 60, "%d", seconds);
            took_ms += rig.answer.took_ms;
        }
    }
    cr_expect_lt(took_ms, 8000, "somebody has waited: %d ms", (int)took_ms);
    cr_expect_eq(origin_total(rig.origin), 2u);
    rig_close(&rig);
}

/* All tries together have as long as one of them would: 3 s here, not 2.5 s and 3 s more. */
Test(retries, stay_within_the_timeout)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .fetch = "timeout = \"3s\" retries = 10"});
    script(&rig, "late", "500 delay=2500 | hang");
    cr_expect_geq(rig_get(&rig, "/s64/o/script/late.jpg"), 502);
    cr_expect_lt(rig.answer.took_ms, 5300, "%d ms", (int)rig.answer.took_ms);
    cr_expect_leq(origin_count(rig.origin, "/script/late"), 2u);
    rig_close(&rig);
}

/* ---- the breaker ---- */

static void fail(struct rig *rig, unsigned times)
{
    static unsigned number;

    for (unsigned i = 0; i < times; i++)
        cr_assert_eq(rig_get(rig, "/s64/o/status/500/fail%u.jpg", number++), 502, "%d %s",
                     rig->answer.status, answer_field(&rig->answer, "Cache-Status"));
}

#define AT_ONCE 20

/* Different pictures of `kind`, all at once. Returns how many answers were 200; the others must
 * say that the origin rests. */
static unsigned ask_many(struct rig *rig, const char *kind)
{
    static char targets[AT_ONCE][64];
    static struct answer answers[AT_ONCE];
    const char *list[AT_ONCE];
    static unsigned number;
    unsigned good = 0;

    for (unsigned i = 0; i < AT_ONCE; i++) {
        snprintf(targets[i], sizeof targets[i], "/s64/o/%s/many%u.jpg", kind, number++);
        list[i] = targets[i];
    }
    cr_assert_eq(client_get_all(rig->port, list, AT_ONCE, answers), (size_t)AT_ONCE);
    for (unsigned i = 0; i < AT_ONCE; i++) {
        good += answers[i].status == 200;
        cr_expect(answers[i].status == 200 || resting(&answers[i]), "%s: %d %s", targets[i],
                  answers[i].status, answers[i].head.data);
        cr_expect(answers[i].status == 200 || retry_after(&answers[i]) > 0);
        answer_free(&answers[i]);
    }
    return good;
}

Test(breaker, opens_for_all_workers)
{
    int64_t until_ms;
    static struct rig rig;
    unsigned total;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .top = MANY,
                                         .fetch = "breaker_failures = 3 breaker_open = \"60s\""});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/kept.jpg"), 200);
    fail(&rig, 2);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/other.jpg"), 200); /* a success: from the start again */
    fail(&rig, 3);
    total = origin_total(rig.origin);
    until_ms = clock_boot_ms() + WAIT_MS;
    while (workers_that_counted(rig.state, COUNT_BREAKER_REFUSALS) < RIG_WORKERS) {
        cr_expect_eq(ask_many(&rig, "ok"), 0u);
        cr_assert_lt(clock_boot_ms(), until_ms, "some worker never refused");
    }
    cr_expect_eq(origin_total(rig.origin), total, "it was asked all the same");
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/new.jpg"), 503);
    cr_expect(retry_after(&rig.answer) > 30 && retry_after(&rig.answer) <= 66, "%d",
              retry_after(&rig.answer));
    cr_expect(answer_says(&rig.answer, "Cache-Control", "no-store"));
    /* What is there is served, and drawn. */
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/kept.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_expect_eq(rig_get(&rig, "/s128/o/ok/kept.jpg"), 200);
    rig_close(&rig);
}

/* The origin forbids stale-while-revalidate, so it is asked first, or would be. */
Test(breaker, stale_pictures_stand_in)
{
    static struct rig rig;
    int64_t until_ms;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .fetch = "breaker_failures = 3 breaker_open = \"60s\"",
                                         .source = "stale = \"1h\""});
    script(&rig, "old", "200 'Cache-Control: max-age=1, stale-while-revalidate=0'");
    cr_assert_eq(rig_get(&rig, "/s64/o/script/old.jpg"), 200);
    fail(&rig, 3);
    until_ms = clock_boot_ms() + WAIT_MS;
    do {
        cr_assert_eq(rig_get(&rig, "/s64/o/script/old.jpg"), 200, "%d", rig.answer.status);
        cr_assert_lt(clock_boot_ms(), until_ms, "%s", answer_field(&rig.answer, "Cache-Status"));
        clock_sleep_ms(50);
    } while (!answer_says(&rig.answer, "Cache-Status", "detail=stale"));
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_eq(origin_count(rig.origin, "/script/old"), 1u);
    cr_expect_gt(workers_counted(rig.state, COUNT_BREAKER_REFUSALS), 0u);
    rig_close(&rig);
}

/* Sleeps until the origin's breaker, which is open, lets a probe pass. */
static void await_end_of_rest(const struct rig *rig)
{
    char error[CONFIG_ERROR_MAX], name[64];
    struct gate_record record;
    struct config *config;
    struct cache *cache;

    snprintf(name, sizeof name, "http://127.0.0.1:%u", (unsigned)rig->origin_port);
    cr_assert_eq(config_load(rig->conf, &config, error), 0, "%s", error);
    cr_assert_eq(cache_open(config, CACHE_VISITOR, &cache, error), 0, "%s", error);
    cr_assert_eq(gate_look(cache, name, &record), 0);
    cr_assert_eq(record.breaker.state, BREAKER_OPEN);
    cache_close(&cache);
    config_free(&config);
    for (int64_t now_ms; (now_ms = clock_boot_ms()) < record.breaker.until_ms;)
        clock_sleep_ms(record.breaker.until_ms - now_ms);
}

/* On a socket of all workers nobody queues up behind the one with the probe. */
Test(breaker, one_probe_decides)
{
    static struct rig rig;
    unsigned total;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD_SOCKET, .top = MANY,
                       .fetch = "timeout = \"5s\" breaker_failures = 3 breaker_open = \"2s\""});
    fail(&rig, 3);
    cr_expect_eq(ask_many(&rig, "ok"), 0u);
    await_end_of_rest(&rig);
    fail(&rig, 1);
    cr_expect_eq(ask_many(&rig, "ok"), 0u, "a failed probe opens it again");
    await_end_of_rest(&rig);
    total = origin_total(rig.origin);
    cr_expect_eq(ask_many(&rig, "slow/1500"), 1u);
    cr_expect_eq(origin_total(rig.origin), total + 1, "%u", origin_total(rig.origin) - total);
    cr_expect_eq(ask_many(&rig, "ok"), (unsigned)AT_ONCE, "a success closes it");
    fail(&rig, 2); /* and all is as at first */
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/after.jpg"), 200);
    rig_close(&rig);
}

Test(breaker, of_other_origins_stays_closed)
{
    struct origin *other = origin_start(0);
    unsigned char *bytes;
    static struct rig rig;
    char more[256];
    size_t length;

    cr_assert_not_null(other);
    cr_assert_eq(picture_make_jpeg(64, 64, 1, &bytes, &length), 0);
    cr_assert_eq(origin_add_picture(other, "photo", bytes, length, "image/jpeg"), 0);
    free(bytes);
    /* "same" is another source, but the same origin. */
    snprintf(more, sizeof more,
             "source other { url = \"http://127.0.0.1:%u/{id}\"\n"
             "    allow_addresses = {\"127.0.0.1\"} }\n"
             "source same { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.1\"} }\n",
             (unsigned)origin_port(other));
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .fetch = "breaker_failures = 3 breaker_open = \"60s\"",
                                         .more = more});
    fail(&rig, 3);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/x.jpg"), 503);
    cr_expect_eq(rig_get(&rig, "/s64/same/x.jpg"), 503);
    for (unsigned i = 0; i < 8; i++)
        cr_expect_eq(rig_get(&rig, "/s64/other/ok/x%u.jpg", i), 200);
    rig_close(&rig);
    origin_stop(&other);
}

Test(breaker, opens_at_once_when_asked_to)
{
    static struct rig rig;
    unsigned total;
    int seconds;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .top = MANY,
                                         .fetch = "breaker_failures = 5"});
    cr_assert_eq(rig_get(&rig, "/s64/o/retry-after/503/60/x.jpg"), 503);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=origin-busy"));
    total = origin_total(rig.origin);
    cr_expect_eq(ask_many(&rig, "ok"), 0u);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/x.jpg"), 503);
    cr_expect(resting(&rig.answer));
    seconds = retry_after(&rig.answer);
    cr_expect(seconds > 40 && seconds <= 60, "%d", seconds);
    cr_expect_eq(origin_total(rig.origin), total);
    rig_close(&rig);
}

/* Who dies as the probe is replaced by another, after the time that it would have had. */
Test(breaker, survives_its_probe)
{
    static struct background probe;
    int64_t until_ms;
    pid_t worker;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD_SOCKET, .top = MANY,
                       .fetch = "timeout = \"2s\" breaker_failures = 3 breaker_open = \"500ms\""});
    fail(&rig, 3);
    await_end_of_rest(&rig);
    background_start(&probe, &rig, "/s64/o/hang/x.jpg");
    worker = workers_await_state(rig.state, WORKER_FETCHING, WAIT_MS);
    cr_assert_gt(worker, 0);
    cr_assert(origin_await(rig.origin, "/hang/x", 1, WAIT_MS));
    cr_assert_eq(kill(worker, SIGKILL), 0);
    background_await(&probe);
    answer_free(&probe.answer);
    until_ms = clock_boot_ms() + 3 * WAIT_MS;
    while (rig_get(&rig, "/s64/o/ok/x.jpg") != 200) {
        cr_assert(resting(&rig.answer), "%d", rig.answer.status);
        cr_assert_lt(clock_boot_ms(), until_ms, "it stays as it is");
        clock_sleep_ms(50);
    }
    cr_expect_eq(ask_many(&rig, "ok"), (unsigned)AT_ONCE);
    rig_close(&rig);
}

/* ---- slots ---- */

#define CLIENTS 40

static void ask_all_of(struct rig *rig, const char *const *sources, size_t count)
{
    static char targets[CLIENTS][64];
    static struct answer answers[CLIENTS];
    const char *list[CLIENTS];

    for (unsigned i = 0; i < CLIENTS; i++) {
        snprintf(targets[i], sizeof targets[i], "/s64/%s/slow/100/cold%u.jpg", sources[i % count],
                 i);
        list[i] = targets[i];
    }
    cr_assert_eq(client_get_all(rig->port, list, CLIENTS, answers), (size_t)CLIENTS);
    for (unsigned i = 0; i < CLIENTS; i++) {
        cr_expect_eq(answers[i].status, 200, "%s: %d %s", targets[i], answers[i].status,
                     answers[i].head.data);
        answer_free(&answers[i]);
    }
}

#define LONG "timeout = \"20s\""

Test(slots, bound_all_fetches)
{
    static const char *const sources[] = {"o"};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 8,
                                         .fetch = LONG, .top = MANY "fetch_slots = 3"});
    ask_all_of(&rig, sources, 1);
    cr_expect_leq(origin_concurrent_max(rig.origin), 3u, "%u at once",
                  origin_concurrent_max(rig.origin));
    cr_expect_gt(origin_concurrent_max(rig.origin), 1u);
    cr_expect_eq(origin_total(rig.origin), (unsigned)CLIENTS);
    rig_close(&rig);
}

Test(slots, bound_the_fetches_from_an_origin)
{
    static const char *const sources[] = {"o", "wide"};
    struct origin *other = origin_start(0);
    unsigned char *bytes;
    static struct rig rig;
    char more[256];
    size_t length;

    cr_assert_not_null(other);
    cr_assert_eq(picture_make_jpeg(64, 64, 1, &bytes, &length), 0);
    cr_assert_eq(origin_add_picture(other, "photo", bytes, length, "image/jpeg"), 0);
    free(bytes);
    snprintf(more, sizeof more, "source wide { url = \"http://127.0.0.1:%u/{id}\" "
             "allow_addresses = {\"127.0.0.1\"} fetch_slots = 5 }\n",
             (unsigned)origin_port(other));
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 8,
                                         .fetch = LONG, .top = MANY,
                                         .source = "fetch_slots = 2", .more = more});
    ask_all_of(&rig, sources, 2);
    cr_expect_eq(origin_concurrent_max(rig.origin), 2u, "%u at once",
                 origin_concurrent_max(rig.origin));
    cr_expect(origin_concurrent_max(other) > 2 && origin_concurrent_max(other) <= 5, "%u at once",
              origin_concurrent_max(other));
    rig_close(&rig);
    origin_stop(&other);
}

Test(slots, of_the_dead_are_free)
{
    static struct background first;
    static struct rig rig;
    pid_t worker;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .fetch = LONG,
                                         .top = MANY "fetch_slots = 1"});
    background_start(&first, &rig, "/s64/o/hang/x.jpg");
    cr_assert(origin_await(rig.origin, "/hang/x", 1, WAIT_MS));
    worker = workers_await_state(rig.state, WORKER_FETCHING, WAIT_MS);
    cr_assert_gt(worker, 0);
    cr_assert_eq(kill(worker, SIGKILL), 0);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/x.jpg"), 200);
    cr_expect_lt(rig.answer.took_ms, 5000, "%d ms, as if it lived", (int)rig.answer.took_ms);
    background_await(&first);
    answer_free(&first.answer);
    rig_close(&rig);
}

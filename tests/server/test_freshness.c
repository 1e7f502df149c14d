/* SPDX-License-Identifier: MIT
 *
 * How long a picture is fresh and whether it may be kept at all: RFC 9111 as its origin
 * states it, within what the operator allows. What counts is how often the origin is
 * asked.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "cache/scoreboard.h"
#include "rig/rig.h"
#include "rig/scripted.h"
#include "rig/workers.h"

RIG_SUITE(freshness);

#define SLACK_S 10 /* of a test that runs slowly */
#define CLIENTS 20

/* No grace after a lifetime, so that the origin is asked as soon as it is over. */
#define PLAIN "ttl = \"500s\" stale = 0"

struct lifetime {
    const char *fields; /* of the answer, as a script names them */
    int64_t seconds;
};

static void open_plain(struct rig *rig, const char *source)
{
    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2, .source = source});
}

/* Fresh until shortly before that time, and not shortly after it. */
static void expect_lifetime(struct rig *rig, const struct lifetime *row, size_t number)
{
    char name[32], steps[512];
    int64_t ttl;

    snprintf(name, sizeof name, "row%zu", number);
    snprintf(steps, sizeof steps, "200 %s", row->fields);
    scripted_set(rig, name, steps);
    cr_expect_eq(scripted_get(rig, name), 200, "%s", row->fields);
    cr_expect(scripted_way(rig, "fwd=uri-miss; stored; ttl="), "%s", row->fields);
    ttl = scripted_ttl(rig);
    cr_expect(ttl > row->seconds - SLACK_S && ttl <= row->seconds, "%s: ttl=%lld", row->fields,
              (long long)ttl);
    if (row->seconds > 0) {
        scripted_pass(rig, row->seconds - SLACK_S);
        cr_expect_eq(scripted_get(rig, name), 200);
        cr_expect(scripted_way(rig, "hit; ttl="), "%s", row->fields);
        cr_expect_eq(scripted_asked(rig, name), 1u, "%s", row->fields);
        scripted_pass(rig, SLACK_S);
    }
    cr_expect_eq(scripted_get(rig, name), 200);
    cr_expect_eq(scripted_asked(rig, name), 2u, "%s", row->fields);
}

static void expect_lifetimes(struct rig *rig, const struct lifetime *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_lifetime(rig, &rows[i], i);
}

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* ---- lifetimes ---- */

Test(freshness, max_age_is_a_lifetime)
{
    static const struct lifetime rows[] = {
        {"'Cache-Control: max-age=100'", 100},
        {"'Cache-Control: public, Max-Age=100'", 100},
        {"'Cache-Control: max-age=\"100\"'", 100},
        {"'Cache-Control: public' 'Cache-Control: max-age=100'", 100},
        {"'Cache-Control: max-age=100, max-age=200'", 100},
        {"'Cache-Control: max-age=0'", 0},
        {"'Cache-Control: max-age=soon'", 0},
        {"'Cache-Control: max-age=-100'", 0},
    };
    static struct rig rig;

    open_plain(&rig, PLAIN);
    expect_lifetimes(&rig, rows, COUNT(rows));
    rig_close(&rig);
}

Test(freshness, s_maxage_counts_before_max_age)
{
    static const struct lifetime rows[] = {
        {"'Cache-Control: s-maxage=50, max-age=100'", 50},
        {"'Cache-Control: max-age=100, s-maxage=200'", 200},
        {"'Cache-Control: s-maxage=0, max-age=100'", 0},
    };
    static struct rig rig;

    open_plain(&rig, PLAIN);
    expect_lifetimes(&rig, rows, COUNT(rows));
    rig_close(&rig);
}

Test(freshness, expires_counts_from_the_origins_own_date)
{
    static const struct lifetime rows[] = {
        {"'Expires: @+100'", 100},
        {"'Date:' 'Expires: @+100'", 100},
        {"'Date: @+1000' 'Expires: @+1100'", 100}, /* its clock is ahead */
        {"'Date: @-30' 'Expires: @+70'", 70},      /* 30 seconds old already */
        {"'Expires: @+100' 'Cache-Control: max-age=200'", 200},
        {"'Expires: @+100' 'Cache-Control: public'", 100},
    };
    static struct rig rig;

    open_plain(&rig, PLAIN);
    expect_lifetimes(&rig, rows, COUNT(rows));
    rig_close(&rig);
}

Test(freshness, an_expires_that_is_broken_or_past_is_no_lifetime)
{
    static const struct lifetime rows[] = {
        {"'Expires: 0'", 0},
        {"'Expires: -1'", 0},
        {"'Expires: tomorrow'", 0},
        {"'Expires: @-1'", 0},
        {"'Expires: @'", 0},
    };
    static struct rig rig;

    open_plain(&rig, PLAIN);
    expect_lifetimes(&rig, rows, COUNT(rows));
    rig_close(&rig);
}

Test(freshness, time_spent_elsewhere_is_subtracted)
{
    static const struct lifetime rows[] = {
        {"'Cache-Control: max-age=100' 'Age: 40'", 60},
        {"'Cache-Control: max-age=100' 'Date: @-30'", 70},
        {"'Cache-Control: max-age=100' 'Date: @-30' 'Age: 40'", 60},
        {"'Cache-Control: max-age=100' 'Age: 100'", 0},
        {"'Cache-Control: max-age=100' 'Age: old'", 100},
        {"'Expires: @+100' 'Age: 40'", 60},
    };
    static struct rig rig;

    open_plain(&rig, PLAIN);
    expect_lifetimes(&rig, rows, COUNT(rows));
    rig_close(&rig);
}

Test(freshness, without_a_word_of_the_origin_ttl_counts)
{
    static const struct lifetime rows[] = {
        {"", 500},
        {"'Date:'", 500},
        {"'Last-Modified: @-100000'", 500}, /* no heuristics of our own */
        {"'ETag: \"1\"'", 500},
        {"'Cache-Control: public'", 500},
        {"'Age: 40'", 500}, /* of what nobody has limited */
    };
    static struct rig rig;

    open_plain(&rig, PLAIN);
    expect_lifetimes(&rig, rows, COUNT(rows));
    rig_close(&rig);
}

Test(freshness, ttl_min_and_ttl_max_clamp_what_the_origin_says)
{
    static const struct lifetime rows[] = {
        {"'Cache-Control: max-age=10'", 50},
        {"'Cache-Control: max-age=0'", 50},
        {"'Cache-Control: no-cache'", 50},
        {"'Cache-Control: max-age=60' 'Age: 59'", 50},
        {"'Expires: 0'", 50},
        {"'Cache-Control: max-age=100'", 100},
        {"'Cache-Control: max-age=201'", 200},
        {"'Cache-Control: max-age=99999999999999999999'", 200},
        {"'Expires: @+5000'", 200},
        {"", 200},
    };
    static struct rig rig;

    open_plain(&rig, "ttl = \"500s\" ttl_min = \"50s\" ttl_max = \"200s\" stale = 0");
    expect_lifetimes(&rig, rows, COUNT(rows));
    rig_close(&rig);
}

Test(freshness, pragma_counts_where_there_is_no_cache_control)
{
    static const struct lifetime rows[] = {
        {"'Pragma: no-cache'", 0},
        {"'Pragma: no-cache' 'Expires: @+100'", 0},
        {"'Pragma: no-cache' 'Cache-Control: max-age=100'", 100},
        {"'Pragma: other'", 500},
    };
    static struct rig rig;

    open_plain(&rig, PLAIN);
    expect_lifetimes(&rig, rows, COUNT(rows));
    rig_close(&rig);
}

/* ---- what may be kept ---- */

/* RFC 9111 section 5.2.2.4: it may be stored, and is asked about each time. */
Test(freshness, no_cache_is_kept_but_revalidated_each_time)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_plain(&rig, "stale = \"7d\"");
    scripted_set(&rig, "a", "200 'Cache-Control: no-cache, max-age=100' 'ETag: \"1\"' conditional");
    cr_assert_eq(scripted_get(&rig, "a"), 200);
    scripted_etag(&rig, etag);
    for (unsigned i = 1; i <= 3; i++) {
        cr_expect_eq(scripted_get(&rig, "a"), 200);
        cr_expect(scripted_way(&rig, "fwd=stale; fwd-status=304"));
        cr_expect(scripted_is(&rig, etag));
        cr_expect_eq(scripted_answered(&rig, "a", 304), i);
    }
    cr_expect_eq(scripted_answered(&rig, "a", 200), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_RENDERS), 1u);
    rig_close(&rig);
}

static void expect_not_kept(const char *fields)
{
    char etag[SCRIPTED_ETAG_MAX], steps[256];
    static struct rig rig;
    struct buffer output = {0};

    open_plain(&rig, "stale = \"7d\"");
    snprintf(steps, sizeof steps, "200 %s 'ETag: \"1\"' conditional", fields);
    scripted_set(&rig, "a", steps);
    for (unsigned i = 1; i <= 3; i++) {
        cr_expect_eq(scripted_get(&rig, "a"), 200);
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store", "%s", fields);
        cr_expect_eq(scripted_asked(&rig, "a"), i, "%s", fields);
        cr_expect(answer_is_sound(&rig.answer));
        if (i == 1)
            scripted_etag(&rig, etag);
        cr_expect(scripted_is(&rig, etag));
    }
    cr_expect(scripted_sent(&rig, "a", "If-None-Match", NULL));
    /* Other sizes have to be fetched, too: there is nothing to draw them from. */
    cr_expect_eq(scripted_get_sized(&rig, 128, "a"), 200);
    cr_expect_eq(scripted_asked(&rig, "a"), 4u);
    cr_assert_eq(rig_visage(&rig, "stats", &output), 0);
    cr_expect_not_null(strstr(output.data, "blobs              0\n"), "%s", output.data);
    buffer_free(&output);
    rig_close(&rig);
}

Test(freshness, no_store_is_not_kept)
{
    expect_not_kept("'Cache-Control: max-age=100, no-store'");
}

Test(freshness, private_is_not_kept)
{
    expect_not_kept("'Cache-Control: private, max-age=100'");
}

Test(freshness, private_fields_are_read_as_private)
{
    expect_not_kept("'Cache-Control: private=\"Set-Cookie\"' 'Cache-Control: max-age=100'");
}

/* Section 5.2.2.3: here no-store is for caches that do not know the status. */
Test(freshness, no_store_beside_must_understand_is_kept)
{
    static struct rig rig;

    open_plain(&rig, PLAIN);
    scripted_set(&rig, "a", "200 'Cache-Control: must-understand, no-store, max-age=100'");
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect_eq(scripted_asked(&rig, "a"), 1u);
    rig_close(&rig);
}

Test(freshness, keep_private_keeps_both_for_ttl)
{
    static const struct lifetime rows[] = {
        {"'Cache-Control: private'", 500},
        {"'Cache-Control: private, max-age=10'", 500},
        {"'Cache-Control: no-store, no-cache, must-revalidate'", 500},
    };
    static struct rig rig;

    open_plain(&rig, PLAIN " keep_private = true");
    expect_lifetimes(&rig, rows, COUNT(rows));
    rig_close(&rig);
}

static void ask_all(struct rig *rig, const char *target, struct answer *answers)
{
    const char *targets[CLIENTS];
    unsigned other = 0;

    for (size_t i = 0; i < CLIENTS; i++)
        targets[i] = target;
    cr_assert_eq(client_get_all(rig->port, targets, CLIENTS, answers), (size_t)CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++) {
        const char *control = answer_field(&answers[i], "Cache-Control");

        other += answers[i].status != 200 || !control || strcmp(control, "no-store") != 0 ||
                 answers[i].body.length != answers[0].body.length;
    }
    for (size_t i = 0; i < CLIENTS; i++)
        answer_free(&answers[i]);
    cr_expect_eq(other, 0u, "%u other answers", other);
}

/* Nobody can have what another one fetches, so nobody waits for it: all workers are at it. */
Test(freshness, clients_of_an_unstorable_picture_do_not_queue)
{
    static struct answer answers[CLIENTS];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .workers = 8,
                                         .top = "busy_limit = 100",
                                         .source = "fetch_slots = 20"});
    scripted_set(&rig, "a", "200 'Cache-Control: no-store' delay=200");
    ask_all(&rig, "/s64/o/script/a.jpg", answers); /* not known yet */
    cr_expect_eq(scripted_asked(&rig, "a"), (unsigned)CLIENTS);
    cr_expect_geq(origin_concurrent_max(rig.origin), 4u);
    origin_reset(rig.origin);
    ask_all(&rig, "/s64/o/script/a.jpg", answers);
    cr_expect_eq(scripted_asked(&rig, "a"), (unsigned)CLIENTS);
    cr_expect_geq(origin_concurrent_max(rig.origin), 6u);
    rig_close(&rig);
}

Test(freshness, a_kept_picture_that_becomes_unstorable_is_dropped)
{
    static const char *const answers[] = {
        "200 'Cache-Control: no-store' picture=logo",         /* another one */
        "304 'Cache-Control: no-store'",                      /* the same one still */
    };
    char etag[SCRIPTED_ETAG_MAX], steps[512];
    static struct rig rig;

    open_plain(&rig, PLAIN);
    for (size_t i = 0; i < COUNT(answers); i++) {
        const char *name = i == 0 ? "a" : "b";

        snprintf(steps, sizeof steps, "200 'Cache-Control: max-age=100' 'ETag: \"1\"' | %s | 500",
                 answers[i]);
        scripted_set(&rig, name, steps);
        cr_assert_eq(scripted_get(&rig, name), 200);
        scripted_etag(&rig, etag);
        cr_assert_eq(scripted_get_sized(&rig, 128, name), 200);
        scripted_pass(&rig, 200);
        cr_expect_eq(scripted_get(&rig, name), 200, "%s", answers[i]);
        cr_expect_eq(scripted_is(&rig, etag), i == 1, "%s", answers[i]);
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store", "%s", answers[i]);
        cr_expect_eq(scripted_get(&rig, name), 502, "%s", answers[i]);
        cr_expect_eq(scripted_get_sized(&rig, 128, name), 502, "%s", answers[i]);
    }
    rig_close(&rig);
}

Test(freshness, a_picture_that_becomes_storable_is_kept)
{
    static struct rig rig;

    open_plain(&rig, PLAIN);
    scripted_set(&rig, "a", "200 'Cache-Control: no-store' | 200 'Cache-Control: max-age=100'");
    for (int i = 0; i < 4; i++)
        cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "hit; ttl="));
    cr_expect_eq(scripted_get_sized(&rig, 128, "a"), 200);
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    rig_close(&rig);
}

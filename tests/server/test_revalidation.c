/* SPDX-License-Identifier: MIT
 *
 * Asking an origin whether what is kept is still good (RFC 9111 section 4.3): with which
 * validators, what a 304 renews, and what becomes of the pictures drawn from something
 * that has changed.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "cache/scoreboard.h"
#include "rig/rig.h"
#include "rig/scripted.h"
#include "rig/workers.h"

RIG_SUITE(revalidation);

/* No grace after a lifetime, so that who asks then gets what the origin says. */
#define PLAIN "stale = 0"
#define FRESH "'Cache-Control: max-age=100'"

static void open_rig(struct rig *rig, const char *top)
{
    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2, .source = PLAIN,
                                        .top = top});
}

/* Fetched for the first time, and drawn in two sizes. */
static void get_both(struct rig *rig, const char *name, char etag[SCRIPTED_ETAG_MAX])
{
    cr_assert_eq(scripted_get_sized(rig, 128, name), 200);
    cr_assert_eq(scripted_get(rig, name), 200);
    cr_assert_eq(scripted_asked(rig, name), 1u);
    scripted_etag(rig, etag);
}

static uint64_t counted(const struct rig *rig, enum counter counter)
{
    return workers_counted(rig->state, counter);
}

/* ---- 304 ---- */

Test(revalidation, a_304_renews_what_is_kept_without_a_body)
{
    char etag[SCRIPTED_ETAG_MAX];
    uint64_t bytes;
    static struct rig rig;

    open_rig(&rig, NULL);
    scripted_set(&rig, "a", "200 " FRESH " 'ETag: \"1\"' conditional");
    get_both(&rig, "a", etag);
    bytes = counted(&rig, COUNT_FETCHED_BYTES);
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "fwd=stale; fwd-status=304; stored; ttl="));
    cr_expect(scripted_ttl(&rig) > 90 && scripted_ttl(&rig) <= 100);
    cr_expect_str_eq(answer_field(&rig.answer, "Age"), "0");
    cr_expect(scripted_is(&rig, etag));
    cr_expect_eq(scripted_answered(&rig, "a", 304), 1u);
    cr_expect_eq(counted(&rig, COUNT_FETCHED_BYTES), bytes);
    cr_expect_eq(counted(&rig, COUNT_REVALIDATED), 1u);

    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "hit; ttl="));
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    cr_expect_eq(counted(&rig, COUNT_RENDERS), 2u);
    rig_close(&rig);
}

Test(revalidation, one_304_renews_every_size)
{
    char etag[SCRIPTED_ETAG_MAX], large[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, NULL);
    scripted_set(&rig, "a", "200 " FRESH " 'ETag: \"1\"' conditional");
    get_both(&rig, "a", etag);
    cr_assert_eq(scripted_get_sized(&rig, 128, "a"), 200);
    scripted_etag(&rig, large);
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    /* One that was drawn before, and one that was not. */
    cr_expect_eq(scripted_get_sized(&rig, 128, "a"), 200);
    cr_expect(scripted_is(&rig, large));
    cr_expect(scripted_ttl(&rig) > 90);
    cr_expect_eq(counted(&rig, COUNT_RENDERS), 2u);
    cr_expect_eq(scripted_get_sized(&rig, 32, "a"), 200);
    cr_expect_eq(counted(&rig, COUNT_RENDERS), 3u);
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    rig_close(&rig);
}

/* RFC 9111 section 3.2: the stored fields become those of the 304. */
Test(revalidation, a_304_brings_new_times_and_validators)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, NULL);
    scripted_set(&rig, "a", "200 " FRESH " 'ETag: \"1\"' | "
                            "304 'Cache-Control: max-age=500' 'ETag: \"2\"' | "
                            "304 'Cache-Control: max-age=0' | 304");
    get_both(&rig, "a", etag);
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_sent(&rig, "a", "If-None-Match", "\"1\""));
    cr_expect(scripted_ttl(&rig) > 490 && scripted_ttl(&rig) <= 500);
    scripted_pass(&rig, 400);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "hit; ttl="));
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_sent(&rig, "a", "If-None-Match", "\"2\""));
    /* One without a tag leaves the tag; its lifetime is over at once. */
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_sent(&rig, "a", "If-None-Match", "\"2\""));
    cr_expect_eq(scripted_asked(&rig, "a"), 4u);
    cr_expect(scripted_is(&rig, etag));
    rig_close(&rig);
}

/* Fields that a 304 does not bring stay those that are stored. */
Test(revalidation, a_304_without_times_repeats_what_was_said)
{
    static const struct {
        const char *fields;
        int64_t seconds;
    } rows[] = {
        {"'Cache-Control: max-age=100'", 100},
        {"", 700},
    };
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2,
                                         .source = PLAIN " ttl = \"700s\""});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[32], steps[256];

        snprintf(name, sizeof name, "row%zu", i);
        snprintf(steps, sizeof steps, "200 %s 'ETag: \"1\"' | 304", rows[i].fields);
        scripted_set(&rig, name, steps);
        cr_assert_eq(scripted_get(&rig, name), 200);
        scripted_pass(&rig, 1000);
        cr_expect_eq(scripted_get(&rig, name), 200);
        cr_expect(scripted_way(&rig, "fwd=stale; fwd-status=304; stored"));
        cr_expect(scripted_ttl(&rig) > rows[i].seconds - 10 &&
                  scripted_ttl(&rig) <= rows[i].seconds, "%s: %s", rows[i].fields,
                  answer_field(&rig.answer, "Cache-Status"));
    }
    rig_close(&rig);
}

Test(revalidation, a_304_that_nobody_asked_for_is_an_error)
{
    static struct rig rig;

    open_rig(&rig, NULL);
    scripted_set(&rig, "new", "304 'ETag: \"1\"'");
    cr_expect_eq(scripted_get(&rig, "new"), 502);
    cr_expect(scripted_way(&rig, "detail=origin-status"));
    /* Nor can one be asked for without a validator. */
    scripted_set(&rig, "bare", "200 " FRESH " | 304");
    cr_expect_eq(scripted_get(&rig, "bare"), 200);
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "bare"), 502);
    cr_expect(scripted_sent(&rig, "bare", "If-None-Match", NULL));
    cr_expect(scripted_sent(&rig, "bare", "If-Modified-Since", NULL));
    cr_expect_eq(scripted_asked(&rig, "bare"), 2u);
    rig_close(&rig);
}

/* ---- validators ---- */

Test(revalidation, validators_are_sent_back_as_they_came)
{
    static const struct {
        const char *fields;
        const char *etag;     /* what is sent; NULL: nothing */
        const char *modified;
    } rows[] = {
        {"'ETag: \"1\"'", "\"1\"", NULL},
        {"'ETag: W/\"1\"'", "W/\"1\"", NULL},
        {"'ETag: \"\"'", "\"\"", NULL},
        {"'ETag: \"a,b;c=d/W/\\e\"'", "\"a,b;c=d/W/\\e\"", NULL},
        {"'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT'", NULL, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"'ETag: \"1\"' 'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT'", "\"1\"",
         "Sun, 06 Nov 1994 08:49:37 GMT"},
        /* A date of an obsolete form may not be sent (RFC 9110 section 5.6.7). */
        {"'Last-Modified: Sunday, 06-Nov-94 08:49:37 GMT'", NULL, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"'Last-Modified: Sun Nov  6 08:49:37 1994'", NULL, "Sun, 06 Nov 1994 08:49:37 GMT"},
        /* What is none is not sent at all. */
        {"'ETag: 1'", NULL, NULL},
        {"'ETag: w/\"1\"'", NULL, NULL},
        {"'ETag: \"a\"b\"'", NULL, NULL},
        {"'Last-Modified: yesterday'", NULL, NULL},
        {"", NULL, NULL},
    };
    char name[32], steps[256];
    static struct rig rig;

    open_rig(&rig, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool conditional = rows[i].etag || rows[i].modified;

        snprintf(name, sizeof name, "row%zu", i);
        snprintf(steps, sizeof steps, "200 " FRESH " %s | %s", rows[i].fields,
                 conditional ? "304" : "200");
        scripted_set(&rig, name, steps);
        cr_expect_eq(scripted_get(&rig, name), 200, "%s", rows[i].fields);
        cr_expect(scripted_sent(&rig, name, "If-None-Match", NULL));
        cr_expect(scripted_sent(&rig, name, "If-Modified-Since", NULL));
        scripted_pass(&rig, 200);
        cr_expect_eq(scripted_get(&rig, name), 200, "%s", rows[i].fields);
        cr_expect_eq(scripted_asked(&rig, name), 2u);
        cr_expect(scripted_sent(&rig, name, "If-None-Match", rows[i].etag), "%s", rows[i].fields);
        cr_expect(scripted_sent(&rig, name, "If-Modified-Since", rows[i].modified), "%s",
                  rows[i].fields);
        cr_expect(scripted_way(&rig, conditional ? "fwd=stale; fwd-status=304; stored"
                                                 : "fwd=stale; stored"));
    }
    rig_close(&rig);
}

Test(revalidation, last_modified_alone_renews_too)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, NULL);
    scripted_set(&rig, "a", "200 " FRESH " 'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT' "
                            "conditional");
    get_both(&rig, "a", etag);
    cr_expect_str_eq(answer_field(&rig.answer, "Last-Modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "fwd=stale; fwd-status=304; stored"));
    cr_expect_eq(scripted_answered(&rig, "a", 304), 1u);
    cr_expect(scripted_is(&rig, etag));
    cr_expect_str_eq(answer_field(&rig.answer, "Last-Modified"), "Sun, 06 Nov 1994 08:49:37 GMT");
    rig_close(&rig);
}

/* ---- 200 ---- */

Test(revalidation, a_changed_picture_is_drawn_anew_in_all_sizes)
{
    char etag[SCRIPTED_ETAG_MAX], large[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, NULL);
    scripted_set(&rig, "a", "200 " FRESH " 'ETag: \"1\"' | "
                            "200 " FRESH " 'ETag: \"2\"' picture=logo");
    get_both(&rig, "a", etag);
    cr_assert_eq(scripted_get_sized(&rig, 128, "a"), 200);
    scripted_etag(&rig, large);
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "fwd=stale; stored; ttl="));
    cr_expect_not(scripted_is(&rig, etag));
    cr_expect_eq(scripted_get_sized(&rig, 128, "a"), 200);
    cr_expect_not(scripted_is(&rig, large));
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_eq(scripted_get_sized(&rig, 32, "a"), 200);
    cr_expect_eq(scripted_asked(&rig, "a"), 2u);
    cr_expect_eq(counted(&rig, COUNT_RENDERS), 5u);
    /* All that they were drawn from is gone from the disk with them. */
    {
        struct buffer output = {0};

        cr_assert_eq(rig_visage(&rig, "stats", &output), 0);
        cr_expect_not_null(strstr(output.data, "blobs              4\n"), "%s", output.data);
        buffer_free(&output);
    }
    rig_close(&rig);
}

/* An origin without validators sends it all again: then nothing is drawn again, at least. */
Test(revalidation, the_same_bytes_again_are_not_drawn_again)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, NULL);
    scripted_set(&rig, "a", "200 " FRESH);
    get_both(&rig, "a", etag);
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "fwd=stale; stored; ttl="));
    cr_expect(scripted_is(&rig, etag));
    cr_expect_eq(scripted_get_sized(&rig, 128, "a"), 200);
    cr_expect_eq(scripted_answered(&rig, "a", 200), 2u);
    cr_expect_eq(counted(&rig, COUNT_RENDERS), 2u);
    rig_close(&rig);
}

/* ---- originals that are not kept (keep_original_max) ---- */

Test(revalidation, a_dropped_original_is_asked_about_for_what_was_drawn)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, "keep_original_max = 0");
    scripted_set(&rig, "a", "200 " FRESH " 'ETag: \"1\"' conditional");
    cr_assert_eq(scripted_get(&rig, "a"), 200);
    scripted_etag(&rig, etag);
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_way(&rig, "fwd=stale; fwd-status=304; stored"));
    cr_expect(scripted_is(&rig, etag));
    cr_expect_eq(counted(&rig, COUNT_RENDERS), 1u);
    cr_expect_eq(scripted_answered(&rig, "a", 304), 1u);
    /* For another size its bytes are needed: a 304 would be of no use. */
    cr_expect_eq(scripted_get_sized(&rig, 128, "a"), 200);
    cr_expect_eq(scripted_answered(&rig, "a", 200), 2u);
    cr_expect(scripted_sent(&rig, "a", "If-None-Match", NULL));
    cr_expect_eq(scripted_asked(&rig, "a"), 3u);
    rig_close(&rig);
}

Test(revalidation, a_dropped_original_that_changed_is_drawn_anew)
{
    char etag[SCRIPTED_ETAG_MAX];
    static struct rig rig;

    open_rig(&rig, "keep_original_max = 0");
    scripted_set(&rig, "a", "200 " FRESH " 'ETag: \"1\"' | "
                            "200 " FRESH " 'ETag: \"2\"' picture=logo | 304");
    cr_assert_eq(scripted_get(&rig, "a"), 200);
    scripted_etag(&rig, etag);
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_sent(&rig, "a", "If-None-Match", "\"1\""));
    cr_expect_not(scripted_is(&rig, etag));
    scripted_etag(&rig, etag);
    scripted_pass(&rig, 200);
    cr_expect_eq(scripted_get(&rig, "a"), 200);
    cr_expect(scripted_sent(&rig, "a", "If-None-Match", "\"2\""));
    cr_expect(scripted_is(&rig, etag));
    rig_close(&rig);
}

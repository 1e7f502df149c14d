/* SPDX-License-Identifier: MIT
 *
 * Everything that can be wrong with an origin: the client gets a clear error that
 * echoes nothing, the next one gets it from memory, and what is still there of the
 * picture stands in where it may.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(origin_faults);

#define SMALL_LIMITS "connect_timeout = \"2s\" timeout = \"2s\" max_bytes = \"1M\""

static void hex_of(const char *text, char *out)
{
    for (; *text; text++, out += 2)
        sprintf(out, "%02x", (unsigned char)*text);
}

/* One line of text that says nothing of the request or of the origin. */
static void expect_plain_line(const struct answer *answer, const char *id)
{
    const char *body = answer->body.data ? answer->body.data : "";
    const char *newline = strchr(body, '\n');

    cr_expect_str_eq(answer_field(answer, "Content-Type"), "text/plain; charset=utf-8");
    cr_expect(newline && newline[1] == '\0' && newline > body, "%s: %s", id, body);
    cr_expect_null(strstr(body, "127.0.0.1"));
    cr_expect_null(strstr(body, "unheard"), "%s: %s", id, body);
    cr_expect_null(strstr(body, "no picture\n") == body ? body : NULL);
    cr_expect_null(answer_field(answer, "ETag"));
    cr_expect_null(answer_field(answer, "Last-Modified"));
}

static void expect_cacheability(const struct answer *answer, const char *id)
{
    const char *control = answer_field(answer, "Cache-Control");
    bool lasting = answer->status == 403 || answer->status == 404 || answer->status == 413 ||
                   answer->status == 415 || answer->status == 422;

    cr_expect_str_eq(control ? control : "", lasting ? "public, max-age=60" : "no-store", "%s", id);
    cr_expect_eq(answer_fields(answer, "Retry-After"), answer->status == 503 ? 1u : 0u, "%s", id);
}

Test(origin_faults, every_fault_has_its_answer)
{
    static const struct {
        const char *path; /* at the origin; ".../unheard" as its name */
        int status;
        const char *detail;
    } rows[] = {
        /* not faults at all */
        {"ok", 200, NULL},
        {"etag", 200, NULL},
        {"slow/200", 200, NULL},
        {"drip/10", 200, NULL},
        {"unframed", 200, NULL},
        {"early-hints", 200, NULL},
        {"redirect/1", 200, NULL},
        {"redirect/3", 200, NULL},
        /* too late */
        {"hang", 504, "origin-timeout"},
        {"stall", 504, "origin-timeout"},
        {"stall-mid", 504, "origin-timeout"},
        {"slow/5000", 504, "origin-timeout"},
        {"drip/200", 504, "origin-timeout"},
        /* too little */
        {"truncated", 502, "origin-truncated"},
        {"truncated-chunked", 502, "origin-truncated"},
        {"short-length", 502, "origin-truncated"},
        {"reset-mid", 502, "origin-truncated"},
        {"empty", 502, "origin-truncated"},
        {"long-length", 422, "picture-broken"},
        /* too much */
        {"huge/1048577", 413, "origin-too-large"},
        {"huge/100000000", 413, "origin-too-large"},
        {"endless", 413, "origin-too-large"},
        {"endless-headers", 502, "origin-status"},
        {"endless-line", 502, "origin-status"},
        /* not HTTP, or the end of it */
        {"garbage", 502, "origin-status"},
        {"cut-headers", 502, NULL},
        {"reset", 502, "origin-unreachable"},
        /* not what was asked for */
        {"gzip", 502, "origin-encoded"},
        {"html", 415, "picture-type"},
        {"signin", 502, "origin-denied"},
        {"azure", 502, "origin-denied"},
        {"auth-basic/me/secret", 502, "origin-denied"},
        {"status/203", 502, "origin-status"},
        {"status/204", 502, "origin-status"},
        {"status/206", 502, "origin-status"},
        {"status/301", 502, "origin-redirects"},
        {"status/304", 502, "origin-status"},
        {"status/400", 502, "origin-status"},
        {"status/401", 502, "origin-denied"},
        {"status/403", 502, "origin-denied"},
        {"status/404", 404, "origin-not-found"},
        {"status/410", 404, "origin-not-found"},
        {"status/418", 502, "origin-status"},
        {"status/429", 503, "origin-busy"},
        {"status/500", 502, "origin-error"},
        {"status/503", 503, "origin-busy"},
        {"status/599", 502, "origin-error"},
        {"retry-after/503/20", 503, "origin-busy"},
        {"retry-after/429/nonsense", 503, "origin-busy"},
        /* elsewhere */
        {"redirect/4", 502, "origin-redirects"},
        {"redirect-loop", 502, "origin-redirects"},
        {"redirect-bare", 502, "origin-redirects"},
    };
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .fetch = SMALL_LIMITS});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *id = rows[i].path;
        char path[128], name[64];
        unsigned count;

        snprintf(path, sizeof path, "/%s/unheard%zu", id, i);
        snprintf(name, sizeof name, "detail=%s", rows[i].detail ? rows[i].detail : "");
        for (int again = 0; again < 2; again++) {
            int status = rig_get(&rig, "/s64/o%s.jpg", path);

            cr_expect_eq(status, rows[i].status, "%s: %d %s", id, status, rig.answer.body.data);
            if (status == 200) {
                cr_expect(answer_is_sound(&rig.answer), "%s", id);
                continue;
            }
            cr_expect(answer_says(&rig.answer, "Cache-Status", name), "%s: %s", id,
                      answer_field(&rig.answer, "Cache-Status"));
            expect_plain_line(&rig.answer, id);
            expect_cacheability(&rig.answer, id);
        }
        /* The second request, and one for another size, ask nobody. */
        cr_expect_eq(rig_get(&rig, "/s128/o%s.png", path), rows[i].status, "%s", id);
        count = origin_count(rig.origin, path);
        if (strncmp(id, "redirect-loop", 13) == 0)
            cr_expect_eq(count, 4u, "%s: %u", id, count); /* the limit, once */
        else
            cr_expect_eq(count, 1u, "%s: asked %u times", id, count);
    }
    cr_expect_eq(rig_get(&rig, "/s64/o/retry-after/503/20/unheard47.jpg"), 503);
    cr_expect_eq(files_count(rig.state) > 0, true);
    rig_close(&rig);
}

Test(origin_faults, retry_after_is_passed_on)
{
    static struct rig rig;
    int seconds;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(rig_get(&rig, "/s64/o/retry-after/503/20/x.jpg"), 503);
        seconds = atoi(answer_field(&rig.answer, "Retry-After"));
        cr_expect(seconds >= 18 && seconds <= 20, "%d", seconds);
        cr_assert_eq(rig_get(&rig, "/s64/o/status/503/x.jpg"), 503);
        seconds = atoi(answer_field(&rig.answer, "Retry-After"));
        cr_expect(seconds >= 1 && seconds <= 6, "%d: five, and a tenth", seconds);
    }
    rig_close(&rig);
}

Test(origin_faults, forbidden_addresses_are_not_dialled)
{
    static const char *const urls[] = {
        "http://10.0.0.1/",        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",           "http://[::ffff:10.0.0.1]/",
        "http://192.168.1.1/x",    "http://0x0a000001/",
        "http://[fe80::1]/",       "http://0.0.0.0/",
        "http://[64:ff9b::a00:1]/", "http://224.0.0.1/",
        "file:///etc/passwd",      "gopher://10.0.0.1/",
    };
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        char hex[256], path[512];

        hex_of(urls[i], hex);
        snprintf(path, sizeof path, "/redirect-hex/%s/x", hex);
        for (int again = 0; again < 2; again++) {
            cr_expect_eq(rig_get(&rig, "/s64/o%s.jpg", path), 403, "%s: %d", urls[i],
                         rig.answer.status);
            cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=origin-forbidden"));
            expect_plain_line(&rig.answer, urls[i]);
        }
        cr_expect_eq(origin_count(rig.origin, path), 1u);
    }
    rig_close(&rig);
}

/* Loopback is closed for a source that does not open it. */
Test(origin_faults, closed_networks_are_closed)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD,
                       .more = "source shut { url = \"@ORIGIN@/{id}\" }\n"
                               "source dead { url = \"http://127.0.0.1:1/{id}\"\n"
                               "    allow_addresses = {\"127.0.0.1\"} }\n"});
    cr_expect_eq(rig_get(&rig, "/s64/shut/ok/x.jpg"), 403);
    cr_expect_eq(origin_total(rig.origin), 0u);
    cr_expect_eq(rig_get(&rig, "/s64/dead/x.jpg"), 502);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=origin-unreachable"));
    rig_close(&rig);
}

/* After its time the failure is forgotten: 5 s for this one. */
Test(origin_faults, a_failure_is_not_for_ever)
{
    int64_t until_ms;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cr_assert_eq(rig_get(&rig, "/s64/o/fail-first/1/500/x.jpg"), 502);
    until_ms = clock_boot_ms() + 12000;
    while (rig_get(&rig, "/s64/o/fail-first/1/500/x.jpg") != 200 && clock_boot_ms() < until_ms) {
        cr_assert_eq(rig.answer.status, 502);
        clock_sleep_ms(200);
    }
    cr_expect_eq(rig.answer.status, 200);
    cr_expect_eq(origin_count(rig.origin, "/fail-first/1/500/x"), 2u);
    rig_close(&rig);
}

/* ---- an older copy stands in ---- */

static bool await_expiry(struct rig *rig, const char *target, const char *status_says)
{
    int64_t until_ms = clock_boot_ms() + 10000;

    while (clock_boot_ms() < until_ms) {
        int status = rig_get(rig, "%s", target);

        cr_assert(status == 200, "%s: %d %s", target, status, rig->answer.body.data);
        if (answer_says(&rig->answer, "Cache-Status", status_says))
            return true;
        clock_sleep_ms(100);
    }
    return false;
}

Test(origin_faults, stale_copies_stand_in)
{
    char etag[64];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD,
                       .source = "ttl = \"1s\" stale = \"1h\"",
                       .more = "source short { url = \"@ORIGIN@/{id}\" ttl = \"1s\" stale = \"1s\"\n"
                               "    allow_addresses = {\"127.0.0.0/8\"} }\n"});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/x.jpg"), 200);
    snprintf(etag, sizeof etag, "%s", answer_field(&rig.answer, "ETag"));
    cr_assert_eq(rig_get(&rig, "/s64/short/ok/y.jpg"), 200);
    origin_stop(&rig.origin);

    cr_expect(await_expiry(&rig, "/s64/o/ok/x.jpg", "detail=stale"), "%s",
              answer_field(&rig.answer, "Cache-Status"));
    cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etag);
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_gt(workers_counted(rig.state, COUNT_STALE), 0u);
    /* Other sizes of it are drawn from the original, as old as that is. */
    cr_expect_eq(rig_get(&rig, "/s128/o/ok/x.jpg"), 200, "%d", rig.answer.status);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=stale"), "%s",
              answer_field(&rig.answer, "Cache-Status"));
    /* What was never there is not there. */
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/z.jpg"), 502);

    /* Past `stale` it is an error. */
    {
        int64_t until_ms = clock_boot_ms() + 10000;

        while (rig_get(&rig, "/s64/short/ok/y.jpg") == 200 && clock_boot_ms() < until_ms)
            clock_sleep_ms(100);
    }
    cr_expect_eq(rig.answer.status, 502);
    rig_close(&rig);
}

/* 404 is no failure: the picture is gone. */
Test(origin_faults, a_deleted_picture_does_not_stay)
{
    int64_t until_ms;
    unsigned char nothing[] = "gone";
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .source = "ttl = \"1s\" stale = \"1h\""});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    /* It is still there, but no picture any more. */
    cr_assert_eq(origin_add_picture(rig.origin, "photo", nothing, sizeof nothing, "text/plain"),
                 0);
    until_ms = clock_boot_ms() + 10000;
    while (rig_get(&rig, "/s64/o/ok/photo.jpg") == 200 && clock_boot_ms() < until_ms)
        clock_sleep_ms(100);
    cr_expect_eq(rig.answer.status, 415);
    rig_close(&rig);
}

/* Behind an answer with what there is. The same bytes again: nothing is drawn. */
Test(origin_faults, an_expired_picture_is_fetched_again)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .source = "ttl = \"1s\""});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect(await_expiry(&rig, "/s64/o/ok/photo.jpg", "detail=stale-while-revalidate"),
              "%s", answer_field(&rig.answer, "Cache-Status"));
    cr_expect_eq(rig.answer.status, 200);
    cr_expect(origin_await(rig.origin, "/ok/photo", 2, 5000));
    cr_expect(await_expiry(&rig, "/s64/o/ok/photo.jpg", "hit; ttl=1"),
              "%s", answer_field(&rig.answer, "Cache-Status"));
    cr_expect_eq(workers_counted(rig.state, COUNT_RENDERS), 1u);
    rig_close(&rig);
}

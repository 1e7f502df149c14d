/* SPDX-License-Identifier: MIT
 *
 * What a client gets who asks for pictures: the right ones, in the right format, with
 * the headers that every answer has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "rig/rig.h"
#include "rig/sniffed.h"
#include "rig/workers.h"

RIG_SUITE(pictures);

#define JPEG "image/jpeg"
#define PNG "image/png"
#define WEBP "image/webp"

/* What browsers send for <img>, and what tools send. */
#define CHROME "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
#define FIREFOX "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
#define OLD_FIREFOX "image/webp,*/*"
#define SAFARI "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8," \
               "image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
#define OLD_SAFARI "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5"

static int get_accepting(struct rig *rig, const char *accept, const char *target)
{
    char field[256];
    const char *fields[] = {field, NULL};

    snprintf(field, sizeof field, "Accept:%s%s", *accept ? " " : "", accept);
    return rig_ask(rig, "GET", target, fields);
}

static int get_with(struct rig *rig, const char *target, const char *field)
{
    const char *fields[] = {field, NULL};

    return rig_ask(rig, "GET", target, fields);
}

Test(pictures, urls_and_formats)
{
    static const struct {
        const char *target, *accept, *type;
        unsigned width, height;
        bool negotiated;
    } rows[] = {
        /* extensions */
        {"/avatar/o/ok/photo.jpg", "*/*", JPEG, 1000, 1000, false},
        {"/avatar_small/o/ok/photo.jpg", "*/*", JPEG, 360, 360, false},
        {"/avatar_small/o/ok/photo.png", "*/*", PNG, 360, 360, false},
        {"/avatar_small/o/ok/photo.webp", "*/*", WEBP, 360, 360, false},
        {"/avatar_small/o/ok/photo.webp", "image/jpeg", WEBP, 360, 360, false},
        {"/thumb/o/ok/photo.jpg", "*/*", JPEG, 100, 80, false},
        {"/thumb@1x/o/ok/photo.jpg", "*/*", JPEG, 100, 80, false},
        {"/thumb@2x/o/ok/photo.jpg", "*/*", JPEG, 200, 160, false},
        {"/thumb@3x/o/ok/photo.jpg", "*/*", JPEG, 300, 240, false},
        {"/wide/o/ok/photo.jpg", "*/*", JPEG, 200, 150, false},
        {"/s32/o/ok/photo.png", "*/*", PNG, 32, 32, false},
        {"/s96/o/ok/alpha.png", "*/*", PNG, 96, 96, false},
        {"/s96/o/ok/alpha.jpg", "*/*", JPEG, 96, 96, false},
        {"/s96/o/ok/alpha.webp", "*/*", WEBP, 96, 96, false},
        /* sizes snap up */
        {"/s1/o/ok/photo.jpg", "*/*", JPEG, 32, 32, false},
        {"/s33/o/ok/photo.jpg", "*/*", JPEG, 48, 48, false},
        {"/s100@2x/o/ok/photo.jpg", "*/*", JPEG, 256, 256, false},
        {"/s129/o/ok/photo.jpg", "*/*", JPEG, 192, 192, false},
        /* ids of several segments, encoded or not */
        {"/s64/o/ok/a/b/c.jpg", "*/*", JPEG, 64, 64, false},
        {"/s64/o/ok/%70hoto.jpg", "*/*", JPEG, 64, 64, false},
        {"/s64/o/ok/photo%2Ejpg", "*/*", JPEG, 64, 64, false},
        {"/s64/o/ok/ann%40example.org.jpg", "*/*", JPEG, 64, 64, false},
        /* a query says nothing */
        {"/s64/o/ok/photo.jpg?v=2", "*/*", JPEG, 64, 64, false},
        /* negotiation */
        {"/s64/o/ok/photo", "*/*", JPEG, 64, 64, true},
        {"/s64/o/ok/photo", "", JPEG, 64, 64, true},
        {"/s64/o/ok/photo", "image/webp", WEBP, 64, 64, true},
        {"/s64/o/ok/photo", "image/png", PNG, 64, 64, true},
        {"/s64/o/ok/photo", "image/webp;q=0,*/*", JPEG, 64, 64, true},
        {"/s64/o/ok/photo", "image/webp;q=0.5,image/png", PNG, 64, 64, true},
        {"/s64/o/ok/photo", "image/webp;q=0.5,image/jpeg;q=0.9", JPEG, 64, 64, true},
        {"/s64/o/ok/photo", "text/html", JPEG, 64, 64, true},
        {"/s64/o/ok/photo", CHROME, WEBP, 64, 64, true},
        {"/s64/o/ok/photo", FIREFOX, WEBP, 64, 64, true},
        {"/s64/o/ok/photo", OLD_FIREFOX, WEBP, 64, 64, true},
        {"/s64/o/ok/photo", SAFARI, WEBP, 64, 64, true},
        {"/s64/o/ok/photo", OLD_SAFARI, PNG, 64, 64, true},
        {"/s64/o/ok/alpha", "*/*", PNG, 64, 64, true},
        {"/s64/o/ok/alpha", "", PNG, 64, 64, true},
        {"/s64/o/ok/alpha", "image/jpeg", JPEG, 64, 64, true},
        {"/s64/o/ok/alpha", CHROME, WEBP, 64, 64, true},
        {"/s64/o/ok/logo", "*/*", JPEG, 64, 64, true},
    };
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (int again = 0; again < 2; again++) {
            int status = get_accepting(&rig, rows[i].accept, rows[i].target);
            struct sniffed s = sniffed_picture(rig.answer.body.data, rig.answer.body.length);

            cr_expect_eq(status, 200, "%s: %d", rows[i].target, status);
            cr_expect_str_eq(s.type, rows[i].type, "%s for \"%s\": %s", rows[i].target,
                             rows[i].accept, s.type);
            cr_expect(answer_says(&rig.answer, "Content-Type", rows[i].type), "%s",
                      rows[i].target);
            cr_expect(s.width == rows[i].width && s.height == rows[i].height, "%s: %ux%u",
                      rows[i].target, s.width, s.height);
            cr_expect_eq(answer_says(&rig.answer, "Vary", "Accept"), rows[i].negotiated, "%s",
                         rows[i].target);
            cr_expect(answer_is_sound(&rig.answer), "%s: ETag %s", rows[i].target,
                      answer_field(&rig.answer, "ETag"));
            if (again)
                cr_expect(answer_says(&rig.answer, "Cache-Status", "visage; hit"), "%s: %s",
                          rows[i].target, answer_field(&rig.answer, "Cache-Status"));
        }
    }
    rig_close(&rig);
}

static void expect_fixed_headers(const struct answer *answer, const char *what)
{
    static const char *const fixed[][2] = {
        {"X-Content-Type-Options", "nosniff"},
        {"Content-Security-Policy", "default-src 'none'; sandbox"},
        {"Cross-Origin-Resource-Policy", "cross-origin"},
        {"Access-Control-Allow-Origin", "*"},
        {"Access-Control-Expose-Headers",
         "Date, ETag, Age, Cache-Status, Retry-After, Visage-Fallback"},
    };

    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        const char *value = answer_field(answer, fixed[i][0]);

        cr_expect(value && strcmp(value, fixed[i][1]) == 0, "%s, %s: %s", what, fixed[i][0],
                  value ? value : "none");
        cr_expect_eq(answer_fields(answer, fixed[i][0]), 1u);
    }
    cr_expect(answer_says(answer, "Cache-Status", "visage"), "%s", what);
    cr_expect_eq(answer_fields(answer, "Date"), 1u, "%s", what);
}

/* A strong ETag, and dates that can be read. */
static void expect_picture_headers(const struct answer *answer, const char *what)
{
    static const char *const dates[] = {"Date", "Last-Modified"};
    struct tm tm;

    expect_fixed_headers(answer, what);
    cr_expect(answer_field(answer, "ETag") && answer_field(answer, "ETag")[0] == '"', "%s", what);
    for (size_t i = 0; i < 2; i++) {
        const char *value = answer_field(answer, dates[i]);

        cr_expect(value && strptime(value, "%a, %d %b %Y %T GMT", &tm), "%s, %s: %s", what,
                  dates[i], value ? value : "none");
    }
    cr_expect(answer_says(answer, "Cache-Control", "stale-while-revalidate=604800"), "%s", what);
    cr_expect(answer_says(answer, "Cache-Control", "max-age=30"), "%s: %s", what,
              answer_field(answer, "Cache-Control")); /* 300, and the age */
    cr_expect(answer_field(answer, "Age") && atoi(answer_field(answer, "Age")) < 10, "%s", what);
}

Test(pictures, headers_of_every_answer)
{
    char etag_field[128];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    expect_picture_headers(&rig.answer, "miss");
    cr_expect(answer_says(&rig.answer, "Cache-Status", "fwd=uri-miss; stored; ttl="));
    cr_expect(answer_says(&rig.answer, "Accept-Ranges", "bytes"));
    cr_expect_eq(atoi(answer_field(&rig.answer, "Content-Length")), (int)rig.answer.body.length);
    snprintf(etag_field, sizeof etag_field, "If-None-Match: %s",
             answer_field(&rig.answer, "ETag"));
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    expect_picture_headers(&rig.answer, "hit");
    cr_assert_eq(get_with(&rig, "/s64/o/ok/photo.jpg", etag_field), 304);
    expect_picture_headers(&rig.answer, "304");
    cr_expect_eq(rig.answer.body.length, 0u);
    cr_assert_eq(rig_get(&rig, "/s64/o/status/404/x.jpg"), 404);
    expect_fixed_headers(&rig.answer, "404");
    cr_expect(answer_says(&rig.answer, "Content-Type", "text/plain"));
    cr_assert_eq(rig_get(&rig, "/s64/o/status/500/x.jpg"), 502);
    expect_fixed_headers(&rig.answer, "502");
    cr_expect(answer_says(&rig.answer, "Cache-Control", "no-store"));
    rig_close(&rig);
}

Test(pictures, vary_on_every_negotiated_answer)
{
    char etag_field[128];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo"), 200);
    cr_expect(answer_says(&rig.answer, "Vary", "Accept"));
    snprintf(etag_field, sizeof etag_field, "If-None-Match: %s",
             answer_field(&rig.answer, "ETag"));
    cr_assert_eq(get_with(&rig, "/s64/o/ok/photo", etag_field), 304);
    cr_expect(answer_says(&rig.answer, "Vary", "Accept"), "304");
    cr_assert_eq(get_with(&rig, "/s64/o/ok/photo", "Range: bytes=0-9"), 206);
    cr_expect(answer_says(&rig.answer, "Vary", "Accept"), "206");
    cr_assert_eq(get_with(&rig, "/s64/o/ok/photo", "Range: bytes=99999999-"), 416);
    cr_expect(answer_says(&rig.answer, "Vary", "Accept"), "416");
    cr_assert_eq(rig_ask(&rig, "HEAD", "/s64/o/ok/photo", NULL), 200);
    cr_expect(answer_says(&rig.answer, "Vary", "Accept"), "HEAD");
    cr_assert_eq(rig_get(&rig, "/s64/o/status/404/x"), 404);
    cr_expect(answer_says(&rig.answer, "Vary", "Accept"), "404");
    cr_assert_eq(rig_get(&rig, "/s64/o/status/500/x"), 502);
    cr_expect(answer_says(&rig.answer, "Vary", "Accept"), "502");
    cr_assert_eq(rig_ask(&rig, "DELETE", "/s64/o/ok/photo", NULL), 405);
    cr_expect(answer_says(&rig.answer, "Vary", "Accept"), "405");
    rig_close(&rig);
}

/* Without Date and the fields that tell of this very answer's way. */
static void comparable_head(const struct answer *answer, char *out, size_t size)
{
    static const char *const same[] = {"Content-Type", "Content-Length", "ETag", "Last-Modified",
                                       "Vary", "Accept-Ranges", "Content-Security-Policy",
                                       "X-Content-Type-Options", "Cross-Origin-Resource-Policy",
                                       "Access-Control-Allow-Origin", "Allow", "Retry-After"};
    size_t used = 0;

    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const char *value = answer_field(answer, same[i]);

        used += (size_t)snprintf(out + used, size - used, "%s=%s\n", same[i],
                                 value ? value : "-");
        cr_assert_lt(used, size);
    }
}

Test(pictures, head_is_get_without_body)
{
    static const char *const targets[] = {
        "/s64/o/ok/photo.jpg",  "/s64/o/ok/photo",          "/s64/o/ok/alpha",
        "/s64/o/status/404/x",  "/nothing",                 "/s64/o/..%2f",
        "/s64/o/html/x.jpg",    "/avatar_small/o/ok/b.webp",
    };
    char get[4096], head[4096];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        int status = rig_ask(&rig, "HEAD", targets[i], NULL);

        cr_expect_eq(rig.answer.body.length, 0u);
        comparable_head(&rig.answer, head, sizeof head);
        cr_expect_eq(rig_get(&rig, "%s", targets[i]), status, "%s", targets[i]);
        comparable_head(&rig.answer, get, sizeof get);
        cr_expect_str_eq(head, get, "%s", targets[i]);
        cr_expect_gt(rig.answer.body.length, 0u);
    }
    rig_close(&rig);
}

Test(pictures, conditional_requests)
{
    char etag[64], modified[64];
    char field[512];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    snprintf(etag, sizeof etag, "%s", answer_field(&rig.answer, "ETag"));
    snprintf(modified, sizeof modified, "%s", answer_field(&rig.answer, "Last-Modified"));

    const struct {
        const char *format, *value;
        int status;
    } rows[] = {
        {"If-None-Match: %s", etag, 304},
        {"If-None-Match: W/%s", etag, 304},
        {"If-None-Match: \"a\", %s, \"b\"", etag, 304},
        {"If-None-Match: \"a,b\" , W/\"c\",%s", etag, 304},
        {"If-None-Match: %s", "*", 304},
        {"If-None-Match: %s", "\"other\"", 200},
        {"If-None-Match: %s", "\"\"", 200},
        {"If-None-Match: %s", "no-quotes", 200},
        {"If-Modified-Since: %s", modified, 304},
        {"If-Modified-Since: %s", "Fri, 01 Jan 2038 00:00:00 GMT", 304},
        {"If-Modified-Since: %s", "Sat, 01 Jan 2000 00:00:00 GMT", 200},
        {"If-Modified-Since: %s", "Saturday, 01-Jan-00 00:00:00 GMT", 200},
        {"If-Modified-Since: %s", "tomorrow", 200},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wformat-nonliteral\"")
        snprintf(field, sizeof field, rows[i].format, rows[i].value);
        _Pragma("GCC diagnostic pop")
        cr_expect_eq(get_with(&rig, "/s64/o/ok/photo.jpg", field), rows[i].status, "%s: %d",
                     field, rig.answer.status);
        if (rows[i].status == 304) {
            cr_expect_eq(rig.answer.body.length, 0u);
            cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etag);
        }
    }
    /* If-None-Match decides where both are there. */
    {
        const char *fields[] = {"If-None-Match: \"other\"",
                                "If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT", NULL};

        cr_expect_eq(rig_ask(&rig, "GET", "/s64/o/ok/photo.jpg", fields), 200);
    }
    /* A picture that was never fetched can be unmodified, too. */
    cr_expect_eq(get_with(&rig, "/s48/o/ok/never-before.jpg", "If-None-Match: *"), 304);
    /* And no error is. */
    cr_expect_eq(get_with(&rig, "/s48/o/status/404/x.jpg", "If-None-Match: *"), 404);
    rig_close(&rig);
}

Test(pictures, ranges)
{
    char whole[65536], etag[64], modified[64];
    char field[128], if_range[128];
    const char *fields[] = {field, if_range, NULL};
    static struct rig rig;
    size_t length;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    length = rig.answer.body.length;
    cr_assert(length > 100 && length < sizeof whole);
    memcpy(whole, rig.answer.body.data, length);
    snprintf(etag, sizeof etag, "%s", answer_field(&rig.answer, "ETag"));
    snprintf(modified, sizeof modified, "%s", answer_field(&rig.answer, "Last-Modified"));

    const struct {
        const char *range;
        const char *if_range;
        int status;
        size_t first, last;
    } rows[] = {
        {"bytes=0-0", "", 206, 0, 0},
        {"bytes=0-99", "", 206, 0, 99},
        {"bytes=10-", "", 206, 10, length - 1},
        {"bytes=-7", "", 206, length - 7, length - 1},
        {"bytes=5-99999999", "", 206, 5, length - 1},
        {"bytes=5-9", etag, 206, 5, 9},
        {"bytes=5-9", modified, 206, 5, 9},
        {"bytes=5-9", "\"other\"", 200, 0, 0},
        {"bytes=5-9", "Sat, 01 Jan 2000 00:00:00 GMT", 200, 0, 0},
        {"lines=1-2", "", 200, 0, 0},
        {"bytes=99999999-", "", 416, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *content_range;
        char expected[96];

        snprintf(field, sizeof field, "Range: %s", rows[i].range);
        snprintf(if_range, sizeof if_range, "If-Range:%s%s", *rows[i].if_range ? " " : "",
                 rows[i].if_range);
        cr_expect_eq(rig_ask(&rig, "GET", "/s64/o/ok/photo.jpg", fields), rows[i].status,
                     "%s %s: %d", rows[i].range, rows[i].if_range, rig.answer.status);
        content_range = answer_field(&rig.answer, "Content-Range");
        if (rows[i].status == 206) {
            snprintf(expected, sizeof expected, "bytes %zu-%zu/%zu", rows[i].first, rows[i].last,
                     length);
            cr_expect_str_eq(content_range ? content_range : "", expected);
            cr_expect_eq(rig.answer.body.length, rows[i].last - rows[i].first + 1);
            cr_expect(memcmp(rig.answer.body.data, whole + rows[i].first,
                             rig.answer.body.length) == 0);
            cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etag);
        } else if (rows[i].status == 416) {
            snprintf(expected, sizeof expected, "bytes */%zu", length);
            cr_expect_str_eq(content_range ? content_range : "", expected);
        } else {
            cr_expect_eq(rig.answer.body.length, length);
            cr_expect_null(content_range);
        }
    }
    /* A weak ETag equals nothing here. */
    snprintf(field, sizeof field, "Range: bytes=5-9");
    snprintf(if_range, sizeof if_range, "If-Range: W/%s", etag);
    cr_expect_eq(rig_ask(&rig, "GET", "/s64/o/ok/photo.jpg", fields), 200);
    /* Range says nothing in a HEAD. */
    if_range[0] = '\0';
    fields[1] = NULL;
    cr_expect_eq(rig_ask(&rig, "HEAD", "/s64/o/ok/photo.jpg", fields), 200);
    rig_close(&rig);
}

Test(pictures, sizes_that_snap_share_one_entry)
{
    static const char *const targets[] = {"/s49/o/ok/shared.jpg", "/s50/o/ok/shared.jpg",
                                          "/s64/o/ok/shared.jpg", "/s32@2x/o/ok/shared.jpg",
                                          "/s64/o/ok/sh%61red.jpg", "/s20@3x/o/ok/shared.jpg"};
    char etag[64] = "";
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        cr_assert_eq(rig_get(&rig, "%s", targets[i]), 200, "%s", targets[i]);
        if (i == 0)
            snprintf(etag, sizeof etag, "%s", answer_field(&rig.answer, "ETag"));
        else
            cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"), "%s", targets[i]);
        cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etag);
    }
    /* Other sizes and formats come from the original that is kept. */
    cr_assert_eq(rig_get(&rig, "/s128/o/ok/shared.webp"), 200);
    cr_assert_eq(rig_get(&rig, "/avatar/o/ok/shared.png"), 200);
    cr_expect_eq(origin_count(rig.origin, "/ok/shared"), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_FETCHES), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_RENDERS), 3u);
    rig_close(&rig);
}

Test(pictures, other_methods_are_refused)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"};
    /* A POST without is refused by the server. */
    static const char *const fields[] = {"Content-Length: 0", NULL};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        int status = rig_ask(&rig, methods[i], "/s64/o/ok/photo.jpg", fields);

        /* The server itself refuses a method that it has never heard of. */
        if (strcmp(methods[i], "BREW") == 0) {
            cr_expect(status == 405 || status == 501, "%s: %d", methods[i], status);
            continue;
        }
        cr_expect_eq(status, 405, "%s: %d", methods[i], status);
        cr_expect_str_eq(answer_field(&rig.answer, "Allow"), "GET, HEAD");
    }
    cr_expect_eq(origin_total(rig.origin), 0u);
    rig_close(&rig);
}

/* Paths of sources that need credentials; the origin gives nothing without. */
#define SECRETIVE \
    "source basic { url = \"@ORIGIN@/auth-basic/-/s3cret/{id}\" username = \"\"\n" \
    "    password_file = \"@DIR@/secret\" allow_addresses = {\"127.0.0.0/8\"} }\n" \
    "source bearer { url = \"@ORIGIN@/echo-auth/{id}\" bearer_file = \"@DIR@/secret\"\n" \
    "    headers = {\"X-Extra: yes\"} allow_addresses = {\"127.0.0.0/8\"} }\n" \
    "source azure { url = \"@ORIGIN@/azure/{id}?size=2\" username = \"\"\n" \
    "    headers = {\"X-TFS-FedAuthRedirect: Suppress\"}\n" \
    "    password_file = \"@DIR@/secret\" allow_addresses = {\"127.0.0.0/8\"} }\n" \
    "source naked { url = \"@ORIGIN@/azure/{id}\" allow_addresses = {\"127.0.0.0/8\"} }\n"

Test(pictures, credentials_reach_their_source_and_nobody_else)
{
    struct buffer log = {0};
    static struct rig rig;
    char *got;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .secret = "s3cret\n",
                                         .more = SECRETIVE,
                                         .top = "log_level = \"debug\""});
    cr_assert_eq(origin_set_authorization(rig.origin, "Bearer s3cret"), 0);
    cr_expect_eq(rig_get(&rig, "/s64/basic/a.jpg"), 200);
    cr_expect_eq(rig_get(&rig, "/s64/bearer/a.jpg"), 200);
    got = origin_last_header(rig.origin, "/echo-auth/a", "X-Extra");
    cr_expect(got && strcmp(got, "yes") == 0);
    free(got);
    cr_expect_eq(rig_get(&rig, "/s64/azure/a.jpg"), 200);
    cr_expect_eq(rig_get(&rig, "/s64/naked/b.jpg"), 502);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=origin-denied"), "%s",
              answer_field(&rig.answer, "Cache-Status"));
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/plain.jpg"), 200);
    got = origin_last_header(rig.origin, "/ok/plain", "Authorization");
    cr_expect_null(got);
    free(got);
    /* What is remembered of a picture and what is logged does not tell. */
    cr_assert(files_read(rig.log, &log));
    cr_expect_null(strstr(log.data, "s3cret"));
    cr_expect_null(strstr(log.data, "czNjcmV0")); /* in base64 */
    cr_expect_eq(rig_visage(&rig, "check", &log) > 1, false);
    cr_expect_null(strstr(log.data, "s3cret"));
    buffer_free(&log);
    rig_close(&rig);
}

Test(pictures, stats_tell_what_happened)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_assert_eq(rig_visage(&rig, "stats", &output), 0);
    cr_expect_not_null(strstr(output.data, "workers            2\n"), "%s", output.data);
    cr_expect_not_null(strstr(output.data, "hits               2\n"), "%s", output.data);
    cr_expect_not_null(strstr(output.data, "misses             1\n"), "%s", output.data);
    cr_expect_not_null(strstr(output.data, "fetches            1\n"), "%s", output.data);
    cr_expect_not_null(strstr(output.data, "blobs              2\n"), "%s", output.data);
    buffer_free(&output);
    rig_close(&rig);
}

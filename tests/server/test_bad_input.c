/* SPDX-License-Identifier: MIT
 *
 * Requests that are not as they should be: each gets its 4xx, or is served all the same
 * where the oddity says nothing, and no worker minds. Some are refused by the web server
 * before a worker sees them, which may use another 4xx.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "rig/rig.h"
#include "rig/text.h"
#include "rig/workers.h"

RIG_SUITE(bad_input);

static bool is_plain(const struct answer *answer)
{
    const char *body = answer->body.data ? answer->body.data : "";
    const char *newline = strchr(body, '\n');

    return answer_says(answer, "Content-Type", "text/plain") && newline && newline[1] == '\0';
}

/* The worker answered, not the server. */
static bool is_ours(const struct answer *answer)
{
    return answer_says(answer, "Cache-Status", "visage");
}

struct probe {
    struct rig *rig;
    struct workers before;
};

static void open_probe(struct probe *p, struct rig *rig, enum rig_kind kind)
{
    rig_open(rig, &(struct rig_options){.kind = kind});
    p->rig = rig;
    workers_find(rig->state, &p->before);
    cr_assert_gt(p->before.count, 0u);
}

/* All workers are those of the beginning, and work. */
static void close_probe(struct probe *p)
{
    struct workers after;

    cr_expect_eq(rig_get(p->rig, "/s64/o/ok/after-all.jpg"), 200);
    workers_find(p->rig->state, &after);
    cr_expect(workers_equal(&p->before, &after), "a worker did not survive");
    rig_close(p->rig);
}

/* What only the worker can judge: the same behind every server that passes it on. */
static const struct {
    const char *target;
    int status;
} targets[] = {
    /* no such thing */
    {"/", 404},
    {"/s64", 404},
    {"/s64/", 400},
    {"/s64/o", 404},
    {"/s64/nobody/x", 404},
    {"/nothing/o/x", 404},
    {"/S64/o/x", 404},
    {"/s64/O/x", 404},
    {"/s/o/x", 404},
    {"/favicon.ico", 404},
    {"/avatar_smal/o/ok/x", 404},
    {"/avatar_smalll/o/ok/x", 404},
    /* sizes and ratios */
    {"/s0/o/ok/x", 400},
    {"/s00064/o/ok/x", 400},
    {"/s064/o/ok/x", 400},
    {"/s64x/o/ok/x", 400},
    {"/s-64/o/ok/x", 404},
    {"/s6.4/o/ok/x", 400},
    {"/s64e1/o/ok/x", 400},
    {"/s99999/o/ok/x", 400},
    {"/s18446744073709551680/o/ok/x", 400},
    {"/s64@/o/ok/x", 400},
    {"/s64@0x/o/ok/x", 400},
    {"/s64@4x/o/ok/x", 400},
    {"/s64@10x/o/ok/x", 400},
    {"/s64@2/o/ok/x", 400},
    {"/s64@2X/o/ok/x", 400},
    {"/s64@2x@2x/o/ok/x", 400},
    {"/avatar@-1x/o/ok/x", 400},
    {"/@2x/o/ok/x", 404},
    /* ids */
    {"/s64/o/", 400},
    {"/s64/o/.jpg", 400},
    {"/s64/o/ok/.jpg", 400},
    {"/s64/o/a%20b", 400},
    {"/s64/o/a%00b", 400},
    {"/s64/o/a%0db", 400},
    {"/s64/o/a%0ab", 400},
    {"/s64/o/a%0d%0aX-Evil:%20yes", 400},
    {"/s64/o/a%7fb", 400},
    {"/s64/o/a%1bb", 400},
    {"/s64/o/a%ffb", 400},
    {"/s64/o/a%c0%afb", 400},
    {"/s64/o/a%e2%80%aeb", 400},
    {"/s64/o/a%3fb", 400},
    {"/s64/o/a%23b", 400},
    {"/s64/o/a%26b", 400},
    {"/s64/o/a%5cb", 400},
    {"/s64/o/a%22b", 400},
    {"/s64/o/a%3cscript%3e", 400},
    {"/s64/o/a*b", 400},
    {"/s64/o/a;b", 400},
    {"/s64/o/a'b", 400},
    {"/s64/o/a%", 400},
    {"/s64/o/a%2", 400},
    {"/s64/o/a%zz", 400},
    {"/s64/o/a%2g", 400},
    {"/s64/o/%25%32%65%25%32%65/x", 400},
    {"/s64/o/a%252fb", 400},
    {"/s64/o/%252e%252e/x", 400},
    {"/s64/o/a%2fb", 400},
    {"/s64/o/a%2Fb", 400},
    {"/s64/o/..%2f..%2fetc%2fpasswd", 400},
    {"/s64/o/%2e%2e/%2e%2e/x", 400},
    {"/s64/o/ok/%2e%2e", 400},
    {"/s64/o/ok/%2e", 400},
    {"/s64%2fo/ok/x", 400},
    {"/%73%36%34/o/ok/.", 400},
    /* extensions that are none belong to the id; this one's is not configured */
    {"/s64/o/status/404/x.gif", 404},
    {"/s64/o/status/404/x.JPG", 404},
};

static bool is_refused(int status)
{
    return status >= 400 && status < 500;
}

/* `lenient`: the server may refuse it first, with a 4xx of its own. */
static void send_targets(struct probe *p, bool lenient)
{
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        int status = rig_ask(p->rig, "GET", targets[i].target, NULL);

        if (lenient && !is_ours(&p->rig->answer)) {
            cr_expect(is_refused(status), "%s: %d", targets[i].target, status);
            continue;
        }
        cr_expect_eq(status, targets[i].status, "%s: %d", targets[i].target, status);
        cr_expect(is_plain(&p->rig->answer), "%s: %s", targets[i].target,
                  p->rig->answer.body.data);
        cr_expect_null(answer_field(&p->rig->answer, "X-Evil"));
    }
    cr_expect_leq(origin_total(p->rig->origin), 2u, "the origin was asked for nonsense");
}

Test(bad_input, targets_behind_lighttpd)
{
    static struct rig rig;
    struct probe p;

    open_probe(&p, &rig, RIG_LIGHTTPD);
    send_targets(&p, true);
    close_probe(&p);
}

Test(bad_input, targets_behind_nginx)
{
    static struct rig rig;
    struct probe p;

    open_probe(&p, &rig, RIG_NGINX);
    send_targets(&p, true);
    close_probe(&p);
}

Test(bad_input, targets_behind_apache)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_APACHE});
    send_targets(&(struct probe){.rig = &rig}, true);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/after-all.jpg"), 200);
    rig_close(&rig);
}

/* At least these must have come to the worker as they are, or the tests above are empty. */
Test(bad_input, encoded_bytes_reach_the_worker)
{
    static const char *const reach[] = {"/s64/o/a%20b", "/s64/o/a%2fb", "/s64/o/a%252fb",
                                        "/s64/o/a%22b"};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    for (size_t i = 0; i < sizeof reach / sizeof *reach; i++) {
        cr_expect_eq(rig_ask(&rig, "GET", reach[i], NULL), 400);
        cr_expect(is_ours(&rig.answer), "%s", reach[i]);
        cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=bad-request"));
    }
    rig_close(&rig);
}

/* ---- lengths ---- */

static int get_long_id(struct probe *p, size_t length)
{
    struct buffer target = {0};
    int status;

    text_add(&target, "/s64/o/");
    for (size_t i = 0; i < length; i++)
        text_add(&target, "a");
    status = client_ask(p->rig->client, "GET", target.data, NULL, &p->rig->answer);
    buffer_free(&target);
    return status;
}

Test(bad_input, long_paths)
{
    static struct rig rig;
    struct probe p;

    open_probe(&p, &rig, RIG_LIGHTTPD);
    cr_expect_eq(get_long_id(&p, 2048), 404); /* by the origin */
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=origin-not-found"));
    cr_expect_eq(get_long_id(&p, 2049), 400);
    cr_expect_eq(get_long_id(&p, 6649), 400);
    cr_expect_eq(get_long_id(&p, 6650), 414);
    cr_expect(is_plain(&rig.answer));
    cr_expect(is_refused(get_long_id(&p, 8000)), "%d", rig.answer.status);
    cr_expect(is_refused(get_long_id(&p, 100000)), "%d", rig.answer.status);
    close_probe(&p);
}

/* ---- fields ---- */

static void repeat(struct buffer *out, const char *first, const char *piece, unsigned times)
{
    text_add(out, "%s", first);
    for (unsigned i = 0; i < times; i++)
        text_add(out, "%s", piece);
}

Test(bad_input, fields_that_say_nothing)
{
    static const char *const fields[] = {
        "Accept;",
        "Accept: ,,,,;;;;",
        "Accept: image/webp;q=abc",
        "Accept: image/webp;q=-1",
        "Accept: image/webp;q=999999999999999999999",
        "Accept: \"image/webp",
        "Accept: image/webp;x=\"unclosed, image/png",
        "Accept: %s%n%x",
        "If-None-Match;",
        "If-None-Match: \"",
        "If-None-Match: W/",
        "If-None-Match: ,,,",
        "If-None-Match: \"a\" \"b\"",
        "If-Modified-Since: 0",
        "If-Modified-Since: Thu, 99 Jan 9999 99:99:99 GMT",
        "If-Modified-Since: Thu, 01 Jan 99999999999999 00:00:00 GMT",
        "Cookie: a=b",
        "Authorization: Basic !!!",
        "X-Forwarded-For: 10.0.0.1",
        "Proxy: http://127.0.0.1:1/",
        "Content-Type: image/png",
        "If-Range: W/\"x\"",
    };
    static struct rig rig;
    struct probe p;

    open_probe(&p, &rig, RIG_LIGHTTPD);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const char *one[] = {fields[i], NULL};
        int status = rig_ask(&rig, "GET", "/s64/o/ok/photo", one);

        cr_expect_eq(status, 200, "%s: %d", fields[i], status);
        cr_expect(answer_is_sound(&rig.answer), "%s", fields[i]);
    }
    close_probe(&p);
}

Test(bad_input, fields_without_end)
{
    static const struct {
        const char *first, *piece;
        unsigned times;
    } rows[] = {
        {"Accept: ", "image/webp;q=0.1,", 400},
        {"Accept: ", ",", 7000},
        {"Accept: x", ";q=0", 1700},
        {"If-None-Match: ", "\"abcdefgh\",", 600},
        {"If-None-Match: ", "W/", 3400},
        {"Range: bytes=0-0", ",1-2", 1000},
        {"Range: bytes=", "9", 7000},
        {"If-Modified-Since: ", "Thu, ", 1300},
        {"If-Range: ", "\"", 7000},
        {"Accept: ", "image/webp;q=0.1,", 40000},
        {"Range: bytes=0-0", ",1-2", 40000},
        {"X-Long: ", "xxxxxxxxxx", 40000},
    };
    static struct rig rig;
    struct probe p;

    open_probe(&p, &rig, RIG_LIGHTTPD);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer field = {0};
        const char *fields[2] = {NULL, NULL};
        int status;

        repeat(&field, rows[i].first, rows[i].piece, rows[i].times);
        fields[0] = field.data;
        status = rig_ask(&rig, "GET", "/s64/o/ok/photo.jpg", fields);
        cr_expect(status == 200 || status == 206 || is_refused(status), "%.20s...: %d",
                  rows[i].first, status);
        buffer_free(&field);
    }
    close_probe(&p);
}

/* ---- what no HTTP client sends ---- */

#define END " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
#define BYTES(text) text, sizeof(text) - 1

static void send_raw(struct rig *rig)
{
    static const struct {
        const char *bytes;
        size_t length;
        int status; /* 400: any 4xx, or no answer at all */
    } rows[] = {
        {BYTES("GET /s64/o/ok/a\0b" END), 400},
        {BYTES("GET /s64/o/ok/a\x01" "b" END), 400},
        {BYTES("GET /s64/o/ok/a\x7f" "b" END), 400},
        {BYTES("GET /s64/o/ok/a\xff\xfe" "b" END), 400},
        {BYTES("GET /s64/o/ok/a b" END), 400},
        {BYTES("GET /s64/o/ok/a\tb" END), 400},
        {BYTES("GET /s64/o/ok/a\rb" END), 400},
        {BYTES("GET s64/o/ok/photo.jpg" END), 400},
        {BYTES("GET ../../etc/passwd" END), 400},
        {BYTES("GET /../../../etc/passwd" END), 400},
        {BYTES("GET /s64/o/../../../etc/passwd" END), 400},
        {BYTES("GET /s64/o/ok/../ok/./x" END), 400},
        {BYTES("GET //s64//o//ok//x" END), 400},
        {BYTES("GET /s64/o/ok//x" END), 400},
        {BYTES("GET \\s64\\o\\ok\\x" END), 400},
        {BYTES("GET *" END), 400},
        {BYTES("GET http://" END), 400},
        {BYTES("GET /s64/o/ok/photo.jpg#fragment" END), 400},
        {BYTES("GET\r\n\r\n"), 400},
        {BYTES("\r\n\r\n\r\n\r\n"), 400},
        {BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), 400},
        {BYTES("GET /s64/o/ok/photo.jpg HTTP/9.9\r\nHost: x\r\nConnection: close\r\n\r\n"), 400},
        {BYTES("GET /s64/o/ok/photo.jpg HTTP/1.1\r\nHost: x\r\nBad Field: 1\r\n\r\n"), 400},
        {BYTES("GET /s64/o/ok/photo.jpg HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"), 400},
        {BYTES("GET /s64/o/ok/photo.jpg HTTP/1.1\r\nConnection: close\r\n\r\n"), 400},
        {BYTES("G\0T /s64/o/ok/photo.jpg" END), 400},
        {BYTES("CONNECT example.org:443" END), 400},
        {BYTES("TRACE /s64/o/ok/photo.jpg" END), 400},
        {BYTES("GET ftp://x/s64/o/ok/photo.jpg" END), 200},
        {BYTES("GET http://example.org/s64/o/ok/photo.jpg" END), 200},
        {BYTES("GET /s64/o/ok/photo.jpg?a=\x62&&&==%zz" END), 200},
        {BYTES("GET /s64/o/ok/photo.jpg HTTP/1.0\r\n\r\n"), 200},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = client_raw(rig->port, rows[i].bytes, rows[i].length, &rig->answer);

        if (rows[i].status == 200)
            cr_expect(status == 200 || is_refused(status), "%s: %d", rows[i].bytes, status);
        else
            cr_expect(status == 0 || is_refused(status) || status == 501 || status == 505,
                      "%s: %d", rows[i].bytes, status);
        cr_expect(status == 0 || !strstr(rig->answer.head.data, "root:"));
    }
}

Test(bad_input, no_http_for_lighttpd)
{
    static struct rig rig;
    struct probe p;

    open_probe(&p, &rig, RIG_LIGHTTPD);
    send_raw(&rig);
    close_probe(&p);
}

Test(bad_input, no_http_for_nginx)
{
    static struct rig rig;
    struct probe p;

    open_probe(&p, &rig, RIG_NGINX);
    send_raw(&rig);
    close_probe(&p);
}

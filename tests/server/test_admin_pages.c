/* SPDX-License-Identifier: MIT
 *
 * /_visage/: that its pages say what is the case, to people and to programs, and that the
 * health check notices what is wrong.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/base64.h"
#include "base/digest.h"
#include "rig/agreement.h"
#include "rig/rig.h"
#include "rig/small_disk.h"
#include "rig/text.h"
#include "rig/workers.h"

RIG_SUITE(pages);
RIG_SUITE(health);

#define TOKEN "s3same-open"
#define BEARER "Authorization: Bearer " TOKEN
#define BY_TOKEN "admin { token_file = \"@DIR@/secret\" }"

static const char *const looking[] = {"/_visage/status", "/_visage/metrics", "/_visage/health"};
#define LOOKING (sizeof looking / sizeof *looking)

static int ask(struct rig *rig, const char *method, const char *target)
{
    static const char *const fields[] = {BEARER, NULL};

    return rig_ask(rig, method, target, fields);
}

/* ---- pages ---- */

static void open_pages(struct rig *rig)
{
    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = BY_TOKEN, .secret = TOKEN,
                                        .fetch = "breaker_failures = 3 breaker_open = \"1m\""});
}

static void expect_document(const struct answer *answer, const char *type)
{
    cr_expect_str_eq(answer_field(answer, "Content-Type"), type);
    cr_expect_str_eq(answer_field(answer, "Cache-Control"), "no-store");
    cr_expect_str_eq(answer_field(answer, "X-Content-Type-Options"), "nosniff");
    cr_expect_null(answer_field(answer, "Access-Control-Allow-Origin"),
                   "other sites' pages may not read it");
}

Test(pages, that_do_not_exist)
{
    static const char *const targets[] = {
        "/_visage/",        "/_visage/nothing",   "/_visage/statu",     "/_visage/status/",
        "/_visage/status2", "/_visage/STATUS",    "/_visage//status",   "/_visage/status%00",
        "/_visage/%73tatus", "/_visage/purge/all", "/_visage/status;x=1",
    };
    static struct rig rig;

    open_pages(&rig);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        int status = ask(&rig, "GET", targets[i]);

        cr_expect(status == 404 || status == 400, "%s: %d", targets[i], status);
    }
    cr_expect_eq(ask(&rig, "GET", "/_visage/status?x=1"), 200, "a query does not matter");
    rig_close(&rig);
}

Test(pages, take_their_own_methods)
{
    static struct rig rig;

    open_pages(&rig);
    for (size_t i = 0; i < LOOKING; i++) {
        cr_expect_eq(rig_send(&rig, "POST", looking[i], (const char *const[]){BEARER, NULL}, "x"),
                     405);
        cr_expect_str_eq(answer_field(&rig.answer, "Allow"), "GET, HEAD");
        cr_expect_eq(ask(&rig, "DELETE", looking[i]), 405);
        cr_expect_lt(ask(&rig, "OPTIONS", looking[i]), 500);
    }
    cr_expect_eq(ask(&rig, "GET", "/_visage/purge?all=1"), 405);
    cr_expect_str_eq(answer_field(&rig.answer, "Allow"), "POST, DELETE");
    cr_expect_eq(ask(&rig, "HEAD", "/_visage/purge?all=1"), 405);
    cr_expect_eq(rig_send(&rig, "PUT", "/_visage/purge?all=1", (const char *const[]){BEARER, NULL},
                          ""), 405);
    cr_expect_eq(workers_counted(rig.state, COUNT_PURGES), 0u);
    rig_close(&rig);
}

/* The policy allows the one style sheet that is in the page, and nothing else. */
static void expect_style_hash(const struct answer *answer)
{
    static const char open[] = "<style>";
    const char *style = strstr(answer->body.data, open), *end;
    char base64[BASE64_SIZE(DIGEST_SIZE)], wanted[128];
    struct digest digest;

    cr_assert_not_null(style);
    style += sizeof open - 1;
    end = strstr(style, "</style>");
    cr_assert_not_null(end);
    cr_expect_null(strstr(end + 1, "<style"), "only one is allowed");
    cr_assert_eq(digest_of(style, (size_t)(end - style), &digest), 0);
    base64_encode(digest.bytes, DIGEST_SIZE, base64);
    snprintf(wanted, sizeof wanted, "style-src 'sha256-%s'", base64);
    cr_expect(answer_says(answer, "Content-Security-Policy", wanted), "%s is not in %s", wanted,
              answer_field(answer, "Content-Security-Policy"));
    cr_expect(answer_says(answer, "Content-Security-Policy", "default-src 'none'"));
    cr_expect(answer_says(answer, "Content-Security-Policy", "frame-ancestors 'none'"));
}

Test(pages, status_is_a_page_of_its_own)
{
    static const char *const absent[] = {"<script", "<link", "<img", "@import", "url(",
                                         " style=", " onload=", "<iframe"};
    static struct rig rig;
    char origin[64];

    open_pages(&rig);
    for (unsigned i = 0; i < 3; i++)
        cr_assert_eq(rig_get(&rig, "/s64/o/status/500/%u.jpg", i), 502);
    cr_assert_eq(ask(&rig, "GET", "/_visage/status"), 200);
    expect_document(&rig.answer, "text/html; charset=utf-8");
    cr_expect_str_eq(answer_field(&rig.answer, "Referrer-Policy"), "no-referrer");
    expect_style_hash(&rig.answer);
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        cr_expect_null(strstr(rig.answer.body.data, absent[i]), "%s", absent[i]);
    snprintf(origin, sizeof origin, "127.0.0.1:%u", (unsigned)rig.origin_port);
    cr_expect_not_null(strstr(rig.answer.body.data, origin), "no word of the origin");
    cr_expect_null(strstr(rig.answer.body.data, TOKEN));

    cr_expect_eq(ask(&rig, "HEAD", "/_visage/status"), 200);
    expect_document(&rig.answer, "text/html; charset=utf-8");
    cr_expect_gt(atoi(answer_field(&rig.answer, "Content-Length")), 1000);
    cr_expect_eq(rig.answer.body.length, 0u);
    rig_close(&rig);
}

/* The number behind a sample's name. */
static unsigned long long sampled(const struct answer *answer, const char *name)
{
    const char *line = answer->body.data;
    unsigned long long value;

    for (; line && (line = strstr(line, name)) != NULL; line++)
        if ((line == answer->body.data || line[-1] == '\n') &&
            sscanf(line + strlen(name), " %llu", &value) == 1)
            return value;
    cr_assert_fail("no %s in\n%s", name, answer->body.data);
    return 0;
}

Test(pages, metrics_count_what_has_happened)
{
    static const struct {
        const char *accept, *type;
        bool open;
    } rows[] = {
        {"Accept: */*", "text/plain; version=0.0.4; charset=utf-8", false},
        {"Accept: text/plain", "text/plain; version=0.0.4; charset=utf-8", false},
        {"Accept:", "text/plain; version=0.0.4; charset=utf-8", false},
        {"Accept: application/openmetrics-text; version=1.0.0",
         "application/openmetrics-text; version=1.0.0; charset=utf-8", true},
        {"Accept: application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4",
         "application/openmetrics-text; version=1.0.0; charset=utf-8", true},
    };
    static struct rig rig;

    open_pages(&rig);
    for (unsigned i = 0; i < 5; i++)
        cr_assert_eq(rig_get(&rig, "/s64/o/ok/x.jpg"), 200);
    for (unsigned i = 0; i < 3; i++)
        cr_assert_eq(rig_get(&rig, "/s64/o/status/500/%u.jpg", i), 502);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *fields[] = {BEARER, rows[i].accept, NULL};
        const char *end;

        cr_assert_eq(rig_ask(&rig, "GET", "/_visage/metrics", fields), 200);
        expect_document(&rig.answer, rows[i].type);
        cr_expect(answer_says(&rig.answer, "Vary", "Accept"));
        end = strstr(rig.answer.body.data, "# EOF\n");
        cr_expect_eq(end != NULL, rows[i].open, "%s", rows[i].accept);
        cr_expect_eq(sampled(&rig.answer, "visage_cache_pictures"), 2);
        cr_expect_eq(sampled(&rig.answer, "visage_cache_limit_bytes"), 2ull << 30);
        cr_expect_not_null(strstr(rig.answer.body.data, ",state=\"open\"} 1\n"));
        cr_expect_not_null(strstr(rig.answer.body.data, "outcome=\"failed\"} 3\n"));
    }
    rig_close(&rig);
}

/* ---- health ---- */

static void expect_health(struct rig *rig, int status, const char *index, const char *blobs,
                          const char *renderer)
{
    char wanted[256];

    snprintf(wanted, sizeof wanted,
             "{\"index\":\"%s\",\"blobs\":\"%s\",\"renderer\":\"%s\",\"status\":\"%s\"}\n", index,
             blobs, renderer, status == 200 ? "ok" : "failed");
    cr_expect_eq(ask(rig, "GET", "/_visage/health"), status, "%d", rig->answer.status);
    expect_document(&rig->answer, "application/json");
    cr_expect_str_eq(rig->answer.body.data, wanted);
    cr_expect_eq(ask(rig, "HEAD", "/_visage/health"), status);
    cr_expect_eq(rig->answer.body.length, 0u);
}

Test(health, is_well)
{
    static struct rig rig;

    open_pages(&rig);
    for (unsigned i = 0; i < 20; i++)
        expect_health(&rig, 200, "ok", "ok", "ok");
    agreement_assert(rig.conf); /* it leaves nothing */
    rig_close(&rig);
}

Test(health, is_not_without_a_renderer)
{
    struct buffer conf = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = BY_TOKEN,
                                            .secret = TOKEN});
    cr_assert(files_read(rig.conf, &conf));
    cr_assert_eq(text_replace(&conf, rig.renderer, "/bin/false"), 1u);
    files_write(rig.conf, conf.data, 0644);
    buffer_free(&conf);
    rig_start(&rig);
    expect_health(&rig, 503, "ok", "ok", "failed");
    cr_expect(rig_await_log(&rig, "event=health part=renderer", 5000));
    rig_close(&rig);
}

static void run_without(const char *name)
{
    char directory[FILES_PATH_MAX];
    static struct rig rig;

    open_pages(&rig);
    expect_health(&rig, 200, "ok", "ok", "ok");
    files_path(directory, "%s/%s", rig.state, name);
    cr_assert_eq(rmdir(directory), 0, "%s: %s", directory, strerror(errno));
    expect_health(&rig, 503, "ok", "failed", "ok");
    cr_expect(rig_await_log(&rig, "event=health part=blobs", 5000));
    rig_stop(&rig);
    rig_start(&rig);
    expect_health(&rig, 200, "ok", "ok", "ok");
    rig_close(&rig);
}

/* Somebody has removed a directory. */
Test(health, is_not_where_nothing_can_be_written)
{
    run_without("tmp");
}

Test(health, is_not_where_nothing_can_be_kept)
{
    run_without("blobs");
}

Test(health, is_not_on_a_full_disk)
{
    char disk[FILES_PATH_MAX];
    static struct rig rig;

    small_disk_mount(disk, 12);
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = BY_TOKEN, .secret = TOKEN,
                                         .state = disk, .top = "cache_size = \"1M\""});
    expect_health(&rig, 200, "ok", "ok", "ok");
    small_disk_fill(disk);
    cr_expect_eq(ask(&rig, "GET", "/_visage/health"), 503);
    cr_expect_not_null(strstr(rig.answer.body.data, "\"blobs\":\"failed\""));
    small_disk_empty(disk);
    expect_health(&rig, 200, "ok", "ok", "ok");
    rig_close(&rig);
    small_disk_unmount(disk);
}

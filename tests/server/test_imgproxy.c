/* SPDX-License-Identifier: MIT
 *
 * URLs of imgproxy through real web servers: signed ones are answered, others are
 * not, and what is wrong has the status that imgproxy gives it.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <criterion/criterion.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/hmac.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(imgproxy);

#define KEY "a key that signs"
#define SALT "salt"
#define KEYS "6f6c64 6f6c64\n# the one in use\n" \
             "61206b65792074686174207369676e73 73616c74\n"
#define SIGNED "imgproxy { prefix = \"/i\" source = web keys_file = \"@DIR@/secret\" " \
               "presets = {\"tiny=rs:fill:20:20/f:png\"} }\n"
#define OPEN "imgproxy { prefix = \"\" source = web insecure = true }\n"
#define WEB "source web { type = web hosts = {\"127.0.0.1\"} allow_addresses = {\"127.0.0.0/8\"} }\n"

static void open_rig(struct rig *rig, enum rig_kind kind, const char *section)
{
    rig_open(rig, &(struct rig_options){
                      .kind = kind, .secret = KEYS,
                      .fetch = "connect_timeout = \"2s\" timeout = \"2s\" max_bytes = \"1M\"",
                      .more = section});
}

/* "/i/{signature}{path}" as a client makes it. */
static const char *sign(const char *path)
{
    const struct hmac_part parts[] = {{SALT, strlen(SALT)}, {path, strlen(path)}};
    static char url[2000];
    char signature[BASE64URL_SIZE(HMAC_SHA256_SIZE)];
    unsigned char mac[HMAC_SHA256_SIZE];

    cr_assert_eq(hmac_sha256(KEY, strlen(KEY), parts, 2, mac), 0);
    base64url_encode(mac, sizeof mac, signature);
    snprintf(url, sizeof url, "/i/%s%s", signature, path);
    return url;
}

/* Options and a picture at the origin, in plain. */
static const char *plain(const struct rig *rig, const char *options, const char *path)
{
    static char out[1000];

    snprintf(out, sizeof out, "%s/plain/http://127.0.0.1:%u%s", options, rig->origin_port, path);
    return out;
}

static const char *base64(const struct rig *rig, const char *options, const char *path)
{
    static char out[1500];
    char url[500], encoded[BASE64URL_SIZE(sizeof url)];

    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", rig->origin_port, path);
    base64url_encode(url, strlen(url), encoded);
    snprintf(out, sizeof out, "%s/%.7s/%s", options, encoded, encoded + 7);
    return out;
}

static void run_signed(enum rig_kind kind)
{
    static struct rig rig;
    char etag[64];

    open_rig(&rig, kind, SIGNED WEB);
    cr_expect_eq(rig_get(&rig, "%s", sign(plain(&rig, "/rs:fill:64:64", "/ok/photo.jpg@jpg"))), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/jpeg");
    cr_expect(answer_says(&rig.answer, "Cache-Status", "fwd=uri-miss; stored"));
    cr_expect(answer_is_sound(&rig.answer));
    snprintf(etag, sizeof etag, "%s", answer_field(&rig.answer, "ETag"));
    /* The other form, and another spelling of the same options, mean the same picture. */
    cr_expect_eq(rig_get(&rig, "%s.jpg", sign(base64(&rig, "/rs:fill:64:64", "/ok/photo.jpg"))), 403);
    cr_expect_eq(rig_get(&rig, "%s", sign(base64(&rig, "/w:64/h:64/rt:fill/f:jpg",
                                                 "/ok/photo.jpg"))), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etag);
    cr_expect_eq(origin_count(rig.origin, "/ok/photo.jpg"), 1u);
    cr_expect_eq(rig_get(&rig, "%s", sign(plain(&rig, "/pr:tiny", "/ok/photo.jpg"))), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/png");
    cr_expect_null(answer_field(&rig.answer, "Vary"));
    cr_expect_eq(origin_count(rig.origin, "/ok/photo.jpg"), 1u);

    cr_expect_eq(rig_get(&rig, "/i/unsafe%s", plain(&rig, "/w:64", "/ok/other.jpg")), 403);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=signature"));
    cr_expect_eq(rig_get(&rig, "%sx", sign(plain(&rig, "/w:64", "/ok/other.jpg"))), 403);
    cr_expect_eq(origin_count(rig.origin, "/ok/other.jpg"), 0u);
    rig_close(&rig);
}

Test(imgproxy, behind_lighttpd)
{
    run_signed(RIG_LIGHTTPD);
}

Test(imgproxy, behind_apache)
{
    run_signed(RIG_APACHE);
}

Test(imgproxy, behind_nginx)
{
    run_signed(RIG_NGINX);
}

Test(imgproxy, what_is_wrong_has_imgproxy_s_status)
{
    static const struct {
        const char *options, *path;
        int status;
    } rows[] = {
        {"/w:10", "/ok/a.jpg", 200},
        {"/nope:1", "/ok/b.jpg", 404},
        {"/w:x", "/ok/b.jpg", 404},
        {"/pr:nobody", "/ok/b.jpg", 404},
        {"/exp:1700000000", "/ok/b.jpg", 404},
        {"/exp:32503669200", "/ok/a.jpg", 200},
        {"/w:10", "/ok/b.jpg@avif", 422},
        {"/w:10", "/ok/b.jpg@nope", 404},
        {"/w:10", "/status/404/b", 404},
        {"/w:10", "/status/410/b", 410},
        {"/w:10", "/status/403/b", 403},
        {"/w:10", "/status/401/b", 401},
        {"/w:10", "/status/400/b", 400},
        {"/w:10", "/status/418/b", 418},
        {"/w:10", "/status/429/b", 429},
        {"/w:10", "/status/500/b", 502},
        {"/w:10", "/status/503/b", 502},
        {"/w:10", "/status/204/b", 502},
        {"/w:10", "/reset/b", 404},
        {"/w:10", "/hang/b", 504},
        {"/w:10", "/huge/1048577/b", 422},
        {"/w:10", "/html/b", 422},
        {"/w:10", "/long-length/b", 422},
    };
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD, SIGNED WEB);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int again = 0; again < 2; again++) {
            int status = rig_get(&rig, "%s", sign(plain(&rig, rows[i].options, rows[i].path)));

            cr_expect_eq(status, rows[i].status, "%s%s: %d", rows[i].options, rows[i].path, status);
            if (status == 401)
                cr_expect_null(answer_field(&rig.answer, "WWW-Authenticate"));
            if (status != 200 && strcmp(rows[i].path, "/reset/b") != 0) /* tried again at once */
                cr_expect_leq(origin_count(rig.origin, rows[i].path), 1u, "%s", rows[i].path);
        }
    cr_expect_eq(origin_count(rig.origin, "/ok/b.jpg"), 0u);
    cr_expect_eq(rig_get(&rig, "%s", sign("/w:10/plain/http://localhost/a")), 404);
    cr_expect_eq(rig_get(&rig, "%s", sign("/w:10/plain/http://127.0.0.1:1/a")), 404);
    cr_expect_eq(rig_send(&rig, "POST", sign(plain(&rig, "", "/ok/a.jpg")), NULL, "x"), 405);
    rig_close(&rig);
}

Test(imgproxy, accept_decides_where_no_format_is_named)
{
    static const char *const webp[] = {"Accept: image/webp,*/*;q=0.5", NULL};
    static const char *const jpeg[] = {"Accept: image/jpeg", NULL};
    static struct rig rig;
    char target[1000];

    open_rig(&rig, RIG_LIGHTTPD, SIGNED WEB);
    snprintf(target, sizeof target, "%s", sign(plain(&rig, "/w:64", "/ok/photo.jpg")));
    cr_expect_eq(rig_ask(&rig, "GET", target, webp), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/webp");
    cr_expect_str_eq(answer_field(&rig.answer, "Vary"), "Accept");
    cr_expect_eq(rig_ask(&rig, "GET", target, jpeg), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/jpeg");
    cr_expect_str_eq(answer_field(&rig.answer, "Vary"), "Accept");
    cr_expect_eq(rig_ask(&rig, "HEAD", target, jpeg), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/jpeg");
    cr_expect_eq(rig.answer.body.length, 0);
    snprintf(target, sizeof target, "%s", sign(plain(&rig, "/w:64", "/status/404/x")));
    cr_expect_eq(rig_get(&rig, "%s", target), 404);
    cr_expect_str_eq(answer_field(&rig.answer, "Vary"), "Accept");
    rig_close(&rig);
}

Test(imgproxy, options_that_say_something_of_the_answer)
{
    static struct rig rig;
    char options[100];
    int64_t now_s = clock_wall_ms() / 1000;

    open_rig(&rig, RIG_LIGHTTPD,
             "imgproxy { prefix = \"/i\" source = web keys_file = \"@DIR@/secret\" max_age = 1h }\n" WEB);
    cr_expect_eq(rig_get(&rig, "%s", sign(plain(&rig, "", "/ok/a.jpg@png"))), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Control", "max-age=3600"));
    cr_expect_null(answer_field(&rig.answer, "Content-Disposition"));
    cr_expect_eq(rig_get(&rig, "%s", sign(plain(&rig, "/fn:Ada%20L/att:1", "/ok/a.jpg@jpg"))), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Disposition"),
                     "attachment; filename=\"Ada L.jpg\"");
    cr_expect_eq(rig_get(&rig, "%s", sign(plain(&rig, "/fn:Ada", "/ok/a.jpg@png"))), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Disposition"), "inline; filename=\"Ada.png\"");
    /* Nobody may keep it for longer than the URL is good. */
    snprintf(options, sizeof options, "/exp:%lld", (long long)(now_s + 600));
    cr_expect_eq(rig_get(&rig, "%s", sign(plain(&rig, options, "/ok/a.jpg@png"))), 200);
    cr_expect_null(strstr(answer_field(&rig.answer, "Cache-Control"), "max-age=3600"));
    cr_expect(answer_says(&rig.answer, "Cache-Control", "must-revalidate"));
    cr_expect_null(strstr(answer_field(&rig.answer, "Cache-Control"), "stale"));
    /* One that is busted is drawn again. */
    cr_expect_eq(rig_get(&rig, "%s", sign(plain(&rig, "/cb:2", "/ok/a.jpg@png"))), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "fwd=uri-miss"));
    rig_close(&rig);
}

Test(imgproxy, a_url_is_purged_as_a_subject)
{
    struct buffer output = {0};
    static struct rig rig;
    char subject[200], target[1000];
    const char *argv[] = {NULL, "purge", "-c", rig.conf, "--subject", subject, NULL};
    const struct process_options o = {.argv = argv};

    open_rig(&rig, RIG_LIGHTTPD, SIGNED WEB);
    snprintf(subject, sizeof subject, "web/HTTP://127.0.0.1:%u/ok/photo.jpg?v=1&x=%%2F",
             rig.origin_port);
    snprintf(target, sizeof target, "%s",
             sign(plain(&rig, "/w:64", "/ok/photo.jpg%3Fv=1&x=%252F@jpg")));
    cr_expect_eq(rig_get(&rig, "%s", target), 200, "%s", rig.answer.body.data);
    cr_expect_eq(rig_get(&rig, "%s", target), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_expect_eq(rig_visage(&rig, "top", &output), 0);
    cr_expect_not_null(strstr(output.data, "/ok/photo.jpg?v=1&x=%2F"), "%s", output.data);
    buffer_clear(&output);
    argv[0] = rig_built("visage");
    cr_expect_eq(process_run(&o, &output, 20000), 0, "%s", output.data);
    cr_expect_eq(rig_get(&rig, "%s", target), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "fwd="), "it was purged");
    buffer_free(&output);
    rig_close(&rig);
}

static int explain(struct rig *rig, const char *target, struct buffer *output)
{
    const char *argv[] = {rig_built("visage"), "explain", "-c", rig->conf, target, NULL};
    const struct process_options o = {.argv = argv};

    buffer_clear(output);
    return process_run(&o, output, 20000);
}

Test(imgproxy, explain_knows_its_urls)
{
    struct buffer output = {0};
    static struct rig rig;
    char target[1000];

    open_rig(&rig, RIG_LIGHTTPD, SIGNED WEB);
    snprintf(target, sizeof target, "%s", sign(plain(&rig, "/w:64", "/ok/photo.jpg@jpg")));
    cr_expect_eq(explain(&rig, target, &output), 0, "%s", output.data);
    cr_expect_not_null(strstr(output.data, "dialect       imgproxy"), "%s", output.data);
    cr_expect_not_null(strstr(output.data, "/ok/photo.jpg?w=64"), "%s", output.data);
    target[5] = target[5] == 'A' ? 'B' : 'A';
    cr_expect_neq(explain(&rig, target, &output), 0);
    cr_expect_not_null(strstr(output.data, "403 signature"), "%s", output.data);
    cr_expect_eq(explain(&rig, sign("/nope:1/plain/http://127.0.0.1/a"), &output), 1);
    cr_expect_not_null(strstr(output.data, "404 bad-request"), "%s", output.data);
    buffer_free(&output);
    rig_close(&rig);
}

Test(imgproxy, what_is_on_a_list_is_warmed_without_a_signature)
{
    struct buffer output = {0};
    static struct rig rig;
    char list[FILES_PATH_MAX], line[1100];
    const char *argv[] = {NULL, "warm", "-c", rig.conf, list, NULL};
    const struct process_options o = {.argv = argv};

    open_rig(&rig, RIG_LIGHTTPD, SIGNED WEB);
    files_path(list, "%s/list", rig.directory);
    snprintf(line, sizeof line, "/i/unsafe%s\n", plain(&rig, "/w:64", "/ok/photo.jpg@jpg"));
    files_write(list, line, 0644);
    argv[0] = rig_built("visage");
    cr_expect_eq(process_run(&o, &output, 20000), 0, "%s", output.data);
    cr_expect_eq(rig_get(&rig, "%s", sign(plain(&rig, "/w:64", "/ok/photo.jpg@jpg"))), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "visage; hit"));
    buffer_free(&output);
    rig_close(&rig);
}

/* At the root of the host, beside native URLs. */
Test(imgproxy, without_keys_and_without_a_prefix)
{
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD, OPEN WEB);
    cr_expect_eq(rig_get(&rig, "/unsafe%s", plain(&rig, "/rs:fit:40:40", "/ok/photo.jpg@png")), 200);
    cr_expect_eq(rig_get(&rig, "/_%s", base64(&rig, "", "/ok/photo.jpg")), 200);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect_eq(rig_get(&rig, "/s64/web/http:/127.0.0.1:%u/ok/photo.jpg", rig.origin_port), 404);
    cr_expect_eq(rig_get(&rig, "/rs:fit:40:40%s", plain(&rig, "", "/ok/photo.jpg")), 403);
    rig_close(&rig);
}

/* The keeper makes its request of the canonical text. */
Test(imgproxy, what_has_expired_is_refreshed_in_the_background)
{
    int64_t until_ms;
    static struct rig rig;
    char target[1000];

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD, .secret = KEYS,
                       .more = SIGNED "source web { type = web hosts = {\"127.0.0.1\"} "
                                      "allow_addresses = {\"127.0.0.0/8\"} ttl = \"1s\" }\n"});
    snprintf(target, sizeof target, "%s",
             sign(plain(&rig, "/rs:fill:30:20/bl:1/cb:x", "/ok/photo.jpg%3Fq=1@png")));
    cr_expect_eq(rig_get(&rig, "%s", target), 200);
    until_ms = clock_boot_ms() + 15000;
    while (!answer_says(&rig.answer, "Cache-Status", "stale-while-revalidate") &&
           clock_boot_ms() < until_ms) {
        clock_sleep_ms(100);
        cr_expect_eq(rig_get(&rig, "%s", target), 200);
    }
    while (origin_count(rig.origin, "/ok/photo.jpg") < 2 && clock_boot_ms() < until_ms)
        clock_sleep_ms(10);
    cr_expect_geq(origin_count(rig.origin, "/ok/photo.jpg"), 2u, "the keeper has asked");
    rig_close(&rig);
}

/* SPDX-License-Identifier: MIT
 *
 * Sources that want signatures, through real web servers: the URLs that `visage url` prints are
 * answered, others are not.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "origin/pictures.h"
#include "rig/uploads.h"
#include "rig/workers.h"

RIG_SUITE(signed_urls);

#define KEYS "# the first one signs\n0123456789abcdef-new\n0123456789abcdef-old\n"
#define SOURCE(name, mode) \
    "source " name " { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.0/8\"} " \
    "id_pattern = \".+\" sign = \"" mode "\" sign_key_file = \"@DIR@/secret\" }\n"
#define SOURCES SOURCE("required", "required") SOURCE("optional", "optional") SOURCE("off", "off")
#define ID "\xc3\x89mile Zola/100% + 1.x"

static void open_rig(struct rig *rig, enum rig_kind kind)
{
    rig_open(rig, &(struct rig_options){.kind = kind, .secret = KEYS, .more = SOURCES});
}

/* What `visage url SOURCE ID --size 64 --format jpeg [--expires EXPIRES]` prints: the path without
 * the rig's prefix, which rig_get() puts before it. */
static void print_url(struct rig *rig, const char *source, const char *id, const char *expires,
                      struct buffer *out)
{
    const char *argv[] = {rig_built("visage"), "url", "-c", rig->conf, "--size=64",
                          "--format=jpeg", source, id, expires ? "--expires" : NULL, expires, NULL};
    const struct process_options o = {.argv = argv};
    size_t prefix = strlen(rig->prefix);

    buffer_clear(out);
    cr_assert_eq(process_run(&o, out, 20000), 0, "%s", out->data);
    cr_assert_gt(out->length, prefix);
    cr_assert_eq(memcmp(out->data, rig->prefix, prefix), 0);
    out->length -= prefix + 1;
    memmove(out->data, out->data + prefix, out->length); /* without the line's end */
    out->data[out->length] = '\0';
}

static void expect_refusal(struct rig *rig, const char *target)
{
    cr_expect_eq(rig_get(rig, "%s", target), 403, "%s", target);
    cr_expect(answer_says(&rig->answer, "Cache-Status", "visage; detail=signature"));
    cr_expect_str_eq(answer_field(&rig->answer, "Cache-Control"), "no-store");
    cr_expect_str_eq(rig->answer.body.data, "the address is not signed, or not any more\n");
}

static void run_signed(enum rig_kind kind)
{
    struct buffer url = {0}, other = {0};
    static struct rig rig;

    open_rig(&rig, kind);
    print_url(&rig, "required", ID, NULL, &url);
    for (unsigned i = 0; i < 2; i++) {
        cr_expect_eq(rig_get(&rig, "%s", url.data), 200, "%s", url.data);
        cr_expect_eq(answer_says(&rig.answer, "Cache-Status", "; hit"), i == 1);
        cr_expect_eq(rig_get(&rig, "%s&utm_source=x", url.data), 200);
    }
    /* What is in the cache is not handed out without a signature either. */
    *strchr(url.data, '?') = '\0';
    expect_refusal(&rig, url.data);
    print_url(&rig, "optional", ID, NULL, &other);
    cr_expect_eq(rig_get(&rig, "%s", other.data), 200);
    cr_expect_eq(rig_get(&rig, "%s%s", url.data, strchr(other.data, '?')), 403);
    *strchr(other.data, '?') = '\0';
    cr_expect_eq(rig_get(&rig, "%s", other.data), 200, "a missing one");
    cr_expect_eq(rig_get(&rig, "%s?sig=wrong", other.data), 403, "a wrong one");
    cr_expect_eq(rig_get(&rig, "/s64/off/x.jpg?sig=wrong"), 200);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/photo.jpg?sig=wrong"), 200);
    buffer_free(&other);
    buffer_free(&url);
    rig_close(&rig);
}

Test(signed_urls, behind_lighttpd)
{
    run_signed(RIG_LIGHTTPD);
}

Test(signed_urls, behind_apache)
{
    run_signed(RIG_APACHE);
}

Test(signed_urls, below_a_prefix)
{
    run_signed(RIG_APACHE_HTACCESS);
}

Test(signed_urls, behind_nginx)
{
    run_signed(RIG_NGINX);
}

Test(signed_urls, expire)
{
    struct buffer url = {0};
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD);
    print_url(&rig, "required", "photo", "1h", &url);
    cr_expect_eq(rig_get(&rig, "%s", url.data), 200);
    print_url(&rig, "required", "photo", "@1700000000", &url);
    cr_expect_not_null(strstr(url.data, "?exp=1700000000&sig="));
    expect_refusal(&rig, url.data);
    print_url(&rig, "optional", "photo", "@1700000000", &url);
    expect_refusal(&rig, url.data);
    buffer_free(&url);
    rig_close(&rig);
}

Test(signed_urls, head_and_conditional_requests_want_one_too)
{
    static const char *const fields[] = {"If-None-Match: *", NULL};
    struct buffer url = {0};
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD);
    print_url(&rig, "required", "photo", NULL, &url);
    cr_expect_eq(rig_ask(&rig, "HEAD", url.data, NULL), 200);
    cr_expect_eq(rig_ask(&rig, "GET", url.data, fields), 304);
    *strchr(url.data, '?') = '\0';
    cr_expect_eq(rig_ask(&rig, "HEAD", url.data, NULL), 403);
    cr_expect_eq(rig_ask(&rig, "GET", url.data, fields), 403);
    buffer_free(&url);
    rig_close(&rig);
}

/* ---- uploads ---- */

#define UPLOADS(mode) \
    "source users { type = store writers = {api-key, remote-user} api_key_file = \"@DIR@/secret\" " \
    "sign = " mode " sign_key_file = \"@DIR@/secret\" }\n" \
    "rest mine { path = \"/me\" source = users answers = info info_body = '{url}' }\n" \
    "rest all { path = \"/me/all\" source = users answers = info }\n" \
    "rest written { path = \"/users/{id}\" source = users methods = {PUT, DELETE} preset = thumb " \
    "upload_body = '{url}' }\n"
#define SHOWN \
    "rest shown { path = \"/users/{id}/info\" source = users answers = info info_body = '{url}' }\n" \
    "rest known { path = \"/users/{id}/all\" source = users answers = info }\n"
#define BEARER "Authorization: Bearer 0123456789abcdef-new"

/* Whom the web server has let in is anna, whoever it is. */
#define LOGIN                                                                                      \
    "server.modules += (\"mod_setenv\")\nsetenv.set-environment = (\"REMOTE_USER\" => \"anna\")\n"

static void upload_with_keys(struct rig *rig, const char *more)
{
    static const char *const key[] = {BEARER, NULL};
    unsigned char *bytes;
    size_t length;

    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .secret = KEYS, .more = more,
                                        .server = LOGIN});
    cr_assert_eq(picture_make_jpeg(320, 240, 1, &bytes, &length), 0);
    cr_expect_eq(uploads_send(rig, "PUT", "/users/anna", key, bytes, length), 200, "%s",
                 rig->answer.body.data);
    free(bytes);
}

/* The answer is a URL that shows the picture. */
static void expect_signed_url(struct rig *rig)
{
    char url[512];

    snprintf(url, sizeof url, "%s", rig->answer.body.data);
    cr_expect_not_null(strstr(url, "/users/anna.webp?sig="), "%s", url);
    cr_expect_eq(rig_get(rig, "%s", url), 200);
    cr_expect(answer_says(&rig->answer, "Cache-Control", "immutable"));
}

Test(signed_urls, who_has_uploaded_gets_a_signed_url)
{
    static const char *const modes[] = {UPLOADS("required"), UPLOADS("optional") SHOWN};

    for (size_t i = 0; i < 2; i++) {
        static struct rig rig;

        upload_with_keys(&rig, modes[i]);
        expect_signed_url(&rig);
        cr_expect_eq(rig_get(&rig, "/s64/users/anna.jpg"), i == 0 ? 403 : 200);
        cr_expect_eq(rig_get(&rig, "/me"), 200);
        expect_signed_url(&rig);
        cr_expect_eq(rig_get(&rig, "/me/all"), 200);
        cr_expect_not_null(strstr(rig.answer.body.data, "?sig="), "%s", rig.answer.body.data);
        rig_close(&rig);
    }
}

/* A signature is none of a front end's URLs, and nobody makes them sign by sending one. */
Test(signed_urls, nobody_else_gets_one_for_the_asking)
{
    static struct rig rig;

    upload_with_keys(&rig, UPLOADS("optional") SHOWN);
    for (unsigned i = 0; i < 2; i++) {
        cr_expect_eq(rig_get(&rig, "/users/anna/%s?sig=x", i ? "all" : "info"), 200);
        cr_expect_not_null(strstr(rig.answer.body.data, "/users/anna.webp"));
        cr_expect_null(strstr(rig.answer.body.data, "sig="), "%s", rig.answer.body.data);
    }
    rig_close(&rig);
}

/* ---- */

static void change_keys(struct rig *rig, const char *keys)
{
    char path[FILES_PATH_MAX];
    struct workers w;

    files_path(path, "%s/secret", rig->directory);
    files_write(path, keys, 0600);
    workers_find(rig->state, &w);
    cr_assert_eq(w.count, 1u);
    cr_assert_eq(kill(w.pids[0], SIGHUP), 0);
}

/* The one worker reads the new keys before the next request at the latest; by then it may still
 * answer one with the old. */
static bool await_status(struct rig *rig, const char *target, int status)
{
    int64_t until_ms = clock_boot_ms() + 10000;

    while (rig_get(rig, "%s", target) != status) {
        if (clock_boot_ms() > until_ms)
            return false;
        clock_sleep_ms(5);
    }
    return true;
}

Test(signed_urls, keys_are_changed_without_a_gap)
{
    struct buffer before = {0}, after = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 1, .secret = KEYS,
                                         .more = SOURCES});
    print_url(&rig, "required", "photo", NULL, &before);
    cr_expect_eq(rig_get(&rig, "%s", before.data), 200);
    change_keys(&rig, "a key that is newer\n0123456789abcdef-new\n");
    print_url(&rig, "required", "photo", NULL, &after);
    cr_expect_str_neq(before.data, after.data);
    cr_expect(await_status(&rig, after.data, 200));
    cr_expect_eq(rig_get(&rig, "%s", before.data), 200, "both are good for a while");
    change_keys(&rig, "a key that is newer\n");
    cr_expect(await_status(&rig, before.data, 403));
    cr_expect_eq(rig_get(&rig, "%s", after.data), 200);
    buffer_free(&after);
    buffer_free(&before);
    rig_close(&rig);
}

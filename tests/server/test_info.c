/* SPDX-License-Identifier: MIT
 *
 * GET .../info: what is known of a picture, as JSON, by the same pipeline as the picture.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "base/base64.h"
#include "base/clock.h"
#include "origin/pictures.h"
#include "rig/agreement.h"
#include "rig/rig.h"
#include "rig/scripted.h"
#include "rig/workers.h"

RIG_SUITE(info);

#define KEYS "0123456789abcdef-key\n"
#define SOURCE(name, keys) \
    "source " name " { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.0/8\"} " \
    "id_pattern = \".+\" " keys " }\n"
#define VERSION_SIZE 17

/* ---- what is said ---- */

/* The document of the last answer, for json_decref(). */
static json_t *document(struct rig *rig)
{
    json_t *root = json_loadb(rig->answer.body.data, rig->answer.body.length,
                              JSON_REJECT_DUPLICATES, NULL);

    cr_assert_eq(rig->answer.status, 200, "%d", rig->answer.status);
    cr_assert_str_eq(answer_field(&rig->answer, "Content-Type"), "application/json");
    cr_assert(json_is_object(root), "%s", rig->answer.body.data);
    return root;
}

static const char *text(const json_t *root, const char *name)
{
    const char *value = json_string_value(json_object_get(root, name));

    cr_assert_not_null(value, "no %s", name);
    return value;
}

static json_int_t number(const json_t *root, const char *name)
{
    const json_t *value = json_object_get(root, name);

    cr_assert(json_is_integer(value), "no %s", name);
    return json_integer_value(value);
}

static json_t *get_info(struct rig *rig, const char *target)
{
    cr_assert_eq(rig_get(rig, "%s", target), 200, "%s: %d", target, rig->answer.status);
    return document(rig);
}

/* What the origin sends under this path. */
static size_t learn(struct rig *rig, const char *path, char version[VERSION_SIZE])
{
    struct client *client = client_new(rig->origin_port);
    struct answer answer = {0};
    char hex[65];
    size_t length;

    cr_assert_eq(client_ask(client, "GET", path, NULL, &answer), 200);
    answer_digest(&answer, hex);
    snprintf(version, VERSION_SIZE, "%.16s", hex);
    length = answer.body.length;
    answer_free(&answer);
    client_free(&client);
    origin_reset(rig->origin);
    return length;
}

static int64_t seconds_of(const json_t *root, const char *name)
{
    struct tm tm = {0};
    const char *end = strptime(text(root, name), "%Y-%m-%dT%H:%M:%SZ", &tm);

    cr_assert(end && !*end, "%s", text(root, name));
    return timegm(&tm);
}

static void expect_times(const json_t *root, int64_t ttl_s)
{
    int64_t fetched_s = seconds_of(root, "fetched"), now_s = clock_wall_ms() / 1000;

    cr_expect(fetched_s <= now_s && fetched_s >= now_s - 60);
    cr_expect_eq(seconds_of(root, "expires") - fetched_s, ttl_s);
}

/* Each is there, is immutable, and is of this version. */
static void expect_urls(struct rig *rig, const json_t *root)
{
    static const char *const presets[] = {"avatar", "avatar_small", "thumb", "wide"};
    const json_t *urls = json_object_get(root, "urls");
    char prefix[64];

    cr_expect_eq(json_object_size(urls), sizeof presets / sizeof *presets);
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        const char *url = text(urls, presets[i]);

        snprintf(prefix, sizeof prefix, "%s/v/%s/%s/", rig->prefix, text(root, "version"),
                 presets[i]);
        cr_expect_eq(strncmp(url, prefix, strlen(prefix)), 0, "%s", url);
        cr_expect_eq(rig_get(rig, "%s", url + strlen(rig->prefix)), 200, "%s", url);
        cr_expect(answer_says(&rig->answer, "Cache-Control", "immutable"));
    }
}

static void add_small(struct rig *rig, const char *name, bool alpha)
{
    unsigned char *bytes;
    size_t length;

    cr_assert_eq(picture_make_png(64, 48, 7, alpha, &bytes, &length), 0);
    cr_assert_eq(origin_add_picture(rig->origin, name, bytes, length, "image/png"), 0);
    free(bytes);
}

#define SMALL_COLOUR "#164805"
#define SMALL_THUMBHASH "W9eFHIY6i4OQaXfYB6iHkKd1cHWICGiHBQ==" /* the public implementation's */

static void run_fields(enum rig_kind kind, const char *top)
{
    char version[VERSION_SIZE];
    static struct rig rig;
    size_t length;
    json_t *root;

    rig_open(&rig, &(struct rig_options){.kind = kind, .top = top, .source = "ttl = \"2h\""});
    add_small(&rig, "small", true);
    length = learn(&rig, "/ok/small", version);
    for (int i = 0; i < 2; i++) {
        root = get_info(&rig, "/avatar_small/o/ok/small/info");
        cr_expect(answer_says(&rig.answer, "Cache-Status", i ? "; hit" : "fwd=uri-miss; stored"));
        cr_expect_str_eq(text(root, "source"), "o");
        cr_expect_str_eq(text(root, "id"), "ok/small");
        cr_expect_str_eq(text(root, "version"), version);
        cr_expect_str_eq(text(root, "type"), "image/png");
        cr_expect_eq(number(root, "width"), 64);
        cr_expect_eq(number(root, "height"), 48);
        cr_expect_eq(number(root, "bytes"), (json_int_t)length);
        cr_expect_str_eq(text(root, "dominant_color"), SMALL_COLOUR);
        cr_expect_str_eq(text(root, "thumbhash"), SMALL_THUMBHASH);
        cr_expect_eq(json_object_size(root), 12u);
        expect_times(root, 7200);
        json_decref(root);
    }
    root = document(&rig);
    expect_urls(&rig, root);
    json_decref(root);
    cr_expect_eq(origin_count(rig.origin, "/ok/small"), 1u);
    rig_close(&rig);
}

Test(info, tells_all_that_is_known_behind_lighttpd)
{
    run_fields(RIG_LIGHTTPD, NULL);
}

Test(info, tells_all_that_is_known_below_a_prefix)
{
    run_fields(RIG_APACHE_HTACCESS, NULL);
}

Test(info, tells_all_that_is_known_where_the_server_sends_files)
{
    run_fields(RIG_LIGHTTPD, "sendfile = \"x-sendfile\"");
}

/* A hash of 30 bytes at most, and one that says which way the picture lies. */
Test(info, of_a_photograph)
{
    unsigned char hash[64];
    static struct rig rig;
    const char *base64;
    ssize_t length;
    json_t *root;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    root = get_info(&rig, "/s1000/o/ok/photo/info");
    cr_expect_str_eq(text(root, "type"), "image/jpeg");
    cr_expect(number(root, "width") == 640 && number(root, "height") == 480);
    base64 = text(root, "thumbhash");
    length = base64_decode(base64, strlen(base64), hash, sizeof hash);
    cr_expect(length >= 15 && length <= 25, "%zd", length);
    cr_expect(hash[4] & 0x80, "lying");
    cr_expect_not(hash[2] & 0x80, "opaque");
    cr_expect_eq(strspn(text(root, "dominant_color") + 1, "0123456789abcdef"), 6u);
    json_decref(root);
    rig_close(&rig);
}

Test(info, is_about_the_picture_however_it_is_drawn)
{
    static const char *const targets[] = {
        "/avatar/o/ok/photo/info", "/wide@2x/o/ok/photo/info", "/s32/o/ok/photo/info",
        "/s32/o/%6fk/photo/info?v=2",
    };
    char etag[64] = "";
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        json_decref(get_info(&rig, targets[i]));
        if (i > 0)
            cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etag, "%s", targets[i]);
        snprintf(etag, sizeof etag, "%s", answer_field(&rig.answer, "ETag"));
    }
    cr_expect_eq(origin_total(rig.origin), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_RENDERS), 1u);
    /* What has an extension behind it is a picture. */
    cr_expect_eq(rig_get(&rig, "/s32/o/ok/photo/info.png"), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/png");
    cr_expect_eq(origin_count(rig.origin, "/ok/photo/info"), 1u);
    rig_close(&rig);
}

/* ---- as HTTP ---- */

Test(info, is_fresh_for_as_long_as_the_picture_and_has_a_tag_of_its_own)
{
    char etag[64], condition[128];
    const char *fields[] = {condition, NULL};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    json_decref(get_info(&rig, "/s64/o/ok/photo/info"));
    cr_expect(answer_is_sound(&rig.answer), "the tag is that of the text");
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"),
                     "public, max-age=300, stale-while-revalidate=604800");
    cr_expect_not_null(answer_field(&rig.answer, "Age"));
    cr_expect_null(answer_field(&rig.answer, "Vary"));
    cr_expect_null(answer_field(&rig.answer, "Last-Modified"));
    cr_expect_str_eq(answer_field(&rig.answer, "X-Content-Type-Options"), "nosniff");
    cr_expect_str_eq(answer_field(&rig.answer, "Access-Control-Allow-Origin"), "*");
    snprintf(etag, sizeof etag, "%s", answer_field(&rig.answer, "ETag"));
    snprintf(condition, sizeof condition, "If-None-Match: \"x\", W/%s", etag);
    cr_expect_eq(rig_ask(&rig, "GET", "/s64/o/ok/photo/info", fields), 304);
    cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etag);
    cr_expect(answer_says(&rig.answer, "Cache-Control", "max-age="));
    cr_expect_eq(rig.answer.body.length, 0u);
    snprintf(condition, sizeof condition, "If-None-Match: \"x\"");
    cr_expect_eq(rig_ask(&rig, "GET", "/s64/o/ok/photo/info", fields), 200);
    /* The tag of a picture is another. */
    snprintf(condition, sizeof condition, "If-None-Match: %s", etag);
    cr_expect_eq(rig_ask(&rig, "GET", "/s64/o/ok/photo.jpg", fields), 200);
    rig_close(&rig);
}

Test(info, head_is_get_without_the_body)
{
    char length[32];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    json_decref(get_info(&rig, "/s64/o/ok/photo/info"));
    snprintf(length, sizeof length, "%zu", rig.answer.body.length);
    cr_expect_eq(rig_ask(&rig, "HEAD", "/s64/o/ok/photo/info", NULL), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Length"), length);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "application/json");
    cr_expect_eq(rig.answer.body.length, 0u);
    cr_expect_eq(rig_ask(&rig, "HEAD", "/s64/o/status/404/x/info", NULL), 404);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "application/problem+json");
    cr_expect_eq(rig.answer.body.length, 0u);
    rig_close(&rig);
}

/* A title, the status and a line of ours: nothing that anybody sent. */
static void expect_problem(struct rig *rig, const char *target, int status, const char *detail)
{
    json_t *root;

    cr_expect_eq(rig_get(rig, "%s", target), status, "%s: %d", target, rig->answer.status);
    cr_expect_str_eq(answer_field(&rig->answer, "Content-Type"), "application/problem+json",
                     "%s", target);
    cr_expect_null(answer_field(&rig->answer, "Visage-Fallback"));
    root = json_loadb(rig->answer.body.data, rig->answer.body.length, 0, NULL);
    cr_assert(json_is_object(root), "%s", rig->answer.body.data);
    cr_expect_eq(json_object_size(root), 3u);
    cr_expect_eq(number(root, "status"), status);
    cr_expect_str_eq(text(root, "detail"), detail, "%s", target);
    cr_expect_str_not_empty(text(root, "title"));
    json_decref(root);
}

Test(info, what_is_wrong_is_said_in_json)
{
    static const char *const delete[] = {NULL};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .source = "fallback = \"identicon\""});
    for (int i = 0; i < 2; i++) { /* cold and remembered */
        expect_problem(&rig, "/s64/o/status/404/x/info", 404, "no such picture");
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "public, max-age=60");
        cr_expect(answer_says(&rig.answer, "Cache-Status", "visage; detail=origin-not-found"));
        expect_problem(&rig, "/s64/o/html/x/info", 415, "not a picture of a supported type");
    }
    expect_problem(&rig, "/s64/o/status/500/x/info", 502, "the picture's server failed");
    expect_problem(&rig, "/nope/o/ok/photo/info", 404, "not found");
    expect_problem(&rig, "/s64/nobody/x/info", 404, "not found");
    expect_problem(&rig, "/s64/o/%3Cscript%3E/info", 400, "malformed request");
    expect_problem(&rig, "/v/0123456789abcdef/s64/o/ok/photo/info", 404, "not found");
    cr_expect_eq(rig_ask(&rig, "DELETE", "/s64/o/ok/photo/info", delete), 405);
    cr_expect_eq(origin_count(rig.origin, "/status/404/x"), 1u);
    /* For pictures all is as it was. */
    cr_expect_eq(rig_get(&rig, "/s64/o/status/404/x.png"), 404);
    cr_expect_str_eq(answer_field(&rig.answer, "Visage-Fallback"), "identicon");
    cr_expect_eq(rig_get(&rig, "/nope/o/ok/photo"), 404);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "text/plain; charset=utf-8");
    rig_close(&rig);
}

Test(info, what_must_not_be_kept_is_not_kept_by_anybody)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cr_assert_eq(origin_script(rig.origin, "x", "200 'Cache-Control: no-store'"), 0);
    for (unsigned i = 1; i <= 2; i++) {
        json_decref(get_info(&rig, "/s64/o/script/x/info"));
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store");
        cr_expect_eq(origin_count(rig.origin, "/script/x"), i);
    }
    rig_close(&rig);
}

/* ---- ids ---- */

/* Whatever an id has in it, the document is JSON, and its URLs lead to the picture. */
Test(info, hostile_ids_are_escaped)
{
    static const struct {
        const char *path, *id;
    } rows[] = {
        {"%22%2C%22version%22:%22x", "\",\"version\":\"x"},
        {"a%5Cu0000%5C", "a\\u0000\\"},
        {"%3C/script%3E%3Cscript%3E", "</script><script>"},
        {"%C3%89mile%20Zola/100%25%20+%201.x", "\xc3\x89mile Zola/100% + 1.x"},
        {"%23%7B%7D%27%60", "#{}'`"},
        {"x.webp", "x.webp"},
        {"info/info", "info/info"},
    };
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCE("any", "")});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char target[256];
        json_t *root;

        snprintf(target, sizeof target, "/s64/any/%s/info", rows[i].path);
        root = get_info(&rig, target);
        cr_expect_str_eq(text(root, "id"), rows[i].id);
        expect_urls(&rig, root);
        json_decref(root);
    }
    cr_expect_eq(origin_total(rig.origin), sizeof rows / sizeof *rows);
    rig_close(&rig);
}

/* ---- the pipeline ---- */

#define CLIENTS 60

Test(info, one_download_for_it_and_pictures_together)
{
    static struct answer answers[CLIENTS];
    static const char *const asked[] = {"/s32/o/slow/300/cold.jpg", "/s64/o/slow/300/cold/info",
                                        "/s64/o/slow/300/cold.webp", "/thumb/o/slow/300/cold/info"};
    const char *targets[CLIENTS];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 8});
    for (size_t i = 0; i < CLIENTS; i++)
        targets[i] = asked[i % 4];
    cr_assert_eq(client_get_all(rig.port, targets, CLIENTS, answers), (size_t)CLIENTS);
    for (size_t i = 0; i < CLIENTS; i++) {
        cr_expect_eq(answers[i].status, 200, "%s: %d", targets[i], answers[i].status);
        cr_expect(answer_is_sound(&answers[i]));
        if (i % 2 == 1)
            cr_expect_str_eq(answers[i].body.data, answers[1].body.data);
    }
    cr_expect_eq(origin_total(rig.origin), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_RENDERS), 3u);
    for (size_t i = 0; i < CLIENTS; i++)
        answer_free(&answers[i]);
    agreement_assert(rig.conf);
    rig_close(&rig);
}

static void expect_version(struct rig *rig, const char *target, const char *version)
{
    json_t *root = get_info(rig, target);

    cr_expect_str_eq(text(root, "version"), version);
    expect_urls(rig, root);
    json_decref(root);
}

static void run_visage(struct rig *rig, const char *command, const char *option,
                       const char *argument)
{
    const char *argv[] = {rig_built("visage"), command, "-c", rig->conf, option, argument, NULL};
    const struct process_options o = {.argv = argv};
    struct buffer output = {0};

    cr_assert_eq(process_run(&o, &output, 20000), 0, "%s", output.data);
    buffer_free(&output);
}

Test(info, a_purge_holds_for_it)
{
    static const char *const by[][2] = {{"--subject", "o/script/x"},
                                        {"--url", "/wide/o/script/x/info"}};
    char old[VERSION_SIZE], new[VERSION_SIZE];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    learn(&rig, "/ok/photo", old);
    learn(&rig, "/ok/logo", new);
    cr_assert_eq(origin_script(rig.origin, "x", "200 picture=photo | 200 picture=logo | "
                                                "200 picture=photo"), 0);
    expect_version(&rig, "/s64/o/script/x/info", old);
    for (unsigned i = 0; i < 2; i++) {
        run_visage(&rig, "purge", by[i][0], by[i][1]);
        expect_version(&rig, "/s64/o/script/x/info", i ? old : new);
        cr_expect_eq(origin_count(rig.origin, "/script/x"), i + 2);
    }
    rig_close(&rig);
}

Test(info, another_original_has_another_one)
{
    char old[VERSION_SIZE], new[VERSION_SIZE];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .source = "ttl = \"1h\" stale = 0"});
    learn(&rig, "/ok/photo", old);
    learn(&rig, "/ok/logo", new);
    cr_assert_eq(origin_script(rig.origin, "x", "200 picture=photo | 200 picture=logo"), 0);
    expect_version(&rig, "/s64/o/script/x/info", old);
    scripted_pass(&rig, 3700);
    expect_version(&rig, "/s64/o/script/x/info", new);
    rig_close(&rig);
}

/* Somebody asks for the picture, and so finds out: what was known of the old one ends before its
 * time. */
Test(info, what_is_known_of_the_old_picture_is_not_told_of_the_new_one)
{
    char old[VERSION_SIZE], new[VERSION_SIZE], list[FILES_PATH_MAX];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .source = "ttl = \"1h\""});
    learn(&rig, "/ok/photo", old);
    learn(&rig, "/ok/logo", new);
    cr_assert_eq(origin_script(rig.origin, "x", "200 picture=photo | 200 picture=logo"), 0);
    expect_version(&rig, "/s64/o/script/x/info", old);
    files_path(list, "%s/list", rig.directory);
    files_write(list, "/s32/o/script/x.png\n", 0644);
    run_visage(&rig, "warm", "--force", list);
    cr_expect_eq(origin_count(rig.origin, "/script/x"), 2u);
    expect_version(&rig, "/s64/o/script/x/info", new);
    cr_expect_eq(origin_count(rig.origin, "/script/x"), 2u);
    rig_close(&rig);
}

Test(info, an_original_that_has_not_changed_is_not_summed_up_again)
{
    int64_t fetched_s;
    static struct rig rig;
    json_t *root;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .source = "ttl = \"1h\" stale = 0"});
    root = get_info(&rig, "/s64/o/etag/photo/info");
    fetched_s = seconds_of(root, "fetched");
    json_decref(root);
    scripted_pass(&rig, 3700);
    fetched_s -= 3700;
    root = get_info(&rig, "/s64/o/etag/photo/info");
    cr_expect(answer_says(&rig.answer, "Cache-Status", "fwd=stale; fwd-status=304; stored"));
    cr_expect_gt(seconds_of(root, "fetched"), fetched_s);
    cr_expect_eq(workers_counted(rig.state, COUNT_RENDERS), 1u);
    json_decref(root);
    rig_close(&rig);
}

Test(info, is_served_stale_while_the_origin_fails)
{
    char version[VERSION_SIZE];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .source = "ttl = \"1h\" stale = \"2h\""});
    learn(&rig, "/ok/photo", version);
    cr_assert_eq(origin_script(rig.origin, "x", "200 picture=photo | 500"), 0);
    json_decref(get_info(&rig, "/s64/o/script/x/info"));
    scripted_pass(&rig, 3700);
    for (int i = 0; i < 2; i++) {
        json_t *root = get_info(&rig, "/s64/o/script/x/info");

        cr_expect(answer_says(&rig.answer, "Cache-Status", "; detail=stale"));
        cr_expect_str_eq(text(root, "version"), version);
        json_decref(root);
    }
    rig_close(&rig);
}

/* An original that was not kept is not fetched again for what is known of it. */
Test(info, outlives_the_bytes_it_was_made_of)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .top = "keep_original_max = 0"});
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    json_decref(get_info(&rig, "/s64/o/ok/photo/info"));
    cr_expect_eq(origin_count(rig.origin, "/ok/photo"), 2u);
    for (int i = 0; i < 2; i++) {
        json_decref(get_info(&rig, "/s64/o/ok/photo/info"));
        cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    }
    cr_expect_eq(origin_count(rig.origin, "/ok/photo"), 2u);
    rig_close(&rig);
}

static void spoil_blobs(struct rig *rig)
{
    char blobs[FILES_PATH_MAX];
    const char *argv[] = {"find", blobs, "-type", "f", "-exec", "truncate", "-s", "1", "{}", "+",
                          NULL};
    struct buffer output = {0};

    files_path(blobs, "%s/blobs", rig->state);
    rig_stop(rig);
    cr_assert_eq(process_run(&(struct process_options){.argv = argv}, &output, 20000), 0, "%s",
                 output.data);
    buffer_free(&output);
    rig_start(rig);
}

Test(info, what_is_kept_of_it_may_be_damaged)
{
    static struct rig rig;
    json_t *before, *after;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    before = get_info(&rig, "/s64/o/ok/photo/info");
    spoil_blobs(&rig);
    after = get_info(&rig, "/s64/o/ok/photo/info");
    cr_expect_not(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_expect_str_eq(text(after, "thumbhash"), text(before, "thumbhash"));
    cr_expect_eq(origin_count(rig.origin, "/ok/photo"), 2u);
    json_decref(get_info(&rig, "/s64/o/ok/photo/info"));
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    json_decref(before);
    json_decref(after);
    rig_close(&rig);
}

Test(info, can_be_warmed)
{
    char list[FILES_PATH_MAX];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    files_path(list, "%s/list", rig.directory);
    files_write(list, "/s64/o/ok/photo/info\n", 0644);
    run_visage(&rig, "warm", list, NULL);
    json_decref(get_info(&rig, "/thumb/o/ok/photo/info"));
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_expect_eq(origin_total(rig.origin), 1u);
    rig_close(&rig);
}

/* ---- signatures ---- */

#define SIGNED(mode) "sign = \"" mode "\" sign_key_file = \"@DIR@/secret\""

static void print_url(struct rig *rig, const char *source, const char *expires, struct buffer *url)
{
    const char *argv[] = {rig_built("visage"), "url", "-c", rig->conf, "--info", source, "photo",
                          expires, NULL};
    const struct process_options o = {.argv = argv};

    buffer_clear(url);
    cr_assert_eq(process_run(&o, url, 20000), 0, "%s", url->data);
    url->data[--url->length] = '\0';
}

Test(info, signed_urls_lead_to_signed_urls)
{
    struct buffer url = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .secret = KEYS,
                                         .more = SOURCE("required", SIGNED("required"))});
    for (int i = 0; i < 2; i++) {
        json_t *root;

        print_url(&rig, "required", i ? "--expires=@4102444800" : NULL, &url);
        root = get_info(&rig, url.data);
        expect_urls(&rig, root);
        cr_expect_eq(strstr(text(json_object_get(root, "urls"), "wide"), "?exp=4102444800&sig=")
                         != NULL, i == 1);
        json_decref(root);
    }
    *strchr(url.data, '?') = '\0';
    expect_problem(&rig, url.data, 403, "the address is not signed, or not any more");
    cr_expect_eq(rig_get(&rig, "/s32/required/photo/info?sig=wrong"), 403);
    buffer_free(&url);
    rig_close(&rig);
}

Test(info, who_was_not_asked_for_a_signature_is_given_none)
{
    struct buffer url = {0};
    static struct rig rig;
    json_t *root;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .secret = KEYS,
                                         .more = SOURCE("optional", SIGNED("optional"))
                                                 SOURCE("off", SIGNED("off"))});
    root = get_info(&rig, "/s64/off/photo/info?sig=x");
    cr_expect_null(strchr(text(json_object_get(root, "urls"), "wide"), '?'));
    json_decref(root);
    root = get_info(&rig, "/s64/optional/photo/info");
    cr_expect_null(strchr(text(json_object_get(root, "urls"), "wide"), '?'));
    json_decref(root);
    print_url(&rig, "optional", NULL, &url);
    root = get_info(&rig, url.data);
    cr_expect_not_null(strstr(text(json_object_get(root, "urls"), "wide"), "?sig="));
    expect_urls(&rig, root);
    json_decref(root);
    buffer_free(&url);
    rig_close(&rig);
}

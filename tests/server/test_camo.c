/* SPDX-License-Identifier: MIT
 *
 * Pictures of the web, passed on as they are: what is let through, what is not, and
 * that all of it is cached like any other picture.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/hmac.h"
#include "rig/rig.h"
#include "rig/text.h"

RIG_SUITE(camo);

#define KEY "a key of the test's"
#define SVG "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"
#define TARGET_MAX 1024

#define SECTIONS(camo)                                                                             \
    "camo { prefix = \"/camo\" source = w key_file = \"@DIR@/secret\" " camo " }\n"                \
    "source w { type = web hosts = {\"127.0.0.1\"} allow_addresses = {\"127.0.0.0/8\"}\n"          \
    "           ttl = \"1h\" }\n"

enum form { HEX, QUERY, BASE64, FORMS };

static void prepare(struct rig *rig, const char *sections)
{
    rig_prepare(rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                           .fetch = "timeout = \"1s\" max_bytes = \"1M\"",
                                           .secret = KEY "\n",
                                           .more = sections});
    cr_assert_eq(origin_add_picture(rig->origin, "drawing", SVG, strlen(SVG),
                                    "image/svg+xml;charset=UTF-8"), 0);
}

static void open_rig(struct rig *rig, const char *sections)
{
    prepare(rig, sections);
    rig_start(rig);
}

static void add_query(char *out, const char *url)
{
    strcat(out, "?url=");
    for (; *url; url++)
        snprintf(out + strlen(out), 4, strchr(":/?&=%+", *url) ? "%%%02X" : "%c",
                 (unsigned char)*url);
}

/* The target that stands for a path of the origin, signed with the key. */
static const char *target(const struct rig *rig, const char *key, enum form form, const char *path)
{
    static char out[TARGET_MAX];
    unsigned char digest[HMAC_SHA1_SIZE];
    char url[256];
    int length = snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)rig->origin_port,
                          path);
    const struct hmac_part part = {url, (size_t)length};

    cr_assert_eq(hmac_sha1(key, strlen(key), &part, 1, digest), 0);
    strcpy(out, "/camo/");
    if (form == BASE64)
        base64url_encode(digest, sizeof digest, out + strlen(out));
    else
        hex_encode(digest, sizeof digest, out + strlen(out));
    if (form == QUERY) {
        add_query(out, url);
        return out;
    }
    strcat(out, "/");
    if (form == BASE64)
        base64url_encode(url, (size_t)length, out + strlen(out));
    else
        hex_encode(url, (size_t)length, out + strlen(out));
    return out;
}

static int get(struct rig *rig, const char *path)
{
    return rig_ask(rig, "GET", target(rig, KEY, HEX, path), NULL);
}

static void register_as(struct rig *rig, const char *name, const char *type)
{
    unsigned char bytes[] = "\x89PNG\r\n\x1a\n and so on";

    cr_assert_eq(origin_add_picture(rig->origin, name, bytes, sizeof bytes, type), 0);
}

/* The digest of what the origin has. */
static void expect_photo(const struct rig *rig, char digest[65])
{
    static const char request[] = "GET /ok/photo HTTP/1.0\r\n\r\n";
    struct answer answer = {0};

    cr_assert_eq(client_raw(rig->origin_port, request, sizeof request - 1, &answer), 200);
    answer_digest(&answer, digest);
    answer_free(&answer);
    origin_reset(rig->origin);
}

/* ---- what is passed on ---- */

Test(camo, every_form_is_answered_with_the_origins_own_bytes)
{
    static struct rig rig;
    char digest[65], expected[65];

    open_rig(&rig, SECTIONS(""));
    expect_photo(&rig, expected);
    for (enum form form = HEX; form < FORMS; form++) {
        cr_expect_eq(rig_ask(&rig, "GET", target(&rig, KEY, form, "/ok/photo"), NULL), 200);
        answer_digest(&rig.answer, digest);
        cr_expect_str_eq(digest, expected);
        cr_expect(answer_is_sound(&rig.answer));
        cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/jpeg");
        cr_expect_str_eq(answer_field(&rig.answer, "X-Content-Type-Options"), "nosniff");
        cr_expect_str_eq(answer_field(&rig.answer, "Content-Security-Policy"),
                         "default-src 'none'; sandbox");
        cr_expect_null(answer_field(&rig.answer, "Vary"));
        cr_expect(answer_says(&rig.answer, "Cache-Status",
                              form == HEX ? "fwd=uri-miss; stored" : "hit"),
                  "%s", rig.answer.head.data);
    }
    cr_expect_eq(origin_count(rig.origin, "/ok/photo"), 1u, "one picture, whatever it is called");
    rig_close(&rig);
}

Test(camo, what_others_would_draw_is_not_drawn)
{
    static struct rig rig;

    open_rig(&rig, SECTIONS(""));
    register_as(&rig, "broken", "image/png");
    cr_expect_eq(get(&rig, "/ok/broken"), 200, "it is not decoded");
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/png");
    rig_close(&rig);
}

Test(camo, head_ranges_and_conditions_are_as_for_all_pictures)
{
    static struct rig rig;
    const char *fields[] = {NULL, NULL};
    char condition[128];

    open_rig(&rig, SECTIONS(""));
    cr_assert_eq(rig_ask(&rig, "HEAD", target(&rig, KEY, HEX, "/ok/photo"), NULL), 200);
    cr_expect_eq(rig.answer.body.length, 0u);
    cr_assert_not_null(answer_field(&rig.answer, "Content-Length"));
    snprintf(condition, sizeof condition, "If-None-Match: %s", answer_field(&rig.answer, "ETag"));
    fields[0] = condition;
    cr_expect_eq(rig_ask(&rig, "GET", target(&rig, KEY, HEX, "/ok/photo"), fields), 304);
    fields[0] = "Range: bytes=0-2";
    cr_expect_eq(rig_ask(&rig, "GET", target(&rig, KEY, HEX, "/ok/photo"), fields), 206);
    cr_assert_eq(rig.answer.body.length, 3u);
    cr_expect_arr_eq(rig.answer.body.data, "\xff\xd8\xff", 3);
    cr_expect_eq(origin_count(rig.origin, "/ok/photo"), 1u);
    rig_close(&rig);
}

/* ---- what is not ---- */

Test(camo, without_a_right_signature_it_is_403_and_nobody_is_asked)
{
    static struct rig rig;
    static const char *const bad[] = {"/camo/000/687474703a2f2f", "/camo/x", "/camo/a/b/c"};

    open_rig(&rig, SECTIONS(""));
    for (enum form form = HEX; form < FORMS; form++)
        cr_expect_eq(rig_ask(&rig, "GET", target(&rig, "another", form, "/ok/photo"), NULL), 403);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(rig_ask(&rig, "GET", bad[i], NULL), 403, "%s", bad[i]);
    cr_expect_eq(origin_total(rig.origin), 0u);
    rig_close(&rig);
}

Test(camo, statuses_are_those_that_its_clients_know)
{
    static const struct {
        const char *path;
        int status;
    } rows[] = {
        {"/status/404/x", 404}, {"/status/500/x", 502},   {"/status/503/x", 502},
        {"/hang/x", 504},       {"/html/x", 400},         {"/huge/2000000/x", 413},
        {"/empty/x", 502},      {"/truncated/x", 502},    {"/redirect/2/x", 200},
        {"/gzip/x", 502},       {"/redirect-to?u=http%3A%2F%2F10.0.0.1%2F", 404},
    };
    static struct rig rig;

    open_rig(&rig, SECTIONS(""));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(get(&rig, rows[i].path), rows[i].status, "%s: %d", rows[i].path,
                     rig.answer.status);
        if (rows[i].status != 200)
            cr_expect(answer_says(&rig.answer, "Content-Type", "text/plain"));
    }
    cr_expect_eq(rig_ask(&rig, "GET", "/camo/", NULL), 404);
    cr_expect_eq(rig_ask(&rig, "DELETE", target(&rig, KEY, HEX, "/ok/photo"), NULL), 405);
    cr_expect_eq(rig_get(&rig, "/avatar/w/http://127.0.0.1:%u/ok/photo", (unsigned)rig.origin_port),
                 404, "the native dialect is no way around the signature");
    rig_close(&rig);
}

Test(camo, hosts_that_are_not_allowed_are_404)
{
    static struct rig rig;

    open_rig(&rig, "camo { prefix = \"/camo\" source = w key_file = \"@DIR@/secret\" }\n"
                   "source w { type = web hosts = {\"*.example.org\"}\n"
                   "           allow_addresses = {\"127.0.0.0/8\"} }\n");
    cr_expect_eq(get(&rig, "/ok/photo"), 404);
    cr_expect_eq(origin_total(rig.origin), 0u);
    rig_close(&rig);
}

/* What the origin redirects to itself under its name. */
static const char *to_localhost(const struct rig *rig, const char *path)
{
    static char out[256];
    char url[100];
    size_t length = (size_t)snprintf(url, sizeof url, "http://localhost:%u%s",
                                     (unsigned)rig->origin_port, path);

    strcpy(out, "/redirect-hex/");
    hex_encode(url, length, out + strlen(out));
    return out;
}

Test(camo, redirects_to_hosts_that_are_not_allowed_are_404)
{
    struct buffer text = {0};
    static struct rig rig;

    open_rig(&rig, SECTIONS(""));
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(get(&rig, to_localhost(&rig, "/ok/photo")), 404);
        cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=origin-forbidden"), "%s",
                  rig.answer.head.data);
    }
    cr_expect_eq(origin_total(rig.origin), 1u, "it is remembered, and the other was not asked");
    rig_stop(&rig);
    cr_assert(files_read(rig.conf, &text));
    cr_assert_eq(text_replace(&text, "{\"127.0.0.1\"}", "{\"127.0.0.1\", localhost}"), 1u);
    files_write(rig.conf, text.data, 0644);
    buffer_free(&text);
    rig_start(&rig);
    cr_expect_eq(get(&rig, to_localhost(&rig, "/ok/drawing")), 400, "followed, and no picture");
    cr_expect_eq(get(&rig, to_localhost(&rig, "/ok/photo?again")), 200);
    rig_close(&rig);
}

Test(camo, a_content_type_that_names_no_picture_is_400)
{
    static const struct {
        const char *type;
        int status;
    } rows[] = {
        {"what", 400},
        {"image/png,text/html; charset=UTF-8", 400},
        {"image/png%;text/html", 400},
        {"text/html", 400},
        {"image/svg+xml", 400},
        {"application/octet-stream", 400},
        {"image/png", 200},
        {"Image/PNG ; a=b", 200},
        {"image/x-png", 200},
        {"image/jpeg", 200},
    };
    static struct rig rig;

    open_rig(&rig, SECTIONS(""));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[32], path[64];

        snprintf(name, sizeof name, "typed%zu", i);
        snprintf(path, sizeof path, "/ok/%s", name);
        register_as(&rig, name, rows[i].type);
        cr_expect_eq(get(&rig, path), rows[i].status, "%s: %d", rows[i].type, rig.answer.status);
        if (rows[i].status == 200)
            cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/png",
                             "as the bytes say");
    }
    cr_assert_eq(origin_script(rig.origin, "twice", "200 'Content-Type: image/png' "
                                                    "'Content-Type: text/html'"), 0);
    cr_expect_eq(get(&rig, "/script/twice"), 400);
    rig_close(&rig);
}

Test(camo, svg_is_refused_unless_it_is_configured)
{
    static struct rig rig;

    open_rig(&rig, SECTIONS(""));
    cr_expect_eq(get(&rig, "/ok/drawing"), 400);
    cr_expect_eq(get(&rig, "/ok/drawing"), 400);
    cr_expect_eq(origin_count(rig.origin, "/ok/drawing"), 1u, "it is remembered");
    rig_close(&rig);
}

Test(camo, svg_that_is_configured_comes_with_the_policy_that_disarms_it)
{
    static struct rig rig;

    open_rig(&rig, SECTIONS("types = {\"image/svg+xml\"}"));
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(get(&rig, "/ok/drawing"), 200);
        cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/svg+xml");
        cr_expect_str_eq(answer_field(&rig.answer, "Content-Security-Policy"),
                         "default-src 'none'; sandbox");
        cr_assert_eq(rig.answer.body.length, strlen(SVG));
        cr_expect_arr_eq(rig.answer.body.data, SVG, strlen(SVG));
    }
    cr_assert_eq(origin_add_picture(rig.origin, "mislabelled", SVG, strlen(SVG), "image/png"), 0);
    cr_expect_eq(get(&rig, "/ok/mislabelled"), 400, "magic bytes and Content-Type have to agree");
    cr_expect_eq(get(&rig, "/ok/photo"), 400, "it is not in the list");
    rig_close(&rig);
}

Test(camo, what_is_not_allowed_any_more_is_not_served_from_the_cache)
{
    struct buffer text = {0};
    static struct rig rig;

    open_rig(&rig, SECTIONS("types = {\"image/svg+xml\"}"));
    cr_expect_eq(get(&rig, "/ok/drawing"), 200);
    rig_stop(&rig);
    cr_assert(files_read(rig.conf, &text));
    cr_assert_eq(text_replace(&text, "image/svg+xml", "image/png"), 1u);
    files_write(rig.conf, text.data, 0644);
    buffer_free(&text);
    rig_start(&rig);
    cr_expect_eq(get(&rig, "/ok/drawing"), 400);
    cr_expect_eq(origin_count(rig.origin, "/ok/drawing"), 1u);
    rig_close(&rig);
}

/* ---- sizes ---- */

#define WITH_IMGPROXY "imgproxy { prefix = \"/drawn\" source = w insecure = true }\n"

/* A picture of so many bytes. */
static const char *sized(unsigned bytes)
{
    static char path[64];

    snprintf(path, sizeof path, "/huge/%u/x", bytes);
    return path;
}

static int draw(struct rig *rig, const char *path)
{
    return rig_get(rig, "/drawn/x/rs:fit:64:64/plain/http://127.0.0.1:%u%s@jpg",
                   (unsigned)rig->origin_port, path);
}

Test(camo, what_is_larger_than_its_own_limit_is_413_whether_its_length_is_told_or_not)
{
    static struct rig rig;

    open_rig(&rig, SECTIONS("max_bytes = \"100K\""));
    cr_expect_eq(get(&rig, sized(102400)), 200);
    cr_expect_eq(rig.answer.body.length, 102400u);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(get(&rig, sized(102401)), 413);
        cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=origin-too-large"));
        cr_expect_eq(get(&rig, "/endless/x"), 413);
    }
    cr_expect_eq(origin_count(rig.origin, sized(102401)), 1u, "it is remembered");
    cr_expect_eq(origin_count(rig.origin, "/endless/x"), 1u);
    rig_close(&rig);
}

Test(camo, what_is_too_large_to_be_passed_on_is_drawn_all_the_same)
{
    static struct rig rig;

    open_rig(&rig, SECTIONS("max_bytes = \"100K\"") WITH_IMGPROXY);
    cr_expect_eq(get(&rig, sized(200000)), 413);
    cr_expect_eq(draw(&rig, sized(200000)), 200, "%d", rig.answer.status);
    cr_expect_eq(get(&rig, sized(200000)), 413);
    cr_expect_eq(origin_count(rig.origin, sized(200000)), 2u);

    cr_expect_eq(draw(&rig, sized(200001)), 200);
    cr_expect_eq(get(&rig, sized(200001)), 413, "although it is there");
    cr_expect_eq(origin_count(rig.origin, sized(200001)), 1u);
    rig_close(&rig);
}

Test(camo, what_has_become_too_large_is_not_served_from_the_cache)
{
    struct buffer text = {0};
    static struct rig rig;

    open_rig(&rig, SECTIONS("max_bytes = \"100K\""));
    cr_expect_eq(get(&rig, sized(50000)), 200);
    rig_stop(&rig);
    cr_assert(files_read(rig.conf, &text));
    cr_assert_eq(text_replace(&text, "100K", "40K"), 1u);
    files_write(rig.conf, text.data, 0644);
    buffer_free(&text);
    rig_start(&rig);
    cr_expect_eq(get(&rig, sized(50000)), 413);
    cr_expect_eq(origin_count(rig.origin, sized(50000)), 1u);
    rig_close(&rig);
}

/* ---- loops ---- */

Test(camo, origins_are_told_who_asks_and_what_comes_back_here_is_refused)
{
    static struct rig rig;
    const char *fields[] = {NULL, NULL};
    char loop[256], *via;

    open_rig(&rig, SECTIONS(""));
    cr_assert_eq(get(&rig, "/ok/photo"), 200);
    via = origin_last_header(rig.origin, "/ok/photo", "Via");
    cr_assert_not_null(via);
    cr_expect_eq(strncmp(via, "1.1 visage-", 11), 0, "%s", via);
    cr_expect_eq(strlen(via), 23u, "%s", via);
    snprintf(loop, sizeof loop, "Via: 1.0 somebody, %s (else)", via);
    fields[0] = loop;
    cr_expect_eq(rig_ask(&rig, "GET", target(&rig, KEY, HEX, "/ok/photo"), fields), 404);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=loop"));
    fields[0] = "Via: 1.1 visage-000000000000";
    cr_expect_eq(rig_ask(&rig, "GET", target(&rig, KEY, HEX, "/ok/photo"), fields), 200);
    free(via);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    rig_close(&rig);
}

/* ---- the cache ---- */

/* The output is valid until the next call. */
static const char *run(struct rig *rig, const char *command, const char *option,
                       const char *argument)
{
    char path[FILES_PATH_MAX];
    const char *argv[] = {path, command, "-c", rig->conf, option, argument, NULL};
    const struct process_options o = {.argv = argv};
    static char text[4096];
    struct buffer output = {0};

    files_path(path, "%s", rig_built("visage"));
    cr_assert_eq(process_run(&o, &output, 20000), 0, "%s: %s", argument, output.data);
    snprintf(text, sizeof text, "%s", output.data ? output.data : "");
    buffer_free(&output);
    return text;
}

Test(camo, is_fetched_once_and_again_after_a_purge)
{
    static struct rig rig;
    char subject[128], list[FILES_PATH_MAX];
    const char *said;

    open_rig(&rig, SECTIONS(""));
    cr_assert_eq(origin_script(rig.origin, "x", "200 picture=photo | 200 picture=logo times=9"), 0);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(get(&rig, "/script/x"), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/jpeg");
    cr_expect_eq(origin_count(rig.origin, "/script/x"), 1u);
    snprintf(subject, sizeof subject, "w/http://127.0.0.1:%u/script/x", (unsigned)rig.origin_port);
    run(&rig, "purge", "--subject", subject);
    cr_expect_eq(get(&rig, "/script/x"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "fwd=uri-miss"));
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/png");
    cr_expect_eq(origin_count(rig.origin, "/script/x"), 2u);
    run(&rig, "purge", "--url", target(&rig, KEY, BASE64, "/script/x"));
    files_path(list, "%s/list", rig.directory);
    files_write(list, target(&rig, KEY, QUERY, "/script/x"), 0644);
    run(&rig, "warm", "--jobs=1", list);
    cr_expect_eq(get(&rig, "/script/x"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "hit"));
    cr_expect_eq(origin_count(rig.origin, "/script/x"), 3u);
    said = run(&rig, "explain", "--", target(&rig, KEY, HEX, "/script/x"));
    cr_expect(strstr(said, "dialect       camo\n") && strstr(said, "?as-is\n"), "%s", said);
    rig_close(&rig);
}

Test(camo, what_has_expired_is_served_at_once_and_asked_for_by_the_keeper)
{
    static struct rig rig;

    open_rig(&rig, SECTIONS(""));
    cr_assert_eq(origin_script(rig.origin, "x", "200 picture=photo conditional 'ETag: \"1\"' "
                                                "'Cache-Control: max-age=0'"), 0);
    cr_expect_eq(get(&rig, "/script/x"), 200);
    cr_expect_eq(get(&rig, "/script/x"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "stale-while-revalidate"), "%s",
              rig.answer.head.data);
    cr_expect(origin_await(rig.origin, "/script/x", 2, 20000));
    cr_expect_eq(origin_count_status(rig.origin, "/script/x", 304), 1u);
    rig_close(&rig);
}

Test(camo, the_same_bytes_under_another_type_are_not_passed_on)
{
    static struct rig rig;

    open_rig(&rig, SECTIONS(""));
    cr_assert_eq(origin_script(rig.origin, "x",
                               "200 picture=photo 'Cache-Control: max-age=0, "
                               "stale-while-revalidate=0' | 200 picture=photo "
                               "'Content-Type: text/html'"), 0);
    cr_expect_eq(get(&rig, "/script/x"), 200);
    cr_expect_eq(get(&rig, "/script/x"), 400);
    cr_expect_eq(get(&rig, "/script/x"), 400);
    cr_expect_eq(origin_count(rig.origin, "/script/x"), 2u);
    rig_close(&rig);
}

Test(camo, a_failing_origin_leaves_the_old_copy)
{
    static struct rig rig;

    open_rig(&rig, SECTIONS(""));
    cr_assert_eq(origin_script(rig.origin, "x",
                               "200 picture=photo 'Cache-Control: max-age=0, "
                               "stale-while-revalidate=0' | 500"), 0);
    cr_expect_eq(get(&rig, "/script/x"), 200);
    cr_expect_eq(get(&rig, "/script/x"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=stale"), "%s",
              rig.answer.head.data);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/jpeg");
    rig_close(&rig);
}

Test(camo, what_may_not_be_kept_is_passed_on_all_the_same)
{
    static struct rig rig;

    open_rig(&rig, SECTIONS(""));
    cr_assert_eq(origin_script(rig.origin, "x", "200 'Cache-Control: no-store'"), 0);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(get(&rig, "/script/x"), 200);
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store");
        cr_expect(rig.answer.body.length > 0);
    }
    cr_expect_eq(origin_count(rig.origin, "/script/x"), 2u);
    rig_close(&rig);
}

/* More than is kept of originals: the copy that is passed on stays. */
Test(camo, large_pictures_are_cached_too)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .top = "keep_original_max = \"10K\"\n",
                                         .secret = KEY "\n",
                                         .more = SECTIONS("")});
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(get(&rig, "/huge/700000/photo"), 200);
        cr_expect_eq(rig.answer.body.length, 700000u);
        cr_expect(answer_is_sound(&rig.answer));
    }
    cr_expect_eq(origin_count(rig.origin, "/huge/700000/photo"), 1u);
    rig_close(&rig);
}

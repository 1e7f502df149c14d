/* SPDX-License-Identifier: MIT
 *
 * POST /_visage/versions: which version many pictures have, in one answer.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "origin/pictures.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(versions_json);

#define TOKEN "0123456789abcdef-token"
#define BEARER "Authorization: Bearer " TOKEN
#define JSON "Content-Type: application/json"
#define SECTIONS                                                                                   \
    "admin { addresses = {\"127.0.0.1\"} token_file = \"@DIR@/secret\" }\n"                        \
    "source users { type = store writers = {api-key} api_key_file = \"@DIR@/secret\"\n"            \
    "               id_pattern = \"[0-9]+\" }\n"                                                   \
    "rest up { path = \"/up/{id}\" source = users methods = {PUT, DELETE} }\n"                     \
    "source keyed { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.0/8\"}\n"              \
    "               id_pattern = \".+\" sign = required sign_key_file = \"@DIR@/secret\" }\n"      \
    "source web { type = web hosts = {\"*\"} }\n"

static void open_rig(struct rig *rig, enum rig_kind kind)
{
    rig_open(rig, &(struct rig_options){.kind = kind, .workers = 2, .secret = TOKEN "\n",
                                        .more = SECTIONS});
}

static int post(struct rig *rig, const char *body)
{
    static const char *const fields[] = {BEARER, JSON, NULL};

    return rig_send(rig, "POST", "/_visage/versions", fields, body);
}

/* The document of the last answer, for json_decref(). */
static json_t *document(const struct rig *rig)
{
    json_t *root = json_loadb(rig->answer.body.data, rig->answer.body.length,
                              JSON_REJECT_DUPLICATES, NULL);

    cr_assert_eq(rig->answer.status, 200, "%d: %s", rig->answer.status, rig->answer.body.data);
    cr_assert_str_eq(answer_field(&rig->answer, "Content-Type"), "application/json");
    cr_assert_str_eq(answer_field(&rig->answer, "Cache-Control"), "no-store");
    cr_assert(json_is_object(root), "%s", rig->answer.body.data);
    return root;
}

static json_t *picture(const json_t *root, const char *id)
{
    return json_object_get(json_object_get(root, "versions"), id);
}

static const char *version(const json_t *root, const char *id)
{
    return json_string_value(json_object_get(picture(root, id), "version"));
}

static const char *url(const json_t *root, const char *id, const char *preset)
{
    return json_string_value(json_object_get(json_object_get(picture(root, id), "urls"), preset));
}

static void expect_problem(const struct rig *rig, int status, const char *what)
{
    json_error_t error;
    json_t *root = json_loadb(rig->answer.body.data, rig->answer.body.length, 0, &error);

    cr_expect_eq(rig->answer.status, status, "%s: %d", what, rig->answer.status);
    cr_expect_str_eq(answer_field(&rig->answer, "Content-Type"), "application/problem+json",
                     "%s", what);
    cr_expect_str_eq(answer_field(&rig->answer, "Cache-Control"), "no-store");
    cr_expect_eq(json_integer_value(json_object_get(root, "status")), status, "%s", what);
    cr_expect(json_is_string(json_object_get(root, "detail")));
    json_decref(root);
}

/* ---- uploads ---- */

/* A picture of its own for each seed. The version that the answer says is the SHA-256's begin. */
static void upload(struct rig *rig, const char *id, unsigned seed, char out[17])
{
    static const char *const fields[] = {BEARER, "Content-Type: image/jpeg", NULL};
    unsigned char *bytes;
    char target[100];
    size_t length;
    json_t *root;

    snprintf(target, sizeof target, "%s/up/%s", rig->prefix, id);
    cr_assert_eq(picture_make_jpeg(64, 48, seed, &bytes, &length), 0);
    cr_assert_eq(client_send(rig->client, "PUT", target, fields, bytes, length, &rig->answer), 200,
                 "%d: %s", rig->answer.status, rig->answer.body.data);
    free(bytes);
    root = json_loadb(rig->answer.body.data, rig->answer.body.length, 0, NULL);
    snprintf(out, 17, "%s", json_string_value(json_object_get(root, "version")));
    json_decref(root);
}

static void run_uploads(enum rig_kind kind)
{
    char first[17], second[17], other[17], after[64];
    static struct rig rig;
    json_t *root;

    open_rig(&rig, kind);
    upload(&rig, "1", 11, first);
    upload(&rig, "3", 13, other);
    cr_assert_eq(post(&rig, "{\"source\":\"users\",\"ids\":[\"1\",\"2\",\"3\",\"1\",\"x\",\"\"]}"),
                 200, "%s", rig.answer.body.data);
    root = document(&rig);
    cr_expect_str_eq(json_string_value(json_object_get(root, "source")), "users");
    cr_expect_eq(json_object_size(json_object_get(root, "versions")), 5u);
    cr_expect_str_eq(version(root, "1"), first);
    cr_expect_str_eq(version(root, "3"), other);
    cr_expect(json_is_null(picture(root, "2")), "nobody has uploaded it");
    cr_expect(json_is_null(picture(root, "x")), "id_pattern does not allow it");
    cr_expect(json_is_null(picture(root, "")));
    cr_expect_eq(json_object_size(json_object_get(picture(root, "1"), "urls")), 4u);
    snprintf(after, sizeof after, "%s/v/%s/thumb/users/1.webp", rig.prefix, first);
    cr_expect_str_eq(url(root, "1", "thumb"), after);
    cr_expect_eq(rig_get(&rig, "%s", after + strlen(rig.prefix)), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Control", "immutable"));
    json_decref(root);

    /* The next answer knows of what has changed. */
    upload(&rig, "1", 12, second);
    cr_assert_str_neq(first, second);
    rig_ask(&rig, "DELETE", "/up/3", (const char *const[]){BEARER, NULL});
    cr_assert_eq(rig.answer.status, 204, "%d", rig.answer.status);
    post(&rig, "{\"ids\":[\"1\",\"3\"],\"source\":\"users\"}");
    root = document(&rig);
    cr_expect_str_eq(version(root, "1"), second);
    cr_expect(json_is_null(picture(root, "3")));
    json_decref(root);
    rig_close(&rig);
}

Test(versions_json, of_uploads)
{
    run_uploads(RIG_LIGHTTPD);
}

Test(versions_json, of_uploads_behind_apache_with_htaccess)
{
    run_uploads(RIG_APACHE_HTACCESS);
}

/* ---- pictures from elsewhere ---- */

Test(versions_json, of_what_is_in_the_cache_and_nothing_is_fetched)
{
    static struct rig rig;
    json_t *root;

    open_rig(&rig, RIG_LIGHTTPD);
    cr_assert_eq(rig_get(&rig, "/thumb/o/ok/a.jpg"), 200);
    post(&rig, "{\"source\":\"o\",\"ids\":[\"ok/a\",\"ok/b\",\"ok/a?x\",\"../a\"]}");
    root = document(&rig);
    cr_expect(json_is_null(picture(root, "ok/b")));
    cr_expect(json_is_null(picture(root, "ok/a?x")));
    cr_expect(json_is_null(picture(root, "../a")));
    cr_assert_not_null(url(root, "ok/a", "thumb"));
    cr_expect_eq(rig_get(&rig, "%s", url(root, "ok/a", "thumb")), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Control", "immutable"));
    cr_expect_eq(origin_count(rig.origin, "/ok/b"), 0u);
    cr_expect_eq(origin_count(rig.origin, "/ok/a"), 1u);
    json_decref(root);

    rig_send(&rig, "POST", "/_visage/purge", (const char *const[]){BEARER, NULL},
             "subject=o/ok/a");
    cr_assert_eq(rig.answer.status, 200);
    post(&rig, "{\"source\":\"o\",\"ids\":[\"ok/a\"]}");
    root = document(&rig);
    cr_expect(json_is_null(picture(root, "ok/a")), "it was purged");
    json_decref(root);
    rig_close(&rig);
}

/* What `visage url` prints. */
static void make_url(const struct rig *rig, const char *id, struct buffer *out)
{
    const char *argv[] = {rig_built("visage"), "url", "-c", rig->conf, "--preset=thumb", "keyed",
                          id, NULL};
    const struct process_options o = {.argv = argv};

    cr_assert_eq(process_run(&o, out, 20000), 0);
    buffer_truncate(out, strcspn(out->data, "\n"));
}

Test(versions_json, urls_are_signed_where_the_source_is)
{
    struct buffer made = {0};
    static struct rig rig;
    json_t *root;

    open_rig(&rig, RIG_LIGHTTPD);
    make_url(&rig, "\xc3\xa9 1", &made);
    cr_assert_eq(rig_get(&rig, "%s", made.data), 200, "%s", made.data);
    post(&rig, "{\"source\":\"keyed\",\"ids\":[\"\\u00e9 1\"]}");
    root = document(&rig);
    cr_assert_not_null(url(root, "\xc3\xa9 1", "thumb"));
    cr_expect_not_null(strstr(url(root, "\xc3\xa9 1", "thumb"), "?sig="));
    cr_expect_eq(rig_get(&rig, "%s", url(root, "\xc3\xa9 1", "thumb")), 200);
    json_decref(root);
    buffer_free(&made);
    rig_close(&rig);
}

/* ---- who may, and bad requests ---- */

Test(versions_json, are_for_who_has_the_token)
{
    static const char *const wrong[] = {
        "Authorization: Bearer " TOKEN "x",
        "Authorization: Basic eDowMTIzNDU2Nzg5YWJjZGVmLXRva2Vu", /* as a password */
        "X-Nothing: 1",
    };
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *fields[] = {wrong[i], JSON, NULL};

        /* The address would be enough for looking at the status. */
        cr_expect_eq(rig_send(&rig, "POST", "/_visage/versions", fields,
                              "{\"source\":\"users\",\"ids\":[]}"), 401, "%s", wrong[i]);
    }
    cr_expect_eq(rig_ask(&rig, "GET", "/_visage/versions", (const char *const[]){BEARER, NULL}),
                 405);
    cr_expect_str_eq(answer_field(&rig.answer, "Allow"), "POST");
    cr_expect_eq(rig_send(&rig, "PUT", "/_visage/versions",
                          (const char *const[]){BEARER, JSON, NULL}, "{}"), 405);
    cr_expect_eq(rig_logged(&rig, TOKEN), 0u);
    rig_close(&rig);
}

Test(versions_json, bad_requests_are_refused_as_a_whole)
{
    static const struct {
        const char *body;
        int status;
    } rows[] = {
        {"", 400},
        {"{", 400},
        {"null", 400},
        {"{\"source\":\"users\"}", 400},
        {"{\"source\":\"users\",\"ids\":[\"1\",2]}", 400},
        {"{\"source\":\"users\",\"ids\":[\"1\\u0000\"]}", 400},
        {"{\"source\":\"users\",\"ids\":[[[[[[[[[[[[[[[[[[]]", 400},
        {"{\"source\":\"nobody\",\"ids\":[\"1\"]}", 404},
        {"{\"source\":\"web\",\"ids\":[\"http://a.example/\"]}", 404},
        {"{\"source\":\"users\",\"ids\":[]}", 200},
    };
    static const char *const other[] = {BEARER, "Content-Type: text/plain", NULL};
    static const char *const plus[] = {BEARER, "Content-Type: application/x+json;a=b", NULL};
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        post(&rig, rows[i].body);
        if (rows[i].status == 200)
            cr_expect_eq(rig.answer.status, 200);
        else
            expect_problem(&rig, rows[i].status, rows[i].body);
    }
    rig_send(&rig, "POST", "/_visage/versions", other, "{\"source\":\"users\",\"ids\":[]}");
    expect_problem(&rig, 415, "text/plain");
    cr_expect_eq(rig_send(&rig, "POST", "/_visage/versions", plus,
                          "{\"source\":\"users\",\"ids\":[]}"), 200);
    rig_close(&rig);
}

/* So many ids, each so long. */
static void make(struct buffer *out, unsigned count, unsigned length)
{
    buffer_clear(out);
    cr_assert_eq(buffer_puts(out, "{\"source\":\"users\",\"ids\":["), 0);
    for (unsigned i = 0; i < count; i++)
        cr_assert_eq(buffer_printf(out, "%s\"%0*u\"", i ? "," : "", (int)length, i), 0);
    cr_assert_eq(buffer_puts(out, "]}"), 0);
}

Test(versions_json, have_bounds)
{
    struct buffer body = {0};
    static struct rig rig;
    char known[17];
    json_t *root;

    open_rig(&rig, RIG_LIGHTTPD);
    upload(&rig, "00000000000000000000000000000000000077", 5, known);
    make(&body, 1000, 38);
    post(&rig, body.data);
    root = document(&rig);
    cr_expect_eq(json_object_size(json_object_get(root, "versions")), 1000u);
    cr_expect_str_eq(version(root, "00000000000000000000000000000000000077"), known);
    json_decref(root);
    make(&body, 1001, 38);
    post(&rig, body.data);
    expect_problem(&rig, 400, "more ids");
    make(&body, 1, 2049);
    post(&rig, body.data);
    expect_problem(&rig, 400, "a longer id");
    make(&body, 1000, 300);
    post(&rig, body.data);
    expect_problem(&rig, 413, "a larger body");
    buffer_free(&body);
    rig_close(&rig);
}

/* SPDX-License-Identifier: MIT
 *
 * POST /_visage/versions: which version many pictures have, in one answer.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "origin/pictures.h"
#include "rig/rig.h"
#include "rig/scripted.h"
#include "rig/unattended.h"
#include "rig/workers.h"

RIG_SUITE(versions_json);

#define TOKEN "0123456789abcdef-token"
#define BEARER "Authorization: Bearer " TOKEN
#define JSON "Content-Type: application/json"
#define AWAIT_MS 20000
#define ADMIN(more)                                                                                \
    "admin { addresses = {\"127.0.0.1\"} token_file = \"@DIR@/secret\" " more " }\n"
#define SOURCES                                                                                    \
    "source users { type = store writers = {api-key} api_key_file = \"@DIR@/secret\"\n"            \
    "               id_pattern = \"[0-9]+\" }\n"                                                   \
    "rest up { path = \"/up/{id}\" source = users methods = {PUT, DELETE} }\n"                     \
    "source keyed { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.0/8\"}\n"              \
    "               id_pattern = \".+\" sign = required sign_key_file = \"@DIR@/secret\" }\n"      \
    "source fleeting { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.0/8\"} ttl = 1s }\n" \
    "source web { type = web hosts = {\"*\"} }\n"
#define SECTIONS ADMIN("") SOURCES

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

/* Polls, and asks for nothing else, until `id` has another version than `old` (NULL: until it has
 * one). */
static void await_other(struct rig *rig, const char *body, const char *id, const char *old,
                        char out[17])
{
    for (int64_t until_ms = clock_boot_ms() + AWAIT_MS;; clock_sleep_ms(20)) {
        json_t *root;
        bool done;

        cr_assert_lt(clock_boot_ms(), until_ms, "nothing new of %s: %s", id, rig->answer.body.data);
        post(rig, body);
        root = document(rig);
        done = version(root, id) && (!old || strcmp(version(root, id), old) != 0);
        if (done)
            snprintf(out, 17, "%s", version(root, id));
        json_decref(root);
        if (done)
            return;
    }
}

static void set_picture(const struct rig *rig, const char *name, unsigned seed)
{
    unsigned char *bytes;
    size_t length;

    cr_assert_eq(picture_make_jpeg(64, 48, seed, &bytes, &length), 0);
    cr_assert_eq(origin_add_picture(rig->origin, name, bytes, length, "image/jpeg"), 0);
    free(bytes);
}

/* The keeper learns it behind the answer. */
Test(versions_json, who_polls_gets_to_know_what_nobody_has_asked_for)
{
    static const char body[] = "{\"source\":\"fleeting\",\"ids\":[\"anna\",\"anna\"]}";
    static struct rig rig;
    char first[17];
    json_t *root;

    open_rig(&rig, RIG_LIGHTTPD);
    set_picture(&rig, "anna", 21);
    post(&rig, body);
    root = document(&rig);
    cr_expect(json_is_null(picture(root, "anna")), "it is not waited for");
    json_decref(root);
    await_other(&rig, body, "anna", NULL, first);
    rig_close(&rig);
}

Test(versions_json, who_polls_gets_to_know_what_has_been_replaced)
{
    static const char body[] = "{\"source\":\"fleeting\",\"ids\":[\"anna\",\"otto\"]}";
    static struct rig rig;
    char first[17], second[17], other[17];

    open_rig(&rig, RIG_LIGHTTPD);
    set_picture(&rig, "anna", 21);
    set_picture(&rig, "otto", 23);
    await_other(&rig, body, "anna", NULL, first);
    await_other(&rig, body, "otto", NULL, other);
    cr_assert_str_neq(first, other);
    set_picture(&rig, "anna", 22);
    await_other(&rig, body, "anna", first, second);
    cr_expect_eq(rig_get(&rig, "/v/%s/thumb/fleeting/anna.webp", second), 200, "%d",
                 rig.answer.status);
    rig_close(&rig);
}

/* What has expired is answered still while it is looked after; what is fresh is left alone. */
Test(versions_json, what_is_known_is_answered_however_old)
{
    static const char body[] = "{\"source\":\"o\",\"ids\":[\"ok/a\"]}";
    static struct rig rig;
    char known[17];
    json_t *root;

    open_rig(&rig, RIG_LIGHTTPD);
    cr_assert_eq(rig_get(&rig, "/thumb/o/ok/a.jpg"), 200);
    await_other(&rig, body, "ok/a", NULL, known);
    cr_expect_eq(workers_counted(rig.state, COUNT_REFRESHES), 0u);
    workers_stop_keepers(rig.state, AWAIT_MS);
    scripted_pass(&rig, INT64_C(400) * 86400);
    post(&rig, body);
    root = document(&rig);
    cr_expect_str_eq(version(root, "ok/a"), known);
    json_decref(root);
    /* The one that was stopped has perhaps just been started; who is served next looks after that. */
    for (int64_t until_ms = clock_boot_ms() + AWAIT_MS; origin_count(rig.origin, "/ok/a") < 2;
         clock_sleep_ms(50)) {
        cr_assert_lt(clock_boot_ms(), until_ms);
        cr_expect_eq(rig_get(&rig, "/thumb/o/ok/b.jpg"), 200);
    }
    rig_close(&rig);
}

/* An origin that has no such picture is asked once, for as long as that is remembered. */
Test(versions_json, what_is_known_not_to_be_there_is_not_asked_for_again)
{
    static const char body[] = "{\"source\":\"o\",\"ids\":[\"status/404/x\"]}";
    int64_t until_ms;
    struct unattended unattended;
    static struct rig rig;
    json_t *root;

    open_rig(&rig, RIG_LIGHTTPD);
    post(&rig, body);
    until_ms = clock_boot_ms() + AWAIT_MS;
    while (workers_counted(rig.state, COUNT_NOT_FOUND) == 0) {
        cr_assert_lt(clock_boot_ms(), until_ms);
        clock_sleep_ms(5);
    }
    unattended_begin(&unattended, &rig);
    post(&rig, body);
    root = document(&rig);
    cr_expect(json_is_null(picture(root, "status/404/x")));
    json_decref(root);
    cr_expect_eq(unattended_count(&rig), 0u, "there is nothing to be done");
    cr_expect_eq(origin_count(rig.origin, "/status/404/x"), 1u);
    post(&rig, "{\"source\":\"o\",\"ids\":[\"status/404/y\"]}");
    cr_expect_eq(unattended_count(&rig), 1u, "of another one there would be");
    unattended_end(&unattended);
    rig_close(&rig);
}

Test(versions_json, of_what_is_in_the_cache_and_nothing_is_waited_for)
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

/* ---- what the caller has already ---- */

static void expect_differences(struct rig *rig, const char *members, size_t count)
{
    char body[500];
    json_t *root;

    snprintf(body, sizeof body, "{\"source\":\"users\",\"ids\":{%s}}", members);
    post(rig, body);
    root = document(rig);
    cr_expect_eq(json_object_size(json_object_get(root, "versions")), count, "%s: %s", members,
                 rig->answer.body.data);
    json_decref(root);
}

Test(versions_json, only_differences_are_answered_to_who_says_what_he_has)
{
    static const char none[] = "0000000000000000";
    char first[17], other[17], members[200], body[500];
    static struct rig rig;
    json_t *root;

    open_rig(&rig, RIG_LIGHTTPD);
    upload(&rig, "1", 11, first);
    upload(&rig, "3", 13, other);
    snprintf(members, sizeof members, "\"1\":\"%s\",\"2\":null,\"3\":\"%s\"", first, other);
    expect_differences(&rig, members, 0);
    cr_expect_str_eq(rig.answer.body.data, "{\"source\":\"users\",\"versions\":{}}\n");
    expect_differences(&rig, "", 0);

    snprintf(body, sizeof body,
             "{\"source\":\"users\",\"ids\":{\"1\":\"%s\",\"2\":\"%s\",\"3\":null,\"4\":null}}",
             none, none);
    post(&rig, body);
    root = document(&rig);
    cr_expect_eq(json_object_size(json_object_get(root, "versions")), 3u);
    cr_expect_str_eq(version(root, "1"), first, "another one");
    cr_expect(json_is_null(picture(root, "2")) && picture(root, "2"), "it is gone");
    cr_expect_str_eq(version(root, "3"), other, "a new one");
    cr_expect_not_null(url(root, "3", "thumb"));
    json_decref(root);
    rig_close(&rig);
}

/* A poller must not take a picture off its page because the cache has lost it. */
Test(versions_json, what_is_gone_is_told_from_what_is_not_known)
{
    static const char gone[] =
        "{\"source\":\"o\",\"ids\":{\"status/404/x\":\"0000000000000000\"}}";
    int64_t until_ms;
    static struct rig rig;
    char known[17], body[200];

    open_rig(&rig, RIG_LIGHTTPD);
    await_other(&rig, "{\"source\":\"o\",\"ids\":[\"ok/a\"]}", "ok/a", NULL, known);
    rig_send(&rig, "POST", "/_visage/purge", (const char *const[]){BEARER, NULL},
             "subject=o/ok/a");
    cr_assert_eq(rig.answer.status, 200);
    snprintf(body, sizeof body, "{\"source\":\"o\",\"ids\":{\"ok/a\":\"%s\"}}", known);
    post(&rig, body);
    cr_expect_str_eq(rig.answer.body.data, "{\"source\":\"o\",\"versions\":{}}\n");

    until_ms = clock_boot_ms() + AWAIT_MS;
    do {
        cr_assert_lt(clock_boot_ms(), until_ms, "%s", rig.answer.body.data);
        clock_sleep_ms(5);
        post(&rig, gone);
    } while (strcmp(rig.answer.body.data,
                    "{\"source\":\"o\",\"versions\":{\"status/404/x\":null}}\n") != 0);
    workers_stop_keepers(rig.state, AWAIT_MS);
    scripted_pass(&rig, 3600);
    post(&rig, gone);
    cr_expect_str_eq(rig.answer.body.data,
                     "{\"source\":\"o\",\"versions\":{\"status/404/x\":null}}\n", "later, too");
    rig_close(&rig);
}

/* ---- open to all ---- */

#define OPEN                                                                                       \
    ADMIN("open_versions = yes") SOURCES                                                           \
    "source maybe { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.0/8\"}\n"               \
    "               sign = optional sign_key_file = \"@DIR@/secret\" }\n"
#define ORIGIN_FIELD "Access-Control-Allow-Origin"

static void open_to_all(struct rig *rig, enum rig_kind kind, const char *top)
{
    rig_open(rig, &(struct rig_options){.kind = kind, .workers = 2, .secret = TOKEN "\n",
                                        .top = top, .more = OPEN});
}

/* As a page of another site does it, after having asked whether it may. */
static int poll(struct rig *rig, const char *body)
{
    static const char *const fields[] = {JSON, "Origin: https://www.example.org", NULL};

    return rig_send(rig, "POST", "/_visage/versions", fields, body);
}

static int ask_whether(struct rig *rig)
{
    static const char *const fields[] = {"Origin: https://www.example.org",
                                         "Access-Control-Request-Method: POST",
                                         "Access-Control-Request-Headers: content-type", NULL};

    return rig_ask(rig, "OPTIONS", "/_visage/versions", fields);
}

static void run_open(enum rig_kind kind)
{
    static struct rig rig;
    char first[17];
    json_t *root;

    open_to_all(&rig, kind, NULL);
    upload(&rig, "1", 11, first);
    cr_expect_eq(ask_whether(&rig), 204, "%d", rig.answer.status);
    cr_expect_str_eq(answer_field(&rig.answer, ORIGIN_FIELD), "*");
    cr_expect_str_eq(answer_field(&rig.answer, "Access-Control-Allow-Methods"), "POST");
    cr_expect_str_eq(answer_field(&rig.answer, "Access-Control-Allow-Headers"), "Content-Type");
    cr_expect_str_eq(answer_field(&rig.answer, "Access-Control-Max-Age"), "86400");
    cr_expect_eq(rig.answer.body.length, 0u);

    cr_assert_eq(poll(&rig, "{\"source\":\"users\",\"ids\":[\"1\"]}"), 200, "%d: %s",
                 rig.answer.status, rig.answer.body.data);
    cr_expect_str_eq(answer_field(&rig.answer, ORIGIN_FIELD), "*");
    cr_expect_eq(answer_fields(&rig.answer, ORIGIN_FIELD), 1u);
    root = document(&rig);
    cr_expect_str_eq(version(root, "1"), first);
    json_decref(root);
    rig_close(&rig);
}

Test(versions_json, can_be_open_to_pages_behind_lighttpd)
{
    run_open(RIG_LIGHTTPD);
}

Test(versions_json, can_be_open_to_pages_behind_nginx)
{
    run_open(RIG_NGINX);
}

Test(versions_json, can_be_open_to_pages_behind_apache)
{
    run_open(RIG_APACHE);
}

Test(versions_json, can_be_open_to_pages_behind_apache_with_htaccess)
{
    run_open(RIG_APACHE_HTACCESS);
}

Test(versions_json, what_wants_signatures_stays_closed)
{
    static const char keyed[] = "{\"source\":\"keyed\",\"ids\":[\"a\"]}";
    static const char maybe[] = "{\"source\":\"maybe\",\"ids\":[\"a\"]}";
    static const char *const wrong[] = {JSON, "Authorization: Bearer " TOKEN "x", NULL};
    static struct rig rig;
    char known[17];
    json_t *root;

    open_to_all(&rig, RIG_LIGHTTPD, "allow_origin = \"https://www.example.org\"");
    poll(&rig, keyed);
    expect_problem(&rig, 401, "signed, and no token");
    cr_expect_str_eq(answer_field(&rig.answer, ORIGIN_FIELD), "https://www.example.org");
    cr_expect_eq(answer_fields(&rig.answer, "WWW-Authenticate"), 2u);
    rig_send(&rig, "POST", "/_visage/versions", wrong, keyed);
    expect_problem(&rig, 401, "signed, and a wrong token");
    cr_expect_eq(origin_total(rig.origin), 0u);
    cr_expect_eq(post(&rig, keyed), 200);

    /* Where signatures may be, those without the token get none. */
    await_other(&rig, maybe, "a", NULL, known);
    cr_expect_eq(post(&rig, maybe), 200);
    cr_expect_not_null(strstr(rig.answer.body.data, "?sig="));
    cr_expect_eq(poll(&rig, maybe), 200);
    root = document(&rig);
    cr_expect_str_eq(version(root, "a"), known);
    cr_expect_null(strstr(rig.answer.body.data, "sig="));
    cr_expect_eq(rig_get(&rig, "%s", url(root, "a", "thumb")), 200);
    json_decref(root);

    poll(&rig, "{");
    expect_problem(&rig, 400, "no JSON");
    cr_expect_str_eq(answer_field(&rig.answer, ORIGIN_FIELD), "https://www.example.org");
    rig_ask(&rig, "GET", "/_visage/versions", NULL);
    expect_problem(&rig, 405, "GET");
    cr_expect_str_eq(answer_field(&rig.answer, "Allow"), "POST, OPTIONS");
    cr_expect_eq(rig_send(&rig, "POST", "/_visage/purge", NULL, "all=1"), 401);
    rig_close(&rig);
}

Test(versions_json, open_ones_need_no_token_to_be_configured)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD, .workers = 1, .secret = TOKEN "\n",
                       .top = "allow_origin = \"\"",
                       .more = "admin { open_versions = yes }\n" SOURCES});
    cr_expect_eq(poll(&rig, "{\"source\":\"o\",\"ids\":[]}"), 200, "%d", rig.answer.status);
    cr_expect_null(answer_field(&rig.answer, ORIGIN_FIELD));
    poll(&rig, "{\"source\":\"keyed\",\"ids\":[]}");
    expect_problem(&rig, 404, "nobody has a token");
    cr_expect_eq(ask_whether(&rig), 204);
    cr_expect_null(answer_field(&rig.answer, ORIGIN_FIELD));
    rig_close(&rig);
}

Test(versions_json, are_closed_unless_it_is_said)
{
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD);
    poll(&rig, "{\"source\":\"users\",\"ids\":[]}");
    expect_problem(&rig, 401, "no token");
    cr_expect_null(answer_field(&rig.answer, ORIGIN_FIELD));
    ask_whether(&rig);
    expect_problem(&rig, 401, "a preflight");
    cr_expect_null(answer_field(&rig.answer, "Access-Control-Allow-Methods"));
    post(&rig, "{\"source\":\"users\",\"ids\":[]}");
    cr_expect_null(answer_field(&rig.answer, ORIGIN_FIELD));
    rig_close(&rig);
}

/* What the keeper fetches for it counts as if it had been asked for. */
Test(versions_json, who_has_no_token_pays_for_what_is_fetched)
{
    struct buffer body = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD, .workers = 1, .secret = TOKEN "\n",
                       .more = "limit { rate = 1 burst = 50 miss_cost = 10 }\n" OPEN});
    cr_assert_eq(buffer_puts(&body, "{\"source\":\"o\",\"ids\":[\"ok/0\""), 0);
    for (unsigned i = 1; i < 40; i++)
        cr_assert_eq(buffer_printf(&body, ",\"ok/%u\"", i), 0);
    cr_assert_eq(buffer_puts(&body, "]}"), 0);
    cr_expect_eq(poll(&rig, body.data), 200);
    cr_expect(origin_await(rig.origin, "/ok/4", 1, AWAIT_MS), "five of them are paid for");
    client_from(rig.client, "127.0.0.2");
    cr_expect_eq(post(&rig, body.data), 200);
    for (unsigned i = 0; i < 40; i++) {
        char path[32];

        snprintf(path, sizeof path, "/ok/%u", i);
        cr_expect(origin_await(rig.origin, path, 1, AWAIT_MS), "%s: the token pays", path);
    }
    buffer_free(&body);
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
        rig_send(&rig, "POST", "/_visage/versions", fields, "{\"source\":\"users\",\"ids\":[]}");
        expect_problem(&rig, 401, wrong[i]);
    }
    rig_ask(&rig, "GET", "/_visage/versions", (const char *const[]){BEARER, NULL});
    expect_problem(&rig, 405, "GET");
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
        {"{\"source\":\"users\",\"ids\":{}}", 200},
        {"{\"source\":\"users\",\"ids\":{\"1\":\"x\"}}", 400},
        {"{\"source\":\"users\",\"ids\":{\"1\":null,\"1\":null}}", 400},
    };
    static const char *const other[] = {BEARER, "Content-Type: text/plain", NULL};
    static const char *const coded[] = {BEARER, JSON, "Content-Encoding: gzip", NULL};
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
    cr_expect_null(answer_field(&rig.answer, "Accept-Encoding"));
    rig_send(&rig, "POST", "/_visage/versions", coded, "{\"source\":\"users\",\"ids\":[]}");
    expect_problem(&rig, 415, "gzip");
    cr_expect_str_eq(answer_field(&rig.answer, "Accept-Encoding"), "identity");
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
    make(&body, 1000, 512);
    cr_expect_eq(post(&rig, body.data), 200, "%d", rig.answer.status);
    make(&body, 1000, 1100);
    post(&rig, body.data);
    expect_problem(&rig, 413, "a larger body");
    buffer_free(&body);
    rig_close(&rig);
}

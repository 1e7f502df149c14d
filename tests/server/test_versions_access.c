/* SPDX-License-Identifier: MIT
 *
 * POST /_visage/versions: who may, with a token or without, and what is refused.
 */
#include "versions_fixture.h"

RIG_SUITE(versions_access);

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

Test(versions_access, can_be_open_to_pages_behind_lighttpd)
{
    run_open(RIG_LIGHTTPD);
}

Test(versions_access, can_be_open_to_pages_behind_nginx)
{
    run_open(RIG_NGINX);
}

Test(versions_access, can_be_open_to_pages_behind_apache)
{
    run_open(RIG_APACHE);
}

Test(versions_access, can_be_open_to_pages_behind_apache_with_htaccess)
{
    run_open(RIG_APACHE_HTACCESS);
}

Test(versions_access, what_wants_signatures_stays_closed)
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

Test(versions_access, open_ones_need_no_token_to_be_configured)
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

Test(versions_access, are_closed_unless_it_is_said)
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
Test(versions_access, who_has_no_token_pays_for_what_is_fetched)
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

Test(versions_access, are_for_who_has_the_token)
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

Test(versions_access, bad_requests_are_refused_as_a_whole)
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

Test(versions_access, have_bounds)
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

/* SPDX-License-Identifier: MIT
 *
 * POST /_visage/rewrite: nothing by halves. A bad document is refused as a whole, and so is whoever has
 * no token.
 */
#include "rewrite_fixture.h"

RIG_SUITE(rewrite_refused);

Test(rewrite_refused, nothing_is_fetched_for_a_bad_document)
{
    static const char *const rows[] = {
        "",
        "{\"avatarUrl\":\"@/ok/a?size=2\"",
        "{\"avatarUrl\":\"@/ok/a?size=2\"}x",
        "{\"avatarUrl\":\"@/ok/a?size=2\"}\n{}",
        "{\"avatarUrl\":\"@/ok/a?size=2\",}",
        "{\"avatarUrl\":\"@/ok/a?size=2\",\"x\":01}",
        "{\"avatarUrl\":\"@/ok/a?size=2\",\"x\":\"\xff\"}",
        "{\"avatarUrl\":\"@/ok/a?size=2\",\"x\":\"\t\"}",
        "{\"avatarUrl\":\"@/ok/a?size=2\",\"x\":nul}",
        "{\"avatarUrl\":\"@/ok/a?size=2\"]",
        "\xef\xbb\xbf{\"avatarUrl\":\"@/ok/a?size=2\"}",
        "avatarUrl=@/ok/a?size=2",
        "<x avatarUrl=\"@/ok/a?size=2\"/>",
    };
    static struct rig rig;
    struct workers keepers;
    uint64_t errors;

    open_rig(&rig, RIG_LIGHTTPD, USUAL);
    errors = workers_counted(rig.state, COUNT_ERRORS);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        post(&rig, at_origin(&rig, rows[i]));
        expect_problem(&rig, 400, rows[i]);
    }
    workers_find_keepers(rig.state, &keepers);
    cr_expect_eq(keepers.count, 0u, "a keeper was started");
    cr_expect_eq(workers_counted(rig.state, COUNT_ERRORS), errors + sizeof rows / sizeof *rows);

    /* The next one is answered as if nothing had been. */
    cr_expect_eq(post(&rig, at_origin(&rig, "{\"avatarUrl\":\"@/ok/b?size=2\"}")), 200);
    cr_expect(origin_await(rig.origin, "/ok/b", 1, AWAIT_MS));
    cr_expect_eq(origin_count(rig.origin, "/ok/a"), 0u);
    rig_close(&rig);
}

Test(rewrite_refused, a_refusal_tells_where)
{
    static const struct {
        const char *json, *place;
    } rows[] = {
        {"", "the document is not JSON, at byte 0\""},
        {"{\"x\":01}", "the document is not JSON, at byte 6\""},
        {"{} x", "the document is not JSON, at byte 3\""},
        {"[[[", "the document is not JSON, at byte 3\""},
    };
    static struct rig rig;
    struct buffer deep = {0};

    open_rig(&rig, RIG_LIGHTTPD, USUAL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        post(&rig, rows[i].json);
        expect_problem(&rig, 400, rows[i].json);
        cr_expect_not_null(strstr(rig.answer.body.data, rows[i].place), "%s: %s", rows[i].json,
                           rig.answer.body.data);
    }
    for (int i = 0; i < 65; i++)
        text_add(&deep, "[");
    post(&rig, deep.data);
    cr_expect_not_null(strstr(rig.answer.body.data, "nested too deeply, at byte 64\""), "%s",
                       rig.answer.body.data);
    buffer_free(&deep);
    rig_close(&rig);
}

static void nest(const struct rig *rig, unsigned depth, struct buffer *out)
{
    buffer_clear(out);
    text_add(out, "%s", at_origin(rig, "{\"avatarUrl\":\"@/ok/a?size=2\",\"x\":"));
    for (unsigned i = 1; i < depth; i++)
        text_add(out, "[");
    for (unsigned i = 1; i < depth; i++)
        text_add(out, "]");
    text_add(out, "}");
}

Test(rewrite_refused, documents_have_bounds)
{
    struct buffer json = {0}, wanted = {0};
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD, ADMIN SOURCE("off") REWRITE("max_bytes = \"1M\""));
    nest(&rig, 64, &json);
    cr_expect_eq(post(&rig, json.data), 200);
    nest(&rig, 65, &json);
    post(&rig, json.data);
    expect_problem(&rig, 400, "65 levels");
    cr_expect_not_null(strstr(rig.answer.body.data, "nested"));
    nest(&rig, 200000, &json);
    post(&rig, json.data);
    expect_problem(&rig, 400, "200,000 levels");

    buffer_clear(&json);
    while (json.length < (1u << 20) - 100)
        text_add(&json, "%s%s", json.length ? "," : "[",
                 at_origin(&rig, "{\"imageUrl\":\"@/ok/a?size=2\",\"n\":[1,2,3]}"));
    text_add(&json, "]");
    text_add(&wanted, "%s", json.data);
    text_replace(&wanted, at_origin(&rig, "@/ok/a?size=2"), "/thumb/azure/a");
    cr_expect_eq(post(&rig, json.data), 200, "%d", rig.answer.status);
    cr_expect(rig.answer.body.length == wanted.length &&
              memcmp(rig.answer.body.data, wanted.data, wanted.length) == 0);

    while (json.length <= 1u << 20)
        text_add(&json, "          ");
    buffer_truncate(&json, 1u << 20);
    cr_expect_eq(post(&rig, json.data), 200, "%d", rig.answer.status);
    text_add(&json, " ");
    post(&rig, json.data);
    expect_problem(&rig, 413, "one byte too many");
    rig_send(&rig, "POST", "/_visage/rewrite",
             (const char *const[]){BEARER, JSON, "Transfer-Encoding: chunked", NULL}, json.data);
    expect_problem(&rig, 413, "the same in chunks");
    buffer_free(&wanted);
    buffer_free(&json);
    rig_close(&rig);
}

Test(rewrite_refused, is_for_who_has_the_token)
{
    static const char *const wrong[] = {
        "X-Nothing: 1", /* from an address that may look at the status */
        "Authorization: Bearer " TOKEN "x",
        "Authorization: Basic eDowMTIzNDU2Nzg5YWJjZGVmLXRva2Vu", /* as a password */
    };
    static const char *const other[] = {BEARER, "Content-Type: application/x-www-form-urlencoded",
                                        NULL};
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD, USUAL);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *fields[] = {wrong[i], JSON, NULL};

        rig_send(&rig, "POST", "/_visage/rewrite", fields, "{}");
        expect_problem(&rig, 401, wrong[i]);
        cr_expect_eq(answer_fields(&rig.answer, "WWW-Authenticate"), 2u);
    }
    rig_ask(&rig, "GET", "/_visage/rewrite", (const char *const[]){BEARER, NULL});
    expect_problem(&rig, 405, "GET");
    cr_expect_str_eq(answer_field(&rig.answer, "Allow"), "POST");
    rig_send(&rig, "POST", "/_visage/rewrite", other, "{}");
    expect_problem(&rig, 415, "a form");
    rig_close(&rig);
}

Test(rewrite_refused, is_not_there_unless_it_is_configured)
{
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD, ADMIN SOURCE("off"));
    post(&rig, "{}");
    expect_problem(&rig, 404, "no section rewrite");
    rig_close(&rig);
}

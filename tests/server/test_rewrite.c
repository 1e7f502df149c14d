/* SPDX-License-Identifier: MIT
 *
 * POST /_visage/rewrite: URLs of pictures in JSON become local ones, all else stays byte for
 * byte, and the keeper has the pictures ready.
 */
#include "rewrite_fixture.h"

#include <stdlib.h>
#include <time.h>

#include "rig/unattended.h"

RIG_SUITE(rewrite);

/* ---- what it is for ---- */

static void run_behind(enum rig_kind kind)
{
    static const char *const chunked[] = {BEARER, JSON, "Transfer-Encoding: chunked", NULL};
    size_t largest = kind == RIG_APACHE_HTACCESS ? LARGEST_SHARED : LARGEST;
    struct buffer large = {0};
    static struct rig rig;
    char url[2000], before[100];
    const char *json;

    open_rig(&rig, kind, USUAL);
    json = at_origin(&rig, " {\"name\" : \"Anna\",\"avatarUrl\":\"@/ok/aad.NjY2?size=2\","
                           "\"n\":1.0}\n");
    cr_assert_eq(post(&rig, json), 200, "%d: %s", rig.answer.status, rig.answer.body.data);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "application/json");
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store");
    snprintf(url, sizeof url, "%s", value(&rig, "avatarUrl"));
    snprintf(before, sizeof before, "%s/thumb/azure/aad.NjY2?sig=", rig.prefix);
    cr_expect_eq(strncmp(url, before, strlen(before)), 0, "%s", url);

    cr_expect(await_hit(&rig, url), "it is not warm: %s",
              answer_field(&rig.answer, "Cache-Status"));
    cr_expect_eq(origin_count(rig.origin, "/ok/aad.NjY2"), 1u);

    cr_expect_eq(rig_send(&rig, "POST", "/_visage/rewrite", chunked, json), 200, "%d",
                 rig.answer.status);
    cr_expect_str_eq(value(&rig, "avatarUrl"), url, "it is the same each time");

    /* As large as it may be. */
    text_add(&large, "%s", json);
    while (large.length < largest)
        text_add(&large, "%4096s", "");
    buffer_truncate(&large, largest);
    cr_expect_eq(post(&rig, large.data), 200, "%d", rig.answer.status);
    cr_expect_str_eq(value(&rig, "avatarUrl"), url);
    buffer_free(&large);
    rig_close(&rig);
}

Test(rewrite, behind_lighttpd)
{
    run_behind(RIG_LIGHTTPD);
}

Test(rewrite, behind_nginx)
{
    run_behind(RIG_NGINX);
}

Test(rewrite, behind_apache)
{
    run_behind(RIG_APACHE);
}

Test(rewrite, behind_apache_with_htaccess_and_a_prefix)
{
    run_behind(RIG_APACHE_HTACCESS);
}

/* The rows' URLs become "/thumb/azure/a"; what stands around them stays. */
Test(rewrite, all_else_stays_byte_for_byte)
{
    static const char *const rows[] = {
        "{\"avatarUrl\":\"#\"}",
        "{\"imageUrl\":\"#\",\"avatarUrl\":\"#\",\"imageUrl\":\"#\"}",
        "  {\r\n\t\"avatarUrl\" \t:\n \"#\" }  \n\n",
        "[{\"avatarUrl\":\"#\"},{\"x\":[{\"avatarUrl\":[\"#\",\"x\",[\"#\"],"
        "{\"y\":\"@/ok/a?size=2\"}]}]}]",
        "{\"avatar\\u0055rl\":\"#\",\"esc\":\"\\u00e9\\/\\ud83d\\ude00\xc3\xa9\"}",
        "{\"url\":\"@/ok/a?size=2\",\"AvatarUrl\":\"@/ok/a?size=2\",\"avatarUrl\":\"#\"}",
        "{\"avatarUrl\":null,\"imageUrl\":[1,-0.0,1E+2,true,false,\"\"],\"z\":{\"avatarUrl\":{}}}",
        "{\"avatarUrl\":\"@/ok/a?size=3\",\"imageUrl\":\"@/ok/a?\"}",
        "{\"avatarUrl\":\"@/ok/a&size=2\",\"imageUrl\":\"@/else/a?size=2\"}",
        "{\"avatarUrl\":\" @/ok/a?size=2\",\"imageUrl\":\"HTTP://127.0.0.1/ok/a?size=2\"}",
        "{\"avatarUrl\":\"@/ok/../a?size=2\",\"imageUrl\":\"@/ok/a%2Fb?size=2\"}",
        "{\"avatarUrl\":\"@/ok/a b?size=2\",\"imageUrl\":\"@/ok/a%20b?size=2\"}",
        "{\"avatarUrl\":\"@/ok/a\\u0000?size=2\",\"imageUrl\":\"\\ud800@/ok/a?size=2\"}",
        "{\"avatarUrl\":\"@/ok/?size=2\",\"@/ok/a?size=2\":\"x\"}",
        "\"@/ok/a?size=2\"",
        "[]", "{}", "12", "null",
    };
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD, ADMIN SOURCE("off") REWRITE(""));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer sent = {0}, wanted = {0};

        text_add(&sent, "%s", rows[i]);
        text_add(&wanted, "%s", rows[i]);
        text_replace(&sent, "#", "@/ok/a?size=2");
        text_replace(&sent, "@", at_origin(&rig, "@"));
        text_replace(&wanted, "#", "/thumb/azure/a");
        text_replace(&wanted, "@", at_origin(&rig, "@"));
        cr_expect_eq(post(&rig, sent.data), 200, "%s: %d", rows[i], rig.answer.status);
        cr_expect_eq(rig.answer.body.length, wanted.length, "%s", rig.answer.body.data);
        cr_expect_str_eq(rig.answer.body.data, wanted.data);
        buffer_free(&wanted);
        buffer_free(&sent);
    }
    rig_close(&rig);
}

/* ---- Azure DevOps ---- */

#define API "/ok/contoso/_apis/"
#define AVATARS API "GraphProfile/MemberAvatars/"
#define MEMBER(id, more)                                                                           \
    "{\"subjectKind\":\"user\",\"descriptor\":\"" id "\",\"displayName\":\"Example User\","         \
    "\"url\":\"@" API "Graph/Users/" id "\",\"_links\":{"                                           \
    "\"self\":{\"href\":\"@" API "Graph/Users/" id "\"},"                                           \
    "\"avatar\":{\"href\":\"@" AVATARS id more "\"}},\"imageUrl\":\"@" AVATARS id more "\"}"

/* Their documents name pictures without the query that the source fetches them with. */
Test(rewrite, azure_devops_members)
{
    static const char document[] = "{\"count\":2,\"value\":[" MEMBER("aad.MDAx", "") ","
                                   MEMBER("msa.MDAy", "?size=2") "," MEMBER("aad.MDAz", "?size=0")
                                   "]}";
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD,
             ADMIN "source azure { url = \"@ORIGIN@" AVATARS "{id}?size=2\" ttl = \"1h\"\n"
                   "               allow_addresses = {\"127.0.0.0/8\"} }\n"
                   "rewrite { fields = {\"imageUrl\", \"href\"} match = \"@ORIGIN@" AVATARS "\"\n"
                   "          source = azure preset = thumb }\n");
    cr_assert_eq(post(&rig, at_origin(&rig, document)), 200, "%s", rig.answer.body.data);
    cr_expect_str_eq(value(&rig, "imageUrl"), "/thumb/azure/aad.MDAx");
    cr_expect_not_null(strstr(rig.answer.body.data,
                              "\"avatar\":{\"href\":\"/thumb/azure/aad.MDAx\"}"));
    cr_expect_not_null(strstr(rig.answer.body.data, "\"imageUrl\":\"/thumb/azure/msa.MDAy\""));
    cr_expect_not_null(strstr(rig.answer.body.data, "MemberAvatars/aad.MDAz?size=0\""),
                       "another size may be another picture");
    cr_expect_not_null(strstr(rig.answer.body.data, "_apis/Graph/Users/aad.MDAx\""));
    cr_expect_str_eq(answer_field(&rig.answer, "Visage-Rewrite"), "replaced=4, unmatched=2");
    cr_assert(await_made(&rig, 2));
    cr_expect(await_hit(&rig, "/thumb/azure/aad.MDAx"), "%s",
              answer_field(&rig.answer, "Cache-Status"));
    cr_expect_eq(origin_count(rig.origin, AVATARS "aad.MDAz"), 0u);
    rig_close(&rig);
}

/* ---- how it went ---- */

Test(rewrite, the_answer_and_the_log_tell_how_many)
{
    static struct rig rig;
    const char *json;

    open_rig(&rig, RIG_LIGHTTPD, ADMIN SOURCE("off") REWRITE(""));
    json = at_origin(&rig, "{\"avatarUrl\":[\"@/ok/a?size=2\",\"@/ok/a\",\"@/ok/b\"],"
                           "\"imageUrl\":[\"@/ok/a?x\",\"@/ok/\",\"@/else/a\",\"\"],"
                           "\"n\":\"@/ok/a?x\"}");
    cr_assert_eq(post(&rig, json), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Visage-Rewrite"), "replaced=3, unmatched=2");
    cr_expect(rig_await_log(&rig, "level=info event=rewrite replaced=3 unmatched=2", AWAIT_MS));
    cr_assert_eq(post(&rig, "[]"), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Visage-Rewrite"), "replaced=0, unmatched=0");
    rig_close(&rig);
}

/* The type of what the answer is made of, if it is one that says JSON. */
Test(rewrite, the_answer_has_the_type_of_the_document)
{
    static const struct {
        const char *sent, *answered;
    } rows[] = {
        {JSON, "application/json"},
        {"Content-Type: application/json; charset=utf-8", "application/json"},
        {"Content-Type: application/vnd.api+json", "application/vnd.api+json"},
        {"Content-Type: application/hal+json;profile=\"a\"", "application/hal+json"},
        {"Content-Type: image/x+json", "application/json"},
    };
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD, USUAL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *fields[] = {BEARER, rows[i].sent, NULL};

        cr_expect_eq(rig_send(&rig, "POST", "/_visage/rewrite", fields, "{}"), 200);
        cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), rows[i].answered, "%s",
                         rows[i].sent);
    }
    rig_close(&rig);
}

/* RFC 9110 section 15.5.16. */
Test(rewrite, a_compressed_document_is_refused_as_such)
{
    static const char *const codings[] = {"gzip", "br", "identity, gzip", "x"};
    static const char *const plain[] = {BEARER, JSON, "Content-Encoding: Identity", NULL};
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD, USUAL);
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        char coding[64];
        const char *fields[] = {BEARER, JSON, coding, NULL};

        snprintf(coding, sizeof coding, "Content-Encoding: %s", codings[i]);
        rig_send(&rig, "POST", "/_visage/rewrite", fields, "{}");
        expect_problem(&rig, 415, codings[i]);
        cr_expect_str_eq(answer_field(&rig.answer, "Accept-Encoding"), "identity");
    }
    cr_expect_eq(rig_send(&rig, "POST", "/_visage/rewrite", plain, "{}"), 200);
    cr_expect_null(answer_field(&rig.answer, "Accept-Encoding"));
    rig_close(&rig);
}

/* What a URL says escaped is the id that is drawn, and what ends like a format needs one. */
Test(rewrite, ids_are_what_they_are)
{
    static const struct {
        const char *url, *local;
    } rows[] = {
        {"@/ok/did%3Aplc%3Ax?size=2", "/thumb/azure/did:plc:x"},
        {"@/ok/a/b?size=2", "/thumb/azure/a/b"},
        {"@/ok/a%2Eb?size=2", "/thumb/azure/a.b"},
        {"@/ok/a.png?size=2", "/thumb/azure/a.png.webp"},
        {"@/ok/a/info?size=2", "/thumb/azure/a/info.webp"},
        {"@/ok/a%402x=1+1?size=2", "/thumb/azure/a@2x=1+1"},
    };
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD,
             ADMIN SOURCE("off") REWRITE("base = \"https://img.example:8443\""));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buffer json = {0};
        char local[200];

        text_add(&json, "{\"imageUrl\":\"%s\"}", rows[i].url);
        text_replace(&json, "@", at_origin(&rig, "@"));
        cr_expect_eq(post(&rig, json.data), 200);
        snprintf(local, sizeof local, "https://img.example:8443%s", rows[i].local);
        cr_expect_str_eq(value(&rig, "imageUrl"), local);
        cr_expect_eq(rig_get(&rig, "%s", rows[i].local), 200, "%s: %d", rows[i].local,
                     rig.answer.status);
        buffer_free(&json);
    }
    rig_close(&rig);
}

Test(rewrite, urls_expire_and_are_the_same_for_a_while)
{
    static struct rig rig;
    char url[2000];
    long long until;

    open_rig(&rig, RIG_LIGHTTPD, ADMIN SOURCE("required") REWRITE("expires = \"1h\""));
    cr_assert_eq(post(&rig, at_origin(&rig, "{\"imageUrl\":\"@/ok/a?size=2\"}")), 200);
    snprintf(url, sizeof url, "%s", value(&rig, "imageUrl"));
    cr_assert_eq(sscanf(url, "/thumb/azure/a?exp=%lld&sig=", &until), 1, "%s", url);
    cr_expect_geq(until, (long long)time(NULL) + 3600 - 60);
    cr_expect_leq(until, (long long)time(NULL) + 7200);
    cr_expect_eq(until % 3600, 0);
    cr_expect_eq(rig_get(&rig, "%s", url), 200);
    rig_close(&rig);
}

/* ---- the web ---- */

#define WEB                                                                                        \
    "source web { type = web hosts = {\"127.0.0.1\"} allow_addresses = {\"127.0.0.0/8\"} }\n"
#define OF_WEB(preset)                                                                             \
    "rewrite { fields = {\"avatarUrl\"} match = \"@ORIGIN@/\" source = web " preset " }\n"

/* The new URL begins so, and is warm. */
static void expect_web(const char *sections, const char *begin)
{
    static struct rig rig;
    char url[2000];

    open_rig(&rig, RIG_LIGHTTPD, sections);
    cr_assert_eq(post(&rig, at_origin(&rig, "{\"avatarUrl\":\"@/ok/a?x=1&y=%2F\",\"b\":1}")), 200);
    snprintf(url, sizeof url, "%s", value(&rig, "avatarUrl"));
    cr_expect_eq(strncmp(url, begin, strlen(begin)), 0, "%s", url);
    cr_expect(await_hit(&rig, url), "%s", answer_field(&rig.answer, "Cache-Status"));
    cr_expect_eq(origin_count(rig.origin, "/ok/a"), 1u);

    post(&rig, "{\"avatarUrl\":\"http://127.0.0.2/x\"}");
    cr_expect_str_eq(rig.answer.body.data, "{\"avatarUrl\":\"http://127.0.0.2/x\"}");
    rig_close(&rig);
}

Test(rewrite, pictures_of_the_web_by_camo)
{
    expect_web(ADMIN WEB OF_WEB("") "camo { prefix = \"/camo\" source = web "
                                    "key_file = \"@DIR@/secret\" }\n", "/camo/");
}

Test(rewrite, pictures_of_the_web_by_imgproxy)
{
    expect_web(ADMIN WEB OF_WEB("preset = thumb")
                   "imgproxy { prefix = \"/i\" source = web insecure = true }\n",
               "/i/insecure/rs:fill:100:80/");
}

/* ---- the queue ---- */

#define PEOPLE 60

/* Each is fetched once, however often it stands there, and what is there already not at all. */
Test(rewrite, each_picture_is_fetched_once)
{
    struct buffer json = {0};
    struct unattended unattended;
    static struct rig rig;
    int64_t until_ms;

    open_rig(&rig, RIG_LIGHTTPD, USUAL);
    for (unsigned i = 0; i < 3 * PEOPLE; i++) {
        text_add(&json, "%s{\"avatarUrl\":\"%s", i ? "," : "[", at_origin(&rig, "@/ok/"));
        text_add(&json, "p%u?size=2\"}", i % PEOPLE);
    }
    text_add(&json, "]");
    cr_assert_eq(post(&rig, json.data), 200);
    until_ms = clock_boot_ms() + AWAIT_MS;
    while (workers_counted(rig.state, COUNT_REFRESHES) < PEOPLE) {
        cr_assert_lt(clock_boot_ms(), until_ms, "not all are made");
        clock_sleep_ms(10);
    }
    unattended_begin(&unattended, &rig);
    cr_assert_eq(post(&rig, json.data), 200);
    cr_expect_eq(unattended_count(&rig), 0u, "all of it is there");
    cr_expect_eq(workers_counted(rig.state, COUNT_REFRESHES), (uint64_t)PEOPLE);
    cr_assert_eq(post(&rig, at_origin(&rig, "{\"avatarUrl\":\"@/ok/new?size=2\"}")), 200);
    cr_expect_eq(unattended_count(&rig), 1u, "of another one it would not be");
    unattended_end(&unattended);
    for (unsigned i = 0; i < PEOPLE; i++) {
        char path[32];

        snprintf(path, sizeof path, "/ok/p%u", i);
        cr_expect_eq(origin_count(rig.origin, path), 1u, "%s", path);
    }
    buffer_free(&json);
    rig_close(&rig);
}

#define OFTEN 20500 /* more than the queue has places */

/* One person in all rows of a list takes one place of the queue. */
Test(rewrite, many_of_one_leave_room_for_others)
{
    struct buffer json = {0};
    static struct rig rig;

    open_rig(&rig, RIG_LIGHTTPD, USUAL);
    for (unsigned i = 0; i < OFTEN; i++)
        text_add(&json, "%s{\"avatarUrl\":\"%s\"}", i ? "," : "[", at_origin(&rig, "@/ok/one"));
    text_add(&json, ",{\"avatarUrl\":\"%s\"}]", at_origin(&rig, "@/ok/other"));
    cr_assert_eq(post(&rig, json.data), 200, "%d", rig.answer.status);
    cr_expect_str_eq(answer_field(&rig.answer, "Visage-Rewrite"), "replaced=20501, unmatched=0");
    cr_expect(origin_await(rig.origin, "/ok/other", 1, AWAIT_MS));
    cr_expect(origin_await(rig.origin, "/ok/one", 1, AWAIT_MS));
    buffer_free(&json);
    rig_close(&rig);
}

/* SPDX-License-Identifier: MIT
 *
 * visage explain: says what a request would meet, and is right about it.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "ctl/command.h"
#include "rig/repository.h"
#include "rig/scripted.h"
#include "rig/text.h"
#include "rig/workers.h"

RIG_SUITE(ctl_explain);

static void explain(struct rig *rig, const char *target, struct buffer *output)
{
    cr_expect_eq(command_run(rig, output, "explain", target, NULL), 0, "%s", output->data);
}

Test(ctl_explain, what_is_not_there_would_be_fetched)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    explain(&rig, "http://example.org/s100/o/ok/photo.jpg?v=1", &output);
    EXPECT_SAYS(output, "dialect       native\n");
    EXPECT_SAYS(output, "source        o\n");
    EXPECT_SAYS(output, "id            ok/photo\n");
    EXPECT_SAYS(output, "rendering     128 x 128, cover, quality 82\n");
    EXPECT_SAYS(output, "format        jpeg\n");
    EXPECT_SAYS(output, "variant       o/ok/photo?w=128&h=128&fit=cover&q=82&f=jpeg&bg=ffffff"
                        "&v=1\n");
    /* SHA-256 of "o/ok/photo". */
    EXPECT_SAYS(output, "  key         "
                        "ce235cae31d55791351c3b32e5dad0f69905077ad0878e96147a291b8602faac");
    EXPECT_SAYS(output, "  state       not in the cache\n");
    EXPECT_SAYS(output, "origin        http://127.0.0.1:");
    EXPECT_SAYS(output, "outcome       fetched from the origin and drawn\n");
    /* Nothing was: a look only. */
    cr_expect_eq(origin_total(rig.origin), 0u);
    buffer_free(&output);
    rig_close(&rig);
}

/* Field by field, but for those that the web server writes or that change with the second. */
Test(ctl_explain, a_hit_has_the_header_fields_that_a_worker_sends)
{
    static const char *const names[] = {
        "ETag", "Last-Modified", "Cache-Control", "X-Content-Type-Options",
        "Content-Security-Policy", "Cross-Origin-Resource-Policy", "Access-Control-Allow-Origin",
        "Content-Type", "Content-Length", "Vary"};
    const char *const browser[] = {"Accept: image/webp", NULL};
    struct buffer output = {0};
    static struct rig rig;
    char line[512];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    for (int i = 0; i < 2; i++)
        cr_assert_eq(rig_ask(&rig, "GET", "/s64/o/etag/photo", browser), 200);
    cr_expect_eq(command_run(&rig, &output, "explain", "--accept", "image/webp",
                             "/s64/o/etag/photo", NULL), 0);
    EXPECT_SAYS(output, "format        webp (by Accept: image/webp)\n");
    EXPECT_SAYS(output, "  state       fresh\n");
    EXPECT_SAYS(output, "  fetched     ");
    EXPECT_SAYS(output, "  etag        \"");
    EXPECT_SAYS(output, "  breaker     closed\n");
    EXPECT_SAYS(output, "outcome       answered from the cache\n");
    EXPECT_SAYS(output, "Status: 200 OK\n");
    EXPECT_SAYS(output, "Cache-Status: visage; hit; ttl=");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_assert_not_null(answer_field(&rig.answer, names[i]), "%s", names[i]);
        snprintf(line, sizeof line, " %s: %s\n", names[i], answer_field(&rig.answer, names[i]));
        EXPECT_SAYS(output, line);
    }
    /* Without an Accept it is another picture: the original is there. */
    explain(&rig, "/s64/o/etag/photo", &output);
    EXPECT_SAYS(output, "format        jpeg, or png where the picture has transparency "
                        "(without an Accept)\n");
    EXPECT_SAYS(output, "outcome       drawn from the original, which is there\n");
    cr_expect_eq(origin_total(rig.origin), 1u);
    buffer_free(&output);
    rig_close(&rig);
}

/* No rendering, and no header fields: they are the text's, which is made for each answer. */
Test(ctl_explain, what_is_known_of_a_picture)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1,
                                         .source = "fallback = \"identicon\""});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.png"), 200);
    explain(&rig, "/thumb/o/ok/photo/info", &output);
    EXPECT_SAYS(output, "id            ok/photo\n");
    EXPECT_SAYS(output, "rendering     none: what is known of the original, as JSON\n");
    EXPECT_SAYS(output, "variant       o/ok/photo?summary&v=1\n");
    EXPECT_SAYS(output, "outcome       summed up from the original, which is there\n");
    EXPECT_SAYS_NOT(output, "format  ");
    cr_assert_eq(rig_get(&rig, "/thumb/o/ok/photo/info"), 200);
    explain(&rig, "/s64/o/ok/photo/info", &output);
    EXPECT_SAYS(output, "outcome       answered from the cache\n");
    EXPECT_SAYS_NOT(output, "answer  ");
    cr_expect_eq(command_run(&rig, &output, "explain", "--json", "/s64/o/ok/photo/info", NULL), 0);
    cr_expect(command_is_json(output.data), "%s", output.data);
    EXPECT_SAYS(output, "\"id\":\"ok/photo\",\"info\":true,\"negotiated\":false,");
    EXPECT_SAYS(output, "\"outcome\":\"hit\"");
    cr_assert_eq(rig_get(&rig, "/s64/o/status/404/x/info"), 404);
    explain(&rig, "/s64/o/status/404/x/info", &output);
    EXPECT_SAYS(output, "outcome       404 origin-not-found: the remembered failure\n");
    EXPECT_SAYS(output, "Content-Type: application/problem+json\n");
    EXPECT_SAYS_NOT(output, "identicon");
    cr_expect_eq(origin_total(rig.origin), 2u);
    buffer_free(&output);
    rig_close(&rig);
}

static void await_expiry(struct rig *rig, const char *target, const char *state)
{
    int64_t until_ms = clock_boot_ms() + 20000;
    struct buffer output = {0};

    do {
        clock_sleep_ms(50);
        explain(rig, target, &output);
    } while (!strstr(output.data, state) && clock_boot_ms() < until_ms);
    EXPECT_SAYS(output, state);
    buffer_free(&output);
}

Test(ctl_explain, what_has_expired_is_answered_with_and_refreshed)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD, .workers = 1, .source = "ttl = 1s stale = 1h\n"});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    await_expiry(&rig, "/s64/o/ok/photo.jpg", "expired; answered with, and refreshed behind that");
    explain(&rig, "/s64/o/ok/photo.jpg", &output);
    EXPECT_SAYS(output, "outcome       answered with the expired picture, which the keeper then "
                        "refreshes\n");
    EXPECT_SAYS(output, "detail=stale-while-revalidate\n");
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=stale-while-revalidate"));
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, what_may_not_be_used_any_more_is_revalidated)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD, .workers = 1, .source = "ttl = 1s stale = 0\n"});
    cr_assert_eq(rig_get(&rig, "/s64/o/etag/photo.jpg"), 200);
    await_expiry(&rig, "/s64/o/etag/photo.jpg",
                 "outcome       the origin is asked whether the original has changed");
    rig_close(&rig);
}

Test(ctl_explain, what_was_purged_is_told)
{
    struct buffer output = {0};
    struct cache *cache;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    /* Without the command, which would have a keeper collect it. */
    cache = command_open_cache(&rig, CACHE_TOOL);
    cr_assert_eq(cache_purge(cache, PURGE_SOURCE, "o"), 0);
    command_close_cache(&cache);
    explain(&rig, "/s64/o/ok/photo.jpg", &output);
    cr_expect_eq(command_count(output.data, "  state       purged: as good as not in the cache\n"),
                 2u);
    EXPECT_SAYS(output, "outcome       fetched from the origin and drawn\n");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, a_remembered_failure_is_told_with_its_answer)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    cr_assert_eq(rig_get(&rig, "/s64/o/status/404/x.jpg"), 404);
    explain(&rig, "/s128/o/status/404/x.webp", &output);
    EXPECT_SAYS(output, "  failure     origin-not-found: no such picture; remembered for another ");
    EXPECT_SAYS(output, "outcome       404 origin-not-found: the remembered failure\n");
    EXPECT_SAYS(output, "Status: 404 Not Found\n");
    EXPECT_SAYS(output, "Cache-Status: visage; detail=origin-not-found\n");
    cr_expect_eq(origin_total(rig.origin), 1u);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, a_fallback_is_told)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1,
                                         .source = "fallback_not_found = identicon\n"});
    cr_assert_eq(rig_get(&rig, "/s64/o/status/404/x.jpg"), 404);
    explain(&rig, "/s64/o/status/404/x.jpg", &output);
    EXPECT_SAYS(output, "  with        an identicon in place of a line of text\n");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, an_origin_that_rests_is_told)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD,
                       .workers = 1,
                       .fetch = "timeout = 2s retries = 0 breaker_failures = 1 breaker_open = 1m"});
    cr_assert_eq(rig_get(&rig, "/s64/o/status/500/x.jpg"), 502);
    explain(&rig, "/s64/o/ok/photo.jpg", &output);
    EXPECT_SAYS(output, "  breaker     open\n");
    EXPECT_SAYS(output, "  last        origin-error, ");
    EXPECT_SAYS(output, "outcome       503 origin-resting: ");
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 503);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, who_is_at_it_is_told)
{
    struct buffer output = {0};
    struct process p = {0};
    static struct rig rig;
    char list[FILES_PATH_MAX];

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD, .workers = 1, .fetch = "timeout = 20s"});
    cr_assert_eq(origin_script(rig.origin, "x", "200 held"), 0);
    files_path(list, "%s/list", rig.directory);
    files_write(list, "/s64/o/script/x.jpg\n", 0644);
    command_start(&rig, &p, "warm", list, NULL);
    cr_assert(origin_await(rig.origin, "/script/x", 1, 20000));
    explain(&rig, "/s64/o/script/x.jpg", &output);
    cr_expect_eq(command_count(output.data, "  lease       somebody has been at it for "), 2u);
    origin_release(rig.origin);
    cr_expect_eq(process_wait(&p, 20000), 0);
    explain(&rig, "/s64/o/script/x.jpg", &output);
    EXPECT_SAYS_NOT(output, "  lease ");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, a_url_that_is_none_is_refused_with_the_part_that_is_wrong)
{
    static const struct {
        const char *url, *said;
    } rows[] = {
        {"photo.jpg", "neither a whole URL nor a path"},
        {"/elsewhere/s64/o/ok/a", "does not begin with the prefix /pics\n"},
        {"/pics/photo.jpg", "a picture's path is /{preset or s{size}}/{source}/{id}\n"},
        {"/pics/portrait/o/ok/a", "\"portrait\" is neither a preset nor s{size}\n"},
        {"/pics/s64@4x/o/ok/a", "\"s64@4x\" may have @1x, @2x or @3x behind it, and nothing "},
        {"/pics/s64/nobody/ok/a", "\"nobody\" is no source; there is o\n"},
        {"/pics/s64/%6f/a%", "it has a broken escape with %\n"},
        {"/pics/s64/%6fo/a", "\"oo\" is no source; there is o\n"},
        {"/pics/s64/o", "there is no id after the source\n"},
        {"/pics/s64/o/a%20b", "the id is none of source o: id_pattern is [A-Za-z"},
        {"/pics/s64/o/a.png", "its extension is of a format that is not in `formats`\n"},
    };
    struct buffer output = {0}, conf = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                            .top = "formats = {jpeg, webp}\n"});
    cr_assert(files_read(rig.conf, &conf));
    cr_assert_eq(text_replace(&conf, "prefix = \"\"", "prefix = \"/pics\""), 1u);
    files_write(rig.conf, conf.data, 0644);
    buffer_free(&conf);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(command_run(&rig, &output, "explain", rows[i].url, NULL), 1);
        EXPECT_SAYS(output, rows[i].said);
    }
    cr_expect_eq(command_run(&rig, &output, "explain", "--json", "/pics/s64/nobody/a", NULL), 1);
    cr_expect(command_is_json(output.data), "%s", output.data);
    EXPECT_SAYS(output, "\"outcome\":\"refused\",\"cause\":\"not-found\"");
    cr_expect_eq(command_run(&rig, &output, "explain", NULL), 2);
    cr_expect_eq(command_run(&rig, &output, "explain", "/a", "/b", NULL), 2);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, an_account_of_atproto_is_told_with_its_server_once_that_is_known)
{
    struct buffer output = {0};
    char cid[CID_BLOB_SIZE], target[256], origin[64];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .workers = 1,
                                         .more = REPOSITORY_CONF("coves", "strict", "")});
    repository_add_jpeg(&rig, "photo-at", 64, 64, cid);
    repository_account(&rig, "did:plc:ada", "pds");
    repository_pds(&rig, "pds", "200 picture=photo-at");
    snprintf(target, sizeof target, "/img/avatar_small/plain/did:plc:ada/%s", cid);
    snprintf(origin, sizeof origin, "origin        http://127.0.0.1:%u\n",
             (unsigned)rig.origin_port);
    explain(&rig, target, &output);
    EXPECT_SAYS_NOT(output, "origin   ");
    EXPECT_SAYS(output, "fetched from the origin and drawn");
    cr_assert_eq(rig_get(&rig, "%s", target), 200);
    explain(&rig, target, &output);
    EXPECT_SAYS(output, origin);
    EXPECT_SAYS(output, "public, max-age=31536000, immutable");
    cr_expect_eq(command_run(&rig, &output, "explain", "/img/avatar/plain/x/y", NULL), 1);
    EXPECT_SAYS(output, "invalid DID format");
    cr_expect_eq(command_run(&rig, &output, "explain", "/s64/at/x/y.jpg", NULL), 1);
    EXPECT_SAYS(output, "the id is none of source at: a DID, a slash and a CID");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, what_is_published_or_will_be_is_told_or_why_not)
{
    static const char version[] = "/v/0123456789abcdef/s64/o/ok/photo.jpg";
    static const struct {
        const char *url, *why;
    } never[] = {
        {"/s64/o/ok/photo.jpg", "published     never: its URL may come to mean another picture\n"},
        {"/v/0123456789abcdef/s64/o/ok/a.b.jpg",
         "published     never: its name has another dot than that of the extension\n"},
        {"/v/0123456789abcdef/s64/o/%6Fk/photo.jpg",
         "published     never: its URL is not plain enough for a file's name\n"},
        {"/v/0123456789abcdef/s63/o/ok/photo.jpg",
         "published     never: its URL says another size than it is drawn in\n"},
        {"/v/0123456789abcdef/s64/o/ok/photo.jpg?x",
         "published     never: its URL has a query\n"},
        {"/v/0123456789abcdef/s64/s/ok/photo.jpg",
         "published     never: its source wants signatures\n"},
    };
    struct buffer output = {0};
    static struct rig rig;
    char path[FILES_PATH_MAX + 64];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1,
                                         .top = "publish_root = \"@DIR@/published\"",
                                         .more = "source s { url = \"@ORIGIN@/{id}\" "
                                                 "allow_addresses = {\"127.0.0.1/32\"} "
                                                 "sign = \"optional\" "
                                                 "sign_key_file = \"@DIR@/secret\" }",
                                         .secret = "000102030405060708090a0b0c0d0e0f"
                                                   "101112131415161718191a1b1c1d1e1f\n"});
    snprintf(path, sizeof path, "%s/published%s", rig.directory, version);
    explain(&rig, version, &output);
    EXPECT_SAYS(output, "published     with the first answer, as ");
    EXPECT_SAYS(output, path);
    buffer_clear(&output);
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        explain(&rig, never[i].url, &output);
        EXPECT_SAYS(output, never[i].why);
        buffer_clear(&output);
    }
    cr_expect_eq(command_run(&rig, &output, "explain", "--json", never[1].url, NULL), 0);
    EXPECT_SAYS(output, "\"publication\":\"never\",\"unpublishable\":\"dotted\"");
    buffer_clear(&output);
    cr_expect_eq(command_run(&rig, &output, "explain", "--json", version, NULL), 0);
    EXPECT_SAYS(output, "\"publication\":\"later\",\"unpublishable\":null");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, json_says_the_same)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect_eq(command_run(&rig, &output, "explain", "--json", "/s64/o/ok/photo.jpg", NULL), 0);
    cr_expect(command_is_json(output.data), "%s", output.data);
    EXPECT_SAYS(output, "\"source\":\"o\",\"id\":\"ok/photo\",\"width\":64,\"height\":64,");
    EXPECT_SAYS(output, "\"publication\":\"off\"");
    EXPECT_SAYS(output, "\"state\":\"fresh\"");
    EXPECT_SAYS(output, "\"outcome\":\"hit\"");
    EXPECT_SAYS(output, "\"answer\":[\"Status: 200 OK\",\"ETag: \\\"");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, a_chain_is_followed_to_who_would_answer)
{
#define HASH "0bc83cb571cd1c50ba6f3e8a78ef1346"
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD, .workers = 1,
                       .more = "source second { url = \"@ORIGIN@/ok/{id}\"\n"
                               "    allow_addresses = {\"127.0.0.0/8\"} }\n"
                               "source none { url = \"@ORIGIN@/status/404/{id}\"\n"
                               "    allow_addresses = {\"127.0.0.0/8\"} }\n"
                               "gravatar { prefix = \"/g\" sources = {\"none\", \"second\"}\n"
                               "    default_hosts = {\"cdn.example.org\"} }\n"});
    explain(&rig, "/g/avatar/" HASH ".jpg?s=64", &output);
    EXPECT_SAYS(output, "dialect       gravatar\nsource        none\nid            " HASH "\n");
    cr_assert_eq(rig_get(&rig, "/g/avatar/" HASH ".jpg?s=64"), 200);
    explain(&rig, "/g/avatar/" HASH ".jpg?s=64", &output);
    EXPECT_SAYS(output, "passed over   none: no such picture\nsource        second\n");
    EXPECT_SAYS(output, "outcome       answered from the cache\n");
    cr_expect_eq(command_run(&rig, &output, "explain", "--json", "/g/avatar/" HASH ".jpg?s=64",
                             NULL), 0);
    cr_expect(command_is_json(output.data), "%s", output.data);
    EXPECT_SAYS(output, "\"passed_over\":[{\"source\":\"none\",\"cause\":\"origin-not-found\"}]");
    explain(&rig, "/g/avatar/" HASH ".jpg?f=y", &output);
    EXPECT_SAYS(output, "default       identicon\n");
    EXPECT_SAYS(output, "outcome       the default is drawn\n");
    cr_assert_eq(rig_get(&rig, "/g/avatar/" HASH ".jpg?f=y"), 200);
    explain(&rig, "/g/avatar/" HASH ".jpg?f=y", &output);
    EXPECT_SAYS(output, "outcome       answered from the cache\n");
    cr_expect_eq(command_run(&rig, &output, "explain", "--json", "/g/avatar/" HASH ".jpg?f=y", NULL),
                 0);
    cr_expect(command_is_json(output.data), "%s", output.data);
    explain(&rig, "/g/avatar/" HASH "?f=y&d=https://cdn.example.org/a.png", &output);
    EXPECT_SAYS(output, "default       https://cdn.example.org/a.png\n");
    EXPECT_SAYS(output, "outcome       redirected to the default\n");
    explain(&rig, "/g/avatar/" HASH "?f=y&d=404", &output);
    EXPECT_SAYS(output, "outcome       404 origin-not-found: no source has it\n");
    buffer_free(&output);
    rig_close(&rig);
}

/* Neither the index nor the secrets are needed to say what a URL means. */
Test(ctl_explain, works_without_state_and_without_secrets)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){
                          .kind = RIG_LIGHTTPD,
                          .state = "/nowhere/visage",
                          .source = "bearer_env = VISAGE_TEST_NOT_SET\n"});
    explain(&rig, "/s64/o/ok/photo.jpg", &output);
    EXPECT_SAYS(output, "variant       o/ok/photo?w=64&");
    EXPECT_SAYS(output, "state         state directory /nowhere/visage: ");
    EXPECT_SAYS(output, "outcome       fetched from the origin and drawn\n");
    buffer_free(&output);
    rig_close(&rig);
}

/* 503 is for those who have nothing to show. */
Test(ctl_explain, an_original_that_stands_in_for_an_origin_that_rests_is_told)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD,
                       .workers = 1,
                       .fetch = "timeout = 2s retries = 0 breaker_failures = 1 breaker_open = 1h"});
    scripted_set(&rig, "a", "200 'Cache-Control: max-age=100, stale-if-error=9000'");
    cr_assert_eq(scripted_get(&rig, "a"), 200);
    scripted_pass(&rig, 110);
    cr_assert_eq(rig_get(&rig, "/s64/o/status/500/x.jpg"), 502);
    explain(&rig, "/s128/o/script/a.jpg", &output);
    EXPECT_SAYS(output, "outcome       drawn from the expired original, which stands in: ");
    cr_expect_eq(rig_get(&rig, "/s128/o/script/a.jpg"), 200);
    explain(&rig, "/s128/o/script/b.jpg", &output);
    EXPECT_SAYS(output, "outcome       503 origin-resting: the origin's breaker is open\n");
    cr_expect_eq(rig_get(&rig, "/s128/o/script/b.jpg"), 503);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_explain, an_administration_page_is_told_with_who_may_see_it)
{
    static const struct {
        const char *admin, *target, *said;
    } rows[] = {
        {NULL, "/_visage/status", "but there are none: the admin section has neither"},
        {"addresses = {\"127.0.0.1\"}", "/_visage/metrics", "for admin.addresses; all others"},
        {"addresses = {\"127.0.0.1\"}", "/_visage/purge", "nobody purges without it"},
        {"token_env = \"T\"", "/_visage/health", "administration page, for who sends the token"},
        {"token_env = \"T\"", "/_visage/purge?all=1", "for POST and DELETE of who sends the token"},
        {"addresses = {\"127.0.0.1\"} token_env = \"T\"", "http://example.org/_visage/status",
         "for admin.addresses and for who sends the token"},
        {"token_env = \"T\"", "/_visage/nothing", "there are status, metrics, health, purge,"},
        {"token_env = \"T\"", "/_visage/versions", "JSON for applications, for POST of who sends"},
        {"addresses = {\"127.0.0.1\"}", "/_visage/versions", "nobody gets it without"},
        {"open_versions = yes", "/_visage/versions", "of anybody about sources whose URLs need no"},
        {"open_versions = yes", "/_visage/purge", "has neither addresses nor a token"},
        {"token_env = \"T\"", "/_visage/rewrite", "rewrite where it is configured"},
    };
    struct buffer output = {0};
    static struct rig rig;
    char section[128];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(section, sizeof section, "admin { %s }\n", rows[i].admin ? rows[i].admin : "");
        rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = section});
        cr_expect_eq(command_run(&rig, &output, "explain", rows[i].target, NULL), 1);
        EXPECT_SAYS(output, "outcome       ");
        EXPECT_SAYS(output, rows[i].said);
        EXPECT_SAYS_NOT(output, "not-found");
        rig_close(&rig);
    }
    buffer_free(&output);
}

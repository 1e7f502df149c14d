/* SPDX-License-Identifier: MIT
 *
 * POST /_visage/versions: which version many pictures have, in one answer.
 */
#include "versions_fixture.h"

#include "rig/scripted.h"
#include "rig/unattended.h"
#include "rig/workers.h"

RIG_SUITE(versions_json);

/* ---- uploads ---- */

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

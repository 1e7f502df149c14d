/* SPDX-License-Identifier: MIT
 *
 * Uploads that are kept in a bucket of an S3-compatible store: what it is asked, and what becomes of
 * uploads where it fails.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "cache/cache.h"
#include "ctl/command.h"
#include "rig/workers.h"
#include "server/bucket_script.h"

RIG_SUITE(bucket_faults);

Test(bucket_faults, an_upload_is_put_as_it_came)
{
    char hex[DIGEST_HEX_SIZE];

    open_with(NULL);
    digest_of_picture(1, hex);
    script("404 | 200");
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200);
    cr_expect_eq(strncmp(bucket_version(&rig), hex, 16), 0);
    cr_expect(scripted_sent(&rig, "users/anna", ":method", "PUT"));
    cr_expect(scripted_sent(&rig, "users/anna", ":body", hex));
    cr_expect(scripted_sent(&rig, "users/anna", "x-amz-content-sha256", hex));
    cr_expect(scripted_sent(&rig, "users/anna", "Content-Type", "image/jpeg"));
    cr_expect_eq(asked(), 2u);
    cr_expect_eq(bucket_left(&rig), 0u);
    rig_close(&rig);
}

static void script_after(const char *before, const char *steps)
{
    char all[128];

    snprintf(all, sizeof all, "%s | %s", before, steps);
    script(all);
}

/* Whatever the store says, or does not say, when it is asked what there is or to change that: the old
 * picture stays, here and there. */
static void expect_refused(const char *steps)
{
    script("200 picture=old");
    bucket_pass(&rig);
    cr_expect_eq(bucket_get(&rig, "anna"), 200, "%s", steps);
    script_after("404", steps);
    cr_expect_eq(bucket_put(&rig, "anna", 2), 503, "%s: %d", steps, rig.answer.status);
    cr_expect_geq(asked(), 2u, "%s", steps);
    script_after(HEAD_OF_OLD, steps);
    cr_expect_eq(bucket_delete(&rig, "anna"), 503, "%s: %d", steps, rig.answer.status);
    cr_expect_geq(asked(), 2u, "%s", steps);
    script(steps);
    cr_expect_eq(bucket_put(&rig, "anna", 2), 503, "%s: %d", steps, rig.answer.status);
    cr_expect_eq(bucket_get(&rig, "anna"), 200, "%s", steps);
    cr_expect(scripted_way(&rig, "; hit"), "%s", steps);
    cr_expect_eq(bucket_left(&rig), 0u, "%s", steps);
}

Test(bucket_faults, what_the_store_refuses_changes_nothing)
{
    open_for("1s", NULL);
    add_picture("old", 1);
    expect_refused("500");
    expect_refused("503");
    expect_refused("503 'Retry-After: 1'");
    expect_refused("400");
    expect_refused("403");
    expect_refused("202");
    expect_refused("307 'Location: /ok/elsewhere'");
    expect_refused("reset");
    expect_refused("timeout");
    expect_refused("garbage");
    expect_refused("cut-headers");
    cr_expect_eq(origin_count(rig.origin, "/ok/elsewhere"), 0u);
    rig_close(&rig);
}

Test(bucket_faults, the_log_says_what_the_store_said)
{
    open_with(NULL);
    script("403");
    cr_expect_eq(bucket_put(&rig, "anna", 1), 503);
    cr_expect_eq(rig_logged(&rig, "event=bucket source=users what=put cause=origin-denied "
                                  "status=403"),
                 1u);
    cr_expect_eq(bucket_delete(&rig, "anna"), 503);
    cr_expect_eq(rig_logged(&rig, "event=bucket source=users what=delete cause=origin-denied "
                                  "status=403"),
                 1u);
    rig_close(&rig);
}

/* Stores say so when too many come at once, without a word on when to come back. */
Test(bucket_faults, what_may_pass_is_tried_again)
{
    static const char *const steps[] = {
        "404 | 503 times=2 | 200", "404 | 500 | 503 'Retry-After: 0' | 200",
        "404 | reset times=2 | 200", "503 | 404 | reset | 200"};
    char hex[DIGEST_HEX_SIZE], name[32], path[32];

    open_with("retries = 2");
    digest_of_picture(1, hex);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        snprintf(path, sizeof path, "user%zu", i);
        snprintf(name, sizeof name, "users/user%zu", i);
        scripted_set(&rig, name, steps[i]);
        cr_expect_eq(bucket_put(&rig, path, 1), 200, "%s: %d", steps[i], rig.answer.status);
        cr_expect_eq(scripted_asked(&rig, name), 4u, "%s", steps[i]);
        cr_expect(scripted_sent(&rig, name, ":body", hex), "%s", steps[i]);
    }
    rig_close(&rig);
}

Test(bucket_faults, what_was_missing_is_there_once_it_is_uploaded)
{
    open_with(NULL);
    add_picture("new", 1);
    script("404 times=2 | 200 | 200 picture=new");
    cr_expect_eq(bucket_get(&rig, "anna"), 404);
    cr_expect_eq(bucket_get(&rig, "anna"), 404);
    cr_expect_eq(asked(), 1u);
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200);
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    rig_close(&rig);
}

Test(bucket_faults, a_store_that_is_not_there_costs_no_picture)
{
    open_with(NULL);
    add_picture("old", 1);
    script("200 picture=old");
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    rig_stop_origin(&rig);
    cr_expect_eq(bucket_put(&rig, "anna", 2), 503);
    cr_expect_eq(bucket_put(&rig, "otto", 2), 503);
    cr_expect_eq(bucket_left(&rig), 0u);
    /* Fresh, and stale. */
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    bucket_pass(&rig);
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    cr_expect(answer_is_sound(&rig.answer));
    rig_start_origin(&rig);
    scripted_set(&rig, "users/otto", "200");
    cr_expect_eq(bucket_put(&rig, "otto", 2), 200);
    rig_close(&rig);
}

/* The keys stay with the store. */
Test(bucket_faults, a_redirect_gets_no_signature)
{
    open_with(NULL);
    add_picture("old", 1);
    script("302 'Location: /script/elsewhere'");
    scripted_set(&rig, "elsewhere", "200 picture=old");
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    cr_expect_eq(scripted_asked(&rig, "elsewhere"), 1u);
    cr_expect(scripted_sent(&rig, "elsewhere", "Authorization", NULL));
    cr_expect(scripted_sent(&rig, "elsewhere", "x-amz-content-sha256", NULL));
    rig_close(&rig);
}

Test(bucket_faults, objects_of_others_are_read)
{
    open_with(NULL);
    add_picture("old", 1);
    scripted_set(&rig, "objects/anna@example.org.jpg", "200 picture=old");
    cr_expect_eq(rig_get(&rig, "/s64/objects/anna@example.org.png"), 200);
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_eq(scripted_asked(&rig, "objects/anna@example.org.jpg"), 1u);
    rig_close(&rig);
}

Test(bucket_faults, an_open_bucket_is_read_without_keys)
{
    bucket_open(&rig, &(struct bucket_options){
                          .endpoint = "@ORIGIN@", .bucket = "script", .workers = 1});
    scripted_set(&rig, "objects/anna.jpg", "200 picture=photo");
    cr_expect_eq(rig_get(&rig, "/s64/objects/anna.png"), 200);
    cr_expect(scripted_sent(&rig, "objects/anna.jpg", "Authorization", NULL));
    cr_expect(scripted_sent(&rig, "objects/anna.jpg", "x-amz-content-sha256", NULL));
    rig_close(&rig);
}

Test(bucket_faults, an_upload_has_a_time_of_its_own)
{
    open_with("timeout = \"500ms\"");
    script("404 | 200 delay=1500");
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200, "%d", rig.answer.status);
    rig_close(&rig);
}

Test(bucket_faults, how_large_a_picture_is_can_be_told)
{
    open_with(NULL);
    add_picture("old", 1);
    script("200 picture=old");
    cr_expect_eq(rig_get(&rig, "/size/anna"), 200);
    cr_expect_eq(strncmp(rig.answer.body.data, "96x64 ", 6), 0, "%s", rig.answer.body.data);
    rig_close(&rig);
}

/* ---- what was put is known ---- */

Test(bucket_faults, what_was_uploaded_is_shown_without_being_fetched)
{
    static const char *const fields[] = {"Content-Type: application/json", NULL};
    char version[32], wanted[64];

    bucket_open(&rig, &(struct bucket_options){.endpoint = "@ORIGIN@",
                                               .bucket = "script",
                                               .access_key = "access",
                                               .secret_key = "secret",
                                               .top = "admin { open_versions = yes }",
                                               .workers = 1});
    script("404 | 200 'ETag: \"tag\"' | 500");
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200);
    snprintf(version, sizeof version, "%s", bucket_version(&rig));
    snprintf(wanted, sizeof wanted, "\"version\":\"%s\"", version);
    cr_expect_eq(rig_send(&rig, "POST", "/_visage/versions", fields,
                          "{\"source\":\"users\",\"ids\":[\"anna\"]}"),
                 200);
    cr_expect_not_null(strstr(rig.answer.body.data, wanted), "%s", rig.answer.body.data);
    cr_expect_eq(bucket_get(&rig, "anna"), 200, "%d", rig.answer.status);
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_eq(asked(), 2u);

    bucket_pass(&rig);
    script("304");
    cr_expect_eq(bucket_get(&rig, "anna"), 200, "%d", rig.answer.status);
    cr_expect(scripted_sent(&rig, "users/anna", "If-None-Match", "\"tag\""));
    rig_close(&rig);
}

/* There is nothing to ask by whether it has changed. */
Test(bucket_faults, what_has_no_tag_is_fetched_once)
{
    open_with(NULL);
    add_picture("new", 1);
    script("404 | 200 | 200 picture=new | 500");
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200);
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    cr_expect_eq(asked(), 3u);
    rig_close(&rig);
}

/* ---- what nobody asks for ---- */

#define MONTH_S (INT64_C(30) * 24 * 60 * 60)

static bool await_blobs(unsigned count)
{
    char path[FILES_PATH_MAX];
    int64_t until_ms = clock_boot_ms() + 10000;

    files_path(path, "%s/blobs", rig.state);
    while (files_count(path) != count) {
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(5);
    }
    return true;
}

/* Another machine may have deleted it, which nobody here would learn. */
Test(bucket_faults, what_nobody_asks_for_does_not_stay_for_ever)
{
    struct buffer output = {0};

    open_with(NULL);
    add_picture("old", 1);
    script("200 picture=old");
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    bucket_pass(&rig);
    cr_expect_eq(command_run(&rig, &output, "gc", NULL), 0, "%s", output.data);
    cr_expect_null(strstr(output.data, "buckets:"), "it may stand in still: %s", output.data);
    cr_expect(await_blobs(2), "the picture, and what was drawn of it");
    scripted_pass(&rig, MONTH_S);
    cr_expect_eq(command_run(&rig, &output, "gc", NULL), 0, "%s", output.data);
    cr_expect_not_null(strstr(output.data, "buckets: removed 2 entries"), "%s", output.data);
    cr_expect(await_blobs(0));
    buffer_free(&output);
    rig_close(&rig);
}

/* The last search was long ago. */
static void forget_the_search(void)
{
    char error[CONFIG_ERROR_MAX];
    struct config *config;
    struct cache *cache;

    cr_assert_eq(config_load(rig.conf, &config, error), 0, "%s", error);
    cr_assert_eq(cache_open(config, CACHE_VISITOR, &cache, error), 0, "%s", error);
    scoreboard_note_buckets_searched(cache_scoreboard(cache), 0);
    cache_close(&cache);
    config_free(&config);
}

Test(bucket_faults, keepers_see_to_that)
{
    open_with(NULL);
    add_picture("old", 1);
    script("200 picture=old");
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    add_picture("new", 2);
    scripted_set(&rig, "users/otto", "200 picture=new");
    cr_expect_eq(bucket_get(&rig, "otto"), 200);
    cr_expect(await_blobs(4));
    scripted_pass(&rig, MONTH_S);
    workers_stop_keepers(rig.state, 10000);
    forget_the_search();
    /* Which starts one; perhaps not at once, where one has just been started. */
    for (int64_t until_ms = clock_boot_ms() + 20000; !workers_await_keepers(rig.state, 1, 100);) {
        cr_assert_lt(clock_boot_ms(), until_ms);
        cr_expect_eq(bucket_get(&rig, "otto"), 200);
    }
    cr_expect(await_blobs(2), "of what was asked for");
    rig_close(&rig);
}

/* ---- a store that hangs ---- */

/* However long a fetch may take. */
Test(bucket_faults, what_is_kept_is_shown_soon_while_the_store_is_silent)
{
    open_with("timeout = \"100s\" connect_timeout = \"5s\"");
    add_picture("old", 1);
    script("200 picture=old | timeout");
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    bucket_pass(&rig);
    cr_expect_eq(bucket_get(&rig, "anna"), 200, "%d", rig.answer.status);
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_lt(rig.answer.took_ms, 50000, "%d ms", (int)rig.answer.took_ms);
    cr_expect_eq(asked(), 2u);
    rig_close(&rig);
}

#define UPLOADERS 8

struct uploader {
    pthread_t thread;
    unsigned number;
    int status;
};

static void *upload(void *context)
{
    static const char *const fields[] = {"Authorization: Bearer " BUCKET_API_KEY,
                                         "Content-Type: image/jpeg", NULL};
    struct uploader *u = context;
    struct client *client = client_new(rig.port);
    struct buffer picture = {0};
    struct answer answer = {0};
    char target[64];

    snprintf(target, sizeof target, "/users/hang%u", u->number);
    bucket_picture(u->number, &picture);
    if (client)
        u->status = client_send(client, "PUT", target, fields, picture.data, picture.length,
                                &answer);
    answer_free(&answer);
    buffer_free(&picture);
    client_free(&client);
    return NULL;
}

Test(bucket_faults, what_is_cached_is_served_while_uploads_hang)
{
    static struct uploader uploaders[UPLOADERS];
    int64_t slowest_ms = 0;
    char name[32];

    bucket_open(&rig, &(struct bucket_options){.kind = RIG_LIGHTTPD_SOCKET,
                                               .endpoint = "@ORIGIN@",
                                               .bucket = "script",
                                               .access_key = "access",
                                               .secret_key = "secret",
                                               .ttl = "1h",
                                               .timeout = "1m",
                                               .fetch = "connect_timeout = \"5s\""});
    add_picture("old", 1);
    script("200 picture=old");
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    for (unsigned i = 0; i < UPLOADERS; i++) {
        snprintf(name, sizeof name, "users/hang%u", i);
        scripted_set(&rig, name, "timeout");
        uploaders[i] = (struct uploader){.number = i};
    }
    for (unsigned i = 0; i < UPLOADERS; i++)
        cr_assert_eq(pthread_create(&uploaders[i].thread, NULL, upload, &uploaders[i]), 0);
    cr_assert(workers_await_states(rig.state, WORKER_FETCHING, RIG_WORKERS - 1, 10000));
    clock_sleep_ms(1500); /* from now on others are turned away at once */
    for (unsigned i = 0; i < 200; i++) {
        cr_expect_eq(bucket_get(&rig, "anna"), 200, "%d", rig.answer.status);
        slowest_ms = rig.answer.took_ms > slowest_ms ? rig.answer.took_ms : slowest_ms;
    }
    cr_expect(workers_await_states(rig.state, WORKER_FETCHING, RIG_WORKERS - 1, 0),
              "they hang still");
    cr_expect_lt(slowest_ms, 2500, "%d ms", (int)slowest_ms);
    rig_stop_origin(&rig);
    for (unsigned i = 0; i < UPLOADERS; i++) {
        cr_assert_eq(pthread_join(uploaders[i].thread, NULL), 0);
        cr_expect_eq(uploaders[i].status, 503, "%u: %d", i, uploaders[i].status);
    }
    cr_expect_eq(bucket_left(&rig), 0u);
    rig_close(&rig);
}

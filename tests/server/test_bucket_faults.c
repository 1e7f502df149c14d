/* SPDX-License-Identifier: MIT
 *
 * Uploads that are kept in a bucket whose store does what a script says: what it is asked,
 * and what becomes of uploads where it fails. What a real one says to all this is in
 * test_bucket.c.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/digest.h"
#include "rig/bucket.h"
#include "rig/scripted.h"
#include "rig/workers.h"

RIG_SUITE(bucket_faults);

static struct rig rig;

/* The bucket "script": its objects are scripts' names. */
static void open_for(const char *timeout, const char *fetch)
{
    bucket_open(&rig, &(struct bucket_options){.endpoint = "@ORIGIN@",
                                               .bucket = "script",
                                               .access_key = "access",
                                               .secret_key = "secret",
                                               .workers = 1,
                                               .timeout = timeout,
                                               .fetch = fetch});
}

static void open_with(const char *fetch)
{
    open_for("1s", fetch);
}

static void add_picture(const char *name, unsigned seed)
{
    struct buffer picture = {0};

    bucket_picture(seed, &picture);
    cr_assert_eq(origin_add_picture(rig.origin, name, picture.data, picture.length, "image/jpeg"),
                 0);
    buffer_free(&picture);
}

static void digest_of_picture(unsigned seed, char hex[DIGEST_HEX_SIZE])
{
    struct buffer picture = {0};
    struct digest digest;

    bucket_picture(seed, &picture);
    cr_assert_eq(digest_of(picture.data, picture.length, &digest), 0);
    digest_to_hex(&digest, hex);
    buffer_free(&picture);
}

Test(bucket_faults, an_upload_is_put_as_it_came)
{
    char hex[DIGEST_HEX_SIZE];

    open_with(NULL);
    digest_of_picture(1, hex);
    scripted_set(&rig, "users/anna", "200");
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200);
    cr_expect_eq(strncmp(bucket_version(&rig), hex, 16), 0);
    cr_expect(scripted_sent(&rig, "users/anna", ":method", "PUT"));
    cr_expect(scripted_sent(&rig, "users/anna", ":body", hex));
    cr_expect(scripted_sent(&rig, "users/anna", "x-amz-content-sha256", hex));
    cr_expect(scripted_sent(&rig, "users/anna", "Content-Type", "image/jpeg"));
    cr_expect_eq(scripted_asked(&rig, "users/anna"), 1u);
    cr_expect_eq(bucket_left(&rig), 0u);
    rig_close(&rig);
}

/* Whatever the store says, or does not say: the old picture stays, here and there. */
static void expect_refused(const char *steps)
{
    scripted_set(&rig, "users/anna", "200 picture=old");
    scripted_pass(&rig, 2);
    cr_expect_eq(bucket_get(&rig, "anna"), 200, "%s", steps);
    scripted_set(&rig, "users/anna", steps);
    cr_expect_eq(bucket_put(&rig, "anna", 2), 503, "%s: %d", steps, rig.answer.status);
    cr_expect_eq(bucket_delete(&rig, "anna"), 503, "%s: %d", steps, rig.answer.status);
    cr_expect_eq(bucket_get(&rig, "anna"), 200, "%s", steps);
    cr_expect(scripted_way(&rig, "; hit"), "%s", steps);
    cr_expect_eq(bucket_left(&rig), 0u, "%s", steps);
}

Test(bucket_faults, what_the_store_refuses_changes_nothing)
{
    open_with("timeout = \"500ms\" connect_timeout = \"500ms\"");
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
    scripted_set(&rig, "users/anna", "403");
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
    static const char *const steps[] = {"503 times=2 | 200", "500 | 503 'Retry-After: 0' | 200",
                                        "reset times=2 | 200"};
    char hex[DIGEST_HEX_SIZE], name[32], path[32];

    open_for("8s", "retries = 2");
    digest_of_picture(1, hex);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        snprintf(path, sizeof path, "user%zu", i);
        snprintf(name, sizeof name, "users/user%zu", i);
        scripted_set(&rig, name, steps[i]);
        cr_expect_eq(bucket_put(&rig, path, 1), 200, "%s: %d", steps[i], rig.answer.status);
        cr_expect_eq(scripted_asked(&rig, name), 3u, "%s", steps[i]);
        cr_expect(scripted_sent(&rig, name, ":body", hex), "%s", steps[i]);
    }
    rig_close(&rig);
}

Test(bucket_faults, what_was_missing_is_there_once_it_is_uploaded)
{
    open_with(NULL);
    add_picture("new", 1);
    scripted_set(&rig, "users/anna", "404 | 200 | 200 picture=new");
    cr_expect_eq(bucket_get(&rig, "anna"), 404);
    cr_expect_eq(bucket_get(&rig, "anna"), 404);
    cr_expect_eq(scripted_asked(&rig, "users/anna"), 1u);
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200);
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    rig_close(&rig);
}

Test(bucket_faults, a_store_that_is_not_there_costs_no_picture)
{
    open_with(NULL);
    add_picture("old", 1);
    scripted_set(&rig, "users/anna", "200 picture=old");
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    rig_stop_origin(&rig);
    cr_expect_eq(bucket_put(&rig, "anna", 2), 503);
    cr_expect_eq(bucket_put(&rig, "otto", 2), 503);
    cr_expect_eq(bucket_left(&rig), 0u);
    /* Fresh, and stale. */
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    scripted_pass(&rig, 60);
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
    scripted_set(&rig, "users/anna", "302 'Location: /script/elsewhere'");
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

static int put_new(const char *condition)
{
    struct buffer picture = {0};
    int status;

    bucket_picture(2, &picture);
    status = bucket_send(&rig, "PUT", "anna", picture.data, picture.length, condition);
    buffer_free(&picture);
    return status;
}

Test(bucket_faults, versions_guard_against_lost_updates)
{
    char condition[64];

    open_with(NULL);
    add_picture("old", 1);
    add_picture("new", 2);
    scripted_set(&rig, "users/anna", "200 picture=old");
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200);
    snprintf(condition, sizeof condition, "If-Match: \"%s\"", bucket_version(&rig));
    cr_expect_eq(put_new(condition), 200);
    scripted_set(&rig, "users/anna", "200 picture=new");
    cr_expect_eq(put_new(condition), 412);
    cr_expect_eq(put_new("If-None-Match: *"), 412);
    cr_expect_eq(bucket_send(&rig, "DELETE", "anna", NULL, 0, condition), 412);
    rig_close(&rig);
}

/* ---- what the store compares itself ---- */

/* Uploads if the picture still is the one that was looked at; *version is that. */
static int put_over(const char *version)
{
    char condition[64];

    snprintf(condition, sizeof condition, "If-Match: \"%s\"", version);
    return put_new(condition);
}

static void version_of_picture(unsigned seed, char out[17])
{
    char hex[DIGEST_HEX_SIZE];

    digest_of_picture(seed, hex);
    snprintf(out, 17, "%.16s", hex);
}

/* It was replaced after we have looked (before the body came, and after), by another machine. */
Test(bucket_faults, the_store_itself_compares_what_is_to_be_replaced)
{
    char version[17];

    open_with(NULL);
    add_picture("old", 1);
    version_of_picture(1, version);
    scripted_set(&rig, "users/anna", "200 'ETag: \"tag\"' picture=old times=2 | 200");
    cr_expect_eq(put_over(version), 200, "%d", rig.answer.status);
    cr_expect(scripted_sent(&rig, "users/anna", "If-Match", "tag"));
    scripted_pass(&rig, 2);
    scripted_set(&rig, "users/anna", "200 'ETag: \"tag\"' picture=old times=2 | 412");
    cr_expect_eq(put_over(version), 412, "%d", rig.answer.status);
    scripted_pass(&rig, 2);
    scripted_set(&rig, "users/anna", "404 times=2 | 412");
    cr_expect_eq(put_new("If-None-Match: *"), 412, "%d", rig.answer.status);
    cr_expect(scripted_sent(&rig, "users/anna", "If-None-Match", "*"));
    rig_close(&rig);
}

Test(bucket_faults, unasked_nothing_is_compared)
{
    open_with(NULL);
    scripted_set(&rig, "users/anna", "200");
    cr_expect_eq(put_new(NULL), 200);
    cr_expect(scripted_sent(&rig, "users/anna", "If-Match", NULL));
    cr_expect(scripted_sent(&rig, "users/anna", "If-None-Match", NULL));
    rig_close(&rig);
}

Test(bucket_faults, a_store_that_cannot_compare_is_asked_without)
{
    open_with(NULL);
    scripted_set(&rig, "users/anna", "404 times=2 | 501 | 200");
    cr_expect_eq(put_new("If-None-Match: *"), 200, "%d", rig.answer.status);
    cr_expect_eq(scripted_asked(&rig, "users/anna"), 4u);
    cr_expect(scripted_sent(&rig, "users/anna", "If-None-Match", NULL));
    rig_close(&rig);
}

/* Amazon's ConditionalRequestConflict. */
Test(bucket_faults, a_change_that_meets_another_one_is_a_conflict)
{
    open_with(NULL);
    scripted_set(&rig, "users/anna", "409");
    cr_expect_eq(put_new(NULL), 409, "%d", rig.answer.status);
    cr_expect_eq(scripted_asked(&rig, "users/anna"), 1u);
    cr_expect_eq(bucket_delete(&rig, "anna"), 409, "%d", rig.answer.status);
    rig_close(&rig);
}

/* The first try may have been ours: then the store speaks of our own picture. */
Test(bucket_faults, what_may_have_been_put_by_a_lost_try_is_no_precondition_failed)
{
    open_for("8s", "retries = 2");
    scripted_set(&rig, "users/anna", "404 times=2 | reset | 412");
    cr_expect_eq(put_new("If-None-Match: *"), 503, "%d", rig.answer.status);
    rig_close(&rig);
}

Test(bucket_faults, an_upload_has_a_time_of_its_own)
{
    open_for("10s", "timeout = \"500ms\"");
    scripted_set(&rig, "users/anna", "200 delay=1500");
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200, "%d", rig.answer.status);
    rig_close(&rig);
}

Test(bucket_faults, how_large_a_picture_is_can_be_told)
{
    open_with(NULL);
    add_picture("old", 1);
    scripted_set(&rig, "users/anna", "200 picture=old");
    cr_expect_eq(rig_get(&rig, "/size/anna"), 200);
    cr_expect_eq(strncmp(rig.answer.body.data, "96x64 ", 6), 0, "%s", rig.answer.body.data);
    rig_close(&rig);
}

/* ---- a store that hangs ---- */

/* However long a fetch may take. */
Test(bucket_faults, what_is_kept_is_shown_soon_while_the_store_is_silent)
{
    open_with("timeout = \"100s\" connect_timeout = \"5s\"");
    add_picture("old", 1);
    scripted_set(&rig, "users/anna", "200 picture=old | timeout");
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    scripted_pass(&rig, 2);
    cr_expect_eq(bucket_get(&rig, "anna"), 200, "%d", rig.answer.status);
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_lt(rig.answer.took_ms, 50000, "%d ms", (int)rig.answer.took_ms);
    cr_expect_eq(scripted_asked(&rig, "users/anna"), 2u);
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
    scripted_set(&rig, "users/anna", "200 picture=old");
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

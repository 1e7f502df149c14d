/* SPDX-License-Identifier: MIT
 *
 * Uploads that are kept in a bucket whose store does what a script says: what it is asked,
 * and what becomes of uploads where it fails. What a real one says to all this is in
 * test_bucket.c.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/digest.h"
#include "rig/bucket.h"
#include "rig/scripted.h"

RIG_SUITE(bucket_faults);

static struct rig rig;

/* The bucket "script": its objects are scripts' names. */
static void open_with(const char *fetch)
{
    bucket_open(&rig, &(struct bucket_options){.endpoint = "@ORIGIN@",
                                               .bucket = "script",
                                               .access_key = "access",
                                               .secret_key = "secret",
                                               .workers = 1,
                                               .fetch = fetch});
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

    open_with("timeout = \"8s\" retries = 2");
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

/* SPDX-License-Identifier: MIT
 *
 * Uploads that are kept in a bucket, and what the store compares in the moment of the change: nobody
 * overwrites what he has not seen, and what was lost on its way does nothing when it arrives.
 */
#include "server/bucket_script.h"

RIG_SUITE(bucket_compare);

/* Uploads another picture than the first; `condition` is a header field or NULL. Returns the status. */
static int put_new(const char *condition)
{
    struct buffer picture = {0};
    int status;

    bucket_picture(2, &picture);
    status = bucket_send(&rig, "PUT", "anna", picture.data, picture.length, condition);
    buffer_free(&picture);
    return status;
}

Test(bucket_compare, versions_guard_against_lost_updates)
{
    char condition[64];

    open_with(NULL);
    add_picture("old", 1);
    add_picture("new", 2);
    script("200 picture=old");
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200);
    snprintf(condition, sizeof condition, "If-Match: \"%s\"", bucket_version(&rig));
    cr_expect_eq(put_new(condition), 200);
    script("200 picture=new");
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
Test(bucket_compare, the_store_itself_compares_what_is_to_be_replaced)
{
    char version[17];

    open_with(NULL);
    add_picture("old", 1);
    version_of_picture(1, version);
    script("200 'ETag: \"tag\"' picture=old times=2 | 200");
    cr_expect_eq(put_over(version), 200, "%d", rig.answer.status);
    cr_expect(scripted_sent(&rig, "users/anna", "If-Match", "tag"));
    bucket_pass(&rig);
    script("200 'ETag: \"tag\"' picture=old times=2 | 412");
    cr_expect_eq(put_over(version), 412, "%d", rig.answer.status);
    bucket_pass(&rig);
    script("404 times=2 | 412");
    cr_expect_eq(put_new("If-None-Match: *"), 412, "%d", rig.answer.status);
    cr_expect(scripted_sent(&rig, "users/anna", "If-None-Match", "*"));
    rig_close(&rig);
}

/* As after a clock was set back by an hour, though what is kept seems to have come just now. */
Test(bucket_compare, however_new_what_is_kept_it_is_looked_again)
{
    char version[17];

    open_with(NULL);
    add_picture("old", 1);
    version_of_picture(1, version);
    script("200 'ETag: \"tag\"' picture=old times=3 | 200");
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    scripted_pass(&rig, -3600);
    cr_expect_eq(put_over(version), 200, "%d", rig.answer.status);
    cr_expect_eq(asked(), 4u);
    rig_close(&rig);
}

/* So that a request whose answer was lost does nothing when it arrives after all. */
Test(bucket_compare, unasked_what_is_there_is_compared)
{
    open_with(NULL);
    script("404 | 200");
    cr_expect_eq(put_new(NULL), 200);
    cr_expect(scripted_sent(&rig, "users/anna", "If-None-Match", "*"));
    script(HEAD_OF_OLD " | 200");
    cr_expect_eq(put_new(NULL), 200);
    cr_expect(scripted_sent(&rig, "users/anna", "If-Match", "tag"));
    script(HEAD_OF_OLD " | 204");
    cr_expect_eq(bucket_delete(&rig, "anna"), 204);
    cr_expect(scripted_sent(&rig, "users/anna", "If-Match", "tag"));
    cr_expect_eq(asked(), 2u);
    rig_close(&rig);
}

Test(bucket_compare, what_has_to_be_there_is_looked_for_to_the_last)
{
    open_with(NULL);
    add_picture("old", 1);
    script("200 picture=old times=2 | " HEAD_OF_OLD " | 200");
    cr_expect_eq(put_new("If-Match: *"), 200, "%d", rig.answer.status);
    cr_expect(scripted_sent(&rig, "users/anna", "If-Match", "tag"));
    script("200 picture=old times=2 | 404");
    cr_expect_eq(put_new("If-Match: *"), 412, "%d", rig.answer.status);
    rig_close(&rig);
}

Test(bucket_compare, what_is_not_there_need_not_be_deleted)
{
    open_with(NULL);
    script("404");
    cr_expect_eq(bucket_delete(&rig, "anna"), 204);
    cr_expect_eq(asked(), 1u);
    cr_expect(scripted_sent(&rig, "users/anna", ":method", "HEAD"));
    rig_close(&rig);
}

/* Whoever comes last has the last word. */
Test(bucket_compare, unasked_another_machines_change_is_no_failure)
{
    open_with(NULL);
    script("404 | 412 | " HEAD_OF_OLD " | 200");
    cr_expect_eq(put_new(NULL), 200, "%d", rig.answer.status);
    cr_expect(scripted_sent(&rig, "users/anna", "If-Match", "tag"));
    script(HEAD_OF_OLD " | 409 | 404");
    cr_expect_eq(bucket_delete(&rig, "anna"), 204, "%d", rig.answer.status);
    cr_expect_eq(asked(), 3u);
    rig_close(&rig);
}

/* Amazon's says so where a deletion came first. */
Test(bucket_compare, what_was_deleted_meanwhile_is_put_anew_or_not_at_all)
{
    char version[17];

    open_with(NULL);
    add_picture("old", 1);
    version_of_picture(1, version);
    script(HEAD_OF_OLD " | 404 times=2 | 200");
    cr_expect_eq(put_new(NULL), 200, "%d", rig.answer.status);
    cr_expect(scripted_sent(&rig, "users/anna", "If-None-Match", "*"));
    script("200 'ETag: \"tag\"' picture=old times=2 | 404");
    cr_expect_eq(put_over(version), 412, "%d", rig.answer.status);
    script("404");
    cr_expect_eq(put_new(NULL), 503, "there is no bucket: %d", rig.answer.status);
    rig_close(&rig);
}

/* Or one who may put, and not look. */
Test(bucket_compare, a_store_that_does_not_say_what_is_there_takes_uploads)
{
    static const char *const steps[] = {"403 | 200", "200 | 200", "200 'ETag: W/\"tag\"' | 200"};

    open_with(NULL);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        script(steps[i]);
        cr_expect_eq(put_new(NULL), 200, "%s: %d", steps[i], rig.answer.status);
        cr_expect(scripted_sent(&rig, "users/anna", "If-Match", NULL), "%s", steps[i]);
        cr_expect(scripted_sent(&rig, "users/anna", "If-None-Match", NULL), "%s", steps[i]);
    }
    rig_close(&rig);
}

Test(bucket_compare, a_store_that_cannot_compare_is_asked_without)
{
    open_with(NULL);
    script("404 times=2 | 501 | 200");
    cr_expect_eq(put_new("If-None-Match: *"), 200, "%d", rig.answer.status);
    cr_expect_eq(asked(), 4u);
    cr_expect(scripted_sent(&rig, "users/anna", "If-None-Match", NULL));
    script(HEAD_OF_OLD " | 501 | 200");
    cr_expect_eq(put_new(NULL), 200, "%d", rig.answer.status);
    cr_expect_eq(asked(), 3u);
    cr_expect(scripted_sent(&rig, "users/anna", "If-Match", NULL));
    rig_close(&rig);
}

/* It says 412 of the very tag that it has just told, and tells it again. */
Test(bucket_compare, a_store_that_compares_something_else_is_asked_without)
{
    open_with(NULL);
    script(HEAD_OF_OLD " | 412 | " HEAD_OF_OLD " | 200");
    cr_expect_eq(put_new(NULL), 200, "%d", rig.answer.status);
    cr_expect(scripted_sent(&rig, "users/anna", "If-Match", NULL));
    rig_close(&rig);
}

/* Amazon's ConditionalRequestConflict. */
Test(bucket_compare, a_change_that_goes_on_meeting_others_is_a_conflict)
{
    open_with(NULL);
    script("404 | 409 | 404 | 409 | 404 | 409 | 200");
    cr_expect_eq(put_new(NULL), 409, "%d", rig.answer.status);
    cr_expect_eq(asked(), 6u);
    script("404 times=2 | 409");
    cr_expect_eq(put_new("If-None-Match: *"), 409, "%d", rig.answer.status);
    cr_expect_eq(asked(), 3u);
    script("200 'ETag: \"1\"' | 409 | 200 'ETag: \"2\"' | 409 | "
                                     "200 'ETag: \"3\"' | 409 | 204");
    cr_expect_eq(bucket_delete(&rig, "anna"), 409, "%d", rig.answer.status);
    rig_close(&rig);
}

/* ---- lost answers ---- */

Test(bucket_compare, what_a_lost_try_has_put_is_put_once_more)
{
    open_with("retries = 2");
    script("404 | reset | 412 | " HEAD_OF_OLD " | 200");
    cr_expect_eq(put_new(NULL), 200, "%d", rig.answer.status);
    cr_expect_eq(asked(), 5u);
    rig_close(&rig);
}

/* The first try may have been ours: then the store speaks of our own picture. */
Test(bucket_compare, what_may_have_been_put_by_a_lost_try_is_no_precondition_failed)
{
    open_with("retries = 2");
    script("404 times=2 | reset | 412");
    cr_expect_eq(put_new("If-None-Match: *"), 503, "%d", rig.answer.status);
    rig_close(&rig);
}

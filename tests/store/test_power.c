/* SPDX-License-Identifier: MIT
 *
 * An acknowledged upload survives kill -9 of anything at any moment, and loss of power. A program
 * is recorded while it uploads, one by one and several together, replaces, restores and deletes; then the
 * store is opened as each prefix of the record would have left it.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "store/replay.h"

#define CHANGES 24  /* that the program makes */
#define TOGETHER 18 /* the first of those that are made together with others */
#define SOME 2      /* random losses of each prefix */
#ifdef VISAGE_SANITIZERS
#define STRIDE 7   /* everything takes so much longer */
#else
#define STRIDE 1
#endif

static struct replay_place place;

static void set_up(void)
{
    replay_place_make(&place);
}

static void tear_down(void)
{
    replay_place_remove(&place);
}

TestSuite(store_power, .init = set_up, .fini = tear_down, .timeout = 300);

static void record_all(void)
{
    cr_assert_eq(replay_run(&place, &(struct replay_run){.count = CHANGES}), 0);
}

static void record_together(bool strange)
{
    const struct replay_run run = {.first = TOGETHER, .count = CHANGES, .strange = strange};

    replay_place_empty(&place);
    cr_assert_eq(replay_run(&place, &run), 0);
}

/* ---- what the proof rests on ---- */

Test(store_power, nothing_is_done_to_the_store_that_is_not_on_record)
{
    struct disk_image image;
    struct replay r;
    char path[160];

    record_all();
    replay_open(&r, &place, DISK_SEES_ALL);
    while (replay_step(&r))
        ;
    cr_expect_eq(r.done, CHANGES);
    image = disk_image(r.disk, DISK_LOSES_NOTHING, NULL);
    cr_expect_gt(image.count, 8u);
    cr_expect(disk_image_is(&image, place.root, path), "%s", path);
    disk_image_free(&image);
    replay_close(&r);
}

/* Returns the first prefix after which something is wrong, or 0. */
static unsigned find_loss(enum disk_blind blind)
{
    unsigned prefix = 0;
    bool good = true;
    struct replay r;

    replay_open(&r, &place, blind);
    while (good && replay_step(&r)) {
        prefix++;
        good = replay_check(&r, DISK_LOSES_ALL, NULL);
    }
    replay_close(&r);
    return good ? 0 : prefix;
}

Test(store_power, a_sync_that_is_left_out_is_noticed)
{
    record_all();
    cr_expect_eq(find_loss(DISK_SEES_ALL), 0u);
    for (unsigned blind = DISK_SEES_ALL + 1; blind < DISK_BLINDNESSES; blind++)
        cr_expect_neq(find_loss((enum disk_blind)blind), 0u, "%u", blind);
}

static bool has_files_of_their_own(enum disk_blind blind)
{
    return blind == DISK_NO_BLOBS || blind == DISK_NO_LINKED || blind == DISK_NO_UPLOAD;
}

Test(store_power, a_sync_that_is_left_out_of_many_uploads_together_is_noticed)
{
    record_together(false);
    cr_expect_eq(find_loss(DISK_SEES_ALL), 0u);
    cr_expect_neq(find_loss(DISK_NO_ALL), 0u);
    record_together(true);
    cr_expect_eq(find_loss(DISK_SEES_ALL), 0u);
    cr_expect_eq(find_loss(DISK_NO_ALL), 0u);
    for (unsigned blind = DISK_SEES_ALL + 1; blind < DISK_BLINDNESSES; blind++)
        if (has_files_of_their_own((enum disk_blind)blind))
            cr_expect_neq(find_loss((enum disk_blind)blind), 0u, "%u", blind);
}

/* ---- the proof ---- */

static void prove(unsigned changes, unsigned states)
{
    uint32_t random = 1;
    struct replay r;

    replay_open(&r, &place, DISK_SEES_ALL);
    for (unsigned prefix = 1; replay_step(&r); prefix++) {
        cr_expect(replay_check(&r, DISK_LOSES_ALL, NULL), "all lost after %u: %s", prefix, r.why);
        if (prefix % STRIDE)
            continue;
        cr_expect(replay_check(&r, DISK_LOSES_NOTHING, NULL), "killed after %u: %s", prefix, r.why);
        for (unsigned i = 0; i < SOME; i++)
            cr_expect(replay_check(&r, DISK_LOSES_SOME, &random), "some lost after %u: %s", prefix,
                      r.why);
    }
    cr_expect_eq(r.expected.acknowledged, changes);
    cr_expect_gt(replay_states(), states / STRIDE);
    replay_close(&r);
}

Test(store_power, what_was_acknowledged_is_there_whenever_everything_is_killed_or_the_power_fails)
{
    record_all();
    prove(CHANGES, 500);
}

Test(store_power, so_is_what_was_uploaded_together_where_each_file_is_synced_by_itself)
{
    record_together(true);
    prove(CHANGES - TOGETHER, 50);
}

/* Goes on where the first one has been killed, with the change that it was making. Returns whether
 * there was a step to be killed at. */
static bool kill_and_go_on(unsigned long step)
{
    struct replay_run first = {.variable = RECORD_KILL, .step = step, .count = CHANGES};
    struct replay r;
    size_t killed_at;
    int status;

    replay_place_empty(&place);
    status = replay_run(&place, &first);
    if (WIFEXITED(status))
        return false;
    cr_assert_eq(WTERMSIG(status), SIGKILL);
    replay_open(&r, &place, DISK_SEES_ALL);
    while (replay_step(&r))
        ;
    killed_at = r.at;
    first = (struct replay_run){.first = r.done, .count = 1};
    replay_close(&r);
    cr_assert_eq(replay_run(&place, &first), 0);

    replay_open(&r, &place, DISK_SEES_ALL);
    while (r.at < killed_at)
        replay_step(&r);
    replay_killed(&r);
    for (unsigned prefix = 1; replay_step(&r); prefix++)
        cr_expect(replay_check(&r, DISK_LOSES_ALL, NULL), "killed at %lu, all lost after %u: %s",
                  step, prefix, r.why);
    replay_close(&r);
    return true;
}

Test(store_power, whoever_goes_on_after_a_kill_does_not_rely_on_what_is_not_on_disk)
{
    unsigned long step = 1;

    while (kill_and_go_on(step))
        step += STRIDE;
    cr_expect_gt(step, 100u);
}

/* ---- disks that fail ---- */

/* Returns whether there was such a step. */
static bool make_one_fail(unsigned long step, const char *error, const char *only,
                          unsigned failures)
{
    const struct replay_run run = {.variable = RECORD_FAIL, .step = step, .error = error,
                                   .only = only, .count = CHANGES};
    struct replay r;
    bool faulty;
    int status;

    replay_place_empty(&place);
    status = replay_run(&place, &run);
    cr_assert(WIFEXITED(status), "%lu", step);
    cr_expect_eq(WEXITSTATUS(status), 0, "at %lu: %d", step, WEXITSTATUS(status));
    replay_open(&r, &place, DISK_SEES_ALL);
    while (replay_step(&r))
        ;
    cr_expect(replay_check(&r, DISK_LOSES_NOTHING, NULL), "failed at %lu: %s", step, r.why);
    cr_expect(replay_check(&r, DISK_LOSES_ALL, NULL), "failed at %lu, all lost: %s", step, r.why);
    cr_expect_leq(r.failures, failures, "at %lu", step);
    cr_expect_eq(r.done + r.failed, CHANGES);
    faulty = r.faults > 0;
    replay_close(&r);
    return faulty;
}

Test(store_power, a_step_that_fails_fails_its_change_and_no_other)
{
    unsigned long step = 1;

    while (make_one_fail(step, NULL, NULL, 1))
        step += STRIDE;
    cr_expect_gt(step, 100u);
}

Test(store_power, a_write_that_is_interrupted_is_repeated)
{
    char interrupted[8];
    unsigned long step = 1;

    snprintf(interrupted, sizeof interrupted, "%d", EINTR);
    while (make_one_fail(step, interrupted, "write", 0))
        step += STRIDE;
    cr_expect_gt(step, 30u);
}

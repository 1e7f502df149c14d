/* SPDX-License-Identifier: MIT
 *
 * visage gc: the keeper's work, at once and by itself.
 */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "cache/queue.h"
#include "ctl/command.h"
#include "ctl/uploaded.h"
#include "rig/agreement.h"
#include "rig/text.h"
#include "rig/workers.h"
#include "store/store.h"

RIG_SUITE(ctl_gc);

#define NAME_OF_NOTHING "0000000000000000000000000000000000000000000000000000000000000c"

static void warm(struct rig *rig, const char *lines)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];

    files_path(list, "%s/list", rig->directory);
    files_write(list, lines, 0644);
    cr_assert_eq(command_run(rig, &output, "warm", list, NULL), 0, "%s", output.data);
    buffer_free(&output);
}

static void put_rubbish(struct rig *rig)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/blobs/ab", rig->state);
    mkdir(path, 0700);
    files_path(path, "%s/blobs/ab/" NAME_OF_NOTHING, rig->state);
    files_write(path, "nothing knows this", 0600);
    files_path(path, "%s/tmp/400.1.1", rig->state);
    files_write(path, "nobody writes this any more", 0600);
}

Test(ctl_gc, removes_what_nothing_knows_and_what_was_purged)
{
    struct buffer output = {0};
    static struct rig rig;
    char blobs[FILES_PATH_MAX];

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    warm(&rig, "/s64/o/ok/a.jpg\n/s64/o/ok/b.jpg\n");
    cr_assert_eq(command_run(&rig, &output, "purge", "--subject", "o/ok/a", NULL), 0);
    workers_stop_keepers(rig.state, 20000); /* it might be quicker */
    put_rubbish(&rig);
    cr_assert_eq(command_run(&rig, &output, "gc", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "1 unknown file, ");
    files_path(blobs, "%s/blobs", rig.state);
    cr_expect_eq(files_count(blobs), 2u);
    agreement_assert(rig.conf);
    cr_assert_eq(command_run(&rig, &output, "gc", NULL), 0);
    EXPECT_SAYS(output, "evicted 0 entries (0 B); removed 0 purged entries, 0 unknown files, "
                        "0 temporary files\n");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_gc, brings_the_cache_down_to_a_lower_limit)
{
    struct buffer output = {0}, lines = {0}, conf = {0};
    static struct rig rig;
    uint64_t bytes;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .top = "cache_size = \"8M\""});
    for (unsigned i = 0; i < 40; i++)
        text_add(&lines, "/s128/o/unique/%u/x.png\n", i);
    warm(&rig, lines.data);
    cr_assert(files_read(rig.conf, &conf));
    text_replace(&conf, "\"8M\"", "\"1M\"");
    files_write(rig.conf, conf.data, 0644);
    cr_assert_eq(command_run(&rig, &output, "stats", NULL), 0);
    cr_assert_gt(command_number(&output, "cache-bytes"), 1u << 20);
    cr_assert_eq(command_run(&rig, &output, "gc", NULL), 0);
    EXPECT_SAYS_NOT(output, "evicted 0 ");
    cr_assert_eq(command_run(&rig, &output, "stats", NULL), 0);
    bytes = command_number(&output, "cache-bytes");
    cr_expect_leq(bytes, 1u << 20);
    cr_expect_gt(bytes, 1u << 19);
    agreement_assert(rig.conf);
    buffer_free(&conf);
    buffer_free(&lines);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_gc, quiet_says_nothing)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    warm(&rig, "/s64/o/ok/a.jpg\n");
    put_rubbish(&rig);
    cr_assert_eq(command_run(&rig, &output, "gc", "-q", NULL), 0);
    cr_expect_str_eq(output.data, "");
    agreement_assert(rig.conf);
    buffer_free(&output);
    rig_close(&rig);
}

/* What a command leaves behind must be the workers' own, or they could not use it. */
Test(ctl_gc, root_works_as_the_owner_of_the_state_directory_and_others_refuse)
{
    char program[FILES_PATH_MAX], path[FILES_PATH_MAX];
    static struct rig rig;
    const char *argv[] = {program, "gc", "-c", rig.conf, NULL};
    const struct process_options o = {.argv = argv, .user = "nobody"};
    const struct passwd *nobody = getpwnam("nobody");
    struct buffer output = {0};
    struct stat st;

    if (geteuid() != 0 || !nobody)
        cr_skip_test("needs root and a user nobody");
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    files_path(program, "%s/bin/visage", rig.directory);
    files_copy_program(rig_built("visage"), program);
    cr_expect_eq(process_run(&o, &output, 20000), 1);
    EXPECT_SAYS(output, " belongs to user root (0): run this as that user, or as root\n");

    cr_assert_eq(chown(rig.state, nobody->pw_uid, nobody->pw_gid), 0);
    cr_expect_eq(command_run(&rig, &output, "gc", NULL), 0, "%s", output.data);
    files_path(path, "%s/index.mdb", rig.state);
    cr_assert_eq(stat(path, &st), 0);
    cr_expect_eq(st.st_uid, nobody->pw_uid);
    cr_expect_eq(st.st_gid, nobody->pw_gid);
    buffer_clear(&output);
    cr_expect_eq(process_run(&o, &output, 20000), 0, "%s", output.data);
    buffer_free(&output);
    rig_close(&rig);
}

static void await_keeper(struct rig *rig)
{
    int64_t until_ms = clock_boot_ms() + 20000;
    struct workers keepers;

    do {
        clock_sleep_ms(5);
        workers_find_keepers(rig->state, &keepers);
    } while (keepers.count == 0 && clock_boot_ms() < until_ms);
    cr_assert_eq(keepers.count, 1u);
}

Test(ctl_gc, leaves_the_work_to_a_keeper_that_is_at_it)
{
    struct buffer output = {0};
    static struct rig rig;
    const char *argv[] = {rig.keeper, "-f", "-c", rig.conf, NULL};
    const struct process_options o = {.argv = argv, .log = rig.log};
    struct process keeper = {0};
    char line[64];

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    process_start(&keeper, &o);
    await_keeper(&rig);
    cr_assert(process_running(&keeper));
    cr_expect_eq(command_run(&rig, &output, "gc", NULL), 0);
    snprintf(line, sizeof line, "keeper %d is at work", (int)keeper.pid);
    EXPECT_SAYS(output, line);
    EXPECT_SAYS_NOT(output, "evicted");
    cr_expect_eq(command_run(&rig, &output, "gc", "-q", NULL), 0);
    cr_expect_str_eq(output.data, "");
    process_stop(&keeper, 10000);
    cr_expect_eq(command_run(&rig, &output, "gc", NULL), 0);
    EXPECT_SAYS(output, "evicted 0 ");
    buffer_free(&output);
    rig_close(&rig);
}

static void queue(struct rig *rig, const char *text)
{
    struct cache *cache = command_open_cache(rig, CACHE_TOOL);
    struct digest key;

    cr_assert_eq(cache_key(text, &key), 0);
    cr_assert_eq(queue_add(cache, QUEUE_REFRESH, &key, text), 0);
    command_close_cache(&cache);
}

Test(ctl_gc, refresh_works_off_what_waits_for_the_keeper)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    queue(&rig, "o/ok/a?w=64&h=64&fit=cover&q=82&f=jpeg&bg=ffffff&v=1");
    queue(&rig, "o/status/404/b?w=64&h=64&fit=cover&q=82&f=jpeg&bg=ffffff&v=1");
    queue(&rig, "gone/c?w=64&h=64&fit=cover&q=82&f=jpeg&bg=ffffff&v=1");
    cr_assert_eq(command_run(&rig, &output, "gc", NULL), 0);
    EXPECT_SAYS(output, "3 pictures wait to be refreshed: ");
    cr_expect_eq(origin_total(rig.origin), 0u);
    cr_assert_eq(command_run(&rig, &output, "gc", "--refresh", NULL), 0);
    EXPECT_SAYS(output, "refreshed 1 picture, 1 failed\n");
    cr_expect_eq(origin_count(rig.origin, "/ok/a"), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_REFRESHES), 1u);
    cr_assert_eq(command_run(&rig, &output, "gc", NULL), 0);
    EXPECT_SAYS_NOT(output, "wait");
    buffer_free(&output);
    rig_close(&rig);
}

/* ---- uploads ---- */

static void put_rubbish_into_store(struct rig *rig)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/store/blobs/ab", rig->state);
    mkdir(path, 0700);
    files_path(path, "%s/store/blobs/ab/" NAME_OF_NOTHING, rig->state);
    files_write(path, "linked by who was killed", 0600);
    files_path(path, "%s/store/tmp/0123456789abcdef", rig->state);
    files_write(path, "and not committed", 0600);
}

static void expect_store(struct rig *rig, unsigned blobs)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/store/blobs", rig->state);
    cr_expect_eq(files_count(path), blobs, "%u", files_count(path));
    files_path(path, "%s/store/tmp", rig->state);
    cr_expect_eq(files_count(path), 0u);
}

#define USERS(keep) "source users { type = store upload_min = 20 keep_versions = " keep " }\n"

/* The next command reads keep_versions = 1. */
static void keep_one(struct rig *rig)
{
    struct buffer conf = {0};

    cr_assert(files_read(rig->conf, &conf));
    cr_assert_eq(text_replace(&conf, "keep_versions = 3", "keep_versions = 1"), 1u);
    files_write(rig->conf, conf.data, 0644);
    buffer_free(&conf);
}

Test(ctl_gc, leaves_nothing_of_killed_uploads_and_no_more_versions_than_are_to_be_kept)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = USERS("3")});
    for (unsigned seed = 1; seed <= 3; seed++)
        uploaded_put(&rig, "users", "anna", seed);
    put_rubbish_into_store(&rig);
    cr_expect_eq(command_run(&rig, &output, "gc", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "uploads: removed 1 file that nothing refers to, 0 versions above");
    expect_store(&rig, 3);
    keep_one(&rig);
    cr_expect_eq(command_run(&rig, &output, "gc", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "0 files that nothing refers to, 2 versions above keep_versions");
    expect_store(&rig, 1);
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "1 version of uploads checked");
    buffer_free(&output);
    rig_close(&rig);
}

static bool await_store(const struct rig *rig, unsigned blobs)
{
    int64_t until_ms = clock_boot_ms() + 20000;
    char path[FILES_PATH_MAX];

    files_path(path, "%s/store/blobs", rig->state);
    while (files_count(path) != blobs && clock_boot_ms() < until_ms)
        clock_sleep_ms(10);
    return files_count(path) == blobs;
}

/* What the keeper does of itself, at its start and once a day. */
Test(ctl_gc, the_keeper_does_it_too_and_settles_purges_that_are_owed)
{
    struct buffer output = {0};
    static struct rig rig;
    const char *argv[] = {rig.keeper, "-f", "-c", rig.conf, NULL};
    const struct process_options o = {.argv = argv, .log = rig.log};
    char directory[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct process keeper = {0};
    struct store *store;
    uint64_t until;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = USERS("3")});
    for (unsigned seed = 1; seed <= 3; seed++)
        uploaded_put(&rig, "users", "anna", seed);
    uploaded_put(&rig, "users", "bob", 4);
    uploaded_put(&rig, "users", "carl", 5);
    uploaded_put(&rig, "users", "dora", 6);
    files_path(directory, "%s/store", rig.state);
    cr_assert_eq(store_open(directory, &store, error), 0, "%s", error);
    cr_assert_eq(store_delete(store, "users/bob", NULL, NULL), 0);
    cr_assert_eq(store_purge_failed(store, "users/bob"), 0);
    /* By who was killed, and some time ago. */
    cr_assert_eq(store_delete(store, "users/carl", NULL, NULL), 0);
    cr_assert_eq(store_long_owed(store, clock_wall_ms() - 120000, 60000, &until), 0);
    /* By who may be alive. */
    cr_assert_eq(store_delete(store, "users/dora", NULL, NULL), 0);
    store_close(&store);
    put_rubbish_into_store(&rig);
    keep_one(&rig);
    process_start(&keeper, &o);
    cr_expect(await_store(&rig, 1));
    process_stop(&keeper, 10000);
    expect_store(&rig, 1);
    cr_expect(rig_await_log(&rig, "uploads_versions=2 uploads_purges=2", 10000));
    cr_expect_eq(command_run(&rig, &output, "gc", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "settled 1 purge that had been owed");
    cr_expect_eq(command_run(&rig, &output, "gc", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "settled 0 purges that had been owed");
    buffer_free(&output);
    rig_close(&rig);
}

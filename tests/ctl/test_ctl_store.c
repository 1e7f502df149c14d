/* SPDX-License-Identifier: MIT
 *
 * visage store: what people have uploaded, as the operator sees it, brings it back and deletes it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "ctl/uploaded.h"
#include "rig/agreement.h"
#include "store/store.h"

RIG_SUITE(ctl_store);

#define SOURCES \
    "source users { type = store upload_min = 20 keep_versions = 2 }\n" \
    "source teams { type = store upload_min = 20 }\n"
#define RUN_MS 60000
#define LOOK_MS 5
#define HEX_SIZE (2 * DIGEST_SIZE + 1)

static struct rig rig;
static struct buffer output;

static void prepare(void)
{
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCES});
}

static void finish(void)
{
    buffer_free(&output);
    rig_close(&rig);
}

/* The first 16 digits of the digest. */
static void version_of_seed(unsigned seed, char out[17])
{
    struct buffer picture = {0};
    char hex[DIGEST_HEX_SIZE];
    struct digest digest;

    uploaded_picture(seed, &picture);
    cr_assert_eq(digest_of(picture.data, picture.length, &digest), 0);
    digest_to_hex(&digest, hex);
    snprintf(out, 17, "%.16s", hex);
    buffer_free(&picture);
}

static unsigned long long length_of_seed(unsigned seed)
{
    struct buffer picture = {0};
    unsigned long long length;

    uploaded_picture(seed, &picture);
    length = picture.length;
    buffer_free(&picture);
    return length;
}

Test(ctl_store, lists_the_pictures_of_one_source)
{
    char version[17];

    prepare();
    cr_expect_eq(command_run(&rig, &output, "store", "list", "users", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "none\n");
    uploaded_put(&rig, "users", "anna", 1);
    uploaded_put(&rig, "users", "team/bob", 2);
    uploaded_put(&rig, "teams", "red", 3);
    cr_expect_eq(command_run(&rig, &output, "store", "list", "users", NULL), 0, "%s", output.data);
    version_of_seed(1, version);
    EXPECT_SAYS(output, version);
    EXPECT_SAYS(output, "anna ");
    EXPECT_SAYS(output, "team/bob ");
    EXPECT_SAYS(output, " png ");
    EXPECT_SAYS(output, " 12x12 ");
    EXPECT_SAYS_NOT(output, "red");
    cr_expect_eq(command_count(output.data, "\n"), 3, "%s", output.data);
    finish();
}

/* 600 digits, in segments that are names of files. */
static void make_long_id(char out[700])
{
    size_t used = 0;

    for (int i = 0; i < 60; i++)
        used += (size_t)snprintf(out + used, 700 - used, "%s0123456789", i && i % 10 == 0 ? "/" : "");
}

Test(ctl_store, a_long_id_is_cut_in_the_table_for_all_to_see_and_whole_in_json)
{
    char id[700], shown[64];

    prepare();
    make_long_id(id);
    uploaded_put(&rig, "users", id, 1);
    uploaded_put(&rig, "users", "anna", 2);
    cr_expect_eq(command_run(&rig, &output, "store", "list", "users", NULL), 0, "%s", output.data);
    snprintf(shown, sizeof shown, "\n%.45s...  ", id);
    EXPECT_SAYS(output, shown);
    snprintf(shown, sizeof shown, "\n%-48s  ", "anna");
    EXPECT_SAYS(output, shown);
    cr_expect_eq(command_run(&rig, &output, "store", "history", "users", id, NULL), 0);
    EXPECT_SAYS(output, "...  ");
    cr_expect_eq(command_run(&rig, &output, "store", "list", "users", "--json", NULL), 0);
    EXPECT_SAYS(output, id);
    finish();
}

Test(ctl_store, tells_programs_in_lines_of_json)
{
    char expected[128], version[17];

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    cr_expect_eq(command_run(&rig, &output, "store", "list", "users", "--json", NULL), 0);
    cr_expect(command_is_json(output.data), "%s", output.data);
    version_of_seed(1, version);
    snprintf(expected, sizeof expected,
             "{\"id\":\"anna\",\"version\":\"%s\",\"type\":\"image/png\",\"bytes\":%llu,"
             "\"width\":12,\"height\":12,\"uploaded_ms\":", version, length_of_seed(1));
    EXPECT_SAYS(output, expected);
    uploaded_put(&rig, "users", "bob", 2);
    cr_expect_eq(command_run(&rig, &output, "store", "list", "users", "--json", NULL), 0);
    cr_expect_eq(command_count(output.data, "}\n"), 2, "%s", output.data);
    finish();
}

Test(ctl_store, history_has_the_versions_that_are_kept_newest_first)
{
    char first[17], second[17], third[17];

    prepare();
    for (unsigned seed = 1; seed <= 3; seed++)
        uploaded_put(&rig, "users", "anna", seed);
    version_of_seed(1, first);
    version_of_seed(2, second);
    version_of_seed(3, third);
    cr_expect_eq(command_run(&rig, &output, "store", "history", "users", "anna", NULL), 0);
    cr_assert(strstr(output.data, third) && strstr(output.data, second), "%s", output.data);
    cr_expect_lt(strstr(output.data, third), strstr(output.data, second));
    EXPECT_SAYS_NOT(output, first);
    finish();
}

static void look(char hex[HEX_SIZE])
{
    cr_assert_eq(rig_get(&rig, "/s64/users/anna.png"), 200);
    answer_digest(&rig.answer, hex);
}

Test(ctl_store, what_is_restored_is_shown_to_the_next_request)
{
    char version[17], before[HEX_SIZE], between[HEX_SIZE], after[HEX_SIZE];
    struct buffer picture = {0};

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCES});
    uploaded_put(&rig, "users", "anna", 1);
    look(before);
    uploaded_put(&rig, "users", "anna", 2);
    look(between);
    cr_expect_str_neq(between, before);
    version_of_seed(1, version);
    cr_expect_eq(command_run(&rig, &output, "store", "restore", "users", "anna", version, NULL), 0,
                 "%s", output.data);
    EXPECT_SAYS(output, version);
    look(after);
    cr_expect_str_eq(after, before);
    uploaded_picture(1, &picture);
    cr_expect(uploaded_has(&rig, "users/anna", &picture));
    cr_expect_eq(command_run(&rig, &output, "store", "restore", "users", "anna", "0123456789abcdef",
                             NULL), 1);
    EXPECT_SAYS(output, "no earlier version 0123456789abcdef is kept");
    buffer_free(&picture);
    finish();
}

Test(ctl_store, what_is_damaged_is_not_restored)
{
    char version[17], path[FILES_PATH_MAX];
    struct buffer picture = {0};

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    uploaded_put(&rig, "users", "anna", 2);
    version_of_seed(1, version);
    files_path(path, "%s/store/blobs/%.2s", rig.state, version);
    files_remove_tree(path);
    cr_expect_eq(command_run(&rig, &output, "store", "restore", "users", "anna", version, NULL), 1);
    EXPECT_SAYS(output, ": its bytes are missing or damaged; nothing was changed\n");
    uploaded_picture(2, &picture);
    cr_expect(uploaded_has(&rig, "users/anna", &picture));
    buffer_free(&picture);
    finish();
}

Test(ctl_store, what_is_deleted_is_gone_from_every_place_and_the_receipt_says_so)
{
    char path[FILES_PATH_MAX], expected[200], version[17];
    struct stat st;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .more = SOURCES,
                                         .top = "publish_root = \"@STATE@/published\""});
    uploaded_put(&rig, "users", "anna", 1);
    uploaded_put(&rig, "users", "anna", 2);
    version_of_seed(2, version);
    cr_assert_eq(rig_get(&rig, "/v/%s/s64/users/anna.png", version), 200);
    cr_assert_eq(rig_get(&rig, "/s32/users/anna.webp"), 200);
    files_path(path, "%s/published%s/v/%s/s64/users/anna.png", rig.state, rig.prefix, version);
    cr_assert(files_await(path), "%s", path);
    cr_expect_eq(command_run(&rig, &output, "store", "delete", "users", "anna", "--receipt", NULL),
                 0, "%s", output.data);
    cr_expect(command_is_json(output.data), "%s", output.data);
    snprintf(expected, sizeof expected,
             "{\"source\":\"users\",\"id\":\"anna\",\"versions\":2,\"blobs\":2,\"bytes\":%llu,"
             "\"variants\":2,\"published\":1,\"deleted_ms\":",
             length_of_seed(1) + length_of_seed(2));
    EXPECT_SAYS(output, expected);
    cr_expect_neq(stat(path, &st), 0, "it is still published");
    files_path(path, "%s/store/blobs", rig.state);
    cr_expect_eq(files_count(path), 0u);
    files_path(path, "%s/blobs", rig.state);
    cr_expect_eq(files_count(path), 0u);
    cr_expect_eq(rig_get(&rig, "/s64/users/anna.png"), 404);
    cr_expect_eq(command_run(&rig, &output, "store", "delete", "users", "anna", NULL), 1);
    EXPECT_SAYS(output, "there is no picture of anna");
    agreement_assert(rig.conf);
    finish();
}

Test(ctl_store, a_deletion_takes_nothing_from_others)
{
    struct buffer picture = {0};

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    uploaded_put(&rig, "users", "bob", 1); /* the same bytes */
    cr_expect_eq(command_run(&rig, &output, "store", "delete", "users", "anna", NULL), 0);
    EXPECT_SAYS(output, "deleted users/anna: 1 version, 0 files of 0 B");
    uploaded_picture(1, &picture);
    cr_expect(uploaded_has(&rig, "users/bob", &picture));
    cr_expect_not(uploaded_has(&rig, "users/anna", &picture));
    buffer_free(&picture);
    finish();
}

Test(ctl_store, a_sweep_removes_what_nothing_refers_to)
{
    char path[FILES_PATH_MAX];

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    files_path(path, "%s/store/blobs/ab", rig.state);
    mkdir(path, 0700);
    files_path(path, "%s/store/blobs/ab/%062d", rig.state, 7);
    files_write(path, "nobody's", 0600);
    cr_expect_eq(command_run(&rig, &output, "store", "sweep", "users", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "removed 1 file that nothing refers to");
    files_path(path, "%s/store/blobs", rig.state);
    cr_expect_eq(files_count(path), 1u);
    finish();
}

Test(ctl_store, a_backup_is_a_store_that_is_checked)
{
    char path[FILES_PATH_MAX], lost[FILES_PATH_MAX], wanted[FILES_PATH_MAX + 128];
    struct buffer picture = {0};

    prepare();
    files_path(path, "%s/copy", rig.directory);
    cr_expect_eq(command_run(&rig, &output, "store", "backup", path, NULL), 1, "there is none yet");
    uploaded_put(&rig, "users", "anna", 1);
    uploaded_put(&rig, "users", "anna", 2);
    uploaded_put(&rig, "teams", "red", 3);
    cr_expect_eq(command_run(&rig, &output, "store", "backup", path, NULL), 0, "%s", output.data);
    snprintf(wanted, sizeof wanted, "3 versions in %s: 3 files linked, 0 copied; checked: 0 damaged, "
             "0 missing, 0 unreadable\n", path);
    EXPECT_SAYS(output, wanted);
    cr_expect_eq(command_run(&rig, &output, "store", "backup", path, NULL), 1);
    EXPECT_SAYS(output, "/copy: there is something in it");

    /* It takes the place of what is lost. */
    files_path(lost, "%s/store", rig.state);
    files_remove_tree(lost);
    cr_assert_eq(rename(path, lost), 0);
    uploaded_picture(2, &picture);
    cr_expect(uploaded_has(&rig, "users/anna", &picture));
    uploaded_picture(3, &picture);
    cr_expect(uploaded_has(&rig, "teams/red", &picture));

    files_path(path, "%s/store/blobs", rig.state);
    files_remove_tree(path);
    files_path(path, "%s/again", rig.directory);
    cr_expect_eq(command_run(&rig, &output, "store", "backup", path, NULL), 1, "%s", output.data);
    EXPECT_SAYS(output, "missing    users/anna, version ");
    EXPECT_SAYS(output, " 3 missing, ");
    buffer_free(&picture);
    finish();
}

/* Working in the rig's directory. */
static int back_up_to(const char *typed)
{
    char program[FILES_PATH_MAX];
    const char *const argv[] = {program, "store", "backup", typed, "-c", rig.conf, NULL};

    files_path(program, "%s", rig_built("visage"));
    buffer_clear(&output);
    return process_run(&(struct process_options){.argv = argv, .directory = rig.directory}, &output,
                       RUN_MS);
}

Test(ctl_store, a_backup_goes_to_any_path_that_is_typed)
{
    static const char *const typed[] = {"copy", "./copy", "copy/", ".//copy//",
                                        "new/../copy"};
    char path[FILES_PATH_MAX];

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    files_path(path, "%s/new", rig.directory);
    cr_assert_eq(mkdir(path, 0700), 0);
    files_path(path, "%s/copy", rig.directory);
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        cr_expect_eq(back_up_to(typed[i]), 0, "%s: %s", typed[i], output.data);
        EXPECT_SAYS(output, "1 version in ");
        EXPECT_SAYS(output, "checked: 0 damaged, 0 missing, 0 unreadable\n");
        files_remove_tree(path);
    }
    finish();
}

/* A backup to "copy" that waits for `held` in the middle; to be released by closing it. */
static int begin_backup(struct process *p)
{
    char path[FILES_PATH_MAX];
    int64_t until_ms = clock_boot_ms() + RUN_MS;
    int held;

    files_path(path, "%s/store/blobs", rig.state);
    held = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(held, 0);
    cr_assert_eq(flock(held, LOCK_SH), 0); /* as who unlinks */
    command_start(&rig, p, "store", "backup", command_path(&rig, "copy"), NULL);
    files_path(path, "%s/copy/.visage-backup/blobs", rig.directory);
    while (access(path, F_OK) != 0 || files_count(path) < 1) {
        cr_assert_lt(clock_boot_ms(), until_ms);
        clock_sleep_ms(LOOK_MS);
    }
    return held;
}

static int back_up(void)
{
    return command_run(&rig, &output, "store", "backup", command_path(&rig, "copy"), NULL);
}

Test(ctl_store, a_backup_that_was_killed_is_in_nobodys_way)
{
    struct process p;
    char from[FILES_PATH_MAX], to[FILES_PATH_MAX];
    int held;

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    held = begin_backup(&p);
    cr_expect_eq(back_up(), 1);
    EXPECT_SAYS(output, "/copy: another backup is being made there\n");
    cr_assert_eq(kill(p.pid, SIGKILL), 0);
    cr_expect_eq(process_wait(&p, RUN_MS), 128 + SIGKILL);
    process_stop(&p, RUN_MS);
    close(held);

    files_path(to, "%s/copy/mine", rig.directory);
    files_write(to, "somebody's", 0600);
    cr_expect_eq(back_up(), 1);
    EXPECT_SAYS(output, "/copy: there is something in it\n");
    cr_expect_eq(unlink(to), 0);
    /* As if it had come to moving what is whole. */
    files_path(from, "%s/copy/.visage-backup/blobs", rig.directory);
    files_path(to, "%s/copy/blobs", rig.directory);
    cr_assert_eq(rename(from, to), 0);
    cr_expect_eq(back_up(), 0, "%s", output.data);
    EXPECT_SAYS(output, ": 1 file linked, 0 copied; checked: 0 damaged, 0 missing, 0 unreadable\n");
    cr_expect_eq(files_count(to), 1u);
    files_path(to, "%s/copy/.visage-backup", rig.directory);
    cr_expect_neq(access(to, F_OK), 0);
    finish();
}

Test(ctl_store, a_backup_that_is_interrupted_leaves_nothing)
{
    struct process p;
    int held;

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    held = begin_backup(&p);
    cr_assert_eq(kill(p.pid, SIGINT), 0);
    close(held);
    cr_expect_eq(process_wait(&p, RUN_MS), 1);
    process_stop(&p, RUN_MS);
    command_output(&rig, &output);
    EXPECT_SAYS(output, "/copy: interrupted: no backup is left there\n");
    cr_expect_neq(access(command_path(&rig, "copy"), F_OK), 0);
    finish();
}

Test(ctl_store, a_deletion_waits_for_a_backup_to_be_completed_and_says_so)
{
    char path[FILES_PATH_MAX];
    struct process p;
    int held;

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    files_path(path, "%s/store/blobs", rig.state);
    held = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(held, 0);
    cr_assert_eq(flock(held, LOCK_EX), 0); /* as who completes one */
    command_start(&rig, &p, "store", "delete", "users", "anna", NULL);
    cr_expect(command_await(&rig, "visage store: a backup is being completed: waiting", 1, RUN_MS));
    cr_expect_eq(files_count(path), 1u);
    close(held);
    cr_expect_eq(process_wait(&p, RUN_MS), 0);
    process_stop(&p, RUN_MS);
    command_output(&rig, &output);
    EXPECT_SAYS(output, "deleted users/anna: 1 version, 1 file of ");
    cr_expect_eq(files_count(path), 0u);
    finish();
}

/* Deletes it for somebody else, who may not unlink its file. */
static void delete_held_up(const char *subject)
{
    char path[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store *store;

    files_path(path, "%s/store", rig.state);
    cr_assert_eq(store_open(path, &store, error), 0, "%s", error);
    cr_assert_eq(store_delete(store, subject, NULL, NULL), 0);
    store_close(&store);
}

Test(ctl_store, a_deletion_does_not_wait_for_files_of_others)
{
    char path[FILES_PATH_MAX];
    int held;

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    uploaded_put(&rig, "users", "bob", 1);
    uploaded_put(&rig, "users", "carl", 2);
    files_path(path, "%s/store/blobs", rig.state);
    held = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(held, 0);
    cr_assert_eq(flock(held, LOCK_EX), 0);
    delete_held_up("users/carl");
    cr_expect_eq(command_run(&rig, &output, "store", "delete", "users", "anna", NULL), 0, "%s",
                 output.data);
    EXPECT_SAYS(output, "deleted users/anna: 1 version, 0 files of ");
    cr_expect_eq(files_count(path), 2u);
    close(held);
    finish();
}

/* As it is read from now on. */
static void set_keep_versions(unsigned count)
{
    struct buffer conf = {0};
    char *at;

    cr_assert(files_read(rig.conf, &conf));
    at = strstr(conf.data, "keep_versions = ");
    cr_assert_not_null(at);
    at[strlen("keep_versions = ")] = (char)('0' + count);
    files_write_bytes(rig.conf, conf.data, conf.length, 0644);
    buffer_free(&conf);
}

Test(ctl_store, trim_removes_what_a_lower_keep_versions_does_not_keep)
{
    char path[FILES_PATH_MAX];

    prepare();
    for (unsigned seed = 1; seed <= 2; seed++) {
        uploaded_put(&rig, "users", "anna", seed);
        uploaded_put(&rig, "users", "bob", 10 + seed);
    }
    files_path(path, "%s/store/blobs", rig.state);
    cr_expect_eq(command_run(&rig, &output, "store", "trim", "users", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "removed 0 versions above keep_versions, 2\n");
    cr_expect_eq(files_count(path), 4u);
    set_keep_versions(1);
    cr_expect_eq(command_run(&rig, &output, "store", "trim", "teams", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "removed 0 versions");
    cr_expect_eq(command_run(&rig, &output, "store", "trim", "users", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "removed 2 versions above keep_versions, 1\n");
    cr_expect_eq(files_count(path), 2u);
    finish();
}

Test(ctl_store, check_looks_at_the_store_and_makes_none)
{
    char path[FILES_PATH_MAX];
    struct stat st;

    prepare();
    command_run(&rig, &output, "check", NULL);
    EXPECT_SAYS(output, "/store does not exist yet and will be made in /");
    files_path(path, "%s/store", rig.state);
    cr_expect_neq(stat(path, &st), 0);
    uploaded_put(&rig, "users", "anna", 1);
    command_run(&rig, &output, "check", NULL);
    EXPECT_SAYS(output, "/store: owner ");
    EXPECT_SAYS(output, "/store: 1 picture, 1 version, ");
    EXPECT_SAYS(output, "store: free space: ");
    EXPECT_SAYS(output, "store: file system of ");
    files_path(path, "%s/store/store.mdb", rig.state);
    files_write(path, "no records at all, of no format that anybody knows", 0600);
    cr_expect_eq(command_run(&rig, &output, "check", NULL), 1);
    EXPECT_SAYS(output, "store.mdb is of another format, or damaged");
    cr_assert_eq(remove(path), 0);
    command_run(&rig, &output, "check", NULL);
    EXPECT_SAYS(output, "has no store.mdb yet: will be made");
    cr_expect_neq(stat(path, &st), 0);
    finish();
}

Test(ctl_store, says_what_is_wrong)
{
    static const struct {
        const char *arguments[5];
        int status;
        const char *said;
    } rows[] = {
        {{NULL}, 2, "say what: list, history, restore, delete, sweep, trim or backup"},
        {{"erase", "users"}, 2, "\"erase\" is none of list, history"},
        {{"list"}, 2, "a source is wanted"},
        {{"list", "users", "anna"}, 2, "a source is wanted"},
        {{"history", "users"}, 2, "a source and an id are wanted"},
        {{"restore", "users", "anna"}, 2, "a source, an id and a version are wanted"},
        {{"restore", "users", "anna", "New"}, 2, "\"New\" is no version"},
        {{"restore", "users", "anna", ""}, 2, "\"\" is no version"},
        {{"list", "nobody"}, 1, "no source \"nobody\" in /"},
        {{"list", "o"}, 1, "source o has no uploads: it is not of type store"},
        {{"history", "users", "nobody"}, 1, "there is no picture of nobody"},
        {{"delete", "users", "../anna"}, 1, "no id of source users is like \"../anna\""},
        {{"delete", "users", ""}, 1, "no id of source users"},
    };

    prepare();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *a = rows[i].arguments;

        cr_expect_eq(command_run(&rig, &output, "store", a[0], a[1], a[2], a[3], NULL),
                     rows[i].status, "%zu: %s", i, output.data);
        EXPECT_SAYS(output, rows[i].said);
    }
    finish();
}

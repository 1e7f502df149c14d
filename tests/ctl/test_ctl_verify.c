/* SPDX-License-Identifier: MIT
 *
 * visage verify: finds what is not as the index says, nothing else, and mends it.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "ctl/command.h"
#include "ctl/uploaded.h"
#include "rig/agreement.h"
#include "rig/text.h"
#include "rig/workers.h"

RIG_SUITE(ctl_verify);

#define ORPHAN "0000000000000000000000000000000000000000000000000000000000000c"

/* The path of the blob of a variant's text. */
static void blob_of(struct rig *rig, const char *text, char path[FILES_PATH_MAX])
{
    struct cache *cache = command_open_cache(rig, CACHE_VISITOR);
    char name[BLOB_PATH_SIZE];
    struct digest key;
    struct entry e;

    cr_assert_eq(cache_key(text, &key), 0);
    cr_assert_eq(cache_lookup(cache, &key, text, &e), 0, "%s", text);
    blob_path(&e.blob, name);
    files_path(path, "%s/blobs/%s", rig->state, name);
    command_close_cache(&cache);
}

/* Four pictures, each in one variant and with its original. */
static void fill(struct rig *rig)
{
    for (unsigned i = 0; i < 4; i++)
        cr_assert_eq(rig_get(rig, "/s64/o/unique/%u/x.jpg", i), 200);
}

#define VARIANT(n) "o/unique/" n "/x?w=64&h=64&fit=cover&q=82&f=jpeg&bg=ffffff&v=1"

static void damage(struct rig *rig, const char *text)
{
    char path[FILES_PATH_MAX];
    struct buffer bytes = {0};
    FILE *file;

    blob_of(rig, text, path);
    cr_assert(files_read(path, &bytes));
    bytes.data[bytes.length / 2] ^= 1;
    file = fopen(path, "w");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes.data, 1, bytes.length, file), bytes.length);
    cr_assert_eq(fclose(file), 0);
    buffer_free(&bytes);
}

static void lose(struct rig *rig, const char *text)
{
    char path[FILES_PATH_MAX];

    blob_of(rig, text, path);
    cr_assert_eq(unlink(path), 0);
}

static void put_orphan(struct rig *rig)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/blobs/ab", rig->state);
    mkdir(path, 0700);
    files_path(path, "%s/blobs/ab/" ORPHAN, rig->state);
    files_write(path, "nothing knows this", 0600);
}

Test(ctl_verify, a_cache_that_is_whole_is_well)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    fill(&rig);
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 0);
    EXPECT_SAYS(output, "8 blobs checked, ");
    EXPECT_SAYS(output, ": 0 damaged, 0 missing, 0 unreadable, 0 orphans\n");
    cr_expect_eq(command_count(output.data, "\n"), 1u, "%s", output.data);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_verify, finds_damaged_missing_and_unknown_files_and_changes_nothing)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    fill(&rig);
    damage(&rig, VARIANT("0"));
    lose(&rig, VARIANT("1"));
    put_orphan(&rig);
    for (int again = 0; again < 2; again++) {
        cr_expect_eq(command_run(&rig, &output, "verify", NULL), 1);
        EXPECT_SAYS(output, "damaged    blobs/");
        EXPECT_SAYS(output, "missing    blobs/");
        EXPECT_SAYS(output, "orphan     blobs/ab/" ORPHAN ": on no record\n");
        EXPECT_SAYS(output, ": 1 damaged, 1 missing, 0 unreadable, 1 orphan\n");
        EXPECT_SAYS(output, "visage verify --repair");
    }
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_verify, repair_removes_what_is_wrong_so_that_it_is_made_anew)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1,
                                         .top = "hot_size = 0\n"});
    fill(&rig);
    damage(&rig, VARIANT("0"));
    damage(&rig, "o/unique/3/x");
    lose(&rig, VARIANT("1"));
    lose(&rig, "o/unique/2/x");
    put_orphan(&rig);
    cr_expect_eq(command_run(&rig, &output, "verify", "--repair", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, ": 2 damaged, 2 missing, 0 unreadable, 1 orphan\n");
    EXPECT_SAYS(output, "removed 4 entries and 1 file\n");
    agreement_assert(rig.conf);
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "4 blobs checked, ");
    for (unsigned i = 0; i < 4; i++) {
        cr_expect_eq(rig_get(&rig, "/s64/o/unique/%u/x.jpg", i), 200);
        cr_expect(answer_is_sound(&rig.answer));
    }
    /* Those whose variant was left were answered from it. */
    cr_expect_eq(origin_count(rig.origin, "/unique/0/x"), 1u);
    cr_expect_eq(origin_count(rig.origin, "/unique/2/x"), 1u);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_verify, files_that_are_not_visages_are_left_alone)
{
    struct buffer output = {0};
    static struct rig rig;
    char path[FILES_PATH_MAX];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    fill(&rig);
    files_path(path, "%s/blobs/00", rig.state);
    mkdir(path, 0700);
    files_path(path, "%s/blobs/00/a note", rig.state);
    files_write(path, "mine", 0600);
    cr_expect_eq(command_run(&rig, &output, "verify", "--repair", NULL), 0);
    EXPECT_SAYS(output, "stranger   blobs/00/a%20note: not Visage's, and left alone\n");
    cr_expect_eq(access(path, F_OK), 0);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_verify, what_was_purged_is_told_and_repair_removes_it)
{
    struct buffer output = {0};
    struct cache *cache;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    fill(&rig);
    rig_stop(&rig);
    cache = command_open_cache(&rig, CACHE_TOOL);
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "o/unique/0/x"), 0);
    command_close_cache(&cache);
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 0);
    EXPECT_SAYS(output, "2 purged entries take room ");
    cr_expect_eq(command_run(&rig, &output, "verify", "--repair", NULL), 0);
    EXPECT_SAYS(output, "removed 2 entries and 0 files\n");
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 0);
    EXPECT_SAYS(output, "6 blobs checked, ");
    EXPECT_SAYS_NOT(output, "purged");
    buffer_free(&output);
    rig_close(&rig);
}

/* A cache so small that every picture displaces another one. */
Test(ctl_verify, workers_may_go_on_meanwhile)
{
    struct buffer output = {0};
    static struct rig rig;
    uint64_t evictions = 0;
    unsigned n = 0;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD, .workers = 2, .top = "cache_size = \"1M\""});
    while (workers_counted(rig.state, COUNT_EVICTIONS) == 0)
        cr_assert_eq(rig_get(&rig, "/s128/o/unique/%u/x.png", n++), 200);
    for (int round = 0; round < 10; round++) {
        uint64_t evicted = workers_counted(rig.state, COUNT_EVICTIONS);
        struct process p = {0};

        command_start(&rig, &p, "verify", NULL);
        do
            cr_assert_eq(rig_get(&rig, "/s128/o/unique/%u/x.png", n++), 200);
        while (process_running(&p));
        command_output(&rig, &output);
        EXPECT_SAYS(output, ": 0 damaged, 0 missing, 0 unreadable, 0 orphans\n");
        EXPECT_SAYS_NOT(output, "accounting");
        evictions += workers_counted(rig.state, COUNT_EVICTIONS) - evicted;
    }
    cr_expect_gt(evictions, 0u);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_verify, without_a_state_directory_it_says_so)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .state = "/nowhere/visage"});
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 1);
    EXPECT_SAYS(output, "visage verify: state directory /nowhere/visage: ");
    buffer_free(&output);
    rig_close(&rig);
}

#define OTHER "/v/0123456789abcdef/s64/o/"

static void publish(struct rig *rig, const char *name)
{
    char path[FILES_PATH_MAX];
    const char *const folders[] = {"", "/v", "/v/0123456789abcdef", "/v/0123456789abcdef/s64",
                                   "/v/0123456789abcdef/s64/o"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        files_path(path, "%s/published%s", rig->directory, folders[i]);
        mkdir(path, 0755);
    }
    files_path(path, "%s/published" OTHER "%s", rig->directory, name);
    files_write(path, "no purge reaches this", 0644);
}

/* The version that the origin's photo has, as the worker tells it. */
static void version_of_photo(struct rig *rig, char out[17])
{
    const char *at;

    cr_assert_eq(rig_get(rig, "/s64/o/ok/photo/info"), 200);
    at = strstr(rig->answer.body.data, "\"version\":\"");
    cr_assert_not_null(at);
    snprintf(out, 17, "%.16s", at + strlen("\"version\":\""));
}

Test(ctl_verify, what_is_published_is_looked_at_too)
{
    struct buffer output = {0};
    static struct rig rig;
    char version[17], path[FILES_PATH_MAX];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1,
                                         .top = "publish_root = \"@DIR@/published\""});
    version_of_photo(&rig, version);
    cr_assert_eq(rig_get(&rig, "/v/%s/s64/o/ok/photo.jpg", version), 200);
    files_path(path, "%s/published/v/%s/s64/o/ok/photo.jpg", rig.directory, version);
    cr_assert(files_await(path), "%s", path);
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "1 published path checked: 0 missing, 0 unknown\n");
    buffer_clear(&output);

    publish(&rig, "x.jpg");
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 1);
    EXPECT_SAYS(output, "/published" OTHER "x.jpg, which no purge would reach\n");
    EXPECT_SAYS(output, "1 published path checked: 1 missing, 1 unknown\n");
    buffer_clear(&output);
    cr_expect_eq(command_run(&rig, &output, "verify", "--repair", NULL), 0, "%s", output.data);
    buffer_clear(&output);
    files_path(path, "%s/published" OTHER "x.jpg", rig.directory);
    cr_expect_neq(access(path, F_OK), 0);
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 0, "%s", output.data);
    buffer_free(&output);
    rig_close(&rig);
}

/* ---- uploads ---- */

static void path_of_upload(const struct rig *rig, unsigned seed, char path[FILES_PATH_MAX])
{
    struct buffer picture = {0};
    char hex[DIGEST_HEX_SIZE];
    struct digest digest;

    uploaded_picture(seed, &picture);
    cr_assert_eq(digest_of(picture.data, picture.length, &digest), 0);
    digest_to_hex(&digest, hex);
    files_path(path, "%s/store/blobs/%.2s/%s", rig->state, hex, hex + 2);
    buffer_free(&picture);
}

static void prepare_uploads(struct rig *rig)
{
    rig_prepare(rig, &(struct rig_options){
                         .kind = RIG_LIGHTTPD,
                         .more = "source users { type = store upload_min = 20 keep_versions = 2 }\n"});
}

Test(ctl_verify, names_uploads_that_are_damaged_or_missing_in_every_version)
{
    char path[FILES_PATH_MAX], wanted[FILES_PATH_MAX];
    struct buffer output = {0};
    static struct rig rig;

    prepare_uploads(&rig);
    uploaded_put(&rig, "users", "anna", 1);
    uploaded_put(&rig, "users", "anna", 2);
    uploaded_put(&rig, "users", "bob", 3);
    uploaded_put(&rig, "users", "eve", 4);
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "4 versions of uploads checked, ");
    EXPECT_SAYS(output, ": 0 damaged, 0 missing, 0 unreadable\n");

    path_of_upload(&rig, 1, path); /* an earlier version */
    files_write(path, "other bytes", 0600);
    path_of_upload(&rig, 3, path);
    cr_assert_eq(unlink(path), 0);
    snprintf(wanted, sizeof wanted, "store's %s\n", strstr(path, "blobs/"));
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 1);
    EXPECT_SAYS(output, "damaged    users/anna, version ");
    EXPECT_SAYS(output, "missing    users/bob, version ");
    EXPECT_SAYS(output, wanted);
    EXPECT_SAYS_NOT(output, "eve");
    EXPECT_SAYS(output, ": 1 damaged, 1 missing, 0 unreadable\n");
    cr_expect_eq(command_run(&rig, &output, "verify", "--repair", NULL), 1, "it cannot be");
    EXPECT_SAYS(output, "bring these files back from a backup");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_verify, of_a_store_that_is_not_there_nothing_is_said_and_none_is_made)
{
    struct buffer output = {0};
    char path[FILES_PATH_MAX];
    static struct rig rig;

    prepare_uploads(&rig);
    cr_assert_eq(command_run(&rig, &output, "gc", NULL), 0, "%s", output.data);
    files_path(path, "%s/store", rig.state);
    if (access(path, F_OK) == 0)
        files_remove_tree(path);
    cr_expect_eq(command_run(&rig, &output, "verify", NULL), 0, "%s", output.data);
    EXPECT_SAYS_NOT(output, "upload");
    cr_expect_neq(access(path, F_OK), 0);
    buffer_free(&output);
    rig_close(&rig);
}

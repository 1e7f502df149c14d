/* SPDX-License-Identifier: MIT
 *
 * Uploads: what is there, what came before it, and what is gone for good.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/fixture.h"

static struct store_fixture f;

static void set_up(void)
{
    store_fixture_open(&f);
}

static void tear_down(void)
{
    store_fixture_close(&f);
}

TestSuite(store, .init = set_up, .fini = tear_down);

static int put(const char *subject, unsigned seed)
{
    return store_fixture_put(f.store, subject, seed, 500, 1, NULL);
}

static bool has(const char *subject, unsigned seed)
{
    return store_fixture_has(f.store, subject, seed, 500);
}

static struct store_stats stats(void)
{
    struct store_stats out;

    cr_assert_eq(store_stats(f.store, &out), 0);
    return out;
}

/* ---- to look only ---- */

Test(store, a_visitor_sees_what_there_is_and_makes_nothing)
{
    char error[CONFIG_ERROR_MAX] = "", path[PATH_MAX];
    struct store_stats seen;
    struct store *visitor;

    cr_assert_eq(put("users/ada", 7), 0);
    cr_assert_eq(put("users/bob", 8), 0);
    store_close(&f.store); /* LMDB: once in a process */
    cr_assert_eq(store_open_visitor(f.directory, &visitor, error), 0, "%s", error);
    cr_assert_not_null(visitor);
    cr_assert_eq(store_stats(visitor, &seen), 0);
    cr_expect_eq(seen.subjects, 2u);
    cr_expect_eq(seen.versions, 2u);
    cr_expect_eq(seen.bytes, 1000u);
    store_close(&visitor);

    snprintf(path, sizeof path, "%s/none", f.top);
    cr_expect_eq(store_open_visitor(path, &visitor, error), 0);
    cr_expect_null(visitor);
    cr_expect_neq(access(path, F_OK), 0);
    cr_assert_eq(mkdir(path, 0700), 0);
    cr_expect_eq(store_open_visitor(path, &visitor, error), 0);
    cr_expect_null(visitor);
    cr_expect_eq(rmdir(path), 0, "something was made in it");

    /* Without the lock file: if a visitor made it, it might be his alone. */
    snprintf(path, sizeof path, "%s/store.mdb-lock", f.directory);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(store_open_visitor(f.directory, &visitor, error), 0);
    cr_assert_eq(store_stats(visitor, &seen), 0);
    cr_expect_eq(seen.subjects, 2u);
    store_close(&visitor);
    cr_expect_neq(access(path, F_OK), 0);
    store_fixture_reopen(&f);
}

Test(store, is_opened_by_a_path_of_any_form)
{
    static const char *const paths[] = {"x", "./x", "x/", "x//", "../y/x"};
    char error[CONFIG_ERROR_MAX] = "", path[PATH_MAX];
    struct store *store;

    store_close(&f.store);
    snprintf(path, sizeof path, "%s/y", f.top);
    cr_assert_eq(mkdir(path, 0700), 0);
    cr_assert_eq(chdir(path), 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        cr_expect_eq(store_open(paths[i], &store, error), 0, "%s", error);
        store_close(&store);
    }
    store_fixture_reopen(&f);
}

/* ---- the current one ---- */

Test(store, what_was_committed_is_there_with_all_that_is_known_of_it)
{
    struct store_picture p;
    struct digest digest = store_fixture_digest(7, 500);

    cr_assert_eq(put("users/ada", 7), 0);
    store_fixture_reopen(&f);
    cr_expect(has("users/ada", 7));
    cr_assert_eq(store_find(f.store, "users/ada", &p), 0);
    cr_expect(digest_equal(&p.digest, &digest));
    cr_expect_eq(p.type, PICTURE_PNG);
    cr_expect_eq(p.width, 1u);
    cr_expect_eq(p.height, 2u);
    cr_expect_eq(p.length, 500u);
    cr_expect_eq(p.uploaded_ms, 1007);
    cr_expect_eq(p.sequence, 1u);
    cr_expect_eq(store_find(f.store, "users/ad", &p), -ENOENT);
    cr_expect_eq(store_fixture_files(&f, "tmp"), 0u);
}

Test(store, a_new_one_takes_the_place_of_the_old_one_whose_bytes_go)
{
    cr_assert_eq(put("users/ada", 1), 0);
    cr_assert_eq(put("users/ada", 2), 0);
    cr_expect(has("users/ada", 2));
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
    cr_expect_eq(stats().versions, 1u);
    cr_expect_eq(stats().bytes, 500u);
}

Test(store, the_same_bytes_are_kept_once_until_nobody_has_them)
{
    cr_assert_eq(put("users/ada", 1), 0);
    cr_assert_eq(put("users/bob", 1), 0);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    cr_expect(has("users/bob", 1));
    cr_assert_eq(store_delete(f.store, "users/bob", NULL, NULL), 0);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
    cr_expect_eq(stats().bytes, 0u);
}

Test(store, the_same_picture_again_changes_nothing_but_its_time)
{
    cr_assert_eq(put("users/ada", 1), 0);
    cr_assert_eq(put("users/ada", 1), 0);
    cr_expect(has("users/ada", 1));
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
}

Test(store, an_upload_that_is_given_up_leaves_nothing)
{
    struct store_upload u;
    struct digest digest;

    cr_assert_eq(put("users/ada", 1), 0);
    cr_assert_eq(store_upload_begin(f.store, &u), 0);
    cr_assert_eq(store_upload_add(&u, "abc", 3), 0);
    cr_expect_eq(store_fixture_files(&f, "tmp"), 1u);
    cr_assert_eq(store_upload_finish(&u, &digest), 0);
    store_upload_abort(&u);
    store_upload_abort(&u);
    cr_expect_eq(store_fixture_files(&f, "tmp"), 0u);
    cr_expect(has("users/ada", 1));
}

/* ---- damage ---- */

static void blob_path(unsigned seed, char out[PATH_MAX])
{
    struct digest digest = store_fixture_digest(seed, 500);
    char hex[DIGEST_HEX_SIZE];

    digest_to_hex(&digest, hex);
    snprintf(out, PATH_MAX, "%s/blobs/%.2s/%s", f.directory, hex, hex + 2);
}

static void damage(unsigned seed, const char *bytes, bool cut)
{
    char path[PATH_MAX];
    int fd;

    blob_path(seed, path);
    fd = open(path, O_WRONLY | (cut ? O_TRUNC : 0));
    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    close(fd);
}

Test(store, uploading_what_is_damaged_mends_it_whoever_does)
{
    cr_assert_eq(put("users/ada", 1), 0);
    damage(1, "damaged", false);
    cr_assert_not(has("users/ada", 1));
    cr_assert_eq(put("users/ada", 1), 0);
    cr_expect(has("users/ada", 1), "flipped bytes");
    damage(1, "short", true);
    cr_assert_eq(put("users/bob", 1), 0);
    cr_expect(has("users/ada", 1), "a file that was cut");
    cr_expect(has("users/bob", 1));
    cr_expect_eq(store_fixture_files(&f, "tmp"), 0u);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
}

Test(store, uploading_what_is_lost_brings_it_back)
{
    char path[PATH_MAX];

    cr_assert_eq(put("users/ada", 1), 0);
    blob_path(1, path);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(put("users/bob", 1), 0);
    cr_expect(has("users/ada", 1));
}

Test(store, bytes_are_checked_against_digest_and_length)
{
    struct digest digest = store_fixture_digest(1, 500);
    int fd;

    cr_assert_eq(put("users/ada", 1), 0);
    fd = store_open_blob(f.store, &digest);
    cr_assert_geq(fd, 0);
    cr_expect_eq(store_check_bytes(fd, &digest, 500), 0);
    cr_expect_eq(lseek(fd, 0, SEEK_CUR), 0);
    cr_expect_eq(store_check_bytes(fd, &digest, 499), -EBADMSG);
    damage(1, "damaged", false);
    cr_expect_eq(store_check_bytes(fd, &digest, 500), -EBADMSG);
    close(fd);
}

/* ---- conditions ---- */

Test(store, lost_updates_are_refused)
{
    const struct store_condition absent = {.kind = STORE_IF_ABSENT};
    const struct store_condition there = {.kind = STORE_IF_THERE};
    struct store_condition version = {.kind = STORE_IF_VERSION,
                                      .version = store_fixture_digest(1, 500)};

    cr_expect_eq(store_fixture_put(f.store, "users/ada", 1, 500, 1, &there), -ECANCELED);
    cr_expect_eq(store_fixture_put(f.store, "users/ada", 1, 500, 1, &version), -ECANCELED);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u, "nothing is left of them");
    cr_expect_eq(store_fixture_put(f.store, "users/ada", 1, 500, 1, &absent), 0);
    cr_expect_eq(store_fixture_put(f.store, "users/ada", 2, 500, 1, &absent), -ECANCELED);
    cr_expect(has("users/ada", 1));
    cr_expect_eq(store_fixture_put(f.store, "users/ada", 2, 500, 1, &version), 0);
    cr_expect_eq(store_fixture_put(f.store, "users/ada", 3, 500, 1, &version), -ECANCELED);
    cr_expect(has("users/ada", 2));
    cr_expect_eq(store_delete(f.store, "users/ada", &version, NULL), -ECANCELED);
    cr_expect_eq(store_fixture_put(f.store, "users/ada", 3, 500, 1, &there), 0);
    cr_expect(has("users/ada", 3));
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
}

/* ---- history ---- */

static int note_version(const char *subject, const struct store_picture *p, void *context)
{
    int64_t **at = context;

    cr_expect_str_eq(subject, "users/ada");
    *(*at)++ = p->uploaded_ms - 1000;
    return 0;
}

static void expect_history(const int64_t *wanted, size_t count)
{
    int64_t found[16], *at = found;

    cr_assert_eq(store_history(f.store, "users/ada", note_version, &at), 0);
    cr_assert_eq((size_t)(at - found), count);
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(found[i], wanted[i], "%zu", i);
}

Test(store, so_many_versions_stay)
{
    for (unsigned seed = 1; seed <= 5; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, 3, NULL), 0);
    cr_assert_eq(store_fixture_put(f.store, "users/adb", 9, 500, 3, NULL), 0);
    expect_history((const int64_t[]){5, 4, 3}, 3);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 4u);
    cr_expect_eq(stats().versions, 4u);
    /* With fewer from now on, the oldest go. */
    cr_assert_eq(store_fixture_put(f.store, "users/ada", 6, 500, 2, NULL), 0);
    expect_history((const int64_t[]){6, 5}, 2);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 3u);
}

Test(store, to_keep_none_is_refused_and_changes_nothing)
{
    struct store_removed removed;

    cr_expect_eq(store_fixture_put(f.store, "users/ada", 1, 500, 0, NULL), -EINVAL);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
    for (unsigned seed = 1; seed <= 3; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, STORE_KEEP_ALL, NULL), 0);
    cr_expect_eq(store_fixture_put(f.store, "users/ada", 4, 500, 0, NULL), -EINVAL);
    cr_expect_eq(store_trim(f.store, "users/ada", 0, &removed), -EINVAL);
    expect_history((const int64_t[]){3, 2, 1}, 3);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 3u);
}

Test(store, the_same_bytes_again_push_no_earlier_version_out)
{
    struct digest one = store_fixture_digest(1, 500);
    struct store_picture p;
    char hex[DIGEST_HEX_SIZE];

    for (unsigned i = 0; i < 4; i++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", i ? 2 : 1, 500, 2, NULL), 0);
    expect_history((const int64_t[]){2, 1}, 2);
    cr_expect_eq(stats().versions, 2u);
    cr_expect_eq(stats().bytes, 1000u);
    cr_assert_eq(store_find(f.store, "users/ada", &p), 0);
    cr_expect_eq(p.sequence, 4u, "it was an upload all the same");
    digest_to_hex(&one, hex);
    cr_assert_eq(store_restore(f.store, "users/ada", hex, 1001, &p), 0);
    expect_history((const int64_t[]){1, 2}, 2);
    /* With fewer from now on, the oldest goes, with its bytes. */
    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 1, NULL), 0);
    expect_history((const int64_t[]){1}, 1);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
}

Test(store, the_bytes_of_an_earlier_version_bring_it_back)
{
    for (unsigned seed = 1; seed <= 3; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, 3, NULL), 0);
    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 3, NULL), 0);
    cr_expect(has("users/ada", 1));
    expect_history((const int64_t[]){1, 3, 2}, 3);
    cr_expect_eq(stats().versions, 3u);
    cr_expect_eq(stats().bytes, 1500u);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
    cr_expect_eq(stats().versions, 0u);
}

Test(store, an_earlier_version_can_be_restored)
{
    struct digest two = store_fixture_digest(2, 500);
    struct store_picture p;
    char hex[DIGEST_HEX_SIZE];

    for (unsigned seed = 1; seed <= 3; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, 3, NULL), 0);
    digest_to_hex(&two, hex);
    hex[16] = '\0';
    cr_assert_eq(store_restore(f.store, "users/ada", hex, 1077, &p), 0);
    cr_expect(digest_equal(&p.digest, &two));
    cr_expect(has("users/ada", 2));
    expect_history((const int64_t[]){77, 3, 1}, 3);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 3u);
    cr_expect_eq(store_restore(f.store, "users/ada", "0123456789abcdef", 0, &p), -ENOENT);
    cr_expect_eq(store_restore(f.store, "users/ada", "", 0, &p), -ENOENT);
    cr_expect_eq(store_restore(f.store, "users/bob", hex, 0, &p), -ENOENT);
}

Test(store, what_is_lost_or_damaged_is_not_restored)
{
    struct digest one = store_fixture_digest(1, 500);
    struct store_picture p;
    char hex[DIGEST_HEX_SIZE], path[PATH_MAX];

    for (unsigned seed = 1; seed <= 2; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, 2, NULL), 0);
    digest_to_hex(&one, hex);
    damage(1, "damaged", false);
    cr_expect_eq(store_restore(f.store, "users/ada", hex, 1077, &p), -EBADMSG);
    blob_path(1, path);
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(store_restore(f.store, "users/ada", hex, 1077, &p), -EBADMSG);
    cr_expect(has("users/ada", 2));
    expect_history((const int64_t[]){2, 1}, 2);
}

/* Pictures whose digests begin with the same digit. */
static unsigned find_twin(unsigned seed)
{
    struct digest first = store_fixture_digest(seed, 500), other;
    unsigned twin = seed;

    do
        other = store_fixture_digest(++twin, 500);
    while (other.bytes[0] >> 4 != first.bytes[0] >> 4);
    return twin;
}

Test(store, of_several_versions_that_fit_none_is_restored)
{
    unsigned twin = find_twin(1), third = find_twin(twin);
    struct digest one = store_fixture_digest(1, 500);
    struct store_picture p;
    char hex[DIGEST_HEX_SIZE];

    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 9, NULL), 0);
    cr_assert_eq(store_fixture_put(f.store, "users/ada", twin, 500, 9, NULL), 0);
    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 9, NULL), 0);
    cr_assert_eq(store_fixture_put(f.store, "users/ada", third, 500, 9, NULL), 0);
    digest_to_hex(&one, hex);
    hex[1] = '\0';
    cr_expect_eq(store_restore(f.store, "users/ada", hex, 0, &p), -ENOTUNIQ);
    cr_expect(has("users/ada", third));
    digest_to_hex(&one, hex);
    cr_expect_eq(store_restore(f.store, "users/ada", hex, 0, &p), 0);
    cr_expect(has("users/ada", 1));
}

static uint32_t keep_two(const char *subject, void *context)
{
    (void)context;
    return strcmp(subject, "users/all") == 0 ? STORE_KEEP_ALL : 2;
}

Test(store, trimming_leaves_as_many_versions_as_are_to_be_kept)
{
    struct store_removed removed;
    uint64_t versions;
    char subject[32];

    for (unsigned i = 0; i < 3 * 40; i++) {
        snprintf(subject, sizeof subject, "users/%u", i % 40);
        cr_assert_eq(store_fixture_put(f.store, subject, i, 500, 3, NULL), 0);
    }
    for (unsigned seed = 1; seed <= 3; seed++) {
        cr_assert_eq(store_fixture_put(f.store, "users/ada", 1000 + seed, 500, 3, NULL), 0);
        cr_assert_eq(store_fixture_put(f.store, "users/all", 2000 + seed, 500, 3, NULL), 0);
    }
    cr_assert_eq(store_trim_all(f.store, keep_two, NULL, &versions), 0);
    cr_expect_eq(versions, 41u);
    cr_assert_eq(store_trim_all(f.store, keep_two, NULL, &versions), 0);
    cr_expect_eq(versions, 0u);
    expect_history((const int64_t[]){1003, 1002}, 2);
    cr_expect_eq(stats().versions, 82u + 3u);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 82u + 3u);
    cr_assert_eq(store_trim(f.store, "users/ada", 1, &removed), 0);
    cr_expect_eq(removed.versions, 1u);
    cr_expect_eq(removed.bytes, 500u);
    store_fixture_reopen(&f);
    expect_history((const int64_t[]){1003}, 1);
    cr_expect_eq(store_trim(f.store, "users/nobody", 1, &removed), -ENOENT);
}

Test(store, deleting_takes_every_version_and_says_what_it_took)
{
    struct store_removed removed;
    struct store_picture p;

    for (unsigned seed = 1; seed <= 3; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, 3, NULL), 0);
    cr_assert_eq(put("users/bob", 3), 0);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, &removed), 0);
    cr_expect_eq(removed.versions, 3u);
    cr_expect_eq(removed.blobs, 2u, "one is somebody else's, too");
    cr_expect_eq(removed.bytes, 1000u);
    cr_expect_eq(store_find(f.store, "users/ada", &p), -ENOENT);
    cr_expect_eq(store_delete(f.store, "users/ada", NULL, NULL), -ENOENT);
    cr_expect(has("users/bob", 3));
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
    cr_expect_eq(stats().versions, 1u);
    cr_expect_eq(stats().subjects, 1u);
}

/* ---- walking ---- */

static int count_subject(const char *subject, const struct store_picture *p, void *context)
{
    unsigned *seen = context, number = 0;

    (void)p;
    cr_assert_eq(sscanf(subject, "users/%u", &number), 1);
    seen[number]++;
    return 0;
}

Test(store, a_walk_sees_everybody_once)
{
    unsigned seen[50] = {0};
    struct digest last = {{0}};
    bool done = false;
    char subject[32];

    for (unsigned i = 0; i < 50; i++) {
        snprintf(subject, sizeof subject, "users/%u", i);
        cr_assert_eq(put(subject, i), 0);
    }
    for (unsigned steps = 0; !done; steps++)
        cr_assert_eq(store_walk(f.store, steps ? &last : NULL, 7, count_subject, seen, &last, &done), 0);
    for (unsigned i = 0; i < 50; i++)
        cr_expect_eq(seen[i], 1u, "%u", i);
}

/* ---- whoever is killed ---- */

Test(store, what_a_killed_upload_left_is_swept_and_a_living_one_is_not)
{
    struct store_upload u;
    int ready[2];
    pid_t pid;
    char byte;

    cr_assert_eq(pipe(ready), 0);
    store_close(&f.store); /* not to be open over a fork */
    pid = fork();
    if (pid == 0) {
        char error[CONFIG_ERROR_MAX];
        struct store *store;

        if (store_open(f.directory, &store, error) != 0 || store_upload_begin(store, &u) != 0 ||
            store_upload_add(&u, "abc", 3) != 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    store_fixture_reopen(&f);
    cr_expect_eq(store_sweep(f.store), 0, "its writer is alive");
    cr_expect_eq(store_fixture_files(&f, "tmp"), 1u);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    cr_expect_eq(store_sweep(f.store), 1);
    cr_expect_eq(store_fixture_files(&f, "tmp"), 0u);
}

Test(store, a_blob_that_nobody_has_named_is_swept)
{
    char path[PATH_MAX];
    int fd;

    cr_assert_eq(put("users/ada", 1), 0);
    snprintf(path, sizeof path, "%s/blobs/00", f.directory);
    mkdir(path, 0700);
    strcat(path, "/00000000000000000000000000000000000000000000000000000000000000");
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    cr_assert_geq(fd, 0);
    close(fd);
    cr_expect_eq(store_sweep(f.store), 1);
    cr_expect_neq(access(path, F_OK), 0);
    cr_expect(has("users/ada", 1));
}

static uint32_t keep_all(const char *subject, void *context)
{
    (void)subject;
    (void)context;
    return STORE_KEEP_ALL;
}

Test(store, a_round_sweeps_what_a_sweep_does_and_its_time_is_kept)
{
    static const char *const loose[] = {"00", "80", "ff"};
    struct store_round round = {.directory = 0};
    char path[PATH_MAX];
    int64_t when_ms = 1;
    bool done = false;
    int fd;

    cr_assert_eq(put("users/ada", 1), 0);
    for (size_t i = 0; i < sizeof loose / sizeof *loose; i++) {
        snprintf(path, sizeof path, "%s/blobs/%s", f.directory, loose[i]);
        mkdir(path, 0700);
        strcat(path, "/00000000000000000000000000000000000000000000000000000000000000");
        fd = open(path, O_WRONLY | O_CREAT, 0600);
        cr_assert_geq(fd, 0);
        close(fd);
    }
    cr_assert_eq(store_last_round(f.store, &when_ms), 0);
    cr_expect_eq(when_ms, 0);
    while (!done)
        cr_assert_eq(store_round_step(f.store, &round, keep_all, NULL, &done), 0);
    cr_expect_eq(round.files, 3u);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
    cr_assert_eq(store_note_round(f.store, 77), 0);
    store_fixture_reopen(&f);
    cr_assert_eq(store_last_round(f.store, &when_ms), 0);
    cr_expect_eq(when_ms, 77);
}

Test(store, whoever_finds_what_a_killed_upload_left_makes_a_round_due)
{
    int64_t when_ms = 1;
    char path[PATH_MAX];
    int fd;

    cr_assert_eq(store_note_round(f.store, 77), 0);
    snprintf(path, sizeof path, "%s/tmp/0123456789abcdef", f.directory);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    cr_assert_geq(fd, 0);
    close(fd);
    store_fixture_reopen(&f);
    cr_expect_eq(store_fixture_files(&f, "tmp"), 0u);
    cr_assert_eq(store_last_round(f.store, &when_ms), 0);
    cr_expect_eq(when_ms, 0);
}

Test(store, to_look_needs_a_store_and_makes_nothing)
{
    char error[CONFIG_ERROR_MAX], path[PATH_MAX];
    struct store *look;
    struct store_picture p;

    cr_assert_eq(put("users/ada", 1), 0);
    store_close(&f.store);
    cr_assert_eq(store_open_to_look(f.directory, &look, error), 0, "%s", error);
    cr_expect_eq(store_find(look, "users/ada", &p), 0);
    store_close(&look);
    snprintf(path, sizeof path, "%s/other", f.top);
    cr_expect_eq(store_open_to_look(path, &look, error), -ENOENT);
    cr_expect_null(look);
    cr_assert_eq(mkdir(path, 0700), 0);
    cr_expect_eq(store_open_to_look(path, &look, error), -ENOENT);
    cr_expect_eq(rmdir(path), 0, "nothing was made in it");
    store_fixture_reopen(&f);
}

enum { WRITERS = 4, SUBJECTS = 5, PICTURES = 7 };

/* Uploads and deletes until it is killed; no subject and no picture is its own alone. Says when it has
 * uploaded for the first time. */
static _Noreturn void be_busy(unsigned seed, int written)
{
    bool said = false;
    char error[CONFIG_ERROR_MAX], subject[32];
    struct store *store;

    if (store_open(f.directory, &store, error) != 0)
        _exit(1);
    for (;;) {
        seed = seed * 1103515245u + 12345u;
        snprintf(subject, sizeof subject, "users/%u", (seed >> 16) % SUBJECTS);
        if ((seed >> 20) % 4 == 0)
            store_delete(store, subject, NULL, NULL);
        else if (store_fixture_put(store, subject, (seed >> 8) % PICTURES, 500,
                                   1 + (seed >> 12) % 3, NULL) != 0 ||
                 (!said && write(written, "x", 1) != 1))
            _exit(1);
        else
            said = true;
    }
}

/* Kills all of them a moment after each has uploaded something. */
static void kill_the_busy(unsigned round)
{
    const struct timespec a_moment = {.tv_nsec = 3000000 * (long)round};
    pid_t pids[WRITERS];
    int written[2];
    char byte;

    cr_assert_eq(pipe(written), 0);
    for (unsigned i = 0; i < WRITERS; i++)
        if ((pids[i] = fork()) == 0)
            be_busy(round * WRITERS + i + 1, written[1]);
    close(written[1]);
    for (unsigned i = 0; i < WRITERS; i++)
        cr_expect_eq(read(written[0], &byte, 1), 1, "nobody has written");
    nanosleep(&a_moment, NULL);
    for (unsigned i = 0; i < WRITERS; i++)
        kill(pids[i], SIGKILL);
    for (unsigned i = 0; i < WRITERS; i++) {
        int status;

        cr_assert_eq(waitpid(pids[i], &status, 0), pids[i]);
        cr_expect(WIFSIGNALED(status), "it failed");
    }
    close(written[0]);
}

static int read_back(const char *subject, const struct store_picture *p, void *context)
{
    int fd = store_open_blob(f.store, &p->digest);
    struct digest found;
    char bytes[501];

    (void)context;
    cr_assert_geq(fd, 0, "%s has its bytes", subject);
    cr_assert_eq(read(fd, bytes, sizeof bytes), 500);
    close(fd);
    cr_assert_eq(digest_of(bytes, 500, &found), 0);
    cr_assert(digest_equal(&found, &p->digest));
    return 0;
}

Test(store, is_whole_whoever_is_killed)
{
    char subject[32];

    store_close(&f.store);
    for (unsigned round = 0; round < 15; round++)
        kill_the_busy(round);
    store_fixture_reopen(&f);
    cr_assert_geq(store_sweep(f.store), 0);
    for (unsigned i = 0; i < SUBJECTS; i++) {
        int rc;

        snprintf(subject, sizeof subject, "users/%u", i);
        rc = store_history(f.store, subject, read_back, NULL);
        cr_assert(rc == 0 || rc == -ENOENT, "%d", rc);
    }
    cr_expect_eq(store_fixture_files(&f, "blobs"), stats().blobs);
    for (unsigned i = 0; i < SUBJECTS; i++) {
        snprintf(subject, sizeof subject, "users/%u", i);
        store_delete(f.store, subject, NULL, NULL);
    }
    cr_expect_eq(stats().versions, 0u);
    cr_expect_eq(stats().bytes, 0u);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
}

/* ---- purges that are owed ---- */

static int note_purge(const char *subject, void *context)
{
    char *all = context;

    strcat(strcat(all, subject), " ");
    return strcmp(subject, "users/stuck") == 0 ? -EIO : 0;
}

static void expect_owed(const char *wanted)
{
    char all[256] = "";

    cr_assert_eq(store_purge_owed(f.store, UINT64_MAX, note_purge, all), 0);
    cr_expect_str_eq(all, wanted);
}

Test(store, a_change_owes_a_purge_until_it_is_said_to_be_done)
{
    struct store_picture p;
    char hex[DIGEST_HEX_SIZE];
    struct digest one = store_fixture_digest(1, 500);

    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 2, NULL), 0);
    store_fixture_reopen(&f); /* as if it had been killed */
    expect_owed("users/ada ");
    expect_owed("");
    cr_assert_eq(store_fixture_put(f.store, "users/ada", 2, 500, 2, NULL), 0);
    store_purged(f.store, "users/bob");
    store_purged(f.store, "users/ada");
    store_fixture_reopen(&f);
    expect_owed("");
    digest_to_hex(&one, hex);
    cr_assert_eq(store_restore(f.store, "users/ada", hex, 0, &p), 0);
    expect_owed("users/ada ");
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    store_fixture_reopen(&f);
    expect_owed("users/ada ");
}

Test(store, only_what_has_been_owed_for_long_is_settled_by_who_comes_again_and_again)
{
    char all[256] = "";
    uint64_t until = 7;

    cr_assert_eq(store_long_owed(f.store, 1000, 60, &until), 0);
    cr_expect_eq(until, 0u, "nothing is owed");
    cr_assert_eq(put("users/ada", 1), 0);
    cr_assert_eq(store_long_owed(f.store, 1000, 60, &until), 0);
    cr_expect_eq(until, 0u);
    cr_assert_eq(put("users/bob", 2), 0);
    cr_assert_eq(put("users/eve", 3), 0);
    cr_assert_eq(store_purge_failed(f.store, "users/eve"), 0);
    cr_assert_eq(store_long_owed(f.store, 1059, 60, &until), 0);
    cr_expect_eq(until, 0u, "it may be at work");
    store_fixture_reopen(&f); /* another process */
    cr_assert_eq(store_long_owed(f.store, 1060, 60, &until), 0);
    cr_expect_eq(until, 1u);
    cr_assert_eq(store_purge_owed(f.store, until, note_purge, all), 0);
    cr_expect_not_null(strstr(all, "users/ada "));
    cr_expect_not_null(strstr(all, "users/eve "), "that one has failed");
    cr_expect_null(strstr(all, "users/bob "));
    cr_assert_eq(store_long_owed(f.store, 900, 60, &until), 0);
    cr_expect_eq(until, 0u, "the clock was set back");
    cr_assert_eq(store_long_owed(f.store, 960, 60, &until), 0);
    cr_expect_eq(until, 3u);
    expect_owed("users/bob ");
}

Test(store, a_purge_that_was_done_does_not_stand_for_a_later_one)
{
    cr_assert_eq(put("users/ada", 1), 0);
    store_purged(f.store, "users/ada");
    /* The next change takes the first one's note off the record, and leaves its own. */
    cr_assert_eq(put("users/ada", 2), 0);
    store_fixture_reopen(&f);
    expect_owed("users/ada ");
}

Test(store, of_purges_that_failed_others_are_told_apart)
{
    char all[256] = "";

    cr_assert_eq(put("users/ada", 1), 0);
    cr_assert_eq(put("users/bob", 2), 0);
    cr_assert_eq(store_purge_failed(f.store, "users/bob"), 0);
    cr_assert_eq(store_purge_failed(f.store, "users/nobody"), 0);
    cr_assert_eq(store_purge_owed(f.store, 0, note_purge, all), 0);
    cr_expect_str_eq(all, "users/bob ");
    expect_owed("users/ada ");
    /* What succeeds later is not owed any more. */
    cr_assert_eq(put("users/bob", 3), 0);
    cr_assert_eq(store_purge_failed(f.store, "users/bob"), 0);
    store_purged(f.store, "users/bob");
    store_fixture_reopen(&f);
    expect_owed("");
}

Test(store, a_purge_that_fails_is_owed_still)
{
    cr_assert_eq(put("users/stuck", 1), 0);
    expect_owed("users/stuck ");
    expect_owed("users/stuck ");
}

/* ---- what cannot be read ---- */

Test(store, another_format_is_refused_and_left_alone)
{
    char path[PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store *other;
    int fd;

    store_close(&f.store);
    snprintf(path, sizeof path, "%s/store.mdb", f.directory);
    fd = open(path, O_WRONLY | O_TRUNC);
    cr_assert_geq(fd, 0);
    for (int i = 0; i < 4096; i++)
        cr_assert_eq(write(fd, "not a store.mdb!", 16), 16);
    close(fd);
    cr_assert_eq(store_open(f.directory, &other, error), -EUCLEAN);
    cr_expect_not_null(strstr(error, "restore it from a backup"), "%s", error);
    cr_expect_eq(access(path, F_OK), 0);
}

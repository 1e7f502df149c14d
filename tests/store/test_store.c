/* SPDX-License-Identifier: MIT
 *
 * Uploads: what is there, and what was damaged.
 */
#include <sys/stat.h>

#include "store/suite.h"

STORE_SUITE(store);

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

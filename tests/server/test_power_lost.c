/* SPDX-License-Identifier: MIT
 *
 * The machine loses its power: what was uploaded or deleted before is on disk as it was acknowledged, but
 * the cache's index is that of some time ago, and so are its files.
 */
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>

#include "ctl/command.h"
#include "upload_fixture.h"

RIG_SUITE(power_lost);

static struct buffer index_then;

/* ---- some time ago ---- */

static void path_then(const char *name, char out[FILES_PATH_MAX])
{
    files_path(out, "%s/then/%s", rig.directory, name);
}

/* blobs/ab/cdef.. as then/abcdef.. */
static int keep_blob(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    char name[2 * DIGEST_SIZE + 1], kept[FILES_PATH_MAX];

    (void)st;
    if (type != FTW_F)
        return 0;
    snprintf(name, sizeof name, "%.2s%s", path + ftw->base - 3, path + ftw->base);
    path_then(name, kept);
    return link(path, kept);
}

static int put_back_blob(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    char blob[FILES_PATH_MAX];
    const char *name = path + ftw->base;

    (void)st;
    if (type != FTW_F)
        return 0;
    files_path(blob, "%s/blobs/%.2s/%s", rig.state, name, name + 2);
    return link(path, blob) == 0 || errno == EEXIST ? 0 : -1;
}

static void remember_the_cache(void)
{
    char path[FILES_PATH_MAX];

    rig_stop(&rig);
    files_path(path, "%s/index.mdb", rig.state);
    cr_assert(files_read(path, &index_then));
    path_then("", path);
    cr_assert_eq(mkdir(path, 0700), 0);
    files_path(path, "%s/blobs", rig.state);
    cr_assert_eq(nftw(path, keep_blob, 8, FTW_PHYS), 0);
    rig_start(&rig);
}

/* As the next start finds it. */
static void lose_power(void)
{
    char path[FILES_PATH_MAX];

    rig_stop(&rig);
    files_path(path, "%s/index.mdb", rig.state);
    files_write_bytes(path, index_then.data, index_then.length, 0600);
    path_then("", path);
    cr_assert_eq(nftw(path, put_back_blob, 8, FTW_PHYS), 0);
    files_path(path, "%s/boot", rig.state);
    cr_assert_eq(unlink(path), 0);
    buffer_free(&index_then);
}

/* ---- */

static bool await_blobs(unsigned count)
{
    char path[FILES_PATH_MAX];
    int64_t until_ms = clock_boot_ms() + WAIT_MS;

    files_path(path, "%s/blobs", rig.state);
    while (files_count(path) != count) {
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(5);
    }
    return true;
}

static void show(const char *name, int status)
{
    cr_expect_eq(rig_get(&rig, "/s64/users/%s.jpg", name), status, "%s", name);
    cr_expect_eq(rig_get(&rig, "/thumb/users/%s.png", name), status, "%s", name);
}

/* Two pictures of each, those of Ada and Bob of what is there no more. The digest of one of Bob's. */
static void fill_and_lose_power(char old[65])
{
    open_workers(RIG_LIGHTTPD, 1, "", NULL, NULL);
    cr_assert_eq(put_file("/users/ada/avatar", &red), 200);
    cr_assert_eq(put_file("/users/bob/avatar", &red), 200);
    cr_assert_eq(put_file("/users/eve/avatar", &blue), 200);
    show("ada", 200);
    show("eve", 200);
    show("bob", 200);
    answer_digest(&rig.answer, old);
    remember_the_cache();
    cr_assert_eq(delete_with("/users/ada/avatar", NULL), 204);
    cr_assert_eq(put_file("/users/bob/avatar", &blue), 200);
    cr_assert_eq(put_file("/users/dan/avatar", &blue), 200);
    lose_power();
}

Test(power_lost, nothing_of_what_was_deleted_or_replaced_before_stays_on_disk)
{
    char old[65], new[65];

    fill_and_lose_power(old);
    rig_start(&rig);
    cr_expect_eq(rig_get(&rig, "/s64/users/eve.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"), "what is current stays");
    cr_expect(await_blobs(2), "its two pictures");
    show("ada", 404);
    show("bob", 200);
    answer_digest(&rig.answer, new);
    cr_expect_str_neq(new, old);
    cr_expect_eq(rig_get(&rig, "/thumb/users/eve.png"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    close_rig();
}

Test(power_lost, gc_removes_that_without_a_worker)
{
    struct buffer output = {0};
    char old[65];

    fill_and_lose_power(old);
    cr_expect_eq(command_run(&rig, &output, "gc", NULL), 0, "%s", output.data);
    cr_expect_not_null(strstr(output.data, "removed 4 entries of what is there no more from the cache\n"),
                       "%s", output.data);
    cr_expect(await_blobs(2));
    buffer_free(&output);
    close_rig();
}

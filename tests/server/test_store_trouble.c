/* SPDX-License-Identifier: MIT
 *
 * Uploads whose disk is not what it was: nothing that is damaged is shown, and what has nothing to do
 * with them goes on.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "rig/small_disk.h"
#include "rig/workers.h"
#include "upload_fixture.h"

RIG_SUITE(store_trouble);

/* With its state on this disk, or where it usually is. */
static void open_on(const char *disk, const char *top)
{
    static char more[2048];

    snprintf(more, sizeof more, CONF "rest health { path = /healthz answers = health }\n", "");
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = more, .top = top,
                                         .secret = KEYS, .state = disk});
    red = fixture_jpeg(320, 240, 6);
    blue = fixture_png(200, 200, true);
}

/* The file of such bytes. */
static void path_of(const struct file *file, char path[FILES_PATH_MAX])
{
    char hex[DIGEST_HEX_SIZE];
    struct digest digest;

    cr_assert_eq(digest_of(file->bytes, file->length, &digest), 0);
    digest_to_hex(&digest, hex);
    files_path(path, "%s/store/blobs/%.2s/%s", rig.state, hex, hex + 2);
}

/* A byte in the middle of the picture, which it can be decoded with. */
static void damage(const struct file *file)
{
    char path[FILES_PATH_MAX], byte;
    int fd;

    path_of(file, path);
    fd = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(pread(fd, &byte, 1, (off_t)file->length - 20), 1);
    byte = (char)(byte ^ 1);
    cr_assert_eq(pwrite(fd, &byte, 1, (off_t)file->length - 20), 1);
    close(fd);
}

Test(store_trouble, nothing_is_drawn_from_a_damaged_file_and_what_was_drawn_is_served)
{
    open_with(RIG_LIGHTTPD, "ttl = 1s", NULL, NULL);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(rig_get(&rig, "/s64/users/ada.jpg"), 200);
    damage(&red);
    cr_expect_eq(rig_get(&rig, "/s32/users/ada.jpg"), 500);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store");
    cr_expect(rig_await_log(&rig, "store-damaged source=users sha256=", WAIT_MS));
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(rig_get(&rig, "/s64/users/ada.jpg"), 200, "kept, and renewed");
        cr_expect(answer_is_sound(&rig.answer));
        clock_sleep_ms(600);
    }
    cr_expect_eq(put_file(ADA, &red), 200);
    cr_expect_eq(rig_get(&rig, "/s32/users/ada.jpg"), 200, "the same bytes have mended it");
    cr_expect(answer_is_sound(&rig.answer));
    close_rig();
}

/* ---- a store that cannot be opened ---- */

static void move_records(bool away)
{
    char records[FILES_PATH_MAX], kept[FILES_PATH_MAX];

    files_path(records, "%s/store/store.mdb", rig.state);
    files_path(kept, "%s/store/kept", rig.state);
    if (away) {
        cr_assert_eq(rename(records, kept), 0);
        files_write(records, "something that was restored by mistake, of another format", 0600);
    } else {
        cr_assert_eq(rename(kept, records), 0);
    }
}

Test(store_trouble, without_its_store_a_worker_serves_the_others_and_comes_back_to_it)
{
    int64_t until_ms;

    open_on(NULL, NULL);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_expect_eq(rig_get(&rig, "/healthz"), 200);
    cr_expect_not_null(strstr(rig.answer.body.data, "\"store\":\"ok\""));
    rig_stop(&rig);
    workers_stop_keepers(rig.state, WAIT_MS);
    move_records(true);
    rig_start(&rig);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_eq(rig_get(&rig, "/s64/users/ada.jpg"), 503);
    cr_expect_eq(put_file(ADA, &blue), 503);
    cr_expect_eq(delete_with(ADA, NULL), 503);
    cr_expect_eq(rig_get(&rig, "/users/ada/exists"), 503);
    cr_expect(rig_await_log(&rig, "store-away error=", WAIT_MS));
    cr_expect(rig_await_log(&rig, "store.mdb is of another format, or damaged", WAIT_MS));
    cr_expect_eq(rig_get(&rig, "/healthz"), 503);
    cr_expect_not_null(strstr(rig.answer.body.data, "\"store\":\"failed\""), "%s",
                       rig.answer.body.data);
    move_records(false);
    until_ms = clock_boot_ms() + WAIT_MS;
    while (rig_get(&rig, "/s64/users/ada.jpg") != 200 && clock_boot_ms() < until_ms)
        clock_sleep_ms(100);
    cr_expect_eq(rig.answer.status, 200);
    cr_expect(has("users/ada", &red));
    close_rig();
}

/* ---- a backup ---- */

static int complete_a_backup(void)
{
    char path[FILES_PATH_MAX];
    int held;

    files_path(path, "%s/store/blobs", rig.state);
    held = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(held, 0);
    cr_assert_eq(flock(held, LOCK_EX | LOCK_NB), 0);
    return held;
}

static bool await_files(unsigned count)
{
    int64_t until_ms = clock_boot_ms() + WAIT_MS;

    while (uploads_files(&rig, "blobs") != count) {
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(5);
    }
    return true;
}

Test(store_trouble, while_a_backup_is_completed_nobody_waits_for_its_end_or_sees_what_is_deleted)
{
    int held;

    open_workers(RIG_LIGHTTPD, 1, "", NULL, NULL);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(rig_get(&rig, "/s64/users/ada.jpg"), 200);
    held = complete_a_backup();
    cr_expect_eq(put_file(ADA, &blue), 200);
    cr_expect_eq(delete_with(ADA, NULL), 503);
    cr_expect_str_eq(answer_field(&rig.answer, "Retry-After"), "1");
    cr_expect_eq(rig_get(&rig, ADA), 404);
    cr_expect_eq(rig_get(&rig, "/s64/users/ada.jpg"), 404);
    cr_expect_eq(delete_with(ADA, NULL), 503, "its file is there still");
    cr_expect_eq(put_file("/users/bob/avatar", &red), 200);
    cr_expect_eq(uploads_files(&rig, "blobs"), 2u);
    close(held);
    cr_expect(await_files(1), "the keeper unlinks what nobody uses");
    cr_expect(has("users/bob", &red));
    cr_expect_eq(delete_with(ADA, NULL), 404);
    close_rig();
}

Test(store_trouble, whose_files_are_gone_is_told_so_though_a_backup_holds_up_those_of_others)
{
    int held;

    open_workers(RIG_LIGHTTPD, 1, "", NULL, NULL);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(put_file("/users/bob/avatar", &blue), 200);
    cr_assert_eq(put_file("/users/eve/avatar", &blue), 200);
    held = complete_a_backup();
    cr_expect_eq(delete_with(ADA, NULL), 503);
    cr_expect_eq(delete_with("/users/bob/avatar", NULL), 204, "eve has his, too");
    cr_expect_eq(delete_with("/users/bob/avatar", NULL), 404);
    cr_expect_eq(delete_with("/users/nobody/avatar", NULL), 404);
    cr_expect_eq(delete_with(ADA, NULL), 503);
    close(held);
    cr_expect(await_files(1));
    cr_expect(has("users/eve", &blue));
    close_rig();
}

/* ---- a file that cannot be removed ---- */

Test(store_trouble, a_file_that_cannot_be_removed_is_of_nobody_elses_concern)
{
    char path[FILES_PATH_MAX];

    open_workers(RIG_LIGHTTPD, 1, "", NULL, NULL);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(put_file("/users/bob/avatar", &blue), 200);
    path_of(&red, path);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(mkdir(path, 0700), 0);
    cr_expect_eq(delete_with(ADA, NULL), 503);
    cr_expect_eq(rig_get(&rig, ADA), 404);
    cr_expect_eq(delete_with("/users/bob/avatar", NULL), 204);
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u);
    cr_expect_eq(delete_with("/users/bob/avatar", NULL), 404);
    cr_expect_eq(delete_with(ADA, NULL), 503, "it is there still");
    cr_assert_eq(rmdir(path), 0);
    cr_expect_eq(delete_with(ADA, NULL), 404);
    close_rig();
}

/* ---- a full disk ---- */

static int hold(const char *subject, const struct store_picture *p, void *context)
{
    const int *ready = context;

    (void)subject;
    (void)p;
    if (write(*ready, "x", 1) == 1)
        for (;;)
            pause();
    return -EIO;
}

/* Somebody who reads the records for long, as a backup does: what was there when he came is not written
 * over. Nothing of the test library's is to be called in him. */
static pid_t start_reader(void)
{
    char path[FILES_PATH_MAX], error[CONFIG_ERROR_MAX], byte;
    struct store *store;
    struct digest last;
    int ready[2];
    bool done;
    pid_t pid;

    files_path(path, "%s/store", rig.state);
    cr_assert_eq(pipe(ready), 0);
    pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        if (store_open_to_look(path, &store, error) == 0)
            store_walk(store, NULL, 1, hold, &ready[1], &last, &done);
        _exit(1);
    }
    close(ready[1]);
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

Test(store_trouble, on_a_full_disk_what_is_deleted_goes_and_nothing_is_taken)
{
    char disk[FILES_PATH_MAX];
    pid_t reader;

    small_disk_mount(disk, 24);
    open_on(disk, "min_free = 0\ncache_size = \"1M\"");
    for (int i = 0; i < 20; i++) {
        char target[64];

        snprintf(target, sizeof target, "/users/u%d/avatar", i);
        cr_assert_eq(put_file(target, i % 2 ? &red : &blue), 200);
    }
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(rig_get(&rig, "/s64/users/ada.jpg"), 200);
    reader = start_reader();
    small_disk_fill(disk);
    cr_expect_eq(put_file("/users/bob/avatar", &blue), 503);
    for (int i = 0; i < 20; i++) {
        char target[64];

        snprintf(target, sizeof target, "/users/u%d/avatar", i);
        cr_expect_eq(delete_with(target, NULL), 204, "%d: %d", i, rig.answer.status);
    }
    cr_expect_eq(delete_with(ADA, NULL), 204);
    cr_expect_eq(rig_get(&rig, ADA), 404);
    cr_expect_eq(rig_get(&rig, "/s64/users/ada.jpg"), 404);
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u);
    kill(reader, SIGKILL);
    waitpid(reader, NULL, 0);
    close_rig();
    small_disk_unmount(disk);
}

Test(store_trouble, uploads_leave_min_free)
{
    char disk[FILES_PATH_MAX];

    small_disk_mount(disk, 24);
    open_on(disk, "min_free = \"23M\"\ncache_size = \"1M\"");
    cr_expect_eq(put_file(ADA, &red), 503);
    cr_expect(rig_await_log(&rig, "error=\"disk full\"", WAIT_MS));
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u);
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    close_rig();
    small_disk_unmount(disk);
}

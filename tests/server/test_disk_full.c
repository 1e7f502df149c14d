/* SPDX-License-Identifier: MIT
 *
 * A disk without room: pictures go out all the same, nothing that is half there stays,
 * and with room again they are kept again.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "rig/agreement.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(disk_full);

static void write_map(const char *path, const char *format, unsigned id)
{
    char text[64];
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wformat-nonliteral\"")
    snprintf(text, sizeof text, format, id);
    _Pragma("GCC diagnostic pop")
    if (fd >= 0) {
        if (write(fd, text, strlen(text)) < 0)
            fprintf(stderr, "%s: %s\n", path, strerror(errno));
        close(fd);
    }
}

/* In a mount namespace of the test's own, so that nothing stays mounted. Makes the
 * directory. */
static void mount_small_disk(char directory[FILES_PATH_MAX])
{
    unsigned uid = geteuid(), gid = getegid();
    int flags = CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER);

    if (unshare(flags) != 0)
        cr_skip_test("no mount namespace: %s", strerror(errno));
    if (uid != 0) {
        write_map("/proc/self/setgroups", "deny", 0);
        write_map("/proc/self/uid_map", "0 %u 1", uid);
        write_map("/proc/self/gid_map", "0 %u 1", gid);
    }
    files_make_directory(directory);
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("visage-test", directory, "tmpfs", 0, "size=12m,mode=0700") != 0) {
        int error = errno;

        files_remove_tree(directory);
        cr_skip_test("no tmpfs: %s", strerror(error));
    }
}

static void fill(const char *directory)
{
    static const char block[4096];
    char path[FILES_PATH_MAX];
    int fd;

    files_path(path, "%s/ballast", directory);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    cr_assert(fd >= 0);
    while (write(fd, block, sizeof block) > 0)
        ;
    cr_assert_eq(errno, ENOSPC);
    close(fd);
}

static void free_again(const char *directory)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/ballast", directory);
    cr_assert_eq(unlink(path), 0);
}

Test(disk_full, pictures_go_out_uncached)
{
    char disk[FILES_PATH_MAX], etags[8][64];
    struct workers before, after;
    static struct rig rig;

    mount_small_disk(disk);
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .state = disk,
                                         .top = "cache_size = \"1M\""});
    cr_assert_eq(rig_get(&rig, "/s64/o/unique/1/x.jpg"), 200);
    workers_find(rig.state, &before);
    fill(disk);

    /* What is there is served, what is not is made. */
    cr_expect_eq(rig_get(&rig, "/s64/o/unique/1/x.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    for (unsigned i = 0; i < 8; i++) {
        cr_assert_eq(rig_get(&rig, "/s128/o/unique/%u/full.jpg", 10 + i), 200, "%d",
                     rig.answer.status);
        cr_expect(answer_is_sound(&rig.answer));
        cr_expect_not(answer_says(&rig.answer, "Cache-Status", "stored"), "%s",
                      answer_field(&rig.answer, "Cache-Status"));
        snprintf(etags[i], sizeof etags[i], "%s", answer_field(&rig.answer, "ETag"));
    }
    cr_expect_gt(workers_counted(rig.state, COUNT_UNCACHED), 0u);
    /* Errors too. */
    cr_expect_eq(rig_get(&rig, "/s64/o/status/404/x.jpg"), 404);
    cr_expect_eq(rig_get(&rig, "/s64/o/html/x.jpg"), 415);
    agreement_assert(rig.conf);

    free_again(disk);
    for (unsigned i = 0; i < 8; i++)
        for (int again = 0; again < 2; again++) {
            cr_assert_eq(rig_get(&rig, "/s128/o/unique/%u/full.jpg", 10 + i), 200);
            cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etags[i]);
            cr_expect(answer_is_sound(&rig.answer));
            cr_expect(answer_says(&rig.answer, "Cache-Status", again ? "; hit" : "stored"), "%s",
                      answer_field(&rig.answer, "Cache-Status"));
        }
    workers_find(rig.state, &after);
    cr_expect(workers_equal(&before, &after), "a worker has died");
    agreement_assert(rig.conf);
    rig_close(&rig);
    umount2(disk, MNT_DETACH);
    files_remove_tree(disk);
}

/* Workers that start while the disk is full. */
Test(disk_full, workers_start)
{
    char disk[FILES_PATH_MAX];
    static struct rig rig;

    mount_small_disk(disk);
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .state = disk,
                                         .top = "cache_size = \"1M\""});
    cr_assert_eq(rig_get(&rig, "/s64/o/unique/1/x.jpg"), 200);
    fill(disk);
    rig_stop(&rig);
    rig_start(&rig);
    cr_expect_eq(rig_get(&rig, "/s64/o/unique/1/x.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_expect_eq(rig_get(&rig, "/s64/o/unique/2/x.jpg"), 200);
    cr_expect(answer_is_sound(&rig.answer));
    free_again(disk);
    rig_stop(&rig);
    rig_start(&rig);
    cr_expect_eq(rig_get(&rig, "/s64/o/unique/2/x.jpg"), 200);
    agreement_assert(rig.conf);
    rig_close(&rig);
    umount2(disk, MNT_DETACH);
    files_remove_tree(disk);
}

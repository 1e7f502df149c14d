/* SPDX-License-Identifier: MIT
 *
 * A disk without room: pictures go out all the same, nothing that is half there stays,
 * and with room again they are kept again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/statvfs.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/agreement.h"
#include "rig/rig.h"
#include "rig/small_disk.h"
#include "rig/workers.h"

RIG_SUITE(disk_full);

Test(disk_full, pictures_go_out_uncached)
{
    char disk[FILES_PATH_MAX], etags[8][64];
    struct workers before, after;
    static struct rig rig;

    small_disk_mount(disk, 12);
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .state = disk,
                                         .top = "cache_size = \"1M\""});
    cr_assert_eq(rig_get(&rig, "/s64/o/unique/1/x.jpg"), 200);
    workers_find(rig.state, &before);
    small_disk_fill(disk);

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

    small_disk_empty(disk);
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
    small_disk_unmount(disk);
}

/* Workers that start while the disk is full. */
Test(disk_full, workers_start)
{
    char disk[FILES_PATH_MAX];
    static struct rig rig;

    small_disk_mount(disk, 12);
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .state = disk,
                                         .top = "cache_size = \"1M\""});
    cr_assert_eq(rig_get(&rig, "/s64/o/unique/1/x.jpg"), 200);
    small_disk_fill(disk);
    rig_stop(&rig);
    rig_start(&rig);
    cr_expect_eq(rig_get(&rig, "/s64/o/unique/1/x.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_expect_eq(rig_get(&rig, "/s64/o/unique/2/x.jpg"), 200);
    cr_expect(answer_is_sound(&rig.answer));
    small_disk_empty(disk);
    rig_stop(&rig);
    rig_start(&rig);
    cr_expect_eq(rig_get(&rig, "/s64/o/unique/2/x.jpg"), 200);
    agreement_assert(rig.conf);
    rig_close(&rig);
    small_disk_unmount(disk);
}

static uint64_t free_bytes(const char *directory)
{
    struct statvfs fs;

    cr_assert_eq(statvfs(directory, &fs), 0);
    return (uint64_t)fs.f_bavail * fs.f_frsize;
}

/* min_free: the cache gives way before the disk is full, and pictures go out all the while. */
Test(disk_full, does_not_come_to_it)
{
    const uint64_t floor = 16u << 20, slack = 1u << 20;
    int64_t until_ms;
    char disk[FILES_PATH_MAX];
    uint64_t least = UINT64_MAX;
    static struct rig rig;

    small_disk_mount(disk, 28);
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .state = disk,
                                         .top = "cache_size = \"1G\"\nmin_free = \"16M\""});
    cr_assert_gt(free_bytes(disk), floor + 4 * slack);
    for (unsigned i = 0; i < 220; i++) {
        uint64_t now;

        cr_assert_eq(rig_get(&rig, "/s64/o/unique/%u/x.jpg", i), 200);
        now = free_bytes(disk);
        least = now < least ? now : least;
    }
    cr_expect_geq(least, floor - slack, "%" PRIu64 " bytes were left", least);
    cr_expect_lt(least, floor + 2 * slack, "it was never filled: %" PRIu64, least);
    cr_expect_gt(workers_counted(rig.state, COUNT_EVICTIONS), 0u);
    cr_expect_eq(rig_get(&rig, "/s64/o/unique/219/x.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    until_ms = clock_boot_ms() + 15000;
    while (free_bytes(disk) < floor && clock_boot_ms() < until_ms)
        clock_sleep_ms(10);
    cr_expect_geq(free_bytes(disk), floor);
    rig_close(&rig);
    small_disk_unmount(disk);
}

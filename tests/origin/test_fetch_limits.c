/* SPDX-License-Identifier: MIT
 *
 * Bounds of size, time and memory. No test measures how long something took: each
 * would hang for a minute or for ever if its bound did not hold.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "origin/fetch_rig.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SHORT_MS 1000
#define MIB 1048576

static struct rig rig;

static void start(void)
{
    rig_start(&rig);
}

static void stop(void)
{
    rig_stop(&rig);
}

TestSuite(limits, .init = start, .fini = stop, .timeout = 60);

Test(limits, announced_size_is_refused_unread)
{
    cr_expect_eq(rig_fetch(&rig, "huge/1048577/x"), CAUSE_ORIGIN_TOO_LARGE);
    cr_expect_eq(rig.received, 0);
    cr_expect_eq(rig_fetch(&rig, "huge/1000000000000/x"), CAUSE_ORIGIN_TOO_LARGE);
    cr_expect_eq(rig.received, 0);
    cr_expect_eq(rig_fetch(&rig, "huge/1048576/x"), CAUSE_NONE, "the bound itself is allowed");
    cr_expect_eq(rig.received, RIG_MAX_BYTES);
}

Test(limits, received_bytes_count)
{
    cr_expect_eq(rig_fetch(&rig, "endless/x"), CAUSE_ORIGIN_TOO_LARGE);
    cr_expect_leq(rig.received, RIG_MAX_BYTES);
    cr_expect_eq(rig.result.bytes, rig.received);
    rig.config.fetch.max_bytes = rig.picture_length;
    cr_expect_eq(rig_fetch(&rig, "unframed/x"), CAUSE_NONE);
    rig.config.fetch.max_bytes = rig.picture_length - 1;
    cr_expect_eq(rig_fetch(&rig, "unframed/x"), CAUSE_ORIGIN_TOO_LARGE);
    cr_expect_leq(rig.received, rig.picture_length - 1);
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_ORIGIN_TOO_LARGE);
}

Test(limits, large_error_page_is_not_read)
{
    rig.config.fetch.max_bytes = 1;
    cr_expect_eq(rig_fetch(&rig, "status/404/x"), CAUSE_ORIGIN_NOT_FOUND,
                 "the status tells, whatever the size of its page");
}

Test(limits, unwanted_body_is_not_waited_for)
{
    rig.config.fetch.timeout_ms = 600000;
    cr_expect_eq(rig_fetch(&rig, "stall-status/404/x"), CAUSE_ORIGIN_NOT_FOUND);
    cr_expect_eq(rig_fetch(&rig, "endless-status/404/x"), CAUSE_ORIGIN_NOT_FOUND);
    cr_expect_eq(rig_fetch(&rig, "stall-status/503/x"), CAUSE_ORIGIN_BUSY);
    cr_expect_eq(rig_fetch(&rig, "endless-status/500/x"), CAUSE_ORIGIN_ERROR);
    cr_expect_eq(rig.received, 0);
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
}

Test(limits, silence_is_a_timeout)
{
    static const struct {
        const char *id;
        long status;
        bool half;
    } cases[] = {
        {"hang/x", 0, false},          {"stall/x", 200, false},      {"stall-mid/x", 200, true},
        {"slow/60000/x", 0, false},    {"drip/60000/x", 200, false}, {"stall-first/1/x", 0, false},
    };

    rig.config.fetch.timeout_ms = SHORT_MS;
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum cause cause = rig_fetch(&rig, cases[i].id);

        cr_expect_eq(cause, CAUSE_ORIGIN_TIMEOUT, "%s: %s", cases[i].id, cause_info(cause)->name);
        cr_expect_eq(rig.result.status, cases[i].status, "%s", cases[i].id);
        cr_expect_eq(rig.received, cases[i].half ? rig.picture_length / 2 : 0, "%s", cases[i].id);
        cr_expect_geq(rig.result.elapsed_ms, SHORT_MS - 1);
    }
    rig.config.fetch.timeout_ms = 20000;
    cr_expect_eq(rig_fetch(&rig, "stall-first/1/x"), CAUSE_NONE);
}

Test(limits, all_hops_share_one_deadline)
{
    char base[64];

    /* Slow hops, each within the time, together beyond it. */
    rig.config.fetch.timeout_ms = SHORT_MS;
    rig.config.fetch.max_redirects = 1000000;
    rig_point(&rig, "%s/{id}", rig_base(rig.origin, base));
    cr_expect_eq(rig_fetch(&rig, "redirect-loop/x"), CAUSE_ORIGIN_TIMEOUT);
    cr_expect_gt(rig.result.redirects, 0);
}

Test(limits, hung_clients_do_not_hold_up_the_origin)
{
    rig.config.fetch.timeout_ms = SHORT_MS;
    cr_expect_eq(rig_fetch(&rig, "hang/x"), CAUSE_ORIGIN_TIMEOUT);
    cr_expect_eq(rig_fetch(&rig, "stall/x"), CAUSE_ORIGIN_TIMEOUT);
    origin_stop(&rig.origin);
    cr_expect_null(rig.origin);
}

#ifndef __SANITIZE_ADDRESS__
/* Kilobytes in a field of /proc/self/status. */
static long memory_kb(const char *field)
{
    FILE *file = fopen("/proc/self/status", "re");
    size_t length = strlen(field);
    char line[256];
    long kb = -1;

    while (file && kb < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, field, length) == 0)
            kb = strtol(line + length, NULL, 10);
    if (file)
        fclose(file);
    return kb;
}

static bool reset_peak(void)
{
    int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, "5", 1) == 1;

    if (fd >= 0)
        close(fd);
    return done;
}
#endif

Test(limits, memory_does_not_grow_with_the_body)
{
#ifdef __SANITIZE_ADDRESS__
    cr_skip_test("memory cannot be measured under AddressSanitizer");
#else
    long before, peak;

    rig.config.fetch.max_bytes = 64 * MIB;
    cr_assert_eq(rig_fetch(&rig, "huge/1048576/x"), CAUSE_NONE);
    if (!reset_peak())
        cr_skip_test("/proc/self/clear_refs cannot be written");
    before = memory_kb("VmRSS:");
    cr_assert_eq(rig_fetch(&rig, "huge/33554432/x"), CAUSE_NONE);
    peak = memory_kb("VmHWM:");
    cr_assert(before > 0 && peak > 0);
    cr_expect_eq(rig.received, 32 * MIB);
    /* The origin is in this process too. */
    cr_expect_lt(peak - before, 1024, "%ld KB", peak - before);
#endif
}

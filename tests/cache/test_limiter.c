/* SPDX-License-Identifier: MIT */
#include "cache/limiter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/network.h"

#define SECOND INT64_C(1000000) /* of the clock: microseconds */
#define HOUR (3600 * SECOND)
#define START (1000 * SECOND)

static char path[64];
static struct limiter *limiter;
static const struct limiter_rules rules = {.rate = 10, .burst = 20, .ipv4_prefix = 32,
                                           .ipv6_prefix = 64};

static void set_up(void)
{
    int fd;

    snprintf(path, sizeof path, "/tmp/visage-limiter-XXXXXX");
    fd = mkstemp(path);
    cr_assert(fd >= 0);
    close(fd);
    cr_assert_eq(limiter_open(path, 0600, &limiter), 0);
}

static void tear_down(void)
{
    limiter_close(&limiter);
    unlink(path);
}

TestSuite(limiter, .init = set_up, .fini = tear_down);

static int64_t take_as(const char *text, const struct limiter_rules *r, uint32_t tokens,
                       int64_t now_us)
{
    unsigned char address[16];

    cr_assert_eq(network_address_from_text(text, address), 0, "%s", text);
    return limiter_take(limiter, r, address, tokens, now_us);
}

/* Client number n of many. */
static int64_t take_nth(uint32_t n, const struct limiter_rules *r, uint32_t tokens, int64_t now_us)
{
    unsigned char address[16] = {[10] = 0xff, [11] = 0xff, [12] = (unsigned char)(n >> 24),
                                 [13] = (unsigned char)(n >> 16), [14] = (unsigned char)(n >> 8),
                                 [15] = (unsigned char)n};

    return limiter_take(limiter, r, address, tokens, now_us);
}

/* Tokens, one by one, until one is refused. */
static unsigned drain(const char *text, const struct limiter_rules *r, int64_t now_us)
{
    unsigned taken = 0;

    while (take_as(text, r, 1, now_us) == 0 && taken <= 2000000)
        taken++;
    return taken;
}

/* ---- one client ---- */

Test(limiter, a_burst_then_a_refusal_that_says_how_long)
{
    int64_t wait_ms;

    cr_expect_eq(drain("192.0.2.1", &rules, START), 20u);
    wait_ms = take_as("192.0.2.1", &rules, 1, START);
    cr_expect_eq(wait_ms, 100);
    cr_expect_eq(take_as("192.0.2.1", &rules, 5, START), 500);
    cr_expect_gt(take_as("192.0.2.1", &rules, 1, START + wait_ms * 1000 - 1), 0);
    cr_expect_eq(take_as("192.0.2.1", &rules, 1, START + wait_ms * 1000), 0);
}

Test(limiter, a_refusal_takes_nothing)
{
    drain("192.0.2.1", &rules, START);
    for (unsigned i = 0; i < 1000; i++)
        cr_assert_gt(take_as("192.0.2.1", &rules, 1, START), 0);
    cr_expect_eq(take_as("192.0.2.1", &rules, 1, START + SECOND / 10), 0);
}

Test(limiter, tokens_flow_in_at_the_rate_up_to_the_burst)
{
    drain("192.0.2.1", &rules, START);
    cr_expect_eq(drain("192.0.2.1", &rules, START + SECOND), 10u);
    cr_expect_eq(drain("192.0.2.1", &rules, START + SECOND), 0u);
    cr_expect_eq(drain("192.0.2.1", &rules, START + 2 * SECOND + SECOND / 2), 15u);
    cr_expect_eq(drain("192.0.2.1", &rules, START + 24 * HOUR), 20u, "no more than the burst");
}

Test(limiter, the_wait_that_it_says_is_enough_and_not_too_much)
{
    static const struct limiter_rules odd[] = {
        {.rate = 1, .burst = 1, .ipv4_prefix = 32},
        {.rate = 3, .burst = 7, .ipv4_prefix = 32},
        {.rate = 999, .burst = 10, .ipv4_prefix = 32},
        {.rate = 100000, .burst = 1, .ipv4_prefix = 32},
    };
    int64_t now_us = START;

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++, now_us += HOUR) {
        cr_expect_eq(drain("192.0.2.1", &odd[i], now_us), odd[i].burst);
        for (unsigned again = 0; again < 50; again++) {
            int64_t wait_ms = take_as("192.0.2.1", &odd[i], 1, now_us);

            cr_assert(wait_ms >= 1 && wait_ms <= 1000 / odd[i].rate + 1, "%ld", (long)wait_ms);
            now_us += wait_ms * 1000;
            cr_assert_eq(take_as("192.0.2.1", &odd[i], 1, now_us), 0);
            while (take_as("192.0.2.1", &odd[i], 1, now_us) == 0)
                ; /* of a millisecond that held more than one */
        }
    }
}

Test(limiter, the_rate_is_kept_over_an_hour)
{
    unsigned taken = 0;

    for (int64_t at = 0; at < HOUR; at += 7 * SECOND / 1000)
        taken += take_as("192.0.2.1", &rules, 1, START + at) == 0;
    cr_expect(taken <= 20 + 10 * 3600 && taken >= 10 * 3600 - 10, "%u", taken);
}

Test(limiter, several_tokens_at_once)
{
    cr_expect_eq(take_as("192.0.2.1", &rules, 15, START), 0);
    cr_expect_eq(take_as("192.0.2.1", &rules, 6, START), 100);
    cr_expect_eq(take_as("192.0.2.1", &rules, 5, START), 0);
    /* More than fit in: it will do when the bucket is full, not never. */
    cr_expect_eq(take_as("192.0.2.1", &rules, 1000, START), 2000);
    cr_expect_eq(take_as("192.0.2.1", &rules, 1000, START + 2 * SECOND), 0);
    cr_expect_eq(take_as("192.0.2.1", &rules, 0, START + 2 * SECOND), 0);
}

Test(limiter, the_largest_numbers_do_not_overflow)
{
    static const struct limiter_rules slow = {.rate = 1, .burst = 1000000, .ipv4_prefix = 32};
    static const struct limiter_rules fast = {.rate = 1000000, .burst = 1000000,
                                              .ipv4_prefix = 32};

    cr_expect_eq(take_as("192.0.2.1", &slow, 1000000, START), 0);
    cr_expect_eq(take_as("192.0.2.1", &slow, 1000000, START), INT64_C(1000000000));
    cr_expect_eq(take_as("192.0.2.2", &fast, 1000000, START), 0);
    cr_expect_eq(take_as("192.0.2.2", &fast, 1000000, START), 1000);
}

Test(limiter, no_rate_is_no_limit)
{
    static const struct limiter_rules none = {.burst = 1, .ipv4_prefix = 32};

    for (unsigned i = 0; i < 1000; i++)
        cr_assert_eq(take_as("192.0.2.1", &none, 100, START), 0);
}

/* ---- who a client is ---- */

static bool share(const char *a, const char *b, const struct limiter_rules *r, int64_t now_us)
{
    cr_assert_eq(drain(a, r, now_us), r->burst, "%s", a);
    return take_as(b, r, 1, now_us) != 0;
}

Test(limiter, an_address_prefix_makes_a_client)
{
    static const struct {
        const char *a, *b;
        unsigned ipv4, ipv6;
        bool one;
    } rows[] = {
        {"192.0.2.1", "192.0.2.2", 32, 64, false},
        {"192.0.2.1", "192.0.2.254", 24, 64, true},
        {"192.0.2.1", "192.0.3.1", 24, 64, false},
        {"192.0.2.7", "192.0.2.6", 31, 64, true},
        {"192.0.2.7", "192.0.2.8", 31, 64, false},
        {"10.1.2.3", "10.200.2.3", 8, 64, true},
        {"11.1.2.3", "10.1.2.3", 8, 64, false},
        {"2001:db8::1", "2001:db8::ffff:0:1", 32, 64, true},
        {"2001:db8::1", "2001:db8:0:1::1", 32, 64, false},
        {"2001:db8:0:10::1", "2001:db8:0:1f::9", 32, 60, true},
        {"2001:db8::1", "2001:db8::2", 32, 128, false},
        {"2001:db8:1::", "2001:db9::", 32, 16, true},
        /* The same client, in two ways of writing. */
        {"192.0.2.1", "::ffff:192.0.2.1", 32, 64, true},
        /* IPv4's prefix is not IPv6's, or all of IPv4 would be one client. */
        {"::ffff:192.0.2.1", "::ffff:192.0.2.2", 32, 64, false},
        {"::192.0.2.1", "192.0.2.1", 32, 64, false},
    };
    int64_t now_us = START;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++, now_us += HOUR) {
        const struct limiter_rules r = {.rate = 10, .burst = 20, .ipv4_prefix = rows[i].ipv4,
                                        .ipv6_prefix = rows[i].ipv6};

        cr_expect_eq(share(rows[i].a, rows[i].b, &r, now_us), rows[i].one, "%s and %s, /%u, /%u",
                     rows[i].a, rows[i].b, rows[i].ipv4, rows[i].ipv6);
    }
}

/* ---- many clients ---- */

#define MANY 100000u
#define NOISY 0xffffff00u

Test(limiter, a_hundred_thousand_clients_get_theirs_and_one_gets_no_more)
{
    int64_t now_us = START;
    unsigned noisy = 0, refused = 0;
    uint64_t allowed;

    /* Five requests of each, in ten seconds, and between any two the one that has no measure. */
    for (unsigned turn = 0; turn < 5; turn++)
        for (uint32_t n = 0; n < MANY; n++, now_us += 20) {
            refused += take_nth(n * 2654435761u, &rules, 1, now_us) != 0;
            noisy += take_nth(NOISY, &rules, 1, now_us) == 0;
        }
    allowed = rules.burst + (uint64_t)(now_us - START) * rules.rate / (uint64_t)SECOND;
    cr_expect_leq(refused, MANY / 10000, "%u", refused);
    cr_expect(noisy <= allowed + 1 && noisy + 1 >= allowed, "%u, not %lu", noisy,
              (unsigned long)allowed);
}

/* More clients than there are buckets, and none of them full: those who have taken the most are
 * remembered best. */
Test(limiter, a_crowd_hardly_helps_those_who_are_at_their_limit)
{
    const unsigned greedy = 1000;
    unsigned forgotten = 0;

    for (uint32_t n = 0; n < greedy; n++)
        cr_assert_eq(take_nth(NOISY - n, &rules, 20, START), 0);
    for (uint32_t n = 0; n < MANY; n++)
        take_nth(n * 2654435761u, &rules, 1, START);
    for (uint32_t n = 0; n < greedy; n++)
        forgotten += take_nth(NOISY - n, &rules, 1, START) == 0;
    cr_expect_leq(forgotten, greedy / 50, "%u", forgotten);
}

Test(limiter, the_file_is_small_and_does_not_grow)
{
    struct stat before, after;

    cr_assert_eq(stat(path, &before), 0);
    cr_expect_lt(before.st_size, 600 * 1024);
    cr_expect_geq((long)before.st_blocks * 512, (long)before.st_size, "blocks are there at once");
    for (uint32_t n = 0; n < MANY; n++)
        take_nth(n, &rules, 1, START);
    cr_assert_eq(stat(path, &after), 0);
    cr_expect_eq(after.st_size, before.st_size);
    cr_expect_eq(after.st_blocks, before.st_blocks);
}

/* ---- many processes ---- */

#define PROCESSES 4

struct shared {
    atomic_uint arrived;
    atomic_uint granted;
    atomic_uint too_many; /* clients that got more than was allowed */
    atomic_uint too_few;
};

/* Waits for the others, so that all do the same at the same time. */
static void meet(struct shared *s, unsigned processes, unsigned meeting)
{
    atomic_fetch_add(&s->arrived, 1);
    while (atomic_load(&s->arrived) < meeting * processes)
        sched_yield();
}

static struct shared *run_processes(unsigned count,
                                    void (*body)(struct shared *s, unsigned process))
{
    struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                            -1, 0);

    cr_assert_neq(s, MAP_FAILED);
    for (unsigned i = 0; i < count; i++)
        if (fork() == 0) {
            body(s, i);
            _exit(0);
        }
    for (unsigned i = 0; i < count; i++) {
        int status;

        cr_assert_gt(wait(&status), 0);
        cr_assert_eq(status, 0);
    }
    return s;
}

static const struct limiter_rules wide = {.rate = 1, .burst = 500000, .ipv4_prefix = 32};

static void take_all(struct shared *s, unsigned process)
{
    unsigned taken = 0;

    (void)process;
    meet(s, PROCESSES, 1);
    while (take_nth(NOISY, &wide, 1, START) == 0)
        taken++;
    atomic_fetch_add(&s->granted, taken);
}

Test(limiter, processes_that_take_from_one_bucket_get_what_is_in_it, .timeout = 120)
{
    struct shared *s = run_processes(PROCESSES, take_all);

    cr_expect_eq(atomic_load(&s->granted), wide.burst, "%u", atomic_load(&s->granted));
    munmap(s, sizeof *s);
}

#define COMERS 40000u
#define PAIR 2

/* A new client a second: it has no bucket yet and takes over one that was another's. */
static void welcome(struct shared *s, unsigned process)
{
    static const struct limiter_rules single = {.rate = 10, .burst = 1, .ipv4_prefix = 32};

    for (unsigned n = 0; n < COMERS; n++) {
        /* No two read the clock at quite the same time. */
        int64_t now_us = START + n * SECOND + process;

        meet(s, PAIR, 2 * n + 1);
        if (take_nth(n, &single, 1, now_us) == 0)
            atomic_fetch_add(&s->granted, 1);
        take_nth(COMERS + 2 * n + process, &single, 1, now_us);
        meet(s, PAIR, 2 * n + 2);
        if (process != 0)
            continue;
        s->too_many += atomic_load(&s->granted) > 1;
        s->too_few += atomic_load(&s->granted) < 1;
        atomic_store(&s->granted, 0);
    }
}

Test(limiter, two_processes_give_a_new_client_one_bucket, .timeout = 120)
{
    struct shared *s = run_processes(PAIR, welcome);

    cr_expect_eq(atomic_load(&s->too_many), 0u, "%u of %u", atomic_load(&s->too_many), COMERS);
    cr_expect_eq(atomic_load(&s->too_few), 0u, "%u of %u", atomic_load(&s->too_few), COMERS);
    munmap(s, sizeof *s);
}

/* ---- time ---- */

Test(limiter, goes_on_for_years_of_uptime)
{
    for (int64_t hour = 0; hour < 24 * 365 * 3; hour += 17) {
        int64_t now_us = START + hour * HOUR;

        cr_assert_eq(drain("192.0.2.1", &rules, now_us), 20u, "hour %ld", (long)hour);
        cr_assert_eq(take_as("192.0.2.1", &rules, 1, now_us), 100);
        cr_assert_eq(drain("192.0.2.1", &rules, now_us + SECOND), 10u, "hour %ld", (long)hour);
        /* One who comes rarely. */
        if (hour % (17 * 200) == 0)
            cr_assert_eq(drain("192.0.2.2", &rules, now_us), 20u, "hour %ld", (long)hour);
    }
}

Test(limiter, what_another_boot_left_behind_binds_nobody)
{
    cr_assert_eq(drain("192.0.2.1", &rules, START + 24 * HOUR), 20u);
    cr_expect_eq(drain("192.0.2.1", &rules, SECOND), 20u);
    cr_expect_eq(take_as("192.0.2.1", &rules, 1, SECOND), 100);
}

/* Between reading the clock and coming here a process may be held up. */
Test(limiter, a_clock_read_a_little_earlier_gives_nothing_away)
{
    cr_assert_eq(drain("192.0.2.1", &rules, START), 20u);
    cr_expect_eq(take_as("192.0.2.1", &rules, 1, START - SECOND), 1100);
}

Test(limiter, other_rules_apply_at_once)
{
    static const struct limiter_rules strict = {.rate = 1, .burst = 2, .ipv4_prefix = 32};

    cr_assert_eq(take_as("192.0.2.1", &rules, 10, START), 0);
    cr_expect_eq(drain("192.0.2.1", &strict, START), 1u, "a second of debt is left");
    cr_expect_eq(drain("192.0.2.1", &rules, START), 0u);
    cr_expect_eq(drain("192.0.2.1", &rules, START + 2 * SECOND), 20u);
}

/* ---- the file ---- */

Test(limiter, buckets_outlive_a_process)
{
    drain("192.0.2.1", &rules, START);
    limiter_close(&limiter);
    limiter_close(&limiter);
    cr_assert_eq(limiter_open(path, 0600, &limiter), 0);
    cr_expect_gt(take_as("192.0.2.1", &rules, 1, START), 0);
}

static void write_at(long offset, const void *bytes, size_t length)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    cr_assert(fd >= 0);
    cr_assert_eq(pwrite(fd, bytes, length, offset), (ssize_t)length);
    close(fd);
}

Test(limiter, a_file_of_another_layout_is_refused)
{
    struct stat st;

    limiter_close(&limiter);
    cr_assert_eq(stat(path, &st), 0);
    for (long field = 0; field < 16; field += 4) { /* magic, version, buckets, ways */
        cr_assert_eq(unlink(path), 0);
        cr_assert_eq(limiter_open(path, 0600, &limiter), 0);
        limiter_close(&limiter);
        write_at(field, "\x77\x77\x77\x77", 4);
        cr_expect_eq(limiter_open(path, 0600, &limiter), -EUCLEAN, "field at %ld", field);
        cr_expect_null(limiter);
    }
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(limiter_open(path, 0600, &limiter), 0);
    limiter_close(&limiter);
    for (int delta = -1; delta <= 1; delta += 2) {
        cr_assert_eq(truncate(path, st.st_size + delta), 0);
        cr_expect_eq(limiter_open(path, 0600, &limiter), -EUCLEAN);
    }
    cr_assert_eq(truncate(path, 1), 0);
    cr_expect_eq(limiter_open(path, 0600, &limiter), -EUCLEAN);
}

Test(limiter, a_file_that_cannot_be_had_is_an_error)
{
    struct limiter *other;

    cr_expect_eq(limiter_open("/proc/version/limiter", 0600, &other), -ENOTDIR);
    cr_expect_null(other);
}

/* Where a client's bucket lies is no secret that holds for two installations. */
Test(limiter, each_file_has_a_key_of_its_own)
{
    unsigned char keys[2][16];

    for (int i = 0; i < 2; i++) {
        int fd;

        limiter_close(&limiter);
        cr_assert_eq(unlink(path), 0);
        cr_assert_eq(limiter_open(path, 0600, &limiter), 0);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        cr_assert_eq(pread(fd, keys[i], sizeof keys[i], 16), (ssize_t)sizeof keys[i]);
        close(fd);
    }
    cr_expect_neq(memcmp(keys[0], keys[1], sizeof keys[0]), 0);
}

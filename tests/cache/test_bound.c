/* SPDX-License-Identifier: MIT
 *
 * cache_size is a promise.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/fixture.h"

#define LIMIT (UINT64_C(1) << 20)

static struct fixture f;
static struct cache *cache;

static void set_up(void)
{
    fixture_open(&f, LIMIT);
    cache = fixture_worker(&f);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(bound, .init = set_up, .fini = tear_down);

Test(bound, never_exceeds_its_limit)
{
    char text[32];

    for (unsigned i = 0; i < 600; i++) {
        snprintf(text, sizeof text, "demo/%u", i);
        cr_assert_eq(fixture_insert(cache, text, i, 1000 + i * 37 % 9000), 0, "%s", text);
        cr_assert_leq(fixture_stats(cache).bytes, LIMIT);
        cr_assert_leq(fixture_disk_bytes(&f), LIMIT);
    }
    cr_assert_gt(fixture_stats(cache).bytes, LIMIT * 9 / 10, "and uses what it may");
    fixture_assert_consistent(&f, cache);
}

/* The configuration has been changed to a tenth: whatever comes next, far more has to go than one
 * transaction may free. */
static void refill(uint64_t limit)
{
    char text[32];

    for (unsigned i = 0; i < 250; i++) {
        snprintf(text, sizeof text, "demo/%u", i);
        cr_assert_eq(fixture_insert(cache, text, i, 4096), 0);
    }
    cache_close(&cache);
    f.config.cache_size = limit;
    cache = fixture_worker(&f);
    cr_assert_gt(fixture_stats(cache).bytes, limit);
}

Test(bound, a_lowered_limit_holds_after_the_next_picture)
{
    struct entry e;

    refill(LIMIT / 10);
    cr_assert_eq(fixture_insert(cache, "demo/new", 999, 4096), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/new", &e), 0);
    cr_assert_leq(fixture_stats(cache).bytes, LIMIT / 10);
    fixture_assert_consistent(&f, cache);
}

Test(bound, a_lowered_limit_holds_after_the_next_failure)
{
    const struct entry failure = {.kind = ENTRY_NEGATIVE, .cause = CAUSE_ORIGIN_NOT_FOUND};
    struct entry e;

    refill(LIMIT / 10);
    cr_assert_eq(fixture_insert_bare(cache, &failure, "!demo/new"), 0);
    cr_assert_eq(fixture_lookup(cache, "!demo/new", &e), 0);
    cr_assert_leq(fixture_stats(cache).bytes, LIMIT / 10);
    fixture_assert_consistent(&f, cache);
}

/* What cannot be stored is not said to be, and leaves no file: a limit that nothing fits. */
Test(bound, an_insert_that_does_not_fit_says_so)
{
    struct digest key;
    struct entry e;

    cr_assert_eq(fixture_insert(cache, "demo/a", 1, 4096), 0);
    cache_close(&cache);
    f.config.cache_size = 4096;
    cache = fixture_worker(&f);
    cr_assert_neq(fixture_insert(cache, "demo/b", 2, 4096), 0);
    cr_assert_eq(cache_key("demo/b", &key), 0);
    cr_assert_eq(fixture_lookup(cache, "demo/b", &e), -ENOENT);
    fixture_assert_consistent(&f, cache);
}

/* ---- several processes ---- */

enum { INSERTERS = 4, LOOKS = 120 };

static void insert_without_end(unsigned inserter, size_t length)
{
    char text[32];

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    cache = fixture_worker(&f);
    for (unsigned i = 0;; i++) {
        snprintf(text, sizeof text, "demo/%u-%u", inserter, i);
        fixture_insert(cache, text, inserter << 24 | i, length);
    }
}

/* Bytes on disk at one moment, of the pictures' files and what records are accounted with: the
 * inserters are stopped meanwhile. */
static uint64_t look_at_disk(const pid_t *inserters)
{
    uint64_t bytes;

    for (unsigned p = 0; p < INSERTERS; p++)
        cr_assert_eq(kill(inserters[p], SIGSTOP), 0);
    for (unsigned p = 0; p < INSERTERS; p++)
        cr_assert_eq(waitpid(inserters[p], NULL, WUNTRACED), inserters[p]);
    bytes = fixture_disk_bytes(&f) + fixture_stats(cache).entries * INDEX_ENTRY_COST;
    for (unsigned p = 0; p < INSERTERS; p++)
        cr_assert_eq(kill(inserters[p], SIGCONT), 0);
    return bytes;
}

static void assert_bounded(uint64_t limit, const size_t *lengths)
{
    char error[CONFIG_ERROR_MAX];
    pid_t inserters[INSERTERS];
    unsigned full = 0;

    cache_close(&cache); /* never across a fork */
    f.config.cache_size = limit;
    for (unsigned p = 0; p < INSERTERS; p++) {
        inserters[p] = fork();
        if (inserters[p] == 0)
            insert_without_end(p, lengths[p]);
    }
    cr_assert_eq(cache_open(&f.config, CACHE_VISITOR, &cache, error), 0, "%s", error);
    cr_assert_leq(fixture_stats(cache).bytes, limit);
    while (full < LOOKS) {
        uint64_t bytes;

        usleep((useconds_t)(500 + full * 37 % 3000));
        bytes = look_at_disk(inserters);
        cr_assert_leq(bytes, limit);
        full += bytes > limit / 10 * 9;
    }
    for (unsigned p = 0; p < INSERTERS; p++) {
        cr_assert_eq(kill(inserters[p], SIGKILL), 0);
        cr_assert_eq(waitpid(inserters[p], NULL, 0), inserters[p]);
    }
    cache_close(&cache);
    cache = fixture_worker(&f);
    cr_assert_leq(fixture_stats(cache).bytes, limit);
    fixture_assert_consistent(&f, cache);
}

/* Their files are in place before what they displace is gone: there is room kept for that. */
Test(bound, the_disk_never_exceeds_the_limit_with_small_blobs, .timeout = 120)
{
    static const size_t lengths[INSERTERS] = {100, 4096, 8000, 8192};

    assert_bounded(16 * LIMIT, lengths);
}

/* Room is made for them first, and no two count on the same. */
Test(bound, the_disk_never_exceeds_the_limit_with_large_blobs, .timeout = 120)
{
    static const size_t lengths[INSERTERS] = {4000, 200000, 500000, 900000};

    assert_bounded(4 * LIMIT, lengths);
}

/* Several processes insert and evict at the same time, all over the bound. */
Test(bound, stays_consistent_under_concurrent_eviction, .timeout = 60)
{
    enum { PROCESSES = 4, INSERTS = 400 };
    pid_t children[PROCESSES];

    cache_close(&cache); /* never across a fork */
    for (unsigned p = 0; p < PROCESSES; p++) {
        children[p] = fork();
        if (children[p] == 0) {
            char text[32];
            int bad = 0;

            cache = fixture_worker(&f);
            for (unsigned i = 0; i < INSERTS; i++) {
                /* Texts and contents overlap between the processes. */
                snprintf(text, sizeof text, "demo/%u", i * (p + 1) % 500);
                bad |= fixture_insert(cache, text, i % 350, 1000 + i % 350 * 50) != 0;
            }
            cache_close(&cache);
            _exit(bad);
        }
    }
    for (unsigned p = 0; p < PROCESSES; p++) {
        int status;

        cr_assert_eq(waitpid(children[p], &status, 0), children[p]);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "process %u", p);
    }
    cache = fixture_worker(&f);
    cr_assert_leq(fixture_stats(cache).bytes, LIMIT);
    fixture_assert_consistent(&f, cache);
}

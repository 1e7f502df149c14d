/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/fixture.h"
#include "cache/lease.h"

#define LONG_MS 60000

static struct fixture f;
static struct cache *cache;
static struct digest key, other;

static void set_up(void)
{
    fixture_open(&f, 1 << 20);
    cr_assert_eq(cache_key("a", &key), 0);
    cr_assert_eq(cache_key("b", &other), 0);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(lease, .init = set_up, .fini = tear_down);

/* A second worker that takes the lease and then waits; it says so on *ready. */
static pid_t start_holder(int64_t duration_ms, int *ready)
{
    int ends[2];
    char byte = 'r';
    pid_t child;

    cr_assert_eq(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        cache = fixture_worker(&f);
        if (lease_acquire(cache, &key, duration_ms) != LEASE_TAKEN)
            _exit(1);
        if (write(ends[1], &byte, 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ends[1]);
    cr_assert_eq(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    *ready = 1;
    return child;
}

static void kill_holder(pid_t child)
{
    cr_assert_eq(kill(child, SIGKILL), 0);
    cr_assert_eq(waitpid(child, NULL, 0), child);
}

Test(lease, is_held_until_released)
{
    cache = fixture_worker(&f);
    cr_assert_eq(lease_look(cache, &key, NULL), LEASE_TAKEN, "free");
    cr_assert_eq(lease_acquire(cache, &key, LONG_MS), LEASE_TAKEN);
    cr_assert_eq(lease_look(cache, &key, NULL), LEASE_HELD);
    cr_assert_eq(lease_acquire(cache, &other, LONG_MS), LEASE_TAKEN);
    cr_assert_eq(lease_release(cache, &key), 0);
    cr_assert_eq(lease_look(cache, &key, NULL), LEASE_TAKEN);
    cr_assert_eq(lease_look(cache, &other, NULL), LEASE_HELD);
    cr_assert_eq(lease_release(cache, &key), 0, "twice is harmless");
}

Test(lease, of_another_worker_is_respected)
{
    int ready;
    pid_t child = start_holder(LONG_MS, &ready);

    cache = fixture_worker(&f);
    cr_assert_eq(lease_acquire(cache, &key, LONG_MS), LEASE_HELD);
    cr_assert_eq(lease_look(cache, &key, NULL), LEASE_HELD);
    cr_assert_eq(lease_release(cache, &key), 0);
    cr_assert_eq(lease_look(cache, &key, NULL), LEASE_HELD, "only its holder releases it");
    kill_holder(child);
}

Test(lease, of_a_killed_worker_is_void_at_once)
{
    int ready;
    pid_t child = start_holder(LONG_MS, &ready);

    cache = fixture_worker(&f);
    cr_assert_eq(lease_look(cache, &key, NULL), LEASE_HELD);
    kill_holder(child);
    cr_assert_eq(lease_look(cache, &key, NULL), LEASE_TAKEN);
    cr_assert_eq(lease_acquire(cache, &key, LONG_MS), LEASE_TAKEN);
}

/* The dead worker's slot is taken again, by one who is alive but has no such lease. */
Test(lease, is_not_inherited_with_the_slot)
{
    int ready;
    pid_t child = start_holder(LONG_MS, &ready);

    kill_holder(child);
    cache = fixture_worker(&f);
    cr_assert_eq(cache_blobs(cache)->slot, 0, "the same slot");
    cr_assert_eq(lease_look(cache, &key, NULL), LEASE_TAKEN);
    cr_assert_eq(lease_acquire(cache, &key, LONG_MS), LEASE_TAKEN);
}

Test(lease, ends_with_its_deadline)
{
    int ready;
    pid_t child = start_holder(1, &ready);

    usleep(20000);
    cache = fixture_worker(&f);
    cr_assert_eq(lease_acquire(cache, &key, LONG_MS), LEASE_TAKEN);
    kill_holder(child);
    cr_assert_eq(lease_look(cache, &key, NULL), LEASE_HELD, "ours now");
}

/* Those who wait tell by it how long the picture has been on its way. */
Test(lease, says_how_long_it_has_been_held)
{
    int64_t age_ms = -1;
    int ready;
    pid_t child = start_holder(LONG_MS, &ready);

    cache = fixture_worker(&f);
    usleep(20000);
    cr_assert_eq(lease_look(cache, &key, &age_ms), LEASE_HELD);
    cr_assert_geq(age_ms, 20);
    cr_assert_lt(age_ms, LONG_MS);
    kill_holder(child);
    cr_assert_eq(lease_look(cache, &key, &age_ms), LEASE_TAKEN);
    cr_assert_eq(age_ms, 0, "nobody holds it");
    cr_assert_eq(lease_look(cache, &other, &age_ms), LEASE_TAKEN);
    cr_assert_eq(age_ms, 0, "nobody ever did");
}

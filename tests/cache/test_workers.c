/* SPDX-License-Identifier: MIT
 *
 * How workers and keepers see each other.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/actor.h"
#include "cache/lock_file.h"

static struct fixture f;
static struct cache *cache;

static void set_up(void)
{
    fixture_open(&f, UINT64_C(16) << 20);
    cache = fixture_worker(&f);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(workers, .init = set_up, .fini = tear_down);

enum { BECOME, IS_ALIVE, MAY_START };

static int64_t keep(struct cache *c, int64_t command)
{
    switch (command) {
    case BECOME:
        return cache_become_keeper(c);
    case IS_ALIVE:
        return cache_keeper_alive(c);
    default:
        return cache_may_start_keeper(c);
    }
}

Test(workers, there_are_so_many_keepers_and_no_more)
{
    struct actor keepers[LOCK_KEEPERS], late;

    cr_assert_not(cache_keeper_alive(cache));
    for (int i = 0; i < LOCK_KEEPERS; i++) {
        actor_start_as(&keepers[i], &f, CACHE_KEEPER, keep);
        cr_assert_eq(actor_ask(&keepers[i], BECOME), i);
        cr_assert_eq(actor_ask(&keepers[i], IS_ALIVE), 1);
    }
    cr_assert(cache_keeper_alive(cache));
    actor_start_as(&late, &f, CACHE_KEEPER, keep);
    cr_assert_eq(actor_ask(&late, BECOME), -EAGAIN);
    actor_kill(&keepers[2]);
    cr_assert_eq(actor_ask(&late, BECOME), 2, "a dead one's place is free at once");
    /* The first place is what others look for: it comes back with the next keeper. */
    actor_end(&keepers[0]);
    cr_assert_not(cache_keeper_alive(cache));
    actor_start_as(&keepers[0], &f, CACHE_KEEPER, keep);
    cr_assert_eq(actor_ask(&keepers[0], BECOME), 0);
    cr_assert(cache_keeper_alive(cache));
}

/* Puts the moment of the last start, on the scoreboard, two seconds back. */
static void age_start(void)
{
    cr_assert(scoreboard_may_start_keeper(cache_scoreboard(cache), clock_boot_ms() - 2000,
                                          INT64_MIN / 2));
}

Test(workers, one_worker_of_many_starts_a_keeper)
{
    enum { WORKERS = 6 };
    struct actor workers[WORKERS];
    unsigned starters = 0;

    for (unsigned i = 0; i < WORKERS; i++)
        actor_start(&workers[i], &f, keep);
    for (unsigned i = 0; i < WORKERS; i++)
        actor_tell(&workers[i], MAY_START);
    for (unsigned i = 0; i < WORKERS; i++)
        starters += actor_answer(&workers[i]) == 1;
    cr_assert_eq(starters, 1);
    cr_assert_not(cache_may_start_keeper(cache), "it may be on its way still");
}

Test(workers, a_keeper_is_started_only_where_there_is_none)
{
    struct actor first, second;

    actor_start_as(&first, &f, CACHE_KEEPER, keep);
    cr_assert_eq(actor_ask(&first, BECOME), 0);
    cr_assert_not(cache_may_start_keeper(cache));
    /* A keeper that has too much to do may start another, as long as there are places. */
    cr_assert_eq(actor_ask(&first, MAY_START), 1);
    cr_assert_eq(actor_ask(&first, MAY_START), 0, "one at a time");
    age_start();
    actor_start_as(&second, &f, CACHE_KEEPER, keep);
    cr_assert_eq(actor_ask(&second, BECOME), 1);
    cr_assert_not(cache_may_start_keeper(cache));
    cr_assert_eq(actor_ask(&second, MAY_START), 1);
    actor_kill(&first);
    age_start();
    cr_assert(cache_may_start_keeper(cache), "the one it waits for has died");
}

Test(workers, a_keeper_is_not_started_where_all_places_are_taken)
{
    struct actor keepers[LOCK_KEEPERS];

    for (int i = 0; i < LOCK_KEEPERS; i++) {
        actor_start_as(&keepers[i], &f, CACHE_KEEPER, keep);
        cr_assert_eq(actor_ask(&keepers[i], BECOME), i);
    }
    for (int i = 0; i < LOCK_KEEPERS; i++)
        cr_assert_eq(actor_ask(&keepers[i], MAY_START), 0);
}

/* ---- who does what ---- */

static const char *name(unsigned i)
{
    static char text[32];

    snprintf(text, sizeof text, "demo/%u", i);
    return text;
}

/* Commands: a state, or the key to wait for (1000 and up), or nothing more to wait for (999). */
static int64_t pretend(struct cache *c, int64_t command)
{
    struct digest key;

    if (command < 999) {
        cache_state(c, (enum worker_state)command);
        return 0;
    }
    if (cache_key(name((unsigned)command), &key) != 0)
        return -EIO;
    cache_waits_for(c, command == 999 ? NULL : &key);
    return 0;
}

static struct cache_census census(void)
{
    struct cache_census c;

    cache_census(cache, &c);
    return c;
}

Test(workers, the_census_counts_who_is_alive_and_who_is_busy)
{
    struct actor a[4], keeper;

    cr_assert_eq(census().alive, 1, "we are");
    cr_assert_eq(census().busy, 0);
    cr_assert_eq(census().longest_ms, 0);
    for (unsigned i = 0; i < 4; i++)
        actor_start(&a[i], &f, pretend);
    actor_start_as(&keeper, &f, CACHE_KEEPER, pretend);
    actor_ask(&keeper, WORKER_FETCHING);
    cr_assert_eq(census().alive, 5, "keepers are not counted");
    cr_assert_eq(census().busy, 0);
    actor_ask(&a[0], WORKER_FETCHING);
    actor_ask(&a[1], WORKER_WAITING);
    actor_ask(&a[2], WORKER_RENDERING);
    actor_ask(&a[3], WORKER_SERVING);
    cr_assert_eq(census().busy, 2);
    cache_state(cache, WORKER_FETCHING);
    cr_assert_eq(census().busy, 2, "this one apart");
    usleep(20000);
    cr_assert_geq(census().longest_ms, 20);
    actor_ask(&a[0], WORKER_IDLE);
    actor_ask(&a[1], WORKER_FETCHING);
    cr_assert_eq(census().busy, 1);
    actor_ask(&a[1], WORKER_IDLE);
    cr_assert_eq(census().busy, 0);
    cr_assert_eq(census().longest_ms, 0);
    actor_ask(&a[0], WORKER_FETCHING);
    actor_kill(&a[0]);
    cr_assert_eq(census().busy, 0, "the dead do nothing");
    cr_assert_eq(census().alive, 4);
    actor_end(&a[1]);
    cr_assert_eq(census().alive, 3);
}

/* Whose client has gone goes on fetching as long as others wait for it. */
Test(workers, who_is_awaited_is_seen)
{
    struct digest key, other;
    struct actor a[2];

    cr_assert_eq(cache_key(name(1000), &key), 0);
    cr_assert_eq(cache_key(name(1001), &other), 0);
    cr_assert_not(cache_is_awaited(cache, &key));
    actor_start(&a[0], &f, pretend);
    actor_start(&a[1], &f, pretend);
    actor_ask(&a[0], 1000);
    cr_assert(cache_is_awaited(cache, &key));
    cr_assert_not(cache_is_awaited(cache, &other));
    actor_ask(&a[0], 999);
    cr_assert_not(cache_is_awaited(cache, &key));
    actor_ask(&a[1], 1000);
    cr_assert(cache_is_awaited(cache, &key));
    actor_kill(&a[1]);
    cr_assert_not(cache_is_awaited(cache, &key), "the dead wait for nothing");
    cache_waits_for(cache, &key);
    cr_assert_not(cache_is_awaited(cache, &key), "one does not wait for oneself");
}

/* ---- waiting ---- */

#define UNTIL_KILLED_MS (INT64_C(60) * 60 * 1000)

/* Returns the command when it is woken. */
static int64_t wait_for_key(struct cache *c, int64_t command)
{
    struct digest key;

    if (cache_key(name((unsigned)command), &key) != 0)
        return -EIO;
    cache_waits_for(c, &key);
    cache_pause(c, UNTIL_KILLED_MS);
    cache_waits_for(c, NULL);
    return command;
}

static void await_waiter(const struct digest *key)
{
    while (!cache_is_awaited(cache, key))
        usleep(1000);
}

Test(workers, whoever_waits_for_a_key_is_woken_when_it_is_done, .timeout = 60)
{
    struct actor waiter, other;
    struct digest key, elsewhere;

    cr_assert_eq(cache_key(name(1), &key), 0);
    cr_assert_eq(cache_key(name(2), &elsewhere), 0);
    actor_start(&waiter, &f, wait_for_key);
    actor_start(&other, &f, wait_for_key);
    actor_tell(&other, 2);
    await_waiter(&elsewhere);
    for (int i = 0; i < 50; i++) {
        actor_tell(&waiter, 1);
        await_waiter(&key);
        /* At any moment from now on, before it sleeps included. */
        cache_wake(cache, &key);
        cr_assert_eq(actor_answer(&waiter), 1);
    }
    cr_assert(cache_is_awaited(cache, &elsewhere), "another key's end is not theirs");
    cache_wake(cache, &elsewhere);
    cr_assert_eq(actor_answer(&other), 2);
    actor_tell(&waiter, 1);
    await_waiter(&key);
    actor_kill(&waiter);
    cache_wake(cache, &key); /* nobody is there: nothing happens */
}

Test(workers, a_pause_ends_where_nobody_wakes, .timeout = 60)
{
    struct digest key;
    int64_t begun_ms = clock_boot_ms();

    cr_assert_eq(cache_key(name(1), &key), 0);
    cache_waits_for(cache, &key);
    cache_pause(cache, 20);
    cr_assert_geq(clock_boot_ms() - begun_ms, 19, "not before its time");
    cache_wake(cache, &key); /* oneself is not woken: it would end the next pause */
    begun_ms = clock_boot_ms();
    cache_pause(cache, 20);
    cr_assert_geq(clock_boot_ms() - begun_ms, 19);
}

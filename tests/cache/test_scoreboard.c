/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/fixture.h"
#include "cache/scoreboard_layout.h"

#define MINUTE INT64_C(60000)
#define NOON (INT64_C(29000000) * MINUTE) /* some minute's beginning */
#define PROCESSES 4

static struct fixture f;
static char path[PATH_MAX];
static struct scoreboard *board;

static void set_up(void)
{
    fixture_open(&f, 0);
    snprintf(path, sizeof path, "%s/scoreboard", f.directory);
    cr_assert_eq(scoreboard_open(path, 0600, &board), 0);
}

static void tear_down(void)
{
    scoreboard_close(&board);
    fixture_close(&f);
}

TestSuite(scoreboard, .init = set_up, .fini = tear_down);

/* Runs `body` in processes of their own, each with the file opened anew; true if all returned
 * true. */
static bool in_processes(bool (*body)(struct scoreboard *board, unsigned number))
{
    pid_t children[PROCESSES];
    bool good = true;

    for (unsigned i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        cr_assert_geq(children[i], 0);
        if (children[i] == 0) {
            struct scoreboard *own;

            _exit(!(scoreboard_open(path, 0600, &own) == 0 && body(own, i)));
        }
    }
    for (unsigned i = 0; i < PROCESSES; i++) {
        int status;

        cr_assert_eq(waitpid(children[i], &status, 0), children[i]);
        good = good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    return good;
}

/* A key with a byte of its own in the recency table. */
static struct digest key_number(uint32_t number)
{
    struct digest key = {{0}};

    memcpy(key.bytes, &number, sizeof number);
    return key;
}

/* ---- the file ---- */

Test(scoreboard, is_written_to_disk_blocks_that_exist)
{
    struct stat st;

    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_size, (off_t)sizeof(struct scoreboard_layout));
    cr_assert_geq(st.st_blocks * 512, st.st_size);
}

Test(scoreboard, slots_have_cache_lines_of_their_own)
{
    cr_assert_eq((uintptr_t)scoreboard_slot(board, 0) % 64, 0);
    cr_assert_eq((uintptr_t)scoreboard_slot(board, 1) % 64, 0);
}

static int open_again(void)
{
    scoreboard_close(&board);
    return scoreboard_open(path, 0600, &board);
}

Test(scoreboard, numbers_survive_those_who_wrote_them)
{
    scoreboard_count(scoreboard_slot(board, 7), COUNT_HITS, 5);
    cr_assert_eq(open_again(), 0);
    cr_assert_eq(atomic_load(&scoreboard_slot(board, 7)->counters[COUNT_HITS]), 5);
}

Test(scoreboard, a_file_of_another_version_is_refused)
{
    board->map->header.version--;
    cr_assert_eq(open_again(), -EUCLEAN);
    cr_assert_null(board);
}

Test(scoreboard, a_file_with_other_slots_is_refused)
{
    board->map->header.slot_size -= 8;
    cr_assert_eq(open_again(), -EUCLEAN);
}

Test(scoreboard, a_file_with_other_samples_is_refused)
{
    board->map->header.sample_size -= 8;
    cr_assert_eq(open_again(), -EUCLEAN);
}

Test(scoreboard, a_file_with_a_shorter_history_is_refused)
{
    board->map->header.minutes--;
    cr_assert_eq(open_again(), -EUCLEAN);
}

Test(scoreboard, a_file_of_another_size_is_refused)
{
    cr_assert_eq(truncate(path, sizeof(struct scoreboard_layout) - 4096), 0);
    cr_assert_eq(open_again(), -EUCLEAN);
}

Test(scoreboard, everything_has_a_name_of_its_own)
{
    for (unsigned i = 0; i < COUNTERS; i++) {
        cr_assert_not_null(scoreboard_counter_name(i), "%u", i);
        for (unsigned j = 0; j < i; j++)
            cr_assert_str_neq(scoreboard_counter_name(i), scoreboard_counter_name(j));
    }
    for (uint32_t i = 0; i <= WORKER_SWEEPING; i++)
        cr_assert_str_neq(scoreboard_state_name(i), "unknown");
    for (uint32_t i = 0; i <= KIND_TOOL; i++)
        cr_assert_str_neq(scoreboard_kind_name(i), "unknown");
    cr_assert_str_eq(scoreboard_counter_name(COUNTERS), "unknown");
    cr_assert_str_eq(scoreboard_state_name(WORKER_SWEEPING + 1), "unknown");
    cr_assert_str_eq(scoreboard_kind_name(KIND_TOOL + 1), "unknown");
}

/* ---- recency ---- */

Test(scoreboard, a_key_counts_as_used_until_the_hand_comes_by)
{
    struct digest key = key_number(1);

    cr_assert_not(scoreboard_take_used(board, &key));
    scoreboard_touch(board, &key);
    cr_assert(scoreboard_take_used(board, &key));
    cr_assert_not(scoreboard_take_used(board, &key));
    scoreboard_touch(board, &key);
    cr_assert(scoreboard_take_used(board, &key));
}

Test(scoreboard, the_hand_does_not_make_a_key_less_popular)
{
    struct digest key = key_number(1);
    uint64_t uses;

    for (int i = 0; i < 1000; i++)
        scoreboard_touch(board, &key);
    uses = scoreboard_uses(board, &key);
    cr_assert_gt(uses, 0);
    cr_assert(scoreboard_take_used(board, &key));
    cr_assert_eq(scoreboard_uses(board, &key), uses);
}

Test(scoreboard, one_use_counts_as_one_and_none_as_none)
{
    struct digest key = key_number(1);

    cr_assert_eq(scoreboard_uses(board, &key), 0);
    scoreboard_touch(board, &key);
    cr_assert_eq(scoreboard_uses(board, &key), 1);
}

Test(scoreboard, a_forgotten_key_begins_anew)
{
    struct digest key = key_number(1);

    for (int i = 0; i < 1000; i++)
        scoreboard_touch(board, &key);
    scoreboard_forget(board, &key);
    cr_assert_eq(scoreboard_uses(board, &key), 0);
    cr_assert_not(scoreboard_take_used(board, &key));
}

Test(scoreboard, keys_do_not_touch_each_other)
{
    struct digest first = key_number(1), last = key_number(SCOREBOARD_RECENCY - 1);

    scoreboard_touch(board, &first);
    cr_assert_not(scoreboard_take_used(board, &last));
    cr_assert_eq(scoreboard_uses(board, &last), 0);
}

/* The estimate of one key is off by about 22 % (standard deviation): a factor of 2 is more than
 * three of them away, and the mean over the keys is off by 4 %. */
static void expect_estimates(uint64_t uses)
{
    enum { KEYS = 32 };
    double sum = 0;
    unsigned good = 0;

    for (uint32_t k = 0; k < KEYS; k++) {
        struct digest key = key_number(k);
        uint64_t found;

        for (uint64_t i = 0; i < uses; i++)
            scoreboard_touch(board, &key);
        found = scoreboard_uses(board, &key);
        good += found >= uses / 2 && found <= uses * 2;
        sum += (double)found;
        scoreboard_forget(board, &key);
    }
    cr_assert_geq(good, KEYS * 3 / 4, "%lu uses: %u of %d good", (unsigned long)uses, good, KEYS);
    cr_assert_gt(sum / KEYS, (double)uses * 0.7, "%lu uses", (unsigned long)uses);
    cr_assert_lt(sum / KEYS, (double)uses * 1.4, "%lu uses", (unsigned long)uses);
}

Test(scoreboard, uses_are_estimated_within_a_factor_of_two)
{
    for (uint64_t uses = 1; uses <= 1000000; uses *= 10)
        expect_estimates(uses);
}

Test(scoreboard, a_popular_key_is_rarely_written)
{
    struct digest key = key_number(0);
    unsigned changes = 0;

    for (int i = 0; i < 100000; i++) {
        uint8_t before = atomic_load(&board->map->recency[0]);

        scoreboard_touch(board, &key);
        changes += atomic_load(&board->map->recency[0]) != before;
    }
    cr_assert_geq(changes, 60);
    cr_assert_leq(changes, 127);
}

Test(scoreboard, a_full_count_stays_full)
{
    struct digest key = key_number(0);

    atomic_store(&board->map->recency[0], RECENCY_COUNT);
    for (int i = 0; i < 1000; i++)
        scoreboard_touch(board, &key);
    cr_assert_eq(atomic_load(&board->map->recency[0]), RECENCY_USED | RECENCY_COUNT);
    cr_assert_gt(scoreboard_uses(board, &key), 1000000);
}

static bool touch_a_thousand_times(struct scoreboard *own, unsigned number)
{
    struct digest key = key_number(0);

    (void)number;
    for (int i = 0; i < 1000; i++)
        scoreboard_touch(own, &key);
    return true;
}

Test(scoreboard, workers_share_what_they_know_of_a_key)
{
    struct digest key = key_number(0);
    uint64_t uses;

    cr_assert(in_processes(touch_a_thousand_times));
    uses = scoreboard_uses(board, &key);
    cr_assert_gt(uses, PROCESSES * 1000 / 10);
    cr_assert_lt(uses, PROCESSES * 1000 * 10);
    cr_assert(scoreboard_take_used(board, &key));
}

/* ---- counters ---- */

Test(scoreboard, latencies_fall_into_buckets_that_double)
{
    struct scoreboard_slot *slot = scoreboard_slot(board, 0);

    cr_assert_eq(scoreboard_latency_bound(0), 100);
    cr_assert_eq(scoreboard_latency_bound(1), 200);
    cr_assert_eq(scoreboard_latency_bound(LATENCY_BUCKETS - 2), UINT64_C(100) << 18);
    cr_assert_eq(scoreboard_latency_bound(LATENCY_BUCKETS - 1), UINT64_MAX);
    for (unsigned b = 0; b < LATENCY_BUCKETS; b++) {
        uint64_t bound = scoreboard_latency_bound(b);

        scoreboard_latency(slot, LATENCY_MISS, bound);
        cr_assert_eq(atomic_load(&slot->latency[LATENCY_MISS][b]), b ? 2 : 1, "%u", b);
        if (b + 1 < LATENCY_BUCKETS)
            scoreboard_latency(slot, LATENCY_MISS, bound + 1);
    }
}

Test(scoreboard, no_time_at_all_is_a_short_time)
{
    struct scoreboard_slot *slot = scoreboard_slot(board, 0);

    scoreboard_latency(slot, LATENCY_HIT, 0);
    scoreboard_latency(slot, LATENCY_HIT, 30);
    cr_assert_eq(atomic_load(&slot->latency[LATENCY_HIT][0]), 2);
    cr_assert_eq(atomic_load(&slot->latency_us[LATENCY_HIT]), 30);
    cr_assert_eq(atomic_load(&slot->latency[LATENCY_MISS][0]), 0);
}

#define COUNTED 20000

static bool count(struct scoreboard *own, unsigned number)
{
    struct scoreboard_slot *slot = scoreboard_slot(own, number * 100);

    for (unsigned i = 0; i < COUNTED; i++) {
        scoreboard_count(slot, COUNT_REQUESTS, 1);
        scoreboard_count(slot, COUNT_FETCHED_BYTES, number);
        scoreboard_latency(slot, LATENCY_HIT, 150);
    }
    return true;
}

Test(scoreboard, sums_hold_what_all_have_counted_even_the_dead)
{
    struct scoreboard_sample sum;

    cr_assert(in_processes(count));
    scoreboard_sum(board, NOON, &sum);
    cr_assert_eq(sum.at_ms, NOON);
    cr_assert_eq(sum.counters[COUNT_REQUESTS], PROCESSES * COUNTED);
    cr_assert_eq(sum.counters[COUNT_FETCHED_BYTES], COUNTED * (0 + 1 + 2 + 3));
    cr_assert_eq(sum.counters[COUNT_HITS], 0);
    cr_assert_eq(sum.latency[LATENCY_HIT][1], PROCESSES * COUNTED);
    cr_assert_eq(sum.latency_us[LATENCY_HIT], PROCESSES * COUNTED * 150);
    cr_assert_eq(sum.latency_us[LATENCY_MISS], 0);
}

/* ---- history ---- */

static void tick_with(int64_t at_ms, uint64_t requests)
{
    atomic_store(&scoreboard_slot(board, 3)->counters[COUNT_REQUESTS], requests);
    scoreboard_tick(board, at_ms);
}

/* The requests in the sample of a minute; -1 if there is none. */
static int64_t requests_at(int64_t at_ms)
{
    struct scoreboard_sample sample;

    return scoreboard_history(board, at_ms, &sample)
               ? (int64_t)sample.counters[COUNT_REQUESTS] : -1;
}

Test(scoreboard, the_first_in_a_minute_takes_the_sample)
{
    struct scoreboard_sample sample;

    tick_with(NOON + 5000, 10);
    tick_with(NOON + 5001, 11);
    tick_with(NOON + 59999, 12);
    cr_assert(scoreboard_history(board, NOON, &sample));
    cr_assert_eq(sample.at_ms, NOON + 5000);
    cr_assert_eq(sample.counters[COUNT_REQUESTS], 10);
    cr_assert_eq(requests_at(NOON + 59999), 10);
}

static int64_t minute_to_count;

static bool tick_and_count(struct scoreboard *own, unsigned number)
{
    scoreboard_tick(own, minute_to_count + number);
    scoreboard_count(scoreboard_slot(own, number), COUNT_REQUESTS, 1);
    scoreboard_tick(own, minute_to_count + 1000 + number);
    return true;
}

Test(scoreboard, of_many_workers_one_takes_the_sample)
{
    enum { MINUTES = 20 };
    struct scoreboard_sample sample;

    for (unsigned m = 0; m < MINUTES; m++) {
        minute_to_count = NOON + m * MINUTE;
        cr_assert(in_processes(tick_and_count));
    }
    for (unsigned m = 0; m < MINUTES; m++) {
        cr_assert(scoreboard_history(board, NOON + m * MINUTE, &sample), "%u", m);
        cr_assert_geq(sample.at_ms, NOON + m * MINUTE);
        cr_assert_lt(sample.at_ms, NOON + m * MINUTE + PROCESSES, "who came again was late");
        cr_assert_geq(sample.counters[COUNT_REQUESTS], m * PROCESSES);
        cr_assert_lt(sample.counters[COUNT_REQUESTS], (m + 1) * PROCESSES);
    }
}

Test(scoreboard, a_minute_in_which_nobody_came_has_no_sample)
{
    tick_with(NOON, 10);
    tick_with(NOON + 3 * MINUTE, 20);
    cr_assert_eq(requests_at(NOON - MINUTE), -1);
    cr_assert_eq(requests_at(NOON), 10);
    cr_assert_eq(requests_at(NOON + MINUTE), -1);
    cr_assert_eq(requests_at(NOON + 2 * MINUTE), -1);
    cr_assert_eq(requests_at(NOON + 3 * MINUTE), 20);
    cr_assert_eq(requests_at(NOON + 4 * MINUTE), -1);
}

Test(scoreboard, an_empty_history_has_no_sample)
{
    cr_assert_eq(requests_at(NOON), -1);
    cr_assert_eq(requests_at(0), -1);
    cr_assert_eq(requests_at(-NOON), -1);
    tick_with(0, 1);
    tick_with(-NOON, 1);
    cr_assert_eq(requests_at(0), -1);
}

Test(scoreboard, the_history_goes_back_a_day_and_an_hour)
{
    for (int64_t m = 0; m <= SCOREBOARD_MINUTES; m++)
        tick_with(NOON + m * MINUTE, (uint64_t)m);
    cr_assert_eq(requests_at(NOON), -1, "its place was taken by another minute");
    for (int64_t m = 1; m <= SCOREBOARD_MINUTES; m++)
        cr_assert_eq(requests_at(NOON + m * MINUTE), m);
}

Test(scoreboard, the_history_outlives_the_workers)
{
    tick_with(NOON, 10);
    cr_assert_eq(open_again(), 0);
    cr_assert_eq(requests_at(NOON), 10);
    tick_with(NOON + 1, 11);
    cr_assert_eq(requests_at(NOON), 10, "it still knows who was first");
}

Test(scoreboard, who_is_a_little_late_does_not_sample_the_minute_before_again)
{
    tick_with(NOON, 10);
    tick_with(NOON + MINUTE, 20);
    tick_with(NOON + MINUTE - 1, 30);
    tick_with(NOON + MINUTE, 40);
    cr_assert_eq(requests_at(NOON), 10);
    cr_assert_eq(requests_at(NOON + MINUTE), 20);
}

Test(scoreboard, a_clock_that_was_set_back_does_not_stop_the_history)
{
    tick_with(NOON + 10000 * MINUTE, 10);
    tick_with(NOON, 20);
    tick_with(NOON + MINUTE, 30);
    cr_assert_eq(requests_at(NOON), 20);
    cr_assert_eq(requests_at(NOON + MINUTE), 30);
}

/* ---- writers that die ---- */

static struct history_place *place_at(int64_t at_ms)
{
    return &board->map->history[at_ms / MINUTE % SCOREBOARD_MINUTES];
}

/* As a writer leaves it that was killed in the middle of the minute's sample. */
static void leave_half(int64_t at_ms)
{
    struct history_place *place = place_at(at_ms);

    atomic_store(&board->map->header.last_minute, at_ms / MINUTE);
    atomic_fetch_add(&place->sequence, 1);
    atomic_store(&place->minute, at_ms / MINUTE);
    for (size_t i = 0; i < SAMPLE_WORDS / 2; i++)
        atomic_store(&place->words[i], 77);
}

Test(scoreboard, a_half_written_sample_is_not_shown)
{
    tick_with(NOON - MINUTE, 5);
    leave_half(NOON);
    tick_with(NOON, 10);
    cr_assert_eq(requests_at(NOON), -1);
    tick_with(NOON + MINUTE, 20);
    cr_assert_eq(requests_at(NOON), -1);
    cr_assert_eq(requests_at(NOON - MINUTE), 5);
    cr_assert_eq(requests_at(NOON + MINUTE), 20);
}

Test(scoreboard, a_half_written_sample_does_not_block_its_place_for_ever)
{
    for (int64_t round = 1; round <= 3; round++) {
        int64_t half = NOON + 2 * round * SCOREBOARD_MINUTES * MINUTE;

        leave_half(half);
        cr_assert_eq(requests_at(half), -1);
        tick_with(half + SCOREBOARD_MINUTES * MINUTE, 10);
        cr_assert_eq(requests_at(half), -1);
        cr_assert_eq(requests_at(half + SCOREBOARD_MINUTES * MINUTE), 10);
    }
}

Test(scoreboard, a_sample_over_which_a_dead_one_came_back_is_not_shown)
{
    tick_with(NOON, 10);
    cr_assert_eq(requests_at(NOON), 10);
    atomic_store(&place_at(NOON)->words[SAMPLE_WORDS - 1], 77);
    cr_assert_eq(requests_at(NOON), -1, "a word is another's");
    tick_with(NOON + SCOREBOARD_MINUTES * MINUTE, 20);
    atomic_store(&place_at(NOON)->minute, NOON / MINUTE);
    cr_assert_eq(requests_at(NOON), -1, "the minute is another's");
    cr_assert_eq(requests_at(NOON + SCOREBOARD_MINUTES * MINUTE), -1);
}

#define ROUNDS 20000

/* Two minutes that share a place take turns in it; all numbers of a sample are its minute's. The
 * minutes between are skipped by setting the clock back. */
static void write_all_the_time(struct scoreboard *own)
{
    struct scoreboard_slot *slot = scoreboard_slot(own, 0);

    for (int64_t i = 0; i < ROUNDS; i++) {
        int64_t minute = NOON / MINUTE + (i & 1) * SCOREBOARD_MINUTES;

        for (unsigned c = 0; c < COUNTERS; c++)
            atomic_store_explicit(&slot->counters[c], (uint64_t)minute, memory_order_relaxed);
        atomic_store_explicit(&slot->latency_us[LATENCY_MISS], (uint64_t)minute,
                              memory_order_relaxed);
        scoreboard_tick(own, minute * MINUTE);
    }
}

static bool is_whole(const struct scoreboard_sample *sample, uint64_t minute)
{
    for (unsigned c = 0; c < COUNTERS; c++)
        if (sample->counters[c] != minute)
            return false;
    return sample->at_ms == (int64_t)minute * MINUTE &&
           sample->latency_us[LATENCY_MISS] == minute;
}

Test(scoreboard, who_reads_beside_a_writer_sees_whole_samples_only)
{
    unsigned whole = 0, torn = 0;
    bool running = true;
    int status = 0;
    pid_t writer = fork();

    cr_assert_geq(writer, 0);
    if (writer == 0) {
        struct scoreboard *own;

        if (scoreboard_open(path, 0600, &own) != 0)
            _exit(1);
        write_all_the_time(own);
        _exit(0);
    }
    while (running) {
        running = waitpid(writer, &status, WNOHANG) == 0;
        for (int64_t i = 0; i < 1000; i++) {
            int64_t minute = NOON / MINUTE + (i & 1) * SCOREBOARD_MINUTES;
            struct scoreboard_sample sample;

            if (!scoreboard_history(board, minute * MINUTE, &sample))
                continue;
            whole += is_whole(&sample, (uint64_t)minute);
            torn += !is_whole(&sample, (uint64_t)minute);
        }
    }
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cr_assert_eq(torn, 0);
    cr_assert_gt(whole, 0);
}

/* ---- the keeper ---- */

Test(scoreboard, a_keeper_is_started_once_in_a_while)
{
    cr_assert(scoreboard_may_start_keeper(board, 100000, 5000));
    cr_assert_not(scoreboard_may_start_keeper(board, 100000, 5000));
    cr_assert_not(scoreboard_may_start_keeper(board, 99999, 5000), "a clock read a little earlier");
    cr_assert_not(scoreboard_may_start_keeper(board, 104999, 5000));
    cr_assert(scoreboard_may_start_keeper(board, 105000, 5000));
    cr_assert_not(scoreboard_may_start_keeper(board, 105001, 5000));
}

#define STARTS 2000

static bool want_a_keeper(struct scoreboard *own, unsigned number)
{
    struct scoreboard_slot *slot = scoreboard_slot(own, number);

    for (int64_t i = 1; i <= STARTS * 10; i++)
        if (scoreboard_may_start_keeper(own, 1000 + i, 10))
            scoreboard_count(slot, COUNT_REQUESTS, 1);
    return true;
}

Test(scoreboard, of_many_workers_one_starts_the_keeper)
{
    struct scoreboard_sample sum;

    cr_assert(in_processes(want_a_keeper));
    scoreboard_sum(board, 0, &sum);
    cr_assert_geq(sum.counters[COUNT_REQUESTS], 1);
    cr_assert_leq(sum.counters[COUNT_REQUESTS], STARTS, "one in ten milliseconds");
}

/* ---- what a killed worker leaves ---- */

Test(scoreboard, digests_in_motion_stand_there_until_they_are_settled)
{
    struct scoreboard_slot *slot = scoreboard_slot(board, 0);
    struct digest blob = key_number(9);
    int first = scoreboard_pend(slot, &blob);

    cr_assert_geq(first, 0);
    cr_assert(digest_equal(&slot->pending[first], &blob));
    for (int i = 1; i < SCOREBOARD_PENDING; i++)
        cr_assert_geq(scoreboard_pend(slot, &blob), 0);
    cr_assert_eq(scoreboard_pend(slot, &blob), -1, "all places are taken");
    scoreboard_settle(slot, first);
    cr_assert_eq(scoreboard_pend(slot, &blob), first);
    scoreboard_settle(slot, -1);
}

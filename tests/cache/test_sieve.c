/* SPDX-License-Identifier: MIT
 *
 * Who has to go when the cache is full.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache/fixture.h"

#define PICTURE_COST (4096 + INDEX_ENTRY_COST) /* of a blob of one block */

static struct fixture f;
static struct cache *cache;
static unsigned room;  /* pictures of one block that fit */
static unsigned names; /* which names the pictures have */

static const char *name(unsigned i)
{
    static char text[32];

    snprintf(text, sizeof text, "demo/%u-%u?w=1", names, i);
    return text;
}

static struct digest key_of(unsigned i)
{
    struct digest key;

    cr_assert_eq(cache_key(name(i), &key), 0);
    return key;
}

static void touch(unsigned i)
{
    struct digest key = key_of(i);

    cache_touch(cache, &key);
}

static bool is_known(unsigned i)
{
    struct digest key = key_of(i);

    return scoreboard_uses(cache_scoreboard(cache), &key) > 0;
}

/* Two keys may have one recency byte: a use of the one is a use of the other, and what the hand
 * takes from the one it takes from the other. Takes names where that does not happen. */
static void choose_names(unsigned count)
{
    bool shared = true;

    for (names = 0; shared; names += shared) {
        unsigned i;

        for (i = 0; i < count && !is_known(i); i++)
            touch(i);
        shared = i < count;
        while (i-- > 0) {
            struct digest key = key_of(i);

            scoreboard_forget(cache_scoreboard(cache), &key);
        }
    }
}

/* A cache for exactly so many. From about 1800 on, such blobs are inserted and their victims
 * evicted in one transaction. */
static void open_cache(unsigned pictures)
{
    fixture_open(&f, ((uint64_t)pictures * PICTURE_COST * 64 + 62) / 63);
    cache = fixture_worker(&f);
    room = pictures;
}

static void set_up(void)
{
    open_cache(2000);
    choose_names(2 * room);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(sieve, .init = set_up, .fini = tear_down);

static void insert(unsigned i)
{
    cr_assert_eq(fixture_insert(cache, name(i), i, 64), 0, "%u", i);
}

static bool has(unsigned i)
{
    return fixture_has(cache, name(i));
}

static void touch_all(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        touch(i);
}

static void fill(void)
{
    for (unsigned i = 0; i < room; i++)
        insert(i);
    cr_assert_eq(fixture_stats(cache).entries, room);
    cr_assert(has(0));
}

Test(sieve, unused_ones_go_before_used_ones)
{
    fill();
    for (unsigned i = 0; i < room; i += 2)
        touch(i);
    for (unsigned i = 0; i < room / 2; i++)
        insert(room + i);
    for (unsigned i = 0; i < 2 * (room / 2); i++)
        cr_assert_eq(has(i), i % 2 == 0, "%u", i);
    cr_assert_eq(fixture_stats(cache).entries, room);
}

/* A use saves a picture once, not for ever. */
Test(sieve, a_used_one_gets_a_second_chance)
{
    fill();
    touch(0);
    insert(room);
    cr_assert(has(0));
    cr_assert_not(has(1));
    /* All others are used now, and the hand comes by again. */
    touch_all(2, room + 1);
    insert(room + 1);
    cr_assert_not(has(0));
    for (unsigned i = 2; i < room + 2; i++)
        cr_assert(has(i), "%u", i);
}

Test(sieve, what_was_just_inserted_is_not_its_own_victim)
{
    fill();
    touch_all(0, room);
    insert(room);
    cr_assert(has(room));
    cr_assert_not(has(0), "of all that are used, the oldest");
    cr_assert_eq(fixture_stats(cache).entries, room);
    /* It is the only one that nobody has used. */
    touch_all(1, room);
    insert(room + 1);
    cr_assert(has(room + 1));
}

/* The hand stands behind the youngest, and all have been used: it has to go all the way round
 * before it finds one. */
Test(sieve, of_used_ones_the_oldest_goes_also_after_a_whole_round)
{
    struct digest key = key_of(room);
    struct entry e;

    fill();
    touch_all(0, room - 1);
    insert(room);
    cr_assert_not(has(room - 1), "the only unused one: the hand is behind it now");
    cr_assert_eq(fixture_lookup(cache, name(room), &e), 0);
    cr_assert_eq(cache_remove(cache, &key, &e), 0);
    touch_all(0, room - 1);
    cr_assert_eq(fixture_insert(cache, "demo/large", 1, 2 * 4096), 0);
    cr_assert_not(has(0));
    for (unsigned i = 1; i < room - 1; i++)
        cr_assert(has(i), "%u", i);
}

/* More than the hand may look at in one transaction. */
Test(sieve, ends_where_everybody_is_used)
{
    unsigned left = 0;

    tear_down();
    open_cache(5000);
    choose_names(room + 1);
    fill();
    touch_all(0, room);
    insert(room);
    cr_assert(has(room));
    for (unsigned i = 0; i <= room; i++)
        left += has(i);
    cr_assert_eq(left, room, "one has gone, used or not");
    cr_assert(has(0), "the hand did not go all the way round");
}

Test(sieve, renewal_keeps_its_place_and_evicts_nobody)
{
    struct digest key = key_of(0);
    struct entry before, e;

    fill();
    cr_assert_eq(fixture_lookup(cache, name(0), &before), 0);
    e = before;
    e.expires_ms = 12345;
    cr_assert_eq(cache_insert(cache, &key, &e, NULL), 0);
    cr_assert_eq(fixture_stats(cache).entries, room);
    cr_assert_eq(fixture_lookup(cache, name(0), &e), 0);
    cr_assert_eq(e.expires_ms, 12345);
    cr_assert_eq(e.sequence, before.sequence);
    cr_assert_eq(fixture_insert(cache, name(0), 0, 64), 0, "the same bytes, sent again");
    cr_assert_eq(fixture_lookup(cache, name(0), &e), 0);
    cr_assert_eq(e.sequence, before.sequence);
    insert(room);
    cr_assert_not(has(0), "it still is the oldest");
}

/* Where the hand stands is in the index. If it were lost, it would begin with the oldest, which
 * has had its second chance. */
Test(sieve, the_hand_survives_a_reopening)
{
    fill();
    touch_all(0, 10);
    insert(room);
    cr_assert_not(has(10));
    cache_close(&cache);
    cache = fixture_worker(&f);
    insert(room + 1);
    cr_assert_not(has(11));
    for (unsigned i = 0; i < 10; i++)
        cr_assert(has(i), "%u", i);
}

Test(sieve, what_is_known_of_a_keys_use_goes_with_it)
{
    struct digest key = key_of(0), next = key_of(1);

    fill();
    touch_all(0, room);
    cr_assert_eq(scoreboard_uses(cache_scoreboard(cache), &key), 1);
    insert(room);
    cr_assert_not(has(0));
    cr_assert_eq(scoreboard_uses(cache_scoreboard(cache), &key), 0);
    cr_assert_eq(scoreboard_uses(cache_scoreboard(cache), &next), 1, "it is still there");
}

/* ---- originals ---- */

static void insert_original(unsigned i, const char *etag, bool dated)
{
    struct entry like = {.kind = ENTRY_ORIGINAL, .type = PICTURE_JPEG, .dated = dated};

    snprintf(like.etag, sizeof like.etag, "%s", etag);
    cr_assert_eq(fixture_insert_like(cache, &like, name(i), i, 64), 0, "%u", i);
}

static bool is_bodiless(unsigned i)
{
    struct entry e;

    cr_assert_eq(fixture_lookup(cache, name(i), &e), 0, "%u", i);
    return e.bodiless;
}

/* A conditional request saves a download even if the bytes are gone; without anything to ask by,
 * the record is of no use. */
Test(sieve, only_originals_with_a_validator_leave_their_record)
{
    unsigned files;
    struct entry e;

    insert_original(0, "\"a\"", false);
    insert_original(1, "", true);
    insert_original(2, "", false);
    for (unsigned i = 3; i < room; i++)
        insert(i);
    files = fixture_count_files(&f, "blobs", NULL);
    insert(room);
    cr_assert(is_bodiless(0));
    cr_assert(is_bodiless(1), "one blob is not room enough, as its record stays");
    cr_assert(has(2));
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), files + 1 - 2, "their files are gone");
    cr_assert_eq(fixture_lookup(cache, name(0), &e), 0);
    cr_assert_str_eq(e.etag, "\"a\"");
    cr_assert_eq(e.length, 64);
    insert(room + 1);
    cr_assert_not(has(2), "whole");
    cr_assert(is_bodiless(0));
    cr_assert(is_bodiless(1));
    cr_assert(has(3), "room enough");
}

Test(sieve, records_of_originals_go_at_the_hands_next_pass)
{
    unsigned next = room, dropped;

    for (unsigned i = 0; i < room; i++)
        insert_original(i, "\"a\"", false);
    while (!is_bodiless(room - 1))
        insert(next++);
    for (unsigned i = 0; i < room; i++)
        cr_assert(is_bodiless(i), "%u", i);
    /* The hand passes those and is back at the first original. */
    touch_all(room, next);
    insert(next);
    for (dropped = 0; dropped < room && !has(dropped); dropped++)
        ;
    cr_assert_gt(dropped, 0);
    cr_assert_leq(dropped, PICTURE_COST / INDEX_ENTRY_COST + 1, "no more than it takes");
    for (unsigned i = dropped; i <= next; i++)
        cr_assert(has(i), "%u", i);
}

Test(sieve, a_used_original_is_spared_like_any_other)
{
    insert_original(0, "\"a\"", false);
    for (unsigned i = 1; i < room; i++)
        insert(i);
    touch(0);
    insert(room);
    cr_assert_not(is_bodiless(0));
    cr_assert_not(has(1));
}

/* A record that loses its blob costs 640 bytes still: evicting must end where there is nothing
 * but such records, too. */
Test(sieve, a_cache_of_records_alone_is_bounded)
{
    const struct entry like = {.kind = ENTRY_ORIGINAL, .bodiless = true, .etag = "\"a\""};
    unsigned records = room * PICTURE_COST / INDEX_ENTRY_COST;

    for (unsigned i = 0; i < records + 100; i++)
        cr_assert_eq(fixture_insert_bare(cache, &like, name(i)), 0);
    cr_assert_eq(fixture_stats(cache).entries, records);
    cr_assert_eq(fixture_stats(cache).bytes, records * INDEX_ENTRY_COST);
    cr_assert_not(has(99));
    cr_assert(has(100));
}

/* ---- a scan ---- */

enum { CAPACITY = 10000, PICTURES = 30000, WARM_UP = 100000, SCAN = 100000, LOOK_EVERY = 5000 };

static struct {
    double weights[PICTURES]; /* of this rank and those before it */
    unsigned hits[PICTURES];  /* since it came into the cache */
    uint64_t random;
    unsigned inserted;
} trace;

/* So many times by Zipf's law with exponent 1 as the most popular picture, whose rank is 0. */
static void prepare_trace(void)
{
    double sum = 0;

    for (unsigned i = 0; i < PICTURES; i++)
        trace.weights[i] = sum += 1.0 / (i + 1);
    trace.random = 1;
}

static double next_random(void)
{
    /* xorshift64 (G. Marsaglia, "Xorshift RNGs", 2003) */
    trace.random ^= trace.random << 13;
    trace.random ^= trace.random >> 7;
    trace.random ^= trace.random << 17;
    return (double)(trace.random >> 11) / (double)(UINT64_C(1) << 53);
}

static unsigned next_rank(void)
{
    double wanted = next_random() * trace.weights[PICTURES - 1];
    unsigned low = 0, high = PICTURES - 1;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (trace.weights[middle] > wanted)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Bytes on disk and what is counted: the promise is on both. */
static void assert_bounded(void)
{
    struct index_stats stats = fixture_stats(cache);

    cr_assert_leq(stats.bytes, f.config.cache_size);
    if (trace.inserted++ % LOOK_EVERY == 0)
        cr_assert_leq(fixture_disk_bytes(&f), f.config.cache_size);
}

static void store(const char *text, unsigned seed)
{
    cr_assert_eq(fixture_insert(cache, text, seed, 64), 0, "%s", text);
    assert_bounded();
}

static void request(void)
{
    unsigned rank = next_rank();
    struct digest key = key_of(rank);
    struct entry e;

    if (cache_lookup(cache, &key, name(rank), &e) == 0) {
        cache_touch(cache, &key);
        trace.hits[rank]++;
    } else {
        trace.hits[rank] = 0;
        store(name(rank), rank);
    }
}

static void request_once(unsigned i)
{
    char text[32];

    snprintf(text, sizeof text, "scan/%u?w=1", i);
    store(text, PICTURES + i);
}

static void keep(void)
{
    bool more = true;

    while (more)
        cr_assert_eq(cache_shrink(cache, &more), 0);
    cr_assert_leq(fixture_stats(cache).bytes, fixture_stats(cache).low_water);
}

/* Warms the cache up, scans it, and tells how much of what was popular is still there.
 * After so many pictures of the scan there is a request of the trace (`traffic_every`), or the
 * keeper comes by (`keep_every`); 0: never. */
static double popular_after_scan(unsigned traffic_every, unsigned keep_every)
{
    static bool popular[PICTURES];
    unsigned before = 0, after = 0;

    tear_down();
    open_cache(CAPACITY);
    prepare_trace();
    for (unsigned i = 0; i < WARM_UP; i++)
        request();
    cr_assert_gt(fixture_stats(cache).entries, CAPACITY - 10);
    for (unsigned i = 0; i < PICTURES; i++) {
        popular[i] = trace.hits[i] >= 2 && has(i);
        before += popular[i];
    }
    cr_assert_gt(before, CAPACITY / 10, "there is something to lose");
    for (unsigned i = 0; i < SCAN; i++) {
        request_once(i);
        if (traffic_every && i % traffic_every == 0)
            request();
        if (keep_every && i % keep_every == keep_every - 1)
            keep();
    }
    for (unsigned i = 0; i < PICTURES; i++)
        after += popular[i] && has(i);
    assert_bounded();
    cr_assert_leq(fixture_disk_bytes(&f), f.config.cache_size);
    cr_log_info("%u of %u popular pictures are left", after, before);
    return (double)after / before;
}

Test(sieve, a_scan_of_100000_leaves_90_percent_of_the_popular_ones, .timeout = 300)
{
    cr_assert_geq(popular_after_scan(0, 0), 0.9);
}

Test(sieve, so_does_one_with_traffic_and_the_keeper_in_between, .timeout = 300)
{
    cr_assert_geq(popular_after_scan(4, 1000), 0.9);
}

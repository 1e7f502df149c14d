/* SPDX-License-Identifier: MIT
 *
 * Purging: gone for everybody at once, at the price of one small write, and not
 * to be brought back by who was fetching meanwhile.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "cache/actor.h"
#include "cache/index_change.h"
#include "cache/state.h"

#define MIB (UINT64_C(1) << 20)

static struct fixture f;
static struct cache *cache;

static void open_cache(uint64_t cache_size)
{
    fixture_open(&f, cache_size);
    cache = fixture_worker(&f);
}

static void set_up(void)
{
    open_cache(16 * MIB);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(purge, .init = set_up, .fini = tear_down);

/* Everything that the cache may know of two sources whose names begin alike, of subjects whose
 * names do, and of nobody. */
static const struct {
    const char *text;
    enum entry_kind kind;
} everything[] = {
    {"users/al", ENTRY_ORIGINAL},
    {"users/al?w=64&h=64&fit=cover&q=82&f=webp&v=1", ENTRY_VARIANT},
    {"users/al?w=64&h=64&fit=cover&f=png&v=1", ENTRY_VARIANT},
    {"!users/al", ENTRY_NEGATIVE},
    {"!users/al?w=32&h=32&fit=cover&f=png&v=1", ENTRY_NEGATIVE},
    {"users/alice", ENTRY_ORIGINAL},
    {"users/alice?w=64&h=64&fit=cover&f=png&v=1", ENTRY_VARIANT},
    {"!users/alice", ENTRY_NEGATIVE},
    {"users/al/1", ENTRY_ORIGINAL},
    {"users/a", ENTRY_ORIGINAL},
    {"users2/al", ENTRY_ORIGINAL},
    {"!users2/al", ENTRY_NEGATIVE},
    {"user/al", ENTRY_ORIGINAL},
    {"+identicon/users/al?w=64", ENTRY_VARIANT},
};

#define COUNT (sizeof everything / sizeof *everything)

static int insert(size_t i, uint64_t generation)
{
    struct entry like = {.kind = everything[i].kind, .generation = generation};

    if (like.kind == ENTRY_NEGATIVE) {
        like.cause = CAUSE_ORIGIN_NOT_FOUND;
        return fixture_insert_bare(cache, &like, everything[i].text);
    }
    return fixture_insert_like(cache, &like, everything[i].text, (unsigned)i, 100);
}

static void insert_everything(void)
{
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_eq(insert(i, cache_generation(cache)), 0, "%s", everything[i].text);
}

/* Whether the i-th is of this scope: its text begins so, with or without "!", and what follows is
 * no longer the name. What begins with '+' is nobody's. */
static bool is_of(size_t i, enum purge_scope scope, const char *of)
{
    const char *text = everything[i].text + (everything[i].text[0] == '!');
    size_t length = strlen(of);

    if (scope == PURGE_ALL || text[0] == '+')
        return scope == PURGE_ALL;
    return strncmp(text, of, length) == 0 &&
           (scope == PURGE_SOURCE ? text[length] == '/'
                                  : text[length] == '\0' || text[length] == '?');
}

static int64_t look_for(struct cache *c, int64_t i)
{
    return fixture_has(c, everything[i].text);
}

/* In a process that has had the cache open all along: it finds everything, it is purged here, the
 * next lookup there does not find it. */
static void assert_purges(enum purge_scope scope, const char *of, unsigned expected)
{
    struct actor other;
    unsigned gone = 0;

    actor_start(&other, &f, look_for);
    insert_everything();
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_eq(actor_ask(&other, (int64_t)i), 1, "%s", everything[i].text);
    cr_assert_eq(cache_purge(cache, scope, of), 0);
    for (size_t i = 0; i < COUNT; i++) {
        bool purged = is_of(i, scope, of);

        cr_expect_eq(actor_ask(&other, (int64_t)i), !purged, "%s there", everything[i].text);
        cr_expect_eq(look_for(cache, (int64_t)i), !purged, "%s here", everything[i].text);
        gone += purged;
    }
    cr_assert_eq(gone, expected);
    actor_end(&other);
    /* What is fetched from now on is kept. */
    insert_everything();
    for (size_t i = 0; i < COUNT; i++)
        cr_expect(look_for(cache, (int64_t)i), "%s", everything[i].text);
}

Test(purge, of_a_subject_takes_its_original_variants_and_failures_and_nobody_elses)
{
    assert_purges(PURGE_SUBJECT, "users/al", 5);
}

Test(purge, of_a_source_takes_all_of_it_and_no_other)
{
    assert_purges(PURGE_SOURCE, "users", 10);
}

/* What is drawn here belongs to no source. */
Test(purge, of_all_takes_all)
{
    assert_purges(PURGE_ALL, "", COUNT);
}

Test(purge, of_what_is_not_there_takes_nothing)
{
    assert_purges(PURGE_SUBJECT, "users/bob", 0);
}

Test(purge, nothing_of_nobodys_can_be_named)
{
    assert_purges(PURGE_SUBJECT, "+identicon/users/al", 0);
    assert_purges(PURGE_SOURCE, "+identicon", 0);
}

/* A fetch that was under way when its subject was purged brings the old picture. */
static void assert_refused(enum purge_scope scope, const char *of)
{
    uint64_t before = cache_generation(cache), after;
    unsigned files = fixture_count_files(&f, "blobs", NULL);

    cr_assert_eq(cache_purge(cache, scope, of), 0);
    after = cache_generation(cache);
    cr_assert_gt(after, before);
    for (size_t i = 0; i < COUNT; i++) {
        bool purged = is_of(i, scope, of);

        cr_expect_eq(insert(i, before), purged ? -ESTALE : 0, "%s", everything[i].text);
        cr_expect_eq(look_for(cache, (int64_t)i), !purged, "%s", everything[i].text);
        files += !purged && everything[i].kind != ENTRY_NEGATIVE;
    }
    cr_expect_eq(fixture_count_files(&f, "blobs", NULL), files, "no file is left of them");
    cr_expect_eq(fixture_count_files(&f, "tmp", NULL), 0);
    for (size_t i = 0; i < COUNT; i++)
        cr_expect_eq(insert(i, after), 0, "%s", everything[i].text);
}

Test(purge, of_a_subject_a_running_fetch_cannot_bring_it_back)
{
    assert_refused(PURGE_SUBJECT, "users/al");
}

Test(purge, of_a_source_a_running_fetch_cannot_bring_it_back)
{
    assert_refused(PURGE_SOURCE, "users");
}

Test(purge, of_all_a_running_fetch_cannot_bring_it_back)
{
    assert_refused(PURGE_ALL, "");
}

/* The record of what was purged is still there: to renew it would be to bring it back. */
Test(purge, a_running_revalidation_cannot_bring_it_back)
{
    struct digest key;
    struct entry e;

    insert_everything();
    cr_assert_eq(fixture_lookup(cache, "users/al", &e), 0);
    cr_assert_eq(cache_key("users/al", &key), 0);
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "users/al"), 0);
    e.expires_ms = INT64_MAX;
    cr_assert_eq(cache_insert(cache, &key, &e, NULL), -ESTALE);
    cr_assert_not(fixture_has(cache, "users/al"));
}

Test(purge, of_the_same_again_and_of_more_than_one_thing)
{
    uint64_t first, second;

    insert_everything();
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "users/al"), 0);
    first = cache_generation(cache);
    cr_assert_eq(insert(0, first), 0);
    cr_assert(look_for(cache, 0));
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "users/al"), 0);
    cr_assert_not(look_for(cache, 0));
    cr_assert_eq(insert(0, first), -ESTALE);
    cr_assert_eq(cache_purge(cache, PURGE_SOURCE, "user"), 0);
    second = cache_generation(cache);
    cr_assert_not(fixture_has(cache, "user/al"));
    cr_assert(fixture_has(cache, "users/alice"));
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "users/alice"), 0);
    cr_assert_eq(insert(0, second), 0, "the purge of another does not make it too old");
    cr_assert_not(fixture_has(cache, "users/alice"));
    cr_assert(fixture_has(cache, "users2/al"));
}

Test(purge, survives_a_reopening)
{
    uint64_t before = cache_generation(cache), after;

    insert_everything();
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "users/al"), 0);
    after = cache_generation(cache);
    cache_close(&cache);
    cache = fixture_worker(&f);
    cr_assert_eq(cache_generation(cache), after);
    cr_assert_not(fixture_has(cache, "users/al"));
    cr_assert(fixture_has(cache, "users/alice"));
    cr_assert_eq(insert(0, before), -ESTALE);
}

Test(purge, is_counted)
{
    insert_everything();
    cr_assert_eq(cache_purge(cache, PURGE_SOURCE, "users"), 0);
    cr_assert_eq(cache_purge(cache, PURGE_ALL, ""), 0);
    cr_assert_eq(atomic_load(&cache_slot(cache)->counters[COUNT_PURGES]), 2);
}

/* ---- how much is written ---- */

static void insert_record(unsigned i)
{
    const struct entry like = {.kind = ENTRY_ORIGINAL,
                               .bodiless = true,
                               .generation = cache_generation(cache),
                               .etag = "\"e\""};
    char text[32];

    snprintf(text, sizeof text, "%s/%u", i % 2 ? "odd" : "even", i);
    cr_assert_eq(fixture_insert_bare(cache, &like, text), 0);
}

/* Bytes that this process has written to files; false where the kernel does not tell. */
static bool written(uint64_t *out)
{
    char line[80];
    bool found = false;
    FILE *io = fopen("/proc/self/io", "r");

    while (io && fgets(line, sizeof line, io))
        found |= sscanf(line, "wchar: %" SCNu64, out) == 1;
    if (io)
        fclose(io);
    return found;
}

struct seen {
    uint64_t entries, purged, sum;
};

static int see(const struct digest *key, const struct entry *e, bool purged, void *context)
{
    struct seen *s = context;
    unsigned char bytes[ENTRY_ENCODED_MAX];
    size_t length = entry_encode(e, bytes);

    s->entries++;
    s->purged += purged;
    s->sum += key->bytes[0];
    for (size_t i = 0; i < length; i++)
        s->sum = s->sum * 31 + bytes[i];
    return 0;
}

static struct seen see_all(void)
{
    struct seen s = {0};
    bool done;

    cr_assert_eq(cache_walk_entries(cache, NULL, SIZE_MAX, see, &s, &done), 0);
    cr_assert(done);
    return s;
}

static void assert_small(enum purge_scope scope, const char *of, uint64_t purged)
{
    struct kv_stats before, after;
    struct seen old = see_all(), new;
    uint64_t wrote = 0, now = 0;
    bool told;

    cr_assert_eq(kv_stats(cache->index->kv, &before), 0);
    told = written(&wrote);
    cr_assert_eq(cache_purge(cache, scope, of), 0);
    if (told && written(&now))
        cr_expect_leq(now - wrote, 64 * 1024, "a few pages");
    cr_assert_eq(kv_stats(cache->index->kv, &after), 0);
    cr_expect_eq(after.records[GENERATIONS], before.records[GENERATIONS] + 1);
    for (unsigned table = 0; table < INDEX_TABLES; table++)
        if (table != GENERATIONS)
            cr_expect_eq(after.records[table], before.records[table], "%s", index_tables[table]);
    new = see_all();
    cr_expect_eq(new.entries, old.entries);
    cr_expect_eq(new.sum, old.sum, "no entry is touched");
    cr_expect_eq(new.purged, purged);
}

Test(purge, is_one_small_write_whatever_hangs_on_it, .timeout = 120)
{
    tear_down();
    open_cache(100 * MIB);
    for (unsigned i = 0; i < 100000; i++)
        insert_record(i);
    cr_assert_eq(fixture_stats(cache).entries, 100000);
    assert_small(PURGE_SUBJECT, "odd/99999", 1);
    assert_small(PURGE_SOURCE, "odd", 50000);
    assert_small(PURGE_ALL, "", 100000);
}

/* ---- by who knows better ---- */

Test(purge, who_replaces_a_picture_may_insert_what_takes_its_place)
{
    uint64_t since, generation;

    insert_everything();
    since = cache_generation(cache);
    cr_assert_eq(cache_replace(cache, "users/al", since, &generation), 0);
    cr_assert_gt(generation, since);
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_eq(look_for(cache, (int64_t)i), !is_of(i, PURGE_SUBJECT, "users/al"), "%s",
                     everything[i].text);
    cr_assert_eq(insert(0, since), -ESTALE, "as for anybody who began before");
    cr_assert_eq(insert(0, generation), 0);
    cr_assert(look_for(cache, 0));
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "users/al"), 0);
    cr_assert_not(look_for(cache, 0));
}

/* Of two that replaced it at a time nobody here knows which came last. */
Test(purge, who_was_not_alone_in_replacing_it_does_not_know_better)
{
    static const struct {
        enum purge_scope scope;
        const char *name;
        bool alone;
    } others[] = {
        {PURGE_SUBJECT, "users/al", false}, {PURGE_SOURCE, "users", false},
        {PURGE_ALL, "", false},             {PURGE_SUBJECT, "users/alice", true},
        {PURGE_SOURCE, "users2", true},
    };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        uint64_t since = cache_generation(cache), generation;

        cr_assert_eq(cache_purge(cache, others[i].scope, others[i].name), 0);
        cr_assert_eq(cache_replace(cache, "users/al", since, &generation), 0);
        cr_assert_eq(generation != 0, others[i].alone, "%s", others[i].name);
        cr_assert_eq(insert(0, since), -ESTALE);
    }
}

/* ---- collecting ---- */

/* What a round removed, and in how many steps. */
static unsigned collect(unsigned *steps)
{
    struct digest from = {{0}};
    unsigned removed = 0;
    bool done = false;

    for (*steps = 0; !done; ++*steps) {
        int n = cache_collect_purged(cache, &from, &done);

        cr_assert_geq(n, 0);
        cr_assert_leq(n, 500, "a step is bounded");
        removed += (unsigned)n;
    }
    return removed;
}

Test(purge, what_was_purged_is_collected_and_nothing_else)
{
    unsigned files, steps;

    insert_everything();
    files = fixture_count_files(&f, "blobs", NULL);
    cr_assert_eq(collect(&steps), 0);
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "users/al"), 0);
    cr_assert_eq(fixture_stats(cache).entries, COUNT, "it takes up room still");
    cr_assert_eq(collect(&steps), 5);
    cr_assert_eq(fixture_stats(cache).entries, COUNT - 5);
    cr_assert_eq(fixture_count_files(&f, "blobs", NULL), files - 3);
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_eq(look_for(cache, (int64_t)i), !is_of(i, PURGE_SUBJECT, "users/al"));
    cr_assert_eq(collect(&steps), 0);
}

static int64_t insert_command(struct cache *c, int64_t i)
{
    char text[32];

    snprintf(text, sizeof text, "new/%d", (int)i);
    return fixture_insert(c, text, (unsigned)i, 100);
}

/* Each in a place of its own among those that are walked through. */
Test(purge, is_collected_while_others_insert)
{
    enum { OLD = 3000, NEW = 600 };
    struct digest from = {{0}};
    unsigned removed = 0, steps = 0, inserted = 0;
    bool done = false;
    struct actor other;

    tear_down();
    open_cache(64 * MIB);
    for (unsigned i = 0; i < OLD; i++)
        insert_record(i);
    cr_assert_eq(cache_purge(cache, PURGE_SOURCE, "odd"), 0);
    actor_start(&other, &f, insert_command);
    actor_tell(&other, 0);
    while (!done) {
        int n = cache_collect_purged(cache, &from, &done);

        cr_assert_geq(n, 0);
        removed += (unsigned)n;
        steps++;
        for (unsigned k = 0; k < NEW / 6 && inserted < NEW; k++) {
            cr_assert_eq(actor_answer(&other), 0);
            inserted++;
            actor_tell(&other, inserted);
        }
    }
    cr_assert_eq(actor_answer(&other), 0);
    actor_end(&other);
    cr_assert_eq(removed, OLD / 2);
    cr_assert_geq(steps, OLD / 500);
    cr_assert_eq(fixture_stats(cache).entries, OLD / 2 + inserted + 1);
    for (unsigned i = 0; i <= inserted; i++) {
        char text[32];

        snprintf(text, sizeof text, "new/%u", i);
        cr_assert(fixture_has(cache, text), "%s", text);
    }
}

/* A picture that was fetched anew before the collecting came to its old record has replaced it. */
Test(purge, what_was_fetched_anew_is_not_collected)
{
    unsigned steps;

    insert_everything();
    cr_assert_eq(cache_purge(cache, PURGE_ALL, ""), 0);
    cr_assert_eq(insert(0, cache_generation(cache)), 0);
    cr_assert_eq(collect(&steps), COUNT - 1);
    cr_assert(look_for(cache, 0));
}

static void ignore(int signal)
{
    (void)signal;
}

/* Were the failure not told, the purge would be forgotten after this round, and what could not be
 * removed be back. A limit on file sizes stands in for a full disk. */
Test(purge, a_round_that_cannot_remove_says_so_and_is_done_again)
{
    struct rlimit limit = {.rlim_cur = 0, .rlim_max = RLIM_INFINITY};
    struct digest from = {{0}}, start = {{0}};
    unsigned steps;
    bool done;
    int rc;

    insert_everything();
    cr_assert_eq(cache_purge(cache, PURGE_ALL, ""), 0);
    signal(SIGXFSZ, ignore);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    rc = cache_collect_purged(cache, &from, &done);
    limit.rlim_cur = RLIM_INFINITY;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(rc, -ENOSPC);
    cr_assert(digest_equal(&from, &start), "these entries have to be looked at again");
    cr_assert_eq(collect(&steps), COUNT);
}

/* ---- forgetting ---- */

static uint64_t purges_on_record(void)
{
    struct kv_stats stats;

    cr_assert_eq(kv_stats(cache->index->kv, &stats), 0);
    return stats.records[GENERATIONS];
}

/* A fetch may be under way still that began before it. */
Test(purge, young_ones_are_not_forgotten)
{
    uint64_t before = cache_generation(cache);

    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "users/al"), 0);
    cr_assert_eq(cache_purge(cache, PURGE_SOURCE, "user"), 0);
    cr_assert_eq(cache_purge(cache, PURGE_ALL, ""), 0);
    cr_assert_eq(cache_forget_purges(cache, cache_generation(cache)), 0);
    cr_assert_eq(purges_on_record(), 3);
    cr_assert_eq(insert(0, before), -ESTALE);
}

static int purge_at(enum purge_scope scope, const char *of, int64_t when_ms)
{
    return index_purge(cache->index, scope, of, when_ms, cache_move_published_away, cache);
}

Test(purge, old_ones_are_forgotten_up_to_the_round_that_collected_them)
{
    int64_t now_ms = clock_wall_ms();
    uint64_t before = cache_generation(cache), collected;
    char text[32];

    /* More than are forgotten in one transaction. */
    for (unsigned i = 0; i < 200; i++) {
        snprintf(text, sizeof text, "users/%u", i);
        cr_assert_eq(purge_at(PURGE_SUBJECT, text, now_ms - 4000000), 0);
    }
    collected = cache_generation(cache);
    cr_assert_eq(purge_at(PURGE_SUBJECT, "users/al", now_ms - 4000000), 0);
    cr_assert_eq(purge_at(PURGE_SOURCE, "user", now_ms), 0);
    cr_assert_eq(purges_on_record(), 202);
    cr_assert_eq(cache_forget_purges(cache, collected), 0);
    cr_assert_eq(purges_on_record(), 2);
    cr_assert_eq(insert(0, before), -ESTALE, "it came after the round began");
    cr_assert_eq(cache_forget_purges(cache, cache_generation(cache)), 0);
    cr_assert_eq(purges_on_record(), 1);
    cr_assert_eq(insert(0, before), 0);
    cr_assert_geq(cache_generation(cache), before, "the counter goes on");
}

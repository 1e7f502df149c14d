/* SPDX-License-Identifier: MIT
 *
 * Published pictures: there for the web server as long as their entries are, and not a
 * moment longer.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/actor.h"
#include "cache/maintain.h"
#include "cache/published.h"
#include "cache/state.h"

#define MIB (UINT64_C(1) << 20)
#define LENGTH 100 /* of a blob: one block */

static struct fixture f;
static struct cache *cache;
static char root[PATH_MAX / 2 + 16];

static void set_up(void)
{
    fixture_open(&f, 16 * MIB);
    snprintf(root, sizeof root, "%s/published", f.directory);
    f.config.publish_root = root;
    f.config.text = "one";
    cache = fixture_worker(&f);
}

static void tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

TestSuite(published, .init = set_up, .fini = tear_down);

static void reopen(void)
{
    cache_close(&cache);
    cache = fixture_worker(&f);
}

/* ---- what there is ---- */

static const char *at(const char *url_path)
{
    static char path[PATH_MAX];

    snprintf(path, sizeof path, "%s%s", root, url_path);
    return path;
}

static bool is_there(const char *url_path)
{
    return access(at(url_path), F_OK) == 0;
}

/* Files and directories below the root, the marker apart. */
static unsigned count_published(void)
{
    return fixture_count_files(&f, "published", NULL) - (access(at("/.visage"), F_OK) == 0);
}

static void publish_in(struct cache *c, const char *text, const char *url_path)
{
    struct digest key;
    struct entry e;

    cr_assert_eq(cache_key(text, &key), 0);
    cr_assert_eq(cache_lookup(c, &key, text, &e), 0, "%s", text);
    cache_publish(c, &key, &e, url_path);
}

static void insert(const char *text, const char *url_path, unsigned seed)
{
    cr_assert_eq(fixture_insert(cache, text, seed, LENGTH), 0, "%s", text);
    publish_in(cache, text, url_path);
    cr_assert(is_there(url_path), "%s", url_path);
}

static struct stat look(const char *url_path)
{
    struct stat st = {0};

    cr_assert_eq(stat(at(url_path), &st), 0, "%s: %s", url_path, strerror(errno));
    return st;
}

/* As by a web server on a file system that keeps access times. */
static void read_file(const char *url_path)
{
    const struct timespec now[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_OMIT}};

    cr_assert_eq(utimensat(AT_FDCWD, at(url_path), now, 0), 0);
}

/* ---- publishing ---- */

Test(published, is_the_blob_itself_at_the_path_of_the_url)
{
    struct entry e;
    struct stat st, blob;
    char path[PATH_MAX];

    insert("o/a?w=64", "/v/0123/avatar/o/a.webp", 1);
    st = look("/v/0123/avatar/o/a.webp");
    cr_assert_eq(fixture_lookup(cache, "o/a?w=64", &e), 0);
    cr_assert_eq(cache_blob_path(cache, &e.blob, path, sizeof path), 0);
    cr_assert_eq(stat(path, &blob), 0);
    cr_expect_eq(st.st_ino, blob.st_ino);
    cr_expect_eq(st.st_size, LENGTH);
}

Test(published, may_be_read_by_every_web_server_whatever_the_umask)
{
    umask(0077);
    insert("o/a?w=64", "/v/0123/avatar/o/a.webp", 1);
    cr_expect_eq(look("/v/0123/avatar/o/a.webp").st_mode & 07777, 0644u);
    cr_expect_eq(look("/v/0123/avatar/o").st_mode & 07777, 0755u);
    cr_expect_eq(look("/v").st_mode & 07777, 0755u);
    cr_expect_eq(look("/").st_mode & 07777, 0755u);
}

Test(published, lies_at_several_paths_if_several_urls_mean_it)
{
    insert("o/a?w=64", "/v/0123/avatar/o/a.jpg", 1);
    publish_in(cache, "o/a?w=64", "/v/0123/avatar/o/a.jpeg");
    cr_expect_eq(look("/v/0123/avatar/o/a.jpg").st_ino, look("/v/0123/avatar/o/a.jpeg").st_ino);
    cr_expect_eq(fixture_stats(cache).published, 2u);
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "o/a"), 0);
    cr_expect_eq(count_published(), 0u);
}

Test(published, is_put_back_if_somebody_has_removed_it)
{
    insert("o/a?w=64", "/v/0123/a.webp", 1);
    cr_assert_eq(unlink(at("/v/0123/a.webp")), 0);
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect(is_there("/v/0123/a.webp"));
    cr_expect_eq(fixture_stats(cache).published, 1u);
}

Test(published, counts_for_the_size_of_the_cache)
{
    uint64_t before;

    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 1, LENGTH), 0);
    before = fixture_stats(cache).bytes;
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect_eq(fixture_stats(cache).bytes, before + INDEX_PATH_COST);
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect_eq(fixture_stats(cache).bytes, before + INDEX_PATH_COST, "once");
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "o/a"), 0);
    cr_expect_eq(fixture_stats(cache).bytes, before);
}

/* ---- and not a moment longer ---- */

Test(published, goes_with_its_subject_before_the_purge_returns)
{
    insert("o/al?w=64", "/v/0123/avatar/o/al.webp", 1);
    insert("o/al?w=32", "/v/0123/s32/o/al.webp", 2);
    insert("o/alice?w=64", "/v/4567/avatar/o/alice.webp", 3);
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "o/al"), 0);
    cr_expect_not(is_there("/v/0123"), "neither files nor the directories that they leave empty");
    cr_expect(is_there("/v/4567/avatar/o/alice.webp"));
    cr_expect_eq(fixture_stats(cache).published, 1u);
}

static void check_moved_away(enum purge_scope scope, const char *name)
{
    struct maintenance m = {0};

    insert("o/a?w=64", "/v/0123/avatar/o/a.webp", 1);
    insert("p/a?w=64", "/img/avatar/plain/p/a@webp", 2);
    cr_assert_eq(cache_purge(cache, scope, name), 0);
    cr_expect_eq(count_published(), 0u);
    cr_expect(is_there("/.visage"));
    cr_expect_eq(fixture_stats(cache).published, 0u);
    cr_expect_eq(fixture_count_files(&f, "tmp", NULL), 2u, "it is removed later");
    while (maintain_step(cache, &m))
        ;
    cr_expect_eq(fixture_count_files(&f, "tmp", NULL), 0u);
    fixture_assert_consistent(&f, cache);
}

Test(published, goes_with_its_source_in_one_move)
{
    check_moved_away(PURGE_SOURCE, "o");
    publish_in(cache, "p/a?w=64", "/img/avatar/plain/p/a@webp");
    cr_expect(is_there("/img/avatar/plain/p/a@webp"), "what was not meant comes back");
}

Test(published, goes_with_everything_in_one_move)
{
    check_moved_away(PURGE_ALL, "");
}

Test(published, goes_with_its_entry)
{
    struct digest key;
    struct entry e;

    insert("o/a?w=64", "/v/0123/a.webp", 1);
    cr_assert_eq(cache_key("o/a?w=64", &key), 0);
    cr_assert_eq(cache_lookup(cache, &key, "o/a?w=64", &e), 0);
    cr_assert_eq(cache_remove(cache, &key, &e), 0);
    cr_expect_not(is_there("/v"));
    cr_expect_eq(fixture_stats(cache).published, 0u);
}

Test(published, goes_when_another_picture_takes_the_place_of_its_own)
{
    insert("o/a?w=64", "/v/0123/a.webp", 1);
    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 2, LENGTH), 0);
    cr_expect_not(is_there("/v"));
    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 2, LENGTH), 0);
    publish_in(cache, "o/a?w=64", "/v/4567/a.webp");
    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 2, LENGTH), 0);
    cr_expect(is_there("/v/4567/a.webp"), "the same bytes are the same picture");
}

Test(published, is_not_what_was_looked_up_before_a_purge)
{
    struct digest key;
    struct entry e, old;

    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 1, LENGTH), 0);
    cr_assert_eq(cache_key("o/a?w=64", &key), 0);
    cr_assert_eq(cache_lookup(cache, &key, "o/a?w=64", &old), 0);
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "o/a"), 0);
    cache_publish(cache, &key, &old, "/v/0123/a.webp");
    cr_expect_not(is_there("/v"), "purged");
    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 2, LENGTH), 0);
    cache_publish(cache, &key, &old, "/v/0123/a.webp");
    cr_expect_not(is_there("/v"), "replaced");
    cr_assert_eq(cache_lookup(cache, &key, "o/a?w=64", &e), 0);
    cache_publish(cache, &key, &e, "/v/0123/a.webp");
    cr_expect(is_there("/v/0123/a.webp"));
}

/* The keeper has seen what was purged, and comes to remove it when it has been drawn again, the same. */
Test(published, is_not_removed_with_what_was_purged_before_it)
{
    struct digest key;
    struct entry purged, found;
    bool is_purged;

    insert("o/a?w=64", "/v/0123/a.webp", 1);
    cr_assert_eq(cache_key("o/a?w=64", &key), 0);
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "o/a"), 0);
    cr_assert_eq(cache_peek(cache, &key, &purged, &is_purged), 0);
    cr_assert(is_purged);
    insert("o/a?w=64", "/v/0123/a.webp", 1);
    cr_expect_eq(cache_remove(cache, &key, &purged), -ENOENT);
    cr_expect_eq(cache_lookup(cache, &key, "o/a?w=64", &found), 0);
    cr_expect(is_there("/v/0123/a.webp"));
}

/* ---- eviction ---- */

static void name(unsigned i, char text[32], char url_path[32])
{
    snprintf(text, 32, "o/%u", i);
    snprintf(url_path, 32, "/v/%u/a.webp", i);
}

Test(published, is_evicted_from_where_it_is_published)
{
    const unsigned fitting = (unsigned)(16 * MIB / (INDEX_PATH_COST + INDEX_ENTRY_COST + 4096));
    char text[32], url_path[32];
    struct index_stats stats;
    unsigned files = 0;

    for (unsigned i = 0; i < 2 * fitting; i++) {
        name(i, text, url_path);
        insert(text, url_path, i);
    }
    stats = fixture_stats(cache);
    cr_expect_leq(stats.bytes, 16 * MIB);
    cr_expect_gt(stats.published, fitting / 2);
    for (unsigned i = 0; i < 2 * fitting; i++) {
        name(i, text, url_path);
        cr_expect_eq(is_there(url_path), fixture_has(cache, text), "%u", i);
        files += is_there(url_path);
    }
    cr_expect_eq(files, stats.published);
    cr_expect_eq(count_published(), files);
}

Test(published, stays_while_the_web_server_reads_it)
{
    const unsigned fitting = (unsigned)(16 * MIB / (INDEX_PATH_COST + INDEX_ENTRY_COST + 4096));
    char text[32], url_path[32];
    bool more = true;

    insert("o/popular", "/v/popular/a.webp", 1000000);
    insert("o/lonely", "/v/lonely/a.webp", 1000001);
    for (unsigned i = 0; i < 2 * fitting; i++) {
        name(i, text, url_path);
        insert(text, url_path, i);
        read_file("/v/popular/a.webp");
    }
    cr_expect(is_there("/v/popular/a.webp"));
    cr_expect(fixture_has(cache, "o/popular"));
    cr_expect_not(is_there("/v/lonely/a.webp"));
    /* Nobody reads it any more; with room for one, the hand comes round to it. */
    f.config.cache_size = 2 * (INDEX_PATH_COST + INDEX_ENTRY_COST + 4096);
    reopen();
    while (more)
        cr_assert_eq(cache_shrink(cache, &more), 0);
    cr_assert(is_there("/v/popular/a.webp"), "the oldest, and behind the hand");
    insert("o/next", "/v/next/a.webp", 1000002);
    cr_expect_not(is_there("/v/popular/a.webp"));
    cr_expect_not(fixture_has(cache, "o/popular"));
    cr_expect_eq(count_published(), fixture_stats(cache).published);
}

Test(published, is_as_if_never_read_when_it_is_new)
{
    insert("o/a?w=64", "/v/0123/a.webp", 1);
    cr_expect_eq(look("/v/0123/a.webp").st_atim.tv_sec, 0);
}

/* ---- whose it is ---- */

Test(published, stays_over_a_restart_of_the_workers)
{
    insert("o/a?w=64", "/v/0123/a.webp", 1);
    reopen();
    cr_expect(is_there("/v/0123/a.webp"));
    cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, "o/a"), 0);
    cr_expect_not(is_there("/v"));
}

Test(published, is_not_what_another_configuration_means_by_the_url)
{
    insert("o/a?w=64", "/v/0123/a.webp", 1);
    f.config.text = "two";
    reopen();
    cr_expect_not(is_there("/v"));
    cr_expect_eq(fixture_stats(cache).published, 0u);
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect(is_there("/v/0123/a.webp"));
}

static int64_t publish_as_before(struct cache *c, int64_t ignored)
{
    (void)ignored;
    publish_in(c, "o/a?w=64", "/v/0123/a.webp");
    return is_there("/v/0123/a.webp");
}

Test(published, is_nothing_of_a_worker_that_has_the_old_configuration_still)
{
    struct actor old;

    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 1, LENGTH), 0);
    actor_start(&old, &f, publish_as_before);
    f.config.text = "two";
    reopen();
    cr_expect_eq(actor_ask(&old, 0), 0);
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect(is_there("/v/0123/a.webp"));
    actor_end(&old);
}

Test(published, moves_out_when_the_root_is_another_or_none)
{
    static char other[sizeof root + 8];

    insert("o/a?w=64", "/v/0123/a.webp", 1);
    snprintf(other, sizeof other, "%s-2", root);
    f.config.publish_root = other;
    reopen();
    cr_expect_not(is_there("/v"), "out of the old one");
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect_eq(fixture_count_files(&f, "published-2", NULL), 2u);
    f.config.publish_root = NULL;
    reopen();
    cr_expect_eq(fixture_count_files(&f, "published-2", NULL), 1u, "the marker");
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect_eq(fixture_stats(cache).published, 0u);
}

Test(published, does_not_outlive_an_index_that_was_lost)
{
    char path[PATH_MAX];

    insert("o/a?w=64", "/v/0123/a.webp", 1);
    cache_close(&cache);
    snprintf(path, sizeof path, "%s/index.mdb", f.directory);
    cr_assert_eq(unlink(path), 0);
    cache = fixture_worker(&f);
    cr_expect_not(is_there("/v"));
}

Test(published, does_not_outlive_a_restart_of_the_machine)
{
    char path[PATH_MAX];

    insert("o/a?w=64", "/v/0123/a.webp", 1);
    cache_close(&cache);
    snprintf(path, sizeof path, "%s/boot", f.directory);
    cr_assert_eq(unlink(path), 0);
    cache = fixture_worker(&f);
    cr_expect_not(is_there("/v"), "commits are not synced: the last ones may be lost");
    cr_expect_eq(fixture_stats(cache).published, 0u);
}

/* ---- a root that will not do ---- */

static void put_file(const char *path)
{
    FILE *file = fopen(path, "w");

    cr_assert_not_null(file, "%s", path);
    fputs("the operator's", file);
    fclose(file);
}

Test(published, is_nothing_where_the_root_holds_what_is_not_ours)
{
    char page[PATH_MAX];
    static char site[sizeof root + 8];

    snprintf(site, sizeof site, "%s-site", root);
    cr_assert_eq(mkdir(site, 0755), 0);
    snprintf(page, sizeof page, "%s/index.html", site);
    put_file(page);
    f.config.publish_root = site;
    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 1, LENGTH), 0);
    reopen();
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_assert_eq(cache_purge(cache, PURGE_ALL, ""), 0);
    cr_expect_eq(fixture_count_files(&f, "published-site", NULL), 1u);
    cr_expect_eq(access(page, F_OK), 0);
}

Test(published, is_nothing_in_the_caches_own_directories)
{
    static char own[PATH_MAX];

    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 1, LENGTH), 0);
    for (unsigned i = 0; i < 4; i++) {
        const char *const ends[] = {"/blobs", "/tmp", "", "/.."};

        snprintf(own, sizeof own, "%s%s", f.directory, ends[i]);
        f.config.publish_root = own;
        reopen();
        publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
        cr_expect_eq(fixture_stats(cache).published, 0u, "%s", own);
        cr_assert_eq(cache_purge(cache, PURGE_SOURCE, "p"), 0);
        cr_expect(fixture_has(cache, "o/a?w=64"), "%s", own);
    }
    fixture_assert_consistent(&f, cache);
}

Test(published, is_nothing_in_the_directory_of_another_cache)
{
    struct fixture other;
    struct cache *theirs;

    insert("o/a?w=64", "/v/0123/a.webp", 1);
    fixture_open(&other, 16 * MIB);
    other.config.publish_root = root;
    other.config.text = "theirs";
    cache_close(&cache); /* one open cache in a process */
    theirs = fixture_worker(&other);
    cr_assert_eq(fixture_insert(theirs, "o/a?w=64", 2, LENGTH), 0);
    publish_in(theirs, "o/a?w=64", "/v/0123/b.webp");
    cr_expect_eq(fixture_stats(theirs).published, 0u);
    cr_assert_eq(cache_purge(theirs, PURGE_ALL, ""), 0);
    cache_close(&theirs);
    fixture_close(&other);
    cache = fixture_worker(&f);
    cr_expect(is_there("/v/0123/a.webp"), "it is ours, and stays");
}

/* The web server would go on sending what no purge reaches any more. */
Test(published, does_not_outlive_a_restart_of_the_machine_whoever_comes_first)
{
    char path[PATH_MAX], error[CONFIG_ERROR_MAX];
    struct cache *tool;

    insert("o/a?w=64", "/v/0123/a.webp", 1);
    cache_close(&cache);
    snprintf(path, sizeof path, "%s/boot", f.directory);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(cache_open(&f.config, CACHE_TOOL, &tool, error), 0, "%s", error);
    cr_expect_not(is_there("/v"));
    cache_close(&tool);
    cache = fixture_worker(&f);
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect(is_there("/v/0123/a.webp"));
}

Test(published, asks_for_the_keeper_where_something_was_moved_away)
{
    insert("o/a?w=64", "/v/0123/a.webp", 1);
    f.config.text = "two";
    reopen();
    cr_expect(cache_wants_keeper(cache));
    f.config.text = " two\n\n";
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    reopen();
    cr_expect(is_there("/v/0123/a.webp"), "where lines break does not matter");
}

Test(published, leaves_the_operators_dot_files_alone)
{
    static char site[sizeof root + 8];
    char rules[PATH_MAX];

    snprintf(site, sizeof site, "%s-site", root);
    cr_assert_eq(mkdir(site, 0755), 0);
    snprintf(rules, sizeof rules, "%s/.htaccess", site);
    put_file(rules);
    f.config.publish_root = site;
    reopen();
    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 1, LENGTH), 0);
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect_eq(fixture_count_files(&f, "published-site", NULL), 3u, "rules, marker, picture");
    cr_assert_eq(cache_purge(cache, PURGE_ALL, ""), 0);
    cr_expect_eq(fixture_count_files(&f, "published-site", NULL), 2u);
    cr_expect_eq(access(rules, F_OK), 0);
}

Test(published, leaves_a_place_alone_that_another_url_has_taken)
{
    insert("o/a?w=64", "/v/0123/avatar/o/a.jpg", 1);
    cr_assert_eq(fixture_insert(cache, "o/a.jpg/b?w=64", 2, LENGTH), 0);
    publish_in(cache, "o/a.jpg/b?w=64", "/v/0123/avatar/o/a.jpg/b.jpg");
    cr_expect(S_ISREG(look("/v/0123/avatar/o/a.jpg").st_mode));
    cr_assert_eq(fixture_insert(cache, "o/c?w=64", 3, LENGTH), 0);
    publish_in(cache, "o/c?w=64", "/v/0123/avatar");
    cr_expect(S_ISDIR(look("/v/0123/avatar").st_mode));
    cr_expect_eq(fixture_stats(cache).published, 1u);
    insert("o/d?w=64", "/v/0123/avatar/o/d.jpg", 4);
}

Test(published, is_not_on_record_if_it_cannot_be_linked)
{
    char path[PATH_MAX];

    cr_assert_eq(fixture_insert(cache, "o/a?w=64", 1, LENGTH), 0);
    snprintf(path, sizeof path, "%s-away", root);
    cr_assert_eq(rename(root, path), 0);
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect_eq(fixture_stats(cache).published, 0u);
    cr_assert_eq(rename(path, root), 0);
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect_not(is_there("/v"), "this process has given up for a minute");
    reopen();
    publish_in(cache, "o/a?w=64", "/v/0123/a.webp");
    cr_expect(is_there("/v/0123/a.webp"));
}

/* ---- whoever is killed ---- */

enum { SUBJECTS = 200 };

/* Publishes and unpublishes until it is killed. */
static int64_t be_busy(struct cache *c, int64_t seed)
{
    unsigned random = (unsigned)seed;
    char text[32], url_path[32], subject[32];

    for (;;) {
        random = random * 1103515245u + 12345u;
        name((random >> 16) % SUBJECTS, text, url_path);
        snprintf(subject, sizeof subject, "%s", text);
        if ((random >> 8) % 4 == 0)
            cache_purge(c, PURGE_SUBJECT, subject);
        else if (fixture_insert(c, text, random % 50, LENGTH) == 0 && fixture_has(c, text))
            publish_in(c, text, url_path);
    }
    return 0;
}

Test(published, has_nothing_without_a_record_whoever_is_killed)
{
    char text[32], url_path[32];

    for (unsigned round = 0; round < 30; round++) {
        const struct timespec a_moment = {.tv_nsec = 3000000 + 500000 * (long)round};
        struct actor busy[2];

        for (int i = 0; i < 2; i++)
            actor_start(&busy[i], &f, be_busy);
        for (int i = 0; i < 2; i++)
            actor_tell(&busy[i], (int64_t)round * 2 + i);
        nanosleep(&a_moment, NULL);
        for (int i = 0; i < 2; i++)
            actor_kill(&busy[i]);
    }
    cr_assert_gt(count_published(), 0u);
    for (unsigned i = 0; i < SUBJECTS; i++) {
        name(i, text, url_path);
        cr_assert_eq(cache_purge(cache, PURGE_SUBJECT, text), 0);
    }
    cr_expect_eq(count_published(), 0u);
    cr_expect_eq(fixture_stats(cache).published, 0u);
}

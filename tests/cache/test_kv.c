/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cache/fixture.h"
#include "kv/kv.h"

static struct fixture f;
static char path[PATH_MAX];
static const char *const tables[] = {"one", "two"};
static struct kv_options options;

static void set_up(void)
{
    fixture_open(&f, 1 << 20);
    snprintf(path, sizeof path, "%s/test.mdb", f.directory);
    options = (struct kv_options){.path = path,
                                  .tables = tables,
                                  .table_count = 2,
                                  .map_size = 1 << 20,
                                  .max_readers = 8,
                                  .mode = 0600};
}

static void tear_down(void)
{
    fixture_close(&f);
}

TestSuite(kv, .init = set_up, .fini = tear_down);

static struct kv *open_or_fail(void)
{
    struct kv *kv;

    cr_assert_eq(kv_open(&options, &kv), 0);
    return kv;
}

struct pair {
    uint32_t key;
    char value[600];
    int rc; /* what the body returns in the end */
};

static int put_body(struct kv_txn *txn, void *context)
{
    struct pair *p = context;
    int rc = kv_put(txn, 0, (struct kv_slice){&p->key, sizeof p->key},
                    (struct kv_slice){p->value, sizeof p->value});

    return rc ? rc : p->rc;
}

static int get_body(struct kv_txn *txn, void *context)
{
    struct pair *p = context;
    struct kv_slice value;
    int rc = kv_get(txn, 0, (struct kv_slice){&p->key, sizeof p->key}, &value);

    if (!rc) {
        cr_assert_eq(value.length, sizeof p->value);
        memcpy(p->value, value.data, value.length);
    }
    return rc;
}

Test(kv, keeps_what_commits_and_forgets_what_aborts)
{
    struct kv *kv = open_or_fail();
    struct pair kept = {.key = 1, .value = "kept"}, dropped = {.key = 2, .rc = -ECANCELED};
    struct pair read = {.key = 1};

    cr_assert_eq(kv_update(kv, put_body, &kept), 0);
    cr_assert_eq(kv_update(kv, put_body, &dropped), -ECANCELED);
    cr_assert_eq(kv_view(kv, get_body, &read), 0);
    cr_assert_str_eq(read.value, "kept");
    read.key = 2;
    cr_assert_eq(kv_view(kv, get_body, &read), -ENOENT);
    kv_close(&kv);
    cr_assert_null(kv);
    kv = open_or_fail();
    read.key = 1;
    cr_assert_eq(kv_view(kv, get_body, &read), 0);
    kv_close(&kv);
}

Test(kv, enlarges_a_full_map)
{
    struct kv *kv = open_or_fail();
    struct pair p = {.key = 0};
    struct kv_stats stats;

    for (p.key = 0; p.key < 8000; p.key++)
        cr_assert_eq(kv_update(kv, put_body, &p), 0, "record %u", p.key);
    cr_assert_eq(kv_stats(kv, &stats), 0);
    cr_assert_eq(stats.records[0], 8000);
    cr_assert_eq(stats.records[1], 0);
    cr_assert_gt(stats.map_bytes, UINT64_C(1) << 20);
    cr_assert_leq(stats.used_bytes, stats.map_bytes);
    kv_close(&kv);
}

static void ignore(int signal)
{
    (void)signal;
}

/* A limit on file sizes is no full map: growing that would not end. */
Test(kv, survives_a_file_that_may_not_grow)
{
    struct kv *kv = open_or_fail();
    struct pair p = {.key = 1};
    struct rlimit limit = {.rlim_cur = 0, .rlim_max = RLIM_INFINITY};
    struct kv_stats before, after;
    int rc;

    cr_assert_eq(kv_update(kv, put_body, &p), 0);
    cr_assert_eq(kv_stats(kv, &before), 0);
    signal(SIGXFSZ, ignore);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    p.key = 2;
    rc = kv_update(kv, put_body, &p);
    limit.rlim_cur = RLIM_INFINITY;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(rc, -ENOSPC);
    cr_assert_eq(kv_stats(kv, &after), 0);
    cr_assert_eq(after.map_bytes, before.map_bytes);
    cr_assert_eq(kv_view(kv, get_body, &p), -ENOENT);
    cr_assert_eq(kv_update(kv, put_body, &p), 0);
    kv_close(&kv);
}

/* Address space that ends (shared hosting) costs the cache, not the process. */
Test(kv, survives_a_map_that_cannot_grow)
{
#ifdef VISAGE_SANITIZERS
    cr_skip_test("AddressSanitizer's shadow memory allows no limit on address space");
#else
    struct kv *kv = open_or_fail();
    struct pair p = {.key = 0};
    struct rlimit limit = {.rlim_cur = 64 << 20, .rlim_max = RLIM_INFINITY};
    int rc = 0;

    cr_assert_eq(kv_update(kv, put_body, &p), 0);
    cr_assert_eq(setrlimit(RLIMIT_AS, &limit), 0);
    for (p.key = 1; p.key < 200000 && !rc; p.key++)
        rc = kv_update(kv, put_body, &p);
    cr_assert_eq(rc, -ENOMEM);
    cr_assert_eq(kv_view(kv, get_body, &p), -ENOMEM);
    cr_assert_eq(kv_update(kv, put_body, &p), -ENOMEM);
    kv_close(&kv);
    limit.rlim_cur = RLIM_INFINITY;
    cr_assert_eq(setrlimit(RLIMIT_AS, &limit), 0);
    kv = open_or_fail();
    p.key = 0;
    cr_assert_eq(kv_view(kv, get_body, &p), 0, "what was there is there");
    kv_close(&kv);
#endif
}

/* Another process enlarges the map while this one has it open: both readers and writers
 * here must go on. */
Test(kv, follows_a_map_enlarged_elsewhere)
{
    struct kv *kv = open_or_fail();
    struct pair p = {.key = 7999};
    int status;
    pid_t child;

    p.key = 100000;
    cr_assert_eq(kv_update(kv, put_body, &p), 0);
    cr_assert_eq(kv_view(kv, get_body, &p), 0);
    kv_close(&kv); /* never across a fork */
    child = fork();
    cr_assert_geq(child, 0);
    kv = open_or_fail();
    if (child == 0) {
        struct pair mine = {.key = 0};

        for (mine.key = 0; mine.key < 8000; mine.key++)
            if (kv_update(kv, put_body, &mine) != 0)
                _exit(1);
        _exit(0);
    }
    do {
        cr_assert_eq(kv_view(kv, get_body, &p), 0);
        usleep(1000);
    } while (waitpid(child, &status, WNOHANG) == 0);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    p.key = 7999;
    cr_assert_eq(kv_view(kv, get_body, &p), 0);
    cr_assert_eq(kv_update(kv, put_body, &p), 0);
    kv_close(&kv);
}

/* kill -9 in the middle of a write transaction loses that transaction and nothing else. */
static int die_body(struct kv_txn *txn, void *context)
{
    put_body(txn, context);
    kill(getpid(), SIGKILL);
    return 0;
}

Test(kv, survives_a_writer_killed_in_its_transaction)
{
    struct pair p = {.key = 1, .value = "before"};
    struct kv *kv = open_or_fail();
    pid_t child;

    cr_assert_eq(kv_update(kv, put_body, &p), 0);
    kv_close(&kv);
    child = fork();
    if (child == 0) {
        struct pair mine = {.key = 2};

        kv = open_or_fail();
        kv_update(kv, die_body, &mine);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    kv = open_or_fail();
    cr_assert_eq(kv_view(kv, get_body, &p), 0);
    p.key = 2;
    cr_assert_eq(kv_view(kv, get_body, &p), -ENOENT);
    cr_assert_eq(kv_update(kv, put_body, &p), 0);
    kv_close(&kv);
}

static int collect(struct kv_slice key, struct kv_slice value, void *context)
{
    unsigned *seen = context;

    (void)key;
    (void)value;
    return ++*seen == 3;
}

static int walk_body(struct kv_txn *txn, void *context)
{
    return kv_walk(txn, 0, collect, context);
}

static int delete_first_body(struct kv_txn *txn, void *context)
{
    struct kv_slice key, value;
    uint32_t copy;
    int rc = kv_first(txn, 0, &key, &value);

    if (rc)
        return rc;
    memcpy(&copy, key.data, sizeof copy);
    *(uint32_t *)context = copy;
    return kv_delete(txn, 0, (struct kv_slice){&copy, sizeof copy});
}

Test(kv, walks_until_told_to_stop_and_finds_the_first)
{
    struct kv *kv = open_or_fail();
    struct pair p = {.key = 5};
    unsigned seen = 0;
    uint32_t first = 0;

    for (p.key = 5; p.key < 10; p.key++)
        cr_assert_eq(kv_update(kv, put_body, &p), 0);
    cr_assert_eq(kv_view(kv, walk_body, &seen), 1);
    cr_assert_eq(seen, 3);
    cr_assert_eq(kv_update(kv, delete_first_body, &first), 0);
    cr_assert_eq(first, 5);
    cr_assert_eq(kv_update(kv, delete_first_body, &first), 0);
    cr_assert_eq(first, 6);
    kv_close(&kv);
}

struct search {
    unsigned char from, found; /* keys */
    size_t length;             /* of from: 1, or 0 for none */
    unsigned char seen[8];     /* in this order */
    unsigned count, stop;      /* after so many; 0: never */
    uint64_t records;
};

static int put_byte_body(struct kv_txn *txn, void *context)
{
    return kv_put(txn, 0, (struct kv_slice){context, 1}, (struct kv_slice){"value", 5});
}

static int seek_body(struct kv_txn *txn, void *context)
{
    struct search *s = context;
    struct kv_slice key, value;
    int rc = kv_seek(txn, 0, (struct kv_slice){&s->from, s->length}, &key, &value);

    if (!rc) {
        cr_assert_eq(key.length, 1);
        cr_assert_eq(value.length, 5);
        cr_assert_eq(memcmp(value.data, "value", 5), 0);
        s->found = *(const unsigned char *)key.data;
    }
    return rc;
}

static int see(struct kv_slice key, struct kv_slice value, void *context)
{
    struct search *s = context;

    (void)value;
    cr_assert_lt(s->count, sizeof s->seen);
    s->seen[s->count++] = *(const unsigned char *)key.data;
    return s->count == s->stop ? 7 : 0;
}

static int walk_from_body(struct kv_txn *txn, void *context)
{
    struct search *s = context;

    return kv_walk_from(txn, 0, (struct kv_slice){&s->from, s->length}, see, s);
}

static int count_body(struct kv_txn *txn, void *context)
{
    struct search *s = context;

    return kv_count(txn, 0, &s->records);
}

Test(kv, seeks_and_walks_from_a_key_that_need_not_be_there)
{
    static const unsigned char keys[] = {2, 4, 6, 200};
    struct kv *kv = open_or_fail();
    struct search s = {.from = 1, .length = 1};

    cr_assert_eq(kv_view(kv, seek_body, &s), -ENOENT, "an empty table");
    cr_assert_eq(kv_view(kv, walk_from_body, &s), 0);
    cr_assert_eq(s.count, 0);
    cr_assert_eq(kv_view(kv, count_body, &s), 0);
    cr_assert_eq(s.records, 0);
    for (size_t i = 0; i < sizeof keys; i++)
        cr_assert_eq(kv_update(kv, put_byte_body, (void *)(uintptr_t)&keys[i]), 0);
    cr_assert_eq(kv_view(kv, count_body, &s), 0);
    cr_assert_eq(s.records, 4);
    for (unsigned from = 0; from < 256; from++) {
        unsigned first = 0;

        while (first < 4 && keys[first] < from)
            first++;
        s = (struct search){.from = (unsigned char)from, .length = 1};
        cr_assert_eq(kv_view(kv, seek_body, &s), first < 4 ? 0 : -ENOENT, "from %u", from);
        if (first < 4)
            cr_assert_eq(s.found, keys[first], "from %u", from);
        cr_assert_eq(kv_view(kv, walk_from_body, &s), 0);
        cr_assert_eq(s.count, 4 - first, "from %u", from);
        cr_assert_eq(memcmp(s.seen, keys + first, s.count), 0, "from %u", from);
    }
    s = (struct search){.length = 0};
    cr_assert_eq(kv_view(kv, seek_body, &s), 0);
    cr_assert_eq(s.found, 2, "without a key, from the first");
    s = (struct search){.from = 3, .length = 1, .stop = 2};
    cr_assert_eq(kv_view(kv, walk_from_body, &s), 7, "what the callback returned");
    cr_assert_eq(s.count, 2);
    kv_close(&kv);
}

Test(kv, check_finds_a_damaged_file)
{
    struct kv *kv = open_or_fail();
    struct pair p = {.key = 0};
    char garbage[4096];
    int fd;

    for (p.key = 0; p.key < 500; p.key++)
        cr_assert_eq(kv_update(kv, put_body, &p), 0);
    kv_close(&kv);
    cr_assert_eq(kv_check(&options), 0);

    memset(garbage, 0xa5, sizeof garbage);
    fd = open(path, O_WRONLY);
    for (off_t at = 2 * 4096; at < 60 * 4096; at += 4096)
        cr_assert_eq(pwrite(fd, garbage, sizeof garbage, at), (ssize_t)sizeof garbage);
    close(fd);
    cr_assert_eq(kv_check(&options), -EUCLEAN);
    cr_assert_eq(kv_remove(path), 0);
    cr_assert_eq(kv_check(&options), 0, "no file is a sound file");
}

Test(kv, check_finds_a_truncated_file)
{
    struct kv *kv = open_or_fail();
    struct pair p = {.key = 0};

    for (p.key = 0; p.key < 500; p.key++)
        cr_assert_eq(kv_update(kv, put_body, &p), 0);
    kv_close(&kv);
    cr_assert_eq(truncate(path, 5 * 4096), 0);
    cr_assert_eq(kv_check(&options), -EUCLEAN);
}

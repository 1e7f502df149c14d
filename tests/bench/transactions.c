/* SPDX-License-Identifier: MIT
 *
 * bench-transactions CONF SMALLER_CONF COUNT
 *
 * Does to a cache, which bench-fill has given COUNT entries, all that takes a write
 * transaction, and prints how long these were (transaction_times.h). With CONF the
 * cache is at its bound; SMALLER_CONF is the same with a much smaller cache_size, for
 * the keeper to evict down to.
 *
 * Meanwhile other processes are on record as fetching, as many as may.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/stock.h"
#include "bench/transaction_times.h"
#include "cache/gate.h"
#include "cache/lease.h"
#include "cache/queue.h"

#define SMALL 4096
#define LARGE (1 << 20)
#define STORED 20000
#define STORED_LARGE 100
#define STORED_AMONG_USED 200
#define FAILURES (INDEX_NEGATIVES_MAX + 5000)
#define RENEWED 20000
#define REMOVED 2000
#define PURGED 20000
#define COLLECTED_STEPS 40 /* each looks at some hundred entries */
#define LEASES 20000
#define ORIGINS (GATE_ORIGINS_MAX + 1000)
#define QUEUED (QUEUE_MAX + 500)
#define FETCHING 31 /* others, of the 32 that may by default */
#define SHRINK_MS 120000
#define PAGES 100000 /* written one by one, for comparison */
#define PAGE 4096

struct bench {
    struct config *config;
    struct cache *cache;
    uint32_t count; /* numbers in the cache from the start */
    uint32_t next;  /* number that nobody has used */
    uint64_t random;
};

typedef int bench_step(struct bench *b);

static uint32_t any(struct bench *b)
{
    return (uint32_t)(stock_random(&b->random) % b->count);
}

/* ---- storing ---- */

static int store(struct bench *b, unsigned times, size_t length)
{
    int rc = 0;

    for (unsigned i = 0; i < times && !rc; i++) {
        rc = stock_insert(b->cache, b->config, b->next++, "", 0, length);
        if (!rc)
            rc = stock_touch(b->cache, b->config, any(b));
    }
    return rc;
}

static int store_small(struct bench *b)
{
    return store(b, STORED, SMALL);
}

static int store_large(struct bench *b)
{
    return store(b, STORED_LARGE, LARGE);
}

/* The hand has nobody to evict who was not used. */
static int store_among_used(struct bench *b)
{
    int rc = 0;

    for (unsigned i = 0; i < STORED_AMONG_USED && !rc; i++) {
        if (i % (STORED_AMONG_USED / 2) == 0)
            for (uint32_t n = 0; n < b->next && !rc; n++)
                rc = stock_touch(b->cache, b->config, n);
        if (!rc)
            rc = stock_insert(b->cache, b->config, b->next++, "", 0, SMALL);
    }
    return rc;
}

static int remember_failures(struct bench *b)
{
    int rc = 0;

    for (unsigned i = 0; i < FAILURES && !rc; i++) {
        struct digest key;
        struct entry e;

        rc = stock_entry(b->config, b->next++, &e, &key);
        e.kind = ENTRY_NEGATIVE;
        e.type = PICTURE_UNKNOWN;
        e.cause = CAUSE_ORIGIN_NOT_FOUND;
        e.generation = cache_generation(b->cache);
        memmove(e.text + 1, e.text, strlen(e.text) + 1);
        e.text[0] = '!';
        if (!rc)
            rc = cache_key(e.text, &key);
        if (!rc)
            rc = cache_insert(b->cache, &key, &e, NULL);
    }
    return rc;
}

static int look_up_any(struct bench *b, struct digest *key, struct entry *out)
{
    struct entry wanted;
    int rc = stock_entry(b->config, any(b), &wanted, key);

    return rc ? rc : cache_lookup(b->cache, key, wanted.text, out);
}

static int renew(struct bench *b)
{
    int rc = 0;

    for (unsigned i = 0; i < RENEWED && !rc; i++) {
        struct digest key;
        struct entry e;

        rc = look_up_any(b, &key, &e);
        if (!rc) {
            e.expires_ms++;
            rc = cache_insert(b->cache, &key, &e, NULL);
        }
        rc = rc == -ENOENT ? 0 : rc; /* evicted meanwhile */
    }
    return rc;
}

static int drop(struct bench *b)
{
    int rc = 0;

    for (unsigned i = 0; i < REMOVED && !rc; i++) {
        struct digest key;
        struct entry e;

        rc = look_up_any(b, &key, &e);
        if (!rc)
            rc = cache_remove(b->cache, &key, &e);
        rc = rc == -ENOENT ? 0 : rc;
    }
    return rc;
}

/* ---- purging ---- */

static int purge_subjects(struct bench *b)
{
    char name[64];
    int rc = 0;

    for (unsigned i = 0; i < PURGED && !rc; i++) {
        snprintf(name, sizeof name, STOCK_SOURCE "/%08u", any(b));
        rc = cache_purge(b->cache, PURGE_SUBJECT, name);
    }
    return rc;
}

static int purge_all(struct bench *b)
{
    int rc = cache_purge(b->cache, PURGE_SOURCE, STOCK_SOURCE);

    return rc ? rc : cache_purge(b->cache, PURGE_ALL, NULL);
}

static int collect(struct bench *b)
{
    struct digest from = {{0}};
    bool done = false;
    int rc = 0;

    for (unsigned i = 0; i < COLLECTED_STEPS && rc >= 0 && !done; i++)
        rc = cache_collect_purged(b->cache, &from, &done);
    return rc < 0 ? rc : 0;
}

static int forget_purges(struct bench *b)
{
    return cache_forget_purges(b->cache, cache_generation(b->cache));
}

/* ---- run.mdb ---- */

static int lease(struct bench *b)
{
    int rc = 0;

    for (unsigned i = 0; i < LEASES && !rc; i++) {
        struct digest key;
        struct entry e;

        rc = stock_entry(b->config, i, &e, &key);
        if (!rc)
            rc = lease_acquire(b->cache, &key, 1000);
        if (!rc && i % 2) /* the others are those of a process that was killed */
            rc = lease_release(b->cache, &key);
    }
    return rc;
}

static struct gate_request ask_for(char origin[GATE_ORIGIN_MAX], unsigned number)
{
    snprintf(origin, GATE_ORIGIN_MAX, "http://%u.example.org:80", number);
    return (struct gate_request){.origin = origin,
                                 .slots = FETCHING + 1,
                                 .origin_slots = FETCHING + 1,
                                 .breaker = {.failures = 5, .open_ms = 5000},
                                 .timeout_ms = 600000};
}

static int pass_gate(struct bench *b)
{
    for (unsigned i = 0; i < ORIGINS; i++) {
        char origin[GATE_ORIGIN_MAX];
        struct gate_request request = ask_for(origin, i);
        int64_t wait_ms;
        bool probe;

        if (gate_enter(b->cache, &request, &probe, &wait_ms) != GATE_PASS)
            return -EBUSY;
        gate_leave(b->cache, &request,
                   &(struct gate_outcome){.probe = probe,
                                          .cause = i % 3 ? CAUSE_NONE : CAUSE_ORIGIN_TIMEOUT,
                                          .elapsed_ms = 10});
    }
    return 0;
}

static int queue(struct bench *b)
{
    struct queue_item item;
    int rc = 0;

    for (unsigned i = 0; i < QUEUED && !rc; i++) {
        struct digest key;
        struct entry e;

        rc = stock_entry(b->config, i, &e, &key);
        if (!rc)
            rc = queue_add(b->cache, QUEUE_REFRESH, &key, e.text);
        rc = rc == -ENOSPC && i >= QUEUE_MAX ? 0 : rc;
    }
    while (!rc)
        rc = queue_take(b->cache, &item);
    return rc == -ENOENT ? 0 : rc;
}

/* ---- the keeper ---- */

static int shrink(struct bench *b)
{
    int64_t until_ms = clock_boot_ms() + SHRINK_MS;
    bool more = true;
    int rc = 0;

    while (more && !rc && clock_boot_ms() < until_ms)
        rc = cache_shrink(b->cache, &more);
    return !rc && more ? -ETIMEDOUT : rc;
}

/* ---- for comparison ---- */

/* What a transaction does some fifty times when it is committed: here to a file of its own. */
static int write_pages(struct bench *b)
{
    static const char page[PAGE] = "page";
    int fd = open(b->config->state_dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600), rc = 0;

    if (fd < 0)
        return -errno;
    for (unsigned i = 0; i < PAGES && !rc; i++) {
        ssize_t written;

        transaction_times_start();
        written = pwrite(fd, page, sizeof page, (off_t)i * PAGE);
        transaction_times_stop();
        if (written != sizeof page)
            rc = written < 0 ? -errno : -EIO;
    }
    close(fd);
    return rc;
}

/* ---- others ---- */

struct other {
    pid_t pid;
    int ready;
};

/* Passes the gate and stays until the other end of `stay` is closed. */
static void fetch_for_ever(const char *conf, unsigned number, int ready, int stay)
{
    char origin[GATE_ORIGIN_MAX], byte = 0;
    struct gate_request request = ask_for(origin, number);
    struct config *config;
    struct cache *cache;
    int64_t wait_ms;
    bool probe;

    if (stock_open(conf, &config, &cache) != 0 ||
        gate_enter(cache, &request, &probe, &wait_ms) != GATE_PASS || write(ready, "", 1) != 1)
        _exit(EXIT_FAILURE);
    while (read(stay, &byte, 1) < 0 && errno == EINTR)
        ;
    stock_close(&config, &cache);
    _exit(EXIT_SUCCESS);
}

/* Before this process opens the cache, which must not go through a fork. Returns the descriptor to
 * close at the end, or a negative errno. */
static int start_others(const char *conf)
{
    int stay[2], ready[2], rc = 0;
    char byte;

    if (pipe(stay) != 0 || pipe(ready) != 0)
        return -errno;
    for (unsigned i = 0; i < FETCHING && !rc; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            close(stay[1]);
            fetch_for_ever(conf, i, ready[1], stay[0]);
        }
        if (pid < 0)
            rc = -errno;
    }
    close(stay[0]);
    close(ready[1]);
    for (unsigned i = 0; i < FETCHING && !rc; i++)
        if (read(ready[0], &byte, 1) != 1)
            rc = -ECHILD;
    close(ready[0]);
    return rc ? rc : stay[1];
}

static void end_others(int stay)
{
    close(stay);
    while (wait(NULL) > 0 || errno == EINTR)
        ;
}

/* ---- all of it ---- */

struct step {
    const char *label;
    bench_step *run;
};

static const struct step at_the_bound[] = {
    {"small picture stored", store_small},
    {"1 MiB stored", store_large},
    {"small one stored where all were used", store_among_used},
    {"failure remembered", remember_failures},
    {"entry renewed", renew},
    {"entry removed", drop},
    {"lease taken, given back", lease},
    {"fetch begun, ended", pass_gate},
    {"queue added to, taken from", queue},
    {NULL, NULL},
};

static const struct step far_over[] = {
    {"keeper evicts", shrink},
    {"small picture stored after that", store_small},
    {"subject purged", purge_subjects},
    {"source, all purged", purge_all},
    {"keeper removes what was purged", collect},
    {"keeper forgets purges", forget_purges},
    {"one page written to a file, for comparison", write_pages},
    {NULL, NULL},
};

static int run_steps(struct bench *b, const char *conf, const struct step *steps)
{
    int rc = 0;

    if (stock_open(conf, &b->config, &b->cache) != 0)
        return -EINVAL;
    for (const struct step *s = steps; s->label && !rc; s++) {
        transaction_times_label(s->label);
        rc = s->run(b);
        transaction_times_label(NULL);
        if (rc)
            fprintf(stderr, "bench-transactions: %s: %s\n", s->label, strerror(-rc));
    }
    stock_close(&b->config, &b->cache);
    return rc;
}

int main(int argc, char **argv)
{
    unsigned long count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    struct bench b = {.random = 1};
    int stay, rc;

    if (count < 1000 || count > 100000000) {
        fprintf(stderr, "usage: bench-transactions CONF SMALLER_CONF COUNT\n");
        return 2;
    }
    b.count = b.next = (uint32_t)count;
    stay = start_others(argv[1]);
    if (stay < 0) {
        fprintf(stderr, "bench-transactions: %s\n", strerror(-stay));
        return EXIT_FAILURE;
    }
    rc = run_steps(&b, argv[1], at_the_bound);
    if (!rc)
        rc = run_steps(&b, argv[2], far_over);
    end_others(stay);
    return rc || transaction_times_print() != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

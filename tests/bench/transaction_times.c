/* SPDX-License-Identifier: MIT */
#include "bench/transaction_times.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lmdb.h>

#define LABELS_MAX 32

struct series {
    const char *label;
    uint32_t *wall_ns;
    size_t count, size;
    uint64_t most_cpu_ns;
};

static struct series all[LABELS_MAX];
static struct series *current;
static bool out_of_memory;

/* The one write transaction that this process may have open; nobody here has threads. */
static MDB_txn *writing;
static uint64_t begun_ns, begun_cpu_ns;

static uint64_t now_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

void transaction_times_label(const char *label)
{
    current = NULL;
    for (size_t i = 0; label && i < LABELS_MAX && !current; i++)
        if (!all[i].label || strcmp(all[i].label, label) == 0)
            current = &all[i];
    if (current)
        current->label = label;
}

static void note(struct series *s, uint64_t wall_ns, uint64_t cpu_ns)
{
    if (s->count == s->size) {
        size_t size = s->size ? 2 * s->size : 4096;
        uint32_t *larger = realloc(s->wall_ns, size * sizeof *larger);

        if (!larger) {
            out_of_memory = true;
            return;
        }
        s->wall_ns = larger;
        s->size = size;
    }
    s->wall_ns[s->count++] = wall_ns < UINT32_MAX ? (uint32_t)wall_ns : UINT32_MAX;
    s->most_cpu_ns = cpu_ns > s->most_cpu_ns ? cpu_ns : s->most_cpu_ns;
}

void transaction_times_start(void)
{
    begun_cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID);
    begun_ns = now_ns(CLOCK_MONOTONIC);
}

void transaction_times_stop(void)
{
    if (current)
        note(current, now_ns(CLOCK_MONOTONIC) - begun_ns,
             now_ns(CLOCK_THREAD_CPUTIME_ID) - begun_cpu_ns);
}

static void on_end(const MDB_txn *txn)
{
    if (!txn || txn != writing)
        return;
    writing = NULL;
    transaction_times_stop();
}

/* ---- in place of LMDB's ---- */

int __real_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn);
int __wrap_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn);
int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);
void __real_mdb_txn_abort(MDB_txn *txn);
void __wrap_mdb_txn_abort(MDB_txn *txn);

int __wrap_mdb_txn_begin(MDB_env *env, MDB_txn *parent, unsigned flags, MDB_txn **txn)
{
    int rc = __real_mdb_txn_begin(env, parent, flags, txn);

    if (rc || flags & MDB_RDONLY)
        return rc;
    writing = *txn;
    transaction_times_start();
    return 0;
}

int __wrap_mdb_txn_commit(MDB_txn *txn)
{
    int rc = __real_mdb_txn_commit(txn);

    on_end(txn);
    return rc;
}

void __wrap_mdb_txn_abort(MDB_txn *txn)
{
    __real_mdb_txn_abort(txn);
    on_end(txn);
}

/* ---- report ---- */

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static double share(const struct series *s, size_t per_mille)
{
    return (double)s->wall_ns[(s->count - 1) * per_mille / 1000] / 1000;
}

int transaction_times_print(void)
{
    for (const struct series *s = all; s < all + LABELS_MAX && s->label; s++) {
        if (s->count == 0)
            continue;
        qsort(s->wall_ns, s->count, sizeof *s->wall_ns, compare);
        printf("%zu %.1f %.1f %.1f %.1f %s\n", s->count, share(s, 500), share(s, 999),
               share(s, 1000), (double)s->most_cpu_ns / 1000, s->label);
    }
    for (struct series *s = all; s < all + LABELS_MAX; s++)
        free(s->wall_ns);
    return out_of_memory || fflush(stdout) != 0 ? -1 : 0;
}

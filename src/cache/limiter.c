/* SPDX-License-Identifier: MIT
 *
 * A bucket is one word: 20 bits that tell the clients of its set apart, and 44 bits
 * of the time when it will be full, in microseconds modulo 203 days. Its client may
 * take from it as long as that time, with what the tokens take to flow in, is no
 * further away than a whole burst.
 *
 * Two processes never give one client two buckets, though neither waits for the
 * other. A client that has none takes over the bucket of its set that has been, or
 * will be, full for the longest; as all times only grow, two who look at different
 * moments choose the same one, or one of them finds the client there already.
 * Where a set is full of clients whose buckets are not, times may fall, and this
 * does not hold: a client may then get the burst twice.
 */
#include "cache/limiter.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "base/siphash.h"
#include "cache/shared_file.h"

#define MAGIC 0x56495354u /* "VIST" */
#define LAYOUT_VERSION 1u

#define WAYS 8u /* buckets of a set: a cache line */
#define SETS (LIMITER_BUCKETS / WAYS)
#define TIME_BITS 44u
#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)
#define SECOND_US INT64_C(1000000)
/* Another process may have read the clock so much later than we. */
#define SKEW_US (60 * SECOND_US)

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a lock of the library would be one process's own");

struct header {
    _Atomic uint32_t magic; /* written last by whoever creates the file */
    uint32_t version;
    uint32_t buckets;
    uint32_t ways;
    unsigned char key[SIPHASH_KEY_SIZE]; /* of the hash: nobody outside can aim at a set */
    uint32_t zero[8];
};

struct layout {
    struct header header;
    _Atomic uint64_t buckets[SETS][WAYS];
};

struct limiter {
    struct layout *map;
};

/* What the rules come to. */
struct terms {
    int64_t cost_us; /* until the tokens have flowed in again */
    int64_t span_us; /* until an empty bucket is full */
};

/* ---- the file ---- */

/* Called under the start lock, so that only one process fills an empty header. */
static int check_header(struct header *h)
{
    if (atomic_load(&h->magic) == 0) {
        if (getrandom(h->key, sizeof h->key, 0) != (ssize_t)sizeof h->key)
            return -EIO;
        h->version = LAYOUT_VERSION;
        h->buckets = LIMITER_BUCKETS;
        h->ways = WAYS;
        atomic_store(&h->magic, MAGIC);
        return 0;
    }
    if (h->magic != MAGIC || h->version != LAYOUT_VERSION || h->buckets != LIMITER_BUCKETS ||
        h->ways != WAYS)
        return -EUCLEAN;
    return 0;
}

int limiter_open(const char *path, unsigned mode, struct limiter **out)
{
    struct limiter *limiter;
    struct layout *map;
    void *memory;
    int rc = shared_file_map(path, mode, sizeof *map, &memory);

    *out = NULL;
    if (rc)
        return rc;
    map = memory;
    rc = check_header(&map->header);
    limiter = rc ? NULL : calloc(1, sizeof *limiter);
    if (!limiter) {
        munmap(map, sizeof *map);
        return rc ? rc : -ENOMEM;
    }
    limiter->map = map;
    *out = limiter;
    return 0;
}

void limiter_close(struct limiter **limiter)
{
    if (!*limiter)
        return;
    munmap((*limiter)->map, sizeof *(*limiter)->map);
    free(*limiter);
    *limiter = NULL;
}

/* ---- words ---- */

static uint64_t pack(uint64_t tag, int64_t full_us)
{
    return tag << TIME_BITS | ((uint64_t)full_us & TIME_MASK);
}

/* Microseconds from now until the bucket is full; negative if it is, INT64_MIN if it holds
 * nothing that counts: an unused one, or a time that these rules cannot have led to, as the
 * clock of an earlier boot leaves behind. */
static int64_t until_full(uint64_t word, int64_t now_us, const struct terms *t)
{
    uint64_t distance = (word - (uint64_t)now_us) & TIME_MASK;
    /* Times lie on a circle: the nearer way round is meant. */
    int64_t us = distance > TIME_MASK / 2 ? (int64_t)distance - (INT64_C(1) << TIME_BITS)
                                          : (int64_t)distance;

    return word == 0 || us > t->span_us + SKEW_US ? INT64_MIN : us;
}

static void mask(unsigned char address[16], unsigned prefix)
{
    for (unsigned i = 0; i < 16; i++, prefix -= prefix < 8 ? prefix : 8)
        if (prefix < 8)
            address[i] &= (unsigned char)(0xff00 >> prefix);
}

static uint64_t hash_client(const struct limiter *limiter, const struct limiter_rules *rules,
                            const unsigned char address[16])
{
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    unsigned char client[16];

    memcpy(client, address, sizeof client);
    mask(client, memcmp(address, mapped, sizeof mapped) == 0 ? 96 + rules->ipv4_prefix
                                                             : rules->ipv6_prefix);
    return siphash(limiter->map->header.key, client, sizeof client);
}

/* ---- taking ---- */

/* The place of the client's bucket in its set, or the one that it gets; *word is what was seen
 * there, and the result says whether it is the client's own. */
static bool choose(_Atomic uint64_t *set, uint64_t tag, int64_t now_us, const struct terms *t,
                   unsigned *place, uint64_t *word)
{
    int64_t least = INT64_MAX;

    for (unsigned i = 0; i < WAYS; i++) {
        uint64_t seen = atomic_load(&set[i]);
        int64_t us = until_full(seen, now_us, t);

        if (us < least) {
            least = us;
            *place = i;
            *word = seen;
        }
        if (seen != 0 && seen >> TIME_BITS == tag) {
            *place = i;
            *word = seen;
            return true;
        }
    }
    return false;
}

static struct terms terms_of(const struct limiter_rules *rules, uint32_t tokens)
{
    /* Rounded up: whole microseconds, and never more than the rate. */
    int64_t interval_us = (SECOND_US + rules->rate - 1) / rules->rate;

    return (struct terms){
        .cost_us = interval_us * (tokens < rules->burst ? tokens : rules->burst),
        .span_us = interval_us * rules->burst,
    };
}

int64_t limiter_take(struct limiter *limiter, const struct limiter_rules *rules,
                     const unsigned char address[16], uint32_t tokens, int64_t now_us)
{
    uint64_t hash, tag;
    _Atomic uint64_t *set;
    struct terms t;

    if (rules->rate == 0 || rules->burst == 0 || tokens == 0)
        return 0;
    t = terms_of(rules, tokens);
    hash = hash_client(limiter, rules, address);
    tag = hash >> TIME_BITS;
    set = limiter->map->buckets[hash % SETS];
    for (;;) {
        uint64_t word = 0;
        unsigned place = 0;
        bool own = choose(set, tag, now_us, &t, &place, &word);
        int64_t us = own ? until_full(word, now_us, &t) : 0;
        int64_t full_us = (us > 0 ? us : 0) + t.cost_us;

        if (full_us > t.span_us)
            return (full_us - t.span_us + 999) / 1000;
        if (atomic_compare_exchange_strong(&set[place], &word, pack(tag, now_us + full_us)))
            return 0;
    }
}

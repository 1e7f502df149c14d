/* SPDX-License-Identifier: MIT
 *
 * Token buckets of clients, in a small file that all processes map. A bucket is
 * one 64-bit number, the time when it will be full again (the generic cell rate
 * algorithm, ITU-T I.371, which decides like a token bucket), so taking from it
 * is one compare-and-swap. The table has a fixed size; a bucket that is full is
 * as good as none and makes room for another client.
 */
#ifndef VISAGE_CACHE_LIMITER_H
#define VISAGE_CACHE_LIMITER_H

#include <stdint.h>

#define LIMITER_BUCKETS (1u << 16)

struct limiter;

struct limiter_rules {
    uint32_t rate;  /* tokens a second */
    uint32_t burst; /* tokens that fit in */
    unsigned ipv4_prefix, ipv6_prefix; /* leading bits of an address that make a client */
};

/* Opens or creates the file, its blocks allocated. Returns 0 or a negative errno; -EUCLEAN for
 * a file of another layout, which the caller may delete. */
int limiter_open(const char *path, unsigned mode, struct limiter **out);

/* Unmaps, frees *limiter and clears the pointer; NULL is fine. */
void limiter_close(struct limiter **limiter);

/* Takes `tokens` from the bucket of the client with this address (network.h, 16 bytes; IPv4 as
 * mapped) at `now_us` (boot clock). Returns 0, or, with nothing taken, the milliseconds after which
 * it will do. More tokens than `burst` are taken as `burst`. When a set of the table is full of
 * clients whose buckets are not, the one nearest to full is forgotten. */
int64_t limiter_take(struct limiter *limiter, const struct limiter_rules *rules,
                     const unsigned char address[16], uint32_t tokens, int64_t now_us);

#endif

/* SPDX-License-Identifier: MIT
 *
 * bench-insert CONF FIRST COUNT
 *
 * Stores COUNT pictures of 4 KiB, numbered from FIRST on, as a worker stores what
 * it has drawn: blob file, then entry. Every second time somebody has asked for one
 * of the last ten thousand meanwhile. Prints "RATE CPU EVICTED": pictures a second,
 * microseconds of processor time for one, and how many others had to go.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "bench/stock.h"

#define LENGTH 4096
#define COUNT_MAX 10000000
#define RECENT 10000

static double cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int insert_all(struct cache *cache, const struct config *config, uint32_t first,
                      uint32_t count)
{
    uint64_t state = (uint64_t)first + 1;
    int rc = 0;

    for (uint32_t i = first; i < first + count && !rc; i++) {
        rc = stock_insert(cache, config, i, "", 0, LENGTH);
        if (!rc && i % 2)
            rc = stock_touch(cache, config,
                             i - (uint32_t)(stock_random(&state) % (i < RECENT ? i : RECENT)));
    }
    return rc;
}

int main(int argc, char **argv)
{
    unsigned long first = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    unsigned long count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    struct scoreboard_slot *slot;
    struct config *config;
    struct cache *cache;
    uint64_t evicted;
    int64_t start_us, end_us;
    double start_cpu_us, end_cpu_us;
    int rc;

    if (count < 1 || count > COUNT_MAX || first > COUNT_MAX) {
        fprintf(stderr, "usage: bench-insert CONF FIRST COUNT\n");
        return 2;
    }
    if (stock_open(argv[1], &config, &cache) != 0)
        return EXIT_FAILURE;
    slot = cache_slot(cache);
    evicted = atomic_load(&slot->counters[COUNT_EVICTIONS]);
    start_cpu_us = cpu_us();
    start_us = clock_boot_us();
    rc = insert_all(cache, config, (uint32_t)first, (uint32_t)count);
    end_us = clock_boot_us();
    end_cpu_us = cpu_us();
    evicted = atomic_load(&slot->counters[COUNT_EVICTIONS]) - evicted;
    stock_close(&config, &cache);
    if (rc) {
        fprintf(stderr, "bench-insert: %s\n", strerror(-rc));
        return EXIT_FAILURE;
    }
    printf("%.1f %.2f %" PRIu64 "\n", (double)count * 1e6 / (double)(end_us - start_us),
           (end_cpu_us - start_cpu_us) / (double)count, evicted);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: MIT
 *
 * bench-idle CONF SECONDS
 *
 * Waits until no worker of the configuration's cache fetches or waits any more. Fails
 * if that takes longer.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cache/cache.h"

#define LOOK_MS 20

int main(int argc, char **argv)
{
    long seconds = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    char error[CONFIG_ERROR_MAX];
    struct cache_census census;
    struct config *config;
    struct cache *cache;
    int64_t until_ms;

    if (seconds < 1) {
        fprintf(stderr, "usage: bench-idle CONF SECONDS\n");
        return 2;
    }
    if (config_load(argv[1], &config, error) != 0 ||
        cache_open(config, CACHE_VISITOR, &cache, error) != 0) {
        fprintf(stderr, "bench-idle: %s\n", error);
        return EXIT_FAILURE;
    }
    until_ms = clock_boot_ms() + seconds * 1000;
    for (;;) {
        cache_census(cache, &census);
        if (census.busy == 0 || clock_boot_ms() >= until_ms)
            break;
        clock_sleep_ms(LOOK_MS);
    }
    cache_close(&cache);
    config_free(&config);
    if (census.busy == 0)
        return EXIT_SUCCESS;
    fprintf(stderr, "bench-idle: %u workers are still busy\n", census.busy);
    return EXIT_FAILURE;
}

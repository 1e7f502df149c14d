/* SPDX-License-Identifier: MIT */
#include "rig/unattended.h"

#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/config.h"
#include "cache/cache.h"
#include "cache/lock_file.h"
#include "rig/files.h"
#include "rig/workers.h"

#define AWAIT_MS 20000

/* Workers look at the first one's place. */
void unattended_begin(struct unattended *u, const struct rig *rig)
{
    int64_t until_ms = clock_boot_ms() + AWAIT_MS;
    char path[FILES_PATH_MAX];

    files_path(path, "%s/locks", rig->state);
    u->locks = lock_file_open(path, 0600);
    cr_assert_geq(u->locks, 0, "%s: %s", path, strerror(-u->locks));
    while (lock_try(u->locks, LOCK_BYTE_KEEPER) != 0) {
        cr_assert_lt(clock_boot_ms(), until_ms, "a keeper stays");
        workers_stop_keepers(rig->state, AWAIT_MS);
    }
    workers_stop_keepers(rig->state, AWAIT_MS);
}

void unattended_end(struct unattended *u)
{
    close(u->locks);
}

uint64_t unattended_count(const struct rig *rig)
{
    char error[CONFIG_ERROR_MAX];
    struct config *config;
    struct cache *cache;
    uint64_t count;

    cr_assert_eq(config_load(rig->conf, &config, error), 0, "%s", error);
    cr_assert_eq(cache_open(config, CACHE_VISITOR, &cache, error), 0, "%s", error);
    cr_assert_eq(cache_queue_length(cache, &count), 0);
    cache_close(&cache);
    config_free(&config);
    return count;
}

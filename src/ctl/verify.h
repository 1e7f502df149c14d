/* SPDX-License-Identifier: MIT
 *
 * The parts of `visage verify`. Private to src/ctl/.
 */
#ifndef VISAGE_CTL_VERIFY_H
#define VISAGE_CTL_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache/cache.h"
#include "ctl/progress.h"
#include "store/store.h"

struct verify {
    struct cache *cache;
    bool repair;
    bool (*stop)(void);      /* verify_store() alone asks; NULL: nobody */
    struct progress progress;
    uint64_t blobs, bytes;   /* checked */
    uint64_t damaged, missing, unreadable, orphans, strangers;
    uint64_t published, lost_paths, unknown_paths;
    uint64_t removed_entries, removed_files;
    uint64_t left;           /* what is wrong and was not repaired */
    uint64_t uploads, upload_bytes; /* versions checked */
    uint64_t uploads_damaged, uploads_missing, uploads_unreadable;
};

/* verify_blobs.c: every blob on record against its file, every file against the records; repairs
 * what it finds. Returns 0 or a negative errno. */
int verify_blobs(struct verify *v);

/* verify_index.c: whether the sum that cache_size is kept by is the sum of all. */
int verify_accounting(struct verify *v);

/* verify_index.c: entries that were purged and take room still; `repair` removes them. */
int verify_purged(struct verify *v);

/* verify_published.c: every path on record against its file below `root` (NULL: nothing is published),
 * every file against the records; repairs what it finds. Returns 0 or a negative errno. */
int verify_published(struct verify *v, const char *root);

/* verify_store.c: every version of every upload on record against its file, at which nothing can be
 * repaired. -EINTR if it was to stop. */
int verify_store(struct verify *v, struct store *store);

/* Prints a line about something, with the bar out of the way. */
void verify_say(struct verify *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

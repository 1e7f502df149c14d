/* SPDX-License-Identifier: MIT
 *
 * What a dry run would have taken, so that an id that comes again counts as in a real one. In memory, and so
 * of not more than some hundred thousand ids.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/import.h"
#include "kv/wire.h"

#define SLOTS ((size_t)1 << 20)
#define MOST (SLOTS / 4 * 3)

struct slot {
    uint64_t subject; /* the beginning of its hash; 0: nobody's */
    uint64_t version;
};

struct import_seen {
    struct slot slots[SLOTS];
    size_t count;
    bool full; /* and more have come */
};

struct import_seen *import_seen_new(void)
{
    return calloc(1, sizeof(struct import_seen));
}

void import_seen_free(struct import_seen **seen)
{
    free(*seen);
    *seen = NULL;
}

static uint64_t beginning(const struct digest *digest)
{
    uint64_t value = wire_get64(digest->bytes);

    return value ? value : 1;
}

/* The subject's, or the free one where it would be; NULL for a subject without a hash. */
static struct slot *slot_of(struct import_seen *seen, const char *subject, uint64_t *hash)
{
    struct digest digest;
    size_t at;

    if (digest_of(subject, strlen(subject), &digest) != 0)
        return NULL;
    *hash = beginning(&digest);
    at = *hash % SLOTS;
    while (seen->slots[at].subject && seen->slots[at].subject != *hash)
        at = (at + 1) % SLOTS;
    return &seen->slots[at];
}

bool import_seen_any(struct import_seen *seen, const char *subject)
{
    uint64_t hash;
    const struct slot *slot = seen ? slot_of(seen, subject, &hash) : NULL;

    return slot && slot->subject;
}

bool import_seen_same(struct import_seen *seen, const char *subject, const struct digest *version)
{
    uint64_t hash;
    const struct slot *slot = slot_of(seen, subject, &hash);

    return slot && slot->version == beginning(version);
}

void import_seen_note(struct import_seen *seen, const char *subject, const struct digest *version)
{
    uint64_t hash;
    struct slot *slot = slot_of(seen, subject, &hash);

    if (!slot)
        return;
    if (!slot->subject && seen->count == MOST) {
        seen->full = true;
        return;
    }
    seen->count += !slot->subject;
    *slot = (struct slot){hash, beginning(version)};
}

uint64_t import_seen_limit(const struct import_seen *seen)
{
    return seen && seen->full ? MOST : 0;
}

/* SPDX-License-Identifier: MIT
 *
 * What names were found to mean, shared by all workers: for a DID the address of its
 * PDS, for a domain that of its avatar server, or why it has none, until a time.
 *
 * Table of run.mdb:
 *   names   SHA-256 of kind and name -> format, cause, when learned, when it expires, text
 */
#ifndef VISAGE_CACHE_NAMES_H
#define VISAGE_CACHE_NAMES_H

#include <stdint.h>

#include "base/cause.h"

struct cache;

#define NAMES_MAX 16384     /* on record; one more takes the place of any other */
#define NAMES_TEXT_MAX 1024 /* room for a meaning, NUL included */

/* Values are stored: never renumber. */
enum name_kind {
    NAME_DID = 1,
    NAME_AVATARS = 2, /* a domain: the address of its avatar server */
};

struct name_meaning {
    enum cause cause;           /* CAUSE_NONE: `text` holds; else why it means nothing */
    char text[NAMES_TEXT_MAX];
    int64_t learned_ms;         /* wall clock */
    int64_t expires_ms;         /* wall clock */
};

/* Returns 0 with *out filled, -ENOENT for what is not on record or has expired, or another negative
 * errno, which a caller may treat like -ENOENT. */
int names_find(struct cache *cache, enum name_kind kind, const char *name, int64_t now_ms,
               struct name_meaning *out);

/* Notes a meaning, in place of one that is there. Trouble is only logged: it must not take pictures
 * away. */
void names_note(struct cache *cache, enum name_kind kind, const char *name,
                const struct name_meaning *meaning);

/* Forgets it. */
void names_forget(struct cache *cache, enum name_kind kind, const char *name);

#endif

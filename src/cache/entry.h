/* SPDX-License-Identifier: MIT
 *
 * The index record: maps the key of a canonical text to a blob and to its times,
 * or remembers a failure for a short while. The text is stored and compared, so
 * that a hash is never believed alone.
 *
 * Format 2, all numbers little-endian:
 *   u8 version, u8 kind, u8 type, u8 flags, u16 cause, u16 text length,
 *   u16 etag length, u16 attempts, u32 width, u32 height, u64 blob length,
 *   u64 sequence, u64 generation, i64 fetched, i64 expires, i64 refresh until,
 *   i64 stale until (ms, wall clock), i64 last modified (s), 32 bytes blob,
 *   32 bytes original, etag, text
 */
#ifndef VISAGE_CACHE_ENTRY_H
#define VISAGE_CACHE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/digest.h"
#include "base/picture.h"

#define ENTRY_TEXT_MAX 4096 /* NUL included */
#define ENTRY_ETAG_MAX 128  /* NUL included */
#define ENTRY_ENCODED_MAX (192 + ENTRY_TEXT_MAX + ENTRY_ETAG_MAX)

/* Values are stored: never renumber. */
enum entry_kind {
    ENTRY_ORIGINAL = 1, /* the bytes as fetched */
    ENTRY_VARIANT = 2,  /* an original rendered */
    ENTRY_NEGATIVE = 3, /* a remembered failure; has no blob */
};

struct entry {
    enum entry_kind kind;
    enum picture_type type;
    enum cause cause;         /* negative entries */
    uint16_t attempts;        /* negative entries: how often it has failed */
    bool alpha;               /* the original has transparency */
    bool bodiless;            /* an original whose blob was dropped: only what is known of it */
    bool said;                /* the times below follow the origin's word, not only the operator's */
    bool dated;               /* last_modified_s is the origin's own word */
    bool labelled;            /* originals: their Content-Type says that they are a picture */
    uint32_t width, height;   /* in pixels; 0 while unknown (originals). Negative entries: the width is
                                 the status that the origin answered with, 0 if there was none */
    uint64_t length;          /* of the blob */
    uint64_t sequence;        /* insertion order; set by the index */
    uint64_t generation;      /* cache_generation() before the origin was asked */
    int64_t fetched_ms;       /* when the original came, wall clock */
    int64_t expires_ms;       /* fresh until */
    int64_t refresh_until_ms; /* stale, but may be served while it is refreshed, until */
    int64_t stale_until_ms;   /* may stand in for a failing origin until */
    int64_t last_modified_s;  /* by the origin, else when it was fetched */
    struct digest blob;
    struct digest original;   /* variants: the digest of what they were rendered from */
    char etag[ENTRY_ETAG_MAX]; /* the origin's; originals only */
    char text[ENTRY_TEXT_MAX]; /* canonical text */
};

/* Returns the encoded length, at most ENTRY_ENCODED_MAX. */
size_t entry_encode(const struct entry *e, unsigned char out[ENTRY_ENCODED_MAX]);

/* False if the bytes are not a whole, sane record of this format. */
bool entry_decode(const void *bytes, size_t length, struct entry *out);

/* Whose entry a canonical text (or a failure's, "!" and a text) names: the lengths of
 * "source/id" and of "source" from *subject on. False for texts of nobody's. */
bool entry_subject(const char *text, const char **subject, size_t *subject_length,
                   size_t *source_length);

#endif

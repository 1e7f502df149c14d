/* SPDX-License-Identifier: MIT
 *
 * How the scoreboard lies in its file. Private to scoreboard.c, recency.c and
 * history.c.
 */
#ifndef VISAGE_CACHE_SCOREBOARD_LAYOUT_H
#define VISAGE_CACHE_SCOREBOARD_LAYOUT_H

#include "cache/scoreboard.h"

#define RECENCY_USED 0x80u
#define RECENCY_COUNT 0x7fu

#define SAMPLE_WORDS (sizeof(struct scoreboard_sample) / sizeof(uint64_t))

struct scoreboard_header {
    _Atomic uint32_t magic; /* written last by whoever creates the file */
    uint32_t version;
    uint32_t slot_size;
    uint32_t slots;
    uint32_t recency;
    uint32_t sample_size;
    uint32_t minutes;
    _Atomic uint32_t keeper_failed; /* 1: the last one that was to be started could not be */
    _Atomic uint32_t departures;    /* a futex; raised when a worker is busy no more */
    _Atomic uint32_t compared;      /* 1: the index has been compared with the store of uploads */
    _Atomic int64_t last_minute;    /* whose sample somebody has taken or is taking; 0: none */
    _Atomic int64_t keeper_started; /* boot clock; 0: never */
    _Atomic int64_t blobs_swept;    /* boot clock; when a round through blobs/ ended; 0: never */
    _Atomic int64_t buckets_searched; /* boot clock; for what is of no use; 0: never */
    _Atomic uint64_t collected;     /* generation up to which what was purged is removed */
};

/* On cache lines of its own: its worker writes to it all the time. */
struct scoreboard_place {
    _Alignas(64) struct scoreboard_slot slot;
};

/* One minute's sample. Whoever writes it makes `sequence` odd first and even again at the end. */
struct history_place {
    _Atomic uint64_t sequence; /* 0: never written */
    _Atomic int64_t minute;    /* since 1970 */
    _Atomic uint64_t words[SAMPLE_WORDS];
    _Atomic uint64_t check;    /* over minute and words */
};

struct scoreboard_layout {
    struct scoreboard_header header;
    struct scoreboard_place places[SCOREBOARD_SLOTS];
    struct history_place history[SCOREBOARD_MINUTES];
    _Atomic uint8_t recency[SCOREBOARD_RECENCY];
};

struct scoreboard {
    struct scoreboard_layout *map;
    uint64_t random;                     /* recency.c: this process's generator */
    uint32_t chances[RECENCY_COUNT + 1]; /* recency.c: of a step up from each count */
};

/* Fills in what recency.c keeps in each process. */
void recency_prepare(struct scoreboard *board);

#endif

/* SPDX-License-Identifier: MIT
 *
 * `visage import`: pictures that come from elsewhere, one after the other, each judged like an upload.
 * Those for the store of this machine are committed by the hundred. Private to it.
 */
#ifndef VISAGE_CTL_IMPORT_H
#define VISAGE_CTL_IMPORT_H

#include <stdio.h>

#include "ctl/progress.h"
#include "ctl/uploads.h"
#include "origin/object_list.h"

#define IMPORT_PLACE_MAX 12800 /* a name and an id, each as a terminal can show it */

/* Where a picture comes from, for messages. */
struct import_place {
    const char *name; /* of a file or an object */
    uint64_t row;     /* 0: all of it */
    const char *id;   /* NULL: the name tells */
};

/* Pictures that have been judged, and are to be committed together. */
#define IMPORT_BATCH 128u

struct import_waiting {
    struct store_upload in;
    struct store_picture picture;
    char *subject;
    char *place; /* for messages */
};

struct import_batch {
    struct import_waiting list[IMPORT_BATCH];
    size_t count;
    uint64_t bytes;
    int64_t since_ms; /* the first one; of the boot clock */
};

struct import_seen;

struct import {
    struct uploads *uploads;
    bool dry;
    struct import_seen *seen; /* in a dry run */
    bool replace; /* another picture that is there already, too */
    struct progress progress;
    uint64_t taken, there, refused, without;
    bool failed; /* the store, or the bucket that the pictures go to: nothing can go on; was told */
    struct object_list *list; /* of that bucket; NULL if they stay on this machine */
    struct import_batch batch;

    /* The picture at hand. */
    struct import_place place;
    bool begun;
    struct store_upload in;
    const char *reason; /* why it is refused; NULL: nothing is wrong yet */
    bool skipped;       /* there is one, which stays */
    bool none;          /* there is no picture where one could be */
    bool waits;         /* for others that it is committed with, or was */
    int64_t changed_ms; /* wall clock: since when it has been what it is; 0: not known */
    struct picture_request picture; /* whose it is */
    char subject[PICTURE_CANONICAL_MAX];
};

/* The next picture, of this id; i->place says where it is. */
void import_begin(struct import *i, const char *id);

/* Whether its bytes are still of interest. */
bool import_wants(const struct import *i);

/* Some of its bytes; kept only while they are wanted. */
void import_add(struct import *i, const void *bytes, size_t length);

/* All that came of it so far is forgotten: it comes again. */
void import_drop(struct import *i);

/* The picture has this length and MD5, which may be "" for unknown: if there is one like that
 * already, it need not come. */
void import_compare(struct import *i, uint64_t length, const char *md5);

/* It will not be taken, for this reason; the first one counts. */
void import_refuse(struct import *i, const char *reason);

/* Ends it: takes it, or tells why not. */
void import_end(struct import *i);

/* Where the picture at hand comes from: "rows.csv, row 2 (anna)". Returns `out`. */
const char *import_place(const struct import *i, char out[IMPORT_PLACE_MAX]);

/* True when nothing more is to be begun: an interrupt, or trouble with the store. */
bool import_must_stop(const struct import *i);

/* Tells at the first call that the store could not do it; nothing can go on then. */
void import_fail(struct import *i, const char *place, int rc);

/* So many more are done with. */
void import_progress(struct import *i, uint64_t more);

/* ---- committing ---- */

/* The picture at hand waits for others, and all are committed when they are enough. Those that are
 * counted are on disk. */
void import_wait(struct import *i, const struct store_picture *picture);

/* Commits those that wait. To be called at the end in any case. */
void import_commit(struct import *i);

/* For how long whoever waits for input may do so until import_commit() is due; -1: for ever. */
int64_t import_wait_ms(const struct import *i);

bool import_is_waiting(const struct import *i, const char *subject);

/* ---- in a dry run ---- */

/* What would have been taken so far. NULL without memory. */
struct import_seen *import_seen_new(void);
void import_seen_free(struct import_seen **seen);

/* The subject's would be these bytes now. */
void import_seen_note(struct import_seen *seen, const char *subject, const struct digest *version);

/* Whether there would be one; NULL has none. And whether it would be the one with these bytes. */
bool import_seen_any(struct import_seen *seen, const char *subject);
bool import_seen_same(struct import_seen *seen, const char *subject, const struct digest *version);

/* How many are remembered, if more have come; else 0. */
uint64_t import_seen_limit(const struct import_seen *seen);

/* ---- where from ---- */

/* Each goes through all there is, and returns CTL_OK, or CTL_FAILED after a message if it cannot be
 * read. `fd` stays open; with `header` the first row is none. */
int import_csv(struct import *i, int fd, const char *name, bool header);
int import_tree(struct import *i, const char *directory);
int import_bucket(struct import *i, const struct config_source *from);

#endif

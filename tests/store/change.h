/* SPDX-License-Identifier: MIT
 *
 * Changes to a store as lines of text: "put SUBJECT SEED LENGTH KEEP", "delete SUBJECT", "restore
 * SUBJECT SEED LENGTH", and what befalls one: "damage SUBJECT SEED LENGTH". A "put" whose line ends with
 * " &" is made together with the next one. Whoever makes one says "begin LINE" before and "done LINE",
 * "none LINE" or "failed LINE" after it. From what was said follows what a store must hold, whatever happened to
 * whoever said it. Nothing here needs a test library: the programs that are killed use it, too.
 */
#ifndef VISAGE_TESTS_STORE_CHANGE_H
#define VISAGE_TESTS_STORE_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "store/store.h"

#define CHANGE_LINE 96
#define CHANGE_SUBJECTS 64
#define CHANGE_VERSIONS 4
#define CHANGE_OUTCOMES 32
#define CHANGE_WHY 256

/* Makes the change. Returns 0 or a negative errno: -ENOENT if there was nothing to delete or
 * restore, as it may be when it was made already by somebody who did not live to say so. */
int change_make(struct store *store, const char *line);

/* Makes those that are made together, at most CHANGE_TOGETHER, or one. */
#define CHANGE_TOGETHER 8
void change_make_all(struct store *store, const char *const *lines, size_t count,
                     int rcs[CHANGE_TOGETHER]);

/* Whether it is made together with the next one. */
bool change_has_next(const char *line);

/* A picture of the tests is known by these. */
struct change_picture {
    unsigned seed, length;
};

struct change_versions {
    unsigned count; /* 0: nobody's */
    struct change_picture list[CHANGE_VERSIONS]; /* the current one first */
};

struct change_subject {
    char name[32];
    struct change_versions outcomes[CHANGE_OUTCOMES]; /* one of these */
    unsigned count;
    struct change_versions before[CHANGE_OUTCOMES];   /* of the change that has begun, if any */
    unsigned before_count;
    bool begun;
};

struct change_expected {
    unsigned acknowledged; /* changes */
    unsigned count, loose_count;
    /* Uploads that were not acknowledged, whose files may be there until somebody sweeps. */
    struct change_picture loose[CHANGE_SUBJECTS];
    struct change_subject subjects[CHANGE_SUBJECTS];
    struct change_picture damaged; /* may be read with other bytes, until it is uploaded again */
    bool any_damaged;
};

/* What to say when change_make() returned this. */
const char *change_outcome(int rc);

/* Takes note of "begin LINE", "done LINE", "none LINE", "failed LINE", or "killed": whoever has
 * begun something will not say how it ended. Returns false for a line that says nothing of the
 * kind. */
bool change_note(struct change_expected *e, const char *said);

/* Whether the store holds that and nothing else: each subject one of its outcomes, all versions
 * byte for byte; files of nobody's only if they are loose, and after store_sweep(), which this
 * calls, none. If not, *why says so. */
bool change_check(const struct change_expected *e, struct store *store, const char *directory,
                  char why[CHANGE_WHY]);

#endif

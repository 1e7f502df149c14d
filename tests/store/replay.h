/* SPDX-License-Identifier: MIT
 *
 * Runs the recorded program, and opens the store as any moment of the record would have left it.
 */
#ifndef VISAGE_TESTS_STORE_REPLAY_H
#define VISAGE_TESTS_STORE_REPLAY_H

#include <limits.h>

#include "store/change.h"
#include "store/disk.h"

struct replay_place {
    char top[64];    /* a directory of the test's own, in memory if there is one */
    char root[80];   /* what is recorded: the store is root/state/store */
    char record[80];
    char disk[80];   /* where images are put */
};

void replay_place_make(struct replay_place *p);
void replay_place_remove(struct replay_place *p);

/* Away with what was recorded and what came of it. */
void replay_place_empty(struct replay_place *p);

/* How to run the program: `name` and `value` of a variable, or NULL, and which changes it makes. */
struct replay_run {
    const char *variable;
    unsigned long step;
    const char *error, *only; /* RECORD_ERRNO, RECORD_ONLY, or NULL */
    unsigned first, count;
    bool strange; /* on a file system that is none that is known */
};

/* Returns its wait status. */
int replay_run(const struct replay_place *p, const struct replay_run *run);

/* A record as it is read. */
struct replay {
    const struct replay_place *place;
    unsigned char *bytes;
    size_t length, at;
    struct disk *disk;
    struct change_expected expected;
    unsigned done, failed; /* changes */
    unsigned failures;     /* the same, those that are made together counted once */
    bool failed_together;
    unsigned faults;
    char why[CHANGE_WHY];
};

/* Reads what is on record by now. */
void replay_open(struct replay *r, const struct replay_place *place, enum disk_blind blind);
void replay_close(struct replay *r);

/* Does the next thing on record. Returns whether there was one; fails the test if it is one that
 * the model knows nothing of. */
bool replay_step(struct replay *r);

/* Whoever is recorded has been killed at this point. */
void replay_killed(struct replay *r);

/* Whether the store can be opened as the loss leaves it, and holds what it must; else r->why.
 * What has been looked at in this test is not looked at again. */
bool replay_check(struct replay *r, enum disk_loss loss, uint32_t *random);

/* How many different states have been looked at. */
size_t replay_states(void);

#endif

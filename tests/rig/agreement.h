/* SPDX-License-Identifier: MIT
 *
 * Whether a state directory is whole: every blob on record is there with its length
 * and digest, every file there is on record, the sums are right, nothing temporary is
 * left.
 */
#ifndef VISAGE_TESTS_RIG_AGREEMENT_H
#define VISAGE_TESTS_RIG_AGREEMENT_H

#include <stdint.h>

struct agreement {
    uint64_t entries;        /* pictures on record */
    uint64_t blobs;          /* on record */
    uint64_t recorded_bytes; /* of disk, by the blobs' lengths and the entries' number */
    uint64_t counted_bytes;  /* of disk, by the running total */
    uint64_t limit;
    unsigned missing;   /* on record, but no file */
    unsigned damaged;   /* of another length or digest */
    unsigned strangers; /* files that are not on record */
    unsigned temporary;
};

/* Looks at the state that this configuration names; no worker may be writing. Ends the test
 * if it cannot be opened. */
void agreement_look(const char *conf, struct agreement *out);

/* The same, and all of it must be well. */
void agreement_assert(const char *conf);

#endif

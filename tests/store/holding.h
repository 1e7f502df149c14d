/* SPDX-License-Identifier: MIT
 *
 * What a store holds, read back.
 */
#ifndef VISAGE_TESTS_STORE_HOLDING_H
#define VISAGE_TESTS_STORE_HOLDING_H

#include "store/change.h"

#define HOLDING_FILES 256

struct holding {
    struct digest versions[CHANGE_VERSIONS];
    unsigned count;
};

struct holding_files {
    struct digest used[HOLDING_FILES]; /* by a version of somebody's */
    unsigned used_count;
    struct digest files[HOLDING_FILES]; /* in blobs/ */
    unsigned count;
    unsigned temporary;                 /* in tmp/ */
    struct digest damaged;              /* this one may have other bytes */
    bool any_damaged;
};

/* The bytes of a picture, made from its seed; the caller's to free. NULL without memory. */
char *holding_bytes(struct change_picture p);

/* Returns 0 or -ENOMEM, -EIO. */
int holding_digest(struct change_picture p, struct digest *out);

/* Reads the subject's versions and the bytes of each, and adds them to files->used. If one cannot
 * be read, or its bytes are others, returns false, and *why says so. */
bool holding_read(struct store *store, const char *subject, struct holding *out,
                  struct holding_files *files, char why[CHANGE_WHY]);

/* Lists the files below the store's directory. */
bool holding_list_files(const char *directory, struct holding_files *files, char why[CHANGE_WHY]);

bool holding_has_file(const struct holding_files *files, const struct digest *digest);
bool holding_is_used(const struct holding_files *files, const struct digest *digest);

#endif

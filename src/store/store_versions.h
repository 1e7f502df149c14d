/* SPDX-License-Identifier: MIT
 *
 * What one change does to a subject's versions and to who uses which blob, within its write
 * transaction. Private to src/store.
 */
#ifndef VISAGE_STORE_VERSIONS_H
#define VISAGE_STORE_VERSIONS_H

#include "store/store_private.h"

struct change {
    struct store *store;
    struct digest key;
    const char *subject;
    const struct store_condition *condition;
    struct store_removed removed;
    struct store_totals totals;

    struct store_picture *picture; /* commit */
    struct store_upload *upload;
    struct store_picture current;  /* is there before */
    bool there;
    int verdict;                   /* why it alone is not made; within the transaction */
    int rc;                        /* -EAGAIN: it is to be made still */
    uint32_t keep;
    const char *digits;            /* of an earlier version: restore */
    int64_t now_ms;
};

/* Each returns 0 or a negative errno, after which the transaction is given up. */

/* Begins, and ends with the totals and what is owed. */
int versions_start(struct kv_txn *txn, struct change *c);
int versions_finish(struct kv_txn *txn, struct change *c);

/* -ECANCELED if c->condition does not hold. */
int versions_check_condition(const struct change *c, bool there,
                             const struct store_picture *current);

/* The subject's current picture. -ENOENT, or -EEXIST: another subject has the same hash, which nobody
 * has ever seen. */
int versions_read_current(struct kv_txn *txn, const struct change *c, struct store_picture *out);

/* The one earlier version that fits c->digits: -ENOENT, or -ENOTUNIQ for several. */
int versions_find_earlier(struct kv_txn *txn, const struct change *c, struct store_picture *out);

/* c->picture becomes the current one: in the place of an earlier version of the same bytes, or
 * whatever it is. `current` is what was there, or NULL. c->picture's date becomes a later second. */
int versions_move_up(struct kv_txn *txn, struct change *c, const struct store_picture *current,
                     const struct store_picture *earlier);
int versions_put_current(struct kv_txn *txn, struct change *c, const struct store_picture *current);

/* Takes away the oldest earlier version (-ENOENT: there is none), as many of them as are above
 * c->keep (-EINVAL: 0), or the current one. */
int versions_drop_oldest(struct kv_txn *txn, struct change *c);
int versions_trim(struct kv_txn *txn, struct change *c);
int versions_drop_current(struct kv_txn *txn, struct change *c,
                          const struct store_picture *current);

#endif

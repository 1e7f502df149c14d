/* SPDX-License-Identifier: MIT
 *
 * Objects in the bucket of a source of type s3, or of one whose uploads are kept in a bucket: from
 * key to id, and the URLs that list them (ListObjectsV2 of the Amazon S3 API). Pure.
 */
#ifndef VISAGE_ORIGIN_OBJECT_H
#define VISAGE_ORIGIN_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/config.h"

#define OBJECT_KEY_MAX 1024 /* bytes, NUL not counted: no store has longer ones */

/* Which part of a list is wanted. */
struct object_query {
    const char *key;   /* keys that begin so; NULL: as those of all ids do */
    const char *token; /* of the page before; NULL: the first page */
    unsigned most;     /* objects in one page */
};

/* Appends the URL. Its query is in the order and coding that signatures want. Returns 0, -ENOMEM, or
 * -ENAMETOOLONG for what no key is. */
int object_list_url(const struct config_source *source, const struct object_query *query,
                    struct buffer *out);

/* Appends the id's key. Returns 0 or -ENOMEM. */
int object_key(const struct config_source *source, const char *id, struct buffer *out);

/* The other way: where the id stands in a key of the source, and how long it is. NULL for a key of
 * something else. */
const char *object_id(const struct config_source *source, const char *key, size_t *length);

/* Whether keys end with the id, so that the name of a picture may bring an extension of its own. */
bool object_id_is_last(const struct config_source *source);

#endif

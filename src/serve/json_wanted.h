/* SPDX-License-Identifier: MIT
 *
 * Reads which pictures an application wants to know about:
 *
 *   {"source": "users", "ids": ["1", "2"]}
 *   {"source": "users", "ids": {"1": "5b83153ca95aab1b", "2": null}}
 *
 * The latter says which version of each it has already, or that it knows of none. Pure.
 */
#ifndef VISAGE_SERVE_JSON_WANTED_H
#define VISAGE_SERVE_JSON_WANTED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define WANTED_IDS_MAX 1000

/* Zeroed: nothing. */
struct wanted {
    struct buffer source;
    struct buffer ids;   /* each followed by a NUL, in the order of the document, and each once */
    size_t count;
    bool has_known;      /* it was said what is known already */
    struct buffer known; /* then a version for each, "" for none, followed by a NUL */
};

/* Reads the two members, in either order, each once, and nothing else. Returns 0 with *out; -EINVAL
 * for anything else, for a text with a NUL in it, a version that is none, and an id that is a member's
 * name twice; -E2BIG for more than WANTED_IDS_MAX ids, or one of more than PICTURE_ID_MAX bytes; or
 * -ENOMEM. *out, zeroed before, is to be freed in all cases. */
int wanted_read(const char *json, size_t length, struct wanted *out);

void wanted_free(struct wanted *wanted);

#endif

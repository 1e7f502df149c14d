/* SPDX-License-Identifier: MIT
 *
 * What there is in the bucket of a source (origin/object.h), and its bytes, for commands that go through
 * all of it. With the retries, breakers and slots of any origin.
 */
#ifndef VISAGE_SERVE_BUCKET_LIST_H
#define VISAGE_SERVE_BUCKET_LIST_H

#include "origin/fetch.h"
#include "origin/object.h"
#include "origin/object_list.h"
#include "serve/server.h"

/* Where the bytes of an object go. */
struct bucket_sink {
    int (*begin)(void *context); /* before each try, as all that came before it is to be forgotten */
    fetch_sink *add;
    void *context;
};

/* The objects that are asked for, in the order of their keys' bytes. Returns CAUSE_NONE with *out
 * readable, or why there is no answer: CAUSE_ORIGIN_BAD_STATUS for one that is no list. */
enum cause bucket_list(struct server *server, const struct config_source *source,
                       const struct object_query *query, struct object_list *out);

/* The object of one id: CAUSE_NONE with *out, whose key is in `list`; CAUSE_ORIGIN_NOT_FOUND, or as the
 * above. */
enum cause bucket_find(struct server *server, const struct config_source *source, const char *id,
                       struct object_list *list, struct object *out);

/* Its bytes. A sink that has enough says -ECANCELED; then it is CAUSE_INTERNAL. */
enum cause bucket_get(struct server *server, const struct config_source *source, const char *id,
                      const struct bucket_sink *sink);

#endif

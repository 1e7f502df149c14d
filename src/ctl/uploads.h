/* SPDX-License-Identifier: MIT
 *
 * What the commands about uploads share: a source of type store, its ids, and what there is of it on
 * this machine or in a bucket.
 */
#ifndef VISAGE_CTL_UPLOADS_H
#define VISAGE_CTL_UPLOADS_H

#include "cache/cache.h"
#include "ctl/ctl.h"
#include "route/route.h"
#include "serve/server.h"
#include "store/store.h"

struct uploads {
    const struct command *command;
    struct config *config;
    const struct config_source *source;
    struct router *router;
    struct cache *cache; /* NULL unless it was asked for */
    struct store *store; /* has nothing but what passes through where the uploads are in a bucket */
    bool served;         /* the two are the server's: */
    struct server server;
};

/* Loads the configuration that `path` (of -c, or NULL) names, finds the source and becomes the store's
 * owner. Returns CTL_OK, or CTL_FAILED after a message; close it either way. */
int uploads_load(struct uploads *u, const struct command *command, const char *path,
                 const char *source);

/* The two halves of that, for what is to be done in between: once the source is known, and as who has
 * called. */
int uploads_find(struct uploads *u, const struct command *command, const char *path,
                 const char *source);
int uploads_become_owner(struct uploads *u);

/* Opens the store, and the cache `with` it; or all of a server, for a source in a bucket. Returns as the
 * above. */
int uploads_open(struct uploads *u, bool with_cache);

/* Opens all of a server, as pictures have to be judged, or a bucket to be asked. Returns as the
 * above. */
int uploads_open_server(struct uploads *u);

void uploads_close(struct uploads *u);

/* The picture of an id, if any worker would take it: returns true with its source and id in *out. */
bool uploads_picture(const struct uploads *u, const char *id, struct picture_request *out);

/* The same with "source/id" in `out`. */
bool uploads_subject(const struct uploads *u, const char *id, char out[PICTURE_CANONICAL_MAX]);

/* The same; returns CTL_OK, or CTL_FAILED after a message. */
int uploads_need_subject(const struct uploads *u, const char *id, char out[PICTURE_CANONICAL_MAX]);

/* The id in the subject of a picture in the store; NULL if it is of another source. */
const char *uploads_id(const struct uploads *u, const char *subject);

/* Whether they are in a bucket. */
bool uploads_are_remote(const struct uploads *u);

/* Sees to it that what is to be unlinked of the subject (NULL: of everybody) is gone from disk. While a
 * backup is completed it waits for that, for a while, and says so. Returns CTL_OK, or CTL_FAILED after
 * a message. */
int uploads_settle(const struct uploads *u, const char *subject);

/* Says that the store could not do it. Returns CTL_FAILED. */
int uploads_fail(const struct uploads *u, int rc);

/* The same of the bucket of a source, theirs or another one. */
int uploads_fail_cause(const struct uploads *u, const struct config_source *source,
                       enum cause cause);

/* What is wrong with a bucket, with what the texts for visitors leave open. */
const char *uploads_trouble(enum cause cause);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Rigs whose uploads are kept in a bucket. The source "users" takes them at /users/{id}, which
 * also shows the pictures; /there/{id} says whether there is one, /size/{id} how large. "objects" has what something
 * else puts into the same bucket as objects/{id}.jpg. Who uploads has the key of a program.
 */
#ifndef VISAGE_TESTS_RIG_BUCKET_H
#define VISAGE_TESTS_RIG_BUCKET_H

#include "rig/rig.h"

struct bucket_options {
    const char *endpoint; /* may have @ORIGIN@ */
    const char *bucket;
    const char *access_key, *secret_key;
    const char *ttl;      /* "1h" by default; see bucket_pass() */
    const char *timeout;  /* of an upload into it; "30s" by default */
    const char *fetch;    /* as in struct rig_options; 30 s by default */
    const char *top;
    unsigned workers;
    enum rig_kind kind;
};

#define BUCKET_API_KEY "a-program-of-the-site"

void bucket_open(struct rig *rig, const struct bucket_options *options);

/* PUTs bytes as the id's picture, or with "DELETE" deletes it. `condition` is a header field or
 * NULL. Returns the status. */
int bucket_send(struct rig *rig, const char *method, const char *id, const void *bytes,
                size_t length, const char *condition);

/* The same with a picture that a seed makes: a JPEG, as bucket_picture() has it. */
int bucket_put(struct rig *rig, const char *id, unsigned seed);
int bucket_delete(struct rig *rig, const char *id);

/* Appends the picture's bytes. */
void bucket_picture(unsigned seed, struct buffer *out);

/* GETs what is drawn of it, in one size. Returns the status. */
int bucket_get(struct rig *rig, const char *id);

/* What is known of the bucket has been so for longer than an hour. */
void bucket_pass(struct rig *rig);

/* The version in the answer to an upload, static. */
const char *bucket_version(const struct rig *rig);

/* Files that uploads have left where they pass through. */
unsigned bucket_left(const struct rig *rig);

#endif

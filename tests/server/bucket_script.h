/* SPDX-License-Identifier: MIT
 *
 * What the tests of uploads into a bucket share whose store does what a script says: what it is asked,
 * and what becomes of uploads where it fails. What a real one says to all this is in test_bucket.c.
 */
#ifndef VISAGE_TESTS_SERVER_BUCKET_SCRIPT_H
#define VISAGE_TESTS_SERVER_BUCKET_SCRIPT_H

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/digest.h"
#include "rig/bucket.h"
#include "rig/scripted.h"

/* What a store says of the object that is there. */
#define HEAD_OF_OLD "200 'ETag: \"tag\"'"

static struct rig rig;
static unsigned asked_before;

/* What the store says from now on of the object that most tests are about. */
static inline void script(const char *steps)
{
    scripted_set(&rig, "users/anna", steps);
    asked_before = scripted_asked(&rig, "users/anna");
}

/* How often it was asked since. */
static inline unsigned asked(void)
{
    return scripted_asked(&rig, "users/anna") - asked_before;
}

/* The bucket "script": its objects are scripts' names. */
static inline void open_for(const char *timeout, const char *fetch)
{
    bucket_open(&rig, &(struct bucket_options){.endpoint = "@ORIGIN@",
                                               .bucket = "script",
                                               .access_key = "access",
                                               .secret_key = "secret",
                                               .workers = 1,
                                               .timeout = timeout,
                                               .fetch = fetch});
}

static inline void open_with(const char *fetch)
{
    open_for(NULL, fetch);
}

static inline void add_picture(const char *name, unsigned seed)
{
    struct buffer picture = {0};

    bucket_picture(seed, &picture);
    cr_assert_eq(origin_add_picture(rig.origin, name, picture.data, picture.length, "image/jpeg"),
                 0);
    buffer_free(&picture);
}

static inline void digest_of_picture(unsigned seed, char hex[DIGEST_HEX_SIZE])
{
    struct buffer picture = {0};
    struct digest digest;

    bucket_picture(seed, &picture);
    cr_assert_eq(digest_of(picture.data, picture.length, &digest), 0);
    digest_to_hex(&digest, hex);
    buffer_free(&picture);
}
#endif

/* SPDX-License-Identifier: MIT
 *
 * A store for a test, and short ways to fill it.
 */
#ifndef VISAGE_TESTS_STORE_FIXTURE_H
#define VISAGE_TESTS_STORE_FIXTURE_H

#include <limits.h>

#include "store/store.h"

struct store_fixture {
    char top[PATH_MAX / 2];       /* a directory of the test's own */
    char directory[PATH_MAX / 2 + 8]; /* the store's in it */
    struct store *store;
};

/* Makes an empty store and opens it. */
void store_fixture_open(struct store_fixture *f);

/* Closes it and opens it again. */
void store_fixture_reopen(struct store_fixture *f);

/* Closes and removes it; and removes any directory. */
void store_fixture_close(struct store_fixture *f);
void store_fixture_remove(const char *directory);

/* Uploads `length` bytes made from `seed`, to be committed. */
void store_fixture_upload(struct store *store, unsigned seed, size_t length,
                          struct store_upload *u, struct store_picture *p);

/* Uploads `length` bytes made from `seed`. Returns what store_commit() did. */
int store_fixture_put(struct store *store, const char *subject, unsigned seed, size_t length,
                      uint32_t keep, const struct store_condition *condition);

/* The digest of such bytes. */
struct digest store_fixture_digest(unsigned seed, size_t length);

/* Whether the subject's current picture is these bytes, as they are read back. */
bool store_fixture_has(struct store *store, const char *subject, unsigned seed, size_t length);

/* Files below directory/name. */
unsigned store_fixture_files(const struct store_fixture *f, const char *name);

/* As at the end of a backup: nothing is unlinked until the descriptor is closed. */
int store_fixture_hold(const struct store_fixture *f);

#endif

/* SPDX-License-Identifier: MIT
 *
 * What the tests of a store share: one that is empty at the start of each, and short ways to fill it, look at
 * it and damage it.
 */
#ifndef VISAGE_TESTS_STORE_SUITE_H
#define VISAGE_TESTS_STORE_SUITE_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "store/fixture.h"

static struct store_fixture f;

static inline void set_up(void)
{
    store_fixture_open(&f);
}

static inline void tear_down(void)
{
    store_fixture_close(&f);
}

#define STORE_SUITE(name) TestSuite(name, .init = set_up, .fini = tear_down, .timeout = 120)

static inline int put(const char *subject, unsigned seed)
{
    return store_fixture_put(f.store, subject, seed, 500, 1, NULL);
}

static inline bool has(const char *subject, unsigned seed)
{
    return store_fixture_has(f.store, subject, seed, 500);
}

static inline struct store_stats stats(void)
{
    struct store_stats out;

    cr_assert_eq(store_stats(f.store, &out), 0);
    return out;
}

static inline void blob_path(unsigned seed, char out[PATH_MAX])
{
    struct digest digest = store_fixture_digest(seed, 500);
    char hex[DIGEST_HEX_SIZE];

    digest_to_hex(&digest, hex);
    snprintf(out, PATH_MAX, "%s/blobs/%.2s/%s", f.directory, hex, hex + 2);
}

static inline void damage(unsigned seed, const char *bytes, bool cut)
{
    char path[PATH_MAX];
    int fd;

    blob_path(seed, path);
    fd = open(path, O_WRONLY | (cut ? O_TRUNC : 0));
    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    close(fd);
}

#endif

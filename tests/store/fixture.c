/* SPDX-License-Identifier: MIT */
#include "store/fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void open_store(struct store_fixture *f)
{
    char error[CONFIG_ERROR_MAX];

    cr_assert_eq(store_open(f->directory, &f->store, error), 0, "%s", error);
}

void store_fixture_open(struct store_fixture *f)
{
    const char *base = getenv("TMPDIR");

    snprintf(f->top, sizeof f->top, "%s/visage-store-XXXXXX", base ? base : "/tmp");
    cr_assert_not_null(mkdtemp(f->top));
    snprintf(f->directory, sizeof f->directory, "%s/store", f->top);
    open_store(f);
}

void store_fixture_reopen(struct store_fixture *f)
{
    store_close(&f->store);
    open_store(f);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void store_fixture_remove(const char *directory)
{
    nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void store_fixture_close(struct store_fixture *f)
{
    store_close(&f->store);
    store_fixture_remove(f->top);
}

static char *make_bytes(unsigned seed, size_t length)
{
    char *bytes = malloc(length + 1);

    cr_assert_not_null(bytes);
    for (size_t i = 0; i < length; i++) {
        seed = seed * 1103515245u + 12345u;
        bytes[i] = (char)(seed >> 16);
    }
    return bytes;
}

void store_fixture_upload(struct store *store, unsigned seed, size_t length,
                          struct store_upload *u, struct store_picture *p)
{
    char *bytes = make_bytes(seed, length);
    int rc = store_upload_begin(store, u);

    *p = (struct store_picture){.type = PICTURE_PNG,
                                .width = 1,
                                .height = 2,
                                .length = length,
                                .uploaded_ms = 1000 + (int64_t)seed};
    cr_assert_eq(rc, 0, "%s", strerror(-rc));
    for (size_t done = 0; !rc && done < length; done += 1000)
        rc = store_upload_add(u, bytes + done, length - done < 1000 ? length - done : 1000);
    free(bytes);
    cr_assert_eq(rc, 0, "%s", strerror(-rc));
    cr_assert_eq(store_upload_finish(u, &p->digest), 0);
}

int store_fixture_put(struct store *store, const char *subject, unsigned seed, size_t length,
                      uint32_t keep, const struct store_condition *condition)
{
    struct store_upload u;
    struct store_picture p;

    store_fixture_upload(store, seed, length, &u, &p);
    return store_commit(&u, subject, &p, keep, condition, NULL);
}

struct digest store_fixture_digest(unsigned seed, size_t length)
{
    char *bytes = make_bytes(seed, length);
    struct digest digest;

    cr_assert_eq(digest_of(bytes, length, &digest), 0);
    free(bytes);
    return digest;
}

bool store_fixture_has(struct store *store, const char *subject, unsigned seed, size_t length)
{
    struct digest wanted = store_fixture_digest(seed, length);
    char *bytes = make_bytes(seed, length), *found = malloc(length + 1);
    struct store_picture p;
    bool has = store_find(store, subject, &p) == 0 && digest_equal(&p.digest, &wanted);
    int fd = has ? store_open_blob(store, &p.digest) : -1;

    cr_assert_not_null(found);
    has = fd >= 0 && read(fd, found, length + 1) == (ssize_t)length &&
          memcmp(found, bytes, length) == 0;
    if (fd >= 0)
        close(fd);
    free(bytes);
    free(found);
    return has;
}

static unsigned found_files;

static int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)path;
    (void)st;
    (void)ftw;
    found_files += type == FTW_F;
    return 0;
}

unsigned store_fixture_files(const struct store_fixture *f, const char *name)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/%s", f->directory, name);
    found_files = 0;
    nftw(path, count_one, 16, FTW_PHYS);
    return found_files;
}

int store_fixture_hold(const struct store_fixture *f)
{
    char path[PATH_MAX];
    int fd;

    snprintf(path, sizeof path, "%s/blobs", f->directory);
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert_geq(fd, 0);
    cr_assert_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
    return fd;
}

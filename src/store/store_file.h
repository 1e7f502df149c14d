/* SPDX-License-Identifier: MIT
 *
 * The store's files: uploads in tmp/ and blobs, each step synced. Private to src/store.
 */
#ifndef VISAGE_STORE_FILE_H
#define VISAGE_STORE_FILE_H

#include "store/store.h"

struct store_directories {
    int blobs_fd;
    int tmp_fd;
    bool found[256]; /* blobs/ab that this process has seen */
    bool named[256]; /* those whose names it has synced */
};

/* Opens or creates `directory` with blobs/ and tmp/, and syncs its own name; the names in it are
 * the caller's to sync. Returns 0 or a negative errno; *what then names the one that is at fault. */
int store_directories_open(const char *directory, struct store_directories *out, const char **what);
/* The same of a directory that is there, blobs/ alone. */
int store_directories_look(const char *directory, struct store_directories *out);

/* Syncs the names in the directory. Returns 0 or a negative errno. */
int store_directory_sync(const char *directory);

void store_directories_close(struct store_directories *d);

/* Makes an empty file in tmp/, locked for as long as the descriptor is open. Returns the descriptor
 * or a negative errno. */
int store_temp_make(const struct store_directories *d, char name[STORE_TEMP_SIZE]);

/* Links tmp/name, whose bytes are synced, into blobs/; the name is the caller's to sync. One that
 * is there already is read: if it is damaged the new one takes its place. Returns 0, -EAGAIN if it
 * went just now, or another negative errno. */
int store_blob_link(struct store_directories *d, const char *name, const struct digest *digest,
                    uint64_t length);

/* Whether the blob is the file that is open here. Returns 1, 0 if it is another one, or a negative
 * errno, -ENOENT among them. */
int store_blob_is(const struct store_directories *d, const struct digest *digest, int fd);

/* Syncs the blob's name. Returns 0 or a negative errno. */
int store_blob_sync(struct store_directories *d, const struct digest *digest);

/* Brings all bytes and names of the file system to disk at once: for many files that takes a
 * fraction of the time. Returns 0, after which store_sync_check() tells of each file; -EOPNOTSUPP
 * where nothing is known of what that promises, or another negative errno, which may be about
 * anybody's: then each file and name is to be synced by itself. */
int store_sync_all(struct store_directories *d);

/* Whether the bytes of a file could be written. Returns 0 or a negative errno. */
int store_sync_check(int fd);

int store_blob_open(const struct store_directories *d, const struct digest *digest);

/* Brings a blob into another store's directory, by a link or as a copy that is synced; the name in it is
 * the caller's to sync. */
enum { STORE_THERE, STORE_LINKED, STORE_COPIED };
int store_blob_carry(const struct store_directories *from, struct store_directories *to,
                     const struct digest *digest);

/* As long as the descriptor is open nobody unlinks a blob; or a negative errno. Waits for those
 * that are at it. And: whether one may unlink, until store_blobs_release(); 0, or -EAGAIN if that is
 * still so after `wait_ms`. */
int store_blobs_hold(const struct store_directories *d);
int store_blobs_use(const struct store_directories *d, int64_t wait_ms);
void store_blobs_release(const struct store_directories *d);

/* Removes it and syncs that, also if there was none, whoever removed it may not have come so far:
 * what is deleted must not come back. Returns 0 or a negative errno. */
int store_blob_unlink(const struct store_directories *d, const struct digest *digest);

/* Removes the files in tmp/ that nobody writes. Returns how many, or a negative errno. */
int store_temp_sweep(const struct store_directories *d);

/* Calls `each` with the digest of every file in blobs/ until it returns other than 0, which is
 * returned. */
typedef int store_each_file(const struct digest *digest, void *context);
int store_blob_walk(const struct store_directories *d, store_each_file *each, void *context);

/* The same of those whose digest begins with this byte. */
int store_blob_walk_part(const struct store_directories *d, unsigned first, store_each_file *each,
                         void *context);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Blob files: immutable, named by the SHA-256 of their content,
 * blobs/ab/cdef..., written as tmp/<slot>.<incarnation>.<counter> and renamed.
 * A writer that meets a full disk, or has more than may be stored, goes on in
 * memory, so that the picture can still be answered, only not kept.
 */
#ifndef VISAGE_CACHE_BLOB_H
#define VISAGE_CACHE_BLOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"

#define BLOB_PATH_SIZE (DIGEST_HEX_SIZE + 1) /* "ab/" + 62 digits + NUL */
#define BLOB_TEMP_SIZE 64

struct blob_store {
    int blobs_fd;       /* the directory blobs/ */
    int tmp_fd;         /* the directory tmp/ */
    uint64_t largest;   /* bytes of a blob that may be stored; what is longer is held in memory */
    unsigned file_mode;
    unsigned dir_mode;
    unsigned slot;        /* for the names of temporary files */
    uint64_t incarnation;
    uint64_t counter;
};

struct blob_writer {
    struct blob_store *store;
    struct digest_stream *stream;
    int fd;                    /* -1 when closed */
    bool in_memory;            /* the disk had no room: cannot be committed */
    uint64_t length;           /* bytes so far */
    char temp[BLOB_TEMP_SIZE]; /* name in tmp/, "" when there is no file */
};

/* Starts a blob. Returns 0 or a negative errno; after 0 the writer must be ended with
 * blob_writer_commit() or blob_writer_abort(). */
int blob_writer_begin(struct blob_writer *w, struct blob_store *store);

/* Adds bytes. Returns 0 or a negative errno; a full disk is not an error. */
int blob_writer_add(struct blob_writer *w, const void *bytes, size_t length);

/* The digest of all that was added; nothing may be added afterwards. Returns 0 or -EIO. */
int blob_writer_finish(struct blob_writer *w, struct digest *out);

/* A descriptor on the content that cannot be written through, owned by the caller; for the
 * renderer, which is not trusted. Valid after finish and beyond commit or abort. Returns it
 * or a negative errno. */
int blob_writer_open_readonly(struct blob_writer *w);

/* Renames the file to its digest's name. Returns 0, or a negative errno (-ENOSPC for a blob
 * in memory); the writer is ended in both cases and no temporary file stays. The caller
 * holds the blob's lock byte. */
int blob_writer_commit(struct blob_writer *w, const struct digest *digest);

/* Ends the writer and removes the temporary file. Harmless after commit. */
void blob_writer_abort(struct blob_writer *w);

/* Whether blobs/ is still there and may be written to. Returns 0 or a negative errno. */
int blob_store_check(const struct blob_store *store);

/* Opens a blob for reading. Returns a descriptor or a negative errno. */
int blob_open(const struct blob_store *store, const struct digest *digest);

/* Whether the blob's file is there. */
bool blob_exists(const struct blob_store *store, const struct digest *digest);

/* Removes a blob's file. Returns 0 (also if there was none) or a negative errno. */
int blob_unlink(const struct blob_store *store, const struct digest *digest);

/* "ab/cdef...". */
void blob_path(const struct digest *digest, char out[BLOB_PATH_SIZE]);

/* Bytes of disk that a blob of this length is accounted with: whole blocks. */
uint64_t blob_disk_bytes(uint64_t length);

#endif

/* SPDX-License-Identifier: MIT
 *
 * A model of a file system, of what programs see and of what is on the disk. It promises as little
 * as POSIX does: a file's bytes are on disk after it was synced, or where they were written
 * through O_DSYNC; a name is on disk after the directory that has it was synced; nothing else is,
 * in no order.
 */
#ifndef VISAGE_TESTS_STORE_DISK_H
#define VISAGE_TESTS_STORE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/record.h"

struct disk;

/* Syncs that the model does not see, to show what would come of it if they were missing. */
enum disk_blind {
    DISK_SEES_ALL,
    DISK_NO_ABOVE,    /* of the root, which has the state directory's name */
    DISK_NO_STATE,    /* of the state directory */
    DISK_NO_TOP,      /* of the store's directory */
    DISK_NO_BLOBS,    /* of blobs/ */
    DISK_NO_LINKED,   /* of blobs/ab where something was linked */
    DISK_NO_UNLINKED, /* of blobs/ab where something was unlinked */
    DISK_NO_REPLACED, /* of blobs/ab where a damaged file was replaced */
    DISK_NO_UPLOAD,   /* of uploads' files */
    DISK_NO_RECORDS,  /* of store.mdb */
    DISK_NO_META,     /* of what is written through O_DSYNC, by LMDB */
    DISK_NO_ALL,      /* of all at once */
    DISK_BLINDNESSES
};

/* An empty directory. */
struct disk *disk_new(uint64_t root_inode, enum disk_blind blind);
void disk_free(struct disk *d);

/* Does what is on record. Returns false for what it knows nothing of. */
bool disk_apply(struct disk *d, const struct record *r, const unsigned char *bytes);

enum disk_loss {
    DISK_LOSES_NOTHING, /* every process was killed */
    DISK_LOSES_ALL,     /* the power was lost: what was not synced is not there */
    DISK_LOSES_SOME     /* the same, but some of it is there, by sectors of 512 bytes and names */
};

/* What a file or directory is at that moment, below the root. */
struct disk_file {
    char path[160];
    bool directory;
    unsigned char *bytes;
    size_t length;
};

struct disk_image {
    struct disk_file *files; /* directories before what is in them */
    size_t count;
};

/* *random is the state of what is lost. The image is the caller's to free. */
struct disk_image disk_image(const struct disk *d, enum disk_loss loss, uint32_t *random);
void disk_image_free(struct disk_image *image);

/* FNV-1a, to tell images from each other; and the same of more bytes. */
uint64_t disk_image_hash(const struct disk_image *image);
uint64_t disk_hash(uint64_t h, const void *bytes, size_t length);

/* Puts it into a directory that is there and empty. Returns whether it could. */
bool disk_image_write(const struct disk_image *image, const char *directory);

/* Whether the directory holds just that; files whose name ends in -lock do not count. If not,
 * `path` names what differs. */
bool disk_image_is(const struct disk_image *image, const char *directory, char path[160]);

#endif

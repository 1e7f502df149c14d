/* SPDX-License-Identifier: MIT
 *
 * Where a backup is made: in a directory of its own within the one that is wanted, which may be one
 * beside which nothing can be made, like a disk's top. What is whole is moved out of there, the records
 * last; what is not is removed, by whoever comes next if need be.
 */
#ifndef VISAGE_CTL_BACKUP_PLACE_H
#define VISAGE_CTL_BACKUP_PLACE_H

#include <limits.h>
#include <stdbool.h>

#define BACKUP_PLACE_NAME ".visage-backup"

struct backup_place {
    char directory[PATH_MAX];
    char building[PATH_MAX + sizeof BACKUP_PLACE_NAME]; /* empty at first */
    int lock;                                           /* a descriptor: it ends with the process */
    bool made;                                          /* the directory was not there */
};

/* Returns 0, -ENOTEMPTY if something is in the directory that no interrupted backup has left,
 * -EBUSY while another one is made there, or another negative errno. After 0 it must be ended by
 * one of the two: */
int backup_place_begin(struct backup_place *p, const char *directory);

/* What was made is whole. Returns 0 or a negative errno. */
int backup_place_commit(struct backup_place *p);

/* It is not: all of it goes. */
void backup_place_abort(struct backup_place *p);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Whether a file system can hold a state directory: an index that many processes
 * map, and lock bytes that the kernel drops when their holder dies. Network file
 * systems keep neither promise.
 */
#ifndef VISAGE_CACHE_FILE_SYSTEM_H
#define VISAGE_CACHE_FILE_SYSTEM_H

#include <stddef.h>

enum file_system {
    FILE_SYSTEM_UNKNOWN,  /* it cannot be asked: errno says why */
    FILE_SYSTEM_GOOD,
    FILE_SYSTEM_DOUBTFUL, /* works, but does not last (tmpfs) or is a layer (overlay, FUSE) */
    FILE_SYSTEM_UNFIT,    /* a network file system: refused */
};

/* Judges the file system that `path` is on and writes its name ("ext4") to `name`. */
enum file_system file_system_judge(const char *path, char *name, size_t size);

#endif

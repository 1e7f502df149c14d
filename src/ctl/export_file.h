/* SPDX-License-Identifier: MIT
 *
 * The file that a table is written to. It gets its name when it is whole: until then what was there
 * before stays, and what came so far goes with a process that ends, however it ends.
 */
#ifndef VISAGE_CTL_EXPORT_FILE_H
#define VISAGE_CTL_EXPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct export_file {
    int fd;
    int warden;     /* socket to the process that gives it its name; -1: it has one */
    pid_t pid;      /* of that process */
    bool displaces; /* there is a file of that name */
    bool is_output; /* it is standard output */
    int rc;         /* of the first write that failed */
    size_t used;    /* of the block */
    char *block;
};

/* Opens it as who has called, who need not be who writes it: "-", a device and a pipe are written
 * to directly. Must be called before there are threads. Returns 0 or a negative errno; close it
 * either way. */
int export_file_open(struct export_file *f, const char *path);

/* Adds to it. What goes wrong is told at its end. */
void export_file_put(struct export_file *f, const char *bytes, size_t length);

/* It is whole: all of it is on disk, under its name, when this returns 0. A negative errno is the
 * first thing that went wrong. */
int export_file_commit(struct export_file *f);

/* Without a commit before, a file of its own goes. */
void export_file_close(struct export_file *f);

#endif

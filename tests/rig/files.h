/* SPDX-License-Identifier: MIT
 *
 * Files for tests. Trouble with them ends the test.
 */
#ifndef VISAGE_TESTS_RIG_FILES_H
#define VISAGE_TESTS_RIG_FILES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buffer.h"

#define FILES_PATH_MAX 512

/* Makes a path; ends the test if it is too long. */
void files_path(char out[FILES_PATH_MAX], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A new directory under $TMPDIR or /tmp that others may pass through. */
void files_make_directory(char path[FILES_PATH_MAX]);

/* Removes the tree, unless VISAGE_KEEP is set in the environment: then says where it is. */
void files_remove_tree(const char *path);

void files_write(const char *path, const char *text, mode_t mode);
void files_write_bytes(const char *path, const void *bytes, size_t length, mode_t mode);

/* Appends the whole file. False if it cannot be opened. */
bool files_read(const char *path, struct buffer *out);

/* Waits until something is there: a picture is published after its answer. */
bool files_await(const char *path);

/* Copies a program, executable for everybody. */
void files_copy_program(const char *from, const char *to);

/* Files in a directory and below; 0 if there is none. */
unsigned files_count(const char *path);

/* Bytes of disk that the files below take, as du counts them. */
unsigned long long files_disk_bytes(const char *path);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The file that lines are appended to: one for a process. Other programs may
 * rename it at any time and be done.
 */
#ifndef VISAGE_BASE_LOG_FILE_H
#define VISAGE_BASE_LOG_FILE_H

#include <stddef.h>

/* Opens the file, and with success lets go of the one before. Returns 0 or a negative errno. */
int log_file_open(const char *path);

/* Appends the bytes with one write(2). At most once a second it looks whether the path still
 * names this file, and if not, opens the one that it does, or creates it; where that fails it
 * stays with the old one. What cannot be written at once is lost. */
void log_file_write(const char *bytes, size_t length);

/* Lets go of the file; harmless if none is open. */
void log_file_close(void);

#endif

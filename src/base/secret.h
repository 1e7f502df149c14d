/* SPDX-License-Identifier: MIT
 *
 * Credentials: read from a file or the environment, never from the command
 * line, wiped when freed, printed nowhere.
 */
#ifndef VISAGE_BASE_SECRET_H
#define VISAGE_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config.h"

#define SECRET_MAX 8192 /* bytes in a secret */

/* Reads a secret. One trailing newline (LF or CRLF) is dropped. The file must be a
 * regular file that others (o) cannot read or write and the group cannot write.
 * Returns 0 with *out owned by the caller (free with secret_free), 1 with *out
 * NULL if neither file nor env is configured, or a negative errno with *out NULL
 * and a message in `error` that names the file or variable, not its content:
 * -EPERM permissions too wide, -ENOENT file or variable missing, -EINVAL empty,
 * too long, or with NUL, CR or LF inside. */
int secret_read(const struct config_secret *from, char **out, char error[CONFIG_ERROR_MAX]);

/* Reads a text of any lines from a file that the same is asked of. Returns 0 with *out owned by the
 * caller (secret_free), or a negative errno with *out NULL and a message: as above, and -EINVAL for
 * an empty file, one of more than SECRET_MAX bytes, or a NUL in it. */
int secret_read_text(const char *path, char **out, char error[CONFIG_ERROR_MAX]);

/* Whether both are the same, in a time that does not tell where they differ. */
bool secret_equal(const char *a, const char *b);

/* Overwrites and frees *secret and clears the pointer; NULL is fine. */
void secret_free(char **secret);

#endif

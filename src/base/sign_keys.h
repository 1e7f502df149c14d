/* SPDX-License-Identifier: MIT
 *
 * The keys that a source's URLs are signed with: one a line in a file that is guarded like other
 * secrets. Blank lines and lines that begin with '#' say nothing; blanks around a key are not its.
 */
#ifndef VISAGE_BASE_SIGN_KEYS_H
#define VISAGE_BASE_SIGN_KEYS_H

#include <stddef.h>

#include "base/config.h"

#define SIGN_KEYS_MAX 16  /* keys in a file */
#define SIGN_KEY_MIN 16   /* bytes in a key */

struct sign_key {
    const char *bytes; /* as they stand in the file; not NUL-terminated */
    size_t length;
};

/* The first key signs; all of them verify, so that a new one can be put before the old. Zeroed:
 * none. */
struct sign_keys {
    char *text; /* what the keys point into */
    struct sign_key keys[SIGN_KEYS_MAX];
    size_t count;
};

/* Returns 0 with at least one key, or a negative errno and a message that names the file and the
 * line, and no key: like secret_read_text(), and -EINVAL for a short key, none, or too many. */
int sign_keys_read(const char *path, struct sign_keys *out, char error[CONFIG_ERROR_MAX]);

/* Wipes and frees them; harmless on a zeroed struct. */
void sign_keys_free(struct sign_keys *keys);

#endif

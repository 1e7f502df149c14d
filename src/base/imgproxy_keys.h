/* SPDX-License-Identifier: MIT
 *
 * The keys of imgproxy's signatures: one pair a line, key and salt in hexadecimal with a blank
 * between them, in a file that is guarded like other secrets. Blank lines and lines that begin with
 * '#' say nothing.
 */
#ifndef VISAGE_BASE_IMGPROXY_KEYS_H
#define VISAGE_BASE_IMGPROXY_KEYS_H

#include <stddef.h>

#include "base/config.h"

#define IMGPROXY_PAIRS_MAX 16
#define IMGPROXY_KEY_MAX 128 /* bytes of a key or a salt */

struct imgproxy_pair {
    unsigned char key[IMGPROXY_KEY_MAX], salt[IMGPROXY_KEY_MAX];
    size_t key_length, salt_length;
};

struct imgproxy_keys {
    struct imgproxy_pair pairs[IMGPROXY_PAIRS_MAX];
    size_t count;
};

/* Returns 0 with at least one pair, or a negative errno and a message that names the file and the
 * line, with none: like secret_read_text(), and -EINVAL for a line that is no pair, no line at all,
 * or too many. */
int imgproxy_keys_read(const char *path, struct imgproxy_keys *out,
                       char error[CONFIG_ERROR_MAX]);

/* Wipes them. */
void imgproxy_keys_wipe(struct imgproxy_keys *keys);

#endif

/* SPDX-License-Identifier: MIT */
#include "base/imgproxy_keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/secret.h"

#define BLANKS " \t\r"

/* Takes the hexadecimal word that *text begins with, and the blanks before it. False if it is none,
 * or too long. */
static bool take_word(const char **text, const char *end, unsigned char *out, size_t *length)
{
    const char *word = *text + strspn(*text, BLANKS);
    size_t digits;
    ssize_t n;

    digits = strcspn(word, BLANKS "\n");
    if (word + digits > end)
        return false;
    n = hex_decode(word, digits, out, IMGPROXY_KEY_MAX);
    *length = n > 0 ? (size_t)n : 0;
    *text = word + digits;
    return n > 0;
}

static int take_line(struct imgproxy_keys *out, const char *line, const char *end, unsigned number,
                     const char *path, char error[CONFIG_ERROR_MAX])
{
    struct imgproxy_pair *pair = &out->pairs[out->count];

    line += strspn(line, BLANKS);
    if (line >= end || *line == '#')
        return 0;
    if (out->count == IMGPROXY_PAIRS_MAX) {
        snprintf(error, CONFIG_ERROR_MAX, "file %s, line %u: more than %d pairs", path, number,
                 IMGPROXY_PAIRS_MAX);
        return -EINVAL;
    }
    if (!take_word(&line, end, pair->key, &pair->key_length) ||
        !take_word(&line, end, pair->salt, &pair->salt_length) ||
        line + strspn(line, BLANKS) < end) {
        snprintf(error, CONFIG_ERROR_MAX,
                 "file %s, line %u: not a key and a salt, each of 1 to %d bytes in hexadecimal, "
                 "with a blank between them",
                 path, number, IMGPROXY_KEY_MAX);
        return -EINVAL;
    }
    out->count++;
    return 0;
}

int imgproxy_keys_read(const char *path, struct imgproxy_keys *out,
                       char error[CONFIG_ERROR_MAX])
{
    unsigned number = 0;
    char *text;
    int rc;

    memset(out, 0, sizeof *out);
    rc = secret_read_text(path, &text, error);
    for (const char *line = text; rc == 0 && *line;) {
        size_t length = strcspn(line, "\n");

        rc = take_line(out, line, line + length, ++number, path, error);
        line += length + (line[length] == '\n');
    }
    if (rc == 0 && out->count == 0) {
        snprintf(error, CONFIG_ERROR_MAX, "file %s has no key in it", path);
        rc = -EINVAL;
    }
    if (rc != 0)
        imgproxy_keys_wipe(out);
    secret_free(&text);
    return rc;
}

void imgproxy_keys_wipe(struct imgproxy_keys *keys)
{
    explicit_bzero(keys, sizeof *keys);
}

/* SPDX-License-Identifier: MIT */
#include "base/sign_keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"

static int take_line(struct sign_keys *out, const char *line, size_t length, unsigned number,
                     const char *path, char error[CONFIG_ERROR_MAX])
{
    while (length > 0 && strchr(" \t\r", line[length - 1]))
        length--;
    while (length > 0 && strchr(" \t", *line)) {
        line++;
        length--;
    }
    if (length == 0 || *line == '#')
        return 0;
    if (length < SIGN_KEY_MIN) {
        snprintf(error, CONFIG_ERROR_MAX, "file %s, line %u: a key has at least %d bytes", path,
                 number, SIGN_KEY_MIN);
        return -EINVAL;
    }
    if (out->count == SIGN_KEYS_MAX) {
        snprintf(error, CONFIG_ERROR_MAX, "file %s, line %u: more than %d keys", path, number,
                 SIGN_KEYS_MAX);
        return -EINVAL;
    }
    out->keys[out->count++] = (struct sign_key){line, length};
    return 0;
}

int sign_keys_read(const char *path, struct sign_keys *out, char error[CONFIG_ERROR_MAX])
{
    unsigned number = 0;
    int rc;

    *out = (struct sign_keys){.count = 0};
    rc = secret_read_text(path, &out->text, error);
    for (const char *line = out->text; rc == 0 && line && *line;) {
        size_t length = strcspn(line, "\n");

        rc = take_line(out, line, length, ++number, path, error);
        line += length + (line[length] == '\n');
    }
    if (rc == 0 && out->count == 0) {
        snprintf(error, CONFIG_ERROR_MAX, "file %s has no key in it", path);
        rc = -EINVAL;
    }
    if (rc != 0)
        sign_keys_free(out);
    return rc;
}

void sign_keys_free(struct sign_keys *keys)
{
    secret_free(&keys->text);
    *keys = (struct sign_keys){.count = 0};
}

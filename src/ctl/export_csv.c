/* SPDX-License-Identifier: MIT
 *
 * A row as COPY ... WITH (FORMAT csv) of PostgreSQL writes one with encode(picture, 'base64').
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "ctl/export.h"

#define LINE 57u /* bytes in 76 characters */
#define BLOCK (512u * LINE)

static void put(struct export_file *to, const char *text)
{
    export_file_put(to, text, strlen(text));
}

static void put_quoted(struct export_file *to, const char *text)
{
    put(to, "\"");
    for (; *text; text++)
        export_file_put(to, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    put(to, "\"");
}

static void put_lines(struct export_file *to, const char *bytes, size_t length, bool first)
{
    char line[BASE64_SIZE(LINE)];

    for (size_t at = 0; at < length; at += LINE) {
        if (!first || at > 0)
            put(to, "\n");
        base64_encode(bytes + at, length - at < LINE ? length - at : LINE, line);
        put(to, line);
    }
}

/* As much as there is, but less only at the end. */
static ssize_t read_block(int fd, char *block, size_t size)
{
    size_t got = 0;

    while (got < size) {
        ssize_t n = read(fd, block + got, size - got);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return (ssize_t)got;
}

int export_to_csv(struct export_file *to, const char *id, const struct store_picture *p, int fd)
{
    char block[BLOCK];
    bool first = true;
    ssize_t n;

    put_quoted(to, id);
    put(to, ",");
    put(to, picture_media_type(p->type));
    put(to, ",\"");
    while ((n = read_block(fd, block, sizeof block)) > 0) {
        put_lines(to, block, (size_t)n, first);
        first = false;
    }
    put(to, "\"\n");
    return n < 0 ? (int)n : to->rc;
}

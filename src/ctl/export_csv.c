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

static void put_quoted(FILE *to, const char *text)
{
    putc('"', to);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', to);
        putc(*text, to);
    }
    putc('"', to);
}

static void put_lines(FILE *to, const char *bytes, size_t length, bool first)
{
    char line[BASE64_SIZE(LINE)];

    for (size_t at = 0; at < length; at += LINE) {
        if (!first || at > 0)
            putc('\n', to);
        base64_encode(bytes + at, length - at < LINE ? length - at : LINE, line);
        fputs(line, to);
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

int export_to_csv(FILE *to, const char *id, const struct store_picture *p, int fd)
{
    char block[BLOCK];
    bool first = true;
    ssize_t n;

    put_quoted(to, id);
    fprintf(to, ",%s,\"", picture_media_type(p->type));
    while ((n = read_block(fd, block, sizeof block)) > 0) {
        put_lines(to, block, (size_t)n, first);
        first = false;
    }
    fputs("\"\n", to);
    if (n < 0)
        return (int)n;
    return ferror(to) ? -EIO : 0;
}

/* SPDX-License-Identifier: MIT
 *
 * The header of one part of a multipart/form-data body (RFC 7578 section 4).
 */
#ifndef VISAGE_HTTP_MULTIPART_HEAD_H
#define VISAGE_HTTP_MULTIPART_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#define MULTIPART_NAME_MAX 255     /* bytes; a longer field name is refused */
#define MULTIPART_FILENAME_MAX 127 /* bytes; of a longer one that many are kept */
#define MULTIPART_TYPE_MAX 127     /* bytes; a longer media type is unknown */

/* All texts are free of ASCII's control characters and end with NUL, so that none of them can break
 * the line of a log or of a header that it is written to. */
struct multipart_part {
    /* The field, in the client's bytes: UTF-8 usually, unchecked. %22 and \" are a quote, as
     * browsers and as others write it, \\ is a backslash, as a lone one is. Control characters, and
     * line breaks, which come as %0D and %0A, have become blanks. May be empty. */
    char name[MULTIPART_NAME_MAX + 1];
    /* What a log may say about a file: the name behind the last slash of either kind, all but
     * printable ASCII replaced by '_'. Never a path to use. "" if there is none. */
    char filename[MULTIPART_FILENAME_MAX + 1];
    /* Whether there was a filename, be it empty: forms send an empty one if no file was chosen. */
    bool is_file;
    /* "type/subtype", parameters left out; text/plain if nothing is said (section 4.4), and
     * application/octet-stream where something is said that is no media type. */
    char type[MULTIPART_TYPE_MAX + 1];
};

/* Reads a header: lines that end with CRLF, without the empty one behind them. "name*" and
 * "filename*" are ignored (section 4.2). Returns 0; -EINVAL for a malformed one (bare CR, NUL,
 * folded lines, no name, anything twice), for a nested multipart, and for a transfer encoding that
 * is not the identity; or -EMSGSIZE for a name that is too long. */
int multipart_head_parse(const char *head, size_t length, struct multipart_part *out);

#endif

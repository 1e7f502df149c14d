/* SPDX-License-Identifier: MIT
 *
 * A multipart/form-data body (RFC 7578, RFC 2046 section 5.1), read as it comes in: pieces of any
 * size go in, the parts come out through callbacks, and nothing is kept of them.
 *
 * A delimiter is a whole line: CRLF, "--", the boundary, "--" if it is the last one, blanks, CRLF;
 * the last one may end with the body instead. Whatever else looks like one is data and arrives as
 * data.
 * Only CRLF ends a line. A bare LF in a header is malformed: no browser or library sends one, and a
 * reader that takes it for an end of line sees other headers than one that does not. In data it is
 * data, so that a delimiter after a bare LF is none.
 */
#ifndef VISAGE_HTTP_MULTIPART_H
#define VISAGE_HTTP_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

#include "http/multipart_head.h"

#define MULTIPART_BOUNDARY_MAX 70   /* bytes (RFC 2046 section 5.1.1) */
#define MULTIPART_BLANKS_MAX 32     /* behind a boundary; with more of them the line is data */
#define MULTIPART_HEAD_MAX 4096     /* bytes of one part's header, the empty line included */
#define MULTIPART_PARTS_MAX 32
#define MULTIPART_OUTSIDE_MAX 4096  /* bytes before the first and after the last delimiter */

/* Each is called with the context, and ends the parsing with a negative errno; 0 goes on. */
struct multipart_events {
    /* A part begins. What it says of itself lives until the part ends. */
    int (*begin)(void *context, const struct multipart_part *part);
    /* Some of its bytes, never none: a slice of what was fed, or what was held back of it. */
    int (*data)(void *context, const char *bytes, size_t length);
    /* It is complete. */
    int (*end)(void *context);
};

enum multipart_state {
    MULTIPART_PREAMBLE,
    MULTIPART_HEAD,
    MULTIPART_DATA,
    MULTIPART_EPILOGUE,
};

/* All there is; for this parser to know. */
struct multipart {
    const struct multipart_events *events;
    void *context;
    enum multipart_state state;
    int error;                    /* what ended the parsing */
    unsigned parts;
    size_t outside;               /* bytes of preamble and epilogue */
    /* CRLF, "--" and the boundary, then what a line may have behind them that is held back. */
    char delimiter[4 + MULTIPART_BOUNDARY_MAX + 2 + MULTIPART_BLANKS_MAX + 1];
    size_t delimiter_length;      /* up to the end of the boundary */
    size_t held;                  /* bytes of delimiter[] that have come in */
    size_t implied;               /* how many of them have been none of the data's, at its begin */
    size_t head_length;
    struct multipart_part part;
    char head[MULTIPART_HEAD_MAX];
};

/* Whether a Content-Type field's value says that the body has parts, of whatever kind and however
 * they are told apart: then it is no picture. */
bool multipart_is(const char *content_type);

/* Writes the boundary of a Content-Type field's value. False for NULL, for anything but
 * multipart/form-data, and if there is not exactly one boundary of 1 to 70 allowed characters. */
bool multipart_boundary(const char *content_type, char out[MULTIPART_BOUNDARY_MAX + 1]);

/* Begins a body. The events and their context must outlive it. The boundary is one that
 * multipart_boundary() wrote; returns -EINVAL for an empty or a longer one, else 0. */
int multipart_begin(struct multipart *m, const char *boundary,
                    const struct multipart_events *events, void *context);

/* Takes the next piece of the body. Returns 0, or what ended the parsing, then and ever after: a
 * callback's errno; -EINVAL for what is malformed (see multipart_head_parse()); -EMSGSIZE for more
 * parts, longer headers or names, or more around the parts than the limits above. */
int multipart_feed(struct multipart *m, const char *bytes, size_t length);

/* The body is over. Returns 0, what multipart_feed() returned, a callback's errno, or -EPROTO if it
 * has no last delimiter. */
int multipart_finish(struct multipart *m);

#endif

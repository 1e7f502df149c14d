/* SPDX-License-Identifier: MIT */
#include "http/multipart.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "http/media_type.h"
#include "http/parameter.h"

#define LINE_BREAK 2 /* bytes of the CRLF that a delimiter begins with */

/* RFC 2046 section 5.1.1: a blank may not be the last one. */
static bool is_boundary(const char *text, size_t length)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "'()+_,-./:=? ";

    return length > 0 && strspn(text, allowed) == length && text[length - 1] != ' ';
}

bool multipart_is(const char *content_type)
{
    static const char any[] = "multipart/";

    return content_type && strncasecmp(content_type, any, sizeof any - 1) == 0;
}

bool multipart_boundary(const char *content_type, char out[MULTIPART_BOUNDARY_MAX + 1])
{
    static const char wanted[] = "multipart/form-data";
    size_t type = http_media_type_length(content_type), length;
    struct http_parameter parameter;
    bool found = false;
    int r;

    if (type != sizeof wanted - 1 || strncasecmp(content_type, wanted, type) != 0)
        return false;
    content_type += type;
    length = strlen(content_type);
    while ((r = http_parameter_next(&content_type, &length, &parameter)) > 0) {
        ssize_t n;

        if (!http_parameter_is(&parameter, "boundary"))
            continue;
        n = http_parameter_value(&parameter, out, MULTIPART_BOUNDARY_MAX + 1);
        if (found || n < 0 || !is_boundary(out, (size_t)n))
            return false;
        found = true;
    }
    return r == 0 && found;
}

int multipart_begin(struct multipart *m, const char *boundary,
                    const struct multipart_events *events, void *context)
{
    size_t length = strlen(boundary);

    if (length == 0 || length > MULTIPART_BOUNDARY_MAX)
        return -EINVAL;
    memset(m, 0, sizeof *m);
    m->events = events;
    m->context = context;
    memcpy(m->delimiter, "\r\n--", 4);
    memcpy(m->delimiter + 4, boundary, length);
    m->delimiter_length = 4 + length;
    /* The first one has no line before it whose end it could begin with. */
    m->held = m->implied = LINE_BREAK;
    return 0;
}

/* A callback ends the parsing with a negative number; no other may be taken for bytes read. */
static int stopped(int r)
{
    return r < 0 ? r : 0;
}

static int pass_outside(struct multipart *m, size_t length)
{
    m->outside += length;
    return m->outside > MULTIPART_OUTSIDE_MAX ? -EMSGSIZE : 0;
}

/* Bytes that are no delimiter. */
static int pass(struct multipart *m, const char *bytes, size_t length)
{
    if (length == 0)
        return 0;
    if (m->state == MULTIPART_PREAMBLE)
        return pass_outside(m, length);
    return stopped(m->events->data(m->context, bytes, length));
}

/* What was held back is no delimiter. */
static int release(struct multipart *m)
{
    size_t from = m->implied, length = m->held - m->implied;

    m->held = m->implied = 0;
    return pass(m, m->delimiter + from, length);
}

static int end_part(struct multipart *m)
{
    return m->state == MULTIPART_DATA ? stopped(m->events->end(m->context)) : 0;
}

/* Whether the dashes of the last delimiter are behind the boundary. */
static bool is_last(const struct multipart *m)
{
    return m->held >= m->delimiter_length + 2 && m->delimiter[m->delimiter_length] == '-';
}

/* Whether the CR that ends the line is behind the boundary: it lacks nothing but LF. */
static bool is_ended(const struct multipart *m)
{
    return m->held > m->delimiter_length && m->delimiter[m->held - 1] == '\r';
}

/* A whole line was held back. */
static int pass_delimiter(struct multipart *m)
{
    bool last = is_last(m);
    int r = end_part(m);

    m->held = m->implied = 0;
    if (r)
        return r;
    m->state = last ? MULTIPART_EPILOGUE : MULTIPART_HEAD;
    m->head_length = 0;
    if (!last && ++m->parts > MULTIPART_PARTS_MAX)
        return -EMSGSIZE;
    return 0;
}

/* Whether the line may go on with this byte: the boundary, dashes or none, blanks, and CR. */
static bool goes_on(const struct multipart *m, char c)
{
    size_t behind;
    char before;

    if (m->held < m->delimiter_length)
        return c == m->delimiter[m->held];
    behind = m->held - m->delimiter_length;
    before = m->delimiter[m->held - 1];
    if (c == '-')
        return behind == 0 || (behind == 1 && before == '-');
    if ((behind == 1 && before == '-') || before == '\r')
        return false;
    if (c == '\r')
        return true;
    return (c == ' ' || c == '\t') && behind < (is_last(m) ? 2 : 0) + MULTIPART_BLANKS_MAX;
}

/* Goes on with a line that was begun. No delimiter can begin within one but at the byte that breaks
 * it off: a boundary has no CR in it. Returns how many bytes were taken, or a negative errno. */
static ssize_t follow_line(struct multipart *m, const char *bytes, size_t length)
{
    int r;

    for (size_t n = 0; n < length; n++) {
        if (goes_on(m, bytes[n])) {
            m->delimiter[m->held++] = bytes[n];
            continue;
        }
        if (bytes[n] == '\n' && is_ended(m)) {
            r = pass_delimiter(m);
            return r ? r : (ssize_t)(n + 1);
        }
        r = release(m);
        return r ? r : (ssize_t)n;
    }
    return (ssize_t)length;
}

/* How many of the last bytes a delimiter may begin with: only the last CR can be its first byte. */
static size_t begun_at_end(const struct multipart *m, const char *bytes, size_t length)
{
    size_t most = length < m->delimiter_length ? length : m->delimiter_length - 1;
    const char *begin = memrchr(bytes + length - most, '\r', most);
    size_t n = begin ? (size_t)(bytes + length - begin) : 0;

    return n > 0 && memcmp(begin, m->delimiter, n) == 0 ? n : 0;
}

/* Bytes up to where a delimiter may begin, and what of that is there. */
static ssize_t scan(struct multipart *m, const char *bytes, size_t length)
{
    const char *found;
    int r;

    if (m->held > 0)
        return follow_line(m, bytes, length);
    found = memmem(bytes, length, m->delimiter, m->delimiter_length);
    m->held = found ? m->delimiter_length : begun_at_end(m, bytes, length);
    if (!found)
        found = bytes + length - m->held;
    r = pass(m, bytes, (size_t)(found - bytes));
    return r ? r : found - bytes + (ssize_t)m->held;
}

static int begin_part(struct multipart *m)
{
    int r = multipart_head_parse(m->head, m->head_length - LINE_BREAK, &m->part);

    if (r)
        return r;
    m->state = MULTIPART_DATA;
    /* A part without data may have the empty line's CRLF in common with the delimiter. */
    m->held = m->implied = LINE_BREAK;
    return stopped(m->events->begin(m->context, &m->part));
}

static bool ends_with_line_break(const char *text, size_t length)
{
    return length >= LINE_BREAK && memcmp(text + length - LINE_BREAK, "\r\n", LINE_BREAK) == 0;
}

/* One line of a header, or what is there of it. */
static ssize_t read_head(struct multipart *m, const char *bytes, size_t length)
{
    const char *end = memchr(bytes, '\n', length);
    size_t n = end ? (size_t)(end - bytes) + 1 : length;
    int r;

    if (n > sizeof m->head - m->head_length)
        return -EMSGSIZE;
    memcpy(m->head + m->head_length, bytes, n);
    m->head_length += n;
    if (!end)
        return (ssize_t)n;
    if (!ends_with_line_break(m->head, m->head_length))
        return -EINVAL;
    /* The line is empty if another one ends before it, or none is. */
    if (m->head_length > LINE_BREAK && !ends_with_line_break(m->head, m->head_length - LINE_BREAK))
        return (ssize_t)n;
    r = begin_part(m);
    return r ? r : (ssize_t)n;
}

static ssize_t step(struct multipart *m, const char *bytes, size_t length)
{
    int r;

    switch (m->state) {
    case MULTIPART_HEAD:
        return read_head(m, bytes, length);
    case MULTIPART_EPILOGUE:
        r = pass_outside(m, length);
        return r ? r : (ssize_t)length;
    case MULTIPART_PREAMBLE:
    case MULTIPART_DATA:
        break;
    }
    return scan(m, bytes, length);
}

int multipart_feed(struct multipart *m, const char *bytes, size_t length)
{
    while (!m->error && length > 0) {
        ssize_t n = step(m, bytes, length);

        if (n < 0) {
            m->error = (int)n;
        } else {
            bytes += n;
            length -= (size_t)n;
        }
    }
    return m->error;
}

/* The last delimiter needs no end of line, but it must be one but for that. */
static bool is_complete(const struct multipart *m)
{
    if (m->state == MULTIPART_EPILOGUE)
        return true;
    return m->state != MULTIPART_HEAD && is_last(m) && !is_ended(m);
}

int multipart_finish(struct multipart *m)
{
    if (m->error)
        return m->error;
    m->error = is_complete(m) ? end_part(m) : -EPROTO;
    if (!m->error)
        m->state = MULTIPART_EPILOGUE;
    return m->error;
}

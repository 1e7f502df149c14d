/* SPDX-License-Identifier: MIT */
#include "base/json_string.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/hex.h"
#include "base/utf8.h"

#define EACH_BYTE UINT64_C(0x0101010101010101)

static bool is_plain(char c)
{
    return (unsigned char)c >= ' ' && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* The first byte that is not ASCII, ends a string, begins an escape or is a control character.
 * Eight bytes at a time: the highest bit of each is set in `stops` where a subtraction goes below
 * zero, or by the byte itself. A borrow can only mark bytes after a true stop, and the first one is
 * what counts. */
static const char *skip_plain(const char *p, const char *end)
{
    while (end - p >= 8) {
        uint64_t word, controls, quotes, backslashes, stops;

        memcpy(&word, p, sizeof word);
        word = le64toh(word);
        controls = word - EACH_BYTE * ' ';
        quotes = (word ^ EACH_BYTE * '"') - EACH_BYTE;
        backslashes = (word ^ EACH_BYTE * '\\') - EACH_BYTE;
        stops = (word | controls | quotes | backslashes) & EACH_BYTE * 0x80;
        if (stops)
            return p + __builtin_ctzll(stops) / 8;
        p += 8;
    }
    while (p < end && is_plain(*p))
        p++;
    return p;
}

/* Bytes of the escape at `p`; 0 if it is none. */
static size_t escape_length(const char *p, size_t room)
{
    if (room < 2)
        return 0;
    switch (p[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return 2;
    case 'u':
        if (room < 6)
            return 0;
        for (size_t i = 2; i < 6; i++)
            if (hex_value(p[i]) < 0)
                return 0;
        return 6;
    default:
        return 0;
    }
}

bool json_string_end(const char **p, const char *end, bool *escaped)
{
    *escaped = false;
    for (;;) {
        size_t length, room;

        *p = skip_plain(*p, end);
        room = (size_t)(end - *p);
        if (room == 0 || **p == '"')
            return room > 0;
        if (**p == '\\') {
            *escaped = true;
            length = escape_length(*p, room);
        } else {
            length = (unsigned char)**p < ' ' ? 0 : utf8_length(*p, room);
        }
        if (length == 0)
            return false;
        *p += length;
    }
}

/* The number in an escape \uXXXX. */
static uint32_t code_unit(const char *escape)
{
    uint32_t unit = 0;

    for (size_t i = 2; i < 6; i++)
        unit = unit << 4 | (uint32_t)hex_value(escape[i]);
    return unit;
}

static bool is_low_surrogate(const char *p, const char *end)
{
    return end - p >= 6 && p[0] == '\\' && p[1] == 'u' && (code_unit(p) & 0xFC00) == 0xDC00;
}

/* The character that one escape stands for, or two. Returns the bytes read, 0 for half a pair. */
static size_t read_escape(const char *p, const char *end, uint32_t *c)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    const char *letter = strchr(letters, p[1]);

    if (p[1] != 'u') {
        *c = (unsigned char)(letter ? meant[letter - letters] : p[1]);
        return 2;
    }
    *c = code_unit(p);
    if (*c < 0xD800 || *c > 0xDFFF)
        return 6;
    if (*c > 0xDBFF || !is_low_surrogate(p + 6, end))
        return 0;
    *c = 0x10000 + ((*c & 0x3FF) << 10 | (code_unit(p + 6) & 0x3FF));
    return 12;
}

int json_unescape(const char *raw, size_t length, struct buffer *out)
{
    const char *end = raw + length;
    char *to;
    int rc = buffer_reserve(out, length); /* no escape is shorter than what it stands for */

    if (rc)
        return rc;
    to = out->data + out->length;
    while (raw < end) {
        const char *escape = memchr(raw, '\\', (size_t)(end - raw));
        size_t plain = (size_t)((escape ? escape : end) - raw), read;
        uint32_t c;

        memcpy(to, raw, plain);
        to += plain;
        raw += plain;
        if (!escape)
            break;
        read = read_escape(raw, end, &c);
        if (read == 0) {
            out->data[out->length] = '\0';
            return -EILSEQ;
        }
        to += utf8_encode(c, to);
        raw += read;
    }
    *to = '\0';
    out->length = (size_t)(to - out->data);
    return 0;
}

static int append_escaped(unsigned char c, struct buffer *out)
{
    switch (c) {
    case '"': return buffer_puts(out, "\\\"");
    case '\\': return buffer_puts(out, "\\\\");
    case '\n': return buffer_puts(out, "\\n");
    case '\t': return buffer_puts(out, "\\t");
    default: return buffer_printf(out, "\\u%04x", (unsigned)c);
    }
}

static int append_text(const char *p, const char *end, struct buffer *out)
{
    int rc = 0;

    while (p < end && !rc) {
        const char *next = skip_plain(p, end);
        size_t length;

        rc = buffer_append(out, p, (size_t)(next - p));
        p = next;
        if (rc || p == end)
            break;
        length = utf8_length(p, (size_t)(end - p));
        if (length == 0)
            return -EILSEQ;
        rc = length == 1 ? append_escaped((unsigned char)*p, out) : buffer_append(out, p, length);
        p += length;
    }
    return rc;
}

int json_quote(const char *text, size_t length, struct buffer *out)
{
    size_t before = out->length;
    int rc = buffer_append(out, "\"", 1);

    if (!rc)
        rc = append_text(text, text + length, out);
    if (!rc)
        rc = buffer_append(out, "\"", 1);
    if (rc)
        buffer_truncate(out, before);
    return rc;
}

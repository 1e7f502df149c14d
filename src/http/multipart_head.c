/* SPDX-License-Identifier: MIT */
#include "http/multipart_head.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/hex.h"
#include "http/media_type.h"
#include "http/parameter.h"

/* A field of the header, blanks around its value left out. */
struct field {
    const char *name;
    size_t name_length;
    const char *value;
    size_t value_length;
};

/* What has been seen once. */
struct seen {
    bool disposition;
    bool type;
    bool encoding;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

static bool equals(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

/* The line breaks and quotes that the HTML standard (4.10.21.8) has browsers escape. They leave a
 * percent sign as it is, so that no other escape may be undone. Returns the byte, or -1. */
static int escaped_by_browsers(const char *text, size_t length)
{
    int byte;

    if (length < 3 || text[0] != '%')
        return -1;
    byte = hex_value(text[1]) * 16 + hex_value(text[2]);
    if (hex_value(text[1]) < 0 || hex_value(text[2]) < 0)
        return -1;
    return byte == '"' || byte == '\r' || byte == '\n' ? byte : -1;
}

/* The next byte that is meant, cut off the text. A backslash escapes only what needs it: browsers
 * write backslashes as they are. */
static char next_byte(const char **text, size_t *length)
{
    int escaped = escaped_by_browsers(*text, *length);
    size_t n = 1;
    char c = **text;

    if (escaped >= 0) {
        c = (char)escaped;
        n = 3;
    } else if (c == '\\' && *length > 1 && ((*text)[1] == '"' || (*text)[1] == '\\')) {
        c = (*text)[1];
        n = 2;
    }
    *text += n;
    *length -= n;
    return c;
}

static int take_name(const struct http_parameter *parameter, char *out, size_t size)
{
    const char *text = parameter->value;
    size_t length = parameter->value_length, used = 0;

    while (length > 0) {
        char c = next_byte(&text, &length);

        if (used + 1 >= size)
            return -EMSGSIZE;
        out[used++] = is_control(c) ? ' ' : c;
    }
    out[used] = '\0';
    return 0;
}

static void take_filename(const struct http_parameter *parameter, char *out, size_t size)
{
    const char *text = parameter->value;
    size_t length = parameter->value_length, used = 0;

    while (length > 0) {
        char c = next_byte(&text, &length);

        if (c == '/' || c == '\\')
            used = 0;
        else if (used + 1 < size)
            out[used++] = c >= 0x20 && c < 0x7f && c != '"' ? c : '_';
    }
    out[used] = '\0';
}

static int read_disposition(const struct field *field, struct multipart_part *out)
{
    const char *text = field->value;
    size_t length = field->value_length, type = http_token_length(text, length);
    struct http_parameter parameter;
    bool named = false;
    int found, r;

    if (!equals(text, type, "form-data"))
        return -EINVAL;
    text += type;
    length -= type;
    /* "name*" and "filename*" are other names and fall through (RFC 7578 section 4.2). */
    while ((found = http_parameter_next(&text, &length, &parameter)) > 0) {
        if (http_parameter_is(&parameter, "name")) {
            if (named)
                return -EINVAL;
            named = true;
            r = take_name(&parameter, out->name, sizeof out->name);
            if (r)
                return r;
        } else if (http_parameter_is(&parameter, "filename")) {
            if (out->is_file)
                return -EINVAL;
            out->is_file = true;
            take_filename(&parameter, out->filename, sizeof out->filename);
        }
    }
    return found < 0 || !named ? -EINVAL : 0;
}

static int read_type(const struct field *field, struct multipart_part *out)
{
    static const char nested[] = "multipart/";
    char text[MULTIPART_TYPE_MAX + 2]; /* one more, to see what does not fit */
    size_t n = field->value_length < sizeof text - 1 ? field->value_length : sizeof text - 1;

    if (field->value_length >= sizeof nested - 1 &&
        strncasecmp(field->value, nested, sizeof nested - 1) == 0)
        return -EINVAL;
    memcpy(text, field->value, n);
    text[n] = '\0';
    n = http_media_type_length(text);
    if (n == 0 || n > MULTIPART_TYPE_MAX) {
        strcpy(out->type, "application/octet-stream");
        return 0;
    }
    memcpy(out->type, text, n);
    out->type[n] = '\0';
    return 0;
}

/* Browsers send none; base64 would have to be undone (RFC 7578 section 4.7 deprecates it). */
static int read_encoding(const struct field *field)
{
    static const char *const identity[] = {"7bit", "8bit", "binary"};

    for (size_t i = 0; i < sizeof identity / sizeof *identity; i++)
        if (equals(field->value, field->value_length, identity[i]))
            return 0;
    return -EINVAL;
}

static int once(bool *seen)
{
    if (*seen)
        return -EINVAL;
    *seen = true;
    return 0;
}

static int read_field(const struct field *field, struct seen *seen, struct multipart_part *out)
{
    if (equals(field->name, field->name_length, "Content-Disposition"))
        return once(&seen->disposition) ? -EINVAL : read_disposition(field, out);
    if (equals(field->name, field->name_length, "Content-Type"))
        return once(&seen->type) ? -EINVAL : read_type(field, out);
    if (equals(field->name, field->name_length, "Content-Transfer-Encoding"))
        return once(&seen->encoding) ? -EINVAL : read_encoding(field);
    return 0;
}

/* A line without its end. One that continues the line before begins with a blank: no token. */
static int split_line(const char *line, size_t length, struct field *out)
{
    size_t n = http_token_length(line, length);

    if (n == 0 || n == length || line[n] != ':')
        return -EINVAL;
    if (memchr(line, '\0', length) || memchr(line, '\r', length))
        return -EINVAL;
    out->name = line;
    out->name_length = n;
    for (n++; n < length && is_blank(line[n]); n++)
        ;
    while (length > n && is_blank(line[length - 1]))
        length--;
    out->value = line + n;
    out->value_length = length - n;
    return 0;
}

int multipart_head_parse(const char *head, size_t length, struct multipart_part *out)
{
    struct seen seen = {false, false, false};

    memset(out, 0, sizeof *out);
    strcpy(out->type, "text/plain");
    while (length > 0) {
        const char *end = memchr(head, '\n', length);
        size_t line = end ? (size_t)(end - head) : 0;
        struct field field;
        int r;

        if (line == 0 || head[line - 1] != '\r')
            return -EINVAL;
        r = split_line(head, line - 1, &field);
        if (!r)
            r = read_field(&field, &seen, out);
        if (r)
            return r;
        head += line + 1;
        length -= line + 1;
    }
    return seen.disposition ? 0 : -EINVAL;
}

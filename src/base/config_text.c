/* SPDX-License-Identifier: MIT
 *
 * libconfuse's scanner has habits that a configuration with patterns, secrets'
 * names and URLs does not want:
 *   - ${NAME} is replaced from the environment, and an unclosed one swallows
 *     everything up to the next brace;
 *   - in double quotes a backslash vanishes before most characters, so "\." in
 *     a pattern silently means "."; "\0" cuts the string;
 *   - a string or comment that is not closed leaves the scanner in that state
 *     for the next file that the process parses;
 *   - C comments shift its line numbers;
 *   - bytes it does not know are dropped without a word.
 * So the text is scanned here first. What could surprise is refused with its
 * line, and comments are replaced by blanks.
 */
#include "base/config_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct scan {
    struct config_text *out;
    char *error;
    char *p;         /* the next byte */
    int line;
    char last;       /* the last token: its own character, or 'w' for a word or string */
    bool in_list;
    int depth;       /* of sections */
    int opened;      /* line of the outermost open section or of the open list */
    size_t capacity; /* of out->spans */
};

int config_fail(const char *path, int line, char error[CONFIG_ERROR_MAX], const char *format, ...)
{
    va_list ap;
    int used = snprintf(error, CONFIG_ERROR_MAX, "%s:%d: ", path, line);

    if (used < 0 || used >= CONFIG_ERROR_MAX)
        return -EINVAL;
    va_start(ap, format);
    vsnprintf(error + used, CONFIG_ERROR_MAX - (size_t)used, format, ap);
    va_end(ap);
    return -EINVAL;
}

#define FAIL(s, ...) config_fail((s)->out->path, (s)->line, (s)->error, __VA_ARGS__)

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

/* To the end of the line, which stays. */
static int blank_line_comment(struct scan *s)
{
    if (s->last == '=')
        return FAIL(s, "no value after \"=\": a comment begins at \"#\" or \"//\"; put quotes "
                       "around a value that contains them");
    while (*s->p && *s->p != '\n')
        *s->p++ = ' ';
    return 0;
}

static int blank_block_comment(struct scan *s)
{
    char *end = strstr(s->p + 2, "*/");

    if (!end)
        return FAIL(s, "comment is not closed; end it with \"*/\"");
    for (end += 2; s->p < end; s->p++) {
        if (*s->p == '\n')
            s->line++;
        else
            *s->p = ' ';
    }
    return 0;
}

static int scan_string(struct scan *s)
{
    char quote = *s->p++;

    /* libconfuse ends the parse at an empty key without a word. */
    if (*s->p == quote && s->last != '=' && !s->in_list)
        return FAIL(s, "%c%c is not a name; only a value may be empty", quote, quote);
    for (; *s->p != quote; s->p++) {
        if (!*s->p || *s->p == '\n')
            return FAIL(s, "string is not closed on its line; end it with %c", quote);
        if (is_control(*s->p) && *s->p != '\t')
            return FAIL(s, "control byte 0x%02x in a string; none is allowed",
                        (unsigned char)*s->p);
        if (quote == '"' && s->p[0] == '$' && s->p[1] == '{')
            return FAIL(s, "\"${\" in double quotes; nothing is replaced here: write it in single "
                           "quotes if it is meant literally");
        if (s->p[0] != '\\')
            continue;
        if (s->p[1] == '\\' || s->p[1] == quote)
            s->p++;
        else if (quote == '"')
            return FAIL(s, "a backslash in double quotes may only stand before \\ and \"; write "
                           "the string in single quotes to keep backslashes");
    }
    s->p++;
    s->last = 'w';
    return 0;
}

/* An unquoted word, up to what libconfuse would end it at. */
static int scan_word(struct scan *s)
{
    size_t length;

    if (is_control(*s->p))
        return FAIL(s, "control byte 0x%02x; none is allowed", (unsigned char)*s->p);
    length = strcspn(s->p, " #\"'\t\n\r={}()+,*");
    for (size_t i = 0; i < length; i++)
        if (is_control(s->p[i]))
            return FAIL(s, "control byte 0x%02x; none is allowed", (unsigned char)s->p[i]);
    if (s->p[length] == '{' && s->p[length - 1] == '$')
        return FAIL(s, "\"${\" outside of quotes; nothing is replaced here: write it in single "
                       "quotes if it is meant literally");
    s->p += length;
    s->last = 'w';
    return 0;
}

static void open_brace(struct scan *s)
{
    if (s->last == '=') {
        s->in_list = true;
        if (s->depth == 0)
            s->opened = s->line;
    } else if (s->depth++ == 0) {
        s->opened = s->line;
    }
}

static int close_brace(struct scan *s)
{
    if (s->in_list) {
        /* libconfuse could not tell on which line an empty list stands. */
        if (s->last == '{')
            return FAIL(s, "empty list; leave the key out instead");
        s->in_list = false;
        s->last = 'w';
        return 0;
    }
    s->last = '}';
    if (s->depth == 0 || --s->depth > 0)
        return 0;
    if (s->out->span_count == s->capacity) {
        size_t capacity = s->capacity ? 2 * s->capacity : 16;
        struct config_span *grown = reallocarray(s->out->spans, capacity, sizeof *grown);

        if (!grown)
            return -ENOMEM;
        s->out->spans = grown;
        s->capacity = capacity;
    }
    s->out->spans[s->out->span_count++] = (struct config_span){s->opened, s->line};
    return 0;
}

static int scan_token(struct scan *s)
{
    char c = *s->p;
    int rc = 0;

    switch (c) {
    case '\r':
        if (s->p[1] != '\n')
            return FAIL(s, "control byte 0x0d; a line ends with LF or CRLF");
        s->p++;
        return 0;
    case '\n':
        s->line++;
        s->p++;
        return 0;
    case ' ':
    case '\t':
        s->p++;
        return 0;
    case '#':
        return blank_line_comment(s);
    case '"':
    case '\'':
        return scan_string(s);
    case '+':
        return FAIL(s, "\"+\" outside of quotes; a list is given whole, with \"=\"");
    case '*':
        return FAIL(s, "\"*\" outside of quotes; put quotes around the value");
    case '{':
        open_brace(s);
        s->last = c;
        s->p++;
        return 0;
    case '}':
        rc = close_brace(s);
        s->p++;
        return rc;
    case '=':
    case ',':
    case '(':
    case ')':
        s->last = c;
        s->p++;
        return 0;
    case '/':
        if (s->p[1] == '/')
            return blank_line_comment(s);
        if (s->p[1] == '*')
            return blank_block_comment(s);
        return scan_word(s);
    default:
        return scan_word(s);
    }
}

static int scan(struct config_text *text, char error[CONFIG_ERROR_MAX])
{
    struct scan s = {.out = text, .error = error, .p = text->text, .line = 1};

    while (*s.p) {
        int rc = scan_token(&s);

        if (rc < 0)
            return rc;
    }
    if (s.depth > 0 || s.in_list) {
        s.line = s.opened;
        return FAIL(&s, "\"{\" is not closed; end it with \"}\"");
    }
    return 0;
}

static int read_all(int fd, char *to, size_t size, size_t *length)
{
    *length = 0;
    while (*length < size) {
        ssize_t n = read(fd, to + *length, size - *length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        *length += (size_t)n;
    }
    return 0;
}

static int first_nul(const struct config_text *text, const char *nul, char error[CONFIG_ERROR_MAX])
{
    int line = 1;

    for (const char *p = text->text; p < nul; p++)
        line += *p == '\n';
    return config_fail(text->path, line, error, "NUL byte; this is not a text file");
}

int config_text_read(const char *path, struct config_text *out, char error[CONFIG_ERROR_MAX])
{
    struct stat st;
    size_t length;
    char *nul;
    int rc = 0;
    int fd;

    *out = (struct config_text){.path = path};
    error[0] = '\0';
    /* O_NONBLOCK: opening a FIFO must not wait for its writer. */
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0) {
        rc = -errno;
        goto out;
    }
    if (!S_ISREG(st.st_mode)) {
        rc = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
        snprintf(error, CONFIG_ERROR_MAX, "%s: not a regular file", path);
        goto out;
    }
    out->text = malloc(CONFIG_FILE_MAX + 2);
    if (!out->text) {
        rc = -ENOMEM;
        goto out;
    }
    rc = read_all(fd, out->text, CONFIG_FILE_MAX + 1, &length);
    if (rc < 0)
        goto out;
    if (length > CONFIG_FILE_MAX) {
        rc = -EFBIG;
        snprintf(error, CONFIG_ERROR_MAX, "%s: larger than 1 MiB; this is not a configuration",
                 path);
        goto out;
    }
    out->text[length] = '\0';
    nul = memchr(out->text, '\0', length);
    rc = nul ? first_nul(out, nul, error) : scan(out, error);
out:
    if (rc < 0 && !error[0])
        snprintf(error, CONFIG_ERROR_MAX, "%s: %s", path, strerror(-rc));
    if (fd >= 0)
        close(fd);
    if (rc < 0)
        config_text_free(out);
    return rc;
}

void config_text_free(struct config_text *text)
{
    free(text->spans);
    free(text->text);
    *text = (struct config_text){0};
}

int config_text_opening(const struct config_text *text, int close)
{
    for (size_t i = 0; i < text->span_count; i++)
        if (text->spans[i].close == close)
            return text->spans[i].open;
    return close;
}

/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/warm.h"

#define READ_BYTES 65536

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Without blanks around it. False for nothing and for a comment. */
static bool trim(const char **text, size_t *length)
{
    while (*length > 0 && is_blank((*text)[*length - 1]))
        --*length;
    while (*length > 0 && is_blank(**text)) {
        ++*text;
        --*length;
    }
    return *length > 0 && **text != '#';
}

static struct warm_item *make_item(const char *text, size_t length, uint64_t number)
{
    struct warm_item *item = calloc(1, sizeof *item);

    if (!item)
        return NULL;
    item->number = number;
    item->text = malloc(length + 1);
    if (!item->text) {
        free(item);
        return NULL;
    }
    memcpy(item->text, text, length);
    item->text[length] = '\0';
    /* A NUL would hide the rest; a control byte is in no URL either. */
    for (size_t i = 0; i < length; i++)
        if (item->text[i] == '\0')
            item->text[i] = '\1';
    return item;
}

void warm_item_free(struct warm_item *item)
{
    if (item)
        free(item->text);
    free(item);
}

/* Takes a line, which the file's end ends, too. Of one that is too long only the first part counts;
 * *rest is set for what follows of it. False if more has to be read first. */
static bool next_line(struct warm_lines *l, const char **text, size_t *length, bool *rest)
{
    size_t left = l->bytes.length - l->at;
    const char *end;

    if (left == 0)
        return false;
    *text = l->bytes.data + l->at;
    end = memchr(*text, '\n', left);
    if (!end && !l->ended && left < WARM_LINE_MAX)
        return false;
    *length = end ? (size_t)(end - *text) : left;
    l->at += end ? *length + 1 : left;
    *rest = l->skipping;
    l->skipping = !end;
    l->number += !*rest;
    if (*length > WARM_LINE_MAX)
        *length = WARM_LINE_MAX;
    return true;
}

int warm_lines_next(struct warm_lines *l, struct warm_item **out)
{
    const char *text;
    size_t length;
    bool rest;

    *out = NULL;
    while (!*out && next_line(l, &text, &length, &rest)) {
        if (rest || !trim(&text, &length))
            continue;
        *out = make_item(text, length, l->number);
        if (!*out)
            return -ENOMEM;
    }
    return 0;
}

int warm_lines_read(struct warm_lines *l)
{
    ssize_t n;
    int rc;

    if (l->at > 0) {
        memmove(l->bytes.data, l->bytes.data + l->at, l->bytes.length - l->at);
        l->bytes.length -= l->at;
        l->at = 0;
    }
    rc = buffer_reserve(&l->bytes, READ_BYTES);
    if (rc)
        return rc;
    n = read(l->fd, l->bytes.data + l->bytes.length, READ_BYTES);
    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    l->bytes.length += (size_t)n;
    l->bytes.data[l->bytes.length] = '\0';
    l->ended = n == 0;
    return 0;
}

bool warm_lines_over(const struct warm_lines *l)
{
    return l->ended && l->at == l->bytes.length;
}

/* Goes through a file once, for the bar. */
static int count_all(struct warm_lines *l)
{
    struct warm_lines once = {.fd = l->fd};
    struct warm_item *item;
    int rc = 0;

    while (!rc && !warm_lines_over(&once)) {
        rc = warm_lines_next(&once, &item);
        if (!rc && item)
            l->all++;
        else if (!rc && !once.ended)
            rc = warm_lines_read(&once);
        warm_item_free(rc ? NULL : item);
    }
    buffer_free(&once.bytes);
    if (!rc && lseek(l->fd, 0, SEEK_SET) != 0)
        rc = -errno;
    return rc;
}

int warm_lines_open(struct warm_lines *l, const char *path)
{
    struct stat st;

    *l = (struct warm_lines){.fd = STDIN_FILENO};
    if (strcmp(path, "-") == 0)
        return 0;
    l->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (l->fd < 0 || fstat(l->fd, &st) != 0)
        return -errno;
    if (S_ISDIR(st.st_mode))
        return -EISDIR;
    return S_ISREG(st.st_mode) ? count_all(l) : 0;
}

void warm_lines_close(struct warm_lines *l)
{
    buffer_free(&l->bytes);
    if (l->fd > STDIN_FILENO)
        close(l->fd);
    l->fd = -1;
}

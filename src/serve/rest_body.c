/* SPDX-License-Identifier: MIT */
#include "serve/rest_body.h"

#include <errno.h>
#include <string.h>

#include "route/native_path.h"
#include "serve/version.h"
#include "serve/writer.h"

static const char everything[] =
    "{\"id\":\"{id}\",\"version\":\"{version}\",\"url\":\"{url}\",\"type\":\"{type}\","
    "\"width\":{width},\"height\":{height},\"bytes\":{bytes}}";

struct body {
    struct writer w;
    const struct rest_facts *facts; /* one of the two */
    const struct rest_error *error;
};

struct place {
    const char *name;
    void (*put)(struct body *b);
};

/* A JSON string without its quotes, which the template has. */
static void put_inside(struct body *b, const char *text)
{
    struct buffer quoted = {0};
    struct writer w = {.out = &quoted};

    writer_json(&w, text);
    if (!w.rc && quoted.length >= 2 && !b->w.rc)
        b->w.rc = buffer_append(b->w.out, quoted.data + 1, quoted.length - 2);
    else if (w.rc && !b->w.rc)
        b->w.rc = w.rc;
    buffer_free(&quoted);
}

static void put_version(struct body *b)
{
    char version[PICTURE_VERSION_DIGITS + 1] = "";

    if (b->facts->stored)
        version_of(&b->facts->stored->digest, version);
    writer_puts(&b->w, version);
}

/* The immutable URL of the section's preset, or of the first one that there is. */
static void put_url(struct body *b)
{
    const struct config *config = b->facts->config;
    const struct config_preset *preset = b->facts->picture->rest->preset;
    char version[PICTURE_VERSION_DIGITS + 1];
    struct native_path path = {.version = version,
                               .source = b->facts->picture->source->name,
                               .id = b->facts->picture->id};
    struct buffer url = {0};
    int rc;

    if (!preset && config->preset_count > 0)
        preset = &config->presets[0];
    if (!preset || !b->facts->stored)
        return;
    version_of(&b->facts->stored->digest, version);
    path.rendering = preset->name;
    path.ending = native_path_extension(config->formats[0]);
    rc = native_path_append(&url, config, &path);
    if (!rc)
        rc = sign_append(&url, &b->facts->signer);
    if (!rc)
        put_inside(b, url.data);
    else if (!b->w.rc)
        b->w.rc = rc;
    buffer_free(&url);
}

static void put_id(struct body *b)
{
    put_inside(b, b->facts->picture->id);
}

/* Encoded there is nothing in it that JSON would escape. */
static void put_path_id(struct body *b)
{
    if (!b->w.rc)
        b->w.rc = native_path_append_id(b->w.out, b->facts->picture->id);
}

static void put_type(struct body *b)
{
    writer_puts(&b->w, b->facts->stored ? picture_media_type(b->facts->stored->type) : "");
}

static void put_width(struct body *b)
{
    writer_number(&b->w, b->facts->stored ? b->facts->stored->width : 0);
}

static void put_height(struct body *b)
{
    writer_number(&b->w, b->facts->stored ? b->facts->stored->height : 0);
}

static void put_bytes(struct body *b)
{
    writer_number(&b->w, b->facts->stored ? b->facts->stored->length : 0);
}

static void put_exists(struct body *b)
{
    writer_puts(&b->w, b->facts->exists ? "true" : "false");
}

static const struct place fact_places[] = {
    {"{id}", put_id},         {"{path_id}", put_path_id}, {"{version}", put_version},
    {"{url}", put_url},       {"{type}", put_type},       {"{width}", put_width},
    {"{height}", put_height}, {"{bytes}", put_bytes},     {"{exists}", put_exists},
};

static void put_status(struct body *b)
{
    writer_number(&b->w, (uint64_t)b->error->status);
}

static void put_title(struct body *b)
{
    put_inside(b, b->error->title);
}

static void put_detail(struct body *b)
{
    put_inside(b, b->error->detail);
}

static const struct place error_places[] = {
    {"{status}", put_status}, {"{title}", put_title}, {"{detail}", put_detail}};

/* The bytes of the place that the text begins with; 0: it is none. */
static size_t put_place(struct body *b, const struct place *places, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(places[i].name);

        if (strncmp(text, places[i].name, length) == 0) {
            places[i].put(b);
            return length;
        }
    }
    return 0;
}

static int fill(struct body *b, const struct place *places, size_t count, const char *text)
{
    while (*text && !b->w.rc) {
        size_t plain = strcspn(text, "{"), place;

        if (plain > 0) {
            b->w.rc = buffer_append(b->w.out, text, plain);
            text += plain;
            continue;
        }
        place = put_place(b, places, count, text);
        if (place == 0) {
            b->w.rc = buffer_append(b->w.out, text, 1);
            place = 1;
        }
        text += place;
    }
    return b->w.rc;
}

int rest_body_write(struct buffer *out, const char *text, const struct rest_facts *facts)
{
    struct body b = {.w = {.out = out}, .facts = facts};

    return fill(&b, fact_places, sizeof fact_places / sizeof *fact_places, text ? text : everything);
}

int rest_body_write_error(struct buffer *out, const char *text, const struct rest_error *error)
{
    struct body b = {.w = {.out = out}, .error = error};

    return fill(&b, error_places, sizeof error_places / sizeof *error_places, text);
}

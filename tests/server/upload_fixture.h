/* SPDX-License-Identifier: MIT
 *
 * What the tests of uploads share: a source that whoever has a key may write, and two
 * pictures.
 */
#ifndef VISAGE_TESTS_SERVER_UPLOAD_FIXTURE_H
#define VISAGE_TESTS_SERVER_UPLOAD_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "image/sniff.h"
#include "render/fixture.h"
#include "rig/text.h"
#include "rig/uploads.h"

#define KEY "Authorization: Bearer 0123456789abcdef-key"
#define KEYS "0123456789abcdef-key\n"
#define LIMIT (10u << 20)
#define ADA "/users/ada/avatar"
#define WAIT_MS 10000

/* %s: further keys of the source. */
#define CONF                                                                                       \
    "source users { type = store writers = {api-key} api_key_file = \"@DIR@/secret\" %s }\n"       \
    "rest avatar { path = \"/users/{id}/avatar\" source = users preset = thumb "                   \
    "methods = {GET, PUT, POST, DELETE} }\n"                                                       \
    "rest info { path = \"/users/{id}/avatar/info\" source = users answers = info "                    \
    "preset = thumb }\n"                                                                           \
    "rest told { path = \"/users/{id}/told\" source = users answers = info "                       \
    "info_body = '{\"a\":\"{id}\",\"v\":\"{version}\",\"n\":{bytes}}' }\n"                         \
    "rest exists { path = \"/users/{id}/exists\" source = users answers = exists }\n"              \
    "rest there { path = \"/users/{id}/there\" source = users answers = exists "                   \
    "exists_body = '{\"exists\":{exists}}' }\n"

static struct rig rig;
static const char *const key[] = {KEY, NULL};
static struct file red, blue; /* two pictures */

static inline void open_workers(enum rig_kind kind, unsigned workers, const char *source,
                                const char *top, const char *server)
{
    static char more[2048];

    snprintf(more, sizeof more, CONF, source);
    rig_open(&rig, &(struct rig_options){.kind = kind, .workers = workers, .more = more,
                                         .top = top, .secret = KEYS, .server = server});
    red = fixture_jpeg(320, 240, 6);
    blue = fixture_png(200, 200, true);
    cr_assert(red.bytes && blue.bytes);
}

static inline void open_with(enum rig_kind kind, const char *source, const char *top,
                             const char *server)
{
    open_workers(kind, 0, source, top, server);
}

static inline void open_rig(const char *source)
{
    open_with(RIG_LIGHTTPD, source, NULL, NULL);
}

static inline void close_rig(void)
{
    file_free(&red);
    file_free(&blue);
    rig_close(&rig);
}

static inline int put(const char *target, const void *bytes, size_t length)
{
    return uploads_send(&rig, "PUT", target, key, bytes, length);
}

static inline int put_file(const char *target, const struct file *file)
{
    return put(target, file->bytes, file->length);
}

static inline int put_with(const char *target, const struct file *file, const char *field)
{
    const char *const fields[] = {KEY, field, NULL};

    return uploads_send(&rig, "PUT", target, fields, file->bytes, file->length);
}

static inline int delete_with(const char *target, const char *field)
{
    const char *const fields[] = {KEY, field, NULL};

    return rig_ask(&rig, "DELETE", target, fields);
}

/* The store has these very bytes. */
static inline bool has(const char *subject, const struct file *file)
{
    struct store_picture picture;
    struct buffer bytes = {0};
    bool same = uploads_find(&rig, subject, &picture, &bytes) && bytes.length == file->length &&
                memcmp(bytes.data, file->bytes, file->length) == 0;

    buffer_free(&bytes);
    return same;
}

static inline void expect_nothing(const char *what)
{
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u, "%s", what);
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u, "%s", what);
    cr_expect_eq(rig_get(&rig, ADA), 404, "%s", what);
}

#endif

/* SPDX-License-Identifier: MIT */
#include "origin/fetch_rig.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "origin/pictures.h"

void rig_start(struct rig *rig)
{
    *rig = (struct rig){.received = 0};
    cr_assert_eq(picture_make_jpeg(160, 120, 7, &rig->picture, &rig->picture_length), 0);
    cr_assert_gt(rig->picture_length, 2000);
    rig->origin = origin_start(0);
    cr_assert_not_null(rig->origin);
    cr_assert_eq(origin_add_picture(rig->origin, "portrait", rig->picture, rig->picture_length,
                                    "image/jpeg"), 0);
    rig->config.fetch.connect_timeout_ms = 5000;
    rig->config.fetch.timeout_ms = 20000;
    rig->config.store.timeout_ms = 20000;
    rig->config.fetch.max_bytes = RIG_MAX_BYTES;
    rig->config.fetch.max_redirects = 3;
    rig->config.fetch.user_agent = strdup("visage-test/1");
    cr_assert_not_null(rig->config.fetch.user_agent);
    cr_assert_eq(network_parse("127.0.0.0/8", &rig->loopback), 0);
    rig->source_config.name = strdup("test");
    cr_assert_not_null(rig->source_config.name);
    rig->source_config.url = rig->url;
    rig->source_config.headers = rig->headers;
    rig->source_config.allow_addresses.items = &rig->loopback;
    rig->source_config.allow_addresses.count = 1;
    rig->source.config = &rig->source_config;
    rig_point(rig, "http://127.0.0.1:%u/{id}", (unsigned)origin_port(rig->origin));
    rig->request.timeout_ms = INT64_MAX;
    rig->fetcher = fetcher_new(&rig->config);
    cr_assert_not_null(rig->fetcher);
}

void rig_stop(struct rig *rig)
{
    fetcher_free(&rig->fetcher);
    origin_stop(&rig->origin);
    free(rig->config.fetch.user_agent);
    free(rig->source_config.name);
    free(rig->picture);
}

struct origin *rig_second_origin(const struct rig *rig)
{
    struct origin *origin = origin_start(0);

    cr_assert_not_null(origin);
    cr_assert_eq(origin_add_picture(origin, "portrait", rig->picture, rig->picture_length,
                                    "image/jpeg"), 0);
    return origin;
}

void rig_point(struct rig *rig, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(rig->url, sizeof rig->url, format, ap);
    va_end(ap);
    cr_assert(n > 0 && (size_t)n < sizeof rig->url);
}

void rig_add_header(struct rig *rig, const char *field)
{
    cr_assert_lt(rig->source_config.header_count, RIG_HEADERS_MAX);
    rig->headers[rig->source_config.header_count++] = (char *)(uintptr_t)field;
}

static int take(void *context, const void *bytes, size_t length)
{
    struct rig *rig = context;

    if (rig->fail_at > 0 && rig->received + length >= rig->fail_at)
        return -ENOSPC;
    if (rig->received + length > rig->picture_length ||
        memcmp(rig->picture + rig->received, bytes, length) != 0)
        rig->same = false;
    rig->received += length;
    return 0;
}

enum cause rig_fetch_from(struct rig *rig, const struct source *source, const char *id)
{
    rig->received = 0;
    rig->same = true;
    memset(&rig->result, 0xa5, sizeof rig->result);
    rig->request.source = source;
    rig->request.id = id;
    rig->request.sink = take;
    rig->request.context = rig;
    return fetcher_fetch(rig->fetcher, &rig->request, &rig->result);
}

enum cause rig_fetch(struct rig *rig, const char *id)
{
    return rig_fetch_from(rig, &rig->source, id);
}

const char *rig_base(const struct origin *origin, char out[64])
{
    snprintf(out, 64, "http://127.0.0.1:%u", (unsigned)origin_port(origin));
    return out;
}

bool rig_sent(struct origin *origin, const char *path, const char *name, const char *value)
{
    char *sent = origin_last_header(origin, path, name);
    bool same = value ? sent && strcmp(sent, value) == 0 : !sent;

    if (!same)
        cr_log_error("%s: %s is %s", path, name, sent ? sent : "(not sent)");
    free(sent);
    return same;
}

/* SPDX-License-Identifier: MIT
 *
 * What the tests of imgproxy's URLs share: a configuration, and how to ask.
 */
#ifndef VISAGE_TESTS_UNIT_IMGPROXY_FIXTURE_H
#define VISAGE_TESTS_UNIT_IMGPROXY_FIXTURE_H

#include <stdio.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "route/imgproxy.h"
#include "route/route.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static char *web_hosts[] = {(char[]){"images.dev"}, (char[]){"*.example.com"}};

static struct config_source sources[] = {
    {.name = (char[]){"demo"}, .id_pattern = (char[]){"[A-Za-z0-9._~@:+=-]+"}},
    {.name = (char[]){"web"}, .type = SOURCE_WEB, .hosts = web_hosts, .host_count = COUNT(web_hosts),
     .id_pattern = (char[]){"[A-Za-z0-9._~@:+=-]+"}},
};

static struct config_preset presets[] = {
    {.name = (char[]){"small"}, .rendering = {.width = 64, .height = 64, .fit = FIT_COVER,
                                              .quality = 80}},
};

static char *imgproxy_presets[] = {
    (char[]){"tiny=rs:fill:16:16"},
    (char[]){"png=f:png"},
    (char[]){"soft=bl:0.2/q:30"},
    (char[]){"both=pr:tiny:soft"},
    (char[]){"me=w:7/pr:me/h:8"},
    (char[]){"ping=w:1/pr:pong"},
    (char[]){"pong=h:2/pr:ping"},
};

static struct config usual = {
    .path = (char[]){"visage.conf"},
    .prefix = (char[]){""},
    .sizes = {32, 64},
    .size_count = 2,
    .quality = 82,
    .background = 0xf0e1d2,
    .formats = {PICTURE_WEBP, PICTURE_JPEG, PICTURE_PNG},
    .format_count = 3,
    .presets = presets,
    .preset_count = COUNT(presets),
    .sources = sources,
    .source_count = COUNT(sources),
    .imgproxy = {.prefix = (char[]){"/i"},
                 .source = &sources[1],
                 .insecure = true,
                 .signature_size = 32,
                 .presets = imgproxy_presets,
                 .preset_count = COUNT(imgproxy_presets)},
};

static inline struct router *new_router(const struct config *config)
{
    char error[CONFIG_ERROR_MAX];
    struct router *router = NULL;

    cr_assert_eq(router_open(config, &router, error), 0, "%s", error);
    return router;
}

/* The path is given as a heap copy without a NUL, so that a sanitizer sees a read past its end. */
static inline enum cause ask_with(const struct router *router, const char *path, size_t length,
                                  enum http_method method, const char *accept,
                                  struct picture_request *out)
{
    char *copy = malloc(length ? length : 1);
    struct http_request request = {
        .method = method, .path = copy, .path_length = length, .query = "", .accept = accept};
    enum cause cause;

    cr_assert_not_null(copy);
    memcpy(copy, path, length);
    cause = route(router, &request, out);
    free(copy);
    return cause;
}

static inline enum cause ask(const struct router *router, const char *path,
                             struct picture_request *out)
{
    return ask_with(router, path, strlen(path), HTTP_GET, NULL, out);
}

#endif

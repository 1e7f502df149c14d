/* SPDX-License-Identifier: MIT
 *
 * What the tests of routing share: a configuration, and how to ask.
 */
#ifndef VISAGE_TESTS_UNIT_ROUTE_FIXTURE_H
#define VISAGE_TESTS_UNIT_ROUTE_FIXTURE_H

#include "route/route.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DEFAULT_PATTERN "[A-Za-z0-9._~@:+=-]+"

static struct config_preset presets[] = {
    {"avatar", {1000, 1000, FIT_COVER, 85, {0}}},
    {"small", {128, 128, FIT_COVER, 80, {0}}},
    {"wide", {600, 0, FIT_CONTAIN, 70, {0}}},
    {"banner", {3000, 1000, FIT_COVER, 75, {0}}},
    {"s64", {64, 32, FIT_COVER, 60, {0}}},
    {"smile", {20, 20, FIT_COVER, 50, {0}}},
};

static char *web_hosts[] = {(char[]){"images.example.org"}, (char[]){"*.example.net"},
                            (char[]){"[::1]"}};

static struct config_source sources[] = {
    {.name = "demo", .id_pattern = DEFAULT_PATTERN},
    {.name = "users", .id_pattern = "[0-9]+"},
    {.name = "either", .id_pattern = "cat|dog"},
    {.name = "anything", .id_pattern = ".*"},
    {.name = "paren", .id_pattern = "a)|b|b+c"},
    {.name = "s128", .id_pattern = DEFAULT_PATTERN},
    {.name = "web", .type = SOURCE_WEB, .hosts = web_hosts, .host_count = COUNT(web_hosts),
     .id_pattern = DEFAULT_PATTERN},
    {.name = "closed", .type = SOURCE_WEB, .id_pattern = DEFAULT_PATTERN},
};

static struct config usual = {
    .prefix = "",
    .sizes = {32, 48, 64, 80, 96, 128, 192, 256, 360, 512, 1000},
    .size_count = 11,
    .quality = 82,
    .background = 0xf0e1d2,
    .formats = {PICTURE_WEBP, PICTURE_JPEG, PICTURE_PNG},
    .format_count = 3,
    .presets = presets,
    .preset_count = COUNT(presets),
    .sources = sources,
    .source_count = COUNT(sources),
};

static struct router *new_router(const struct config *config)
{
    struct router *router = NULL;

    cr_assert_eq(router_new(config, &router), 0);
    cr_assert_not_null(router);
    return router;
}

/* The path is given as a heap copy without a NUL, so that a sanitizer sees a
 * read past its end. */
static enum cause ask_with(const struct router *router, const char *path, size_t length,
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

static enum cause ask(const struct router *router, const char *path, struct picture_request *out)
{
    return ask_with(router, path, strlen(path), HTTP_GET, NULL, out);
}

#endif

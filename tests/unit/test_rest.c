/* SPDX-License-Identifier: MIT
 *
 * URLs that front ends know already: which section answers, whose picture it is, and what
 * may be done with it.
 */
#include "route_fixture.h"

#include <stdio.h>

#include "serve/rest_body.h"

static struct config_source stores[] = {
    {.name = (char *)"users", .type = SOURCE_STORE, .id_pattern = (char *)"[a-z0-9-]+"},
    {.name = (char *)"teams", .type = SOURCE_STORE, .id_pattern = (char *)DEFAULT_PATTERN},
    {.name = (char *)"demo", .id_pattern = (char *)DEFAULT_PATTERN},
};

enum { MINE, THEIRS, THEIRS_WRITTEN, TEAM, DEMO, MIDDLE, HEALTH, RESTS };

static struct config_rest rests[RESTS] = {
    [MINE] = {.name = (char *)"mine", .path = (char *)"/users/me/avatar", .source = &stores[0],
              .methods = REST_GET | REST_POST | REST_DELETE},
    [THEIRS] = {.name = (char *)"theirs", .path = (char *)"/users/{id}/avatar",
                .source = &stores[0], .preset = &presets[1], .methods = REST_GET},
    [THEIRS_WRITTEN] = {.name = (char *)"written", .path = (char *)"/users/{id}/avatar",
                        .source = &stores[0], .methods = REST_PUT | REST_DELETE},
    [TEAM] = {.name = (char *)"team", .path = (char *)"/{id}/logo", .source = &stores[1],
              .methods = REST_GET | REST_PUT},
    [DEMO] = {.name = (char *)"demo", .path = (char *)"/demo/{id}", .source = &stores[2],
              .methods = REST_GET, .answers = REST_INFO},
    [MIDDLE] = {.name = (char *)"middle", .path = (char *)"/a/{id}/b/c", .source = &stores[0],
                .methods = REST_PUT},
    [HEALTH] = {.name = (char *)"health", .path = (char *)"/images/health",
                .methods = REST_GET, .answers = REST_HEALTH},
};

static struct config config;
static struct router *router;
static struct picture_request picture;

static void set_up(void)
{
    config = usual;
    config.sources = stores;
    config.source_count = COUNT(stores);
    config.rests = rests;
    config.rest_count = RESTS;
    router = new_router(&config);
}

static void tear_down(void)
{
    router_free(&router);
}

TestSuite(rest, .init = set_up, .fini = tear_down);

static enum cause ask_as(enum http_method method, const char *path)
{
    return ask_with(router, path, strlen(path), method, NULL, &picture);
}

static enum cause ask_options(const char *path, enum http_method intended)
{
    const struct http_request request = {.method = HTTP_OPTIONS, .intended = intended,
                                         .path = path, .path_length = strlen(path), .query = ""};

    return route(router, &request, &picture);
}

static void expect(enum http_method method, const char *path, unsigned section, const char *id)
{
    enum cause cause = ask_as(method, path);

    cr_expect_eq(cause, CAUSE_NONE, "%s: %d", path, (int)cause);
    cr_expect_eq(picture.dialect, DIALECT_REST, "%s", path);
    cr_expect_eq(picture.rest, &rests[section], "%s", path);
    cr_expect_eq(picture.source, rests[section].source, "%s", path);
    cr_expect_str_eq(picture.id, id, "%s", path);
}

static void expect_refused(enum http_method method, const char *path, enum cause wanted)
{
    enum cause cause = ask_as(method, path);

    cr_expect_eq(cause, wanted, "%s: %d", path, (int)cause);
}

Test(rest, the_first_section_whose_path_and_method_fit_answers)
{
    expect(HTTP_GET, "/users/ada/avatar", THEIRS, "ada");
    expect(HTTP_HEAD, "/users/ada/avatar", THEIRS, "ada");
    expect(HTTP_PUT, "/users/ada/avatar", THEIRS_WRITTEN, "ada");
    expect(HTTP_DELETE, "/users/ada/avatar", THEIRS_WRITTEN, "ada");
    expect(HTTP_GET, "/users/me/avatar", MINE, "");
    expect(HTTP_POST, "/users/me/avatar", MINE, "");
}

/* Who asks what it may do hears of the section that would do it; that it is asked is no right to it. */
Test(rest, options_are_those_of_the_section_that_would_answer)
{
    cr_expect_eq(ask_options("/users/ada/avatar", HTTP_DELETE), CAUSE_METHOD_NOT_ALLOWED);
    cr_expect_eq(picture.rest, &rests[THEIRS_WRITTEN]);
    cr_expect_eq(picture.methods, REST_GET | REST_PUT | REST_DELETE);
    cr_expect_eq(ask_options("/users/ada/avatar", HTTP_GET), CAUSE_METHOD_NOT_ALLOWED);
    cr_expect_eq(picture.rest, &rests[THEIRS]);
    cr_expect_eq(ask_options("/users/ada/avatar", HTTP_OTHER), CAUSE_METHOD_NOT_ALLOWED);
    cr_expect_eq(picture.rest, &rests[THEIRS]);
}

/* Of the sections with this path one has the method, although it is not the first one. */
Test(rest, a_method_that_the_first_section_has_not_goes_to_the_next)
{
    expect(HTTP_PUT, "/users/me/avatar", THEIRS_WRITTEN, "me");
}

Test(rest, the_order_of_sections_decides_where_two_fit)
{
    struct config_rest turned[] = {rests[THEIRS], rests[MINE]};

    config.rests = turned;
    config.rest_count = 2;
    cr_expect_eq(ask_as(HTTP_GET, "/users/me/avatar"), CAUSE_NONE);
    cr_expect_eq(picture.rest, &turned[0]);
    cr_expect_str_eq(picture.id, "me");
}

Test(rest, the_id_may_stand_anywhere)
{
    expect(HTTP_GET, "/ada/logo", TEAM, "ada");
    expect(HTTP_GET, "/demo/ada", DEMO, "ada");
    expect(HTTP_PUT, "/a/ada/b/c", MIDDLE, "ada");
    expect(HTTP_GET, "/images/health", HEALTH, "");
}

Test(rest, a_path_is_the_template_s_whole_and_nothing_else)
{
    static const char *const paths[] = {
        "/users/ada/avatar/", "/users/ada/avatar/x", "/users/ada", "/users//avatar",
        "//users/ada/avatar", "/users/ada//avatar",  "/Users/ada/avatar", "/users/ada/avatars",
        "/users/ada/avata",   "/xusers/ada/avatar",  "/a/x/b", "/images/health/", "/demo/", "/demo",
    };

    for (size_t i = 0; i < COUNT(paths); i++) {
        ask_as(HTTP_GET, paths[i]);
        cr_expect_neq(picture.dialect, DIALECT_REST, "%s", paths[i]);
    }
}

Test(rest, a_prefix_stands_before_all_of_them)
{
    config.prefix = (char *)"/avatars";
    expect(HTTP_GET, "/avatars/users/ada/avatar", THEIRS, "ada");
    expect(HTTP_GET, "/avatars/ada/logo", TEAM, "ada");
    expect_refused(HTTP_GET, "/users/ada/avatar", CAUSE_NOT_FOUND);
    expect_refused(HTTP_GET, "/avatarsusers/ada/avatar", CAUSE_NOT_FOUND);
}

Test(rest, escapes_are_taken_out_once)
{
    expect(HTTP_GET, "/users/%61da/avatar", THEIRS, "ada");
    expect(HTTP_GET, "/%75sers/ada/avatar", THEIRS, "ada");
    expect(HTTP_GET, "/%7Eada%40x/logo", TEAM, "~ada@x");
    expect_refused(HTTP_GET, "/users/%2561da/avatar", CAUSE_BAD_REQUEST);
    expect_refused(HTTP_GET, "/users/a%2Fb/avatar", CAUSE_BAD_REQUEST);
    expect_refused(HTTP_GET, "/users/a%00/avatar", CAUSE_BAD_REQUEST);
    expect_refused(HTTP_GET, "/users/a%0a/avatar", CAUSE_BAD_REQUEST);
    expect_refused(HTTP_GET, "/users/a%/avatar", CAUSE_BAD_REQUEST);
}

Test(rest, what_the_pattern_refuses_is_no_id)
{
    char path[PICTURE_ID_MAX + 64];

    expect_refused(HTTP_GET, "/users/Ada/avatar", CAUSE_BAD_REQUEST);
    expect_refused(HTTP_PUT, "/users/a.b/avatar", CAUSE_BAD_REQUEST);
    expect_refused(HTTP_GET, "/%2e%2e/logo", CAUSE_BAD_REQUEST);
    expect_refused(HTTP_GET, "/../logo", CAUSE_BAD_REQUEST);
    expect_refused(HTTP_GET, "/./logo", CAUSE_BAD_REQUEST);
    memset(path, 'a', sizeof path);
    snprintf(path + PICTURE_ID_MAX + 1, sizeof path - PICTURE_ID_MAX - 1, "/logo");
    path[0] = '/';
    expect(HTTP_GET, path, TEAM, picture.id);
    cr_expect_eq(strlen(picture.id), (size_t)PICTURE_ID_MAX);
    memset(path + 1, 'a', PICTURE_ID_MAX + 1);
    snprintf(path + PICTURE_ID_MAX + 2, sizeof path - PICTURE_ID_MAX - 2, "/logo");
    expect_refused(HTTP_GET, path, CAUSE_BAD_REQUEST);
}

/* Allow names what every section of this path has. */
Test(rest, another_method_is_told_what_all_sections_of_the_path_have)
{
    expect_refused(HTTP_POST, "/users/ada/avatar", CAUSE_METHOD_NOT_ALLOWED);
    cr_expect_eq(picture.methods, REST_GET | REST_PUT | REST_DELETE);
    expect_refused(HTTP_OTHER, "/users/me/avatar", CAUSE_METHOD_NOT_ALLOWED);
    cr_expect_eq(picture.methods, REST_GET | REST_PUT | REST_POST | REST_DELETE);
    expect_refused(HTTP_GET, "/a/ada/b/c", CAUSE_METHOD_NOT_ALLOWED);
    expect_refused(HTTP_HEAD, "/a/ada/b/c", CAUSE_METHOD_NOT_ALLOWED);
    cr_expect_eq(picture.methods, REST_PUT);
    expect_refused(HTTP_DELETE, "/images/health", CAUSE_METHOD_NOT_ALLOWED);
    cr_expect_eq(picture.methods, REST_GET);
    expect_refused(HTTP_PUT, "/s64/demo/x", CAUSE_METHOD_NOT_ALLOWED);
}

Test(rest, pictures_are_drawn_by_the_preset_or_in_their_own_size)
{
    expect(HTTP_GET, "/users/ada/avatar", THEIRS, "ada");
    cr_expect_eq(memcmp(&picture.rendering, &presets[1].rendering, sizeof picture.rendering), 0);
    expect(HTTP_GET, "/ada/logo", TEAM, "ada");
    cr_expect_eq(picture.rendering.width, 0u);
    cr_expect_eq(picture.rendering.height, 0u);
    cr_expect_eq(picture.rendering.quality, config.quality);
    cr_expect(!picture.immutable && !picture.verbatim && !picture.info);
}

Test(rest, accept_decides_the_format_of_pictures_alone)
{
    const char *path = "/users/ada/avatar";
    struct http_request request = {.path = path, .path_length = strlen(path), .query = "",
                                   .accept = "image/webp"};

    cr_expect_eq(route(router, &request, &picture), CAUSE_NONE);
    cr_expect(picture.negotiated);
    cr_expect_eq(picture.format, PICTURE_WEBP);
    cr_expect(route_negotiates(router, &request));
    expect(HTTP_GET, path, THEIRS, "ada");
    cr_expect_eq(picture.format, PICTURE_AUTO);
    request.path = "/demo/ada";
    request.path_length = strlen(request.path);
    cr_expect_not(route_negotiates(router, &request));
}

/* ---- what errors are told with ---- */

static void expect_error(const char *template, const struct rest_error *error, const char *wanted)
{
    struct buffer text = {0};

    cr_assert_eq(rest_body_write_error(&text, template, error), 0);
    cr_expect_str_eq(text.data ? text.data : "", wanted);
    buffer_free(&text);
}

Test(rest, an_error_s_text_has_three_places)
{
    static const struct rest_error error = {413, "Content Too Large", "the upload is too large"};

    expect_error("{\"error\":\"{detail}\"}", &error, "{\"error\":\"the upload is too large\"}");
    expect_error("{\"a\":{status},\"b\":{\"c\":\"{title}: {detail}\"}}", &error,
                 "{\"a\":413,\"b\":{\"c\":\"Content Too Large: the upload is too large\"}}");
    expect_error("{id}{url}{ detail}{", &error, "{id}{url}{ detail}{");
    expect_error("", &error, "");
}

Test(rest, what_stands_in_an_error_s_places_is_json_text)
{
    static const struct rest_error error = {400, "a \\ b", "\"x\"\n{status}\xff"};

    expect_error("\"{title}|{detail}\"", &error,
                 "\"a \\\\ b|\\\"x\\\"\\u000a{status}\xEF\xBF\xBD\"");
}

/* Where no section fits, the other dialects do what they always did. */
Test(rest, other_urls_stay_what_they_are)
{
    cr_expect_eq(ask(router, "/s64/demo/x", &picture), CAUSE_NONE);
    cr_expect_eq(picture.dialect, DIALECT_NATIVE);
    cr_expect_eq(ask(router, "/avatar/users/ada.jpg", &picture), CAUSE_NONE);
    cr_expect_eq(picture.dialect, DIALECT_NATIVE);
    config.rest_count = 0;
    expect_refused(HTTP_GET, "/users/ada/avatar", CAUSE_NOT_FOUND);
}

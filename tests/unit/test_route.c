/* SPDX-License-Identifier: MIT
 *
 * Native URLs: what they mean, and that those that mean one thing have one
 * canonical text.
 */
#include "route_fixture.h"

#include <stdio.h>

static const struct {
    const char *path;
    const char *variant; /* in the request's format, or PNG where Accept decides */
    const char *format;
} meant[] = {
    {"/avatar/demo/ada", "demo/ada?w=1000&h=1000&fit=cover&f=png&v=1", "auto"},
    {"/avatar/demo/ada.webp", "demo/ada?w=1000&h=1000&fit=cover&q=85&f=webp&v=1", "webp"},
    {"/avatar/demo/ada.jpg", "demo/ada?w=1000&h=1000&fit=cover&q=85&f=jpeg&bg=f0e1d2&v=1", "jpeg"},
    {"/avatar/demo/ada.jpeg", "demo/ada?w=1000&h=1000&fit=cover&q=85&f=jpeg&bg=f0e1d2&v=1", "jpeg"},
    {"/avatar/demo/ada.png", "demo/ada?w=1000&h=1000&fit=cover&f=png&v=1", "png"},
    {"/wide/demo/ada.webp", "demo/ada?w=600&h=0&fit=contain&q=70&f=webp&v=1", "webp"},

    /* pixel ratios */
    {"/small@1x/demo/ada.webp", "demo/ada?w=128&h=128&fit=cover&q=80&f=webp&v=1", "webp"},
    {"/small@2x/demo/ada.webp", "demo/ada?w=256&h=256&fit=cover&q=80&f=webp&v=1", "webp"},
    {"/small@3x/demo/ada.webp", "demo/ada?w=384&h=384&fit=cover&q=80&f=webp&v=1", "webp"},
    {"/wide@2x/demo/ada.webp", "demo/ada?w=1200&h=0&fit=contain&q=70&f=webp&v=1", "webp"},
    {"/banner@2x/demo/ada.webp", "demo/ada?w=4096&h=2000&fit=cover&q=75&f=webp&v=1", "webp"},

    /* sizes snap up; the largest is the limit */
    {"/s1/demo/ada.webp", "demo/ada?w=32&h=32&fit=cover&q=82&f=webp&v=1", "webp"},
    {"/s32/demo/ada.webp", "demo/ada?w=32&h=32&fit=cover&q=82&f=webp&v=1", "webp"},
    {"/s33/demo/ada.webp", "demo/ada?w=48&h=48&fit=cover&q=82&f=webp&v=1", "webp"},
    {"/s128/demo/ada.webp", "demo/ada?w=128&h=128&fit=cover&q=82&f=webp&v=1", "webp"},
    {"/s100@2x/demo/ada.webp", "demo/ada?w=256&h=256&fit=cover&q=82&f=webp&v=1", "webp"},
    {"/s100@3x/demo/ada.webp", "demo/ada?w=360&h=360&fit=cover&q=82&f=webp&v=1", "webp"},
    {"/s1000/demo/ada.webp", "demo/ada?w=1000&h=1000&fit=cover&q=82&f=webp&v=1", "webp"},
    {"/s1001/demo/ada.webp", "demo/ada?w=1000&h=1000&fit=cover&q=82&f=webp&v=1", "webp"},
    {"/s9999@3x/demo/ada.webp", "demo/ada?w=1000&h=1000&fit=cover&q=82&f=webp&v=1", "webp"},

    /* a preset named like a size wins */
    {"/s64/demo/ada.webp", "demo/ada?w=64&h=32&fit=cover&q=60&f=webp&v=1", "webp"},
    {"/s64@2x/demo/ada.webp", "demo/ada?w=128&h=64&fit=cover&q=60&f=webp&v=1", "webp"},
    {"/smile/demo/ada.webp", "demo/ada?w=20&h=20&fit=cover&q=50&f=webp&v=1", "webp"},
    {"/s128/s128/s128.webp", "s128/s128?w=128&h=128&fit=cover&q=82&f=webp&v=1", "webp"},

    /* ids of several segments, and endings that belong to them */
    {"/small/demo/a/b/c.webp", "demo/a/b/c?w=128&h=128&fit=cover&q=80&f=webp&v=1", "webp"},
    {"/small/demo/a.png/b.webp", "demo/a.png/b?w=128&h=128&fit=cover&q=80&f=webp&v=1", "webp"},
    {"/small/demo/a.png/b", "demo/a.png/b?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/a.png.jpg", "demo/a.png?w=128&h=128&fit=cover&q=80&f=jpeg&bg=f0e1d2&v=1", "jpeg"},
    {"/small/demo/a.jpg.jpg", "demo/a.jpg?w=128&h=128&fit=cover&q=80&f=jpeg&bg=f0e1d2&v=1", "jpeg"},
    {"/small/demo/a.gif", "demo/a.gif?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/a.avif", "demo/a.avif?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/a.auto", "demo/a.auto?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/a.WEBP", "demo/a.WEBP?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/a.Jpg", "demo/a.Jpg?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/a.webp2", "demo/a.webp2?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/awebp", "demo/awebp?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/webp", "demo/webp?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/a.", "demo/a.?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/a..jpg", "demo/a.?w=128&h=128&fit=cover&q=80&f=jpeg&bg=f0e1d2&v=1", "jpeg"},
    {"/small/demo/...", "demo/...?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/..a", "demo/..a?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/.a", "demo/.a?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/user@example.org", "demo/user@example.org?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/did:plc:abc+x=y~z_-",
     "demo/did:plc:abc+x=y~z_-?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/a@2x", "demo/a@2x?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/demo/small", "demo/small?w=128&h=128&fit=cover&f=png&v=1", "auto"},

    /* escapes are decoded once, wherever they stand */
    {"/sm%61ll/d%65mo/%61da%2Ewebp", "demo/ada?w=128&h=128&fit=cover&q=80&f=webp&v=1", "webp"},
    {"/s%3128/demo/ada.webp", "demo/ada?w=128&h=128&fit=cover&q=82&f=webp&v=1", "webp"},
    {"/small%402x/demo/ada.webp", "demo/ada?w=256&h=256&fit=cover&q=80&f=webp&v=1", "webp"},
    {"/small/demo/a%2bb%3A", "demo/a+b:?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/anything/a%20b%c3%a9", "anything/a b\xc3\xa9?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/anything/a%2541", "anything/a%2541?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/anything/a%252Fb", "anything/a%252Fb?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/anything/%5C%26%23", "anything/\\&#?w=128&h=128&fit=cover&f=png&v=1", "auto"},

    /* a version says which original, not how it is drawn */
    {"/v/0123456789abcdef/small/demo/ada.webp",
     "demo/ada?w=128&h=128&fit=cover&q=80&f=webp&v=1", "webp"},
    {"/v/0123456789abcdef/s50@2x/demo/v/ada.png", "demo/v/ada?w=128&h=128&fit=cover&f=png&v=1",
     "png"},

    /* each source has its own pattern, for each segment in full */
    {"/small/users/123.png", "users/123?w=128&h=128&fit=cover&f=png&v=1", "png"},
    {"/small/users/12/34", "users/12/34?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/either/cat", "either/cat?w=128&h=128&fit=cover&f=png&v=1", "auto"},
    {"/small/paren/b.png", "paren/b?w=128&h=128&fit=cover&f=png&v=1", "png"},
    {"/small/paren/a).png", "paren/a)?w=128&h=128&fit=cover&f=png&v=1", "png"},
    {"/small/paren/bbc.png", "paren/bbc?w=128&h=128&fit=cover&f=png&v=1", "png"},
    {"/small/either/dog/cat", "either/dog/cat?w=128&h=128&fit=cover&f=png&v=1", "auto"},
};

Test(route, native_urls_and_what_they_mean)
{
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(meant); i++) {
        struct picture_request out;
        char text[PICTURE_CANONICAL_MAX];
        enum cause cause = ask(router, meant[i].path, &out);
        bool negotiated;
        size_t n;

        cr_expect_eq(cause, CAUSE_NONE, "%s: %s", meant[i].path, cause_info(cause)->name);
        if (cause)
            continue;
        negotiated = strcmp(meant[i].format, "auto") == 0;
        cr_expect_str_eq(picture_type_name(out.format), meant[i].format, "%s", meant[i].path);
        cr_expect_eq(out.negotiated, negotiated, "%s", meant[i].path);
        n = picture_variant_text(&out, negotiated ? PICTURE_PNG : out.format, text);
        cr_expect_str_eq(text, meant[i].variant, "%s is %s", meant[i].path, text);
        cr_expect_eq(n, strlen(text));
    }
    router_free(&router);
}


/* Whatever stands before the source, it is about the picture; NULL: what is meant is a picture. */
Test(route, info_is_known_by_its_place)
{
    static const struct {
        const char *path, *id;
    } rows[] = {
        {"/avatar/demo/ada/info", "ada"},
        {"/s48@3x/demo/ada/info", "ada"},
        {"/wide/demo/a/b/c/info", "a/b/c"},
        {"/small/demo/info/info", "info"},
        {"/small/demo/a/info/info", "a/info"},
        {"/small/demo/a.webp/info", "a.webp"},
        {"/small/demo/ada/%69nfo", "ada"},
        {"/small/anything/a%20b%2525/info", "a b%25"},
        {"/small/demo/info", NULL},
        {"/small/demo/ada/info.webp", NULL},
        {"/small/demo/ada/info.png", NULL},
        {"/small/demo/ada/Info", NULL},
        {"/small/demo/ada/xinfo", NULL},
        {"/small/demo/ada/info/x", NULL},
        {"/v/0123456789abcdef/small/demo/ada/info.webp", NULL},
    };
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct http_request request = {
            .path = rows[i].path, .path_length = strlen(rows[i].path), .query = ""};
        struct picture_request out;
        char text[PICTURE_CANONICAL_MAX];

        cr_assert_eq(ask(router, rows[i].path, &out), CAUSE_NONE, "%s", rows[i].path);
        cr_expect_eq(out.info, rows[i].id != NULL, "%s", rows[i].path);
        cr_expect_eq(route_negotiates(router, &request), out.negotiated, "%s", rows[i].path);
        picture_variant_text(&out, PICTURE_WEBP, text);
        cr_expect_eq(strstr(text, "?summary&v=") != NULL, out.info, "%s", text);
        if (!rows[i].id)
            continue;
        cr_expect_str_eq(out.id, rows[i].id);
        cr_expect(!out.negotiated && !out.immutable && !out.version[0]);
    }
    router_free(&router);
}

/* Rows of URLs that mean one thing: one canonical text for each row. */
Test(route, one_meaning_has_one_text)
{
    static const char *const same[][5] = {
        {"/avatar/demo/ada/info", "/small@2x/demo/ada/info", "/s1000/demo/ada/info",
         "/s%31/demo/%61da/info", "/wide/demo/ada/inf%6F"},
        {"/avatar/demo/ada.jpg", "/avatar/demo/ada.jpeg", "/avatar@1x/demo/ada.jpg",
         "/%61vatar/%64emo/%61da.jpg", "/avatar/demo/ada%2ejpg"},
        {"/s128/demo/ada.webp", "/s97/demo/ada.webp", "/s128@1x/demo/ada.webp",
         "/s50@2x/demo/ada.webp", "/s49@2x/demo/ada.webp"},
        {"/s1000/demo/ada.png", "/s9999/demo/ada.png", "/s9999@3x/demo/ada.png",
         "/s361@2x/demo/ada.png", "/s%31000/demo/ada.png"},
        {"/small/demo/a@b:c.png", "/small/demo/a%40b:c.png", "/small/demo/a%40b%3ac.png",
         "/small/demo/a%40b%3Ac.png", "/small/demo/%61@b:c.png"},
    };
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(same); i++) {
        char expected[PICTURE_CANONICAL_MAX] = "";

        for (size_t j = 0; j < COUNT(same[i]); j++) {
            struct picture_request out;
            char text[PICTURE_CANONICAL_MAX];

            cr_assert_eq(ask(router, same[i][j], &out), CAUSE_NONE, "%s", same[i][j]);
            picture_variant_text(&out, out.format, text);
            if (j == 0)
                strcpy(expected, text);
            cr_expect_str_eq(text, expected, "%s", same[i][j]);
        }
    }
    router_free(&router);
}

Test(route, a_size_that_snaps_is_told)
{
    static const struct {
        const char *path;
        bool snapped;
    } table[] = {
        {"/s128/demo/ada.webp", false},  {"/s127/demo/ada.webp", true},
        {"/s128@2x/demo/ada.webp", false}, {"/s95@2x/demo/ada.webp", true},
        {"/s1000/demo/ada.webp", false}, {"/s1001/demo/ada.webp", true},
        {"/small/demo/ada.webp", false}, {"/small@3x/demo/ada.webp", false},
        {"/v/0123456789abcdef/s65/demo/ada.webp", true},
    };
    struct router *router = new_router(&usual);
    struct picture_request picture;

    for (size_t i = 0; i < COUNT(table); i++) {
        cr_assert_eq(ask(router, table[i].path, &picture), CAUSE_NONE, "%s", table[i].path);
        cr_expect_eq(picture.snapped, table[i].snapped, "%s", table[i].path);
    }
    router_free(&router);
}

Test(route, the_query_is_ignored)
{
    static const char *const queries[] = {"", "s=9", "v=1&v=2", "&&&", "%", "\xff", "a\nb"};
    struct router *router = new_router(&usual);
    char expected[PICTURE_CANONICAL_MAX] = "";

    for (size_t i = 0; i < COUNT(queries); i++) {
        struct http_request request = {.path = "/small/demo/ada.png", .path_length = 19,
                                       .query = queries[i], .query_length = strlen(queries[i])};
        struct picture_request out;
        char text[PICTURE_CANONICAL_MAX];

        cr_expect_eq(route(router, &request, &out), CAUSE_NONE);
        picture_variant_text(&out, out.format, text);
        if (i == 0)
            strcpy(expected, text);
        cr_expect_str_eq(text, expected);
    }
    router_free(&router);
}

Test(route, a_png_has_no_quality)
{
    struct picture_request r = {.source = &sources[0], .id = "ada",
                                .rendering = {10, 20, FIT_COVER, 55, {0}}};
    char one[PICTURE_CANONICAL_MAX], other[PICTURE_CANONICAL_MAX];

    picture_variant_text(&r, PICTURE_PNG, one);
    r.rendering.quality = 90;
    picture_variant_text(&r, PICTURE_PNG, other);
    cr_expect_str_eq(one, other);
    picture_variant_text(&r, PICTURE_JPEG, one);
    r.rendering.quality = 91;
    picture_variant_text(&r, PICTURE_JPEG, other);
    cr_expect_str_neq(one, other);
    cr_expect_eq(picture_subject_text(&r, one), 8);
    cr_expect_str_eq(one, "demo/ada");
}

Test(route, the_longest_texts_fit)
{
    char name[CONFIG_NAME_MAX + 1], text[PICTURE_CANONICAL_MAX];
    struct config_source source = {.name = name};
    struct picture_request r = {
        .source = &source, .rendering = {UINT32_MAX, UINT32_MAX, FIT_CONTAIN, UINT32_MAX, {0}}};
    size_t n;

    memset(name, 'n', CONFIG_NAME_MAX);
    name[CONFIG_NAME_MAX] = '\0';
    memset(r.id, 'i', PICTURE_ID_MAX);
    r.id[PICTURE_ID_MAX] = '\0';
    n = picture_variant_text(&r, PICTURE_WEBP, text);
    cr_expect_eq(n, strlen(text));
    cr_expect_str_eq(text + CONFIG_NAME_MAX + 1 + PICTURE_ID_MAX,
                     "?w=4294967295&h=4294967295&fit=contain&q=4294967295&f=webp&v=1");
    n = picture_subject_text(&r, text);
    cr_expect_eq(n, (size_t)(CONFIG_NAME_MAX + 1 + PICTURE_ID_MAX));
}

Test(route, accept_decides_where_no_extension_does)
{
    static const struct {
        const char *path;
        const char *accept;
        enum picture_type format;
    } rows[] = {
        {"/avatar/demo/ada", NULL, PICTURE_AUTO},
        {"/avatar/demo/ada", "*/*", PICTURE_AUTO},
        {"/avatar/demo/ada", "image/avif,image/webp,*/*", PICTURE_WEBP},
        {"/avatar/demo/ada", "image/webp;q=0,image/png", PICTURE_PNG},
        {"/avatar/demo/ada.jpg", "image/webp", PICTURE_JPEG},
        {"/avatar/demo/ada.png", "image/png;q=0", PICTURE_PNG},
        {"/avatar/demo/ada.gif", "image/webp", PICTURE_WEBP},
    };
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request out;

        cr_expect_eq(ask_with(router, rows[i].path, strlen(rows[i].path), HTTP_GET,
                              rows[i].accept, &out),
                     CAUSE_NONE);
        cr_expect_eq(out.format, rows[i].format, "%s [%s]: %s", rows[i].path,
                     rows[i].accept ? rows[i].accept : "-", picture_type_name(out.format));
    }
    router_free(&router);
}

Test(route, formats_that_are_not_configured_are_not_found)
{
    struct config config = usual;
    struct router *router;
    struct picture_request out;

    config.formats[0] = PICTURE_JPEG;
    config.format_count = 1;
    router = new_router(&config);
    cr_expect_eq(ask(router, "/avatar/demo/ada.jpg", &out), CAUSE_NONE);
    cr_expect_eq(ask(router, "/avatar/demo/ada.webp", &out), CAUSE_NOT_FOUND);
    cr_expect_eq(ask(router, "/avatar/demo/ada.png", &out), CAUSE_NOT_FOUND);
    cr_expect_eq(ask(router, "/avatar/demo/../ada.png", &out), CAUSE_BAD_REQUEST);
    cr_expect_eq(ask(router, "/avatar/demo/ada.png.jpg", &out), CAUSE_NONE);
    cr_expect_str_eq(out.id, "ada.png");
    cr_expect_eq(ask(router, "/avatar/demo/ada", &out), CAUSE_NONE);
    cr_expect_eq(out.format, PICTURE_JPEG);
    router_free(&router);
}

Test(route, without_sizes_there_are_only_presets)
{
    struct config config = usual;
    struct router *router;
    struct picture_request out;

    config.size_count = 0;
    router = new_router(&config);
    cr_expect_eq(ask(router, "/s128/demo/ada", &out), CAUSE_NOT_FOUND);
    cr_expect_eq(ask(router, "/s64/demo/ada", &out), CAUSE_NONE);
    router_free(&router);
}

Test(route, the_prefix_is_whole_segments)
{
    static const struct {
        const char *path;
        enum cause cause;
    } rows[] = {
        {"/img/v/small/demo/ada.webp", CAUSE_NONE},
        {"/%69mg/v/small/demo/ada.webp", CAUSE_NONE},
        {"/img/v/small/demo/../ada", CAUSE_BAD_REQUEST},
        {"/img/v//small/demo/ada", CAUSE_BAD_REQUEST},
        {"/img/v", CAUSE_NOT_FOUND},
        {"/img/v/", CAUSE_NOT_FOUND},
        {"/img/vsmall/demo/ada", CAUSE_NOT_FOUND},
        {"/img/v2/small/demo/ada", CAUSE_NOT_FOUND},
        {"/img", CAUSE_NOT_FOUND},
        {"/im", CAUSE_NOT_FOUND},
        {"/", CAUSE_NOT_FOUND},
        {"/small/demo/ada", CAUSE_NOT_FOUND},
        {"/small/demo/../ada", CAUSE_NOT_FOUND},
        {"/other/img/v/small/demo/ada", CAUSE_NOT_FOUND},
        {"//img/v/small/demo/ada", CAUSE_NOT_FOUND},
        {"/img%2Fv/small/demo/ada", CAUSE_BAD_REQUEST},
        {"/other%", CAUSE_BAD_REQUEST},
    };
    struct config config = usual;
    struct router *router;
    char prefix[] = "/img/v";

    config.prefix = prefix;
    router = new_router(&config);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request out;
        enum cause cause = ask(router, rows[i].path, &out);

        cr_expect_eq(cause, rows[i].cause, "%s: %s", rows[i].path, cause_info(cause)->name);
    }
    router_free(&router);
}

Test(route, negotiation_shows_in_the_shape)
{
    static const struct {
        const char *prefix;
        const char *path;
        bool negotiates;
    } rows[] = {
        {"", "/avatar/demo/ada", true},
        {"", "/s128@2x/demo/a/b", true},
        {"", "/avatar/demo/a.gif", true},
        {"", "/avatar/demo/a.png/b", true},
        {"", "/nope/demo/ada", true},
        {"", "/avatar/nope/ada", true},
        {"", "/avatar/demo/..", true},
        {"", "/s0/demo/ada", true},
        {"", "/avatar/demo/", true},
        {"", "/avatar/demo/ada.webp", false},
        {"", "/avatar/demo/ada.jpg", false},
        {"", "/avatar/demo/ada.jpeg", false},
        {"", "/avatar/demo/ada.png", false},
        {"", "/nope/demo/ada.png", false},
        {"", "/avatar/demo/ada%2Epng", false},
        {"", "/avatar/demo", false},
        {"", "/avatar", false},
        {"", "/", false},
        {"", "", false},
        {"", "avatar/demo/ada", false},
        {"/img", "/img/avatar/demo/ada", true},
        {"/img", "/img/avatar/demo/ada.png", false},
        {"/img", "/avatar/demo/ada", false},
        {"/img", "/imgs/avatar/demo/ada", false},
        {"/img", "/img", false},
        {"/img", "/img/", false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct config config = usual;
        struct router *router;
        char prefix[16];
        struct http_request request = {
            .path = rows[i].path, .path_length = strlen(rows[i].path), .query = ""};

        strcpy(prefix, rows[i].prefix);
        config.prefix = prefix;
        router = new_router(&config);
        cr_expect_eq(route_negotiates(router, &request), rows[i].negotiates, "%s under \"%s\"",
                     rows[i].path, prefix);
        router_free(&router);
    }
}

/* Where route() says that Accept decided, route_negotiates() says so too. */
Test(route, negotiation_agrees_with_the_route)
{
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(meant); i++) {
        struct http_request request = {
            .path = meant[i].path, .path_length = strlen(meant[i].path), .query = ""};
        struct picture_request out;

        cr_assert_eq(route(router, &request, &out), CAUSE_NONE);
        cr_expect_eq(route_negotiates(router, &request), out.negotiated, "%s", meant[i].path);
    }
    router_free(&router);
}

Test(route, free_takes_null_and_clears)
{
    struct router *none = NULL, *router = new_router(&usual);

    router_free(&none);
    router_free(&router);
    cr_expect_null(router);
}

Test(route, subjects_are_read_as_people_write_them)
{
    static const struct {
        const char *subject;
        enum cause cause;
        const char *text;
    } cases[] = {
        {"demo/alice", CAUSE_NONE, "demo/alice"},
        {"demo/2024/alice", CAUSE_NONE, "demo/2024/alice"},
        {"anything/100%", CAUSE_NONE, "anything/100%25"},
        {"demo", CAUSE_BAD_REQUEST, NULL},
        {"demo/", CAUSE_BAD_REQUEST, NULL},
        {"demo/a?b", CAUSE_BAD_REQUEST, NULL},
        {"nobody/a", CAUSE_NOT_FOUND, NULL},
        {"web/https://images.example.org/a.png", CAUSE_NONE,
         "web/https://images.example.org/a.png"},
        {"web/HTTPS://Images.Example.org:443/a b?x=1&y=%2F#z", CAUSE_NONE,
         "web/https://images.example.org/a%2520b%3Fx=1&y=%252F"},
        {"web/http://a.b.example.net", CAUSE_NONE, "web/http://a.b.example.net/"},
        {"web/http://[::1]:81/", CAUSE_NONE, "web/http://[::1]:81/"},
        {"web/https://example.net/a.png", CAUSE_NOT_FOUND, NULL},
        {"web/https://example.org/a.png", CAUSE_NOT_FOUND, NULL},
        {"web/https://evil/?images.example.org", CAUSE_NOT_FOUND, NULL},
        {"web/https://u@images.example.org/a.png", CAUSE_BAD_REQUEST, NULL},
        {"web/images.example.org/a.png", CAUSE_BAD_REQUEST, NULL},
        {"web/ftp://images.example.org/a.png", CAUSE_BAD_REQUEST, NULL},
        {"closed/https://images.example.org/a.png", CAUSE_NOT_FOUND, NULL},
    };
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[PICTURE_CANONICAL_MAX], plain[PICTURE_CANONICAL_MAX];
        struct picture_request out;

        cr_expect_eq(route_subject(router, cases[i].subject, &out), cases[i].cause, "%s",
                     cases[i].subject);
        if (!cases[i].text)
            continue;
        picture_subject_text(&out, text);
        cr_expect_str_eq(text, cases[i].text);
        cr_expect_gt(picture_subject_plain(text, strlen(text), plain), 0);
        cr_expect_str_eq(strchr(plain, '/') + 1, out.id);
    }
    router_free(&router);
}

/* Such an URL would need no signature. */
Test(route, the_web_is_not_for_native_urls)
{
    static const char *const urls[] = {
        "/s64/web/http://images.example.org/a", "/small/web/http:/images.example.org/a",
        "/small/web/http:%2f%2fimages.example.org", "/small/web/a", "/small/closed/a.png",
    };
    struct router *router = new_router(&usual);
    struct picture_request out;

    for (size_t i = 0; i < COUNT(urls); i++)
        cr_expect_neq(ask(router, urls[i], &out), CAUSE_NONE, "%s", urls[i]);
    router_free(&router);
}

Test(route, ids_that_escapes_make_too_long_are_refused)
{
    struct router *router = new_router(&usual);
    struct picture_request out;
    char subject[PICTURE_ID_MAX + 100];
    size_t n = (size_t)snprintf(subject, sizeof subject, "web/http://images.example.org/");

    memset(subject + n, '?', 100);
    memset(subject + n + 100, 'a', PICTURE_ID_MAX - 300 - (n - 4));
    subject[PICTURE_ID_MAX - 200 + 4] = '\0';
    cr_expect_eq(route_subject(router, subject, &out), CAUSE_NONE);
    subject[n + 100] = '?';
    cr_expect_eq(route_subject(router, subject, &out), CAUSE_BAD_REQUEST);
    router_free(&router);
}

/* SPDX-License-Identifier: MIT
 *
 * Native URLs that are refused, and with which cause.
 */
#include "route_fixture.h"

#include <errno.h>
#include <stdio.h>

static const struct {
    const char *path;
    enum cause cause;
} refused[] = {
    /* no path at all */
    {"", CAUSE_BAD_REQUEST},
    {"avatar/demo/ada", CAUSE_BAD_REQUEST},
    {"*", CAUSE_BAD_REQUEST},
    {"http://host/avatar/demo/ada", CAUSE_BAD_REQUEST},
    {"\\avatar\\demo\\ada", CAUSE_BAD_REQUEST},
    {" /avatar/demo/ada", CAUSE_BAD_REQUEST},

    /* too short, or of no known name */
    {"/", CAUSE_NOT_FOUND},
    {"/avatar", CAUSE_NOT_FOUND},
    {"/avatar/demo", CAUSE_NOT_FOUND},
    {"/favicon.ico", CAUSE_NOT_FOUND},
    {"/v", CAUSE_NOT_FOUND},
    {"/v/", CAUSE_NOT_FOUND},
    {"/v/0123456789abcdef", CAUSE_NOT_FOUND},
    {"/v/0123456789abcdef/", CAUSE_BAD_REQUEST},
    {"/v/0123456789abcdef/small/demo/ada", CAUSE_NOT_FOUND},
    {"/v/0123456789abcde/small/demo/ada.webp", CAUSE_BAD_REQUEST},
    {"/v/0123456789abcdef0/small/demo/ada.webp", CAUSE_BAD_REQUEST},
    {"/v/0123456789ABCDEF/small/demo/ada.webp", CAUSE_BAD_REQUEST},
    {"/v/0123456789abcdeg/small/demo/ada.webp", CAUSE_BAD_REQUEST},
    {"/v//small/demo/ada.webp", CAUSE_BAD_REQUEST},
    {"/v/0123456789abcdef/v/0123456789abcdef/small/demo/ada.webp", CAUSE_NOT_FOUND},
    {"/index.html", CAUSE_NOT_FOUND},
    {"/nope/demo/ada", CAUSE_NOT_FOUND},
    {"/avatar/nope/ada", CAUSE_NOT_FOUND},
    {"/Avatar/demo/ada", CAUSE_NOT_FOUND},
    {"/avatar/Demo/ada", CAUSE_NOT_FOUND},
    {"/avatars/demo/ada", CAUSE_NOT_FOUND},
    {"/avata/demo/ada", CAUSE_NOT_FOUND},
    {"/avatar /demo/ada", CAUSE_NOT_FOUND},
    {"/avatar%20/demo/ada", CAUSE_NOT_FOUND},
    {"/avatar.webp/demo/ada", CAUSE_NOT_FOUND},
    {"/demo/avatar/ada", CAUSE_NOT_FOUND},
    {"/avatar;x=1/demo/ada", CAUSE_NOT_FOUND},
    {"/../avatar/demo/ada", CAUSE_NOT_FOUND},
    {"/./avatar/demo/ada", CAUSE_NOT_FOUND},
    {"/../../etc/passwd", CAUSE_NOT_FOUND},
    {"/%2e%2e/%2e%2e/etc/passwd", CAUSE_NOT_FOUND},
    {"/avatar/../etc/passwd", CAUSE_NOT_FOUND},
    {"/cgi-bin/visage.fcgi", CAUSE_NOT_FOUND},
    {"/.env", CAUSE_NOT_FOUND},

    /* empty segments */
    {"//", CAUSE_BAD_REQUEST},
    {"///", CAUSE_BAD_REQUEST},
    {"//avatar/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar/", CAUSE_BAD_REQUEST},
    {"/avatar//ada", CAUSE_BAD_REQUEST},
    {"/avatar//demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar/demo/", CAUSE_BAD_REQUEST},
    {"/avatar/demo//", CAUSE_BAD_REQUEST},
    {"/avatar/demo//ada", CAUSE_BAD_REQUEST},
    {"/avatar/demo/ada/", CAUSE_BAD_REQUEST},
    {"/avatar/demo/ada//x", CAUSE_BAD_REQUEST},
    {"/avatar/anything/", CAUSE_BAD_REQUEST},
    {"/avatar/anything//a", CAUSE_BAD_REQUEST},
    {"/@2x/demo/ada", CAUSE_NOT_FOUND},

    /* dot segments */
    {"/avatar/demo/.", CAUSE_BAD_REQUEST},
    {"/avatar/demo/..", CAUSE_BAD_REQUEST},
    {"/avatar/demo/../ada", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a/../ada", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a/./ada", CAUSE_BAD_REQUEST},
    {"/avatar/demo/ada/..", CAUSE_BAD_REQUEST},
    {"/avatar/demo/%2e%2e/ada", CAUSE_BAD_REQUEST},
    {"/avatar/demo/.%2E/ada", CAUSE_BAD_REQUEST},
    {"/avatar/demo/%2e", CAUSE_BAD_REQUEST},
    {"/avatar/demo/%252e%252e/ada", CAUSE_BAD_REQUEST},
    {"/avatar/demo/..%2fada", CAUSE_BAD_REQUEST},
    {"/avatar/demo/..%5cada", CAUSE_BAD_REQUEST},
    {"/avatar/anything/..", CAUSE_BAD_REQUEST},
    {"/avatar/anything/%2e%2e/%2e%2e/etc/passwd", CAUSE_BAD_REQUEST},
    {"/avatar/demo/...jpg", CAUSE_BAD_REQUEST},
    {"/avatar/demo/..jpg", CAUSE_BAD_REQUEST},
    {"/avatar/anything/a/...png", CAUSE_BAD_REQUEST},

    /* nothing left but an extension */
    {"/avatar/demo/.webp", CAUSE_BAD_REQUEST},
    {"/avatar/demo/.jpg", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a/.png", CAUSE_BAD_REQUEST},
    {"/avatar/anything/%2Ejpeg", CAUSE_BAD_REQUEST},

    /* bytes and escapes */
    {"/avatar/demo/a%", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a%4", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a%zz", CAUSE_BAD_REQUEST},
    {"/avatar/demo/%%41", CAUSE_BAD_REQUEST},
    {"/avatar/demo/%u0041", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a%00", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a%00.jpg", CAUSE_BAD_REQUEST},
    {"/avatar/anything/%00", CAUSE_BAD_REQUEST},
    {"/avatar%00/demo/ada", CAUSE_BAD_REQUEST},
    {"/nope%/demo/ada", CAUSE_BAD_REQUEST},
    {"/nope%2Fx", CAUSE_BAD_REQUEST},
    {"/avatar%2Fdemo%2Fada", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a%2fb", CAUSE_BAD_REQUEST},
    {"/avatar/anything/a%2Fb", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a%252Fb", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a\nb", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a\tb", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a\x7f", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a%0d%0aSet-Cookie:x", CAUSE_BAD_REQUEST},
    {"/avatar/anything/a%0Ab", CAUSE_BAD_REQUEST},
    {"/avatar/anything/a%7F", CAUSE_BAD_REQUEST},
    {"/avatar/anything/a%1Fb", CAUSE_BAD_REQUEST},
    {"/avatar/anything/a%3Fw=1", CAUSE_BAD_REQUEST},
    {"/avatar/demo/\xc3\xa9", CAUSE_BAD_REQUEST},
    {"/avatar/anything/\xc3\xa9", CAUSE_BAD_REQUEST},
    {"/avatar/demo/%c3%a9", CAUSE_BAD_REQUEST},
    {"/avatar/demo/%c0%ae%c0%ae", CAUSE_BAD_REQUEST},
    {"/avatar/demo/\xff", CAUSE_BAD_REQUEST},

    /* what the default pattern does not take */
    {"/avatar/demo/a b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a%20b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a,b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a;b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a&b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a*b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a'b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a\"b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/<script>", CAUSE_BAD_REQUEST},
    {"/avatar/demo/$(id)", CAUSE_BAD_REQUEST},
    {"/avatar/demo/`id`", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a|b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a\\b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/{id}", CAUSE_BAD_REQUEST},
    {"/avatar/demo/[a]", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a#b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a^b", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a!b", CAUSE_BAD_REQUEST},

    /* what is known of nothing, and of no version */
    {"/nope/demo/ada/info", CAUSE_NOT_FOUND},
    {"/avatar/nope/ada/info", CAUSE_NOT_FOUND},
    {"/info/demo/ada", CAUSE_NOT_FOUND},
    {"/avatar/demo//info", CAUSE_BAD_REQUEST},
    {"/avatar/demo/a//info", CAUSE_BAD_REQUEST},
    {"/avatar/demo/ada/info/", CAUSE_BAD_REQUEST},
    {"/avatar/demo/../info", CAUSE_BAD_REQUEST},
    {"/avatar/users/ada/info", CAUSE_BAD_REQUEST},
    {"/avatar/users/info", CAUSE_BAD_REQUEST},
    {"/v/0123456789abcdef/avatar/demo/ada/info", CAUSE_NOT_FOUND},
    {"/v/0123456789abcdef/avatar/demo/ada.webp/info", CAUSE_NOT_FOUND},

    /* and a source's own: the whole segment, every segment */
    {"/avatar/users/12a", CAUSE_BAD_REQUEST},
    {"/avatar/users/a12", CAUSE_BAD_REQUEST},
    {"/avatar/users/12/x", CAUSE_BAD_REQUEST},
    {"/avatar/users/x/12", CAUSE_BAD_REQUEST},
    {"/avatar/users/12.5", CAUSE_BAD_REQUEST},
    {"/avatar/users/12%0A", CAUSE_BAD_REQUEST},
    {"/avatar/either/catx", CAUSE_BAD_REQUEST},
    {"/avatar/either/xdog", CAUSE_BAD_REQUEST},
    {"/avatar/either/catdog", CAUSE_BAD_REQUEST},
    {"/avatar/paren/a", CAUSE_BAD_REQUEST},
    {"/avatar/paren/ax", CAUSE_BAD_REQUEST},
    {"/avatar/paren/xb", CAUSE_BAD_REQUEST},
    {"/avatar/paren/bx", CAUSE_BAD_REQUEST},

    /* pixel ratios */
    {"/avatar@/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@2/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@x/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@0x/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@4x/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@10x/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@02x/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@-1x/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@2X/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@1.5x/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@2x@2x/demo/ada", CAUSE_BAD_REQUEST},
    {"/avatar@2xx/demo/ada", CAUSE_BAD_REQUEST},
    {"/s64@9x/demo/ada", CAUSE_BAD_REQUEST},
    {"/nope@2x/demo/ada", CAUSE_NOT_FOUND},

    /* sizes */
    {"/s0/demo/ada", CAUSE_BAD_REQUEST},
    {"/s00/demo/ada", CAUSE_BAD_REQUEST},
    {"/s007/demo/ada", CAUSE_BAD_REQUEST},
    {"/s0128/demo/ada", CAUSE_BAD_REQUEST},
    {"/s12x/demo/ada", CAUSE_BAD_REQUEST},
    {"/s1e3/demo/ada", CAUSE_BAD_REQUEST},
    {"/s12.5/demo/ada", CAUSE_BAD_REQUEST},
    {"/s1 /demo/ada", CAUSE_BAD_REQUEST},
    {"/s10000/demo/ada", CAUSE_BAD_REQUEST},
    {"/s99999999999/demo/ada", CAUSE_BAD_REQUEST},
    {"/s4294967360/demo/ada", CAUSE_BAD_REQUEST},
    {"/s18446744073709551680/demo/ada", CAUSE_BAD_REQUEST},
    {"/s128x128/demo/ada", CAUSE_BAD_REQUEST},
    {"/s0@2x/demo/ada", CAUSE_BAD_REQUEST},
    {"/s/demo/ada", CAUSE_NOT_FOUND},
    {"/s-1/demo/ada", CAUSE_NOT_FOUND},
    {"/s+1/demo/ada", CAUSE_NOT_FOUND},
    {"/S128/demo/ada", CAUSE_NOT_FOUND},
    {"/128/demo/ada", CAUSE_NOT_FOUND},
    {"/sx128/demo/ada", CAUSE_NOT_FOUND},
};

Test(route_refused, hostile_paths_get_their_cause)
{
    static const enum http_method methods[] = {HTTP_GET, HTTP_HEAD, HTTP_OTHER};
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(refused); i++) {
        for (size_t j = 0; j < COUNT(methods); j++) {
            struct picture_request out;
            enum cause cause = ask_with(router, refused[i].path, strlen(refused[i].path),
                                        methods[j], "*/*", &out);

            cr_expect_eq(cause, refused[i].cause, "%s: %s", refused[i].path,
                         cause_info(cause)->name);
        }
    }
    router_free(&router);
}

Test(route_refused, a_raw_nul_is_refused)
{
    static const char path[] = "/avatar/demo/ada\0.png";
    struct router *router = new_router(&usual);
    struct picture_request out;

    cr_expect_eq(ask_with(router, path, sizeof path - 1, HTTP_GET, NULL, &out), CAUSE_BAD_REQUEST);
    router_free(&router);
}

/* Every byte, raw and encoded, alone in an id. */
Test(route_refused, each_byte_is_taken_or_refused)
{
    static const char taken[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~@:+=-";
    struct router *router = new_router(&usual);

    for (unsigned c = 0; c < 256; c++) {
        char raw[] = "/avatar/demo/x", encoded[32], any[32];
        struct picture_request out;
        bool plain = c && strchr(taken, (int)c);
        bool safe = c >= 0x20 && c != 0x7f && c != '/' && c != '?' && c != '.';

        if (c == '.')
            continue; /* alone it is a dot segment */
        raw[sizeof raw - 2] = (char)c;
        snprintf(encoded, sizeof encoded, "/avatar/demo/%%%02x", c);
        snprintf(any, sizeof any, "/avatar/anything/%%%02X", c);
        cr_expect_eq(ask_with(router, raw, sizeof raw - 1, HTTP_GET, NULL, &out),
                     plain ? CAUSE_NONE : CAUSE_BAD_REQUEST, "raw %02x", c);
        cr_expect_eq(ask(router, encoded, &out), plain ? CAUSE_NONE : CAUSE_BAD_REQUEST, "%s",
                     encoded);
        cr_expect_eq(ask(router, any, &out), safe ? CAUSE_NONE : CAUSE_BAD_REQUEST, "%s", any);
    }
    router_free(&router);
}

Test(route_refused, lengths_have_bounds)
{
    struct router *router = new_router(&usual);
    struct picture_request out;
    char path[HTTP_PATH_MAX + 2], text[PICTURE_CANONICAL_MAX];
    size_t start = strlen("/wide@3x/demo/");

    memcpy(path, "/wide@3x/demo/", start);
    memset(path + start, 'a', sizeof path - start);
    cr_expect_eq(ask_with(router, path, start + PICTURE_ID_MAX, HTTP_GET, NULL, &out), CAUSE_NONE);
    cr_expect_eq(strlen(out.id), (size_t)PICTURE_ID_MAX);
    cr_expect_lt(picture_variant_text(&out, PICTURE_JPEG, text), (size_t)PICTURE_CANONICAL_MAX);
    cr_expect_eq(ask_with(router, path, start + PICTURE_ID_MAX + 1, HTTP_GET, NULL, &out),
                 CAUSE_BAD_REQUEST);
    cr_expect_eq(ask_with(router, path, HTTP_PATH_MAX, HTTP_GET, NULL, &out), CAUSE_BAD_REQUEST);
    cr_expect_eq(ask_with(router, path, HTTP_PATH_MAX + 1, HTTP_GET, NULL, &out),
                 CAUSE_URI_TOO_LONG);
    cr_expect_eq(ask_with(router, path, HTTP_PATH_MAX + 1, HTTP_OTHER, NULL, &out),
                 CAUSE_URI_TOO_LONG);

    /* The extension is not the id's, and an escape counts as one byte. */
    memcpy(path + start + PICTURE_ID_MAX, ".webp", 5);
    cr_expect_eq(ask_with(router, path, start + PICTURE_ID_MAX + 5, HTTP_GET, NULL, &out),
                 CAUSE_NONE);
    for (size_t i = 0; i < PICTURE_ID_MAX; i++)
        memcpy(path + start + 3 * i, "%41", 3);
    cr_expect_eq(ask_with(router, path, start + 3 * PICTURE_ID_MAX, HTTP_GET, NULL, &out),
                 CAUSE_NONE);
    cr_expect_eq(out.id[PICTURE_ID_MAX - 1], 'A');

    /* All slashes, and all dots. */
    memset(path, '/', sizeof path);
    cr_expect_eq(ask_with(router, path, HTTP_PATH_MAX, HTTP_GET, NULL, &out), CAUSE_BAD_REQUEST);
    memset(path + 1, '.', sizeof path - 1);
    cr_expect_eq(ask_with(router, path, HTTP_PATH_MAX, HTTP_GET, NULL, &out), CAUSE_NOT_FOUND);
    router_free(&router);
}

Test(route_refused, only_get_and_head)
{
    struct router *router = new_router(&usual);
    struct picture_request out;
    const char *path = "/avatar/demo/ada.webp";

    cr_expect_eq(ask_with(router, path, strlen(path), HTTP_GET, NULL, &out), CAUSE_NONE);
    cr_expect_eq(ask_with(router, path, strlen(path), HTTP_HEAD, NULL, &out), CAUSE_NONE);
    cr_expect_eq(ask_with(router, path, strlen(path), HTTP_OTHER, NULL, &out),
                 CAUSE_METHOD_NOT_ALLOWED);
    router_free(&router);
}

Test(route_refused, bad_id_patterns_are_refused)
{
    static char *const bad[] = {"[",  "(", "a)|(b", "a)(b", "*(", "a{2,1}",
                                "[z-a]", "[[:nope:]]", "\\"};

    for (size_t i = 0; i < COUNT(bad); i++) {
        struct config_source two[] = {{.name = "good", .id_pattern = (char[]){"[a-z]+"}},
                                      {.name = "bad", .id_pattern = bad[i]}};
        struct config config = usual;
        struct router *router = (struct router *)&config; /* to see that it is cleared */

        config.sources = two;
        config.source_count = 2;
        cr_expect_eq(router_new(&config, &router), -EINVAL, "%s was taken", bad[i]);
        cr_expect_null(router);
    }
}

/* The look-up that stands in for the default pattern takes what the pattern takes. */
Test(route_refused, the_default_pattern_means_what_it_says)
{
    struct config_source two[] = {
        {.name = "fast", .id_pattern = (char[]){DEFAULT_PATTERN}},
        {.name = "slow", .id_pattern = (char[]){"(" DEFAULT_PATTERN ")"}},
    };
    struct config config = usual;
    struct router *router;

    config.sources = two;
    config.source_count = 2;
    router = new_router(&config);
    for (unsigned a = 1; a < 256; a++) {
        for (unsigned b = 0x1f; b < 0x82; b++) {
            char fast[40], slow[40];
            struct picture_request out;
            enum cause one, other;

            snprintf(fast, sizeof fast, "/avatar/fast/%%%02x%%%02x", a, b);
            snprintf(slow, sizeof slow, "/avatar/slow/%%%02x%%%02x", a, b);
            one = ask(router, fast, &out);
            other = ask(router, slow, &out);
            if (one != other)
                cr_expect_fail("%s and %s differ", fast, slow);
        }
    }
    router_free(&router);
}

/* SPDX-License-Identifier: MIT
 *
 * The camo dialect: which URLs mean which picture, and which are refused with what.
 */
#include "route_fixture.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/hmac.h"
#include "http/media_type.h"
#include "image/sniff.h"

#define GOPHER "http://golang.org/doc/gopher/frontpage.png"
#define GOPHER_HEX                                                                                 \
    "687474703a2f2f676f6c616e672e6f72672f646f632f676f706865722f66726f6e74706167652e706e67"
#define GOPHER_BASE64 "aHR0cDovL2dvbGFuZy5vcmcvZG9jL2dvcGhlci9mcm9udHBhZ2UucG5n"
#define GOPHER_DIGEST "0f6def1cb147b0e84f39cbddc5ea10c80253a6f3"
#define GOPHER_ESCAPED "http%3A%2F%2Fgolang.org%2Fdoc%2Fgopher%2Ffrontpage.png"

#define PATH_ROOM (2 * 9000)

static char *camo_hosts[] = {(char *)"golang.org", (char *)"*.gravatar.com"};
static struct config_source web[] = {
    {.name = (char *)"demo", .id_pattern = (char *)DEFAULT_PATTERN},
    {.name = (char *)"web",
     .type = SOURCE_WEB,
     .id_pattern = (char *)DEFAULT_PATTERN,
     .hosts = camo_hosts,
     .host_count = COUNT(camo_hosts)},
};

static struct config config;
static struct dialect_keys keys;

static struct router *open_router(const char *prefix, const char *key)
{
    struct router *router;

    config = usual;
    config.sources = web;
    config.source_count = COUNT(web);
    config.camo.prefix = (char *)(uintptr_t)prefix;
    config.camo.source = &web[1];
    router = new_router(&config);
    keys = (struct dialect_keys){.unchecked = !key, .camo = {.via = "visage-0123456789ab"}};
    snprintf(keys.camo.text, sizeof keys.camo.text, "%s", key ? key : "");
    router_set_keys(router, &keys);
    return router;
}

static enum cause ask_url(const struct router *router, const char *url, const char *via,
                          struct picture_request *out)
{
    struct http_request request;

    cr_assert(http_request_from_url(url, &request), "%s", url);
    request.via = via;
    return route(router, &request, out);
}

/* "/camo/{digest}/{url}" in hexadecimal digits, signed. */
static void sign(const char *key, const char *url, size_t length, char out[PATH_ROOM])
{
    const struct hmac_part part = {url, length};
    unsigned char digest[HMAC_SHA1_SIZE];
    size_t used;

    cr_assert_eq(hmac_sha1(key, strlen(key), &part, 1, digest), 0);
    strcpy(out, "/camo/");
    hex_encode(digest, sizeof digest, out + strlen(out));
    strcat(out, "/");
    used = strlen(out);
    cr_assert(used + 2 * length < PATH_ROOM);
    hex_encode(url, length, out + used);
}

static void expect_picture(const struct router *router, const char *path, const char *id)
{
    char text[PICTURE_CANONICAL_MAX], expected[PICTURE_CANONICAL_MAX];
    struct picture_request picture;

    cr_expect_eq(ask_url(router, path, NULL, &picture), CAUSE_NONE, "%s", path);
    cr_expect_eq(picture.dialect, DIALECT_CAMO, "%s", path);
    cr_expect(picture.verbatim && !picture.negotiated && !picture.immutable);
    cr_expect_eq(picture.source, &web[1]);
    cr_expect_str_eq(picture.id, id, "%s", path);
    picture_variant_text(&picture, PICTURE_WEBP, text);
    snprintf(expected, sizeof expected, "web/%s?as-is", id);
    if (!strpbrk(id, "?%"))
        cr_expect_str_eq(text, expected);
}

Test(camo, all_three_forms_mean_the_picture)
{
    struct router *router = open_router("/camo", "test");

    expect_picture(router, "/camo/" GOPHER_DIGEST "/" GOPHER_HEX, GOPHER);
    expect_picture(router, "/camo/D23vHLFHsOhPOcvdxeoQyAJTpvM/" GOPHER_BASE64, GOPHER);
    expect_picture(router, "/camo/" GOPHER_DIGEST "?url=" GOPHER_ESCAPED, GOPHER);
    expect_picture(router, "/camo/" GOPHER_DIGEST "?x=1&url=" GOPHER, GOPHER);
    router_free(&router);
    router = open_router("/camo", "0x24FEEDFACEDEADBEEFCAFE");
    expect_picture(router,
                   "/camo/66f24c77e2baf48a9b94322c246cfae7fc91d45b/"
                   "68747470733a2f2f312e67726176617461722e636f6d2f6176617461722f613836323234643732"
                   "636532316364396635626565363738346434623036"
                   "6337",
                   "https://1.gravatar.com/avatar/a86224d72ce21cd9f5bee6784d4b06c7");
    router_free(&router);
}

Test(camo, digits_may_be_of_either_case)
{
    struct router *router = open_router("/camo", "test");

    expect_picture(router, "/camo/0F6DEF1CB147B0E84F39CBDDC5EA10C80253A6F3/" GOPHER_HEX, GOPHER);
    expect_picture(router,
                   "/camo/" GOPHER_DIGEST "/687474703A2F2F676F6C616E672E6F72672F646F632F676F7068"
                   "65722F66726F6E74706167652E706E67",
                   GOPHER);
    router_free(&router);
}

Test(camo, a_url_is_known_by_one_spelling)
{
    static const char url[] = "HTTP://GoLang.org:80/a%20b?c=d#e";
    struct router *router = open_router("/camo", "test");
    char path[PATH_ROOM];

    sign("test", url, strlen(url), path);
    expect_picture(router, path, "http://golang.org/a%20b?c=d");
    router_free(&router);
}

Test(camo, what_is_not_signed_is_403)
{
    static const char *const paths[] = {
        "/camo/000/" GOPHER_HEX,
        "/camo/" GOPHER_DIGEST "/" GOPHER_BASE64,
        "/camo/D23vHLFHsOhPOcvdxeoQyAJTpvM/" GOPHER_HEX,
        "/camo/D23vHLFHsOhPOcvdxeoQyAJTpvM?url=" GOPHER_ESCAPED,
        "/camo/0f6def1cb147b0e84f39cbddc5ea10c80253a6f4/" GOPHER_HEX,
        "/camo/" GOPHER_DIGEST "/" GOPHER_HEX "0",
        "/camo/" GOPHER_DIGEST "/" GOPHER_HEX "00",
        "/camo/" GOPHER_DIGEST "/" GOPHER_HEX "/x",
        "/camo/" GOPHER_DIGEST "/",
        "/camo/" GOPHER_DIGEST,
        "/camo/" GOPHER_DIGEST "?url=",
        "/camo/" GOPHER_DIGEST "?url=%zz",
        "/camo/" GOPHER_DIGEST "/?url=" GOPHER_ESCAPED,
        "/camo/%30f6def1cb147b0e84f39cbddc5ea10c80253a6f3/" GOPHER_HEX,
        "/camo/D23vHLFHsOhPOcvdxeoQyAJTpv=/" GOPHER_BASE64,
        "/camo/D23vHLFHsOhPOcvdxeoQyAJTpvN/" GOPHER_BASE64,
        "/camo//" GOPHER_HEX,
        "/camo/avatar/demo/x.jpg",
    };
    struct router *router = open_router("/camo", "test");
    struct picture_request picture;

    for (size_t i = 0; i < COUNT(paths); i++) {
        cr_expect_eq(ask_url(router, paths[i], NULL, &picture), CAUSE_SIGNATURE, "%s",
                     paths[i]);
        cr_expect_eq(picture.dialect, DIALECT_CAMO, "%s", paths[i]);
    }
    router_free(&router);
    router = open_router("/camo", "Test");
    cr_expect_eq(ask_url(router, "/camo/" GOPHER_DIGEST "/" GOPHER_HEX, NULL, &picture),
                 CAUSE_SIGNATURE);
    router_free(&router);
}

Test(camo, what_is_signed_but_no_url_of_an_allowed_host_is_404)
{
    static const struct {
        const char *url;
        enum cause cause;
    } rows[] = {
        {"", CAUSE_BAD_REQUEST},
        {"golang.org/x.png", CAUSE_BAD_REQUEST},
        {"//golang.org/x.png", CAUSE_BAD_REQUEST},
        {"ftp://golang.org/x.png", CAUSE_BAD_REQUEST},
        {"file:///etc/passwd", CAUSE_BAD_REQUEST},
        {"http://user:pass@golang.org/x.png", CAUSE_BAD_REQUEST},
        {"http://golang.org\\@example.com/x.png", CAUSE_BAD_REQUEST},
        {"http://golang.org/\r\nHost: x", CAUSE_BAD_REQUEST},
        {"http://golang.org:99999/", CAUSE_BAD_REQUEST},
        {"http:///x.png", CAUSE_BAD_REQUEST},
        {"http://example.com/x.png", CAUSE_NOT_FOUND},
        {"http://golang.org.example.com/x.png", CAUSE_NOT_FOUND},
        {"http://127.0.0.1/x.png", CAUSE_NOT_FOUND},
        {"http://[::1]/x.png", CAUSE_NOT_FOUND},
        {"http://gravatar.com/x.png", CAUSE_NOT_FOUND},
    };
    struct router *router = open_router("/camo", "test");
    struct picture_request picture;
    char path[PATH_ROOM];

    for (size_t i = 0; i < COUNT(rows); i++) {
        sign("test", rows[i].url, strlen(rows[i].url), path);
        cr_expect_eq(ask_url(router, path, NULL, &picture), rows[i].cause, "%s", rows[i].url);
        /* Who cannot sign does not learn which hosts are allowed. */
        path[6] = path[6] == '0' ? '1' : '0';
        cr_expect_eq(ask_url(router, path, NULL, &picture), CAUSE_SIGNATURE, "%s",
                     rows[i].url);
    }
    sign("test", "http://golang.org/\0x", 20, path);
    cr_expect_eq(ask_url(router, path, NULL, &picture), CAUSE_BAD_REQUEST);
    cr_expect_eq(ask_url(router, "/camo", NULL, &picture), CAUSE_NOT_FOUND);
    cr_expect_eq(ask_url(router, "/camo/", NULL, &picture), CAUSE_NOT_FOUND);
    router_free(&router);
}

Test(camo, long_urls_are_taken_or_refused_never_cut)
{
    struct router *router = open_router("/camo", "test");
    struct picture_request picture;
    char url[4200] = "http://golang.org/", path[PATH_ROOM];

    for (size_t length = 2040; length <= 4100; length++) {
        enum cause cause;

        if (length > 2060 && length < 4050)
            continue;
        memset(url + 18, 'a', length - 18);
        sign("test", url, length, path);
        cause = ask_url(router, path, NULL, &picture);
        cr_expect_eq(cause, length <= PICTURE_ID_MAX        ? CAUSE_NONE
                            : strlen(path) <= HTTP_PATH_MAX ? CAUSE_BAD_REQUEST
                                                            : CAUSE_URI_TOO_LONG,
                     "%zu: %d", length, (int)cause);
        cr_expect(cause != CAUSE_NONE || strlen(picture.id) == length);
    }
    router_free(&router);
}

Test(camo, what_passes_by_here_a_second_time_is_a_loop)
{
    static const struct {
        const char *via;
        enum cause cause;
    } rows[] = {
        {"1.1 visage-0123456789ab", CAUSE_LOOP},
        {"1.0 other, HTTP/1.1   visage-0123456789ab (x)", CAUSE_LOOP},
        {"1.1 a,1.1\tvisage-0123456789ab,1.1 b", CAUSE_LOOP},
        {"1.1 visage-0123456789abc", CAUSE_NONE},
        {"1.1 visage-0123456789a", CAUSE_NONE},
        {"1.1 other (visage-0123456789ab)", CAUSE_NONE},
        {"visage-0123456789ab", CAUSE_NONE},
        {"", CAUSE_NONE},
        {" , ,\t", CAUSE_NONE},
    };
    struct router *router = open_router("/camo", "test");
    struct picture_request picture;

    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_eq(ask_url(router, "/camo/" GOPHER_DIGEST "/" GOPHER_HEX, rows[i].via, &picture),
                     rows[i].cause, "%s", rows[i].via);
    router_free(&router);
}

Test(camo, without_a_prefix_of_its_own_it_takes_only_what_looks_like_it)
{
    struct router *router = open_router("", "test");
    struct picture_request picture;

    expect_picture(router, "/" GOPHER_DIGEST "/" GOPHER_HEX, GOPHER);
    expect_picture(router, "/D23vHLFHsOhPOcvdxeoQyAJTpvM/" GOPHER_BASE64, GOPHER);
    expect_picture(router, "/" GOPHER_DIGEST "?url=" GOPHER_ESCAPED, GOPHER);
    cr_expect_eq(ask_url(router, "/" GOPHER_DIGEST "/00", NULL, &picture), CAUSE_SIGNATURE);
    cr_expect_eq(ask_url(router, "/avatar/demo/jane.jpg", NULL, &picture), CAUSE_NONE);
    cr_expect_eq(picture.dialect, DIALECT_NATIVE);
    cr_expect_eq(ask_url(router, "/000/" GOPHER_HEX, NULL, &picture), CAUSE_NOT_FOUND);
    cr_expect_eq(picture.dialect, DIALECT_NATIVE);
    router_free(&router);
}

Test(camo, is_off_without_a_prefix)
{
    struct router *router = open_router(NULL, "test");
    struct picture_request picture;

    cr_expect_eq(ask_url(router, "/" GOPHER_DIGEST "/" GOPHER_HEX, NULL, &picture),
                 CAUSE_NOT_FOUND);
    router_free(&router);
}

Test(camo, without_a_key_nothing_is_signed)
{
    struct router *router = open_router("/camo", "");
    struct picture_request picture;

    cr_expect_eq(ask_url(router, "/camo/" GOPHER_DIGEST "/" GOPHER_HEX, NULL, &picture),
                 CAUSE_SIGNATURE);
    router_set_keys(router, NULL);
    cr_expect_eq(ask_url(router, "/camo/" GOPHER_DIGEST "/" GOPHER_HEX, NULL, &picture),
                 CAUSE_SIGNATURE);
    router_free(&router);
}

Test(camo, who_does_not_look_at_signatures_is_told_what_a_url_means)
{
    struct router *router = open_router("/camo", NULL);

    expect_picture(router, "/camo/0000000000000000000000000000000000000000/" GOPHER_HEX, GOPHER);
    router_free(&router);
}

Test(camo, methods_other_than_get_and_head_are_405)
{
    struct router *router = open_router("/camo", "test");
    static const char path[] = "/camo/" GOPHER_DIGEST "/" GOPHER_HEX;
    struct picture_request picture;

    cr_expect_eq(ask_with(router, path, strlen(path), HTTP_POST, NULL, &picture),
                 CAUSE_METHOD_NOT_ALLOWED);
    cr_expect_eq(ask_with(router, path, strlen(path), HTTP_HEAD, NULL, &picture), CAUSE_NONE);
    cr_expect_eq(ask(router, path, &picture), CAUSE_NONE);
    router_free(&router);
}

Test(camo, a_canonical_text_reads_back)
{
    struct router *router = open_router("/camo", NULL);
    char text[PICTURE_CANONICAL_MAX], again[PICTURE_CANONICAL_MAX], path[PATH_ROOM];
    static const char url[] = "http://golang.org/a?b=%41";
    struct picture_request picture, parsed;

    sign("test", url, strlen(url), path);
    cr_assert_eq(ask_url(router, path, NULL, &picture), CAUSE_NONE);
    picture_variant_text(&picture, PICTURE_JPEG, text);
    cr_assert_eq(picture_variant_parse(&config, text, &parsed), 0);
    cr_expect(parsed.verbatim);
    cr_expect_str_eq(parsed.id, url);
    picture_variant_text(&parsed, PICTURE_PNG, again);
    cr_expect_str_eq(again, text);
    cr_expect_neq(picture_variant_parse(&config, "gone/x?as-is", &parsed), 0);
    cr_expect_neq(picture_variant_parse(&config, "web/x?as-is&v=1", &parsed), 0);
    cr_expect_neq(picture_variant_parse(&config, "web/%78?as-is", &parsed), 0);
    router_free(&router);
}

/* ---- what is passed on ---- */

static enum picture_type type_of(const char *field)
{
    return picture_type_from_media_type(field, http_media_type_length(field));
}

Test(camo, content_types_are_read_strictly)
{
    cr_expect_eq(type_of("image/png"), PICTURE_PNG);
    cr_expect_eq(type_of("IMAGE/Jpeg"), PICTURE_JPEG);
    cr_expect_eq(type_of("image/svg+xml;charset=UTF-8"), PICTURE_SVG);
    cr_expect_eq(type_of("image/x-icon ; a=b"), PICTURE_ICO);
    cr_expect_eq(type_of("what"), PICTURE_UNKNOWN);
    cr_expect_eq(type_of("image/png,text/html; charset=UTF-8"), PICTURE_UNKNOWN);
    cr_expect_eq(type_of("image/png%;text/html"), PICTURE_UNKNOWN);
    cr_expect_eq(type_of("image/png text/html"), PICTURE_UNKNOWN);
    cr_expect_eq(type_of("text/html"), PICTURE_UNKNOWN);
    cr_expect_eq(type_of("image/"), PICTURE_UNKNOWN);
    cr_expect_eq(type_of("/png"), PICTURE_UNKNOWN);
    cr_expect_eq(type_of(""), PICTURE_UNKNOWN);
    cr_expect_eq(type_of("image/auto"), PICTURE_UNKNOWN);
    cr_expect_eq(type_of("application/octet-stream"), PICTURE_UNKNOWN);
    cr_expect_eq(http_media_type_length(NULL), 0u);
}

/* From a heap copy, so that a sanitizer sees a read past its end; every cut of it, too. */
static enum picture_type sniff(const char *bytes, size_t length)
{
    enum picture_type type = PICTURE_UNKNOWN;

    for (size_t cut = 0; cut <= length; cut++) {
        char *copy = malloc(cut ? cut : 1);

        cr_assert_not_null(copy);
        memcpy(copy, bytes, cut);
        type = sniff_any_picture(copy, cut);
        cr_expect_eq(sniff_picture(copy, cut), type < PICTURE_SVG ? type : PICTURE_UNKNOWN);
        free(copy);
    }
    return type;
}

Test(camo, what_is_not_decoded_is_known_by_its_first_bytes)
{
    static const char ico[] = "\0\0\1\0\1\0\20\20\0\0\1\0\40\0\150\4\0\0\26\0\0\0";
    static const char bmp[] = "BM\100\0\0\0\0\0\0\0\66\0\0\0\50\0\0\0\1\0\0\0\1\0\0\0";
    static const struct {
        const char *text;
        enum picture_type type;
    } texts[] = {
        {"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", PICTURE_SVG},
        {"<svg>", PICTURE_SVG},
        {"\xef\xbb\xbf <svg/>", PICTURE_SVG},
        {"<?xml version=\"1.0\"?>\n<!-- a > b -->\n<!DOCTYPE svg PUBLIC \"a\" \"b\">\n<svg\n>",
         PICTURE_SVG},
        {"<svgx>", PICTURE_UNKNOWN},
        {"<svg", PICTURE_UNKNOWN},
        {"<!-- <svg>", PICTURE_UNKNOWN},
        {"<!DOCTYPE html><svg>", PICTURE_UNKNOWN},
        {"<html><svg>", PICTURE_UNKNOWN},
        {"svg", PICTURE_UNKNOWN},
        {"BM is no picture of any kind", PICTURE_UNKNOWN},
        {"GIF89a", PICTURE_GIF},
    };

    cr_expect_eq(sniff(ico, sizeof ico - 1), PICTURE_ICO);
    cr_expect_eq(sniff(bmp, sizeof bmp - 1), PICTURE_BMP);
    for (size_t i = 0; i < COUNT(texts); i++)
        cr_expect_eq(sniff(texts[i].text, strlen(texts[i].text)), texts[i].type, "%s",
                     texts[i].text);
}

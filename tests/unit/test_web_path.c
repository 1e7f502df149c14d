/* SPDX-License-Identifier: MIT
 *
 * URLs of pictures of the web that are made here are taken by their dialects, and mean what was
 * meant.
 */
#include "route/web_path.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "route/route.h"
#include "route/sign.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define PATTERN "[A-Za-z0-9._~@:+=-]+"

static char *hosts[] = {(char[]){"images.example"}};
static struct config_source sources[] = {
    {.name = (char[]){"web"}, .type = SOURCE_WEB, .hosts = hosts, .host_count = 1,
     .id_pattern = (char[]){PATTERN}},
};
static struct config config;
static struct dialect_keys keys;

static const char *const urls[] = {
    "https://images.example/a.png",
    "http://images.example:8080//x//y/../z?q=a%2Fb&c=d",
    "https://images.example/%C3%A9%20@webp",
    "https://images.example/a:b/plain/c.jpg",
};

static struct router *open_router(const char *imgproxy, const char *camo)
{
    struct router *router;

    config = (struct config){.path = (char[]){"visage.conf"},
                             .prefix = (char[]){""},
                             .quality = 82,
                             .sizes = {32},
                             .size_count = 1,
                             .formats = {PICTURE_WEBP, PICTURE_JPEG, PICTURE_PNG},
                             .format_count = 3,
                             .sources = sources,
                             .source_count = 1};
    config.imgproxy.prefix = (char *)imgproxy;
    config.imgproxy.source = imgproxy ? sources : NULL;
    config.imgproxy.signature_size = 32;
    config.camo.prefix = (char *)camo;
    config.camo.source = camo ? sources : NULL;
    keys = (struct dialect_keys){.unchecked = false};
    strcpy(keys.camo.text, "a key of the test's");
    keys.imgproxy.count = 2;
    memcpy(keys.imgproxy.pairs[0].key, "new key", 7);
    memcpy(keys.imgproxy.pairs[0].salt, "salt", 4);
    keys.imgproxy.pairs[0].key_length = 7;
    keys.imgproxy.pairs[0].salt_length = 4;
    keys.imgproxy.pairs[1].key_length = 7;
    cr_assert_eq(router_new(&config, &router), 0);
    router_set_keys(router, &keys);
    return router;
}

static enum cause ask(const struct router *router, const struct buffer *path,
                      struct picture_request *out)
{
    struct http_request request;

    cr_assert(http_request_from_url(path->data, &request));
    return route(router, &request, out);
}

Test(web_path, of_camo_is_taken)
{
    static const char *const prefixes[] = {"", "/camo"};
    struct picture_request picture;
    struct buffer path = {0};

    for (size_t i = 0; i < COUNT(prefixes) * COUNT(urls); i++) {
        struct router *router = open_router(NULL, prefixes[i / COUNT(urls)]);
        const char *url = urls[i % COUNT(urls)];

        buffer_clear(&path);
        cr_assert_eq(web_path_camo(&path, &config, &keys.camo, url), 0);
        cr_assert_eq(strlen(path.data), path.length);
        cr_assert_eq(ask(router, &path, &picture), CAUSE_NONE, "%s", path.data);
        cr_expect_eq(picture.dialect, DIALECT_CAMO);
        cr_expect(picture.verbatim);
        cr_expect_str_eq(picture.id, url);
        strcpy(keys.camo.text, "another key");
        cr_expect_eq(ask(router, &path, &picture), CAUSE_SIGNATURE);
        router_free(&router);
    }
    buffer_free(&path);
}

/* The known answer of go-camo's documentation. */
Test(web_path, of_camo_is_as_others_make_it)
{
    struct router *router = open_router(NULL, "");
    struct buffer path = {0};

    strcpy(keys.camo.text, "test");
    cr_assert_eq(web_path_camo(&path, &config, &keys.camo,
                               "http://golang.org/doc/gopher/frontpage.png"), 0);
    cr_expect_str_eq(path.data, "/0f6def1cb147b0e84f39cbddc5ea10c80253a6f3/"
                                "687474703a2f2f676f6c616e672e6f72672f646f632f676f706865722f66726f6e"
                                "74706167652e706e67");
    buffer_free(&path);
    router_free(&router);
}

Test(web_path, of_imgproxy_is_taken)
{
    static const char *const prefixes[] = {"", "/i"};
    static const struct {
        struct rendering rendering;
        enum picture_fit fit;
    } rows[] = {
        {{.width = 64, .height = 48, .fit = FIT_COVER, .quality = 70}, FIT_FILL},
        {{.width = 200, .height = 0, .fit = FIT_CONTAIN, .quality = 100}, FIT_INSIDE},
    };
    struct picture_request picture;
    struct buffer path = {0};

    for (size_t i = 0; i < COUNT(prefixes) * COUNT(urls) * COUNT(rows); i++) {
        const struct rendering *r = &rows[i % COUNT(rows)].rendering;
        struct router *router = open_router(prefixes[i / COUNT(rows) / COUNT(urls)], NULL);
        const char *url = urls[i / COUNT(rows) % COUNT(urls)];

        buffer_clear(&path);
        cr_assert_eq(web_path_imgproxy(&path, &config, &keys.imgproxy, r, SIGN_NEVER, url), 0);
        cr_assert_eq(strlen(path.data), path.length);
        cr_assert_eq(ask(router, &path, &picture), CAUSE_NONE, "%s", path.data);
        cr_expect_eq(picture.dialect, DIALECT_IMGPROXY);
        cr_expect_str_eq(picture.id, url);
        cr_expect_eq(picture.rendering.width, r->width);
        cr_expect_eq(picture.rendering.height, r->height);
        cr_expect_eq(picture.rendering.quality, r->quality);
        cr_expect_eq(picture.rendering.fit, rows[i % COUNT(rows)].fit, "%d",
                     (int)picture.rendering.fit);
        cr_expect_eq(picture.rendering.effects.enlarge, r->fit == FIT_COVER);
        cr_expect_eq(picture.expires_s, 0);
        keys.imgproxy.pairs[0].key[0] = 'x';
        cr_expect_eq(ask(router, &path, &picture), CAUSE_SIGNATURE);
        router_free(&router);
    }
    buffer_free(&path);
}

Test(web_path, of_imgproxy_expires_and_may_be_cut_or_unsigned)
{
    const struct rendering r = {.width = 8, .height = 8, .fit = FIT_COVER, .quality = 70};
    struct router *router = open_router("/i", NULL);
    struct picture_request picture;
    struct buffer path = {0};

    config.imgproxy.signature_size = 8;
    cr_assert_eq(web_path_imgproxy(&path, &config, &keys.imgproxy, &r, 2000000000, urls[0]), 0);
    cr_assert_eq(ask(router, &path, &picture), CAUSE_NONE, "%s", path.data);
    cr_expect_eq(picture.expires_s, 2000000000);
    cr_expect_eq(strcspn(path.data + 3, "/"), (size_t)11);

    buffer_clear(&path);
    config.imgproxy.insecure = true;
    cr_assert_eq(web_path_imgproxy(&path, &config, &keys.imgproxy, &r, SIGN_NEVER, urls[0]), 0);
    cr_expect_eq(ask(router, &path, &picture), CAUSE_NONE, "%s", path.data);

    buffer_clear(&path);
    config.imgproxy.insecure = false;
    keys.imgproxy.count = 0;
    cr_expect_lt(web_path_imgproxy(&path, &config, &keys.imgproxy, &r, SIGN_NEVER, urls[0]), 0);
    buffer_free(&path);
    router_free(&router);
}

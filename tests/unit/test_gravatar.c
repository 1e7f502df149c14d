/* SPDX-License-Identifier: MIT
 *
 * Gravatar's and Libravatar's URLs: which ones are theirs, and what each parameter means,
 * whatever stands in it.
 */
#include <stdio.h>

#include "route_fixture.h"

#define MD5 "0bc83cb571cd1c50ba6f3e8a78ef1346"
#define MD5_UPPER "0BC83CB571CD1C50BA6F3E8A78EF1346"
#define SHA "84059b07d4be67b806386c0aad8070a23f18836bbaae342275dc0a83414c32ee"

static struct config_source people[] = {
    {.name = "own", .id_pattern = DEFAULT_PATTERN},
    {.name = "strict", .id_pattern = "[0-9a-f]{64}"},
    {.name = "grown", .id_pattern = DEFAULT_PATTERN, .rating = RATING_R},
};

static char *hosts[] = {(char *)(uintptr_t) "cdn.example.org", (char *)(uintptr_t) "example.com",
                       (char *)(uintptr_t) "*.below.example"};

static struct config served(void)
{
    struct config config = usual;

    config.sources = people;
    config.source_count = COUNT(people);
    config.gravatar.prefix = (char *)(uintptr_t) "";
    for (size_t i = 0; i < COUNT(people); i++)
        config.gravatar.sources[i] = &people[i];
    config.gravatar.source_count = COUNT(people);
    config.gravatar.generator = GENERATOR_RETRO;
    config.gravatar.max_size = 512;
    config.gravatar.default_hosts = (struct config_list){.items = hosts, .count = COUNT(hosts)};
    return config;
}

/* The query is given without a NUL behind it, for the sanitizer's sake. */
static enum cause ask_query(const struct config *config, const char *path, const char *query,
                            const char *accept, struct picture_request *out)
{
    struct router *router = new_router(config);
    size_t length = strlen(query);
    char *copy = malloc(length ? length : 1);
    struct http_request request = {.method = HTTP_GET,
                                   .path = path,
                                   .path_length = strlen(path),
                                   .query = copy,
                                   .query_length = length,
                                   .accept = accept};
    enum cause cause;

    cr_assert_not_null(copy);
    memcpy(copy, query, length);
    memset(out, 0xee, sizeof *out);
    cause = route(router, &request, out);
    free(copy);
    router_free(&router);
    return cause;
}

static struct picture_request asked(const char *query)
{
    struct config config = served();
    struct picture_request r;

    cr_assert_eq(ask_query(&config, "/avatar/" SHA, query, NULL, &r), CAUSE_NONE, "%s", query);
    cr_expect_eq(r.dialect, DIALECT_GRAVATAR);
    return r;
}

Test(gravatar, a_hash_in_any_case_with_or_without_an_extension)
{
    static const struct {
        const char *path, *id;
        enum picture_type format;
        bool negotiated;
    } rows[] = {
        {"/avatar/" MD5, MD5, PICTURE_AUTO, true},
        {"/avatar/" MD5_UPPER, MD5, PICTURE_AUTO, true},
        {"/avatar/" SHA, SHA, PICTURE_AUTO, true},
        {"/avatar/%30" "bc83cb571cd1c50ba6f3e8a78ef1346", MD5, PICTURE_AUTO, true},
        {"/avatar/" SHA ".jpg", SHA, PICTURE_JPEG, false},
        {"/avatar/" SHA ".jpeg", SHA, PICTURE_JPEG, false},
        {"/avatar/" MD5 ".png", MD5, PICTURE_PNG, false},
        {"/avatar/" MD5 ".webp", MD5, PICTURE_WEBP, false},
        {"/avatar/" MD5 ".gif", MD5, PICTURE_PNG, false},
    };
    struct config config = served();

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request r;

        cr_assert_eq(ask_query(&config, rows[i].path, "", NULL, &r), CAUSE_NONE, "%s",
                     rows[i].path);
        cr_expect_eq(r.dialect, DIALECT_GRAVATAR, "%s", rows[i].path);
        cr_expect_str_eq(r.id, rows[i].id, "%s", rows[i].path);
        cr_expect_eq(r.format, rows[i].format, "%s", rows[i].path);
        cr_expect_eq(r.negotiated, rows[i].negotiated, "%s", rows[i].path);
    }
}

Test(gravatar, other_paths_are_left_to_others)
{
    static const char *const rows[] = {
        "/avatar/0bc83cb571cd1c50ba6f3e8a78ef134",      "/avatar/" MD5 "0",
        "/avatar/" SHA "0",                             "/avatar/0bc83cb571cd1c50ba6f3e8a78ef134g",
        "/avatar/" MD5 "/",                             "/avatar/" MD5 "/own",
        "/avatar/" MD5 ".",                             "/avatar/" MD5 ".svg",
        "/avatar/" MD5 ".avif",                         "/avatar/" MD5 ".png.png",
        "/avatar/",                                     "/avatar",
        "/avatars/" MD5,                                "//avatar/" MD5,
        "/Avatar/" MD5,                                 "/" MD5,
        "/avatar/" MD5 "%2Ejp",                         "/avatar/" MD5 "%3F",
        "/avatar/own/" MD5 ".webp",
    };
    struct config config = served();

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request r;

        if (ask_query(&config, rows[i], "", NULL, &r) == CAUSE_NONE)
            cr_expect_eq(r.dialect, DIALECT_NATIVE, "%s", rows[i]);
    }
}

Test(gravatar, native_urls_stand_beside_it)
{
    struct config config = served();
    struct router *router = new_router(&config);
    struct picture_request r;

    cr_assert_eq(ask(router, "/avatar/own/" MD5 ".webp", &r), CAUSE_NONE);
    router_free(&router);
    cr_expect_eq(r.dialect, DIALECT_NATIVE);
    cr_expect_str_eq(r.source->name, "own");
    cr_expect_eq(r.rendering.width, 1000u);
}

Test(gravatar, without_a_prefix_there_is_none_and_with_one_it_is_below_it)
{
    struct config config = served();
    struct picture_request r;

    config.gravatar.prefix = NULL;
    cr_expect_eq(ask_query(&config, "/avatar/" MD5, "", NULL, &r), CAUSE_NOT_FOUND);
    config.gravatar.prefix = (char *)(uintptr_t) "/people";
    cr_expect_eq(ask_query(&config, "/avatar/" MD5, "", NULL, &r), CAUSE_NOT_FOUND);
    cr_expect_eq(ask_query(&config, "/people/avatar/" MD5, "", NULL, &r), CAUSE_NONE);
}

Test(gravatar, every_size_means_one_of_a_few)
{
    static const struct {
        const char *query;
        uint32_t side;
    } rows[] = {
        {"", 80}, {"s=80", 80}, {"s=200", 256}, {"size=200", 256}, {"s=64", 64}, {"s=1", 32},
        {"s=512", 512}, {"s=361", 512}, {"s=513", 512}, {"s=2048", 512}, {"s=99999999999999", 512},
        {"s=0", 80}, {"s=", 80}, {"s", 80}, {"s=-5", 80}, {"s=big", 80}, {"s=80px", 80},
        {"s=1.5", 80}, {"s=+64", 80}, {"s=%36%34", 64}, {"s=%", 80}, {"s=0064", 64},
        {"s=00000000000000000000000000000000000000000000000000000000000000000000000000001", 80},
        {"x=1&s=64&s=128", 64}, {"size=128&s=64", 128}, {"s=64&size=128", 64}, {"S=64", 80},
        {"ss=64", 80}, {"&&s=64&", 64}, {"s=wrong&s=64", 80},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request r = asked(rows[i].query);

        cr_expect_eq(r.rendering.width, rows[i].side, "%s: %u", rows[i].query, r.rendering.width);
        cr_expect_eq(r.rendering.height, rows[i].side, "%s", rows[i].query);
        cr_expect_eq(r.rendering.fit, FIT_COVER);
        cr_expect_eq(r.rendering.quality, 82u);
    }
}

Test(gravatar, the_largest_size_is_the_configured_one)
{
    static const struct {
        uint32_t most;
        const char *query;
        uint32_t side;
    } rows[] = {{2048, "s=2048", 1000}, {600, "s=520", 600}, {600, "s=601", 600},
                {600, "s=100", 128},    {20, "s=10", 20},    {20, "", 20}};
    struct config config = served();

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request r;

        config.gravatar.max_size = rows[i].most;
        cr_assert_eq(ask_query(&config, "/avatar/" MD5, rows[i].query, NULL, &r), CAUSE_NONE);
        cr_expect_eq(r.rendering.width, rows[i].side, "%s: %u", rows[i].query, r.rendering.width);
    }
}

Test(gravatar, every_default_has_its_name)
{
    static const struct {
        const char *query;
        enum generator generator;
    } rows[] = {
        {"", GENERATOR_RETRO}, {"d=404", GENERATOR_NONE}, {"default=404", GENERATOR_NONE},
        {"d=mp", GENERATOR_MP}, {"d=mm", GENERATOR_MP}, {"d=mystery", GENERATOR_MP},
        {"d=identicon", GENERATOR_IDENTICON}, {"d=monsterid", GENERATOR_MONSTERID},
        {"d=wavatar", GENERATOR_WAVATAR}, {"d=retro", GENERATOR_RETRO},
        {"d=robohash", GENERATOR_ROBOHASH}, {"d=pagan", GENERATOR_PAGAN},
        {"d=blank", GENERATOR_BLANK}, {"d=color", GENERATOR_COLOR},
        {"d=initials&initials=ab", GENERATOR_INITIALS},
        {"d=initials&name=Ada+Lovelace", GENERATOR_INITIALS},
        /* without a letter there is the colour that would have been behind it */
        {"d=initials", GENERATOR_COLOR}, {"d=initials&name=", GENERATOR_COLOR},
        {"d=initials&name=%FF%FE", GENERATOR_COLOR}, {"d=initials&name=%00", GENERATOR_COLOR},
        /* what is none is not there */
        {"d=", GENERATOR_RETRO}, {"d", GENERATOR_RETRO}, {"d=Identicon", GENERATOR_RETRO},
        {"d=identicon%00", GENERATOR_RETRO}, {"d=+identicon", GENERATOR_RETRO},
        {"d=nobody", GENERATOR_RETRO}, {"d=4040", GENERATOR_RETRO}, {"d=%", GENERATOR_RETRO},
        {"d=pagan&d=mp", GENERATOR_PAGAN}, {"default=pagan&d=mp", GENERATOR_PAGAN},
        {"D=pagan", GENERATOR_RETRO},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request r = asked(rows[i].query);

        cr_expect_eq(r.standard.generator, rows[i].generator, "%s: %d", rows[i].query,
                     (int)r.standard.generator);
        cr_expect_str_empty(r.standard.location, "%s", rows[i].query);
    }
}

Test(gravatar, a_default_elsewhere_is_on_a_listed_host_and_without_a_query)
{
    static const struct {
        const char *query, *location; /* NULL: it is not heeded */
    } rows[] = {
        {"d=https%3A%2F%2Fcdn.example.org%2Fa%2Fb.png", "https://cdn.example.org/a/b.png"},
        {"d=https://cdn.example.org/a.png", "https://cdn.example.org/a.png"},
        {"d=http%3A%2F%2Fcdn.example.org%2Fa.png", "http://cdn.example.org/a.png"},
        {"default=HTTPS%3A%2F%2FCDN.Example.ORG%2Fa.png", "https://cdn.example.org/a.png"},
        {"d=https%3A%2F%2Fexample.com", "https://example.com/"},
        {"d=https%3A%2F%2Fexample.com%2F%2541", "https://example.com/%41"},
        {"d=https%3A%2F%2Fexample.org%2Fa.png", NULL},
        {"d=https%3A%2F%2Fxcdn.example.org%2Fa.png", NULL},
        {"d=https%3A%2F%2Fcdn.example.org.evil.test%2Fa.png", NULL},
        {"d=https%3A%2F%2Fcdn.example.org%40evil.test%2Fa.png", NULL},
        {"d=https%3A%2F%2Fevil.test%2Fcdn.example.org", NULL},
        {"d=https%3A%2F%2Fuser%40cdn.example.org%2Fa.png", NULL},
        {"d=https%3A%2F%2Fcdn.example.org%3A8443%2Fa.png", NULL},
        {"d=https%3A%2F%2Fcdn.example.org.%2Fa.png", NULL},
        {"d=https%3A%2F%2Fcdn.example.org%5Ca.png", NULL},
        {"d=https%3A%2F%2Fcdn.example.org%2Fa.png%3Fx%3D1", NULL},
        {"d=https%3A%2F%2Fcdn.example.org%2Fa.png%23x", NULL},
        {"d=https%3A%2F%2Fcdn.example.org%2Fa%0D%0AX%3A+1", NULL},
        {"d=https%3A%2F%2Fcdn.example.org%2Fa+b.png", "https://cdn.example.org/a%20b.png"},
        {"d=https%3A%2F%2Fcdn.example.org%2F%C3%A9", "https://cdn.example.org/%C3%A9"},
        {"d=https%3A%2F%2Fa.below.example%2Fa.png", "https://a.below.example/a.png"},
        {"d=https%3A%2F%2Fbelow.example%2Fa.png", NULL},
        {"d=https%3A%2F%2Fcdn.example.org%3A443%2Fa.png", "https://cdn.example.org/a.png"},
        {"d=%2F%2Fcdn.example.org%2Fa.png", NULL},
        {"d=ftp%3A%2F%2Fcdn.example.org%2Fa.png", NULL},
        {"d=https%3A%2Fcdn.example.org%2Fa.png", NULL},
        {"d=https%3A%2F%2F", NULL},
        {"d=https%3A%2F%2F%2Fcdn.example.org", NULL},
        {"d=javascript%3Aalert(1)", NULL},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request r = asked(rows[i].query);

        cr_expect_str_eq(r.standard.location, rows[i].location ? rows[i].location : "", "%s",
                         rows[i].query);
        cr_expect_eq(r.standard.generator,
                     rows[i].location ? GENERATOR_NONE : GENERATOR_RETRO, "%s", rows[i].query);
    }
}

Test(gravatar, an_endless_default_is_not_heeded)
{
    char query[3 * PICTURE_LOCATION_MAX] = "d=https://cdn.example.org/";
    struct picture_request r;

    memset(query + strlen(query), 'a', sizeof query - strlen(query) - 1);
    r = asked(query);
    cr_expect_str_empty(r.standard.location);
    cr_expect_eq(r.standard.generator, GENERATOR_RETRO);
    query[2 + PICTURE_LOCATION_MAX] = '\0';
    r = asked(query);
    cr_expect_eq(strlen(r.standard.location), (size_t)PICTURE_LOCATION_MAX);
}

Test(gravatar, sources_are_asked_as_far_as_rating_and_pattern_go)
{
    static const struct {
        const char *path, *query, *names;
    } rows[] = {
        {"/avatar/" SHA, "", "own strict "},
        {"/avatar/" MD5, "", "own "},
        {"/avatar/" SHA, "r=g", "own strict "},
        {"/avatar/" SHA, "r=pg", "own strict "},
        {"/avatar/" SHA, "r=r", "own strict grown "},
        {"/avatar/" SHA, "rating=X", "own strict grown "},
        {"/avatar/" SHA, "r=any", "own strict "},
        {"/avatar/" SHA, "r=", "own strict "},
        {"/avatar/" SHA, "r=r&r=g", "own strict grown "},
        {"/avatar/" SHA, "f=y", ""},
        {"/avatar/" SHA, "forcedefault=y&r=x", ""},
        {"/avatar/" SHA, "f=n", "own strict "},
        {"/avatar/" SHA, "f=1", "own strict "},
        {"/avatar/" SHA, "f", "own strict "},
    };
    struct config config = served();

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request r;
        char names[64] = "";

        cr_assert_eq(ask_query(&config, rows[i].path, rows[i].query, NULL, &r), CAUSE_NONE);
        for (unsigned j = 0; j < r.chain_length; j++)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s ",
                     r.chain[j]->name);
        cr_expect_str_eq(names, rows[i].names, "%s: %s", rows[i].query, names);
        cr_expect_str_eq(r.source->name, r.chain_length ? r.chain[0]->name : "+nobody");
    }
    config.gravatar.rating = RATING_X;
    for (int i = 0; i < 2; i++) {
        struct picture_request r;

        cr_assert_eq(ask_query(&config, "/avatar/" SHA, i ? "r=g" : "", NULL, &r), CAUSE_NONE);
        cr_expect_eq(r.chain_length, i ? 2u : 3u);
    }
}

Test(gravatar, other_parameters_do_not_change_the_key)
{
    char bare[PICTURE_CANONICAL_MAX], dressed[PICTURE_CANONICAL_MAX];
    struct picture_request r = asked("s=64");

    picture_variant_text(&r, PICTURE_PNG, bare);
    r = asked("v=17&s=64&d=mp&r=x&_=123&%00&=&f=n&a=%");
    picture_variant_text(&r, PICTURE_PNG, dressed);
    cr_expect_str_eq(bare, "own/" SHA "?w=64&h=64&fit=cover&f=png&v=1");
    cr_expect_str_eq(dressed, bare);
}

Test(gravatar, formats_that_are_not_configured_are_left_to_accept)
{
    struct config config = served();
    struct picture_request r;

    config.formats[0] = PICTURE_JPEG;
    config.format_count = 1;
    cr_assert_eq(ask_query(&config, "/avatar/" MD5 ".png", "", "image/webp", &r), CAUSE_NONE);
    cr_expect_eq(r.format, PICTURE_JPEG);
    cr_expect(r.negotiated);
    cr_assert_eq(ask_query(&config, "/avatar/" MD5 ".jpg", "", "image/webp", &r), CAUSE_NONE);
    cr_expect_eq(r.format, PICTURE_JPEG);
    cr_expect_not(r.negotiated);
    cr_assert_eq(ask_query(&usual, "/avatar/" MD5, "", NULL, &r), CAUSE_NOT_FOUND);
}

Test(gravatar, accept_chooses_without_an_extension)
{
    struct config config = served();
    struct picture_request r;

    cr_assert_eq(ask_query(&config, "/avatar/" MD5, "", "image/webp,*/*", &r), CAUSE_NONE);
    cr_expect_eq(r.format, PICTURE_WEBP);
    cr_assert_eq(ask_query(&config, "/avatar/" MD5 ".jpg", "", "image/webp,*/*", &r), CAUSE_NONE);
    cr_expect_eq(r.format, PICTURE_JPEG);
}

Test(gravatar, what_is_drawn_depends_on_the_hash_alone)
{
    struct config config = served();
    struct picture_request a, b;
    struct digest of_md5;

    a = asked("d=robohash&s=64");
    b = asked("s=256&x=1&d=robohash&r=x");
    cr_expect(digest_equal(&a.standard.seed, &b.standard.seed));
    cr_assert_eq(digest_from_hex(SHA, strlen(SHA), &of_md5), true);
    cr_expect(digest_equal(&a.standard.seed, &of_md5));
    cr_assert_eq(ask_query(&config, "/avatar/" MD5_UPPER, "d=robohash", NULL, &a), CAUSE_NONE);
    cr_assert_eq(digest_of(MD5, strlen(MD5), &of_md5), 0);
    cr_expect(digest_equal(&a.standard.seed, &of_md5));
    /* one of these for everybody */
    cr_assert_eq(ask_query(&config, "/avatar/" MD5, "d=mp", NULL, &a), CAUSE_NONE);
    b = asked("d=mp");
    cr_expect(digest_equal(&a.standard.seed, &b.standard.seed));
}

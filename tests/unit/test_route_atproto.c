/* SPDX-License-Identifier: MIT
 *
 * atproto's URLs: which pictures they mean, and in which order what is wrong with
 * them is found.
 */
#include "route/route.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define CID "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
#define DID "did:plc:z72i7hdynmk6r22z27h6tvur"
#define BLOB DID "/" CID
#define FIREFOX "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"

static struct config_source source = {.name = (char[]){"at"}, .type = SOURCE_ATPROTO,
                                      .id_pattern = (char[]){"."}};
static struct config_preset presets[] = {{(char[]){"avatar"}, {64, 64, FIT_COVER, 85, {0}}}};

static char no_prefix[] = "";

static struct config config_of(enum atproto_presets names, const char *prefix)
{
    return (struct config){.prefix = no_prefix,
                           .background = 0xffffff,
                           .formats = {PICTURE_WEBP, PICTURE_JPEG, PICTURE_PNG},
                           .format_count = 3,
                           .presets = presets,
                           .preset_count = 1,
                           .sources = &source,
                           .source_count = 1,
                           .atproto = {.prefix = (char *)(uintptr_t)prefix,
                                       .source = &source,
                                       .presets = names}};
}

/* The path is given as a heap copy without a NUL. */
static enum cause ask(const struct config *config, const char *path, const char *accept,
                      struct picture_request *out, bool *negotiates)
{
    size_t length = strlen(path);
    char *copy = malloc(length ? length : 1);
    struct http_request request = {
        .method = HTTP_GET, .path = copy, .path_length = length, .query = "", .accept = accept};
    struct router *router;
    enum cause cause;

    memcpy(copy, path, length);
    cr_assert_eq(router_new(config, &router), 0);
    cause = route(router, &request, out);
    if (negotiates)
        *negotiates = route_negotiates(router, &request);
    router_free(&router);
    free(copy);
    return cause;
}

Test(route_atproto, what_the_presets_mean)
{
    static const struct {
        enum atproto_presets names;
        const char *path, *variant;
    } rows[] = {
        {ATPROTO_COVES, "avatar", "w=1000&h=1000&fit=cover&q=85"},
        {ATPROTO_COVES, "avatar_small", "w=360&h=360&fit=cover&q=80"},
        {ATPROTO_COVES, "banner", "w=640&h=300&fit=cover&q=85"},
        {ATPROTO_COVES, "embed_thumbnail", "w=720&h=360&fit=cover&q=80"},
        {ATPROTO_COVES, "content_preview", "w=800&h=0&fit=contain&q=80"},
        {ATPROTO_COVES, "content_full", "w=1600&h=0&fit=contain&q=90"},
        {ATPROTO_BLUESKY, "avatar", "w=1000&h=1000&fit=cover&q=85"},
        {ATPROTO_BLUESKY, "avatar_thumbnail", "w=128&h=128&fit=cover&q=85"},
        {ATPROTO_BLUESKY, "banner", "w=3000&h=1000&fit=cover&q=85"},
        {ATPROTO_BLUESKY, "feed_thumbnail", "w=2000&h=2000&fit=contain&q=85"},
        {ATPROTO_BLUESKY, "feed_fullsize", "w=1000&h=1000&fit=contain&q=85"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct config config = config_of(rows[i].names, "");
        char path[256], text[PICTURE_CANONICAL_MAX], wanted[PICTURE_CANONICAL_MAX];
        struct picture_request r;

        snprintf(path, sizeof path, "/img/%s/plain/" BLOB "@jpeg", rows[i].path);
        snprintf(wanted, sizeof wanted, "at/" BLOB "?%s&f=jpeg&bg=ffffff&v=1", rows[i].variant);
        cr_assert_eq(ask(&config, path, NULL, &r, NULL), CAUSE_NONE, "%s", path);
        picture_variant_text(&r, r.format, text);
        cr_expect_str_eq(text, wanted);
        cr_expect_str_eq(r.preset, rows[i].path);
        cr_expect_eq(r.dialect, DIALECT_ATPROTO);
        cr_expect(r.immutable);
    }
}

Test(route_atproto, the_format)
{
    static const struct {
        enum atproto_presets names;
        const char *end, *accept;
        enum picture_type format;
        bool negotiated;
    } rows[] = {
        {ATPROTO_COVES, "", NULL, PICTURE_JPEG, false},
        {ATPROTO_COVES, "", FIREFOX, PICTURE_JPEG, false},
        {ATPROTO_COVES, "@webp", NULL, PICTURE_WEBP, false},
        {ATPROTO_COVES, "@jpeg", FIREFOX, PICTURE_JPEG, false},
        {ATPROTO_BLUESKY, "", NULL, PICTURE_AUTO, true},
        {ATPROTO_BLUESKY, "", FIREFOX, PICTURE_WEBP, true},
        {ATPROTO_BLUESKY, "", "image/jpeg", PICTURE_JPEG, true},
        {ATPROTO_BLUESKY, "@jpeg", FIREFOX, PICTURE_JPEG, false},
        {ATPROTO_BLUESKY, "@png", FIREFOX, PICTURE_PNG, false},
        {ATPROTO_BLUESKY, "%40png", FIREFOX, PICTURE_PNG, false},
        {ATPROTO_BLUESKY, "@webp", "image/jpeg", PICTURE_WEBP, false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct config config = config_of(rows[i].names, "");
        struct picture_request r;
        char path[256];
        bool negotiates;

        snprintf(path, sizeof path, "/img/avatar/plain/" BLOB "%s", rows[i].end);
        cr_assert_eq(ask(&config, path, rows[i].accept, &r, &negotiates), CAUSE_NONE, "%s", path);
        cr_expect_eq(r.format, rows[i].format, "%s: %d", path, r.format);
        cr_expect_eq(r.negotiated, rows[i].negotiated, "%s", path);
        cr_expect_eq(negotiates, rows[i].negotiated, "%s", path);
        cr_expect_str_eq(r.id, BLOB);
    }
}

Test(route_atproto, a_path_is_decoded_once)
{
    static const struct {
        const char *path, *id;
    } rows[] = {
        {"/img/avatar/plain/did:web:localhost%253A8080/" CID, "did:web:localhost%3A8080/" CID},
        {"/img/avatar/plain/did%3Aweb%3Aexample.com/" CID, "did:web:example.com/" CID},
        {"/img/avatar/plain/did:web:example.com/%62" "afkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5"
         "eei66wof36n5e", "did:web:example.com/" CID},
        /* one escape: the port's colon is one then, and the DID another */
        {"/img/avatar/plain/did:web:localhost%3A8080/" CID, "did:web:localhost:8080/" CID},
    };
    struct config config = config_of(ATPROTO_COVES, "");

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request r;

        cr_assert_eq(ask(&config, rows[i].path, NULL, &r, NULL), CAUSE_NONE, "%s", rows[i].path);
        cr_expect_str_eq(r.id, rows[i].id);
    }
}

Test(route_atproto, what_is_wrong_is_told_in_this_order)
{
    static const struct {
        const char *path;
        enum cause cause;
    } rows[] = {
        {"/img/avatar/plain/" DID "/", CAUSE_PARAMETER_MISSING},
        {"/img/avatar/plain/" DID, CAUSE_PARAMETER_MISSING},
        {"/img/avatar/plain/", CAUSE_PARAMETER_MISSING},
        {"/img/avatar/plain", CAUSE_PARAMETER_MISSING},
        {"/img//plain/" BLOB, CAUSE_PARAMETER_MISSING},
        {"/img/avatar/plain//" CID, CAUSE_PARAMETER_MISSING},
        {"/img/nothing/plain/bad/", CAUSE_PARAMETER_MISSING},
        {"/img/nothing/plain/bad/bad", CAUSE_PRESET_UNKNOWN},
        {"/img/Avatar/plain/" BLOB, CAUSE_PRESET_UNKNOWN},
        {"/img/avatar_thumbnail/plain/" BLOB, CAUSE_PRESET_UNKNOWN}, /* of the other set */
        {"/img/av%61tar/plain/" BLOB, CAUSE_PRESET_UNKNOWN},
        {"/img/avatar/plain/bad/bad", CAUSE_DID_INVALID},
        {"/img/avatar/plain/did:plc:/" CID, CAUSE_DID_INVALID},
        {"/img/avatar/plain/did:plc:a%2Fb/" CID, CAUSE_DID_INVALID},
        {"/img/avatar/plain/did:plc:a%00/" CID, CAUSE_DID_INVALID},
        {"/img/avatar/plain/did:plc:a%zz/" CID, CAUSE_DID_INVALID},
        {"/img/avatar/plain/did:plc:a%0a/" CID, CAUSE_DID_INVALID},
        {"/img/avatar/plain/" DID "/bad", CAUSE_CID_INVALID},
        {"/img/avatar/plain/" DID "/bafkreitest", CAUSE_CID_INVALID},
        {"/img/avatar/plain/" BLOB "@gif", CAUSE_CID_INVALID},
        {"/img/avatar/plain/" BLOB "@jpg", CAUSE_CID_INVALID},
        {"/img/avatar/plain/" BLOB "@JPEG", CAUSE_CID_INVALID},
        {"/img/avatar/plain/" BLOB "@", CAUSE_CID_INVALID},
        {"/img/avatar/plain/" BLOB "@jpeg@jpeg", CAUSE_CID_INVALID},
        {"/img/avatar/plain/" BLOB ".jpg", CAUSE_CID_INVALID},
        {"/img/avatar/plain/" DID "/@jpeg", CAUSE_CID_INVALID},
        {"/img/avatar/plain/" DID "/..%2F..", CAUSE_CID_INVALID},
        {"/img/avatar/plain/" BLOB "@avif", CAUSE_PICTURE_TYPE},
        /* of another shape: not for us */
        {"/img/avatar/plain/" BLOB "/", CAUSE_NOT_FOUND},
        {"/img/avatar/plain/" BLOB "/x", CAUSE_NOT_FOUND},
        {"/img/avatar", CAUSE_NOT_FOUND},
        {"/img/avatar/at/" BLOB, CAUSE_NOT_FOUND},
        {"/images/avatar/plain/" BLOB, CAUSE_NOT_FOUND},
    };
    struct config config = config_of(ATPROTO_COVES, "");

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request r;

        cr_expect_eq(ask(&config, rows[i].path, NULL, &r, NULL), rows[i].cause, "%s", rows[i].path);
    }
}

Test(route_atproto, an_unknown_preset_is_named_if_it_is_plain)
{
    static const struct {
        const char *name, *said;
    } rows[] = {
        {"huge", "huge"},
        {"Big_1-x", "Big_1-x"},
        {"<script>", ""},
        {"a%20b", ""},
        {"a.b", ""},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ""},
    };
    struct config config = config_of(ATPROTO_COVES, "");

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request r;
        char path[256];

        snprintf(path, sizeof path, "/img/%s/plain/" BLOB, rows[i].name);
        cr_assert_eq(ask(&config, path, NULL, &r, NULL), CAUSE_PRESET_UNKNOWN, "%s", path);
        cr_expect_str_eq(r.preset, rows[i].said);
    }
}

Test(route_atproto, looser_rules_take_what_looks_like_a_cid)
{
    static const enum cid_rule loose[] = {CID_DECODABLE, CID_LEXICAL};
    struct config config = config_of(ATPROTO_COVES, "");
    struct picture_request r;

    for (size_t i = 0; i < COUNT(loose); i++) {
        source.verify_cid = loose[i];
        cr_expect_eq(ask(&config, "/img/avatar/plain/did:plc:x/bafkreitest", NULL, &r, NULL),
                     CAUSE_NONE);
        cr_expect_eq(ask(&config, "/img/avatar/plain/did:plc:x/short", NULL, &r, NULL),
                     CAUSE_CID_INVALID);
    }
    source.verify_cid = CID_STRICT;
}

Test(route_atproto, the_longest_id)
{
    struct config config = config_of(ATPROTO_COVES, "");
    char path[4096], *did = path + sprintf(path, "/img/avatar/plain/");
    size_t most = PICTURE_ID_MAX - 1 - strlen(CID);
    struct picture_request r;

    memset(did, 'a', sizeof path - 100);
    memcpy(did, "did:plc:", 8);
    strcpy(did + most, "/" CID);
    cr_expect_eq(ask(&config, path, NULL, &r, NULL), CAUSE_NONE);
    cr_expect_eq(strlen(r.id), (size_t)PICTURE_ID_MAX);
    for (size_t n = most + 1; n < 2100; n++) {
        did[n - 1] = 'a';
        strcpy(did + n, "/" CID);
        cr_expect_neq(ask(&config, path, NULL, &r, NULL), CAUSE_NONE, "%zu", n);
    }
}

Test(route_atproto, stands_below_its_prefix)
{
    struct config config = config_of(ATPROTO_COVES, "/at");
    struct picture_request r;

    cr_expect_eq(ask(&config, "/at/img/avatar/plain/" BLOB, NULL, &r, NULL), CAUSE_NONE);
    cr_expect_eq(ask(&config, "/img/avatar/plain/" BLOB, NULL, &r, NULL), CAUSE_NOT_FOUND);
    config = config_of(ATPROTO_COVES, NULL);
    cr_expect_eq(ask(&config, "/img/avatar/plain/" BLOB, NULL, &r, NULL), CAUSE_NOT_FOUND);
}

Test(route_atproto, native_urls_can_have_its_source_too)
{
    struct config config = config_of(ATPROTO_COVES, NULL);
    struct picture_request r;

    cr_expect_eq(ask(&config, "/avatar/at/" BLOB ".webp", NULL, &r, NULL), CAUSE_NONE);
    cr_expect_str_eq(r.id, BLOB);
    cr_expect_not(r.immutable);
    cr_expect_eq(ask(&config, "/avatar/at/did:plc:x/bafkreitest.webp", NULL, &r, NULL),
                 CAUSE_BAD_REQUEST);
    cr_expect_eq(ask(&config, "/avatar/at/" BLOB "/x.webp", NULL, &r, NULL), CAUSE_BAD_REQUEST);
    cr_expect_eq(ask(&config, "/avatar/at/" CID ".webp", NULL, &r, NULL), CAUSE_BAD_REQUEST);
}

/* SPDX-License-Identifier: MIT
 *
 * A URL, a line end, an Accept field: through all dialects.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "route/generated.h"
#include "route/route.h"

static struct router *router;
static struct router *strict; /* the same, and it looks at signatures */

static const struct dialect_keys unchecked = {.unchecked = true};
static const struct dialect_keys keys = {
    .camo = {"known to nobody", "visage-1"},
    .imgproxy = {.pairs = {{.key = "k", .salt = "s", .key_length = 1, .salt_length = 1}}, .count = 1},
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    REQUIRE(router_new(fuzz_config(), &router) == 0);
    REQUIRE(router_new(fuzz_config(), &strict) == 0);
    router_set_keys(router, &unchecked);
    router_set_keys(strict, &keys);
    return 0;
}

static bool is_refusal(enum cause cause)
{
    return cause_info(cause)->status >= 400 && cause_info(cause)->status < 500;
}

/* Whatever can be asked for can be purged. */
static void require_subject(const struct picture_request *picture)
{
    char subject[PICTURE_CANONICAL_MAX], plain[PICTURE_CANONICAL_MAX];
    char again[PICTURE_CANONICAL_MAX];
    struct picture_request found;
    size_t length = picture_subject_text(picture, subject);

    REQUIRE(length == strlen(subject));
    REQUIRE(picture_subject_plain(subject, length, plain) == (ssize_t)strlen(plain));
    REQUIRE(route_subject(router, plain, &found) == CAUSE_NONE);
    picture_subject_text(&found, again);
    REQUIRE(strcmp(subject, again) == 0);
}

/* Nobody can guess a signature. */
static void require_signed(const struct http_request *request,
                           const struct picture_request *picture)
{
    struct picture_request refused;
    enum cause cause = route(strict, request, &refused);

    bool is_signed = picture->dialect == DIALECT_CAMO || picture->dialect == DIALECT_IMGPROXY;

    REQUIRE(cause == (is_signed ? CAUSE_SIGNATURE : CAUSE_NONE));
}

/* What the keeper reads in the queue is what the worker has written there. */
static void require_way_back(const struct picture_request *picture, enum picture_type format)
{
    char text[PICTURE_CANONICAL_MAX], again[PICTURE_CANONICAL_MAX];
    struct picture_request parsed;

    REQUIRE(picture_variant_text(picture, format, text) == strlen(text));
    REQUIRE(picture_variant_parse(fuzz_config(), text, &parsed) == 0);
    REQUIRE(parsed.source == picture->source && parsed.verbatim == picture->verbatim);
    REQUIRE(parsed.info == picture->info);
    REQUIRE(parsed.format == format || parsed.verbatim || parsed.info);
    REQUIRE(strcmp(parsed.id, picture->id) == 0);
    REQUIRE(parsed.rendering.width == picture->rendering.width &&
            parsed.rendering.height == picture->rendering.height &&
            parsed.rendering.fit == picture->rendering.fit);
    REQUIRE(picture_variant_text(&parsed, format, again) == strlen(text));
    REQUIRE(strcmp(text, again) == 0);
}

static void require_bytes(const char *text, size_t size, const char *allowed)
{
    REQUIRE(strnlen(text, size) < size && strspn(text, allowed) == strlen(text));
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* What goes into header fields, or leads there. */
static void require_fields(const struct picture_request *picture)
{
    const char *location = picture->standard.location;

    require_bytes(picture->filename, sizeof picture->filename, LETTERS DIGITS " -._()");
    require_bytes(picture->version, sizeof picture->version, DIGITS "abcdef");
    require_bytes(picture->preset, sizeof picture->preset, LETTERS DIGITS "_-");
    require_bytes(location, sizeof picture->standard.location,
                  LETTERS DIGITS "-._~:/#[]@!$&'()*+,;=%");
    if (*location)
        REQUIRE(strstr(location, ".example.net") != NULL);
    REQUIRE(picture->chain_length <= CONFIG_CHAIN_MAX);
}

/* Nobody's picture: what is drawn has a subject that nobody else's is. */
static void require_default(const struct picture_request *picture)
{
    const struct picture_default *standard = &picture->standard;
    struct picture_request drawn = *picture;
    char subject[PICTURE_CANONICAL_MAX];

    REQUIRE(picture_source_place(fuzz_config(), picture) == -1);
    REQUIRE(standard->generator == GENERATOR_NONE || !standard->location[0]);
    REQUIRE(strlen(standard->text) <= PICTURE_TEXT_MAX);
    for (const char *p = standard->location; *p; p++)
        REQUIRE((unsigned char)*p > 0x20 && (unsigned char)*p < 0x7f && *p != '?');
    REQUIRE(generated_set_subject(&drawn) == 0);
    picture_subject_text(&drawn, subject);
    REQUIRE(subject[0] == '+');
}

static void require_picture(const struct picture_request *picture)
{
    const struct config *config = fuzz_config();
    size_t length = strnlen(picture->id, sizeof picture->id);

    require_fields(picture);
    if (picture->dialect == DIALECT_GRAVATAR && picture->chain_length == 0) {
        require_default(picture);
        return;
    }
    REQUIRE(picture->source >= config->sources &&
            picture->source < config->sources + config->source_count);
    REQUIRE(length > 0 && length <= PICTURE_ID_MAX);
    REQUIRE(picture->format == PICTURE_AUTO || picture_type_is_output(picture->format));
    REQUIRE(rendering_is_sane(&picture->rendering));
    REQUIRE(picture->background <= 0xffffff);
    if (picture->info)
        REQUIRE(picture->dialect == DIALECT_NATIVE && !picture->negotiated &&
                !picture->immutable && !picture->verbatim);
    require_subject(picture);
    require_way_back(picture, PICTURE_JPEG);
    require_way_back(picture, PICTURE_PNG);
    require_way_back(picture, PICTURE_WEBP);
}

static void ask(struct http_request *request)
{
    struct picture_request picture, again;
    enum cause cause = route(router, request, &picture);

    REQUIRE(cause == CAUSE_NONE || is_refusal(cause));
    if (cause != CAUSE_NONE)
        return;
    require_picture(&picture);
    require_signed(request, &picture);
    REQUIRE(picture.negotiated == route_negotiates(router, request));
    REQUIRE(route(router, request, &again) == CAUSE_NONE);
    REQUIRE(memcmp(&picture.rendering, &again.rendering, sizeof again.rendering) == 0);
    REQUIRE(strcmp(picture.id, again.id) == 0 && picture.format == again.format);
    request->method = HTTP_POST;
    REQUIRE(route(router, request, &again) == CAUSE_METHOD_NOT_ALLOWED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *url = fuzz_line(&in), *accept = fuzz_rest(&in);
    struct http_request request;

    if (http_request_from_url(url, &request)) {
        request.accept = *accept ? accept : NULL;
        (void)route_negotiates(router, &request);
        ask(&request);
    }
    free(url);
    free(accept);
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * Canonical texts read back: the keeper makes its requests of them.
 */
#include "route/request.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define END "&v=" PICTURE_RENDERING_VERSION

static struct config_source sources[] = {
    {.name = "demo"},
    {.name = "d"},
    {.name = "demo2"},
    {.name = "a-very-long-name-of-a-source-that-has-sixty-four-bytes-in-it-all"},
};

static const struct config config = {
    .background = 0x123456, .sources = sources, .source_count = COUNT(sources)};

/* From a heap copy, so that a sanitizer sees a read past its end. */
static int parse(const char *text, struct picture_request *out)
{
    char *copy = strdup(text);
    int rc;

    memset(out, 0xff, sizeof *out);
    rc = picture_variant_parse(&config, copy, out);
    free(copy);
    return rc;
}

static void assert_round_trip(const struct picture_request *r, enum picture_type format)
{
    char text[PICTURE_CANONICAL_MAX], again[PICTURE_CANONICAL_MAX];
    struct picture_request back;

    picture_variant_text(r, format, text);
    cr_assert_eq(parse(text, &back), 0, "%s", text);
    cr_assert_eq(back.source, r->source, "%s", text);
    cr_assert_str_eq(back.id, r->id);
    cr_assert_eq(back.rendering.width, r->rendering.width, "%s", text);
    cr_assert_eq(back.rendering.height, r->rendering.height, "%s", text);
    cr_assert_eq(back.rendering.fit, r->rendering.fit, "%s", text);
    cr_assert_eq(back.format, format, "%s", text);
    cr_assert_not(back.negotiated);
    if (format != PICTURE_PNG)
        cr_assert_eq(back.rendering.quality, r->rendering.quality, "%s", text);
    cr_assert_eq(back.background, format == PICTURE_JPEG ? r->background : config.background);
    picture_variant_text(&back, back.format, again);
    cr_assert_str_eq(again, text);
}

static const enum picture_type formats[] = {PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP};

Test(request_parse, every_text_is_read_back_as_it_was_meant)
{
    static const char *const ids[] = {
        "a", "alice.jpg", "2024/06/alice", "a&w=1", "&v=1", "a=b", "a%3Fb", " ", "\xc3\xa9",
        "a/", "/", "//", "#", "!x", "+x", "\x01\x7f\xff",
    };
    static const uint32_t sides[] = {0, 1, 32, 1000, 4096, UINT32_MAX};
    static const uint32_t colours[] = {0, 0xffffff, 0xf0e1d2, 0x00000a};
    unsigned n = 0;

    for (size_t s = 0; s < COUNT(sources); s++)
        for (size_t i = 0; i < COUNT(ids); i++)
            for (size_t w = 0; w < COUNT(sides); w++)
                for (size_t f = 0; f < COUNT(formats); f++, n++) {
                    struct picture_request r = {.source = &sources[s],
                                                .background = colours[n % COUNT(colours)]};

                    r.rendering = (struct rendering){.width = sides[w],
                                                     .height = sides[(w + n) % COUNT(sides)],
                                                     .fit = n % 2 ? FIT_COVER : FIT_CONTAIN,
                                                     .quality = 1 + n % 100};
                    snprintf(r.id, sizeof r.id, "%s", ids[i]);
                    assert_round_trip(&r, formats[f]);
                }
}

Test(request_parse, the_longest_id_is_read_back)
{
    struct picture_request r = {.source = &sources[3],
                                .rendering = {UINT32_MAX, UINT32_MAX, FIT_CONTAIN, 100, {0}}};
    char text[PICTURE_CANONICAL_MAX];

    memset(r.id, 'x', PICTURE_ID_MAX);
    for (size_t f = 0; f < COUNT(formats); f++)
        assert_round_trip(&r, formats[f]);
    /* One byte more is no id. */
    snprintf(text, sizeof text, "d/%sx?w=1&h=1&fit=cover&f=png" END, r.id);
    cr_assert_eq(parse(text, &r), -EINVAL);
}

Test(request_parse, a_summary_is_read_back)
{
    struct picture_request r = {.source = &sources[0], .id = "a/b?c%"}, back;
    char text[PICTURE_CANONICAL_MAX];

    picture_make_info(&r);
    picture_variant_text(&r, PICTURE_PNG, text);
    cr_assert_eq(parse(text, &back), 0, "%s", text);
    cr_expect(back.info && !back.verbatim && !back.negotiated);
    cr_expect_str_eq(back.id, r.id);
    cr_expect_eq(back.source, r.source);
}

Test(request_parse, what_the_configuration_does_not_have_any_more)
{
    static const char *const gone[] = {
        "gone/a?w=1&h=1&fit=cover&f=png" END,
        "dem/a?w=1&h=1&fit=cover&f=png" END,
        "demo22/a?w=1&h=1&fit=cover&f=png" END,
        "demo/a?w=1&h=1&fit=cover&f=png&v=0",
        "demo/a?w=1&h=1&fit=cover&f=png" END "0",
        "demo/a?w=1&h=1&fit=cover&q=5&f=jpeg&bg=ffffff&v=x",
        "gone/a?summary" END,
        "demo/a?summary" END "0",
    };
    struct picture_request r;

    for (size_t i = 0; i < COUNT(gone); i++)
        cr_expect_eq(parse(gone[i], &r), -ENOENT, "%s", gone[i]);
}

/* Nothing is read that picture_variant_text() does not write: no other spelling of the same, which
 * would have another key. */
Test(request_parse, refuses_what_is_no_canonical_text)
{
    static const char *const bad[] = {
        "",
        "?",
        "/",
        "demo",
        "demo/",
        "demo/a",
        "demo?w=1&h=1&fit=cover&f=png" END,
        "demo/?w=1&h=1&fit=cover&f=png" END,
        "/a?w=1&h=1&fit=cover&f=png" END,
        "!demo/a?w=1&h=1&fit=cover&f=png",
        "demo/a?",
        "demo/a?w=1",
        "demo/a?w=1&h=1",
        "demo/a?w=1&h=1&fit=cover",
        "demo/a?w=1&h=1&fit=cover&f=png",
        "demo/a?w=1&h=1&fit=cover&f=png&v=",
        "demo/a?summary",
        "demo/a?summary&v=",
        "demo/a?summary" END "&w=1",
        "demo/a?summaries" END,
        "demo/a?as-is&summary" END,
        "demo/%61?summary" END,
        "demo/a?h=1&w=1&fit=cover&f=png" END,
        "demo/a?w=&h=1&fit=cover&f=png" END,
        "demo/a?w=1&h=&fit=cover&f=png" END,
        "demo/a?w=x&h=1&fit=cover&f=png" END,
        "demo/a?w=-1&h=1&fit=cover&f=png" END,
        "demo/a?w=+1&h=1&fit=cover&f=png" END,
        "demo/a?w= 1&h=1&fit=cover&f=png" END,
        "demo/a?w=1.0&h=1&fit=cover&f=png" END,
        "demo/a?w=0x1&h=1&fit=cover&f=png" END,
        "demo/a?w=01&h=1&fit=cover&f=png" END,
        "demo/a?w=4294967296&h=1&fit=cover&f=png" END,
        "demo/a?w=18446744073709551617&h=1&fit=cover&f=png" END,
        "demo/a?w=1&h=1&fit=&f=png" END,
        "demo/a?w=1&h=1&fit=fil&f=png" END,
        "demo/a?w=1&h=1&fit=covers&f=png" END,
        "demo/a?w=1&h=1&fit=contai&f=png" END,
        "demo/a?w=1&h=1&fit=COVER&f=png" END,
        "demo/a?w=1&h=1&fit=cover&f=" END,
        "demo/a?w=1&h=1&fit=cover&f=gif" END,
        "demo/a?w=1&h=1&fit=cover&f=auto" END,
        "demo/a?w=1&h=1&fit=cover&f=PNG" END,
        /* PNG has no quality, the others have one */
        "demo/a?w=1&h=1&fit=cover&q=80&f=png" END,
        "demo/a?w=1&h=1&fit=cover&f=webp" END,
        "demo/a?w=1&h=1&fit=cover&q=&f=webp" END,
        "demo/a?w=1&h=1&fit=cover&q=x&f=webp" END,
        "demo/a?w=1&h=1&fit=cover&q=080&f=webp" END,
        "demo/a?w=1&h=1&fit=cover&q=99999999999&f=webp" END,
        /* JPEG has a background, the others have none */
        "demo/a?w=1&h=1&fit=cover&q=80&f=jpeg" END,
        "demo/a?w=1&h=1&fit=cover&q=80&f=jpg&bg=ffffff" END,
        "demo/a?w=1&h=1&fit=cover&q=80&f=jpeg&bg=" END,
        "demo/a?w=1&h=1&fit=cover&q=80&f=jpeg&bg=fff" END,
        "demo/a?w=1&h=1&fit=cover&q=80&f=jpeg&bg=FFFFFF" END,
        "demo/a?w=1&h=1&fit=cover&q=80&f=jpeg&bg=fffffg" END,
        "demo/a?w=1&h=1&fit=cover&q=80&f=jpeg&bg=fffffff" END,
        "demo/a?w=1&h=1&fit=cover&q=80&f=webp&bg=ffffff" END,
        "demo/a?w=1&h=1&fit=cover&f=png&bg=ffffff" END,
        /* nothing before, between, or after */
        "demo/a?&w=1&h=1&fit=cover&f=png" END,
        "demo/a?w=1&&h=1&fit=cover&f=png" END,
        "demo/a?x=1&w=1&h=1&fit=cover&f=png" END,
        "demo/a?w=1&h=1&fit=cover&f=png" END "&",
        "demo/a?w=1&h=1&fit=cover&f=png" END "&x=1",
        "demo/a??w=1&h=1&fit=cover&f=png" END,
        "demo/a?w=1&h=1&fit=cover&f=png?w=1" END,
    };
    struct picture_request r;

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(parse(bad[i], &r), -EINVAL, "\"%s\" was taken: %d", bad[i],
                     parse(bad[i], &r));
}

/* Every text cut short or with one byte changed is another canonical text or none. */
Test(request_parse, survives_cuts_and_changes)
{
    static const char whole[] = "demo/a?w=128&h=64&fit=cover&q=82&f=jpeg&bg=f0e1d2" END;
    static const char marks[] = "?&=/0aw1\xff";
    char text[sizeof whole], again[PICTURE_CANONICAL_MAX];
    struct picture_request r;
    unsigned taken = 0;

    for (size_t i = 0; i < sizeof whole - 1; i++) {
        memcpy(text, whole, sizeof whole);
        text[i] = '\0';
        cr_expect_neq(parse(text, &r), 0, "%s", text);
        for (size_t m = 0; m < sizeof marks - 1; m++) {
            memcpy(text, whole, sizeof whole);
            text[i] = marks[m];
            if (parse(text, &r) != 0)
                continue;
            taken++;
            picture_variant_text(&r, r.format, again);
            cr_expect_str_eq(again, text);
        }
    }
    cr_assert_gt(taken, 10);
}

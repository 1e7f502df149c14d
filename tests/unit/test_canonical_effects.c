/* SPDX-License-Identifier: MIT
 *
 * Effects in canonical texts: nothing of them where there are none, one text for
 * what is one picture, and back.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "route/canonical_effects.h"
#include "route/request.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define END "&v=" PICTURE_RENDERING_VERSION

static struct config_source sources[] = {
    {.name = "demo"}, {.name = "a-very-long-name-of-a-source-that-has-sixty-four-bytes-in-it-all"}};

static const struct config config = {.sources = sources, .source_count = COUNT(sources)};

static struct picture_request request(enum picture_fit fit, struct effects effects)
{
    return (struct picture_request){
        .source = &sources[0],
        .id = "a",
        .rendering = {.width = 10, .height = 20, .fit = fit, .quality = 80, .effects = effects}};
}

static void put(enum picture_fit fit, struct effects effects, char text[PICTURE_CANONICAL_MAX])
{
    struct picture_request r = request(fit, effects);

    cr_assert(rendering_is_sane(&r.rendering));
    cr_assert_eq(picture_variant_text(&r, PICTURE_PNG, text), strlen(text));
}

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

static const struct {
    enum picture_fit fit;
    struct effects effects;
    const char *text; /* what is between the format and the version */
} rows[] = {
    {FIT_COVER, {0}, "fit=cover&f=png"},
    {FIT_CONTAIN, {0}, "fit=contain&f=png"},
    {FIT_FILL, {0}, "fit=fill&f=png"},
    {FIT_FILL_DOWN, {0}, "fit=fill-down&f=png"},
    {FIT_FORCE, {0}, "fit=force&f=png"},
    {FIT_AUTO, {0}, "fit=auto&f=png"},
    {FIT_INSIDE, {0}, "fit=inside&f=png"},
    {FIT_INSIDE, {.keep_orientation = 1, .turn = 270}, "fit=inside&f=png&or=1&rot=270"},
    {FIT_INSIDE, {.crop_width = 30, .crop_height = 500000, .crop_height_is_part = 1},
     "fit=inside&f=png&cw=30&ch=500000&chp=1"},
    {FIT_INSIDE, {.crop_width = 30, .crop_gravity = {.kind = GRAVITY_NORTH_WEST, .x = -7, .y = 9}},
     "fit=inside&f=png&cw=30&cg=nowe:-7:9"},
    {FIT_FILL, {.gravity = {.kind = GRAVITY_FOCUS, .x = 333333}},
     "fit=fill&f=png&g=fp:333333:0"},
    {FIT_FILL, {.gravity = {.x = -100000, .y = 3, .x_is_part = 1}},
     "fit=fill&f=png&g=ce:-100000p:3"},
    {FIT_FILL, {.dpr = 1500000, .zoom_x = 2, .zoom_y = 3, .enlarge = 1, .min_width = 4,
                .min_height = 5},
     "fit=fill&f=png&dpr=1500000&zx=2&zy=3&el=1&mw=4&mh=5"},
    {FIT_FILL, {.blur = 1500, .sharpen = 700}, "fit=fill&f=png&bl=1500&sh=700"},
    {FIT_FILL, {.extend = 1, .extend_gravity = {.kind = GRAVITY_SOUTH}},
     "fit=fill&f=png&ex=1&eg=so:0:0"},
    {FIT_FILL, {.extend_ratio = 1}, "fit=fill&f=png&exr=1"},
    {FIT_FILL, {.padding_top = 1, .padding_right = 2, .padding_bottom = 3, .padding_left = 4},
     "fit=fill&f=png&pt=1&pr=2&pb=3&pl=4"},
    {FIT_FILL, {.has_background = 1, .background = 0xff00aa}, "fit=fill&f=png&b=ff00aa"},
    {FIT_FILL, {.has_background = 1}, "fit=fill&f=png&b=000000"},
    {FIT_FILL, {.max_bytes = 20000}, "fit=fill&f=png&mb=20000"},
};

Test(canonical_effects, are_written_and_read_back)
{
    char text[PICTURE_CANONICAL_MAX], want[256];
    struct picture_request back;

    for (size_t i = 0; i < COUNT(rows); i++) {
        put(rows[i].fit, rows[i].effects, text);
        snprintf(want, sizeof want, "demo/a?w=10&h=20&%s" END, rows[i].text);
        cr_expect_str_eq(text, want);
        cr_assert_eq(parse(text, &back), 0, "%s", text);
        cr_expect_eq(back.rendering.fit, rows[i].fit);
        cr_expect_eq(memcmp(&back.rendering.effects, &rows[i].effects, sizeof rows[i].effects), 0,
                     "%s", text);
    }
}

Test(canonical_effects, what_changes_nothing_is_not_written)
{
    static const struct gravity any = {.kind = GRAVITY_SOUTH_EAST, .x = 3, .y = 4};
    static const struct {
        enum picture_fit fit;
        struct effects effects, same;
    } cases[] = {
        {FIT_COVER, {.dpr = PICTURE_WHOLE, .zoom_x = PICTURE_WHOLE, .zoom_y = PICTURE_WHOLE}, {0}},
        {FIT_CONTAIN, {.background = 0x123456}, {0}},
        {FIT_FILL, {.crop_gravity = any}, {0}},
        {FIT_FILL, {.extend_gravity = any}, {0}},
        {FIT_FILL, {.blur = PICTURE_SIGMA_MIN - 1, .sharpen = 1}, {0}},
        {FIT_INSIDE, {.gravity = any}, {0}},
        {FIT_FORCE, {.gravity = any}, {0}},
        {FIT_FILL, {.crop_width = PICTURE_WHOLE, .crop_width_is_part = 1, .crop_gravity = any}, {0}},
        {FIT_FILL, {.crop_height_is_part = 1}, {0}},
        {FIT_FILL, {.gravity = {.x_is_part = 1, .y_is_part = 1}}, {0}},
        {FIT_FILL, {.extend = 1, .extend_ratio = 1}, {.extend = 1}},
    };
    char text[PICTURE_CANONICAL_MAX], same[PICTURE_CANONICAL_MAX];

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct picture_request r = request(cases[i].fit, cases[i].effects);
        struct effects shown = effects_that_show(&r.rendering);

        put(cases[i].fit, cases[i].effects, text);
        put(cases[i].fit, cases[i].same, same);
        cr_expect_str_eq(text, same);
        cr_expect_eq(memcmp(&shown, &cases[i].same, sizeof shown), 0, "case %zu", i);
    }
    /* where something is cut, it counts */
    put(FIT_INSIDE, (struct effects){.min_width = 5, .gravity = any}, text);
    put(FIT_INSIDE, (struct effects){.min_width = 5}, same);
    cr_expect_str_neq(text, same);
}

Test(canonical_effects, the_longest_one_fits)
{
    static const struct gravity g = {.kind = GRAVITY_NORTH_EAST,
                                     .x = -PICTURE_WHOLE,
                                     .y = -PICTURE_WHOLE,
                                     .x_is_part = 1,
                                     .y_is_part = 1};
    struct picture_request r = {.source = &sources[1]}, back;
    char text[PICTURE_CANONICAL_MAX], part[CANONICAL_EFFECTS_MAX];
    uint32_t all[sizeof(struct effects) / sizeof(uint32_t)];
    struct effects *e = &r.rendering.effects;
    size_t n;

    memset(all, 0xff, sizeof all); /* more digits than any that is sane */
    memcpy(e, all, sizeof *e);
    e->crop_gravity = e->gravity = e->extend_gravity = g;
    e->background = 0xffffff;
    e->extend = 0; /* or it would not be both */
    r.rendering.width = r.rendering.height = UINT32_MAX;
    r.rendering.fit = FIT_FILL_DOWN;
    r.rendering.quality = 100;
    memset(r.id, 'x', PICTURE_ID_MAX);
    n = (size_t)(canonical_put_effects(part, &r.rendering) - part);
    cr_assert_lt(n + strlen("&ex=4294967295"), sizeof part);
    cr_assert_lt(picture_variant_text(&r, PICTURE_JPEG, text), sizeof text);
    cr_assert_eq(parse(text, &back), 0, "%s", text + PICTURE_ID_MAX);
}

Test(canonical_effects, another_spelling_is_none)
{
    static const char *const bad[] = {
        "&", "&or", "&or=", "&or=0", "&or=01", "&or=x", "&or=-1", "&rot=4294967296",
        "&rot=90&or=1",                /* another order */
        "&rot=90&rot=90", "&or=1&or=1",
        "&cg=no:0:0",                  /* of no crop */
        "&dpr=1000000", "&bl=199", "&cw=1000000&cwp=1", "&cwp=1",
        "&g=", "&g=no", "&g=no:", "&g=no:1", "&g=no:1:", "&g=no:1:2:3", "&g=xx:1:2", "&g=no:1p:0p",
        "&g=no:+1:2", "&g=no:01:2", "&g=no:-0:2", "&g=no:--1:2", "&g=no:1:2x", "&g=ce:0:0",
        "&g=no:2147483648:0", "&g=no:1:-2147483648", "&g=:1:1", "&g=NO:1:1",
        "&b=", "&b=fffff", "&b=fffffff", "&b=FFFFFF", "&b=xyzxyz", "&b=0",
        "&mb=0", "&mb=1&b=000000", "&ex=1&exr=1", "&eg=no:1:1", "&zz=1", "&or=1&", "&or=1?",
    };
    struct picture_request r;
    char text[256];

    for (size_t i = 0; i < COUNT(bad); i++) {
        snprintf(text, sizeof text, "demo/a?w=1&h=1&fit=fill&f=png%s" END, bad[i]);
        cr_expect_eq(parse(text, &r), -EINVAL, "%s was taken", bad[i]);
    }
}

/* Every text cut short or with one byte changed is another canonical text or none. */
Test(canonical_effects, survive_cuts_and_changes)
{
    static const char whole[] = "demo/a?w=9&h=6&fit=fill&f=png&rot=90&cw=30&cg=nowe:-7:9p&dpr=2&el=1"
                                "&g=fp:5:0&bl=300&ex=1&eg=so:0:2&pt=1&b=f0e1d2&mb=9" END;
    static const char marks[] = "?&=/0aw1:-p\xff";
    char text[sizeof whole], again[PICTURE_CANONICAL_MAX];
    struct picture_request r;
    unsigned taken = 0;

    cr_assert_eq(parse(whole, &r), 0);
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

Test(canonical_effects, fits_have_names)
{
    for (int fit = FIT_COVER; fit <= FIT_INSIDE; fit++) {
        const char *name = picture_fit_name((enum picture_fit)fit);

        cr_expect_eq(picture_fit_from_name(name, strlen(name)), (enum picture_fit)fit);
        cr_expect_eq((int)picture_fit_from_name(name, strlen(name) - 1), 0);
    }
    cr_expect_eq((int)picture_fit_from_name("", 0), 0);
    cr_expect_eq((int)picture_fit_from_name("FILL", 4), 0);
}

/* SPDX-License-Identifier: MIT
 *
 * Which scripts initials can be written in here. The renderer is asked to draw a letter of each:
 * what it can draw in its sandbox is what counts.
 */
#include "ctl/check.h"

#include "base/buffer.h"
#include "base/cause.h"
#include "base/digest.h"
#include "base/generator.h"
#include "image/render.h"

#define SIDE 16

static const struct {
    const char *name, *letter;
} scripts[] = {
    {"Latin", "A"},
    {"Greek", "\u03a9"},
    {"Cyrillic", "\u042f"},
    {"Armenian", "\u0531"},
    {"Georgian", "\u10d0"},
    {"Hebrew", "\u05d0"},
    {"Arabic", "\u0639"},
    {"Devanagari", "\u0915\u094d\u0937"},
    {"Bengali", "\u0995"},
    {"Gurmukhi", "\u0a15"},
    {"Gujarati", "\u0a95"},
    {"Tamil", "\u0b95"},
    {"Telugu", "\u0c15"},
    {"Kannada", "\u0c95"},
    {"Malayalam", "\u0d15"},
    {"Sinhala", "\u0d9a"},
    {"Thai", "\u0e01"},
    {"Khmer", "\u1780"},
    {"Burmese", "\u1000"},
    {"Ethiopic", "\u12a0"},
    {"Han", "\u6f22"},
    {"kana", "\u3042"},
    {"Hangul", "\ud55c"},
    {"emoji", "\U0001f98a"},
};

static enum cause draw(struct renderer *renderer, const char *letter, struct buffer *picture)
{
    static const struct digest seed;
    const struct rendering want = {.width = SIDE, .height = SIDE, .fit = FIT_COVER, .quality = 80};
    struct render_result result;

    return renderer_generate(renderer, GENERATOR_INITIALS, &seed, letter, &want, PICTURE_PNG,
                             picture, &result);
}

static void put(struct buffer *list, const char *name)
{
    /* Without memory the list is short, which is no worse than no report. */
    if (buffer_printf(list, "%s%s", list->length ? ", " : "", name) < 0)
        return;
}

void check_fonts(struct report *r, struct renderer *renderer)
{
    struct buffer drawn = {0}, missing = {0}, picture = {0};
    enum cause cause = CAUSE_NONE;

    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        cause = draw(renderer, scripts[i].letter, &picture);
        if (cause != CAUSE_NONE && cause != CAUSE_PICTURE_TYPE)
            break;
        put(cause == CAUSE_NONE ? &drawn : &missing, scripts[i].name);
    }
    if (cause != CAUSE_NONE && cause != CAUSE_PICTURE_TYPE)
        report_fail(r, "initials: the renderer fails at one of render.fonts: %s",
                    cause_info(cause)->name);
    else if (drawn.length == 0)
        report_warn(r, "initials: no font; they are replaced by a silhouette. Debian has "
                       "fonts-noto-core and fonts-dejavu-core");
    else if (missing.length > 0)
        report_ok(r, "initials: %s; no font for %s", drawn.data, missing.data);
    else
        report_ok(r, "initials: %s", drawn.data);
    buffer_free(&drawn);
    buffer_free(&missing);
    buffer_free(&picture);
}

/* SPDX-License-Identifier: MIT
 *
 * Outputs that are handed over piece by piece: the same bytes, as little believed.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "render/fixture.h"
#include "render/rig.h"

#define MISBEHAVING "tests/render/visage-render-misbehave"

TestSuite(pieces, .timeout = 60);

struct taken {
    struct buffer bytes;
    unsigned pieces;
    unsigned wanted; /* pieces; 0: all */
};

static int take(const void *bytes, size_t length, void *context)
{
    struct taken *t = context;

    cr_assert_eq(buffer_append(&t->bytes, bytes, length), 0);
    return ++t->pieces == t->wanted;
}

static enum cause render_to(struct rig *rig, const void *bytes, size_t length,
                            enum picture_type type, struct taken *taken)
{
    const struct rendering whole = {.fit = FIT_CONTAIN, .quality = 92};
    int fd = memfd_create("visage-test", MFD_CLOEXEC);
    enum cause cause;

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
    cause = renderer_render_to(rig->renderer, fd, length, &whole, type, take, taken, &rig->result);
    close(fd);
    return cause;
}

Test(pieces, are_the_bytes_of_the_whole)
{
    static const unsigned sides[] = {4, 91, 400}; /* pixels; less than a piece, some, many */
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        struct file f = fixture_png_noise(sides[i], sides[i]);
        struct taken taken = {.wanted = 0};

        cr_assert_eq(rig_render(&rig, f.bytes, f.length, 0, 0, FIT_CONTAIN, PICTURE_PNG),
                     CAUSE_NONE);
        cr_assert_eq(render_to(&rig, f.bytes, f.length, PICTURE_PNG, &taken), CAUSE_NONE);
        cr_expect(taken.bytes.length == rig.output.length &&
                  memcmp(taken.bytes.data, rig.output.data, rig.output.length) == 0);
        cr_expect(rig.result.width == sides[i] && rig.result.height == sides[i]);
        cr_expect_eq(rig.result.type, PICTURE_PNG);
        cr_expect_eq(taken.pieces > 1, sides[i] > 90, "%u", taken.pieces);
        buffer_free(&taken.bytes);
        file_free(&f);
    }
    rig_close(&rig);
}

Test(pieces, end_where_no_more_are_wanted_and_the_renderer_lives)
{
    struct file f = fixture_png_noise(400, 400);
    struct rig rig;

    rig_open(&rig, "visage-render");
    for (unsigned wanted = 1; wanted < 4; wanted++) {
        struct taken taken = {.wanted = wanted};

        cr_expect_eq(render_to(&rig, f.bytes, f.length, PICTURE_PNG, &taken), CAUSE_INTERNAL);
        cr_expect_eq(taken.pieces, wanted);
        buffer_free(&taken.bytes);
    }
    cr_expect_eq(renderer_deaths(rig.renderer), 0u);
    file_free(&f);
    rig_close(&rig);
}

Test(pieces, of_what_cannot_be_true_are_not_handed_over)
{
    static const char *const lies[] = {"garbage-reply", "oversized-reply", "too-long-reply",
                                       "wrong-type",    "wrong-cause",     "write-forever",
                                       "crash"};
    struct rig rig;

    rig_open(&rig, MISBEHAVING);
    for (unsigned i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct taken taken = {.wanted = 0};
        char picture[128];
        int n = snprintf(picture, sizeof picture, "\x89PNG\r\n\x1a\nmisbehave=%s", lies[i]);

        cr_expect_eq(render_to(&rig, picture, (size_t)n, PICTURE_PNG, &taken), CAUSE_RENDER_CRASHED,
                     "%s", lies[i]);
        cr_expect_eq(taken.pieces, 0u, "%s", lies[i]);
        cr_expect_eq(renderer_deaths(rig.renderer), i + 1, "%s", lies[i]);
        buffer_free(&taken.bytes);
    }
    rig_close(&rig);
}

/* SPDX-License-Identifier: MIT
 *
 * All sizes are parts of the square's side and nothing is moved onto whole pixels, so that the
 * picture is the same at every size. What is centred is the ink: people see that, not the
 * font's lines.
 */
#include "image/renderer/initials.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image/renderer/fonts.h"
#include "image/renderer/lettering.h"
#include "image/renderer/palette.h"
#include "image/renderer/stamp.h"
#include "image/renderer/tint.h"

/* An em, where nothing else speaks against it: one letter may be larger than two. */
#define EM_ONE 0.63
#define EM_TWO 0.50
/* The ink's bounds. The diagonal keeps it within the circle that pages like to cut out. */
#define WIDTH_MOST 0.72
#define HEIGHT_MOST 0.56
#define DIAGONAL_MOST 0.82
#define HEIGHT_LEAST 0.30 /* a small letter is enlarged up to that, ... */
#define EM_MOST 0.90      /* ... but not beyond this */
#define INK_LEAST 0.01    /* ems; a dot, or what a broken font says */
#define INK_MOST 20.0

struct sheet {
    uint32_t width, height;
    double em;               /* pixels */
    double origin_x, origin_y; /* pixels from the upper left corner, y down */
};

/* Deep grounds do not become pictures that have colours of their own. */
static const struct palette_entry *choose(const unsigned char *seed, const struct lettering *l)
{
    unsigned number = (unsigned)seed[0] << 8 | seed[1];

    if (l->stamp_count > 0 && l->outline.n_points == 0)
        return &palette[PALETTE_DEEP + number % PALETTE_LIGHT];
    return &palette[number % PALETTE_SIZE];
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* The em as a part of the side; 0 if the ink is of no use. */
static double choose_em(const struct lettering *l)
{
    double width = l->right - l->left, height = l->top - l->bottom;
    double em = l->letters > 1 ? EM_TWO : EM_ONE;

    if (!(width <= INK_MOST && height <= INK_MOST) || (width < INK_LEAST && height < INK_LEAST))
        return 0;
    if (height * em < HEIGHT_LEAST)
        em = least(HEIGHT_LEAST / height, EM_MOST);
    em = least(em, HEIGHT_MOST / height);
    em = least(em, WIDTH_MOST / width);
    return least(em, DIAGONAL_MOST / hypot(width, height));
}

static struct sheet lay_out(const struct lettering *l, double em, uint32_t width, uint32_t height)
{
    struct sheet s = {.width = width, .height = height};

    s.em = em * (width < height ? width : height);
    s.origin_x = width / 2.0 - (l->left + l->right) / 2 * s.em;
    s.origin_y = height / 2.0 + (l->bottom + l->top) / 2 * s.em;
    return s;
}

/* How much of each pixel is ink, 0..255. False without memory. */
static bool cover(const struct sheet *s, struct lettering *l, unsigned char *coverage)
{
    FT_Matrix scale = {.xx = lround(s->em * 64 / LETTERING_EM * 65536)};
    FT_Bitmap bitmap = {
        .rows = s->height,
        .width = s->width,
        .pitch = (int)s->width,
        .buffer = coverage,
        .num_grays = 256,
        .pixel_mode = FT_PIXEL_MODE_GRAY,
    };

    if (l->outline.n_points == 0)
        return true;
    scale.yy = scale.xx;
    FT_Outline_Transform(&l->outline, &scale);
    FT_Outline_Translate(&l->outline, lround(s->origin_x * 64),
                         lround((s->height - s->origin_y) * 64));
    return fonts_rasterise(&l->outline, &bitmap);
}

static void paint_row(const struct palette_entry *colours, const unsigned char *coverage,
                      PixelPacket *pixels, uint32_t width)
{
    struct colour ground = colour_of(colours->ground), ink = colour_of(colours->ink);

    for (uint32_t x = 0; x < width; x++) {
        struct colour mixed = colour_mix(ground, ink, coverage[x] / 255.0);

        pixels[x] = (PixelPacket){.red = (Quantum)(mixed.red * 257u),
                                  .green = (Quantum)(mixed.green * 257u),
                                  .blue = (Quantum)(mixed.blue * 257u),
                                  .opacity = OpaqueOpacity};
    }
}

static bool paint(Image *image, const struct palette_entry *colours,
                  const unsigned char *coverage)
{
    for (unsigned long y = 0; y < image->rows; y++) {
        PixelPacket *pixels = SetImagePixels(image, 0, (long)y, image->columns, 1);

        if (!pixels)
            return false;
        paint_row(colours, coverage + y * image->columns, pixels, (uint32_t)image->columns);
        if (SyncImagePixels(image) != MagickPass)
            return false;
    }
    return true;
}

static bool press_stamps(Image *image, const struct sheet *s, const struct lettering *l)
{
    for (size_t i = 0; i < l->stamp_count; i++) {
        const struct stamp *stamp = &l->stamps[i];

        if (!stamp_press(stamp, image, s->origin_x + stamp->left * s->em,
                         s->origin_y - stamp->top * s->em, stamp->pixel * s->em))
            return false;
    }
    return true;
}

static Image *blank(uint32_t width, uint32_t height)
{
    Image *image = AllocateImage(NULL);

    if (image) {
        image->columns = width;
        image->rows = height;
        image->depth = 8;
        image->storage_class = DirectClass;
        image->matte = MagickFalse;
    }
    return image;
}

static Image *draw(const struct palette_entry *colours, struct lettering *l, const struct sheet *s)
{
    unsigned char *coverage = calloc(s->height, s->width);
    Image *image = blank(s->width, s->height);
    bool ok = coverage && image && cover(s, l, coverage) && paint(image, colours, coverage) &&
              press_stamps(image, s, l);

    free(coverage);
    if (!ok && image) {
        DestroyImage(image);
        image = NULL;
    }
    return image;
}

Image *initials_draw(const unsigned char seed[RENDER_SEED_SIZE], const char *text, uint32_t width,
                     uint32_t height, enum cause *cause)
{
    struct lettering l;
    enum lettering_outcome outcome = lettering_set(text, &l);
    Image *image = NULL;
    double em;

    *cause = outcome == LETTERING_NO_MEMORY ? CAUSE_PICTURE_TOO_LARGE : CAUSE_PICTURE_TYPE;
    if (outcome == LETTERING_DONE && (em = choose_em(&l)) > 0) {
        struct sheet s = lay_out(&l, em, width, height);

        image = draw(choose(seed, &l), &l, &s);
        *cause = image ? CAUSE_NONE : CAUSE_PICTURE_TOO_LARGE;
    }
    lettering_free(&l);
    return image;
}

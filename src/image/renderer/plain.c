/* SPDX-License-Identifier: MIT
 *
 * Pictures without a drawing in them.
 */
#include "image/renderer/canvas.h"
#include "image/renderer/seed.h"
#include "image/renderer/styles.h"

static void nothing(struct canvas *canvas, const void *what)
{
    (void)canvas;
    (void)what;
}

Image *blank_draw(const unsigned char seed[RENDER_SEED_SIZE], uint32_t width, uint32_t height)
{
    Image *image = canvas_image(width, height);

    (void)seed;
    if (image && SetImage(image, TransparentOpacity) != MagickPass) {
        DestroyImage(image);
        image = NULL;
    }
    return image;
}

/* Lightness and chroma stay where every hue is clear and none is glaring. */
Image *color_draw(const unsigned char seed[RENDER_SEED_SIZE], uint32_t width, uint32_t height)
{
    struct choices choices = choices_of(seed);
    double hue = choose_between(&choices, 0, 360);
    double lightness = tint_clear(choose_between(&choices, 0.58, 0.84), hue);
    double chroma = choose_between(&choices, 0.09, 0.17);

    return canvas_paint(width, height, colour_oklch(lightness, chroma, hue), nothing, NULL);
}

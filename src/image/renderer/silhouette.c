/* SPDX-License-Identifier: MIT
 *
 * Nobody in particular: head and shoulders in quiet greys, the same for every seed.
 */
#include "image/renderer/canvas.h"
#include "image/renderer/styles.h"

static void draw(struct canvas *c, const void *what)
{
    const struct colour grey = colour_of(0xa3adb8);

    (void)what;
    canvas_disc(c, 50, 38, 18.5);
    canvas_fill(c, grey, 1);
    canvas_move(c, 15, 400);
    canvas_line(c, 15, 100);
    canvas_curve(c, 15, 74, 29, 63, 50, 63);
    canvas_curve(c, 71, 63, 85, 74, 85, 100);
    canvas_line(c, 85, 400);
    canvas_fill(c, grey, 1);
}

Image *silhouette_draw(const unsigned char seed[RENDER_SEED_SIZE], uint32_t width, uint32_t height)
{
    (void)seed;
    return canvas_paint(width, height, colour_of(0xe6eaee), draw, NULL);
}

/* SPDX-License-Identifier: MIT
 *
 * Colours of generated pictures, in sRGB, and where they come from: OKLCH, in which
 * equal numbers look equally light and equally vivid in every hue.
 */
#ifndef VISAGE_RENDERER_TINT_H
#define VISAGE_RENDERER_TINT_H

#include <stdint.h>

struct colour {
    unsigned char red, green, blue;
};

/* Of 0xRRGGBB. */
struct colour colour_of(uint32_t rgb);

/* Lightness 0..1, chroma from 0 (0.1 is mild, 0.2 vivid), hue in degrees. What a screen cannot
 * show loses chroma until it can. */
struct colour colour_oklch(double lightness, double chroma, double hue);

/* A lightness for this hue: that one, or more where the hue is about yellow, which looks like mud
 * where it is not light. */
double tint_clear(double lightness, double hue);

/* `part` of the way, 0..1, from one to the other. */
struct colour colour_mix(struct colour from, struct colour to, double part);

#endif

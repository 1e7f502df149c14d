/* SPDX-License-Identifier: MIT
 *
 * The colours of initials.
 */
#ifndef VISAGE_RENDERER_PALETTE_H
#define VISAGE_RENDERER_PALETTE_H

#include <stddef.h>
#include <stdint.h>

#define PALETTE_DEEP 14  /* grounds that white letters stand on; they come first */
#define PALETTE_LIGHT 14 /* grounds for dark letters, and for pictures */
#define PALETTE_SIZE (PALETTE_DEEP + PALETTE_LIGHT)

struct palette_entry {
    uint32_t ground, ink; /* 0xRRGGBB; their contrast is at least 4.5 (WCAG 2.2, 1.4.3) */
};

extern const struct palette_entry palette[PALETTE_SIZE];

#endif

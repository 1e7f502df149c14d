/* SPDX-License-Identifier: MIT
 *
 * The twelve of them.
 */
#include "portrait.h"

#include <stddef.h>

static const struct look looks[LOOK_COUNT] = {
    {.ground = GROUND_SUN, .ground_colour = 0xf7c9a9, .ground_accent = 0xffe3cf,
     .skin = 0xf8d3b8, .hair = HAIR_LONG_WAVES, .hair_colour = 0xb4532a, .brow_colour = 0x8c3f22,
     .eyes = EYES_LASHES, .mouth = MOUTH_SMILE, .lip_colour = 0xc0504d,
     .clothes = CLOTHES_TURTLENECK, .clothes_colour = 0x3f7d6b, .freckles = true},

    {.ground = GROUND_ARCH, .ground_colour = 0x2f7f86, .ground_accent = 0x58a7a5,
     .skin = 0x7a4a2e, .hair = HAIR_FADE, .hair_colour = 0x1d1416, .brow_colour = 0x1d1416,
     .eyes = EYES_PLAIN, .mouth = MOUTH_OPEN, .lip_colour = 0x7d3b35, .beard = BEARD_SHORT,
     .beard_colour = 0x22181a, .clothes = CLOTHES_CREW, .clothes_colour = 0xf0b13c,
     .clothes_accent = 0xd8942a},

    {.ground = GROUND_HILLS, .ground_colour = 0xf6e7c8, .ground_accent = 0xe9b48a,
     .skin = 0xdca57c, .hair = HAIR_SCARF, .cloth_colour = 0x4b7aa8, .brow_colour = 0x4a2c22,
     .eyes = EYES_LASHES, .mouth = MOUTH_SMILE, .lip_colour = 0xb5485a,
     .clothes = CLOTHES_WRAP, .clothes_colour = 0x2f4a6d},

    {.ground = GROUND_DOTS, .ground_colour = 0xa9cfe4, .ground_accent = 0xc4e0ee,
     .skin = 0xf4c8ad, .hair = HAIR_SIDES, .hair_colour = 0xd9d6d2, .brow_colour = 0xbdb7b1,
     .eyes = EYES_PLAIN, .mouth = MOUTH_SMILE, .lip_colour = 0xb3605a, .beard = BEARD_FULL,
     .beard_colour = 0xdedad5, .glasses = GLASSES_ROUND, .glasses_colour = 0x7a4b2a,
     .clothes = CLOTHES_SHIRT, .clothes_colour = 0x33475f, .clothes_accent = 0xf1f4f7},

    {.ground = GROUND_DISC, .ground_colour = 0xf5bf4a, .ground_accent = 0xf5bf4a,
     .skin = 0x8d5638, .hair = HAIR_ROUND_CURLS, .hair_colour = 0x2c1b1c, .brow_colour = 0x24161a,
     .eyes = EYES_LASHES, .mouth = MOUTH_OPEN, .lip_colour = 0x9c3d44,
     .clothes = CLOTHES_CREW, .clothes_colour = 0xe8685a, .clothes_accent = 0xf3887a,
     .earring_colour = 0xfbe08a},

    {.ground = GROUND_SUN, .ground_colour = 0x8fcbb4, .ground_accent = 0xb9e2d1,
     .skin = 0xf3cda5, .hair = HAIR_SWEPT, .hair_colour = 0x25212b, .brow_colour = 0x25212b,
     .eyes = EYES_PLAIN, .mouth = MOUTH_SMILE, .lip_colour = 0xb85f52, .glasses = GLASSES_SQUARE,
     .glasses_colour = 0x2c3a4d, .clothes = CLOTHES_HOODIE, .clothes_colour = 0x7a76b5,
     .clothes_accent = 0xf4f0ff},

    {.ground = GROUND_ARCH, .ground_colour = 0xc9b5e3, .ground_accent = 0xe2d4f2,
     .skin = 0xe9b68c, .hair = HAIR_BOB, .hair_colour = 0x2b2230, .brow_colour = 0x33242a,
     .eyes = EYES_LASHES, .mouth = MOUTH_LIPS, .lip_colour = 0xcf3f4c,
     .clothes = CLOTHES_STRIPES, .clothes_colour = 0xf8f4ec, .clothes_accent = 0x2e4a7d},

    {.ground = GROUND_HILLS, .ground_colour = 0x3b3a78, .ground_accent = 0x6a56a8,
     .skin = 0xf2c4a4, .hair = HAIR_TOP_CURLS, .hair_colour = 0xe8639a, .brow_colour = 0x8c3a5c,
     .eyes = EYES_HAPPY, .mouth = MOUTH_OPEN, .lip_colour = 0xb8485a,
     .clothes = CLOTHES_JACKET, .clothes_colour = 0x4c82b3, .clothes_accent = 0xfdf6ea,
     .earring_colour = 0x7fe0d0},

    {.ground = GROUND_DOTS, .ground_colour = 0xb6c9a1, .ground_accent = 0xc9d9b6,
     .skin = 0xb67a4e, .hair = HAIR_TURBAN, .cloth_colour = 0xea8a2e, .brow_colour = 0x2a1b18,
     .eyes = EYES_PLAIN, .mouth = MOUTH_SMILE, .lip_colour = 0x9c4a40, .beard = BEARD_FULL,
     .beard_colour = 0x33221f, .clothes = CLOTHES_JACKET, .clothes_colour = 0x3c4a5e,
     .clothes_accent = 0xf3ede2},

    {.ground = GROUND_SUN, .ground_colour = 0xdcb899, .ground_accent = 0xeed3bb,
     .skin = 0xe7b492, .hair = HAIR_BUN, .hair_colour = 0xb9b4b8, .brow_colour = 0x8d868b,
     .eyes = EYES_HAPPY, .mouth = MOUTH_LIPS, .lip_colour = 0xb4434f, .glasses = GLASSES_CAT,
     .glasses_colour = 0x8e2f4f, .clothes = CLOTHES_CREW, .clothes_colour = 0x8a2f4a,
     .clothes_accent = 0xa6476a, .earring_colour = 0xfff5e6},

    {.ground = GROUND_HILLS, .ground_colour = 0x9fd3ea, .ground_accent = 0xf4f8fb,
     .skin = 0xf7cfb3, .hair = HAIR_BEANIE, .hair_colour = 0xd99a4e, .cloth_colour = 0xcf4440,
     .brow_colour = 0xb5763a, .eyes = EYES_PLAIN, .mouth = MOUTH_SMILE, .lip_colour = 0xb85a50,
     .beard = BEARD_STUBBLE, .beard_colour = 0xb06a35, .clothes = CLOTHES_TURTLENECK,
     .clothes_colour = 0xe9e2d2},

    {.ground = GROUND_NONE, .skin = 0xc48a5f, .hair = HAIR_TWO_PUFFS, .hair_colour = 0x3a2422,
     .cloth_colour = 0xef6f8f, .brow_colour = 0x33201e, .eyes = EYES_LASHES,
     .mouth = MOUTH_SMILE, .lip_colour = 0xa8434b, .clothes = CLOTHES_DUNGAREES,
     .clothes_colour = 0x6fb8b0, .clothes_accent = 0xf2b63d, .earring_colour = 0xef6f8f},
};

const struct look *look_get(unsigned index)
{
    return index < LOOK_COUNT ? &looks[index] : NULL;
}

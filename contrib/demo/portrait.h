/* SPDX-License-Identifier: MIT
 *
 * The demo's people: nobody in particular, each put together from a few parts.
 * A look names the parts and colours; portrait_draw paints it.
 */
#ifndef VISAGE_DEMO_PORTRAIT_H
#define VISAGE_DEMO_PORTRAIT_H

#include <stdbool.h>
#include <stdint.h>

#include "canvas.h"

enum ground { GROUND_SUN, GROUND_ARCH, GROUND_HILLS, GROUND_DOTS, GROUND_DISC, GROUND_NONE };

enum hair {
    HAIR_LONG_WAVES,
    HAIR_FADE,
    HAIR_SCARF,
    HAIR_SIDES,
    HAIR_ROUND_CURLS,
    HAIR_SWEPT,
    HAIR_BOB,
    HAIR_TOP_CURLS,
    HAIR_TURBAN,
    HAIR_BUN,
    HAIR_BEANIE,
    HAIR_TWO_PUFFS,
};

enum beard { BEARD_NONE, BEARD_STUBBLE, BEARD_SHORT, BEARD_FULL };
enum mouth { MOUTH_SMILE, MOUTH_OPEN, MOUTH_LIPS };
enum eyes { EYES_PLAIN, EYES_LASHES, EYES_HAPPY };
enum glasses { GLASSES_NONE, GLASSES_ROUND, GLASSES_SQUARE, GLASSES_CAT };

enum clothes {
    CLOTHES_CREW,
    CLOTHES_STRIPES,
    CLOTHES_TURTLENECK,
    CLOTHES_SHIRT,
    CLOTHES_HOODIE,
    CLOTHES_JACKET,
    CLOTHES_DUNGAREES,
    CLOTHES_WRAP,
};

struct look {
    enum ground ground;
    uint32_t ground_colour;
    uint32_t ground_accent;
    uint32_t skin;
    enum hair hair;
    uint32_t hair_colour;
    uint32_t cloth_colour; /* scarf, turban or beanie */
    uint32_t brow_colour;
    enum eyes eyes;
    enum mouth mouth;
    uint32_t lip_colour;
    enum beard beard;
    uint32_t beard_colour;
    enum glasses glasses;
    uint32_t glasses_colour;
    enum clothes clothes;
    uint32_t clothes_colour;
    uint32_t clothes_accent;
    uint32_t earring_colour; /* 0: none */
    bool freckles;
};

/* The canvas being painted and the one path that is refilled for each shape. */
struct pen {
    struct canvas *canvas;
    struct path *path;
};

/* How many looks there are, and one of them; `index` counts from 0. */
#define LOOK_COUNT 12
const struct look *look_get(unsigned index);

/* Paints the look on the empty canvas. `path` is room to work in. */
void portrait_draw(const struct look *look, struct canvas *canvas, struct path *path);

/* What of the hair lies behind head and clothes, and what lies before them. */
void hair_draw_behind(const struct look *look, struct pen *pen);
void hair_draw_before(const struct look *look, struct pen *pen);

/* Clothes, and the neck that stands in them. */
void clothes_draw(const struct look *look, struct pen *pen);

/* Fills what the path holds and empties it. */
void pen_fill(struct pen *pen, uint32_t colour);
void pen_tint(struct pen *pen, uint32_t colour, float alpha);
void pen_clip(struct pen *pen); /* until canvas_unclip */

/* A smooth line, once or on both sides of the middle. */
void pen_line(struct pen *pen, const struct point *points, unsigned count, float from, float to,
              uint32_t colour);
void pen_lines(struct pen *pen, const struct point *points, unsigned count, float from, float to,
               uint32_t colour);

/* A smooth closed shape, once or on both sides of the middle. */
void pen_shape(struct pen *pen, const struct point *points, unsigned count, uint32_t colour);
void pen_shapes(struct pen *pen, const struct point *points, unsigned count, uint32_t colour);

/* Adds the head's outline, moved, to the path. */
void head_outline(struct path *path, float dx, float dy);

/* A list of points and its length, for the calls above. */
#define POINTS(...)                                                                                \
    (const struct point[]){__VA_ARGS__},                                                           \
        (unsigned)(sizeof((const struct point[]){__VA_ARGS__}) / sizeof(struct point))

uint32_t darker(uint32_t colour, float amount);
uint32_t lighter(uint32_t colour, float amount);

#endif

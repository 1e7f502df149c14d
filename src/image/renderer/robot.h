/* SPDX-License-Identifier: MIT
 *
 * What a robot has, and the parts of its drawing. Private to robohash.
 */
#ifndef VISAGE_RENDERER_ROBOT_H
#define VISAGE_RENDERER_ROBOT_H

#include <stdbool.h>

#include "image/renderer/canvas.h"

enum head { BOX, DOME, BUCKET, WEDGE, CAPSULE, BALL, OCTAGON, TELEVISION, HEADS };
enum top { ROD, PAIR, DISH, BULB, FIN, CHIMNEY, SPRING, SIREN, CAP, LOOP, TOPS };
enum ears { BOLTS, DISCS, COILS, PHONES, WHIPS, EARLESS, EAR_KINDS };
enum eyes { LENSES, LAMPS, SQUARES, VISOR, CYCLOPS, ODD, SHUTTERS, DIGITS, EYE_KINDS };
enum mouth { GRILLE, SLOT, LEVELS, ZIGZAG, SMILE, SPEAKER, TEETH, BAR, MOUTHS };
enum body { SLAB, BARREL, YOKE, CONE, BODIES };
enum chest { GAUGE, BUTTONS, VENTS, HEART, SCREEN, LIGHT, STRIPES, CHESTS };

struct robot {
    enum head head;
    enum top top;
    enum ears ears;
    enum eyes eyes;
    enum mouth mouth;
    enum body body;
    enum chest chest;
    double look, level[5];
    bool plate, rivets, seam, cheeks, halo;
    struct colour ground, ring, metal, shade, light, trim, trim_shade, glow, dark;
};

/* Where things are on a head. */
struct robot_build {
    double top, eyes, mouth, bottom; /* heights */
    double side, brow;               /* half widths, in the middle and at the top */
};

extern const struct robot_build robot_builds[HEADS];

/* Neck and shoulders. */
void robot_draw_body(struct canvas *canvas, const struct robot *robot);

/* Ears, what stands on the head, and the head without a face. */
void robot_draw_head(struct canvas *canvas, const struct robot *robot);

/* Cheeks, eyes and mouth. */
void robot_draw_face(struct canvas *canvas, const struct robot *robot);

#endif

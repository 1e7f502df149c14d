/* SPDX-License-Identifier: MIT
 *
 * What a monster has, and the parts of its drawing. Private to monsterid.
 */
#ifndef VISAGE_RENDERER_MONSTER_H
#define VISAGE_RENDERER_MONSTER_H

#include <stdbool.h>

#include "image/renderer/canvas.h"

enum body { EGG, BLOCK, PEAR, BALL, GHOST, BEAN, CAPSULE, DROP, FUR, TOOTH, BODIES };
enum crown { BULL, UNICORN, ANTENNAE, FLOPPY, CREST, STUBS, SPROUT, BUNNY, EARS, TUFT, CROWNS };
enum arms { HANGING, RAISED, WAVING, STUBBY, ARMLESS, ARM_KINDS };
enum legs { FEET, STILTS, CLAWS, THREE, LEG_KINDS };
enum marks { PLAIN, BELLY, SPOTS, STRIPES, PATCH, FRECKLES, MARK_KINDS };
enum eyes { ONE, TWO, FAR, THREE_EYES, ODD, STALKS, EYE_KINDS };
enum lids { OPEN, SLEEPY, CROSS, LASHES, LID_KINDS };
enum mouth { SMILE, GRIN, FANGS, LAUGH, BUCK, SNAGGLE, OH, TONGUE, MOUTHS };

struct monster {
    enum body body;
    enum crown crown;
    enum arms arms;
    enum legs legs;
    enum marks marks;
    enum eyes eyes;
    enum lids lids;
    enum mouth mouth;
    double look;    /* of the pupils, -1 left to 1 right */
    double wide;    /* of the mouth */
    double scatter; /* of the marks */
    bool tail, cheeks, turned;
    struct colour ground, shadow, skin, shade, pale, accent, deep;
};

/* Where things are on a body. */
struct monster_build {
    double top, eyes, mouth, arms; /* heights */
    double head, waist;            /* half widths, at the eyes and at the arms */
};

extern const struct monster_build monster_builds[BODIES];

/* Tail, horns, arms and legs. */
void monster_draw_behind(struct canvas *canvas, const struct monster *monster);

/* The body with its markings. */
void monster_draw_body(struct canvas *canvas, const struct monster *monster);

/* Cheeks, eyes and mouth. */
void monster_draw_face(struct canvas *canvas, const struct monster *monster);

#endif

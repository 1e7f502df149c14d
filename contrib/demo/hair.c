/* SPDX-License-Identifier: MIT
 *
 * Hair and what is worn in its place, in two layers: behind the head, and
 * before it.
 */
#include "portrait.h"

#include <math.h>

/* A row of round curls along an arc about the middle of the head; angles in
 * degrees, 0 is to the right, 90 is down. */
static void curls(struct path *path, float cx, float cy, float rx, float ry, float from, float to,
                  unsigned count, float size)
{
    for (unsigned i = 0; i < count; i++) {
        float t = count > 1 ? (float)i / (float)(count - 1) : 0.0f;
        float angle = (from + (to - from) * t) * (float)M_PI / 180.0f;
        float r = size * (i % 2 == 0 ? 1.0f : 0.88f);
        path_ellipse(path, cx + rx * cosf(angle), cy + ry * sinf(angle), r, r);
    }
}

/* Short hair's common part: a cap that ends at the temples. */
static void cap(struct pen *pen, uint32_t colour, float top, float brow)
{
    path_move(pen->path, 134, 186);
    path_cubic(pen->path, 126, 130, 150, top, 200, top);
    path_cubic(pen->path, 250, top, 274, 130, 266, 186);
    path_cubic(pen->path, 262, 178, 258, 160, 250, brow + 10);
    path_cubic(pen->path, 232, brow, 168, brow, 150, brow + 10);
    path_cubic(pen->path, 142, 160, 138, 178, 134, 186);
    pen_fill(pen, colour);
}

void hair_draw_behind(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->hair_colour;
    const uint32_t deep = darker(colour, 0.22f);

    switch (look->hair) {
    case HAIR_LONG_WAVES:
        pen_shape(pen, POINTS({200, 82}, {150, 94}, {120, 136}, {116, 190}, {100, 240}, {108, 288},
                              {96, 330}, {124, 352}, {164, 340}, {200, 330}, {236, 340},
                              {276, 352}, {304, 330}, {292, 288}, {300, 240}, {284, 190},
                              {280, 136}, {250, 94}), deep);
        break;
    case HAIR_ROUND_CURLS:
        path_ellipse(pen->path, 200, 158, 112, 106);
        curls(pen->path, 200, 158, 106, 100, 0, 345, 24, 22);
        pen_fill(pen, deep);
        break;
    case HAIR_BOB:
        pen_shape(pen, POINTS({200, 84}, {148, 94}, {116, 134}, {108, 190}, {104, 236}, {112, 268},
                              {146, 276}, {200, 270}, {254, 276}, {288, 268}, {296, 236},
                              {292, 190}, {284, 134}, {252, 94}), deep);
        break;
    case HAIR_BUN:
        path_ellipse(pen->path, 200, 80, 40, 36);
        pen_fill(pen, deep);
        path_ellipse(pen->path, 196, 77, 35, 31);
        pen_fill(pen, colour);
        pen_line(pen, POINTS({170, 84}, {190, 64}, {216, 66}, {224, 84}), 2.6f, 2,
                 lighter(colour, 0.30f));
        pen_line(pen, POINTS({184, 92}, {196, 80}, {208, 84}), 2.4f, 2, lighter(colour, 0.30f));
        break;
    case HAIR_TWO_PUFFS:
        for (int side = 0; side < 2; side++) {
            float x = side == 0 ? 124 : 276;
            path_ellipse(pen->path, x, 102, 38, 38);
            curls(pen->path, x, 102, 34, 34, 0, 340, 14, 11);
            pen_fill(pen, deep);
            path_ellipse(pen->path, x - 4, 98, 30, 30);
            pen_tint(pen, colour, 0.8f);
        }
        break;
    case HAIR_SCARF:
        pen_shape(pen, POINTS({200, 78}, {146, 92}, {116, 140}, {110, 200}, {112, 262}, {146, 300},
                              {200, 308}, {254, 300}, {288, 262}, {290, 200}, {284, 140},
                              {254, 92}), darker(look->cloth_colour, 0.12f));
        break;
    case HAIR_BEANIE:
        pen_shape(pen, POINTS({134, 140}, {120, 190}, {126, 236}, {146, 252}, {254, 252},
                              {274, 236}, {280, 190}, {266, 140}), deep);
        break;
    default:
        break;
    }
}

static void long_waves(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->hair_colour;
    const uint32_t shine = lighter(colour, 0.20f);

    /* Parted on her left: a wide sweep and a narrow one. */
    pen_shape(pen, POINTS({222, 92}, {176, 88}, {136, 112}, {120, 160}, {112, 214}, {104, 262},
                          {114, 310}, {134, 322}, {128, 268}, {138, 222}, {142, 186}, {166, 152},
                          {204, 130}, {230, 108}), colour);
    pen_shape(pen, POINTS({218, 92}, {254, 102}, {278, 140}, {284, 196}, {292, 250}, {288, 300},
                          {270, 320}, {270, 266}, {262, 220}, {260, 176}, {248, 144}, {228, 116}),
              colour);
    pen_line(pen, POINTS({210, 102}, {170, 112}, {140, 150}, {126, 210}, {118, 262}), 4, 1.6f,
             shine);
    pen_line(pen, POINTS({240, 108}, {266, 150}, {274, 214}, {281, 262}), 3.4f, 1.6f, shine);
}

static void fade(const struct look *look, struct pen *pen)
{
    cap(pen, colour_mix(look->skin, look->hair_colour, 0.62f), 98, 132);
    pen_shape(pen, POINTS({144, 138}, {142, 106}, {166, 86}, {200, 82}, {236, 86}, {258, 106},
                          {256, 138}, {230, 130}, {200, 128}, {170, 130}), look->hair_colour);
    curls(pen->path, 200, 106, 52, 20, 190, 350, 12, 9);
    pen_fill(pen, look->hair_colour);
    pen_line(pen, POINTS({160, 100}, {180, 92}, {204, 90}), 3, 1.6f,
             lighter(look->hair_colour, 0.20f));
}

static void scarf(const struct look *look, struct pen *pen)
{
    const uint32_t cloth = look->cloth_colour;

    /* The cloth frames the face: an outline with the face as its hole. */
    path_blob(pen->path, POINTS({200, 80}, {148, 92}, {120, 138}, {114, 198}, {118, 252},
                                {150, 288}, {200, 298}, {250, 288}, {282, 252}, {286, 198},
                                {280, 138}, {252, 92}));
    path_blob(pen->path, POINTS({200, 126}, {166, 132}, {146, 162}, {142, 200}, {150, 238},
                                {172, 264}, {200, 273}, {228, 264}, {250, 238}, {258, 200},
                                {254, 162}, {234, 132}));
    path_hole(pen->path);
    canvas_fill(pen->canvas, pen->path,
                paint_linear((struct point){130, 100}, lighter(cloth, 0.14f),
                             (struct point){286, 280}, darker(cloth, 0.06f)));
    path_clear(pen->path);
    /* An under-cap shows at the brow, folds at the sides. */
    pen_line(pen, POINTS({147, 160}, {168, 133}, {200, 127}, {232, 133}, {253, 160}), 7, 7,
             darker(cloth, 0.30f));
    pen_line(pen, POINTS({214, 92}, {168, 104}, {136, 146}, {128, 204}, {140, 256}), 3, 1.6f,
             darker(cloth, 0.18f));
    pen_line(pen, POINTS({244, 106}, {266, 148}, {272, 206}, {258, 262}), 3, 1.6f,
             darker(cloth, 0.18f));
    pen_line(pen, POINTS({150, 284}, {186, 296}, {226, 292}, {262, 272}), 3, 1.6f,
             darker(cloth, 0.20f));
}

static void sides(const struct look *look, struct pen *pen)
{
    pen_shapes(pen, POINTS({146, 132}, {132, 144}, {122, 168}, {124, 194}, {136, 206}, {142, 184},
                           {144, 160}), look->hair_colour);
    /* Light on the bare top. */
    pen_line(pen, POINTS({166, 130}, {180, 121}, {198, 119}), 6, 3, lighter(look->skin, 0.45f));
}

static void round_curls(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->hair_colour;

    path_blob(pen->path, POINTS({132, 190}, {118, 150}, {136, 96}, {200, 72}, {264, 96},
                                {282, 150}, {268, 190}, {256, 152}, {228, 132}, {200, 130},
                                {172, 132}, {144, 152}));
    curls(pen->path, 200, 178, 62, 50, 200, 340, 11, 13);
    pen_fill(pen, colour);
    const struct point at[] = {{138, 128}, {158, 100}, {186, 86}, {216, 90}, {174, 118}, {204, 112}};
    for (unsigned i = 0; i < sizeof at / sizeof at[0]; i++) {
        float x = at[i].x;
        float y = at[i].y;
        pen_line(pen, POINTS({x - 8, y + 5}, {x - 4, y - 4}, {x + 4, y - 6}, {x + 9, y}), 3, 1.6f,
                 lighter(colour, 0.17f));
    }
}

static void swept(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->hair_colour;

    cap(pen, darker(colour, 0.10f), 96, 136);
    pen_shape(pen, POINTS({148, 150}, {130, 132}, {134, 104}, {164, 82}, {210, 76}, {252, 92},
                          {270, 124}, {264, 158}, {246, 146}, {214, 140}, {184, 148}, {164, 162}),
              colour);
    pen_line(pen, POINTS({150, 120}, {184, 96}, {226, 98}), 4, 1.8f, lighter(colour, 0.24f));
    pen_line(pen, POINTS({166, 132}, {194, 114}, {234, 116}), 3.4f, 1.6f, lighter(colour, 0.18f));
}

static void bob(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->hair_colour;

    pen_shapes(pen, POINTS({150, 108}, {124, 136}, {114, 190}, {110, 240}, {124, 264}, {142, 258},
                           {140, 210}, {150, 160}), colour);
    path_move(pen->path, 138, 168);
    path_cubic(pen->path, 128, 110, 164, 84, 200, 84);
    path_cubic(pen->path, 236, 84, 272, 110, 262, 168);
    path_cubic(pen->path, 240, 158, 160, 158, 138, 168);
    pen_fill(pen, colour);
    pen_line(pen, POINTS({152, 122}, {174, 104}, {204, 100}, {234, 106}), 6, 3,
             lighter(colour, 0.22f));
    pen_line(pen, POINTS({172, 160}, {174, 140}), 1.6f, 1.2f, lighter(colour, 0.16f));
    pen_line(pen, POINTS({228, 160}, {226, 140}), 1.6f, 1.2f, lighter(colour, 0.16f));
}

static void top_curls(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->hair_colour;

    cap(pen, colour_mix(look->skin, darker(colour, 0.35f), 0.45f), 102, 136);
    path_blob(pen->path, POINTS({146, 142}, {134, 112}, {158, 84}, {200, 76}, {244, 82},
                                {268, 110}, {256, 142}, {200, 138}));
    curls(pen->path, 200, 112, 60, 34, 150, 390, 15, 17);
    curls(pen->path, 196, 134, 42, 10, 180, 20, 6, 14);
    pen_fill(pen, colour);
    const struct point at[] = {{158, 104}, {186, 92}, {214, 96}, {172, 124}, {232, 118}};
    for (unsigned i = 0; i < sizeof at / sizeof at[0]; i++) {
        float x = at[i].x;
        float y = at[i].y;
        pen_line(pen, POINTS({x - 8, y + 4}, {x - 3, y - 5}, {x + 6, y - 5}, {x + 9, y + 2}), 3,
                 1.6f, lighter(colour, 0.32f));
    }
}

static void turban(const struct look *look, struct pen *pen)
{
    const uint32_t cloth = look->cloth_colour;
    const uint32_t fold = darker(cloth, 0.20f);

    pen_shape(pen, POINTS({130, 172}, {116, 138}, {126, 92}, {164, 64}, {200, 58}, {238, 64},
                          {274, 92}, {284, 138}, {270, 172}, {246, 144}, {200, 122}, {154, 144}),
              cloth);
    /* The other side's wraps lie over it. */
    pen_shape(pen, POINTS({200, 122}, {236, 138}, {270, 172}, {284, 138}, {276, 96}, {244, 68},
                          {216, 84}, {192, 104}), darker(cloth, 0.07f));
    pen_line(pen, POINTS({130, 150}, {158, 116}, {206, 84}, {246, 74}), 3, 1.6f, fold);
    pen_line(pen, POINTS({124, 124}, {150, 94}, {190, 70}, {220, 64}), 3, 1.6f, fold);
    pen_line(pen, POINTS({134, 166}, {162, 134}, {200, 112}), 3, 2, fold);
    pen_line(pen, POINTS({272, 152}, {246, 122}, {214, 100}), 3, 1.6f, fold);
    pen_line(pen, POINTS({278, 124}, {258, 100}, {236, 86}), 3, 1.6f, fold);
    /* The small under-cloth at the brow. */
    pen_shape(pen, POINTS({200, 120}, {184, 134}, {178, 142}, {200, 138}, {222, 142}, {216, 134}),
              darker(cloth, 0.45f));
}

static void bun(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->hair_colour;

    pen_shape(pen, POINTS({132, 190}, {122, 150}, {140, 108}, {200, 88}, {260, 108}, {278, 150},
                          {268, 190}, {258, 158}, {236, 136}, {206, 128}, {176, 132}, {148, 156}),
              colour);
    pen_line(pen, POINTS({136, 164}, {152, 124}, {190, 102}), 3, 1.6f, lighter(colour, 0.38f));
    pen_line(pen, POINTS({156, 138}, {178, 116}, {206, 104}), 2.6f, 1.4f, lighter(colour, 0.30f));
    pen_line(pen, POINTS({264, 164}, {250, 126}, {216, 104}), 2.6f, 1.4f, darker(colour, 0.16f));
}

static void beanie(const struct look *look, struct pen *pen)
{
    const uint32_t cloth = look->cloth_colour;

    pen_lines(pen, POINTS({138, 160}, {132, 190}, {136, 222}), 15, 8, look->hair_colour);
    path_ellipse(pen->path, 200, 58, 21, 20);
    curls(pen->path, 200, 58, 17, 16, 0, 330, 12, 7);
    pen_fill(pen, lighter(cloth, 0.62f));
    path_move(pen->path, 130, 142);
    path_cubic(pen->path, 128, 88, 158, 66, 200, 66);
    path_cubic(pen->path, 242, 66, 272, 88, 270, 142);
    canvas_fill(pen->canvas, pen->path,
                paint_linear((struct point){140, 80}, lighter(cloth, 0.10f),
                             (struct point){268, 140}, darker(cloth, 0.12f)));
    path_clear(pen->path);
    for (int i = 0; i < 7; i++) {
        float at = (float)i - 3.0f;
        pen_line(pen, POINTS({200 + at * 19, 128}, {200 + at * 16, 98}, {200 + at * 7, 74}), 2, 1.2f,
                 darker(cloth, 0.20f));
    }
    path_round_rect(pen->path, 122, 122, 156, 34, 15);
    pen_fill(pen, darker(cloth, 0.06f));
    for (int i = 0; i < 13; i++) {
        float x = 134.0f + 11.0f * (float)i;
        pen_line(pen, POINTS({x, 129}, {x, 149}), 2.2f, 2.2f, darker(cloth, 0.24f));
    }
}

static void two_puffs(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->hair_colour;

    pen_shapes(pen, POINTS({200, 92}, {162, 98}, {134, 124}, {128, 166}, {136, 188}, {146, 158},
                           {170, 138}, {200, 124}, {208, 104}), colour);
    pen_line(pen, POINTS({200, 96}, {200, 124}), 2.6f, 2.6f, colour_mix(look->skin, colour, 0.35f));
    pen_lines(pen, POINTS({186, 112}, {160, 116}, {138, 132}), 2.4f, 1.4f, lighter(colour, 0.20f));
    pen_lines(pen, POINTS({182, 124}, {158, 134}, {142, 152}), 2.2f, 1.2f, lighter(colour, 0.16f));
    pen_lines(pen, POINTS({138, 124}, {146, 116}, {152, 106}), 9, 9, look->cloth_colour);
}

void hair_draw_before(const struct look *look, struct pen *pen)
{
    switch (look->hair) {
    case HAIR_LONG_WAVES:
        long_waves(look, pen);
        break;
    case HAIR_FADE:
        fade(look, pen);
        break;
    case HAIR_SCARF:
        scarf(look, pen);
        break;
    case HAIR_SIDES:
        sides(look, pen);
        break;
    case HAIR_ROUND_CURLS:
        round_curls(look, pen);
        break;
    case HAIR_SWEPT:
        swept(look, pen);
        break;
    case HAIR_BOB:
        bob(look, pen);
        break;
    case HAIR_TOP_CURLS:
        top_curls(look, pen);
        break;
    case HAIR_TURBAN:
        turban(look, pen);
        break;
    case HAIR_BUN:
        bun(look, pen);
        break;
    case HAIR_BEANIE:
        beanie(look, pen);
        break;
    case HAIR_TWO_PUFFS:
        two_puffs(look, pen);
        break;
    }
}

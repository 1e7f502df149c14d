/* SPDX-License-Identifier: MIT
 *
 * What the people wear from the shoulders down, and the neck that stands in it.
 */
#include "portrait.h"

static void body_outline(struct path *path)
{
    path_move(path, 34, 402);
    path_cubic(path, 40, 346, 78, 326, 128, 312);
    path_cubic(path, 142, 308, 150, 305, 158, 301);
    path_line(path, 242, 301);
    path_cubic(path, 250, 305, 258, 308, 272, 312);
    path_cubic(path, 322, 326, 360, 346, 366, 402);
}

/* Round-necked skin, or down to a point. */
static void neck_draw(const struct look *look, struct pen *pen, float depth)
{
    struct path *path = pen->path;

    path_move(path, 171, 226);
    path_line(path, 229, 226);
    path_line(path, 229, 282);
    path_cubic(path, 230, 292, 236, 298, 246, 303);
    path_cubic(path, 234, depth - 6, 216, depth, 200, depth);
    path_cubic(path, 184, depth, 166, depth - 6, 154, 303);
    path_cubic(path, 164, 298, 170, 292, 171, 282);
    pen_fill(pen, look->skin);

    /* The chin's shadow falls on the neck only. */
    path_move(path, 171, 226);
    path_line(path, 229, 226);
    path_line(path, 229, 282);
    path_cubic(path, 230, 292, 236, 298, 246, 303);
    path_cubic(path, 234, depth - 6, 216, depth, 200, depth);
    path_cubic(path, 184, depth, 166, depth - 6, 154, 303);
    path_cubic(path, 164, 298, 170, 292, 171, 282);
    pen_clip(pen);
    head_outline(path, 5, 19);
    pen_fill(pen, darker(look->skin, 0.20f));
    canvas_unclip(pen->canvas);
}

static void body_draw(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->clothes_colour;

    body_outline(pen->path);
    canvas_fill(pen->canvas, pen->path,
                paint_linear((struct point){130, 300}, lighter(colour, 0.06f),
                             (struct point){300, 400}, darker(colour, 0.12f)));
    path_clear(pen->path);
}

static void arms_draw(const struct look *look, struct pen *pen)
{
    pen_lines(pen, POINTS({96, 402}, {98, 384}, {104, 366}), 4, 2,
              darker(look->clothes_colour, 0.24f));
}

static void stripes_draw(const struct look *look, struct pen *pen)
{
    body_outline(pen->path);
    pen_clip(pen);
    for (int i = 0; i < 4; i++) {
        float y = 334.0f + 22.0f * (float)i;
        path_stroke(pen->path, POINTS({20, y + 16}, {110, y + 2}, {200, y + 8}, {290, y + 2},
                                      {380, y + 16}), 8, 8);
    }
    pen_fill(pen, look->clothes_accent);
    canvas_unclip(pen->canvas);
}

static void collar_band(struct pen *pen, uint32_t colour)
{
    pen_line(pen, POINTS({153, 303}, {168, 318}, {184, 325}, {200, 327}, {216, 325}, {232, 318},
                         {247, 303}), 9, 9, colour);
}

static void turtleneck_draw(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->clothes_colour;

    path_move(pen->path, 164, 268);
    path_cubic(pen->path, 186, 277, 214, 277, 236, 268);
    path_cubic(pen->path, 240, 280, 243, 300, 250, 314);
    path_cubic(pen->path, 220, 328, 180, 328, 150, 314);
    path_cubic(pen->path, 157, 300, 160, 280, 164, 268);
    canvas_fill(pen->canvas, pen->path,
                paint_linear((struct point){160, 280}, lighter(colour, 0.14f),
                             (struct point){246, 300}, darker(colour, 0.10f)));
    path_clear(pen->path);
    pen_line(pen, POINTS({163, 291}, {182, 298}, {200, 300}, {218, 298}, {237, 291}), 2.6f, 2.6f,
             darker(colour, 0.20f));
    pen_line(pen, POINTS({150, 314}, {176, 323}, {200, 325}, {224, 323}, {250, 314}), 3.4f, 3.4f,
             darker(colour, 0.24f));
}

static void shirt_draw(const struct look *look, struct pen *pen)
{
    const uint32_t cloth = look->clothes_accent;
    const uint32_t line = darker(cloth, 0.22f);

    neck_draw(look, pen, 338);
    /* Front between the two sides of the cardigan. */
    path_move(pen->path, 158, 300);
    path_line(pen->path, 200, 346);
    path_line(pen->path, 242, 300);
    path_line(pen->path, 262, 312);
    path_line(pen->path, 222, 402);
    path_line(pen->path, 178, 402);
    path_line(pen->path, 138, 312);
    pen_fill(pen, cloth);
    pen_line(pen, POINTS({200, 346}, {200, 404}), 2.4f, 2.4f, line);
    for (int i = 0; i < 2; i++)
        path_ellipse(pen->path, 206, 362.0f + 24.0f * (float)i, 2.6f, 2.6f);
    pen_fill(pen, line);
    for (int side = 0; side < 2; side++) {
        path_move(pen->path, 160, 286);
        path_cubic(pen->path, 164, 304, 180, 326, 200, 342);
        path_line(pen->path, 178, 366);
        path_cubic(pen->path, 160, 350, 146, 326, 140, 308);
        path_cubic(pen->path, 148, 304, 156, 296, 160, 286);
        if (side == 1)
            path_mirror(pen->path);
        pen_fill(pen, side == 0 ? lighter(cloth, 0.35f) : darker(cloth, 0.05f));
    }
    pen_lines(pen, POINTS({200, 343}, {178, 366}, {160, 346}, {141, 310}), 1.8f, 1.8f, line);
    pen_lines(pen, POINTS({133, 312}, {156, 356}, {178, 404}), 6, 6,
              darker(look->clothes_colour, 0.22f));
}

static void hood_behind(const struct look *look, struct pen *pen)
{
    pen_shape(pen, POINTS({132, 262}, {118, 288}, {118, 316}, {150, 332}, {200, 338}, {250, 332},
                          {282, 316}, {282, 288}, {268, 262}, {200, 250}),
              darker(look->clothes_colour, 0.24f));
}

static void hood_before(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->clothes_colour;

    pen_shapes(pen, POINTS({134, 264}, {120, 288}, {128, 318}, {164, 344}, {200, 352}, {198, 332},
                           {172, 318}, {154, 300}, {146, 280}),
               lighter(colour, 0.08f));
    pen_lines(pen, POINTS({172, 340}, {170, 362}, {173, 382}), 3.6f, 3.6f, look->clothes_accent);
    path_ellipse(pen->path, 173, 385, 3.6f, 5);
    path_ellipse(pen->path, 227, 385, 3.6f, 5);
    pen_fill(pen, look->clothes_accent);
}

static void jacket_draw(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->clothes_colour;

    /* The top beneath shows between the lapels. */
    path_move(pen->path, 150, 302);
    path_cubic(pen->path, 168, 336, 232, 336, 250, 302);
    path_line(pen->path, 258, 330);
    path_line(pen->path, 224, 402);
    path_line(pen->path, 176, 402);
    path_line(pen->path, 142, 330);
    pen_fill(pen, look->clothes_accent);
    neck_draw(look, pen, 325);
    for (int side = 0; side < 2; side++) {
        path_move(pen->path, 158, 290);
        path_line(pen->path, 128, 306);
        path_line(pen->path, 112, 342);
        path_line(pen->path, 138, 348);
        path_line(pen->path, 132, 362);
        path_line(pen->path, 180, 402);
        path_cubic(pen->path, 176, 372, 166, 322, 158, 290);
        if (side == 1)
            path_mirror(pen->path);
        pen_fill(pen, side == 0 ? lighter(colour, 0.16f) : lighter(colour, 0.04f));
    }
    pen_lines(pen, POINTS({127, 307}, {119, 324}, {112, 342}), 2.2f, 2.2f, darker(colour, 0.25f));
    pen_lines(pen, POINTS({112, 342}, {138, 348}), 2.2f, 2.2f, darker(colour, 0.25f));
    pen_lines(pen, POINTS({133, 362}, {180, 402}), 2.2f, 2.2f, darker(colour, 0.25f));
}

static void dungarees_draw(const struct look *look, struct pen *pen)
{
    const uint32_t cloth = look->clothes_accent;

    pen_lines(pen, POINTS({132, 306}, {144, 336}, {150, 372}), 19, 19, cloth);
    path_round_rect(pen->path, 134, 364, 132, 60, 10);
    pen_fill(pen, cloth);
    path_round_rect(pen->path, 140, 370, 120, 60, 7);
    pen_tint(pen, lighter(cloth, 0.30f), 0.55f);
    path_round_rect(pen->path, 143, 373, 114, 60, 6);
    pen_fill(pen, cloth);
    for (int side = 0; side < 2; side++)
        path_ellipse(pen->path, side == 0 ? 151 : 249, 376, 7, 7);
    pen_fill(pen, 0xf7e3b0);
}

/* A cloth laid round the neck and over the shoulders; goes with the head scarf. */
static void wrap_draw(const struct look *look, struct pen *pen)
{
    const uint32_t cloth = look->cloth_colour;

    pen_shape(pen, POINTS({134, 236}, {112, 282}, {94, 322}, {116, 352}, {172, 368}, {236, 366},
                          {288, 350}, {306, 320}, {288, 282}, {266, 236}, {200, 226}),
              darker(cloth, 0.10f));
    pen_shape(pen, POINTS({128, 250}, {110, 288}, {104, 320}, {140, 344}, {196, 350}, {252, 330},
                          {282, 296}, {276, 262}, {236, 288}, {180, 290}), cloth);
    pen_line(pen, POINTS({118, 316}, {150, 332}, {198, 332}, {246, 312}), 3, 2, darker(cloth, 0.2f));
    pen_line(pen, POINTS({124, 292}, {158, 310}, {204, 310}, {256, 286}), 3, 2, darker(cloth, 0.2f));
}

void clothes_draw(const struct look *look, struct pen *pen)
{
    if (look->clothes == CLOTHES_HOODIE)
        hood_behind(look, pen);
    body_draw(look, pen);
    switch (look->clothes) {
    case CLOTHES_STRIPES:
        stripes_draw(look, pen);
        neck_draw(look, pen, 330);
        collar_band(pen, look->clothes_colour);
        break;
    case CLOTHES_TURTLENECK:
        neck_draw(look, pen, 318);
        turtleneck_draw(look, pen);
        break;
    case CLOTHES_SHIRT:
        shirt_draw(look, pen);
        break;
    case CLOTHES_HOODIE:
        neck_draw(look, pen, 336);
        hood_before(look, pen);
        break;
    case CLOTHES_JACKET:
        jacket_draw(look, pen);
        break;
    case CLOTHES_DUNGAREES:
        neck_draw(look, pen, 328);
        collar_band(pen, darker(look->clothes_colour, 0.10f));
        dungarees_draw(look, pen);
        break;
    case CLOTHES_WRAP:
        wrap_draw(look, pen);
        break;
    default:
        neck_draw(look, pen, 328);
        collar_band(pen, look->clothes_accent);
        break;
    }
    arms_draw(look, pen);
}

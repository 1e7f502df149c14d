/* SPDX-License-Identifier: MIT
 *
 * From the back to the front: ground, hair behind, clothes and neck, ears,
 * head, face, hair before, glasses. Light comes from the upper left, so every
 * part is darker on its lower right.
 */
#include "portrait.h"

void pen_fill(struct pen *pen, uint32_t colour)
{
    pen_tint(pen, colour, 1.0f);
}

void pen_tint(struct pen *pen, uint32_t colour, float alpha)
{
    canvas_fill(pen->canvas, pen->path, paint_flat(colour, alpha));
    path_clear(pen->path);
}

void pen_clip(struct pen *pen)
{
    canvas_clip(pen->canvas, pen->path);
    path_clear(pen->path);
}

void pen_line(struct pen *pen, const struct point *points, unsigned count, float from, float to,
              uint32_t colour)
{
    path_stroke(pen->path, points, count, from, to);
    pen_fill(pen, colour);
}

void pen_lines(struct pen *pen, const struct point *points, unsigned count, float from, float to,
               uint32_t colour)
{
    pen_line(pen, points, count, from, to, colour);
    path_stroke(pen->path, points, count, from, to);
    path_mirror(pen->path);
    pen_fill(pen, colour);
}

void pen_shape(struct pen *pen, const struct point *points, unsigned count, uint32_t colour)
{
    path_blob(pen->path, points, count);
    pen_fill(pen, colour);
}

void pen_shapes(struct pen *pen, const struct point *points, unsigned count, uint32_t colour)
{
    pen_shape(pen, points, count, colour);
    path_blob(pen->path, points, count);
    path_mirror(pen->path);
    pen_fill(pen, colour);
}

/* Shadows lean to a warm violet and lights to cream: nicer than black and white. */
uint32_t darker(uint32_t colour, float amount)
{
    return colour_mix(colour, 0x2b1030, amount);
}

uint32_t lighter(uint32_t colour, float amount)
{
    return colour_mix(colour, 0xfff6e8, amount);
}

void head_outline(struct path *path, float dx, float dy)
{
    path_move(path, 200 + dx, 106 + dy);
    path_cubic(path, 241 + dx, 106 + dy, 264 + dx, 136 + dy, 264 + dx, 180 + dy);
    path_cubic(path, 264 + dx, 210 + dy, 258 + dx, 234 + dy, 240 + dx, 252 + dy);
    path_cubic(path, 229 + dx, 263 + dy, 215 + dx, 270 + dy, 200 + dx, 270 + dy);
    path_cubic(path, 185 + dx, 270 + dy, 171 + dx, 263 + dy, 160 + dx, 252 + dy);
    path_cubic(path, 142 + dx, 234 + dy, 136 + dx, 210 + dy, 136 + dx, 180 + dy);
    path_cubic(path, 136 + dx, 136 + dy, 159 + dx, 106 + dy, 200 + dx, 106 + dy);
}

static void ground_draw(const struct look *look, struct pen *pen)
{
    uint32_t base = look->ground_colour;
    uint32_t accent = look->ground_accent;

    if (look->ground == GROUND_NONE)
        return;
    if (look->ground == GROUND_DISC) {
        path_ellipse(pen->path, 200, 200, 198, 198);
        canvas_fill(pen->canvas, pen->path,
                    paint_linear((struct point){100, 0}, lighter(base, 0.25f),
                                 (struct point){280, 400}, base));
        path_clear(pen->path);
        return;
    }
    path_move(pen->path, 0, 0);
    path_line(pen->path, CANVAS_UNITS, 0);
    path_line(pen->path, CANVAS_UNITS, CANVAS_UNITS);
    path_line(pen->path, 0, CANVAS_UNITS);
    canvas_fill(pen->canvas, pen->path,
                paint_linear((struct point){60, 0}, lighter(base, 0.18f),
                             (struct point){300, 400}, base));
    path_clear(pen->path);
    switch (look->ground) {
    case GROUND_SUN:
        path_ellipse(pen->path, 200, 205, 168, 168);
        pen_fill(pen, accent);
        break;
    case GROUND_ARCH:
        path_round_rect(pen->path, 52, 44, 296, 480, 148);
        pen_fill(pen, accent);
        path_round_rect(pen->path, 76, 68, 248, 480, 124);
        pen_tint(pen, lighter(accent, 0.35f), 0.55f);
        break;
    case GROUND_HILLS:
        path_ellipse(pen->path, 340, 78, 40, 40);
        pen_fill(pen, lighter(accent, 0.45f));
        path_ellipse(pen->path, 60, 400, 210, 150);
        pen_fill(pen, colour_mix(base, accent, 0.55f));
        path_ellipse(pen->path, 360, 420, 220, 150);
        pen_fill(pen, accent);
        break;
    default:
        for (int y = 0; y < 8; y++)
            for (int x = 0; x < 8; x++)
                path_ellipse(pen->path, 14.0f + 56.0f * (float)x + (y % 2 != 0 ? 28.0f : 0.0f),
                             18.0f + 52.0f * (float)y, 7, 7);
        pen_fill(pen, accent);
        break;
    }
}

static void ears_draw(const struct look *look, struct pen *pen)
{
    for (int side = 0; side < 2; side++) {
        float x = side == 0 ? 135 : 265;
        path_ellipse(pen->path, x, 194, 13, 19);
        pen_fill(pen, side == 0 ? look->skin : darker(look->skin, 0.10f));
        path_ellipse(pen->path, x + (side == 0 ? 2.0f : -2.0f), 195, 6.5f, 11);
        pen_tint(pen, darker(look->skin, 0.22f), 0.8f);
        if (look->earring_colour != 0) {
            path_ellipse(pen->path, x + (side == 0 ? -3.0f : 3.0f), 218, 6.5f, 6.5f);
            pen_fill(pen, look->earring_colour);
            path_ellipse(pen->path, x + (side == 0 ? -5.0f : 1.0f), 216, 2, 2);
            pen_tint(pen, 0xffffff, 0.75f);
        }
    }
}

static void head_draw(const struct look *look, struct pen *pen)
{
    head_outline(pen->path, 0, 0);
    pen_fill(pen, darker(look->skin, 0.11f));
    /* The lit part is the same outline moved towards the light. */
    head_outline(pen->path, 0, 0);
    pen_clip(pen);
    head_outline(pen->path, -13, -4);
    pen_fill(pen, look->skin);
    canvas_unclip(pen->canvas);
}

static void beard_draw(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->beard_colour;
    const bool full = look->beard == BEARD_FULL;

    if (look->beard == BEARD_NONE)
        return;
    if (look->beard == BEARD_STUBBLE) {
        path_blob(pen->path, POINTS({137, 200}, {146, 214}, {160, 226}, {180, 227}, {200, 225},
                                    {220, 227}, {240, 226}, {254, 214}, {263, 200}, {260, 228},
                                    {242, 251}, {222, 265}, {200, 269}, {178, 265}, {158, 251},
                                    {140, 228}));
        pen_tint(pen, colour, 0.34f);
        return;
    }
    /* Cheek line, down the jaw, round the chin. */
    path_blob(pen->path,
              POINTS({135, 190}, {143, 206}, {155, 222}, {172, 229}, {186, 226}, {200, 227},
                     {214, 226}, {228, 229}, {245, 222}, {257, 206}, {265, 190},
                     {full ? 270.0f : 265.0f, 226}, {full ? 256.0f : 246.0f, full ? 262.0f : 252.0f},
                     {full ? 230.0f : 224.0f, full ? 288.0f : 268.0f}, {200, full ? 298.0f : 275.0f},
                     {full ? 170.0f : 176.0f, full ? 288.0f : 268.0f},
                     {full ? 144.0f : 154.0f, full ? 262.0f : 252.0f}, {full ? 130.0f : 135.0f, 226}));
    pen_fill(pen, colour);
    if (full) {
        pen_lines(pen, POINTS({160, 252}, {168, 272}, {182, 284}), 3, 1.5f,
                  lighter(colour, 0.12f));
        pen_lines(pen, POINTS({184, 262}, {188, 276}, {194, 286}), 2.5f, 1.5f,
                  lighter(colour, 0.12f));
    }
    /* Moustache, a little lighter so that it reads at small sizes. */
    pen_shapes(pen, POINTS({201, 226}, {190, 224}, {178, 229}, {170, 239}, {182, 239}, {201, 234}),
               lighter(colour, 0.09f));
}

static void mouth_draw(const struct look *look, struct pen *pen)
{
    const uint32_t lip = look->lip_colour;

    switch (look->mouth) {
    case MOUTH_OPEN:
        path_move(pen->path, 178, 238);
        path_cubic(pen->path, 190, 242, 210, 242, 222, 238);
        path_cubic(pen->path, 221, 256, 211, 263, 200, 263);
        path_cubic(pen->path, 189, 263, 179, 256, 178, 238);
        pen_fill(pen, 0x7d2a35);
        path_move(pen->path, 181, 239);
        path_cubic(pen->path, 190, 242, 210, 242, 219, 239);
        path_cubic(pen->path, 218, 249, 210, 250, 200, 250);
        path_cubic(pen->path, 190, 250, 182, 249, 181, 239);
        pen_fill(pen, 0xfffaf2);
        path_move(pen->path, 187, 258);
        path_cubic(pen->path, 192, 252, 208, 252, 213, 258);
        path_cubic(pen->path, 208, 264, 192, 264, 187, 258);
        pen_fill(pen, 0xe0707a);
        break;
    case MOUTH_LIPS:
        path_move(pen->path, 178, 239);
        path_cubic(pen->path, 185, 240, 191, 236, 195, 236);
        path_cubic(pen->path, 198, 236, 199, 238, 200, 238);
        path_cubic(pen->path, 201, 238, 202, 236, 205, 236);
        path_cubic(pen->path, 209, 236, 215, 240, 222, 239);
        path_cubic(pen->path, 217, 251, 209, 256, 200, 256);
        path_cubic(pen->path, 191, 256, 183, 251, 178, 239);
        pen_fill(pen, lip);
        pen_line(pen, POINTS({179, 239.5f}, {189, 245}, {200, 246}, {211, 245}, {221, 239.5f}), 2,
                 2, darker(lip, 0.35f));
        break;
    default:
        pen_line(pen, POINTS({180, 240}, {189, 248}, {200, 251}, {211, 248}, {220, 240}), 4.4f,
                 4.4f, lip);
        break;
    }
}

static void eyes_draw(const struct look *look, struct pen *pen)
{
    const uint32_t ink = 0x33202a;

    if (look->eyes == EYES_HAPPY) {
        pen_lines(pen, POINTS({163, 195}, {168, 188}, {174, 186}, {180, 188}, {185, 195}), 4.4f,
                  4.4f, ink);
        return;
    }
    for (int side = 0; side < 2; side++) {
        float x = side == 0 ? 174 : 226;
        path_ellipse(pen->path, x, 191, 6, 7.6f);
        pen_fill(pen, ink);
        path_ellipse(pen->path, x - 2, 188, 2.1f, 2.3f);
        pen_fill(pen, 0xffffff);
    }
    if (look->eyes == EYES_LASHES) {
        pen_lines(pen, POINTS({184, 187}, {176, 182}, {167, 184}, {161, 189}), 3.2f, 2, ink);
        pen_lines(pen, POINTS({164, 186}, {159, 183}), 2.4f, 1.4f, ink);
    }
}

static void face_draw(const struct look *look, struct pen *pen)
{
    const uint32_t blush = colour_mix(look->skin, 0xe8505b, 0.55f);

    for (int side = 0; side < 2; side++) {
        struct point centre = {side == 0 ? 159.0f : 241.0f, 219};
        path_ellipse(pen->path, centre.x, centre.y, 19, 15);
        canvas_fill(pen->canvas, pen->path, paint_glow(centre, 19, blush, 0.50f));
        path_clear(pen->path);
    }
    if (look->freckles) {
        const struct point spots[] = {{152, 212}, {160, 209}, {167, 214}, {157, 219}, {165, 222}};
        for (int side = 0; side < 2; side++) {
            for (unsigned i = 0; i < sizeof spots / sizeof spots[0]; i++)
                path_ellipse(pen->path, spots[i].x, spots[i].y, 1.7f, 1.7f);
            if (side == 1)
                path_mirror(pen->path);
            pen_tint(pen, darker(look->skin, 0.38f), 0.7f);
        }
    }
    beard_draw(look, pen);
    eyes_draw(look, pen);
    pen_lines(pen, POINTS({158, 172}, {167, 165}, {178, 164}, {187, 168}), 3.4f, 5.2f,
              look->brow_colour);
    pen_line(pen, POINTS({192, 218}, {195, 222}, {200, 224}, {205, 222}, {208, 218}), 3.6f, 3.6f,
             darker(look->skin, 0.30f));
    mouth_draw(look, pen);
}

static void glasses_draw(const struct look *look, struct pen *pen)
{
    const uint32_t colour = look->glasses_colour;

    if (look->glasses == GLASSES_NONE)
        return;
    pen_line(pen, POINTS({191, 189}, {200, 185}, {209, 189}), 4, 4, colour);
    pen_lines(pen, POINTS({152, 187}, {143, 185}, {136, 186}), 4, 3.4f, colour);
    for (int side = 0; side < 2; side++) {
        for (int layer = 0; layer < 2; layer++) {
            const float in = layer == 0 ? 0.0f : 4.2f; /* the rim's width */
            if (look->glasses == GLASSES_ROUND)
                path_ellipse(pen->path, 172, 192, 23 - in, 22 - in);
            else if (look->glasses == GLASSES_SQUARE)
                path_round_rect(pen->path, 149 + in, 174 + in, 44 - 2 * in, 35 - 2 * in, 10 - in);
            else
                path_blob(pen->path, POINTS({143 + in * 1.7f, 174 + in * 0.7f}, {170, 175 + in},
                                            {194 - in, 184 + in * 0.4f}, {188 - in, 204 - in},
                                            {170, 211 - in}, {153 + in, 203 - in}));
        }
        path_hole(pen->path);
        if (side == 1)
            path_mirror(pen->path);
        pen_fill(pen, colour);
        const float x = side == 0 ? 161 : 217;
        path_stroke(pen->path, POINTS({x - 4, 202}, {x + 5, 184}), 3, 3);
        pen_tint(pen, 0xffffff, 0.55f);
    }
}

void portrait_draw(const struct look *look, struct canvas *canvas, struct path *path)
{
    struct pen pen = {canvas, path};

    path_clear(path);
    ground_draw(look, &pen);
    hair_draw_behind(look, &pen);
    clothes_draw(look, &pen);
    ears_draw(look, &pen);
    head_draw(look, &pen);
    face_draw(look, &pen);
    hair_draw_before(look, &pen);
    glasses_draw(look, &pen);
    if (look->ground == GROUND_DISC) {
        path_ellipse(path, 200, 200, 198, 198);
        canvas_crop(canvas, path);
        path_clear(path);
    }
}

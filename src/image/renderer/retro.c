/* SPDX-License-Identifier: MIT
 *
 * An invader from an arcade, on a dark screen. Top, head, body and legs are put
 * together from hand-made halves; the right half mirrors the left one.
 */
#include <stdbool.h>
#include <string.h>

#include "image/renderer/seed.h"
#include "image/renderer/sprite.h"
#include "image/renderer/styles.h"

#define HALF 6 /* columns; the last one is next to the middle */
#define MARGIN ((SPRITE_SIDE - 2 * HALF) / 2)
#define COUNT(table) (sizeof(table) / sizeof *(table))

/* '.' nothing, '#' the main tone, '+' its shade, '*' the accent, 'o' an eye's white, 'x' a hole
 * in which the screen is seen. */
typedef const char *rows3[3];
typedef const char *rows4[4];
typedef const char *rows2[2];

static const rows3 tops[] = {
    {"......", "......", "...###"}, {"....##", "...###", "..####"}, {"..#...", "..#...", "...#.."},
    {".#....", ".#....", "..##.."}, {"......", "..#..#", "..####"}, {".*....", "..#...", "...#.."},
    {".....*", ".....#", "...###"}, {".##...", ".###..", "..##.."}, {"*.....", ".#....", ".##..."},
    {"...*..", "...#..", "..####"}, {"..##..", "..##..", "...###"}, {"#....#", "##..##", ".#####"},
    {"......", ".#.#.#", ".#####"}, {".....*", "...#.#", "..####"}, {"##....", ".##...", "..##.."},
    {"...***", "...+++", "..####"},
};

static const rows4 heads[] = {
    {"..####", ".#####", ".#oo##", ".#####"}, {".#####", "######", "##oo##", "######"},
    {"..####", ".##o##", ".##o##", ".#####"}, {"..####", ".#####", "##xo##", "######"},
    {".#####", "##xx##", "##ox##", "######"}, {"..####", ".###oo", ".###ox", ".#####"},
    {".#####", "####oo", "####xo", ".#####"}, {"..####", ".#xx##", ".#xx##", ".#####"},
    {"..####", "#####+", "#xxo##", "######"}, {".#####", ".#xxxx", ".#xo*x", ".#####"},
    {".#####", "##oo##", "##ox##", ".#####"}, {"..####", ".#o##o", "######", "######"},
    {".#####", "##o#oo", "##x#xx", "######"}, {"..####", ".#ox##", ".#ox##", ".#####"},
};

static const rows2 bodies[] = {
    {".#####", "..####"}, {"######", "#.####"}, {"#.####", "#.####"}, {"..####", "..####"},
    {"##.###", "#..###"}, {".##xxx", "..####"}, {"######", ".#xx##"}, {"#.#xx#", "#.####"},
    {".#x#x#", "..####"}, {"..###x", "#.####"}, {"######", "##.#xx"}, {".#####", "#.#*##"},
};

static const rows3 legs[] = {
    {"..+..+", ".+..+.", "+....."}, {"..++..", ".++...", ".++..."}, {"..+.+.", ".+.+..", "+.+..."},
    {"...++.", "...++.", "..+++."}, {".++.++", "+...+.", ".+...."}, {"..++..", "...++.", "..++.."},
    {"..+...", ".+....", "..+..."}, {".+..++", ".+....", "......"}, {"+.+.+.", "+.+.+.", "......"},
    {"..++++", "...+++", "....++"}, {"..+..+", "..+..+", ".++..+"}, {".++++.", ".+..+.", "++.++."},
    {"..+.++", ".+..+.", ".+.++."}, {"...+.+", "..+.+.", ".+.+.+"}, {"..++++", "..*..*", "......"},
};

enum { SCREEN, MAIN, SHADE, ACCENT, WHITE, STAR };

#define STARS 7

static void put(struct sprite *s, unsigned row, const char *half)
{
    static const char letters[] = ".#+*o";

    for (unsigned i = 0; i < HALF; i++) {
        const char *letter = strchr(letters, half[i]);
        unsigned char cell = letter ? (unsigned char)(letter - letters) : SCREEN;

        s->cells[row][MARGIN + i] = cell;
        s->cells[row][SPRITE_SIDE - 1 - MARGIN - i] = cell;
    }
}

/* Turns cells of the main tone into shade, in rows below the eyes. */
static void speckle(struct sprite *s, struct choices *choices, unsigned from, unsigned to)
{
    for (unsigned row = from; row < to; row++)
        for (unsigned i = 0; i < HALF; i++) {
            unsigned char *left = &s->cells[row][MARGIN + i];

            if (*left != MAIN || !choose_whether(choices, 28))
                continue;
            *left = SHADE;
            s->cells[row][SPRITE_SIDE - 1 - MARGIN - i] = SHADE;
        }
}

static bool is_free(const struct sprite *s, size_t y, size_t x)
{
    for (size_t i = y > 0 ? y - 1 : 0; i <= y + 1 && i < SPRITE_SIDE; i++)
        for (size_t k = x > 0 ? x - 1 : 0; k <= x + 1 && k < SPRITE_SIDE; k++)
            if (s->cells[i][k] != SCREEN)
                return false;
    return true;
}

/* Wherever the invader leaves room for one. */
static void add_stars(struct sprite *s, struct choices *choices)
{
    for (unsigned i = 0; i < STARS; i++) {
        size_t y = choose(choices, 0, SPRITE_SIDE), x = choose(choices, 0, SPRITE_SIDE);

        if (is_free(s, y, x))
            s->cells[y][x] = STAR;
    }
}

static void colour(struct sprite *s, struct choices *choices)
{
    double hue = choose_between(choices, 0, 360);
    double accent = hue + choose_between(choices, 90, 270);
    double screen = choose_between(choices, 210, 350); /* cool: brown and olive look dirty */
    double light = choose_between(choices, 0.74, 0.86);

    s->colours[SCREEN] = colour_oklch(0.23, 0.055, screen);
    s->colours[MAIN] = colour_oklch(light, 0.17, hue);
    s->colours[SHADE] = colour_oklch(light - 0.2, 0.17, hue - 12);
    s->colours[ACCENT] = colour_oklch(0.85, 0.15, accent);
    s->colours[STAR] = colour_oklch(0.42, 0.06, screen);
    s->colours[WHITE] = colour_oklch(0.98, 0.01, hue);
}

Image *retro_draw(const unsigned char seed[RENDER_SEED_SIZE], uint32_t width, uint32_t height)
{
    struct choices choices = choices_of(seed);
    struct sprite s = {.cells = {{0}}};
    const char *const *top = tops[choose(&choices, 0, COUNT(tops))];
    const char *const *head = heads[choose(&choices, 0, COUNT(heads))];
    const char *const *body = bodies[choose(&choices, 0, COUNT(bodies))];
    const char *const *foot = legs[choose(&choices, 0, COUNT(legs))];

    for (unsigned i = 0; i < 3; i++)
        put(&s, MARGIN + i, top[i]);
    for (unsigned i = 0; i < 4; i++)
        put(&s, MARGIN + 3 + i, head[i]);
    for (unsigned i = 0; i < 2; i++)
        put(&s, MARGIN + 7 + i, body[i]);
    for (unsigned i = 0; i < 3; i++)
        put(&s, MARGIN + 9 + i, foot[i]);
    speckle(&s, &choices, MARGIN + 6, MARGIN + 9);
    add_stars(&s, &choices);
    colour(&s, &choices);
    return sprite_paint(width, height, &s);
}

/* SPDX-License-Identifier: MIT
 *
 * A small adventurer, in large pixels: body, face, beard, hair or helmet, what the left
 * hand holds and what the right one does are laid one on another, and a dark line is
 * drawn round all of it.
 */
#include <stdbool.h>
#include <string.h>

#include "image/renderer/seed.h"
#include "image/renderer/sprite.h"
#include "image/renderer/styles.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

enum { GROUND, LINE, SKIN, BLUSH, HAIR, METAL, STEEL, CLOTH, FOLD, TRIM, WOOD, EYE, GLOW, BONE };

/* In this order; '.' leaves what lies below. */
static const char letters[] = "_LsbhmMaAgweGW";

/* Its upper left corner, and rows. */
struct part {
    unsigned char x, y;
    const char *rows[14];
};

/* Hands are at the ends of the fourth row. */
static const struct part bodies[] = {
    {3, 9, {".aaaaaa.", "aammmmaa", "aaMmmMaa", "sAgggGAs", "..AAAA..", "..w..w.."}},
    {3, 9, {".aaaaaa.", "aaaggaaa", "aaaaaaaa", "swwggwws", "..AAAA..", "..w..w.."}},
    {3, 9, {".mMmMmM.", "mMmMmMmM", "MmMmMmMm", "saaaaaas", "..aAAa..", "..M..M.."}},
    {3, 9, {".aaggaa.", "aaaggaaa", "AaaggaaA", "saaggaas", ".aaggaa.", ".AAggAA."}},
    {3, 9, {".swaaas.", "ssawaass", "ssaawass", "swwwwgws", "..AAAA..", "..w..w.."}},
    {3, 9, {".aaaggg.", "maaagggm", "mgggaaam", "sgggaaas", "..ggaa..", "..M..M.."}},
    {3, 9, {"mmmaammm", "mMaggaMm", ".AaggaA.", "sswggwss", "..AAAA..", "..M..M.."}},
    {2, 9, {"..aaaaaa..", ".AawggwaA.", ".AawwwwaA.", "AsswwgwssA", "AA.wwww.AA", "A..w..w..A"}},
    {3, 9, {".GaaaaG.", "aaGaaGaa", "AaaGGaaA", "saaaaaas", ".aAaaAa.", ".AAaaAA."}},
    {3, 9, {".mmmmmm.", "MmmggmmM", "mmmmmmmm", "MMMggMMM", "..MmmM..", "..M..M.."}},
    {3, 9, {".wwwwww.", "awwggwwa", "aawwwwaa", "swwggwws", "..aaaa..", "..w..w.."}},
    {3, 9, {".aagsaa.", "aaagsaaa", "AaaagaaA", "sgggggGs", "..AAAA..", "..s..s.."}},
};

/* The eyes are in the third and fourth row. */
static const struct part faces[] = {
    {3, 3, {".ssssss.", "ssssssss", "ssessess", "ssessess", "sbssssbs", ".ssssss."}},
    {3, 3, {".ssssss.", "ssssssss", "ssessess", "ssessess", "ssssssss", ".ssbbss."}},
    {3, 3, {".ssssss.", "shhsshhs", "ssessess", "ssessess", "ssssssss", ".sbbbbs."}},
    {3, 3, {".ssssss.", "ssssssss", "ssessess", "ssessess", "sssbbsss", ".ssssss."}},
    {3, 3, {".ssssss.", "ssssssss", "sWessWes", "sWessWes", "ssssssss", ".ssbbss."}},
};

#define BEARDS_NONE 4 /* as likely as so many of the others */
static const struct part beards[] = {
    {3, 6, {"h......h", "hhhbbhhh", "hhhhhhhh", ".hhhhhh.", "..hhhh.."}},
    {3, 7, {"..hhhh..", ".h.bb.h."}},
    {3, 8, {".hhhhhh.", "...hh..."}},
    {3, 6, {"h......h", "hh.hh.hh", "hhhhhhhh", ".hh..hh."}},
    {3, 7, {"..hhhh..", "..hbbh..", "...hh..."}},
};

static const struct part hats[] = {
    /* hair */
    {3, 1, {".hhhhhh.", "hhhhhhhh", "hhhhhhhh", "h......h"}},
    {3, 1, {".hhhhhh.", "hhhhhhhh", "hhhhhhhh", "hh....hh", "h......h", "h......h", "h......h",
            "hh....hh", "h......h"}},
    {3, 1, {"...hh...", "..hhhh..", "...hh...", "...hh..."}},
    {3, 1, {".h.hh.h.", "hhhhhhhh", "hh.hh.hh", "h......h"}},
    {3, 1, {".hhhhhh.", "hhhhhhhh", "hhhhhh.h", "hhh....h", "h......h"}},
    {2, 1, {".hh....hh.", "hhhhhhhhhh", "hhhhhhhhhh", ".hh....hh.", ".h......h."}},
    {3, 1, {".hhhhhh.", "hhhhhhhh", "gggggggg", "h......h", "h......h", "h......h"}},
    {3, 1, {"..hhhh..", "..hhhh..", ".hhhhhh.", "hhhhhhhh", "h......h"}},
    /* helmets */
    {3, 1, {".mmmmmm.", "mmmggmmm", "mmmggmmm", "MMMggMMM", "mLGLLGLm", "mMLLLLMm", "mmmLLmmm",
            ".mMLLMm."}},
    {3, 2, {"mmmmmmmm", "mgmmmmgm", "MMMMMMMM", "mLGLLGLm", "MMMMMMMM", "mLmLmLmm", "mmmmmmmm"}},
    {1, 1, {"W..........W", "WW.mmmmmm.WW", ".WmmmmmmmmW.", "..mggggggm.."}},
    {1, 1, {"W..........W", "WW.mmmmmm.WW", ".WmmmmmmmmW.", "..gggggggg..", "..m......m..",
            "..m......m.."}},
    {3, 1, {".mmmmmm.", "mmmmmmmm", "gggggggg", "m..mm..m", "m..mm..m", "m......m"}},
    {2, 1, {"....aaaa..", "..mmmaaaa.", ".mmmmmmaa.", ".MMMMMMMM.", ".m......m.", ".m......m."}},
    {2, 2, {"..mmmmmm..", ".mmmmmmmm.", "MMMMMMMMMM"}},
    {3, 1, {".mmggmm.", "mmmggmmm", "mMMMMMMm", "m......m", "m......m", "m......m", "MM....MM",
            ".MM..MM."}},
    /* hats and hoods */
    {1, 1, {".....aaA....", "....aaaaA...", "...gggggg...", "AAaaaaaaaaAA"}},
    {2, 1, {"..aaaaaa..", ".aaaaaaaa.", "aaaAAAAaaa", "aaA....Aaa", "aA......Aa", "aA......Aa",
            "aA......Aa", "aaA....Aaa", ".aa....aa."}},
    {3, 1, {"g..gg..g", "gggGGggg", "hhhhhhhh", "h......h", "h......h"}},
    {2, 1, {".......gg.", "..aaaagA..", ".aaaaaaaa.", "AAAAAAAAAA"}},
    {3, 1, {".aaaaaa..", "aaaaaaaa.", "gAgAgAgAg", "........g"}},
    {3, 1, {".aaaaaa.", "aaaaaaaa", "AAAAAAAA", "aa....aa", "a......a", "aaaaaaaa", "aAAAAAAa",
            ".aaaaaa."}},
    {2, 1, {"W..hhhh..W", "WWhhhhhhWW", ".hhhhhhhh.", ".h......h."}},
    {3, 1, {"..gggg..", ".aaaaaa.", "aaaaaaaa", "gggggggg"}},
};

#define LEFT_NONE 2
static const struct part left_hands[] = {
    {1, 9, {".gg.", "gaag", "gaag", ".gg."}},
    {1, 9, {"mmmm", "maam", "maam", ".mm."}},
    {1, 9, {"gag", "gag", "ggg", "gag", "gag"}},
    {1, 10, {".ww.", "wggw", ".ww."}},
    {1, 10, {"gg", "GG", "gg"}},
    {1, 10, {"aaa", "aWa", "aaa"}},
    {1, 8, {".G", "GG", "gw", ".w", ".w", ".w"}},
    {1, 9, {"mmmm", "mGGm", "mGGm", "mmmm", ".mm."}},
    {1, 9, {"MMMM", "MaaM", "MggM", "MaaM", ".MM."}},
};

/* They stand beside the hand, which reaches for them. */
#define RIGHT_NONE 1
static const struct part right_hands[] = {
    {12, 3, {".m.", ".m.", ".m.", ".m.", ".m.", ".m.", ".M.", ".M.", "ggg", ".w.", ".g."}},
    {12, 2, {".mM", ".mM", ".mM", ".mM", ".mM", ".mM", ".mM", ".mM", "ggg", ".w.", ".g."}},
    {13, 3, {"w.", "wm", "mm", "mm", "wm", "w", "w", "w", "w", "w", "w"}},
    {13, 1, {"m", "m", "M", "g", "w", "w", "w", "w", "w", "w", "w", "w", "w"}},
    {12, 2, {".G.", "GGG", "wGw", ".w.", ".w.", ".w.", ".w.", ".w.", ".w.", ".w.", ".w.", ".w."}},
    {12, 4, {"mmm", "mmm", "MMM", ".w.", ".w.", ".w.", ".w.", ".w.", ".w.", ".w."}},
    {12, 4, {"M.M", ".m.", "M.M", ".w.", ".w.", ".w.", ".w.", ".w.", ".w.", ".w."}},
    {12, 6, {"w..", ".w.", ".ww", "..w", "..w", ".ww", ".w.", "w.."}},
    {13, 9, {"G", "w", "w", "w", "w"}},
    {12, 7, {".m.", ".m.", ".M.", ".M.", "ggg", ".w."}},
    {12, 2, {"m.m", "m.m", "mmm", ".M.", ".w.", ".w.", ".w.", ".w.", ".w.", ".w.", ".w."}},
    {12, 3, {"..m", ".mm", ".mm", ".mM", ".mM", ".mM", ".m.", "ggg", ".w.", ".w."}},
    {12, 2, {"waa", "wga", "waa", "w.a", "w..", "w..", "w..", "w..", "w..", "w..", "w.."}},
    {12, 2, {".ww", "w.G", "w..", ".w.", ".w.", ".w.", ".w.", ".w.", ".w.", ".w.", ".w."}},
};

static const struct part reaching = {11, 12, {"ss"}};

static void lay(struct sprite *s, const struct part *part)
{
    for (unsigned i = 0; part->rows[i]; i++)
        for (unsigned k = 0; part->rows[i][k]; k++) {
            const char *letter = strchr(letters, part->rows[i][k]);

            if (letter)
                s->cells[part->y + i][part->x + k] = (unsigned char)(letter - letters);
        }
}

/* One part of a table, NULL if it is to be none. */
static const struct part *pick(struct choices *choices, const struct part *parts, size_t count,
                               size_t none)
{
    size_t i = choose(choices, 0, count + none);

    return i < count ? &parts[i] : NULL;
}

static bool drawn(const struct sprite *s, int y, int x)
{
    return y >= 0 && y < SPRITE_SIDE && x >= 0 && x < SPRITE_SIDE && s->cells[y][x] > LINE;
}

static void outline(struct sprite *s)
{
    for (int y = 0; y < SPRITE_SIDE; y++)
        for (int x = 0; x < SPRITE_SIDE; x++)
            if (s->cells[y][x] == GROUND && (drawn(s, y - 1, x) || drawn(s, y + 1, x) ||
                                             drawn(s, y, x - 1) || drawn(s, y, x + 1)))
                s->cells[y][x] = LINE;
}

/* What is held, set off from what lies below by a line of its own. */
static void hold(struct sprite *s, const struct part *part)
{
    static const struct sprite empty;
    struct sprite alone = empty;

    lay(&alone, part);
    outline(&alone);
    for (unsigned y = 0; y < SPRITE_SIDE; y++)
        for (unsigned x = 0; x < SPRITE_SIDE; x++)
            if (alone.cells[y][x] > LINE || (alone.cells[y][x] == LINE && s->cells[y][x] > LINE))
                s->cells[y][x] = alone.cells[y][x];
}

static void turn(struct sprite *s)
{
    for (unsigned y = 0; y < SPRITE_SIDE; y++)
        for (unsigned x = 0; x < SPRITE_SIDE / 2; x++) {
            unsigned char cell = s->cells[y][x];

            s->cells[y][x] = s->cells[y][SPRITE_SIDE - 1 - x];
            s->cells[y][SPRITE_SIDE - 1 - x] = cell;
        }
}

static void colour_person(struct sprite *s, struct choices *choices)
{
    static const uint32_t skins[][2] = {
        {0xfbd9bd, 0xe8a088}, {0xf2c29b, 0xd98f6c}, {0xdda577, 0xb9754c}, {0xb97f53, 0x91562f},
        {0x9c6842, 0x774728}, {0x7d5238, 0x5c3822}, {0x9fc46a, 0x6f9440}, {0xa6c3d6, 0x7696b4},
        {0xd9877a, 0xac544c},
    };
    static const uint32_t hairs[] = {0x39303a, 0x57382a, 0x7a4a25, 0xb5722e, 0xe0b04c,
                                     0xc4502c, 0xd9d9df, 0x8d93a0, 0x6a4fa8, 0x2f8f8a};
    static const uint32_t metals[][2] = {{0xd5dde6, 0x93a1b3}, {0xe8c15a, 0xb98828},
                                         {0xd19a6a, 0x99653f}, {0x8793a6, 0x5b6678},
                                         {0xb9e0dd, 0x70a6aa}};
    size_t skin = choose(choices, 0, COUNT(skins)), metal = choose(choices, 0, COUNT(metals));

    s->colours[SKIN] = colour_of(skins[skin][0]);
    s->colours[BLUSH] = colour_of(skins[skin][1]);
    s->colours[HAIR] = colour_of(hairs[choose(choices, 0, COUNT(hairs))]);
    s->colours[METAL] = colour_of(metals[metal][0]);
    s->colours[STEEL] = colour_of(metals[metal][1]);
    s->colours[EYE] = colour_of(0x1d1720);
    s->colours[BONE] = colour_of(0xf4ecd8);
    s->colours[WOOD] = colour_of(0xa9713f);
}

static void colour_cloth(struct sprite *s, struct choices *choices)
{
    double cloth = choose_between(choices, 0, 360);
    double trim = cloth + choose_between(choices, 100, 260);
    double ground = cloth + choose_between(choices, 120, 240);
    double light = choose_between(choices, 0.50, 0.62);

    s->colours[CLOTH] = colour_oklch(light, 0.16, cloth);
    s->colours[FOLD] = colour_oklch(light - 0.13, 0.13, cloth);
    s->colours[TRIM] = colour_oklch(0.84, 0.12, trim);
    s->colours[GLOW] = colour_oklch(0.92, 0.13, trim + 60);
    s->colours[GROUND] = colour_oklch(choose_between(choices, 0.78, 0.88), 0.06, ground);
    s->colours[LINE] = colour_oklch(0.24, 0.04, cloth);
}

Image *pagan_draw(const unsigned char seed[RENDER_SEED_SIZE], uint32_t width, uint32_t height)
{
    struct choices choices = choices_of(seed);
    struct sprite s = {.cells = {{0}}};
    const struct part *part;

    lay(&s, pick(&choices, bodies, COUNT(bodies), 0));
    lay(&s, pick(&choices, faces, COUNT(faces), 0));
    part = pick(&choices, beards, COUNT(beards), BEARDS_NONE);
    if (part)
        lay(&s, part);
    lay(&s, pick(&choices, hats, COUNT(hats), 0));
    part = pick(&choices, left_hands, COUNT(left_hands), LEFT_NONE);
    if (part)
        hold(&s, part);
    part = pick(&choices, right_hands, COUNT(right_hands), RIGHT_NONE);
    if (part) {
        hold(&s, part);
        lay(&s, &reaching);
    }
    outline(&s);
    if (choose_whether(&choices, 50))
        turn(&s);
    colour_person(&s, &choices);
    colour_cloth(&s, &choices);
    return sprite_paint(width, height, &s);
}

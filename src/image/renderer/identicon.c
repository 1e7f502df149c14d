/* SPDX-License-Identifier: MIT
 *
 * A picture for whom there is none: an ornament of a few tiles, with the symmetries
 * of the square, in two tones of one or two hues on a light ground.
 *
 * Four by four tiles, of which the seed chooses three: the corner, its neighbour
 * at the edge, and the one at the centre. Mirrored at the middles and the diagonals
 * they make the whole, so that even random shapes look composed. Tiles and margin
 * are sixteenths of the side: whole pixels at the sizes that are asked for most. The
 * margin keeps the ornament within the circle that pages like to cut out.
 *
 * A row that crosses a tile is covered by its shape over one span at most. A pixel's
 * colour comes from the exact lengths of these spans on SUBROWS rows through it, so
 * tiles of one colour that touch leave no seam between them.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image/renderer/canvas.h"
#include "image/renderer/seed.h"
#include "image/renderer/styles.h"
#include "image/renderer/tint.h"

#define MARGIN (2.0 / 16) /* of the square's side */
#define SUBROWS 16

/* In a tile of side 1, stretched where the tile is no square. */
enum shape {
    SHAPE_NONE,
    SHAPE_SQUARE,
    SHAPE_QUARTER,  /* of a disc, its centre in the lower right corner */
    SHAPE_RING,     /* the same with a smaller quarter cut out */
    SHAPE_TRIANGLE, /* the half towards the lower right corner */
    SHAPE_SPIKE,    /* what a quarter leaves of the square */
    SHAPE_LEAF,     /* from the upper left to the lower right corner */
    SHAPE_DROP,     /* a disc with a pointed lower right corner */
    SHAPE_DISC,     /* a little smaller, so that it stands alone */
    SHAPE_DIAMOND,
    /* Each of these is followed by what it becomes when x and y change places. */
    SHAPE_ARCH, /* round above, square below */
    SHAPE_ARCH_LYING,
    SHAPE_DOME, /* half a disc on the lower side */
    SHAPE_DOME_LYING,
    SHAPE_WEDGE, /* on the lower side, its point in the middle of the upper one */
    SHAPE_WEDGE_LYING,
    SHAPE_BAR, /* the lower half */
    SHAPE_BAR_LYING,
};

struct tile {
    enum shape shape;
    bool flip_x, flip_y;
};

/* What the seed has decided. */
struct ornament {
    const struct layout *layout;
    struct tile corner, edge, centre;
    unsigned corner_tone, edge_tone, centre_tone; /* into `tones` */
    struct colour ground, tones[2];
};

struct span {
    double from, to; /* empty unless from < to */
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

/* Corners are round or slight: whatever is cut off by a circle is missed least. Large
 * ones are not left empty. */
#define CORNERS_PRESENT 1
static const struct tile corners[] = {
    {SHAPE_NONE, 0, 0},     {SHAPE_QUARTER, 0, 0},  {SHAPE_QUARTER, 0, 0},  {SHAPE_QUARTER, 1, 1},
    {SHAPE_RING, 0, 0},     {SHAPE_RING, 1, 1},     {SHAPE_LEAF, 0, 0},     {SHAPE_LEAF, 1, 0},
    {SHAPE_TRIANGLE, 0, 0}, {SHAPE_DROP, 0, 0},     {SHAPE_DISC, 0, 0},     {SHAPE_DIAMOND, 0, 0},
};

/* As seen in the upper row, left of the middle. Flat tiles have no room for the
 * first ones, narrow ones none for the last, which two side by side do not join. */
#define EDGES_FINE 12
#define EDGES_JOINING 29
static const struct tile edges[] = {
    {SHAPE_RING, 0, 0},        {SHAPE_RING, 0, 1},        {SHAPE_RING, 1, 0},
    {SHAPE_RING, 1, 1},        {SHAPE_SPIKE, 0, 0},       {SHAPE_SPIKE, 0, 1},
    {SHAPE_SPIKE, 1, 0},       {SHAPE_SPIKE, 1, 1},       {SHAPE_DROP, 0, 0},
    {SHAPE_DROP, 0, 1},        {SHAPE_DROP, 1, 0},        {SHAPE_DROP, 1, 1},
    {SHAPE_SQUARE, 0, 0},      {SHAPE_QUARTER, 0, 0},     {SHAPE_QUARTER, 0, 1},
    {SHAPE_QUARTER, 1, 0},     {SHAPE_QUARTER, 1, 1},     {SHAPE_TRIANGLE, 0, 0},
    {SHAPE_TRIANGLE, 0, 1},    {SHAPE_TRIANGLE, 1, 0},    {SHAPE_TRIANGLE, 1, 1},
    {SHAPE_LEAF, 0, 0},        {SHAPE_LEAF, 1, 0},        {SHAPE_ARCH_LYING, 0, 0},
    {SHAPE_DOME_LYING, 0, 0},  {SHAPE_WEDGE_LYING, 0, 0}, {SHAPE_BAR, 0, 0},
    {SHAPE_BAR, 0, 1},         {SHAPE_BAR_LYING, 0, 0},   {SHAPE_ARCH_LYING, 1, 0},
    {SHAPE_DOME_LYING, 1, 0},  {SHAPE_WEDGE_LYING, 1, 0}, {SHAPE_ARCH, 0, 0},
    {SHAPE_ARCH, 0, 1},        {SHAPE_DOME, 0, 0},        {SHAPE_DOME, 0, 1},
    {SHAPE_WEDGE, 0, 0},       {SHAPE_WEDGE, 0, 1},       {SHAPE_DISC, 0, 0},
    {SHAPE_DIAMOND, 0, 0},
};

/* The upper left one of four. A square is plain enough for the small ones only;
 * these have no room for the last, which four of a kind do not join. */
#define CENTRES_PLAIN 1
#define CENTRES_JOINING 9
static const struct tile centres[] = {
    {SHAPE_SQUARE, 0, 0},   {SHAPE_QUARTER, 0, 0},  {SHAPE_QUARTER, 1, 1},  {SHAPE_RING, 0, 0},
    {SHAPE_RING, 1, 1},     {SHAPE_SPIKE, 0, 0},    {SHAPE_SPIKE, 1, 1},    {SHAPE_TRIANGLE, 0, 0},
    {SHAPE_DROP, 0, 0},     {SHAPE_TRIANGLE, 1, 1}, {SHAPE_DROP, 1, 1},     {SHAPE_LEAF, 0, 0},
    {SHAPE_LEAF, 1, 0},     {SHAPE_DISC, 0, 0},     {SHAPE_DIAMOND, 0, 0},
};

/* How the half of a side is shared out between the outer and the inner tiles, in
 * parts of the square's side, and which of the tables above fit in there. */
static const struct layout {
    double outer, inner;
    size_t corners_from, edges_from, edges_to, centres_from, centres_to;
} layouts[] = {
    {3.0 / 16, 3.0 / 16, 0, 0, COUNT(edges), CENTRES_PLAIN, COUNT(centres)},
    {2.0 / 16, 4.0 / 16, 0, EDGES_FINE, COUNT(edges), CENTRES_PLAIN, COUNT(centres)},
    {4.0 / 16, 2.0 / 16, CORNERS_PRESENT, 0, EDGES_JOINING, 0, CENTRES_JOINING},
};

/* Which of corner, edge and centre have the second tone. The first keeps most of
 * the picture. */
static const unsigned char divisions[][3] = {
    {0, 0, 0}, {0, 0, 1}, {1, 0, 0}, {0, 1, 0}, {1, 0, 1},
};

/* Eighteen hues around OKLCH's circle, closer where people tell them apart better,
 * each as a light ground, a vivid tone and a deep one. The vivid tone is as light
 * as a contrast of 3.25 to its ground permits (WCAG 2.2, 1.4.11 asks for 3); every
 * deep tone has more than 8 to every ground. A vivid tone goes with the deep tones
 * of its own hue and of two others, a neighbour's and an opposite's. */
static const struct {
    uint32_t ground, vivid, deep;
    unsigned char companions[3];
} hues[] = {
    {0xfeeff2, 0xe5517c, 0x751f3a, {0, 16, 12}},  {0xfef0ef, 0xe75157, 0x772025, {1, 17, 11}},
    {0xfef0ec, 0xe55828, 0x762406, {2, 0, 12}},   {0xfff0e7, 0xd26a01, 0x6a3201, {3, 1, 13}},
    {0xfcf2e5, 0xb87803, 0x5e3b01, {4, 2, 14}},   {0xf8f3e5, 0xa18308, 0x534201, {5, 3, 15}},
    {0xf1f6e7, 0x769201, 0x3c4b02, {6, 8, 16}},   {0xecf7eb, 0x2b9b21, 0x10520b, {7, 9, 15}},
    {0xe9f8ef, 0x099a65, 0x025133, {8, 10, 17}},  {0xe6f8f4, 0x0b9886, 0x054f45, {9, 11, 0}},
    {0xe5f8f9, 0x05959d, 0x044e52, {10, 12, 1}},  {0xe6f7fe, 0x0492ba, 0x044b61, {11, 13, 2}},
    {0xebf5fe, 0x028cdf, 0x024774, {12, 14, 0}},  {0xeef4ff, 0x4e81f7, 0x213f83, {13, 15, 17}},
    {0xf1f2fe, 0x7c76f6, 0x3c3781, {14, 12, 0}},  {0xf5f1fe, 0x9f6cea, 0x4f3079, {15, 13, 9}},
    {0xfaeffc, 0xbc60d0, 0x5f296b, {16, 14, 10}}, {0xfeeef7, 0xd756a9, 0x6d2253, {17, 15, 11}},
};

/* One statement for each choice, since their order counts. */
static struct ornament compose(const unsigned char seed[RENDER_SEED_SIZE])
{
    struct choices choices = choices_of(seed);
    size_t hue = choose(&choices, 0, COUNT(hues));
    size_t companion = choose(&choices, 0, COUNT(hues[hue].companions));
    const unsigned char *tones = divisions[choose(&choices, 0, COUNT(divisions))];
    struct ornament o = {
        .layout = &layouts[choose(&choices, 0, COUNT(layouts))],
        .corner_tone = tones[0],
        .edge_tone = tones[1],
        .centre_tone = tones[2],
        .ground = colour_of(hues[hue].ground),
        .tones = {colour_of(hues[hue].vivid), colour_of(hues[hues[hue].companions[companion]].deep)},
    };

    o.corner = corners[choose(&choices, o.layout->corners_from, COUNT(corners))];
    o.edge = edges[choose(&choices, o.layout->edges_from, o.layout->edges_to)];
    o.centre = centres[choose(&choices, o.layout->centres_from, o.layout->centres_to)];
    return o;
}

/* Half the chord of a circle at this distance from its centre. */
static double chord(double radius, double distance)
{
    double square = radius * radius - distance * distance;

    return square > 0 ? sqrt(square) : 0;
}

static struct span shape_span(enum shape shape, double y)
{
    double low = 1 - y, middle = fabs(y - 0.5);

    switch (shape) {
    case SHAPE_NONE:
        break;
    case SHAPE_SQUARE:
        return (struct span){0, 1};
    case SHAPE_QUARTER:
        return (struct span){1 - chord(1, low), 1};
    case SHAPE_RING:
        return (struct span){1 - chord(1, low), 1 - chord(0.5, low)};
    case SHAPE_TRIANGLE:
        return (struct span){low, 1};
    case SHAPE_SPIKE:
        return (struct span){0, 1 - chord(1, low)};
    case SHAPE_LEAF:
        return (struct span){1 - chord(1, y), chord(1, low)};
    case SHAPE_DROP:
        return (struct span){0.5 - chord(0.5, middle), y < 0.5 ? 0.5 + chord(0.5, middle) : 1};
    case SHAPE_DISC:
        return (struct span){0.5 - chord(0.42, middle), 0.5 + chord(0.42, middle)};
    case SHAPE_DIAMOND:
        return (struct span){middle, 1 - middle};
    case SHAPE_ARCH:
        return y < 0.5 ? (struct span){0.5 - chord(0.5, middle), 0.5 + chord(0.5, middle)}
                       : (struct span){0, 1};
    case SHAPE_ARCH_LYING:
        return (struct span){0.5 - chord(0.5, middle), 1};
    case SHAPE_DOME:
        return (struct span){0.5 - chord(0.5, low), 0.5 + chord(0.5, low)};
    case SHAPE_DOME_LYING:
        return (struct span){1 - chord(0.5, middle), 1};
    case SHAPE_WEDGE:
        return (struct span){0.5 - y / 2, 0.5 + y / 2};
    case SHAPE_WEDGE_LYING:
        return (struct span){2 * middle, 1};
    case SHAPE_BAR:
        return (struct span){0, y < 0.5 ? 0 : 1};
    case SHAPE_BAR_LYING:
        return (struct span){0.5, 1};
    }
    return (struct span){0, 0};
}

static struct span tile_span(struct tile tile, double y)
{
    struct span s = shape_span(tile.shape, tile.flip_y ? 1 - y : y);

    return tile.flip_x ? (struct span){1 - s.to, 1 - s.from} : s;
}

/* Mirrored at the diagonal from the upper left. */
static struct tile transpose(struct tile tile)
{
    struct tile t = {tile.shape, tile.flip_y, tile.flip_x};

    if (tile.shape >= SHAPE_ARCH)
        t.shape = (tile.shape - SHAPE_ARCH) % 2 == 0 ? tile.shape + 1 : tile.shape - 1;
    return t;
}

/* The square that the ornament is laid out in, and a row of pixels through it.
 * For each tone there is what of each pixel it covers, kept as differences from
 * the pixel before, so that a span costs the same however long it is. */
struct strip {
    double width, height; /* of the picture */
    double side;          /* of the square in its middle */
    double *tones[2];     /* width + 1 each */
};

/* From x on all is covered: the pixel in which x lies is so in part. */
static void add_step(double *covered, double x, double weight)
{
    size_t pixel = (size_t)x;
    double part = x - (double)pixel;

    covered[pixel] += weight * (1 - part);
    covered[pixel + 1] += weight * part;
}

/* A tile of the left half, `left` and `width` in parts of the square's side, and
 * its mirror image in the right one. */
static void add_tile(struct strip *strip, unsigned tone, struct tile tile, double left,
                     double width, double y)
{
    struct span s = tile_span(tile, y);
    double edge = (strip->width - strip->side) / 2;
    double from = edge + strip->side * (left + width * s.from);
    double to = edge + strip->side * (left + width * s.to);
    const double weight = 1.0 / SUBROWS;

    if (s.from >= s.to)
        return;
    add_step(strip->tones[tone], from, weight);
    add_step(strip->tones[tone], to, -weight);
    add_step(strip->tones[tone], strip->width - to, weight);
    add_step(strip->tones[tone], strip->width - from, -weight);
}

static void cover_row(struct strip *strip, const struct ornament *o, uint32_t row)
{
    const double outer = o->layout->outer, inner = o->layout->inner;

    for (unsigned i = 0; i < SUBROWS; i++) {
        double y = row + (i + 0.5) / SUBROWS - (strip->height - strip->side) / 2;
        double nearer = y < strip->side / 2 ? y : strip->side - y; /* of the two edges */
        double depth = nearer / strip->side - MARGIN;

        if (depth >= outer) {
            y = (depth - outer) / inner;
            add_tile(strip, o->edge_tone, transpose(o->edge), MARGIN, outer, y);
            add_tile(strip, o->centre_tone, o->centre, MARGIN + outer, inner, y);
        } else if (depth >= 0) {
            y = depth / outer;
            add_tile(strip, o->corner_tone, o->corner, MARGIN, outer, y);
            add_tile(strip, o->edge_tone, o->edge, MARGIN + outer, inner, y);
        }
    }
}

static Quantum blend(unsigned char ground, unsigned char first, unsigned char second,
                     const double parts[2])
{
    double mixed = ground + (first - ground) * parts[0] + (second - ground) * parts[1];

    return (Quantum)((unsigned)(mixed + 0.5) * 257u);
}

/* The right half repeats the left one, so that no rounding tells them apart. */
static void paint_row(const struct strip *strip, const struct ornament *o, PixelPacket *pixels)
{
    size_t width = (size_t)strip->width;
    double parts[2] = {0, 0};

    for (size_t x = 0; x < (width + 1) / 2; x++) {
        const struct colour *first = &o->tones[0], *second = &o->tones[1];

        parts[0] += strip->tones[0][x];
        parts[1] += strip->tones[1][x];
        pixels[x] = (PixelPacket){
            .red = blend(o->ground.red, first->red, second->red, parts),
            .green = blend(o->ground.green, first->green, second->green, parts),
            .blue = blend(o->ground.blue, first->blue, second->blue, parts),
            .opacity = OpaqueOpacity,
        };
        pixels[width - 1 - x] = pixels[x];
    }
}

static bool paint(Image *image, struct strip *strip, const struct ornament *o)
{
    for (unsigned long y = 0; y < image->rows; y++) {
        unsigned long below = image->rows - 1 - y;
        PixelPacket *pixels = SetImagePixels(image, 0, (long)y, image->columns, 1);

        if (!pixels)
            return false;
        for (int i = 0; i < 2; i++)
            memset(strip->tones[i], 0, (image->columns + 1) * sizeof *strip->tones[i]);
        cover_row(strip, o, (uint32_t)(y < below ? y : below));
        paint_row(strip, o, pixels);
        if (SyncImagePixels(image) != MagickPass)
            return false;
    }
    return true;
}

Image *identicon_draw(const unsigned char seed[RENDER_SEED_SIZE], uint32_t width, uint32_t height)
{
    const struct ornament ornament = compose(seed);
    double *cover = malloc(2 * ((size_t)width + 1) * sizeof *cover);
    Image *image = canvas_image(width, height);
    struct strip strip = {
        .width = width,
        .height = height,
        .side = width < height ? width : height,
    };
    bool ok = cover && image;

    if (ok) {
        strip.tones[0] = cover;
        strip.tones[1] = cover + width + 1;
        ok = paint(image, &strip, &ornament);
    }
    if (!ok && image) {
        DestroyImage(image);
        image = NULL;
    }
    free(cover);
    return image;
}

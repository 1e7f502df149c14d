/* SPDX-License-Identifier: MIT
 *
 * Each pixel row is cut into SLICES lines. On each line the crossings of the
 * path's edges are sorted and walked with a winding count; what lies inside is
 * added to the row's coverage with exact fractions at both ends. That is smooth
 * in every direction and needs no more memory than one row.
 */
#include "canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLICES 16
#define CROSSINGS_MAX 1024
#define CURVE_PIECES 24

struct crossing {
    float x;
    int winding;
};

struct edge {
    float x0, y0, x1, y1; /* pixels; y0 < y1 */
    int winding;
};

struct canvas *canvas_new(unsigned side)
{
    struct canvas *canvas = calloc(1, sizeof *canvas);
    if (canvas == NULL)
        return NULL;
    size_t pixels = (size_t)side * side;
    canvas->side = side;
    canvas->rgba = calloc(pixels * 4, sizeof *canvas->rgba);
    canvas->clip = calloc(pixels, sizeof *canvas->clip);
    canvas->row = calloc((size_t)side + 2, sizeof *canvas->row);
    if (canvas->rgba == NULL || canvas->clip == NULL || canvas->row == NULL) {
        canvas_free(canvas);
        return NULL;
    }
    return canvas;
}

void canvas_free(struct canvas *canvas)
{
    if (canvas == NULL)
        return;
    free(canvas->rgba);
    free(canvas->clip);
    free(canvas->row);
    free(canvas);
}

void path_clear(struct path *path)
{
    path->point_count = 0;
    path->contour_count = 0;
}

void path_line(struct path *path, float x, float y)
{
    if (path->point_count == PATH_POINTS_MAX || path->contour_count == 0)
        abort();
    path->points[path->point_count++] = (struct point){x, y};
}

void path_move(struct path *path, float x, float y)
{
    if (path->contour_count == PATH_CONTOURS_MAX)
        abort();
    path->starts[path->contour_count++] = path->point_count;
    path_line(path, x, y);
}

static struct point cubic_at(struct point a, struct point b, struct point c, struct point d,
                             float t)
{
    float s = 1.0f - t;
    float wa = s * s * s;
    float wb = 3.0f * s * s * t;
    float wc = 3.0f * s * t * t;
    float wd = t * t * t;
    return (struct point){wa * a.x + wb * b.x + wc * c.x + wd * d.x,
                          wa * a.y + wb * b.y + wc * c.y + wd * d.y};
}

void path_cubic(struct path *path, float x1, float y1, float x2, float y2, float x, float y)
{
    if (path->point_count == 0)
        abort();
    struct point a = path->points[path->point_count - 1];
    struct point b = {x1, y1};
    struct point c = {x2, y2};
    struct point d = {x, y};
    for (int i = 1; i <= CURVE_PIECES; i++) {
        struct point p = cubic_at(a, b, c, d, (float)i / CURVE_PIECES);
        path_line(path, p.x, p.y);
    }
}

void path_ellipse(struct path *path, float cx, float cy, float rx, float ry)
{
    const int pieces = 64;
    for (int i = 0; i < pieces; i++) {
        float angle = 2.0f * (float)M_PI * (float)i / (float)pieces;
        float x = cx + rx * cosf(angle);
        float y = cy + ry * sinf(angle);
        if (i == 0)
            path_move(path, x, y);
        else
            path_line(path, x, y);
    }
}

void path_round_rect(struct path *path, float x, float y, float w, float h, float radius)
{
    const float k = 0.5523f * radius; /* a cubic's handle for a quarter circle */
    float r = x + w;
    float b = y + h;
    path_move(path, x + radius, y);
    path_line(path, r - radius, y);
    path_cubic(path, r - radius + k, y, r, y + radius - k, r, y + radius);
    path_line(path, r, b - radius);
    path_cubic(path, r, b - radius + k, r - radius + k, b, r - radius, b);
    path_line(path, x + radius, b);
    path_cubic(path, x + radius - k, b, x, b - radius + k, x, b - radius);
    path_line(path, x, y + radius);
    path_cubic(path, x, y + radius - k, x + radius - k, y, x + radius, y);
}

/* The point at t on the spline's piece from b to c, with neighbours a and d. */
static struct point spline_at(struct point a, struct point b, struct point c, struct point d,
                              float t)
{
    const float tension = 1.0f / 6.0f;
    struct point first = {b.x + (c.x - a.x) * tension, b.y + (c.y - a.y) * tension};
    struct point second = {c.x - (d.x - b.x) * tension, c.y - (d.y - b.y) * tension};
    return cubic_at(b, first, second, c, t);
}

void path_blob(struct path *path, const struct point *points, unsigned count)
{
    const int pieces = 12;
    for (unsigned i = 0; i < count; i++) {
        struct point a = points[(i + count - 1) % count];
        struct point b = points[i];
        struct point c = points[(i + 1) % count];
        struct point d = points[(i + 2) % count];
        for (int j = 0; j < pieces; j++) {
            struct point p = spline_at(a, b, c, d, (float)j / (float)pieces);
            if (i == 0 && j == 0)
                path_move(path, p.x, p.y);
            else
                path_line(path, p.x, p.y);
        }
    }
}

/* One straight, round-ended piece. Each contour turns the same way, so that
 * pieces which overlap add up under the non-zero rule. */
static void stroke_piece(struct path *path, struct point p, float rp, struct point q, float rq)
{
    float dx = q.x - p.x;
    float dy = q.y - p.y;
    float length = sqrtf(dx * dx + dy * dy);
    const int pieces = 20;

    for (int i = 0; i < pieces; i++) {
        float angle = 2.0f * (float)M_PI * (float)i / (float)pieces;
        float x = q.x + rq * cosf(angle);
        float y = q.y + rq * sinf(angle);
        if (i == 0)
            path_move(path, x, y);
        else
            path_line(path, x, y);
    }
    if (length < 1e-4f)
        return;
    float nx = -dy / length;
    float ny = dx / length;
    path_move(path, p.x - nx * rp, p.y - ny * rp);
    path_line(path, q.x - nx * rq, q.y - ny * rq);
    path_line(path, q.x + nx * rq, q.y + ny * rq);
    path_line(path, p.x + nx * rp, p.y + ny * rp);
}

void path_stroke(struct path *path, const struct point *points, unsigned count, float from,
                 float to)
{
    const unsigned pieces = 10;
    unsigned total = (count - 1) * pieces;
    struct point last = points[0];
    float last_radius = from / 2.0f;

    stroke_piece(path, last, last_radius, last, last_radius);
    for (unsigned i = 1; i <= total; i++) {
        unsigned at = (i - 1) / pieces;
        float t = (float)(i - at * pieces) / (float)pieces;
        struct point a = points[at == 0 ? 0 : at - 1];
        struct point d = points[at + 2 < count ? at + 2 : count - 1];
        struct point p = spline_at(a, points[at], points[at + 1], d, t);
        float radius = (from + (to - from) * (float)i / (float)total) / 2.0f;
        stroke_piece(path, last, last_radius, p, radius);
        last = p;
        last_radius = radius;
    }
}

void path_mirror(struct path *path)
{
    for (unsigned i = 0; i < path->point_count; i++)
        path->points[i].x = CANVAS_UNITS - path->points[i].x;
}

void path_hole(struct path *path)
{
    if (path->contour_count == 0)
        return;
    unsigned i = path->starts[path->contour_count - 1];
    unsigned j = path->point_count - 1;
    for (; i < j; i++, j--) {
        struct point swap = path->points[i];
        path->points[i] = path->points[j];
        path->points[j] = swap;
    }
}

struct paint paint_flat(uint32_t colour, float alpha)
{
    return (struct paint){.kind = PAINT_FLAT, .from = colour, .to = colour,
                          .from_alpha = alpha, .to_alpha = alpha};
}

struct paint paint_linear(struct point a, uint32_t from, struct point b, uint32_t to)
{
    return (struct paint){.kind = PAINT_LINEAR, .from = from, .to = to, .from_alpha = 1.0f,
                          .to_alpha = 1.0f, .a = a, .b = b};
}

struct paint paint_glow(struct point centre, float radius, uint32_t colour, float alpha)
{
    return (struct paint){.kind = PAINT_RADIAL, .from = colour, .to = colour,
                          .from_alpha = alpha, .to_alpha = 0.0f, .a = centre,
                          .b = {centre.x + radius, centre.y}};
}

static float channel(uint32_t colour, int shift)
{
    return (float)((colour >> shift) & 0xffu) / 255.0f;
}

uint32_t colour_mix(uint32_t first, uint32_t second, float amount)
{
    uint32_t mixed = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        float value = channel(first, shift) * (1.0f - amount) + channel(second, shift) * amount;
        mixed |= (uint32_t)lrintf(value * 255.0f) << shift;
    }
    return mixed;
}

/* How far along the paint's way the point lies, 0..1. */
static float paint_position(const struct paint *paint, float x, float y)
{
    float dx = paint->b.x - paint->a.x;
    float dy = paint->b.y - paint->a.y;
    float px = x - paint->a.x;
    float py = y - paint->a.y;
    float square = dx * dx + dy * dy;
    float t = 0.0f;
    if (paint->kind == PAINT_LINEAR && square > 0.0f)
        t = (px * dx + py * dy) / square;
    else if (paint->kind == PAINT_RADIAL && square > 0.0f)
        t = sqrtf((px * px + py * py) / square);
    return t < 0.0f ? 0.0f : t > 1.0f ? 1.0f : t;
}

static void paint_pixel(float *pixel, const struct paint *paint, float x, float y, float cover)
{
    float t = paint_position(paint, x, y);
    float alpha = (paint->from_alpha + (paint->to_alpha - paint->from_alpha) * t) * cover;
    for (int i = 0; i < 3; i++) {
        int shift = 16 - 8 * i;
        float from = channel(paint->from, shift);
        float value = from + (channel(paint->to, shift) - from) * t;
        pixel[i] = value * alpha + pixel[i] * (1.0f - alpha);
    }
    pixel[3] = alpha + pixel[3] * (1.0f - alpha);
}

static struct edge *path_edges(const struct path *path, float scale, size_t *count)
{
    static struct edge edges[PATH_POINTS_MAX];
    size_t used = 0;
    for (unsigned c = 0; c < path->contour_count; c++) {
        unsigned first = path->starts[c];
        unsigned end = c + 1 < path->contour_count ? path->starts[c + 1] : path->point_count;
        for (unsigned i = first; i < end; i++) {
            struct point p = path->points[i];
            struct point q = path->points[i + 1 < end ? i + 1 : first];
            if (p.y < q.y)
                edges[used++] = (struct edge){p.x * scale, p.y * scale, q.x * scale,
                                              q.y * scale, 1};
            else if (p.y > q.y)
                edges[used++] = (struct edge){q.x * scale, q.y * scale, p.x * scale,
                                              p.y * scale, -1};
        }
    }
    *count = used;
    return edges;
}

static int crossing_order(const void *a, const void *b)
{
    float x = ((const struct crossing *)a)->x;
    float y = ((const struct crossing *)b)->x;
    return (x > y) - (x < y);
}

/* Adds the stretch from x0 to x1 to the row. */
static void row_add(float *row, float side, float x0, float x1)
{
    x0 = x0 < 0.0f ? 0.0f : x0;
    x1 = x1 > side ? side : x1;
    if (x1 <= x0)
        return;
    size_t first = (size_t)x0;
    size_t last = (size_t)x1;
    if (first == last) {
        row[first] += x1 - x0;
        return;
    }
    row[first] += (float)(first + 1) - x0;
    for (size_t i = first + 1; i < last; i++)
        row[i] += 1.0f;
    row[last] += x1 - (float)last;
}

/* Fills canvas->row with how much of each of its pixels the path covers. Returns 0 when none. */
static int row_coverage(struct canvas *canvas, const struct edge *edges, size_t edge_count,
                        unsigned y)
{
    static struct crossing crossings[CROSSINGS_MAX];
    static const struct edge *active[PATH_POINTS_MAX];
    size_t active_count = 0;
    int any = 0;

    for (size_t i = 0; i < edge_count; i++)
        if (edges[i].y1 > (float)y && edges[i].y0 < (float)(y + 1))
            active[active_count++] = &edges[i];
    if (active_count == 0)
        return 0;
    memset(canvas->row, 0, ((size_t)canvas->side + 2) * sizeof *canvas->row);
    for (int slice = 0; slice < SLICES; slice++) {
        float at = (float)y + ((float)slice + 0.5f) / SLICES;
        size_t count = 0;
        for (size_t i = 0; i < active_count; i++) {
            const struct edge *e = active[i];
            if (e->y0 > at || e->y1 <= at)
                continue;
            if (count == CROSSINGS_MAX)
                abort();
            float t = (at - e->y0) / (e->y1 - e->y0);
            crossings[count++] = (struct crossing){e->x0 + (e->x1 - e->x0) * t, e->winding};
        }
        qsort(crossings, count, sizeof crossings[0], crossing_order);
        int winding = 0;
        for (size_t i = 0; i + 1 < count; i++) {
            winding += crossings[i].winding;
            if (winding != 0) {
                row_add(canvas->row, (float)canvas->side, crossings[i].x, crossings[i + 1].x);
                any = 1;
            }
        }
    }
    return any;
}

void canvas_fill(struct canvas *canvas, const struct path *path, struct paint paint)
{
    float scale = (float)canvas->side / CANVAS_UNITS;
    size_t edge_count;
    const struct edge *edges = path_edges(path, scale, &edge_count);

    for (unsigned y = 0; y < canvas->side; y++) {
        if (!row_coverage(canvas, edges, edge_count, y))
            continue;
        for (unsigned x = 0; x < canvas->side; x++) {
            size_t at = (size_t)y * canvas->side + x;
            float cover = canvas->row[x] / SLICES;
            if (canvas->clipped)
                cover *= canvas->clip[at];
            if (cover > 0.0f)
                paint_pixel(&canvas->rgba[at * 4], &paint, ((float)x + 0.5f) / scale,
                            ((float)y + 0.5f) / scale, cover > 1.0f ? 1.0f : cover);
        }
    }
}

void canvas_clip(struct canvas *canvas, const struct path *path)
{
    float scale = (float)canvas->side / CANVAS_UNITS;
    size_t edge_count;
    const struct edge *edges = path_edges(path, scale, &edge_count);
    size_t pixels = (size_t)canvas->side * canvas->side;

    memset(canvas->clip, 0, pixels * sizeof *canvas->clip);
    for (unsigned y = 0; y < canvas->side; y++) {
        if (!row_coverage(canvas, edges, edge_count, y))
            continue;
        for (unsigned x = 0; x < canvas->side; x++) {
            float cover = canvas->row[x] / SLICES;
            canvas->clip[(size_t)y * canvas->side + x] = cover > 1.0f ? 1.0f : cover;
        }
    }
    canvas->clipped = 1;
}

void canvas_unclip(struct canvas *canvas)
{
    canvas->clipped = 0;
}

void canvas_crop(struct canvas *canvas, const struct path *path)
{
    size_t pixels = (size_t)canvas->side * canvas->side;
    canvas_clip(canvas, path);
    canvas->clipped = 0;
    for (size_t i = 0; i < pixels; i++)
        for (size_t c = 0; c < 4; c++)
            canvas->rgba[i * 4 + c] *= canvas->clip[i];
}

/* SPDX-License-Identifier: MIT
 *
 * The worker's side of the renderer: starts visage-render when it is first
 * needed, hands it one picture at a time, and ends it when it is late. Whatever
 * the picture does to the renderer, the worker gets an answer.
 */
#ifndef VISAGE_IMAGE_RENDER_H
#define VISAGE_IMAGE_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/cause.h"
#include "base/config.h"
#include "base/digest.h"
#include "base/generator.h"
#include "base/picture.h"

struct renderer;
struct render_tile; /* image/render_protocol.h */

struct render_result {
    enum picture_type type; /* of the output */
    uint32_t width, height;
    uint32_t source_width, source_height;
    bool source_alpha;
};

/* A picture in a few bytes. */
struct render_summary {
    enum picture_type type; /* of the picture itself, as the rest */
    uint32_t width, height; /* upright */
    bool alpha;
    uint32_t colour;        /* most of it is like that; 0xRRGGBB */
    unsigned char thumbhash[PICTURE_THUMBHASH_MAX];
    size_t thumbhash_length;
};

/* Nothing is started yet. The configuration must outlive it. NULL without memory. */
struct renderer *renderer_new(const struct config *config);

/* Ends the child, if any, frees *renderer and clears the pointer; NULL is fine. */
void renderer_free(struct renderer **renderer);

/* Renders the picture of `length` bytes readable at `input` (from offset 0; the
 * descriptor stays the caller's) into `output`, which is cleared first. Returns
 * CAUSE_NONE, CAUSE_PICTURE_TYPE, _BROKEN, _TOO_LARGE, CAUSE_RENDER_TIMEOUT,
 * CAUSE_RENDER_CRASHED, CAUSE_RENDERER_UNAVAILABLE (it cannot be started, even
 * at a second try) or CAUSE_INTERNAL. After a death the next call starts a new child.
 * Takes at most render.timeout plus the start of a child. */
enum cause renderer_render(struct renderer *renderer, int input, uint64_t length,
                           const struct rendering *rendering, enum picture_type output_type,
                           struct buffer *output, struct render_result *result);

/* Takes a piece of an output. Returns 0, or anything else to want no more of it. */
typedef int render_take(const void *bytes, size_t length, void *context);

/* Like renderer_render(), for an output that need not be in memory all at once: it is handed to `take`
 * piece by piece. If it fails, some may have been; CAUSE_INTERNAL also if `take` wanted no more. */
enum cause renderer_render_to(struct renderer *renderer, int input, uint64_t length,
                              const struct rendering *rendering, enum picture_type output_type,
                              render_take *take, void *context, struct render_result *result);

/* Sums up such a picture. Otherwise like renderer_render(). */
enum cause renderer_summarize(struct renderer *renderer, int input, uint64_t length,
                              struct render_summary *out);

/* Draws a picture of `seed`, and of `text` where the style shows letters (UTF-8, of less than 64
 * bytes; NULL: none): the same ones give the same picture at every size. Another fit than
 * FIT_COVER draws a square of the smaller bound that there is, or of 256, and there are no
 * effects. Otherwise like renderer_render(); the source's size is the drawing's. */
enum cause renderer_generate(struct renderer *renderer, enum generator generator,
                             const struct digest *seed, const char *text,
                             const struct rendering *rendering, enum picture_type output_type,
                             struct buffer *output, struct render_result *result);

/* Draws generated pictures, `side` pixels wide and high each, in so many columns on one PNG. What
 * would be wider or higher than 16384 pixels, or more than 10000 tiles, is CAUSE_PICTURE_TOO_LARGE;
 * a tile that cannot be drawn is CAUSE_INTERNAL. Otherwise like renderer_generate(). */
enum cause renderer_draw_sheet(struct renderer *renderer, const struct render_tile *tiles,
                               uint32_t count, uint32_t columns, uint32_t side,
                               struct buffer *output, struct render_result *result);

/* Starts the child if there is none, and tells what it can do: bit
 * (1 << enum picture_type) for each input type, and whether its sandbox is in
 * force. Returns 0 or a negative errno. For `visage check`. */
int renderer_probe(struct renderer *renderer, uint32_t *types, bool *sandboxed);

/* How many children have died or were killed since renderer_new(). */
unsigned renderer_deaths(const struct renderer *renderer);

/* The child's process id, 0 if there is none; for the scoreboard and tests. */
long renderer_pid(const struct renderer *renderer);

#endif

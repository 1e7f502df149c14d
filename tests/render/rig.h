/* SPDX-License-Identifier: MIT
 *
 * What the renderer's tests share: a renderer started as a worker would, and a
 * look at the pixels and the markers of what it gives back.
 */
#ifndef VISAGE_TESTS_RENDER_RIG_H
#define VISAGE_TESTS_RENDER_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/cause.h"
#include "base/config.h"
#include "image/render.h"

struct rig {
    struct config config;
    struct renderer *renderer;
    struct buffer output;
    struct render_result result;
    char program[4096];
};

/* A renderer with the defaults of the configuration, as yet not started.
 * `program` is relative to the build directory. */
void rig_open(struct rig *rig, const char *program);
void rig_close(struct rig *rig);

/* Renders bytes by way of a file in memory. */
enum cause rig_render(struct rig *rig, const void *bytes, size_t length, uint32_t width,
                      uint32_t height, enum picture_fit fit, enum picture_type type);
enum cause rig_render_as(struct rig *rig, const void *bytes, size_t length,
                         const struct rendering *want, enum picture_type type);

/* Skips the test that calls it unless the sandbox is in force in this build, on
 * this machine. */
void rig_need_sandbox(struct rig *rig);

/* 8-bit RGBA of any picture that GraphicsMagick reads. */
struct pixels {
    unsigned long width, height;
    unsigned char *rgba; /* NULL if it could not be read */
};

struct pixels pixels_of(const void *bytes, size_t length);
void pixels_free(struct pixels *pixels);

/* Whether the pixel at (x, y) is this colour, 0xRRGGBB, and opaque, each channel
 * within `tolerance`. */
bool pixel_is(const struct pixels *pixels, unsigned long x, unsigned long y, uint32_t colour,
              int tolerance);
unsigned pixel_alpha(const struct pixels *pixels, unsigned long x, unsigned long y);

/* True if a JPEG, PNG or WebP file has the parts that pixels need and no others. */
bool has_only_pixels(const void *bytes, size_t length);

/* True if the bytes contain the text. */
bool contains(const void *bytes, size_t length, const char *text);

#endif

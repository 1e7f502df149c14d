/* SPDX-License-Identifier: MIT */
#include "render/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <magick/api.h>

#include "image/sniff.h"
#include "render/fixture.h"

void rig_open(struct rig *rig, const char *program)
{
    const char *build = getenv("VISAGE_BUILD_DIR");

    memset(rig, 0, sizeof *rig);
    snprintf(rig->program, sizeof rig->program, "%s/%s", build ? build : ".", program);
    rig->config.render.program = rig->program;
    rig->config.render.timeout_ms = 20000; /* machines that run tests are busy */
    rig->config.render.max_pixels = 50000000;
    rig->config.render.max_memory = UINT64_C(256) << 20;
    rig->config.render.idle_ms = 60000;
    rig->config.render.sandbox = true;
    rig->config.background = 0xffffff;
    rig->renderer = renderer_new(&rig->config);
    cr_assert_not_null(rig->renderer);
}

void rig_close(struct rig *rig)
{
    renderer_free(&rig->renderer);
    cr_assert_null(rig->renderer);
    buffer_free(&rig->output);
}

enum cause rig_render(struct rig *rig, const void *bytes, size_t length, uint32_t width,
                      uint32_t height, enum picture_fit fit, enum picture_type type)
{
    const struct rendering want = {.width = width, .height = height, .fit = fit, .quality = 92};

    return rig_render_as(rig, bytes, length, &want, type);
}

enum cause rig_render_as(struct rig *rig, const void *bytes, size_t length,
                         const struct rendering *want, enum picture_type type)
{
    int fd = memfd_create("visage-test", MFD_CLOEXEC);
    enum cause cause;

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
    cause = renderer_render(rig->renderer, fd, length, want, type, &rig->output, &rig->result);
    close(fd);
    return cause;
}

void rig_need_sandbox(struct rig *rig)
{
    uint32_t types;
    bool sandboxed = false;

    cr_assert_eq(renderer_probe(rig->renderer, &types, &sandboxed), 0);
    if (!sandboxed) {
        rig_close(rig);
        cr_skip_test("the sandbox is not available here");
    }
}

struct pixels pixels_of(const void *bytes, size_t length)
{
    struct pixels p = {0};
    enum picture_type type = sniff_picture(bytes, length);
    ExceptionInfo e;
    ImageInfo *info;
    Image *image;

    fixture_library();
    GetExceptionInfo(&e);
    info = CloneImageInfo(NULL);
    snprintf(info->filename, sizeof info->filename, "%s:",
             type == PICTURE_UNKNOWN ? "NULL" : picture_type_name(type));
    image = BlobToImage(info, bytes, length, &e);
    if (image) {
        p.width = image->columns;
        p.height = image->rows;
        p.rgba = calloc(p.width * p.height, 4);
        if (p.rgba && DispatchImage(image, 0, 0, p.width, p.height, "RGBA", CharPixel, p.rgba,
                                    &e) != MagickPass)
            pixels_free(&p);
        DestroyImageList(image);
    }
    DestroyExceptionInfo(&e);
    DestroyImageInfo(info);
    return p;
}

void pixels_free(struct pixels *pixels)
{
    free(pixels->rgba);
    pixels->rgba = NULL;
}

bool pixel_is(const struct pixels *pixels, unsigned long x, unsigned long y, uint32_t colour,
              int tolerance)
{
    const unsigned char *p;

    if (!pixels->rgba || x >= pixels->width || y >= pixels->height)
        return false;
    p = pixels->rgba + 4 * (y * pixels->width + x);
    for (int i = 0; i < 3; i++) {
        int want = (int)(colour >> (16 - 8 * i) & 0xff);

        if (abs(p[i] - want) > tolerance) {
            fprintf(stderr, "pixel %lu,%lu is #%02x%02x%02x, not #%06x\n", x, y, p[0], p[1], p[2],
                    colour);
            return false;
        }
    }
    return p[3] == 255;
}

unsigned pixel_alpha(const struct pixels *pixels, unsigned long x, unsigned long y)
{
    if (!pixels->rgba || x >= pixels->width || y >= pixels->height)
        return 256;
    return pixels->rgba[4 * (y * pixels->width + x) + 3];
}

static bool is_one_of(const unsigned char *name, const char names[][5], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (memcmp(name, names[i], 4) == 0)
            return true;
    fprintf(stderr, "there is a part named %.4s\n", (const char *)name);
    return false;
}

static bool only_pixels_jpeg(const unsigned char *p, size_t length)
{
    size_t at = 2;

    while (at + 4 <= length) {
        unsigned marker = p[at + 1];

        if (p[at] != 0xff)
            return false;
        if (marker == 0xda) /* entropy-coded data up to the end mark, and nothing after it */
            return p[length - 2] == 0xff && p[length - 1] == 0xd9;
        /* APP0 (JFIF), DQT, SOF0, DHT, DRI */
        if (marker != 0xe0 && marker != 0xdb && marker != 0xc0 && marker != 0xc4 &&
            marker != 0xdd) {
            fprintf(stderr, "there is a segment %02x\n", marker);
            return false;
        }
        if (marker == 0xe0 && (memcmp(p + at + 4, "JFIF", 5) != 0 || p[at + 3] != 16))
            return false;
        at += 2 + ((size_t)p[at + 2] << 8 | p[at + 3]);
    }
    return false;
}

static bool only_pixels_png(const unsigned char *p, size_t length)
{
    static const char names[][5] = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};
    size_t at = 8;

    while (at + 12 <= length) {
        size_t n = (size_t)p[at] << 24 | (size_t)p[at + 1] << 16 | (size_t)p[at + 2] << 8 |
                   p[at + 3];

        if (!is_one_of(p + at + 4, names, sizeof names / sizeof *names))
            return false;
        at += 12 + n;
    }
    return at == length;
}

static bool only_pixels_webp(const unsigned char *p, size_t length)
{
    static const char names[][5] = {"VP8 ", "VP8L", "VP8X", "ALPH"};
    size_t at = 12;

    while (at + 8 <= length) {
        size_t n = (size_t)p[at + 7] << 24 | (size_t)p[at + 6] << 16 | (size_t)p[at + 5] << 8 |
                   p[at + 4];

        if (!is_one_of(p + at, names, sizeof names / sizeof *names))
            return false;
        at += 8 + n + (n & 1);
    }
    return at == length;
}

bool has_only_pixels(const void *bytes, size_t length)
{
    switch (sniff_picture(bytes, length)) {
    case PICTURE_JPEG:
        return only_pixels_jpeg(bytes, length);
    case PICTURE_PNG:
        return only_pixels_png(bytes, length);
    case PICTURE_WEBP:
        return only_pixels_webp(bytes, length);
    default:
        return false;
    }
}

bool contains(const void *bytes, size_t length, const char *text)
{
    return memmem(bytes, length, text, strlen(text)) != NULL;
}

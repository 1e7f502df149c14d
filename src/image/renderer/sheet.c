/* SPDX-License-Identifier: MIT */
#include "image/renderer/sheet.h"

#include <string.h>

#include "base/generator.h"
#include "base/picture.h"
#include "image/renderer/canvas.h"
#include "image/renderer/styles.h"

#define WHITE 0xffffu
#define GREY 0xd8d8u
#define CHEQUER 8u /* squares in a row of a tile */

bool sheet_is_sane(const struct render_request *q, const unsigned char *bytes, size_t length)
{
    size_t count = length / sizeof(struct render_tile);
    uint32_t width, height;

    if (count == 0 || count > RENDER_TILES_MAX || length % sizeof(struct render_tile) != 0 ||
        q->columns < 1 || q->columns > count || q->tile < 1 || q->tile > PICTURE_SIDE_MAX)
        return false;
    render_sheet_size((uint32_t)count, q->columns, q->tile, &width, &height);
    if (width != q->width || height != q->height || width > RENDER_SHEET_SIDE_MAX ||
        height > RENDER_SHEET_SIDE_MAX || q->output_type != PICTURE_PNG)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct render_tile tile;

        memcpy(&tile, bytes + i * sizeof tile, sizeof tile);
        if ((tile.generator != GENERATOR_NONE && !style_is_known(tile.generator)) ||
            !memchr(tile.text, '\0', sizeof tile.text))
            return false;
    }
    return true;
}

static void copy_row(PixelPacket *to, const PixelPacket *from, uint32_t side, uint32_t y)
{
    uint32_t square = (side + CHEQUER - 1) / CHEQUER;

    for (uint32_t x = 0; x < side; x++) {
        Quantum shade = (x / square + y / square) % 2 ? GREY : WHITE;

        to[x] = from[x];
        if (from[x].opacity == TransparentOpacity)
            to[x] = (PixelPacket){.red = shade, .green = shade, .blue = shade};
    }
}

/* What no font has leaves its place empty, too. */
static bool place(Image *sheet, const struct render_tile *tile, uint32_t side, long x, long y)
{
    enum cause cause;
    Image *image = style_paint(tile->generator, tile->seed, tile->text, side, side, &cause);
    bool ok = image != NULL;

    if (!image && cause == CAUSE_PICTURE_TYPE)
        return true;
    for (uint32_t row = 0; ok && row < side; row++) {
        PixelPacket *to = GetImagePixels(sheet, x, y + (long)row, side, 1);
        const PixelPacket *from = GetImagePixels(image, 0, (long)row, side, 1);

        ok = to && from;
        if (ok) {
            copy_row(to, from, side, row);
            ok = SyncImagePixels(sheet) == MagickPass;
        }
    }
    if (image)
        DestroyImage(image);
    return ok;
}

static bool whiten(Image *sheet)
{
    sheet->background_color = (PixelPacket){.red = WHITE, .green = WHITE, .blue = WHITE};
    return SetImage(sheet, OpaqueOpacity) == MagickPass;
}

Image *sheet_draw(const struct render_request *q, const unsigned char *bytes, size_t length)
{
    Image *sheet = canvas_image(q->width, q->height);
    uint32_t step = q->tile + render_sheet_gap(q->tile);
    bool ok = sheet && whiten(sheet);

    for (size_t i = 0; ok && i < length / sizeof(struct render_tile); i++) {
        struct render_tile tile;

        memcpy(&tile, bytes + i * sizeof tile, sizeof tile);
        if (tile.generator == GENERATOR_NONE)
            continue;
        ok = place(sheet, &tile, q->tile, (long)(step * (i % q->columns) + step - q->tile),
                   (long)(step * (i / q->columns) + step - q->tile));
    }
    if (sheet && !ok) {
        DestroyImage(sheet);
        sheet = NULL;
    }
    if (sheet)
        sheet->matte = MagickFalse;
    return sheet;
}

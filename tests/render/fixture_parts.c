/* SPDX-License-Identifier: MIT
 *
 * Containers written by hand: EXIF blocks, PNG chunks, WebP's extended format.
 */
#include "render/fixture_parts.h"

#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <webp/encode.h>

/* TIFF 6.0 section 2, little-endian: a header and one directory of two entries. */
size_t make_exif(unsigned char *out, unsigned orientation, bool prefix)
{
    static const unsigned char head[] = {
        'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0,
        0x0e, 0x01, 2, 0, sizeof SECRET_PLACE, 0, 0, 0, 38, 0, 0, 0, /* ImageDescription */
        0x12, 0x01, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0,                    /* Orientation */
        0, 0, 0, 0,
    };
    unsigned char *p = out;

    if (prefix) {
        memcpy(p, "Exif\0", 6);
        p += 6;
    }
    memcpy(p, head, sizeof head);
    p[30] = (unsigned char)orientation;
    memcpy(p + sizeof head, SECRET_PLACE, sizeof SECRET_PLACE);
    return (size_t)(p - out) + sizeof head + sizeof SECRET_PLACE;
}

void insert(struct file *file, size_t at, const unsigned char *bytes, size_t length)
{
    unsigned char *grown = realloc(file->bytes, file->length + length);

    cr_assert_not_null(grown);
    memmove(grown + at + length, grown + at, file->length - at);
    memcpy(grown + at, bytes, length);
    file->bytes = grown;
    file->length += length;
}

/* PNG (third edition) annex D. */
static uint32_t crc(const unsigned char *p, size_t length)
{
    uint32_t c = 0xffffffffu;

    while (length--) {
        c ^= *p++;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
    }
    return ~c;
}

static void put_be32(unsigned char *p, uint32_t n)
{
    p[0] = (unsigned char)(n >> 24);
    p[1] = (unsigned char)(n >> 16);
    p[2] = (unsigned char)(n >> 8);
    p[3] = (unsigned char)n;
}

static void put_le(unsigned char *p, uint32_t n, int bytes)
{
    for (int i = 0; i < bytes; i++)
        p[i] = (unsigned char)(n >> 8 * i);
}

void insert_png_chunk(struct file *file, const char *type, const unsigned char *data,
                      size_t length)
{
    unsigned char chunk[600];

    cr_assert_leq(length + 12, sizeof chunk);
    put_be32(chunk, (uint32_t)length);
    memcpy(chunk + 4, type, 4);
    memcpy(chunk + 8, data, length);
    put_be32(chunk + 8 + length, crc(chunk + 4, length + 4));
    insert(file, 33, chunk, length + 12);
}

struct file fixture_png_bomb(uint32_t width, uint32_t height)
{
    struct file f = fixture_png(8, 8, false);

    put_be32(f.bytes + 16, width);
    put_be32(f.bytes + 20, height);
    put_be32(f.bytes + 29, crc(f.bytes + 12, 17));
    return f;
}

void fill(Image *image, uint32_t colour)
{
    PixelPacket c = {.red = (Quantum)((colour >> 16 & 0xff) * 257u),
                     .green = (Quantum)((colour >> 8 & 0xff) * 257u),
                     .blue = (Quantum)((colour & 0xff) * 257u),
                     .opacity = OpaqueOpacity};

    for (long y = 0; y < (long)image->rows; y++) {
        PixelPacket *p = SetImagePixels(image, 0, y, image->columns, 1);

        cr_assert_not_null(p);
        for (size_t x = 0; x < image->columns; x++)
            p[x] = c;
        cr_assert_eq(SyncImagePixels(image), MagickPass);
    }
}

static struct file encode(const unsigned char *rgba, unsigned width, unsigned height)
{
    struct file f = {0};
    unsigned char *bytes = NULL;

    f.length = WebPEncodeLosslessRGBA(rgba, (int)width, (int)height, (int)width * 4, &bytes);
    cr_assert_gt(f.length, 12);
    f.bytes = malloc(f.length);
    cr_assert_not_null(f.bytes);
    memcpy(f.bytes, bytes, f.length);
    WebPFree(bytes);
    return f;
}

struct file fixture_webp(unsigned width, unsigned height, bool alpha)
{
    unsigned w, h;
    unsigned char *rgba = draw_squares(width, height, 1, alpha, &w, &h);
    struct file f = encode(rgba, w, h);

    free(rgba);
    return f;
}

static void append(struct file *file, const void *bytes, size_t length)
{
    static const unsigned char nul = 0;

    insert(file, file->length, bytes, length);
    if (length & 1)
        insert(file, file->length, &nul, 1);
}

static void append_chunk(struct file *file, const char *name, const void *data, size_t length)
{
    unsigned char head[8];

    memcpy(head, name, 4);
    put_le(head + 4, (uint32_t)length, 4);
    append(file, head, 8);
    append(file, data, length);
}

/* WebP container specification: RIFF, then VP8X with flags and the canvas. */
static struct file begin_extended(unsigned flags, unsigned width, unsigned height)
{
    struct file f = {0};
    unsigned char x[10] = {(unsigned char)flags};

    put_le(x + 4, width - 1, 3);
    put_le(x + 7, height - 1, 3);
    append(&f, "RIFF\0\0\0\0WEBP", 12);
    append_chunk(&f, "VP8X", x, sizeof x);
    return f;
}

struct file fixture_webp_turned(unsigned width, unsigned height, unsigned orientation)
{
    unsigned w, h;
    unsigned char *rgba = draw_squares(width, height, orientation, false, &w, &h), exif[160];
    struct file still = encode(rgba, w, h), f = begin_extended(0x08, w, h);

    append(&f, still.bytes + 12, still.length - 12);
    append_chunk(&f, "EXIF", exif, make_exif(exif, orientation, false));
    put_le(f.bytes + 4, (uint32_t)(f.length - 8), 4);
    file_free(&still);
    free(rgba);
    return f;
}

static void append_frame(struct file *file, unsigned x, unsigned y, unsigned width,
                         unsigned height, uint32_t colour)
{
    unsigned char *rgba = malloc((size_t)width * height * 4);
    struct file still, frame = {0};
    unsigned char head[16] = {0};

    cr_assert_not_null(rgba);
    for (size_t i = 0; i < (size_t)width * height; i++) {
        rgba[4 * i] = (unsigned char)(colour >> 16);
        rgba[4 * i + 1] = (unsigned char)(colour >> 8);
        rgba[4 * i + 2] = (unsigned char)colour;
        rgba[4 * i + 3] = 255;
    }
    still = encode(rgba, width, height);
    put_le(head, x / 2, 3);
    put_le(head + 3, y / 2, 3);
    put_le(head + 6, width - 1, 3);
    put_le(head + 9, height - 1, 3);
    put_le(head + 12, 100, 3);
    append(&frame, head, sizeof head);
    append(&frame, still.bytes + 12, still.length - 12);
    append_chunk(file, "ANMF", frame.bytes, frame.length);
    file_free(&still);
    file_free(&frame);
    free(rgba);
}

struct file fixture_webp_animated(unsigned width, unsigned height)
{
    static const unsigned char anim[6] = {0};
    struct file f = begin_extended(0x02 | 0x10, width, height);

    append_chunk(&f, "ANIM", anim, sizeof anim);
    append_frame(&f, width / 2, height / 2, width / 2, height / 2, RED);
    append_frame(&f, 0, 0, width, height, BLUE);
    put_le(f.bytes + 4, (uint32_t)(f.length - 8), 4);
    return f;
}

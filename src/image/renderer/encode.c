/* SPDX-License-Identifier: MIT */
#include "image/renderer/encode.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <webp/encode.h>

#include "base/write_all.h"

/* libwebp's effort, 0 to 6. Measured on portraits of 128 and 512 pixels, 3 and 4
 * take twice the time of 2 for four percent fewer bytes. */
#define WEBP_METHOD 2

#define QUALITY_FLOOR 10u /* below, there is little left to see, and little to save */
#define QUALITY_STEP 3u   /* the search ends as near to the best; seven files at most are made */

static enum cause write_out(int fd, const void *bytes, size_t length, uint64_t *written)
{
    if (length == 0)
        return CAUSE_INTERNAL;
    if (length > ENCODE_OUTPUT_MAX)
        return CAUSE_PICTURE_TOO_LARGE;
    if (lseek(fd, 0, SEEK_SET) < 0 || write_all(fd, bytes, length) != 0)
        return CAUSE_INTERNAL;
    *written = length;
    return CAUSE_NONE;
}

/* Whatever the PNG and JPEG coders would write beside the pixels. StripImage
 * leaves notes of the decoder's, which the PNG coder makes text chunks of. */
static void strip(Image *image)
{
    StripImage(image);
    DestroyImageAttributes(image);
    image->orientation = UndefinedOrientation;
    image->units = UndefinedResolution;
    image->x_resolution = image->y_resolution = 0;
    image->gamma = 0;
    image->rendering_intent = UndefinedIntent;
    memset(&image->chromaticity, 0, sizeof image->chromaticity);
    memset(&image->page, 0, sizeof image->page);
    image->depth = 8;
}

/* The PNG coder adds chunks that cannot be turned off (a background colour, from
 * the file's own palette). What is needed to show the picture stays: the critical
 * chunks and tRNS (PNG, third edition, 5.4 and 11.3.1.1). Returns the new length,
 * 0 for what is no PNG file. */
static size_t keep_pixels_only(unsigned char *png, size_t length)
{
    size_t from = 8, to = 8;

    while (length - from >= 12) {
        const unsigned char *p = png + from;
        size_t chunk = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
        bool critical = (p[4] & 0x20) == 0; /* bit 5 of the first letter */

        if (chunk > length - from - 12)
            return 0;
        chunk += 12;
        if (critical || memcmp(p + 4, "tRNS", 4) == 0) {
            memmove(png + to, p, chunk);
            to += chunk;
        }
        from += chunk;
    }
    return from == length ? to : 0;
}

/* Makes the whole file in memory, for MagickFree(). NULL with the reason in `e`. */
static void *to_blob(Image *image, const char *coder, uint32_t quality, size_t *size,
                     ExceptionInfo *e)
{
    ImageInfo *info = CloneImageInfo(NULL);
    void *bytes;

    snprintf(info->magick, sizeof info->magick, "%s", coder);
    snprintf(info->filename, sizeof info->filename, "%s:", coder);
    snprintf(image->magick, sizeof image->magick, "%s", coder);
    snprintf(image->filename, sizeof image->filename, "%s:", coder);
    info->quality = quality;
    info->interlace = NoInterlace;
    info->depth = 8;
    CloneString(&info->sampling_factor, "2x2"); /* 4:2:0 */
    AddDefinitions(info, "jpeg:optimize-coding=true", e);
    *size = 0;
    bytes = ImageToBlob(info, image, size, e);
    DestroyImageInfo(info);
    return bytes;
}

static enum cause cause_of(const ExceptionInfo *e)
{
    bool memory = (int)e->severity == ResourceLimitError ||
                  (int)e->severity == ResourceLimitFatalError;

    return memory ? CAUSE_PICTURE_TOO_LARGE : CAUSE_INTERNAL;
}

static enum cause encode_jpeg(Image *image, uint32_t quality, int fd, uint64_t *length)
{
    ExceptionInfo e;
    size_t size;
    void *bytes;
    enum cause cause;

    GetExceptionInfo(&e);
    strip(image);
    bytes = to_blob(image, "JPEG", quality, &size, &e);
    cause = bytes ? write_out(fd, bytes, size, length) : cause_of(&e);
    MagickFree(bytes);
    DestroyExceptionInfo(&e);
    return cause;
}

static bool is_text(const unsigned char *p, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (p[i] < 0x20 || p[i] > 0x7e)
            return false;
    return true;
}

/* Compression is no secret, so pixels can be chosen that come out of it as text.
 * Nothing here would run it, but the file may be copied to where something does.
 * The marks are long enough not to turn up by chance in a few megabytes. */
static bool looks_like_a_script(const unsigned char *bytes, size_t length)
{
    static const char short_tag[] = "<?=";
    const unsigned char *p = bytes, *end = bytes + length;

    if (memmem(bytes, length, "<?php", 5) || memmem(bytes, length, "<script", 7))
        return true;
    while ((p = memmem(p, (size_t)(end - p), short_tag, sizeof short_tag - 1)) != NULL) {
        p += sizeof short_tag - 1;
        if (end - p >= 5 && is_text(p, 5))
            return true;
    }
    return false;
}

static enum cause encode_png(Image *image, int fd, uint64_t *length)
{
    /* GraphicsMagick's PNG quality is zlib's level times ten plus the filter: 5
     * is adaptive, 0 none, 4 Paeth. Pixels that spell something in one of them
     * do not in another. */
    static const uint32_t qualities[] = {65, 60, 64};
    enum cause cause = CAUSE_PICTURE_BROKEN;
    ExceptionInfo e;

    GetExceptionInfo(&e);
    for (size_t i = 0; i < sizeof qualities / sizeof *qualities; i++) {
        unsigned char *bytes;
        size_t size;
        bool spelt;

        strip(image);
        bytes = to_blob(image, "PNG", qualities[i], &size, &e);
        if (!bytes) {
            cause = cause_of(&e);
            break;
        }
        size = size > 8 ? keep_pixels_only(bytes, size) : 0;
        spelt = looks_like_a_script(bytes, size);
        if (!spelt)
            cause = write_out(fd, bytes, size, length);
        MagickFree(bytes);
        if (!spelt)
            break;
    }
    DestroyExceptionInfo(&e);
    return cause;
}

/* 8-bit rows in libwebp's order: R G B, and A if there is transparency. */
static unsigned char *to_bytes(const Image *image, bool alpha)
{
    size_t samples = alpha ? 4 : 3;
    unsigned char *bytes = malloc(image->columns * image->rows * samples);
    unsigned char *to = bytes;
    ExceptionInfo e;

    GetExceptionInfo(&e);
    for (long y = 0; bytes && y < (long)image->rows; y++) {
        const PixelPacket *p = AcquireImagePixels(image, 0, y, image->columns, 1, &e);

        if (!p) {
            free(bytes);
            bytes = NULL;
            break;
        }
        for (size_t x = 0; x < image->columns; x++, p++) {
            *to++ = (unsigned char)((p->red + 128u) / 257u);
            *to++ = (unsigned char)((p->green + 128u) / 257u);
            *to++ = (unsigned char)((p->blue + 128u) / 257u);
            if (alpha)
                *to++ = (unsigned char)(255u - (p->opacity + 128u) / 257u);
        }
    }
    DestroyExceptionInfo(&e);
    return bytes;
}

static enum cause encode_webp(const Image *image, uint32_t quality, int fd, uint64_t *length)
{
    enum cause cause = CAUSE_PICTURE_TOO_LARGE;
    bool alpha = image->matte;
    unsigned char *bytes;
    WebPMemoryWriter writer;
    WebPPicture picture;
    WebPConfig config;
    int stride, imported;

    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture))
        return CAUSE_INTERNAL;
    bytes = to_bytes(image, alpha);
    if (!bytes)
        return CAUSE_PICTURE_TOO_LARGE;
    config.quality = (float)quality;
    config.method = WEBP_METHOD;
    WebPMemoryWriterInit(&writer);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    picture.width = (int)image->columns;
    picture.height = (int)image->rows;
    stride = picture.width * (alpha ? 4 : 3);
    imported = alpha ? WebPPictureImportRGBA(&picture, bytes, stride)
                     : WebPPictureImportRGB(&picture, bytes, stride);
    free(bytes);
    if (imported && WebPEncode(&config, &picture))
        cause = write_out(fd, writer.mem, writer.size, length);
    else if (picture.error_code != VP8_ENC_ERROR_OUT_OF_MEMORY &&
             picture.error_code != VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY)
        cause = CAUSE_INTERNAL;
    WebPPictureFree(&picture);
    WebPMemoryWriterClear(&writer);
    return cause;
}

static enum cause encode_picture(Image *image, enum picture_type type, uint32_t quality, int fd,
                                 uint64_t *length)
{
    switch (type) {
    case PICTURE_JPEG:
        return encode_jpeg(image, quality, fd, length);
    case PICTURE_PNG:
        return encode_png(image, fd, length);
    case PICTURE_WEBP:
        return encode_webp(image, quality, fd, length);
    default:
        return CAUSE_INTERNAL;
    }
}

/* The greatest quality between the floor and `quality`, which is too great, that fits. Files are
 * written over each other, so that the last one has to be the one that counts. */
static enum cause encode_smaller(Image *image, enum picture_type type, uint32_t quality,
                                 uint32_t max_bytes, int fd, uint64_t *length)
{
    uint32_t fits = QUALITY_FLOOR, last = quality;
    enum cause cause = CAUSE_NONE;

    while (cause == CAUSE_NONE && quality - fits > QUALITY_STEP) {
        last = fits + (quality - fits) / 2;
        cause = encode_picture(image, type, last, fd, length);
        if (cause == CAUSE_NONE && *length <= max_bytes)
            fits = last;
        else
            quality = last;
    }
    if (cause == CAUSE_NONE && last != fits)
        cause = encode_picture(image, type, fits, fd, length);
    return cause;
}

enum cause encode_within(Image *image, enum picture_type type, uint32_t quality,
                         uint32_t max_bytes, int fd, uint64_t *length)
{
    enum cause cause = encode_picture(image, type, quality, fd, length);

    if (cause != CAUSE_NONE || max_bytes == 0 || *length <= max_bytes || type == PICTURE_PNG ||
        quality <= QUALITY_FLOOR)
        return cause;
    return encode_smaller(image, type, quality, max_bytes, fd, length);
}

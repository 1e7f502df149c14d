/* SPDX-License-Identifier: MIT
 *
 * GraphicsMagick sees pixels that this program made and nothing else, so none
 * of the care that foreign pictures need is taken here.
 */
#include "encode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <magick/api.h>

int encode_init(void)
{
    ExceptionInfo exception;

    /* One thread: pictures are drawn one at a time, when they are asked for. */
    if (setenv("OMP_NUM_THREADS", "1", 1) != 0) {
        perror("setenv");
        return -1;
    }
    GetExceptionInfo(&exception);
    MagickPassFail passed =
        InitializeMagickEx(NULL, MAGICK_OPT_NO_SIGNAL_HANDER, &exception);
    DestroyExceptionInfo(&exception);
    if (passed != MagickPass) {
        fprintf(stderr, "visage-demo-origin: GraphicsMagick does not start\n");
        return -1;
    }
    return 0;
}

/* Premultiplied colours make sums right while painting; files hold plain ones. */
static void unmultiply(float *rgba, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++) {
        float alpha = rgba[4 * i + 3];
        for (size_t c = 0; c < 3; c++) {
            float value = alpha > 0.0f ? rgba[4 * i + c] / alpha : 0.0f;
            rgba[4 * i + c] = value > 1.0f ? 1.0f : value;
        }
    }
}

/* A quarter turn to the left: what was the right edge comes on top. */
static float *turn_left(const float *rgba, unsigned side)
{
    float *turned = malloc((size_t)side * side * 4 * sizeof *turned);
    if (turned == NULL)
        return NULL;
    for (unsigned y = 0; y < side; y++)
        for (unsigned x = 0; x < side; x++)
            memcpy(&turned[((size_t)(side - 1 - x) * side + y) * 4],
                   &rgba[((size_t)y * side + x) * 4], 4 * sizeof *turned);
    return turned;
}

/* An APP1 segment (Exif 2.3, 4.7.2) whose one TIFF entry is Orientation = 6:
 * the stored top is the picture's right side. It goes right after SOI. */
static const unsigned char exif_sideways[] = {
    0xff, 0xe1, 0x00, 0x22, 'E', 'x', 'i', 'f', 0, 0,
    'M', 'M', 0x00, 0x2a, 0x00, 0x00, 0x00, 0x08,             /* big-endian TIFF, IFD at 8 */
    0x00, 0x01,                                               /* one entry */
    0x01, 0x12, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00, 0x06, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00,                                   /* no further IFD */
};

static int copy_out(const unsigned char *blob, size_t blob_length, enum encoding encoding,
                    unsigned char **bytes, size_t *length)
{
    size_t extra = encoding == ENCODING_JPEG_SIDEWAYS ? sizeof exif_sideways : 0;
    unsigned char *copy = malloc(blob_length + extra);
    if (copy == NULL || blob_length < 2) {
        free(copy);
        return -1;
    }
    memcpy(copy, blob, 2);
    memcpy(copy + 2, exif_sideways, extra);
    memcpy(copy + 2 + extra, blob + 2, blob_length - 2);
    *bytes = copy;
    *length = blob_length + extra;
    return 0;
}

int encode_picture(float *rgba, unsigned side, enum encoding encoding, unsigned char **bytes,
                   size_t *length)
{
    static const char *const coders[] = {"JPEG", "JPEG", "PNG", "WEBP"};
    ExceptionInfo exception;
    ImageInfo *info = NULL;
    Image *image = NULL;
    void *blob = NULL;
    size_t blob_length = 0;
    float *turned = NULL;
    int result = -1;

    GetExceptionInfo(&exception);
    unmultiply(rgba, (size_t)side * side);
    if (encoding == ENCODING_JPEG_SIDEWAYS) {
        turned = turn_left(rgba, side);
        if (turned == NULL)
            goto out;
    }
    const char *map = encoding == ENCODING_PNG ? "RGBA" : "RGBP";
    image = ConstituteImage(side, side, map, FloatPixel, turned != NULL ? turned : rgba,
                            &exception);
    info = CloneImageInfo(NULL);
    if (image == NULL || info == NULL)
        goto out;
    image->depth = 8;
    info->quality = encoding == ENCODING_PNG ? 95 : 90;
    snprintf(image->magick, sizeof image->magick, "%s", coders[encoding]);
    snprintf(info->magick, sizeof info->magick, "%s", coders[encoding]);
    blob = ImageToBlob(info, image, &blob_length, &exception);
    if (blob == NULL)
        goto out;
    result = copy_out(blob, blob_length, encoding, bytes, length);
out:
    if (result != 0)
        fprintf(stderr, "visage-demo-origin: cannot write %s: %s\n", coders[encoding],
                exception.reason != NULL ? exception.reason : "out of memory");
    MagickFree(blob);
    if (info != NULL)
        DestroyImageInfo(info);
    if (image != NULL)
        DestroyImage(image);
    free(turned);
    DestroyExceptionInfo(&exception);
    return result;
}

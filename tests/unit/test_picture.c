/* SPDX-License-Identifier: MIT */
#include "base/picture.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct {
    enum picture_type type;
    int stored; /* the value in the index: never changes */
    const char *name;
    const char *media_type;
    bool output;
} types[] = {
    {PICTURE_JPEG, 1, "jpeg", "image/jpeg", true},
    {PICTURE_PNG, 2, "png", "image/png", true},
    {PICTURE_GIF, 3, "gif", "image/gif", false},
    {PICTURE_WEBP, 4, "webp", "image/webp", true},
    {PICTURE_AVIF, 5, "avif", "image/avif", false},
    {PICTURE_HEIC, 6, "heic", "image/heic", false},
    {PICTURE_AUTO, 15, "auto", "application/octet-stream", false},
};

Test(picture, types_and_their_names)
{
    for (size_t i = 0; i < COUNT(types); i++) {
        cr_expect_eq((int)types[i].type, types[i].stored);
        cr_expect_str_eq(picture_type_name(types[i].type), types[i].name);
        cr_expect_str_eq(picture_media_type(types[i].type), types[i].media_type);
        cr_expect_eq(picture_type_is_output(types[i].type), types[i].output, "%s", types[i].name);
        cr_expect_eq(picture_type_from_name(types[i].name, strlen(types[i].name)), types[i].type);
    }
}

Test(picture, jpg_is_jpeg)
{
    cr_expect_eq(picture_type_from_name("jpg", 3), PICTURE_JPEG);
}

Test(picture, unknown_types)
{
    static const char *const bad[] = {"",     "JPEG", "Jpg",  "jpe",  "jpegx", "pn",
                                      "pngg", "svgz", "tiff", "webp ", ".png",  "image/png"};

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(picture_type_from_name(bad[i], strlen(bad[i])), PICTURE_UNKNOWN, "%s", bad[i]);
    cr_expect_eq(picture_type_from_name("pngx", 3), PICTURE_PNG);
    cr_expect_eq(picture_type_from_name("png", 2), PICTURE_UNKNOWN);
    cr_expect_null(picture_type_name(PICTURE_UNKNOWN));
    cr_expect_null(picture_type_name((enum picture_type)99));
    cr_expect_str_eq(picture_media_type(PICTURE_UNKNOWN), "application/octet-stream");
    cr_expect_not(picture_type_is_output(PICTURE_UNKNOWN));
}

Test(picture, fits)
{
    cr_expect_str_eq(picture_fit_name(FIT_COVER), "cover");
    cr_expect_str_eq(picture_fit_name(FIT_CONTAIN), "contain");
}

/* They are known where they are only passed on. */
Test(picture, nothing_is_written_in_what_is_not_decoded)
{
    static const char *const names[] = {"svg", "ico", "bmp", "gif", "avif", "heic", "auto"};

    for (size_t i = 0; i < COUNT(names); i++) {
        enum picture_type type = picture_type_from_name(names[i], strlen(names[i]));

        cr_expect_neq(type, PICTURE_UNKNOWN, "%s", names[i]);
        cr_expect_not(picture_type_is_output(type), "%s", names[i]);
    }
}

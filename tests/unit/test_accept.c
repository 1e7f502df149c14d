/* SPDX-License-Identifier: MIT */
#include "http/accept.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const enum picture_type usual[] = {PICTURE_WEBP, PICTURE_JPEG, PICTURE_PNG};
static const enum picture_type jpeg_first[] = {PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP};

static const struct {
    const char *accept;
    enum picture_type chosen; /* with `usual` */
} rows[] = {
    /* browsers and tools, as they ask for an <img> or when told nothing */
    {"image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", PICTURE_WEBP},
    {"image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", PICTURE_WEBP},
    {"image/avif,image/webp,*/*", PICTURE_WEBP},
    {"image/webp,*/*", PICTURE_WEBP},
    {"image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,"
     "image/svg+xml,image/*;q=0.8,*/*;q=0.5",
     PICTURE_WEBP},
    {"image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5", PICTURE_PNG},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
     "q=0.8,application/signed-exchange;v=b3;q=0.7",
     PICTURE_WEBP},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", PICTURE_AUTO},
    {"*/*", PICTURE_AUTO},
    {"image/png, image/svg+xml, image/*;q=0.8, */*;q=0.5", PICTURE_PNG},
    {"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", PICTURE_JPEG},

    /* what is not wanted is not taken for "any picture" either */
    {"image/jpeg;q=0, */*", PICTURE_PNG},
    {"image/png;q=0, */*", PICTURE_JPEG},
    {"image/png;q=0, image/jpeg;q=0.0, image/*", PICTURE_WEBP},
    {"image/webp;q=0, image/png;q=0, image/jpeg;q=0", PICTURE_AUTO},

    /* nothing said, or nothing of ours: any picture serves better than 406 */
    {NULL, PICTURE_AUTO},
    {"", PICTURE_AUTO},
    {"   ", PICTURE_AUTO},
    {"text/html", PICTURE_AUTO},
    {"image/gif", PICTURE_AUTO},
    {"image/avif,image/heic", PICTURE_AUTO},
    {"application/octet-stream", PICTURE_AUTO},
    {"image/*", PICTURE_AUTO},
    {"*", PICTURE_AUTO},
    {"*/*;q=0", PICTURE_AUTO},

    /* named formats */
    {"image/webp", PICTURE_WEBP},
    {"image/jpeg", PICTURE_JPEG},
    {"image/png", PICTURE_PNG},
    {"IMAGE/WEBP", PICTURE_WEBP},
    {"Image/Png", PICTURE_PNG},
    {"image/png,image/jpeg", PICTURE_JPEG},
    {"image/jpeg,image/webp", PICTURE_WEBP},
    {"image/jpeg;q=0.9,image/webp;q=0.8", PICTURE_JPEG},
    {"image/jpeg;q=0.8,image/webp;q=0.8", PICTURE_WEBP},
    {"image/png;q=0.801,image/webp;q=0.8", PICTURE_PNG},
    {"image/webp;q=0.001", PICTURE_WEBP},
    {"image/webp;q=1.000", PICTURE_WEBP},
    {"image/webp;q=1.", PICTURE_WEBP},
    {"image/webp;q=0.5,image/webp", PICTURE_WEBP},
    {"image/webp;Q=0.2,image/png;q=0.3", PICTURE_PNG},

    /* refused formats */
    {"image/webp;q=0", PICTURE_AUTO},
    {"image/webp;q=0.0", PICTURE_AUTO},
    {"image/webp;q=0.000", PICTURE_AUTO},
    {"image/webp;q=0,*/*", PICTURE_AUTO},
    {"image/webp;q=0,image/png", PICTURE_PNG},
    {"image/webp;q=0,image/*", PICTURE_AUTO},
    {"image/webp;q=0,*/*;q=0", PICTURE_AUTO},

    /* a wildcard has its weight and loses ties */
    {"image/webp;q=0.5,*/*;q=0.8", PICTURE_AUTO},
    {"image/webp;q=0.5,*/*;q=0.5", PICTURE_WEBP},
    {"*/*,image/webp", PICTURE_WEBP},
    {"image/*,image/png", PICTURE_PNG},
    {"image/png;q=0.5,image/*;q=0.4,*/*", PICTURE_PNG},
    {"image/png;q=0.5,image/*;q=0.6,*/*;q=0.1", PICTURE_AUTO},
    {"image/png;q=0.5,image/*;q=0,*/*", PICTURE_PNG},

    /* blanks and empty elements */
    {" image/webp ; q=0.9 ,\timage/png;q=0.8", PICTURE_WEBP},
    {",,image/png,,", PICTURE_PNG},
    {"image/png;", PICTURE_PNG},
    {"image/png;;q=0.5,image/webp;q=0.4", PICTURE_PNG},

    /* parameters, quoted ones with separators inside */
    {"image/png;level=1;q=0.9,image/webp;q=0.8", PICTURE_PNG},
    {"image/png;x=\"a,b;q=0\";q=0.9,image/webp;q=0.8", PICTURE_PNG},
    {"image/png;x=\"\\\",image/webp\";q=0.9", PICTURE_PNG},
    {"image/png;q=0.9;ext=1,image/webp;q=0.8", PICTURE_PNG},
    {"image/png;x=\"unclosed,image/webp", PICTURE_PNG},

    /* weights that are none: the element is passed over */
    {"image/webp;q=", PICTURE_AUTO},
    {"image/webp;q=abc", PICTURE_AUTO},
    {"image/webp;q=1.5", PICTURE_AUTO},
    {"image/webp;q=2", PICTURE_AUTO},
    {"image/webp;q=10", PICTURE_AUTO},
    {"image/webp;q=-1", PICTURE_AUTO},
    {"image/webp;q=+1", PICTURE_AUTO},
    {"image/webp;q=.", PICTURE_AUTO},
    {"image/webp;q=1.001", PICTURE_AUTO},
    {"image/webp;q=0.5x", PICTURE_AUTO},
    {"image/webp;q=0,5", PICTURE_AUTO},
    {"image/webp;q=\"1\"", PICTURE_AUTO},
    {"image/webp;q=99999999999999999999", PICTURE_AUTO},
    {"image/webp;q=NaN,image/png;q=0.1", PICTURE_PNG},
    {"image/webp;q=0.123456789012345678901234567890", PICTURE_WEBP},

    /* what only looks like one of ours */
    {"image/webpx", PICTURE_AUTO},
    {"ximage/webp", PICTURE_AUTO},
    {"image/web", PICTURE_AUTO},
    {"image", PICTURE_AUTO},
    {"webp", PICTURE_AUTO},
    {"image/webp/png", PICTURE_AUTO},
    {"image /webp", PICTURE_AUTO},
    {"*/webp", PICTURE_AUTO},
    {"image/webp image/png", PICTURE_AUTO},
    {"\"image/webp\"", PICTURE_AUTO},
    {"\xff\xfe,image/png", PICTURE_PNG},
};

Test(accept, chooses_among_configured_formats)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum picture_type got = http_accept_choose(rows[i].accept, usual, COUNT(usual));

        cr_expect_eq(got, rows[i].chosen, "[%s]: %s", rows[i].accept ? rows[i].accept : "(none)",
                     picture_type_name(got));
    }
}

Test(accept, the_operators_order_breaks_ties)
{
    static const struct {
        const char *accept;
        enum picture_type chosen;
    } ties[] = {
        {"image/webp,image/png,image/jpeg", PICTURE_JPEG},
        {"image/webp,image/png", PICTURE_PNG},
        {"image/webp,image/png;q=0.9", PICTURE_WEBP},
        {"image/avif,image/webp,*/*", PICTURE_WEBP},
        {"*/*", PICTURE_AUTO},
    };

    for (size_t i = 0; i < COUNT(ties); i++)
        cr_expect_eq(http_accept_choose(ties[i].accept, jpeg_first, COUNT(jpeg_first)),
                     ties[i].chosen, "[%s]", ties[i].accept);
}

Test(accept, a_single_format_is_the_answer)
{
    static const char *const fields[] = {NULL, "", "*/*", "image/png", "image/webp;q=0", "junk"};
    static const enum picture_type each[] = {PICTURE_WEBP, PICTURE_JPEG, PICTURE_PNG};

    for (size_t i = 0; i < COUNT(fields); i++)
        for (size_t j = 0; j < COUNT(each); j++)
            cr_expect_eq(http_accept_choose(fields[i], &each[j], 1), each[j], "[%s] %s",
                         fields[i] ? fields[i] : "(none)", picture_type_name(each[j]));
}

Test(accept, any_picture_comes_only_in_configured_formats)
{
    static const enum picture_type webp_png[] = {PICTURE_WEBP, PICTURE_PNG};
    static const enum picture_type webp_jpeg[] = {PICTURE_WEBP, PICTURE_JPEG};
    static const enum picture_type jpeg_png[] = {PICTURE_JPEG, PICTURE_PNG};

    cr_expect_eq(http_accept_choose("*/*", webp_png, 2), PICTURE_PNG);
    cr_expect_eq(http_accept_choose("*/*", webp_jpeg, 2), PICTURE_JPEG);
    cr_expect_eq(http_accept_choose("*/*", jpeg_png, 2), PICTURE_AUTO);
    cr_expect_eq(http_accept_choose("image/webp", jpeg_png, 2), PICTURE_AUTO);
    cr_expect_eq(http_accept_choose("image/jpeg", webp_png, 2), PICTURE_PNG);
}

/* 8 KB of one byte or pair: read through, and nothing found in it. */
Test(accept, long_junk_means_nothing)
{
    static const char *const fillers[] = {",", ";", "\"", " ", "q", "*", "/", ",;", "\\\"", ";q="};
    const size_t length = 8192;
    char *field = malloc(length + 1);

    cr_assert_not_null(field);
    for (size_t i = 0; i < COUNT(fillers); i++) {
        size_t n = strlen(fillers[i]);

        for (size_t j = 0; j < length; j++)
            field[j] = fillers[i][j % n];
        field[length] = '\0';
        cr_expect_eq(http_accept_choose(field, usual, COUNT(usual)), PICTURE_AUTO,
                     "filled with [%s]", fillers[i]);
    }
    memset(field, ',', length);
    memcpy(field + length - 10, "image/webp", 10);
    cr_expect_eq(http_accept_choose(field, usual, COUNT(usual)), PICTURE_WEBP);
    free(field);
}

Test(accept, the_closest_range_says_how_welcome_a_type_is)
{
    static const struct {
        const char *accept;
        int weight;
        bool named;
    } cases[] = {
        {NULL, 1000, false},
        {"", 0, false},
        {"image/png", 0, false},
        {"text/plain", 1000, true},
        {"Text/Plain ; q=0.5", 500, true},
        {"text/*;q=0.3", 300, false},
        {"text/*", 1000, false},
        {"textual/*, tex/*, text/plain2", 0, false},
        {"*/*;q=0.1", 100, false},
        {"*/*, text/*;q=0.4, text/plain;q=0.2", 200, true},
        {"text/plain;q=0.2, text/*;q=0.4, */*", 200, true},
        {"text/plain;q=0, */*", 0, true},
        {"text/plain;q=0.2, text/plain;q=0.7", 700, true},
        {"text/plain;version=1;q=0.9, text/plain;version=2;q=0.3", 300, true},
        {"text/plain; version=\"2\"", 1000, true},
        {"text/plain;version=3, text/*;q=0.5", 500, false},
        {"text/plain;q=junk, */*;q=0.5", 500, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        bool named = true;

        cr_expect_eq(http_accept_weight(cases[i].accept, "text/plain", "2", &named),
                     cases[i].weight, "[%s]", cases[i].accept ? cases[i].accept : "(none)");
        cr_expect_eq(named, cases[i].named, "[%s]", cases[i].accept ? cases[i].accept : "(none)");
    }
}

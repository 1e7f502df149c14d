/* SPDX-License-Identifier: MIT */
#include "serve/dialect_status.h"

#include <criterion/criterion.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

Test(dialect_status, native_urls_have_the_causes_own)
{
    for (int cause = 0; cause < 100; cause++) {
        struct cause_answer answer = dialect_answer(DIALECT_NATIVE, (enum cause)cause);

        cr_expect_eq(answer.status, cause_info((enum cause)cause)->status);
        cr_expect_str_eq(answer.text, cause_info((enum cause)cause)->text);
        cr_expect_not(dialect_tells_origin_status(DIALECT_NATIVE, (enum cause)cause));
    }
}

/* What imgproxy says itself. */
Test(dialect_status, imgproxy)
{
    static const struct {
        enum cause cause;
        int status;
    } rows[] = {
        {CAUSE_NONE, 200},
        {CAUSE_SIGNATURE, 403},
        {CAUSE_OPTION_FORBIDDEN, 403},
        {CAUSE_BAD_REQUEST, 404},
        {CAUSE_NOT_FOUND, 404},
        {CAUSE_EXPIRED, 404},
        {CAUSE_METHOD_NOT_ALLOWED, 405},
        {CAUSE_ORIGIN_FORBIDDEN, 404},
        {CAUSE_ORIGIN_UNREACHABLE, 404},
        {CAUSE_ORIGIN_REDIRECTS, 404},
        {CAUSE_ORIGIN_NOT_FOUND, 404},
        {CAUSE_ORIGIN_ERROR, 502},
        {CAUSE_ORIGIN_BUSY, 502},
        {CAUSE_ORIGIN_TIMEOUT, 504},
        {CAUSE_ORIGIN_TOO_LARGE, 422},
        {CAUSE_PICTURE_TYPE, 422},
        {CAUSE_PICTURE_BROKEN, 422},
        {CAUSE_PICTURE_TOO_LARGE, 422},
        {CAUSE_RENDER_TIMEOUT, 422},
        {CAUSE_BUSY, 429},
        {CAUSE_RATE_LIMITED, 429},
        {CAUSE_INTERNAL, 500},
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_eq(dialect_answer(DIALECT_IMGPROXY, rows[i].cause).status, rows[i].status, "%s",
                     cause_info(rows[i].cause)->name);
}

Test(dialect_status, only_what_an_origin_has_answered_is_passed_on)
{
    cr_expect(dialect_tells_origin_status(DIALECT_IMGPROXY, CAUSE_ORIGIN_NOT_FOUND));
    cr_expect(dialect_tells_origin_status(DIALECT_IMGPROXY, CAUSE_ORIGIN_DENIED));
    cr_expect(dialect_tells_origin_status(DIALECT_IMGPROXY, CAUSE_ORIGIN_BAD_STATUS));
    cr_expect_not(dialect_tells_origin_status(DIALECT_IMGPROXY, CAUSE_ORIGIN_TIMEOUT));
    cr_expect_not(dialect_tells_origin_status(DIALECT_IMGPROXY, CAUSE_NOT_FOUND));
}

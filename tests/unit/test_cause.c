/* SPDX-License-Identifier: MIT */
#include "base/cause.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Every cause with the status that clients are promised. */
static const struct {
    enum cause cause;
    int status;
} promised[] = {
    {CAUSE_NONE, 200},
    {CAUSE_BAD_REQUEST, 400},
    {CAUSE_NOT_FOUND, 404},
    {CAUSE_METHOD_NOT_ALLOWED, 405},
    {CAUSE_URI_TOO_LONG, 414},
    {CAUSE_OPTION_FORBIDDEN, 403},
    {CAUSE_EXPIRED, 410},
    {CAUSE_LENGTH_REQUIRED, 411},
    {CAUSE_UPLOAD_TOO_LARGE, 413},
    {CAUSE_UPLOAD_TOO_SMALL, 400},
    {CAUSE_UPLOAD_MALFORMED, 400},
    {CAUSE_PRECONDITION, 412},
    {CAUSE_CONFLICT, 409},
    {CAUSE_UPLOAD_ENCODED, 415},
    {CAUSE_LOGIN, 401},
    {CAUSE_NOT_YOURS, 403},
    {CAUSE_CROSS_SITE, 403},
    {CAUSE_ORIGIN_NOT_FOUND, 404},
    {CAUSE_ORIGIN_FORBIDDEN, 403},
    {CAUSE_ORIGIN_DENIED, 502},
    {CAUSE_ORIGIN_BAD_STATUS, 502},
    {CAUSE_ORIGIN_ERROR, 502},
    {CAUSE_ORIGIN_BUSY, 503},
    {CAUSE_ORIGIN_UNREACHABLE, 502},
    {CAUSE_ORIGIN_TIMEOUT, 504},
    {CAUSE_ORIGIN_TOO_LARGE, 413},
    {CAUSE_ORIGIN_TRUNCATED, 502},
    {CAUSE_ORIGIN_REDIRECTS, 502},
    {CAUSE_ORIGIN_ENCODED, 502},
    {CAUSE_ORIGIN_RESTING, 503},
    {CAUSE_PICTURE_TYPE, 415},
    {CAUSE_PICTURE_BROKEN, 422},
    {CAUSE_PICTURE_TOO_LARGE, 413},
    {CAUSE_RENDER_TIMEOUT, 422},
    {CAUSE_RENDER_CRASHED, 422},
    {CAUSE_PARAMETER_MISSING, 400},
    {CAUSE_PRESET_UNKNOWN, 400},
    {CAUSE_DID_INVALID, 400},
    {CAUSE_CID_INVALID, 400},
    {CAUSE_DID_UNRESOLVED, 502},
    {CAUSE_DID_WITHOUT_PDS, 502},
    {CAUSE_BLOB_NOT_FOUND, 404},
    {CAUSE_BLOB_MISMATCH, 404},
    {CAUSE_BUSY, 503},
    {CAUSE_INTERNAL, 500},
    {CAUSE_RENDERER_UNAVAILABLE, 500},
    {CAUSE_CLIENT_GONE, 499},
    {CAUSE_RATE_LIMITED, 429},
    {CAUSE_UNSTORABLE, 200},
    {CAUSE_UNAUTHORIZED, 401},
    {CAUSE_SIGNATURE, 403},
    {CAUSE_GRANT_WRONG, 403},
    {CAUSE_GRANT_OVER, 403},
};

Test(cause, statuses)
{
    for (size_t i = 0; i < COUNT(promised); i++)
        cr_expect_eq(cause_info(promised[i].cause)->status, promised[i].status, "%s",
                     cause_info(promised[i].cause)->name);
}

Test(cause, names_are_tokens_and_differ)
{
    for (size_t i = 0; i < COUNT(promised); i++) {
        const char *name = cause_info(promised[i].cause)->name;

        cr_expect_gt(strlen(name), (size_t)0);
        cr_expect_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name), "%s", name);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(name, cause_info(promised[j].cause)->name);
    }
}

Test(cause, texts_are_one_printable_line)
{
    for (size_t i = 0; i < COUNT(promised); i++) {
        const char *text = cause_info(promised[i].cause)->text;

        cr_expect_gt(strlen(text), (size_t)0);
        for (const char *p = text; *p; p++)
            cr_expect(*p >= ' ' && *p <= '~', "%s", text);
    }
}

/* What the request itself got wrong is not worth remembering, and what happened
 * here must not be held against others who ask later. A breaker remembers itself
 * how long its origin rests; that an answer may not be kept is noted so that the
 * next do not wait for it. */
Test(cause, only_failures_of_pictures_and_origins_are_remembered)
{
    for (size_t i = 0; i < COUNT(promised); i++) {
        const struct cause_info *info = cause_info(promised[i].cause);
        int value = (int)promised[i].cause;
        bool remembered = (value >= 20 && value < 60 && value != CAUSE_ORIGIN_RESTING) ||
                          value == CAUSE_UNSTORABLE;

        if (remembered)
            cr_expect(info->negative_ms > 0 && info->negative_ms <= 60000, "%s", info->name);
        else
            cr_expect_eq(info->negative_ms, 0, "%s", info->name);
    }
}

/* RFC 5861 section 4: an old copy stands in for a server that fails, but not for
 * one that says the picture is gone or that must not be asked; nor for a client
 * that asks too much. Of one that has gone the picture is none the worse. */
Test(cause, stale_copies_stand_in_for_failures_only)
{
    for (size_t i = 0; i < COUNT(promised); i++) {
        const struct cause_info *info = cause_info(promised[i].cause);

        cr_expect_eq(info->stale_allowed,
                     info->status >= 500 || promised[i].cause == CAUSE_CLIENT_GONE, "%s",
                     info->name);
    }
}

Test(cause, an_unknown_value_is_internal)
{
    static const int unknown[] = {-1, 5, 33, 39, 50, 59, 99, 1000, 2147483647};

    for (size_t i = 0; i < COUNT(unknown); i++)
        cr_expect_eq(cause_info((enum cause)unknown[i]), cause_info(CAUSE_INTERNAL), "%d",
                     unknown[i]);
}

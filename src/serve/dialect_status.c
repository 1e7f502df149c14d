/* SPDX-License-Identifier: MIT */
#include "serve/dialect_status.h"

#include <stddef.h>

struct row {
    enum cause cause;
    struct cause_answer answer; /* text NULL: the cause's own */
};

struct rows {
    const struct row *rows;
    size_t count;
};

#define ROWS(table) {table, sizeof table / sizeof *(table)}

/* imgproxy knows no 400, 413 and 415: what is wrong with a URL is 404, with a picture 422. */
static const struct row imgproxy[] = {
    {CAUSE_BAD_REQUEST, {404, NULL}},
    {CAUSE_EXPIRED, {404, NULL}},
    {CAUSE_ORIGIN_FORBIDDEN, {404, NULL}},
    {CAUSE_ORIGIN_DENIED, {403, NULL}},
    {CAUSE_ORIGIN_UNREACHABLE, {404, NULL}},
    {CAUSE_ORIGIN_REDIRECTS, {404, NULL}},
    {CAUSE_ORIGIN_BUSY, {502, NULL}},
    {CAUSE_ORIGIN_TOO_LARGE, {422, NULL}},
    {CAUSE_PICTURE_TYPE, {422, NULL}},
    {CAUSE_PICTURE_TOO_LARGE, {422, NULL}},
    {CAUSE_BUSY, {429, NULL}},
};

/* As Coves has it, whose clients read the texts. */
static const struct row atproto[] = {
    {CAUSE_ORIGIN_NOT_FOUND, {404, "blob not found"}},
    {CAUSE_ORIGIN_FORBIDDEN, {502, "failed to fetch blob from PDS"}},
    {CAUSE_ORIGIN_DENIED, {502, "failed to fetch blob from PDS"}},
    {CAUSE_ORIGIN_BAD_STATUS, {502, "failed to fetch blob from PDS"}},
    {CAUSE_ORIGIN_ERROR, {502, "failed to fetch blob from PDS"}},
    {CAUSE_ORIGIN_BUSY, {502, "failed to fetch blob from PDS"}},
    {CAUSE_ORIGIN_UNREACHABLE, {502, "failed to fetch blob from PDS"}},
    {CAUSE_ORIGIN_TIMEOUT, {504, "request timed out"}},
    {CAUSE_ORIGIN_TOO_LARGE, {400, "image too large"}},
    {CAUSE_ORIGIN_TRUNCATED, {502, "failed to fetch blob from PDS"}},
    {CAUSE_ORIGIN_REDIRECTS, {502, "failed to fetch blob from PDS"}},
    {CAUSE_ORIGIN_ENCODED, {502, "failed to fetch blob from PDS"}},
    {CAUSE_ORIGIN_RESTING, {502, "failed to fetch blob from PDS"}},
    {CAUSE_PICTURE_TYPE, {400, "unsupported image format"}},
    {CAUSE_PICTURE_BROKEN, {500, "image processing failed"}},
    {CAUSE_PICTURE_TOO_LARGE, {400, "image too large"}},
    {CAUSE_RENDER_TIMEOUT, {500, "image processing failed"}},
    {CAUSE_RENDER_CRASHED, {500, "image processing failed"}},
    {CAUSE_RENDERER_UNAVAILABLE, {500, "image processing failed"}},
};

/* Camo says 404 where it does not want to go, 400 of what it does not want to pass on. */
static const struct row camo[] = {
    {CAUSE_BAD_REQUEST, {404, NULL}},
    {CAUSE_LOOP, {404, NULL}},
    {CAUSE_ORIGIN_FORBIDDEN, {404, NULL}},
    {CAUSE_ORIGIN_BUSY, {502, NULL}},
    {CAUSE_PICTURE_TYPE, {400, NULL}},
};

static const struct rows dialects[] = {
    [DIALECT_ATPROTO] = ROWS(atproto),
    [DIALECT_IMGPROXY] = ROWS(imgproxy),
    [DIALECT_CAMO] = ROWS(camo),
};

struct cause_answer dialect_answer(enum dialect_name dialect, enum cause cause)
{
    const struct cause_info *info = cause_info(cause);
    struct cause_answer answer = {info->status, info->text};
    const struct rows *own = &dialects[dialect];

    if ((size_t)dialect >= sizeof dialects / sizeof *dialects)
        return answer;
    for (size_t i = 0; i < own->count; i++) {
        if (own->rows[i].cause != cause)
            continue;
        answer.status = own->rows[i].answer.status;
        if (own->rows[i].answer.text)
            answer.text = own->rows[i].answer.text;
        break;
    }
    return answer;
}

bool dialect_tells_origin_status(enum dialect_name dialect, enum cause cause)
{
    return dialect == DIALECT_IMGPROXY &&
           (cause == CAUSE_ORIGIN_NOT_FOUND || cause == CAUSE_ORIGIN_DENIED ||
            cause == CAUSE_ORIGIN_BAD_STATUS || cause == CAUSE_ORIGIN_BUSY);
}

/* SPDX-License-Identifier: MIT */
#include "base/cause.h"

#include <stddef.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

static const struct {
    enum cause cause;
    struct cause_info info;
} table[] = {
    {CAUSE_NONE, {"none", 200, "ok", 0, false}},
    {CAUSE_BAD_REQUEST, {"bad-request", 400, "malformed request", 0, false}},
    {CAUSE_NOT_FOUND, {"not-found", 404, "not found", 0, false}},
    {CAUSE_METHOD_NOT_ALLOWED, {"method", 405, "method not allowed", 0, false}},
    {CAUSE_URI_TOO_LONG, {"uri-too-long", 414, "request address too long", 0, false}},
    {CAUSE_OPTION_FORBIDDEN, {"option-forbidden", 403, "an option is not allowed", 0, false}},
    {CAUSE_EXPIRED, {"expired", 410, "the address has expired", 0, false}},
    {CAUSE_LENGTH_REQUIRED, {"length-required", 411, "the upload's length is missing", 0, false}},
    {CAUSE_UPLOAD_TOO_LARGE, {"upload-too-large", 413, "the upload is too large", 0, false}},
    {CAUSE_UPLOAD_TOO_SMALL, {"upload-too-small", 400, "the upload is too small", 0, false}},
    {CAUSE_UPLOAD_MALFORMED,
     {"upload-malformed", 400, "the upload is malformed or has no picture", 0, false}},
    {CAUSE_PRECONDITION,
     {"precondition", 412, "the picture has been changed meanwhile", 0, false}},
    {CAUSE_UPLOAD_ENCODED,
     {"upload-encoded", 415, "the upload has a content encoding", 0, false}},
    {CAUSE_CONFLICT,
     {"conflict", 409, "another change of the picture is under way, try again", 0, false}},
    {CAUSE_PARAMETER_MISSING,
     {"parameter-missing", 400, "missing required parameters", 0, false}},
    {CAUSE_PRESET_UNKNOWN, {"preset-unknown", 400, "invalid preset", 0, false}},
    {CAUSE_DID_INVALID, {"did-invalid", 400, "invalid DID format", 0, false}},
    {CAUSE_CID_INVALID, {"cid-invalid", 400, "invalid CID format", 0, false}},
    {CAUSE_LOOP, {"loop", 508, "the address leads back here", 0, false}},
    {CAUSE_ORIGIN_NOT_FOUND, {"origin-not-found", 404, "no such picture", MINUTE, false}},
    {CAUSE_ORIGIN_FORBIDDEN,
     {"origin-forbidden", 403, "the picture's address is not allowed", MINUTE, false}},
    {CAUSE_ORIGIN_DENIED,
     {"origin-denied", 502, "the picture's server refused access", 30 * SECOND, true}},
    {CAUSE_ORIGIN_BAD_STATUS,
     {"origin-status", 502, "the picture's server gave no picture", 30 * SECOND, true}},
    {CAUSE_ORIGIN_ERROR,
     {"origin-error", 502, "the picture's server failed", 5 * SECOND, true}},
    {CAUSE_ORIGIN_BUSY,
     {"origin-busy", 503, "the picture's server is busy", 5 * SECOND, true}},
    {CAUSE_ORIGIN_UNREACHABLE,
     {"origin-unreachable", 502, "the picture's server cannot be reached", 5 * SECOND, true}},
    {CAUSE_ORIGIN_TIMEOUT,
     {"origin-timeout", 504, "the picture's server did not answer in time", 5 * SECOND, true}},
    {CAUSE_ORIGIN_TOO_LARGE,
     {"origin-too-large", 413, "the picture's file is too large", MINUTE, false}},
    {CAUSE_ORIGIN_TRUNCATED,
     {"origin-truncated", 502, "the picture came incomplete", 5 * SECOND, true}},
    {CAUSE_ORIGIN_REDIRECTS,
     {"origin-redirects", 502, "the picture's server redirects without end", 30 * SECOND, true}},
    {CAUSE_ORIGIN_ENCODED,
     {"origin-encoded", 502, "the picture came in an encoding that was not asked for",
      30 * SECOND, true}},
    {CAUSE_ORIGIN_RESTING,
     {"origin-resting", 503, "the picture's server has failed too often", 0, true}},
    {CAUSE_DID_UNRESOLVED,
     {"did-unresolved", 502, "failed to resolve DID", 30 * SECOND, true}},
    {CAUSE_DID_WITHOUT_PDS,
     {"did-without-pds", 502, "no PDS endpoint found", 30 * SECOND, true}},
    {CAUSE_BLOB_NOT_FOUND, {"blob-not-found", 404, "blob not found", 5 * SECOND, false}},
    {CAUSE_BLOB_MISMATCH, {"blob-mismatch", 404, "blob not found", MINUTE, false}},
    {CAUSE_PICTURE_TYPE, {"picture-type", 415, "not a picture of a supported type", MINUTE, false}},
    {CAUSE_PICTURE_BROKEN, {"picture-broken", 422, "the picture is damaged", MINUTE, false}},
    {CAUSE_PICTURE_TOO_LARGE,
     {"picture-too-large", 413, "the picture is too large", MINUTE, false}},
    {CAUSE_RENDER_TIMEOUT,
     {"render-timeout", 422, "the picture took too long to render", 10 * SECOND, false}},
    {CAUSE_RENDER_CRASHED,
     {"render-crashed", 422, "the picture cannot be rendered", 10 * SECOND, false}},
    {CAUSE_BUSY, {"busy", 503, "busy, try again", 0, true}},
    {CAUSE_INTERNAL, {"internal", 500, "internal error", 0, true}},
    {CAUSE_RENDERER_UNAVAILABLE,
     {"renderer-unavailable", 500, "internal error", 0, true}},
    {CAUSE_CLIENT_GONE, {"client-gone", 499, "client gone", 0, true}},
    {CAUSE_RATE_LIMITED, {"rate-limited", 429, "too many requests", 0, false}},
    {CAUSE_UNSTORABLE, {"unstorable", 200, "ok", 10 * SECOND, false}},
    {CAUSE_UNAUTHORIZED, {"unauthorized", 401, "a token is needed", 0, false}},
    {CAUSE_LOGIN, {"login", 401, "it is not known who asks", 0, false}},
    {CAUSE_NOT_YOURS, {"not-yours", 403, "this picture is somebody else's", 0, false}},
    {CAUSE_CROSS_SITE,
     {"cross-site", 403, "another site's page may not do this; a program says Visage-Upload: 1", 0,
      false}},
    {CAUSE_STORE, {"store", 503, "uploads cannot be kept just now, try again", 0, false}},
    {CAUSE_SIGNATURE,
     {"signature", 403, "the address is not signed, or not any more", 0, false}},
    {CAUSE_GRANT_WRONG, {"grant-wrong", 403, "the grant is wrong", 0, false}},
    {CAUSE_GRANT_OVER, {"grant-over", 403, "the grant is over", 0, false}},
};

const struct cause_info *cause_info(enum cause cause)
{
    const struct cause_info *fallback = NULL;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].cause == cause)
            return &table[i].info;
        if (table[i].cause == CAUSE_INTERNAL)
            fallback = &table[i].info;
    }
    return fallback;
}

bool cause_is_absence(enum cause cause)
{
    return cause == CAUSE_ORIGIN_NOT_FOUND || cause == CAUSE_BLOB_NOT_FOUND;
}

/* SPDX-License-Identifier: MIT */
#include "serve/version.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "http/form.h"
#include "route/sign.h"

#define REDIRECT_MAX_AGE 60 /* seconds: the current version may be another one soon */

void version_of(const struct digest *original, char out[PICTURE_VERSION_DIGITS + 1])
{
    char hex[DIGEST_HEX_SIZE];

    digest_to_hex(original, hex);
    memcpy(out, hex, PICTURE_VERSION_DIGITS);
    out[PICTURE_VERSION_DIGITS] = '\0';
}

bool version_matches(const struct job *job, const struct entry *variant)
{
    char version[PICTURE_VERSION_DIGITS + 1];

    if (job->picture->version[0] == '\0')
        return true;
    version_of(&variant->original, version);
    return strcmp(version, job->picture->version) == 0;
}

/* The path of the request with the other version. It stands there once, behind the prefix, as a
 * segment that nobody has reason to escape; who does gets none. */
static int put_path(const struct job *job, const struct entry *variant, struct buffer *out)
{
    const struct http_request *request = job->http;
    char version[PICTURE_VERSION_DIGITS + 1], before[sizeof "/v//" + PICTURE_VERSION_DIGITS];
    const char *place;
    size_t at;
    int rc;

    stpcpy(stpcpy(stpcpy(before, "/v/"), job->picture->version), "/");
    place = memmem(request->path, request->path_length, before, strlen(before));
    if (!place)
        return -EINVAL;
    at = (size_t)(place - request->path) + strlen("/v/");
    version_of(&variant->original, version);
    rc = buffer_append(out, request->path, at);
    if (!rc)
        rc = buffer_puts(out, version);
    if (!rc)
        rc = buffer_append(out, request->path + at + PICTURE_VERSION_DIGITS,
                           request->path_length - at - PICTURE_VERSION_DIGITS);
    return rc;
}

/* Where nobody looks at signatures (SIGN_OFF) none is given for one that may be made up. */
int version_sign(const struct job *job, struct buffer *out)
{
    const struct source *source = source_find(&job->server->sources, job->picture->source);
    const struct http_request *request = job->http;
    char signature[SIGN_TEXT_SIZE], expires[SIGN_DIGITS_MAX + 1];
    int64_t expires_s = SIGN_NEVER;
    int rc;

    if (!source || source->config->sign == SIGN_OFF || source->sign_keys.count == 0 ||
        http_form_count(request->query, request->query_length, "sig") == 0)
        return 0;
    if (http_form_get(request->query, request->query_length, "exp", expires, sizeof expires) > 0)
        expires_s = strtoll(expires, NULL, 10);
    rc = sign_path(&source->sign_keys.keys[0], out->data, out->length, expires_s, signature);
    if (!rc && expires_s != SIGN_NEVER)
        rc = buffer_printf(out, "?exp=%" PRId64 "&sig=%s", expires_s, signature);
    else if (!rc)
        rc = buffer_printf(out, "?sig=%s", signature);
    return rc;
}

int version_redirect(const struct job *job, const struct entry *variant)
{
    struct buffer location = {0};
    int rc = put_path(job, variant, &location);

    if (!rc)
        rc = version_sign(job, &location);
    if (!rc)
        rc = reply_redirect(job->reply, job->server, location.data, REDIRECT_MAX_AGE, false);
    else if (rc == -EINVAL)
        rc = reply_error(job->reply, job->server, job->http, CAUSE_NOT_FOUND, false, 0);
    buffer_free(&location);
    return rc;
}

/* SPDX-License-Identifier: MIT */
#include "serve/version.h"

#include <errno.h>
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

struct signer version_signer(const struct job *job)
{
    const struct http_request *request = job->http;
    struct signer signer = {NULL, SIGN_NEVER};
    char expires[SIGN_DIGITS_MAX + 1];

    /* A front end's URLs have no signature: whatever is called so there was not looked at. */
    if (job->picture->rest ? !config_rest_is_own(job->picture->rest)
                           : http_form_count(request->query, request->query_length, "sig") == 0)
        return signer;
    signer.key = source_signs_with(&job->server->sources, job->picture->source);
    if (job->picture->rest)
        return signer;
    if (http_form_get(request->query, request->query_length, "exp", expires, sizeof expires) > 0)
        signer.expires_s = strtoll(expires, NULL, 10);
    return signer;
}

int version_redirect(const struct job *job, const struct entry *variant)
{
    const struct signer signer = version_signer(job);
    struct buffer location = {0};
    int rc = put_path(job, variant, &location);

    if (!rc)
        rc = sign_append(&location, &signer);
    if (!rc)
        rc = reply_redirect(job->reply, job->server, location.data, REDIRECT_MAX_AGE, false);
    else if (rc == -EINVAL)
        rc = reply_error(job->reply, job->server, job->http, CAUSE_NOT_FOUND, false, 0);
    buffer_free(&location);
    return rc;
}

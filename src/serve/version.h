/* SPDX-License-Identifier: MIT
 *
 * URLs of one version of a picture, /v/{version}/...: they may be kept for ever, so
 * they are answered with that version or not at all.
 */
#ifndef VISAGE_SERVE_VERSION_H
#define VISAGE_SERVE_VERSION_H

#include <stdbool.h>

#include "route/sign.h"
#include "serve/job.h"

/* Whether the variant is what the request means: any of it where no version is named. */
bool version_matches(const struct job *job, const struct entry *variant);

/* Answers that the current version is elsewhere: the variant's. Returns 0 or a negative errno. */
int version_redirect(const struct job *job, const struct entry *variant);

/* What signs other URLs of the picture that a request is for, if it was signed: whoever was given a
 * signed URL of a picture may have its others, for as long. Or if it is that of who asks: then for
 * ever. */
struct signer version_signer(const struct job *job);

/* The version of an original, as it stands in URLs. */
void version_of(const struct digest *original, char out[PICTURE_VERSION_DIGITS + 1]);

#endif

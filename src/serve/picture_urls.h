/* SPDX-License-Identifier: MIT
 *
 * The immutable URLs of one version of a picture, as JSON.
 */
#ifndef VISAGE_SERVE_PICTURE_URLS_H
#define VISAGE_SERVE_PICTURE_URLS_H

#include "route/sign.h"
#include "serve/writer.h"

struct picture_urls {
    const struct config *config;
    const char *source;
    const char *id;
    const char *version;
    struct signer signer;
};

/* Writes an object with a URL for each preset, in the format that is preferred. Returns 0, -EIO or
 * -ENOMEM. */
int picture_urls_write(struct writer *w, const struct picture_urls *urls);

#endif

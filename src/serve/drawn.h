/* SPDX-License-Identifier: MIT
 *
 * Pictures of our own, kept in the cache like those of sources, as variants of subjects that no
 * source can have: "+identicon/HASH", "+file/HASH".
 */
#ifndef VISAGE_SERVE_DRAWN_H
#define VISAGE_SERVE_DRAWN_H

#include "serve/variant.h"

struct drawn {
    struct variant variant;
    bool kept;         /* it was there already */
    bool stored;       /* it is there now */
    const void *bytes; /* all of it, valid until the next drawing or look; or, if NULL, */
    int fd;            /* a file that is the caller's */
};

/* Draws job->picture into server->rendered. */
typedef enum cause drawn_render(void *context, const struct job *job, enum picture_type type,
                                struct render_result *result);

/* Finds job->picture in the cache, or has it drawn and keeps it. `seed` stands for the original.
 * Returns CAUSE_NONE with *out filled, or why it cannot be drawn. */
enum cause drawn_get(const struct job *job, const struct digest *seed, drawn_render *render,
                     void *context, struct drawn *out);

#endif

/* SPDX-License-Identifier: MIT
 *
 * What is taken over of a renderer's reply: only what could be the truth. Numbers are
 * checked against what was asked, the output is copied out of the shared file before it
 * is looked at, and its first bytes must be those of the type that was promised.
 * Private to the house.
 */
#ifndef VISAGE_IMAGE_RENDER_REPLY_H
#define VISAGE_IMAGE_RENDER_REPLY_H

#include "base/buffer.h"
#include "image/render.h"
#include "image/render_protocol.h"

/* Where what was asked for goes. */
struct render_destination {
    struct buffer *output;          /* either */
    render_take *take;              /* or */
    void *context;                  /* of take() */
    struct render_result *result;
    struct render_summary *summary; /* RENDER_SUMMARY, and none of the others */
};

/* Takes a reply that says it has succeeded, with the output in `fd`. Returns 0, -EPROTO for one
 * that cannot be true, -ECANCELED if to->take() wanted no more, or another negative errno. */
int render_reply_take(const struct render_request *q, const struct render_reply *p, int fd,
                      const struct render_destination *to);

#endif

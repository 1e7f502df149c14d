/* SPDX-License-Identifier: MIT
 *
 * An original in a few bytes, as a variant that is no picture ("source/id?summary"): its entry has
 * the original's type, sides and transparency, its blob the rest. As good as its original, and for
 * as long, like any variant.
 */
#ifndef VISAGE_SERVE_SUMMARY_H
#define VISAGE_SERVE_SUMMARY_H

#include <stdbool.h>

#include "image/render.h"
#include "serve/job.h"
#include "serve/variant.h"

struct summary {
    uint64_t bytes;  /* of the original */
    uint32_t colour; /* 0xRRGGBB */
    unsigned char thumbhash[PICTURE_THUMBHASH_MAX];
    size_t thumbhash_length;
};

/* Has the original of `length` bytes behind `fd` summed up: the blob's bytes come into
 * server->rendered, what the entry says into *result, as of an output. Fails like
 * renderer_summarize(). */
enum cause summary_render(struct server *server, int fd, uint64_t length,
                          struct render_result *result);

/* Reads the blob's bytes. False if they are none of a summary's. */
bool summary_decode(const void *bytes, size_t length, struct summary *out);

/* Reads what is kept. Returns 0, or -ENOENT if its blob turned out to be missing or damaged, in which
 * case the entry has been removed. */
int summary_read(const struct job *job, const struct variant *variant, struct summary *out);

#endif

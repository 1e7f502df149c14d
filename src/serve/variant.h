/* SPDX-License-Identifier: MIT
 *
 * Finding a variant in the cache and answering with it.
 */
#ifndef VISAGE_SERVE_VARIANT_H
#define VISAGE_SERVE_VARIANT_H

#include "serve/job.h"

enum variant_state { VARIANT_NONE, VARIANT_STALE, VARIANT_FRESH };

struct variant {
    struct digest key;
    struct entry entry;
};

/* The output type to ask the renderer for: PICTURE_AUTO stays only where both JPEG and PNG
 * are configured. */
enum picture_type variant_output_type(const struct job *job);

/* The format whose key stands for the request until the picture's transparency is known. */
enum picture_type variant_lease_type(const struct job *job);

/* Looks the request's variant up. For PICTURE_AUTO that is the JPEG of a picture without
 * transparency, or the PNG of one with it. *out is filled unless VARIANT_NONE. */
enum variant_state variant_look_up(const struct job *job, struct variant *out);

/* Stores what is in server->rendered as the variant e->text. Returns 0 or a negative errno of
 * cache_insert(); e->blob is set in both cases. */
int variant_store(struct server *server, struct entry *e);

/* Answers with a variant that is in the cache. Returns 0, or -ENOENT if its blob turned out
 * to be missing or damaged, in which case the entry has been removed. */
int variant_reply(const struct job *job, const struct variant *variant, enum reply_way way);

/* Notes the first digits of the variant's key, which `visage explain` shows for a URL, for the log,
 * if that wants them. */
void variant_note_key(const struct job *job);

#endif

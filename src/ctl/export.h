/* SPDX-License-Identifier: MIT
 *
 * `visage export`: every current picture of a source, as `visage import` reads it. Private to it.
 */
#ifndef VISAGE_CTL_EXPORT_H
#define VISAGE_CTL_EXPORT_H

#include "ctl/export_file.h"
#include "ctl/progress.h"
#include "ctl/uploads.h"

struct export_item;

struct export {
    struct uploads uploads;
    const char *source, *directory, *csv; /* one of the latter two */
    bool show, quiet;
    struct export_file file; /* of the CSV */
    int directory_fd;
    struct export_item *items;
    size_t count;  /* of them */
    struct digest_stream *stream;
    struct progress progress;
    uint64_t written, refused;
    uint64_t damaged; /* of the refused: there may be better ones in what was exported before */
    enum cause cause; /* why a bucket gives nothing more */
};

/* Writes one picture, whose bytes are behind `fd`, or tells why not if there was trouble before (`rc`).
 * Returns 0, or a negative errno if nothing can go on. */
int export_picture(struct export *e, const char *id, const struct store_picture *p, int fd, int rc);

/* All that is in the bucket of the source: how much that is, and writing it. Each returns 0, or a
 * negative errno if nothing can go on, -EREMOTEIO with e->cause. */
int export_bucket_count(struct export *e);
int export_bucket(struct export *e);

/* Writes a picture, of `p->length` bytes behind `fd`, which is at their beginning. Returns 0 or a
 * negative errno. */
int export_to_csv(struct export_file *to, const char *id, const struct store_picture *p, int fd);
int export_to_tree(int directory, const char *id, const struct store_picture *p, int fd);

#endif

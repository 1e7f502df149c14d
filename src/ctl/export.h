/* SPDX-License-Identifier: MIT
 *
 * `visage export`: every current picture of a source, as `visage import` reads it. Private to it.
 */
#ifndef VISAGE_CTL_EXPORT_H
#define VISAGE_CTL_EXPORT_H

#include <stdio.h>

#include "ctl/uploads.h"

/* Writes a picture, of `p->length` bytes behind `fd`, which is at their beginning. Returns 0 or a negative
 * errno. */
int export_to_csv(FILE *to, const char *id, const struct store_picture *p, int fd);
int export_to_tree(int directory, const char *id, const struct store_picture *p, int fd);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Passing an original on as it is, in place of drawing it: a variant that has the
 * original's own blob.
 */
#ifndef VISAGE_SERVE_PASS_H
#define VISAGE_SERVE_PASS_H

#include <stdbool.h>

#include "serve/make.h"

/* Whether what the entry describes, an original or a variant, is passed on by its type and size. */
bool pass_allows(const struct config *config, const struct entry *entry);

/* Whether this original is passed on: CAUSE_NONE, or CAUSE_PICTURE_TYPE or CAUSE_ORIGIN_TOO_LARGE,
 * which is remembered under `text`, the variant's own. */
enum cause pass_judge(const struct job *job, const char *text, const struct original *original);

/* Makes the variant of an original, whose descriptor goes over to *out. `refreshed`: there was
 * an expired one. */
void pass_on(struct job *job, bool refreshed, const char *text, struct original *original,
             struct made *out);

#endif

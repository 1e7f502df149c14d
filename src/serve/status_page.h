/* SPDX-License-Identifier: MIT
 *
 * /_visage/status: an observation as a page that a person likes to read. No
 * script, nothing from outside; light and dark by the reader's preference.
 */
#ifndef VISAGE_SERVE_STATUS_PAGE_H
#define VISAGE_SERVE_STATUS_PAGE_H

#include "base/buffer.h"
#include "serve/observation.h"

/* The text of its one style element, for the policy that allows it. */
const char *status_page_style(void);

/* Appends the whole HTML document. Returns 0 or -ENOMEM. Pure. */
int status_page_write(const struct observation *o, const struct config *config,
                      struct buffer *out);

/* What is between <style> and </style>, byte for byte: a policy allows it by its hash. It is all
 * that the page needs allowed ("default-src 'none'; style-src 'sha256-...'"). */
const char *status_page_style(void);

#endif

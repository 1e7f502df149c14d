/* SPDX-License-Identifier: MIT
 *
 * The header fields of a request to an origin, but for those that libcurl makes
 * of its options. Private to src/origin.
 */
#ifndef VISAGE_ORIGIN_REQUEST_FIELDS_H
#define VISAGE_ORIGIN_REQUEST_FIELDS_H

#include "origin/transfer.h"

/* Appends the exchange's fields to *list, which the caller frees, and notes in `t` whether a
 * validator is among them. Secrets are left out where they must not go. Returns 0, or -1 without
 * memory or for a field that would be more than one. */
int request_fields_make(struct transfer *t, struct curl_slist **list);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Preconditions (RFC 9110 sections 8.8.3, 13.1 and 13.2.2).
 */
#ifndef VISAGE_HTTP_CONDITIONAL_H
#define VISAGE_HTTP_CONDITIONAL_H

#include <stdbool.h>
#include <stdint.h>

#include "http/message.h"

/* True if an If-None-Match field value names `etag` (with its quotes) by weak
 * comparison: a list, W/ tags, or "*". A malformed list matches what precedes
 * the fault. */
bool http_etag_list_matches(const char *field, const char *etag);

/* Whether a request that changes something has a condition. */
bool http_is_conditional_change(const struct http_request *request);

/* Whether what it says allows the change (section 13.2.2): If-Match, by strong comparison, or else
 * If-Unmodified-Since; and If-None-Match. `version` is that of what is there, NULL for nothing; its
 * tags are "VERSION" and "VERSION-...", whatever follows. */
bool http_may_change(const struct http_request *request, const char *version,
                     int64_t last_modified_s, int64_t now_s);

/* True if the client already has this representation: If-None-Match if present,
 * else If-Modified-Since against `last_modified_s`. */
bool http_not_modified(const struct http_request *request, const char *etag,
                       int64_t last_modified_s, int64_t now_s);

/* True if a Range may be honoured: no If-Range, or one whose strong ETag or exact
 * date is this representation's (RFC 9110 section 13.1.5). */
bool http_if_range_holds(const struct http_request *request, const char *etag,
                         int64_t last_modified_s, int64_t now_s);

#endif

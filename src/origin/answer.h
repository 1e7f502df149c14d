/* SPDX-License-Identifier: MIT
 *
 * What an origin's status and header fields mean for us. Private to src/origin.
 */
#ifndef VISAGE_ORIGIN_ANSWER_H
#define VISAGE_ORIGIN_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "origin/fetch.h"

#define ANSWER_RETRY_MAX_MS INT64_C(3600000) /* no origin puts us off for longer */

/* The meaning of a status other than 200 and other than a redirect. `type` is the
 * Content-Type, or NULL. */
enum cause answer_cause(long status, const char *type);

/* Retry-After (RFC 9110 section 10.2.3) in milliseconds from `now_s`, 0 to
 * ANSWER_RETRY_MAX_MS; 0 for NULL and for what cannot be read. */
int64_t answer_retry_after_ms(const char *value, int64_t now_s);

/* Keeps a well-formed entity tag (RFC 9110 section 8.8.3) that fits; else "". */
void answer_etag(const char *value, char out[FETCH_ETAG_MAX]);

/* True unless the line of a header section, with its end, is one that different readers read
 * differently (RFC 9112 sections 2.2 and 5.1, RFC 9110 section 5.5): blanks in a name or behind
 * it, no name, a CR within, a NUL. Status lines, empty lines and folded ones are sound. */
bool answer_line_is_sound(const char *line, size_t length);

/* Reads a Content-Length, which is digits; UINT64_MAX if it is larger than that. False for
 * anything else. */
bool answer_length(const char *value, uint64_t *out);

/* True for a Content-Encoding that changes nothing; NULL is one. */
bool answer_is_plain(const char *encoding);

#endif

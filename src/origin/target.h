/* SPDX-License-Identifier: MIT
 *
 * Where a request goes: a parsed URL, and the rules for what a redirect may turn
 * it into. The parsed form is what is judged and what is handed to libcurl, so
 * that no second parser can read it differently. Private to src/origin.
 */
#ifndef VISAGE_ORIGIN_TARGET_H
#define VISAGE_ORIGIN_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include <curl/curl.h>

#include "base/cause.h"

/* Parses an absolute http or https URL without user information. On CAUSE_NONE *out
 * is the caller's, to be freed with curl_url_cleanup(); else it is NULL. */
enum cause target_open(const char *url, CURLU **out);

/* Changes `target` to what `location`, a Location field's value, means when it comes
 * from there (RFC 9110 section 10.2.2). CAUSE_ORIGIN_FORBIDDEN: another scheme, or
 * from https down to http. CAUSE_ORIGIN_REDIRECTS: no URL, or one with user
 * information. After a failure `target` is good for freeing only. */
enum cause target_redirect(CURLU *target, const char *location);

/* True if scheme, host and port are the same (RFC 6454 section 4). */
bool target_same_origin(CURLU *a, CURLU *b);

/* Writes "scheme://host:port", in lower case. Returns 0, -EINVAL or -ENAMETOOLONG. */
int target_origin(CURLU *target, char *out, size_t size);

/* True for the page where Azure DevOps sends those whose credential it refuses. */
bool target_is_sign_in(CURLU *target);

/* Whether the host is one of those that the patterns mean (http/url.h). Of names that are not
 * written in ASCII, and thus have another spelling when they are looked up, only "*" means any. */
bool target_host_matches(CURLU *target, char *const *patterns, size_t count);

/* Copies the host for a log line; "?" if there is none. */
void target_host(CURLU *target, char *out, size_t size);

#endif

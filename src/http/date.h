/* SPDX-License-Identifier: MIT
 *
 * HTTP-date (RFC 9110 section 5.6.7).
 */
#ifndef VISAGE_HTTP_DATE_H
#define VISAGE_HTTP_DATE_H

#include <stdint.h>

#define HTTP_DATE_SIZE 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and NUL */

/* Reads IMF-fixdate, rfc850-date and asctime-date; a two-digit year more than 50
 * years after `now_s` is taken as past. Returns 0 and seconds since the epoch in
 * *seconds, or -EINVAL. */
int http_date_parse(const char *text, int64_t now_s, int64_t *seconds);

/* IMF-fixdate. Years outside 0..9999 are clamped. */
void http_date_format(int64_t seconds, char out[HTTP_DATE_SIZE]);

#endif

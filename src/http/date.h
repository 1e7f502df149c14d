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

/* The fields Date and Last-Modified, or nothing where the latter would lie in the future (RFC 9110
 * section 8.8.2.1). Web servers have a Date of their own, but some of their clocks are a second late. */
#define HTTP_DATE_FIELDS_SIZE (sizeof "Date: \r\nLast-Modified: \r\n" + 2 * HTTP_DATE_SIZE)
void http_date_fields(int64_t modified_s, int64_t now_s, char out[HTTP_DATE_FIELDS_SIZE]);

/* IMF-fixdate. Years outside 0..9999 are clamped. */
void http_date_format(int64_t seconds, char out[HTTP_DATE_SIZE]);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Byte ranges (RFC 9110 section 14). One range is served; several, other units
 * and malformed fields are ignored, as the standard allows.
 */
#ifndef VISAGE_HTTP_RANGE_H
#define VISAGE_HTTP_RANGE_H

#include <stdint.h>

enum http_range {
    HTTP_RANGE_WHOLE,         /* no usable range: send everything with 200 */
    HTTP_RANGE_PART,          /* 206 with *first..*last, both inclusive */
    HTTP_RANGE_UNSATISFIABLE, /* 416 */
};

/* `field` may be NULL. `length` is the representation's size in bytes. */
enum http_range http_range_parse(const char *field, uint64_t length, uint64_t *first,
                                 uint64_t *last);

#endif

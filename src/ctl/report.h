/* SPDX-License-Identifier: MIT
 *
 * One fact a line, with a mark in front, and a count of what is not well.
 */
#ifndef VISAGE_CTL_REPORT_H
#define VISAGE_CTL_REPORT_H

#include <stddef.h>
#include <stdint.h>

struct report {
    unsigned warnings;
    unsigned failures;
};

void report_ok(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void report_warn(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void report_fail(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "1.5G"; returns `out`. */
const char *report_bytes(uint64_t bytes, char out[16]);

#endif

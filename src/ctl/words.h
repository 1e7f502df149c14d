/* SPDX-License-Identifier: MIT
 *
 * Numbers and names as people read them in a terminal or a log.
 */
#ifndef VISAGE_CTL_WORDS_H
#define VISAGE_CTL_WORDS_H

#include <stddef.h>
#include <stdint.h>

#define WORDS_MAX 48

/* Each writes to `out` and returns it. */
const char *words_bytes(uint64_t bytes, char out[WORDS_MAX]);  /* "34.1 MiB" */
const char *words_count(uint64_t count, char out[WORDS_MAX]);  /* "12.3 k" */
const char *words_ms(int64_t ms, char out[WORDS_MAX]);         /* "3 h 20 min" */
const char *words_ratio(uint64_t part, uint64_t whole, char out[WORDS_MAX]); /* "97.3 %", "-" */

/* "2025-06-10 14:32:05 UTC". */
const char *words_date(int64_t wall_ms, char out[WORDS_MAX]);

/* "3 h 20 min ago", "in 5 min", "now". */
const char *words_when(int64_t wall_ms, int64_t now_ms, char out[WORDS_MAX]);

/* A name of any bytes as one word that a terminal can show: what is no printable ASCII is
 * percent-encoded, as it would be in a URL. It is cut to fit. */
const char *words_name(const char *name, char *out, size_t size);

#endif

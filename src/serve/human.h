/* SPDX-License-Identifier: MIT
 *
 * Numbers as people read them: "1.2 M", "34.1 GiB", "12 ms", "3 min ago". Number
 * and unit are kept on one line by a no-break space.
 */
#ifndef VISAGE_SERVE_HUMAN_H
#define VISAGE_SERVE_HUMAN_H

#include <stdint.h>

#include "cache/scoreboard.h"
#include "serve/writer.h"

/* Three digits and a letter for the thousands; below a thousand as it is. */
void human_count(struct writer *w, uint64_t count);

/* In powers of 1024, as the configuration counts them. */
void human_bytes(struct writer *w, uint64_t bytes);

/* Part of whole in percent: "0.08 %", "94.6 %"; cut, so that 100 % means all of it, and 0 % means
 * nothing; a dash if there is no whole. */
void human_percent(struct writer *w, uint64_t part, uint64_t whole);

/* At most two units: "340 ms", "4.2 s", "12 min", "3 h 20 min", "5 d 2 h", "over 1000 d". */
void human_ms(struct writer *w, int64_t ms);

/* The same for what is counted in microseconds: "420 us" (with the micro sign),
 * "4.2 ms". */
void human_us(struct writer *w, uint64_t us);

/* "3 min ago"; "now" for less than two seconds and for what a set clock puts into the future. */
void human_ago(struct writer *w, int64_t then_ms, int64_t now_ms);

/* "14:32:05", "14:32" and "10 June 2025", UTC. */
void human_time_of_day(struct writer *w, int64_t wall_ms);
void human_minute(struct writer *w, int64_t wall_ms);
void human_date(struct writer *w, int64_t wall_ms);

/* In how many microseconds this part (thousandths) of the requests was answered, by the histogram:
 * estimated within the bucket that it falls into. "4.2 ms", "over 26 s" for the last bucket, a dash
 * for no requests. */
void human_quantile(struct writer *w, const uint64_t buckets[LATENCY_BUCKETS], unsigned permille);

#endif

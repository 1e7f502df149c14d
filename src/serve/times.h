/* SPDX-License-Identifier: MIT
 *
 * How long an original is good: what its origin says, within what the operator says of its source.
 */
#ifndef VISAGE_SERVE_TIMES_H
#define VISAGE_SERVE_TIMES_H

#include "base/config.h"
#include "http/freshness.h"

/* Of what the origin has said of an answer that came at `now_ms` (wall clock). */
struct freshness_times times_of(const struct config_source *source, const struct freshness *said,
                                int64_t now_ms);

/* The same where it has said nothing. */
struct freshness_times times_unsaid(const struct config_source *source, int64_t now_ms);

#endif

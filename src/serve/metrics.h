/* SPDX-License-Identifier: MIT
 *
 * /_visage/metrics: an observation for Prometheus and its like, in OpenMetrics
 * text (the openmetrics.io specification, version 1.0.0) or in the older
 * Prometheus exposition format 0.0.4; and the same as JSON, for `visage stats`.
 * Names, labels and keys are stable: dashboards and alerts are made of them.
 */
#ifndef VISAGE_SERVE_METRICS_H
#define VISAGE_SERVE_METRICS_H

#include "base/buffer.h"
#include "serve/observation.h"

enum metrics_format { METRICS_PROMETHEUS, METRICS_OPENMETRICS };

/* By an Accept field's value (NULL: none). OpenMetrics if it is wanted more, or as much and by
 * name; whoever asks for anything gets the older text, which everybody reads. */
enum metrics_format metrics_choose(const char *accept);

/* "application/openmetrics-text; version=1.0.0; charset=utf-8" or the older one's. */
const char *metrics_media_type(enum metrics_format format);

/* Appends the whole text. Returns 0 or -ENOMEM. Pure. */
int metrics_write(const struct observation *o, const struct config *config,
                  enum metrics_format format, struct buffer *out);

/* Appends one JSON object and a newline. Returns 0 or -ENOMEM. Pure. Times are in seconds, sizes
 * in bytes, moments in milliseconds since 1970; what is not known is null.
 *
 *   version, time_ms, state_dir
 *   cache     bytes, limit_bytes, low_water_bytes, pictures, remembered_failures, blobs,
 *             published (paths), index_bytes, index_map_bytes, index_readers. `pictures` are originals and what was
 *             drawn from them, which is what the text of `visage stats` calls entries; remembered
 *             failures (failures, there) are none of them. The metrics have the same two names.
 *   store     subjects, versions (the current ones included), bytes of uploads that are kept on this
 *             machine; null without any such source
 *   disk      free_bytes, size_bytes, min_free_bytes
 *   workers   alive, busy, busy_limit, list: [slot, pid, kind, state, state_seconds, up_seconds,
 *             requests, source]; all processes with a slot, of which `kind` "worker" serves
 *   keeper    alive, queued
 *   total, last_hour, last_day
 *             from_ms, to_ms, hit_ratio, counters: each by its name (metrics_counters.h),
 *             latency: hit and miss: count, sum_seconds, buckets: [le, count]; `le` is the upper
 *             bound in seconds, null for none, and each request is in one bucket
 *   origins   [origin, breaker: {state, open_seconds, failures_in_row}, fetches: {fetched,
 *             not_modified, not_found, failed}, received_bytes, in_flight, mean_seconds,
 *             last_failure: {cause, time_ms} or null, last_success_ms]
 */
int metrics_write_json(const struct observation *o, const struct config *config,
                       struct buffer *out);

#endif

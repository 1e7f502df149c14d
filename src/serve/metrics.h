/* SPDX-License-Identifier: MIT
 *
 * /_visage/metrics: an observation for Prometheus and its like, in OpenMetrics
 * text (the openmetrics.io specification, version 1.0.0) or in the older
 * Prometheus exposition format 0.0.4; and the same as JSON, for `visage stats`.
 */
#ifndef VISAGE_SERVE_METRICS_H
#define VISAGE_SERVE_METRICS_H

#include "base/buffer.h"
#include "serve/observation.h"

enum metrics_format { METRICS_PROMETHEUS, METRICS_OPENMETRICS };

/* By an Accept field's value (NULL: none). */
enum metrics_format metrics_choose(const char *accept);

/* "application/openmetrics-text; version=1.0.0; charset=utf-8" or the older one's. */
const char *metrics_media_type(enum metrics_format format);

/* Appends the whole text. Returns 0 or -ENOMEM. Pure. */
int metrics_write(const struct observation *o, const struct config *config,
                  enum metrics_format format, struct buffer *out);

/* Appends one JSON object. Returns 0 or -ENOMEM. Pure. */
int metrics_write_json(const struct observation *o, const struct config *config,
                       struct buffer *out);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The sections of the status page. Private to src/serve/status_*.c.
 */
#ifndef VISAGE_SERVE_STATUS_PARTS_H
#define VISAGE_SERVE_STATUS_PARTS_H

#include "serve/observation.h"
#include "serve/writer.h"

/* What somebody should look at, or that there is nothing. */
void status_notices(struct writer *w, const struct observation *o, const struct config *config);

/* The few numbers that matter most. */
void status_overview(struct writer *w, const struct observation *o, const struct config *config);

/* The last hour and the last day, drawn. */
void status_charts(struct writer *w, const struct observation *o);

void status_origins(struct writer *w, const struct observation *o);
void status_workers(struct writer *w, const struct observation *o);

/* Every counter: last hour, last day, in all. */
void status_numbers(struct writer *w, const struct observation *o);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Libravatar's federation: from a domain to its avatar server, by what is on record for all
 * workers, else by its SRV records.
 */
#ifndef VISAGE_SERVE_FEDERATION_H
#define VISAGE_SERVE_FEDERATION_H

#include "cache/gate.h"
#include "serve/job.h"

#define FEDERATION_SERVER_MAX 300 /* room for "https://", a host and a port */

/* Finds the server of a source of type libravatar, until `deadline_ms` (boot clock). Returns
 * CAUSE_NONE with *out filled ("https://host[:port]"), or CAUSE_ORIGIN_UNREACHABLE or
 * CAUSE_ORIGIN_TIMEOUT where the name service fails. That, too, is remembered for a while. */
enum cause federation_server(struct job *job, const struct config_source *source,
                             int64_t deadline_ms, char out[FEDERATION_SERVER_MAX]);

/* Its origin, if it is on record; nothing is asked. Returns 0 or a negative errno. */
int federation_known(struct cache *cache, const struct config_source *source,
                     char out[GATE_ORIGIN_MAX]);

/* The server does not answer: another one may have its turn. */
void federation_doubt(struct job *job, const struct config_source *source);

#endif

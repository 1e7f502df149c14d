/* SPDX-License-Identifier: MIT
 *
 * From a DID to its PDS: what is on record for all workers, else what the DID's
 * document says.
 */
#ifndef VISAGE_SERVE_RESOLVE_H
#define VISAGE_SERVE_RESOLVE_H

#include "origin/did_document.h"
#include "origin/source.h"
#include "serve/job.h"

/* Finds the PDS of a valid DID for a source of type atproto, until `deadline_ms` (boot clock). Returns
 * CAUSE_NONE with *out filled; CAUSE_DID_UNRESOLVED, CAUSE_DID_WITHOUT_PDS or CAUSE_ORIGIN_TIMEOUT,
 * which are remembered for a while; or CAUSE_BUSY, CAUSE_CLIENT_GONE or CAUSE_INTERNAL. */
enum cause resolve_did(struct job *job, const struct source *source, const char *did,
                       int64_t deadline_ms, char out[DID_PDS_MAX]);

/* The PDS says that it does not have what the DID's owner should: he may have moved. Forgets where it
 * is, unless that was learned just now. */
void resolve_doubt(struct job *job, const char *did);

#endif

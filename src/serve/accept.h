/* SPDX-License-Identifier: MIT
 *
 * Whether a picture may be kept that has come in whole, by an upload or from elsewhere: its type,
 * all of it decoded once in the sandbox, and drawn again where the source wants that.
 */
#ifndef VISAGE_SERVE_ACCEPT_H
#define VISAGE_SERVE_ACCEPT_H

#include "serve/server.h"
#include "store/store.h"

/* Judges what is in *in, which is finished with its digest in p->digest. CAUSE_NONE with type,
 * sides, length and digest in *p: those of what was drawn where the source strips or draws, which
 * then is in *in instead, and has max_bytes at most; or why it is not kept. Ending *in is the
 * caller's. */
enum cause accept_picture(struct server *server, const struct config_source *source,
                          struct store_upload *in, uint64_t max_bytes, struct store_picture *p);

#endif

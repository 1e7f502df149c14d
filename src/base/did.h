/* SPDX-License-Identifier: MIT
 *
 * Decentralised identifiers (W3C DID Core) as atproto uses them: their syntax, and
 * where their documents are.
 */
#ifndef VISAGE_BASE_DID_H
#define VISAGE_BASE_DID_H

#include <stdbool.h>
#include <stddef.h>

#define DID_MAX 2048
#define DID_URL_MAX 4096 /* room for a document's address, NUL included */

/* Whether `length` characters are a DID, of whatever method. */
bool did_is_valid(const char *text, size_t length);

/* Where the document of a valid DID is: below `plc`, the directory's base without '/' at its end, for
 * did:plc; at the host for did:web, by http for localhost and else by https. Returns 0; -EINVAL for
 * another method, a did:web with a path, or one whose host or port is none; or -ENAMETOOLONG. */
int did_document_url(const char *plc, const char *did, char out[DID_URL_MAX]);

/* Whether it is a did:plc, whose directory the operator has named. */
bool did_is_plc(const char *did);

#endif

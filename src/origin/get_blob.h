/* SPDX-License-Identifier: MIT
 *
 * com.atproto.sync.getBlob, by which a PDS gives out blobs.
 */
#ifndef VISAGE_ORIGIN_GET_BLOB_H
#define VISAGE_ORIGIN_GET_BLOB_H

#include <stdbool.h>

/* The address of a blob at a PDS. Owned by the caller; NULL without memory. */
char *get_blob_url(const char *pds, const char *did, const char *cid);

/* Whether the body of a 400 says that there is no such blob (yet). */
bool get_blob_is_missing(const char *body);

#endif

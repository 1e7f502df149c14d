/* SPDX-License-Identifier: MIT
 *
 * The entity tags of pictures (RFC 9110 section 8.8.3).
 */
#ifndef VISAGE_SERVE_ETAG_H
#define VISAGE_SERVE_ETAG_H

#include <stdbool.h>

#include "base/cid.h"
#include "cache/entry.h"
#include "http/message.h"
#include "route/request.h"

#define ETAG_MAX (CONFIG_NAME_MAX + CID_MAX + 10) /* quotes, two '-', a format and NUL included */

/* The tag of an entry that answers `picture`, which may be NULL: by the dialect's own rule, else from
 * the bytes. That of an upload, by a front end's URL, begins with the version and '-'. */
void etag_of(const struct picture_request *picture, const struct entry *e, char out[ETAG_MAX]);

/* The same for a document about the picture of this original. */
void etag_of_document(const struct picture_request *picture, const struct digest *original,
                      const struct digest *document, char out[ETAG_MAX]);

/* The tag of the bytes that have this digest. */
void etag_of_digest(const struct digest *digest, char out[ETAG_MAX]);

/* Whether the client names the tag of what it asks for, where that is known before the picture is:
 * it has what it wants, whether the picture is kept or not. Fills `out` then. */
bool etag_is_had(const struct picture_request *picture, const struct http_request *request,
                 char out[ETAG_MAX]);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Content identifiers as atproto's blobs have them: CIDv1, raw, SHA-256, in base32.
 */
#ifndef VISAGE_BASE_CID_H
#define VISAGE_BASE_CID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"

#define CID_MAX 256          /* characters of any that is let pass */
#define CID_BLOB_LENGTH 59   /* of a blob's: 'b' and the base32 of 36 bytes */
#define CID_BLOB_SIZE (CID_BLOB_LENGTH + 1)

/* Which ones a source takes, and what of them is compared with the bytes. */
enum cid_rule {
    CID_STRICT,    /* only a blob's, and the bytes must have that digest */
    CID_DECODABLE, /* all that look like one; a blob's is compared */
    CID_LEXICAL,   /* all that look like one; nothing is compared */
};

/* Whether the rule takes `length` characters as a CID. */
bool cid_is_taken(enum cid_rule rule, const char *text, size_t length);

/* Reads a blob's CID: the digest of its bytes. False for anything else. */
bool cid_parse(const char *text, size_t length, struct digest *out);

/* The CID of the blob with this digest. */
void cid_format(const struct digest *digest, char out[CID_BLOB_SIZE]);

#endif

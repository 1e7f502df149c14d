/* SPDX-License-Identifier: MIT
 *
 * What a DID's document says: where its owner's data is (atproto's PDS).
 */
#ifndef VISAGE_ORIGIN_DID_DOCUMENT_H
#define VISAGE_ORIGIN_DID_DOCUMENT_H

#include <stddef.h>

#define DID_DOCUMENT_MAX 65536 /* bytes; a longer one is not read */
#define DID_PDS_MAX 512        /* room for the address, NUL included */

enum did_document {
    DID_DOCUMENT_GOOD,
    DID_DOCUMENT_BAD,    /* no document, or that of another DID */
    DID_DOCUMENT_NO_PDS, /* it names none, or not by a web address */
};

/* Reads a document. `out` gets the address without '/' at its end where it is
 * DID_DOCUMENT_GOOD: http or https, a host, perhaps a port and a path; no user information, query
 * or fragment. */
enum did_document did_document_read(const char *text, size_t length, const char *did,
                                    char out[DID_PDS_MAX]);

#endif

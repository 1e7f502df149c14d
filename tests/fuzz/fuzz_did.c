/* SPDX-License-Identifier: MIT
 *
 * A DID, a line end, its document; the DID as a CID, too.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cid.h"
#include "base/did.h"
#include "fuzz/fuzz.h"
#include "origin/did_document.h"

static void read_cid(const char *text)
{
    size_t length = strlen(text);
    char again[CID_BLOB_SIZE];
    struct digest digest;

    if (!cid_parse(text, length, &digest))
        return;
    cid_format(&digest, again);
    REQUIRE(strcmp(text, again) == 0);
    for (enum cid_rule rule = CID_STRICT; rule <= CID_LEXICAL; rule++)
        REQUIRE(cid_is_taken(rule, text, length));
}

static void find_document(const char *did)
{
    char url[DID_URL_MAX];

    if (!did_is_valid(did, strlen(did)))
        return;
    REQUIRE(strlen(did) <= DID_MAX && strncmp(did, "did:", 4) == 0);
    if (did_document_url("https://plc.directory", did, url) != 0)
        return;
    REQUIRE(strlen(url) < sizeof url && strcspn(url, "@?#\\ \r\n") == strlen(url));
    if (did_is_plc(did))
        REQUIRE(strncmp(url, "https://plc.directory/did:plc:", 30) == 0);
    else
        REQUIRE(strncmp(url, "https://", 8) == 0 ||
                (strncasecmp(url, "http://localhost", 16) == 0 && strchr(":/", url[16])));
}

static void read_document(const char *text, const char *did)
{
    char pds[DID_PDS_MAX];

    if (did_document_read(text, strlen(text), did, pds) != DID_DOCUMENT_GOOD)
        return;
    REQUIRE(strnlen(pds, sizeof pds) < sizeof pds);
    REQUIRE(strncasecmp(pds, "http://", 7) == 0 || strncasecmp(pds, "https://", 8) == 0);
    REQUIRE(strcspn(pds, "@?#\\ \r\n") == strlen(pds) && pds[strlen(pds) - 1] != '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *did = fuzz_line(&in), *document = fuzz_rest(&in);

    read_cid(did);
    find_document(did);
    read_document(document, did);
    free(did);
    free(document);
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * atproto's accounts at the rig's own origin, which is PLC directory, did:web host and
 * PDS in one. Each answers what a script says (origin/origin.h):
 *
 *   plc/DID                                  the directory, of a did:plc
 *   did.json                                 the host of did:web:localhost%3APORT
 *   PDS/xrpc/com.atproto.sync.getBlob        the PDS of this name
 */
#ifndef VISAGE_TESTS_RIG_REPOSITORY_H
#define VISAGE_TESTS_RIG_REPOSITORY_H

#include "base/cid.h"
#include "rig/rig.h"

/* The sections that such a rig needs: presets and verify_cid are the words of the configuration, and
 * `more` further keys of the source. */
#define REPOSITORY_CONF(presets, verify_cid, more) \
    "source at {\ntype = atproto\nplc = \"@ORIGIN@/script/plc\"\nverify_cid = " verify_cid \
    "\nallow_addresses = {\"127.0.0.0/8\"}\n" more "\n}\n" \
    "atproto { prefix = \"\" source = at presets = " presets " }\n"

/* The DID's document says that its PDS is the one of this name; NULL: that it has none. It is what
 * the directory, or the did:web host, answers from now on. */
void repository_account(struct rig *rig, const char *did, const char *pds);

/* What the directory answers instead. */
void repository_directory(struct rig *rig, const char *did, const char *steps);

/* What the PDS of this name answers from now on. */
void repository_pds(struct rig *rig, const char *pds, const char *steps);

/* How often each was asked. */
unsigned repository_asked_directory(struct rig *rig, const char *did);
unsigned repository_asked_pds(struct rig *rig, const char *pds);

/* Registers bytes as a picture of the origin; `cid`, which may be NULL, becomes theirs. */
void repository_add(struct rig *rig, const char *name, const void *bytes, size_t length,
                    const char *type, char cid[CID_BLOB_SIZE]);

/* A JPEG of these sides. */
void repository_add_jpeg(struct rig *rig, const char *name, unsigned width, unsigned height,
                         char cid[CID_BLOB_SIZE]);

#endif

/* SPDX-License-Identifier: MIT */
#include "rig/repository.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "origin/pictures.h"

#define NAME_SIZE 256

static void set_script(struct rig *rig, const char *name, const char *steps)
{
    cr_assert_eq(origin_script(rig->origin, name, steps), 0, "%s: %s", name, steps);
}

void repository_directory(struct rig *rig, const char *did, const char *steps)
{
    char name[NAME_SIZE];

    if (strncmp(did, "did:web:", 8) == 0)
        snprintf(name, sizeof name, "did.json");
    else
        snprintf(name, sizeof name, "plc/%s", did);
    set_script(rig, name, steps);
}

void repository_account(struct rig *rig, const char *did, const char *pds)
{
    char document[1024], name[NAME_SIZE], steps[NAME_SIZE + 32];
    int used = snprintf(document, sizeof document, "{\"id\":\"%s\",\"service\":[", did);

    if (pds)
        used += snprintf(document + used, sizeof document - (size_t)used,
                         "{\"id\":\"#atproto_pds\",\"type\":\"AtprotoPersonalDataServer\","
                         "\"serviceEndpoint\":\"http://127.0.0.1:%u/script/%s\"}",
                         (unsigned)rig->origin_port, pds);
    snprintf(document + used, sizeof document - (size_t)used, "]}");
    snprintf(name, sizeof name, "document-of-%s", did);
    repository_add(rig, name, document, strlen(document), "application/did+ld+json", NULL);
    snprintf(steps, sizeof steps, "200 picture=%s", name);
    repository_directory(rig, did, steps);
}

static void name_pds(const char *pds, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "%s/xrpc/com.atproto.sync.getBlob", pds);
}

void repository_pds(struct rig *rig, const char *pds, const char *steps)
{
    char name[NAME_SIZE];

    name_pds(pds, name);
    set_script(rig, name, steps);
}

unsigned repository_asked_directory(struct rig *rig, const char *did)
{
    char path[NAME_SIZE];

    if (strncmp(did, "did:web:", 8) == 0)
        snprintf(path, sizeof path, "/.well-known/did.json");
    else
        snprintf(path, sizeof path, "/script/plc/%s", did);
    return origin_count(rig->origin, path);
}

unsigned repository_asked_pds(struct rig *rig, const char *pds)
{
    char name[NAME_SIZE], path[NAME_SIZE + 8];

    name_pds(pds, name);
    snprintf(path, sizeof path, "/script/%s", name);
    return origin_count(rig->origin, path);
}

void repository_add(struct rig *rig, const char *name, const void *bytes, size_t length,
                    const char *type, char cid[CID_BLOB_SIZE])
{
    struct digest digest;

    cr_assert_eq(origin_add_picture(rig->origin, name, bytes, length, type), 0);
    cr_assert_eq(digest_of(bytes, length, &digest), 0);
    if (cid)
        cid_format(&digest, cid);
}

void repository_add_jpeg(struct rig *rig, const char *name, unsigned width, unsigned height,
                         char cid[CID_BLOB_SIZE])
{
    unsigned char *bytes;
    size_t length;

    cr_assert_eq(picture_make_jpeg(width, height, 7, &bytes, &length), 0);
    repository_add(rig, name, bytes, length, "image/jpeg", cid);
    free(bytes);
}

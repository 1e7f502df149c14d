/* SPDX-License-Identifier: MIT */
#include "serve/etag.h"

#include <stdio.h>
#include <string.h>

#include "http/conditional.h"
#include "serve/version.h"

#define ETAG_DIGITS 32 /* half of the digest: 128 bits tell any two apart */

static bool is_content_addressed(const struct picture_request *picture)
{
    return picture && picture->dialect == DIALECT_ATPROTO;
}

/* "{preset}-{cid}" is Coves'; another format than its JPEG is another representation. */
static void write_content_address(const struct picture_request *picture, enum picture_type format,
                                  char out[ETAG_MAX])
{
    const char *slash = strrchr(picture->id, '/');
    const char *cid = slash ? slash + 1 : picture->id;
    bool plain = format == PICTURE_JPEG;

    snprintf(out, ETAG_MAX, "\"%.*s-%.*s%s%s\"", CONFIG_NAME_MAX, picture->preset, CID_MAX, cid,
             plain ? "" : "-", plain ? "" : picture_type_name(format));
}

/* Where front ends upload: If-Match has to name what is there by any tag that they may have seen. */
static bool is_of_upload(const struct picture_request *picture)
{
    return picture && picture->rest && picture->source && picture->source->type == SOURCE_STORE;
}

void etag_of_document(const struct picture_request *picture, const struct digest *original,
                      const struct digest *document, char out[ETAG_MAX])
{
    char version[PICTURE_VERSION_DIGITS + 1], plain[ETAG_MAX];

    etag_of_digest(document, plain);
    version_of(original, version);
    if (is_of_upload(picture))
        snprintf(out, ETAG_MAX, "\"%s-%.*s\"", version, ETAG_DIGITS, plain + 1);
    else
        strcpy(out, plain);
}

void etag_of(const struct picture_request *picture, const struct entry *e, char out[ETAG_MAX])
{
    if (is_content_addressed(picture))
        write_content_address(picture, e->type, out);
    else if (is_of_upload(picture))
        etag_of_document(picture, &e->original, &e->blob, out);
    else
        etag_of_digest(&e->blob, out);
}

void etag_of_digest(const struct digest *digest, char out[ETAG_MAX])
{
    char hex[DIGEST_HEX_SIZE];

    digest_to_hex(digest, hex);
    out[0] = out[ETAG_DIGITS + 1] = '"';
    memcpy(out + 1, hex, ETAG_DIGITS);
    out[ETAG_DIGITS + 2] = '\0';
}

bool etag_is_had(const struct picture_request *picture, const struct http_request *request,
                 char out[ETAG_MAX])
{
    const char *field = request->if_none_match;

    /* "*" asks whether there is anything. */
    if (!field || field[strspn(field, " \t")] == '*' || !is_content_addressed(picture) ||
        picture->format == PICTURE_AUTO)
        return false;
    write_content_address(picture, picture->format, out);
    return http_etag_list_matches(field, out);
}

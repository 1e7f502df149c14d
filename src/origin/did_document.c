/* SPDX-License-Identifier: MIT */
#include "origin/did_document.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "origin/bounded_json.h"

#define SERVICE_ID "#atproto_pds"
#define SERVICE_TYPE "AtprotoPersonalDataServer"

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), n = strlen(end);

    return length >= n && strcmp(text + length - n, end) == 0;
}

static bool is_pds(const json_t *service)
{
    const char *id = bounded_json_string(service, "id");
    const char *type = bounded_json_string(service, "type");

    return id && type && ends_with(id, SERVICE_ID) && strcmp(type, SERVICE_TYPE) == 0;
}

/* The URL's parser has the last word; this keeps out what would change its meaning once a path
 * and a query are appended. */
static bool is_address(const char *text)
{
    size_t skip = strncasecmp(text, "https://", 8) == 0  ? 8
                  : strncasecmp(text, "http://", 7) == 0 ? 7
                                                         : 0;

    if (skip == 0 || !text[skip] || text[skip] == '/' || strpbrk(text, "?#@\\"))
        return false;
    for (; *text; text++)
        if ((unsigned char)*text <= 0x20 || (unsigned char)*text >= 0x7f)
            return false;
    return true;
}

static enum did_document take_address(const char *text, char out[DID_PDS_MAX])
{
    size_t length = text && is_address(text) ? strlen(text) : 0;

    while (length > 0 && text[length - 1] == '/')
        length--;
    if (length == 0 || length >= DID_PDS_MAX)
        return DID_DOCUMENT_NO_PDS;
    memcpy(out, text, length);
    out[length] = '\0';
    return DID_DOCUMENT_GOOD;
}

static enum did_document find_pds(const json_t *document, char out[DID_PDS_MAX])
{
    json_t *services = json_object_get(document, "service");

    for (size_t i = 0; i < json_array_size(services); i++) {
        json_t *service = json_array_get(services, i);

        if (is_pds(service))
            return take_address(bounded_json_string(service, "serviceEndpoint"), out);
    }
    return DID_DOCUMENT_NO_PDS;
}

enum did_document did_document_read(const char *text, size_t length, const char *did,
                                    char out[DID_PDS_MAX])
{
    json_t *document =
        length <= DID_DOCUMENT_MAX ? bounded_json_object(text, length) : NULL;
    const char *id = bounded_json_string(document, "id");
    enum did_document what = DID_DOCUMENT_BAD;

    if (id && strcmp(id, did) == 0)
        what = find_pds(document, out);
    json_decref(document);
    return what;
}

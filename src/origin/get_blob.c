/* SPDX-License-Identifier: MIT */
#include "origin/get_blob.h"

#include <string.h>

#include "base/buffer.h"
#include "origin/bounded_json.h"

/* A segment's rules leave '+' and '=' as they are, which mean something in a query. */
static int append_value(struct buffer *url, const char *text)
{
    static const char hex[] = "0123456789ABCDEF";
    int rc = 0;

    for (; *text && !rc; text++) {
        unsigned char c = (unsigned char)*text;
        char coded[] = {'%', hex[c >> 4], hex[c & 15]};
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     strchr("-._~:", c);

        rc = plain ? buffer_append(url, text, 1) : buffer_append(url, coded, sizeof coded);
    }
    return rc;
}

char *get_blob_url(const char *pds, const char *did, const char *cid)
{
    struct buffer url = {.length = 0};
    int rc = buffer_join(&url, pds, "/xrpc/com.atproto.sync.getBlob?did=", (char *)NULL);

    if (!rc)
        rc = append_value(&url, did);
    if (!rc)
        rc = buffer_puts(&url, "&cid=");
    if (!rc)
        rc = append_value(&url, cid);
    if (!rc)
        return url.data;
    buffer_free(&url);
    return NULL;
}

bool get_blob_is_missing(const char *body)
{
    json_t *answer = bounded_json_object(body, strlen(body));
    const char *message = bounded_json_string(answer, "message");
    bool missing = message && strcasestr(message, "blob not found");

    json_decref(answer);
    return missing;
}

/* SPDX-License-Identifier: MIT */
#include "cache/entry.h"

#include <string.h>

#include "kv/wire.h"

#define FORMAT_VERSION 2
#define FLAG_ALPHA 1u
#define FLAG_BODILESS 2u
#define FLAG_DATED 4u
#define FLAG_SAID 8u
#define FLAG_LABELLED 16u

/* Offsets of the fixed part. */
enum {
    AT_VERSION = 0,
    AT_KIND = 1,
    AT_TYPE = 2,
    AT_FLAGS = 3,
    AT_CAUSE = 4,
    AT_TEXT_LENGTH = 6,
    AT_ETAG_LENGTH = 8,
    AT_ATTEMPTS = 10,
    AT_WIDTH = 12,
    AT_HEIGHT = 16,
    AT_LENGTH = 20,
    AT_SEQUENCE = 28,
    AT_GENERATION = 36,
    AT_FETCHED = 44,
    AT_EXPIRES = 52,
    AT_REFRESH_UNTIL = 60,
    AT_STALE_UNTIL = 68,
    AT_LAST_MODIFIED = 76,
    AT_BLOB = 84,
    AT_ORIGINAL = AT_BLOB + DIGEST_SIZE,
    AT_STRINGS = AT_ORIGINAL + DIGEST_SIZE,
};

size_t entry_encode(const struct entry *e, unsigned char out[ENTRY_ENCODED_MAX])
{
    size_t text = strnlen(e->text, ENTRY_TEXT_MAX - 1), etag = strnlen(e->etag, ENTRY_ETAG_MAX - 1);

    out[AT_VERSION] = FORMAT_VERSION;
    out[AT_KIND] = (unsigned char)e->kind;
    out[AT_TYPE] = (unsigned char)e->type;
    out[AT_FLAGS] = (unsigned char)((e->alpha ? FLAG_ALPHA : 0) |
                                    (e->bodiless ? FLAG_BODILESS : 0) |
                                    (e->dated ? FLAG_DATED : 0) | (e->said ? FLAG_SAID : 0) |
                                    (e->labelled ? FLAG_LABELLED : 0));
    wire_put16(out + AT_CAUSE, (uint16_t)e->cause);
    wire_put16(out + AT_TEXT_LENGTH, (uint16_t)text);
    wire_put16(out + AT_ETAG_LENGTH, (uint16_t)etag);
    wire_put16(out + AT_ATTEMPTS, e->attempts);
    wire_put32(out + AT_WIDTH, e->width);
    wire_put32(out + AT_HEIGHT, e->height);
    wire_put64(out + AT_LENGTH, e->length);
    wire_put64(out + AT_SEQUENCE, e->sequence);
    wire_put64(out + AT_GENERATION, e->generation);
    wire_put64(out + AT_FETCHED, (uint64_t)e->fetched_ms);
    wire_put64(out + AT_EXPIRES, (uint64_t)e->expires_ms);
    wire_put64(out + AT_REFRESH_UNTIL, (uint64_t)e->refresh_until_ms);
    wire_put64(out + AT_STALE_UNTIL, (uint64_t)e->stale_until_ms);
    wire_put64(out + AT_LAST_MODIFIED, (uint64_t)e->last_modified_s);
    memcpy(out + AT_BLOB, e->blob.bytes, DIGEST_SIZE);
    memcpy(out + AT_ORIGINAL, e->original.bytes, DIGEST_SIZE);
    memcpy(out + AT_STRINGS, e->etag, etag);
    memcpy(out + AT_STRINGS + etag, e->text, text);
    return AT_STRINGS + etag + text;
}

bool entry_decode(const void *bytes, size_t length, struct entry *out)
{
    const unsigned char *in = bytes;
    size_t text, etag;

    if (length < AT_STRINGS || in[AT_VERSION] != FORMAT_VERSION)
        return false;
    text = wire_get16(in + AT_TEXT_LENGTH);
    etag = wire_get16(in + AT_ETAG_LENGTH);
    if (text >= ENTRY_TEXT_MAX || etag >= ENTRY_ETAG_MAX || length != AT_STRINGS + etag + text)
        return false;
    if (in[AT_KIND] < ENTRY_ORIGINAL || in[AT_KIND] > ENTRY_NEGATIVE)
        return false;
    out->kind = in[AT_KIND];
    out->type = in[AT_TYPE];
    out->alpha = in[AT_FLAGS] & FLAG_ALPHA;
    out->bodiless = in[AT_FLAGS] & FLAG_BODILESS;
    out->dated = in[AT_FLAGS] & FLAG_DATED;
    out->said = in[AT_FLAGS] & FLAG_SAID;
    out->labelled = in[AT_FLAGS] & FLAG_LABELLED;
    out->cause = wire_get16(in + AT_CAUSE);
    out->attempts = wire_get16(in + AT_ATTEMPTS);
    out->width = wire_get32(in + AT_WIDTH);
    out->height = wire_get32(in + AT_HEIGHT);
    out->length = wire_get64(in + AT_LENGTH);
    out->sequence = wire_get64(in + AT_SEQUENCE);
    out->generation = wire_get64(in + AT_GENERATION);
    out->fetched_ms = (int64_t)wire_get64(in + AT_FETCHED);
    out->expires_ms = (int64_t)wire_get64(in + AT_EXPIRES);
    out->refresh_until_ms = (int64_t)wire_get64(in + AT_REFRESH_UNTIL);
    out->stale_until_ms = (int64_t)wire_get64(in + AT_STALE_UNTIL);
    out->last_modified_s = (int64_t)wire_get64(in + AT_LAST_MODIFIED);
    memcpy(out->blob.bytes, in + AT_BLOB, DIGEST_SIZE);
    memcpy(out->original.bytes, in + AT_ORIGINAL, DIGEST_SIZE);
    memcpy(out->etag, in + AT_STRINGS, etag);
    out->etag[etag] = '\0';
    memcpy(out->text, in + AT_STRINGS + etag, text);
    out->text[text] = '\0';
    return true;
}

bool entry_subject(const char *text, const char **subject, size_t *subject_length,
                   size_t *source_length)
{
    *subject = text[0] == '!' ? text + 1 : text;
    *source_length = strcspn(*subject, "/");
    *subject_length = strcspn(*subject, "?");
    /* '+' begins what is drawn here and belongs to no source. */
    return (*subject)[0] != '+' && (*subject)[*source_length] == '/' &&
           *source_length < *subject_length;
}

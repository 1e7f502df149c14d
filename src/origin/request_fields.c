/* SPDX-License-Identifier: MIT */
#include "origin/request_fields.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "http/date.h"
#include "origin/answer.h"

#define ACCEPT_MAX 128        /* "Accept: " and media types */
#define VALIDATOR_MAX 160     /* "If-None-Match: " and a tag */
#define VIA_MAX 80            /* "Via: 1.1 " and a name */
#define ACCEPT_PICTURES "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.8"

/* True if `field`, a whole "Name: value", has this name. */
static bool field_is(const char *field, const char *name)
{
    size_t length = strlen(name);

    return strncasecmp(field, name, length) == 0 && field[length] == ':';
}

static bool field_is_secret(const char *field)
{
    return field_is(field, "Authorization") || field_is(field, "Proxy-Authorization") ||
           field_is(field, "Cookie");
}

static int append(struct curl_slist **list, const char *field)
{
    struct curl_slist *longer = curl_slist_append(*list, field);

    if (!longer)
        return -1;
    *list = longer;
    return 0;
}

/* The configured fields that may go along. Returns 0, or -1 without memory or for a field
 * that would be more than one. */
static int add_configured(const struct transfer *t, struct curl_slist **list, bool *accept_set)
{
    const struct config_source *source = t->request->source->config;

    for (size_t i = 0; i < source->header_count; i++) {
        const char *field = source->headers[i];

        if (strpbrk(field, "\r\n") || !strchr(field, ':')) {
            log_error("source-header", "source=%s malformed header field number %zu",
                      source->name, i + 1);
            return -1;
        }
        if (!(field_is_secret(field) ? t->send_secrets : t->send_headers))
            continue;
        if (append(list, field) != 0)
            return -1;
        *accept_set |= field_is(field, "Accept");
    }
    return 0;
}

/* Both validators where both are known (RFC 9110 section 13.1.3): origins that do not know
 * the one look at the other. */
static int add_validators(struct transfer *t, struct curl_slist **list)
{
    char field[VALIDATOR_MAX], etag[FETCH_ETAG_MAX], date[HTTP_DATE_SIZE];

    answer_etag(t->request->etag, etag);
    if (etag[0] != '\0') {
        snprintf(field, sizeof field, "If-None-Match: %s", etag);
        if (append(list, field) != 0)
            return -1;
        t->conditional = true;
    }
    if (t->request->last_modified_s != 0) {
        http_date_format(t->request->last_modified_s, date);
        snprintf(field, sizeof field, "If-Modified-Since: %s", date);
        if (append(list, field) != 0)
            return -1;
        t->conditional = true;
    }
    return 0;
}

/* RFC 9110 section 7.6.3. */
static int add_via(const struct transfer *t, struct curl_slist **list)
{
    char field[VIA_MAX];

    if (!t->request->via)
        return 0;
    snprintf(field, sizeof field, "Via: 1.1 %s", t->request->via);
    return append(list, field);
}

#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* Without the quotes that an entity tag has: Ceph's gateway compares what stands between them with the
 * whole field, so that no tag with quotes ever matches; Amazon's and MinIO take both. */
static int add_object_condition(const struct fetch_request *request, struct curl_slist **list)
{
    const char *tag = request->if_match;
    char field[VALIDATOR_MAX];

    if (request->if_absent)
        return append(list, "If-None-Match: *");
    if (!tag || tag[0] != '"')
        return 0;
    snprintf(field, sizeof field, "If-Match: %.*s", (int)strcspn(tag + 1, "\""), tag + 1);
    return append(list, field);
}

/* What is signed has to name the body's digest, the empty one's, too; stores compare it. */
static int add_object(const struct transfer *t, struct curl_slist **list)
{
    const struct fetch_body *body = t->request->body;
    char field[256];

    if (t->request->source->access_key && t->send_secrets) {
        snprintf(field, sizeof field, "x-amz-content-sha256: %s", body ? body->sha256 : EMPTY_SHA256);
        if (append(list, field) != 0)
            return -1;
    }
    if (add_object_condition(t->request, list) != 0)
        return -1;
    if (!body)
        return 0;
    snprintf(field, sizeof field, "Content-Type: %s", body->type);
    return append(list, field);
}

int request_fields_make(struct transfer *t, struct curl_slist **list)
{
    char accept[ACCEPT_MAX];
    bool accept_set = false;

    if (add_configured(t, list, &accept_set) != 0 || add_object(t, list) != 0 || add_via(t, list) != 0 ||
        (t->send_headers && add_validators(t, list) != 0))
        return -1;
    if (accept_set)
        return 0;
    if (!t->request->accept)
        return append(list, "Accept: " ACCEPT_PICTURES);
    snprintf(accept, sizeof accept, "Accept: %s", t->request->accept);
    return append(list, accept);
}

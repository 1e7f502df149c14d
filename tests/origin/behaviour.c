/* SPDX-License-Identifier: MIT
 *
 * Answers that are HTTP, however unwelcome, and the table of all behaviours.
 */
#include "origin/behaviour.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "origin/fields.h"

#define DRIP_PIECES 16
#define READER_BLOCK 32768
#define LOCATION_MAX 4096

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool behaviour_wait(const struct origin_request *r, int64_t ms)
{
    int64_t until = now_ms() + ms;
    struct pollfd fds[] = {{.fd = r->fd, .events = POLLRDHUP},
                           {.fd = r->stop_fd, .events = POLLIN}};

    for (;;) {
        int64_t left = ms < 0 ? -1 : until - now_ms();
        int n;

        if (ms >= 0 && left < 0)
            left = 0;
        n = poll(fds, 2, left > 60000 ? 60000 : (int)left);
        if (n > 0 || (n < 0 && errno != EINTR))
            return false;
        if (n == 0 && ms >= 0 && now_ms() >= until)
            return true;
    }
}

static uint64_t number_of(const char *text)
{
    return strtoull(text, NULL, 10);
}

static bool add_date(struct MHD_Response *response, const struct field_list *fields)
{
    char date[FIELD_DATE_SIZE];

    if (field_list_find(fields, "Date"))
        return true;
    field_date(0, date);
    return MHD_add_response_header(response, "Date", date) == MHD_YES;
}

static bool add_fields(struct MHD_Response *response, const struct field_list *fields)
{
    char room[FIELD_DATE_SIZE];

    for (size_t i = 0; i < fields->count; i++) {
        const char *value = field_value(&fields->items[i], room);

        if (*value &&
            MHD_add_response_header(response, fields->items[i].name, value) != MHD_YES)
            return false;
    }
    return true;
}

enum MHD_Result behaviour_reply(struct origin_request *r, unsigned status,
                                struct MHD_Response *response, const char *type,
                                const struct field_list *fields)
{
    enum MHD_Result result = MHD_NO;

    if (!response)
        return MHD_NO;
    if (field_list_find(fields, "Content-Type"))
        type = NULL;
    if (add_date(response, fields) && add_fields(response, fields) &&
        (!type || MHD_add_response_header(response, "Content-Type", type) == MHD_YES)) {
        if (r->number > 0)
            origin_note_status(r->origin, r->path, status);
        result = MHD_queue_response(r->connection, status, response);
    }
    MHD_destroy_response(response);
    return result;
}

/* The same with one field, or with none if `field` is NULL. */
static enum MHD_Result reply(struct origin_request *r, unsigned status,
                             struct MHD_Response *response, const char *type, const char *field,
                             const char *value)
{
    struct field one = {(char *)(uintptr_t)field, (char *)(uintptr_t)value};

    return behaviour_reply(r, status, response, type,
                           &(struct field_list){.items = &one, .count = field ? 1 : 0});
}

enum MHD_Result behaviour_text(struct origin_request *r, unsigned status, const char *type,
                               const char *text, const char *field, const char *value)
{
    size_t length = status == 204 || status == 304 ? 0 : strlen(text);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);

    return reply(r, status, response, length ? type : NULL, field, value);
}

static enum MHD_Result plain(struct origin_request *r, unsigned status)
{
    return behaviour_text(r, status, "text/plain", "no picture\n", NULL, NULL);
}

static enum MHD_Result picture_with(struct origin_request *r, unsigned status, const char *field,
                                    const char *value)
{
    return reply(r, status,
                 MHD_create_response_from_buffer(r->picture->length, r->picture->bytes,
                                                 MHD_RESPMEM_PERSISTENT),
                 r->picture->type, field, value);
}

static enum MHD_Result answer_ok(struct origin_request *r)
{
    return picture_with(r, 200, NULL, NULL);
}

const char *behaviour_request_header(struct origin_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

static enum MHD_Result answer_etag(struct origin_request *r)
{
    const char *condition = behaviour_request_header(r, "If-None-Match");
    struct MHD_Response *response;
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    char etag[32];
    bool same;

    for (size_t i = 0; i < r->picture->length; i++)
        hash = (hash ^ r->picture->bytes[i]) * 1099511628211u;
    snprintf(etag, sizeof etag, "\"%016llx\"", (unsigned long long)hash);
    same = condition && strcmp(condition, etag) == 0;
    response = MHD_create_response_from_buffer(same ? 0 : r->picture->length, r->picture->bytes,
                                               MHD_RESPMEM_PERSISTENT);
    if (!response || MHD_add_response_header(response, "Last-Modified",
                                             "Sun, 06 Nov 1994 08:49:37 GMT") != MHD_YES) {
        if (response)
            MHD_destroy_response(response);
        return MHD_NO;
    }
    return reply(r, same ? 304 : 200, response, r->picture->type, "ETag", etag);
}

static enum MHD_Result answer_slow(struct origin_request *r)
{
    return behaviour_wait(r, (int64_t)number_of(r->arguments[0])) ? answer_ok(r) : MHD_NO;
}

static enum MHD_Result answer_hang(struct origin_request *r)
{
    behaviour_wait(r, -1);
    return MHD_NO;
}

/* A body made while it is sent: the picture's bytes, then (huge) zeros, or (endless) the
 * picture again and again. The request is gone by then, so what is needed is copied. */
struct reader {
    struct origin_request request;
    size_t piece;
    int64_t pause_ms;
    bool again;
};

static ssize_t read_body(void *context, uint64_t position, char *out, size_t room)
{
    const struct reader *reader = context;
    const struct origin_picture *picture = reader->request.picture;
    size_t n = room < reader->piece ? room : reader->piece;

    if (!behaviour_wait(&reader->request, reader->pause_ms))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (reader->again)
        position %= picture->length;
    if (position >= picture->length) {
        memset(out, 0, n);
        return (ssize_t)n;
    }
    if (n > picture->length - position)
        n = (size_t)(picture->length - position);
    memcpy(out, picture->bytes + position, n);
    return (ssize_t)n;
}

static enum MHD_Result stream(struct origin_request *r, unsigned status, uint64_t length,
                              size_t piece, int64_t pause_ms, bool again)
{
    struct reader *reader = malloc(sizeof *reader);
    struct MHD_Response *response;

    if (!reader)
        return MHD_NO;
    *reader = (struct reader){.request = *r, .piece = piece, .pause_ms = pause_ms, .again = again};
    response = MHD_create_response_from_callback(length, READER_BLOCK, read_body, reader, free);
    if (!response)
        free(reader);
    return reply(r, status, response, r->picture->type, NULL, NULL);
}

static enum MHD_Result answer_drip(struct origin_request *r)
{
    return stream(r, 200, r->picture->length, r->picture->length / DRIP_PIECES + 1,
                  (int64_t)number_of(r->arguments[0]), false);
}

static enum MHD_Result answer_huge(struct origin_request *r)
{
    return stream(r, 200, number_of(r->arguments[0]), READER_BLOCK, 0, false);
}

static enum MHD_Result answer_endless(struct origin_request *r)
{
    return stream(r, 200, MHD_SIZE_UNKNOWN, READER_BLOCK, 0, true);
}

static enum MHD_Result answer_unique(struct origin_request *r)
{
    unsigned char *bytes;
    size_t length;

    if (jpeg_variant(r->picture->bytes, r->picture->length, number_of(r->arguments[0]), &bytes,
                     &length) != 0)
        return behaviour_text(r, 500, "text/plain", "needs a JPEG\n", NULL, NULL);
    return reply(r, 200, MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_MUST_FREE),
                 r->picture->type, NULL, NULL);
}

static enum MHD_Result answer_gzip(struct origin_request *r)
{
    return picture_with(r, 200, "Content-Encoding", "gzip");
}

static enum MHD_Result answer_html(struct origin_request *r)
{
    return behaviour_text(r, 200, "text/html", "<!doctype html><title>Welcome</title>\n", NULL,
                          NULL);
}

static enum MHD_Result answer_empty(struct origin_request *r)
{
    return behaviour_text(r, 200, NULL, "", NULL, NULL);
}

/* 200 to 599; MHD would refuse others, or end them wrongly. */
static unsigned status_of(const char *text)
{
    uint64_t status = number_of(text);

    return status >= 200 && status <= 599 ? (unsigned)status : 500;
}

static enum MHD_Result answer_status(struct origin_request *r)
{
    return plain(r, status_of(r->arguments[0]));
}

static enum MHD_Result answer_retry_after(struct origin_request *r)
{
    return behaviour_text(r, status_of(r->arguments[0]), "text/plain", "later\n", "Retry-After",
                          r->arguments[1]);
}

static enum MHD_Result answer_endless_status(struct origin_request *r)
{
    return stream(r, status_of(r->arguments[0]), MHD_SIZE_UNKNOWN, READER_BLOCK, 0, true);
}

static enum MHD_Result answer_fail_first(struct origin_request *r)
{
    return r->number <= number_of(r->arguments[0]) ? plain(r, status_of(r->arguments[1]))
                                                   : answer_ok(r);
}

static enum MHD_Result answer_stall_first(struct origin_request *r)
{
    return r->number <= number_of(r->arguments[0]) ? answer_hang(r) : answer_ok(r);
}

static enum MHD_Result redirect(struct origin_request *r, unsigned status, const char *location)
{
    return behaviour_text(r, status, "text/plain", "elsewhere\n", "Location", location);
}

/* Appends `text` percent-encoded, '/' kept. False if it does not fit. */
static bool encode(char *out, size_t size, const char *text)
{
    size_t used = strlen(out);

    for (; *text; text++) {
        bool keep = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
                    (*text >= '0' && *text <= '9') || strchr("-._~/", *text);

        if (used + 4 > size)
            return false;
        snprintf(out + used, size - used, keep ? "%c" : "%%%02X", (unsigned char)*text);
        used += strlen(out + used);
    }
    return true;
}

static enum MHD_Result answer_redirect(struct origin_request *r)
{
    uint64_t left = number_of(r->arguments[0]);
    char location[LOCATION_MAX];

    if (left == 0)
        return answer_ok(r);
    snprintf(location, sizeof location, "/redirect/%llu/", (unsigned long long)left - 1);
    return encode(location, sizeof location, r->name) ? redirect(r, 302, location) : plain(r, 500);
}

static enum MHD_Result answer_redirect_loop(struct origin_request *r)
{
    char location[LOCATION_MAX] = "";

    return encode(location, sizeof location, r->path) ? redirect(r, 302, location) : plain(r, 500);
}

static enum MHD_Result answer_redirect_to(struct origin_request *r)
{
    const char *url = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "u");
    const char *code = MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, "code");

    return url ? redirect(r, code ? status_of(code) : 302, url) : plain(r, 500);
}

static enum MHD_Result answer_redirect_hex(struct origin_request *r)
{
    const char *hex = r->arguments[0];
    char location[LOCATION_MAX];
    size_t length = 0;
    unsigned byte;

    while (length + 1 < sizeof location && sscanf(hex, "%2x", &byte) == 1) {
        location[length++] = (char)byte;
        hex += hex[1] ? 2 : 1;
    }
    location[length] = '\0';
    return redirect(r, 302, location);
}

static enum MHD_Result answer_redirect_bare(struct origin_request *r)
{
    return plain(r, 302);
}

static enum MHD_Result sign_in_page(struct origin_request *r, unsigned status)
{
    return behaviour_text(r, status, "text/html; charset=utf-8",
                          "<!doctype html><title>Sign in</title>\n", NULL, NULL);
}

static enum MHD_Result answer_signin(struct origin_request *r)
{
    return sign_in_page(r, 203);
}

static enum MHD_Result answer_signin_page(struct origin_request *r)
{
    return sign_in_page(r, 200);
}

static enum MHD_Result answer_azure(struct origin_request *r)
{
    const char *suppress = behaviour_request_header(r, "X-TFS-FedAuthRedirect");

    if (behaviour_request_header(r, "Authorization"))
        return answer_ok(r);
    if (suppress && strcasecmp(suppress, "Suppress") == 0)
        return plain(r, 401);
    return redirect(r, 302, "/_signin?realm=dev.azure.com&reply_to=x");
}

static enum MHD_Result answer_auth_basic(struct origin_request *r)
{
    const char *want_user = strcmp(r->arguments[0], "-") == 0 ? "" : r->arguments[0];
    char *password = NULL;
    char *user = MHD_basic_auth_get_username_password(r->connection, &password);
    bool good = user && password && strcmp(user, want_user) == 0 &&
                strcmp(password, r->arguments[1]) == 0;

    MHD_free(user);
    MHD_free(password);
    if (good)
        return answer_ok(r);
    return behaviour_text(r, 401, "text/plain", "who?\n", "WWW-Authenticate",
                          "Basic realm=\"pictures\"");
}

static enum MHD_Result answer_echo_auth(struct origin_request *r)
{
    const char *got = behaviour_request_header(r, "Authorization");

    return got && (!r->authorization || strcmp(got, r->authorization) == 0) ? answer_ok(r)
                                                                              : plain(r, 401);
}

static const struct behaviour behaviours[] = {
    {".well-known", 0, behaviour_script},
    {"_signin", 0, answer_signin_page},
    {"auth-basic", 2, answer_auth_basic},
    {"avatar", 0, behaviour_script},
    {"azure", 0, answer_azure},
    {"cut-headers", 0, behaviour_cut_headers},
    {"drip", 1, answer_drip},
    {"early-hints", 0, behaviour_early_hints},
    {"echo-auth", 0, answer_echo_auth},
    {"empty", 0, answer_empty},
    {"endless", 0, answer_endless},
    {"endless-headers", 0, behaviour_endless_headers},
    {"endless-line", 0, behaviour_endless_line},
    {"endless-status", 1, answer_endless_status},
    {"etag", 0, answer_etag},
    {"fail-first", 2, answer_fail_first},
    {"fields", 1, behaviour_fields},
    {"garbage", 0, behaviour_garbage},
    {"gzip", 0, answer_gzip},
    {"hang", 0, answer_hang},
    {"html", 0, answer_html},
    {"huge", 1, answer_huge},
    {"long-length", 0, behaviour_long_length},
    {"not-modified", 0, behaviour_not_modified},
    {"ok", 0, answer_ok},
    {"redirect", 1, answer_redirect},
    {"redirect-bare", 0, answer_redirect_bare},
    {"redirect-hex", 1, answer_redirect_hex},
    {"redirect-loop", 0, answer_redirect_loop},
    {"redirect-to", 0, answer_redirect_to},
    {"reset", 0, behaviour_reset},
    {"reset-mid", 0, behaviour_reset_mid},
    {"retry-after", 2, answer_retry_after},
    {"script", 0, behaviour_script},
    {"short-length", 0, behaviour_short_length},
    {"signin", 0, answer_signin},
    {"slow", 1, answer_slow},
    {"stall", 0, behaviour_stall},
    {"stall-first", 1, answer_stall_first},
    {"stall-mid", 0, behaviour_stall_mid},
    {"stall-status", 1, behaviour_stall_status},
    {"status", 1, answer_status},
    {"truncated", 0, behaviour_truncated},
    {"truncated-chunked", 0, behaviour_truncated_chunked},
    {"unframed", 0, behaviour_unframed},
    {"unique", 1, answer_unique},
};

const struct behaviour *behaviour_find(const char *name)
{
    for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours; i++)
        if (strcmp(behaviours[i].name, name) == 0)
            return &behaviours[i];
    return NULL;
}

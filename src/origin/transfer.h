/* SPDX-License-Identifier: MIT
 *
 * One HTTP exchange, without redirects: sets every option of a new easy handle,
 * runs it, watches the addresses it connects to and the bytes it receives, and
 * says what came of it. Private to src/origin.
 */
#ifndef VISAGE_ORIGIN_TRANSFER_H
#define VISAGE_ORIGIN_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/buffer.h"
#include "base/cause.h"
#include "base/config.h"
#include "origin/fetch.h"
#include "origin/sockets.h"

struct transfer {
    /* what to do; all borrowed */
    const struct config *config;
    const struct fetch_request *request;
    CURLU *target;
    bool at_home;       /* the target is of the configured origin, whose port is thus allowed */
    bool send_secrets;  /* Basic, Bearer, and configured Authorization and Cookie fields */
    bool send_headers;  /* the other configured fields, and the validators */
    int64_t timeout_ms; /* more than 0 */
    CURLM *kept;        /* what outlives the exchange: connections above all, */
    CURLSH *sessions;   /* those of TLS, */
    struct sockets *sockets; /* and what the connections run on */

    /* what came of it; zeroed by the caller */
    long status;        /* 0 until a final response's header section is complete */
    bool conditional;   /* a validator was sent, so that a 304 may come */
    int64_t asked_ms;   /* wall clock: when it began, */
    int64_t answered_ms; /* and when the header section was complete */
    uint64_t bytes;     /* given to the sink */
    char said[FETCH_SAID_MAX]; /* how an unwanted body begins */
    CURLcode code;
    char detail[CURL_ERROR_SIZE]; /* libcurl's words; may name hosts and addresses */

    /* private */
    CURL *easy;
    enum cause cause;   /* decided while the exchange ran; CAUSE_NONE if it was not */
    size_t header_bytes;
    uint64_t sent;      /* of the request's body */
    uint64_t skipped;   /* body bytes of an answer that nobody wants */
    int64_t skip_until_ms;
    int64_t ask_wanted_ms;
    bool refused;       /* by the guard */
    bool dialled;       /* the guard let an address pass */
};

/* Runs the exchange on `easy`, which has not been used. Returns CAUSE_NONE for a complete body of
 * a 200, for a 304 to a conditional request, and for a redirect that carries on
 * (transfer_is_redirect() tells); else the failure. The answer's header fields can be read from
 * `easy` afterwards. */
enum cause transfer_run(CURL *easy, struct transfer *t);

/* True for 301, 302, 303, 307 and 308. */
bool transfer_is_redirect(const struct transfer *t);

/* True for a 304 that was asked for. */
bool transfer_is_not_modified(const struct transfer *t);

/* The value of the answer's header field, or NULL. Valid until the next use of `easy`. */
const char *transfer_header(CURL *easy, const char *name);

/* Appends the values of all fields of this name, joined by commas (RFC 9110 section 5.3).
 * Without such a field `out` stays as it is. Returns 0 or -ENOMEM. */
int transfer_header_list(CURL *easy, const char *name, struct buffer *out);

#endif

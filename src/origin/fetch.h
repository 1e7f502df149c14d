/* SPDX-License-Identifier: MIT
 *
 * One HTTP fetch of an original with libcurl, streamed to a sink: one try, which
 * the caller may repeat. Exactly 200 with a body that is complete, unencoded and
 * within the limit is a success, and so is 304 to a conditional request;
 * everything else is a typed failure. Limits count received bytes. Redirects
 * are followed here, not by libcurl, so that each hop passes the guard and
 * credentials stay with the origin they were configured for.
 */
#ifndef VISAGE_ORIGIN_FETCH_H
#define VISAGE_ORIGIN_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/config.h"
#include "base/picture.h"
#include "http/freshness.h"
#include "origin/source.h"

#define FETCH_ETAG_MAX 128 /* longer ones are not kept; room for NUL */
#define FETCH_SAID_MAX 1024 /* of an error's body; room for NUL */

/* Takes `length` bytes of the body. Returns 0, or a negative errno, which ends the
 * fetch with CAUSE_INTERNAL. */
typedef int fetch_sink(void *context, const void *bytes, size_t length);

/* Whether the picture is still wanted; asked up to ten times a second while the fetch moves,
 * and once a second while it stands still. False ends it with CAUSE_CLIENT_GONE. */
typedef bool fetch_wanted(void *context);

/* What is sent: an object to be put. */
struct fetch_body {
    int fd;             /* read from offset 0 */
    uint64_t length;
    const char *sha256; /* of it, in hexadecimal digits */
    const char *type;   /* its media type */
};

struct fetch_request {
    const struct source *source;
    const struct fetch_body *body; /* NULL: nothing is sent */
    bool deletes;            /* the object is to be deleted */
    bool looks;              /* only the header section is wanted (HEAD): nothing for the sink */
    const char *if_match;    /* either only if the object has this strong entity tag; NULL or "": any */
    bool if_absent;          /* put only if there is none */
    const char *id;          /* for the source's template, where there is no url */
    const char *url;         /* whole; NULL: the template */
    bool foreign;            /* the url is a stranger's: only ports 80 and 443 but for
                                allow_addresses, and nothing that is configured goes there */
    bool stay;               /* a redirect is a failure */
    const char *accept;      /* media types; NULL: pictures */
    uint64_t max_bytes;      /* of the body; 0: fetch.max_bytes */
    const char *etag;        /* sent as If-None-Match; NULL or "": not conditional by it */
    int64_t last_modified_s; /* sent as If-Modified-Since; 0: not conditional by it */
    const char *via;         /* who we are, for the Via field; NULL: none is sent */
    int64_t timeout_ms;      /* over all redirects; at most fetch.timeout counts, or store.timeout of
                                a body that is sent; 0: none is left */
    fetch_sink *sink;
    fetch_wanted *wanted;    /* NULL: always */
    void *context;           /* of both */
};

struct fetch_result {
    long status;                  /* last HTTP status; 0 if there was none */
    bool not_modified;            /* a 304 that was asked for: what is kept is good */
    uint64_t bytes;               /* given to the sink */
    bool empty;                   /* a 200 that was complete, and had no body */
    bool kept;                    /* what was deleted is kept as an earlier version: the bucket has
                                     versioning */
    char said[FETCH_SAID_MAX];    /* how the body of another status than 200 and 304 begins, up to
                                     a NUL in it */
    char etag[FETCH_ETAG_MAX];    /* as sent, quotes included; "" if none; also of a 304 */
    int64_t last_modified_s;      /* 0 if none */
    enum picture_type declared;   /* what Content-Type calls it; PICTURE_UNKNOWN where it names no
                                     picture, or is missing, malformed or there twice */
    struct freshness freshness;   /* of a 200 or 304 */
    int64_t answered_ms;          /* wall clock, when that one's header section had come */
    int64_t retry_after_ms;       /* from 429 and 503; 0 if none */
    int64_t elapsed_ms;
    unsigned redirects;
};

struct fetcher;

/* A fetcher with one easy handle that is reused, so that connections are. libcurl
 * is initialised at the first fetch, not here: an idle worker stays small. The
 * configuration must outlive it. NULL without memory. */
struct fetcher *fetcher_new(const struct config *config);

/* Frees *fetcher and clears the pointer; NULL is fine. */
void fetcher_free(struct fetcher **fetcher);

/* Fetches a picture. The body goes to `sink`, only for a 200. Validators go to the first target and
 * along while redirects stay at the configured origin. A 304 that no validator asked for is
 * CAUSE_ORIGIN_BAD_STATUS. To what puts or deletes an object, 201 and 204 are successes, too, with
 * nothing for the sink; what only looks is told of in *result alone. Returns CAUSE_NONE or the
 * failure; *result is filled as far as it is known in both cases. Secrets and full URLs are never
 * logged. */
enum cause fetcher_fetch(struct fetcher *fetcher, const struct fetch_request *request,
                         struct fetch_result *result);

#endif

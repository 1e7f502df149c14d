/* SPDX-License-Identifier: MIT
 *
 * Why a request could not be answered with the picture it asked for. One table
 * says for each cause which status the client gets, the one line of text it
 * reads, how long the failure is remembered for others who ask for the same
 * thing, and whether an older copy may stand in (RFC 5861 section 4).
 */
#ifndef VISAGE_BASE_CAUSE_H
#define VISAGE_BASE_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

/* Values are stored in negative index entries: never renumber. */
enum cause {
    CAUSE_NONE = 0,

    /* the request */
    CAUSE_BAD_REQUEST = 1,        /* 400 malformed path, escape, size or id */
    CAUSE_NOT_FOUND = 2,          /* 404 no such route, preset or source */
    CAUSE_METHOD_NOT_ALLOWED = 3, /* 405 */
    CAUSE_URI_TOO_LONG = 4,       /* 414 */
    CAUSE_OPTION_FORBIDDEN = 6,   /* 403 an option that the configuration does not allow */
    CAUSE_EXPIRED = 7,            /* 410 the URL says itself that its time is over */
    CAUSE_LENGTH_REQUIRED = 9,    /* 411 a body of unsaid length */
    CAUSE_UPLOAD_TOO_LARGE = 10,  /* 413 more bytes than upload_max, or than the grant allows */
    CAUSE_UPLOAD_TOO_SMALL = 11,  /* 400 fewer than upload_min */
    CAUSE_UPLOAD_MALFORMED = 12,  /* 400 a form that is none, or has no picture in its field; a body that
                                     ends too early */
    CAUSE_PRECONDITION = 13,      /* 412 If-Match or If-None-Match does not hold */
    CAUSE_CONFLICT = 14,          /* 409 another change of the same picture was under way */
    CAUSE_PARAMETER_MISSING = 15, /* 400 the URL ends too early, or has an empty part */
    CAUSE_PRESET_UNKNOWN = 16,    /* 400 where presets are a protocol's own */
    CAUSE_DID_INVALID = 17,       /* 400 */
    CAUSE_CID_INVALID = 18,       /* 400 */
    CAUSE_UPLOAD_ENCODED = 19,    /* 415 a body in a Content-Encoding */
    CAUSE_LOOP = 8,               /* 508 we have asked ourselves for it */

    /* the origin */
    CAUSE_ORIGIN_NOT_FOUND = 20,    /* 404 origin said 404 or 410 */
    CAUSE_ORIGIN_FORBIDDEN = 21,    /* 403 guard: address, port, scheme or host may not be asked */
    CAUSE_ORIGIN_DENIED = 22,       /* 502 origin said 401, 403, 407 or asked to sign in */
    CAUSE_ORIGIN_BAD_STATUS = 23,   /* 502 another status than 200: 203, 204, 206, 4xx */
    CAUSE_ORIGIN_ERROR = 24,        /* 502 origin said 5xx */
    CAUSE_ORIGIN_BUSY = 25,         /* 503 origin said 429 or 503 */
    CAUSE_ORIGIN_UNREACHABLE = 26,  /* 502 DNS, connect, TLS, reset */
    CAUSE_ORIGIN_TIMEOUT = 27,      /* 504 */
    CAUSE_ORIGIN_TOO_LARGE = 28,    /* 413 more bytes than fetch.max_bytes, or camo.max_bytes */
    CAUSE_ORIGIN_TRUNCATED = 29,    /* 502 fewer bytes than announced, or none at all */
    CAUSE_ORIGIN_REDIRECTS = 30,    /* 502 too many redirects, or a broken one */
    CAUSE_ORIGIN_ENCODED = 31,      /* 502 Content-Encoding that was not asked for */
    CAUSE_ORIGIN_RESTING = 32,      /* 503 its breaker is open: it failed too often lately */
    CAUSE_DID_UNRESOLVED = 34,      /* 502 its document cannot be had */
    CAUSE_DID_WITHOUT_PDS = 35,     /* 502 its document names no server, or none that can be asked */
    CAUSE_BLOB_NOT_FOUND = 36,      /* 404 the server does not have it, or not yet */
    CAUSE_BLOB_MISMATCH = 37,       /* 404 the server sent other bytes than the CID names */

    /* the picture */
    CAUSE_PICTURE_TYPE = 40,      /* 415 not a picture, or of a type that is not decoded */
    CAUSE_PICTURE_BROKEN = 41,    /* 422 does not decode, or is cut short */
    CAUSE_PICTURE_TOO_LARGE = 42, /* 413 more pixels or memory than render.* allows */
    CAUSE_RENDER_TIMEOUT = 43,    /* 422 took longer than render.timeout; the renderer was killed */
    CAUSE_RENDER_CRASHED = 44,    /* 422 the renderer died over it */

    /* here */
    CAUSE_BUSY = 60,     /* 503 somebody else is at it and the deadline has passed */
    CAUSE_INTERNAL = 61, /* 500 see the log */
    CAUSE_RENDERER_UNAVAILABLE = 62, /* 500 the renderer does not start; see the log */
    CAUSE_CLIENT_GONE = 63, /* 499 nobody waits for the answer any more */
    CAUSE_RATE_LIMITED = 64, /* 429 more requests than limit.rate allows this client */
    CAUSE_UNSTORABLE = 65, /* 200 no failure: the origin forbids to keep it, so nobody waits for it */
    CAUSE_UNAUTHORIZED = 66, /* 401 /_visage/ without its token */
    CAUSE_LOGIN = 68,     /* 401 it is not known who wants to write */
    CAUSE_NOT_YOURS = 69, /* 403 somebody else's picture */
    CAUSE_CROSS_SITE = 70, /* 403 another site's page wants to write with the visitor's cookies */
    CAUSE_STORE = 71,     /* 503 uploads cannot be kept just now; see the log */
    CAUSE_SIGNATURE = 67, /* 403 the URL needs a signature, or has a wrong or expired one */
    CAUSE_GRANT_WRONG = 72, /* 403 an upload grant that none of the keys has signed for this */
    CAUSE_GRANT_OVER = 73,  /* 403 one that was good */
};

struct cause_info {
    const char *name;       /* stable token for logs and Cache-Status detail= */
    int status;             /* HTTP status for the client */
    const char *text;       /* one line, no newline; echoes nothing */
    int64_t negative_ms;    /* how long it is remembered; 0 = not at all */
    bool stale_allowed;     /* an expired copy may be served instead */
};

/* That there is no such picture: an answer, and no trouble of the origin's. */
bool cause_is_absence(enum cause cause);

/* Never NULL: an unknown value reads as CAUSE_INTERNAL. */
const struct cause_info *cause_info(enum cause cause);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The parts of `visage explain`: what is known of a URL, and the two ways of
 * telling it. Private to src/ctl/.
 */
#ifndef VISAGE_CTL_EXPLAIN_H
#define VISAGE_CTL_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "cache/gate.h"
#include "ctl/json.h"
#include "route/route.h"
#include "route/publishable.h"
#include "serve/reply.h"

enum explained_state {
    STATE_NONE,
    STATE_PURGED,      /* there, but a miss */
    STATE_FRESH,
    STATE_REFRESHABLE, /* expired; served at once and refreshed behind that */
    STATE_STANDBY,     /* expired; stands in while its origin fails */
    STATE_EXPIRED      /* good only to ask the origin whether it has changed */
};

/* A canonical text and what the cache has of it. */
struct explained {
    char text[PICTURE_CANONICAL_MAX];
    struct digest key;
    enum explained_state state;
    struct entry entry;         /* unless STATE_NONE */
    bool has_file;
    char path[BLOB_PATH_SIZE];  /* of its blob, below blobs/ */
    bool leased;                /* somebody is making it */
    int64_t leased_ms;          /* for how long */
    enum cause failure;         /* remembered; CAUSE_NONE: none is */
    int64_t failure_left_ms;
};

/* What a request for it would meet now. */
enum outcome {
    OUTCOME_REFUSED,    /* no picture's URL */
    OUTCOME_ADMIN,      /* below /_visage/ */
    OUTCOME_HIT,
    OUTCOME_REFRESHING, /* the expired one, refreshed behind the answer */
    OUTCOME_STALE,      /* the expired one, because the origin is known to fail */
    OUTCOME_FAILURE,    /* a remembered one */
    OUTCOME_RENDER,     /* the original is there */
    OUTCOME_REVALIDATE, /* the origin is asked whether it has changed */
    OUTCOME_FETCH,
    OUTCOME_UNSTORABLE, /* fetched for each request: the origin forbids to keep it */
    OUTCOME_RESTING,    /* the origin's breaker is open */
    OUTCOME_STAND_IN,   /* the same, and an expired original stands in */
    OUTCOME_DRAWN,      /* no source has it: the default, drawn anew */
    OUTCOME_REDIRECT,   /* no source has it: the default is elsewhere */
};

/* Whether the web server answers by itself. */
enum publication {
    PUBLICATION_OFF,   /* nothing is published here */
    PUBLICATION_NEVER, /* `publishable` says why */
    PUBLICATION_LATER, /* with the first answer */
    PUBLICATION_DONE
};

struct explanation {
    const struct config *config;
    const char *url;
    const char *accept;              /* NULL: none is sent */
    int64_t now_ms;
    enum cause refusal;              /* CAUSE_NONE: it is routed */
    char hint[256];                  /* why it is refused */
    struct picture_request picture;  /* with the source that would give it, or the default's */
    enum cause passed[CONFIG_CHAIN_MAX]; /* why the chain's first sources would not */
    unsigned passed_count;
    bool is_default;
    bool has_state;                  /* the state directory could be opened */
    char no_state[CONFIG_ERROR_MAX]; /* why not */
    struct explained variants[2];    /* two where transparency decides between JPEG and PNG */
    unsigned variant_count;
    struct explained original;
    enum cause quarantine;           /* renderers died over these bytes */
    char origin[GATE_ORIGIN_MAX];
    bool has_origin;                 /* something is known of it: */
    struct gate_record record;
    enum outcome outcome;
    enum cause cause;                /* of the failure, if it is one */
    const struct config_fallback *fallback; /* drawn in its place; NULL: a line of text */
    enum publication published;
    enum publishable publishable;    /* unless PUBLICATION_OFF */
    char published_path[PUBLISHABLE_PATH_MAX]; /* below publish_root */
    struct reply reply;              /* its head, where it can be foretold */
};

/* explain_route.c: why the URL is none of a picture's, from what its parts look like. */
void explain_refusal(struct explanation *x);

/* explain_admin.c: whether it is a URL below /_visage/; if so, who may see what is there. */
bool explain_admin(struct explanation *x);

/* explain_look.c: everything but what is printed. Returns 0 or a negative errno. */
int explain_look(struct explanation *x);
void explanation_free(struct explanation *x);

/* explain_text.c, explain_json.c */
void explain_print(const struct explanation *x);
int explain_print_json(const struct explanation *x);

const char *explained_state_name(enum explained_state state);
const char *explained_publication_name(enum publication publication);
const char *explained_publishable_name(enum publishable publishable);
const char *explained_outcome_name(enum outcome outcome);

#endif

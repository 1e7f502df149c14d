/* SPDX-License-Identifier: MIT
 *
 * A whole installation for one test: a directory, an origin, a visage.conf, workers
 * and a real web server in front of them, on a free port of 127.0.0.1. The servers
 * run from the snippets that are shipped in conf/, with the paths replaced and a
 * small frame around them. A server that is not installed skips the test.
 *
 * A struct rig must be static: it is looked at when its test has been broken off.
 * Trouble with setting up ends the test. A test's suite is declared with RIG_SUITE,
 * so that everything is taken down, and the logs are shown, when a test fails.
 */
#ifndef VISAGE_TESTS_RIG_RIG_H
#define VISAGE_TESTS_RIG_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "origin/origin.h"
#include "rig/client.h"
#include "rig/files.h"
#include "rig/process.h"

#define RIG_SUITE(name) TestSuite(name, .fini = rig_clean_up, .timeout = 240)

#define RIG_WORKERS 4
#define RIG_FETCH_TIMEOUT_MS 2000

enum rig_kind {
    RIG_LIGHTTPD,        /* bin-path */
    RIG_LIGHTTPD_SOCKET, /* spawn-fcgi and multiwatch */
    RIG_APACHE,          /* mod_fcgid */
    RIG_APACHE_HTACCESS, /* mod_fcgid on shared hosting; URLs begin with /avatars */
    RIG_NGINX,           /* spawn-fcgi and multiwatch */
    RIG_KINDS
};

/* In all texts @DIR@ stands for the rig's directory, @STATE@ for the state directory and
 * @ORIGIN@ for "http://127.0.0.1:PORT" of the origin. NULL leaves the default. */
struct rig_options {
    enum rig_kind kind;
    unsigned workers;     /* 0: RIG_WORKERS */
    const char *top;      /* visage.conf outside of sections */
    const char *fetch;    /* in its section */
    const char *render;
    const char *source;   /* in the section of the source "o", besides url and allow_addresses */
    const char *more;     /* further sections */
    const char *server;   /* the web server's own configuration, beside the shipped one */
    const char *secret;   /* what is in @DIR@/secret, readable for the workers alone */
    const char *state;    /* the state directory; the default is in the rig's */
    const char *renderer; /* below the build directory */
};

struct rig {
    struct rig_options options;
    char directory[FILES_PATH_MAX];
    char state[FILES_PATH_MAX];
    char conf[FILES_PATH_MAX];
    char worker[FILES_PATH_MAX];   /* visage.fcgi */
    char renderer[FILES_PATH_MAX];
    char keeper[FILES_PATH_MAX];
    char log[FILES_PATH_MAX];      /* of servers and workers */
    const char *user;              /* whom the workers run as; NULL: us */
    const char *prefix;            /* of URLs */
    uint16_t port;
    struct origin *origin;         /* "photo", "alpha" and "logo" are registered */
    uint16_t origin_port;
    struct client *client;
    struct process server;
    struct process pool;           /* of workers; unused where the server starts them */
    struct answer answer;          /* the last one of rig_get() and rig_ask() */
    struct rig *next;              /* of those that are open */
};

const char *rig_kind_name(enum rig_kind kind);

/* The stage before rig_open(): directory, origin, configuration; nothing runs yet. */
void rig_prepare(struct rig *rig, const struct rig_options *options);
void rig_open(struct rig *rig, const struct rig_options *options);

/* Stops and starts the web server and the workers; the state stays. */
void rig_stop(struct rig *rig);
void rig_start(struct rig *rig);

/* Ends everything and removes the directory. */
void rig_close(struct rig *rig);

/* The same for all that are still open: their test has failed. */
void rig_clean_up(void);

/* GET of prefix + target, which printf makes. Returns the status. */
int rig_get(struct rig *rig, const char *target, ...) __attribute__((format(printf, 2, 3)));

/* Any method, with fields (ended by NULL; may be NULL). */
int rig_ask(struct rig *rig, const char *method, const char *target, const char *const *fields);

/* The same with a text as the body. */
int rig_send(struct rig *rig, const char *method, const char *target, const char *const *fields,
             const char *body);

/* The origin goes, and comes back at the same port with the same pictures and without counts. */
void rig_stop_origin(struct rig *rig);
void rig_start_origin(struct rig *rig);

/* How often the text stands in the log by now; and whether it does before the time is over. */
unsigned rig_logged(const struct rig *rig, const char *text);
bool rig_await_log(const struct rig *rig, const char *text, int64_t timeout_ms);

/* Runs `visage COMMAND -c CONF`. Returns its exit status. */
int rig_visage(struct rig *rig, const char *command, struct buffer *output);

/* A port of 127.0.0.1 that nobody has at this moment. */
uint16_t rig_free_port(void);

/* A file of the build or the source directory; static storage. */
const char *rig_built(const char *name);
const char *rig_shipped(const char *name);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Clients that upload and delete at once, each through a connection and in a thread of its own,
 * and know what has to be there. Each id is written by one of them, which repeats what was not
 * acknowledged until it is: so what an id's picture is, is known, or it is one of two. What is not
 * as it has to be is told on standard error, and counted.
 */
#ifndef VISAGE_TESTS_SERVER_UPLOAD_WRITERS_H
#define VISAGE_TESTS_SERVER_UPLOAD_WRITERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rig/rig.h"
#include "rig/uploads.h"

#define WRITERS 4
#define WRITERS_OFTEN 6u      /* ids of each that are written again and again */
#define WRITERS_SUBJECTS 1000 /* of each at most */
#define WRITERS_BYTES_MAX 16384
#define WRITERS_TARGET_MAX 96

/* In visage.conf, with WRITERS_KEY as the secret and a publish_root of "@STATE@/published". */
#define WRITERS_KEY "0123456789abcdef-key"
#define WRITERS_CONF                                                                               \
    "source users { type = store ttl = \"1s\" writers = {api-key} "                                \
    "api_key_file = \"@DIR@/secret\" }\n"                                                          \
    "rest avatar { path = \"/users/{id}/avatar\" source = users preset = thumb "                   \
    "methods = {GET, PUT, DELETE} }\n"

/* A picture by its number; each has bytes of its own, and looks like one of a few. */
struct writers_content {
    unsigned char bytes[WRITERS_BYTES_MAX];
    size_t length;
    char version[UPLOADS_VERSION_SIZE];
};

struct writers_subject {
    unsigned number;                      /* of its picture; 0: none */
    char published[UPLOADS_VERSION_SIZE]; /* may be, of that one */
};

struct writer {
    pthread_t thread;
    unsigned index;
    uint64_t state; /* of its random numbers */
    unsigned last;  /* number of a picture */
    uint16_t port;
    struct client *client;
    struct answer answer;
    struct writers_content content;
    struct writers_subject subjects[WRITERS_SUBJECTS]; /* subject i is "users/INDEX-i" */
    unsigned count;
    unsigned deleted, seen, failed, lost, wrong;
};

extern struct writer writers[WRITERS];

/* Draws the pictures and learns from the rig, in quiet, what they are shown like. */
void writers_learn(struct rig *rig);

/* Start together; by themselves all end when something was wrong. */
void writers_start(const struct rig *rig);
bool writers_are_running(void);

/* So far: uploads and deletions that were acknowledged, and requests that came to nothing. */
unsigned writers_acknowledged(void);
unsigned writers_deleted(void);
unsigned writers_interrupted(void);

/* The rig's web server is another one now. */
void writers_follow(const struct rig *rig);

/* Ends them, none in the middle of a change, and waits for that. */
void writers_stop(void);

/* Asks for a subject's picture: whether it is the current one. If a renderer was killed over it just now,
 * it asks until that is forgotten. */
bool writers_sees(struct writer *w, unsigned subject);

bool writers_make_content(unsigned number, struct writers_content *out);

void writers_free(void);

#endif

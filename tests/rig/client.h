/* SPDX-License-Identifier: MIT
 *
 * The tests' HTTP client: libcurl, with the request's target sent as it is given,
 * and a plain socket for requests that are none. Criterion counts assertions without a
 * lock, so what other threads than the test's own may call here makes none: client_new(),
 * client_ask() and what looks at an answer.
 */
#ifndef VISAGE_TESTS_RIG_CLIENT_H
#define VISAGE_TESTS_RIG_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct client; /* one connection, kept; for one thread */

struct answer {
    int status;         /* 0: no answer, or one that was cut */
    struct buffer head; /* status line and fields of the last answer */
    struct buffer body;
    int64_t took_ms;
    const char *error;  /* why there is none */
};

struct client *client_new(uint16_t port);
void client_free(struct client **client);

/* `fields` ends with NULL and may be NULL: "Name: value"; "Name:" takes one of libcurl's
 * own out, "Name;" sends an empty one. Without an Accept there is "Accept: star/star". The
 * answer is cleared first and may be used again. Returns its status. */
int client_ask(struct client *client, const char *method, const char *target,
               const char *const *fields, struct answer *answer);

/* The same with a body, of type application/x-www-form-urlencoded unless a field says another. */
int client_send(struct client *client, const char *method, const char *target,
                const char *const *fields, const void *body, size_t length,
                struct answer *answer);

/* Where the client's connections come from, from now on: an address of 127.0.0.0/8, borrowed. */
void client_from(struct client *client, const char *address);

/* All GETs at once, each on a connection of its own. `answers` has as many places as there
 * are targets. Returns how many came whole. */
size_t client_get_all(uint16_t port, const char *const *targets, size_t count,
                      struct answer *answers);

/* The same as a browser does it: over so many connections at most, which are kept. */
size_t client_get_page(uint16_t port, const char *const *targets, size_t count,
                       unsigned connections, struct answer *answers);

/* A GET whose answer nobody reads. Returns the connection, for client_leave(). */
int client_begin(uint16_t port, const char *target);

/* The same with these bytes, which may be a part of a request. */
int client_begin_with(uint16_t port, const void *bytes, size_t length);

/* Closes it, or, with `reset`, breaks it off. */
void client_leave(int connection, bool reset);

/* Sends bytes, whatever they are, and reads until the server closes or it takes too long.
 * Returns the status, or 0 if what came is no answer. */
int client_raw(uint16_t port, const void *bytes, size_t length, struct answer *answer);

void answer_free(struct answer *answer);

/* The value of a field, valid for the next few calls; NULL if there is none. */
const char *answer_field(const struct answer *answer, const char *name);

/* How often a field is there. */
unsigned answer_fields(const struct answer *answer, const char *name);

/* True if the field is there and contains `text`. */
bool answer_says(const struct answer *answer, const char *name, const char *text);

/* True if the ETag is the beginning of the body's SHA-256, behind the version of what was uploaded. */
bool answer_is_sound(const struct answer *answer);

/* Lower-case SHA-256 of the body. */
void answer_digest(const struct answer *answer, char hex[65]);

#endif

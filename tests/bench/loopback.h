/* SPDX-License-Identifier: MIT
 *
 * Connections to a web server on 127.0.0.1, for clients that load cannot imitate.
 */
#ifndef VISAGE_BENCH_LOOPBACK_H
#define VISAGE_BENCH_LOOPBACK_H

#include <stddef.h>
#include <stdint.h>

/* Begins to connect; writable when connected. Returns a non-blocking descriptor or a negative
 * errno. */
int loopback_connect(uint16_t port);

/* Sends a GET request for `path`, which fits a new connection's buffer. Returns 0 or a negative
 * errno. */
int loopback_ask(int fd, const char *path);

/* Closes with a reset: the server learns at once that nobody is there any more. */
void loopback_drop(int fd);

/* The status of an answer of which `length` bytes are there, or 0; and where its body begins and
 * how long it will be, if the whole header section is there (else *body is 0). */
unsigned loopback_status(const char *answer, size_t length, size_t *body, size_t *body_length);

/* A port in decimal, or 0. */
uint16_t loopback_port(const char *text);

#endif

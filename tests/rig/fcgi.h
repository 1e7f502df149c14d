/* SPDX-License-Identifier: MIT
 *
 * The client's side of FastCGI, one request per connection: what a web server
 * would say to a worker, without the web server. For benchmarks, too: nothing here
 * knows of a test.
 */
#ifndef VISAGE_TESTS_RIG_FCGI_H
#define VISAGE_TESTS_RIG_FCGI_H

#include <stddef.h>

#define FCGI_REQUEST_MAX 4096

/* Writes a request up to its body. `more` are further "NAME=value" parameters. Returns its length,
 * or 0 if it does not fit. */
size_t fcgi_head(unsigned char out[FCGI_REQUEST_MAX], const char *method, const char *uri,
                 char *const *more, size_t more_count);

/* The same of a whole GET request, with its empty body. */
size_t fcgi_request(unsigned char out[FCGI_REQUEST_MAX], const char *uri, char *const *more,
                    size_t more_count);

/* Connects to the unix socket at `path`. Returns a descriptor or a negative errno. */
int fcgi_connect(const char *path);

/* Listens at `path`, which must not exist. Returns a descriptor or a negative errno. */
int fcgi_listen(const char *path);

/* Sends all of it. Returns 0 or a negative errno. */
int fcgi_send(int fd, const void *bytes, size_t length);

/* Sends a piece of a request's body, of any length, and the body's end. Each returns 0 or a negative
 * errno. */
int fcgi_send_body(int fd, const void *bytes, size_t length);
int fcgi_end_body(int fd);

/* Waits until the other end has read all that was sent. Returns 0 or a negative errno. */
int fcgi_await_read(int fd, int timeout_ms);

/* Reads up to the end of the request and takes what was written to FCGI_STDOUT: head and body.
 * Allocates *out, for the caller to free. Returns 0 or a negative errno with *out NULL. */
int fcgi_read_answer(int fd, unsigned char **out, size_t *length);

#endif

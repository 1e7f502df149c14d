/* SPDX-License-Identifier: MIT
 *
 * The client's side of FastCGI, one request per connection: what a web server
 * would say to a worker, without the web server.
 */
#ifndef VISAGE_BENCH_FCGI_H
#define VISAGE_BENCH_FCGI_H

#include <stddef.h>

#define FCGI_REQUEST_MAX 4096

/* Writes a whole GET request, to its empty body. `more` are further "NAME=value"
 * parameters. Returns its length, or 0 if it does not fit. */
size_t fcgi_request(unsigned char out[FCGI_REQUEST_MAX], const char *uri, char *const *more,
                    size_t more_count);

/* Connects to the unix socket at `path`. Returns a descriptor or a negative errno. */
int fcgi_connect(const char *path);

/* Listens at `path`, which must not exist. Returns a descriptor or a negative errno. */
int fcgi_listen(const char *path);

/* Sends all of it. Returns 0 or a negative errno. */
int fcgi_send(int fd, const void *bytes, size_t length);

/* Reads up to the end of the request and takes what was written to FCGI_STDOUT: head and body.
 * Allocates *out, for the caller to free. Returns 0 or a negative errno with *out NULL. */
int fcgi_read_answer(int fd, unsigned char **out, size_t *length);

#endif

/* SPDX-License-Identifier: MIT
 *
 * FastCGI in and out: the only file that knows libfcgi.
 */
#ifndef VISAGE_WORKER_FASTCGI_H
#define VISAGE_WORKER_FASTCGI_H

#include <stdbool.h>

#include "http/message.h"
#include "serve/reply.h"

struct fastcgi;

/* Takes over the listening socket on descriptor 0 and makes it non-blocking. Signal handlers must
 * be installed already. Returns 0, -ENOTSOCK if descriptor 0 is no listening socket, or another
 * negative errno. */
int fastcgi_open(struct fastcgi **out);

/* Whoever connects from now on is turned away at once, so that the web server asks another
 * worker; who waits already can still be accepted, and then fastcgi_accept() returns -EAGAIN.
 * Only for a socket that nobody else listens on. Does nothing on TCP, where it would cut those
 * who wait. */
void fastcgi_refuse(struct fastcgi *fastcgi);

/* Lets go of the listening socket. */
void fastcgi_leave(struct fastcgi *fastcgi);

/* Frees *fastcgi and clears the pointer; NULL is fine. */
void fastcgi_close(struct fastcgi **fastcgi);

/* Accepts the next request. Returns 0 with *request filled, its strings and its peer valid until
 * fastcgi_send(); -EAGAIN if nobody waits; or another negative errno. */
int fastcgi_accept(struct fastcgi *fastcgi, struct http_request *request);

/* Sends the reply and ends the request. Returns 0, or -EPIPE if the peer went away. */
int fastcgi_send(struct fastcgi *fastcgi, const struct reply *reply);

#endif

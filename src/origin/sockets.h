/* SPDX-License-Identifier: MIT
 *
 * The sockets that libcurl has open, between fetches too: so that one which has
 * received what nobody asked for is noticed before it is used again. Private to
 * src/origin.
 */
#ifndef VISAGE_ORIGIN_SOCKETS_H
#define VISAGE_ORIGIN_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

#define SOCKETS_MAX 64 /* several are tried at once where a name has several addresses */

struct sockets {
    int fds[SOCKETS_MAX];
    size_t count;
};

/* Returns a close-on-exec socket, or -1. */
int sockets_open(struct sockets *sockets, int family, int type);

/* Returns as close(). */
int sockets_close(struct sockets *sockets, int fd);

/* True if bytes have come on any of them that nobody has read. */
bool sockets_are_dirty(const struct sockets *sockets);

#endif

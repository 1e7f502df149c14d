/* SPDX-License-Identifier: MIT */
#include "origin/sockets.h"

#include <sys/socket.h>
#include <unistd.h>

int sockets_open(struct sockets *sockets, int family, int type)
{
    int fd;

    if (sockets->count == SOCKETS_MAX)
        return -1;
    fd = socket(family, type | SOCK_CLOEXEC, 0);
    if (fd >= 0)
        sockets->fds[sockets->count++] = fd;
    return fd;
}

int sockets_close(struct sockets *sockets, int fd)
{
    for (size_t i = 0; i < sockets->count; i++)
        if (sockets->fds[i] == fd) {
            sockets->fds[i] = sockets->fds[--sockets->count];
            break;
        }
    return close(fd);
}

bool sockets_are_dirty(const struct sockets *sockets)
{
    char byte;

    for (size_t i = 0; i < sockets->count; i++)
        if (recv(sockets->fds[i], &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
            return true;
    return false;
}

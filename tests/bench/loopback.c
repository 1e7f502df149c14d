/* SPDX-License-Identifier: MIT */
#include "bench/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_MAX 1024

int loopback_connect(uint16_t port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), rc = 0;

    if (fd < 0)
        return -errno;
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
        (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 &&
         errno != EINPROGRESS))
        rc = -errno;
    if (rc)
        close(fd);
    return rc ? rc : fd;
}

int loopback_ask(int fd, const char *path)
{
    char request[REQUEST_MAX];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
    ssize_t sent;

    if (n < 0 || (size_t)n >= sizeof request)
        return -ENAMETOOLONG;
    sent = send(fd, request, (size_t)n, MSG_NOSIGNAL);
    if (sent < 0)
        return -errno;
    return sent == n ? 0 : -EAGAIN;
}

void loopback_drop(int fd)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    /* Where it cannot be set the server learns it a little later. */
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

unsigned loopback_status(const char *answer, size_t length, size_t *body, size_t *body_length)
{
    static const char field[] = "\r\nContent-Length:";
    const char *end = memmem(answer, length, "\r\n\r\n", 4), *line;
    unsigned status;

    *body = *body_length = 0;
    if (length < 12 || memcmp(answer, "HTTP/1.", 7) != 0)
        return 0;
    status = (unsigned)strtoul(answer + 9, NULL, 10); /* ends at the space after it */
    if (!end)
        return status;
    *body = (size_t)(end - answer) + 4;
    for (line = answer; line < end; line = memmem(line + 2, (size_t)(end - line), "\r\n", 2))
        if (strncasecmp(line, field, sizeof field - 1) == 0)
            *body_length = strtoul(line + sizeof field - 1, NULL, 10);
    return status;
}

uint16_t loopback_port(const char *text)
{
    unsigned long port = strtoul(text, NULL, 10);

    return port <= UINT16_MAX ? (uint16_t)port : 0;
}

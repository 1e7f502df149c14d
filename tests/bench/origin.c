/* SPDX-License-Identifier: MIT
 *
 * bench-origin PICTURE
 *
 * An origin that costs next to nothing: every path that ends in a number is a JPEG
 * of its own, the PICTURE with a comment and a quantisation table that belong to
 * the number, so that its bytes, its pixels and whatever is rendered from it are
 * different. A thread for each connection, which is kept as long as the client
 * likes. Listens on 127.0.0.1, prints its port on the first line and runs until it
 * is killed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "origin/behaviour.h"

#define BACKLOG 256
#define REQUEST_MAX 8192
#define PICTURE_MAX (8 << 20)

static unsigned char picture[PICTURE_MAX];
static size_t picture_length;

/* The digits at the end of the request's path, in front of " HTTP/1.1". */
static uint64_t number_of(const char *request)
{
    const char *end = strstr(request, " HTTP/"), *p = end;

    while (p && p > request && p[-1] >= '0' && p[-1] <= '9')
        p--;
    return p && p < end ? strtoull(p, NULL, 10) : 0;
}

static bool send_all(int fd, const char *head, size_t head_length, const void *body,
                     size_t body_length)
{
    struct iovec parts[2] = {{(void *)head, head_length}, {(void *)body, body_length}};
    struct iovec *p = parts;
    int count = 2;

    while (count > 0) {
        ssize_t n = writev(fd, p, count);
        size_t done = (size_t)n;

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        while (count > 0 && done >= p->iov_len) {
            done -= p->iov_len;
            p++;
            count--;
        }
        if (count > 0) {
            p->iov_base = (char *)p->iov_base + done;
            p->iov_len -= done;
        }
    }
    return true;
}

static bool answer(int fd, const char *request)
{
    uint64_t number = number_of(request);
    unsigned char *bytes;
    size_t length;
    char head[256];
    bool sent;
    int n;

    if (jpeg_variant(picture, picture_length, number, &bytes, &length) != 0)
        return false;
    n = snprintf(head, sizeof head,
                 "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %zu\r\n"
                 "ETag: \"%llu\"\r\n\r\n",
                 length, (unsigned long long)number);
    sent = n > 0 && send_all(fd, head, (size_t)n, bytes, length);
    free(bytes);
    return sent;
}

static void *converse(void *context)
{
    int fd = (int)(intptr_t)context;
    char request[REQUEST_MAX + 1];
    size_t length = 0;

    for (;;) {
        ssize_t n = read(fd, request + length, REQUEST_MAX - length);
        char *end;

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        length += (size_t)n;
        request[length] = '\0';
        end = strstr(request, "\r\n\r\n");
        if (!end && length < REQUEST_MAX)
            continue;
        /* Nobody here pipelines. */
        if (!end || end[4] != '\0' || !answer(fd, request))
            break;
        length = 0;
    }
    close(fd);
    return NULL;
}

static int listen_anywhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return -1;
    if (printf("%u\n", (unsigned)ntohs(address.sin_port)) < 0 || fflush(stdout) != 0)
        return -1;
    return fd;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rbe") : NULL;
    pthread_attr_t detached;
    int listener;

    if (!file) {
        fprintf(stderr, "usage: bench-origin PICTURE\n");
        return 2;
    }
    picture_length = fread(picture, 1, sizeof picture, file);
    fclose(file);
    signal(SIGPIPE, SIG_IGN);
    listener = listen_anywhere();
    if (listener < 0 || pthread_attr_init(&detached) != 0 ||
        pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED) != 0) {
        perror("bench-origin");
        return EXIT_FAILURE;
    }
    for (;;) {
        int one = 1, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        pthread_t thread;

        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            perror("bench-origin");
            return EXIT_FAILURE;
        }
        if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0 ||
            pthread_create(&thread, &detached, converse, (void *)(intptr_t)fd) != 0)
            close(fd);
    }
}

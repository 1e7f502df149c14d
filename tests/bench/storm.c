/* SPDX-License-Identifier: MIT
 *
 * bench-storm PORT PATH CLIENTS
 *
 * Connects so many clients, has all of them ask for PATH at once, and notes when
 * each has its whole answer. Prints "SPREAD FIRST": microseconds from the first
 * whole answer to the last, and from the first request to the first answer. Fails
 * if one is not a 200 or differs from the others.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/loopback.h"

#define CLIENTS_MAX 4000
#define ANSWER_MAX 16384
#define PATIENCE_MS 30000

struct client {
    int fd;
    bool connected;
    size_t length, body, body_length;
    unsigned status;
    int64_t done_us; /* 0: not yet */
    char *answer;    /* ANSWER_MAX */
};

struct storm {
    struct client *clients;
    size_t count;
    int epoll;
    int64_t asked_us;
};

static int fail(const char *what, int error)
{
    fprintf(stderr, "bench-storm: %s: %s\n", what, strerror(error));
    return -1;
}

/* ---- one client ---- */

static int on_connected(struct storm *s, struct client *c)
{
    struct epoll_event readable = {.events = EPOLLIN, .data.ptr = c};
    int error = 0;
    socklen_t size = sizeof error;

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error)
        return fail("connect", error ? error : errno);
    c->connected = true;
    return epoll_ctl(s->epoll, EPOLL_CTL_MOD, c->fd, &readable) == 0 ? 0 : fail("epoll", errno);
}

static int on_readable(struct client *c)
{
    ssize_t n = read(c->fd, c->answer + c->length, ANSWER_MAX - c->length);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n <= 0)
        return fail("an answer was cut", n < 0 ? errno : EPIPE);
    c->length += (size_t)n;
    c->status = loopback_status(c->answer, c->length, &c->body, &c->body_length);
    if (c->body && c->length >= c->body + c->body_length)
        c->done_us = clock_boot_us();
    return c->length < ANSWER_MAX ? 0 : fail("an answer is too long", EFBIG);
}

/* ---- all of them ---- */

static bool is_over(const struct client *c, bool connecting)
{
    return connecting ? c->connected : c->done_us != 0;
}

/* Until all are connected, or all have been answered. */
static int wait_for_all(struct storm *s, bool connecting)
{
    int64_t until_ms = clock_boot_ms() + PATIENCE_MS;
    size_t left = s->count;

    while (left > 0) {
        struct epoll_event events[64];
        int n = epoll_wait(s->epoll, events, 64, 100);

        if (n < 0 && errno != EINTR)
            return fail("epoll", errno);
        for (int i = 0; i < n; i++) {
            struct client *c = events[i].data.ptr;

            if (connecting ? on_connected(s, c) : on_readable(c))
                return -1;
            left -= is_over(c, connecting);
        }
        if (clock_boot_ms() >= until_ms)
            return fail(connecting ? "connecting" : "waiting for answers", ETIMEDOUT);
    }
    return 0;
}

static int connect_all(struct storm *s, uint16_t port)
{
    for (size_t i = 0; i < s->count; i++) {
        struct client *c = &s->clients[i];
        struct epoll_event writable = {.events = EPOLLOUT, .data.ptr = c};

        c->answer = malloc(ANSWER_MAX);
        c->fd = c->answer ? loopback_connect(port) : -ENOMEM;
        if (c->fd < 0)
            return fail("connect", -c->fd);
        memset(c->answer, 0, ANSWER_MAX); /* its pages come now, not while the clock runs */
        if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, c->fd, &writable) != 0)
            return fail("epoll", errno);
    }
    return wait_for_all(s, true);
}

static int ask_all(struct storm *s, const char *path)
{
    s->asked_us = clock_boot_us();
    for (size_t i = 0; i < s->count; i++) {
        int rc = loopback_ask(s->clients[i].fd, path);

        if (rc)
            return fail("send", -rc);
    }
    return wait_for_all(s, false);
}

static bool are_equal(const struct client *a, const struct client *b)
{
    return a->status == b->status && a->body_length == b->body_length &&
           memcmp(a->answer + a->body, b->answer + b->body, a->body_length) == 0;
}

static int report(const struct storm *s)
{
    const struct client *first = s->clients, *last = s->clients;
    unsigned other_status = 0, other_body = 0;

    for (const struct client *c = s->clients; c < s->clients + s->count; c++) {
        first = c->done_us < first->done_us ? c : first;
        last = c->done_us > last->done_us ? c : last;
        other_status += c->status != 200;
        other_body += !are_equal(c, s->clients);
    }
    if (other_status || other_body) {
        fprintf(stderr, "bench-storm: %u answers other than 200, %u different ones\n",
                other_status, other_body);
        return -1;
    }
    printf("%" PRId64 " %" PRId64 "\n", last->done_us - first->done_us,
           first->done_us - s->asked_us);
    return fflush(stdout);
}

static int run(struct storm *s, uint16_t port, const char *path)
{
    s->clients = calloc(s->count, sizeof *s->clients);
    if (!s->clients)
        return fail("memory", ENOMEM);
    for (size_t i = 0; i < s->count; i++)
        s->clients[i].fd = -1;
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (s->epoll < 0)
        return fail("epoll", errno);
    if (connect_all(s, port) || ask_all(s, path))
        return -1;
    return report(s);
}

int main(int argc, char **argv)
{
    struct storm s = {.count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0, .epoll = -1};
    uint16_t port = argc == 4 ? loopback_port(argv[1]) : 0;
    int rc;

    if (port == 0 || s.count < 1 || s.count > CLIENTS_MAX) {
        fprintf(stderr, "usage: bench-storm PORT PATH CLIENTS\n");
        return 2;
    }
    rc = run(&s, port, argv[2]);
    for (size_t i = 0; s.clients && i < s.count; i++)
        free(s.clients[i].answer);
    free(s.clients);
    return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE; /* the descriptors go with the process */
}

/* SPDX-License-Identifier: MIT */
#include "rig/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/buffer.h"
#include "base/clock.h"

#define CONNECTIONS_MAX 32
#define METHOD_MAX 8
#define LOOK_MS 20
#define PATIENCE_MS 10000

struct connection {
    int client, server; /* -1: none, or ended */
    bool held;
};

struct relay {
    pthread_t thread;
    pthread_mutex_t lock; /* for all that follows */
    bool stop;
    bool released;        /* the client of what is held has gone */
    char method[METHOD_MAX]; /* of the request to be held; "" if none is */
    struct buffer held;
    /* the thread's own */
    uint16_t port, upstream;
    int listener;
    struct connection connections[CONNECTIONS_MAX];
};

static struct sockaddr_in address_of(uint16_t port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons(port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int dial(uint16_t port)
{
    struct sockaddr_in address = address_of(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

static void end(struct connection *c)
{
    if (c->client >= 0)
        close(c->client);
    if (c->server >= 0)
        close(c->server);
    *c = (struct connection){.client = -1, .server = -1};
}

static void begin(struct relay *r)
{
    int client = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC), server;

    if (client < 0)
        return;
    server = dial(r->upstream);
    for (size_t i = 0; server >= 0 && i < CONNECTIONS_MAX; i++)
        if (r->connections[i].client < 0) {
            r->connections[i] = (struct connection){.client = client, .server = server};
            return;
        }
    close(client);
    if (server >= 0)
        close(server);
}

/* A request begins where the client has something to say, and says it in one piece. */
static bool is_to_be_held(struct relay *r, const char *bytes, size_t length)
{
    size_t n = strlen(r->method);

    if (n == 0 || length <= n || memcmp(bytes, r->method, n) != 0 || bytes[n] != ' ')
        return false;
    r->method[0] = '\0';
    return true;
}

static void from_client(struct relay *r, struct connection *c)
{
    char block[65536];
    ssize_t n = read(c->client, block, sizeof block);
    bool kept = true;

    if (n <= 0) {
        pthread_mutex_lock(&r->lock);
        r->released |= c->held;
        pthread_mutex_unlock(&r->lock);
        end(c);
        return;
    }
    pthread_mutex_lock(&r->lock);
    c->held = c->held || is_to_be_held(r, block, (size_t)n);
    if (c->held)
        kept = buffer_append(&r->held, block, (size_t)n) == 0;
    pthread_mutex_unlock(&r->lock);
    if (!kept || (!c->held && !send_all(c->server, block, (size_t)n)))
        end(c);
}

static void from_server(struct connection *c)
{
    char block[65536];
    ssize_t n = read(c->server, block, sizeof block);

    if (c->held) /* the server is tired of waiting; the client is not to know */
        return;
    if (n <= 0 || !send_all(c->client, block, (size_t)n))
        end(c);
}

static void look(struct relay *r)
{
    struct pollfd fds[1 + 2 * CONNECTIONS_MAX] = {{.fd = r->listener, .events = POLLIN}};

    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        const struct connection *c = &r->connections[i];

        fds[1 + 2 * i] = (struct pollfd){.fd = c->client, .events = POLLIN};
        fds[2 + 2 * i] = (struct pollfd){.fd = c->held ? -1 : c->server, .events = POLLIN};
    }
    if (poll(fds, sizeof fds / sizeof *fds, LOOK_MS) <= 0)
        return;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *c = &r->connections[i];

        if (c->client >= 0 && fds[1 + 2 * i].revents)
            from_client(r, c);
        if (c->server >= 0 && fds[2 + 2 * i].revents)
            from_server(c);
    }
    if (fds[0].revents)
        begin(r);
}

static void *run(void *context)
{
    struct relay *r = context;
    bool stop = false;

    while (!stop) {
        look(r);
        pthread_mutex_lock(&r->lock);
        stop = r->stop;
        pthread_mutex_unlock(&r->lock);
    }
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        end(&r->connections[i]);
    return NULL;
}

struct relay *relay_start(uint16_t port)
{
    struct relay *r = calloc(1, sizeof *r);
    struct sockaddr_in address = address_of(0);
    socklen_t size = sizeof address;

    cr_assert_not_null(r);
    r->upstream = port;
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        r->connections[i] = (struct connection){.client = -1, .server = -1};
    r->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_geq(r->listener, 0);
    cr_assert_eq(bind(r->listener, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(r->listener, CONNECTIONS_MAX), 0);
    cr_assert_eq(getsockname(r->listener, (struct sockaddr *)&address, &size), 0);
    r->port = ntohs(address.sin_port);
    cr_assert_eq(pthread_mutex_init(&r->lock, NULL), 0);
    cr_assert_eq(pthread_create(&r->thread, NULL, run, r), 0);
    return r;
}

void relay_stop(struct relay **relay)
{
    struct relay *r = *relay;

    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->stop = true;
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_mutex_destroy(&r->lock);
    close(r->listener);
    buffer_free(&r->held);
    free(r);
    *relay = NULL;
}

uint16_t relay_port(const struct relay *relay)
{
    return relay->port;
}

void relay_hold(struct relay *relay, const char *method)
{
    pthread_mutex_lock(&relay->lock);
    snprintf(relay->method, sizeof relay->method, "%s", method);
    relay->released = false;
    buffer_clear(&relay->held);
    pthread_mutex_unlock(&relay->lock);
}

static bool await_client(struct relay *r)
{
    bool released = false;

    for (int64_t until_ms = clock_boot_ms() + PATIENCE_MS; !released && clock_boot_ms() < until_ms;
         clock_sleep_ms(LOOK_MS)) {
        pthread_mutex_lock(&r->lock);
        released = r->released;
        pthread_mutex_unlock(&r->lock);
    }
    return released;
}

/* Of what has come so far: 0 while it is none, or says only that more may come. */
static int final_status(const struct buffer *answer)
{
    const char *at = answer->data;
    int status = 0;

    while (at && sscanf(at, "HTTP/1.1 %d", &status) == 1 && status < 200) {
        at = strstr(at, "\r\n\r\n");
        at = at ? at + 4 : NULL;
        status = 0;
    }
    return status;
}

int relay_release(struct relay *relay)
{
    struct buffer answer = {0};
    int fd, status = 0;

    if (!await_client(relay) || (fd = dial(relay->upstream)) < 0)
        return 0;
    if (send_all(fd, relay->held.data, relay->held.length))
        while (status == 0) {
            char block[4096];
            ssize_t n = read(fd, block, sizeof block);

            if (n <= 0 || buffer_append(&answer, block, (size_t)n) != 0)
                break;
            status = final_status(&answer);
        }
    close(fd);
    buffer_free(&answer);
    return status;
}

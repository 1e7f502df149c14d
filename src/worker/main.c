/* SPDX-License-Identifier: MIT
 *
 * visage.fcgi: the FastCGI worker. One process, one request at a time; the web
 * server or a supervisor starts as many as it likes, each with the listening
 * socket on descriptor 0.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "serve/serve.h"
#include "worker/fastcgi.h"
#include "worker/service.h"
#include "worker/signals.h"

#define EXIT_USAGE 2
#define BACK_OFF_MS 100   /* after a failed accept: out of descriptors or memory */
#define URL_LOGGED 700    /* bytes of a URL in a line, its name and quotes included */
#define DRAIN_MS 1000     /* a leaving worker answers what waits already, this long */

static void usage(FILE *to)
{
    fprintf(to, "usage: visage.fcgi [-c FILE]\n"
                "\n"
                "A FastCGI worker: started by a web server or a supervisor with the listening\n"
                "socket on descriptor 0.\n"
                "\n"
                "  -c FILE   configuration (else $VISAGE_CONF, else %s)\n"
                "  -h        this text\n"
                "  -V        version\n",
            config_path(NULL));
}

/* Descriptors 1 and 2 may be closed under some servers: nothing else may get their numbers. */
static int fill_standard_descriptors(void)
{
    for (int fd = 1; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            int null = open("/dev/null", O_RDWR);

            if (null < 0)
                return -errno;
            if (null != fd && (dup2(null, fd) < 0 || close(null) != 0))
                return -errno;
        }
    return 0;
}

/* Who looks into the log need not learn whose pictures were looked at: the URL is named only
 * where the operator wants it. To be taken before the answer goes out, which ends the request. */
static void name_url(const struct server *server, const struct http_request *r,
                     char url[URL_LOGGED])
{
    url[0] = '\0';
    if (log_enabled(LOG_LEVEL_DEBUG) && server->config->log_urls)
        snprintf(url, URL_LOGGED, " url=\"%.*s%s%.*s\"", (int)r->path_length, r->path,
                 r->query_length ? "?" : "", (int)r->query_length, r->query);
}

static void handle(struct server *server, struct fastcgi *fastcgi,
                   const struct http_request *request, struct reply *reply)
{
    int64_t start_us = clock_boot_us(), us;
    char url[URL_LOGGED];

    if (serve_request(server, request, reply) != 0)
        log_error("no-answer", "reason=\"out of memory\"");
    name_url(server, request, url);
    if (fastcgi_send(fastcgi, reply) != 0)
        log_debug("client-gone", "status=%d", reply->status);
    server_settle(server);
    us = clock_boot_us() - start_us;
    serve_afterwards(server);
    if (reply->is_picture)
        scoreboard_latency(cache_slot(server->cache),
                           reply->is_hit ? LATENCY_HIT : LATENCY_MISS, (uint64_t)us);
    if (log_enabled(LOG_LEVEL_DEBUG))
        log_debug("request", "status=%d bytes=%" PRIu64 " us=%lld hit=%d key=%s%s", reply->status,
                  reply_body_length(reply), (long long)us, reply->is_hit, reply->key[0] ? reply->key : "-", url);
}

/* Accepts and answers until told to leave, and then what has queued up already: the requests in
 * this socket's backlog may have nobody else to answer them. On a socket of our own no more may
 * join them, or those who come between the last look and the end of the process are cut. */
static int serve_until_told(struct service *service, struct fastcgi *fastcgi)
{
    const char *own_socket = getenv("VISAGE_OWN_SOCKET");
    struct reply reply = {.fd = -1};
    int64_t leave_at_ms = 0;
    int failure = 0;

    for (;;) {
        struct http_request request;
        int rc;

        signals_let_in();
        if (signals_take_reload() && !signals_leaving() &&
            (failure = service_reload(service)) != 0)
            break;
        if (signals_leaving() && !leave_at_ms) {
            leave_at_ms = clock_boot_ms() + DRAIN_MS;
            if (own_socket && strcmp(own_socket, "1") == 0)
                fastcgi_refuse(fastcgi);
        }
        if (leave_at_ms && clock_boot_ms() >= leave_at_ms)
            break;
        rc = signals_wait(STDIN_FILENO, leave_at_ms ? 0 : -1);
        if (rc == 0 && leave_at_ms)
            break;
        if (rc == 0)
            continue;
        rc = fastcgi_accept(fastcgi, &request);
        if (leave_at_ms && (rc == -EAGAIN || rc == -EINVAL))
            break; /* nobody waits; a socket that refuses always looks ready */
        if (rc == 0) {
            handle(&service->server, fastcgi, &request, &reply);
        } else if (rc != -EAGAIN && rc != -EINTR && rc != -ECONNABORTED) {
            log_error("accept", "error=\"%s\"", strerror(-rc));
            clock_sleep_ms(BACK_OFF_MS);
        }
    }
    fastcgi_leave(fastcgi);
    reply_free(&reply);
    return failure;
}

static int run(const char *path)
{
    struct service service;
    struct fastcgi *fastcgi;
    int rc = signals_install();

    if (!rc)
        rc = fastcgi_open(&fastcgi);
    if (rc) {
        log_error("start", "descriptor 0: %s%s", strerror(-rc),
                  rc == -ENOTSOCK ? " (visage.fcgi is started by a web server, spawn-fcgi or "
                                    "systemd with the listening socket on descriptor 0)"
                                  : "");
        return EXIT_FAILURE;
    }
    rc = service_open(path, &service);
    if (!rc) {
        log_info("worker-start", "config=%s", path);
        rc = serve_until_told(&service, fastcgi);
        log_info("worker-leave", "config=%s", path);
    }
    fastcgi_close(&fastcgi);
    service_close(&service);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const char *path = NULL;
    int option;

    if (fill_standard_descriptors() != 0)
        return EXIT_FAILURE;
    while ((option = getopt(argc, argv, "c:hV")) != -1) {
        switch (option) {
        case 'c':
            path = optarg;
            break;
        case 'h':
            usage(stdout);
            return EXIT_SUCCESS;
        case 'V':
            puts("visage.fcgi " PACKAGE_VERSION);
            return EXIT_SUCCESS;
        default:
            usage(stderr);
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        usage(stderr);
        return EXIT_USAGE;
    }
    return run(config_path(path));
}

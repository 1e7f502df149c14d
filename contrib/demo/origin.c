/* SPDX-License-Identifier: MIT
 *
 * visage-demo-origin: a small web server with pictures, for Visage to fetch
 * from. `/` lists the ids as plain text, `/{id}` is the picture.
 *
 *   visage-demo-origin --port N [--bind ADDRESS] [--pictures DIR]
 *
 * Prints "ready PORT" when it listens; port 0 lets the system choose one. Every
 * request is a line on stderr, so that one can see what the cache did not ask
 * for. SIGTERM and SIGINT end it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <microhttpd.h>

#include "encode.h"
#include "pictures.h"

#define ETAG_MAX 48

struct origin {
    const char *directory; /* NULL: the portraits */
    struct pictures pictures;
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status,
                              struct MHD_Response *response)
{
    if (response == NULL)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned status,
                                   const char *text)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    if (response != NULL) {
        MHD_add_response_header(response, "Content-Type", "text/plain; charset=utf-8");
        MHD_add_response_header(response, "Cache-Control", "no-store");
        if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
            MHD_add_response_header(response, "Allow", "GET, HEAD");
    }
    return answer(connection, status, response);
}

static enum MHD_Result answer_list(struct MHD_Connection *connection, struct origin *origin)
{
    char *text = NULL;
    size_t length = 0;

    if (origin->directory != NULL) {
        struct pictures found;
        if (pictures_scan(origin->directory, &found) != 0)
            return answer_text(connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "cannot list\n");
        pictures_free(&origin->pictures);
        origin->pictures = found;
    }
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL)
        return MHD_NO;
    for (size_t i = 0; i < origin->pictures.count; i++)
        fprintf(stream, "%s\n", origin->pictures.items[i].id);
    if (fclose(stream) != 0) {
        free(text);
        return MHD_NO;
    }
    enum MHD_Result result = answer_text(connection, MHD_HTTP_OK, text);
    free(text);
    return result;
}

/* FNV-1a over the bytes: enough to tell one version of a demo picture from the next. */
static void bytes_etag(const struct picture *picture, char etag[ETAG_MAX])
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < picture->length; i++)
        hash = (hash ^ picture->bytes[i]) * UINT64_C(0x100000001b3);
    snprintf(etag, ETAG_MAX, "\"%016" PRIx64 "\"", hash);
}

/* A response with the file's content, or NULL with *status saying why. */
static struct MHD_Response *file_response(const struct picture *picture, char etag[ETAG_MAX],
                                          unsigned *status)
{
    struct stat found;
    int fd = open(picture->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *status = MHD_HTTP_NOT_FOUND;
    if (fd < 0)
        return NULL;
    if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) {
        close(fd);
        return NULL;
    }
    snprintf(etag, ETAG_MAX, "\"%jx-%jx\"", (uintmax_t)found.st_mtime, (uintmax_t)found.st_size);
    struct MHD_Response *response =
        MHD_create_response_from_fd64((uint64_t)found.st_size, fd); /* owns fd */
    if (response == NULL) {
        close(fd);
        *status = MHD_HTTP_INTERNAL_SERVER_ERROR;
    }
    return response;
}

static struct MHD_Response *drawn_response(struct picture *picture, char etag[ETAG_MAX],
                                           unsigned *status)
{
    *status = MHD_HTTP_INTERNAL_SERVER_ERROR;
    if (picture_draw(picture) != 0)
        return NULL;
    bytes_etag(picture, etag);
    return MHD_create_response_from_buffer(picture->length, picture->bytes,
                                           MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result answer_picture(struct MHD_Connection *connection, struct picture *picture,
                                      const char *method)
{
    char etag[ETAG_MAX];
    unsigned status;
    struct MHD_Response *response = picture->path != NULL
                                        ? file_response(picture, etag, &status)
                                        : drawn_response(picture, etag, &status);

    if (response == NULL)
        return answer_text(connection, status, "no such picture\n");
    status = MHD_HTTP_OK;
    const char *condition =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match");
    if (condition != NULL && strstr(condition, etag) != NULL) {
        MHD_destroy_response(response);
        response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
        status = MHD_HTTP_NOT_MODIFIED;
        if (response == NULL)
            return MHD_NO;
    } else {
        MHD_add_response_header(response, "Content-Type", picture->type);
    }
    MHD_add_response_header(response, "ETag", etag);
    MHD_add_response_header(response, "Cache-Control", "public, max-age=3600");
    fprintf(stderr, "%s /%s %u\n", method, picture->id, status);
    return answer(connection, status, response);
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    struct origin *origin = context;
    static int seen;
    (void)version;
    (void)upload;

    /* libmicrohttpd calls first with the headers only; an answer then would end
     * the connection. */
    if (*state == NULL) {
        *state = &seen;
        return MHD_YES;
    }
    if (*upload_size != 0) { /* a body is of no use here; read past it */
        *upload_size = 0;
        return MHD_YES;
    }
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    if (strcmp(url, "/") == 0)
        return answer_list(connection, origin);
    struct picture *picture = pictures_find(&origin->pictures, url + 1);
    if (picture == NULL) {
        fprintf(stderr, "%s an unknown id 404\n", method);
        return answer_text(connection, MHD_HTTP_NOT_FOUND, "no such picture\n");
    }
    return answer_picture(connection, picture, method);
}

static void usage(FILE *stream)
{
    fprintf(stream, "usage: visage-demo-origin --port N [--bind ADDRESS] [--pictures DIR]\n");
}

/* Returns 0 to go on, else the exit status plus one. */
static int options(int argc, char **argv, struct sockaddr_in *address, struct origin *origin)
{
    static const struct option known[] = {
        {"port", required_argument, NULL, 'p'},   {"bind", required_argument, NULL, 'b'},
        {"pictures", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    bool port_given = false;
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        char *end;
        unsigned long port;
        switch (option) {
        case 'p':
            errno = 0;
            port = strtoul(optarg, &end, 10);
            if (errno != 0 || end == optarg || *end != '\0' || port > 65535) {
                fprintf(stderr, "visage-demo-origin: --port takes 0 to 65535\n");
                return 3;
            }
            address->sin_port = htons((uint16_t)port);
            port_given = true;
            break;
        case 'b':
            if (inet_pton(AF_INET, optarg, &address->sin_addr) != 1) {
                fprintf(stderr, "visage-demo-origin: --bind takes an IPv4 address\n");
                return 3;
            }
            break;
        case 'd':
            origin->directory = optarg;
            break;
        case 'h':
            usage(stdout);
            return 1;
        default:
            usage(stderr);
            return 3;
        }
    }
    if (!port_given || optind != argc) {
        usage(stderr);
        return 3;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct origin origin = {0};
    sigset_t signals;
    int got;

    int early = options(argc, argv, &address, &origin);
    if (early != 0)
        return early - 1;
    if (encode_init() != 0)
        return 1;
    if (origin.directory != NULL ? pictures_scan(origin.directory, &origin.pictures) != 0
                                 : pictures_portraits(&origin.pictures) != 0)
        return 1;
    if (origin.pictures.count == 0) {
        fprintf(stderr, "visage-demo-origin: no pictures in %s\n", origin.directory);
        return 1;
    }

    /* Blocked before the server's thread starts, so that only sigwait sees them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        perror("visage-demo-origin: signals");
        return 1;
    }
    struct MHD_Daemon *server =
        MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, handle,
                         &origin, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
                         MHD_OPTION_CONNECTION_TIMEOUT, 30u, MHD_OPTION_END);
    if (server == NULL) {
        fprintf(stderr, "visage-demo-origin: cannot listen on port %u\n",
                (unsigned)ntohs(address.sin_port));
        return 1;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT);
    printf("ready %u\n", info != NULL ? (unsigned)info->port : (unsigned)ntohs(address.sin_port));
    if (fflush(stdout) != 0)
        perror("visage-demo-origin: stdout");
    sigwait(&signals, &got);
    MHD_stop_daemon(server);
    pictures_free(&origin.pictures);
    return 0;
}

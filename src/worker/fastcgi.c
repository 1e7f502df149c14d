/* SPDX-License-Identifier: MIT */
#include "worker/fastcgi.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fcgiapp.h>

#define LISTEN_FD 0
#define BLOCK 32768
#define DRAIN_MAX (16u << 20) /* bytes of an unwanted request body */

struct fastcgi {
    struct http_peer peer; /* first: it is handed out and comes back */
    FCGX_Request request;
};

/* What web servers do to this connection when their client leaves in mid-request, as tried:
 * nginx 1.22 closes it at once. lighttpd 1.4.69 closes it if the client has reset its own and
 * stream-response-body is not 0, and ignores a mere close; mod_fcgid 2.3.9 does nothing. No one
 * shuts down half of it. */
static bool peer_gone(struct http_peer *peer)
{
    const struct fastcgi *f = (const struct fastcgi *)peer;
    struct pollfd connection = {.fd = f->request.ipcFd, .events = POLLRDHUP};

    return poll(&connection, 1, 0) > 0;
}

static ssize_t peer_read(struct http_peer *peer, void *out, size_t size)
{
    struct fastcgi *f = (struct fastcgi *)peer;
    int n = FCGX_GetStr(out, size > INT_MAX ? INT_MAX : (int)size, f->request.in);
    int error = FCGX_GetError(f->request.in);

    if (n > 0 || error == 0)
        return n;
    /* Its own codes are negative: the connection ended, or spoke nonsense. */
    return error > 0 ? -error : -EPROTO;
}

int fastcgi_open(struct fastcgi **out)
{
    struct fastcgi *f;
    int listening = 0, flags;
    socklen_t size = sizeof listening;

    *out = NULL;
    if (getsockopt(LISTEN_FD, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || !listening)
        return -ENOTSOCK;
    /* The renderer must not inherit it, and with several workers on one socket the losers of
     * a race must get back to waiting. */
    flags = fcntl(LISTEN_FD, F_GETFL);
    if (flags < 0 || fcntl(LISTEN_FD, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(LISTEN_FD, F_SETFD, FD_CLOEXEC) != 0)
        return -errno;
    f = calloc(1, sizeof *f);
    if (!f)
        return -ENOMEM;
    f->peer = (struct http_peer){.gone = peer_gone, .read = peer_read};
    /* At the end of a request libfcgi waits up to 2 s until the server has closed its end, lest
     * unread input reset the connection. fastcgi_send() reads what there is instead, and the
     * worker is free at once. An operator's own setting stays. */
    if (setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", "0", 0) != 0 || FCGX_Init() != 0 ||
        FCGX_InitRequest(&f->request, LISTEN_FD, FCGI_FAIL_ACCEPT_ON_INTR)) {
        free(f);
        return -EIO;
    }
    *out = f;
    return 0;
}

/* unix(7) does not say so, but Linux does: after shutdown() of a listening socket connect() is
 * refused, while accept() goes on until the queue is empty. */
void fastcgi_refuse(struct fastcgi *fastcgi)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;

    (void)fastcgi;
    if (getsockname(LISTEN_FD, (struct sockaddr *)&address, &size) == 0 &&
        address.ss_family == AF_UNIX)
        shutdown(LISTEN_FD, SHUT_RD);
}

/* The number stays taken: nothing else may become descriptor 0. */
void fastcgi_leave(struct fastcgi *fastcgi)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)fastcgi;
    if (null < 0)
        return; /* it is closed at the end of the process, then */
    dup2(null, LISTEN_FD);
    close(null);
}

void fastcgi_close(struct fastcgi **fastcgi)
{
    if (!*fastcgi)
        return;
    FCGX_Free(&(*fastcgi)->request, 1);
    free(*fastcgi);
    *fastcgi = NULL;
}

/* "http://host/path" (RFC 9112 section 3.2.2): the path, or "/" if there is none. */
static const char *skip_authority(const char *uri)
{
    const char *slash;

    if (uri[0] == '/' || (strncmp(uri, "http://", 7) != 0 && strncmp(uri, "https://", 8) != 0))
        return uri;
    slash = strchr(strstr(uri, "//") + 2, '/');
    return slash ? slash : "/";
}

static void set_target(struct http_request *r, const char *uri)
{
    const char *path = skip_authority(uri);

    r->path = path;
    r->path_length = strcspn(path, "?");
    r->query = path + r->path_length;
    if (*r->query == '?')
        r->query++;
    r->query_length = strlen(r->query);
}

static enum http_method method_of(const char *name)
{
    static const char *const names[] = {
        [HTTP_GET] = "GET", [HTTP_HEAD] = "HEAD", [HTTP_POST] = "POST",
        [HTTP_PUT] = "PUT", [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum http_method)i;
    return HTTP_OTHER;
}

/* "NAME=value": the value if the name is this one. */
static const char *value_of(const char *parameter, const char *name, size_t length)
{
    return strncmp(parameter, name, length) == 0 ? parameter + length : NULL;
}

#define TAKE(field, name)                                                                          \
    if ((value = value_of(*p, name "=", sizeof name)) != NULL) {                                   \
        (field) = value;                                                                           \
        continue;                                                                                  \
    }

/* -1: not said, or no number. */
static int64_t read_length(const char *text)
{
    size_t digits = strspn(text, "0123456789");

    return digits > 0 && digits <= 18 && !text[digits] ? strtoll(text, NULL, 10) : -1;
}

/* Of what servers say, the part that is for us. HTTPS is "on", 1, "off", or not there. */
static const char *scheme_of(const char *https, const char *scheme)
{
    bool tells = https && *https;
    bool on = tells && strcasecmp(https, "off") != 0 && strcmp(https, "0") != 0;

    if (on || (scheme && strcasecmp(scheme, "https") == 0))
        return "https";
    return tells || (scheme && *scheme) ? "http" : NULL;
}

/* One pass over the parameters: FCGX_GetParam would scan them for each name. REQUEST_URI is
 * what the client sent; PATH_INFO has been decoded and cleaned by the server. */
static void read_parameters(char **parameters, struct http_request *out)
{
    const char *method = "", *intended = "", *uri = "", *length = "", *https = NULL, *scheme = NULL;
    const char *value;

    *out = (struct http_request){.path = "", .query = ""};
    for (char **p = parameters; p && *p; p++) {
        if ((*p)[0] == 'R') {
            TAKE(uri, "REQUEST_URI")
            TAKE(method, "REQUEST_METHOD")
            TAKE(scheme, "REQUEST_SCHEME")
            TAKE(out->remote_address, "REMOTE_ADDR")
            TAKE(out->remote_user, "REMOTE_USER")
        } else if ((*p)[0] == 'C') {
            TAKE(out->content_type, "CONTENT_TYPE")
            TAKE(length, "CONTENT_LENGTH")
        } else if (strncmp(*p, "HTTP_", 5) == 0) {
            TAKE(out->accept, "HTTP_ACCEPT")
            TAKE(out->if_none_match, "HTTP_IF_NONE_MATCH")
            TAKE(out->if_modified_since, "HTTP_IF_MODIFIED_SINCE")
            TAKE(out->if_unmodified_since, "HTTP_IF_UNMODIFIED_SINCE")
            TAKE(out->range, "HTTP_RANGE")
            TAKE(out->if_range, "HTTP_IF_RANGE")
            TAKE(out->authorization, "HTTP_AUTHORIZATION")
            TAKE(out->content_encoding, "HTTP_CONTENT_ENCODING")
            TAKE(out->via, "HTTP_VIA")
            TAKE(out->host, "HTTP_HOST")
            TAKE(out->origin, "HTTP_ORIGIN")
            TAKE(out->fetch_site, "HTTP_SEC_FETCH_SITE")
            TAKE(out->fetch_mode, "HTTP_SEC_FETCH_MODE")
            TAKE(out->if_match, "HTTP_IF_MATCH")
            TAKE(out->content_range, "HTTP_CONTENT_RANGE")
            TAKE(out->grant, "HTTP_VISAGE_GRANT")
            TAKE(intended, "HTTP_ACCESS_CONTROL_REQUEST_METHOD")
            TAKE(out->program, "HTTP_VISAGE_UPLOAD")
            TAKE(out->program, "HTTP_X_REQUESTED_WITH")
        } else {
            TAKE(https, "HTTPS")
        }
    }
    if (out->content_type && !*out->content_type)
        out->content_type = NULL; /* nginx sends it always */
    if (out->remote_user && !*out->remote_user)
        out->remote_user = NULL;
    out->scheme = scheme_of(https, scheme);
    out->content_length = read_length(length);
    out->method = method_of(method);
    out->intended = method_of(intended);
    set_target(out, uri);
}

int fastcgi_accept(struct fastcgi *fastcgi, struct http_request *request)
{
    int rc = FCGX_Accept_r(&fastcgi->request);

    if (rc)
        /* Its own codes are far below any errno; they are not worth telling apart. */
        return rc < -4096 ? -EIO : rc;
    read_parameters(fastcgi->request.envp, request);
    request->peer = &fastcgi->peer;
    return 0;
}

static int put(FCGX_Stream *out, const char *bytes, size_t length)
{
    while (length > 0) {
        int n = length > BLOCK ? BLOCK : (int)length;

        if (FCGX_PutStr(bytes, n, out) != n)
            return -EPIPE;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

static int put_file(FCGX_Stream *out, const struct reply *reply)
{
    uint64_t offset = reply->offset, left = reply->file_length;
    char block[BLOCK];

    while (left > 0) {
        ssize_t n = pread(reply->fd, block, left < sizeof block ? (size_t)left : sizeof block,
                          (off_t)offset);

        if (n < 0 && errno == EINTR)
            continue;
        /* Shorter than announced: the client must see a broken answer, not a whole one. */
        if (n <= 0)
            return -EIO;
        if (put(out, block, (size_t)n) != 0)
            return -EPIPE;
        offset += (uint64_t)n;
        left -= (uint64_t)n;
    }
    return 0;
}

/* Closing a socket with unread input makes the kernel reset it, and the server may then drop the
 * answer. The record that ends the input is always there; a body that nobody asked for is read
 * up to a bound. */
static void drain_input(FCGX_Stream *in)
{
    char block[BLOCK];
    size_t drained = 0;
    int n;

    while (drained < DRAIN_MAX && (n = FCGX_GetStr(block, sizeof block, in)) > 0)
        drained += (size_t)n;
}

int fastcgi_send(struct fastcgi *fastcgi, const struct reply *reply)
{
    FCGX_Stream *out = fastcgi->request.out;
    int rc = put(out, reply->head.data, reply->head.length);

    if (!rc && reply->bytes)
        rc = put(out, reply->bytes, reply->length);
    else if (!rc && reply->fd >= 0)
        rc = put_file(out, reply);
    if (!rc && FCGX_GetError(out) != 0)
        rc = -EPIPE;
    drain_input(fastcgi->request.in);
    FCGX_Finish_r(&fastcgi->request);
    return rc;
}

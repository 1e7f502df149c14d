/* SPDX-License-Identifier: MIT
 *
 * Broken answers. They are written to the connection's socket behind the HTTP
 * library's back; then MHD_NO makes it close the connection.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "origin/behaviour.h"

#define SETTLE_MS 50 /* for bytes to arrive before a reset destroys what is under way */

/* Waits until the socket takes more, the client has gone or the origin ends. */
static bool writable(const struct origin_request *r)
{
    struct pollfd fds[] = {{.fd = r->fd, .events = POLLOUT | POLLRDHUP},
                           {.fd = r->stop_fd, .events = POLLIN}};

    while (poll(fds, 2, -1) < 0)
        if (errno != EINTR)
            return false;
    return fds[1].revents == 0 && !(fds[0].revents & (POLLRDHUP | POLLERR | POLLHUP));
}

static bool put(const struct origin_request *r, const void *bytes, size_t length)
{
    const char *p = bytes;

    while (length > 0) {
        ssize_t n;

        if (!writable(r))
            return false;
        n = send(r->fd, p, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        if (n > 0) {
            p += n;
            length -= (size_t)n;
        }
    }
    return true;
}

static bool puts_raw(const struct origin_request *r, const char *text)
{
    return put(r, text, strlen(text));
}

static bool put_head(const struct origin_request *r, size_t length)
{
    char head[256];

    return snprintf(head, sizeof head,
                    "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n",
                    r->picture->type, length) > 0 &&
           puts_raw(r, head);
}

static bool put_half(const struct origin_request *r)
{
    return put_head(r, r->picture->length) && put(r, r->picture->bytes, r->picture->length / 2);
}

/* Disconnecting a socket sends RST at once; closing it would send FIN first. */
static void reset_connection(const struct origin_request *r)
{
    const struct sockaddr none = {.sa_family = AF_UNSPEC};

    if (connect(r->fd, &none, sizeof none) != 0)
        perror("origin: reset");
}

enum MHD_Result behaviour_stall(struct origin_request *r)
{
    if (put_head(r, r->picture->length))
        behaviour_wait(r, -1);
    return MHD_NO;
}

enum MHD_Result behaviour_stall_mid(struct origin_request *r)
{
    if (put_half(r))
        behaviour_wait(r, -1);
    return MHD_NO;
}

enum MHD_Result behaviour_stall_status(struct origin_request *r)
{
    char head[128];

    if (snprintf(head, sizeof head, "HTTP/1.1 %.3s Stalled\r\nContent-Length: 100\r\n\r\n",
                 r->arguments[0]) > 0 &&
        puts_raw(r, head))
        behaviour_wait(r, -1);
    return MHD_NO;
}

enum MHD_Result behaviour_truncated(struct origin_request *r)
{
    put_half(r);
    return MHD_NO;
}

enum MHD_Result behaviour_truncated_chunked(struct origin_request *r)
{
    char head[256];
    size_t half = r->picture->length / 2;

    if (snprintf(head, sizeof head,
                 "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n",
                 r->picture->type, half) > 0 &&
        puts_raw(r, head) && put(r, r->picture->bytes, half))
        puts_raw(r, "\r\n");
    return MHD_NO;
}

enum MHD_Result behaviour_short_length(struct origin_request *r)
{
    if (put_head(r, r->picture->length + 1000))
        put(r, r->picture->bytes, r->picture->length);
    return MHD_NO;
}

enum MHD_Result behaviour_long_length(struct origin_request *r)
{
    if (put_head(r, r->picture->length / 2))
        put(r, r->picture->bytes, r->picture->length);
    return MHD_NO;
}

enum MHD_Result behaviour_endless_headers(struct origin_request *r)
{
    char field[128];
    bool going = puts_raw(r, "HTTP/1.1 200 OK\r\n");

    for (unsigned i = 0; going; i++)
        going = snprintf(field, sizeof field, "X-Field-%u: %064u\r\n", i, i) > 0 &&
                puts_raw(r, field);
    return MHD_NO;
}

enum MHD_Result behaviour_endless_line(struct origin_request *r)
{
    static const char more[] = "and so on and so on and so on and so on and so on and so on ";
    bool going = puts_raw(r, "HTTP/1.1 200 OK\r\nX-Line: ");

    while (going)
        going = put(r, more, sizeof more - 1);
    return MHD_NO;
}

enum MHD_Result behaviour_garbage(struct origin_request *r)
{
    puts_raw(r, "\x01\x02 hello, this is no HTTP\r\n\r\n");
    return MHD_NO;
}

enum MHD_Result behaviour_cut_headers(struct origin_request *r)
{
    puts_raw(r, "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Len");
    return MHD_NO;
}

enum MHD_Result behaviour_reset(struct origin_request *r)
{
    reset_connection(r);
    return MHD_NO;
}

enum MHD_Result behaviour_reset_mid(struct origin_request *r)
{
    if (put_half(r))
        behaviour_wait(r, SETTLE_MS);
    reset_connection(r);
    return MHD_NO;
}

enum MHD_Result behaviour_early_hints(struct origin_request *r)
{
    if (puts_raw(r, "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n"
                    "Content-Encoding: gzip\r\nETag: \"early\"\r\n\r\n") &&
        put_head(r, r->picture->length))
        put(r, r->picture->bytes, r->picture->length);
    return MHD_NO;
}

/* RFC 9110 section 15.4.5: the length may be that of the 200. */
enum MHD_Result behaviour_not_modified(struct origin_request *r)
{
    char head[128];

    if (snprintf(head, sizeof head, "HTTP/1.1 304 Not Modified\r\nContent-Length: %zu\r\n\r\n",
                 r->picture->length) > 0)
        puts_raw(r, head);
    return MHD_NO;
}

enum MHD_Result behaviour_unframed(struct origin_request *r)
{
    if (puts_raw(r, "HTTP/1.0 200 OK\r\nContent-Type: ") && puts_raw(r, r->picture->type) &&
        puts_raw(r, "\r\n\r\n"))
        put(r, r->picture->bytes, r->picture->length);
    return MHD_NO;
}

/* SPDX-License-Identifier: MIT */
#include "rig/fcgi.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <fastcgi.h> /* libfcgi's record layout */
#include <linux/sockios.h>

#define REQUEST_ID 1
#define BACKLOG 16
#define CONTENT_MAX 32768 /* of a record of the body */

static void write_header(unsigned char *out, unsigned type, size_t length)
{
    out[0] = FCGI_VERSION_1;
    out[1] = (unsigned char)type;
    out[2] = 0;
    out[3] = REQUEST_ID;
    out[4] = (unsigned char)(length >> 8);
    out[5] = (unsigned char)(length & 0xff);
    out[6] = out[7] = 0;
}

/* Lengths below 128 take one byte, others four with the highest bit set (FastCGI 3.4). */
static size_t write_length(unsigned char *out, size_t n)
{
    if (n < 128) {
        out[0] = (unsigned char)n;
        return 1;
    }
    out[0] = (unsigned char)(n >> 24 | 0x80);
    out[1] = (unsigned char)(n >> 16 & 0xff);
    out[2] = (unsigned char)(n >> 8 & 0xff);
    out[3] = (unsigned char)(n & 0xff);
    return 4;
}

/* Appends one parameter at *at. False if there is no room. */
static bool add_parameter(unsigned char *out, size_t *at, const char *name, size_t name_length,
                          const char *value)
{
    size_t value_length = strlen(value);

    if (*at + 8 + name_length + value_length + 2 * FCGI_HEADER_LEN > FCGI_REQUEST_MAX)
        return false;
    *at += write_length(out + *at, name_length);
    *at += write_length(out + *at, value_length);
    memcpy(out + *at, name, name_length);
    *at += name_length;
    memcpy(out + *at, value, value_length);
    *at += value_length;
    return true;
}

size_t fcgi_head(unsigned char out[FCGI_REQUEST_MAX], const char *method, const char *uri,
                 char *const *more, size_t more_count)
{
    const char *const fixed[][2] = {
        {"REQUEST_URI", uri},               {"REQUEST_METHOD", method},
        {"SERVER_PROTOCOL", "HTTP/1.1"},    {"GATEWAY_INTERFACE", "CGI/1.1"},
        {"SERVER_SOFTWARE", "bench"},       {"REMOTE_ADDR", "127.0.0.1"},
        {"HTTP_HOST", "127.0.0.1"},
    };
    size_t begin = FCGI_HEADER_LEN, at;
    size_t head;

    /* Role "responder", no flags: the connection ends with the request. */
    write_header(out, FCGI_BEGIN_REQUEST, 8);
    memset(out + begin, 0, 8);
    out[begin + 1] = FCGI_RESPONDER;
    head = begin + 8;
    at = head + FCGI_HEADER_LEN;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (!add_parameter(out, &at, fixed[i][0], strlen(fixed[i][0]), fixed[i][1]))
            return 0;
    for (size_t i = 0; i < more_count; i++) {
        const char *equals = strchr(more[i], '=');

        if (!equals || !add_parameter(out, &at, more[i], (size_t)(equals - more[i]), equals + 1))
            return 0;
    }
    write_header(out + head, FCGI_PARAMS, at - head - FCGI_HEADER_LEN);
    write_header(out + at, FCGI_PARAMS, 0);
    return at + FCGI_HEADER_LEN;
}

/* There is room for the end of its body: add_parameter() has left it. */
size_t fcgi_request(unsigned char out[FCGI_REQUEST_MAX], const char *uri, char *const *more,
                    size_t more_count)
{
    size_t length = fcgi_head(out, "GET", uri, more, more_count);

    if (length == 0)
        return 0;
    write_header(out + length, FCGI_STDIN, 0);
    return length + FCGI_HEADER_LEN;
}

static int address_of(const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof out->sun_path)
        return -ENAMETOOLONG;
    memcpy(out->sun_path, path, strlen(path) + 1);
    return 0;
}

int fcgi_connect(const char *path)
{
    struct sockaddr_un address;
    int rc = address_of(path, &address), fd;

    if (rc)
        return rc;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        rc = -errno;
        close(fd);
        return rc;
    }
    return fd;
}

int fcgi_listen(const char *path)
{
    struct sockaddr_un address;
    int rc = address_of(path, &address), fd;

    if (rc)
        return rc;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, BACKLOG) != 0) {
        rc = -errno;
        close(fd);
        return rc;
    }
    return fd;
}

int fcgi_send(int fd, const void *bytes, size_t length)
{
    const char *p = bytes;

    while (length > 0) {
        ssize_t n = send(fd, p, length, MSG_NOSIGNAL);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        p += n;
        length -= (size_t)n;
    }
    return 0;
}

int fcgi_send_body(int fd, const void *bytes, size_t length)
{
    const char *p = bytes;
    int rc = 0;

    while (!rc && length > 0) {
        size_t content = length < CONTENT_MAX ? length : CONTENT_MAX;
        unsigned char header[FCGI_HEADER_LEN];

        write_header(header, FCGI_STDIN, content);
        rc = fcgi_send(fd, header, sizeof header);
        if (!rc)
            rc = fcgi_send(fd, p, content);
        p += content;
        length -= content;
    }
    return rc;
}

int fcgi_end_body(int fd)
{
    unsigned char header[FCGI_HEADER_LEN];

    write_header(header, FCGI_STDIN, 0);
    return fcgi_send(fd, header, sizeof header);
}

int fcgi_await_read(int fd, int timeout_ms)
{
    static const struct timespec moment = {.tv_nsec = 1000000};

    for (int waited_ms = 0;; waited_ms++) {
        int left;

        if (ioctl(fd, SIOCOUTQ, &left) != 0)
            return -errno;
        if (left == 0)
            return 0;
        if (waited_ms >= timeout_ms)
            return -ETIMEDOUT;
        nanosleep(&moment, NULL);
    }
}

static int read_exactly(int fd, unsigned char *out, size_t length)
{
    while (length > 0) {
        ssize_t n = read(fd, out, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EPIPE;
        out += n;
        length -= (size_t)n;
    }
    return 0;
}

int fcgi_read_answer(int fd, unsigned char **out, size_t *length)
{
    unsigned char header[FCGI_HEADER_LEN], record[65536 + 256];
    int rc;

    *out = NULL;
    *length = 0;
    while ((rc = read_exactly(fd, header, sizeof header)) == 0) {
        size_t content = (size_t)header[4] << 8 | header[5];

        rc = read_exactly(fd, record, content + header[6]);
        if (rc)
            break;
        if (header[1] == FCGI_END_REQUEST)
            return 0;
        if (header[1] == FCGI_STDOUT && content > 0) {
            unsigned char *larger = realloc(*out, *length + content);

            if (!larger) {
                rc = -ENOMEM;
                break;
            }
            *out = larger;
            memcpy(*out + *length, record, content);
            *length += content;
        }
    }
    free(*out);
    *out = NULL;
    *length = 0;
    return rc;
}

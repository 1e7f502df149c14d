/* SPDX-License-Identifier: MIT
 *
 * Reading what came back, and requests over a plain socket.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/digest.h"
#include "rig/client.h"

#define RAW_TIMEOUT_S 10 /* until an answer begins: there may be none, but machines are busy */
#define RAW_REST_S 2      /* without another byte of it; connections may stay open */
#define VALUES 8
#define VALUE_MAX 2048
#define ETAG_DIGITS 32
#define VERSION_DIGITS 16

/* The value of the n-th field of this name, as it stands in the head; NULL if there is none. */
static const char *find_field(const struct answer *answer, const char *name, unsigned n,
                              size_t *length)
{
    size_t name_length = strlen(name);
    const char *line = answer->head.data;

    while (line && (line = strchr(line, '\n')) != NULL) {
        line++;
        if (strncasecmp(line, name, name_length) != 0 || line[name_length] != ':' || n-- > 0)
            continue;
        line += name_length + 1;
        line += strspn(line, " \t");
        *length = strcspn(line, "\r\n");
        return line;
    }
    return NULL;
}

const char *answer_field(const struct answer *answer, const char *name)
{
    static _Thread_local char values[VALUES][VALUE_MAX];
    static _Thread_local unsigned next;
    size_t length;
    const char *value = find_field(answer, name, 0, &length);
    char *out;

    if (!value)
        return NULL;
    out = values[next++ % VALUES];
    snprintf(out, VALUE_MAX, "%.*s", (int)length, value);
    return out;
}

unsigned answer_fields(const struct answer *answer, const char *name)
{
    size_t length;
    unsigned n = 0;

    while (find_field(answer, name, n, &length))
        n++;
    return n;
}

bool answer_says(const struct answer *answer, const char *name, const char *text)
{
    const char *value = answer_field(answer, name);

    return value && strstr(value, text);
}

/* With a stream of its own: digest_of() has one for the process, which has one thread. */
void answer_digest(const struct answer *answer, char hex[65])
{
    struct digest_stream *stream = digest_stream_new();
    const char *bytes = answer->body.data ? answer->body.data : "";
    struct digest digest;

    hex[0] = '\0';
    if (stream && digest_stream_add(stream, bytes, answer->body.length) == 0 &&
        digest_stream_finish(stream, &digest) == 0)
        digest_to_hex(&digest, hex);
    digest_stream_free(&stream);
}

bool answer_is_sound(const struct answer *answer)
{
    const char *etag = answer_field(answer, "ETag");
    char hex[65];

    answer_digest(answer, hex);
    if (!etag || etag[0] != '"')
        return false;
    etag += strspn(etag + 1, "0123456789abcdef") == VERSION_DIGITS ? VERSION_DIGITS + 2 : 1;
    return strlen(etag) == ETAG_DIGITS + 1 && strncmp(etag, hex, ETAG_DIGITS) == 0;
}

static void wait_at_most(int fd, int seconds)
{
    const struct timeval timeout = {.tv_sec = seconds};

    cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout), 0);
}

static int dial(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert(fd >= 0);
    wait_at_most(fd, RAW_TIMEOUT_S);
    cr_assert_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0, "connect: %s",
                 strerror(errno));
    return fd;
}

/* Splits what has come into head and body. */
static void split(struct answer *answer, const struct buffer *all)
{
    const char *end = all->data ? strstr(all->data, "\r\n\r\n") : NULL;
    size_t head = end ? (size_t)(end + 4 - all->data) : all->length;

    if (!all->length || sscanf(all->data, "HTTP/1.%*1d %d", &answer->status) != 1)
        return;
    cr_assert_eq(buffer_append(&answer->head, all->data, head), 0);
    cr_assert_eq(buffer_append(&answer->body, all->data + head, all->length - head), 0);
}

int client_raw(uint16_t port, const void *bytes, size_t length, struct answer *answer)
{
    struct buffer all = {0};
    int fd = dial(port);
    char block[16384];
    ssize_t n;

    buffer_clear(&answer->head);
    buffer_clear(&answer->body);
    answer->status = 0;
    /* A server may refuse and close before it has read everything. */
    for (size_t sent = 0; sent < length; sent += (size_t)n) {
        n = send(fd, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
        if (n <= 0)
            break;
    }
    while ((n = recv(fd, block, sizeof block, 0)) > 0) {
        cr_assert_eq(buffer_append(&all, block, (size_t)n), 0);
        wait_at_most(fd, RAW_REST_S);
    }
    close(fd);
    split(answer, &all);
    buffer_free(&all);
    return answer->status;
}

int client_begin_with(uint16_t port, const void *bytes, size_t length)
{
    int fd = dial(port);

    for (size_t sent = 0; sent < length;) {
        ssize_t n = send(fd, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);

        cr_assert_gt(n, 0);
        sent += (size_t)n;
    }
    return fd;
}

int client_begin(uint16_t port, const char *target)
{
    char text[VALUE_MAX];
    int n = snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", target);

    cr_assert(n > 0 && n < VALUE_MAX);
    return client_begin_with(port, text, (size_t)n);
}

void client_leave(int connection, bool reset)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    if (reset)
        cr_assert_eq(setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), 0);
    close(connection);
}

/* SPDX-License-Identifier: MIT */
#include "rig/held.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rig/fcgi.h"
#include "rig/memory.h"

#define PARAMETER_MAX 512
#define READ_MS 20000 /* that the worker has for what was sent */

static int send_head(int fd, const struct held_upload *u)
{
    char authorization[PARAMETER_MAX], type[PARAMETER_MAX], length[PARAMETER_MAX];
    char *const parameters[] = {authorization, type, length};
    unsigned char head[FCGI_REQUEST_MAX];
    size_t size;

    snprintf(authorization, sizeof authorization, "HTTP_AUTHORIZATION=%s", u->authorization);
    snprintf(type, sizeof type, "CONTENT_TYPE=%s", u->content_type);
    snprintf(length, sizeof length, "CONTENT_LENGTH=%zu", u->length);
    size = fcgi_head(head, u->method, u->uri, parameters, sizeof parameters / sizeof *parameters);
    return size ? fcgi_send(fd, head, size) : -EMSGSIZE;
}

static int read_status(int fd, int *status)
{
    unsigned char *answer;
    size_t length;
    char text[32];
    int rc = fcgi_read_answer(fd, &answer, &length);

    if (rc)
        return rc;
    snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text - 1),
             (const char *)answer);
    free(answer);
    return sscanf(text, "Status: %d", status) == 1 ? 0 : -EPROTO;
}

static int send_on(int fd, const struct held_upload *u, struct held_growth *out)
{
    const char *bytes = u->bytes;
    size_t most = u->length - u->length / 100;
    int rc = send_head(fd, u);

    if (!rc)
        rc = fcgi_send_body(fd, bytes, most);
    if (!rc)
        rc = fcgi_await_read(fd, READ_MS);
    if (rc)
        return rc;
    out->held_kb = memory_private_kb(u->worker);
    rc = fcgi_send_body(fd, bytes + most, u->length - most);
    if (!rc)
        rc = fcgi_end_body(fd);
    if (!rc)
        rc = read_status(fd, &out->status);
    out->after_kb = memory_private_kb(u->worker);
    out->peak_kb = memory_peak_kb(u->worker);
    return rc;
}

/* A negative errno among them, or 0. */
static int first_error(long a, long b, long c)
{
    return (int)(a < 0 ? a : b < 0 ? b : c < 0 ? c : 0);
}

int held_send(const struct held_upload *u, struct held_growth *out)
{
    long private_kb = memory_private_kb(u->worker), peak_kb;
    int rc = memory_forget_peak(u->worker), fd;

    *out = (struct held_growth){0};
    peak_kb = memory_peak_kb(u->worker);
    if (!rc)
        rc = first_error(private_kb, peak_kb, 0);
    if (rc)
        return rc;
    fd = fcgi_connect(u->socket);
    if (fd < 0)
        return fd;
    rc = send_on(fd, u, out);
    close(fd);
    if (!rc)
        rc = first_error(out->held_kb, out->after_kb, out->peak_kb);
    out->held_kb -= private_kb;
    out->after_kb -= private_kb;
    out->peak_kb -= peak_kb;
    return rc;
}

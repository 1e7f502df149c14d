/* SPDX-License-Identifier: MIT
 *
 * The answer is read here, from the wire (RFC 1035 section 4.1): c-ares 1.18 does not tell the
 * time to live of service records.
 */
#include "origin/dns.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>

#include <ares.h>

#include "base/buffer.h"
#include "base/clock.h"

#define CLASS_IN 1
#define TYPE_SRV 33
#define HEADER_BYTES 12
#define RECORD_BYTES 10 /* after the name: type, class, time to live, length */
#define SRV_BYTES 6     /* before the target */
#define TRIES 3

struct question {
    struct dns_answer *answer;
    bool done;
    int result;
};

/* ---- the answer ---- */

struct message {
    const unsigned char *bytes;
    int length;
    int at;
};

static unsigned read_u16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

static bool skip(struct message *m, int bytes)
{
    if (bytes > m->length - m->at)
        return false;
    m->at += bytes;
    return true;
}

/* *name is to be freed with ares_free_string(). */
static bool read_name(struct message *m, char **name)
{
    long length = 0;

    *name = NULL;
    if (m->at >= m->length ||
        ares_expand_name(m->bytes + m->at, m->bytes, m->length, name, &length) != ARES_SUCCESS)
        return false;
    m->at += (int)length;
    return m->at <= m->length;
}

static bool skip_name(struct message *m)
{
    char *name;
    bool good = read_name(m, &name);

    ares_free_string(name);
    return good;
}

/* A target that is too long is no host's: it is left empty, and so never chosen. */
static bool read_srv(struct message *m, int end, struct srv_record *out)
{
    const unsigned char *p = m->bytes + m->at;
    char *target;
    bool good;

    if (end - m->at <= SRV_BYTES)
        return false;
    *out = (struct srv_record){.priority = (uint16_t)read_u16(p),
                               .weight = (uint16_t)read_u16(p + 2),
                               .port = (uint16_t)read_u16(p + 4)};
    m->at += SRV_BYTES;
    good = read_name(m, &target);
    if (good && strlen(target) < sizeof out->target)
        memcpy(out->target, target, strlen(target) + 1);
    ares_free_string(target);
    return good && m->at <= end;
}

static bool read_record(struct message *m, struct dns_answer *out)
{
    const unsigned char *p;
    unsigned type, class, length;
    uint32_t ttl;
    int end;

    if (!skip_name(m) || m->length - m->at < RECORD_BYTES)
        return false;
    p = m->bytes + m->at;
    type = read_u16(p);
    class = read_u16(p + 2);
    ttl = (uint32_t)read_u16(p + 4) << 16 | read_u16(p + 6);
    length = read_u16(p + 8);
    m->at += RECORD_BYTES;
    end = m->at + (int)length;
    if (end > m->length)
        return false;
    if (type == TYPE_SRV && class == CLASS_IN && out->count < SRV_RECORDS_MAX) {
        if (!read_srv(m, end, &out->records[out->count]))
            return false;
        if (out->count++ == 0 || ttl < out->ttl_s)
            out->ttl_s = ttl;
    }
    m->at = end;
    return true;
}

int dns_read_answer(const unsigned char *bytes, int length, struct dns_answer *out)
{
    struct message m = {.bytes = bytes, .length = length, .at = HEADER_BYTES};
    unsigned questions, answers;

    *out = (struct dns_answer){.count = 0};
    if (length < HEADER_BYTES)
        return -EBADMSG;
    questions = read_u16(bytes + 4);
    answers = read_u16(bytes + 6);
    for (unsigned i = 0; i < questions; i++)
        if (!skip_name(&m) || !skip(&m, 4))
            return -EBADMSG;
    for (unsigned i = 0; i < answers; i++)
        if (!read_record(&m, out))
            return -EBADMSG;
    return 0;
}

static void on_answer(void *context, int status, int timeouts, unsigned char *bytes, int length)
{
    struct question *q = context;

    (void)timeouts;
    q->done = true;
    switch (status) {
    case ARES_SUCCESS:
        q->result = dns_read_answer(bytes, length, q->answer);
        return;
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
        q->result = 0;
        return;
    case ARES_ENOMEM:
        q->result = -ENOMEM;
        return;
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION:
        q->result = -ETIMEDOUT;
        return;
    case ARES_EBADRESP:
        q->result = -EBADMSG;
        return;
    default:
        q->result = -EIO;
        return;
    }
}

/* ---- asking ---- */

static int set_servers(ares_channel channel, const struct config_list *servers)
{
    struct buffer list = {0};
    int status = ARES_SUCCESS;

    if (servers->count == 0)
        return status;
    for (size_t i = 0; i < servers->count && status == ARES_SUCCESS; i++)
        if (buffer_join(&list, i ? "," : "", servers->items[i], (char *)NULL) != 0)
            status = ARES_ENOMEM;
    if (status == ARES_SUCCESS)
        status = ares_set_servers_ports_csv(channel, list.data);
    buffer_free(&list);
    return status;
}

static int open_channel(const struct config *config, int64_t timeout_ms, ares_channel *out)
{
    struct ares_options options = {.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
                                   .timeout = (int)(timeout_ms / (1 << TRIES)) + 1,
                                   .tries = TRIES};
    int status = ares_init_options(out, &options,
                                   ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);

    if (status != ARES_SUCCESS)
        return status == ARES_ENOMEM ? -ENOMEM : -EIO;
    status = set_servers(*out, &config->fetch.dns_servers);
    if (status == ARES_SUCCESS)
        return 0;
    ares_destroy(*out);
    return status == ARES_ENOMEM ? -ENOMEM : -EIO;
}

static void wait_for_socket(ares_channel channel, int64_t left_ms)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    struct pollfd fds[ARES_GETSOCK_MAXNUM];
    struct timeval most = {.tv_sec = left_ms / 1000, .tv_usec = left_ms % 1000 * 1000}, room;
    struct timeval *wait = ares_timeout(channel, &most, &room);
    /* The header's macros for these bits shift into the sign. */
    unsigned bits = (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
    nfds_t count = 0;

    for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        short events = (short)((bits >> i & 1 ? POLLIN : 0) |
                               (bits >> (i + ARES_GETSOCK_MAXNUM) & 1 ? POLLOUT : 0));

        if (events)
            fds[count++] = (struct pollfd){.fd = sockets[i], .events = events};
    }
    if (poll(fds, count, (int)(wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000)) < 0)
        count = 0; /* a signal: only the times are looked at */
    for (nfds_t i = 0; i < count; i++)
        if (fds[i].revents)
            ares_process_fd(channel,
                            fds[i].revents & ~POLLOUT ? fds[i].fd : ARES_SOCKET_BAD,
                            fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

int dns_ask_srv(const struct config *config, const char *name, int64_t timeout_ms,
                struct dns_answer *out)
{
    int64_t until_ms = clock_boot_ms() + timeout_ms, left_ms;
    struct question question = {.answer = out, .result = -ETIMEDOUT};
    ares_channel channel;
    int rc;

    *out = (struct dns_answer){.count = 0};
    rc = open_channel(config, timeout_ms, &channel);
    if (rc)
        return rc;
    ares_query(channel, name, CLASS_IN, TYPE_SRV, on_answer, &question);
    while (!question.done && (left_ms = until_ms - clock_boot_ms()) > 0)
        wait_for_socket(channel, left_ms);
    ares_destroy(channel); /* what is still open ends as timed out */
    if (question.result)
        *out = (struct dns_answer){.count = 0};
    return question.result;
}

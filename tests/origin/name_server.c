/* SPDX-License-Identifier: MIT */
#include "origin/name_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECORDS_MAX 64
#define ASKED_MAX 256
#define MESSAGE_MAX 4096
#define NAME_BYTES_MAX 256

struct record {
    const char *name, *target;
    uint32_t ttl_s;
    uint16_t priority, weight, port;
};

struct name_server {
    pthread_t thread;
    pthread_mutex_t lock;
    int fd, stop_fd;
    uint16_t port;
    enum name_server_way way;
    struct record records[RECORDS_MAX];
    size_t record_count;
    char asked[ASKED_MAX][NAME_BYTES_MAX];
    size_t asked_count;
};

static size_t put_u16(unsigned char *p, unsigned value)
{
    p[0] = (unsigned char)(value >> 8);
    p[1] = (unsigned char)value;
    return 2;
}

static size_t put_name(unsigned char *p, const char *name)
{
    unsigned char *start = p;

    while (*name && strcmp(name, ".") != 0) {
        size_t length = strcspn(name, ".");

        *p++ = (unsigned char)length;
        memcpy(p, name, length);
        p += length;
        name += length + (name[length] == '.');
    }
    *p++ = 0;
    return (size_t)(p - start);
}

/* The question's name as text; returns where its type stands, 0 for nonsense. */
static size_t read_name(const unsigned char *message, size_t length, char out[NAME_BYTES_MAX])
{
    size_t at = 12, used = 0;

    while (at < length && message[at]) {
        size_t n = message[at++];

        if (n > 63 || at + n > length || used + n + 1 >= NAME_BYTES_MAX)
            return 0;
        if (used > 0)
            out[used++] = '.';
        memcpy(out + used, message + at, n);
        used += n;
        at += n;
    }
    out[used] = '\0';
    return at + 5 <= length ? at + 1 : 0;
}

static size_t put_record(unsigned char *p, const struct record *r)
{
    unsigned char *start = p, *length;

    p += put_u16(p, 0xc00c); /* the question's name */
    p += put_u16(p, 33);
    p += put_u16(p, 1);
    p += put_u16(p, r->ttl_s >> 16);
    p += put_u16(p, r->ttl_s & 0xffff);
    length = p;
    p += 2;
    p += put_u16(p, r->priority);
    p += put_u16(p, r->weight);
    p += put_u16(p, r->port);
    p += put_name(p, r->target);
    put_u16(length, (unsigned)(p - length - 2));
    return (size_t)(p - start);
}

static size_t make_answer(struct name_server *s, unsigned char *out, const unsigned char *question,
                          size_t question_end, const char *name)
{
    size_t length = question_end, count = 0;
    bool known = false;

    memcpy(out, question, question_end);
    for (size_t i = 0; i < s->record_count; i++) {
        const struct record *r = &s->records[i];

        if (strcasecmp(r->name, name) != 0)
            continue;
        known = true;
        if (!r->target || length + 300 > MESSAGE_MAX)
            continue;
        length += put_record(out + length, r);
        count++;
    }
    put_u16(out + 2, s->way == NAMES_FAIL ? 0x8182 : known ? 0x8180 : 0x8183);
    put_u16(out + 4, 1);
    put_u16(out + 6, s->way == NAMES_FAIL ? 0 : (unsigned)count);
    put_u16(out + 8, 0);
    put_u16(out + 10, 0);
    if (s->way == NAMES_FAIL)
        return question_end;
    return s->way == NAMES_CUT && count > 0 ? length - 5 : length;
}

static void answer(struct name_server *s)
{
    unsigned char question[MESSAGE_MAX], out[MESSAGE_MAX];
    struct sockaddr_in from;
    socklen_t from_length = sizeof from;
    ssize_t n = recvfrom(s->fd, question, sizeof question, 0, (struct sockaddr *)&from,
                         &from_length);
    char name[NAME_BYTES_MAX];
    size_t end, length = 0;

    if (n < 12)
        return;
    end = read_name(question, (size_t)n, name);
    if (end == 0)
        return;
    pthread_mutex_lock(&s->lock);
    if (s->asked_count < ASKED_MAX)
        memcpy(s->asked[s->asked_count++], name, sizeof name);
    if (s->way == NAMES_GARBAGE) {
        memset(out, 0xff, 40);
        memcpy(out, question, 2);
        length = 40;
    } else if (s->way != NAMES_SILENT) {
        length = make_answer(s, out, question, end + 4, name);
    }
    pthread_mutex_unlock(&s->lock);
    if (length > 0)
        (void)!sendto(s->fd, out, length, 0, (struct sockaddr *)&from, from_length);
}

static void *run(void *context)
{
    struct name_server *s = context;
    struct pollfd fds[] = {{.fd = s->fd, .events = POLLIN}, {.fd = s->stop_fd, .events = POLLIN}};

    while (poll(fds, 2, -1) >= 0 && !fds[1].revents)
        if (fds[0].revents & POLLIN)
            answer(s);
    return NULL;
}

struct name_server *name_server_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    struct name_server *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    s->stop_fd = eventfd(0, EFD_CLOEXEC);
    s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s->stop_fd < 0 || s->fd < 0 ||
        bind(s->fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(s->fd, (struct sockaddr *)&address, &length) != 0 ||
        pthread_create(&s->thread, NULL, run, s) != 0) {
        close(s->fd);
        close(s->stop_fd);
        free(s);
        return NULL;
    }
    s->port = ntohs(address.sin_port);
    return s;
}

uint16_t name_server_port(const struct name_server *s)
{
    return s->port;
}

void name_server_stop(struct name_server **server)
{
    struct name_server *s = *server;
    const uint64_t one = 1;

    if (!s)
        return;
    (void)!write(s->stop_fd, &one, sizeof one);
    pthread_join(s->thread, NULL);
    close(s->fd);
    close(s->stop_fd);
    pthread_mutex_destroy(&s->lock);
    free(s);
    *server = NULL;
}

void name_server_set(struct name_server *s, enum name_server_way way)
{
    pthread_mutex_lock(&s->lock);
    s->way = way;
    pthread_mutex_unlock(&s->lock);
}

void name_server_add(struct name_server *s, const char *name, uint32_t ttl_s, uint16_t priority,
                     uint16_t weight, uint16_t port, const char *target)
{
    pthread_mutex_lock(&s->lock);
    if (s->record_count < RECORDS_MAX)
        s->records[s->record_count++] = (struct record){.name = name,
                                                        .target = target,
                                                        .ttl_s = ttl_s,
                                                        .priority = priority,
                                                        .weight = weight,
                                                        .port = port};
    pthread_mutex_unlock(&s->lock);
}

void name_server_clear(struct name_server *s)
{
    pthread_mutex_lock(&s->lock);
    s->record_count = 0;
    pthread_mutex_unlock(&s->lock);
}

unsigned name_server_count(struct name_server *s, const char *name)
{
    unsigned count = 0;

    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->asked_count; i++)
        count += strcasecmp(s->asked[i], name) == 0;
    pthread_mutex_unlock(&s->lock);
    return count;
}

/* SPDX-License-Identifier: MIT
 *
 * libmicrohttpd with a thread per connection, so that a behaviour may simply
 * block. What blocks also watches an eventfd, so that stopping takes no time.
 */
#include "origin/origin.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/digest.h"
#include "origin/behaviour.h"
#include "origin/ledger.h"
#include "origin/script.h"

#define CONNECTIONS_MAX 4096u
#define STACK_SIZE ((size_t)512 * 1024)

/* What a request's state pointer points to. */
struct visit {
    bool control;               /* not in the ledger */
    bool answered;              /* it has left there */
    struct digest_stream *body; /* of what the client sends; NULL until it does */
};

struct origin {
    struct MHD_Daemon *daemon;
    struct ledger *ledger;
    int stop_fd;
    uint16_t port;
    pthread_mutex_t lock;            /* for all below */
    struct origin_picture *pictures; /* in order; never removed before the end */
    struct script *scripts;          /* the newest first; never removed either */
    unsigned releases;               /* that no held step has taken */
    char *authorization;
};

/* The newest of this name; NULL if there is none. */
static const struct origin_picture *newest(const struct origin_picture *pictures,
                                           const char *name)
{
    const struct origin_picture *found = NULL;

    for (; pictures; pictures = pictures->next)
        if (strcmp(pictures->name, name) == 0)
            found = pictures;
    return found;
}

const struct origin_picture *origin_find_picture(struct origin *o, const char *name)
{
    const struct origin_picture *found;

    pthread_mutex_lock(&o->lock);
    found = newest(o->pictures, name);
    if (!found && o->pictures)
        found = newest(o->pictures, o->pictures->name);
    pthread_mutex_unlock(&o->lock);
    return found;
}

const struct script_step *origin_next_step(struct origin *o, const char *name)
{
    const struct script_step *step = NULL;
    struct script *script;

    pthread_mutex_lock(&o->lock);
    for (script = o->scripts; script && strcmp(script->name, name) != 0; script = script->next)
        ;
    if (script)
        step = script_next(script);
    pthread_mutex_unlock(&o->lock);
    return step;
}

void origin_note_status(struct origin *o, const char *path, unsigned status)
{
    ledger_add_status(o->ledger, path, status);
}

struct text {
    char *bytes;
    size_t length;
};

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct text *text = context;
    size_t more = strlen(name) + (value ? strlen(value) : 0) + sizeof ": \n";
    char *longer = realloc(text->bytes, text->length + more);

    (void)kind;
    if (!longer)
        return MHD_NO;
    text->bytes = longer;
    text->length += (size_t)snprintf(longer + text->length, more, "%s: %s\n", name,
                                     value ? value : "");
    return MHD_YES;
}

static char *copy_authorization(struct origin *o)
{
    char *copy;

    pthread_mutex_lock(&o->lock);
    copy = o->authorization ? strdup(o->authorization) : NULL;
    pthread_mutex_unlock(&o->lock);
    return copy;
}

static const char *argument(struct origin_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
}

static enum MHD_Result control_header(struct origin *o, struct origin_request *r, const char *path,
                                      const char *name)
{
    char *value = ledger_header(o->ledger, path, name);
    enum MHD_Result result = behaviour_text(r, value ? 200 : 404, "text/plain",
                                            value ? value : "none", NULL, NULL);

    free(value);
    return result;
}

static enum MHD_Result control_script(struct origin *o, struct origin_request *r, const char *name,
                                      const char *steps)
{
    int rc = origin_script(o, name, steps);

    return behaviour_text(r, rc == 0 ? 200 : rc == -EINVAL ? 400 : 500, "text/plain",
                          rc == 0 ? "ok\n" : "not understood\n", NULL, NULL);
}

static enum MHD_Result control(struct origin *o, struct origin_request *r)
{
    const char *path = argument(r, "path"), *name = argument(r, "name");
    const char *status = argument(r, "status"), *steps = argument(r, "steps");
    struct ledger_totals totals = ledger_totals(o->ledger);
    unsigned number = 0;
    char text[32];

    if (strcmp(r->path, "/_header") == 0 && path && name)
        return control_header(o, r, path, name);
    if (strcmp(r->path, "/_script") == 0 && name && steps)
        return control_script(o, r, name, steps);
    if (strcmp(r->path, "/_count") == 0 && path)
        number = status ? ledger_count_status(o->ledger, path, (unsigned)strtoul(status, NULL, 10))
                        : ledger_count(o->ledger, path);
    else if (strcmp(r->path, "/_total") == 0)
        number = totals.requests;
    else if (strcmp(r->path, "/_max") == 0)
        number = totals.most_at_once;
    else if (strcmp(r->path, "/_connections") == 0)
        number = totals.connections;
    else if (strcmp(r->path, "/_reset") == 0)
        ledger_reset(o->ledger);
    else
        return behaviour_text(r, 404, "text/plain", "unknown control\n", NULL, NULL);
    snprintf(text, sizeof text, "%u\n", number);
    return behaviour_text(r, 200, "text/plain", text, NULL, NULL);
}

static bool is_control(const char *path)
{
    return strncmp(path, "/_", 2) == 0 && strcmp(path, "/_signin") != 0;
}

/* Cuts the next segment off *rest. */
static char *next_segment(char **rest)
{
    char *segment = *rest;
    char *slash = strchr(segment, '/');

    *rest = slash ? slash + 1 : segment + strlen(segment);
    if (slash)
        *slash = '\0';
    return segment;
}

static enum MHD_Result dispatch(struct origin *o, struct origin_request *r, char *path)
{
    const struct behaviour *behaviour;
    char *authorization = copy_authorization(o);
    char *rest = path + 1;
    enum MHD_Result result;

    behaviour = behaviour_find(next_segment(&rest));
    for (unsigned i = 0; behaviour && i < behaviour->arguments; i++)
        r->arguments[i] = next_segment(&rest);
    r->name = rest;
    r->picture = origin_find_picture(o, rest);
    r->authorization = authorization;
    if (!behaviour)
        result = behaviour_text(r, 404, "text/plain", "unknown behaviour\n", NULL, NULL);
    else if (!r->picture)
        result = behaviour_text(r, 500, "text/plain", "no picture registered\n", NULL, NULL);
    else
        result = behaviour->answer(r);
    free(authorization);
    return result;
}

/* NULL without memory. */
static struct visit *begin_visit(struct origin *o, const char *path)
{
    struct visit *visit = calloc(1, sizeof *visit);

    if (!visit)
        return NULL;
    visit->control = is_control(path);
    if (!visit->control)
        ledger_begin(o->ledger);
    return visit;
}

static enum MHD_Result take_body(struct visit *visit, const char *bytes, size_t length)
{
    if (!visit->body)
        visit->body = digest_stream_new();
    return visit->body && digest_stream_add(visit->body, bytes, length) == 0 ? MHD_YES : MHD_NO;
}

static bool is_taken(const char *method)
{
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 || strcmp(method, "PUT") == 0 ||
           strcmp(method, "DELETE") == 0;
}

/* What no client can send as a header field. False without memory. */
static bool add_pseudo_headers(struct visit *visit, const char *method, struct text *headers)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest digest;

    if (add_header(headers, MHD_HEADER_KIND, ":method", method) != MHD_YES)
        return false;
    if (!visit->body)
        return true;
    if (digest_stream_finish(visit->body, &digest) != 0)
        return false;
    digest_to_hex(&digest, hex);
    return add_header(headers, MHD_HEADER_KIND, ":body", hex) == MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *upload, size_t *upload_length, void **state)
{
    struct origin *o = context;
    struct text headers = {.length = 0};
    struct origin_request r = {
        .origin = o, .connection = connection, .stop_fd = o->stop_fd, .path = path};
    const union MHD_ConnectionInfo *info;
    struct visit *visit = *state;
    enum MHD_Result result = MHD_NO;
    char *copy;

    (void)version;
    if (!visit) { /* header section complete; it is answered at the next call */
        *state = begin_visit(o, path);
        return *state ? MHD_YES : MHD_NO;
    }
    if (*upload_length > 0) {
        result = take_body(visit, upload, *upload_length);
        *upload_length = 0;
        return result;
    }
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!info || path[0] != '/')
        return MHD_NO;
    r.fd = info->connect_fd;
    if (visit->control)
        return control(o, &r);
    MHD_get_connection_values(connection, MHD_HEADER_KIND, add_header, &headers);
    if (!add_pseudo_headers(visit, method, &headers)) {
        free(headers.bytes);
        return MHD_NO;
    }
    r.number = ledger_add(o->ledger, path, headers.bytes);
    if (!is_taken(method))
        return behaviour_text(&r, 405, "text/plain", "not this one\n", "Allow",
                              "GET, HEAD, PUT, DELETE");
    copy = strdup(path);
    if (copy)
        result = dispatch(o, &r, copy);
    free(copy);
    /* Before the answer goes out: whoever has it may ask again before on_completed() is called. */
    visit->answered = true;
    ledger_end(o->ledger);
    return result;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    struct origin *o = context;
    struct visit *visit = *state;

    (void)connection;
    (void)why;
    if (!visit)
        return;
    if (!visit->control && !visit->answered)
        ledger_end(o->ledger);
    digest_stream_free(&visit->body);
    free(visit);
    *state = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **state,
                          enum MHD_ConnectionNotificationCode what)
{
    struct origin *o = context;

    (void)connection;
    (void)state;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        ledger_connected(o->ledger);
}

static int listen_on(uint16_t port, uint16_t *bound)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t size = sizeof address;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 1024) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        close(fd);
        return -1;
    }
    *bound = ntohs(address.sin_port);
    return fd;
}

/* `key` and `certificate` are NULL without TLS. */
static struct origin *start(uint16_t port, const char *key, const char *certificate)
{
    const struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)certificate},
        {MHD_OPTION_END, 0, NULL},
    };
    /* The date is said by the behaviours: some want another one, or none. */
    unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                     MHD_USE_POLL | MHD_USE_SUPPRESS_DATE_NO_CLOCK | (key ? MHD_USE_TLS : 0u);
    struct origin *o = calloc(1, sizeof *o);
    int fd = -1;

    if (!o)
        return NULL;
    if (pthread_mutex_init(&o->lock, NULL) != 0) {
        free(o);
        return NULL;
    }
    o->stop_fd = eventfd(0, EFD_CLOEXEC);
    o->ledger = ledger_new();
    if (o->stop_fd >= 0 && o->ledger)
        fd = listen_on(port, &o->port);
    if (fd >= 0)
        o->daemon = MHD_start_daemon(
            flags, 0, NULL, NULL, on_request, o, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_ARRAY,
            key ? tls : &tls[2], MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
            MHD_OPTION_THREAD_STACK_SIZE, STACK_SIZE, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
            (void *)o, MHD_OPTION_NOTIFY_CONNECTION, on_connection, (void *)o, MHD_OPTION_END);
    if (!o->daemon) {
        if (fd >= 0)
            close(fd);
        origin_stop(&o);
    }
    return o;
}

struct origin *origin_start(uint16_t port)
{
    return start(port, NULL, NULL);
}

struct origin *origin_start_tls(uint16_t port, const char *key, const char *certificate)
{
    return start(port, key, certificate);
}

uint16_t origin_port(const struct origin *o)
{
    return o->port;
}

void origin_stop(struct origin **origin)
{
    struct origin *o = *origin;
    const uint64_t one = 1;

    if (!o)
        return;
    if (o->stop_fd >= 0 && write(o->stop_fd, &one, sizeof one) != (ssize_t)sizeof one)
        perror("origin: stop");
    if (o->daemon)
        MHD_stop_daemon(o->daemon);
    if (o->stop_fd >= 0)
        close(o->stop_fd);
    ledger_free(&o->ledger);
    while (o->pictures) {
        struct origin_picture *next = o->pictures->next;

        free(o->pictures->name);
        free(o->pictures->type);
        free(o->pictures->bytes);
        free(o->pictures);
        o->pictures = next;
    }
    script_free(&o->scripts);
    free(o->authorization);
    pthread_mutex_destroy(&o->lock);
    free(o);
    *origin = NULL;
}

int origin_add_picture(struct origin *o, const char *name, const void *bytes, size_t length,
                       const char *type)
{
    struct origin_picture *picture = calloc(1, sizeof *picture);
    struct origin_picture **end;

    if (!picture)
        return -ENOMEM;
    picture->name = strdup(name);
    picture->type = strdup(type);
    picture->bytes = malloc(length ? length : 1);
    picture->length = length;
    if (!picture->name || !picture->type || !picture->bytes) {
        free(picture->name);
        free(picture->type);
        free(picture->bytes);
        free(picture);
        return -ENOMEM;
    }
    memcpy(picture->bytes, bytes, length);
    pthread_mutex_lock(&o->lock);
    for (end = &o->pictures; *end; end = &(*end)->next)
        ;
    *end = picture;
    pthread_mutex_unlock(&o->lock);
    return 0;
}

int origin_set_authorization(struct origin *o, const char *value)
{
    char *copy = value ? strdup(value) : NULL;

    if (value && !copy)
        return -ENOMEM;
    pthread_mutex_lock(&o->lock);
    free(o->authorization);
    o->authorization = copy;
    pthread_mutex_unlock(&o->lock);
    return 0;
}

int origin_script(struct origin *o, const char *name, const char *steps)
{
    struct script *script;
    int rc = script_parse(name, steps, &script);

    if (rc != 0)
        return rc;
    pthread_mutex_lock(&o->lock);
    script->next = o->scripts;
    o->scripts = script;
    pthread_mutex_unlock(&o->lock);
    return 0;
}

void origin_release(struct origin *o)
{
    pthread_mutex_lock(&o->lock);
    o->releases++;
    pthread_mutex_unlock(&o->lock);
}

bool origin_take_release(struct origin *o)
{
    bool taken;

    pthread_mutex_lock(&o->lock);
    taken = o->releases > 0;
    o->releases -= taken;
    pthread_mutex_unlock(&o->lock);
    return taken;
}

char *origin_hex(const char *text)
{
    char *hex = malloc(2 * strlen(text) + 1);
    char *p = hex;

    for (; hex && *text; text++, p += 2)
        snprintf(p, 3, "%02x", (unsigned char)*text);
    if (hex)
        *p = '\0';
    return hex;
}

unsigned origin_count(struct origin *o, const char *path)
{
    return ledger_count(o->ledger, path);
}

unsigned origin_count_status(struct origin *o, const char *path, unsigned status)
{
    return ledger_count_status(o->ledger, path, status);
}

bool origin_await(struct origin *o, const char *path, unsigned count, int64_t timeout_ms)
{
    const struct timespec pause = {.tv_nsec = 1000000};

    for (int64_t waited = 0; waited <= timeout_ms; waited++) {
        if (ledger_count(o->ledger, path) >= count)
            return true;
        nanosleep(&pause, NULL);
    }
    return false;
}

unsigned origin_total(struct origin *o)
{
    return ledger_totals(o->ledger).requests;
}

unsigned origin_concurrent_max(struct origin *o)
{
    return ledger_totals(o->ledger).most_at_once;
}

unsigned origin_connections(struct origin *o)
{
    return ledger_totals(o->ledger).connections;
}

void origin_reset(struct origin *o)
{
    ledger_reset(o->ledger);
}

char *origin_last_header(struct origin *o, const char *path, const char *name)
{
    return ledger_header(o->ledger, path, name);
}

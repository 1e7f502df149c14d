/* SPDX-License-Identifier: MIT
 *
 * The easy handle is new for each exchange; configure() sets all its options, and one
 * that cannot be set fails the exchange. Nothing else in the program touches an option.
 *
 * The guard looks twice: at each address before a socket is made for it, and,
 * because a kept connection needs no socket, at the address of the connection
 * in use before the request is written to it.
 */
#include "origin/transfer.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "origin/answer.h"
#include "origin/guard.h"
#include "origin/request_fields.h"

#define HEADER_MAX 65536u     /* bytes of all header sections and trailers together */
#define SKIP_MAX 16384u       /* of an unwanted body: reading it keeps the connection */
#define SKIP_MS 500           /* and this long */
#define ASK_WANTED_MS 100
#define LOOK_MS 1000          /* at the clock, while nothing moves */
#define CONTINUE_MS 200L      /* for "100 Continue" */

static bool may_dial(const struct transfer *t, const struct sockaddr *address)
{
    const struct config_source *source = t->request->source->config;

    /* Who can have URLs signed must not have other people's ports tried. */
    return guard_may_dial(address, t->at_home && source->type != SOURCE_WEB,
                          source->allow_addresses.items,
                          source->allow_addresses.count);
}

static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *t = context;
    int fd;

    if (purpose != CURLSOCKTYPE_IPCXN || !may_dial(t, &address->addr)) {
        t->refused = true;
        return CURL_SOCKET_BAD;
    }
    /* The renderer is started while connections are kept. */
    fd = sockets_open(t->sockets, address->family, address->socktype);
    if (fd < 0)
        return CURL_SOCKET_BAD;
    t->dialled = true;
    return fd;
}

/* The connection is closed long after its exchange, so this is not given a transfer. */
static int on_close(void *context, curl_socket_t fd)
{
    return sockets_close(context, fd);
}

static int on_connected(void *context, char *remote, char *local, int remote_port, int local_port)
{
    struct transfer *t = context;
    struct sockaddr_storage address;

    (void)local;
    (void)local_port;
    if (remote && remote_port > 0 && remote_port <= UINT16_MAX &&
        guard_address(remote, (uint16_t)remote_port, &address) &&
        may_dial(t, (const struct sockaddr *)&address))
        return CURL_PREREQFUNC_OK;
    t->cause = CAUSE_ORIGIN_FORBIDDEN;
    return CURL_PREREQFUNC_ABORT;
}

const char *transfer_header(CURL *easy, const char *name)
{
    struct curl_header *header;

    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return NULL;
    return header->value;
}

int transfer_header_list(CURL *easy, const char *name, struct buffer *out)
{
    struct curl_header *header;
    int rc = 0;

    for (size_t i = 0;
         rc == 0 && curl_easy_header(easy, name, i, CURLH_HEADER, -1, &header) == CURLHE_OK; i++)
        rc = buffer_join(out, i > 0 ? ", " : "", header->value, (char *)NULL);
    return rc;
}

static bool is_encoded(CURL *easy)
{
    struct curl_header *header;

    for (size_t i = 0;
         curl_easy_header(easy, "Content-Encoding", i, CURLH_HEADER, -1, &header) == CURLHE_OK;
         i++)
        if (!answer_is_plain(header->value))
            return true;
    return false;
}

static uint64_t most_bytes(const struct transfer *t)
{
    uint64_t wanted = t->request->max_bytes, most = t->config->fetch.max_bytes;

    return wanted > 0 && wanted < most ? wanted : most;
}

/* Several lengths, or one that is none, leave open where the body ends (RFC 9112 section 6.3).
 * libcurl would take the last one, and of "35x" the 35. Its own bound (CURLOPT_MAXFILESIZE) would
 * also count the length of a 304 and of an error, and end them in the middle. */
static enum cause judge_length(const struct transfer *t)
{
    struct curl_header *header;
    uint64_t first = 0;

    for (size_t i = 0;
         curl_easy_header(t->easy, "Content-Length", i, CURLH_HEADER, -1, &header) == CURLHE_OK;
         i++) {
        uint64_t length;

        if (!answer_length(header->value, &length) || (i > 0 && length != first))
            return CAUSE_ORIGIN_BAD_STATUS;
        first = length;
    }
    return first > most_bytes(t) ? CAUSE_ORIGIN_TOO_LARGE : CAUSE_NONE;
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    size_t length = size * count;
    long status = 0;

    t->header_bytes += length;
    if (t->header_bytes > HEADER_MAX || !answer_line_is_sound(line, length)) {
        t->cause = CAUSE_ORIGIN_BAD_STATUS;
        return 0;
    }
    /* Only the empty line that ends the first final header section matters: 1xx
     * sections come before it, trailers behind it. */
    if (t->status != 0 || (line[0] != '\r' && line[0] != '\n'))
        return length;
    if (curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status < 200)
        return length;
    t->status = status;
    t->answered_ms = clock_wall_ms();
    if (status != 200) {
        t->skip_until_ms = clock_boot_ms() + SKIP_MS;
    } else if (!t->request->looks) {
        t->cause = is_encoded(t->easy) ? CAUSE_ORIGIN_ENCODED : judge_length(t);
        if (t->cause != CAUSE_NONE)
            return 0;
    }
    return length;
}

/* Who asked may want to know why it got none. */
static void note_said(struct transfer *t, const char *bytes, size_t length)
{
    size_t room = sizeof t->said - 1;

    if (t->skipped >= room)
        return;
    room -= (size_t)t->skipped;
    memcpy(t->said + t->skipped, bytes, length < room ? length : room);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    size_t length = size * count;

    if (t->status != 200) {
        note_said(t, bytes, length);
        t->skipped += length;
        return t->skipped > SKIP_MAX ? 0 : length;
    }
    if (length > most_bytes(t) - t->bytes) {
        t->cause = CAUSE_ORIGIN_TOO_LARGE;
        return 0;
    }
    if (length > 0 && t->request->sink(t->request->context, bytes, length) != 0) {
        t->cause = CAUSE_INTERNAL;
        return 0;
    }
    t->bytes += length;
    return length;
}

static size_t on_read(char *out, size_t size, size_t count, void *context)
{
    struct transfer *t = context;
    const struct fetch_body *body = t->request->body;
    uint64_t left = body->length - t->sent;
    size_t most = size * count;
    ssize_t n = pread(body->fd, out, left < most ? (size_t)left : most, (off_t)t->sent);

    if (n < 0 || (n == 0 && left > 0))
        return CURL_READFUNC_ABORT;
    t->sent += (uint64_t)n;
    return (size_t)n;
}

/* A connection that was kept and has died is found out in the middle of a body: it goes again. */
static int on_seek(void *context, curl_off_t offset, int origin)
{
    struct transfer *t = context;

    if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > t->request->body->length)
        return CURL_SEEKFUNC_CANTSEEK;
    t->sent = (uint64_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* An answer that nobody wants any more. One whose status has said it all is at its end anyway. */
static bool is_unwanted(struct transfer *t, int64_t now_ms)
{
    if (!t->request->wanted || (t->status != 0 && t->status != 200) || now_ms < t->ask_wanted_ms)
        return false;
    t->ask_wanted_ms = now_ms + ASK_WANTED_MS;
    if (t->request->wanted(t->request->context))
        return false;
    t->cause = CAUSE_CLIENT_GONE;
    return true;
}

/* libcurl calls this whenever something moves, and every LOOK_MS while nothing does: how
 * long it takes at most to notice that nobody waits. */
static int on_progress(void *context, curl_off_t all_down, curl_off_t down, curl_off_t all_up,
                       curl_off_t up)
{
    struct transfer *t = context;
    int64_t now_ms = clock_boot_ms();

    (void)all_up;
    (void)up;
    if (all_down > 0 && down >= all_down)
        return 0; /* it is all there: others may want it */
    return (t->skip_until_ms != 0 && now_ms > t->skip_until_ms) || is_unwanted(t, now_ms);
}

/* AWS Signature Version 4. */
static CURLcode configure_signature(CURL *easy, const struct source *source)
{
    char scope[CONFIG_NAME_MAX + 16];
    CURLcode code;

    snprintf(scope, sizeof scope, "aws:amz:%s:s3", source->config->s3.region);
    code = curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, scope);
    /* Apart: a Swift access key has a colon. */
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_USERNAME, source->access_key);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_PASSWORD, source->secret_key);
    return code;
}

static CURLcode configure_body(CURL *easy, struct transfer *t)
{
    const struct fetch_body *body = t->request->body;
    CURLcode code;

    if (t->request->deletes)
        return curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "DELETE");
    if (t->request->looks)
        return curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (!body)
        return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    code = curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)body->length);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_READDATA, (void *)t);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_SEEKDATA, (void *)t);
    /* Whoever takes a body says so at once, or never. */
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_EXPECT_100_TIMEOUT_MS, CONTINUE_MS);
    return code;
}

static CURLcode configure_credentials(CURL *easy, const struct transfer *t)
{
    const struct source *source = t->request->source;
    CURLcode code = CURLE_OK;

    if (!t->send_secrets)
        return CURLE_OK;
    if (source->access_key)
        return configure_signature(easy, source);
    if (source->bearer) {
        code = curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        if (code == CURLE_OK)
            code = curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, source->bearer);
    } else if (source->config->username) {
        /* Set apart, not as "user:password": a user name may be empty. */
        code = curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        if (code == CURLE_OK)
            code = curl_easy_setopt(easy, CURLOPT_USERNAME, source->config->username);
        if (code == CURLE_OK)
            code = curl_easy_setopt(easy, CURLOPT_PASSWORD,
                                    source->password ? source->password : "");
    }
    return code;
}

#define SET(option, value) \
    do { \
        if (code == CURLE_OK) \
            code = curl_easy_setopt(easy, option, value); \
    } while (0)

static CURLcode configure(CURL *easy, struct transfer *t, struct curl_slist *fields)
{
    const struct config *config = t->config;
    int64_t connect_ms = config->fetch.connect_timeout_ms;
    CURLcode code = CURLE_OK;

    if (connect_ms <= 0 || connect_ms > t->timeout_ms)
        connect_ms = t->timeout_ms;

    /* where it may go, and over what */
    SET(CURLOPT_SHARE, t->sessions);
    SET(CURLOPT_CURLU, t->target);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_PROXY, ""); /* not even one from the environment: the guard would judge it */
    SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(CURLOPT_OPENSOCKETFUNCTION, on_socket);
    SET(CURLOPT_OPENSOCKETDATA, (void *)t);
    SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
    SET(CURLOPT_CLOSESOCKETDATA, (void *)t->sockets);
    SET(CURLOPT_PREREQFUNCTION, on_connected);
    SET(CURLOPT_PREREQDATA, (void *)t);

    /* TLS */
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (config->fetch.ca_file) {
        SET(CURLOPT_CAINFO, config->fetch.ca_file);
        SET(CURLOPT_CAPATH, NULL); /* else the system's would be trusted as well */
    }

    /* the request; credentials from the source, from nowhere else */
    if (code == CURLE_OK)
        code = configure_body(easy, t);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_ACCEPT_ENCODING, NULL); /* pictures are compressed already */
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
    SET(CURLOPT_USERAGENT, config->fetch.user_agent);
    SET(CURLOPT_HTTPHEADER, fields);
    if (code == CURLE_OK)
        code = configure_credentials(easy, t);

    /* bounds */
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)t->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_XFERINFOFUNCTION, on_progress);
    SET(CURLOPT_XFERINFODATA, (void *)t);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, (void *)t);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, (void *)t);
    SET(CURLOPT_ERRORBUFFER, t->detail);
    return code;
}

#undef SET

/* What libcurl's own verdict means when no usable status came. */
static enum cause cause_of_code(const struct transfer *t)
{
    curl_off_t sent_us = 0;

    switch (t->code) {
    case CURLE_OK:
        return t->status == 0 || t->bytes == 0 ? CAUSE_ORIGIN_TRUNCATED : CAUSE_NONE;
    case CURLE_OPERATION_TIMEDOUT:
        return CAUSE_ORIGIN_TIMEOUT;
    case CURLE_PARTIAL_FILE:
        return CAUSE_ORIGIN_TRUNCATED;
    case CURLE_UNSUPPORTED_PROTOCOL: /* an answer without a status line */
    case CURLE_WEIRD_SERVER_REPLY:
        return CAUSE_ORIGIN_BAD_STATUS;
    case CURLE_OUT_OF_MEMORY:
        /* Also libcurl's word for a header line beyond its own bound. */
        if (curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us) == CURLE_OK &&
            sent_us > 0)
            return CAUSE_ORIGIN_BAD_STATUS;
        return CAUSE_INTERNAL;
    case CURLE_BAD_FUNCTION_ARGUMENT:
        /* Also its word for a folded line where no field is before it. */
        return t->header_bytes > 0 ? CAUSE_ORIGIN_BAD_STATUS : CAUSE_INTERNAL;
    case CURLE_FAILED_INIT:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_NOT_BUILT_IN:
        return CAUSE_INTERNAL;
    case CURLE_COULDNT_CONNECT:
        /* Of several addresses one may be refused and another one not answer. */
        return t->refused && !t->dialled ? CAUSE_ORIGIN_FORBIDDEN : CAUSE_ORIGIN_UNREACHABLE;
    default:
        return t->status == 200 ? CAUSE_ORIGIN_TRUNCATED : CAUSE_ORIGIN_UNREACHABLE;
    }
}

bool transfer_is_redirect(const struct transfer *t)
{
    return t->status == 301 || t->status == 302 || t->status == 303 || t->status == 307 ||
           t->status == 308;
}

/* What was sent or deleted is so; who only looks has seen it. */
static bool transfer_is_done(const struct transfer *t)
{
    const struct fetch_request *r = t->request;

    if (t->code != CURLE_OK)
        return false;
    return r->body || r->deletes ? t->status == 200 || t->status == 201 || t->status == 204
                                 : r->looks && t->status == 200;
}

bool transfer_is_not_modified(const struct transfer *t)
{
    return t->status == 304 && t->conditional;
}

/* As curl_easy_perform(), on the connections that are kept. */
static CURLcode perform(CURLM *kept, CURL *easy)
{
    CURLcode code = CURLE_FAILED_INIT;
    int running = 1, left;
    CURLMsg *message;

    if (curl_multi_add_handle(kept, easy) != CURLM_OK)
        return code;
    while (running > 0) {
        if (curl_multi_perform(kept, &running) != CURLM_OK)
            break;
        if (running > 0 && curl_multi_poll(kept, NULL, 0, LOOK_MS, NULL) != CURLM_OK)
            break;
    }
    while ((message = curl_multi_info_read(kept, &left)) != NULL)
        if (message->msg == CURLMSG_DONE)
            code = message->data.result;
    curl_multi_remove_handle(kept, easy);
    return code;
}

enum cause transfer_run(CURL *easy, struct transfer *t)
{
    struct curl_slist *fields = NULL;
    enum cause cause = CAUSE_INTERNAL;

    t->easy = easy;
    if (request_fields_make(t, &fields) != 0)
        goto out;
    t->code = configure(easy, t, fields);
    if (t->code != CURLE_OK) {
        log_error("fetch-setup", "source=%s curl=%d %s", t->request->source->config->name,
                  (int)t->code, curl_easy_strerror(t->code));
        goto out;
    }
    t->asked_ms = clock_wall_ms();
    t->code = perform(t->kept, easy);
    if (t->cause != CAUSE_NONE)
        cause = t->cause;
    else if (transfer_is_redirect(t) || transfer_is_not_modified(t))
        cause = CAUSE_NONE;
    else if (transfer_is_done(t))
        cause = CAUSE_NONE;
    else if (t->status != 0 && t->status != 200)
        /* The status has said it all, however the rest of the answer came. */
        cause = answer_cause(t->status, transfer_header(easy, "Content-Type"));
    else
        cause = cause_of_code(t);
out:
    curl_slist_free_all(fields);
    return cause;
}

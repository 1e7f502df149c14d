/* SPDX-License-Identifier: MIT
 *
 * The redirect loop around single exchanges, and what is kept between fetches.
 *
 * Who gets what: the origin of the configured template gets the source's
 * credentials in the first request, and nobody gets them afterwards, because a
 * redirect says that somebody else has the picture, or that the credential was
 * refused. The other configured header fields and the validators go along while
 * scheme, host and port stay those of the template; once a redirect has left that
 * origin, they are not sent again even if another one leads back.
 */
#include "origin/fetch.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/date.h"
#include "http/media_type.h"
#include "origin/answer.h"
#include "origin/sockets.h"
#include "origin/target.h"
#include "origin/transfer.h"

#define HOST_LOGGED 256
#define CONNECTIONS_KEPT 4L

struct fetcher {
    const struct config *config;
    CURLM *kept;      /* connections, names, authorities; NULL before the first fetch */
    CURLSH *sessions; /* of TLS; the same */
    CURL *easy;       /* of one exchange, until its answer has been read */
    struct sockets sockets;
};

struct fetcher *fetcher_new(const struct config *config)
{
    struct fetcher *fetcher = calloc(1, sizeof *fetcher);

    if (fetcher)
        fetcher->config = config;
    return fetcher;
}

void fetcher_free(struct fetcher **fetcher)
{
    if (!*fetcher)
        return;
    curl_easy_cleanup((*fetcher)->easy);
    curl_multi_cleanup((*fetcher)->kept);
    curl_share_cleanup((*fetcher)->sessions);
    free(*fetcher);
    *fetcher = NULL;
}

/* With CURLOPT_NOSIGNAL libcurl leaves SIGPIPE alone, but a TLS library writes with
 * write(2): a peer that goes away must be an error, not the end of the process. A
 * handler that the program has installed stays. */
static int survive_broken_pipes(void)
{
    struct sigaction now;

    if (sigaction(SIGPIPE, NULL, &now) != 0)
        return -1;
    if (now.sa_handler != SIG_DFL)
        return 0;
    now.sa_handler = SIG_IGN;
    now.sa_flags = 0;
    return sigaction(SIGPIPE, &now, NULL);
}

static int prepare(void)
{
    static bool global;

    if (global)
        return 0;
    if (survive_broken_pipes() != 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return -1;
    global = true;
    return 0;
}

/* Makes what outlives an exchange, as far as it is not there. */
static int prepare_kept(struct fetcher *fetcher)
{
    if (!fetcher->sessions) {
        fetcher->sessions = curl_share_init();
        if (!fetcher->sessions || curl_share_setopt(fetcher->sessions, CURLSHOPT_SHARE,
                                                    CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK)
            return -1;
    }
    if (!fetcher->kept) {
        fetcher->kept = curl_multi_init();
        if (!fetcher->kept || curl_multi_setopt(fetcher->kept, CURLMOPT_MAXCONNECTS,
                                                CONNECTIONS_KEPT) != CURLM_OK)
            return -1;
    }
    return 0;
}

static void end_exchange(struct fetcher *fetcher)
{
    curl_easy_cleanup(fetcher->easy);
    fetcher->easy = NULL;
}

/* Each exchange has a handle of its own. libcurl (7.88) keeps a pointer to the last header field
 * of an exchange for the next one on the same handle, frees the field, and follows the pointer
 * where an answer begins with a folded line.
 *
 * A kept connection on which more has come than was asked for may not be used again: libcurl would
 * take the rest for the next answer. It goes with all others, since libcurl cannot close a single
 * one, and it is rare. */
static int begin_exchange(struct fetcher *fetcher)
{
    end_exchange(fetcher);
    if (sockets_are_dirty(&fetcher->sockets)) {
        curl_multi_cleanup(fetcher->kept);
        fetcher->kept = NULL;
    }
    if (prepare_kept(fetcher) != 0)
        return -1;
    fetcher->easy = curl_easy_init();
    return fetcher->easy ? 0 : -1;
}

/* Returns 0 or -ENOMEM. */
static int read_freshness(CURL *easy, const struct transfer *t, struct freshness *out)
{
    enum { CACHE_CONTROL, EXPIRES, DATE, AGE, PRAGMA, COUNT };
    static const char *const names[COUNT] = {"Cache-Control", "Expires", "Date", "Age", "Pragma"};
    struct buffer values[COUNT] = {{.length = 0}};
    struct freshness_fields fields;
    int rc = 0;

    for (size_t i = 0; i < COUNT && rc == 0; i++)
        rc = transfer_header_list(easy, names[i], &values[i]);
    fields = (struct freshness_fields){.cache_control = values[CACHE_CONTROL].data,
                                       .expires = values[EXPIRES].data,
                                       .date = values[DATE].data,
                                       .age = values[AGE].data,
                                       .pragma = values[PRAGMA].data};
    if (rc == 0)
        freshness_read(&fields, t->asked_ms, t->answered_ms, out);
    for (size_t i = 0; i < COUNT; i++)
        buffer_free(&values[i]);
    return rc;
}

/* Returns 0 or -ENOMEM. */
static int read_type(CURL *easy, enum picture_type *out)
{
    struct buffer value = {.length = 0};
    int rc = transfer_header_list(easy, "Content-Type", &value);

    *out = picture_type_from_media_type(value.data, http_media_type_length(value.data));
    buffer_free(&value);
    return rc;
}

/* Notes what the last answer says about the picture, or about when to come back. Returns 0 or
 * -ENOMEM. */
static int read_answer(CURL *easy, const struct transfer *t, enum cause cause,
                       struct fetch_result *result)
{
    int64_t now_s = clock_wall_ms() / 1000;
    const char *value;

    if (t->status != 0)
        result->status = t->status;
    result->bytes = t->bytes;
    result->empty = t->status == 200 && t->code == CURLE_OK && t->bytes == 0;
    value = transfer_header(easy, "x-amz-delete-marker");
    result->kept = value && strcasecmp(value, "true") == 0;
    memcpy(result->said, t->said, sizeof result->said);
    result->not_modified = cause == CAUSE_NONE && transfer_is_not_modified(t);
    if (cause == CAUSE_ORIGIN_BUSY)
        result->retry_after_ms =
            answer_retry_after_ms(transfer_header(easy, "Retry-After"), now_s);
    if (t->status != 200 && !result->not_modified)
        return 0;
    result->answered_ms = t->answered_ms;
    answer_etag(transfer_header(easy, "ETag"), result->etag);
    value = transfer_header(easy, "Last-Modified");
    if (value && http_date_parse(value, now_s, &result->last_modified_s) != 0)
        result->last_modified_s = 0;
    if (read_type(easy, &result->declared) != 0)
        return -ENOMEM;
    return read_freshness(easy, t, &result->freshness);
}

/* Decides on the redirect that `t` has met: where it leads and what may go there. */
static enum cause follow(const struct fetcher *fetcher, struct transfer *t, CURLU *home,
                         struct fetch_result *result)
{
    const struct config_source *source = t->request->source->config;
    const char *location = transfer_header(fetcher->easy, "Location");
    enum cause cause;

    if (!location || t->request->stay ||
        result->redirects >= fetcher->config->fetch.max_redirects)
        return CAUSE_ORIGIN_REDIRECTS;
    cause = target_redirect(t->target, location);
    if (cause != CAUSE_NONE)
        return cause;
    /* Else whoever has a page on one of the hosts could have any other asked. */
    if (source->type == SOURCE_WEB &&
        !target_host_matches(t->target, source->hosts, source->host_count))
        return CAUSE_ORIGIN_FORBIDDEN;
    if (target_is_sign_in(t->target))
        return CAUSE_ORIGIN_DENIED;
    result->redirects++;
    t->at_home = !t->request->foreign && target_same_origin(t->target, home);
    t->send_secrets = false;
    t->send_headers = t->send_headers && t->at_home;
    return CAUSE_NONE;
}

static enum log_level level_of(enum cause cause)
{
    switch (cause) {
    case CAUSE_NONE:
    case CAUSE_ORIGIN_NOT_FOUND:
    case CAUSE_CLIENT_GONE:
        return LOG_LEVEL_DEBUG;
    case CAUSE_ORIGIN_DENIED:
    case CAUSE_INTERNAL:
        return LOG_LEVEL_WARN;
    default:
        return LOG_LEVEL_INFO;
    }
}

static void report(const struct transfer *last, enum cause cause,
                   const struct fetch_result *result)
{
    const char *source = last->request->source->config->name;
    enum log_level level = level_of(cause);
    char host[HOST_LOGGED];

    if (!log_enabled(level))
        return;
    target_host(last->target, host, sizeof host);
    log_line(level, "fetch",
             "source=%s host=%s cause=%s status=%ld bytes=%llu ms=%lld redirects=%u curl=%d",
             source, host, cause_info(cause)->name, result->status,
             (unsigned long long)result->bytes, (long long)result->elapsed_ms, result->redirects,
             (int)last->code);
    if (last->detail[0] != '\0')
        log_debug("fetch-detail", "source=%s %s", source, last->detail);
}

static enum cause run(struct fetcher *fetcher, struct transfer *t, CURLU *home,
                      int64_t deadline_ms, struct fetch_result *result)
{
    for (;;) {
        struct transfer hop = *t;
        enum cause cause;

        hop.timeout_ms = deadline_ms - clock_boot_ms();
        if (hop.timeout_ms <= 0)
            return CAUSE_ORIGIN_TIMEOUT;
        if (begin_exchange(fetcher) != 0)
            return CAUSE_INTERNAL;
        hop.kept = fetcher->kept;
        hop.sessions = fetcher->sessions;
        hop.sockets = &fetcher->sockets;
        cause = transfer_run(fetcher->easy, &hop);
        if (read_answer(fetcher->easy, &hop, cause, result) != 0)
            cause = CAUSE_INTERNAL;
        if (cause == CAUSE_NONE && transfer_is_redirect(&hop)) {
            cause = follow(fetcher, t, home, result);
            if (cause == CAUSE_NONE)
                continue;
        }
        t->code = hop.code;
        t->status = hop.status;
        memcpy(t->detail, hop.detail, sizeof t->detail);
        return cause;
    }
}

enum cause fetcher_fetch(struct fetcher *fetcher, const struct fetch_request *request,
                         struct fetch_result *result)
{
    const struct config_source *source = request->source->config;
    struct transfer t = {.config = fetcher->config, .request = request,
                         .at_home = !request->foreign, .send_secrets = !request->foreign,
                         .send_headers = !request->foreign};
    int64_t start_ms = clock_boot_ms();
    int64_t timeout_ms = request->body ? fetcher->config->store.timeout_ms
                                       : fetcher->config->fetch.timeout_ms;
    enum cause cause = CAUSE_INTERNAL;
    CURLU *home = NULL;
    char *url = NULL;

    *result = (struct fetch_result){.status = 0};
    if (prepare() != 0)
        goto out;
    url = request->url ? strdup(request->url) : source_url(source, request->id);
    if (!url) {
        if (errno == EINVAL)
            cause = CAUSE_BAD_REQUEST;
        goto out;
    }
    cause = target_open(url, &home);
    if (cause != CAUSE_NONE)
        goto out;
    t.target = curl_url_dup(home);
    if (!t.target) {
        cause = CAUSE_INTERNAL;
        goto out;
    }
    if (request->timeout_ms < timeout_ms)
        timeout_ms = request->timeout_ms;
    cause = run(fetcher, &t, home, start_ms + timeout_ms, result);
    result->elapsed_ms = clock_boot_ms() - start_ms;
    report(&t, cause, result);
    end_exchange(fetcher);
out:
    if (cause == CAUSE_INTERNAL && !t.target)
        log_error("fetch-setup", "source=%s no memory, or no usable URL", source->name);
    curl_url_cleanup(t.target);
    curl_url_cleanup(home);
    free(url);
    return cause;
}

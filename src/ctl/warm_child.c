/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl/interrupt.h"
#include "ctl/warm.h"
#include "serve/refresh.h"
#include "serve/server.h"
#include "serve/wake.h"

static bool tell(int fd, const struct warm_report *report)
{
    return send(fd, report, sizeof *report, MSG_NOSIGNAL) == (ssize_t)sizeof *report;
}

static enum warm_answer answer_of(enum refresh_outcome outcome)
{
    switch (outcome) {
    case REFRESH_FRESH:
        return WARM_FRESH;
    case REFRESH_HELD:
        return WARM_HELD;
    case REFRESH_MADE:
        return WARM_MADE;
    case REFRESH_UNKEPT:
    case REFRESH_FAILED:
    default:
        return WARM_FAILED;
    }
}

/* Up to the first source that has it. A default is drawn faster than anybody waits for. */
static void refresh_along_chain(const struct warm_settings *s, struct server *server,
                                struct picture_request *picture, struct refreshed *out)
{
    if (picture->dialect != DIALECT_GRAVATAR) {
        refresh_now(server, picture, s->since_ms, out);
        return;
    }
    *out = (struct refreshed){.outcome = REFRESH_FRESH};
    for (unsigned i = 0; i < picture->chain_length; i++) {
        picture->source = picture->chain[i];
        refresh_now(server, picture, s->since_ms, out);
        if (out->outcome != REFRESH_FAILED || out->cause != CAUSE_ORIGIN_NOT_FOUND)
            return;
    }
}

static void make(const struct warm_settings *s, struct server *server, const char *line,
                 struct warm_report *report)
{
    struct picture_request picture;
    struct http_request request;
    struct refreshed refreshed;

    *report = (struct warm_report){.answer = WARM_MALFORMED, .source = -1};
    report->cause = CAUSE_BAD_REQUEST;
    if (!http_request_from_url(line, &request))
        return;
    request.accept = s->accept;
    report->cause = route(server->router, &request, &picture);
    if (report->cause != CAUSE_NONE)
        return;
    refresh_along_chain(s, server, &picture, &refreshed);
    report->answer = answer_of(refreshed.outcome);
    report->cause = refreshed.cause;
    report->retry_ms = refreshed.retry_ms;
    report->source = picture_source_place(s->config, &picture);
    if (report->answer == WARM_MADE)
        cache_count(server->cache, COUNT_WARMED, 1);
    scoreboard_tick(cache_scoreboard(server->cache), clock_wall_ms());
    if (cache_wants_keeper(server->cache))
        keeper_wake(s->config, server->cache);
}

void warm_child(const struct warm_settings *settings, int fd)
{
    struct warm_report report = {.answer = WARM_READY, .source = -1};
    char line[WARM_LINE_MAX + 1];
    struct server server;
    ssize_t n;

    interrupt_leave_to_parent();
    if (server_open(settings->config, CACHE_TOOL, &server, report.error) != 0) {
        report.answer = WARM_UNFIT;
        tell(fd, &report);
        _exit(EXIT_FAILURE);
    }
    server.keys.unchecked = true; /* whoever has the list may have what is on it */
    if (tell(fd, &report))
        while ((n = recv(fd, line, sizeof line - 1, 0)) > 0 || (n < 0 && errno == EINTR)) {
            if (n < 0)
                continue;
            line[n] = '\0';
            make(settings, &server, line, &report);
            if (!tell(fd, &report))
                break;
        }
    server_close(&server);
    _exit(EXIT_SUCCESS);
}

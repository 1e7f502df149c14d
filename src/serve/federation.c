/* SPDX-License-Identifier: MIT */
#include "serve/federation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "cache/names.h"
#include "origin/dns.h"
#include "origin/source.h"

#define SECOND INT64_C(1000)
#define LEAST_MS (60 * SECOND)
#define MOST_MS (24 * 60 * 60 * SECOND)
#define NONE_MS (60 * 60 * SECOND)    /* the domain names no server */
#define FAILURE_MS (30 * SECOND)

_Static_assert(FEDERATION_SERVER_MAX <= NAMES_TEXT_MAX, "a server's address fits a record");

/* Both services, the better one first. */
static const struct {
    const char *label, *scheme;
    uint16_t port;
} services[] = {{"_avatars-sec._tcp", "https", 443}, {"_avatars._tcp", "http", 80}};

static uint32_t random_number(void)
{
    uint32_t number = 0;

    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != (ssize_t)sizeof number)
        number = (uint32_t)clock_boot_us();
    return number;
}

/* Returns 1 with `out` and *lives_ms, 0 where there is no such server, or a negative errno. */
static int ask_service(const struct job *job, const char *domain, size_t which,
                       int64_t deadline_ms, char out[FEDERATION_SERVER_MAX], int64_t *lives_ms)
{
    const struct config *config = job->server->config;
    int64_t left_ms = deadline_ms - clock_boot_ms();
    const struct srv_record *chosen;
    struct dns_answer answer;
    char name[256], port[8] = "";
    int rc;

    if (left_ms <= 0)
        return -ETIMEDOUT;
    left_ms = left_ms < config->fetch.connect_timeout_ms ? left_ms
                                                         : config->fetch.connect_timeout_ms;
    snprintf(name, sizeof name, "%s.%s", services[which].label, domain);
    rc = dns_ask_srv(config, name, left_ms, &answer);
    if (rc)
        return rc;
    chosen = srv_choose(answer.records, answer.count, random_number());
    if (!chosen)
        return 0;
    if (chosen->port != services[which].port)
        snprintf(port, sizeof port, ":%u", (unsigned)chosen->port);
    snprintf(out, FEDERATION_SERVER_MAX, "%s://%s%s", services[which].scheme, chosen->target, port);
    *lives_ms = answer.ttl_s * SECOND;
    return 1;
}

static enum cause look_up(const struct job *job, const struct config_source *source,
                          int64_t deadline_ms, char out[FEDERATION_SERVER_MAX], int64_t *lives_ms)
{
    int rc = 0;

    for (size_t i = 0; i < sizeof services / sizeof *services && rc == 0; i++)
        rc = ask_service(job, source->domain, i, deadline_ms, out, lives_ms);
    if (rc == 0) {
        snprintf(out, FEDERATION_SERVER_MAX, "%s", source->default_server);
        *lives_ms = NONE_MS;
    }
    if (rc >= 0) {
        *lives_ms = *lives_ms < LEAST_MS ? LEAST_MS : *lives_ms > MOST_MS ? MOST_MS : *lives_ms;
        return CAUSE_NONE;
    }
    *lives_ms = FAILURE_MS;
    log_warn("domain-unresolved", "source=%s domain=%s error=\"%s\"", source->name,
             source->domain, strerror(-rc));
    return rc == -ETIMEDOUT ? CAUSE_ORIGIN_TIMEOUT : CAUSE_ORIGIN_UNREACHABLE;
}

/* Two sources may have one domain and different servers for when it names none. */
static void name_of(const struct config_source *source, char out[NAMES_TEXT_MAX])
{
    snprintf(out, NAMES_TEXT_MAX, "%s %s", source->domain, source->default_server);
}

enum cause federation_server(struct job *job, const struct config_source *source,
                             int64_t deadline_ms, char out[FEDERATION_SERVER_MAX])
{
    struct cache *cache = job->server->cache;
    struct name_meaning meaning;
    char name[NAMES_TEXT_MAX];
    int64_t lives_ms = 0;

    name_of(source, name);
    if (names_find(cache, NAME_AVATARS, name, clock_wall_ms(), &meaning) == 0) {
        snprintf(out, FEDERATION_SERVER_MAX, "%.*s", FEDERATION_SERVER_MAX - 1, meaning.text);
        return meaning.cause;
    }
    cache_state(cache, WORKER_FETCHING);
    meaning = (struct name_meaning){.cause = look_up(job, source, deadline_ms, out, &lives_ms),
                                    .learned_ms = clock_wall_ms()};
    meaning.expires_ms = meaning.learned_ms + lives_ms;
    if (meaning.cause == CAUSE_NONE)
        snprintf(meaning.text, sizeof meaning.text, "%s", out);
    names_note(cache, NAME_AVATARS, name, &meaning);
    return meaning.cause;
}

int federation_known(struct cache *cache, const struct config_source *source,
                     char out[GATE_ORIGIN_MAX])
{
    struct name_meaning meaning;
    char name[NAMES_TEXT_MAX];

    name_of(source, name);
    if (!cache || names_find(cache, NAME_AVATARS, name, clock_wall_ms(), &meaning) != 0 ||
        meaning.cause != CAUSE_NONE)
        return -ENOENT;
    return source_url_origin(meaning.text, out, GATE_ORIGIN_MAX);
}

void federation_doubt(struct job *job, const struct config_source *source)
{
    char name[NAMES_TEXT_MAX];

    name_of(source, name);
    names_forget(job->server->cache, NAME_AVATARS, name);
}

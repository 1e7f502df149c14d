/* SPDX-License-Identifier: MIT */
#include "serve/failure.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"

#define DEATHS_MAX 3
#define QUARANTINE_MS (INT64_C(60) * 60 * 1000)

/* '!' begins no picture's canonical text: a source's name cannot contain it. */
static void failure_text(const char *text, char out[ENTRY_TEXT_MAX])
{
    size_t length = strnlen(text, ENTRY_TEXT_MAX - 2);

    out[0] = '!';
    memcpy(out + 1, text, length);
    out[1 + length] = '\0';
}

static int look_up(struct cache *cache, const char *text, struct digest *key, struct entry *out)
{
    int rc = cache_key(text, key);

    return rc ? rc : cache_lookup(cache, key, text, out);
}

enum cause failure_recall(struct cache *cache, const char *text, int64_t now_ms, int64_t *left_ms)
{
    char name[ENTRY_TEXT_MAX];
    struct digest key;
    struct entry e;

    failure_text(text, name);
    if (look_up(cache, name, &key, &e) != 0 || e.kind != ENTRY_NEGATIVE || now_ms >= e.expires_ms)
        return CAUSE_NONE;
    if (left_ms)
        *left_ms = e.expires_ms - now_ms;
    return e.cause;
}

enum cause failure_recall_either(const struct job *job, const char *variant, int64_t *left_ms)
{
    struct cache *cache = job->server->cache;
    char subject[PICTURE_CANONICAL_MAX];
    enum cause cause = failure_recall(cache, variant, job->now_ms, left_ms);

    if (cause != CAUSE_NONE)
        return cause;
    picture_subject_text(job->picture, subject);
    return failure_recall(cache, subject, job->now_ms, left_ms);
}

int failure_origin_status(const struct job *job)
{
    char subject[PICTURE_CANONICAL_MAX], name[ENTRY_TEXT_MAX];
    struct digest key;
    struct entry e;

    picture_subject_text(job->picture, subject);
    failure_text(subject, name);
    if (look_up(job->server->cache, name, &key, &e) != 0 || e.kind != ENTRY_NEGATIVE)
        return 0;
    return e.width < 1000 ? (int)e.width : 0;
}

/* *e but for its kind and its text is what is remembered, from fetched_ms on for so long. */
static void store(struct cache *cache, const char *name, struct entry *e, int64_t for_ms)
{
    struct digest key;
    int rc = cache_key(name, &key);

    e->kind = ENTRY_NEGATIVE;
    e->expires_ms = e->fetched_ms + for_ms;
    snprintf(e->text, sizeof e->text, "%s", name);
    if (!rc)
        rc = cache_insert(cache, &key, e, NULL);
    if (rc && rc != -ESTALE)
        log_warn("failure-not-stored", "cause=%s error=\"%s\"", cause_info(e->cause)->name,
                 strerror(-rc));
}

/* From nine to eleven tenths. */
static int64_t with_jitter(int64_t ms)
{
    uint32_t random = 0;

    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        return ms;
    return ms - ms / 10 + (int64_t)(random % (uint64_t)(ms / 5 + 1));
}

void failure_remember(struct cache *cache, const char *text, enum cause cause, int64_t now_ms,
                      int64_t at_least_ms, uint64_t generation, long status)
{
    int64_t for_ms = cause_info(cause)->negative_ms;

    if (for_ms == 0)
        return;
    for_ms = with_jitter(for_ms);
    failure_remember_for(cache, text, cause, now_ms, for_ms > at_least_ms ? for_ms : at_least_ms,
                         generation, status);
}

void failure_remember_for(struct cache *cache, const char *text, enum cause cause, int64_t now_ms,
                          int64_t for_ms, uint64_t generation, long status)
{
    struct entry e = {.cause = cause,
                      .attempts = 1,
                      .width = status > 0 ? (uint32_t)status : 0,
                      .generation = generation,
                      .fetched_ms = now_ms};
    char name[ENTRY_TEXT_MAX];

    failure_text(text, name);
    store(cache, name, &e, for_ms);
}

static void death_text(const struct digest *original, char out[ENTRY_TEXT_MAX])
{
    char hex[DIGEST_HEX_SIZE];

    digest_to_hex(original, hex);
    snprintf(out, ENTRY_TEXT_MAX, "!death/%s", hex);
}

void failure_count_death(struct cache *cache, const struct digest *original, enum cause cause,
                         int64_t now_ms)
{
    char name[ENTRY_TEXT_MAX];
    uint16_t attempts = 1;
    struct entry e, next;
    struct digest key;

    death_text(original, name);
    if (look_up(cache, name, &key, &e) == 0 && now_ms < e.expires_ms && e.attempts < UINT16_MAX)
        attempts = (uint16_t)(e.attempts + 1);
    /* It is about the bytes, whoever they belong to: only a purge of everything ends it. */
    next = (struct entry){.cause = cause,
                          .attempts = attempts,
                          .generation = cache_generation(cache),
                          .fetched_ms = now_ms};
    store(cache, name, &next, QUARANTINE_MS);
}

enum cause failure_quarantine(struct cache *cache, const struct digest *original, int64_t now_ms)
{
    char name[ENTRY_TEXT_MAX];
    struct digest key;
    struct entry e;

    death_text(original, name);
    if (look_up(cache, name, &key, &e) != 0 || now_ms >= e.expires_ms || e.attempts < DEATHS_MAX)
        return CAUSE_NONE;
    return e.cause;
}

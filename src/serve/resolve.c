/* SPDX-License-Identifier: MIT */
#include "serve/resolve.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/did.h"
#include "base/log.h"
#include "cache/names.h"
#include "serve/ask.h"

#define GOOD_MS (INT64_C(24) * 60 * 60 * 1000)
#define BAD_MS (INT64_C(30) * 1000)
#define DOUBT_MS (INT64_C(5) * 60 * 1000)

_Static_assert(DID_PDS_MAX <= NAMES_TEXT_MAX, "an address fits a record");

static int begin(void *context)
{
    buffer_clear(context);
    return 0;
}

static int add(void *context, const void *bytes, size_t length)
{
    return buffer_append(context, bytes, length);
}

static void drop(void *context)
{
    buffer_clear(context);
}

/* What a document that cannot be had means for who wants the blob. */
static enum cause meaning_of(enum cause cause)
{
    switch (cause) {
    case CAUSE_NONE:
    case CAUSE_ORIGIN_TIMEOUT:
    case CAUSE_BUSY:
    case CAUSE_CLIENT_GONE:
    case CAUSE_INTERNAL:
        return cause;
    default:
        return CAUSE_DID_UNRESOLVED;
    }
}

static enum cause read_document(const struct buffer *text, const char *did, char out[DID_PDS_MAX])
{
    switch (did_document_read(text->data, text->length, did, out)) {
    case DID_DOCUMENT_GOOD:
        return CAUSE_NONE;
    case DID_DOCUMENT_NO_PDS:
        return CAUSE_DID_WITHOUT_PDS;
    case DID_DOCUMENT_BAD:
    default:
        return CAUSE_DID_UNRESOLVED;
    }
}

/* *met is what came of asking. */
static enum cause look_up(struct job *job, const struct source *source, const char *did,
                          int64_t deadline_ms, char out[DID_PDS_MAX], enum cause *met)
{
    struct buffer text = {.length = 0};
    char url[DID_URL_MAX];
    struct ask ask = {.job = job,
                      .fetch = {.source = source,
                                .url = url,
                                .foreign = !did_is_plc(did),
                                .stay = true,
                                .accept = "application/did+ld+json,application/json",
                                .max_bytes = DID_DOCUMENT_MAX,
                                .sink = add},
                      .deadline_ms = deadline_ms,
                      .context = &text,
                      .begin = begin,
                      .drop = drop};
    enum cause cause;

    *met = CAUSE_NONE;
    if (did_document_url(source->config->plc, did, url) != 0 ||
        source_url_origin(url, ask.origin, sizeof ask.origin) != 0)
        return CAUSE_DID_UNRESOLVED;
    *met = ask_run(&ask);
    cause = *met == CAUSE_NONE ? read_document(&text, did, out) : meaning_of(*met);
    buffer_free(&text);
    return cause;
}

/* What is the matter with us, or with a directory that rests, says nothing of the DID. */
static bool is_worth_noting(enum cause cause, enum cause met)
{
    return cause != CAUSE_BUSY && cause != CAUSE_CLIENT_GONE && cause != CAUSE_INTERNAL &&
           met != CAUSE_ORIGIN_RESTING;
}

static void note(struct job *job, const char *did, enum cause cause, const char *pds)
{
    int64_t now_ms = clock_wall_ms();
    struct name_meaning meaning = {.cause = cause,
                                   .learned_ms = now_ms,
                                   .expires_ms = now_ms + (cause == CAUSE_NONE ? GOOD_MS : BAD_MS)};

    if (cause == CAUSE_NONE)
        snprintf(meaning.text, sizeof meaning.text, "%s", pds);
    names_note(job->server->cache, NAME_DID, did, &meaning);
}

enum cause resolve_did(struct job *job, const struct source *source, const char *did,
                       int64_t deadline_ms, char out[DID_PDS_MAX])
{
    struct name_meaning known;
    enum cause cause, met;

    if (names_find(job->server->cache, NAME_DID, did, clock_wall_ms(), &known) == 0) {
        size_t length = strnlen(known.text, DID_PDS_MAX - 1);

        memcpy(out, known.text, length);
        out[length] = '\0';
        return known.cause;
    }
    cause = look_up(job, source, did, deadline_ms, out, &met);
    if (is_worth_noting(cause, met))
        note(job, did, cause, out);
    if (cause != CAUSE_NONE && cause != CAUSE_CLIENT_GONE)
        log_info("did-unresolved", "source=%s cause=%s met=%s", source->config->name,
                 cause_info(cause)->name, cause_info(met)->name);
    return cause;
}

void resolve_doubt(struct job *job, const char *did)
{
    struct cache *cache = job->server->cache;
    int64_t now_ms = clock_wall_ms();
    struct name_meaning known;

    if (names_find(cache, NAME_DID, did, now_ms, &known) == 0 && known.cause == CAUSE_NONE &&
        now_ms - known.learned_ms >= DOUBT_MS)
        names_forget(cache, NAME_DID, did);
}

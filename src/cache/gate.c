/* SPDX-License-Identifier: MIT */
#include "cache/gate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "cache/lock_file.h"
#include "cache/state.h"
#include "kv/wire.h"
#include "kv/kv.h"

#define FORMAT 1u
#define FETCH_SIZE (16 + DIGEST_SIZE)
#define DEADLINE_MARGIN_MS 5000 /* beyond the fetch's own: storing what came, a slow disk */

/* Offsets in an origin's record; its text follows. */
enum {
    AT_FORMAT = 0,
    AT_STATE = 4,
    AT_FAILURES = 8,
    AT_OPENINGS = 12,
    AT_UNTIL = 16,
    AT_FETCHED = 24,
    AT_NOT_MODIFIED = 32,
    AT_NOT_FOUND = 40,
    AT_FAILED = 48,
    AT_BYTES = 56,
    AT_LAST_CAUSE = 64,
    AT_LAST_FAILURE = 72,
    AT_LAST_SUCCESS = 80,
    AT_MEAN = 88,
    AT_TEXT = 96,
};

struct passage {
    struct cache *cache;
    const struct gate_request *request;
    const struct gate_outcome *outcome; /* leaving */
    struct digest origin;
    int64_t now_ms;                     /* boot clock */
    bool probe;
    int64_t wait_ms;
};

static uint64_t random_bits(void)
{
    uint64_t bits = 0;

    /* Without entropy the breakers of several origins just open at the same time. */
    if (getrandom(&bits, sizeof bits, GRND_NONBLOCK) != (ssize_t)sizeof bits)
        bits = (uint64_t)clock_boot_us();
    return bits;
}

/* ---- records of origins ---- */

static bool decode(struct kv_slice value, struct gate_record *out)
{
    const unsigned char *in = value.data;
    size_t length;

    *out = (struct gate_record){.last_failure = CAUSE_NONE};
    if (value.length < AT_TEXT || wire_get32(in + AT_FORMAT) != FORMAT)
        return false;
    length = value.length - AT_TEXT;
    if (length >= sizeof out->origin)
        return false;
    out->breaker.state = wire_get32(in + AT_STATE);
    out->breaker.failures = wire_get32(in + AT_FAILURES);
    out->breaker.openings = wire_get32(in + AT_OPENINGS);
    out->breaker.until_ms = (int64_t)wire_get64(in + AT_UNTIL);
    out->fetched = wire_get64(in + AT_FETCHED);
    out->not_modified = wire_get64(in + AT_NOT_MODIFIED);
    out->not_found = wire_get64(in + AT_NOT_FOUND);
    out->failures = wire_get64(in + AT_FAILED);
    out->bytes = wire_get64(in + AT_BYTES);
    out->last_failure = wire_get32(in + AT_LAST_CAUSE);
    out->last_failure_ms = (int64_t)wire_get64(in + AT_LAST_FAILURE);
    out->last_success_ms = (int64_t)wire_get64(in + AT_LAST_SUCCESS);
    out->mean_ms = (int64_t)wire_get64(in + AT_MEAN);
    memcpy(out->origin, in + AT_TEXT, length);
    return true;
}

static int write_record(struct kv_txn *txn, const struct digest *key, const struct gate_record *r)
{
    unsigned char out[AT_TEXT + GATE_ORIGIN_MAX] = {0};
    size_t length = strnlen(r->origin, GATE_ORIGIN_MAX - 1);

    wire_put32(out + AT_FORMAT, FORMAT);
    wire_put32(out + AT_STATE, r->breaker.state);
    wire_put32(out + AT_FAILURES, r->breaker.failures);
    wire_put32(out + AT_OPENINGS, r->breaker.openings);
    wire_put64(out + AT_UNTIL, (uint64_t)r->breaker.until_ms);
    wire_put64(out + AT_FETCHED, r->fetched);
    wire_put64(out + AT_NOT_MODIFIED, r->not_modified);
    wire_put64(out + AT_NOT_FOUND, r->not_found);
    wire_put64(out + AT_FAILED, r->failures);
    wire_put64(out + AT_BYTES, r->bytes);
    wire_put32(out + AT_LAST_CAUSE, (uint32_t)r->last_failure);
    wire_put64(out + AT_LAST_FAILURE, (uint64_t)r->last_failure_ms);
    wire_put64(out + AT_LAST_SUCCESS, (uint64_t)r->last_success_ms);
    wire_put64(out + AT_MEAN, (uint64_t)r->mean_ms);
    memcpy(out + AT_TEXT, r->origin, length);
    return kv_put(txn, RUN_ORIGINS, (struct kv_slice){key->bytes, DIGEST_SIZE},
                  (struct kv_slice){out, AT_TEXT + length});
}

/* A new record for an origin that has none; -ENOSPC if there are too many of them already, and
 * then it goes without a breaker. */
static int read_record(struct kv_txn *txn, const struct passage *p, struct gate_record *out)
{
    struct kv_slice value;
    uint64_t count;
    int rc = kv_get(txn, RUN_ORIGINS, (struct kv_slice){p->origin.bytes, DIGEST_SIZE}, &value);

    if (rc == 0 && decode(value, out))
        return 0;
    if (rc && rc != -ENOENT)
        return rc;
    *out = (struct gate_record){.last_failure = CAUSE_NONE};
    memcpy(out->origin, p->request->origin,
           strnlen(p->request->origin, sizeof out->origin - 1));
    rc = kv_count(txn, RUN_ORIGINS, &count);
    return !rc && count >= GATE_ORIGINS_MAX ? -ENOSPC : rc;
}

/* ---- slots ---- */

struct census {
    struct passage *p;
    uint32_t all, here;
};

/* Whether the fetch on record may still be under way; its worker can have died or been late. */
static bool is_under_way(struct cache *c, uint32_t slot, const unsigned char *value, int64_t now_ms)
{
    uint64_t incarnation = wire_get64(value);

    if (slot >= SCOREBOARD_SLOTS || now_ms >= (int64_t)wire_get64(value + 8))
        return false;
    if (atomic_load(&scoreboard_slot(c->board, slot)->incarnation) != incarnation)
        return false;
    return lock_is_held(c->lock_fd, LOCK_BYTE_SLOT + slot);
}

static int count_fetch(struct kv_slice key, struct kv_slice value, void *context)
{
    struct census *census = context;
    struct passage *p = census->p;
    const unsigned char *bytes = value.data;
    uint32_t slot;

    if (key.length != 4 || value.length != FETCH_SIZE)
        return 0;
    slot = wire_get32(key.data);
    /* Our own is of a fetch that we have given up. */
    if (slot == p->cache->blobs.slot || !is_under_way(p->cache, slot, bytes, p->now_ms))
        return 0;
    census->all++;
    census->here += memcmp(bytes + 16, p->origin.bytes, DIGEST_SIZE) == 0;
    return 0;
}

static int look_for_slot(struct kv_txn *txn, void *context)
{
    struct passage *p = context;
    struct census census = {.p = p};
    int rc = kv_walk(txn, RUN_FETCHES, count_fetch, &census);

    if (rc)
        return rc;
    return census.all >= p->request->slots || census.here >= p->request->origin_slots ? GATE_FULL
                                                                                       : 0;
}

static int take_slot(struct kv_txn *txn, struct passage *p)
{
    unsigned char key[4], value[FETCH_SIZE];
    int rc = look_for_slot(txn, p);

    if (rc)
        return rc;
    wire_put32(key, p->cache->blobs.slot);
    wire_put64(value, p->cache->blobs.incarnation);
    wire_put64(value + 8, (uint64_t)(p->now_ms + p->request->timeout_ms + DEADLINE_MARGIN_MS));
    memcpy(value + 16, p->origin.bytes, DIGEST_SIZE);
    return kv_put(txn, RUN_FETCHES, (struct kv_slice){key, sizeof key},
                  (struct kv_slice){value, sizeof value});
}

/* ---- in and out ---- */

static int enter_body(struct kv_txn *txn, void *context)
{
    struct passage *p = context;
    struct gate_record record;
    enum breaker_verdict verdict;
    int rc = read_record(txn, p, &record);

    if (rc == -ENOSPC)
        return take_slot(txn, p);
    if (rc)
        return rc;
    rc = take_slot(txn, p);
    if (rc)
        return rc; /* the breaker is not asked: it might count on a probe that has to wait */
    verdict = breaker_ask(&record.breaker, &p->request->breaker, p->now_ms,
                          p->request->timeout_ms + DEADLINE_MARGIN_MS, &p->wait_ms);
    p->probe = verdict == BREAKER_PROBE;
    return verdict == BREAKER_REST ? GATE_REST : write_record(txn, &p->origin, &record);
}

enum gate_verdict gate_enter(struct cache *cache, const struct gate_request *request, bool *probe,
                             int64_t *wait_ms)
{
    struct passage p = {.cache = cache, .request = request, .now_ms = clock_boot_ms()};
    int rc = digest_of(request->origin, strlen(request->origin), &p.origin);

    /* Those who wait for a slot look often: without the writers' lock. */
    if (!rc)
        rc = kv_view(cache->run, look_for_slot, &p);
    if (!rc)
        rc = kv_update(cache->run, enter_body, &p);
    *probe = p.probe;
    *wait_ms = p.wait_ms;
    if (rc < 0) {
        log_warn("gate", "error=\"%s\"", strerror(-rc));
        return GATE_PASS;
    }
    return (enum gate_verdict)rc;
}

static void note_outcome(struct gate_record *r, const struct gate_outcome *o)
{
    int64_t now_ms = clock_wall_ms();

    r->bytes += o->bytes;
    if (o->cause == CAUSE_CLIENT_GONE || o->cause == CAUSE_INTERNAL)
        return;
    if (o->cause == CAUSE_NONE || cause_is_absence(o->cause)) {
        r->fetched += o->cause == CAUSE_NONE && !o->not_modified;
        r->not_modified += o->not_modified;
        r->not_found += cause_is_absence(o->cause);
        r->last_success_ms = now_ms;
        r->mean_ms = r->mean_ms ? (7 * r->mean_ms + o->elapsed_ms + 4) / 8 : o->elapsed_ms;
        return;
    }
    r->failures++;
    r->last_failure = o->cause;
    r->last_failure_ms = now_ms;
}

static int leave_body(struct kv_txn *txn, void *context)
{
    struct passage *p = context;
    const struct gate_outcome *o = p->outcome;
    struct gate_record record;
    unsigned char key[4];
    int rc;

    wire_put32(key, p->cache->blobs.slot);
    rc = kv_delete(txn, RUN_FETCHES, (struct kv_slice){key, sizeof key});
    if (rc && rc != -ENOENT)
        return rc;
    rc = read_record(txn, p, &record);
    if (rc)
        return rc == -ENOSPC ? 0 : rc;
    breaker_note(&record.breaker, &p->request->breaker, o->probe, o->cause, o->retry_after_ms,
                 p->now_ms, random_bits());
    note_outcome(&record, o);
    return write_record(txn, &p->origin, &record);
}

void gate_leave(struct cache *cache, const struct gate_request *request,
                const struct gate_outcome *outcome)
{
    struct passage p = {
        .cache = cache, .request = request, .outcome = outcome, .now_ms = clock_boot_ms()};
    int rc = digest_of(request->origin, strlen(request->origin), &p.origin);

    if (!rc)
        rc = kv_update(cache->run, leave_body, &p);
    if (rc)
        log_warn("gate", "error=\"%s\"", strerror(-rc));
}

/* ---- looking ---- */

struct walk {
    struct cache *cache;
    struct kv_txn *txn;
    gate_each *each;
    void *context;
    int64_t now_ms;
};

struct flight_count {
    const struct walk *walk;
    struct kv_slice origin;
    uint32_t count;
};

static int count_flight(struct kv_slice key, struct kv_slice value, void *context)
{
    struct flight_count *f = context;
    const unsigned char *bytes = value.data;

    if (key.length == 4 && value.length == FETCH_SIZE && f->origin.length == DIGEST_SIZE &&
        memcmp(bytes + 16, f->origin.data, DIGEST_SIZE) == 0)
        f->count += is_under_way(f->walk->cache, wire_get32(key.data), bytes, f->walk->now_ms);
    return 0;
}

static int walk_origin(struct kv_slice key, struct kv_slice value, void *context)
{
    struct walk *w = context;
    struct flight_count flights = {.walk = w, .origin = key};
    struct gate_record record;
    int rc;

    if (!decode(value, &record))
        return 0;
    rc = kv_walk(w->txn, RUN_FETCHES, count_flight, &flights);
    if (rc)
        return rc;
    record.in_flight = flights.count;
    return w->each(&record, w->context);
}

static int walk_body(struct kv_txn *txn, void *context)
{
    struct walk *w = context;

    w->txn = txn;
    return kv_walk(txn, RUN_ORIGINS, walk_origin, w);
}

struct look {
    struct digest origin;
    struct gate_record *out;
};

static int look_body(struct kv_txn *txn, void *context)
{
    struct look *l = context;
    struct kv_slice value;
    int rc = kv_get(txn, RUN_ORIGINS, (struct kv_slice){l->origin.bytes, DIGEST_SIZE}, &value);

    return rc ? rc : decode(value, l->out) ? 0 : -ENOENT;
}

int gate_look(struct cache *cache, const char *origin, struct gate_record *out)
{
    struct look l = {.out = out};
    int rc = digest_of(origin, strlen(origin), &l.origin);

    return rc ? rc : kv_view(cache->run, look_body, &l);
}

int gate_walk(struct cache *cache, gate_each *each, void *context)
{
    struct walk w = {
        .cache = cache, .each = each, .context = context, .now_ms = clock_boot_ms()};

    return kv_view(cache->run, walk_body, &w);
}

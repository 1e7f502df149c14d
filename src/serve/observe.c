/* SPDX-License-Identifier: MIT
 *
 * Taking an observation. The history holds what had been counted when the first request of a
 * minute came; what happened between two moments is the difference.
 */
#include "serve/observation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "serve/busy.h"

#define MINUTE_MS 60000
#define HOUR_STEP 1 /* minutes */
#define DAY_STEP 15

/* ---- what happened when ---- */

/* A row of steps of equal length; the last one is running. */
struct row {
    struct observed_step *steps;
    int64_t count;
    int64_t step;  /* minutes */
    int64_t first; /* the minute in which the row begins */
};

static struct row begin_row(struct observed_step *steps, int64_t count, int64_t step,
                            int64_t now_ms)
{
    struct row row = {.steps = steps, .count = count, .step = step};

    row.first = (now_ms / MINUTE_MS / step - (count - 1)) * step;
    for (int64_t i = 0; i < count; i++) {
        steps[i].from_ms = (row.first + i * step) * MINUTE_MS;
        steps[i].to_ms = steps[i].from_ms + step * MINUTE_MS;
    }
    steps[count - 1].to_ms = now_ms;
    return row;
}

/* Leaves in the step that begins in this minute, if one does, what had been counted by then. */
static void note_border(struct row *row, int64_t minute, const struct scoreboard_sample *sample)
{
    int64_t i = (minute - row->first) / row->step;
    struct observed_step *step;

    if (minute < row->first || (minute - row->first) % row->step != 0)
        return;
    step = &row->steps[i];
    step->known = true;
    memcpy(step->counters, sample->counters, sizeof step->counters);
    memcpy(step->latency, sample->latency, sizeof step->latency);
    memcpy(step->latency_us, sample->latency_us, sizeof step->latency_us);
}

/* numbers = later - numbers; false if one would be negative. */
static bool turn_to_difference(uint64_t *numbers, const uint64_t *later, size_t count)
{
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        good = good && later[i] >= numbers[i];
        numbers[i] = later[i] - numbers[i];
    }
    return good;
}

static bool turn_to_step(struct observed_step *step, const uint64_t *counters,
                         const uint64_t *latency, const uint64_t *latency_us)
{
    bool good = turn_to_difference(step->counters, counters, COUNTERS);

    good = turn_to_difference(&step->latency[0][0], latency,
                              (size_t)LATENCY_KINDS * LATENCY_BUCKETS) && good;
    return turn_to_difference(step->latency_us, latency_us, LATENCY_KINDS) && good;
}

static void forget_step(struct observed_step *step)
{
    *step = (struct observed_step){.from_ms = step->from_ms, .to_ms = step->to_ms};
}

/* Turns what had been counted at the borders into what was counted between them. A border without
 * a sample has none after it either: nobody came since, and all stands as it does now. */
static void finish_row(struct row *row, int64_t oldest, const struct scoreboard_sample *total)
{
    for (int64_t i = 0; i < row->count; i++) {
        struct observed_step *step = &row->steps[i], *next = step + 1;
        bool good;

        if (oldest >= row->first + (i + 1) * row->step) {
            forget_step(step); /* before anything is known */
            continue;
        }
        if (!step->known)
            good = true; /* and nothing was counted in it */
        else if (i + 1 < row->count && next->known)
            good = turn_to_step(step, next->counters, &next->latency[0][0], next->latency_us);
        else
            good = turn_to_step(step, total->counters, &total->latency[0][0], total->latency_us);
        if (!good)
            forget_step(step); /* the clock was set back, and samples lie in the wrong order */
        step->known = good;
    }
}

static void add(uint64_t *sum, const uint64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sum[i] += numbers[i];
}

static void add_up(const struct row *row, struct observed_step *sum)
{
    for (int64_t i = 0; i < row->count; i++) {
        const struct observed_step *step = &row->steps[i];

        if (!step->known)
            continue;
        if (!sum->known)
            sum->from_ms = step->from_ms;
        sum->known = true;
        sum->to_ms = step->to_ms;
        add(sum->counters, step->counters, COUNTERS);
        add(&sum->latency[0][0], &step->latency[0][0], (size_t)LATENCY_KINDS * LATENCY_BUCKETS);
        add(sum->latency_us, step->latency_us, LATENCY_KINDS);
    }
}

/* Goes back through the history. In a minute without a sample nobody came, so the next one after
 * it says what had been counted by then. The present is summed up last: it may not be behind a
 * sample that somebody takes meanwhile. */
static void observe_history(struct observation *o, struct scoreboard *board)
{
    struct row hour = begin_row(o->hour, OBSERVED_HOUR, HOUR_STEP, o->now_ms);
    struct row day = begin_row(o->day, OBSERVED_DAY, DAY_STEP, o->now_ms);
    int64_t now = o->now_ms / MINUTE_MS, oldest = INT64_MAX;
    struct scoreboard_sample sample;

    for (int64_t minute = now; minute > now - SCOREBOARD_MINUTES; minute--) {
        if (scoreboard_history(board, minute * MINUTE_MS, &sample))
            oldest = minute;
        if (oldest == INT64_MAX)
            continue;
        note_border(&hour, minute, &sample);
        note_border(&day, minute, &sample);
    }
    scoreboard_sum(board, o->now_ms, &o->total);
    finish_row(&hour, oldest, &o->total);
    finish_row(&day, oldest, &o->total);
    add_up(&hour, &o->last_hour);
    add_up(&day, &o->last_day);
}

/* ---- who is there ---- */

static const char *source_name(const struct config *config, uint32_t source)
{
    return source > 0 && source <= config->source_count ? config->sources[source - 1].name : NULL;
}

/* The other states come and go with every hit, without a look at the clock. */
static int64_t time_in_state(const struct scoreboard_slot *slot, uint32_t state)
{
    int64_t since_ms = atomic_load_explicit(&slot->since_ms, memory_order_relaxed);
    int64_t for_ms = clock_boot_ms() - since_ms;

    if (state <= WORKER_SERVING || since_ms <= 0)
        return -1;
    return for_ms > 0 ? for_ms : 0;
}

static void observe_worker(const struct config *config, struct observation *o, unsigned number,
                           const struct scoreboard_slot *slot)
{
    struct observed_worker *w = &o->workers[o->worker_count++];
    int64_t up_ms = o->now_ms - atomic_load_explicit(&slot->started_ms, memory_order_relaxed);

    w->slot = number;
    w->pid = atomic_load_explicit(&slot->pid, memory_order_relaxed);
    w->kind = atomic_load_explicit(&slot->kind, memory_order_relaxed);
    w->state = atomic_load_explicit(&slot->state, memory_order_relaxed);
    w->for_ms = time_in_state(slot, w->state);
    w->up_ms = up_ms > 0 ? up_ms : 0;
    w->requests = atomic_load_explicit(&slot->counters[COUNT_REQUESTS], memory_order_relaxed);
    w->source = source_name(config, atomic_load_explicit(&slot->source, memory_order_relaxed));
    if (w->kind == KIND_WORKER && (w->state == WORKER_FETCHING || w->state == WORKER_WAITING))
        o->busy_workers++;
}

static int observe_workers(const struct config *config, struct cache *cache,
                           struct observation *o)
{
    struct scoreboard *board = cache_scoreboard(cache);
    unsigned alive[SCOREBOARD_SLOTS], count = 0, workers = 0;

    for (unsigned i = 0; i < SCOREBOARD_SLOTS; i++)
        if (atomic_load(&scoreboard_slot(board, i)->incarnation) != 0 &&
            cache_slot_alive(cache, i))
            alive[count++] = i;
    if (count == 0)
        return 0;
    o->workers = calloc(count, sizeof *o->workers);
    if (!o->workers)
        return -ENOMEM;
    for (unsigned i = 0; i < count; i++) {
        observe_worker(config, o, alive[i], scoreboard_slot(board, alive[i]));
        workers += o->workers[i].kind == KIND_WORKER;
    }
    o->busy_limit = busy_limit(config, workers);
    return 0;
}

/* ---- the rest ---- */

struct origins {
    struct observation *o;
    size_t room;
};

static int observe_origin(const struct gate_record *record, void *context)
{
    struct origins *origins = context;
    struct observation *o = origins->o;

    if (o->origin_count == origins->room) {
        size_t room = origins->room ? origins->room * 2 : 16;
        struct gate_record *more = realloc(o->origins, room * sizeof *more);

        if (!more)
            return -ENOMEM;
        o->origins = more;
        origins->room = room;
    }
    o->origins[o->origin_count++] = *record;
    return 0;
}

static void observe_disk(const struct config *config, struct observation *o)
{
    struct statvfs disk;

    if (statvfs(config->state_dir, &disk) != 0)
        return;
    o->disk_free = (uint64_t)disk.f_bavail * disk.f_frsize;
    o->disk_size = (uint64_t)disk.f_blocks * disk.f_frsize;
}

/* What there is for uploads that go into a bucket holds nothing. */
static int observe_store(const struct config *config, struct store *store, struct observation *o)
{
    if (!store || config->store.type != STORE_LOCAL)
        return 0;
    o->has_store = true;
    return store_stats(store, &o->store);
}

int observation_take(const struct config *config, struct cache *cache, struct store *store,
                     struct observation *out)
{
    struct origins origins = {.o = out};
    int rc;

    memset(out, 0, sizeof *out);
    out->now_ms = clock_wall_ms();
    out->boot_ms = clock_boot_ms();
    observe_history(out, cache_scoreboard(cache));
    observe_disk(config, out);
    out->keeper_alive = cache_keeper_alive(cache);
    rc = observe_workers(config, cache, out);
    if (!rc)
        rc = cache_stats(cache, &out->index);
    if (!rc)
        rc = cache_queue_length(cache, &out->queued);
    if (!rc)
        rc = observe_store(config, store, out);
    return rc ? rc : gate_walk(cache, observe_origin, &origins);
}

void observation_free(struct observation *out)
{
    free(out->workers);
    free(out->origins);
    out->workers = NULL;
    out->origins = NULL;
    out->worker_count = out->origin_count = 0;
}

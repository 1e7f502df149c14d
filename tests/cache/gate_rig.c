/* SPDX-License-Identifier: MIT */
#include "cache/gate_rig.h"

#include <stdio.h>

struct fixture f;
struct cache *cache;
struct gate_request rules;

void gate_set_up(void)
{
    fixture_open(&f, 1 << 20);
    cache = fixture_worker(&f);
    rules = (struct gate_request){.slots = 100,
                                  .origin_slots = 100,
                                  .breaker = {.failures = 3, .open_ms = OPEN_MS},
                                  .timeout_ms = 10000};
}

void gate_tear_down(void)
{
    cache_close(&cache);
    fixture_close(&f);
}

const char *origin_name(unsigned origin)
{
    static char text[64];

    snprintf(text, sizeof text, "https://o%u.example:443", origin);
    return text;
}

static struct entrance enter_by(struct cache *c, unsigned origin)
{
    struct gate_request request = rules;
    struct entrance e;

    request.origin = origin_name(origin);
    e.verdict = gate_enter(c, &request, &e.probe, &e.wait_ms);
    return e;
}

static void leave_by(struct cache *c, unsigned origin, const struct gate_outcome *outcome)
{
    struct gate_request request = rules;

    request.origin = origin_name(origin);
    gate_leave(c, &request, outcome);
}

struct entrance enter_here(unsigned origin)
{
    return enter_by(cache, origin);
}

void leave_here(unsigned origin, const struct gate_outcome *outcome)
{
    leave_by(cache, origin, outcome);
}

void fail_here(unsigned origin, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        struct entrance e = enter_here(origin);
        struct gate_outcome outcome = {.probe = e.probe, .cause = CAUSE_ORIGIN_TIMEOUT};

        ASSERT_VERDICT(e, GATE_PASS);
        leave_here(origin, &outcome);
    }
}

/* A command is what to do, by which origin, and with what cause. */
enum { ENTER = 0, LEAVE = 1 };

static int64_t command(int what, unsigned origin, enum cause cause)
{
    return what | (int64_t)origin << 1 | (int64_t)cause << 9;
}

static int64_t obey(struct cache *c, int64_t told)
{
    static bool probe;
    unsigned origin = (unsigned)(told >> 1 & 0xff);
    struct entrance e;

    if ((told & 1) == LEAVE) {
        struct gate_outcome outcome = {.probe = probe, .cause = (enum cause)(told >> 9)};

        leave_by(c, origin, &outcome);
        return 0;
    }
    e = enter_by(c, origin);
    probe = e.probe;
    return e.verdict | (e.probe ? 4 : 0) | e.wait_ms << 3;
}

void start(struct actor *actors, size_t count)
{
    for (size_t i = 0; i < count; i++)
        actor_start(&actors[i], &f, obey);
}

void tell_to_enter(struct actor *a, unsigned origin)
{
    actor_tell(a, command(ENTER, origin, CAUSE_NONE));
}

struct entrance answer_of(struct actor *a)
{
    int64_t answer = actor_answer(a);

    return (struct entrance){
        .verdict = (enum gate_verdict)(answer & 3), .probe = answer & 4, .wait_ms = answer >> 3};
}

struct entrance enter(struct actor *a, unsigned origin)
{
    tell_to_enter(a, origin);
    return answer_of(a);
}

void leave(struct actor *a, unsigned origin, enum cause cause)
{
    cr_assert_eq(actor_ask(a, command(LEAVE, origin, cause)), 0);
}

/* SPDX-License-Identifier: MIT
 *
 * What the tests of the gate share: workers that ask to pass, and a short way to
 * say so.
 */
#ifndef VISAGE_TESTS_CACHE_GATE_RIG_H
#define VISAGE_TESTS_CACHE_GATE_RIG_H

#include <criterion/criterion.h>

#include "cache/actor.h"
#include "cache/gate.h"

#define OPEN_MS 60000
#define MARGIN_MS 5000 /* that the gate adds to a fetch's own time */

extern struct fixture f;
extern struct cache *cache;

/* What all requests of a test have in common; to be set before the actors start. */
extern struct gate_request rules;

void gate_set_up(void);
void gate_tear_down(void);

/* An origin's text; valid until the next call. */
const char *origin_name(unsigned origin);

struct entrance {
    enum gate_verdict verdict;
    bool probe;
    int64_t wait_ms;
};

#define ASSERT_VERDICT(entrance, expected) cr_assert_eq((entrance).verdict, expected)

/* As this process. */
struct entrance enter_here(unsigned origin);
void leave_here(unsigned origin, const struct gate_outcome *outcome);

/* So many fetches here that time out. */
void fail_here(unsigned origin, unsigned times);

/* As others. */
void start(struct actor *actors, size_t count);
struct entrance enter(struct actor *a, unsigned origin);
void leave(struct actor *a, unsigned origin, enum cause cause);

/* The two halves of enter(). */
void tell_to_enter(struct actor *a, unsigned origin);
struct entrance answer_of(struct actor *a);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Who works on a state directory, from its scoreboard and locks.
 */
#ifndef VISAGE_TESTS_RIG_WORKERS_H
#define VISAGE_TESTS_RIG_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cache/scoreboard.h"

#define WORKERS_MAX 64

struct workers {
    size_t count;
    pid_t pids[WORKERS_MAX];
    uint32_t states[WORKERS_MAX]; /* enum worker_state */
    int64_t since_ms[WORKERS_MAX]; /* boot clock; of states beyond WORKER_SERVING */
};

/* Those alive, in the order of their slots; none if there is no scoreboard yet. */
void workers_find(const char *state_dir, struct workers *out);

/* Waits until exactly `count` are alive. */
bool workers_await(const char *state_dir, size_t count, int64_t timeout_ms);

/* Waits until a worker is in this state and returns its pid; 0 if it takes too long. */
pid_t workers_await_state(const char *state_dir, enum worker_state state, int64_t timeout_ms);

/* True if both are the same processes. */
bool workers_equal(const struct workers *a, const struct workers *b);

/* The keepers that are alive. */
void workers_find_keepers(const char *state_dir, struct workers *out);

/* Ends the keepers, which outlive the workers that started them, and waits for that. */
void workers_stop_keepers(const char *state_dir, int64_t timeout_ms);

/* A counter, summed over all slots. */
uint64_t workers_counted(const char *state_dir, enum counter counter);

/* How many of the workers alive have counted it at least once. */
unsigned workers_that_counted(const char *state_dir, enum counter counter);

/* Waits until exactly `count` workers are in this state. */
bool workers_await_states(const char *state_dir, enum worker_state state, size_t count,
                          int64_t timeout_ms);

/* Waits until exactly `count` keepers are alive. */
bool workers_await_keepers(const char *state_dir, size_t count, int64_t timeout_ms);

/* Waits until a process has ended, reaped or not. */
bool workers_await_death(pid_t pid, int64_t timeout_ms);

/* The renderer that this worker has started; 0 if it has none. */
pid_t workers_renderer(pid_t worker);

#endif

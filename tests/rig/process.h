/* SPDX-License-Identifier: MIT
 *
 * Server processes that cannot outlive the test. Between the test and a server
 * stands a guard, which all orphans below it fall to (PR_SET_CHILD_SUBREAPER):
 * when the server has ended, or the test is gone however it ended, the guard ends
 * whatever is left, so that neither a daemon's children nor a crashed test leave
 * anything behind.
 */
#ifndef VISAGE_TESTS_RIG_PROCESS_H
#define VISAGE_TESTS_RIG_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"

struct process {
    pid_t guard; /* 0: none */
    pid_t pid;   /* the program's own */
};

struct process_options {
    const char *const *argv;        /* argv[0] is looked up in PATH and the sbin directories */
    const char *const *environment; /* "NAME=value", added to the test's; may be NULL */
    const char *log;                /* for standard output and error, appended; NULL: /dev/null */
    const char *user;               /* NULL: as whoever runs the test */
    const char *directory;          /* to work in; NULL: the test's */
};

/* The program's path, or NULL if it is not installed. Static storage. */
const char *process_find(const char *program);

/* Must be called from the test's main thread: the guard dies with the thread that made it. */
void process_start(struct process *p, const struct process_options *options);

/* False once the program has ended. */
bool process_running(struct process *p);

/* Waits for the end. Returns the exit status, 128 + signal, or -1 if it still runs. */
int process_wait(struct process *p, int64_t timeout_ms);

/* SIGTERM, some time, then SIGKILL to all that is left. Harmless if nothing runs. */
void process_stop(struct process *p, int64_t timeout_ms);

/* Runs a program to its end and collects what it prints. Returns as process_wait(). */
int process_run(const struct process_options *options, struct buffer *output,
                int64_t timeout_ms);

#endif

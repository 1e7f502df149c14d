/* SPDX-License-Identifier: MIT
 *
 * Signals: a worker that is told to leave, or to read its configuration anew,
 * finishes the request it is at. They are blocked except while it waits for the
 * next one, so that none is lost between a test and a system call, and none cuts a
 * read or a write short.
 */
#ifndef VISAGE_WORKER_SIGNALS_H
#define VISAGE_WORKER_SIGNALS_H

#include <stdbool.h>

/* SIGTERM, SIGINT and SIGUSR1 ask to leave, SIGHUP to read the configuration anew; SIGPIPE and
 * SIGXFSZ become errors of the call that met them. Must come before libfcgi is initialised: it
 * takes over what is unset. Returns 0 or a negative errno. */
int signals_install(void);

/* Notes the signals that have come. With requests queuing up signals_wait() always finds the
 * descriptor ready, and no signal would ever come through. */
void signals_let_in(void);

/* Waits until `fd` is readable or a signal comes, at most `timeout_ms` (-1: for ever). Returns 1
 * if readable, 0 on a timeout or a signal, or a negative errno. */
int signals_wait(int fd, int timeout_ms);

/* True once the worker has been told to leave. */
bool signals_leaving(void);

/* True if the worker has been told to read its configuration since the last call. */
bool signals_take_reload(void);

#endif

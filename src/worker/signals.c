/* SPDX-License-Identifier: MIT */
#include "worker/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t leaving, reload;
static sigset_t while_waiting; /* the mask that lets them in */

static void on_leave(int signal)
{
    (void)signal;
    leaving = 1;
}

static void on_reload(int signal)
{
    (void)signal;
    reload = 1;
}

/* Not SIG_IGN: that would be inherited by the renderer, and libfcgi would replace it. */
static void on_nothing(int signal)
{
    (void)signal;
}

static int install(int signal, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    sigemptyset(&action.sa_mask);
    return sigaction(signal, &action, NULL) == 0 ? 0 : -errno;
}

int signals_install(void)
{
    static const struct {
        int signal;
        void (*handler)(int);
    } blocked[] = {
        {SIGTERM, on_leave}, {SIGINT, on_leave}, {SIGUSR1, on_leave}, {SIGHUP, on_reload},
    };
    sigset_t block;
    int rc;

    sigemptyset(&block);
    for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++)
        sigaddset(&block, blocked[i].signal);
    /* Blocked before they are handled: a signal between the two must wait, too. */
    if (sigprocmask(SIG_BLOCK, &block, &while_waiting) != 0)
        return -errno;
    for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++) {
        rc = install(blocked[i].signal, blocked[i].handler, 0);
        if (rc)
            return rc;
        sigdelset(&while_waiting, blocked[i].signal);
    }
    rc = install(SIGPIPE, on_nothing, SA_RESTART);
    return rc ? rc : install(SIGXFSZ, on_nothing, SA_RESTART);
}

/* Without a descriptor: where one is ready, ppoll looks at no signal. */
void signals_let_in(void)
{
    const struct timespec now = {0};

    ppoll(NULL, 0, &now, &while_waiting);
}

int signals_wait(int fd, int timeout_ms)
{
    struct pollfd poll = {.fd = fd, .events = POLLIN};
    struct timespec timeout = {.tv_sec = timeout_ms / 1000,
                               .tv_nsec = (long)(timeout_ms % 1000) * 1000000};
    int n = ppoll(&poll, 1, timeout_ms < 0 ? NULL : &timeout, &while_waiting);

    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    return n > 0;
}

bool signals_leaving(void)
{
    return leaving != 0;
}

bool signals_take_reload(void)
{
    bool taken = reload != 0;

    /* Another one cannot come between: it is blocked. */
    reload = 0;
    return taken;
}

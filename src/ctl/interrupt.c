/* SPDX-License-Identifier: MIT */
#include "ctl/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile sig_atomic_t count;
static sigset_t outside; /* the mask while waiting */

static void on_signal(int number)
{
    (void)number;
    count = count + 1;
}

static void both(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

int interrupt_install(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t set;

    both(&set);
    sigemptyset(&action.sa_mask);
    if (sigprocmask(SIG_BLOCK, &set, &outside) != 0 || sigaction(SIGINT, &action, NULL) != 0 ||
        sigaction(SIGTERM, &action, NULL) != 0)
        return -errno;
    sigdelset(&outside, SIGINT);
    sigdelset(&outside, SIGTERM);
    return 0;
}

void interrupt_leave_to_parent(void)
{
    struct sigaction action = {.sa_handler = SIG_IGN};

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigprocmask(SIG_SETMASK, &outside, NULL);
}

unsigned interrupt_count(void)
{
    return (unsigned)count;
}

int interrupt_poll(struct pollfd *fds, nfds_t fd_count, int64_t timeout_ms)
{
    const struct timespec wait = {.tv_sec = timeout_ms / 1000,
                                  .tv_nsec = timeout_ms % 1000 * 1000000};
    int rc = ppoll(fds, fd_count, timeout_ms < 0 ? NULL : &wait, &outside);

    return rc < 0 ? -errno : rc;
}

/* SPDX-License-Identifier: MIT */
#include "worker/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#define LONG_MS 20000

static int ends[2]; /* a pipe to wait at */

static void set_up(void)
{
    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(signals_install(), 0);
}

static void tear_down(void)
{
    close(ends[0]);
    close(ends[1]);
}

TestSuite(signals, .init = set_up, .fini = tear_down, .timeout = 30);

static void make_ready(void)
{
    cr_assert_eq(write(ends[1], "x", 1), 1);
}

Test(signals, three_ask_to_leave)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGUSR1};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        pid_t child = fork();
        int status;

        if (child == 0) {
            raise(numbers[i]);
            _exit(signals_wait(ends[0], LONG_MS) == 0 && signals_leaving() &&
                          !signals_take_reload()
                      ? 0
                      : 1);
        }
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_expect_eq(status, 0, "signal %d", numbers[i]);
    }
}

Test(signals, sighup_asks_for_a_new_configuration_once)
{
    cr_expect_not(signals_take_reload());
    raise(SIGHUP);
    raise(SIGHUP);
    cr_expect_eq(signals_wait(ends[0], LONG_MS), 0);
    cr_expect_not(signals_leaving());
    cr_expect(signals_take_reload());
    cr_expect_not(signals_take_reload());
    raise(SIGHUP);
    cr_expect_eq(signals_wait(ends[0], LONG_MS), 0);
    cr_expect(signals_take_reload());
}

/* In mid-request. */
Test(signals, they_wait_until_they_are_let_in)
{
    raise(SIGTERM);
    raise(SIGHUP);
    cr_expect_not(signals_leaving());
    cr_expect_not(signals_take_reload());
    signals_let_in();
    cr_expect(signals_leaving());
    cr_expect(signals_take_reload());
}

Test(signals, they_come_through_under_load_too)
{
    make_ready();
    raise(SIGHUP);
    cr_expect_eq(signals_wait(ends[0], LONG_MS), 1);
    signals_let_in();
    cr_expect(signals_take_reload());
    cr_expect_eq(signals_wait(ends[0], LONG_MS), 1);
}

Test(signals, waiting_ends_with_the_time_or_the_descriptor)
{
    cr_expect_eq(signals_wait(ends[0], 0), 0);
    cr_expect_eq(signals_wait(ends[0], 5), 0);
    make_ready();
    cr_expect_eq(signals_wait(ends[0], -1), 1);
}

Test(signals, a_broken_pipe_is_an_error_of_the_write)
{
    close(ends[0]);
    cr_expect_eq(write(ends[1], "x", 1), -1);
    cr_expect_eq(errno, EPIPE);
    ends[0] = -1;
}

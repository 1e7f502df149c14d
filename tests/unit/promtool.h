/* SPDX-License-Identifier: MIT
 *
 * Prometheus' own checker, where it is installed.
 */
#ifndef VISAGE_TESTS_UNIT_PROMTOOL_H
#define VISAGE_TESTS_UNIT_PROMTOOL_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

/* Skips the test without it. */
static inline void promtool_needed(void)
{
    if (system("command -v promtool >/dev/null 2>&1") != 0)
        cr_skip_test("promtool is not installed");
}

/* Runs a command of the shell with the text on its standard input; its output goes to the log.
 * Returns its exit status. */
static inline int promtool_run(const char *command, const char *input)
{
    FILE *pipe = popen(command, "w");
    int status;

    cr_assert_not_null(pipe);
    fputs(input, pipe);
    status = pclose(pipe);
    cr_assert(WIFEXITED(status), "%s did not end by itself", command);
    return WEXITSTATUS(status);
}

#endif

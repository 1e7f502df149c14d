/* SPDX-License-Identifier: MIT
 *
 * What main() of a test program does.
 */
#ifndef VISAGE_TESTS_RIG_RUN_H
#define VISAGE_TESTS_RIG_RUN_H

#include <criterion/criterion.h>
#include <criterion/options.h>

/* Runs the tests, one at a time. Returns the program's exit status. It stands in main() itself: in
 * the processes of tests Criterion writes a jump over main(), and would hit the function behind one
 * that is shorter than that. */
static inline __attribute__((always_inline)) int run_tests(int argc, char **argv)
{
    struct criterion_test_set *tests = criterion_initialize();
    int result = 0;

    criterion_options.jobs = 1;
    if (criterion_handle_args(argc, argv, true))
        result = !criterion_run_all_tests(tests);
    criterion_finalize(tests);
    return result;
}

#endif

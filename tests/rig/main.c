/* SPDX-License-Identifier: MIT
 *
 * main() of the test programs that start servers: as Criterion's own, but one test
 * at a time. Each has a web server, a pool of workers and an origin; many of them
 * at once would only measure how busy the machine is.
 */
#include <criterion/criterion.h>
#include <criterion/options.h>

int main(int argc, char **argv)
{
    struct criterion_test_set *tests = criterion_initialize();
    int result = 0;

    criterion_options.jobs = 1;
    if (criterion_handle_args(argc, argv, true))
        result = !criterion_run_all_tests(tests);
    criterion_finalize(tests);
    return result;
}

/* SPDX-License-Identifier: MIT
 *
 * What main() of a test program does.
 */
#ifndef VISAGE_TESTS_RIG_RUN_H
#define VISAGE_TESTS_RIG_RUN_H

/* Runs the tests, one at a time. Returns the program's exit status. */
int run_tests(int argc, char **argv);

#endif

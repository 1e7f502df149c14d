/* SPDX-License-Identifier: MIT
 *
 * main() of the test programs that start servers and have none of their own: as
 * Criterion's, but one test at a time. Each has a web server, a pool of workers and an
 * origin; many of them at once would only measure how busy the machine is.
 */
#include "rig/run.h"

int main(int argc, char **argv)
{
    return run_tests(argc, argv);
}

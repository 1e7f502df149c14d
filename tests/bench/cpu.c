/* SPDX-License-Identifier: MIT
 *
 * bench-cpu PROGRAM [ARGUMENT]...
 *
 * Runs a program and prints "CPU WALL": the processor time, user and system, that
 * it and its children took, and the time that passed; both in microseconds. Its
 * own standard output goes to standard error.
 */
#include <errno.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int64_t microseconds(struct timeval t)
{
    return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    int64_t start;
    int status = 0, error;
    pid_t pid;

    if (argc < 2) {
        fprintf(stderr, "usage: bench-cpu PROGRAM [ARGUMENT]...\n");
        return 2;
    }
    if (posix_spawn_file_actions_init(&actions) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO) != 0)
        return EXIT_FAILURE;
    start = now_us();
    error = posix_spawnp(&pid, argv[1], &actions, NULL, argv + 1, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error) {
        fprintf(stderr, "bench-cpu: %s: %s\n", argv[1], strerror(error));
        return EXIT_FAILURE;
    }
    while (wait4(pid, &status, 0, &usage) < 0)
        if (errno != EINTR)
            return EXIT_FAILURE;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "bench-cpu: %s failed\n", argv[1]);
        return EXIT_FAILURE;
    }
    printf("%" PRId64 " %" PRId64 "\n",
           microseconds(usage.ru_utime) + microseconds(usage.ru_stime), now_us() - start);
    return EXIT_SUCCESS;
}

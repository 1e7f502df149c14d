/* SPDX-License-Identifier: MIT
 *
 * bench-startup PROGRAM COUNT DIRECTORY
 *
 * Starts a worker COUNT times, one after the other, with the listening socket on
 * descriptor 0 and a request already waiting in it. Prints a line for each:
 * microseconds from before the exec to the first byte of the answer, and the
 * kilobytes of private dirty memory of the worker once it is idle again. The
 * answer is a 404, so the time is that of the start and of little else; it can
 * only be later than the first accept. The socket is made in DIRECTORY.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rig/fcgi.h"
#include "rig/memory.h"

#define PATIENCE_MS 10000
#define SETTLE_MS 50 /* from the answer to idle again */

extern char **environ;

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int start(const char *program, int listener, pid_t *pid)
{
    char *arguments[] = {(char *)program, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);

    if (error)
        return -error;
    error = posix_spawn_file_actions_adddup2(&actions, listener, STDIN_FILENO);
    if (!error)
        error = posix_spawn(pid, program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return -error;
}

/* Waits for the answer. Returns when its first byte came, or 0. */
static int64_t first_byte_us(int client)
{
    struct pollfd p = {.fd = client, .events = POLLIN};
    int64_t at;
    unsigned char *answer;
    size_t length;

    if (poll(&p, 1, PATIENCE_MS) != 1)
        return 0;
    at = now_us();
    if (fcgi_read_answer(client, &answer, &length) != 0)
        return 0;
    if (length < 12 || memcmp(answer, "Status: 404 ", 12) != 0)
        at = 0;
    free(answer);
    return at;
}

static int run_once(const char *program, const char *directory, unsigned number)
{
    static const struct timespec settle = {.tv_nsec = SETTLE_MS * 1000000L};
    unsigned char request[FCGI_REQUEST_MAX];
    size_t length = fcgi_request(request, "/nothing/of/that/name", NULL, 0);
    char path[PATH_MAX];
    int listener, client = -1, rc, status;
    int64_t begin, end = 0;
    long dirty_kb = -1;
    pid_t pid = 0;

    snprintf(path, sizeof path, "%s/startup.%u", directory, number);
    listener = fcgi_listen(path);
    if (listener < 0)
        return listener;
    client = fcgi_connect(path);
    rc = client < 0 ? client : fcgi_send(client, request, length);
    begin = now_us();
    if (!rc)
        rc = start(program, listener, &pid);
    if (!rc) {
        end = first_byte_us(client);
        close(client);
        client = -1;
        nanosleep(&settle, NULL);
        dirty_kb = memory_private_kb(pid);
        kill(pid, SIGTERM);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        if (end == 0)
            rc = -EPROTO;
        else
            printf("%" PRId64 " %ld\n", end - begin, dirty_kb);
    }
    if (client >= 0)
        close(client);
    close(listener);
    unlink(path);
    return rc;
}

int main(int argc, char **argv)
{
    unsigned long count = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;

    if (count < 1) {
        fprintf(stderr, "usage: bench-startup PROGRAM COUNT DIRECTORY\n");
        return 2;
    }
    for (unsigned i = 0; i < count; i++) {
        int rc = run_once(argv[1], argv[3], i);

        if (rc) {
            fprintf(stderr, "bench-startup: %s: %s\n", argv[1], strerror(-rc));
            return EXIT_FAILURE;
        }
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: MIT */
#include "rig/guard.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define LEAVE_MS 3000 /* what the program has left behind may end by itself this long */
#define LOOK_MS 5

/* The parent's pid of a process; 0 if it is gone. */
static pid_t parent_of(const char *pid)
{
    char path[64];
    FILE *file;
    int parent = 0;

    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    file = fopen(path, "re");
    if (!file)
        return 0;
    /* "pid (name) state ppid": a name may hold blanks, but no test's program has one. */
    if (fscanf(file, "%*d (%*[^)]) %*c %d", &parent) != 1)
        parent = 0;
    fclose(file);
    return parent;
}

/* Kills our children; theirs become ours, so this is to be repeated. */
static void kill_children(void)
{
    DIR *dir = opendir("/proc");
    struct dirent *entry;

    if (!dir)
        return;
    while ((entry = readdir(dir)) != NULL) {
        int pid = atoi(entry->d_name);

        if (pid > 0 && parent_of(entry->d_name) == getpid())
            kill(pid, SIGKILL);
    }
    closedir(dir);
}

static int exit_status(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Reaps. True while there are children. */
static bool reap(pid_t program, bool *ended, int *result)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        if (pid == program) {
            *ended = true;
            *result = exit_status(status);
        }
    return pid == 0;
}

static bool is_ordered(const sigset_t *orders)
{
    static const struct timespec now = {0};

    return sigtimedwait(orders, NULL, &now) > 0;
}

static void watch(pid_t program, const sigset_t *orders)
{
    int64_t kill_at_ms = 0;
    bool ended = false;
    int result = 0;

    while (reap(program, &ended, &result)) {
        if (is_ordered(orders))
            kill_at_ms = clock_boot_ms();
        else if (ended && !kill_at_ms)
            kill_at_ms = clock_boot_ms() + LEAVE_MS;
        if (kill_at_ms && clock_boot_ms() >= kill_at_ms)
            kill_children();
        clock_sleep_ms(LOOK_MS);
    }
    _exit(result);
}

void guard_run(pid_t test, int report, void (*start)(const void *context), const void *context)
{
    sigset_t orders, before;
    pid_t program, guard = getpid();

    /* Out of the reach of a terminal's Ctrl-C, which the test gets and dies of. */
    setsid();
    sigemptyset(&orders);
    sigaddset(&orders, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &orders, &before) != 0 ||
        prctl(PR_SET_CHILD_SUBREAPER, 1L) != 0 || prctl(PR_SET_PDEATHSIG, (long)SIGTERM) != 0 ||
        getppid() != test)
        _exit(126);
    program = fork();
    if (program < 0)
        _exit(126);
    if (program == 0) {
        if (sigprocmask(SIG_SETMASK, &before, NULL) == 0 && getppid() == guard)
            start(context);
        _exit(127);
    }
    if (write(report, &program, sizeof program) != (ssize_t)sizeof program)
        _exit(126);
    close(report);
    watch(program, &orders);
    _exit(126);
}

/* SPDX-License-Identifier: MIT */
#include "rig/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/files.h"
#include "rig/guard.h"

#define LOOK_MS 2

const char *process_find(const char *program)
{
    static char path[FILES_PATH_MAX];
    const char *lists[] = {getenv("PATH"), "/usr/sbin:/usr/bin:/sbin:/bin"};

    if (strchr(program, '/'))
        return access(program, X_OK) == 0 ? program : NULL;
    for (size_t i = 0; i < 2; i++)
        for (const char *p = lists[i]; p && *p; p += strspn(p, ":")) {
            size_t n = strcspn(p, ":");

            files_path(path, "%.*s/%s", (int)n, p, program);
            if (access(path, X_OK) == 0)
                return path;
            p += n;
        }
    return NULL;
}

/* ---- in the program's process, before it is one ---- */

struct launch {
    const struct process_options *options;
    const char *path;
    const struct passwd *user; /* NULL: stay */
};

static void start_program(const void *context)
{
    const struct launch *launch = context;
    const struct process_options *o = launch->options;
    int null = open("/dev/null", O_RDWR);
    int log = o->log ? open(o->log, O_WRONLY | O_CREAT | O_APPEND, 0666) : null;

    if (null < 0 || log < 0 || dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
        _exit(127);
    if (close_range(3, ~0u, 0) != 0)
        _exit(127);
    if (launch->user && (setgroups(0, NULL) != 0 || setgid(launch->user->pw_gid) != 0 ||
                         setuid(launch->user->pw_uid) != 0))
        _exit(127);
    if (o->directory && chdir(o->directory) != 0)
        _exit(127);
    for (size_t i = 0; o->environment && o->environment[i]; i++)
        if (putenv((char *)(uintptr_t)o->environment[i]) != 0)
            _exit(127);
    /* Its memory is looked at, which must not grow by pages of 2 MB where these are for all. */
    prctl(PR_SET_THP_DISABLE, 1L, 0L, 0L, 0L);
    /* After setuid(), which clears it. */
    if (prctl(PR_SET_PDEATHSIG, (long)SIGKILL) != 0)
        _exit(127);
    execv(launch->path, (char *const *)(uintptr_t)o->argv);
    fprintf(stderr, "%s: %s\n", launch->path, strerror(errno));
    _exit(127);
}

/* ---- in the test ---- */

void process_start(struct process *p, const struct process_options *options)
{
    struct launch launch = {.options = options, .path = process_find(options->argv[0])};
    pid_t test = getpid();
    int report[2];

    cr_assert_not_null(launch.path, "%s is not installed", options->argv[0]);
    if (options->user) {
        launch.user = getpwnam(options->user);
        cr_assert_not_null(launch.user, "no user %s", options->user);
    }
    cr_assert_eq(pipe2(report, O_CLOEXEC), 0);
    p->guard = fork();
    cr_assert(p->guard >= 0, "fork: %s", strerror(errno));
    if (p->guard == 0) {
        /* The test's other descriptors (of Criterion, of an origin) must not live on here. */
        if (dup2(report[1], 3) < 0 || close_range(4, ~0u, 0) != 0)
            _exit(126);
        guard_run(test, 3, start_program, &launch);
    }
    close(report[1]);
    cr_assert_eq(read(report[0], &p->pid, sizeof p->pid), (ssize_t)sizeof p->pid,
                 "%s did not start", options->argv[0]);
    close(report[0]);
}

int process_wait(struct process *p, int64_t timeout_ms)
{
    int64_t until_ms = clock_boot_ms() + timeout_ms;
    int status;

    for (;;) {
        pid_t pid = waitpid(p->guard, &status, WNOHANG);

        cr_assert(pid >= 0, "waitpid: %s", strerror(errno));
        if (pid > 0)
            break;
        if (clock_boot_ms() >= until_ms)
            return -1;
        clock_sleep_ms(LOOK_MS);
    }
    *p = (struct process){0};
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool process_running(struct process *p)
{
    return p->guard && process_wait(p, 0) < 0;
}

void process_stop(struct process *p, int64_t timeout_ms)
{
    if (!process_running(p))
        return;
    kill(p->pid, SIGTERM);
    if (process_wait(p, timeout_ms) >= 0)
        return;
    kill(p->guard, SIGTERM); /* to it, an order to end everything */
    cr_assert(process_wait(p, 10000) >= 0, "a server does not end");
}

int process_run(const struct process_options *options, struct buffer *output, int64_t timeout_ms)
{
    struct process_options o = *options;
    char log[FILES_PATH_MAX] = "/tmp/visage-e2e-output.XXXXXX";
    struct process p = {0};
    int fd = mkstemp(log), status;

    cr_assert(fd >= 0, "%s: %s", log, strerror(errno));
    cr_assert_eq(fchmod(fd, 0666), 0);
    close(fd);
    o.log = log;
    process_start(&p, &o);
    status = process_wait(&p, timeout_ms);
    if (status < 0)
        process_stop(&p, 1000);
    if (output)
        cr_assert(files_read(log, output));
    unlink(log);
    return status;
}

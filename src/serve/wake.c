/* SPDX-License-Identifier: MIT */
#include "serve/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/config_accepted.h"
#include "base/log.h"

extern char **environ;

/* In a session of its own, so that it outlives the worker and no terminal's signals reach it. Its
 * descriptors are its own: one of the worker's connections would stay open for as long as it
 * lives. Its environment is the worker's: secrets may come from there. */
static int spawn(const struct config *config, pid_t *pid)
{
    char path[PATH_MAX];
    char *arguments[] = {config->keeper, (char *)(uintptr_t) "-c", path, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int error;

    /* What is in the file may not be what is in force. */
    error = config_accepted_path(config, path, sizeof path);
    if (error)
        return error;
    sigemptyset(&none);
    sigfillset(&all);
    error = posix_spawn_file_actions_init(&actions);
    if (error)
        return -error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return -error;
    }
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    if (!error)
        error = posix_spawnattr_setsigmask(&attributes, &none);
    if (!error)
        error = posix_spawnattr_setsigdefault(&attributes, &all);
    if (!error)
        error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                          POSIX_SPAWN_SETSIGDEF);
    if (!error)
        error = posix_spawn(pid, config->keeper, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -error;
}

static int start(const struct config *config)
{
    int status = 0, rc;
    pid_t pid;

    rc = spawn(config, &pid);
    if (rc) {
        log_error("keeper", "program=%s error=\"%s\" action=\"set keeper to visage-keeper's path\"",
                  config->keeper, strerror(-rc));
        return rc;
    }
    /* What was started only forks, so that the keeper is nobody's child here. */
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 0; /* somebody ignores SIGCHLD in this process: then it was reaped */
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    log_error("keeper", "program=%s %s=%d", config->keeper,
              WIFEXITED(status) ? "exit" : "signal",
              WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    return -ECHILD;
}

int keeper_wake(const struct config *config, struct cache *cache)
{
    struct scoreboard *board = cache_scoreboard(cache);
    int rc;

    if (!cache_may_start_keeper(cache)) {
        if (cache_keeper_alive(cache))
            return 0;
        if (scoreboard_has_keeper_failed(board))
            return -ECHILD;
        cache_want_keeper(cache); /* just started by somebody else, or killed since */
        return 0;
    }
    rc = start(config);
    scoreboard_keeper_failed(board, rc != 0);
    return rc;
}

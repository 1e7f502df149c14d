/* SPDX-License-Identifier: MIT */
#include "cache/actor.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define END INT64_MIN /* no test's command */

static void say(int fd, int64_t answer)
{
    if (write(fd, &answer, sizeof answer) != (ssize_t)sizeof answer)
        _exit(1);
}

static void live(struct fixture *f, enum cache_role role, actor_obey *obey, int fd)
{
    char error[CONFIG_ERROR_MAX];
    struct cache *cache;
    int64_t command;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    say(fd, cache_open(&f->config, role, &cache, error));
    while (read(fd, &command, sizeof command) == (ssize_t)sizeof command && command != END)
        say(fd, obey(cache, command));
    cache_close(&cache);
    _exit(0);
}

void actor_start_as(struct actor *a, struct fixture *f, enum cache_role role, actor_obey *obey)
{
    int ends[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    a->pid = fork();
    cr_assert_geq(a->pid, 0);
    if (a->pid == 0) {
        close(ends[0]);
        live(f, role, obey, ends[1]);
    }
    close(ends[1]);
    a->fd = ends[0];
    cr_assert_eq(actor_answer(a), 0, "it has the cache open");
}

void actor_start(struct actor *a, struct fixture *f, actor_obey *obey)
{
    actor_start_as(a, f, CACHE_WORKER, obey);
}

void actor_tell(struct actor *a, int64_t command)
{
    cr_assert_eq(write(a->fd, &command, sizeof command), (ssize_t)sizeof command);
}

int64_t actor_answer(struct actor *a)
{
    int64_t answer;

    cr_assert_eq(read(a->fd, &answer, sizeof answer), (ssize_t)sizeof answer);
    return answer;
}

int64_t actor_ask(struct actor *a, int64_t command)
{
    actor_tell(a, command);
    return actor_answer(a);
}

static void reap(struct actor *a)
{
    cr_assert_eq(waitpid(a->pid, NULL, 0), a->pid);
    close(a->fd);
}

void actor_kill(struct actor *a)
{
    cr_assert_eq(kill(a->pid, SIGKILL), 0);
    reap(a);
}

void actor_end(struct actor *a)
{
    actor_tell(a, END);
    reap(a);
}

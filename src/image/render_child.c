/* SPDX-License-Identifier: MIT
 *
 * The child is started with posix_spawn, a clean environment and three
 * descriptors: /dev/null twice, our standard error for its last words. Everything
 * else here is close-on-exec, and the child closes what it finds besides. It has a process
 * group of its own, so that a terminal's Ctrl-C lets the picture at hand be
 * finished by the worker that waits for it.
 *
 * An idle child may leave at any time. That is told from a death by three signs:
 * end of file before we sent anything, a send that fails, or an exit status of 0
 * without an answer (it left while our request was under way).
 */
#include "image/render_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "image/fonts_usual.h"

#define HELLO_TIMEOUT_MS 5000

/* Waits until the socket can be read. Returns 1, 0 when the deadline has passed,
 * or a negative errno. */
static int wait_readable(int fd, int64_t deadline_ms)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int64_t left = deadline_ms - clock_boot_ms();
        int n;

        if (left < 0)
            left = 0;
        if (left > 60000)
            left = 60000;
        n = poll(&p, 1, (int)left);
        if (n > 0)
            return 1;
        if (n == 0 && clock_boot_ms() >= deadline_ms)
            return 0;
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return -errno;
    }
}

/* One packet. Returns its whole length, even if that is more than `size`; 0 at
 * end of file; or a negative errno. */
static ssize_t receive(int fd, void *packet, size_t size, int flags)
{
    ssize_t n;

    do
        n = recv(fd, packet, size, flags | MSG_TRUNC);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

/* Reaps the child; tells how it ended in *status, or false when that is unknown
 * (somebody ignores SIGCHLD in this process). */
static bool reap(pid_t pid, int *status)
{
    pid_t n;

    do
        n = waitpid(pid, status, 0);
    while (n < 0 && errno == EINTR);
    return n == pid;
}

static void forget(struct render_child *child)
{
    close(child->socket);
    *child = (struct render_child)RENDER_CHILD_NONE;
}

void render_child_end(struct render_child *child)
{
    int status;

    if (child->pid == 0)
        return;
    kill(child->pid, SIGKILL);
    reap(child->pid, &status);
    forget(child);
}

/* The socket is at its end: reaps the child and says whether it left in peace. */
static enum child_outcome bury(struct render_child *child)
{
    enum child_outcome outcome = CHILD_DIED;
    pid_t pid = child->pid;
    int status = 0;

    /* It may have closed the socket and gone on; nobody waits for that. Only a
     * kill that finds it already dead leaves its own exit status in place. */
    siginfo_t info = {0};
    for (int tries = 0; tries < 50 && info.si_pid == 0; tries++) {
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT | WNOHANG) < 0 && errno != EINTR)
            break;
        if (info.si_pid == 0)
            clock_sleep_ms(2);
    }
    kill(pid, SIGKILL);
    if (!reap(pid, &status))
        log_warn("renderer-died", "pid=%ld status=unknown", (long)pid);
    else if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        outcome = CHILD_LEFT;
    else if (WIFSIGNALED(status)) {
        log_warn("renderer-died", "pid=%ld signal=%d name=%s", (long)pid, WTERMSIG(status),
                 sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
        if (WTERMSIG(status) == SIGKILL && info.si_pid != 0)
            outcome = CHILD_KILLED;
    }
    else
        log_warn("renderer-died", "pid=%ld exit=%d", (long)pid, WEXITSTATUS(status));
    forget(child);
    return outcome;
}

static void add_fonts(const struct config_list *fonts, char **arguments)
{
    _Static_assert(CONFIG_FONTS_MAX <= RENDER_FONTS_MAX, "the renderer takes all that are named");

    if (fonts->count == 0) {
        for (size_t i = 0; fonts_usual[i]; i++)
            arguments[i] = (char *)fonts_usual[i];
        return;
    }
    for (size_t i = 0; i < fonts->count; i++)
        arguments[i] = fonts->items[i];
}

static int spawn(pid_t *pid, const struct config *config, int socket)
{
    /* Nothing of the worker's environment: it may hold credentials. */
    static char *const environment[] = {
        "MAGICK_CODER_STABILITY=PRIMARY",
        "OMP_NUM_THREADS=1",
        "LC_ALL=C",
        "PATH=/usr/bin:/bin",
        "HOME=/nonexistent",
        NULL,
    };
    char numbers[5][24];
    /* For debugging: the sandbox names the call that it would have killed for. */
    const char *sandbox = !config->render.sandbox         ? "off"
                          : getenv("VISAGE_SANDBOX_TRAP") ? "trap"
                                                          : "kill";
    char *arguments[7 + RENDER_FONTS_MAX + 1] = {
        config->render.program, numbers[0], numbers[1],      numbers[2],
        numbers[3],             numbers[4], (char *)sandbox,
    };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int error;

    snprintf(numbers[0], sizeof numbers[0], "%ld", (long)getpid());
    snprintf(numbers[1], sizeof numbers[1], "%lld", (long long)config->render.timeout_ms);
    snprintf(numbers[2], sizeof numbers[2], "%llu", (unsigned long long)config->render.max_memory);
    snprintf(numbers[3], sizeof numbers[3], "%llu", (unsigned long long)config->render.max_pixels);
    snprintf(numbers[4], sizeof numbers[4], "%lld", (long long)config->render.idle_ms);

    add_fonts(&config->render.fonts, arguments + 7);

    error = posix_spawn_file_actions_init(&actions);
    if (error)
        return -error;
    error = posix_spawnattr_init(&attributes);
    if (error)
        goto out_actions;
    sigemptyset(&none);
    sigfillset(&all);
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!error) /* the same number twice clears close-on-exec */
        error = posix_spawn_file_actions_adddup2(&actions, socket, RENDER_SOCKET_FD);
    if (!error)
        error = posix_spawnattr_setsigmask(&attributes, &none);
    if (!error)
        error = posix_spawnattr_setsigdefault(&attributes, &all);
    if (!error)
        error = posix_spawnattr_setpgroup(&attributes, 0);
    if (!error)
        error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
                                                          POSIX_SPAWN_SETSIGDEF |
                                                          POSIX_SPAWN_SETPGROUP);
    if (!error)
        error = posix_spawn(pid, config->render.program, &actions, &attributes, arguments,
                            environment);
    posix_spawnattr_destroy(&attributes);
out_actions:
    posix_spawn_file_actions_destroy(&actions);
    return -error;
}

int render_child_start(struct render_child *child, const struct config *config)
{
    struct render_hello hello = {0};
    int pair[2];
    ssize_t n;
    int r;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return -errno;
    r = spawn(&child->pid, config, pair[1]);
    close(pair[1]);
    if (r < 0) {
        log_error("renderer-not-started", "program=%s error=%s", config->render.program,
                  strerrordesc_np(-r));
        close(pair[0]);
        *child = (struct render_child)RENDER_CHILD_NONE;
        return r;
    }
    child->socket = pair[0];

    r = wait_readable(child->socket, clock_boot_ms() + HELLO_TIMEOUT_MS);
    if (r == 0) {
        log_error("renderer-not-started", "program=%s error=silent", config->render.program);
        render_child_end(child);
        return -ETIMEDOUT;
    }
    n = r < 0 ? r : receive(child->socket, &hello, sizeof hello, 0);
    if (n == 0 || n == -ECONNRESET) {
        bury(child);
        return -EPIPE;
    }
    if (n != (ssize_t)sizeof hello || hello.magic != RENDER_PROTOCOL_MAGIC ||
        hello.version != RENDER_PROTOCOL_VERSION) {
        log_error("renderer-not-started", "program=%s error=%s", config->render.program,
                  n < 0 ? strerrordesc_np((int)-n) : "another version");
        render_child_end(child);
        return n < 0 ? (int)n : -EPROTO;
    }
    child->types = hello.types;
    child->sandboxed = hello.sandboxed == 1;
    log_debug("renderer-started", "pid=%ld types=%#x sandboxed=%d", (long)child->pid,
              child->types, child->sandboxed);
    if (config->render.sandbox && !child->sandboxed)
        log_warn("renderer-not-sandboxed", "pid=%ld reason=no-seccomp-here", (long)child->pid);
    return 0;
}

static int send_request(int socket, const struct render_request *request, int input, int output)
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {.iov_base = (void *)request, .iov_len = sizeof *request};
    int descriptors[2] = {input, output};
    const int *first = input < 0 ? descriptors + 1 : descriptors;
    size_t bytes = input < 0 ? sizeof *first : sizeof descriptors;
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = CMSG_SPACE(bytes),
    };
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    ssize_t n;

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(bytes);
    memcpy(CMSG_DATA(c), first, bytes);
    do
        n = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    return n == (ssize_t)sizeof *request ? 0 : -EPROTO;
}

enum child_outcome render_child_ask(struct render_child *child,
                                    const struct render_request *request, int input, int output,
                                    int64_t deadline_ms, struct render_reply *reply)
{
    char unexpected;
    ssize_t n;
    int r;

    /* Between requests it has nothing to say: a packet now would be taken for the
     * answer to a picture that it has not seen. */
    n = receive(child->socket, &unexpected, sizeof unexpected, MSG_DONTWAIT);
    if (n == 0 || n == -ECONNRESET) {
        bury(child);
        return CHILD_LEFT;
    }
    if (n != -EAGAIN) {
        log_warn("renderer-killed", "pid=%ld reason=spoke-unasked", (long)child->pid);
        render_child_end(child);
        return CHILD_SPOKE;
    }

    r = send_request(child->socket, request, input, output);
    if (r == -EPIPE || r == -ECONNRESET) {
        bury(child);
        return CHILD_LEFT;
    }
    if (r < 0) {
        log_error("renderer-not-asked", "pid=%ld error=%s", (long)child->pid,
                  strerrordesc_np(-r));
        return CHILD_FAILED;
    }

    r = wait_readable(child->socket, deadline_ms);
    if (r == 0) {
        log_warn("renderer-killed", "pid=%ld reason=late", (long)child->pid);
        render_child_end(child);
        return CHILD_LATE;
    }
    n = r < 0 ? r : receive(child->socket, reply, sizeof *reply, 0);
    if (n == 0 || n == -ECONNRESET)
        return bury(child);
    if (n != (ssize_t)sizeof *reply) {
        log_warn("renderer-killed", "pid=%ld reason=nonsense length=%zd", (long)child->pid, n);
        render_child_end(child);
        return CHILD_DIED;
    }
    if (reply->magic != RENDER_PROTOCOL_MAGIC || reply->token != request->token) {
        log_warn("renderer-killed", "pid=%ld reason=other-reply", (long)child->pid);
        render_child_end(child);
        return CHILD_SPOKE;
    }
    return CHILD_REPLIED;
}

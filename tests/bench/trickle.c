/* SPDX-License-Identifier: MIT
 *
 * bench-trickle PORT PREFIX FIRST SUFFIX RATE PATIENCE
 *
 * Asks RATE times a second for PREFIX + FIRST + SUFFIX, then FIRST + 1 and so on, each
 * on a connection of its own, and waits PATIENCE milliseconds for each answer. On
 * SIGTERM, or after five minutes, drops what is under way and prints how many it
 * asked and how many were answered: "ASKED ANSWERED WITH_200".
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench/loopback.h"

#define CLIENTS_MAX 2000
#define PATH_MAX_BYTES 512
#define LONGEST_MS (INT64_C(5) * 60 * 1000)

struct trickle {
    uint16_t port;
    const char *prefix, *suffix;
    unsigned long next;
    struct pollfd fds[CLIENTS_MAX];
    int64_t until_ms[CLIENTS_MAX];
    bool asked[CLIENTS_MAX]; /* connected, and the request is out */
    size_t count;
    unsigned long begun, answered, good;
};

static volatile sig_atomic_t told_to_end;

static void on_end(int number)
{
    (void)number;
    told_to_end = 1;
}

static void end(struct trickle *t, size_t i)
{
    loopback_drop(t->fds[i].fd);
    t->count--;
    t->fds[i] = t->fds[t->count];
    t->until_ms[i] = t->until_ms[t->count];
    t->asked[i] = t->asked[t->count];
}

static int begin(struct trickle *t, int64_t patience_ms)
{
    int fd;

    if (t->count == CLIENTS_MAX)
        return -EMFILE;
    fd = loopback_connect(t->port);
    if (fd < 0)
        return fd;
    t->fds[t->count] = (struct pollfd){.fd = fd, .events = POLLOUT};
    t->until_ms[t->count] = clock_boot_ms() + patience_ms;
    t->asked[t->count++] = false;
    t->begun++;
    return 0;
}

/* True if the client goes on. */
static bool step(struct trickle *t, size_t i)
{
    char path[PATH_MAX_BYTES], answer[4096];
    size_t body, body_length;
    ssize_t n;

    if (!t->asked[i]) {
        snprintf(path, sizeof path, "%s%lu%s", t->prefix, t->next++, t->suffix);
        t->asked[i] = true;
        t->fds[i].events = POLLIN;
        return loopback_ask(t->fds[i].fd, path) == 0;
    }
    /* The first bytes tell; nobody wants the rest. */
    n = read(t->fds[i].fd, answer, sizeof answer);
    if (n > 0) {
        t->answered++;
        t->good += loopback_status(answer, (size_t)n, &body, &body_length) == 200;
    }
    return false;
}

static void look(struct trickle *t, int64_t timeout_ms)
{
    int64_t now_ms;

    if (poll(t->fds, t->count, timeout_ms > 0 ? (int)timeout_ms : 0) < 0)
        return; /* a signal */
    now_ms = clock_boot_ms();
    for (size_t i = t->count; i-- > 0;) {
        bool stays = t->fds[i].revents ? step(t, i) : now_ms < t->until_ms[i];

        if (!stays)
            end(t, i);
    }
}

static int run(struct trickle *t, unsigned long rate, int64_t patience_ms)
{
    int64_t start_ms = clock_boot_ms(), now_ms;
    int rc = 0;

    while (!told_to_end && !rc && (now_ms = clock_boot_ms()) < start_ms + LONGEST_MS) {
        int64_t next_ms = start_ms + (int64_t)(t->begun * 1000 / rate);

        if (now_ms >= next_ms)
            rc = begin(t, patience_ms);
        else
            look(t, next_ms - now_ms);
    }
    while (t->count > 0)
        end(t, t->count - 1);
    if (rc)
        fprintf(stderr, "bench-trickle: %s\n", strerror(-rc));
    printf("%lu %lu %lu\n", t->begun, t->answered, t->good);
    return rc ? rc : fflush(stdout);
}

int main(int argc, char **argv)
{
    const struct sigaction action = {.sa_handler = on_end};
    static struct trickle t;
    unsigned long rate = argc == 7 ? strtoul(argv[5], NULL, 10) : 0;
    long patience_ms = argc == 7 ? strtol(argv[6], NULL, 10) : 0;

    t.port = argc == 7 ? loopback_port(argv[1]) : 0;
    if (t.port == 0 || rate < 1 || rate > 1000 || patience_ms < 1) {
        fprintf(stderr, "usage: bench-trickle PORT PREFIX FIRST SUFFIX RATE PATIENCE\n");
        return 2;
    }
    t.prefix = argv[2];
    t.next = strtoul(argv[3], NULL, 10);
    t.suffix = argv[4];
    if (sigaction(SIGTERM, &action, NULL) != 0 || sigaction(SIGINT, &action, NULL) != 0)
        return EXIT_FAILURE;
    return run(&t, rate, patience_ms) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

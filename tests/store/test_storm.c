/* SPDX-License-Identifier: MIT
 *
 * Several processes upload, replace, restore, delete and sweep, and are killed at it. Each says
 * what it is about to do, and what came of it, in a log of its own, before it goes on.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/change.h"
#include "store/replay.h"

enum {
    WRITERS = 5,
    SWEEPER = WRITERS, /* the last one */
    WORKERS,
    UPLOADS = 2000,
    SUBJECTS = 8,      /* of each writer's own; the pictures are everybody's */
    PICTURES = 12,
    LIFE_US = 4000 /* at most, from when the store is open, or is to be opened; longer where that
                    * does not suffice */
};

#define LENGTH(seed) (100u + 3001u * (seed))

static struct replay_place place;
static char directory[96];

struct worker {
    pid_t pid;
    int log; /* -1: the sweeper's */
    unsigned incarnation;
};

static struct {
    atomic_uint uploads; /* acknowledged, each after it was logged */
    atomic_uint sweeps;
    struct {
        atomic_uint doubtful;  /* 1 + the subject that is being changed, or 0 */
        atomic_uint fruitless; /* lives in a row that came to nothing */
    } slots[WORKERS];
} *shared;

static void set_up(void)
{
    replay_place_make(&place);
    snprintf(directory, sizeof directory, "%s/store", place.root);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(shared, MAP_FAILED);
}

static void tear_down(void)
{
    munmap(shared, sizeof *shared);
    replay_place_remove(&place);
}

TestSuite(store_storm, .init = set_up, .fini = tear_down, .timeout = 300);

static unsigned next_random(unsigned *random)
{
    *random = *random * 1103515245u + 12345u;
    return *random >> 8;
}

/* ---- workers; nothing of the test library's is to be called in them ---- */

static bool say(int log, const char *what, const char *line)
{
    char text[CHANGE_LINE];
    int n = snprintf(text, sizeof text, "%s %s\n", what, line);

    return write(log, text, (size_t)n) == n;
}

static void choose(unsigned slot, unsigned subject, unsigned *random, char line[CHANGE_LINE])
{
    unsigned seed = next_random(random) % PICTURES, kind = next_random(random) % 10;

    if (kind == 0)
        snprintf(line, CHANGE_LINE, "delete users/%u-%u", slot, subject);
    else if (kind == 1)
        snprintf(line, CHANGE_LINE, "restore users/%u-%u %u %u", slot, subject, seed, LENGTH(seed));
    else
        snprintf(line, CHANGE_LINE, "put users/%u-%u %u %u %u", slot, subject, seed, LENGTH(seed),
                 1 + next_random(random) % 3);
}

static bool change_one(struct store *store, unsigned slot, int log, unsigned *random)
{
    unsigned doubtful = atomic_load(&shared->slots[slot].doubtful);
    unsigned subject = doubtful ? doubtful - 1 : next_random(random) % SUBJECTS;
    char line[CHANGE_LINE];
    int rc;

    if (doubtful) /* always the same, so that doubts do not add up */
        snprintf(line, CHANGE_LINE, "put users/%u-%u %u %u 1", slot, subject, subject,
                 LENGTH(subject));
    else
        choose(slot, subject, random, line);
    atomic_store(&shared->slots[slot].doubtful, 1 + subject);
    if (!say(log, "begin", line))
        return false;
    rc = change_make(store, line);
    if ((rc && rc != -ENOENT) || !say(log, change_outcome(rc), line)) {
        fprintf(stderr, "%s: %s\n", line, strerror(-rc));
        return false;
    }
    atomic_store(&shared->slots[slot].doubtful, 0);
    atomic_store(&shared->slots[slot].fruitless, 0);
    atomic_fetch_add(&shared->uploads, strncmp(line, "put", 3) == 0);
    return true;
}

/* By the kernel, since whoever waits for a moment to kill somebody comes when the processor is
 * free, which is not in the middle of anything. */
static void be_killed_within(unsigned us)
{
    struct sigevent killing = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    const struct itimerspec when = {.it_value = {us / 1000000, 1000 * (long)(us % 1000000) + 1}};
    timer_t timer;

    if (timer_create(CLOCK_MONOTONIC, &killing, &timer) != 0 ||
        timer_settime(timer, 0, &when, NULL) != 0)
        _exit(1);
}

static bool sweep_one(struct store *store)
{
    int rc = store_sweep(store);

    if (rc < 0)
        fprintf(stderr, "sweeping: %s\n", strerror(-rc));
    atomic_fetch_add(&shared->sweeps, 1);
    atomic_store(&shared->slots[SWEEPER].fruitless, 0);
    return rc >= 0;
}

static _Noreturn void work(unsigned slot, const struct worker *w)
{
    unsigned random = slot + WORKERS * w->incarnation + 1;
    unsigned longest = LIFE_US * (1 + atomic_fetch_add(&shared->slots[slot].fruitless, 1));
    unsigned life = next_random(&random) % longest;
    bool early = next_random(&random) % 4 == 0;
    char error[CONFIG_ERROR_MAX];
    struct store *store;

    if (early)
        be_killed_within(life);
    if (store_open(directory, &store, error) != 0) {
        fprintf(stderr, "%s\n", error);
        _exit(1);
    }
    if (!early)
        be_killed_within(life);
    while (slot == SWEEPER ? sweep_one(store) : change_one(store, slot, w->log, &random))
        ;
    _exit(1);
}

/* ---- the storm ---- */

static void start(struct worker *w, unsigned slot)
{
    w->incarnation++;
    w->pid = fork();
    cr_assert_geq(w->pid, 0);
    if (w->pid == 0)
        work(slot, w);
}

/* Returns who was killed. */
static unsigned await_one(struct worker workers[WORKERS])
{
    unsigned slot = 0;
    int status;
    pid_t pid = waitpid(-1, &status, 0);

    while (slot < WORKERS && workers[slot].pid != pid)
        slot++;
    cr_assert_lt(slot, WORKERS);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "%x", (unsigned)status);
    if (workers[slot].log >= 0)
        cr_assert_eq(write(workers[slot].log, "killed\n", 7), 7);
    return slot;
}

static void open_log(struct worker *w, unsigned slot)
{
    char path[96];

    snprintf(path, sizeof path, "%s/log%u", place.top, slot);
    w->log = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    cr_assert_geq(w->log, 0);
}

static void read_log(struct worker *w, struct change_expected *e)
{
    FILE *log = fdopen(w->log, "r");
    char line[CHANGE_LINE];

    cr_assert_not_null(log);
    rewind(log);
    while (fgets(line, sizeof line, log)) {
        line[strcspn(line, "\n")] = '\0';
        cr_assert(change_note(e, line), "%s", line);
    }
    fclose(log);
}

/* Returns how many were killed. */
static unsigned rage(struct worker workers[WORKERS])
{
    unsigned kills = 0;

    for (unsigned i = 0; i < WORKERS; i++)
        start(&workers[i], i);
    for (; atomic_load(&shared->uploads) < UPLOADS; kills++) {
        unsigned killed = await_one(workers);

        start(&workers[killed], killed);
    }
    for (unsigned i = 0; i < WORKERS; i++)
        await_one(workers);
    return kills;
}

Test(store_storm, what_was_acknowledged_is_there_whoever_is_killed)
{
    static struct change_expected expected;
    struct worker workers[WORKERS] = {{0}};
    char error[CONFIG_ERROR_MAX], why[CHANGE_WHY];
    struct store *store;
    unsigned kills;

    workers[SWEEPER].log = -1;
    for (unsigned i = 0; i < WRITERS; i++)
        open_log(&workers[i], i);
    kills = rage(workers);
    for (unsigned i = 0; i < WRITERS; i++)
        read_log(&workers[i], &expected);
    cr_assert_eq(store_open(directory, &store, error), 0, "%s", error);
    cr_assert_geq(store_sweep(store), 0);
    cr_expect(change_check(&expected, store, directory, why), "%s", why);
    store_close(&store);
    cr_expect_geq(expected.acknowledged, UPLOADS);
    cr_expect_gt(atomic_load(&shared->sweeps), 0u);
    cr_expect_gt(kills, 20u);
}

/* SPDX-License-Identifier: MIT */
#include "rig/workers.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cache/lock_file.h"
#include "rig/files.h"

#define LOOK_MS 1

static struct scoreboard *open_board(const char *state_dir)
{
    char path[FILES_PATH_MAX];
    struct scoreboard *board = NULL;

    files_path(path, "%s/scoreboard", state_dir);
    /* Opening would create it, which is the workers' business. */
    if (access(path, F_OK) == 0)
        scoreboard_open(path, 0600, &board);
    return board;
}

typedef void each_slot(struct scoreboard_slot *slot, void *context);

/* Looks at the slots of all that are alive. */
static void walk_kind(const char *state_dir, enum worker_kind kind, each_slot *each, void *context)
{
    struct scoreboard *board = open_board(state_dir);
    char path[FILES_PATH_MAX];
    int locks;

    files_path(path, "%s/locks", state_dir);
    locks = board ? lock_file_open(path, 0600) : -1;
    for (unsigned i = 0; locks >= 0 && i < SCOREBOARD_SLOTS; i++) {
        struct scoreboard_slot *slot = scoreboard_slot(board, i);

        if (atomic_load(&slot->incarnation) != 0 && atomic_load(&slot->kind) == kind &&
            lock_is_held(locks, LOCK_BYTE_SLOT + i))
            each(slot, context);
    }
    if (locks >= 0)
        close(locks);
    scoreboard_close(&board);
}

static void note_worker(struct scoreboard_slot *slot, void *context)
{
    struct workers *out = context;

    if (out->count == WORKERS_MAX)
        return;
    out->pids[out->count] = (pid_t)atomic_load(&slot->pid);
    out->since_ms[out->count] = atomic_load(&slot->since_ms);
    out->states[out->count++] = atomic_load(&slot->state);
}

static void find_kind(const char *state_dir, enum worker_kind kind, struct workers *out)
{
    memset(out, 0, sizeof *out);
    walk_kind(state_dir, kind, note_worker, out);
}

void workers_find(const char *state_dir, struct workers *out)
{
    find_kind(state_dir, KIND_WORKER, out);
}

void workers_find_keepers(const char *state_dir, struct workers *out)
{
    find_kind(state_dir, KIND_KEEPER, out);
}

void workers_stop_keepers(const char *state_dir, int64_t timeout_ms)
{
    struct workers keepers;

    workers_find_keepers(state_dir, &keepers);
    for (size_t i = 0; i < keepers.count; i++)
        kill(keepers.pids[i], SIGTERM);
    for (size_t i = 0; i < keepers.count; i++)
        if (!workers_await_death(keepers.pids[i], timeout_ms))
            kill(keepers.pids[i], SIGKILL);
}

bool workers_await(const char *state_dir, size_t count, int64_t timeout_ms)
{
    int64_t until_ms = clock_boot_ms() + timeout_ms;
    struct workers w;

    for (;;) {
        workers_find(state_dir, &w);
        if (w.count == count)
            return true;
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(LOOK_MS);
    }
}

pid_t workers_await_state(const char *state_dir, enum worker_state state, int64_t timeout_ms)
{
    int64_t until_ms = clock_boot_ms() + timeout_ms;
    struct workers w;

    do {
        workers_find(state_dir, &w);
        for (size_t i = 0; i < w.count; i++)
            if (w.states[i] == (uint32_t)state)
                return w.pids[i];
        clock_sleep_ms(LOOK_MS);
    } while (clock_boot_ms() < until_ms);
    return 0;
}

bool workers_await_states(const char *state_dir, enum worker_state state, size_t count,
                          int64_t timeout_ms)
{
    int64_t until_ms = clock_boot_ms() + timeout_ms;

    for (;;) {
        size_t found = 0;
        struct workers w;

        workers_find(state_dir, &w);
        for (size_t i = 0; i < w.count; i++)
            found += w.states[i] == (uint32_t)state;
        if (found == count)
            return true;
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(LOOK_MS);
    }
}

bool workers_await_keepers(const char *state_dir, size_t count, int64_t timeout_ms)
{
    int64_t until_ms = clock_boot_ms() + timeout_ms;
    struct workers w;

    for (;;) {
        workers_find_keepers(state_dir, &w);
        if (w.count == count)
            return true;
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(LOOK_MS);
    }
}

struct tally {
    enum counter counter;
    unsigned count;
};

static void note_counter(struct scoreboard_slot *slot, void *context)
{
    struct tally *t = context;

    t->count += atomic_load(&slot->counters[t->counter]) > 0;
}

unsigned workers_that_counted(const char *state_dir, enum counter counter)
{
    struct tally t = {.counter = counter};

    walk_kind(state_dir, KIND_WORKER, note_counter, &t);
    return t.count;
}

bool workers_equal(const struct workers *a, const struct workers *b)
{
    return a->count == b->count && memcmp(a->pids, b->pids, sizeof a->pids) == 0;
}

uint64_t workers_counted(const char *state_dir, enum counter counter)
{
    struct scoreboard *board = open_board(state_dir);
    uint64_t sum = 0;

    for (unsigned i = 0; board && i < SCOREBOARD_SLOTS; i++)
        sum += atomic_load(&scoreboard_slot(board, i)->counters[counter]);
    scoreboard_close(&board);
    return sum;
}

/* Parent's pid and state of a process; false if there is none. */
static bool look_at(int pid, int *parent, char *state)
{
    char path[64];
    FILE *file;
    bool good;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    file = fopen(path, "re");
    if (!file)
        return false;
    good = fscanf(file, "%*d (%*[^)]) %c %d", state, parent) == 2;
    fclose(file);
    return good;
}

bool workers_await_death(pid_t pid, int64_t timeout_ms)
{
    int64_t until_ms = clock_boot_ms() + timeout_ms;
    int parent;
    char state;

    while (look_at(pid, &parent, &state) && state != 'Z' && state != 'X') {
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(LOOK_MS);
    }
    return true;
}

pid_t workers_renderer(pid_t worker)
{
    DIR *dir = opendir("/proc");
    struct dirent *entry;
    pid_t found = 0;

    while (dir && !found && (entry = readdir(dir)) != NULL) {
        int pid = atoi(entry->d_name), parent;
        char state;

        if (pid > 0 && look_at(pid, &parent, &state) && parent == worker)
            found = pid;
    }
    if (dir)
        closedir(dir);
    return found;
}

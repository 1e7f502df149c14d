/* SPDX-License-Identifier: MIT
 *
 * Opens a store and makes changes to it, under the eyes of recorder.c: recorded STATE FIRST COUNT.
 * The store is in the state directory. Ends with 0, also where changes failed; 2 if the store
 * cannot be opened, 3 if descriptors were left open.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/change.h"
#include "store/record.h"

/* Somebody's first, one more, one for many versions, the same bytes for two, replacing them, what
 * is kept already, all that goes and comes again, what was damaged is mended; several together, the
 * same bytes among them, and others in their place. */
static const char *const changes[] = {
    "put users/ada 1 500 1",     "put users/bob 2 5000 3",  "put users/eve 1 500 1",
    "put users/ada 3 700 1",     "put users/bob 4 600 3",   "put users/bob 5 600 3",
    "put users/bob 6 600 3",     "delete users/eve",        "restore users/bob 4 600",
    "put users/bob 5 600 3",     "put users/bob 5 600 3",   "put users/eve 1 500 1",
    "delete users/bob",          "put users/joe 7 40000 1", "put users/ada 8 1 2",
    "put users/joe 7 40000 1",   "damage users/joe 7 40000", "put users/eve 7 40000 1",
    "put users/kim 10 800 1 &",  "put users/lea 11 900 1 &", "put users/max 10 800 1",
    "put users/kim 12 400 2 &",  "put users/ada 13 300 1 &", "put users/max 14 700 1",
};

#define CHANGES (sizeof changes / sizeof *changes)

static unsigned count_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    unsigned count = 0;

    while (dir && readdir(dir))
        count++;
    if (dir)
        closedir(dir);
    return count;
}

static void say(const char *what, const char *line)
{
    char text[CHANGE_LINE];

    snprintf(text, sizeof text, "%s %s", what, line);
    recorder_mark(text);
}

/* Again after a failure: it is one step that was made to fail. */
static struct store *open_store(const char *state)
{
    char error[CONFIG_ERROR_MAX], directory[PATH_MAX];
    struct store *store;

    snprintf(directory, sizeof directory, "%.4000s/store", state);
    if (mkdir(state, 0700) != 0 && errno != EEXIST && mkdir(state, 0700) != 0)
        return NULL;
    if (store_open(directory, &store, error) == 0 || store_open(directory, &store, error) == 0)
        return store;
    fprintf(stderr, "%s\n", error);
    return NULL;
}

/* Those that are made together, or one. Returns how many. */
static size_t make_next(struct store *store, const char *const *lines)
{
    int rcs[CHANGE_TOGETHER];
    size_t count = 1;

    while (change_has_next(lines[count - 1]))
        count++;
    for (size_t i = 0; i < count; i++)
        say("begin", lines[i]);
    change_make_all(store, lines, count, rcs);
    for (size_t i = 0; i < count; i++) {
        say(change_outcome(rcs[i]), lines[i]);
        if (rcs[i] && rcs[i] != -ENOENT)
            fprintf(stderr, "%s: %s\n", lines[i], strerror(-rcs[i]));
    }
    return count;
}

static bool make_changes(const char *state, size_t first, size_t count)
{
    struct store *store = open_store(state);

    for (size_t i = first; store && i < first + count && i < CHANGES;)
        i += make_next(store, changes + i);
    if (!store)
        return false;
    store_close(&store);
    return true;
}

int main(int argc, char **argv)
{
    unsigned before = count_descriptors();

    if (argc != 4)
        return 1;
    if (!make_changes(argv[1], strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10)))
        return 2;
    return count_descriptors() == before ? 0 : 3;
}

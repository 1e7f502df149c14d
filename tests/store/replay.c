/* SPDX-License-Identifier: MIT */
#include "store/replay.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAM "tests/store/recorded"

/* ---- a place ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    return ftw->level > 0 ? remove(path) : 0;
}

static void empty(const char *directory)
{
    nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void replay_place_make(struct replay_place *p)
{
    const char *base = getenv("TMPDIR");

    if (access("/dev/shm", W_OK) == 0)
        base = "/dev/shm";
    snprintf(p->top, sizeof p->top, "%.40s/visage-replay-XXXXXX", base ? base : "/tmp");
    cr_assert_not_null(mkdtemp(p->top));
    snprintf(p->root, sizeof p->root, "%s/root", p->top);
    snprintf(p->disk, sizeof p->disk, "%s/disk", p->top);
    snprintf(p->record, sizeof p->record, "%s/record", p->top);
    cr_assert_eq(mkdir(p->root, 0700), 0);
    cr_assert_eq(mkdir(p->disk, 0700), 0);
    replay_place_empty(p);
}

void replay_place_empty(struct replay_place *p)
{
    int fd = open(p->record, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0, "%s", p->record);
    close(fd);
    empty(p->root);
}

void replay_place_remove(struct replay_place *p)
{
    empty(p->top);
    rmdir(p->top);
}

/* ---- the program ---- */

static void set_number(const char *name, unsigned long number)
{
    char text[24];

    snprintf(text, sizeof text, "%lu", number);
    setenv(name, text, 1);
}

static void set_or_not(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
}

static _Noreturn void become_program(const struct replay_place *p, const struct replay_run *run)
{
    const char *build = getenv("VISAGE_BUILD_DIR");
    char program[PATH_MAX], state[96], first[16], count[16];
    int null = open("/dev/null", O_WRONLY);

    snprintf(program, sizeof program, "%s/" PROGRAM, build ? build : ".");
    snprintf(state, sizeof state, "%s/state", p->root);
    snprintf(first, sizeof first, "%u", run->first);
    snprintf(count, sizeof count, "%u", run->count);
    setenv(RECORD_FILE, p->record, 1);
    setenv(RECORD_ROOT, p->root, 1);
    set_or_not(RECORD_ERRNO, run->error);
    set_or_not(RECORD_ONLY, run->only);
    if (run->strange)
        setenv(RECORD_STRANGE, "y", 1);
    if (run->variable) {
        set_number(run->variable, run->step);
        dup2(null, STDERR_FILENO); /* that changes fail is no news then */
    }
    execl(program, program, state, first, count, (char *)NULL);
    _exit(127);
}

int replay_run(const struct replay_place *p, const struct replay_run *run)
{
    pid_t pid = fork();
    int status;

    cr_assert_geq(pid, 0);
    if (pid == 0)
        become_program(p, run);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(!WIFEXITED(status) || WEXITSTATUS(status) != 127, "%s was not built", PROGRAM);
    return status;
}

/* ---- the record ---- */

void replay_open(struct replay *r, const struct replay_place *place, enum disk_blind blind)
{
    int fd = open(place->record, O_RDONLY | O_CLOEXEC);
    struct stat root, st;

    *r = (struct replay){.place = place};
    cr_assert_geq(fd, 0, "%s", place->record);
    cr_assert_eq(fstat(fd, &st), 0);
    r->length = (size_t)st.st_size;
    r->bytes = malloc(r->length + 1);
    cr_assert_not_null(r->bytes);
    cr_assert_eq(read(fd, r->bytes, r->length), (ssize_t)r->length);
    close(fd);
    cr_assert_eq(stat(place->root, &root), 0);
    r->disk = disk_new(root.st_ino, blind);
}

void replay_close(struct replay *r)
{
    disk_free(r->disk);
    free(r->bytes);
}

static void take_failure(struct replay *r, const char *text)
{
    if (strncmp(text, "begin", 5) == 0)
        return;
    if (strncmp(text, "failed", 6) == 0) {
        r->failed++;
        r->failures += !r->failed_together;
        r->failed_together = true;
    }
    r->failed_together &= change_has_next(text);
}

static void take_mark(struct replay *r, const unsigned char *bytes, size_t size)
{
    char text[CHANGE_LINE];

    snprintf(text, sizeof text, "%.*s", (int)size, (const char *)bytes);
    if (strcmp(text, "fault") == 0) {
        r->faults++;
        return;
    }
    cr_assert(change_note(&r->expected, text), "%s", text);
    r->done += strncmp(text, "done", 4) == 0 || strncmp(text, "none", 4) == 0;
    take_failure(r, text);
}

bool replay_step(struct replay *r)
{
    const unsigned char *bytes;
    struct record head;

    if (r->at == r->length)
        return false;
    cr_assert_leq(sizeof head, r->length - r->at);
    memcpy(&head, r->bytes + r->at, sizeof head);
    bytes = r->bytes + r->at + sizeof head;
    cr_assert_leq(head.size, r->length - r->at - sizeof head);
    r->at += sizeof head + head.size;
    cr_assert(disk_apply(r->disk, &head, bytes), "not known to the model: kind %u %.*s", head.kind,
              (int)(head.size < 80 ? head.size : 80), (const char *)bytes);
    if (head.kind == RECORD_MARK)
        take_mark(r, bytes, head.size);
    return true;
}

void replay_killed(struct replay *r)
{
    cr_assert(change_note(&r->expected, "killed"));
}

/* ---- the store as it is then ---- */

/* What was found good: images, and what was expected of them. */
static uint64_t *checked;
static size_t checked_count;

size_t replay_states(void)
{
    return checked_count;
}

static uint64_t state_of(const struct replay *r, const struct disk_image *image)
{
    const struct change_expected *e = &r->expected;
    uint64_t h = disk_image_hash(image);

    h = disk_hash(h, e->loose, e->loose_count * sizeof *e->loose);
    h = disk_hash(h, &e->any_damaged, sizeof e->any_damaged);
    return disk_hash(h, e->subjects, e->count * sizeof *e->subjects);
}

static bool was_checked(uint64_t state)
{
    for (size_t i = 0; i < checked_count; i++)
        if (checked[i] == state)
            return true;
    return false;
}

static void note_checked(uint64_t state)
{
    checked = reallocarray(checked, checked_count + 1, sizeof *checked);
    cr_assert_not_null(checked);
    checked[checked_count++] = state;
}

/* In a process of its own: over a page that is not there LMDB crashes. */
static _Noreturn void open_and_look(const struct replay *r, char why[CHANGE_WHY])
{
    const struct rlimit no_core = {0, 0};
    char directory[96], error[CONFIG_ERROR_MAX];
    struct store *store;

    setrlimit(RLIMIT_CORE, &no_core);
    snprintf(directory, sizeof directory, "%s/state", r->place->disk);
    mkdir(directory, 0700); /* by whoever opens the cache */
    strcat(directory, "/store");
    if (store_open(directory, &store, error) != 0) {
        snprintf(why, CHANGE_WHY, "%.200s", error);
        _exit(1);
    }
    if (!change_check(&r->expected, store, directory, why))
        _exit(1);
    store_close(&store);
    _exit(0);
}

static bool is_good(struct replay *r, const struct disk_image *image)
{
    char *why = mmap(NULL, CHANGE_WHY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status;
    pid_t pid;

    cr_assert_neq(why, MAP_FAILED);
    cr_assert(disk_image_write(image, r->place->disk));
    pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0)
        open_and_look(r, why);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    empty(r->place->disk);
    snprintf(r->why, sizeof r->why, "%s", WIFSIGNALED(status) ? "it crashes" : why);
    munmap(why, CHANGE_WHY);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool replay_check(struct replay *r, enum disk_loss loss, uint32_t *random)
{
    struct disk_image image = disk_image(r->disk, loss, random);
    uint64_t state = state_of(r, &image);
    bool good = was_checked(state);

    if (!good) {
        good = is_good(r, &image);
        if (good)
            note_checked(state);
    }
    disk_image_free(&image);
    return good;
}

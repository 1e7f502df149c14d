/* SPDX-License-Identifier: MIT
 *
 * A renderer that a picture has taken over tries things. Each attempt costs that
 * renderer its life and nobody else anything: no file, no process appears, this
 * process goes on, and the next picture is rendered.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "render/fixture.h"
#include "render/rig.h"

#define PROGRAM "tests/render/visage-render-misbehave"

static enum cause tempt(struct rig *rig, const char *what, const char *path)
{
    char picture[512];
    int n = snprintf(picture, sizeof picture, "\x89PNG\r\n\x1a\nmisbehave=%s%s%s", what,
                     path ? " " : "", path ? path : "");

    return rig_render(rig, picture, (size_t)n, 32, 32, FIT_COVER, PICTURE_JPEG);
}

static void expect_next_picture(struct rig *rig)
{
    struct file f = fixture_png(64, 48, false);
    enum cause cause = rig_render(rig, f.bytes, f.length, 32, 32, FIT_COVER, PICTURE_JPEG);

    cr_expect_eq(cause, CAUSE_NONE, "the next picture: %s", cause_info(cause)->name);
    cr_expect_eq(rig->result.width, 32);
    file_free(&f);
}

static void open_directory(char directory[64])
{
    snprintf(directory, 64, "/tmp/visage-sandbox-XXXXXX");
    cr_assert_not_null(mkdtemp(directory));
}

/* What the filter must stop, one process each. */
struct attempt {
    char what[24];
};

ParameterizedTestParameters(sandbox, a_forbidden_call_ends_the_renderer_alone)
{
    static struct attempt attempts[] = {{"open"}, {"read"},   {"socket"}, {"connect"},
                                        {"exec"}, {"fork"},   {"ptrace"}, {"kill"},
                                        {"executable-memory"}};

    return cr_make_param_array(struct attempt, attempts, sizeof attempts / sizeof *attempts);
}

ParameterizedTest(struct attempt *attempt, sandbox, a_forbidden_call_ends_the_renderer_alone)
{
    struct rig rig;
    char directory[64], made[80], worker[24];
    struct stat st;
    enum cause cause;
    long first;

    rig_open(&rig, PROGRAM);
    rig_need_sandbox(&rig);
    open_directory(directory);
    snprintf(made, sizeof made, "%s/made", directory);
    if (strcmp(attempt->what, "read") == 0) { /* it is there, and readable by this user */
        int fd = open(made, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

        cr_assert_eq(write(fd, "secret", 6), 6);
        close(fd);
    }
    first = renderer_pid(rig.renderer);
    cr_assert_gt(first, 0);
    snprintf(worker, sizeof worker, "%ld", (long)getpid());
    cause = tempt(&rig, attempt->what,
                  strcmp(attempt->what, "ptrace") == 0 || strcmp(attempt->what, "kill") == 0
                      ? worker
                      : made);
    cr_expect_eq(cause, CAUSE_RENDER_CRASHED, "%s: %s", attempt->what, cause_info(cause)->name);
    cr_expect_eq(rig.output.length, 0);
    cr_expect_eq(renderer_deaths(rig.renderer), 1);
    cr_expect(kill((pid_t)first, 0) < 0 && errno == ESRCH, "it is still there, or not reaped");
    if (strcmp(attempt->what, "read") != 0)
        cr_expect(stat(made, &st) < 0 && errno == ENOENT, "%s was made", made);
    expect_next_picture(&rig);
    cr_expect_neq(renderer_pid(rig.renderer), first);
    cr_expect_eq(renderer_deaths(rig.renderer), 1);
    unlink(made);
    cr_expect_eq(rmdir(directory), 0);
    rig_close(&rig);
}

/* What needs no filter: a limit, the deadline, or the worker's distrust. */
struct fault {
    char what[24];
    enum cause cause;
    int64_t timeout_ms; /* 0: the usual */
    unsigned deaths; /* once the next picture has been rendered */
};

ParameterizedTestParameters(sandbox, a_fault_is_answered_and_the_next_picture_rendered)
{
    static struct fault faults[] = {
        {"spin", CAUSE_RENDER_TIMEOUT, 300, 1},
        {"hang", CAUSE_RENDER_TIMEOUT, 300, 1},
        {"crash", CAUSE_RENDER_CRASHED, 0, 1},
        {"leave", CAUSE_RENDER_CRASHED, 0, 1},
        {"garbage-reply", CAUSE_RENDER_CRASHED, 0, 1},
        {"oversized-reply", CAUSE_RENDER_CRASHED, 0, 1},
        {"too-long-reply", CAUSE_RENDER_CRASHED, 0, 1},
        {"wrong-type", CAUSE_RENDER_CRASHED, 0, 1},
        {"wrong-cause", CAUSE_RENDER_CRASHED, 0, 1},
        {"write-forever", CAUSE_RENDER_CRASHED, 0, 1},
        {"two-replies", CAUSE_PICTURE_BROKEN, 0, 1},
    };

    return cr_make_param_array(struct fault, faults, sizeof faults / sizeof *faults);
}

ParameterizedTest(struct fault *fault, sandbox, a_fault_is_answered_and_the_next_picture_rendered)
{
    struct rig rig;
    enum cause cause;
    uint32_t types;
    bool sandboxed;

    rig_open(&rig, PROGRAM);
    cr_assert_eq(renderer_probe(rig.renderer, &types, &sandboxed), 0);
    if (fault->timeout_ms)
        rig.config.render.timeout_ms = fault->timeout_ms;
    cause = tempt(&rig, fault->what, NULL);
    rig.config.render.timeout_ms = 20000;
    cr_expect_eq(cause, fault->cause, "%s: %s", fault->what, cause_info(cause)->name);
    cr_expect_eq(rig.output.length, 0);
    expect_next_picture(&rig);
    cr_expect_eq(renderer_deaths(rig.renderer), fault->deaths);
    rig_close(&rig);
}

Test(sandbox, memory_is_bounded)
{
#ifdef VISAGE_SANITIZERS
    cr_skip_test("AddressSanitizer's shadow memory allows no limit on address space");
#else
    struct rig rig;
    enum cause cause;

    rig_open(&rig, PROGRAM);
    rig.config.render.max_memory = UINT64_C(64) << 20;
    cause = tempt(&rig, "allocate", NULL);
    cr_expect(cause == CAUSE_PICTURE_TOO_LARGE || cause == CAUSE_RENDER_CRASHED, "%s",
              cause_info(cause)->name);
    expect_next_picture(&rig);
    rig_close(&rig);
#endif
}

Test(sandbox, nothing_of_the_worker_reaches_the_renderer)
{
    struct rig rig;
    char path[64], text[4096], link[256];
    uint32_t types;
    bool sandboxed;
    int secret, fd;
    ssize_t n;
    char name[64];

    rig_open(&rig, "visage-render");
    setenv("VISAGE_TEST_SECRET", "do-not-tell", 1);
    /* one that somebody forgot to mark close-on-exec */
    secret = open("/etc/passwd", O_RDONLY);
    cr_assert_geq(secret, 0);
    cr_assert_eq(renderer_probe(rig.renderer, &types, &sandboxed), 0);

    /* It makes itself unreadable to others of its user; root reads it all the same. */
    snprintf(path, sizeof path, "/proc/%ld/environ", renderer_pid(rig.renderer));
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        rig_close(&rig);
        cr_skip_test("the renderer cannot be looked into by this user");
    }
    n = read(fd, text, sizeof text);
    close(fd);
    cr_assert_gt(n, 0);
    cr_expect_not(contains(text, (size_t)n, "do-not-tell"));
    for (int i = 4; i < 64; i++) {
        snprintf(name, sizeof name, "/proc/%ld/fd/%d", renderer_pid(rig.renderer), i);
        cr_expect_lt(readlink(name, link, sizeof link), 0, "it has descriptor %d", i);
    }
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "/proc/%ld/fd/%d", renderer_pid(rig.renderer), i);
        n = readlink(name, link, sizeof link);
        cr_expect(n == 9 && memcmp(link, "/dev/null", 9) == 0, "descriptor %d", i);
    }
    close(secret);
    rig_close(&rig);
}

/* SPDX-License-Identifier: MIT
 *
 * The renderer as a process: kept, limited, replaced when it has left or died,
 * gone when its worker is.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "render/fixture.h"
#include "render/rig.h"

Test(renderer, the_limits_are_the_configurations)
{
    struct rig rig;
    struct file f = fixture_png(300, 200, false);

    rig_open(&rig, "visage-render");
    rig.config.render.max_pixels = 300 * 200;
    cr_expect_eq(rig_render(&rig, f.bytes, f.length, 64, 64, FIT_COVER, PICTURE_JPEG), CAUSE_NONE);
    rig.config.render.max_pixels = 300 * 200 - 1;
    cr_expect_eq(rig_render(&rig, f.bytes, f.length, 64, 64, FIT_COVER, PICTURE_JPEG),
                 CAUSE_PICTURE_TOO_LARGE);
    file_free(&f);
    rig_close(&rig);
}

Test(renderer, memory_that_does_not_suffice_is_a_clear_answer)
{
#ifdef VISAGE_SANITIZERS
    cr_skip_test("AddressSanitizer's shadow memory allows no limit on address space");
#else
    struct rig rig;
    struct file large = fixture_png(3000, 2500, false), small = fixture_png(30, 25, false);
    enum cause cause;

    rig_open(&rig, "visage-render");
    rig.config.render.max_memory = UINT64_C(24) << 20; /* its pixels take 60 MB */
    cause = rig_render(&rig, large.bytes, large.length, 64, 64, FIT_COVER, PICTURE_JPEG);
    cr_expect_eq(cause, CAUSE_PICTURE_TOO_LARGE, "%s", cause_info(cause)->name);
    cr_expect_eq(rig_render(&rig, small.bytes, small.length, 64, 64, FIT_COVER, PICTURE_JPEG),
                 CAUSE_NONE);
    file_free(&large);
    file_free(&small);
    rig_close(&rig);
#endif
}

Test(renderer, impossible_renderings_are_refused_here)
{
    static const struct rendering bad[] = {
        {0, 10, FIT_COVER, 80, {0}}, {10, 0, FIT_COVER, 80, {0}}, {10, 10, 0, 80, {0}},
        {10, 10, FIT_COVER, 0, {0}}, {10, 10, FIT_COVER, 101, {0}}, {5000, 10, FIT_COVER, 80, {0}},
        {10, 10, (enum picture_fit)9, 80, {0}},
    };
    struct rig rig;
    struct file f = fixture_png(30, 20, false);
    int fd = memfd_create("visage-test", MFD_CLOEXEC);

    rig_open(&rig, "visage-render");
    cr_assert_eq(write(fd, f.bytes, f.length), (ssize_t)f.length);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(renderer_render(rig.renderer, fd, f.length, &bad[i], PICTURE_PNG, &rig.output,
                                     &rig.result),
                     CAUSE_INTERNAL, "case %zu", i);
    cr_expect_eq(renderer_pid(rig.renderer), 0);
    close(fd);
    file_free(&f);
    rig_close(&rig);
}

Test(renderer, one_child_serves_many_pictures_and_the_same_bytes)
{
    static const enum picture_type outputs[] = {PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP};
    struct rig rig;
    struct file f = fixture_jpeg(300, 200, 3);
    struct buffer first = {0};
    long pid = 0;

    rig_open(&rig, "visage-render");
    cr_expect_eq(renderer_pid(rig.renderer), 0, "nothing is started before it is needed");
    for (int i = 0; i < 50; i++) {
        cr_assert_eq(rig_render(&rig, f.bytes, f.length, 64, 64, FIT_COVER, outputs[i % 3]),
                     CAUSE_NONE);
        if (i == 0) {
            pid = renderer_pid(rig.renderer);
            cr_assert_eq(buffer_append(&first, rig.output.data, rig.output.length), 0);
        }
        if (i % 3 == 0)
            cr_assert(first.length == rig.output.length &&
                      memcmp(first.data, rig.output.data, first.length) == 0);
        cr_assert_eq(renderer_pid(rig.renderer), pid);
    }
    buffer_free(&first);
    file_free(&f);
    rig_close(&rig);
}

/* Waits, without reaping it, until the process has ended. */
static void await_end(long pid)
{
    siginfo_t info;

    while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0)
        cr_assert_eq(errno, EINTR);
}

Test(renderer, an_idle_child_leaves_and_another_takes_over)
{
    struct rig rig;
    struct file f = fixture_png(30, 20, false);
    long first;

    rig_open(&rig, "visage-render");
    rig.config.render.idle_ms = 50;
    cr_assert_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG), CAUSE_NONE);
    first = renderer_pid(rig.renderer);
    await_end(first);
    rig.config.render.idle_ms = 60000;
    cr_expect_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG), CAUSE_NONE);
    cr_expect_neq(renderer_pid(rig.renderer), first);
    cr_expect_eq(renderer_deaths(rig.renderer), 0, "leaving is not dying");
    file_free(&f);
    rig_close(&rig);
}

Test(renderer, a_child_killed_while_idle_is_replaced)
{
    struct rig rig;
    struct file f = fixture_png(30, 20, false);
    long first;

    rig_open(&rig, "visage-render");
    cr_assert_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG), CAUSE_NONE);
    first = renderer_pid(rig.renderer);
    cr_assert_eq(kill((pid_t)first, SIGKILL), 0);
    await_end(first);
    cr_expect_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG), CAUSE_NONE);
    cr_expect_neq(renderer_pid(rig.renderer), first);
    cr_expect(kill((pid_t)first, 0) < 0 && errno == ESRCH, "the first one was not reaped");
    file_free(&f);
    rig_close(&rig);
}

Test(renderer, signals_to_the_group_do_not_end_it)
{
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1};
    struct rig rig;
    struct file f = fixture_png(30, 20, false);
    long pid;

    rig_open(&rig, "visage-render");
    cr_assert_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG), CAUSE_NONE);
    pid = renderer_pid(rig.renderer);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        cr_assert_eq(kill((pid_t)pid, signals[i]), 0);
    cr_expect_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG), CAUSE_NONE);
    cr_expect_eq(renderer_pid(rig.renderer), pid);
    file_free(&f);
    rig_close(&rig);
}

Test(renderer, it_dies_with_its_worker)
{
    int pipes[2];
    pid_t worker, child = 0;
    int status;
    char byte;

    cr_assert_eq(pipe2(pipes, 0), 0);
    worker = fork();
    cr_assert_geq(worker, 0);
    if (worker == 0) {
        struct rig rig;
        uint32_t types;
        bool sandboxed;

        rig_open(&rig, "visage-render");
        if (renderer_probe(rig.renderer, &types, &sandboxed) == 0)
            child = (pid_t)renderer_pid(rig.renderer);
        if (write(pipes[1], &child, sizeof child) != (ssize_t)sizeof child)
            _exit(1);
        raise(SIGKILL);
    }
    close(pipes[1]);
    cr_assert_eq(read(pipes[0], &child, sizeof child), (ssize_t)sizeof child);
    cr_assert_gt(child, 0);
    cr_assert_eq(waitpid(worker, &status, 0), worker);
    /* It is nobody's child now, so it is watched until it has gone. */
    for (int i = 0; i < 5000 && kill(child, 0) == 0; i++) {
        char path[64], state = '?';
        FILE *f;

        snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
        f = fopen(path, "re");
        if (f) {
            if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
                state = '?';
            fclose(f);
        }
        if (state == 'Z') /* dead, and not yet fetched by whoever is init here */
            break;
        usleep(2000);
        cr_assert_lt(i, 4999, "process %d is still there", (int)child);
    }
    cr_expect_eq(read(pipes[0], &byte, 1), 0);
    close(pipes[0]);
}

Test(renderer, a_program_that_is_not_there_is_said_so)
{
    struct rig rig;
    struct file f = fixture_png(30, 20, false);
    uint32_t types;
    bool sandboxed;

    rig_open(&rig, "there-is-no-such-program");
    cr_expect_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG),
                 CAUSE_RENDERER_UNAVAILABLE);
    cr_expect_eq(renderer_probe(rig.renderer, &types, &sandboxed), -ENOENT);
    cr_expect_eq(renderer_pid(rig.renderer), 0);
    /* one that starts and says nothing sensible */
    snprintf(rig.program, sizeof rig.program, "/bin/true");
    cr_expect_eq(rig_render(&rig, f.bytes, f.length, 8, 8, FIT_COVER, PICTURE_PNG),
                 CAUSE_RENDERER_UNAVAILABLE);
    file_free(&f);
    rig_close(&rig);
}

Test(renderer, the_callers_descriptor_is_left_alone)
{
    const struct rendering want = {16, 16, FIT_COVER, 80, {0}};
    struct rig rig;
    struct file f = fixture_png(30, 20, false);
    int fd = memfd_create("visage-test", MFD_CLOEXEC);
    char *again = malloc(f.length);

    rig_open(&rig, "visage-render");
    cr_assert_not_null(again);
    cr_assert_eq(write(fd, f.bytes, f.length), (ssize_t)f.length);
    cr_assert_eq(lseek(fd, 5, SEEK_SET), 5);
    cr_expect_eq(renderer_render(rig.renderer, fd, f.length, &want, PICTURE_PNG, &rig.output,
                                 &rig.result),
                 CAUSE_NONE);
    cr_expect_eq(lseek(fd, 0, SEEK_CUR), 5);
    cr_expect_eq(pread(fd, again, f.length, 0), (ssize_t)f.length);
    cr_expect_eq(memcmp(again, f.bytes, f.length), 0);
    /* a length that the file does not have */
    cr_expect_eq(renderer_render(rig.renderer, fd, f.length + 1, &want, PICTURE_PNG, &rig.output,
                                 &rig.result),
                 CAUSE_INTERNAL);
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    free(again);
    close(fd);
    file_free(&f);
    rig_close(&rig);
}

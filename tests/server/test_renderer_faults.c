/* SPDX-License-Identifier: MIT
 *
 * Pictures that take the renderer over, as seen by clients: each gets a clear error, the
 * next picture comes out, and the worker is the same one. The renderer is
 * tests/render/visage-render-misbehave, which is told by the picture what to try.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "rig/agreement.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(renderer_faults);

#define MARK "\x89PNG\r\n\x1a\nmisbehave="
#define RENDERER "tests/render/visage-render-misbehave"

static void add_picture(struct rig *rig, const char *what)
{
    char bytes[512];
    int n = snprintf(bytes, sizeof bytes, MARK "%s %s/made-by-%s", what, rig->directory, what);

    cr_assert(n > 0 && (size_t)n < sizeof bytes);
    /* With the NUL: the renderer reads a string. */
    cr_assert_eq(origin_add_picture(rig->origin, what, bytes, (size_t)n + 1, "image/png"), 0);
}

static void open_with_misbehaving_renderer(struct rig *rig, const char *render)
{
    if (access(rig_built(RENDERER), X_OK) != 0)
        cr_skip_test("%s was not built", RENDERER);
    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1, .render = render,
                                        .renderer = RENDERER});
}

/* Whether this machine and build confine the renderer by system call. */
static bool is_confined(struct rig *rig)
{
    struct buffer log = {0};
    bool confined;

    cr_assert_eq(rig_get(rig, "/s64/o/ok/warm-up.jpg"), 200);
    cr_assert(files_read(rig->log, &log));
    confined = !strstr(log.data, "renderer-not-sandboxed");
    buffer_free(&log);
    return confined;
}

static void misbehave(struct rig *rig, const char *what, bool confined)
{
    struct workers before, after;
    char made[FILES_PATH_MAX];
    int status;

    files_path(made, "%s/made-by-%s", rig->directory, what);
    add_picture(rig, what);
    workers_find(rig->state, &before);
    for (int again = 0; again < 2; again++) {
        status = rig_get(rig, "/s64/o/ok/%s", what);
        cr_expect(status >= 413 && status <= 504, "%s: %d", what, status);
        cr_expect(answer_says(&rig->answer, "Content-Type", "text/plain"), "%s", what);
        cr_expect(answer_says(&rig->answer, "Cache-Status", "detail="), "%s", what);
        cr_expect_not(answer_says(&rig->answer, "Cache-Status", "detail=internal"), "%s", what);
        /* "Misbehaved unhindered" would be 415. */
        if (confined)
            cr_expect_neq(status, 415, "%s was not prevented", what);
    }
    cr_expect_neq(access(made, F_OK), 0, "%s has left %s", what, made);
    cr_expect_eq(rig_get(rig, "/s64/o/ok/next-after-%s.jpg", what), 200, "after %s: %d", what,
                 rig->answer.status);
    cr_expect(answer_is_sound(&rig->answer));
    workers_find(rig->state, &after);
    cr_expect(workers_equal(&before, &after), "the worker did not survive %s", what);
}

Test(renderer_faults, forbidden_things)
{
    static const char *const what[] = {"open", "read", "socket", "connect", "exec", "fork",
                                       "ptrace", "kill", "executable-memory"};
    static struct rig rig;

    open_with_misbehaving_renderer(&rig, "timeout = \"1s\"");
    if (!is_confined(&rig))
        cr_skip_test("the renderer is not confined here");
    for (size_t i = 0; i < sizeof what / sizeof *what; i++)
        misbehave(&rig, what[i], true);
    agreement_assert(rig.conf);
    rig_close(&rig);
}

Test(renderer_faults, endless_things)
{
    static const char *const what[] = {"allocate", "spin", "hang", "write-forever"};
    static struct rig rig;

    open_with_misbehaving_renderer(&rig, "timeout = \"1s\" max_memory = \"64M\"");
    for (size_t i = 0; i < sizeof what / sizeof *what; i++)
        misbehave(&rig, what[i], false);
    agreement_assert(rig.conf);
    rig_close(&rig);
}

Test(renderer_faults, sudden_ends_and_lies)
{
    static const char *const what[] = {"crash",          "leave",      "garbage-reply",
                                       "two-replies",    "oversized-reply", "too-long-reply",
                                       "wrong-type",     "wrong-cause"};
    static struct rig rig;

    open_with_misbehaving_renderer(&rig, "timeout = \"1s\"");
    for (size_t i = 0; i < sizeof what / sizeof *what; i++)
        misbehave(&rig, what[i], false);
    agreement_assert(rig.conf);
    rig_close(&rig);
}

/* A picture over which renderers die again and again is not tried for ever. */
Test(renderer_faults, deaths_are_counted)
{
    uint64_t deaths;
    static struct rig rig;

    open_with_misbehaving_renderer(&rig, "timeout = \"1s\"");
    add_picture(&rig, "crash");
    for (int size = 32; size <= 128; size += 16)
        cr_expect_eq(rig_get(&rig, "/s%d/o/ok/crash.jpg", size), 422);
    deaths = workers_counted(rig.state, COUNT_RENDERER_DEATHS);
    cr_expect(deaths >= 1 && deaths <= 4, "%d deaths", (int)deaths);
    cr_expect_eq(origin_count(rig.origin, "/ok/crash"), 1u);
    rig_close(&rig);
}

/* A renderer that cannot be started is our fault, not the picture's. */
Test(renderer_faults, no_renderer)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .renderer = "config.status"});
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/x.jpg"), 500, "%d", rig.answer.status);
    cr_expect(answer_says(&rig.answer, "Cache-Control", "no-store"));
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=renderer-unavailable"), "%s",
              answer_field(&rig.answer, "Cache-Status"));
    rig_close(&rig);
}

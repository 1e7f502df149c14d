/* SPDX-License-Identifier: MIT
 *
 * kill -9 of the worker that everybody waits for. The next request, and those that
 * wait already, get their picture in less than a second; nothing half-written is
 * served or stays.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/agreement.h"
#include "rig/background.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(kill_holder);

#define PROMISED_MS 1000

static void expect_whole_picture(const struct answer *answer)
{
    cr_expect_eq(answer->status, 200, "%d %s", answer->status, answer->body.data);
    cr_expect(answer_is_sound(answer));
}

/* And until it is dead: a web server may still reach the socket of one that is dying, and
 * that request would be the worker's, not the next. */
static void kill_worker(pid_t pid)
{
    cr_assert_eq(kill(pid, SIGKILL), 0);
    cr_assert(workers_await_death(pid, 5000));
}

/* A worker that starts sweeps what the dead one left. */
static void expect_nothing_left(struct rig *rig)
{
    cr_assert(workers_await(rig->state, rig->options.workers, 10000), "no new worker");
    agreement_assert(rig->conf);
}

static void kill_in_mid_fetch(enum rig_kind kind)
{
    struct background first;
    pid_t holder;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = kind, .fetch = "timeout = \"20s\""});
    background_start(&first, &rig, "/s64/o/stall-first/1/x.jpg");
    cr_assert(origin_await(rig.origin, "/stall-first/1/x", 1, 5000));
    holder = workers_await_state(rig.state, WORKER_FETCHING, 5000);
    cr_assert_gt(holder, 0);
    kill_worker(holder);

    cr_expect_eq(rig_get(&rig, "/s64/o/stall-first/1/x.jpg"), 200);
    cr_expect_lt(rig.answer.took_ms, PROMISED_MS, "%d ms", (int)rig.answer.took_ms);
    expect_whole_picture(&rig.answer);
    cr_expect_eq(origin_count(rig.origin, "/stall-first/1/x"), 2u);
    background_await(&first);
    /* Whose worker died gets an error of the web server; or the picture, where the server
     * has asked another worker. */
    cr_expect(first.answer.status >= 500 || first.answer.status == 0 ||
              (first.answer.status == 200 && answer_is_sound(&first.answer)),
              "%d", first.answer.status);
    expect_nothing_left(&rig);
    answer_free(&first.answer);
    rig_close(&rig);
}

Test(kill_holder, in_mid_fetch_behind_lighttpd)
{
    kill_in_mid_fetch(RIG_LIGHTTPD);
}

Test(kill_holder, in_mid_fetch_on_a_shared_socket)
{
    kill_in_mid_fetch(RIG_LIGHTTPD_SOCKET);
}

/* Those who wait already take over. */
Test(kill_holder, while_others_wait)
{
    struct background first, waiting[2];
    int64_t killed_ms;
    pid_t holder;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .fetch = "timeout = \"20s\""});
    background_start(&first, &rig, "/s64/o/stall-first/1/x.jpg");
    holder = workers_await_state(rig.state, WORKER_FETCHING, 5000);
    cr_assert_gt(holder, 0);
    background_start(&waiting[0], &rig, "/s64/o/stall-first/1/x.jpg");
    cr_assert_gt(workers_await_state(rig.state, WORKER_WAITING, 5000), 0);
    background_start(&waiting[1], &rig, "/s128/o/stall-first/1/x.jpg");
    clock_sleep_ms(100);
    cr_assert(origin_await(rig.origin, "/stall-first/1/x", 1, 5000));
    killed_ms = clock_boot_ms();
    kill_worker(holder);
    for (int i = 0; i < 2; i++)
        background_await(&waiting[i]);
    cr_expect_lt(clock_boot_ms() - killed_ms, PROMISED_MS);
    for (int i = 0; i < 2; i++) {
        expect_whole_picture(&waiting[i].answer);
        answer_free(&waiting[i].answer);
    }
    background_await(&first);
    answer_free(&first.answer);
    cr_expect_eq(origin_count(rig.origin, "/stall-first/1/x"), 2u);
    expect_nothing_left(&rig);
    rig_close(&rig);
}

/* Half of the file is on disk. */
Test(kill_holder, in_mid_write)
{
    char tmp[FILES_PATH_MAX];
    int64_t until_ms;
    struct background first;
    pid_t holder;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .fetch = "timeout = \"20s\""});
    files_path(tmp, "%s/tmp", rig.state);
    background_start(&first, &rig, "/s64/o/drip/500/x.jpg");
    until_ms = clock_boot_ms() + 5000;
    while (files_disk_bytes(tmp) == 0 && clock_boot_ms() < until_ms)
        clock_sleep_ms(5);
    cr_assert_eq(files_count(tmp), 1u);
    holder = workers_await_state(rig.state, WORKER_FETCHING, 5000);
    cr_assert_gt(holder, 0);
    kill_worker(holder);
    background_await(&first);
    cr_expect_neq(first.answer.status, 200);
    answer_free(&first.answer);

    /* Another picture in the meantime; this one would drip again. */
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/x.jpg"), 200);
    cr_expect_lt(rig.answer.took_ms, PROMISED_MS, "%d ms", (int)rig.answer.took_ms);
    expect_whole_picture(&rig.answer);
    expect_nothing_left(&rig);
    cr_expect_eq(files_count(tmp), 0u);
    rig_close(&rig);
}

/* The renderer goes, the worker stays and draws again. */
Test(kill_holder, renderer_of_a_worker)
{
    struct workers before, after;
    pid_t renderer;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/a.jpg"), 200);
    workers_find(rig.state, &before);
    cr_assert_eq(before.count, 1u);
    renderer = workers_renderer(before.pids[0]);
    cr_assert_gt(renderer, 0);
    cr_assert_eq(kill(renderer, SIGKILL), 0);
    cr_assert(workers_await_death(renderer, 5000));
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/b.jpg"), 200);
    cr_expect_lt(rig.answer.took_ms, PROMISED_MS);
    expect_whole_picture(&rig.answer);
    workers_find(rig.state, &after);
    cr_expect(workers_equal(&before, &after));
    /* A killed worker takes its renderer along. */
    renderer = workers_renderer(before.pids[0]);
    cr_assert_gt(renderer, 0);
    cr_assert_eq(kill(before.pids[0], SIGKILL), 0);
    cr_expect(workers_await_death(renderer, 5000), "the renderer outlives its worker");
    rig_close(&rig);
}

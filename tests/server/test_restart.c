/* SPDX-License-Identifier: MIT
 *
 * Graceful restarts under load: workers are told to leave one after the other, and
 * nobody notices.
 */
#include <signal.h>
#include <stdio.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/agreement.h"
#include "rig/rig.h"
#include "rig/visitors.h"
#include "rig/workers.h"

RIG_SUITE(restart);

#define WORKERS 3

static bool is_replaced(const struct rig *rig, const struct workers *before, size_t gone)
{
    struct workers now;

    workers_find(rig->state, &now);
    for (size_t i = 0; i < now.count; i++)
        for (size_t j = 0; j <= gone; j++)
            if (now.pids[i] == before->pids[j])
                return false; /* a new one has the slot, but has not put its pid there yet */
    return now.count == before->count;
}

/* Replaces every worker that is there, one by one. */
static void replace_all(struct rig *rig, int signal)
{
    struct workers before;

    workers_find(rig->state, &before);
    cr_assert_eq(before.count, (size_t)WORKERS);
    for (size_t i = 0; i < before.count; i++) {
        int64_t until_ms = clock_boot_ms() + 10000;

        cr_assert_eq(kill(before.pids[i], signal), 0);
        cr_assert(workers_await_death(before.pids[i], 5000), "the worker does not leave");
        while (!is_replaced(rig, &before, i) && clock_boot_ms() < until_ms)
            clock_sleep_ms(5);
        cr_assert(is_replaced(rig, &before, i), "it is not replaced");
    }
}

static void run(enum rig_kind kind, int signal)
{
    static struct visitors visitors;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = kind, .workers = WORKERS});
    visitors_start(&visitors, &rig);
    replace_all(&rig, signal);
    if (kind != RIG_LIGHTTPD) /* which takes seconds to replace one */
        replace_all(&rig, signal);
    visitors_stop(&visitors, 40);
    agreement_assert(rig.conf);
    rig_close(&rig);
}

Test(restart, sigterm_behind_lighttpd)
{
    run(RIG_LIGHTTPD, SIGTERM);
}

Test(restart, sigusr1_behind_lighttpd)
{
    run(RIG_LIGHTTPD, SIGUSR1);
}

Test(restart, sigterm_on_a_shared_socket)
{
    run(RIG_LIGHTTPD_SOCKET, SIGTERM);
}

Test(restart, sigusr1_on_a_shared_socket)
{
    run(RIG_LIGHTTPD_SOCKET, SIGUSR1);
}

Test(restart, sigterm_behind_nginx)
{
    run(RIG_NGINX, SIGTERM);
}

/* A request under way is finished, however long it takes. */
Test(restart, a_request_under_way_is_finished)
{
    static const int signals[] = {SIGTERM, SIGUSR1};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    for (unsigned i = 0; i < 2; i++) {
        struct visitor v;
        struct workers w;
        char target[64];

        cr_assert(workers_await(rig.state, 1, 10000));
        snprintf(target, sizeof target, "/s64/o/slow/600/%u.jpg", i);
        visitor_send(&v, &rig, target);
        cr_assert_gt(workers_await_state(rig.state, WORKER_FETCHING, 5000), 0);
        workers_find(rig.state, &w);
        cr_assert_eq(w.count, 1u);
        cr_assert_eq(kill(w.pids[0], signals[i]), 0);
        cr_expect(visitor_await(&v), "cut by signal %d", signals[i]);
        cr_expect(workers_await_death(w.pids[0], 5000));
    }
    rig_close(&rig);
}

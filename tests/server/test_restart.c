/* SPDX-License-Identifier: MIT
 *
 * Graceful restarts under load: workers are told to leave one after the other, and
 * nobody notices.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/agreement.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(restart);

#define CLIENTS 4
#define WORKERS 3

struct visitor {
    pthread_t thread;
    uint16_t port;
    unsigned number;
    atomic_bool *stop;
    unsigned asked, failed;
};

/* Hits, and now and then something that takes a while. */
static void *visit(void *context)
{
    struct visitor *v = context;
    struct client *client = client_new(v->port);
    struct answer answer = {0};

    for (unsigned n = 0; client && !atomic_load(v->stop); n++) {
        char target[128] = "/avatar_small/o/ok/photo.jpg";

        if (n % 8 == 0)
            snprintf(target, sizeof target, "/s128/o/slow/50/%u-%u.jpg", v->number, n);
        v->asked++;
        if (client_ask(client, "GET", target, NULL, &answer) == 200 && answer_is_sound(&answer))
            continue;
        v->failed++;
        fprintf(stderr, "%s: %d %s %s\n", target, answer.status,
                answer.error ? answer.error : "", answer.head.data ? answer.head.data : "");
    }
    answer_free(&answer);
    client_free(&client);
    return NULL;
}

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
    static struct visitor visitors[CLIENTS];
    unsigned asked = 0, failed = 0;
    static atomic_bool stop;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = kind, .workers = WORKERS});
    for (unsigned i = 0; i < CLIENTS; i++) {
        visitors[i] = (struct visitor){.port = rig.port, .number = i, .stop = &stop};
        cr_assert_eq(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
    }
    replace_all(&rig, signal);
    if (kind != RIG_LIGHTTPD) /* which takes seconds to replace one */
        replace_all(&rig, signal);
    atomic_store(&stop, true);
    for (unsigned i = 0; i < CLIENTS; i++) {
        cr_assert_eq(pthread_join(visitors[i].thread, NULL), 0);
        asked += visitors[i].asked;
        failed += visitors[i].failed;
    }
    cr_expect_eq(failed, 0u, "%u of %u requests were lost or cut", failed, asked);
    cr_expect_gt(asked, 10 * CLIENTS, "%u", asked);
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

static void *ask_once(void *context)
{
    struct visitor *v = context;
    struct client *client = client_new(v->port);
    struct answer answer = {0};
    char target[64];

    snprintf(target, sizeof target, "/s64/o/slow/600/%u.jpg", v->number);
    v->failed = !client || client_ask(client, "GET", target, NULL, &answer) != 200 ||
                !answer_is_sound(&answer);
    answer_free(&answer);
    client_free(&client);
    return NULL;
}

/* A request under way is finished, however long it takes. */
Test(restart, a_request_under_way_is_finished)
{
    static const int signals[] = {SIGTERM, SIGUSR1};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    for (unsigned i = 0; i < 2; i++) {
        struct visitor v = {.port = rig.port, .number = i};
        struct workers w;

        cr_assert(workers_await(rig.state, 1, 10000));
        cr_assert_eq(pthread_create(&v.thread, NULL, ask_once, &v), 0);
        cr_assert_gt(workers_await_state(rig.state, WORKER_FETCHING, 5000), 0);
        workers_find(rig.state, &w);
        cr_assert_eq(w.count, 1u);
        cr_assert_eq(kill(w.pids[0], signals[i]), 0);
        cr_assert_eq(pthread_join(v.thread, NULL), 0);
        cr_expect_eq(v.failed, 0u, "cut by signal %d", signals[i]);
        cr_expect(workers_await_death(w.pids[0], 5000));
    }
    rig_close(&rig);
}

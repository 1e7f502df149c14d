/* SPDX-License-Identifier: MIT */
#include "rig/visitors.h"

#include <stdio.h>

#include <criterion/criterion.h>

/* Asserts nothing: see client.h. */
static void ask(struct visitor *v, struct client *client, const char *target,
                struct answer *answer)
{
    char whole[128];

    snprintf(whole, sizeof whole, "%s%s", v->rig->prefix, target);
    v->asked++;
    if (client && client_ask(client, "GET", whole, NULL, answer) == 200 &&
        answer_is_sound(answer))
        return;
    v->failed++;
    fprintf(stderr, "%s: %d %s %s\n", whole, answer->status, answer->error ? answer->error : "",
            answer->head.data ? answer->head.data : "");
}

static void *ask_all_the_while(void *context)
{
    struct visitor *v = context;
    struct client *client = client_new(v->rig->port);
    struct answer answer = {0};

    for (unsigned n = 0; client && !atomic_load(v->stop); n++) {
        char slow[64];

        snprintf(slow, sizeof slow, "/s128/o/slow/50/%u-%u.jpg", v->number, n);
        ask(v, client, n % 8 == 0 ? slow : "/avatar_small/o/ok/photo.jpg", &answer);
    }
    answer_free(&answer);
    client_free(&client);
    return NULL;
}

static void *ask_once(void *context)
{
    struct visitor *v = context;
    struct client *client = client_new(v->rig->port);
    struct answer answer = {0};

    ask(v, client, v->target, &answer);
    answer_free(&answer);
    client_free(&client);
    return NULL;
}

void visitors_start(struct visitors *v, const struct rig *rig)
{
    atomic_store(&v->stop, false);
    for (unsigned i = 0; i < VISITORS; i++) {
        v->each[i] = (struct visitor){.rig = rig, .number = i, .stop = &v->stop};
        cr_assert_eq(pthread_create(&v->each[i].thread, NULL, ask_all_the_while, &v->each[i]), 0);
    }
}

void visitors_stop(struct visitors *v, unsigned least)
{
    unsigned asked = 0, failed = 0;

    atomic_store(&v->stop, true);
    for (unsigned i = 0; i < VISITORS; i++) {
        cr_assert_eq(pthread_join(v->each[i].thread, NULL), 0);
        asked += v->each[i].asked;
        failed += v->each[i].failed;
    }
    cr_expect_eq(failed, 0u, "%u of %u requests were lost or cut", failed, asked);
    cr_expect_gt(asked, least, "%u", asked);
}

void visitor_send(struct visitor *v, const struct rig *rig, const char *target)
{
    *v = (struct visitor){.rig = rig, .target = target};
    cr_assert_eq(pthread_create(&v->thread, NULL, ask_once, v), 0);
}

bool visitor_await(struct visitor *v)
{
    cr_assert_eq(pthread_join(v->thread, NULL), 0);
    return v->failed == 0;
}

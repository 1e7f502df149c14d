/* SPDX-License-Identifier: MIT
 *
 * Many clients, one picture that nobody has yet: one of the workers fetches it, all
 * clients get it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "rig/agreement.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(one_download);

#define CLIENTS 200
#define WORKERS 8

/* All answers have this status and the first one's body. */
static void expect_all_equal(const struct answer *answers, int status)
{
    unsigned other_status = 0, other_body = 0;

    for (size_t i = 0; i < CLIENTS; i++) {
        if (answers[i].status != status) {
            other_status++;
            fprintf(stderr, "client %zu: %d %s\n", i, answers[i].status,
                    answers[i].error ? answers[i].error : answers[i].head.data);
        }
        other_body += answers[i].body.length != answers[0].body.length ||
                      memcmp(answers[i].body.data, answers[0].body.data,
                             answers[0].body.length) != 0;
    }
    cr_expect_eq(other_status, 0u, "%u answers other than %d", other_status, status);
    cr_expect_eq(other_body, 0u, "%u other bodies", other_body);
}

static void ask_all(struct rig *rig, const char *const *targets, struct answer *answers)
{
    cr_assert_eq(client_get_all(rig->port, targets, CLIENTS, answers), (size_t)CLIENTS);
}

static void free_all(struct answer *answers)
{
    for (size_t i = 0; i < CLIENTS; i++)
        answer_free(&answers[i]);
}

static void run(enum rig_kind kind)
{
    static struct answer answers[CLIENTS];
    const char *targets[CLIENTS];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = kind, .workers = WORKERS});
    for (size_t i = 0; i < CLIENTS; i++)
        targets[i] = "/s128/o/slow/300/cold.jpg";
    ask_all(&rig, targets, answers);
    expect_all_equal(answers, 200);
    cr_expect(answer_is_sound(&answers[0]));
    cr_expect_eq(origin_count(rig.origin, "/slow/300/cold"), 1u);
    cr_expect_eq(origin_total(rig.origin), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_FETCHES), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_RENDERS), 1u);
    agreement_assert(rig.conf);
    free_all(answers);
    rig_close(&rig);
}

Test(one_download, lighttpd)
{
    run(RIG_LIGHTTPD);
}

Test(one_download, shared_socket)
{
    run(RIG_LIGHTTPD_SOCKET);
}

/* Other sizes and formats wait for the same fetch, and each is drawn once. */
Test(one_download, of_many_variants)
{
    static struct answer answers[CLIENTS];
    static const char *const variants[] = {
        "/s32/o/slow/300/cold.jpg",  "/s64/o/slow/300/cold.jpg", "/s64/o/slow/300/cold.png",
        "/s64/o/slow/300/cold.webp", "/s128/o/slow/300/cold",
    };
    const size_t count = sizeof variants / sizeof *variants;
    const char *targets[CLIENTS];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = WORKERS});
    for (size_t i = 0; i < CLIENTS; i++)
        targets[i] = variants[i % count];
    ask_all(&rig, targets, answers);
    for (size_t i = 0; i < CLIENTS; i++) {
        cr_expect_eq(answers[i].status, 200, "%s: %d", targets[i], answers[i].status);
        cr_expect(answers[i].body.length == answers[i % count].body.length &&
                  memcmp(answers[i].body.data, answers[i % count].body.data,
                         answers[i].body.length) == 0);
    }
    cr_expect_eq(origin_total(rig.origin), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_RENDERS), (uint64_t)count);
    free_all(answers);
    rig_close(&rig);
}

/* A failure is shared like a picture. */
Test(one_download, that_fails)
{
    static struct answer answers[CLIENTS];
    const char *targets[CLIENTS];
    static struct rig rig;

    /* With a limit, the last workers would not wait for an origin that stalls. */
    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD, .workers = WORKERS, .top = "busy_limit = 512"});
    for (size_t i = 0; i < CLIENTS; i++)
        targets[i] = "/s128/o/stall-mid/cold.jpg"; /* until the fetch times out */
    ask_all(&rig, targets, answers);
    expect_all_equal(answers, 504);
    cr_expect_eq(origin_total(rig.origin), 1u);
    free_all(answers);
    rig_close(&rig);
}

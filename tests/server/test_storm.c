/* SPDX-License-Identifier: MIT
 *
 * A minute of everything at once, while workers, renderers and keepers are killed twice a
 * second, pictures expire and are purged: what is answered with 200 is right, always, and most
 * is; afterwards index and files agree, and the pictures are there.
 * VISAGE_STORM_SECONDS sets another length.
 *
 * What is right is known from a quiet installation, which is asked for all of it first.
 */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/agreement.h"
#include "rig/random.h"
#include "rig/rig.h"
#include "rig/workers.h"

TestSuite(storm, .fini = rig_clean_up, .timeout = 1200);

#define SECONDS 60
#define KEEPERS_LEAVE_MS 10000
#define CLIENTS 4
#define WORKERS 5
#define PICTURES 250
#define KILL_MS 500
#define TARGET_MAX 96
#define EXPIRING 24
#define TOKEN "s3same-open"

struct wanted {
    char target[TARGET_MAX];
    int status; /* in quiet times */
    char digest[65];
};

static struct wanted wanted[PICTURES + EXPIRING + 64];
static size_t wanted_count;

struct visitor {
    pthread_t thread;
    uint16_t port;
    uint64_t state; /* of its random numbers */
    atomic_bool *stop;
    unsigned right, unmodified, parts, stale, errors, lost, wrong, purged, unpurged;
};

static atomic_bool stop;

static void add_wanted(const char *target)
{
    cr_assert_lt(wanted_count, sizeof wanted / sizeof *wanted);
    snprintf(wanted[wanted_count++].target, TARGET_MAX, "%s", target);
}

static void list_targets(void)
{
    static const char *const presets[] = {"s32", "s64", "s128", "avatar_small", "thumb@2x"};
    static const char *const formats[] = {".jpg", ".png", ".webp", ""};
    static const char *const others[] = {
        "/s64/o/ok/alpha",        "/s64/o/ok/alpha.webp",  "/s128/o/ok/logo.png",
        "/s64/o/status/404/x",    "/s64/o/html/x.jpg",     "/s64/o/status/500/x.jpg",
        "/s64/o/truncated/x.jpg", "/s64/o/reset/x.jpg",    "/s64/o/gzip/x.jpg",
        "/s64/o/bad%20id",        "/nothing/o/x",          "/s64/nobody/x",
        "/s64/o/..%2f..%2fx",     "/s0/o/ok/x",            "/s64/o/redirect-loop/x.jpg",
        "/s64/o/redirect/2/x",    "/s64/o/unframed/x.jpg", "/s64/o/etag/x.png",
    };

    for (unsigned i = 0; i < PICTURES; i++) {
        char target[TARGET_MAX];

        snprintf(target, sizeof target, "/%s/o/unique/%u/x%s", presets[i % 5], i / 3,
                 formats[i / 5 % 4]);
        add_wanted(target);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        add_wanted(others[i]);
    for (unsigned i = 0; i < EXPIRING; i++) {
        char target[TARGET_MAX];

        snprintf(target, sizeof target, "/%s/brief/%s/%u/y%s", presets[i % 2],
                 i % 3 ? "unique" : "etag", i / 4, formats[i / 2 % 2]);
        add_wanted(target);
    }
}

static void learn(const struct rig_options *options)
{
    static struct rig quiet;
    unsigned pictures = 0;

    rig_open(&quiet, options);
    for (size_t i = 0; i < wanted_count; i++) {
        wanted[i].status = rig_ask(&quiet, "GET", wanted[i].target, NULL);
        if (wanted[i].status == 200) {
            cr_assert(answer_is_sound(&quiet.answer), "%s", wanted[i].target);
            answer_digest(&quiet.answer, wanted[i].digest);
            pictures++;
        }
    }
    cr_assert_geq(pictures, PICTURES);
    rig_close(&quiet);
}

/* ---- the clients ---- */

static void judge(struct visitor *v, const struct wanted *w, const struct answer *answer,
                  bool get)
{
    char digest[65];

    switch (answer->status) {
    case 0:
        v->lost++; /* its worker was killed: the server may cut the connection */
        return;
    case 200:
        if (!get)
            return;
        answer_digest(answer, digest);
        v->stale += answer_says(answer, "Cache-Status", "detail=stale");
        if (answer_is_sound(answer) && strcmp(digest, w->digest) == 0) {
            v->right++;
            return;
        }
        v->wrong++;
        fprintf(stderr, "wrong: %s, %zu bytes, ETag %s\n", w->target, answer->body.length,
                answer_field(answer, "ETag"));
        return;
    case 206:
        v->parts++;
        return;
    case 304:
        v->unmodified++;
        return;
    default:
        /* What is an error in quiet times is one now; the others come of the killing. */
        if (answer->status != w->status)
            v->errors++;
    }
}

/* A picture, a source, and now and then all. */
static void purge(struct visitor *v, struct client *client, struct answer *answer)
{
    static const char *const fields[] = {"Authorization: Bearer " TOKEN, NULL};
    uint64_t random = random_next(&v->state);
    char form[TARGET_MAX];

    if (random % 32 == 0)
        snprintf(form, sizeof form, "all=1");
    else if (random % 8 == 0)
        snprintf(form, sizeof form, "source=brief");
    else
        snprintf(form, sizeof form, "subject=o/unique/%u/x",
                 (unsigned)(random / 32 % (PICTURES / 3)));
    client_send(client, "POST", "/_visage/purge", fields, form, strlen(form), answer);
    if (answer->status == 200)
        v->purged++;
    else
        v->unpurged++;
}

static void *visit(void *context)
{
    struct visitor *v = context;
    struct client *client = client_new(v->port);
    struct answer answer = {0};

    while (client && !atomic_load(v->stop)) {
        const struct wanted *w = &wanted[random_next(&v->state) % wanted_count];
        char field[128] = "Range: bytes=5-9";
        const char *fields[] = {field, NULL};
        const char *method = "GET";
        bool whole = true;

        if (random_next(&v->state) % 64 == 0)
            purge(v, client, &answer);
        switch (random_next(&v->state) % 16) {
        case 0:
            method = "HEAD";
            whole = false;
            fields[0] = NULL;
            break;
        case 1:
            break;
        case 2:
            snprintf(field, sizeof field, "If-None-Match: \"%.32s\"", w->digest);
            break;
        default:
            fields[0] = NULL;
        }
        client_ask(client, method, w->target, fields, &answer);
        judge(v, w, &answer, whole);
    }
    answer_free(&answer);
    client_free(&client);
    return NULL;
}

/* ---- the killing ---- */

static unsigned kill_for(struct rig *rig, int64_t seconds)
{
    int64_t until_ms = clock_boot_ms() + seconds * 1000;
    uint64_t state = (uint64_t)clock_wall_ms() | 1;
    unsigned killed = 0;

    while (clock_boot_ms() < until_ms) {
        bool keeper = random_next(&state) % 4 == 0;
        struct workers w;
        pid_t pid;

        clock_sleep_ms(KILL_MS);
        if (keeper)
            workers_find_keepers(rig->state, &w);
        else
            workers_find(rig->state, &w);
        if (w.count == 0)
            continue;
        pid = w.pids[random_next(&state) % w.count];
        if (!keeper && random_next(&state) % 3 == 0)
            pid = workers_renderer(pid);
        if (pid > 0 && kill(pid, SIGKILL) == 0)
            killed++;
    }
    return killed;
}

static int64_t storm_seconds(void)
{
    const char *text = getenv("VISAGE_STORM_SECONDS");
    int64_t seconds = text ? strtoll(text, NULL, 10) : SECONDS;

    return seconds > 0 ? seconds : SECONDS;
}

static void blow(struct rig *rig)
{
    static struct visitor visitors[CLIENTS];
    struct visitor sum = {0};
    unsigned killed;

    for (unsigned i = 0; i < CLIENTS; i++) {
        visitors[i] = (struct visitor){
            .port = rig->port, .state = 88172645463325252u + i, .stop = &stop};
        cr_assert_eq(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
    }
    killed = kill_for(rig, storm_seconds());
    atomic_store(&stop, true);
    for (unsigned i = 0; i < CLIENTS; i++) {
        cr_assert_eq(pthread_join(visitors[i].thread, NULL), 0);
        sum.right += visitors[i].right;
        sum.unmodified += visitors[i].unmodified;
        sum.parts += visitors[i].parts;
        sum.stale += visitors[i].stale;
        sum.purged += visitors[i].purged;
        sum.unpurged += visitors[i].unpurged;
        sum.errors += visitors[i].errors;
        sum.lost += visitors[i].lost;
        sum.wrong += visitors[i].wrong;
    }
    printf("%u killed; %u right, %u of them stale, %u not modified, %u parts, %u errors, %u lost, "
           "%u wrong; %u purges, %u failed\n", killed, sum.right, sum.stale, sum.unmodified,
           sum.parts, sum.errors, sum.lost, sum.wrong, sum.purged, sum.unpurged);
    cr_expect_eq(sum.wrong, 0u, "%u wrong bodies", sum.wrong);
    cr_expect_gt(sum.right, 10 * (unsigned)storm_seconds(), "only %u right ones", sum.right);
    cr_expect_gt(killed, (unsigned)storm_seconds(), "%u killed", killed);
    cr_expect_gt(sum.stale, 0u);
    cr_expect_gt(sum.purged, 5 * sum.unpurged, "%u purges, %u failed", sum.purged, sum.unpurged);
    /* A kill costs the request in the worker's hands and, while the failure is remembered, the
     * next for the same picture; some more were on their way to a worker that has gone. */
    cr_expect_geq(sum.right, 10 * (sum.errors + sum.lost), "%u right, %u errors, %u lost",
                  sum.right, sum.errors, sum.lost);
}

/* A failure in a worker's last moments may still be remembered, of few pictures; the others are
 * there at once. */
static void check_pictures(struct rig *rig)
{
    unsigned pictures = 0, answered = 0;

    for (size_t i = 0; i < wanted_count; i++) {
        char digest[65];
        int status;

        if (wanted[i].status != 200)
            continue;
        pictures++;
        status = rig_ask(rig, "GET", wanted[i].target, NULL);
        if (status != 200) {
            fprintf(stderr, "after the storm: %s: %d, %s\n", wanted[i].target, status,
                    answer_field(&rig->answer, "Cache-Status"));
            continue;
        }
        answered++;
        answer_digest(&rig->answer, digest);
        cr_expect_str_eq(digest, wanted[i].digest, "%s", wanted[i].target);
    }
    printf("%u of %u pictures after the storm\n", answered, pictures);
    cr_expect_geq(answered * 10, pictures * 9, "only %u of %u pictures", answered, pictures);
}

Test(storm, kill_workers_renderers_and_keepers)
{
    /* Small enough to evict. */
    const struct rig_options options = {
        .kind = RIG_LIGHTTPD_SOCKET, .workers = WORKERS, .top = "cache_size = \"4M\"",
        .source = "ttl = \"3s\"", .secret = TOKEN,
        .more = "source brief { url = \"@ORIGIN@/{id}\" ttl = \"1s\"\n"
                "    allow_addresses = {\"127.0.0.0/8\"} }\n"
                "admin { token_file = \"@DIR@/secret\" }\n"};
    static struct rig rig;

    list_targets();
    learn(&options);
    rig_open(&rig, &options);
    blow(&rig);

    /* Fresh workers put right what the dead ones left. */
    rig_stop(&rig);
    rig_start(&rig);
    agreement_assert(rig.conf);
    check_pictures(&rig);
    /* What was expired is being refreshed. */
    workers_stop_keepers(rig.state, KEEPERS_LEAVE_MS);
    agreement_assert(rig.conf);
    rig_close(&rig);
}

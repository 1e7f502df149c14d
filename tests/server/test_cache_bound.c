/* SPDX-License-Identifier: MIT
 *
 * cache_size is a promise: at no moment do the pictures on disk take more, but for one
 * that each worker may be writing.
 */
#include <stdatomic.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "cache/index.h"
#include "rig/agreement.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(cache_bound);

#define LIMIT (1u << 20)
#define CLIENTS 4
#define PICTURES 400

struct visitor {
    pthread_t thread;
    uint16_t port;
    atomic_uint *next;
    unsigned failed;
};

static void *visit(void *context)
{
    struct visitor *v = context;
    struct client *client = client_new(v->port);
    struct answer answer = {0};
    unsigned n;

    while (client && (n = atomic_fetch_add(v->next, 1)) < PICTURES) {
        char target[128];

        snprintf(target, sizeof target, "/s%d/o/unique/%u/x.%s", n % 3 ? 128 : 360, n,
                 n % 2 ? "png" : "jpg");
        if (client_ask(client, "GET", target, NULL, &answer) != 200 || !answer_is_sound(&answer)) {
            fprintf(stderr, "%s: %d %s\n", target, answer.status,
                    answer.error ? answer.error : "");
            v->failed++;
        }
    }
    answer_free(&answer);
    client_free(&client);
    return NULL;
}

/* The number in a line of `visage stats`. */
static uint64_t stated(const struct buffer *stats, const char *name)
{
    const char *line = strstr(stats->data, name);
    uint64_t value = UINT64_MAX;

    if (!line || sscanf(line + strlen(name), "%" SCNu64, &value) != 1)
        cr_assert_fail("no %s in\n%s", name, stats->data);
    return value;
}

Test(cache_bound, holds_at_every_moment)
{
    static struct visitor visitors[CLIENTS];
    unsigned long long most = 0, largest;
    char blobs[FILES_PATH_MAX];
    struct agreement agreed;
    struct buffer stats = {0};
    static atomic_uint next;
    static struct rig rig;
    unsigned failed = 0;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .top = "cache_size = \"1M\""});
    files_path(blobs, "%s/blobs", rig.state);
    /* What one blob can be: the largest of those asked for, the PNG, and the original. */
    cr_assert_eq(rig_get(&rig, "/s360/o/unique/100000/x.png"), 200);
    largest = rig.answer.body.length + 4096;
    cr_assert_lt(largest, LIMIT / 4, "%llu", largest);
    for (unsigned i = 0; i < CLIENTS; i++) {
        visitors[i] = (struct visitor){.port = rig.port, .next = &next};
        cr_assert_eq(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
    }
    while (atomic_load(&next) < PICTURES) {
        unsigned long long now = files_disk_bytes(blobs);

        most = now > most ? now : most;
        clock_sleep_ms(5);
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        cr_assert_eq(pthread_join(visitors[i].thread, NULL), 0);
        failed += visitors[i].failed;
    }
    cr_expect_eq(failed, 0u);
    cr_expect_leq(most, LIMIT + RIG_WORKERS * largest, "%llu bytes of %u", most, LIMIT);
    cr_expect_gt(most, LIMIT / 2, "the cache was never filled: %llu", most);
    cr_expect_gt(workers_counted(rig.state, COUNT_EVICTIONS), 100u);
    /* It goes on to the low water mark while we look. */
    workers_stop_keepers(rig.state, 5000);
    agreement_assert(rig.conf);
    agreement_look(rig.conf, &agreed);
    cr_expect_leq(files_disk_bytes(blobs), LIMIT);

    cr_assert_eq(rig_visage(&rig, "stats", &stats), 0);
    cr_expect_eq(stated(&stats, "cache-limit"), LIMIT);
    cr_expect_eq(stated(&stats, "cache-bytes"),
                 files_disk_bytes(blobs) + agreed.entries * INDEX_ENTRY_COST);
    cr_expect_eq(stated(&stats, "\nblobs"), files_count(blobs));
    buffer_free(&stats);
    rig_close(&rig);
}

/* One blob may not push everything else out: it goes out uncached. */
Test(cache_bound, large_pictures_are_not_kept)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .top = "cache_size = \"1M\""});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/small.jpg"), 200);
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(rig_get(&rig, "/avatar@3x/o/ok/small.png"), 200);
        cr_assert_gt(rig.answer.body.length, LIMIT / 4, "%zu", rig.answer.body.length);
        cr_expect(answer_is_sound(&rig.answer));
        cr_expect_not(answer_says(&rig.answer, "Cache-Status", "stored"));
        cr_expect_not(answer_says(&rig.answer, "Cache-Status", "; hit"));
    }
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/small.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    agreement_assert(rig.conf);
    rig_close(&rig);
}

/* A smaller limit in the configuration holds from the next insertion on. */
Test(cache_bound, a_lower_limit_is_reached)
{
    static struct rig rig;
    char blobs[FILES_PATH_MAX];
    struct buffer conf = {0};
    char *at;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .top = "cache_size = \"8M\""});
    for (unsigned i = 0; i < 60; i++)
        cr_assert_eq(rig_get(&rig, "/s128/o/unique/%u/x.png", i), 200);
    files_path(blobs, "%s/blobs", rig.state);
    cr_assert_gt(files_disk_bytes(blobs), LIMIT);
    cr_assert(files_read(rig.conf, &conf));
    at = strstr(conf.data, "\"8M\"");
    cr_assert_not_null(at);
    at[1] = '1';
    rig_stop(&rig);
    files_write(rig.conf, conf.data, 0644);
    rig_start(&rig);
    cr_assert_eq(rig_get(&rig, "/s128/o/unique/1000/x.png"), 200);
    cr_expect_leq(files_disk_bytes(blobs), LIMIT);
    agreement_assert(rig.conf);
    buffer_free(&conf);
    rig_close(&rig);
}

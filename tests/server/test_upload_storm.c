/* SPDX-License-Identifier: MIT
 *
 * Uploads through a web server while workers, their renderers and keepers are killed all the time,
 * and once the web server itself: what was acknowledged is there, byte for byte, what was deleted
 * is not; who asks gets the current picture, and of others nothing is left.
 */
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/random.h"
#include "rig/workers.h"
#include "upload_writers.h"

#define DEADLINE_S 1500 /* for what takes half a minute where nothing else runs */

TestSuite(upload_storm, .fini = rig_clean_up, .timeout = DEADLINE_S + 300);

/* What has to have happened. */
#ifdef VISAGE_SANITIZERS
#define UPLOADS 300u
#define DELETED 10u
#define INTERRUPTED 3u
#define WORKERS_KILLED 10u
#define RENDERERS_KILLED 3u
#define KEEPERS_KILLED 1u
#define KILL_MS 300
#else
#define UPLOADS 2000u /* acknowledged */
#define DELETED 100u
#define INTERRUPTED 20u /* requests over which somebody was killed */
#define WORKERS_KILLED 80u
#define RENDERERS_KILLED 20u
#define KEEPERS_KILLED 5u
#define KILL_MS 120 /* on average */
#endif
#define KILL_UPLOADS 8 /* on average, between two: else a slow machine would only start workers */
#define WORKERS 5

static struct rig rig;

/* ---- the killing ---- */

/* One that is at something, rather. */
static pid_t choose_worker(uint64_t *random)
{
    struct workers w;

    workers_find(rig.state, &w);
    for (size_t i = 0; i < w.count; i++)
        if (w.states[i] > WORKER_IDLE && random_next(random) % 2 == 0)
            return w.pids[i];
    return w.count ? w.pids[random_next(random) % w.count] : 0;
}

static pid_t choose_keeper(void)
{
    struct workers w;

    workers_find_keepers(rig.state, &w);
    return w.count ? w.pids[0] : 0;
}

static void kill_server(void)
{
    cr_assert_eq(kill(rig.server.pid, SIGKILL), 0);
    rig_stop(&rig);
    rig_start(&rig);
    writers_follow(&rig);
}

/* For a random time, and until some uploads were acknowledged. */
static void pause_killing(uint64_t *random, int64_t until_ms)
{
    unsigned from = writers_acknowledged();
    unsigned more = (unsigned)(random_next(random) % (2 * KILL_UPLOADS));

    clock_sleep_ms((int64_t)(random_next(random) % (2 * KILL_MS)));
    while (writers_acknowledged() - from < more && writers_are_running() &&
           clock_boot_ms() < until_ms)
        clock_sleep_ms(1);
}

struct killed {
    unsigned workers, renderers, keepers, servers;
};

static bool is_enough(const struct killed *killed)
{
    return writers_acknowledged() >= UPLOADS && writers_deleted() >= DELETED &&
           writers_interrupted() >= INTERRUPTED && killed->workers >= WORKERS_KILLED &&
           killed->renderers >= RENDERERS_KILLED && killed->keepers >= KEEPERS_KILLED &&
           killed->servers > 0;
}

/* Until each of them has been killed as often as is wanted, however long that takes. */
static struct killed kill_on(void)
{
    int64_t until_ms = clock_boot_ms() + INT64_C(1000) * DEADLINE_S;
    uint64_t random = (uint64_t)clock_wall_ms() | 1;
    struct killed killed = {0};

    for (unsigned whom = 0; !is_enough(&killed); whom = (whom + 1) % 8) {
        pid_t pid;

        if (!writers_are_running() || clock_boot_ms() >= until_ms)
            break;
        pause_killing(&random, until_ms);
        if (killed.servers == 0 && writers_acknowledged() > UPLOADS / 2) {
            kill_server();
            killed.servers++;
        }
        pid = whom == 0 ? choose_keeper() : choose_worker(&random);
        if (pid && (whom == 1 || whom == 2))
            pid = workers_renderer(pid);
        if (pid <= 0 || kill(pid, SIGKILL) != 0)
            continue;
        killed.keepers += whom == 0;
        killed.renderers += whom == 1 || whom == 2;
        killed.workers += whom > 2;
    }
    return killed;
}

/* ---- afterwards ---- */

static void check_answers(struct writer *w)
{
    for (unsigned i = 0; i < w->count; i++)
        if (i < WRITERS_OFTEN || i % 4 == 0)
            cr_expect(writers_sees(w, i), "users/%u-%u: %d, not %u", w->index, i, w->answer.status,
                      w->subjects[i].number);
}

static const struct writers_subject *subject_of(unsigned writer, unsigned number)
{
    return writer < WRITERS && number < writers[writer].count ? &writers[writer].subjects[number]
                                                              : NULL;
}

static int check_published(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    static struct writers_content content;
    const char *at = strstr(path, "/v/");
    const struct writers_subject *s = NULL;
    char version[UPLOADS_VERSION_SIZE];
    unsigned writer, number;

    (void)st;
    if (type != FTW_F || path[ftw->base] == '.')
        return 0;
    if (at && sscanf(at, "/v/%16[0-9a-f]/thumb/users/%u-%u.jpg", version, &writer, &number) == 3)
        s = subject_of(writer, number);
    cr_expect(s && s->number && writers_make_content(s->number, &content) &&
              strcmp(content.version, version) == 0, "published: %s", path);
    return 0;
}

static void check_bytes(struct store *store, const struct store_picture *picture, unsigned number,
                        const char *subject)
{
    static struct writers_content content;
    static unsigned char bytes[WRITERS_BYTES_MAX];
    int fd = store_open_blob(store, &picture->digest);
    ssize_t n;

    cr_assert(fd >= 0, "%s: %s", subject, strerror(-fd));
    n = read(fd, bytes, sizeof bytes);
    close(fd);
    cr_assert(writers_make_content(number, &content));
    cr_expect(n == (ssize_t)content.length && memcmp(bytes, content.bytes, content.length) == 0,
              "%s: not picture %u", subject, number);
}

static void check_subject(struct store *store, const struct writer *w, unsigned i)
{
    unsigned number = w->subjects[i].number;
    struct store_picture picture;
    char subject[WRITERS_TARGET_MAX];
    int rc;

    snprintf(subject, sizeof subject, "users/%u-%u", w->index, i);
    rc = store_find(store, subject, &picture);
    cr_expect_eq(rc, number ? 0 : -ENOENT, "%s: %d", subject, rc);
    if (rc == 0 && number)
        check_bytes(store, &picture, number, subject);
}

static int by_number(const void *a, const void *b)
{
    unsigned first = *(const unsigned *)a, second = *(const unsigned *)b;

    return (first > second) - (first < second);
}

/* How many pictures there should be, some of them everybody's. */
static unsigned count_pictures(void)
{
    static unsigned numbers[WRITERS * WRITERS_SUBJECTS];
    unsigned count = 0, different = 0;

    for (unsigned c = 0; c < WRITERS; c++)
        for (unsigned i = 0; i < writers[c].count; i++)
            if (writers[c].subjects[i].number)
                numbers[count++] = writers[c].subjects[i].number;
    qsort(numbers, count, sizeof *numbers, by_number);
    for (unsigned i = 0; i < count; i++)
        different += i == 0 || numbers[i] != numbers[i - 1];
    return different;
}

static void check_store(void)
{
    char path[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store_stats stats;
    struct store *store;

    files_path(path, "%s/store", rig.state);
    cr_assert_eq(store_open(path, &store, error), 0, "%s", error);
    for (unsigned c = 0; c < WRITERS; c++)
        for (unsigned i = 0; i < writers[c].count; i++)
            check_subject(store, &writers[c], i);
    cr_assert_geq(store_sweep(store), 0);
    cr_assert_eq(store_stats(store, &stats), 0);
    store_close(&store);
    cr_expect_eq(stats.blobs, count_pictures());
    cr_expect_eq(uploads_files(&rig, "blobs"), count_pictures());
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
}

static void check_cache(void)
{
    struct buffer said = {0};

    cr_expect_eq(rig_visage(&rig, "verify", &said), 0, "%s", said.data);
    buffer_free(&said);
}

/* ---- all of it ---- */

static void rage(void)
{
    struct killed killed;
    struct writer sum = {0};

    writers_start(&rig);
    killed = kill_on();
    writers_stop();
    for (unsigned i = 0; i < WRITERS; i++) {
        sum.deleted += writers[i].deleted;
        sum.seen += writers[i].seen;
        sum.failed += writers[i].failed;
        sum.lost += writers[i].lost;
        sum.wrong += writers[i].wrong;
    }
    printf("%u workers, %u renderers, %u keepers, %u servers killed; %u uploads and %u deletions "
           "acknowledged, %u looked at, %u failed, %u lost, %u wrong\n", killed.workers,
           killed.renderers, killed.keepers, killed.servers, writers_acknowledged(),
           sum.deleted, sum.seen, sum.failed, sum.lost, sum.wrong);
    cr_expect_eq(sum.wrong, 0u);
    cr_expect(is_enough(&killed), "that is less than was wanted");
}

Test(upload_storm, what_was_acknowledged_is_there_whoever_is_killed)
{
    char published[FILES_PATH_MAX];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = WORKERS,
                                         .top = "publish_root = \"@STATE@/published\"",
                                         .more = WRITERS_CONF,
                                         .secret = WRITERS_KEY "\n"});
    writers_learn(&rig);
    rage();

    /* Fresh workers put right what the dead ones left. */
    rig_stop(&rig);
    rig_start(&rig);
    writers_follow(&rig);
    for (unsigned i = 0; i < WRITERS; i++)
        check_answers(&writers[i]);
    files_path(published, "%s/published", rig.state);
    cr_assert_eq(nftw(published, check_published, 16, FTW_PHYS), 0);
    rig_stop(&rig);
    check_cache();
    check_store();
    writers_free();
    rig_close(&rig);
}

/* SPDX-License-Identifier: MIT */
#include "upload_writers.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/digest.h"
#include "origin/pictures.h"
#include "rig/random.h"

#define BASES 32u /* pictures to look at; what is behind their end makes more of each */
#define COMMON 4u /* of them everybody's, byte for byte: numbers from 1 on */
#define SIDE 48
#define PAUSE_MS 10
#define REMEMBERED_MS 20000 /* that a renderer was killed over a picture is known for half of that */
#define TRIES 6000 /* to start a server again takes its time */

/* ---- pictures, by number ---- */

static struct {
    unsigned char *bytes;
    size_t length;
    char shown[65]; /* what is drawn of it, by digest */
} bases[BASES];

/* With a stream of its own: digest_of() has one for the process. */
static bool name_version(struct writers_content *c)
{
    struct digest_stream *stream = digest_stream_new();
    char hex[DIGEST_HEX_SIZE];
    struct digest digest;
    bool done = stream && digest_stream_add(stream, c->bytes, c->length) == 0 &&
                digest_stream_finish(stream, &digest) == 0;

    digest_stream_free(&stream);
    if (!done)
        return false;
    digest_to_hex(&digest, hex);
    snprintf(c->version, sizeof c->version, "%.16s", hex);
    return true;
}

bool writers_make_content(unsigned number, struct writers_content *out)
{
    const unsigned base = number % BASES;

    memcpy(out->bytes, bases[base].bytes, bases[base].length);
    out->length = bases[base].length +
                  (size_t)snprintf((char *)out->bytes + bases[base].length, 16, "%u", number);
    return name_version(out);
}

static void make_bases(void)
{
    for (unsigned i = 0; i < BASES; i++) {
        cr_assert_eq(picture_make_jpeg(SIDE, SIDE, i + 1, &bases[i].bytes, &bases[i].length), 0);
        cr_assert_lt(bases[i].length, (size_t)WRITERS_BYTES_MAX - 16);
    }
}

/* ---- the clients ---- */

struct writer writers[WRITERS];

static char state_dir[FILES_PATH_MAX];
static _Atomic uint16_t port; /* another one after the web server was started again */
static atomic_uint acknowledged, deleted, interrupted, running;
static atomic_bool stop;

static const char *const key[] = {"Authorization: Bearer " WRITERS_KEY, NULL};

static int ask(struct writer *w, const char *method, const char *target,
               const struct writers_content *body)
{
    uint16_t now = atomic_load(&port);

    if (!w->client || w->port != now) {
        client_free(&w->client);
        w->client = client_new(now);
        w->port = now;
    }
    if (!w->client)
        return 0;
    return body ? client_send(w->client, method, target, key, body->bytes, body->length, &w->answer)
                : client_ask(w->client, method, target, key, &w->answer);
}

static void complain(struct writer *w, const char *what, const char *target, int status)
{
    w->wrong++;
    atomic_store(&stop, true);
    fprintf(stderr, "wrong: %s: %s: %d %s\n", what, target, status,
            w->answer.body.data ? w->answer.body.data : "");
}

static void target_of(const struct writer *w, const struct writers_subject *s,
                      char out[WRITERS_TARGET_MAX])
{
    snprintf(out, WRITERS_TARGET_MAX, "/users/%u-%u/avatar", w->index, (unsigned)(s - w->subjects));
}

/* While a change is not acknowledged either may be there. */
static bool shows(const struct writer *w, int status, unsigned number)
{
    char now[65];

    if (number == 0)
        return status == 404;
    if (status != 200)
        return false;
    answer_digest(&w->answer, now);
    return strcmp(now, bases[number % BASES].shown) == 0;
}

static void look(struct writer *w, const struct writers_subject *s, unsigned either, unsigned or)
{
    char target[WRITERS_TARGET_MAX];
    int status;

    target_of(w, s, target);
    status = ask(w, "GET", target, NULL);
    if (status == 200 || status == 404) {
        w->seen++;
        if (!shows(w, status, either) && !shows(w, status, or))
            complain(w, either == or ? "not the current one" : "neither of two", target, status);
    }
}

static void path_published(const struct writer *w, const struct writers_subject *s,
                           char out[WRITERS_TARGET_MAX])
{
    snprintf(out, WRITERS_TARGET_MAX, "/v/%s/thumb/users/%u-%u.jpg", s->published, w->index,
             (unsigned)(s - w->subjects));
}

/* Asks by the version's own URL, which gets a picture published. */
static void publish(struct writer *w, struct writers_subject *s)
{
    char target[WRITERS_TARGET_MAX];
    int status;

    memcpy(s->published, w->content.version, sizeof s->published);
    path_published(w, s, target);
    status = ask(w, "GET", target, NULL);
    if (status == 302 || status == 404 || (status == 200 && !shows(w, status, s->number)))
        complain(w, "by its version", target, status);
}

static void expect_unpublished(struct writer *w, struct writers_subject *s)
{
    char target[WRITERS_TARGET_MAX], path[FILES_PATH_MAX + WRITERS_TARGET_MAX + 16];

    if (!s->published[0])
        return;
    path_published(w, s, target);
    snprintf(path, sizeof path, "%s/published%s", state_dir, target);
    if (access(path, F_OK) == 0)
        complain(w, "still published", path, 0);
    s->published[0] = '\0';
}

static bool is_acknowledged(struct writer *w, const char *target, int status, unsigned number,
                            unsigned tries)
{
    if (number == 0) /* the first try may have done it, and its answer was lost */
        return status == 204 || (status == 404 && tries > 0);
    if (status == 200 && !answer_says(&w->answer, "ETag", w->content.version))
        complain(w, "another version", target, status);
    return status == 200;
}

/* Makes this the subject's picture, or takes away what is there, as often as it takes. */
static void change(struct writer *w, struct writers_subject *s, unsigned number)
{
    char target[WRITERS_TARGET_MAX];

    target_of(w, s, target);
    if (number && !writers_make_content(number, &w->content)) {
        complain(w, "no digest", target, 0);
        return;
    }
    for (unsigned tries = 0; tries < TRIES; tries++) {
        int status = ask(w, number ? "PUT" : "DELETE", target, number ? &w->content : NULL);

        if (is_acknowledged(w, target, status, number, tries)) {
            s->number = number;
            expect_unpublished(w, s);
            return;
        }
        /* 422 tells of a renderer that was killed over it twice, too. */
        if (status >= 400 && status < 500 && status != 422)
            complain(w, "refused", target, status);
        w->failed += status != 0;
        w->lost += status == 0;
        atomic_fetch_add(&interrupted, 1);
        look(w, s, s->number, number);
        clock_sleep_ms(PAUSE_MS);
    }
    complain(w, "never acknowledged", target, 0);
}

/* Not like the one that is there. */
static unsigned another_picture(struct writer *w, const struct writers_subject *s)
{
    if (random_next(&w->state) % 4 == 0) {
        unsigned common = (unsigned)(random_next(&w->state) % COMMON);

        return 1 + (1 + common == s->number % BASES ? (common + 1) % COMMON : common);
    }
    w->last += WRITERS;
    if (w->last % BASES == s->number % BASES)
        w->last += WRITERS;
    return w->last;
}

static struct writers_subject *choose(struct writer *w)
{
    bool more = w->count < WRITERS_OFTEN || random_next(&w->state) % 2 == 0;

    if (more && w->count < WRITERS_SUBJECTS)
        return &w->subjects[w->count++];
    return &w->subjects[random_next(&w->state) % WRITERS_OFTEN];
}

static void change_one(struct writer *w)
{
    struct writers_subject *s = choose(w);

    change(w, s, another_picture(w, s));
    if (s->number)
        atomic_fetch_add(&acknowledged, 1);
    if (random_next(&w->state) % 2 == 0)
        look(w, s, s->number, s->number);
    if (random_next(&w->state) % 4 == 0)
        publish(w, s);
    if (random_next(&w->state) % 8 == 0) {
        s = &w->subjects[random_next(&w->state) % w->count];
        if (s->number) {
            change(w, s, 0);
            w->deleted++;
            atomic_fetch_add(&deleted, 1);
        }
        look(w, s, 0, 0);
    }
}

static void *write_on(void *context)
{
    struct writer *w = context;

    while (!atomic_load(&stop))
        change_one(w);
    atomic_fetch_sub(&running, 1);
    return NULL;
}

/* ---- for the test ---- */

void writers_learn(struct rig *rig)
{
    struct writers_content *content = &writers[0].content;

    make_bases();
    for (unsigned i = 0; i < BASES; i++) {
        cr_assert(writers_make_content(i, content));
        cr_assert_eq(uploads_send(rig, "PUT", "/users/quiet/avatar", key, content->bytes,
                                  content->length),
                     200);
        cr_assert_eq(rig_get(rig, "/users/quiet/avatar"), 200);
        answer_digest(&rig->answer, bases[i].shown);
        for (unsigned n = 0; n < i; n++)
            cr_assert_str_neq(bases[i].shown, bases[n].shown);
    }
    cr_assert_eq(rig_ask(rig, "DELETE", "/users/quiet/avatar", key), 204);
}

void writers_start(const struct rig *rig)
{
    files_path(state_dir, "%s", rig->state);
    writers_follow(rig);
    atomic_store(&running, WRITERS);
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i].index = i;
        writers[i].state = 88172645463325252u + i;
        writers[i].last = BASES + i;
        cr_assert_eq(pthread_create(&writers[i].thread, NULL, write_on, &writers[i]), 0);
    }
}

bool writers_are_running(void)
{
    return atomic_load(&running) > 0;
}

unsigned writers_acknowledged(void)
{
    return atomic_load(&acknowledged);
}

unsigned writers_deleted(void)
{
    return atomic_load(&deleted);
}

unsigned writers_interrupted(void)
{
    return atomic_load(&interrupted);
}

void writers_follow(const struct rig *rig)
{
    atomic_store(&port, rig->port);
}

void writers_stop(void)
{
    atomic_store(&stop, true);
    for (unsigned i = 0; i < WRITERS; i++)
        cr_assert_eq(pthread_join(writers[i].thread, NULL), 0);
}

bool writers_sees(struct writer *w, unsigned subject)
{
    const struct writers_subject *s = &w->subjects[subject];
    int64_t until_ms = clock_boot_ms() + REMEMBERED_MS;
    char target[WRITERS_TARGET_MAX];
    int status;

    target_of(w, s, target);
    status = ask(w, "GET", target, NULL);
    while (status == 422 && clock_boot_ms() < until_ms) {
        clock_sleep_ms(PAUSE_MS);
        status = ask(w, "GET", target, NULL);
    }
    return shows(w, status, s->number);
}

void writers_free(void)
{
    for (unsigned i = 0; i < WRITERS; i++) {
        client_free(&writers[i].client);
        answer_free(&writers[i].answer);
    }
    for (unsigned i = 0; i < BASES; i++)
        free(bases[i].bytes);
}

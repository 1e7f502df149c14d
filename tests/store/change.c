/* SPDX-License-Identifier: MIT */
#include "store/change.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/holding.h"

struct change {
    enum { PUT, DELETE, RESTORE, DAMAGE } kind;
    char subject[32];
    struct change_picture picture;
    unsigned keep;
};

static bool parse(const char *line, struct change *c)
{
    char verb[8];

    *c = (struct change){.keep = 1};
    if (sscanf(line, "%7s %31s %u %u %u", verb, c->subject, &c->picture.seed, &c->picture.length,
               &c->keep) < 2)
        return false;
    c->kind = strcmp(verb, "put") == 0      ? PUT
              : strcmp(verb, "delete") == 0 ? DELETE
              : strcmp(verb, "damage") == 0 ? DAMAGE
                                            : RESTORE;
    return true;
}

/* ---- making one ---- */

/* Uploads it all. After 0 it is to be committed. */
static int upload(struct store *store, const struct change *c, struct store_upload *u,
                  struct store_picture *p)
{
    char *bytes = holding_bytes(c->picture);
    int rc = bytes ? store_upload_begin(store, u) : -ENOMEM;

    *p = (struct store_picture){.type = PICTURE_PNG,
                                .width = 1,
                                .height = 1,
                                .length = c->picture.length,
                                .uploaded_ms = 1000};
    if (rc) {
        free(bytes);
        return rc;
    }
    for (size_t at = 0, part; !rc && at < c->picture.length; at += part) {
        part = c->picture.length - at < 30000 ? c->picture.length - at : 30000;
        rc = store_upload_add(u, bytes + at, part);
    }
    free(bytes);
    if (!rc)
        rc = store_upload_finish(u, &p->digest);
    if (rc)
        store_upload_abort(u);
    return rc;
}

static int put(struct store *store, const struct change *c)
{
    struct store_upload u;
    struct store_picture p;
    int rc = upload(store, c, &u, &p);

    return rc ? rc : store_commit(&u, c->subject, &p, c->keep, NULL, NULL);
}

static void put_all(struct store *store, const struct change *changes, size_t count, int *rcs)
{
    struct store_upload uploads[CHANGE_TOGETHER];
    struct store_picture pictures[CHANGE_TOGETHER];
    struct store_put puts[CHANGE_TOGETHER];
    int committed[CHANGE_TOGETHER];
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        rcs[i] = upload(store, &changes[i], &uploads[i], &pictures[i]);
        if (rcs[i] == 0)
            puts[n++] = (struct store_put){&uploads[i], changes[i].subject, &pictures[i],
                                           changes[i].keep, NULL};
    }
    if (n > 0)
        store_commit_all(store, puts, n, committed);
    n = 0;
    for (size_t i = 0; i < count; i++)
        if (rcs[i] == 0)
            rcs[i] = committed[n++];
}

static int restore(struct store *store, const struct change *c)
{
    char hex[DIGEST_HEX_SIZE];
    struct store_picture out;
    struct digest digest;
    int rc = holding_digest(c->picture, &digest);

    if (rc)
        return rc;
    digest_to_hex(&digest, hex);
    return store_restore(store, c->subject, hex, 2000, &out);
}

static int write_there(int fd, const char *text)
{
    ssize_t n;

    do
        n = pwrite(fd, text, strlen(text), 0);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)strlen(text) && fsync(fd) == 0 ? 0 : -errno;
}

static int damage(struct store *store, const struct change *c)
{
    char link[32];
    struct digest digest;
    int rc = holding_digest(c->picture, &digest), fd = rc ? rc : store_open_blob(store, &digest);
    int writable;

    if (fd < 0)
        return fd;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    writable = open(link, O_WRONLY | O_CLOEXEC);
    rc = writable < 0 ? -errno : write_there(writable, "damaged");
    if (writable >= 0)
        close(writable);
    close(fd);
    return rc;
}

int change_make(struct store *store, const char *line)
{
    struct change c;

    if (!parse(line, &c))
        return -EINVAL;
    if (c.kind == PUT)
        return put(store, &c);
    if (c.kind == DAMAGE)
        return damage(store, &c);
    return c.kind == DELETE ? store_delete(store, c.subject, NULL, NULL) : restore(store, &c);
}

void change_make_all(struct store *store, const char *const *lines, size_t count,
                     int rcs[CHANGE_TOGETHER])
{
    struct change changes[CHANGE_TOGETHER];

    if (count == 1) {
        rcs[0] = change_make(store, lines[0]);
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (!parse(lines[i], &changes[i]) || changes[i].kind != PUT)
            abort();
    put_all(store, changes, count, rcs);
}

bool change_has_next(const char *line)
{
    return line[strlen(line) - 1] == '&';
}

const char *change_outcome(int rc)
{
    return rc == 0 ? "done" : rc == -ENOENT ? "none" : "failed";
}

/* ---- what follows ---- */

static bool same_picture(struct change_picture a, struct change_picture b)
{
    return a.seed == b.seed && a.length == b.length;
}

static void insert_first(struct change_versions *v, struct change_picture p)
{
    memmove(v->list + 1, v->list, (CHANGE_VERSIONS - 1) * sizeof *v->list);
    v->list[0] = p;
    if (v->count < CHANGE_VERSIONS)
        v->count++;
}

/* Of bytes that are kept already there is no further version. */
static void put_first(struct change_versions *v, struct change_picture p)
{
    unsigned at = 0;

    while (at < v->count && !same_picture(v->list[at], p))
        at++;
    if (at == v->count) {
        insert_first(v, p);
        return;
    }
    memmove(v->list + 1, v->list, at * sizeof *v->list);
    v->list[0] = p;
}

static struct change_versions after(struct change_versions v, const struct change *c)
{
    unsigned at = 1;

    switch (c->kind) {
    case DELETE:
        return (struct change_versions){0};
    case PUT:
        put_first(&v, c->picture);
        v.count = v.count > c->keep ? c->keep : v.count;
        break;
    case DAMAGE:
        break;
    case RESTORE:
        while (at < v.count && !same_picture(v.list[at], c->picture))
            at++;
        if (at < v.count) {
            memmove(v.list + 1, v.list, at * sizeof *v.list);
            v.list[0] = c->picture;
        }
        break;
    }
    memset(v.list + v.count, 0, (CHANGE_VERSIONS - v.count) * sizeof *v.list);
    return v;
}

static struct change_subject *subject_of(struct change_expected *e, const char *name)
{
    struct change_subject *s = e->subjects;

    while (s < e->subjects + e->count && strcmp(s->name, name) != 0)
        s++;
    if (s == e->subjects + CHANGE_SUBJECTS)
        abort();
    if (s == e->subjects + e->count) {
        *s = (struct change_subject){.count = 1};
        strcpy(s->name, name);
        e->count++;
    }
    return s;
}

static void add_outcome(struct change_subject *s, struct change_versions v)
{
    for (unsigned i = 0; i < s->count; i++)
        if (memcmp(&s->outcomes[i], &v, sizeof v) == 0)
            return;
    if (s->count == CHANGE_OUTCOMES)
        abort();
    s->outcomes[s->count++] = v;
}

static void note_loose(struct change_expected *e, const struct change *c, bool loose)
{
    unsigned i = 0;

    while (i < e->loose_count && !same_picture(e->loose[i], c->picture))
        i++;
    if (loose && i == e->loose_count && i < CHANGE_SUBJECTS)
        e->loose[e->loose_count++] = c->picture;
    if (!loose && i < e->loose_count)
        e->loose[i] = e->loose[--e->loose_count];
}

/* Until it is done, both may be found. */
static void begin(struct change_subject *s, const struct change *c)
{
    memcpy(s->before, s->outcomes, sizeof s->before);
    s->before_count = s->count;
    s->begun = true;
    for (unsigned i = 0; i < s->before_count; i++)
        add_outcome(s, after(s->before[i], c));
}

static void finish(struct change_subject *s, const struct change *c, bool done)
{
    s->count = 0;
    s->begun = false;
    for (unsigned i = 0; i < s->before_count; i++)
        add_outcome(s, done ? after(s->before[i], c) : s->before[i]);
}

static void note_damage(struct change_expected *e, const struct change *c, const char *verb)
{
    if (c->kind == DAMAGE) {
        e->damaged = c->picture;
        e->any_damaged = true;
    } else if (c->kind == PUT && same_picture(c->picture, e->damaged) && strcmp(verb, "done") == 0) {
        e->any_damaged = false;
    }
}

bool change_note(struct change_expected *e, const char *said)
{
    struct change_subject *s;
    struct change c;
    char verb[8];
    int n = 0;

    if (strcmp(said, "killed") == 0) {
        for (unsigned i = 0; i < e->count; i++)
            e->subjects[i].begun = false;
        return true;
    }
    if (sscanf(said, "%7s %n", verb, &n) != 1 || n == 0 || !parse(said + n, &c))
        return false;
    s = subject_of(e, c.subject);
    note_damage(e, &c, verb);
    if (strcmp(verb, "begin") == 0) {
        begin(s, &c);
        if (c.kind == PUT)
            note_loose(e, &c, true);
        return true;
    }
    if (!s->begun)
        return false;
    finish(s, &c, strcmp(verb, "done") == 0);
    e->acknowledged += strcmp(verb, "done") == 0;
    if (c.kind == PUT && strcmp(verb, "done") == 0)
        note_loose(e, &c, false);
    return true;
}

/* ---- comparing ---- */

static bool is_outcome(const struct change_subject *s, const struct holding *h)
{
    for (unsigned i = 0; i < s->count; i++) {
        const struct change_versions *v = &s->outcomes[i];
        bool same = v->count == h->count;

        for (unsigned k = 0; same && k < v->count; k++) {
            struct digest digest;

            same = holding_digest(v->list[k], &digest) == 0 &&
                   digest_equal(&digest, &h->versions[k]);
        }
        if (same)
            return true;
    }
    return false;
}

static unsigned count_loose(const struct change_expected *e, const struct holding_files *files)
{
    unsigned count = 0;

    for (unsigned i = 0; i < e->loose_count; i++) {
        struct digest digest;

        count += holding_digest(e->loose[i], &digest) == 0 && holding_has_file(files, &digest) &&
                 !holding_is_used(files, &digest);
    }
    return count;
}

/* Whatever has a blob's name is whole: who uploads the same bytes relies on it. */
static bool loose_are_whole(const struct change_expected *e, struct store *store, char why[CHANGE_WHY])
{
    for (unsigned i = 0; i < e->loose_count; i++) {
        struct digest digest;
        int fd = holding_digest(e->loose[i], &digest) == 0 ? store_open_blob(store, &digest) : -1;
        bool whole = fd < 0 || store_check_bytes(fd, &digest, e->loose[i].length) == 0;

        if (fd >= 0)
            close(fd);
        if (!whole && !(e->any_damaged && same_picture(e->loose[i], e->damaged))) {
            snprintf(why, CHANGE_WHY, "picture %u has a name and is not whole", e->loose[i].seed);
            return false;
        }
    }
    return true;
}

static bool no_file_is_left(const struct change_expected *e, struct store *store,
                            const struct holding_files *files, const char *directory,
                            char why[CHANGE_WHY])
{
    struct holding_files swept = *files;
    unsigned loose;

    if (!holding_list_files(directory, &swept, why) || !loose_are_whole(e, store, why))
        return false;
    loose = count_loose(e, &swept);
    if (swept.count != swept.used_count + loose) {
        snprintf(why, CHANGE_WHY, "%u files for %u pictures and %u uploads that were not "
                 "acknowledged", swept.count, swept.used_count, loose);
        return false;
    }
    snprintf(why, CHANGE_WHY, "sweeping fails");
    if (store_sweep(store) < 0 || !holding_list_files(directory, &swept, why))
        return false;
    if (swept.count != swept.used_count || swept.temporary > 0) {
        snprintf(why, CHANGE_WHY, "%u files for %u pictures and %u temporary ones after a sweep",
                 swept.count, swept.used_count, swept.temporary);
        return false;
    }
    return true;
}

bool change_check(const struct change_expected *e, struct store *store, const char *directory,
                  char why[CHANGE_WHY])
{
    struct holding_files files = {.any_damaged = e->any_damaged};

    if (e->any_damaged && holding_digest(e->damaged, &files.damaged) != 0)
        return false;
    for (unsigned i = 0; i < e->count; i++) {
        const struct change_subject *s = &e->subjects[i];
        struct holding h;

        if (!holding_read(store, s->name, &h, &files, why))
            return false;
        if (!is_outcome(s, &h)) {
            snprintf(why, CHANGE_WHY, "%s has %u versions that are not what was acknowledged",
                     s->name, h.count);
            return false;
        }
    }
    return no_file_is_left(e, store, &files, directory, why);
}

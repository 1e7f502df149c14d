/* SPDX-License-Identifier: MIT
 *
 * Every version of every upload. Workers may go on meanwhile: what is not as it was listed is looked for
 * again before it is called wrong.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/verify.h"
#include "ctl/words.h"
#include "serve/version.h"

#define AT_ONCE 64 /* subjects in one read transaction */

enum verdict { GOOD, GONE, MISSING, DAMAGED, UNREADABLE };

struct subjects {
    char names[AT_ONCE][STORE_SUBJECT_MAX];
    size_t count;
};

struct versions {
    struct store_picture *list;
    size_t count;
};

static int note_subject(const char *subject, const struct store_picture *p, void *context)
{
    struct subjects *s = context;

    (void)p;
    strcpy(s->names[s->count++], subject);
    return 0;
}

static int note_version(const char *subject, const struct store_picture *p, void *context)
{
    struct versions *v = context;
    struct store_picture *more = reallocarray(v->list, v->count + 1, sizeof *more);

    (void)subject;
    if (!more)
        return -ENOMEM;
    v->list = more;
    v->list[v->count++] = *p;
    return 0;
}

/* ---- one version ---- */

static int is_version(const char *subject, const struct store_picture *p, void *context)
{
    (void)subject;
    return digest_equal(&p->digest, context);
}

static int judge_now(struct store *store, const char *subject, const struct store_picture *p,
                     enum verdict verdict)
{
    struct digest digest = p->digest;
    int rc = store_history(store, subject, is_version, &digest);

    if (rc < 0 && rc != -ENOENT)
        return rc;
    return rc == 1 ? (int)verdict : GONE;
}

/* Returns an enum verdict or a negative errno. */
static int judge(struct store *store, const char *subject, const struct store_picture *p)
{
    int fd = store_open_blob(store, &p->digest), rc;

    if (fd == -ENOENT)
        return judge_now(store, subject, p, MISSING);
    if (fd < 0)
        return UNREADABLE;
    rc = store_check_bytes(fd, &p->digest, p->length);
    close(fd);
    if (rc == -EBADMSG)
        return judge_now(store, subject, p, DAMAGED);
    return rc == -ENOMEM ? rc : rc ? UNREADABLE : GOOD;
}

static int check_version(struct verify *v, struct store *store, const char *subject,
                         const struct store_picture *p)
{
    static const char *const words[] = {
        [MISSING] = "missing", [DAMAGED] = "damaged", [UNREADABLE] = "unreadable"};
    char shown[3 * STORE_SUBJECT_MAX], version[PICTURE_VERSION_DIGITS + 1], hex[DIGEST_HEX_SIZE];
    char bytes[WORDS_MAX];
    int verdict = judge(store, subject, p);

    if (verdict < 0)
        return verdict;
    v->uploads++;
    v->upload_bytes += p->length;
    progress_note(&v->progress, "%s read", words_bytes(v->upload_bytes, bytes));
    progress_show(&v->progress, v->uploads);
    if (verdict == GOOD || verdict == GONE)
        return 0;
    v->uploads_missing += verdict == MISSING;
    v->uploads_damaged += verdict == DAMAGED;
    v->uploads_unreadable += verdict == UNREADABLE;
    v->left++;
    version_of(&p->digest, version);
    digest_to_hex(&p->digest, hex);
    verify_say(v, "%-10s %s, version %s: store's blobs/%.2s/%s", words[verdict],
               words_name(subject, shown, sizeof shown), version, hex, hex + 2);
    return 0;
}

/* ---- all ---- */

static int check_subject(struct verify *v, struct store *store, const char *subject)
{
    struct versions versions = {NULL, 0};
    int rc = store_history(store, subject, note_version, &versions);

    for (size_t i = 0; i < versions.count && !rc; i++)
        rc = check_version(v, store, subject, &versions.list[i]);
    free(versions.list);
    return rc == -ENOENT ? 0 : rc;
}

int verify_store(struct verify *v, struct store *store)
{
    struct subjects *s = calloc(1, sizeof *s);
    struct store_stats stats;
    struct digest last;
    bool done = false, begun = false;
    int rc = s ? store_stats(store, &stats) : -ENOMEM;

    if (!rc)
        v->progress.all = stats.versions;
    while (!rc && !done) {
        s->count = 0;
        rc = store_walk(store, begun ? &last : NULL, AT_ONCE, note_subject, s, &last, &done);
        begun = true;
        for (size_t i = 0; i < s->count && !rc; i++)
            rc = v->stop && v->stop() ? -EINTR : check_subject(v, store, s->names[i]);
    }
    free(s);
    return rc;
}

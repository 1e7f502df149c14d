/* SPDX-License-Identifier: MIT
 *
 * Pictures that have been judged and are to come into the store of this machine. Bringing them to disk
 * together takes a fraction of the time; none is counted before it is there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/import.h"
#include "serve/change.h"

#define BYTES_MAX ((uint64_t)16 << 20)
#define WAIT_MS 1000 /* longer none is kept waiting for others */

static void forget(struct import_waiting *w)
{
    store_upload_abort(&w->in);
    free(w->subject);
    free(w->place);
    *w = (struct import_waiting){.in = {.fd = -1}};
}

bool import_is_waiting(const struct import *i, const char *subject)
{
    for (size_t n = 0; n < i->batch.count; n++)
        if (strcmp(i->batch.list[n].subject, subject) == 0)
            return true;
    return false;
}

int64_t import_wait_ms(const struct import *i)
{
    int64_t left_ms = i->batch.since_ms + WAIT_MS - clock_boot_ms();

    return i->batch.count == 0 ? -1 : left_ms > 0 ? left_ms : 0;
}

void import_wait(struct import *i, const struct store_picture *picture)
{
    struct import_batch *b = &i->batch;
    struct import_waiting *w = &b->list[b->count];
    char place[IMPORT_PLACE_MAX];

    *w = (struct import_waiting){.in = i->in,
                                 .picture = *picture,
                                 .subject = strdup(i->subject),
                                 .place = strdup(import_place(i, place))};
    i->begun = false;
    if (!w->subject || !w->place) {
        forget(w);
        import_fail(i, place, -ENOMEM);
        return;
    }
    if (b->count == 0)
        b->since_ms = clock_boot_ms();
    b->count++;
    b->bytes += picture->length;
    if (b->count == IMPORT_BATCH || b->bytes >= BYTES_MAX || import_wait_ms(i) == 0)
        import_commit(i);
}

/* What was drawn from another one goes, and that there was none is forgotten. */
static void count(struct import *i, const struct import_waiting *w, int rc)
{
    i->there += rc == -ECANCELED;
    i->taken += rc == 0;
    if (rc == 0)
        rc = change_purge(&i->uploads->server, w->subject);
    if (rc && rc != -ECANCELED)
        import_fail(i, w->place, rc);
}

void import_commit(struct import *i)
{
    const struct store_condition condition = {i->replace ? STORE_ALWAYS : STORE_IF_ABSENT, {{0}}};
    struct import_batch *b = &i->batch;
    struct store_put puts[IMPORT_BATCH];
    int rcs[IMPORT_BATCH];
    size_t number = b->count;

    if (number == 0)
        return;
    for (size_t n = 0; n < number; n++)
        puts[n] = (struct store_put){&b->list[n].in, b->list[n].subject, &b->list[n].picture,
                                     i->uploads->source->store.keep_versions, &condition};
    store_commit_all(i->uploads->store, puts, number, rcs);
    for (size_t n = 0; n < number; n++) {
        count(i, &b->list[n], rcs[n]);
        forget(&b->list[n]);
    }
    b->count = 0;
    b->bytes = 0;
    import_progress(i, number);
}

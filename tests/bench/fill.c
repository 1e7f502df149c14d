/* SPDX-License-Identifier: MIT
 *
 * bench-fill CONF COUNT PICTURE
 *
 * Fills the configuration's cache, which must be empty, with COUNT entries that
 * share a few blobs made of PICTURE, and looks some of them up again. Prints
 * "BYTES FILE": bytes of index for each entry, and in all.
 *
 * The entries with a blob of their own come by the cache's own way. The others
 * would take many minutes, a transaction each; they are put into the index many
 * at a time: the keys of one stretch of the table in each transaction, and within
 * the stretch in random order, so that its pages are split as they are in life.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bench/stock.h"
#include "cache/index_change.h"
#include "cache/index_record.h"
#include "kv/kv.h"

#define BLOBS_SHARED 16
#define STRETCH 10000 /* entries in one transaction, about */
#define COUNT_MAX 50000000
#define LOOK_UPS 1000

struct filling {
    const struct config *config;
    uint32_t count;
    struct entry blobs[BLOBS_SHARED]; /* the first entries: what the others share */
    struct digest *keys;              /* by number */
    uint32_t *order;                  /* numbers, stretch by stretch */
    size_t *ends;                     /* of the stretches, in `order` */
    size_t stretches;
};

static int say(const char *what, int rc)
{
    if (rc)
        fprintf(stderr, "bench-fill: %s: %s\n", what, strerror(-rc));
    return rc;
}

/* ---- which key lies where ---- */

static size_t stretch_of(const struct filling *f, const struct digest *key)
{
    uint64_t first = (uint64_t)key->bytes[0] << 24 | (uint64_t)key->bytes[1] << 16 |
                     (uint64_t)key->bytes[2] << 8 | key->bytes[3];

    return (size_t)(first * f->stretches >> 32);
}

static int sort_keys(struct filling *f)
{
    size_t *next;

    f->stretches = f->count / STRETCH + 1;
    f->keys = calloc(f->count, sizeof *f->keys);
    f->order = calloc(f->count, sizeof *f->order);
    f->ends = calloc(f->stretches, sizeof *f->ends);
    next = calloc(f->stretches, sizeof *next);
    if (!f->keys || !f->order || !f->ends || !next) {
        free(next);
        return -ENOMEM;
    }
    for (uint32_t i = BLOBS_SHARED; i < f->count; i++) {
        struct entry e;
        int rc = stock_entry(f->config, i, &e, &f->keys[i]);

        if (rc) {
            free(next);
            return rc;
        }
        f->ends[stretch_of(f, &f->keys[i])]++;
    }
    for (size_t s = 1; s < f->stretches; s++) {
        f->ends[s] += f->ends[s - 1];
        next[s] = f->ends[s - 1];
    }
    for (uint32_t i = BLOBS_SHARED; i < f->count; i++)
        f->order[next[stretch_of(f, &f->keys[i])]++] = i;
    free(next);
    return 0;
}

/* ---- into the index ---- */

struct stretch {
    const struct filling *f;
    size_t from, to; /* in f->order */
};

static int put_one(struct kv_txn *txn, const struct filling *f, uint32_t number,
                   struct totals *totals)
{
    const struct entry *shared = &f->blobs[number % BLOBS_SHARED];
    unsigned char record[ENTRY_ENCODED_MAX];
    struct digest key;
    uint64_t place;
    struct entry e;
    int rc = stock_entry(f->config, number, &e, &key);

    if (rc)
        return rc;
    e.blob = shared->blob;
    e.length = shared->length;
    e.generation = shared->generation;
    e.sequence = ++totals->sequence;
    totals->positives++;
    place = change_order_key(e.sequence);
    rc = kv_put(txn, ENTRIES, digest_slice(&key),
                (struct kv_slice){record, entry_encode(&e, record)});
    if (!rc)
        rc = kv_put(txn, ORDER, (struct kv_slice){&place, sizeof place}, digest_slice(&key));
    return rc;
}

static int count_uses(struct kv_txn *txn, const struct stretch *s)
{
    uint32_t uses[BLOBS_SHARED] = {0};
    int rc = 0;

    for (size_t i = s->from; i < s->to; i++)
        uses[s->f->order[i] % BLOBS_SHARED]++;
    for (size_t i = 0; i < BLOBS_SHARED && !rc; i++) {
        struct blob_record record;

        rc = read_blob(txn, &s->f->blobs[i].blob, &record);
        record.uses += uses[i];
        if (!rc)
            rc = write_blob(txn, &s->f->blobs[i].blob, &record);
    }
    return rc;
}

static int put_stretch(struct kv_txn *txn, void *context)
{
    const struct stretch *s = context;
    struct totals totals;
    int rc = read_totals(txn, &totals);

    for (size_t i = s->from; i < s->to && !rc; i++)
        rc = put_one(txn, s->f, s->f->order[i], &totals);
    if (!rc)
        rc = count_uses(txn, s);
    return rc ? rc : write_totals(txn, &totals);
}

static int put_all(const struct filling *f)
{
    char path[PATH_MAX];
    const struct kv_options options = {.path = path,
                                       .tables = index_tables,
                                       .table_count = INDEX_TABLES,
                                       .map_size = (size_t)64 << 20, /* grows */
                                       .max_readers = 16,
                                       .mode = 0600};
    struct stretch s = {.f = f};
    struct kv *kv;
    int rc;

    snprintf(path, sizeof path, "%s/index.mdb", f->config->state_dir);
    rc = kv_open(&options, &kv);
    for (size_t i = 0; i < f->stretches && !rc; i++) {
        s.from = s.to;
        s.to = f->ends[i];
        rc = kv_update(kv, put_stretch, &s);
    }
    kv_close(&kv);
    return rc;
}

/* ---- before and after ---- */

static int put_blobs(const char *conf, struct filling *f, const void *picture, size_t length)
{
    struct config *config;
    struct cache *cache;
    struct digest key;
    int rc = 0;

    if (stock_open(conf, &config, &cache) != 0)
        return -EINVAL;
    for (uint32_t i = 0; i < BLOBS_SHARED && !rc; i++) {
        rc = stock_insert(cache, config, i, picture, length, length + 8);
        if (!rc)
            rc = stock_entry(config, i, &f->blobs[i], &key);
        if (!rc)
            rc = cache_lookup(cache, &key, f->blobs[i].text, &f->blobs[i]);
    }
    stock_close(&config, &cache);
    return rc;
}

static int check_and_report(const char *conf, uint32_t count)
{
    struct index_stats stats;
    struct config *config;
    struct cache *cache;
    int rc;

    if (stock_open(conf, &config, &cache) != 0)
        return -EINVAL;
    rc = cache_stats(cache, &stats);
    if (!rc && stats.entries != count)
        rc = -EUCLEAN;
    for (uint32_t i = 0; i < LOOK_UPS && !rc; i++) {
        struct entry wanted, found;
        struct digest key;

        rc = stock_entry(config, (uint32_t)((uint64_t)i * count / LOOK_UPS), &wanted, &key);
        if (!rc)
            rc = cache_lookup(cache, &key, wanted.text, &found);
    }
    stock_close(&config, &cache);
    if (!rc)
        printf("%.1f %" PRIu64 "\n", (double)stats.file_bytes / count, stats.file_bytes);
    return rc;
}

static size_t read_picture(const char *path, unsigned char *out, size_t size)
{
    FILE *file = fopen(path, "rbe");
    size_t length = file ? fread(out, 1, size, file) : 0;

    if (file)
        fclose(file);
    return length < size ? length : 0;
}

static int fill(const char *conf, struct filling *f, const char *path)
{
    static unsigned char picture[1 << 16];
    char error[CONFIG_ERROR_MAX];
    struct config *config;
    size_t length = read_picture(path, picture, sizeof picture);
    int rc;

    if (length == 0)
        return say(path, -ENOENT);
    if (config_load(conf, &config, error) != 0) {
        fprintf(stderr, "%s\n", error);
        return -EINVAL;
    }
    f->config = config;
    log_set_level(config->log_level);
    rc = say("blobs", put_blobs(conf, f, picture, length));
    if (!rc)
        rc = say("keys", sort_keys(f));
    if (!rc)
        rc = say("index", put_all(f));
    config_free(&config);
    free(f->keys);
    free(f->order);
    free(f->ends);
    return rc ? rc : say("what was put in is not there", check_and_report(conf, f->count));
}

int main(int argc, char **argv)
{
    struct filling f = {0};
    unsigned long count = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;

    if (count < BLOBS_SHARED || count > COUNT_MAX) {
        fprintf(stderr, "usage: bench-fill CONF COUNT PICTURE\n");
        return 2;
    }
    f.count = (uint32_t)count;
    return fill(argv[1], &f, argv[3]) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

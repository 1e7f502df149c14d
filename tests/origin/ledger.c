/* SPDX-License-Identifier: MIT
 *
 * A chained hash from path to count; wide enough for the hundred thousand paths
 * of a long benchmark.
 */
#include "origin/ledger.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BUCKETS 65536u

struct answered {
    struct answered *next;
    unsigned status;
    unsigned count;
};

struct record {
    struct record *next;
    char *path;
    char *headers;
    unsigned count;
    struct answered *answered;
};

struct ledger {
    pthread_mutex_t lock; /* for all below */
    struct record *buckets[BUCKETS];
    struct ledger_totals totals;
    unsigned under_way;
};

struct ledger *ledger_new(void)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);

    if (ledger && pthread_mutex_init(&ledger->lock, NULL) != 0) {
        free(ledger);
        return NULL;
    }
    return ledger;
}

static void free_record(struct record *record)
{
    while (record->answered) {
        struct answered *next = record->answered->next;

        free(record->answered);
        record->answered = next;
    }
    free(record->path);
    free(record->headers);
    free(record);
}

static void forget(struct ledger *ledger)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        struct record *record = ledger->buckets[i];

        while (record) {
            struct record *next = record->next;

            free_record(record);
            record = next;
        }
        ledger->buckets[i] = NULL;
    }
}

void ledger_free(struct ledger **ledger)
{
    if (!*ledger)
        return;
    forget(*ledger);
    pthread_mutex_destroy(&(*ledger)->lock);
    free(*ledger);
    *ledger = NULL;
}

static struct record **place_of(struct ledger *ledger, const char *path)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    struct record **place;

    for (const char *p = path; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 16777619u;
    place = &ledger->buckets[hash % BUCKETS];
    while (*place && strcmp((*place)->path, path) != 0)
        place = &(*place)->next;
    return place;
}

unsigned ledger_add(struct ledger *ledger, const char *path, char *headers)
{
    struct record **place;
    unsigned number = 0;

    pthread_mutex_lock(&ledger->lock);
    place = place_of(ledger, path);
    if (!*place) {
        *place = calloc(1, sizeof **place);
        if (*place && !((*place)->path = strdup(path))) {
            free(*place);
            *place = NULL;
        }
    }
    if (*place) {
        free((*place)->headers);
        (*place)->headers = headers;
        number = ++(*place)->count;
    } else {
        free(headers);
    }
    pthread_mutex_unlock(&ledger->lock);
    return number;
}

unsigned ledger_count(struct ledger *ledger, const char *path)
{
    struct record *record;
    unsigned count;

    pthread_mutex_lock(&ledger->lock);
    record = *place_of(ledger, path);
    count = record ? record->count : 0;
    pthread_mutex_unlock(&ledger->lock);
    return count;
}

static struct answered *find_answered(const struct record *record, unsigned status)
{
    struct answered *answered = record ? record->answered : NULL;

    while (answered && answered->status != status)
        answered = answered->next;
    return answered;
}

void ledger_add_status(struct ledger *ledger, const char *path, unsigned status)
{
    struct answered *answered;
    struct record *record;

    pthread_mutex_lock(&ledger->lock);
    record = *place_of(ledger, path);
    answered = find_answered(record, status);
    if (record && !answered && (answered = calloc(1, sizeof *answered)) != NULL) {
        answered->status = status;
        answered->next = record->answered;
        record->answered = answered;
    }
    if (answered)
        answered->count++;
    pthread_mutex_unlock(&ledger->lock);
}

unsigned ledger_count_status(struct ledger *ledger, const char *path, unsigned status)
{
    const struct answered *answered;
    unsigned count;

    pthread_mutex_lock(&ledger->lock);
    answered = find_answered(*place_of(ledger, path), status);
    count = answered ? answered->count : 0;
    pthread_mutex_unlock(&ledger->lock);
    return count;
}

static char *find_header(const char *headers, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = headers; line && *line; line = strchr(line, '\n') + 1) {
        if (strncasecmp(line, name, length) == 0 && strncmp(line + length, ": ", 2) == 0) {
            const char *value = line + length + 2;

            return strndup(value, strcspn(value, "\n"));
        }
    }
    return NULL;
}

char *ledger_header(struct ledger *ledger, const char *path, const char *name)
{
    struct record *record;
    char *value;

    pthread_mutex_lock(&ledger->lock);
    record = *place_of(ledger, path);
    value = record ? find_header(record->headers, name) : NULL;
    pthread_mutex_unlock(&ledger->lock);
    return value;
}

void ledger_begin(struct ledger *ledger)
{
    pthread_mutex_lock(&ledger->lock);
    ledger->totals.requests++;
    ledger->under_way++;
    if (ledger->under_way > ledger->totals.most_at_once)
        ledger->totals.most_at_once = ledger->under_way;
    pthread_mutex_unlock(&ledger->lock);
}

void ledger_end(struct ledger *ledger)
{
    pthread_mutex_lock(&ledger->lock);
    ledger->under_way--;
    pthread_mutex_unlock(&ledger->lock);
}

void ledger_connected(struct ledger *ledger)
{
    pthread_mutex_lock(&ledger->lock);
    ledger->totals.connections++;
    pthread_mutex_unlock(&ledger->lock);
}

struct ledger_totals ledger_totals(struct ledger *ledger)
{
    struct ledger_totals totals;

    pthread_mutex_lock(&ledger->lock);
    totals = ledger->totals;
    pthread_mutex_unlock(&ledger->lock);
    return totals;
}

void ledger_reset(struct ledger *ledger)
{
    pthread_mutex_lock(&ledger->lock);
    forget(ledger);
    ledger->totals = (struct ledger_totals){.most_at_once = ledger->under_way};
    pthread_mutex_unlock(&ledger->lock);
}

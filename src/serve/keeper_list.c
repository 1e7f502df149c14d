/* SPDX-License-Identifier: MIT */
#include "serve/keeper_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cache/queue.h"
#include "serve/failure.h"
#include "serve/variant.h"
#include "serve/wake.h"

#define PLACES_MIN 64u
#define PLACES_MAX 32768u

/* The table doubles when two thirds of it are taken. */
_Static_assert(QUEUE_MAX < PLACES_MAX / 3 * 2, "a free place is found soon, and always");

struct keeper_place {
    bool taken;
    struct digest key;
};

/* Where the key is, or would be. A digest's bytes are as good as any hash of them. */
static struct keeper_place *find(struct keeper_place *places, size_t count,
                                 const struct digest *key)
{
    size_t at;

    memcpy(&at, key->bytes, sizeof at);
    for (at %= count; places[at].taken; at = (at + 1) % count)
        if (digest_equal(&places[at].key, key))
            break;
    return &places[at];
}

bool keeper_list_lacks(const struct keeper_list *list, const struct job *job,
                       struct keeper_item *out)
{
    struct variant variant;

    if (list->count >= QUEUE_MAX)
        return false;
    picture_variant_text(job->picture, variant_lease_type(job), out->text);
    if (cache_key(out->text, &out->key) != 0 ||
        (list->places && find(list->places, list->place_count, &out->key)->taken))
        return false;
    return variant_look_up(job, &variant) != VARIANT_FRESH &&
           failure_recall_either(job, out->text, NULL) == CAUSE_NONE;
}

static int grow(struct keeper_list *list)
{
    size_t count = list->place_count ? 2 * list->place_count : PLACES_MIN;
    struct keeper_place *places = calloc(count, sizeof *places);

    if (!places)
        return -ENOMEM;
    for (size_t i = 0; i < list->place_count; i++)
        if (list->places[i].taken)
            *find(places, count, &list->places[i].key) = list->places[i];
    free(list->places);
    list->places = places;
    list->place_count = count;
    return 0;
}

int keeper_list_add(struct keeper_list *list, const struct keeper_item *item)
{
    int rc = 0;

    if (list->count >= list->place_count / 3 * 2)
        rc = grow(list);
    if (!rc)
        rc = buffer_append(&list->texts, item->text, strlen(item->text) + 1);
    if (rc)
        return rc;
    *find(list->places, list->place_count, &item->key) = (struct keeper_place){true, item->key};
    list->count++;
    return 0;
}

void keeper_list_tell(const struct keeper_list *list, struct server *server, const char *event)
{
    const char *text = list->texts.data;
    int rc = 0;

    /* Where none can be started, it has said so. */
    if (list->count == 0 || keeper_wake(server->config, server->cache) != 0)
        return;
    for (size_t i = 0; i < list->count && !rc; i++, text += strlen(text) + 1) {
        struct digest key;

        rc = cache_key(text, &key);
        if (!rc)
            rc = queue_add(server->cache, QUEUE_REFRESH, &key, text);
    }
    if (rc && rc != -ENOSPC)
        log_warn(event, "the keeper is not told: %s", strerror(-rc));
}

void keeper_list_free(struct keeper_list *list)
{
    buffer_free(&list->texts);
    free(list->places);
    *list = (struct keeper_list){.count = 0};
}

/* SPDX-License-Identifier: MIT */
#include "cache/hot.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 1024      /* chains stay short: a few MB hold some hundred avatars */
#define SHARE 4           /* one blob may fill at most this part of the capacity */

struct item {
    struct digest blob;
    void *bytes;
    size_t length;
    bool used;          /* since the hand last came by */
    struct item *chain; /* same bucket */
    struct item *next;  /* ring, in order of arrival */
    struct item *prev;
};

struct hot {
    size_t capacity;
    size_t bytes;
    struct item *hand; /* oldest; NULL when empty */
    struct item *buckets[BUCKETS];
};

struct hot *hot_new(size_t capacity)
{
    struct hot *hot = calloc(1, sizeof *hot);

    if (hot)
        hot->capacity = capacity;
    return hot;
}

static struct item **bucket_of(struct hot *hot, const struct digest *blob)
{
    uint32_t hash;

    /* A digest is as good a hash as there is. */
    memcpy(&hash, blob->bytes, sizeof hash);
    return &hot->buckets[hash % BUCKETS];
}

static void drop(struct hot *hot, struct item *item)
{
    struct item **link = bucket_of(hot, &item->blob);

    while (*link != item)
        link = &(*link)->chain;
    *link = item->chain;
    if (item->next == item) {
        hot->hand = NULL;
    } else {
        item->prev->next = item->next;
        item->next->prev = item->prev;
        if (hot->hand == item)
            hot->hand = item->next;
    }
    hot->bytes -= item->length;
    free(item->bytes);
    free(item);
}

void hot_free(struct hot **hot)
{
    if (!*hot)
        return;
    while ((*hot)->hand)
        drop(*hot, (*hot)->hand);
    free(*hot);
    *hot = NULL;
}

static struct item *find(struct hot *hot, const struct digest *blob)
{
    struct item *item = *bucket_of(hot, blob);

    while (item && !digest_equal(&item->blob, blob))
        item = item->chain;
    return item;
}

const void *hot_get(struct hot *hot, const struct digest *blob, size_t *length)
{
    struct item *item = find(hot, blob);

    if (!item)
        return NULL;
    item->used = true;
    *length = item->length;
    return item->bytes;
}

int hot_fits(const struct hot *hot, uint64_t length)
{
    return length > 0 && length <= hot->capacity / SHARE;
}

static void make_room(struct hot *hot, size_t length)
{
    while (hot->hand && hot->bytes + length > hot->capacity) {
        struct item *item = hot->hand;

        if (item->used) {
            item->used = false;
            hot->hand = item->next;
        } else {
            drop(hot, item);
        }
    }
}

const void *hot_put(struct hot *hot, const struct digest *blob, void *bytes, size_t length)
{
    struct item *item = find(hot, blob), **bucket;

    if (item) {
        free(bytes);
        return item->bytes;
    }
    item = hot_fits(hot, length) ? calloc(1, sizeof *item) : NULL;
    if (!item) {
        free(bytes);
        return NULL;
    }
    make_room(hot, length);
    *item = (struct item){.blob = *blob, .bytes = bytes, .length = length};
    bucket = bucket_of(hot, blob);
    item->chain = *bucket;
    *bucket = item;
    if (hot->hand) { /* behind the hand: the last to be looked at */
        item->next = hot->hand;
        item->prev = hot->hand->prev;
        item->prev->next = item;
        hot->hand->prev = item;
    } else {
        item->next = item->prev = item;
        hot->hand = item;
    }
    hot->bytes += length;
    return item->bytes;
}

/* SPDX-License-Identifier: MIT */
#include "origin/srv.h"

#include <stdbool.h>
#include <string.h>

static bool is_usable(const struct srv_record *r)
{
    size_t length = strspn(r->target, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789.-");

    return length > 0 && !r->target[length] && strcmp(r->target, ".") != 0 && r->port > 0;
}

/* Moves the usable ones of the least priority to the front. Returns how many there are. */
static size_t select_least(struct srv_record *records, size_t count)
{
    size_t selected = 0;

    for (size_t i = 0; i < count; i++) {
        if (!is_usable(&records[i]) ||
            (selected > 0 && records[i].priority > records[0].priority))
            continue;
        if (selected > 0 && records[i].priority < records[0].priority)
            selected = 0;
        if (i != selected) {
            struct srv_record other = records[selected];

            records[selected] = records[i];
            records[i] = other;
        }
        selected++;
    }
    return selected;
}

/* Those of weight zero have a small chance: they come first, and are met by the sum zero. */
static void zero_weights_first(struct srv_record *records, size_t count)
{
    size_t zeros = 0;

    for (size_t i = 0; i < count; i++)
        if (records[i].weight == 0) {
            struct srv_record other = records[zeros];

            records[zeros++] = records[i];
            records[i] = other;
        }
}

const struct srv_record *srv_choose(struct srv_record *records, size_t count, uint32_t random)
{
    uint32_t sum = 0, place;

    count = select_least(records, count);
    zero_weights_first(records, count);
    for (size_t i = 0; i < count; i++)
        sum += records[i].weight;
    place = random % (sum + 1);
    sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += records[i].weight;
        if (sum >= place)
            return &records[i];
    }
    return NULL;
}

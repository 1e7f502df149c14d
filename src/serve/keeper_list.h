/* SPDX-License-Identifier: MIT
 *
 * Pictures that the keeper is to have ready, gathered while an answer is made: each once, however
 * often it is named, and no more than its queue holds.
 */
#ifndef VISAGE_SERVE_KEEPER_LIST_H
#define VISAGE_SERVE_KEEPER_LIST_H

#include "base/buffer.h"
#include "serve/job.h"

struct keeper_item {
    struct digest key;
    char text[PICTURE_CANONICAL_MAX];
};

struct keeper_place;

/* Zeroed: nothing. */
struct keeper_list {
    struct buffer texts;         /* of variants, each followed by a NUL */
    size_t count;
    struct keeper_place *places; /* where a key is found again; grows with the list */
    size_t place_count;
};

/* Whether there is something to be done for the job's picture: it is not on the list, which has
 * room, the cache has none that is fresh, and no failure of it is remembered. Fills *out then. */
bool keeper_list_lacks(const struct keeper_list *list, const struct job *job,
                       struct keeper_item *out);

/* Puts on what was lacking. Returns 0 or -ENOMEM. */
int keeper_list_add(struct keeper_list *list, const struct keeper_item *item);

/* Leaves it all in the queue and sees to it that a keeper is at work. What finds no room there is
 * made when it is asked for. `event` is for the log. */
void keeper_list_tell(const struct keeper_list *list, struct server *server, const char *event);

void keeper_list_free(struct keeper_list *list);

#endif

/* SPDX-License-Identifier: MIT
 *
 * A GET in the background, in a thread and on a connection of its own, for tests in
 * which something happens meanwhile.
 */
#ifndef VISAGE_TESTS_RIG_BACKGROUND_H
#define VISAGE_TESTS_RIG_BACKGROUND_H

#include <pthread.h>

#include "rig/rig.h"

struct background {
    pthread_t thread;
    struct client *client;
    char target[512];
    struct answer answer;
};

/* Asks for the rig's prefix + target, which printf makes. */
void background_start(struct background *b, const struct rig *rig, const char *target, ...)
    __attribute__((format(printf, 3, 4)));

/* Waits for the answer. Returns its status; b->answer is to be freed by answer_free(). */
int background_await(struct background *b);

#endif

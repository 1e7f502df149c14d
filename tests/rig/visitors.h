/* SPDX-License-Identifier: MIT
 *
 * Visitors, each in a thread and on a connection of its own: who ask all the while,
 * for hits and now and then for something that takes longer, or who ask once. For
 * tests in which nobody may notice what is done to the workers meanwhile.
 */
#ifndef VISAGE_TESTS_RIG_VISITORS_H
#define VISAGE_TESTS_RIG_VISITORS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "rig/rig.h"

#define VISITORS 4

struct visitor {
    pthread_t thread;
    const struct rig *rig;
    unsigned number;
    const char *target; /* of who asks once */
    atomic_bool *stop;
    unsigned asked, failed;
};

struct visitors {
    struct visitor each[VISITORS];
    atomic_bool stop;
};

/* Must be static, as the rig. */
void visitors_start(struct visitors *v, const struct rig *rig);

/* Sends them home. There must have been more than `least` answers, and none may be missing or
 * broken. */
void visitors_stop(struct visitors *v, unsigned least);

/* One who asks once; `target`, without the prefix, is borrowed until visitor_await(). */
void visitor_send(struct visitor *v, const struct rig *rig, const char *target);

/* Waits for the answer. True if it was a sound picture. */
bool visitor_await(struct visitor *v);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Further workers for a test: processes of their own that open the cache and then
 * do what they are told, one command at a time.
 */
#ifndef VISAGE_TESTS_CACHE_ACTOR_H
#define VISAGE_TESTS_CACHE_ACTOR_H

#include <sys/types.h>

#include "cache/fixture.h"

struct actor {
    pid_t pid;
    int fd;
};

/* What an actor does with a command; runs in its process. */
typedef int64_t actor_obey(struct cache *cache, int64_t command);

/* Starts a worker. It has opened the cache when this returns; it ends with the test at the
 * latest. */
void actor_start(struct actor *a, struct fixture *f, actor_obey *obey);

/* The same, counted as what the role says. */
void actor_start_as(struct actor *a, struct fixture *f, enum cache_role role, actor_obey *obey);

/* Gives a command and returns what came of it. */
int64_t actor_ask(struct actor *a, int64_t command);

/* The two halves of that. */
void actor_tell(struct actor *a, int64_t command);
int64_t actor_answer(struct actor *a);

/* SIGKILL, whatever it is doing. */
void actor_kill(struct actor *a);

/* Lets it close the cache and end. */
void actor_end(struct actor *a);

#endif

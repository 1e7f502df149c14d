/* SPDX-License-Identifier: MIT
 *
 * Scripts for /script/: the language is described in origin.h. Private to tests/origin.
 */
#ifndef VISAGE_TESTS_SCRIPT_H
#define VISAGE_TESTS_SCRIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "origin/behaviour.h"
#include "origin/fields.h"

struct script_step {
    const struct behaviour *behaviour; /* NULL: a status with `fields` */
    char *arguments[BEHAVIOUR_ARGUMENTS]; /* of the behaviour */
    unsigned status;
    unsigned times;
    int64_t delay_ms;
    bool held;                         /* until origin_release() */
    bool conditional;                  /* 304 where the request's condition says so */
    char *picture;                     /* NULL: the one that the request names */
    struct field_list fields;
};

struct script {
    struct script *next;
    char *name;
    struct script_step *steps;
    size_t count;
    uint64_t taken;                    /* steps that next() has given */
};

/* Reads the steps; "" for none. Returns 0 with *out the caller's, or -EINVAL or -ENOMEM. */
int script_parse(const char *name, const char *steps, struct script **out);

/* The step for the next request; NULL if there are none. Not safe between threads. */
const struct script_step *script_next(struct script *script);

/* Frees the whole list and clears the pointer. */
void script_free(struct script **list);

#endif

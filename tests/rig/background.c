/* SPDX-License-Identifier: MIT */
#include "rig/background.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

/* Asserts nothing: see client.h. */
static void *ask(void *context)
{
    struct background *b = context;

    client_ask(b->client, "GET", b->target, NULL, &b->answer);
    return NULL;
}

void background_start(struct background *b, const struct rig *rig, const char *target, ...)
{
    size_t used = strlen(rig->prefix);
    va_list ap;
    int n;

    memset(b, 0, sizeof *b);
    memcpy(b->target, rig->prefix, used);
    va_start(ap, target);
    n = vsnprintf(b->target + used, sizeof b->target - used, target, ap);
    va_end(ap);
    cr_assert(n > 0 && (size_t)n < sizeof b->target - used);
    b->client = client_new(rig->port);
    cr_assert_not_null(b->client);
    cr_assert_eq(pthread_create(&b->thread, NULL, ask, b), 0);
}

int background_await(struct background *b)
{
    cr_assert_eq(pthread_join(b->thread, NULL), 0);
    client_free(&b->client);
    return b->answer.status;
}

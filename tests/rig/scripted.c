/* SPDX-License-Identifier: MIT */
#include "rig/scripted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "rig/aging.h"

#define PATH_MAX_HERE 128
#define AWAIT_MS 10000

static const char *path_of(const char *name, char out[PATH_MAX_HERE])
{
    snprintf(out, PATH_MAX_HERE, "/script/%s", name);
    return out;
}

void scripted_set(struct rig *rig, const char *name, const char *steps)
{
    cr_assert_eq(origin_script(rig->origin, name, steps), 0, "%s", steps);
}

int scripted_get(struct rig *rig, const char *name)
{
    return scripted_get_sized(rig, 64, name);
}

int scripted_get_sized(struct rig *rig, unsigned size, const char *name)
{
    return rig_get(rig, "/s%u/o/script/%s.jpg", size, name);
}

unsigned scripted_asked(struct rig *rig, const char *name)
{
    char path[PATH_MAX_HERE];

    return origin_count(rig->origin, path_of(name, path));
}

unsigned scripted_answered(struct rig *rig, const char *name, unsigned status)
{
    char path[PATH_MAX_HERE];

    return origin_count_status(rig->origin, path_of(name, path), status);
}

void scripted_await(struct rig *rig, const char *name, unsigned asked)
{
    char path[PATH_MAX_HERE];

    cr_assert(origin_await(rig->origin, path_of(name, path), asked, AWAIT_MS),
              "%s was asked for %u times, not %u", name, scripted_asked(rig, name), asked);
}

bool scripted_sent(struct rig *rig, const char *name, const char *field, const char *value)
{
    char path[PATH_MAX_HERE];
    char *sent = origin_last_header(rig->origin, path_of(name, path), field);
    bool same = sent && value ? strcmp(sent, value) == 0 : !sent && !value;

    if (!same)
        fprintf(stderr, "%s: %s: %s\n", name, field, sent ? sent : "(none)");
    free(sent);
    return same;
}

void scripted_pass(struct rig *rig, int64_t seconds)
{
    aging_pass(rig->conf, seconds);
}

bool scripted_way(const struct rig *rig, const char *text)
{
    const char *status = answer_field(&rig->answer, "Cache-Status");

    if (status && strstr(status, text))
        return true;
    fprintf(stderr, "%d, Cache-Status: %s\n", rig->answer.status, status ? status : "(none)");
    return false;
}

int64_t scripted_ttl(const struct rig *rig)
{
    const char *status = answer_field(&rig->answer, "Cache-Status");
    const char *ttl = status ? strstr(status, "; ttl=") : NULL;

    return ttl ? strtoll(ttl + strlen("; ttl="), NULL, 10) : INT64_MIN;
}

void scripted_etag(const struct rig *rig, char out[SCRIPTED_ETAG_MAX])
{
    const char *etag = answer_field(&rig->answer, "ETag");

    snprintf(out, SCRIPTED_ETAG_MAX, "%s", etag ? etag : "");
}

bool scripted_is(const struct rig *rig, const char *etag)
{
    char own[SCRIPTED_ETAG_MAX];

    scripted_etag(rig, own);
    return *etag && strcmp(own, etag) == 0;
}

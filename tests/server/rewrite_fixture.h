/* SPDX-License-Identifier: MIT
 *
 * What the tests of /_visage/rewrite share: a source behind a signature, and the section of it.
 */
#ifndef VISAGE_TESTS_SERVER_REWRITE_FIXTURE_H
#define VISAGE_TESTS_SERVER_REWRITE_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/rig.h"
#include "rig/text.h"
#include "rig/workers.h"

#define TOKEN "0123456789abcdef-token"
#define BEARER "Authorization: Bearer " TOKEN
#define JSON "Content-Type: application/json"
#define AWAIT_MS 20000
#define LARGEST (4u << 20)       /* bytes: max_bytes, where nothing else is said */
#define LARGEST_SHARED 131072u   /* FcgidMaxRequestLen, which .htaccess cannot set */

#define ADMIN "admin { addresses = {\"127.0.0.1\"} token_file = \"@DIR@/secret\" }\n"
#define SOURCE(sign)                                                                               \
    "source azure { url = \"@ORIGIN@/ok/{id}?size=2\" allow_addresses = {\"127.0.0.0/8\"}\n"       \
    "               sign_key_file = \"@DIR@/secret\" sign = " sign " ttl = \"1h\" }\n"
#define REWRITE(more)                                                                              \
    "rewrite { fields = {\"avatarUrl\", \"imageUrl\"} match = \"@ORIGIN@/ok/\"\n"                  \
    "          source = azure preset = thumb " more " }\n"
#define USUAL ADMIN SOURCE("required") REWRITE("")

static inline void open_rig(struct rig *rig, enum rig_kind kind, const char *sections)
{
    rig_open(rig, &(struct rig_options){.kind = kind, .workers = 2, .secret = TOKEN "\n",
                                        .more = sections});
}

static inline int post(struct rig *rig, const char *body)
{
    static const char *const fields[] = {BEARER, JSON, NULL};

    return rig_send(rig, "POST", "/_visage/rewrite", fields, body);
}

/* The text with the origin's address in the place of each '@'. */
static inline const char *at_origin(const struct rig *rig, const char *text)
{
    static char out[4][2000];
    static unsigned turn;
    char *to = out[turn++ % 4];
    size_t used = 0;

    for (; *text; text++) {
        cr_assert_lt(used + 40, sizeof *out);
        if (*text == '@')
            used += (size_t)snprintf(to + used, 40, "http://127.0.0.1:%u",
                                     (unsigned)rig->origin_port);
        else
            to[used++] = *text;
    }
    to[used] = '\0';
    return to;
}

/* The string that the last answer has for the member: the first one of this name. */
static inline const char *value(const struct rig *rig, const char *name)
{
    static char out[2000];
    char before[100];
    const char *begin;

    snprintf(before, sizeof before, "\"%s\":\"", name);
    begin = strstr(rig->answer.body.data, before);
    cr_assert_not_null(begin, "no %s in %s", name, rig->answer.body.data);
    begin += strlen(before);
    snprintf(out, sizeof out, "%.*s", (int)strcspn(begin, "\""), begin);
    return out;
}

/* Waits until the keeper has made so many pictures. */
static inline bool await_made(const struct rig *rig, uint64_t count)
{
    int64_t until_ms = clock_boot_ms() + AWAIT_MS;

    while (workers_counted(rig->state, COUNT_REFRESHES) < count) {
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(5);
    }
    return true;
}

/* Waits until the keeper has made the picture, and whether it is a hit at the URL, asked for as
 * browsers do. */
static inline bool await_hit(struct rig *rig, const char *url)
{
    static const char *const fields[] = {"Accept: image/avif,image/webp,*/*", NULL};
    char target[2000];

    snprintf(target, sizeof target, "%s", url + strlen(rig->prefix));
    return await_made(rig, 1) && rig_ask(rig, "GET", target, fields) == 200 &&
           answer_says(&rig->answer, "Cache-Status", "visage; hit");
}

static inline void expect_problem(const struct rig *rig, int status, const char *what)
{
    cr_expect_eq(rig->answer.status, status, "%s: %d", what, rig->answer.status);
    cr_expect_str_eq(answer_field(&rig->answer, "Content-Type"), "application/problem+json",
                     "%s", what);
    cr_expect_str_eq(answer_field(&rig->answer, "Cache-Control"), "no-store");
}

#endif

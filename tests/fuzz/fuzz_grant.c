/* SPDX-License-Identifier: MIT
 *
 * A text that may be a grant: what is taken is what one of the keys grants, in its only spelling,
 * and what is granted is taken until it expires, in its own source.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "route/grant.h"

#define NOW_S INT64_C(1700000000)

static const struct sign_keys keys = {.keys = {{"0123456789abcdef", 16}, {"fedcba9876543210", 16}},
                                      .count = 2};

static enum cause check(const char *source, const char *text, int64_t now_s, struct grant *out)
{
    return grant_check(&keys, source, text, strlen(text), now_s * 1000, out);
}

static void require_granted(const char *text, const struct grant *grant)
{
    static char wanted[GRANT_TEXT_SIZE];
    bool found = false;

    REQUIRE(grant->expires_s > NOW_S);
    for (size_t i = 0; i < keys.count; i++) {
        REQUIRE(grant_make(&keys.keys[i], "users", grant->user, grant->expires_s, grant->max_bytes,
                           wanted) == 0);
        found = found || strcmp(wanted, text) == 0;
    }
    REQUIRE(found);
}

static bool can_have_one(const char *user)
{
    for (const char *p = user; *p; p++)
        if ((*p > 0 && *p < ' ') || *p == 0x7f)
            return false;
    return *user && strlen(user) <= PICTURE_ID_MAX;
}

/* One byte of it, at `place`, becomes another. */
static void require_no_other(char *text, uint64_t place, unsigned change)
{
    struct grant grant;

    text[place % strlen(text)] = (char)(text[place % strlen(text)] ^ (int)(1 + change % 255));
    REQUIRE(check("users", text, 0, &grant) == CAUSE_GRANT_WRONG);
    REQUIRE(grant.user[0] == '\0' && grant.expires_s == 0 && grant.max_bytes == 0);
}

static void make_and_check(const char *user, struct fuzz_input *in)
{
    static char text[GRANT_TEXT_SIZE];
    int64_t expires_s = (int64_t)(1 + fuzz_number(in) % (uint64_t)SIGN_NUMBER_MAX);
    uint64_t max = fuzz_number(in) % (uint64_t)(SIGN_NUMBER_MAX + 1);
    struct grant grant;
    int rc = grant_make(&keys.keys[1], "users", user, expires_s, max, text);

    REQUIRE((rc == 0) == can_have_one(user));
    if (rc != 0)
        return;
    REQUIRE(check("users", text, expires_s - 1, &grant) == CAUSE_NONE);
    REQUIRE(strcmp(grant.user, user) == 0);
    REQUIRE(grant.expires_s == expires_s && grant.max_bytes == max);
    REQUIRE(check("users", text, expires_s, &grant) == CAUSE_GRANT_OVER);
    REQUIRE(check("others", text, expires_s - 1, &grant) == CAUSE_GRANT_WRONG);
    require_no_other(text, fuzz_number(in), fuzz_byte(in));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *text = fuzz_line(&in), *user = fuzz_line(&in);
    struct grant grant;
    enum cause cause = check("users", text, NOW_S, &grant);

    REQUIRE(cause == CAUSE_NONE || cause == CAUSE_GRANT_WRONG || cause == CAUSE_GRANT_OVER);
    if (cause == CAUSE_NONE)
        require_granted(text, &grant);
    else
        REQUIRE(grant.user[0] == '\0' && grant.expires_s == 0 && grant.max_bytes == 0);
    make_and_check(user, &in);
    free(user);
    free(text);
    return 0;
}

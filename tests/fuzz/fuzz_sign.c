/* SPDX-License-Identifier: MIT
 *
 * A path and a query that may be signed: what is taken is what was signed, and what is signed is
 * taken until it expires.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "http/form.h"
#include "route/sign.h"

#define NOW_S INT64_C(1700000000)

static const struct sign_keys keys = {.keys = {{"0123456789abcdef", 16}, {"fedcba9876543210", 16}},
                                      .count = 2};

static enum cause check(enum sign_mode mode, const char *path, const char *query, int64_t now_s)
{
    const struct http_request request = {.path = path,
                                         .path_length = strlen(path),
                                         .query = query,
                                         .query_length = strlen(query)};

    return sign_check(mode, &keys, &request, now_s * 1000);
}

/* The parameters are what one of the keys signs, and it is not too late. */
static void require_signed(const char *path, const char *query)
{
    char given[SIGN_TEXT_SIZE], expires[SIGN_DIGITS_MAX + 1], wanted[SIGN_TEXT_SIZE];
    int64_t expires_s = SIGN_NEVER;
    bool found = false;

    REQUIRE(http_form_get(query, strlen(query), "sig", given, sizeof given) ==
            (ssize_t)sizeof given - 1);
    if (http_form_get(query, strlen(query), "exp", expires, sizeof expires) >= 0) {
        expires_s = strtoll(expires, NULL, 10);
        REQUIRE(expires_s > NOW_S);
    }
    for (size_t i = 0; i < keys.count; i++) {
        REQUIRE(sign_path(&keys.keys[i], path, strlen(path), expires_s, wanted) == 0);
        found = found || strcmp(wanted, given) == 0;
    }
    REQUIRE(found);
}

static void sign_and_check(const char *path, int64_t expires_s)
{
    char signature[SIGN_TEXT_SIZE], query[128];

    REQUIRE(sign_path(&keys.keys[1], path, strlen(path), expires_s, signature) == 0);
    snprintf(query, sizeof query, "exp=%" PRId64 "&sig=%s", expires_s, signature);
    REQUIRE(check(SIGN_REQUIRED, path, query, expires_s - 1) == CAUSE_NONE);
    REQUIRE(check(SIGN_REQUIRED, path, query, expires_s) == CAUSE_SIGNATURE);
    REQUIRE(sign_path(&keys.keys[0], path, strlen(path), SIGN_NEVER, signature) == 0);
    snprintf(query, sizeof query, "sig=%s", signature);
    REQUIRE(check(SIGN_REQUIRED, path, query, expires_s) == CAUSE_NONE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *path = fuzz_line(&in), *query = fuzz_line(&in);
    enum cause required = check(SIGN_REQUIRED, path, query, NOW_S);
    bool has_one = http_form_count(query, strlen(query), "sig") > 0;

    REQUIRE(required == CAUSE_NONE || required == CAUSE_SIGNATURE);
    REQUIRE(check(SIGN_OPTIONAL, path, query, NOW_S) == (has_one ? required : CAUSE_NONE));
    REQUIRE(check(SIGN_OFF, path, query, NOW_S) == CAUSE_NONE);
    if (required == CAUSE_NONE)
        require_signed(path, query);
    sign_and_check(path, (int64_t)(1 + fuzz_number(&in) % INT64_C(999999999999999)));
    free(query);
    free(path);
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * Signed native URLs: which requests may be answered.
 */
#include "route/sign.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define KEY_NEW "0123456789abcdef0123"
#define KEY_OLD "fedcba9876543210"
#define PATH "/img/s64/a/%C3%A9/b%20c"
#define NOW_S INT64_C(1700000000)

/* By `openssl dgst -sha256 -hmac KEY -binary | basenc --base64url`. */
#define SIG_NEW "iXlTn616Ht26eN4LnYP_iMp_Og5D7sXV7mSFqRVKXWU"
#define SIG_OLD "j1LZOa0lQXNp9nPQCtkocBH4o49M3CYXYbE4-Mpvpm8"
#define SIG_1700000001 "IMpcEPn3k0XLjlVu6-7W7HD_gjljVsHY7DsF4m48s3g"
#define SIG_1700000000 "FItMuOzmsirE2L71RU2lbZcRH2TCcBE8c_vAPiV_7Uc"

static const struct sign_keys both = {
    .keys = {{KEY_NEW, sizeof KEY_NEW - 1}, {KEY_OLD, sizeof KEY_OLD - 1}}, .count = 2};

/* Path and query are heap copies without a NUL, so that a sanitizer sees a read past their ends. */
static enum cause check(enum sign_mode mode, const struct sign_keys *keys, const char *path,
                        const char *query)
{
    char *raw = malloc(strlen(path)), *asked = malloc(strlen(query) + 1);
    struct http_request request = {.method = HTTP_GET,
                                   .path = raw,
                                   .path_length = strlen(path),
                                   .query = asked,
                                   .query_length = strlen(query)};
    enum cause cause;

    cr_assert(raw && asked);
    memcpy(raw, path, strlen(path));
    memcpy(asked, query, strlen(query));
    asked = realloc(asked, strlen(query) ? strlen(query) : 1);
    cr_assert_not_null(asked);
    request.query = asked;
    cause = sign_check(mode, keys, &request, NOW_S * 1000);
    free(asked);
    free(raw);
    return cause;
}

Test(sign, makes_what_others_make)
{
    char text[SIGN_TEXT_SIZE];

    cr_assert_eq(sign_path(&both.keys[0], PATH, strlen(PATH), SIGN_NEVER, text), 0);
    cr_expect_str_eq(text, SIG_NEW);
    cr_assert_eq(sign_path(&both.keys[1], PATH, strlen(PATH), SIGN_NEVER, text), 0);
    cr_expect_str_eq(text, SIG_OLD);
    cr_assert_eq(sign_path(&both.keys[0], PATH, strlen(PATH), NOW_S + 1, text), 0);
    cr_expect_str_eq(text, SIG_1700000001);
}

Test(sign, takes_what_is_signed_by_any_key_and_has_not_expired)
{
    static const char *const queries[] = {
        "sig=" SIG_NEW,
        "sig=" SIG_OLD,
        "exp=1700000001&sig=" SIG_1700000001,
        "sig=" SIG_1700000001 "&exp=1700000001",
        "utm_source=x&sig=" SIG_NEW "&&v=2",
        "Sig=x&sig=" SIG_NEW "&sigs=1&expo=3",
    };

    for (size_t i = 0; i < COUNT(queries); i++) {
        cr_expect_eq(check(SIGN_REQUIRED, &both, PATH, queries[i]), CAUSE_NONE, "%s", queries[i]);
        cr_expect_eq(check(SIGN_OPTIONAL, &both, PATH, queries[i]), CAUSE_NONE, "%s", queries[i]);
    }
}

Test(sign, refuses_what_is_wrong_or_late_in_both_modes)
{
    static const char *const queries[] = {
        "sig=",
        "sig",
        "sig=" SIG_NEW "=",
        "sig=" SIG_NEW "A",
        "sig=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "sig=%00",
        "sig=%",
        "sig=" SIG_NEW "&sig=" SIG_NEW,
        "sig=x&sig=" SIG_NEW,
        "exp=1700000000&sig=" SIG_1700000000,  /* at that time it is over */
        "exp=1700000002&sig=" SIG_1700000001,
        "exp=1700000001&sig=" SIG_NEW,
        "sig=" SIG_1700000001,
        "exp=&sig=" SIG_NEW,
        "exp&sig=" SIG_NEW,
        "exp=01700000001&sig=" SIG_1700000001,
        "exp=+1700000001&sig=" SIG_1700000001,
        "exp=-1&sig=" SIG_NEW,
        "exp=1700000001x&sig=" SIG_1700000001,
        "exp=9999999999999999&sig=" SIG_NEW,
        "exp=1700000001&exp=1700000001&sig=" SIG_1700000001,
        "exp=0&sig=" SIG_NEW,
    };

    for (size_t i = 0; i < COUNT(queries); i++) {
        cr_expect_eq(check(SIGN_REQUIRED, &both, PATH, queries[i]), CAUSE_SIGNATURE, "%s",
                     queries[i]);
        cr_expect_eq(check(SIGN_OPTIONAL, &both, PATH, queries[i]), CAUSE_SIGNATURE, "%s",
                     queries[i]);
    }
}

/* The signature's last character holds two bits that no encoder sets. */
Test(sign, has_one_spelling)
{
    char query[] = "sig=" SIG_NEW;

    for (char c = '!'; c < 127; c++) {
        query[sizeof query - 2] = c;
        cr_expect_eq(check(SIGN_REQUIRED, &both, PATH, query),
                     strcmp(query, "sig=" SIG_NEW) ? CAUSE_SIGNATURE : CAUSE_NONE, "%s", query);
    }
}

Test(sign, holds_for_the_raw_path_alone)
{
    static const char *const paths[] = {
        "/img/s64/a/%c3%a9/b%20c", "/img/s65/a/%C3%A9/b%20c", "/s64/a/%C3%A9/b%20c",
        PATH ".webp",              "/img/s64/a/%C3%A9/b%20",  PATH "/",
    };

    for (size_t i = 0; i < COUNT(paths); i++)
        cr_expect_eq(check(SIGN_REQUIRED, &both, paths[i], "sig=" SIG_NEW), CAUSE_SIGNATURE, "%s",
                     paths[i]);
}

Test(sign, a_missing_one_matters_where_it_is_required)
{
    static const char *const queries[] = {"", "x=1", "exp=1", "exp=1700000001", "signature=1"};

    for (size_t i = 0; i < COUNT(queries); i++) {
        cr_expect_eq(check(SIGN_REQUIRED, &both, PATH, queries[i]), CAUSE_SIGNATURE);
        cr_expect_eq(check(SIGN_OPTIONAL, &both, PATH, queries[i]), CAUSE_NONE);
    }
    cr_expect_eq(check(SIGN_OFF, &both, PATH, "sig=wrong"), CAUSE_NONE);
}

Test(sign, without_keys_nothing_is_right)
{
    static const struct sign_keys none, old = {.keys = {{KEY_OLD, sizeof KEY_OLD - 1}}, .count = 1};

    cr_expect_eq(check(SIGN_REQUIRED, &none, PATH, "sig=" SIG_NEW), CAUSE_SIGNATURE);
    cr_expect_eq(check(SIGN_REQUIRED, &old, PATH, "sig=" SIG_NEW), CAUSE_SIGNATURE);
    cr_expect_eq(check(SIGN_REQUIRED, &old, PATH, "sig=" SIG_OLD), CAUSE_NONE);
}

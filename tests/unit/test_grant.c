/* SPDX-License-Identifier: MIT
 *
 * Upload grants: which are good, and for whom.
 */
#include "route/grant.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define KEY_NEW "0123456789abcdef0123"
#define KEY_OLD "fedcba9876543210"
#define NOW_S INT64_C(1700000000)

/* By `openssl dgst -sha256 -hmac KEY -binary | basenc --base64url`. */
#define ANNA "1.YW5uYQ.1700000600.5242880."
#define ANNA_NEW ANNA "_9foEw6j-6NwA8VTggrpTX3Jb8ITpfxIy3ii44pmfV4"
#define ANNA_OLD ANNA "d9mOVk02HAUISW9IxgznVenuHjwz1Ld_T0d8vTfEiac"
/* "Émile/Zola 1.png" */
#define EMILE "1.w4ltaWxlL1pvbGEgMS5wbmc.1700000001.0.L8I3BjiIW6gmC8Id6k8D8DSt_EDrpvb6X6i4Dc1kUEA"
#define LATE "1.YW5uYQ.1700000000.5242880.vrAkKZJuC3NyppYRSeO-jzbGiodCteS1RJZvB2MNcuI"

static const struct sign_keys both = {
    .keys = {{KEY_NEW, sizeof KEY_NEW - 1}, {KEY_OLD, sizeof KEY_OLD - 1}}, .count = 2};
static const struct sign_keys none, old = {.keys = {{KEY_OLD, sizeof KEY_OLD - 1}}, .count = 1};

/* The text is a heap copy without a NUL, so that a sanitizer sees a read past its end. */
static enum cause check_bytes(const struct sign_keys *keys, const char *source, const char *text,
                              size_t length, struct grant *out)
{
    char *copy = malloc(length ? length : 1);
    enum cause cause;

    cr_assert_not_null(copy);
    memcpy(copy, text, length);
    memset(out, 'x', sizeof *out);
    cause = grant_check(keys, source, copy, length, NOW_S * 1000, out);
    free(copy);
    return cause;
}

static enum cause check(const char *text, struct grant *out)
{
    return check_bytes(&both, "users", text, strlen(text), out);
}

/* Signs what no signer would: the parts as they are given. */
static void forge(const char *user, const char *expires, const char *max, char *out, size_t size)
{
    const struct hmac_part message[] = {{"visage-grant\n1\nusers\n", 21}, {user, strlen(user)},
                                        {"\n", 1}, {expires, strlen(expires)},
                                        {"\n", 1}, {max, strlen(max)}};
    unsigned char raw[HMAC_SHA256_SIZE];
    char signature[SIGN_TEXT_SIZE];
    int n;

    cr_assert_eq(hmac_sha256(KEY_NEW, strlen(KEY_NEW), message, COUNT(message), raw), 0);
    base64url_encode(raw, sizeof raw, signature);
    n = snprintf(out, size, "1.%s.%s.%s.%s", user, expires, max, signature);
    cr_assert(n > 0 && (size_t)n < size);
}

static void expect_nothing(const struct grant *grant)
{
    cr_expect_str_empty(grant->user);
    cr_expect_eq(grant->expires_s, 0);
    cr_expect_eq(grant->max_bytes, 0);
}

Test(grant, makes_what_others_make)
{
    char text[GRANT_TEXT_SIZE];

    cr_assert_eq(grant_make(&both.keys[0], "users", "anna", NOW_S + 600, 5242880, text), 0);
    cr_expect_str_eq(text, ANNA_NEW);
    cr_assert_eq(grant_make(&both.keys[1], "users", "anna", NOW_S + 600, 5242880, text), 0);
    cr_expect_str_eq(text, ANNA_OLD);
    cr_assert_eq(grant_make(&both.keys[0], "users", "Émile/Zola 1.png", NOW_S + 1, 0, text), 0);
    cr_expect_str_eq(text, EMILE);
}

Test(grant, tells_who_may_and_how_much)
{
    struct grant grant;

    cr_assert_eq(check(ANNA_NEW, &grant), CAUSE_NONE);
    cr_expect_str_eq(grant.user, "anna");
    cr_expect_eq(grant.expires_s, NOW_S + 600);
    cr_expect_eq(grant.max_bytes, 5242880);
    cr_assert_eq(check(EMILE, &grant), CAUSE_NONE);
    cr_expect_str_eq(grant.user, "Émile/Zola 1.png");
    cr_expect_eq(grant.expires_s, NOW_S + 1);
    cr_expect_eq(grant.max_bytes, 0);
}

Test(grant, any_key_is_good_until_it_is_removed)
{
    struct grant grant;

    cr_expect_eq(check(ANNA_OLD, &grant), CAUSE_NONE);
    cr_expect_str_eq(grant.user, "anna");
    cr_expect_eq(check_bytes(&old, "users", ANNA_OLD, strlen(ANNA_OLD), &grant), CAUSE_NONE);
    cr_expect_eq(check_bytes(&old, "users", ANNA_NEW, strlen(ANNA_NEW), &grant), CAUSE_GRANT_WRONG);
    expect_nothing(&grant);
    cr_expect_eq(check_bytes(&none, "users", ANNA_NEW, strlen(ANNA_NEW), &grant), CAUSE_GRANT_WRONG);
    expect_nothing(&grant);
}

/* Also those that base64 reads like another, and the bytes that no text has. */
Test(grant, not_one_byte_may_be_another)
{
    struct grant grant;

    for (size_t i = 0; i < strlen(ANNA_NEW); i++)
        for (int byte = 0; byte < 256; byte++) {
            char text[] = ANNA_NEW;

            text[i] = (char)byte;
            cr_expect_eq(check_bytes(&both, "users", text, strlen(ANNA_NEW), &grant),
                         text[i] == ANNA_NEW[i] ? CAUSE_NONE : CAUSE_GRANT_WRONG, "%zu: %d", i, byte);
        }
}

Test(grant, not_one_byte_may_be_missing_or_more)
{
    size_t length = strlen(ANNA_NEW);
    char text[sizeof ANNA_NEW + 1];
    struct grant grant;

    for (size_t i = 0; i <= length; i++) {
        cr_expect_eq(check_bytes(&both, "users", ANNA_NEW, i, &grant),
                     i == length ? CAUSE_NONE : CAUSE_GRANT_WRONG, "the first %zu", i);
        cr_expect_eq(check_bytes(&both, "users", ANNA_NEW + i, length - i, &grant),
                     i == 0 ? CAUSE_NONE : CAUSE_GRANT_WRONG, "all but %zu", i);
        for (const char *more = ".0A=\n "; *more; more++) {
            memcpy(text, ANNA_NEW, i);
            text[i] = *more;
            memcpy(text + i + 1, ANNA_NEW + i, length - i);
            cr_expect_eq(check_bytes(&both, "users", text, length + 1, &grant), CAUSE_GRANT_WRONG,
                         "%.*s", (int)length + 1, text);
        }
    }
}

Test(grant, holds_for_its_source_alone)
{
    static const char *const sources[] = {"user", "users2", "Users", "", "users\nYW5uYQ"};
    struct grant grant;

    for (size_t i = 0; i < COUNT(sources); i++) {
        cr_expect_eq(check_bytes(&both, sources[i], ANNA_NEW, strlen(ANNA_NEW), &grant),
                     CAUSE_GRANT_WRONG, "%s", sources[i]);
        expect_nothing(&grant);
    }
}

Test(grant, is_over_at_its_second)
{
    struct grant grant;
    char text[256];

    cr_expect_eq(check(LATE, &grant), CAUSE_GRANT_OVER);
    expect_nothing(&grant);
    cr_expect_eq(grant_check(&both, "users", LATE, strlen(LATE), NOW_S * 1000 - 1, &grant),
                 CAUSE_NONE);
    cr_expect_eq(grant_check(&both, "users", LATE, strlen(LATE), NOW_S * 1000 + 1000, &grant),
                 CAUSE_GRANT_OVER);
    forge("YW5uYQ", "0", "0", text, sizeof text);
    cr_expect_eq(check(text, &grant), CAUSE_GRANT_OVER);
    expect_nothing(&grant);
}

/* All of them are signed with the right key. */
Test(grant, refuses_what_no_signer_writes)
{
    static const struct {
        const char *user, *expires, *max;
    } rows[] = {
        {"", "1700000600", "0"},             /* nobody */
        {"YW5uYQ==", "1700000600", "0"},     /* padding */
        {"YW5uYR", "1700000600", "0"},       /* stray bits */
        {"YW5uY", "1700000600", "0"},        /* no group of base64 */
        {"YW5u YQ", "1700000600", "0"},
        {"w4l+", "1700000600", "0"},         /* the other alphabet */
        {"w4l/", "1700000600", "0"},
        {"AGFubmE", "1700000600", "0"},      /* "\0anna" */
        {"YW5uYQA", "1700000600", "0"},      /* "anna\0" */
        {"YW4AbmE", "1700000600", "0"},      /* "an\0na" */
        {"YW4KbmE", "1700000600", "0"},      /* "an\nna" */
        {"YW4fbmE", "1700000600", "0"},      /* "an\x1fna" */
        {"YW5/bmE", "1700000600", "0"},
        {"YW5_bmE", "1700000600", "0"},      /* "an\x7fna" */
        {"YW5uYQ", "", "0"},
        {"YW5uYQ", "01700000600", "0"},
        {"YW5uYQ", "+1700000600", "0"},
        {"YW5uYQ", "-1", "0"},
        {"YW5uYQ", " 1700000600", "0"},
        {"YW5uYQ", "1700000600 ", "0"},
        {"YW5uYQ", "1700000600s", "0"},
        {"YW5uYQ", "17e9", "0"},
        {"YW5uYQ", "0x7fffffff", "0"},
        {"YW5uYQ", "1000000000000000", "0"}, /* sixteen digits */
        {"YW5uYQ", "1700000600", ""},
        {"YW5uYQ", "1700000600", "00"},
        {"YW5uYQ", "1700000600", "05"},
        {"YW5uYQ", "1700000600", "+5"},
        {"YW5uYQ", "1700000600", "-5"},
        {"YW5uYQ", "1700000600", "5M"},
        {"YW5uYQ", "1700000600", "1000000000000000"},
        {"YW5uYQ", "1700000600", "9223372036854775808"},
        {"YW5uYQ", "1700000600", "18446744073709551616"},
        {"YW5uYQ", "1700000600", "340282366920938463463374607431768211456"},
        {"YW5uYQ", "1700000600", "0."},
        {"YW5uYQ.", "1700000600", "0"},
    };
    struct grant grant;
    char text[256];

    forge("YW5uYQ", "1700000600", "0", text, sizeof text);
    cr_assert_eq(check(text, &grant), CAUSE_NONE);
    for (size_t i = 0; i < COUNT(rows); i++) {
        forge(rows[i].user, rows[i].expires, rows[i].max, text, sizeof text);
        cr_expect_eq(check(text, &grant), CAUSE_GRANT_WRONG, "%s", text);
        expect_nothing(&grant);
    }
}

Test(grant, refuses_what_is_none)
{
    static const char *const texts[] = {
        "", ".", "1", "1.", "....", "1....", "1.....", "1.YW5uYQ.1700000600.5242880",
        ANNA, ANNA "=", ANNA "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "0" ANNA_NEW, "2" ANNA_NEW, "." ANNA_NEW, " " ANNA_NEW, ANNA_NEW ".", ANNA_NEW "=",
        ANNA_NEW "A", ANNA_NEW "\n", ANNA_NEW "." ANNA_NEW,
    };
    static char endless[1 << 16];
    struct grant grant;

    for (size_t i = 0; i < COUNT(texts); i++)
        cr_expect_eq(check(texts[i], &grant), CAUSE_GRANT_WRONG, "%s", texts[i]);
    memset(endless, 'A', sizeof endless - 1);
    cr_expect_eq(check(endless, &grant), CAUSE_GRANT_WRONG);
    memcpy(endless, "1.", 2);
    cr_expect_eq(check(endless, &grant), CAUSE_GRANT_WRONG);
}

/* What the sources' limits would make of it is theirs to say. */
Test(grant, numbers_and_ids_go_to_their_bounds)
{
    static char user[PICTURE_ID_MAX + 2], text[GRANT_TEXT_SIZE];
    struct grant grant;

    memset(user, 'x', PICTURE_ID_MAX);
    cr_assert_eq(grant_make(&both.keys[0], "users", user, SIGN_NUMBER_MAX, SIGN_NUMBER_MAX, text),
                 0);
    cr_expect_eq(strlen(text), GRANT_TEXT_SIZE - 1);
    cr_assert_eq(check(text, &grant), CAUSE_NONE);
    cr_expect_str_eq(grant.user, user);
    cr_expect_eq(grant.expires_s, SIGN_NUMBER_MAX);
    cr_expect_eq(grant.max_bytes, SIGN_NUMBER_MAX);
    cr_expect_eq(grant_make(&both.keys[0], "users", "x", SIGN_NUMBER_MAX + 1, 0, text), -EINVAL);
    cr_expect_eq(grant_make(&both.keys[0], "users", "x", -1, 0, text), -EINVAL);
    cr_expect_eq(grant_make(&both.keys[0], "users", "x", 0, SIGN_NUMBER_MAX + 1, text), -EINVAL);
    cr_expect_eq(grant_make(&both.keys[0], "users", "x", 0, UINT64_MAX, text), -EINVAL);
    user[PICTURE_ID_MAX] = 'x';
    cr_expect_eq(grant_make(&both.keys[0], "users", user, 0, 0, text), -EINVAL);
}

Test(grant, nobody_and_control_bytes_get_none)
{
    static const char *const users[] = {"", "\n", "a\nb", "a\x1f", "\x01", "a\x7f", "a\tb"};
    char text[GRANT_TEXT_SIZE] = "untouched";

    for (size_t i = 0; i < COUNT(users); i++) {
        cr_expect_eq(grant_make(&both.keys[0], "users", users[i], NOW_S, 0, text), -EINVAL);
        cr_expect_str_eq(text, "untouched");
    }
}

Test(grant, an_id_that_is_too_long_is_refused_with_any_signature)
{
    static char user[PICTURE_ID_MAX + 1], encoded[BASE64URL_SIZE(PICTURE_ID_MAX + 1)], text[4096];
    struct grant grant;

    memset(user, 'x', sizeof user);
    base64url_encode(user, sizeof user, encoded);
    forge(encoded, "1700000600", "0", text, sizeof text);
    cr_expect_eq(check(text, &grant), CAUSE_GRANT_WRONG);
    base64url_encode(user, sizeof user - 1, encoded);
    forge(encoded, "1700000600", "0", text, sizeof text);
    cr_expect_eq(check(text, &grant), CAUSE_NONE);
    cr_expect_eq(strlen(grant.user), PICTURE_ID_MAX);
}

/* A URL that was signed with the same key is no grant, whatever its path. */
Test(grant, a_signed_path_is_none)
{
    char signature[SIGN_TEXT_SIZE], text[128];
    struct grant grant;

    cr_assert_eq(sign_path(&both.keys[0], "/visage-grant\n1\nusers\nYW5uYQ\n1700000600\n0", 40,
                           SIGN_NEVER, signature), 0);
    snprintf(text, sizeof text, "1.YW5uYQ.1700000600.0.%s", signature);
    cr_expect_eq(check(text, &grant), CAUSE_GRANT_WRONG);
}

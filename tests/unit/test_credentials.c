/* SPDX-License-Identifier: MIT */
#include "http/credentials.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct {
    const char *field;
    const char *token; /* NULL: refused */
} rows[] = {
    /* RFC 6750 section 2.1, and the blanks and letters that RFC 9110 section 11 allows */
    {"Bearer mF_9.B5f-4.1JqM", "mF_9.B5f-4.1JqM"},
    {"bearer abc", "abc"},
    {"BEARER abc", "abc"},
    {"Bearer   abc", "abc"},
    {"Bearer abc ", "abc"},
    {"Bearer abc   ", "abc"},
    {"Bearer a=b==", "a=b=="},
    /* RFC 7617 section 2: the example, and what is before the first colon does not count */
    {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "open sesame"},
    {"basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "open sesame"},
    {"Basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ==  ", "open sesame"},
    {"Basic OnM=", "s"},       /* ":s" */
    {"Basic YTpiOmM=", "b:c"}, /* "a:b:c" */
    {"Basic dGVzdDoxMjPCow==", "123\xc2\xa3"},

    {NULL, NULL},
    {"", NULL},
    {" ", NULL},
    {"Bearer", NULL},
    {"Bearer ", NULL},
    {"Bearer    ", NULL},
    {" Bearer abc", NULL},
    {"Bearerabc", NULL},
    {"Bearer\tabc", NULL},
    {"Bearers abc", NULL},
    {"Bearer=abc", NULL},
    {"Bearer a b", NULL},
    {"Bearer a,b c", NULL},
    {"abc", NULL},
    {"Digest username=\"x\"", NULL},
    {"Negotiate YWJj", NULL},
    {"Basic", NULL},
    {"Basic ", NULL},
    {"Basic !", NULL},
    {"Basic QWxhZGRpbg==", NULL},  /* "Aladdin", no colon */
    {"Basic QWxhZGRpbjo=", NULL},  /* "Aladdin:", no password */
    {"Basic Og==", NULL},          /* ":" */
    {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", NULL},
    {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ== x", NULL},
    {"Basic QWxhZGRpbjpv cGVuIHNlc2FtZQ==", NULL},
    {"Basic YTpiAGM=", NULL},      /* "a:b", NUL, "c" */
    {"Basic AGE6Yg==", NULL},      /* NUL, "a:b" */
    {"Basic YTpi AAAA", NULL},
};

Test(credentials, the_token_of_a_field)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *field = rows[i].field ? rows[i].field : "(none)";
        char out[64] = "";
        int rc = http_credentials_token(rows[i].field, out, sizeof out);

        cr_expect_eq(rc, rows[i].token ? 0 : -EINVAL, "\"%s\" gave %d", field, rc);
        if (rows[i].token && rc == 0)
            cr_expect_str_eq(out, rows[i].token, "\"%s\" gave \"%s\"", field, out);
    }
}

Test(credentials, a_token_that_does_not_fit)
{
    char out[4];

    cr_expect_eq(http_credentials_token("Bearer abc", out, sizeof out), 0);
    cr_expect_str_eq(out, "abc");
    cr_expect_eq(http_credentials_token("Bearer abcd", out, sizeof out), -ENOSPC);
    cr_expect_eq(http_credentials_token("Basic YTpiY2Q=", out, sizeof out), 0); /* "a:bcd" */
    cr_expect_str_eq(out, "bcd");
    cr_expect_eq(http_credentials_token("Basic YTpiY2Rl", out, sizeof out), -ENOSPC);
    cr_expect_eq(http_credentials_token("Bearer a", out, 0), -ENOSPC);
}

/* A user name and password of more bytes than a password may have. */
Test(credentials, a_huge_field)
{
    size_t length = 20000;
    size_t encoded = BASE64_SIZE(length);
    char *plain = malloc(length), *field = malloc(7 + encoded), *out = malloc(encoded);

    memset(plain, 'x', length);
    plain[1] = ':';
    memcpy(field, "Basic ", 6);
    base64_encode(plain, length, field + 6);
    cr_expect_eq(http_credentials_token(field, out, encoded), -ENOSPC);
    memcpy(field, "Bearer ", 7);
    base64_encode(plain, length, field + 7);
    cr_expect_eq(http_credentials_token(field, out, encoded - 1), -ENOSPC);
    cr_expect_eq(http_credentials_token(field, out, encoded), 0);
    cr_expect_str_eq(out, field + 7);
    free(plain);
    free(field);
    free(out);
}

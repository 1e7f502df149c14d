/* SPDX-License-Identifier: MIT */
#include "http/parameter.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct {
    const char *text;
    const char *all; /* "(name=value)" of each, then "!" if the rest is none */
} rows[] = {
    {"", ""},
    {" \t", ""},
    {";", ""},
    {" ; ; ;\t", ""},
    {";a=b", "(a=b)"},
    {"; a=b ;c=d", "(a=b)(c=d)"},
    {";;a=b;;;c=d;", "(a=b)(c=d)"},
    {";A=B", "(A=B)"},
    {";a=\"\"", "(a=)"},
    {";a=\"b c;d=e\";f=g", "(a=b c;d=e)(f=g)"},
    {";a=\"b\\\"c\\\\\\d\"", "(a=b\"c\\d)"},
    {";a=\"\xc3\xa9\"", "(a=\xc3\xa9)"},
    {";a*=b'c%d", "(a*=b'c%d)"},
    {";a=b;a=c", "(a=b)(a=c)"},

    {"a=b", "!"},
    {";a", "!"},
    {";a=", "!"},
    {";a =b", "!"},
    {";a= b", "!"},
    {";=b", "!"},
    {";a=b c=d", "(a=b)!"},
    {";a=b,c=d", "(a=b)!"},
    {";a=b=c", "(a=b)!"},
    {";a=\"b\"c", "(a=b)!"},
    {";a=\"b", "!"},
    {";a=\"b\\", "!"},
    {";a=\"b\\\"", "!"},
    {";\"a\"=b", "!"},
    {";a=\xc3\xa9", "!"},
};

/* From a heap copy without a NUL, so that a sanitizer sees a read past its end. */
static void walk(const char *text, char *all, size_t size)
{
    size_t length = strlen(text), used = 0;
    char *copy = malloc(length ? length : 1);
    const char *rest = copy;
    struct http_parameter parameter;
    char value[32];
    int r;

    memcpy(copy, text, length);
    while ((r = http_parameter_next(&rest, &length, &parameter)) > 0) {
        cr_assert_geq(http_parameter_value(&parameter, value, sizeof value), 0);
        used += (size_t)snprintf(all + used, size - used, "(%.*s=%s)", (int)parameter.name_length,
                                 parameter.name, value);
    }
    cr_assert(r == 0 || r == -EINVAL);
    snprintf(all + used, size - used, "%s", r ? "!" : "");
    free(copy);
}

Test(parameter, each_is_found_until_one_is_malformed)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        char all[128];

        walk(rows[i].text, all, sizeof all);
        cr_expect_str_eq(all, rows[i].all, "%s: %s", rows[i].text, all);
    }
}

Test(parameter, names_have_no_case)
{
    const struct http_parameter parameter = {"NaMe=x", 4, "x", 1};

    cr_expect(http_parameter_is(&parameter, "name"));
    cr_expect(http_parameter_is(&parameter, "NAME"));
    cr_expect_not(http_parameter_is(&parameter, "nam"));
    cr_expect_not(http_parameter_is(&parameter, "name="));
    cr_expect_not(http_parameter_is(&parameter, ""));
}

Test(parameter, says_when_a_value_does_not_fit)
{
    const struct http_parameter parameter = {"a", 1, "b\\\"c", 4}, empty = {"a", 1, "", 0};
    char out[4];

    for (size_t size = 0; size < 4; size++)
        cr_expect_eq(http_parameter_value(&parameter, out, size), -ENOSPC);
    cr_expect_eq(http_parameter_value(&parameter, out, 4), 3);
    cr_expect_str_eq(out, "b\"c");
    cr_expect_eq(http_parameter_value(&empty, out, 0), -ENOSPC);
    cr_expect_eq(http_parameter_value(&empty, out, 1), 0);
}

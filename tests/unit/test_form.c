/* SPDX-License-Identifier: MIT */
#include "http/form.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* From a heap copy without a NUL, so that a sanitizer sees a read past its end. */
static ssize_t get(const char *text, size_t length, const char *name, char *out, size_t size)
{
    char *copy = malloc(length ? length : 1);
    ssize_t n;

    memcpy(copy, text, length);
    n = http_form_get(copy, length, name, out, size);
    free(copy);
    return n;
}

static const struct {
    const char *text, *name;
    const char *value; /* NULL: there is none of this name */
} rows[] = {
    {"a=1", "a", "1"},
    {"a=1&b=2&c=3", "a", "1"},
    {"a=1&b=2&c=3", "b", "2"},
    {"a=1&b=2&c=3", "c", "3"},
    {"a=1&a=2", "a", "1"},
    {"a=", "a", ""},
    {"a=&b=2", "a", ""},
    {"a", "a", ""},
    {"b&a", "a", ""},
    {"a&a=1", "a", ""},
    {"a=b=c", "a", "b=c"},
    {"a==", "a", "="},
    {"&&a=1&&", "a", "1"},
    {"=x&a=1", "a", "1"},
    {"subject=users%2Falice", "subject", "users/alice"},
    {"subject=users/alice", "subject", "users/alice"},
    {"url=https%3A%2F%2Fexample.org%2Fs64%2Fa%2Fb%3Fc%3Dd", "url",
     "https://example.org/s64/a/b?c=d"},
    {"a=b+c", "a", "b c"},
    {"a=+", "a", " "},
    {"a=++x+", "a", "  x "},
    {"a=%2B", "a", "+"},
    {"a=b%20+c", "a", "b  c"},
    {"a=%26b%3D1", "a", "&b=1"},
    {"a=\xc3\xa9", "a", "\xc3\xa9"},

    {"", "a", NULL},
    {"&", "a", NULL},
    {"=1", "a", NULL},
    {"ab=1", "a", NULL},
    {"ba=1", "a", NULL},
    {"a b=1", "a", NULL},
    {"A=1", "a", NULL},
    {"b=a=1", "a", NULL},
    {"b=a", "a", NULL},
    {"ab", "a", NULL},
    {"?a=1", "a", NULL},
    {"sub=1", "subject", NULL},
    {"subjects=1", "subject", NULL},
};

Test(form, the_first_value_of_a_name)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        char out[64] = "untouched";
        ssize_t n = get(rows[i].text, strlen(rows[i].text), rows[i].name, out, sizeof out);

        if (!rows[i].value) {
            cr_expect_eq(n, -ENOENT, "\"%s\" gave %zd", rows[i].text, n);
            continue;
        }
        cr_expect_eq(n, (ssize_t)strlen(rows[i].value), "\"%s\" gave %zd", rows[i].text, n);
        cr_expect_str_eq(out, rows[i].value, "\"%s\" gave \"%s\"", rows[i].text, out);
    }
}

Test(form, counts_what_has_this_name)
{
    static const struct {
        const char *text;
        unsigned count;
    } counts[] = {{"", 0},      {"b=1", 0},     {"ab=1&ba=2", 0}, {"a=1", 1},
                  {"a", 1},     {"a=1&b=2", 1}, {"a=1&a=1", 2},   {"a&b&a=&a=3", 3},
                  {"a=a=a", 1}, {"&&a&&", 1},   {"a=1&aa=2&a", 2}};

    for (size_t i = 0; i < COUNT(counts); i++)
        cr_expect_eq(http_form_count(counts[i].text, strlen(counts[i].text), "a"),
                     counts[i].count, "%s", counts[i].text);
}

Test(form, broken_escapes_and_nuls_are_refused)
{
    static const char *const bad[] = {
        "a=%", "a=%4", "a=%4g", "a=%zz", "a=%00", "a=x%00y", "a=%%41", "a=+%", "a=%+41", "a=b+%4",
    };
    char out[64];

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(get(bad[i], strlen(bad[i]), "a", out, sizeof out), -EINVAL, "%s", bad[i]);
    cr_expect_eq(get("a=b\0c", 5, "a", out, sizeof out), -EINVAL);
    /* An escape ends with its value. */
    cr_expect_eq(get("a=%4&1", 6, "a", out, sizeof out), -EINVAL);
    cr_expect_eq(get("b=%&a=1", 7, "a", out, sizeof out), 1, "nobody asked for that one");
}

Test(form, says_when_it_does_not_fit)
{
    static const char *const texts[] = {"a=xyz", "a=x+z", "a=+++", "a=%41%42%43", "a=xy+",
                                        "a=+xy"};

    for (size_t i = 0; i < COUNT(texts); i++) {
        char *out;

        for (size_t size = 0; size < 4; size++) {
            out = malloc(size ? size : 1);
            cr_expect_eq(get(texts[i], strlen(texts[i]), "a", out, size), -ENOSPC, "%s in %zu",
                         texts[i], size);
            free(out);
        }
        out = malloc(4);
        cr_expect_eq(get(texts[i], strlen(texts[i]), "a", out, 4), 3, "%s", texts[i]);
        cr_expect_eq(strlen(out), 3);
        free(out);
    }
}

/* Any bytes give a value or an error, and never more than there is room for. */
Test(form, survives_random_bytes)
{
    static const char bytes[] = "a=&+%4120zg\0\xff";
    uint32_t seed = 1;

    for (unsigned round = 0; round < 20000; round++) {
        char text[12], out[6];
        size_t length;
        ssize_t n;

        seed = seed * 1103515245u + 12345u;
        length = (seed >> 16) % sizeof text;
        for (size_t i = 0; i < length; i++) {
            seed = seed * 1103515245u + 12345u;
            text[i] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        n = get(text, length, "a", out, sizeof out);
        cr_assert(n == -ENOENT || n == -EINVAL || n == -ENOSPC ||
                  (n >= 0 && (size_t)n < sizeof out && strlen(out) == (size_t)n));
    }
}

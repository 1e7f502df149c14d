/* SPDX-License-Identifier: MIT */
#include "http/url.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* From a heap copy without NUL, so that a sanitizer sees a read past its end. */
static ssize_t normalise(const char *url, char *out, size_t size)
{
    size_t length = strlen(url);
    char *copy = malloc(length + 1);
    ssize_t n;

    cr_assert_not_null(copy);
    memcpy(copy + 1, url, length);
    n = http_url_normalise(copy + 1, length, out, size);
    free(copy);
    return n;
}

static const struct {
    const char *in, *out;
} spelled[] = {
    {"http://h/", "http://h/"},
    {"http://h", "http://h/"},
    {"HTTP://Images.Example.ORG/A.png", "http://images.example.org/A.png"},
    {"https://h:443/a", "https://h/a"},
    {"http://h:80/a", "http://h/a"},
    {"http://h:443/a", "http://h:443/a"},
    {"http://h:/a", "http://h/a"},
    {"http://h:08080/a", "http://h:8080/a"},
    {"http://h:65535", "http://h:65535/"},
    {"http://h?x=1", "http://h/?x=1"},
    {"http://h/a?x=1&y=%2F#top", "http://h/a?x=1&y=%2F"},
    {"http://h#top", "http://h/"},
    {"http://h/a b", "http://h/a%20b"},
    {"http://h/\xc3\xa9?\xff", "http://h/%C3%A9?%FF"},
    {"http://h/100%", "http://h/100%25"},
    {"http://h/%2", "http://h/%252"},
    {"http://h/%zz%41", "http://h/%25zz%41"},
    {"http://h/a\\b\"<>^`{|}", "http://h/a%5Cb%22%3C%3E%5E%60%7B%7C%7D"},
    {"http://h/@:!$&'()*+,;=[]~", "http://h/@:!$&'()*+,;=[]~"},
    {"http://[::1]:8080/a", "http://[::1]:8080/a"},
    {"http://[2001:DB8::1]/a", "http://[2001:db8::1]/a"},
    {"http://127.0.0.1:8089/a", "http://127.0.0.1:8089/a"},
    {"http://a_b.example/", "http://a_b.example/"},
    {"http://h//a/../b", "http://h//a/../b"},
};

Test(url, each_has_one_spelling_that_stays)
{
    for (size_t i = 0; i < COUNT(spelled); i++) {
        char out[200], again[200];
        ssize_t n = normalise(spelled[i].in, out, sizeof out);

        cr_assert_gt(n, 0, "%s was refused", spelled[i].in);
        cr_expect_eq((size_t)n, strlen(spelled[i].out));
        cr_expect_str_eq(out, spelled[i].out, "%s became %s", spelled[i].in, out);
        cr_expect_eq(normalise(out, again, sizeof again), n);
        cr_expect_str_eq(again, out);
    }
}

Test(url, refuses_what_is_no_url_of_the_web)
{
    static const char *const bad[] = {
        "", "h", "/a", "//h/a", "http:", "http:/", "http://", "http:///a", "http:/h/a", "http://?",
        "http://#", "https://:80/", "ftp://h/a", "file:///etc/passwd", "data:image/png;base64,AA",
        "javascript://h/", "gopher://h", "http//h", " http://h/", "http://u@h/", "http://u:p@h/a",
        "http://@h/", "http://h\\@evil/", "http://h evil/", "http://h%2eorg/", "http://h,i/",
        "http://\xc3\xa9.example/", "http://.h/", "http://h:0/", "http://h:65536/", "http://h:99999999/",
        "http://h:8a/", "http://h:-1/", "http://h:80:80/", "http://[::1/", "http://[]/", "http://[::1]x/",
        "http://[::1%25eth0]/", "http://[g::1]/", "http://h/\n", "http://h/\x7f", "http://h/a\tb",
        "http://h\n/",
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        char out[200];

        cr_expect_eq(normalise(bad[i], out, sizeof out), -EINVAL, "%s was taken", bad[i]);
    }
}

Test(url, says_when_there_is_no_room)
{
    char out[16];

    cr_expect_eq(normalise("http://h/123456", out, sizeof out), 15);
    cr_expect_eq(normalise("http://h/1234567", out, sizeof out), -ENOSPC);
    cr_expect_eq(normalise("http://h/12345 ", out, sizeof out), -ENOSPC);
}

Test(url, hosts_are_found_and_matched)
{
    static const struct {
        const char *url, *pattern;
        bool is;
    } cases[] = {
        {"http://example.org/", "example.org", true},
        {"http://example.org:8080/", "example.org", true},
        {"http://example.org?/", "example.org", true},
        {"http://example.organ/", "example.org", false},
        {"http://an.example.org/", "example.org", false},
        {"http://an.example.org/", "*.example.org", true},
        {"http://a.b.example.org/", "*.example.org", true},
        {"http://example.org/", "*.example.org", false},
        {"http://evilexample.org/", "*.example.org", false},
        {"http://evil/?.example.org", "*.example.org", false},
        {"http://evil/.example.org", "*.example.org", false},
        {"http://anything/", "*", true},
        {"http://[::1]:8080/", "[::1]", true},
        {"http://[::1]/", "*.1]", false},
        {"http://127.0.0.1:1/", "127.0.0.1", true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *host;
        size_t length = http_url_host(cases[i].url, &host);

        cr_expect_eq(http_host_matches(cases[i].pattern, host, length), cases[i].is, "%s of %s",
                     cases[i].pattern, cases[i].url);
    }
}

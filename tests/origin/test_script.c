/* SPDX-License-Identifier: MIT
 *
 * The test origin itself: what a test dictates is what goes over the wire.
 */
#include "origin/origin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <criterion/criterion.h>
#include <curl/curl.h>

#include "base/clock.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define WAIT_MS 2000L /* an answer of this machine's comes sooner */

static struct origin *origin;
static char head[8192], body[8192];

static void start(void)
{
    cr_assert_eq(curl_global_init(CURL_GLOBAL_DEFAULT), CURLE_OK);
    origin = origin_start(0);
    cr_assert_not_null(origin);
    cr_assert_eq(origin_add_picture(origin, "one", "first", 5, "image/one"), 0);
    cr_assert_eq(origin_add_picture(origin, "two", "second", 6, "image/two"), 0);
}

static void stop(void)
{
    origin_stop(&origin);
    curl_global_cleanup();
}

TestSuite(script, .init = start, .fini = stop, .timeout = 60);

static size_t collect(char *bytes, size_t size, size_t count, void *context)
{
    char *text = context;
    size_t used = strlen(text);

    if (used + size * count >= sizeof head)
        return 0;
    memcpy(text + used, bytes, size * count);
    text[used + size * count] = '\0';
    return size * count;
}

/* Asks with up to one header field; the answer is in `head` and `body`. Returns its status, or
 * 0 if there was none. */
static long ask(const char *path, const char *field)
{
    CURL *easy = curl_easy_init();
    struct curl_slist *fields = field ? curl_slist_append(NULL, field) : NULL;
    char url[4096];
    long status = 0;

    cr_assert_not_null(easy);
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", (unsigned)origin_port(origin), path);
    head[0] = body[0] = '\0';
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, WAIT_MS);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, collect);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, head);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    if (curl_easy_perform(easy) != CURLE_OK ||
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK)
        status = 0;
    curl_slist_free_all(fields);
    curl_easy_cleanup(easy);
    return status;
}

static unsigned lines_of(const char *name)
{
    size_t length = strlen(name);
    unsigned count = 0;

    for (const char *line = strchr(head, '\n'); line; line = strchr(line, '\n')) {
        line++;
        count += strncasecmp(line, name, length) == 0 && line[length] == ':';
    }
    return count;
}

static bool has_line(const char *line)
{
    char whole[256];

    snprintf(whole, sizeof whole, "\n%s\r\n", line);
    return strstr(head, whole) != NULL;
}

static long ask_fields(const char *fields, const char *condition)
{
    char path[2048];
    char *hex = origin_hex(fields);

    cr_assert_not_null(hex);
    snprintf(path, sizeof path, "/fields/%s/one", hex);
    free(hex);
    return ask(path, condition);
}

Test(script, every_answer_has_one_date)
{
    static const char *const paths[] = {"/ok/one", "/status/404/one", "/etag/one", "/unknown",
                                        "/redirect/1/one"};

    for (size_t i = 0; i < COUNT(paths); i++) {
        cr_expect_neq(ask(paths[i], NULL), 0);
        cr_expect_eq(lines_of("Date"), 1, "%s: %s", paths[i], head);
    }
}

Test(script, fields_are_sent_as_they_are)
{
    cr_expect_eq(ask_fields("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nAge: 7\r\nExpires: 0\r\n"
                            "cache-control: max-age=5\r\nCache-Control: private=\"a, b\"\r\n"
                            "ETag: W/\"x\"\r\nContent-Type: text/html", NULL), 200);
    cr_expect_str_eq(body, "first");
    cr_expect(has_line("Date: Sun, 06 Nov 1994 08:49:37 GMT"), "%s", head);
    cr_expect_eq(lines_of("Date"), 1);
    cr_expect(has_line("Age: 7"));
    cr_expect(has_line("Expires: 0"));
    cr_expect(has_line("cache-control: max-age=5"));
    cr_expect(has_line("Cache-Control: private=\"a, b\""));
    cr_expect_lt(strstr(head, "max-age"), strstr(head, "private"));
    cr_expect(has_line("ETag: W/\"x\""));
    cr_expect(has_line("Content-Type: text/html"));
    cr_expect_eq(lines_of("Content-Type"), 1);
}

Test(script, date_may_be_left_out_or_be_relative)
{
    char *date, *expires;

    cr_expect_eq(ask_fields("Date:", NULL), 200);
    cr_expect_eq(lines_of("Date"), 0, "%s", head);
    cr_expect_eq(ask_fields("Date: @-60\r\nExpires: @+3600\r\nX-A: @x", NULL), 200);
    date = strstr(head, "Date: ");
    expires = strstr(head, "Expires: ");
    cr_assert(date && expires);
    cr_expect_eq(curl_getdate(expires + strlen("Expires: "), NULL) -
                     curl_getdate(date + strlen("Date: "), NULL), 3660, "%s", head);
    /* Not time(), which begins its seconds some milliseconds later than the origin. */
    cr_expect_leq(curl_getdate(date + strlen("Date: "), NULL), clock_wall_ms() / 1000 - 60);
    cr_expect(has_line("X-A: @x"));
}

Test(script, fields_answer_conditions)
{
    static const char tag[] = "ETag: \"x\"";
    static const char both[] = "ETag: \"x\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT";
    static const char date[] = "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT";
    static const struct {
        const char *fields, *condition;
        long status;
    } cases[] = {
        {tag, NULL, 200},
        {tag, "If-None-Match: \"x\"", 304},
        {tag, "If-None-Match: W/\"x\"", 304},
        {tag, "If-None-Match: \"y\"", 200},
        {"X-A: b", "If-None-Match: \"x\"", 200},
        {date, "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 304},
        {date, "If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT", 200},
        {tag, "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 200},
        {both, "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT", 304},
        {both, "If-None-Match: \"y\"", 200},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(ask_fields(cases[i].fields, cases[i].condition), cases[i].status, "row %zu",
                     i);
        cr_expect_str_eq(body, cases[i].status == 304 ? "" : "first");
        cr_expect(lines_of("ETag") + lines_of("Last-Modified") + lines_of("X-A") > 0);
    }
}

Test(script, steps_follow_each_other_and_the_last_one_stays)
{
    cr_assert_eq(origin_script(origin, "s",
                               "200 picture=two 'ETag: \"a|b\"' | 404 times=2 'X-A:  b c ' |"
                               "503 'Retry-After: 7' fields=582d433a2064 | 200"), 0);
    cr_expect_eq(ask("/script/s", NULL), 200);
    cr_expect_str_eq(body, "second");
    cr_expect(has_line("Content-Type: image/two"));
    cr_expect(has_line("ETag: \"a|b\""));
    for (unsigned i = 0; i < 2; i++) {
        cr_expect_eq(ask("/script/s", NULL), 404);
        cr_expect(has_line("X-A: b c"), "%s", head);
    }
    cr_expect_eq(ask("/script/s", NULL), 503);
    cr_expect(has_line("Retry-After: 7"));
    cr_expect(has_line("X-C: d"));
    for (unsigned i = 0; i < 3; i++) {
        cr_expect_eq(ask("/script/s", NULL), 200);
        cr_expect_str_eq(body, "first");
    }
    cr_expect_eq(origin_count(origin, "/script/s"), 7);
    cr_expect_eq(origin_count_status(origin, "/script/s", 200), 4);
    cr_expect_eq(origin_count_status(origin, "/script/s", 404), 2);
    cr_expect_eq(origin_count_status(origin, "/script/s", 500), 0);
    cr_expect_eq(origin_count_status(origin, "/script/other", 404), 0);
    origin_reset(origin);
    cr_expect_eq(origin_count_status(origin, "/script/s", 404), 0);
}

Test(script, steps_misbehave_like_the_rest)
{
    cr_assert_eq(origin_script(origin, "bad",
                               "timeout | hang | reset | truncated | status/410 |"
                               "retry-after/503/9 | ok picture=two | garbage"), 0);
    for (unsigned i = 0; i < 4; i++)
        cr_expect_eq(ask("/script/bad", NULL), 0, "%u", i);
    cr_expect_eq(ask("/script/bad", NULL), 410);
    cr_expect_eq(ask("/script/bad", NULL), 503);
    cr_expect(has_line("Retry-After: 9"));
    cr_expect_eq(ask("/script/bad", NULL), 200);
    cr_expect_str_eq(body, "second");
    cr_expect_eq(ask("/script/bad", NULL), 0);
}

Test(script, step_may_be_conditional_and_late)
{
    cr_assert_eq(origin_script(origin, "c", "200 conditional delay=1 'ETag: \"x\"' times=2|"
                                            "304 'Cache-Control: max-age=9'"), 0);
    cr_expect_eq(ask("/script/c", NULL), 200);
    cr_expect_eq(ask("/script/c", "If-None-Match: \"x\""), 304);
    cr_expect(has_line("ETag: \"x\""));
    cr_expect_eq(ask("/script/c", NULL), 304, "whether asked for or not");
    cr_expect(has_line("Cache-Control: max-age=9"));
    cr_expect_eq(origin_count_status(origin, "/script/c", 304), 2);
}

Test(script, a_held_step_waits_until_it_is_let_go)
{
    cr_assert_eq(origin_script(origin, "h", "200 held | 404 held 'X-A: b' | 410"), 0);
    cr_expect_eq(ask("/script/h", NULL), 0);
    origin_release(origin);
    cr_expect_eq(ask("/script/h", NULL), 404, "who has gone takes none");
    cr_expect(has_line("X-A: b"));
    cr_expect_eq(ask("/script/h", NULL), 410);
}

Test(script, newest_one_counts_and_starts_anew)
{
    cr_assert_eq(origin_script(origin, "n", "404 | 410"), 0);
    cr_assert_eq(origin_script(origin, "other", "500"), 0);
    cr_expect_eq(ask("/script/n", NULL), 404);
    cr_assert_eq(origin_script(origin, "n", "403 | 404"), 0);
    cr_expect_eq(ask("/script/n", NULL), 403);
    cr_expect_eq(ask("/script/n", NULL), 404);
    cr_assert_eq(origin_script(origin, "n", ""), 0);
    cr_expect_eq(ask("/script/n", NULL), 500);
    cr_expect_eq(ask("/script/unknown", NULL), 500);
}

Test(script, mistakes_are_refused)
{
    static const char *const mistakes[] = {
        " ",           "|",              "200 |",          "| 200",           "200 || 404",
        "100",         "600",            "99999999999",    "20x",             "nonsense",
        "200 delay",   "200 delay=",     "200 delay=-1",   "200 delay=1s",    "200 times=0",
        "200 picture", "200 fields=4",   "200 fields=xy",  "200 fields=58",   "200 'X-A: b",
        "200 'X-A'",   "200 ': b'",      "200 'X-A:'",     "200 'X A: b'",    "200 'X-A: \t'",
        "200 what",    "drip",           "drip/1/2",       "ok/x",            "script",
        "reset 'X: y'", "hang conditional", "200 'A: b\nC: d'", "fields/zz/x",
    };

    cr_assert_eq(origin_script(origin, "m", "204"), 0);
    for (size_t i = 0; i < COUNT(mistakes); i++)
        cr_expect_eq(origin_script(origin, "m", mistakes[i]), -EINVAL, "%s", mistakes[i]);
    cr_expect_eq(ask("/script/m", NULL), 204, "what was set before stays");
}

Test(script, other_processes_can_set_and_count_too)
{
    cr_expect_eq(ask("/_script?name=w&steps=200%20%27ETag:%20%22%26%22%27%20%7C%20404", NULL), 200);
    cr_expect_eq(ask("/script/w", NULL), 200);
    cr_expect(has_line("ETag: \"&\""), "%s", head);
    cr_expect_eq(ask("/script/w", NULL), 404);
    cr_expect_eq(ask("/script/w", NULL), 404);
    cr_expect_eq(ask("/_count?path=/script/w&status=404", NULL), 200);
    cr_expect_str_eq(body, "2\n");
    cr_expect_eq(ask("/_count?path=/script/w", NULL), 200);
    cr_expect_str_eq(body, "3\n");
    cr_expect_eq(ask("/_script?name=w&steps=nonsense", NULL), 400);
    cr_expect_eq(ask("/_script?name=w", NULL), 404);
    cr_expect_eq(origin_total(origin), 3);
}

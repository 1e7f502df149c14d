/* SPDX-License-Identifier: MIT
 *
 * What workers write to the log: one line for each request at `debug`, one for each
 * failure at `warn`, and no URL in it unless log_urls asks for that.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/rig.h"

RIG_SUITE(request_log);

#define WAIT_MS 5000
#define LINE_MAX 1200

/* The log's last line in which the text is; false if there is none. */
static bool find_line(const char *path, const char *text, char line[LINE_MAX])
{
    struct buffer log = {0};
    bool found = false;

    files_read(path, &log);
    for (char *at = log.data, *end; at && (end = strchr(at, '\n')); at = end + 1) {
        *end = '\0';
        if (!strstr(at, text))
            continue;
        found = true;
        snprintf(line, LINE_MAX, "%s", at);
    }
    buffer_free(&log);
    return found;
}

static unsigned count_lines(const char *path, const char *text)
{
    struct buffer log = {0};
    unsigned count = 0;

    files_read(path, &log);
    for (const char *at = log.data; at && (at = strstr(at, text)); at++)
        count++;
    buffer_free(&log);
    return count;
}

/* Lines there were when the rig was ready, which has made requests of its own. */
static unsigned before;

/* A worker writes its line when the answer is on its way already. */
static void await_requests(const char *path, unsigned count)
{
    int64_t until_ms = clock_boot_ms() + WAIT_MS;

    while (count_lines(path, "event=request ") < before + count && clock_boot_ms() < until_ms)
        clock_sleep_ms(5);
    cr_assert_eq(count_lines(path, "event=request "), before + count);
}

/* The value of name=... in a line; "" if it is not there. */
static const char *value(const char *line, const char *name)
{
    static char text[LINE_MAX];
    char start[64];
    const char *at;

    snprintf(start, sizeof start, " %s=", name);
    at = strstr(line, start);
    snprintf(text, sizeof text, "%s", at ? at + strlen(start) : "");
    text[strcspn(text, " ")] = '\0';
    return text;
}

static void expect_line(const char *path, int status, size_t bytes, const char *hit)
{
    char line[LINE_MAX] = "", number[32];

    cr_assert(find_line(path, "event=request ", line));
    cr_expect(strstr(line, " level=debug "), "%s", line);
    snprintf(number, sizeof number, "%d", status);
    cr_expect_str_eq(value(line, "status"), number, "%s", line);
    snprintf(number, sizeof number, "%zu", bytes);
    cr_expect_str_eq(value(line, "bytes"), number, "%s", line);
    cr_expect_str_eq(value(line, "hit"), hit, "%s", line);
    cr_expect_neq(value(line, "us")[0], '\0', "%s", line);
}

static void open_rig(struct rig *rig, const char *top, char path[FILES_PATH_MAX])
{
    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1, .top = top});
    files_path(path, "%s/visage.log", rig->directory);
    /* One worker, which writes in order: with this one, all before it are there. */
    cr_assert_eq(rig_get(rig, "/s64/o/ok/first.jpg"), 200);
    while (count_lines(path, "event=request status=200 ") == 0)
        clock_sleep_ms(5);
    before = count_lines(path, "event=request ");
}

Test(request_log, each_request_has_one_line_without_its_url)
{
    static struct rig rig;
    char path[FILES_PATH_MAX], line[LINE_MAX];

    open_rig(&rig, "log = \"@DIR@/visage.log\"\nlog_level = debug", path);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    await_requests(path, 1);
    expect_line(path, 200, rig.answer.body.length, "0");
    cr_assert(find_line(path, "event=request ", line));
    cr_expect_eq(strlen(value(line, "key")), 12u, "%s", line);
    cr_expect_eq(strspn(value(line, "key"), "0123456789abcdef"), 12u, "%s", line);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    await_requests(path, 2);
    expect_line(path, 200, rig.answer.body.length, "1");
    cr_assert_eq(rig_ask(&rig, "HEAD", "/s64/o/ok/photo.jpg", NULL), 200);
    await_requests(path, 3);
    expect_line(path, 200, 0, "1");
    cr_assert_eq(rig_get(&rig, "/s64/o/status/404/nobody.jpg"), 404);
    await_requests(path, 4);
    cr_assert_gt(rig.answer.body.length, 0u);
    expect_line(path, 404, rig.answer.body.length, "0");
    cr_assert_eq(rig_get(&rig, "/no-such-preset/o/photo.jpg"), 404);
    await_requests(path, 5);
    cr_assert(find_line(path, "event=request ", line));
    cr_expect_str_eq(value(line, "key"), "-", "%s", line);
    for (unsigned i = 0; i < 2; i++)
        cr_expect_eq(count_lines(path, i ? "photo" : "nobody"), 0u, "who was asked for is logged");
    rig_close(&rig);
}

Test(request_log, urls_only_where_they_are_wanted)
{
    static struct rig rig;
    char path[FILES_PATH_MAX], line[LINE_MAX];

    open_rig(&rig, "log = \"@DIR@/visage.log\"\nlog_level = debug\nlog_urls = true", path);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg?a=%%22b"), 200);
    await_requests(path, 1);
    cr_assert(find_line(path, "event=request ", line));
    cr_expect(strstr(line, " url=\"/"), "%s", line);
    cr_expect(strstr(line, "/s64/o/ok/photo.jpg?a=%22b\""), "%s", line);
    rig_close(&rig);
}

Test(request_log, each_failure_has_one_line_at_warn)
{
    static struct rig rig;
    char path[FILES_PATH_MAX], line[LINE_MAX];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .workers = 1,
                                         .top = "log = \"@DIR@/visage.log\"\nlog_level = warn",
                                         .fetch = "retries = 0"});
    files_path(path, "%s/visage.log", rig.directory);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_assert_eq(rig_get(&rig, "/s64/o/status/500/photo.jpg"), 502);
    cr_assert(find_line(path, "event=fetch-failed ", line));
    cr_expect(strstr(line, " level=warn "), "%s", line);
    cr_expect_str_eq(value(line, "source"), "o", "%s", line);
    cr_expect_str_eq(value(line, "cause"), "origin-error", "%s", line);
    cr_expect_eq(strlen(value(line, "key")), 12u, "%s", line);
    cr_expect_str_eq(value(line, "status"), "500", "%s", line);
    cr_expect_eq(count_lines(path, "event="), 1u, "one line, and nothing else");
    cr_assert_eq(rig_get(&rig, "/s64/o/html/photo.jpg"), 415);
    cr_expect_eq(count_lines(path, "event=request "), 0u);
    cr_expect_eq(count_lines(path, "photo"), 0u);
    rig_close(&rig);
}

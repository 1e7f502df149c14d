/* SPDX-License-Identifier: MIT
 *
 * What each kind of answer comes to, what is asked for, and what is kept between
 * fetches.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/log.h"
#include "origin/fetch_rig.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum amount { NOTHING, HALF, ALL, SOME };

static struct rig rig;

static void start(void)
{
    rig_start(&rig);
}

static void stop(void)
{
    rig_stop(&rig);
}

TestSuite(fetch, .init = start, .fini = stop);

static bool is_amount(enum amount amount)
{
    switch (amount) {
    case NOTHING:
        return rig.received == 0;
    case HALF:
        return rig.received == rig.picture_length / 2 && rig.same;
    case ALL:
        return rig.received == rig.picture_length && rig.same;
    default:
        return rig.received < rig.picture_length && rig.same;
    }
}

Test(fetch, answer_comes_to_a_cause)
{
    static const struct {
        const char *id;
        enum cause expected;
        long status;
        enum amount amount;
    } cases[] = {
        {"ok/portrait", CAUSE_NONE, 200, ALL},
        {"ok/any/other/name", CAUSE_NONE, 200, ALL},
        {"slow/20/x", CAUSE_NONE, 200, ALL},
        {"drip/1/x", CAUSE_NONE, 200, ALL},
        {"unframed/x", CAUSE_NONE, 200, ALL},
        {"early-hints/x", CAUSE_NONE, 200, ALL},
        {"redirect/1/x", CAUSE_NONE, 200, ALL},
        {"fail-first/1/404/x", CAUSE_ORIGIN_NOT_FOUND, 404, NOTHING},
        {"fail-first/1/404/x", CAUSE_NONE, 200, ALL},
        {"status/201/x", CAUSE_ORIGIN_BAD_STATUS, 201, NOTHING},
        {"status/203/x", CAUSE_ORIGIN_BAD_STATUS, 203, NOTHING},
        {"status/204/x", CAUSE_ORIGIN_BAD_STATUS, 204, NOTHING},
        {"status/206/x", CAUSE_ORIGIN_BAD_STATUS, 206, NOTHING},
        {"status/300/x", CAUSE_ORIGIN_BAD_STATUS, 300, NOTHING},
        {"status/304/x", CAUSE_ORIGIN_BAD_STATUS, 304, NOTHING},
        {"status/400/x", CAUSE_ORIGIN_BAD_STATUS, 400, NOTHING},
        {"status/401/x", CAUSE_ORIGIN_DENIED, 401, NOTHING},
        {"status/403/x", CAUSE_ORIGIN_DENIED, 403, NOTHING},
        {"status/404/x", CAUSE_ORIGIN_NOT_FOUND, 404, NOTHING},
        {"status/407/x", CAUSE_ORIGIN_DENIED, 407, NOTHING},
        {"status/410/x", CAUSE_ORIGIN_NOT_FOUND, 410, NOTHING},
        {"status/429/x", CAUSE_ORIGIN_BUSY, 429, NOTHING},
        {"status/500/x", CAUSE_ORIGIN_ERROR, 500, NOTHING},
        {"status/503/x", CAUSE_ORIGIN_BUSY, 503, NOTHING},
        {"signin/x", CAUSE_ORIGIN_DENIED, 203, NOTHING},
        {"azure/x", CAUSE_ORIGIN_DENIED, 302, NOTHING},
        {"echo-auth/x", CAUSE_ORIGIN_DENIED, 401, NOTHING},
        {"gzip/x", CAUSE_ORIGIN_ENCODED, 200, NOTHING},
        {"empty/x", CAUSE_ORIGIN_TRUNCATED, 200, NOTHING},
        {"truncated/x", CAUSE_ORIGIN_TRUNCATED, 200, HALF},
        {"truncated-chunked/x", CAUSE_ORIGIN_TRUNCATED, 200, HALF},
        {"short-length/x", CAUSE_ORIGIN_TRUNCATED, 200, ALL},
        {"long-length/x", CAUSE_NONE, 200, HALF}, /* which is all that HTTP lets one see */
        {"reset-mid/x", CAUSE_ORIGIN_TRUNCATED, 200, HALF},
        {"reset/x", CAUSE_ORIGIN_UNREACHABLE, 0, NOTHING},
        {"cut-headers/x", CAUSE_ORIGIN_TRUNCATED, 0, NOTHING},
        {"garbage/x", CAUSE_ORIGIN_BAD_STATUS, 0, NOTHING},
        {"endless-headers/x", CAUSE_ORIGIN_BAD_STATUS, 0, NOTHING},
        {"endless-line/x", CAUSE_ORIGIN_BAD_STATUS, 0, NOTHING},
        {"redirect-bare/x", CAUSE_ORIGIN_REDIRECTS, 302, NOTHING},
        {"../x", CAUSE_BAD_REQUEST, 0, NOTHING},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        enum cause cause = rig_fetch(&rig, cases[i].id);

        cr_expect_eq(cause, cases[i].expected, "%s: %s, not %s", cases[i].id,
                     cause_info(cause)->name, cause_info(cases[i].expected)->name);
        cr_expect_eq(rig.result.status, cases[i].status, "%s: %ld", cases[i].id,
                     rig.result.status);
        cr_expect(is_amount(cases[i].amount), "%s: %zu bytes", cases[i].id, rig.received);
        cr_expect_eq(rig.result.bytes, rig.received, "%s", cases[i].id);
    }
}

Test(fetch, page_with_200_is_handed_on)
{
    /* Whether it is a picture is for those to say who look at the bytes. */
    cr_expect_eq(rig_fetch(&rig, "html/x"), CAUSE_NONE);
    cr_expect_gt(rig.received, 0);
}

Test(fetch, reports_validators)
{
    cr_assert_eq(rig_fetch(&rig, "etag/x"), CAUSE_NONE);
    cr_expect_eq(rig.result.etag[0], '"');
    cr_expect_eq(strlen(rig.result.etag), 18);
    cr_expect_eq(rig.result.last_modified_s, 784111777);
    cr_expect_eq(rig.result.redirects, 0);
    cr_expect_eq(rig.result.retry_after_ms, 0);
    cr_expect_geq(rig.result.elapsed_ms, 0);

    cr_assert_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
    cr_expect_str_eq(rig.result.etag, "");
    cr_expect_eq(rig.result.last_modified_s, 0);

    cr_assert_eq(rig_fetch(&rig, "early-hints/x"), CAUSE_NONE);
    cr_expect_str_eq(rig.result.etag, "", "a 103 is not the answer");
}

Test(fetch, reports_when_to_come_back)
{
    static const struct {
        const char *id;
        int64_t expected;
    } cases[] = {
        {"retry-after/503/7/x", 7000},          {"retry-after/429/1/x", 1000},
        {"retry-after/503/86400/x", 3600000},   {"retry-after/503/soon/x", 0},
        {"retry-after/500/7/x", 0},             {"retry-after/404/7/x", 0},
        {"retry-after/503/Sun, 06 Nov 1994 08:49:37 GMT/x", 0},
        {"retry-after/503/Fri, 31 Dec 9999 23:59:59 GMT/x", 3600000},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_neq(rig_fetch(&rig, cases[i].id), CAUSE_NONE);
        cr_expect_eq(rig.result.retry_after_ms, cases[i].expected, "%s", cases[i].id);
    }
}

Test(fetch, asks_plainly)
{
    cr_assert_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
    cr_expect(rig_sent(rig.origin, "/ok/x", "User-Agent", "visage-test/1"));
    cr_expect(rig_sent(rig.origin, "/ok/x", "Accept",
                       "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.8"));
    cr_expect(rig_sent(rig.origin, "/ok/x", "Accept-Encoding", NULL));
    cr_expect(rig_sent(rig.origin, "/ok/x", "Authorization", NULL));
    cr_expect(rig_sent(rig.origin, "/ok/x", "Cookie", NULL));
    cr_expect(rig_sent(rig.origin, "/ok/x", "Referer", NULL));
    cr_expect(rig_sent(rig.origin, "/ok/x", "Range", NULL));
}

Test(fetch, sends_the_configured_fields)
{
    rig_add_header(&rig, "X-TFS-FedAuthRedirect: Suppress");
    rig_add_header(&rig, "accept: image/png");
    cr_expect_eq(rig_fetch(&rig, "azure/x"), CAUSE_ORIGIN_DENIED);
    cr_expect_eq(rig.result.status, 401);
    cr_expect_eq(rig.result.redirects, 0);
    cr_expect(rig_sent(rig.origin, "/azure/x", "Accept", "image/png"));
}

Test(fetch, refuses_a_field_that_is_two)
{
    static const char *const fields[] = {"X-A: b\r\nX-C: d", "X-A: b\nX-C: d", "X-A"};

    for (size_t i = 0; i < COUNT(fields); i++) {
        rig.source_config.header_count = 0;
        rig_add_header(&rig, fields[i]);
        cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_INTERNAL);
    }
    cr_expect_eq(origin_total(rig.origin), 0);
}

Test(fetch, sends_basic_credentials)
{
    char path[] = "/auth-basic/-/s3cret/x";
    char other[] = "/auth-basic/me/pass:word/x";

    rig.source_config.username = (char[]){""};
    rig.source.password = (char[]){"s3cret"};
    cr_expect_eq(rig_fetch(&rig, path + 1), CAUSE_NONE);
    cr_expect(rig_sent(rig.origin, path, "Authorization", "Basic OnMzY3JldA=="));
    rig.source_config.username = (char[]){"me"};
    rig.source.password = (char[]){"pass:word"};
    cr_expect_eq(rig_fetch(&rig, other + 1), CAUSE_NONE);
    rig.source.password = (char[]){"wrong"};
    cr_expect_eq(rig_fetch(&rig, other + 1), CAUSE_ORIGIN_DENIED);
    cr_expect_eq(origin_count(rig.origin, other), 2, "a refused credential is not tried again");
}

Test(fetch, sends_a_bearer_token)
{
    cr_assert_eq(origin_set_authorization(rig.origin, "Bearer t0ken"), 0);
    rig.source.bearer = (char[]){"t0ken"};
    cr_expect_eq(rig_fetch(&rig, "echo-auth/x"), CAUSE_NONE);
    rig.source.bearer = (char[]){"other"};
    cr_expect_eq(rig_fetch(&rig, "echo-auth/x"), CAUSE_ORIGIN_DENIED);
}

Test(fetch, credentials_stay_with_their_source)
{
    struct source plain = {.config = &rig.source_config};
    struct config_source plain_config;

    rig.source_config.username = (char[]){""};
    rig.source.password = (char[]){"s3cret"};
    rig_add_header(&rig, "X-Api-Key: k3y");
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
    cr_expect(rig_sent(rig.origin, "/ok/x", "X-Api-Key", "k3y"));
    plain_config = rig.source_config;
    plain_config.username = NULL;
    plain_config.header_count = 0;
    plain.config = &plain_config;
    cr_expect_eq(rig_fetch_from(&rig, &plain, "ok/x"), CAUSE_NONE);
    cr_expect(rig_sent(rig.origin, "/ok/x", "Authorization", NULL));
    cr_expect(rig_sent(rig.origin, "/ok/x", "X-Api-Key", NULL));
}

Test(fetch, log_tells_no_secret)
{
    static const char *const ids[] = {"ok/pr1vate", "echo-auth/pr1vate", "truncated/pr1vate",
                                      "redirect/1/pr1vate", "redirect-loop/pr1vate",
                                      "garbage/pr1vate", "reset/pr1vate"};
    static const char *const hidden[] = {"s3cret", "OnMzY3JldA", "k3y", "pr1vate"};
    FILE *log = tmpfile();
    int saved = dup(STDERR_FILENO);
    static char text[65536];

    cr_assert(log && saved >= 0);
    cr_assert_geq(dup2(fileno(log), STDERR_FILENO), 0);
    log_set_level(LOG_LEVEL_DEBUG);
    rig.source_config.username = (char[]){""};
    rig.source.password = (char[]){"s3cret"};
    rig_add_header(&rig, "X-Api-Key: k3y");
    for (size_t i = 0; i < COUNT(ids); i++)
        rig_fetch(&rig, ids[i]);
    cr_assert_geq(dup2(saved, STDERR_FILENO), 0);
    close(saved);
    rewind(log);
    cr_assert_gt(fread(text, 1, sizeof text - 1, log), 0);
    fclose(log);
    cr_expect_not_null(strstr(text, "source=test"), "%s", text);
    for (size_t i = 0; i < COUNT(hidden); i++)
        cr_expect_null(strstr(text, hidden[i]), "%s in %s", hidden[i], text);
}

Test(fetch, failing_sink_ends_it)
{
    rig.fail_at = 1;
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_INTERNAL);
    cr_expect_eq(rig.result.bytes, 0);
    rig.fail_at = 2 * RIG_MAX_BYTES;
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE, "and the fetcher goes on");
}

Test(fetch, keeps_one_connection)
{
    struct config_source other_config = rig.source_config;
    struct source other = {.config = &other_config};

    for (unsigned i = 0; i < 5; i++) {
        cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
        cr_expect_eq(rig_fetch_from(&rig, &other, "ok/y"), CAUSE_NONE);
        cr_expect_eq(rig_fetch(&rig, "status/404/x"), CAUSE_ORIGIN_NOT_FOUND);
        cr_expect_eq(rig_fetch(&rig, "redirect/2/x"), CAUSE_NONE);
    }
    cr_expect_eq(origin_total(rig.origin), 30);
    cr_expect_eq(origin_connections(rig.origin), 1);
}

Test(fetch, surplus_bytes_do_not_become_the_next_answer)
{
    struct config_source other_config = rig.source_config;
    struct source other = {.config = &other_config};

    for (unsigned i = 0; i < 20; i++) {
        cr_expect_eq(rig_fetch(&rig, "long-length/x"), CAUSE_NONE);
        cr_expect_eq(rig_fetch_from(&rig, &other, "ok/x"), CAUSE_NONE);
        cr_expect(is_amount(ALL));
    }
}

Test(fetch, dials_again_after_the_origin_has_restarted)
{
    uint16_t port = origin_port(rig.origin);

    cr_assert_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
    origin_stop(&rig.origin);
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_ORIGIN_UNREACHABLE);
    rig.origin = origin_start(port);
    if (!rig.origin) {
        rig.origin = origin_start(0);
        cr_skip_test("the port was taken meanwhile");
    }
    cr_assert_eq(origin_add_picture(rig.origin, "x", rig.picture, rig.picture_length,
                                    "image/jpeg"), 0);
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
}

/* A port where nobody listens: bound, so that nobody else takes it, but not listening. */
static int deaf_socket(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    cr_assert_geq(fd, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

Test(fetch, nobody_listening_is_unreachable)
{
    unsigned port;
    int fd = deaf_socket(&port);

    rig_point(&rig, "http://127.0.0.1:%u/{id}", port);
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_ORIGIN_UNREACHABLE);
    cr_expect_eq(rig.result.status, 0);
    rig_point(&rig, "https://127.0.0.1:%u/{id}", port);
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_ORIGIN_UNREACHABLE);
    close(fd);
}

Test(fetch, ignores_proxies_of_the_environment)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY",
                                        "HTTPS_PROXY"};
    char proxy[64];
    unsigned port;
    int fd = deaf_socket(&port);

    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", port);
    for (size_t i = 0; i < COUNT(names); i++)
        setenv(names[i], proxy, 1);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
    close(fd);
}

Test(fetch, unusable_template_is_our_fault)
{
    static const char *const templates[] = {"", "{id}", "ftp://127.0.0.1/{id}",
                                            "http://user@127.0.0.1/{id}"};

    for (size_t i = 0; i < COUNT(templates); i++) {
        rig_point(&rig, "%s ", templates[i]);
        rig.url[strlen(templates[i])] = '\0';
        cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_INTERNAL, "%s", templates[i]);
    }
}

Test(fetch, fetcher_may_go_unused)
{
    struct fetcher *fetcher = fetcher_new(&rig.config);

    cr_assert_not_null(fetcher);
    fetcher_free(&fetcher);
    cr_expect_null(fetcher);
    fetcher_free(&fetcher);
}

/* SPDX-License-Identifier: MIT
 *
 * Published pictures: a worker answers the first request, the web server by itself every
 * further one, with the same bytes and the same headers, until the picture is purged. The
 * servers run with the rules of conf/.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <criterion/criterion.h>

#include "rig/repository.h"
#include "rig/rig.h"
#include "rig/workers.h"

RIG_SUITE(published);

#define IMMUTABLE "public, max-age=31536000, immutable"
#define YEAR "max-age=31536000"
#define NOBODYS "0123456789abcdef"
#define VERSION_SIZE 17
#define ADA "did:plc:ada"
#define SECRET "s3same-open-s3same-open"
#define TARGET_SIZE 256
#define ROUNDS 3

static struct rig rig;
static char version[VERSION_SIZE]; /* of the origin's photo */
static char cid[CID_BLOB_SIZE];    /* of ADA's */
static char url[TARGET_SIZE];

/* With .htaccess the root must be where Apache serves from. */
static const char *root(enum rig_kind kind)
{
    return kind == RIG_APACHE_HTACCESS ? "@DIR@/www/avatars/published" : "@STATE@/published";
}

static void published_file(const char *target, char path[FILES_PATH_MAX])
{
    if (rig.options.kind == RIG_APACHE_HTACCESS)
        files_path(path, "%s/www/avatars/published%s%s", rig.directory, rig.prefix, target);
    else
        files_path(path, "%s/published%s%s", rig.state, rig.prefix, target);
}

static bool is_published(const char *target)
{
    char path[FILES_PATH_MAX];
    struct stat st;

    published_file(target, path);
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void learn_version(void)
{
    struct client *client = client_new(rig.origin_port);
    struct answer answer = {0};
    char hex[65];

    cr_assert_eq(client_ask(client, "GET", "/ok/photo", NULL, &answer), 200);
    answer_digest(&answer, hex);
    snprintf(version, sizeof version, "%.16s", hex);
    answer_free(&answer);
    client_free(&client);
}

static void open_rig(enum rig_kind kind, const char *source)
{
    static char top[128], more[1024];
    bool behind_prefix = kind == RIG_APACHE_HTACCESS;

    snprintf(top, sizeof top, "publish_root = \"%s\"", root(kind));
    snprintf(more, sizeof more,
             "source at {\ntype = atproto\nplc = \"@ORIGIN@/script/plc\"\n"
             "allow_addresses = {\"127.0.0.0/8\"}\n}\n"
             "atproto { prefix = \"%s\" source = at }\n"
             "admin { token_file = \"@DIR@/secret\" }\n", behind_prefix ? "/avatars" : "");
    rig_open(&rig, &(struct rig_options){.kind = kind, .workers = 2, .top = top, .source = source,
                                         .more = more, .secret = SECRET});
    repository_add_jpeg(&rig, "photo-at", 640, 480, cid);
    repository_account(&rig, ADA, "pds");
    repository_pds(&rig, "pds", "200 picture=photo-at");
    learn_version();
    snprintf(url, sizeof url, "/v/%s/s64/o/ok/photo.jpg", version);
}

static int ask_with(const char *method, const char *target, const char *field)
{
    const char *fields[] = {field, NULL};

    return rig_ask(&rig, method, target, field ? fields : NULL);
}

/* Visage's answers have a Cache-Status. */
static bool by_worker(void)
{
    return answer_says(&rig.answer, "Cache-Status", "visage");
}

/* It is, once the answer has gone out. */
static bool await_published(const char *target)
{
    char path[FILES_PATH_MAX];

    published_file(target, path);
    return files_await(path) && is_published(target);
}

/* Publishes what is asked for, so that the server has it from now on. */
static void publish(const char *target)
{
    cr_assert_eq(rig_ask(&rig, "GET", target, NULL), 200, "%s: %d", target, rig.answer.status);
    cr_assert(by_worker(), "%s", target);
    cr_assert(await_published(target), "%s", target);
}

/* An error, or a redirect, that others keep for a year could not be called back. */
static void expect_no_year(const char *what)
{
    const char *value = answer_field(&rig.answer, "Cache-Control");

    cr_expect(!value || (!strstr(value, "immutable") && !strstr(value, YEAR)), "%s: %s", what,
              value);
}

/* ---- what comes ---- */

/* mod_expire of lighttpd, the only module to look whether there is a picture, has no words but
 * max-age. */
static const char *cache_control(void)
{
    bool lighttpd = rig.options.kind == RIG_LIGHTTPD || rig.options.kind == RIG_LIGHTTPD_SOCKET;

    return lighttpd ? YEAR : IMMUTABLE;
}

static void expect_same_fields(const struct answer *before, const char *target)
{
    static const char *const same[] = {
        "Content-Type", "Content-Length", "X-Content-Type-Options", "Content-Security-Policy",
        "Cross-Origin-Resource-Policy", "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers", "Accept-Ranges"};
    static const char *const none[] = {"Vary", "Content-Encoding", "Content-Language", "Location",
                                       "Content-Disposition", "Set-Cookie", "Expires", "Age"};

    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const char *theirs = answer_field(before, same[i]);

        cr_assert_not_null(theirs, "%s: %s", target, same[i]);
        cr_expect_eq(answer_fields(&rig.answer, same[i]), 1u, "%s: %s", target, same[i]);
        cr_expect_str_eq(answer_field(&rig.answer, same[i]), theirs, "%s: %s", target, same[i]);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        cr_expect_null(answer_field(&rig.answer, none[i]), "%s: %s", target, none[i]);
    cr_expect_eq(answer_fields(&rig.answer, "Cache-Control"), 1u, "%s", target);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), cache_control(), "%s", target);
    cr_expect_not_null(answer_field(&rig.answer, "Last-Modified"), "%s", target);
    cr_expect_eq(answer_fields(&rig.answer, "ETag"), 1u, "%s", target);
}

static void check_answers(const char *target, const char *type)
{
    struct answer first = {0};
    uint64_t requests;

    publish(target);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), IMMUTABLE, "%s", target);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), type, "%s", target);
    first = rig.answer;
    rig.answer = (struct answer){0};
    requests = workers_counted(rig.state, COUNT_REQUESTS);
    cr_expect_eq(rig_ask(&rig, "GET", target, NULL), 200, "%s", target);
    cr_expect_not(by_worker(), "%s", target);
    cr_expect_eq(workers_counted(rig.state, COUNT_REQUESTS), requests, "%s", target);
    cr_assert_eq(rig.answer.body.length, first.body.length, "%s", target);
    cr_expect_arr_eq(rig.answer.body.data, first.body.data, first.body.length, "%s", target);
    expect_same_fields(&first, target);
    answer_free(&first);
}

static void run_answers(enum rig_kind kind)
{
    static const struct {
        const char *end, *type;
    } native[] = {{"jpg", "image/jpeg"}, {"jpeg", "image/jpeg"}, {"png", "image/png"},
                  {"webp", "image/webp"}},
      at[] = {{"", "image/jpeg"}, {"@jpeg", "image/jpeg"}, {"@png", "image/png"},
              {"@webp", "image/webp"}};
    char target[TARGET_SIZE];

    open_rig(kind, NULL);
    for (size_t i = 0; i < sizeof native / sizeof *native; i++) {
        snprintf(target, sizeof target, "/v/%s/s64/o/ok/photo.%s", version, native[i].end);
        check_answers(target, native[i].type);
    }
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        snprintf(target, sizeof target, "/img/avatar/plain/" ADA "/%s%s", cid, at[i].end);
        check_answers(target, at[i].type);
    }
    rig_close(&rig);
}

Test(published, lighttpd_answers_by_itself)
{
    run_answers(RIG_LIGHTTPD);
}

Test(published, lighttpd_with_a_shared_socket_answers_by_itself)
{
    run_answers(RIG_LIGHTTPD_SOCKET);
}

Test(published, apache_answers_by_itself)
{
    run_answers(RIG_APACHE);
}

Test(published, apache_with_htaccess_answers_by_itself)
{
    run_answers(RIG_APACHE_HTACCESS);
}

Test(published, nginx_answers_by_itself)
{
    run_answers(RIG_NGINX);
}

/* ---- other requests for the same ---- */

static void check_conditions(void)
{
    char etag[160], date[160];

    cr_assert_eq(rig_get(&rig, "%s", url), 200);
    snprintf(etag, sizeof etag, "If-None-Match: \"x\", %s", answer_field(&rig.answer, "ETag"));
    snprintf(date, sizeof date, "If-Modified-Since: %s",
             answer_field(&rig.answer, "Last-Modified"));
    cr_expect_eq(ask_with("GET", url, etag), 304, "%d", rig.answer.status);
    cr_expect_not(by_worker());
    cr_expect_eq(rig.answer.body.length, 0u);
    cr_expect_eq(ask_with("GET", url, date), 304, "%d", rig.answer.status);
    cr_expect_eq(ask_with("GET", url, "If-None-Match: \"x\""), 200);
    cr_expect_not(by_worker());
}

static void check_ranges(void)
{
    size_t length;

    cr_assert_eq(rig_get(&rig, "%s", url), 200);
    length = rig.answer.body.length;
    cr_expect_eq(rig_ask(&rig, "HEAD", url, NULL), 200);
    cr_expect_not(by_worker());
    cr_expect_eq(rig.answer.body.length, 0u);
    cr_expect_eq((size_t)atoi(answer_field(&rig.answer, "Content-Length")), length);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), cache_control());
    cr_expect_eq(ask_with("GET", url, "Range: bytes=10-19"), 206);
    cr_expect_eq(by_worker(), rig.options.kind == RIG_NGINX);
    cr_expect_eq(rig.answer.body.length, 10u);
    cr_expect(answer_says(&rig.answer, "Content-Range", "bytes 10-19/"));
    cr_expect(answer_says(&rig.answer, "X-Content-Type-Options", "nosniff"));
    cr_expect_eq(ask_with("GET", url, "Range: bytes=9999999-"), 416);
    expect_no_year("416");
}

static void check_methods(void)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE"};

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        cr_expect_eq(rig_send(&rig, methods[i], url, NULL, "x"), 405, "%s: %d", methods[i],
                     rig.answer.status);
        cr_expect(by_worker(), "%s", methods[i]);
        cr_expect(answer_says(&rig.answer, "Allow", "GET, HEAD"), "%s", methods[i]);
        expect_no_year(methods[i]);
    }
    cr_expect(is_published(url));
}

static void run_requests(enum rig_kind kind)
{
    open_rig(kind, NULL);
    publish(url);
    check_conditions();
    check_ranges();
    check_methods();
    /* One with a query is asked of a worker, who has the same picture. */
    cr_expect_eq(rig_get(&rig, "%s?x=1", url), 200);
    cr_expect(by_worker());
    rig_close(&rig);
}

Test(published, lighttpd_takes_conditions_ranges_and_methods_as_it_should)
{
    run_requests(RIG_LIGHTTPD);
}

Test(published, apache_takes_conditions_ranges_and_methods_as_it_should)
{
    run_requests(RIG_APACHE);
}

Test(published, apache_with_htaccess_takes_conditions_ranges_and_methods_as_it_should)
{
    run_requests(RIG_APACHE_HTACCESS);
}

Test(published, nginx_takes_conditions_ranges_and_methods_as_it_should)
{
    run_requests(RIG_NGINX);
}

/* ---- what is no picture ---- */

static void expect_workers_answer(int status, const char *target)
{
    cr_expect_eq(rig_ask(&rig, "GET", target, NULL), status, "%s: %d", target, rig.answer.status);
    cr_expect(by_worker(), "%s", target);
    expect_no_year(target);
}

/* Of what lies in the root besides pictures, and of its directories, nobody sees anything. */
static void check_the_root(void)
{
    static const char *const names[] = {"/.visage", "/v/", "/v", "/img/"};
    char target[TARGET_SIZE + 16];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_expect(rig_ask(&rig, "GET", names[i], NULL) >= 400, "%s: %d", names[i],
                  rig.answer.status);
        expect_no_year(names[i]);
    }
    snprintf(target, sizeof target, "/v/%s/s64/o/ok", version);
    expect_workers_answer(404, target);
    snprintf(target, sizeof target, "/v/%s/s64/o/ok/", version);
    expect_workers_answer(400, target);
    snprintf(target, sizeof target, "/v/%s/../../.visage", version);
    cr_expect(rig_ask(&rig, "GET", target, NULL) >= 400, "%d", rig.answer.status);
    expect_no_year(target);
    cr_expect(ask_with("GET", "/v/", "Range: ../.visage") >= 400, "%d", rig.answer.status);
    cr_expect(rig_get(&rig, "/v/?../.visage") >= 400, "%d", rig.answer.status);
    snprintf(target, sizeof target, "%s/more.jpg", url);
    cr_expect_eq(rig_ask(&rig, "GET", target, NULL), 200, "%d", rig.answer.status);
    cr_expect(by_worker(), "a file is no directory");
}

static void run_errors(enum rig_kind kind)
{
    open_rig(kind, NULL);
    publish(url);
    expect_workers_answer(404, "/v/" NOBODYS "/s64/o/status/404/x.jpg");
    expect_workers_answer(404, "/v/" NOBODYS "/s64/nobody/x.jpg");
    expect_workers_answer(502, "/v/" NOBODYS "/s64/o/status/500/x.jpg");
    expect_workers_answer(400, "/img/avatar/plain/" ADA "/none");
    expect_workers_answer(302, "/v/" NOBODYS "/s64/o/ok/photo.jpg");
    check_the_root();
    if (kind == RIG_APACHE_HTACCESS) {
        /* By the way that is Apache's own. */
        cr_expect_eq(rig_get(&rig, "/published/avatars%s", url), 403, "%d", rig.answer.status);
        expect_no_year("403");
        cr_expect_eq(rig_get(&rig, "/published/.visage"), 403, "%d", rig.answer.status);
        cr_expect_eq(rig_get(&rig, "/published/.htaccess"), 403, "%d", rig.answer.status);
        cr_expect_eq(rig_get(&rig, "/published/"), 403, "%d", rig.answer.status);
    }
    rig_close(&rig);
}

Test(published, lighttpd_has_no_errors_kept_for_a_year)
{
    run_errors(RIG_LIGHTTPD);
}

Test(published, apache_has_no_errors_kept_for_a_year)
{
    run_errors(RIG_APACHE);
}

Test(published, apache_with_htaccess_has_no_errors_kept_for_a_year)
{
    run_errors(RIG_APACHE_HTACCESS);
}

Test(published, nginx_has_no_errors_kept_for_a_year)
{
    run_errors(RIG_NGINX);
}

/* ---- purge ---- */

static void purge(const char *what)
{
    static const char *const fields[] = {"Authorization: Bearer " SECRET, NULL};

    cr_assert_eq(rig_send(&rig, "POST", "/_visage/purge", fields, what), 200, "%s: %d", what,
                 rig.answer.status);
}

static void purge_by_command(const char *what)
{
    char path[FILES_PATH_MAX];
    const char *argv[] = {path, "purge", "-c", rig.conf, what, NULL};
    struct buffer output = {0};

    files_path(path, "%s", rig_built("visage"));
    cr_assert_eq(process_run(&(struct process_options){.argv = argv}, &output, 20000), 0, "%s",
                 output.data);
    buffer_free(&output);
}

/* The server has sent the file a moment ago, and may have it in mind still. */
static void check_purge(void (*by)(const char *what), const char *what)
{
    cr_assert_eq(rig_ask(&rig, "GET", url, NULL), 200, "%s: %d %s", what, rig.answer.status,
                 rig.answer.body.data);
    cr_expect_not(by_worker());
    by(what);
    cr_expect_not(is_published(url), "%s", what);
    publish(url);
}

static void run_purge(enum rig_kind kind)
{
    open_rig(kind, NULL);
    publish(url);
    for (int i = 0; i < ROUNDS; i++)
        check_purge(purge, "subject=o/ok/photo");
    check_purge(purge, "source=o");
    check_purge(purge, "all=1");
    if (kind == RIG_LIGHTTPD)
        check_purge(purge_by_command, "--all");
    /* What the operator has put there, stays there, and does what it did. */
    cr_expect_eq(rig_ask(&rig, "GET", url, NULL), 200);
    cr_expect_not(by_worker());
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), cache_control());
    rig_close(&rig);
}

Test(published, lighttpd_sends_nothing_that_was_purged)
{
    run_purge(RIG_LIGHTTPD);
}

Test(published, apache_sends_nothing_that_was_purged)
{
    run_purge(RIG_APACHE);
}

Test(published, apache_with_htaccess_sends_nothing_that_was_purged)
{
    run_purge(RIG_APACHE_HTACCESS);
}

Test(published, nginx_sends_nothing_that_was_purged)
{
    run_purge(RIG_NGINX);
}

/* ---- who goes when the cache is full ---- */

static bool was_read(const char *target)
{
    char path[FILES_PATH_MAX];
    struct stat st;

    published_file(target, path);
    cr_assert_eq(stat(path, &st), 0, "%s", path);
    return st.st_atim.tv_sec > 0;
}

/* Eviction goes by the file's access time, which is at the beginning of the epoch until then. */
static void run_access_time(enum rig_kind kind)
{
    struct statvfs fs;

    open_rig(kind, NULL);
    cr_assert_eq(statvfs(rig.state, &fs), 0);
    if (fs.f_flag & ST_NOATIME) {
        rig_close(&rig);
        cr_skip_test("the file system keeps no access times");
    }
    publish(url);
    cr_expect_not(was_read(url));
    cr_expect_eq(rig_ask(&rig, "HEAD", url, NULL), 200);
    cr_assert_eq(rig_ask(&rig, "GET", url, NULL), 200);
    cr_expect_not(by_worker());
    cr_expect(was_read(url));
    rig_close(&rig);
}

Test(published, lighttpd_leaves_an_access_time)
{
    run_access_time(RIG_LIGHTTPD);
}

Test(published, apache_leaves_an_access_time)
{
    run_access_time(RIG_APACHE);
}

Test(published, apache_with_htaccess_leaves_an_access_time)
{
    run_access_time(RIG_APACHE_HTACCESS);
}

Test(published, nginx_leaves_an_access_time)
{
    run_access_time(RIG_NGINX);
}

/* ---- what is not published ---- */

/* The server would give it to everybody, and for longer than the signature is good. */
Test(published, nothing_that_wants_or_knows_signatures)
{
    static const char *const signs[] = {"sign = required\nsign_key_file = \"@DIR@/secret\"",
                                        "sign = optional\nsign_key_file = \"@DIR@/secret\""};

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        struct buffer output = {0};
        char program[FILES_PATH_MAX], option[64];
        const char *argv[] = {program, "url", "-c", rig.conf, "--size=64", "--format=jpeg", option,
                              "o", "ok/photo", NULL};

        open_rig(RIG_LIGHTTPD, signs[i]);
        files_path(program, "%s", rig_built("visage"));
        snprintf(option, sizeof option, "--version=%s", version);
        cr_assert_eq(process_run(&(struct process_options){.argv = argv}, &output, 20000), 0, "%s",
                     output.data);
        output.data[output.length - 1] = '\0';
        for (int again = 0; again < 2; again++) {
            cr_expect_eq(rig_get(&rig, "%s", output.data), 200, "%s", output.data);
            cr_expect(by_worker());
        }
        cr_expect_eq(rig_ask(&rig, "GET", url, NULL), i == 0 ? 403 : 200);
        cr_expect(by_worker());
        cr_expect_not(is_published(url));
        buffer_free(&output);
        rig_close(&rig);
    }
}

/* Not under the URL that means the current picture, whatever that is. */
Test(published, no_mutable_url)
{
    open_rig(RIG_LIGHTTPD, NULL);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
        cr_expect(by_worker());
    }
    cr_expect_not(is_published("/s64/o/ok/photo.jpg"));
    rig_close(&rig);
}

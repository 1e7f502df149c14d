/* SPDX-License-Identifier: MIT
 *
 * SIGHUP: workers read their configuration anew, nobody notices, and a bad one changes
 * nothing. Also where they log to, which follows the configuration.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/agreement.h"
#include "rig/rig.h"
#include "rig/text.h"
#include "rig/visitors.h"
#include "rig/workers.h"

RIG_SUITE(reload);

#define RELOADED "event=config-reloaded"
#define REJECTED "event=config-rejected"
#define AT_ONCE 24
#define WAIT_MS 10000

/* ---- telling them ---- */

/* Replaces words in visage.conf, at one stroke. */
static void edit(struct rig *rig, const char *from, const char *to)
{
    struct buffer text = {0};
    char path[FILES_PATH_MAX];

    cr_assert(files_read(rig->conf, &text));
    cr_assert_gt(text_replace(&text, from, to), 0u, "no \"%s\" in visage.conf", from);
    files_path(path, "%s.new", rig->conf);
    files_write(path, text.data, 0644);
    cr_assert_eq(rename(path, rig->conf), 0);
    buffer_free(&text);
}

/* Adds a line before the first section. */
static void add_line(struct rig *rig, const char *line)
{
    char to[FILES_PATH_MAX];

    files_path(to, "%s\nprefix = ", line);
    edit(rig, "prefix = ", to);
}

/* Lines of this worker in which the text is. */
static unsigned count_lines(const char *path, pid_t pid, const char *text)
{
    struct buffer log = {0};
    char name[64];
    unsigned count = 0;

    snprintf(name, sizeof name, "visage[%ld] ", (long)pid);
    files_read(path, &log);
    for (char *line = log.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        count += strstr(line, name) && strstr(line, text);
    }
    buffer_free(&log);
    return count;
}

static bool await_line(const char *path, pid_t pid, const char *text, unsigned count)
{
    int64_t until_ms = clock_boot_ms() + WAIT_MS;

    while (count_lines(path, pid, text) < count) {
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(5);
    }
    return true;
}

/* SIGHUP to these workers, and waits until each has said so in its log. */
static void hang_up_these(const struct workers *w, const char *log, const char *says)
{
    for (size_t i = 0; i < w->count; i++) {
        unsigned before = count_lines(log, w->pids[i], says);

        cr_assert_eq(kill(w->pids[i], SIGHUP), 0);
        cr_assert(await_line(log, w->pids[i], says, before + 1), "%ld does not say \"%s\"",
                  (long)w->pids[i], says);
    }
}

/* The same, to all. */
static void hang_up(struct rig *rig, const char *log, const char *says)
{
    struct workers w;

    workers_find(rig->state, &w);
    cr_assert_gt(w.count, 0u);
    hang_up_these(&w, log, says);
}

/* All of them live, each with a slot. */
static void expect_alive(struct rig *rig, const struct workers *w)
{
    for (size_t i = 0; i < w->count; i++)
        cr_expect_eq(kill(w->pids[i], 0), 0, "%ld has ended", (long)w->pids[i]);
    cr_expect(workers_await(rig->state, w->count, WAIT_MS));
}

/* More requests at one time than there are workers, so that each of them gets some. All must
 * be answered with this status. */
static void expect_of_all(struct rig *rig, const char *preset, int status)
{
    static unsigned number;
    const char *targets[AT_ONCE];
    char texts[AT_ONCE][128];
    struct answer answers[AT_ONCE] = {0};

    for (unsigned i = 0; i < AT_ONCE; i++) {
        snprintf(texts[i], sizeof texts[i], "%s/%s/o/slow/20/x%u.jpg", rig->prefix, preset,
                 number++);
        targets[i] = texts[i];
    }
    cr_expect_eq(client_get_all(rig->port, targets, AT_ONCE, answers), (size_t)AT_ONCE);
    for (unsigned i = 0; i < AT_ONCE; i++) {
        cr_expect_eq(answers[i].status, status, "%s: %d", targets[i], answers[i].status);
        answer_free(&answers[i]);
    }
}

/* ---- a new configuration ---- */

#define PRESET "preset extra { width = 50 height = 50 }"

static void run_new_preset(enum rig_kind kind)
{
    static struct visitors visitors;
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = kind, .top = "busy_limit = 512"});
    expect_of_all(&rig, "extra", 404);
    visitors_start(&visitors, &rig);
    add_line(&rig, PRESET);
    hang_up(&rig, rig.log, RELOADED);
    expect_of_all(&rig, "extra", 200);
    edit(&rig, PRESET, "");
    hang_up(&rig, rig.log, RELOADED);
    expect_of_all(&rig, "extra", 404);
    visitors_stop(&visitors, 8);
    agreement_assert(rig.conf);
    rig_close(&rig);
}

Test(reload, new_preset_behind_lighttpd)
{
    run_new_preset(RIG_LIGHTTPD);
}

Test(reload, new_preset_on_a_shared_socket)
{
    run_new_preset(RIG_LIGHTTPD_SOCKET);
}

Test(reload, new_preset_behind_apache)
{
    run_new_preset(RIG_APACHE);
}

Test(reload, new_preset_behind_nginx)
{
    run_new_preset(RIG_NGINX);
}

/* Nobody is told one after the other: all at once, and again before they are done. */
Test(reload, a_storm_of_signals)
{
    static struct visitors visitors;
    static struct rig rig;
    struct workers before;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .top = "busy_limit = 512"});
    workers_find(rig.state, &before);
    visitors_start(&visitors, &rig);
    for (unsigned i = 0; i < 100; i++) {
        for (size_t j = 0; j < before.count; j++)
            cr_assert_eq(kill(before.pids[j], SIGHUP), 0);
        clock_sleep_ms(3);
    }
    hang_up_these(&before, rig.log, RELOADED);
    visitors_stop(&visitors, 8);
    expect_alive(&rig, &before);
    agreement_assert(rig.conf);
    rig_close(&rig);
}

Test(reload, cache_and_renderer_go_on)
{
    static struct rig rig;
    struct workers w;
    pid_t renderer;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 1});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    workers_find(rig.state, &w);
    renderer = workers_renderer(w.pids[0]);
    cr_assert_gt(renderer, 0);
    hang_up(&rig, rig.log, RELOADED);
    cr_expect(workers_await_death(renderer, 5000), "the old renderer stays");
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_assert_eq(rig_get(&rig, "/s128/o/ok/photo.jpg"), 200);
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_eq(origin_count(rig.origin, "/ok/photo"), 1u, "the original is kept");
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/other.jpg"), 200);
    workers_find(rig.state, &w);
    cr_assert_eq(w.count, 1u, "it has its slot again");
    renderer = workers_renderer(w.pids[0]);
    cr_expect_gt(renderer, 0);
    agreement_assert(rig.conf);
    rig_close(&rig);
}

Test(reload, a_request_under_way_is_finished_first)
{
    static struct visitor under_way, queued[3];
    static const char *const targets[] = {"/s64/o/ok/a.jpg", "/extra/o/ok/b.jpg",
                                          "/extra/o/ok/c.jpg"};
    static struct rig rig;
    struct workers w;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 1,
                                         .top = "busy_limit = 512"});
    visitor_send(&under_way, &rig, "/s64/o/slow/600/x.jpg");
    cr_assert_gt(workers_await_state(rig.state, WORKER_FETCHING, 5000), 0);
    workers_find(rig.state, &w);
    cr_assert_eq(w.count, 1u);
    add_line(&rig, PRESET);
    cr_assert_eq(kill(w.pids[0], SIGHUP), 0);
    /* Those who queue up meanwhile are answered, by the new configuration. */
    for (size_t i = 0; i < sizeof queued / sizeof *queued; i++)
        visitor_send(&queued[i], &rig, targets[i]);
    cr_expect(visitor_await(&under_way));
    for (size_t i = 0; i < sizeof queued / sizeof *queued; i++)
        cr_expect(visitor_await(&queued[i]), "%s", targets[i]);
    cr_expect_eq(count_lines(rig.log, w.pids[0], RELOADED), 1u);
    rig_close(&rig);
}

Test(reload, another_state_directory)
{
    char other[FILES_PATH_MAX], from[FILES_PATH_MAX], to[FILES_PATH_MAX];
    static struct rig rig;
    struct workers w;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    files_path(other, "%s/elsewhere", rig.directory);
    files_path(from, "state_dir = \"%s\"", rig.state);
    files_path(to, "state_dir = \"%s\"", other);
    edit(&rig, from, to);
    hang_up(&rig, rig.log, RELOADED);
    workers_find(rig.state, &w);
    cr_expect_eq(w.count, 0u, "%zu have stayed", w.count);
    memcpy(rig.state, other, sizeof other);
    cr_assert(workers_await(rig.state, RIG_WORKERS, WAIT_MS));
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "fwd=uri-miss"));
    for (unsigned i = 0; i < 20; i++) {
        cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
        cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    }
    agreement_assert(rig.conf);
    rig_close(&rig);
}

static mode_t mode_of_new_blob(struct rig *rig, const char *target)
{
    char hex[65], path[FILES_PATH_MAX];
    struct stat st;

    cr_assert_eq(rig_get(rig, "%s", target), 200);
    answer_digest(&rig->answer, hex);
    files_path(path, "%s/blobs/%.2s/%s", rig->state, hex, hex + 2);
    cr_assert_eq(stat(path, &st), 0, "%s: %s", path, strerror(errno));
    return st.st_mode & 07777;
}

Test(reload, group_readable)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET});
    cr_expect_eq(mode_of_new_blob(&rig, "/s64/o/unique/1/x.jpg"), 0600u);
    add_line(&rig, "group_readable = true");
    hang_up(&rig, rig.log, RELOADED);
    cr_expect_eq(mode_of_new_blob(&rig, "/s64/o/unique/2/x.jpg"), 0640u);
    edit(&rig, "group_readable = true", "");
    hang_up(&rig, rig.log, RELOADED);
    cr_expect_eq(mode_of_new_blob(&rig, "/s64/o/unique/3/x.jpg"), 0600u);
    rig_close(&rig);
}

/* ---- a bad configuration ---- */

/* The old one serves: what is cached, and what is not; and its workers are the same. */
static void expect_service(struct rig *rig, const struct workers *before)
{
    static unsigned number;

    cr_assert_eq(rig_get(rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect(answer_says(&rig->answer, "Cache-Status", "; hit"));
    cr_expect_eq(rig_get(rig, "/s64/o/ok/new%u.jpg", number++), 200);
    cr_expect(answer_is_sound(&rig->answer));
    expect_alive(rig, before);
}

/* It is told to all, and each says that it stays with the old one, and `says`. */
static void expect_rejection(struct rig *rig, const char *says)
{
    struct workers w;

    workers_find(rig->state, &w);
    hang_up(rig, rig->log, REJECTED);
    for (size_t i = 0; i < w.count; i++) {
        cr_expect_gt(count_lines(rig->log, w.pids[i], says), 0u, "\"%s\" is not in the log", says);
        cr_expect_eq(count_lines(rig->log, w.pids[i], "the old configuration stays in force"),
                     count_lines(rig->log, w.pids[i], REJECTED));
    }
    expect_service(rig, &w);
}

Test(reload, what_does_not_parse_leaves_the_old_in_force)
{
    static const struct {
        const char *line, *says;
    } rows[] = {
        {"surprise = 1", "visage.conf:2: "},
        {"cache_size = \"many\"", "visage.conf:2: "},
        {"sizes = {32", "visage.conf:"},
        {"preset bad { width = 0 height = 0 }", "visage.conf:2: "},
    };
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 2});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        add_line(&rig, rows[i].line);
        expect_rejection(&rig, rows[i].says);
        edit(&rig, rows[i].line, "");
    }
    add_line(&rig, PRESET);
    hang_up(&rig, rig.log, RELOADED);
    cr_expect_eq(rig_get(&rig, "/extra/o/ok/photo.jpg"), 200, "a good one later is taken");
    rig_close(&rig);
}

Test(reload, no_configuration_at_all)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 2});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_assert_eq(unlink(rig.conf), 0);
    expect_rejection(&rig, "visage.conf");
    rig_close(&rig);
}

#define PRIVATE "source private { url = \"%s/echo-auth/{id}\" bearer_file = \"%s\" " \
                "allow_addresses = {\"127.0.0.0/8\"} }"

Test(reload, a_secret_that_cannot_be_read)
{
    char line[FILES_PATH_MAX], path[FILES_PATH_MAX], origin[64];
    static struct rig rig;
    struct buffer log = {0};

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 2});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_assert_eq(origin_set_authorization(rig.origin, "Bearer t0ps3cret"), 0);
    files_path(path, "%s/secret", rig.directory);
    snprintf(origin, sizeof origin, "http://127.0.0.1:%u", (unsigned)origin_port(rig.origin));
    files_path(line, PRIVATE, origin, path);
    add_line(&rig, line);
    expect_rejection(&rig, path);
    cr_expect_eq(rig_get(&rig, "/s64/private/x.jpg"), 404);
    files_write(path, "t0ps3cret\n", 0644);
    expect_rejection(&rig, path);
    cr_assert_eq(chmod(path, 0600), 0);
    hang_up(&rig, rig.log, RELOADED);
    cr_expect_eq(rig_get(&rig, "/s64/private/x.jpg"), 200);
    cr_assert(files_read(rig.log, &log));
    cr_expect_null(strstr(log.data, "t0ps3cret"));
    buffer_free(&log);
    rig_close(&rig);
}

/* The server has been closed by then, and is opened again with the old one. */
Test(reload, a_state_directory_that_cannot_be_opened)
{
    char from[FILES_PATH_MAX];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 2});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    files_path(from, "state_dir = \"%s\"", rig.state);
    edit(&rig, from, "state_dir = \"/proc/version/state\"");
    expect_rejection(&rig, "/proc/version/state");
    edit(&rig, "state_dir = \"/proc/version/state\"", from);
    hang_up(&rig, rig.log, RELOADED);
    agreement_assert(rig.conf);
    rig_close(&rig);
}

/* A worker starts without one; but this would be to give up one that works. */
Test(reload, a_store_of_uploads_that_cannot_be_opened)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET,
                                         .workers = 2,
                                         .more = "source users { type = store }\n"});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_assert_eq(rig_get(&rig, "/s64/users/anna.jpg"), 404);
    add_line(&rig, "store_dir = \"/proc/version/store\"");
    expect_rejection(&rig, "the store of uploads cannot be opened");
    cr_expect_eq(rig_get(&rig, "/s64/users/anna.jpg"), 404);
    edit(&rig, "store_dir = \"/proc/version/store\"", "");
    hang_up(&rig, rig.log, RELOADED);
    rig_close(&rig);
}

/* A worker without a server is of no use; one that is started later may find all well again. */
Test(reload, neither_can_be_opened)
{
    char from[FILES_PATH_MAX], aside[FILES_PATH_MAX];
    static struct rig rig;
    struct workers w;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 1});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    workers_find(rig.state, &w);
    files_path(from, "state_dir = \"%s\"", rig.state);
    files_path(aside, "%s/aside", rig.directory);
    edit(&rig, from, "state_dir = \"/proc/version/state\"");
    cr_assert_eq(rename(rig.state, aside), 0);
    files_write(rig.state, "", 0600);
    cr_assert_eq(kill(w.pids[0], SIGHUP), 0);
    cr_expect(workers_await_death(w.pids[0], WAIT_MS));
    cr_expect_eq(count_lines(rig.log, w.pids[0], REJECTED), 1u);
    cr_expect_eq(count_lines(rig.log, w.pids[0], "event=start state directory"), 1u);
    /* All well again, and multiwatch has gone on starting workers. */
    cr_assert_eq(unlink(rig.state), 0);
    cr_assert_eq(rename(aside, rig.state), 0);
    edit(&rig, "state_dir = \"/proc/version/state\"", from);
    cr_assert(workers_await(rig.state, 1, WAIT_MS));
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    rig_close(&rig);
}

/* ---- the log ---- */

Test(reload, the_log_follows_the_configuration)
{
    char path[FILES_PATH_MAX], line[FILES_PATH_MAX];
    static struct rig rig;
    struct workers w;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 1});
    workers_find(rig.state, &w);
    files_path(path, "%s/visage.log", rig.directory);
    files_path(line, "log = \"%s\"", path);
    add_line(&rig, line);
    hang_up(&rig, path, RELOADED);
    cr_expect_eq(count_lines(rig.log, w.pids[0], RELOADED), 0u);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect_eq(count_lines(path, w.pids[0], "event=request"), 0u);
    add_line(&rig, "log_level = \"debug\"");
    hang_up(&rig, path, RELOADED);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect(await_line(path, w.pids[0], "event=request", 1));
    /* And back. */
    edit(&rig, line, "");
    hang_up(&rig, rig.log, RELOADED);
    rig_close(&rig);
}

Test(reload, a_log_that_cannot_be_opened)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 2});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    add_line(&rig, "log = \"/proc/version/log\"");
    expect_rejection(&rig, "/proc/version/log");
    rig_close(&rig);
}

/* The new log is open when the state directory fails: the refusal stands in the old one. */
Test(reload, a_rejection_stands_where_the_old_configuration_logs)
{
    char from[FILES_PATH_MAX], path[FILES_PATH_MAX], line[FILES_PATH_MAX];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET, .workers = 2});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    files_path(from, "state_dir = \"%s\"", rig.state);
    files_path(path, "%s/visage.log", rig.directory);
    files_path(line, "log = \"%s\"", path);
    edit(&rig, from, "state_dir = \"/proc/version/state\"");
    add_line(&rig, line);
    expect_rejection(&rig, "/proc/version/state");
    rig_close(&rig);
}

Test(reload, a_worker_logs_to_the_file_from_the_start)
{
    static const enum rig_kind kinds[] = {RIG_LIGHTTPD, RIG_APACHE};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char path[FILES_PATH_MAX];
        static struct rig rig;
        struct workers w;
        struct stat st;

        rig_prepare(&rig, &(struct rig_options){.kind = kinds[i],
                                                .top = "log = \"@STATE@/../logs/visage.log\""});
        files_path(path, "%s/logs", rig.directory);
        cr_assert_eq(mkdir(path, 0777), 0);
        cr_assert_eq(chmod(path, 0777), 0);
        files_path(path, "%s/logs/visage.log", rig.directory);
        rig_start(&rig);
        cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
        workers_find(rig.state, &w);
        cr_assert_gt(w.count, 0u);
        for (size_t j = 0; j < w.count; j++)
            cr_expect(await_line(path, w.pids[j], "event=worker-start", 1));
        cr_assert_eq(stat(path, &st), 0);
        cr_expect_eq(st.st_mode & 07777u, 0640u);
        cr_expect_eq(count_lines(rig.log, w.pids[0], "event=worker-start"), 0u);
        rig_close(&rig);
    }
}

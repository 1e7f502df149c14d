/* SPDX-License-Identifier: MIT */
#include "rig/rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "origin/pictures.h"
#include "rig/frame.h"
#include "rig/text.h"
#include "rig/workers.h"

#define START_TRIES 3
#define START_MS 20000
#define STOP_MS 8000
#define LOG_SHOWN 6000
#define TARGET_MAX 4096

static struct rig *open_rigs;

const char *rig_kind_name(enum rig_kind kind)
{
    static const char *const names[RIG_KINDS] = {
        [RIG_LIGHTTPD] = "lighttpd",
        [RIG_LIGHTTPD_SOCKET] = "lighttpd with spawn-fcgi",
        [RIG_APACHE] = "Apache",
        [RIG_APACHE_HTACCESS] = "Apache with .htaccess",
        [RIG_NGINX] = "nginx",
    };

    return names[kind];
}

static const char *path_below(const char *variable, const char *name)
{
    static char path[FILES_PATH_MAX];
    const char *directory = getenv(variable);

    cr_assert_not_null(directory, "%s is not set; `make check` sets it", variable);
    files_path(path, "%s/%s", directory, name);
    return path;
}

const char *rig_built(const char *name)
{
    return path_below("VISAGE_BUILD_DIR", name);
}

const char *rig_shipped(const char *name)
{
    return path_below("VISAGE_SOURCE_DIR", name);
}

/* ---- preparing ---- */

static void add_pictures(struct origin *origin)
{
    unsigned char *bytes;
    size_t length;

    cr_assert_eq(picture_make_jpeg(640, 480, 1, &bytes, &length), 0);
    cr_assert_eq(origin_add_picture(origin, "photo", bytes, length, "image/jpeg"), 0);
    free(bytes);
    cr_assert_eq(picture_make_png(300, 300, 2, true, &bytes, &length), 0);
    cr_assert_eq(origin_add_picture(origin, "alpha", bytes, length, "image/png"), 0);
    free(bytes);
    cr_assert_eq(picture_make_png(320, 240, 3, false, &bytes, &length), 0);
    cr_assert_eq(origin_add_picture(origin, "logo", bytes, length, "image/png"), 0);
    free(bytes);
}

void rig_start_origin(struct rig *rig)
{
    rig->origin = origin_start(rig->origin_port);
    cr_assert_not_null(rig->origin);
    rig->origin_port = origin_port(rig->origin);
    add_pictures(rig->origin);
}

void rig_stop_origin(struct rig *rig)
{
    origin_stop(&rig->origin);
}

/* Apache refuses to serve as root; its user must be able to come here and to run the programs,
 * wherever they were built. */
static void change_user(struct rig *rig)
{
    rig->user = getpwnam("www-data") ? "www-data" : "nobody";
    for (char *end = strchr(rig->directory + 1, '/'); end; end = strchr(end + 1, '/')) {
        struct stat st;

        *end = '\0';
        if (stat(rig->directory, &st) != 0 || !(st.st_mode & S_IXOTH)) {
            *end = '/';
            cr_skip_test("%s cannot enter %s; set TMPDIR", rig->user, rig->directory);
        }
        *end = '/';
    }
}

static void own(const struct rig *rig, const char *path)
{
    const struct passwd *user = rig->user ? getpwnam(rig->user) : NULL;

    if (user)
        cr_assert_eq(chown(path, user->pw_uid, user->pw_gid), 0, "%s: %s", path, strerror(errno));
}

static void make_directory(const struct rig *rig, const char *name)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/%s", rig->directory, name);
    cr_assert_eq(mkdir(path, 0755), 0, "%s: %s", path, strerror(errno));
    own(rig, path);
}

static void copy_program(const char *from, char path[FILES_PATH_MAX], const struct rig *rig)
{
    const char *name = strrchr(from, '/');

    files_path(path, "%s/bin%s", rig->directory, name);
    files_copy_program(from, path);
}

static void place_programs(struct rig *rig)
{
    const char *renderer = rig->options.renderer ? rig->options.renderer : "visage-render";

    files_path(rig->worker, "%s", rig_built("visage.fcgi"));
    files_path(rig->renderer, "%s", rig_built(renderer));
    files_path(rig->keeper, "%s", rig_built("visage-keeper"));
    cr_assert_eq(access(rig->worker, X_OK), 0, "%s: %s", rig->worker, strerror(errno));
    cr_assert_eq(access(rig->renderer, X_OK), 0, "%s: %s", rig->renderer, strerror(errno));
    if (rig->user) {
        char from[FILES_PATH_MAX];

        memcpy(from, rig->worker, sizeof from);
        copy_program(from, rig->worker, rig);
        memcpy(from, rig->renderer, sizeof from);
        copy_program(from, rig->renderer, rig);
        memcpy(from, rig->keeper, sizeof from);
        copy_program(from, rig->keeper, rig);
    }
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

/* `key = value` unless the test sets the key itself. */
static const char *unless_set(const char *text, const char *key, const char *setting)
{
    return text && strstr(text, key) ? "" : setting;
}

/* One cause at a time: a failure is not tried again, many of them open no breaker, and drawing takes
 * the time that it takes, unless a test is about that. */
static void write_visage_conf(struct rig *rig)
{
    const struct rig_options *o = &rig->options;
    struct buffer text = {0};
    char origin[64];

    snprintf(origin, sizeof origin, "http://127.0.0.1:%u", (unsigned)rig->origin_port);
    text_add(&text,
             "state_dir = \"@STATE@\"\n"
             "prefix = \"%s\"\n"
             "keeper = \"%s\"\n"
             "%s%s\n"
             "preset avatar       { width = 1000 height = 1000 fit = \"cover\" quality = 85 }\n"
             "preset avatar_small { width = 360 height = 360 fit = \"cover\" quality = 80 }\n"
             "preset thumb        { width = 100 height = 80 }\n"
             "preset wide         { width = 200 height = 0 fit = \"contain\" }\n"
             "fetch {\n%s\n%s%s}\n"
             "render {\nprogram = \"%s\"\n%s\n}\n"
             "source o {\nurl = \"@ORIGIN@/{id}\"\nallow_addresses = {\"127.0.0.0/8\"}\n%s\n}\n"
             "%s\n",
             rig->prefix, rig->keeper, unless_set(o->top, "min_free", "min_free = 0\n"),
             or_else(o->top, ""), or_else(o->fetch, "connect_timeout = \"1s\" timeout = \"2s\""),
             unless_set(o->fetch, "retries", "retries = 0\n"),
             unless_set(o->fetch, "breaker", "breaker_failures = 0\n"), rig->renderer,
             or_else(o->render, "timeout = \"20s\""), or_else(o->source, ""), or_else(o->more, ""));
    text_replace(&text, "@STATE@", rig->state);
    text_replace(&text, "@DIR@", rig->directory);
    text_replace(&text, "@ORIGIN@", origin);
    files_write(rig->conf, text.data, 0644);
    buffer_free(&text);
}

void rig_prepare(struct rig *rig, const struct rig_options *options)
{
    frame_require(options->kind);
    *rig = (struct rig){.options = *options, .prefix = ""};
    if (!rig->options.workers)
        rig->options.workers = RIG_WORKERS;
    files_make_directory(rig->directory);
    rig->next = open_rigs;
    open_rigs = rig;

    if (options->kind == RIG_APACHE_HTACCESS)
        rig->prefix = "/avatars";
    if (geteuid() == 0 && (options->kind == RIG_APACHE || options->kind == RIG_APACHE_HTACCESS))
        change_user(rig);
    make_directory(rig, "bin");
    make_directory(rig, "www");
    make_directory(rig, "www/avatars");
    make_directory(rig, "www/avatars/published");
    make_directory(rig, "fcgid");
    place_programs(rig);
    files_path(rig->conf, "%s/visage.conf", rig->directory);
    files_path(rig->log, "%s/log", rig->directory);
    files_path(rig->state, "%s/state", rig->directory);
    if (options->state)
        files_path(rig->state, "%s", options->state);
    else
        make_directory(rig, "state");
    files_write(rig->log, "", 0666);
    if (options->secret) {
        char path[FILES_PATH_MAX];

        files_path(path, "%s/secret", rig->directory);
        files_write(path, options->secret, 0600);
        own(rig, path);
    }
    rig_start_origin(rig);
    write_visage_conf(rig);
}

/* ---- running ---- */

/* Free a moment ago; if somebody takes it meanwhile, the server does not start. */
uint16_t rig_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert(fd >= 0);
    cr_assert_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* multiwatch gives up on a child that dies a few times within its timeout, by default;
 * tests kill more often than that. */
static void start_pool(struct rig *rig)
{
    char socket[FILES_PATH_MAX], workers[16];
    const char *argv[] = {"spawn-fcgi", "-n", "-s", socket, "-M", "0660", "--",
                          "/usr/bin/multiwatch", "-f", workers, "-r", "1000000", "--", rig->worker,
                          "-c", rig->conf, NULL};
    const struct process_options o = {.argv = argv, .log = rig->log};
    const char *multiwatch = process_find("multiwatch");
    char path[FILES_PATH_MAX];

    cr_assert_not_null(multiwatch);
    files_path(path, "%s", multiwatch);
    argv[7] = path;
    frame_socket(rig, socket);
    snprintf(workers, sizeof workers, "%u", rig->options.workers);
    process_start(&rig->pool, &o);
    cr_assert(workers_await(rig->state, rig->options.workers, START_MS),
              "the workers do not start");
}

/* A worker has answered. */
static bool is_ready(struct rig *rig)
{
    int64_t until_ms = clock_boot_ms() + START_MS;

    while (clock_boot_ms() < until_ms && process_running(&rig->server)) {
        if (rig_get(rig, "/") == 404 && answer_says(&rig->answer, "Cache-Status", "visage"))
            return true;
        clock_sleep_ms(5);
    }
    return false;
}

void rig_start(struct rig *rig)
{
    if (rig->options.kind == RIG_LIGHTTPD_SOCKET || rig->options.kind == RIG_NGINX)
        start_pool(rig);
    for (int i = 0; i < START_TRIES; i++) {
        rig->port = rig_free_port();
        client_free(&rig->client);
        rig->client = client_new(rig->port);
        cr_assert_not_null(rig->client);
        frame_start(rig);
        if (is_ready(rig)) {
            if (rig->options.kind == RIG_LIGHTTPD)
                cr_assert(workers_await(rig->state, rig->options.workers, START_MS));
            return;
        }
        process_stop(&rig->server, STOP_MS);
    }
    cr_assert_fail("%s does not start", rig_kind_name(rig->options.kind));
}

void rig_stop(struct rig *rig)
{
    /* First, or the server's guard would wait for them; and again for one that a last request
     * has started. */
    workers_stop_keepers(rig->state, STOP_MS);
    process_stop(&rig->server, STOP_MS);
    process_stop(&rig->pool, STOP_MS);
    workers_stop_keepers(rig->state, STOP_MS);
}

void rig_open(struct rig *rig, const struct rig_options *options)
{
    rig_prepare(rig, options);
    rig_start(rig);
}

void rig_close(struct rig *rig)
{
    struct rig **place = &open_rigs;

    while (*place && *place != rig)
        place = &(*place)->next;
    if (!*place)
        return;
    *place = rig->next;
    rig_stop(rig);
    if (rig->origin)
        origin_stop(&rig->origin);
    client_free(&rig->client);
    answer_free(&rig->answer);
    files_remove_tree(rig->directory);
}

void rig_clean_up(void)
{
    while (open_rigs) {
        struct rig *rig = open_rigs;
        struct buffer log = {0};

        if (files_read(rig->log, &log) && log.length)
            fprintf(stderr, "---- %s, %s\n%s----\n", rig_kind_name(rig->options.kind), rig->log,
                    log.data + (log.length > LOG_SHOWN ? log.length - LOG_SHOWN : 0));
        buffer_free(&log);
        rig_close(rig);
    }
}

static void prefix_target(const struct rig *rig, const char *target, char whole[TARGET_MAX])
{
    int n = snprintf(whole, TARGET_MAX, "%s%s", rig->prefix, target);

    cr_assert(n >= 0 && n < TARGET_MAX);
}

int rig_ask(struct rig *rig, const char *method, const char *target, const char *const *fields)
{
    char whole[TARGET_MAX];

    prefix_target(rig, target, whole);
    return client_ask(rig->client, method, whole, fields, &rig->answer);
}

int rig_send(struct rig *rig, const char *method, const char *target, const char *const *fields,
             const char *body)
{
    char whole[TARGET_MAX];

    prefix_target(rig, target, whole);
    return client_send(rig->client, method, whole, fields, body, strlen(body), &rig->answer);
}

int rig_get(struct rig *rig, const char *target, ...)
{
    char whole[TARGET_MAX];
    va_list ap;
    int n;

    va_start(ap, target);
    n = vsnprintf(whole, sizeof whole, target, ap);
    va_end(ap);
    cr_assert(n >= 0 && n < TARGET_MAX);
    return rig_ask(rig, "GET", whole, NULL);
}

unsigned rig_logged(const struct rig *rig, const char *text)
{
    struct buffer log = {0};
    unsigned count = 0;

    cr_assert(files_read(rig->log, &log));
    for (const char *at = log.data; at && (at = strstr(at, text)) != NULL; at += strlen(text))
        count++;
    buffer_free(&log);
    return count;
}

bool rig_await_log(const struct rig *rig, const char *text, int64_t timeout_ms)
{
    int64_t until_ms = clock_boot_ms() + timeout_ms;

    while (rig_logged(rig, text) == 0) {
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(5);
    }
    return true;
}

int rig_visage(struct rig *rig, const char *command, struct buffer *output)
{
    char path[FILES_PATH_MAX];
    const char *argv[] = {path, command, "-c", rig->conf, NULL};
    const struct process_options o = {.argv = argv};

    files_path(path, "%s", rig_built("visage"));
    return process_run(&o, output, 20000);
}

/* SPDX-License-Identifier: MIT */
#include "ctl/command.h"

#include <ctype.h>
#include <inttypes.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"

#define ARGUMENTS_MAX 40
#define RUN_MS 60000
#define LOOK_MS 5

struct command_line {
    char program[FILES_PATH_MAX];
    const char *argv[ARGUMENTS_MAX + 4];
};

static void make_line(struct command_line *line, struct rig *rig, const char *argument, va_list ap)
{
    size_t count = 0;

    files_path(line->program, "%s", rig_built("visage"));
    line->argv[count++] = line->program;
    for (; argument; argument = va_arg(ap, const char *)) {
        cr_assert_lt(count, (size_t)ARGUMENTS_MAX);
        line->argv[count++] = argument;
    }
    line->argv[count++] = "-c";
    line->argv[count++] = rig->conf;
    line->argv[count] = NULL;
}

int command_run(struct rig *rig, struct buffer *output, const char *argument, ...)
{
    struct command_line line;
    struct process_options o = {.argv = line.argv};
    va_list ap;
    int status;

    va_start(ap, argument);
    make_line(&line, rig, argument, ap);
    va_end(ap);
    buffer_clear(output);
    status = process_run(&o, output, RUN_MS);
    if (!output->data)
        cr_assert_eq(buffer_puts(output, ""), 0);
    return status;
}

/* Presses Ctrl-C once `text` (NULL: never) has been shown `count` times. */
/* Ends `pid` by SIGINT once the text has come so often; not by typing ^C, with which the terminal
 * may drop what is written last. */
static void read_terminal(int fd, struct buffer *output, const char *text, unsigned count,
                          pid_t pid)
{
    char bytes[4096];
    ssize_t n;

    /* It ends with EIO once nobody has it open any more. */
    while ((n = read(fd, bytes, sizeof bytes)) > 0) {
        cr_assert_eq(buffer_append(output, bytes, (size_t)n), 0);
        if (text && command_count(output->data, text) >= count) {
            cr_assert_eq(kill(pid, SIGINT), 0);
            text = NULL;
        }
    }
    close(fd);
    if (!output->data)
        cr_assert_eq(buffer_puts(output, ""), 0);
}

static pid_t start_on_terminal(const struct command_line *line, const struct winsize *size,
                               const char *setting, int *fd)
{
    pid_t pid = forkpty(fd, NULL, NULL, size);

    cr_assert(pid >= 0);
    if (pid > 0)
        return pid;
    if (putenv((char *)(uintptr_t)"TERM=xterm") != 0 || putenv((char *)(uintptr_t)setting) != 0)
        _exit(126);
    execv(line->program, (char *const *)(uintptr_t)line->argv);
    _exit(127);
}

static int status_of(pid_t pid)
{
    int status;

    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int command_run_on_terminal(struct rig *rig, struct buffer *output, const char *setting,
                            const char *argument, ...)
{
    const struct winsize size = {.ws_row = 40, .ws_col = 100};
    struct command_line line;
    va_list ap;
    pid_t pid;
    int fd;

    va_start(ap, argument);
    make_line(&line, rig, argument, ap);
    va_end(ap);
    buffer_clear(output);
    pid = start_on_terminal(&line, &size, setting, &fd);
    read_terminal(fd, output, NULL, 0, pid);
    return status_of(pid);
}

int command_watch_on_terminal(struct rig *rig, struct buffer *output, const struct winsize *size,
                              const char *text, unsigned count, const char *argument, ...)
{
    struct command_line line;
    va_list ap;
    pid_t pid;
    int fd;

    va_start(ap, argument);
    make_line(&line, rig, argument, ap);
    va_end(ap);
    buffer_clear(output);
    pid = start_on_terminal(&line, size, "NO_COLOR=1", &fd);
    read_terminal(fd, output, text, count, pid);
    return status_of(pid);
}

static void output_path(const struct rig *rig, char path[FILES_PATH_MAX])
{
    files_path(path, "%s/output", rig->directory);
}

void command_start(struct rig *rig, struct process *p, const char *argument, ...)
{
    struct command_line line;
    char path[FILES_PATH_MAX];
    struct process_options o = {.argv = line.argv, .log = path};
    va_list ap;

    output_path(rig, path);
    files_write(path, "", 0644);
    va_start(ap, argument);
    make_line(&line, rig, argument, ap);
    va_end(ap);
    process_start(p, &o);
}

void command_output(struct rig *rig, struct buffer *output)
{
    char path[FILES_PATH_MAX];

    output_path(rig, path);
    buffer_clear(output);
    cr_assert(files_read(path, output));
    if (!output->data)
        cr_assert_eq(buffer_puts(output, ""), 0);
}

bool command_await(struct rig *rig, const char *text, unsigned count, int64_t timeout_ms)
{
    int64_t until_ms = clock_boot_ms() + timeout_ms;
    struct buffer output = {0};
    bool found;

    for (;;) {
        command_output(rig, &output);
        found = command_count(output.data, text) >= count;
        if (found || clock_boot_ms() >= until_ms)
            break;
        clock_sleep_ms(LOOK_MS);
    }
    buffer_free(&output);
    return found;
}

const char *command_path(const struct rig *rig, const char *name)
{
    static char paths[8][FILES_PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 8];

    files_path(path, "%s/%s", rig->directory, name);
    return path;
}

unsigned command_count(const char *text, const char *part)
{
    unsigned count = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
        count++;
    return count;
}

uint64_t command_number(const struct buffer *output, const char *name)
{
    size_t length = strlen(name);
    uint64_t number;

    for (const char *line = output->data; line && *line;) {
        if (strncmp(line, name, length) == 0 && line[length] == ' ' &&
            sscanf(line + length, "%" SCNu64, &number) == 1)
            return number;
        line = strchr(line, '\n');
        line += line != NULL;
    }
    cr_assert_fail("no line %s in:\n%s", name, output->data);
    return 0;
}

/* ---- JSON (RFC 8259), recognised only ---- */

static const char *skip(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static const char *json_value(const char *p, int depth);

static const char *json_string(const char *p)
{
    if (*p++ != '"')
        return NULL;
    for (; *p && *p != '"'; p++) {
        if ((unsigned char)*p < 0x20)
            return NULL;
        if (*p == '\\' && !strchr("\"\\/bfnrtu", *++p))
            return NULL;
    }
    return *p ? p + 1 : NULL;
}

static const char *json_number(const char *p)
{
    p += *p == '-';
    if (!isdigit((unsigned char)*p))
        return NULL;
    return p + strspn(p, "0123456789.eE+-");
}

/* Of an array or an object, whose members have names. */
static const char *json_members(const char *p, char end, int depth)
{
    p = skip(p + 1);
    if (*p == end)
        return p + 1;
    for (;;) {
        if (end == '}') {
            p = json_string(p);
            if (!p)
                return NULL;
            p = skip(p);
            if (*p++ != ':')
                return NULL;
        }
        p = json_value(skip(p), depth + 1);
        if (!p)
            return NULL;
        p = skip(p);
        if (*p == end)
            return p + 1;
        if (*p != ',')
            return NULL;
        p = skip(p + 1);
    }
}

static const char *json_value(const char *p, int depth)
{
    static const char *const words[] = {"true", "false", "null"};

    if (depth > 20)
        return NULL;
    if (*p == '{' || *p == '[')
        return json_members(p, *p == '{' ? '}' : ']', depth);
    if (*p == '"')
        return json_string(p);
    for (size_t i = 0; i < 3; i++)
        if (strncmp(p, words[i], strlen(words[i])) == 0)
            return p + strlen(words[i]);
    return json_number(p);
}

bool command_is_json(const char *text)
{
    const char *end = json_value(text, 0);

    return end && strcmp(end, "\n") == 0;
}

/* ---- the cache ---- */

static struct config *config;

struct cache *command_open_cache(struct rig *rig, enum cache_role role)
{
    char error[CONFIG_ERROR_MAX];
    struct cache *cache;

    cr_assert_eq(config_load(rig->conf, &config, error), 0, "%s", error);
    cr_assert_eq(cache_open(config, role, &cache, error), 0, "%s", error);
    return cache;
}

void command_close_cache(struct cache **cache)
{
    cache_close(cache);
    config_free(&config);
}

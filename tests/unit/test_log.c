/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"

#define LINE_BYTES 1000
#define LOOK_MS 1000 /* a renamed file is noticed after this */
#define TIME_SHAPE "0000-00-00T00:00:00.000Z "

static char directory[64], log_path[96], other_path[96], error_path[96];
static int saved_stderr;

/* What goes to stderr goes to a file from now on. */
static void set_up(void)
{
    int fd;

    snprintf(directory, sizeof directory, "/tmp/visage-log-XXXXXX");
    cr_assert_not_null(mkdtemp(directory));
    snprintf(log_path, sizeof log_path, "%s/log", directory);
    snprintf(other_path, sizeof other_path, "%s/log.1", directory);
    snprintf(error_path, sizeof error_path, "%s/stderr", directory);
    fd = open(error_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
    cr_assert(fd >= 0 && saved_stderr >= 0);
    cr_assert_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    close(fd);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    return remove(path);
}

static void tear_down(void)
{
    log_close();
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(log, .init = set_up, .fini = tear_down);

/* The file as text; "" if there is none. */
static const char *text_of(const char *path)
{
    static char text[1 << 20];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t n;

    while (fd >= 0 && length < sizeof text - 1 &&
           (n = read(fd, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)n;
    if (fd >= 0)
        close(fd);
    text[length] = '\0';
    return text;
}

static unsigned lines_of(const char *text)
{
    unsigned count = 0;

    for (const char *p = text; (p = strchr(p, '\n')) != NULL; p++)
        count++;
    return count;
}

static bool is_time(const char *text)
{
    static const char shape[] = TIME_SHAPE;

    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    return true;
}

static void await_next_look(void)
{
    clock_sleep_ms(LOOK_MS + 10);
}

/* ---- lines ---- */

Test(log, a_line_names_program_process_level_and_event)
{
    char expected[128];

    log_warn("fetch-failed", "source=%s ms=%d", "demo", 12);
    snprintf(expected, sizeof expected,
             "visage[%ld] level=warn event=fetch-failed source=demo ms=12\n", (long)getpid());
    cr_expect_str_eq(text_of(error_path), expected);
}

Test(log, drops_what_is_below_the_level)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};

    for (int threshold = LOG_LEVEL_ERROR; threshold <= LOG_LEVEL_DEBUG; threshold++) {
        cr_assert_eq(truncate(error_path, 0), 0);
        log_set_level((enum log_level)threshold);
        for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
            cr_expect_eq(log_enabled((enum log_level)level), level <= threshold);
            log_line((enum log_level)level, names[level], "x=1");
        }
        for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
            char expected[64];

            snprintf(expected, sizeof expected, "level=%s event=%s x=1\n", names[level],
                     names[level]);
            cr_expect_eq(strstr(text_of(error_path), expected) != NULL, level <= threshold, "%s",
                         names[level]);
        }
    }
}

Test(log, the_default_level_is_info)
{
    cr_expect(log_enabled(LOG_LEVEL_INFO));
    cr_expect_not(log_enabled(LOG_LEVEL_DEBUG));
}

Test(log, control_bytes_are_replaced)
{
    log_error("e", "v=\"a\nb\r\tc\x1b[31m\x7f\x01z\xc3\xa4\"");
    cr_expect_not_null(strstr(text_of(error_path), "v=\"a?b??c?[31m??z\xc3\xa4\"\n"));
    cr_expect_eq(lines_of(text_of(error_path)), 1u);
}

Test(log, a_line_is_cut_at_a_thousand_bytes)
{
    static const size_t lengths[] = {800, 1000, 5000};
    char value[5001];

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t written;

        cr_assert_eq(truncate(error_path, 0), 0);
        memset(value, 'v', lengths[i]);
        value[lengths[i]] = '\0';
        log_error("e", "v=%s", value);
        written = strlen(text_of(error_path));
        cr_expect_eq(lines_of(text_of(error_path)), 1u);
        if (lengths[i] < LINE_BYTES - 100)
            cr_expect(written > lengths[i] && written < LINE_BYTES);
        else
            cr_expect_eq(written, (size_t)LINE_BYTES, "%zu", written);
    }
}

Test(log, a_long_event_is_cut_too)
{
    char event[2000];

    memset(event, 'e', sizeof event - 1);
    event[sizeof event - 1] = '\0';
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    log_error(event, "v=%d", 1);
    cr_expect_eq(strlen(text_of(log_path)), (size_t)LINE_BYTES);
    cr_expect_eq(lines_of(text_of(log_path)), 1u);
}

Test(log, leaves_errno_alone)
{
    static const enum log_target targets[] = {LOG_TO_STDERR, LOG_TO_FILE, LOG_TO_SYSLOG};

    close(STDERR_FILENO);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        cr_assert_eq(log_open(targets[i], targets[i] == LOG_TO_FILE ? log_path : NULL), 0);
        errno = ENOTTY;
        log_error("e", "v=1");
        cr_expect_eq(errno, ENOTTY);
    }
}

/* ---- stderr ---- */

Test(log, a_closed_stderr_does_no_harm)
{
    close(STDERR_FILENO);
    log_error("e", "v=1");
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    log_error("e", "v=2");
    cr_expect_not_null(strstr(text_of(log_path), "v=2\n"));
}

Test(log, a_reader_of_stderr_that_is_stuck_costs_the_line_only)
{
    char block[4096] = {0};
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    while (write(ends[1], block, sizeof block) > 0)
        ;
    cr_assert_eq(fcntl(ends[1], F_SETFL, 0), 0);
    cr_assert_eq(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    log_error("lost", "v=1"); /* would wait for ever */
    cr_assert_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    while (read(ends[0], block, sizeof block) > 0)
        ;
    log_error("kept", "v=2");
    cr_assert_gt(read(ends[0], block, sizeof block - 1), 0);
    cr_expect_not_null(strstr(block, "event=kept"));
    cr_expect_null(strstr(block, "event=lost"));
    close(ends[0]);
    close(ends[1]);
}

/* ---- a file ---- */

Test(log, a_line_in_a_file_begins_with_the_time)
{
    char expected[128];
    const char *text;

    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    log_info("started", "v=1");
    text = text_of(log_path);
    cr_expect(is_time(text), "%s", text);
    snprintf(expected, sizeof expected, "visage[%ld] level=info event=started v=1\n",
             (long)getpid());
    cr_expect_str_eq(text + sizeof TIME_SHAPE - 1, expected);
    cr_expect_str_eq(text_of(error_path), "");
}

Test(log, a_file_is_made_for_owner_and_group_whatever_the_umask)
{
    static const mode_t masks[] = {0, 0022, 0077, 0777};
    struct stat st;

    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        umask(masks[i]);
        cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
        cr_expect_eq(umask(0022), masks[i]);
        cr_assert_eq(stat(log_path, &st), 0);
        cr_expect_eq(st.st_mode & 07777u, 0640u);
        cr_assert_eq(unlink(log_path), 0);
    }
}

Test(log, a_file_that_is_there_is_appended_to_and_keeps_its_mode)
{
    int fd = open(log_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    struct stat st;

    cr_assert_eq(write(fd, "before\n", 7), 7);
    close(fd);
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    log_error("e", "v=1");
    cr_expect_eq(strncmp(text_of(log_path), "before\n", 7), 0);
    cr_expect_not_null(strstr(text_of(log_path), "v=1\n"));
    cr_assert_eq(stat(log_path, &st), 0);
    cr_expect_eq(st.st_mode & 07777u, 0600u);
}

#define WRITERS 6
#define LINES_EACH 300

static void write_lines(unsigned number)
{
    char value[700];

    for (unsigned i = 0; i < LINES_EACH; i++) {
        size_t length = 1 + (i * 37 + number * 101) % (sizeof value - 1);

        memset(value, 'a' + (int)number, length);
        value[length] = '\0';
        log_error("many", "writer=%u line=%u length=%zu v=%s.", number, i, length, value);
    }
}

/* Checks one line of write_lines(); returns its writer. */
static unsigned check_line(const char *line, size_t length)
{
    unsigned writer, number;
    size_t value;
    int at = 0;

    cr_assert_eq(sscanf(line, "%*s visage[%*d] level=error event=many writer=%u line=%u "
                              "length=%zu v=%n", &writer, &number, &value, &at), 3, "%s", line);
    cr_assert(at > 0 && writer < WRITERS && number < LINES_EACH);
    cr_assert_eq((size_t)at + value + 1, length);
    for (size_t i = 0; i < value; i++)
        cr_assert_eq(line[(size_t)at + i], 'a' + (int)writer);
    cr_assert_eq(line[length - 1], '.');
    return writer;
}

Test(log, several_processes_append_whole_lines)
{
    unsigned count[WRITERS] = {0};
    const char *line;

    /* One opens for itself, the others have inherited it. */
    for (unsigned i = 0; i < WRITERS; i++) {
        if (i == 1)
            cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
        if (fork() == 0) {
            if (i == 0 && log_open(LOG_TO_FILE, log_path) != 0)
                _exit(1);
            write_lines(i);
            _exit(0);
        }
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        int status;

        cr_assert_gt(wait(&status), 0);
        cr_assert_eq(status, 0);
    }
    line = text_of(log_path);
    for (const char *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        count[check_line(line, (size_t)(end - line))]++;
    cr_expect_str_eq(line, "", "no half line at the end");
    for (unsigned i = 0; i < WRITERS; i++)
        cr_expect_eq(count[i], (unsigned)LINES_EACH);
}

Test(log, a_renamed_file_is_followed_by_a_new_one)
{
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    log_error("e", "v=1");
    cr_assert_eq(rename(log_path, other_path), 0);
    await_next_look();
    log_error("e", "v=2");
    cr_expect_null(strstr(text_of(other_path), "v=2"));
    cr_expect_not_null(strstr(text_of(other_path), "v=1"));
    cr_expect_not_null(strstr(text_of(log_path), "v=2"));
    /* And one that somebody else has put there. */
    cr_assert_eq(unlink(log_path), 0);
    close(open(log_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    await_next_look();
    log_error("e", "v=3");
    cr_expect_not_null(strstr(text_of(log_path), "v=3"));
}

Test(log, the_old_file_is_kept_while_no_new_one_can_be_had)
{
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    cr_assert_eq(rename(log_path, other_path), 0);
    cr_assert_eq(mkdir(log_path, 0700), 0);
    await_next_look();
    log_error("e", "v=1");
    cr_expect_not_null(strstr(text_of(other_path), "v=1"));
    cr_assert_eq(rmdir(log_path), 0);
    await_next_look();
    log_error("e", "v=2");
    cr_expect_null(strstr(text_of(other_path), "v=2"));
    cr_expect_not_null(strstr(text_of(log_path), "v=2"));
}

Test(log, a_link_is_followed)
{
    cr_assert_eq(symlink(other_path, log_path), 0);
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    log_error("e", "v=1");
    cr_expect_not_null(strstr(text_of(other_path), "v=1"));
}

Test(log, a_target_that_cannot_be_opened_leaves_the_old_one)
{
    char path[128];

    snprintf(path, sizeof path, "%s/none/log", directory);
    cr_expect_eq(log_open(LOG_TO_FILE, path), -ENOENT);
    log_error("e", "v=1");
    cr_expect_not_null(strstr(text_of(error_path), "v=1"));
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    cr_expect_eq(log_open(LOG_TO_FILE, directory), -EISDIR);
    log_error("e", "v=2");
    cr_expect_not_null(strstr(text_of(log_path), "v=2"));
    cr_expect_null(strstr(text_of(error_path), "v=2"));
}

/* Opening one would wait for a reader, and so would writing to a full one. */
Test(log, a_pipe_without_a_reader_does_not_hold_us)
{
    char block[4096];
    int reader;

    cr_assert_eq(mkfifo(log_path, 0600), 0);
    cr_expect_eq(log_open(LOG_TO_FILE, log_path), -ENXIO);
    reader = open(log_path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    cr_assert(reader >= 0);
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    for (unsigned i = 0; i < 5000; i++)
        log_error("e", "v=%u", i);
    cr_expect_gt(read(reader, block, sizeof block), 0);
    close(reader);
}

Test(log, a_full_disk_does_no_harm)
{
    const struct rlimit none = {.rlim_cur = 0, .rlim_max = RLIM_INFINITY};

    /* As the worker does it: without the signal a write beyond the limit is an error. */
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    log_error("e", "v=1");
    cr_expect_str_eq(text_of(log_path), "");
}

Test(log, closing_leads_back_to_stderr)
{
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    log_close();
    log_close();
    log_error("e", "v=1");
    cr_expect_not_null(strstr(text_of(error_path), "v=1"));
    cr_expect_str_eq(text_of(log_path), "");
}

/* ---- syslog ---- */

/* What becomes of the lines is the system's business; there may be no daemon here. */
Test(log, syslog_writes_nothing_to_stderr)
{
    cr_assert_eq(log_open(LOG_TO_FILE, log_path), 0);
    cr_assert_eq(log_open(LOG_TO_SYSLOG, NULL), 0);
    cr_assert_eq(log_open(LOG_TO_SYSLOG, NULL), 0);
    for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++)
        log_line((enum log_level)level, "unit-test", "percent=%s", "%s%n%m");
    cr_expect_str_eq(text_of(error_path), "");
    cr_expect_str_eq(text_of(log_path), "");
    cr_assert_eq(log_open(LOG_TO_STDERR, NULL), 0);
    log_error("e", "v=1");
    cr_expect_not_null(strstr(text_of(error_path), "v=1"));
}

/* SPDX-License-Identifier: MIT
 *
 * visage warm: every line is made once, whatever happens to those who make it.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "ctl/command.h"
#include "rig/agreement.h"
#include "rig/text.h"
#include "rig/workers.h"

RIG_SUITE(ctl_warm);

#define WAIT_MS 30000

static void write_list(struct rig *rig, char path[FILES_PATH_MAX], const char *text)
{
    files_path(path, "%s/list", rig->directory);
    files_write(path, text, 0644);
}

/* `count` lines, made by printf from their numbers. */
static void number_list(struct rig *rig, char path[FILES_PATH_MAX], const char *before,
                        unsigned count)
{
    struct buffer text = {0};

    for (unsigned i = 0; i < count; i++)
        text_add(&text, "%s%u.jpg\n", before, i);
    write_list(rig, path, text.data);
    buffer_free(&text);
}

Test(ctl_warm, what_was_warmed_is_a_hit)
{
    const char *const browser[] = {"Accept: image/avif,image/webp,*/*;q=0.8", NULL};
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2});
    write_list(&rig, list,
               "# two of one subject\r\n"
               "/s64/o/ok/one.jpg\r\n"
               "\n"
               "   https://pictures.example.org/s128/o/ok/one.webp?a=b#c  \n"
               "\t# and one whose format is negotiated\n"
               "/avatar_small/o/ok/two");
    cr_assert_eq(command_run(&rig, &output, "warm", list, NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "made 3, already fresh 0, failed 0 of 3, in ");
    cr_expect_eq(origin_total(rig.origin), 2u);
    cr_expect_eq(workers_counted(rig.state, COUNT_WARMED), 3u);
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/one.jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_assert_eq(rig_get(&rig, "/s128/o/ok/one.webp"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_assert_eq(rig_ask(&rig, "GET", "/avatar_small/o/ok/two", browser), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_expect_eq(origin_total(rig.origin), 2u);
    agreement_assert(rig.conf);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_warm, what_is_fresh_is_skipped)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    number_list(&rig, list, "/s64/o/ok/p", 20);
    cr_assert_eq(command_run(&rig, &output, "warm", list, NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "made 20, already fresh 0, failed 0 of 20");
    number_list(&rig, list, "/s64/o/ok/p", 25);
    cr_assert_eq(command_run(&rig, &output, "warm", list, NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "made 5, already fresh 20, failed 0 of 25");
    cr_expect_eq(origin_total(rig.origin), 25u);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_warm, force_asks_the_origin_whether_what_is_fresh_has_changed)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX], *condition;
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    write_list(&rig, list, "/s64/o/etag/a.jpg\n/s128/o/etag/a.jpg\n");
    cr_assert_eq(command_run(&rig, &output, "warm", list, NULL), 0, "%s", output.data);
    cr_expect_eq(origin_count(rig.origin, "/etag/a"), 1u);
    cr_assert_eq(command_run(&rig, &output, "warm", "--force", list, NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "made 2, already fresh 0, failed 0 of 2");
    /* Once for both variants, and with the validator: nothing came over the wire. */
    cr_expect_eq(origin_count(rig.origin, "/etag/a"), 2u);
    condition = origin_last_header(rig.origin, "/etag/a", "If-None-Match");
    cr_expect_not_null(condition);
    free(condition);
    cr_expect_eq(workers_counted(rig.state, COUNT_REVALIDATED), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_RENDERS), 2u);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_warm, lines_that_fail_are_named_with_their_cause_and_the_others_are_made)
{
    struct buffer output = {0}, text = {0};
    char list[FILES_PATH_MAX];
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    text_add(&text, "/s64/o/ok/one.jpg\nno URL at all\n/s64/nowhere/x\n/s64/o/status/404/x.jpg\n"
                    "/s64/o/html/x.jpg\n/s64/o/ok/\x1b[31m.jpg\n/s64/o/ok/");
    for (unsigned i = 0; i < 30000; i++)
        text_add(&text, "x");
    text_add(&text, "\n/s64/o/ok/two.jpg\n");
    write_list(&rig, list, text.data);
    cr_expect_eq(command_run(&rig, &output, "warm", list, NULL), 1);
    EXPECT_SAYS(output, "visage warm: line 2: no%20URL%20at%20all: malformed request "
                        "(bad-request)\n");
    EXPECT_SAYS(output, "visage warm: line 3: /s64/nowhere/x: not found (not-found)\n");
    EXPECT_SAYS(output, "visage warm: line 4: /s64/o/status/404/x.jpg: no such picture "
                        "(origin-not-found)\n");
    EXPECT_SAYS(output, "visage warm: line 5: /s64/o/html/x.jpg: not a picture of a supported type "
                        "(picture-type)\n");
    EXPECT_SAYS(output, "visage warm: line 6: /s64/o/ok/%1B[31m.jpg: malformed");
    EXPECT_SAYS(output, "visage warm: line 7: /s64/o/ok/xxxx");
    EXPECT_SAYS(output, "(uri-too-long)");
    EXPECT_SAYS(output, "made 2, already fresh 0, failed 6 of 8, in ");
    EXPECT_SAYS_NOT(output, "level=");
    cr_expect_eq(origin_count(rig.origin, "/ok/two"), 1u);
    buffer_free(&text);
    buffer_free(&output);
    rig_close(&rig);
}

/* Whoever writes the list is not waited for. */
Test(ctl_warm, a_stream_is_worked_off_as_it_comes)
{
    struct buffer output = {0};
    char fifo[FILES_PATH_MAX];
    struct process p = {0};
    static struct rig rig;
    int fd;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    files_path(fifo, "%s/fifo", rig.directory);
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    command_start(&rig, &p, "warm", fifo, NULL);
    fd = open(fifo, O_WRONLY | O_CLOEXEC);
    cr_assert(fd >= 0);
    cr_assert_eq(write(fd, "/s64/o/ok/a.jpg\n/s64/o/ok/b", 27), 27);
    cr_expect(origin_await(rig.origin, "/ok/a", 1, WAIT_MS));
    cr_expect_eq(origin_total(rig.origin), 1u);
    cr_assert_eq(write(fd, ".jpg\n/s64/o/ok/c.jpg", 20), 20);
    cr_expect(origin_await(rig.origin, "/ok/b", 1, WAIT_MS));
    close(fd);
    cr_expect_eq(process_wait(&p, WAIT_MS), 0);
    command_output(&rig, &output);
    EXPECT_SAYS(output, "made 3, already fresh 0, failed 0, in ");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_warm, standard_input_is_a_list)
{
    char program[FILES_PATH_MAX];
    static struct rig rig;
    const char *argv[] = {"sh", "-c", "printf '/s64/o/ok/a.jpg\n/s64/o/ok/b.jpg\n' | "
                                      "\"$0\" warm -c \"$1\" --jobs 1 -",
                          program, rig.conf, NULL};
    const struct process_options o = {.argv = argv};
    struct buffer output = {0};

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    files_path(program, "%s", rig_built("visage"));
    cr_expect_eq(process_run(&o, &output, WAIT_MS), 0, "%s", output.data);
    EXPECT_SAYS(output, "made 2, already fresh 0, failed 0, in ");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_warm, fetch_slots_hold_however_many_jobs_there_are)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .top = "fetch_slots = 2\n"});
    number_list(&rig, list, "/s32/o/slow/50/p", 16);
    cr_assert_eq(command_run(&rig, &output, "warm", "--jobs", "8", list, NULL), 0, "%s",
                 output.data);
    EXPECT_SAYS(output, "made 16, ");
    cr_expect_eq(origin_concurrent_max(rig.origin), 2u);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_warm, jobs_work_side_by_side)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    number_list(&rig, list, "/s32/o/slow/300/p", 8);
    cr_assert_eq(command_run(&rig, &output, "warm", "-j", "4", list, NULL), 0, "%s", output.data);
    cr_expect_eq(origin_concurrent_max(rig.origin), 4u);
    buffer_free(&output);
    rig_close(&rig);
}

/* The breaker opens over the first picture; the others wait until it lets somebody pass. */
Test(ctl_warm, an_origin_that_rests_is_waited_for)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){
                          .kind = RIG_LIGHTTPD,
                          .fetch = "timeout = 2s retries = 0 breaker_failures = 1 "
                                   "breaker_open = 300ms"});
    write_list(&rig, list, "/s64/o/status/500/x.jpg\n/s64/o/ok/a.jpg\n/s64/o/ok/b.jpg\n"
                           "/s64/o/ok/c.jpg\n");
    cr_expect_eq(command_run(&rig, &output, "warm", "--jobs", "1", list, NULL), 1);
    EXPECT_SAYS(output, "line 1: /s64/o/status/500/x.jpg: ");
    EXPECT_SAYS(output, "(origin-error)\n");
    EXPECT_SAYS(output, "made 3, already fresh 0, failed 1 of 4");
    cr_expect_gt(workers_counted(rig.state, COUNT_BREAKER_REFUSALS), 0u);
    buffer_free(&output);
    rig_close(&rig);
}

/* A worker is at it: its result is waited for, and nothing is fetched twice. */
Test(ctl_warm, what_somebody_else_is_making_is_not_made_again)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    struct process p = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    write_list(&rig, list, "/s64/o/slow/1000/p.jpg\n");
    command_start(&rig, &p, "warm", list, NULL);
    cr_assert(origin_await(rig.origin, "/slow/1000/p", 1, WAIT_MS));
    cr_expect_eq(command_run(&rig, &output, "warm", list, NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "made 0, already fresh 1, failed 0 of 1");
    cr_expect_eq(process_wait(&p, WAIT_MS), 0);
    cr_expect_eq(origin_total(rig.origin), 1u);
    buffer_free(&output);
    rig_close(&rig);
}

/* Some child of a process; 0: none. */
static pid_t child_of(pid_t pid)
{
    char path[FILES_PATH_MAX];
    struct buffer children = {0};
    long child = 0;

    files_path(path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    if (files_read(path, &children) && children.length)
        child = strtol(children.data, NULL, 10);
    buffer_free(&children);
    return (pid_t)child;
}

Test(ctl_warm, a_killed_child_is_replaced_and_its_picture_made)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    struct process p = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    number_list(&rig, list, "/s64/o/slow/300/p", 6);
    command_start(&rig, &p, "warm", "--jobs", "2", list, NULL);
    for (unsigned kills = 1; kills <= 2; kills++) {
        int64_t until_ms = clock_boot_ms() + WAIT_MS;

        while (origin_total(rig.origin) < 2 * kills && clock_boot_ms() < until_ms)
            clock_sleep_ms(5);
        cr_assert_gt(child_of(p.pid), 0);
        cr_assert_eq(kill(child_of(p.pid), SIGKILL), 0);
    }
    cr_expect_eq(process_wait(&p, WAIT_MS), 0);
    command_output(&rig, &output);
    cr_expect_eq(command_count(output.data, " was ended by signal 9"), 2u, "%s", output.data);
    EXPECT_SAYS(output, "its picture is tried again\n");
    EXPECT_SAYS(output, "made 6, already fresh 0, failed 0 of 6");
    agreement_assert(rig.conf);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_warm, a_picture_that_children_die_over_is_given_up)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    struct process p = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    write_list(&rig, list, "/s64/o/hang/p.jpg\n/s64/o/ok/b.jpg\n");
    command_start(&rig, &p, "warm", "--jobs", "1", list, NULL);
    for (unsigned tries = 1; tries <= 3; tries++) {
        cr_assert(origin_await(rig.origin, "/hang/p", tries, WAIT_MS));
        cr_assert_eq(kill(child_of(p.pid), SIGKILL), 0);
    }
    cr_expect_eq(process_wait(&p, WAIT_MS), 1);
    command_output(&rig, &output);
    EXPECT_SAYS(output, "line 1: /s64/o/hang/p.jpg: processes died over it\n");
    EXPECT_SAYS(output, "made 1, already fresh 0, failed 1 of 2");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_warm, an_interrupt_ends_it_after_what_is_at_hand_and_the_same_again_goes_on)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    struct process p = {0};
    static struct rig rig;
    unsigned made;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    number_list(&rig, list, "/s64/o/slow/200/p", 12);
    command_start(&rig, &p, "warm", "--jobs", "2", list, NULL);
    cr_assert(origin_await(rig.origin, "/slow/200/p2", 1, WAIT_MS));
    cr_assert_eq(kill(p.pid, SIGINT), 0);
    cr_expect_eq(process_wait(&p, WAIT_MS), 1);
    command_output(&rig, &output);
    EXPECT_SAYS(output, "finishing what is at hand");
    EXPECT_SAYS(output, "ended early: made ");
    EXPECT_SAYS(output, " left; what is fresh is skipped: the same command again goes on");
    made = (unsigned)workers_counted(rig.state, COUNT_WARMED);
    cr_expect_eq(made, origin_total(rig.origin)); /* what was begun was finished */
    cr_expect_lt(made, 12u);
    agreement_assert(rig.conf);
    cr_expect_eq(command_run(&rig, &output, "warm", list, NULL), 0, "%s", output.data);
    cr_expect_eq(origin_total(rig.origin), 12u);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_warm, a_second_interrupt_ends_it_at_once)
{
    char list[FILES_PATH_MAX];
    struct process p = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){
                          .kind = RIG_LIGHTTPD,
                          .fetch = "connect_timeout = 1s timeout = 120s retries = 0"});
    write_list(&rig, list, "/s64/o/hang/p.jpg\n");
    command_start(&rig, &p, "warm", list, NULL);
    cr_assert(origin_await(rig.origin, "/hang/p", 1, WAIT_MS));
    cr_assert_eq(kill(p.pid, SIGINT), 0);
    cr_assert(command_await(&rig, "finishing", 1, WAIT_MS));
    cr_assert_eq(kill(p.pid, SIGINT), 0);
    cr_expect_eq(process_wait(&p, WAIT_MS), 1);
    cr_expect(command_await(&rig, "ended early: made 0, ", 1, WAIT_MS));
    rig_close(&rig);
}

Test(ctl_warm, children_that_cannot_work_say_why_once)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){
                          .kind = RIG_LIGHTTPD,
                          .source = "username = \"\" password_env = VISAGE_TEST_NOT_SET"});
    write_list(&rig, list, "/s64/o/ok/p.jpg\n");
    cr_expect_eq(command_run(&rig, &output, "warm", list, NULL), 1);
    cr_expect_eq(command_count(output.data, "VISAGE_TEST_NOT_SET"), 1u, "%s", output.data);
    EXPECT_SAYS(output, "ended early: made 0, ");
    cr_expect_eq(command_run(&rig, &output, "warm", "/nowhere/list", NULL), 1);
    EXPECT_SAYS(output, "visage warm: /nowhere/list: No such file or directory\n");
    cr_expect_eq(command_run(&rig, &output, "warm", "/", NULL), 1);
    EXPECT_SAYS(output, "visage warm: /: Is a directory\n");
    cr_expect_eq(command_run(&rig, &output, "warm", NULL), 2);
    cr_expect_eq(command_run(&rig, &output, "warm", "--jobs", "65", list, NULL), 2);
    buffer_free(&output);
    rig_close(&rig);
}

/* As wide as the terminal at most, or each time it is drawn it would take another line. */
Test(ctl_warm, the_bar_is_for_terminals_and_fits)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    number_list(&rig, list, "/s64/o/slow/100/p", 12);
    cr_assert_eq(command_run_on_terminal(&rig, &output, "A=b", "warm", "-j2", list, NULL), 0);
    EXPECT_SAYS(output, "\r[");
    for (char *bar = strtok(output.data, "\r"); bar; bar = strtok(NULL, "\r"))
        cr_expect_lt(strcspn(bar, "\033\n"), 100u, "%s", bar);
    cr_assert_eq(command_run_on_terminal(&rig, &output, "TERM=dumb", "warm", list, NULL), 0);
    EXPECT_SAYS_NOT(output, "[#");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_warm, the_bar_tells_rate_and_time_left)
{
    struct buffer output = {0};
    char list[FILES_PATH_MAX];
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    number_list(&rig, list, "/s64/o/slow/200/p", 12);
    cr_assert_eq(command_run(&rig, &output, "warm", "--jobs", "2", "--progress", list, NULL), 0);
    EXPECT_SAYS(output, "\r[");
    EXPECT_SAYS(output, "##");
    EXPECT_SAYS(output, "/12 ");
    EXPECT_SAYS(output, "/s, ETA ");
    EXPECT_SAYS(output, ", failed 0, already fresh 0");
    /* It is gone before the summary. */
    EXPECT_SAYS(output, "\r\033[Kmade 12, ");
    cr_assert_eq(command_run(&rig, &output, "warm", list, NULL), 0);
    EXPECT_SAYS_NOT(output, "\r");
    buffer_free(&output);
    rig_close(&rig);
}

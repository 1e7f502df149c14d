/* SPDX-License-Identifier: MIT
 *
 * visage import: rows are committed together, and it goes on from there wherever it was broken off.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "ctl/uploaded.h"
#include "rig/text.h"

RIG_SUITE(ctl_import_broken);

#define in_rig(name) command_path(&rig, name)
#define SOURCES "source users { type = store upload_min = 20 }\n"
#define ROWS 3000u
#define SOME 300u /* some hundreds are committed together */
#define LONG_MS 1700000 /* a guard: how long it takes is up to the disk */
#define LONG .timeout = 1800
#define LOOK_MS 20

static struct rig rig;
static struct buffer output, csv;

static void prepare(unsigned rows)
{
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCES});
    uploaded_add_rows(&csv, rows);
}

static void finish(void)
{
    buffer_free(&output);
    buffer_free(&csv);
    rig_close(&rig);
}

static void await_stored(uint64_t count)
{
    int64_t until_ms = clock_boot_ms() + LONG_MS;

    while (uploaded_count(&rig) < count) {
        cr_assert_lt(clock_boot_ms(), until_ms);
        clock_sleep_ms(LOOK_MS);
    }
}

static void start_import(struct process *p, const char *name)
{
    command_start(&rig, p, "import", "users", "--csv", in_rig(name), "--quiet", NULL);
}

static int end_import(struct process *p)
{
    int status = process_wait(p, LONG_MS);

    process_stop(p, 1000);
    command_output(&rig, &output);
    return status;
}

static void expect_taken(uint64_t taken, uint64_t there)
{
    struct buffer expected = {0};

    text_add(&expected, "taken %llu, already there %llu, refused 0\n", (unsigned long long)taken,
             (unsigned long long)there);
    EXPECT_SAYS(output, expected.data);
    buffer_free(&expected);
}

/* ---- a pipe whose end does not come ---- */

/* Writes all but the last `held` bytes, and waits for its end. */
static _Noreturn void feed(const char *path, size_t held)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);

    for (size_t done = 0; fd >= 0 && done < csv.length - held;) {
        ssize_t n = write(fd, csv.data + done, csv.length - held - done);

        if (n < 0)
            _exit(1);
        done += (size_t)n;
    }
    for (;;)
        pause();
}

static pid_t import_from_pipe(struct process *p, size_t held)
{
    char pipe[FILES_PATH_MAX];
    pid_t feeder;

    files_path(pipe, "%s", in_rig("rows.pipe"));
    cr_assert_eq(mkfifo(pipe, 0600), 0);
    feeder = fork();
    cr_assert_geq(feeder, 0);
    if (feeder == 0)
        feed(pipe, held);
    start_import(p, "rows.pipe");
    return feeder;
}

static void end_feeder(pid_t feeder)
{
    kill(feeder, SIGKILL);
    waitpid(feeder, NULL, 0);
}

/* Whatever it has come to, the last row has not come. */
static void break_off_and_go_on(int number)
{
    struct process p;
    uint64_t before;
    pid_t feeder;

    prepare(ROWS);
    feeder = import_from_pipe(&p, 1);
    await_stored(SOME);
    cr_assert_eq(kill(p.pid, number), 0);
    cr_expect_eq(end_import(&p), number == SIGINT ? 1 : 128 + number, "%s", output.data);
    end_feeder(feeder);
    before = uploaded_count(&rig);
    cr_expect_geq(before, SOME);
    cr_expect_lt(before, ROWS);
    if (number == SIGINT) {
        EXPECT_SAYS(output, "interrupted; run it again, and it goes on from there");
        expect_taken(before, 0);
        cr_expect_eq(files_count(in_rig("state/store/tmp")), 0u);
    }
    files_write_bytes(in_rig("rows.csv"), csv.data, csv.length, 0644);
    start_import(&p, "rows.csv");
    cr_expect_eq(end_import(&p), 0, "%s", output.data);
    expect_taken(ROWS - before, before);
    uploaded_expect_rows(&rig, "users", ROWS);
    cr_expect_eq(files_count(in_rig("state/store/tmp")), 0u);
    finish();
}

Test(ctl_import_broken, goes_on_where_it_was_interrupted, LONG)
{
    break_off_and_go_on(SIGINT);
}

Test(ctl_import_broken, goes_on_where_it_was_killed, LONG)
{
    break_off_and_go_on(SIGKILL);
}

Test(ctl_import_broken, what_has_come_does_not_wait_for_what_does_not, LONG)
{
    struct process p;
    pid_t feeder;

    prepare(3);
    feeder = import_from_pipe(&p, 0);
    await_stored(3);
    end_feeder(feeder);
    cr_expect_eq(end_import(&p), 0, "%s", output.data);
    expect_taken(3, 0);
    uploaded_expect_rows(&rig, "users", 3);
    finish();
}

/* ---- the same id again ---- */

static void expect_would_take(const char *option, uint64_t taken, uint64_t there)
{
    struct buffer expected = {0};

    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), option,
                             "--dry-run", NULL), 0, "%s", output.data);
    text_add(&expected, "would take %llu, already there %llu, refused 0\n",
             (unsigned long long)taken, (unsigned long long)there);
    EXPECT_SAYS(output, expected.data);
    buffer_free(&expected);
}

static void expect_again(const char *option, uint64_t taken, uint64_t there)
{
    expect_would_take(option, taken, there);
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), option,
                             NULL), 0, "%s", output.data);
    expect_taken(taken, there);
}

Test(ctl_import_broken, an_id_that_comes_again_finds_what_came_before_it_also_in_a_dry_run)
{
    struct buffer pictures[3] = {{0}};

    prepare(0);
    for (unsigned i = 0; i < 3; i++)
        uploaded_picture(i + 1, &pictures[i]);
    uploaded_add_row(&csv, "anna", &pictures[0]);
    uploaded_add_row(&csv, "anna", &pictures[0]);
    uploaded_add_row(&csv, "bob", &pictures[1]);
    uploaded_add_row(&csv, "anna", &pictures[2]);
    files_write_bytes(in_rig("rows.csv"), csv.data, csv.length, 0644);
    expect_again("--quiet", 2, 2);
    cr_expect(uploaded_has(&rig, "users/anna", &pictures[0]));
    cr_expect(uploaded_has(&rig, "users/bob", &pictures[1]));
    expect_again("--replace", 1, 3);
    cr_expect(uploaded_has(&rig, "users/anna", &pictures[2]));
    expect_again("--replace", 2, 2);
    cr_expect(uploaded_has(&rig, "users/anna", &pictures[2]));
    for (unsigned i = 0; i < 3; i++)
        buffer_free(&pictures[i]);
    finish();
}

/* SPDX-License-Identifier: MIT
 *
 * visage export: what is written is whole, and what was there before is not lost for less.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "ctl/uploaded.h"
#include "rig/small_disk.h"
#include "rig/text.h"
#include "store/store.h"

RIG_SUITE(ctl_export);

#define in_rig(name) command_path(&rig, name)
#define SOURCES \
    "source users { type = store upload_min = 20 upload_max = 4K }\n" \
    "source copies { type = store upload_min = 20 }\n"
#define OLD "the last backup\n"
#define LONG_MS 60000
#define LOOK_MS 5
#define MANY 200u /* rows, of more bytes than are written at once */

static struct rig rig;
static struct buffer output, csv;

static void prepare(void)
{
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCES});
}

static void finish(void)
{
    buffer_free(&output);
    buffer_free(&csv);
    rig_close(&rig);
}

static void put_many(void)
{
    uploaded_add_rows(&csv, MANY);
    files_write_bytes(in_rig("rows.csv"), csv.data, csv.length, 0644);
    cr_assert_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), NULL),
                 0, "%s", output.data);
}

/* Files of exports that have not come to their end. */
static unsigned unfinished(const char *directory)
{
    DIR *open = opendir(directory);
    const struct dirent *entry;
    unsigned count = 0;

    cr_assert_not_null(open);
    while ((entry = readdir(open)) != NULL)
        count += strncmp(entry->d_name, ".visage-export", 14) == 0;
    closedir(open);
    return count;
}

static bool says(const char *path, const char *text)
{
    struct buffer found = {0};
    bool same;

    cr_assert(files_read(path, &found), "%s", path);
    same = found.length == strlen(text) && memcmp(found.data, text, found.length) == 0;
    buffer_free(&found);
    return same;
}

static void expect_old(const char *path)
{
    cr_expect(says(path, OLD));
    cr_expect_eq(unfinished(rig.directory), 0u);
}

static void find_blob(unsigned seed, char out[FILES_PATH_MAX])
{
    char hex[DIGEST_HEX_SIZE];
    struct buffer picture = {0};
    struct digest digest;

    uploaded_picture(seed, &picture);
    cr_assert_eq(digest_of(picture.data, picture.length, &digest), 0);
    digest_to_hex(&digest, hex);
    files_path(out, "%s/store/blobs/%.2s/%s", rig.state, hex, hex + 2);
    buffer_free(&picture);
}

static void damage(unsigned seed)
{
    char path[FILES_PATH_MAX];

    find_blob(seed, path);
    cr_assert_eq(truncate(path, 30), 0);
}

/* ---- a table ---- */

Test(ctl_export, a_table_takes_the_place_of_the_last_one_when_it_is_whole)
{
    struct stat st;

    prepare();
    put_many();
    files_write(in_rig("out.csv"), OLD, 0644);
    cr_assert_eq(symlink("out.csv", in_rig("link.csv")), 0);
    cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv", in_rig("link.csv"), NULL),
                 0, "%s", output.data);
    cr_expect_str_eq(output.data, "written 200, refused 0\n");
    cr_assert_eq(lstat(in_rig("link.csv"), &st), 0);
    cr_expect(S_ISLNK(st.st_mode));
    cr_assert_eq(stat(in_rig("out.csv"), &st), 0);
    cr_expect_eq(st.st_mode & 07777, 0600u);
    cr_expect_eq(st.st_uid, geteuid());
    cr_expect_eq(unfinished(rig.directory), 0u);
    cr_expect_eq(command_run(&rig, &output, "import", "copies", "--csv", in_rig("out.csv"), NULL),
                 0, "%s", output.data);
    uploaded_expect_rows(&rig, "copies", MANY);
    finish();
}

Test(ctl_export, a_name_without_a_directory_is_one_of_this_directory)
{
    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    cr_assert_eq(chdir(rig.directory), 0);
    cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv", "out.csv", NULL), 0, "%s",
                 output.data);
    cr_expect(files_read(in_rig("out.csv"), &csv));
    cr_expect_eq(strncmp(csv.data, "\"anna\",image/png,\"iVBOR", 23), 0);
    finish();
}

Test(ctl_export, a_slip_in_the_sources_name_leaves_the_last_table_alone)
{
    prepare();
    files_write(in_rig("out.csv"), OLD, 0644);
    cr_expect_eq(command_run(&rig, &output, "export", "user", "--csv", in_rig("out.csv"), NULL), 1);
    EXPECT_SAYS(output, "no source \"user\"");
    expect_old(in_rig("out.csv"));
    cr_expect_eq(command_run(&rig, &output, "export", "user", "--csv", in_rig("new.csv"), NULL), 1);
    cr_expect_neq(access(in_rig("new.csv"), F_OK), 0);
    finish();
}

Test(ctl_export, a_table_that_lacks_what_is_damaged_does_not_displace_one_that_may_have_it)
{
    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    uploaded_put(&rig, "users", "bob", 2);
    damage(1);
    files_write(in_rig("out.csv"), OLD, 0644);
    cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv", in_rig("out.csv"), NULL), 1);
    EXPECT_SAYS(output, "visage export: anna: its bytes are damaged, or missing");
    EXPECT_SAYS(output, "out.csv stays as it was");
    EXPECT_SAYS(output, "written 1, refused 1\n");
    expect_old(in_rig("out.csv"));
    cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv", in_rig("new.csv"), NULL), 1);
    EXPECT_SAYS(output, "written 1, refused 1\n");
    cr_expect(files_read(in_rig("new.csv"), &csv));
    cr_expect_eq(strncmp(csv.data, "\"bob\",image/png,\"iVBOR", 22), 0);
    finish();
}

/* Makes the export wait for bytes that do not come; returns where they would come from. */
static int await_export(const char *fifo)
{
    int64_t until_ms = clock_boot_ms() + LONG_MS;
    int fd;

    while ((fd = open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0) {
        cr_assert_lt(clock_boot_ms(), until_ms);
        clock_sleep_ms(LOOK_MS);
    }
    return fd;
}

static void end_by(int number)
{
    char fifo[FILES_PATH_MAX];
    int64_t until_ms;
    struct process p;
    int fd;

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    files_write(in_rig("out.csv"), OLD, 0644);
    find_blob(1, fifo);
    cr_assert_eq(unlink(fifo), 0);
    cr_assert_eq(mkfifo(fifo, 0644), 0);
    command_start(&rig, &p, "export", "users", "--csv", in_rig("out.csv"), NULL);
    fd = await_export(fifo);
    cr_expect_eq(unfinished(rig.directory), 1u);
    cr_assert_eq(kill(p.pid, number), 0);
    close(fd);
    cr_expect_eq(process_wait(&p, LONG_MS), number == SIGKILL ? 128 + SIGKILL : 1);
    until_ms = clock_boot_ms() + LONG_MS;
    while (unfinished(rig.directory) > 0 && clock_boot_ms() < until_ms)
        clock_sleep_ms(LOOK_MS);
    expect_old(in_rig("out.csv"));
    process_stop(&p, LONG_MS);
    finish();
}

Test(ctl_export, an_interrupted_one_leaves_the_last_table_and_nothing_else)
{
    end_by(SIGINT);
}

Test(ctl_export, a_killed_one_leaves_the_last_table_and_nothing_else)
{
    end_by(SIGKILL);
}

Test(ctl_export, a_full_disk_leaves_the_last_table_and_nothing_else)
{
    char disk[FILES_PATH_MAX], path[FILES_PATH_MAX];

    small_disk_mount(disk, 1);
    prepare();
    put_many();
    files_path(path, "%s/out.csv", disk);
    files_write(path, OLD, 0644);
    small_disk_fill(disk);
    cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv", path, NULL), 1);
    EXPECT_SAYS(output, "out.csv: No space left on device\n");
    cr_expect(says(path, OLD));
    cr_expect_eq(unfinished(disk), 0u);
    small_disk_unmount(disk);
    finish();
}

Test(ctl_export, a_device_that_is_full_is_called_so)
{
    struct stat st;

    prepare();
    cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv=/dev/full", NULL), 0);
    EXPECT_SAYS(output, "written 0");
    put_many();
    cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv=/dev/full", NULL), 1);
    EXPECT_SAYS(output, "/dev/full: No space left on device\n");
    EXPECT_SAYS_NOT(output, "Input/output error");
    cr_assert_eq(stat("/dev/full", &st), 0);
    cr_expect(S_ISCHR(st.st_mode));
    finish();
}

Test(ctl_export, standard_output_is_written_to_by_any_of_its_names)
{
    static const char *const names[] = {"-", "/dev/stdout", "/proc/self/fd/1"};

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv", names[i], NULL), 0,
                     "%s: %s", names[i], output.data);
        EXPECT_SAYS(output, "\"anna\",image/png,\"iVBOR");
        EXPECT_SAYS(output, "written 1, refused 0\n");
    }
    finish();
}

Test(ctl_export, what_is_damaged_is_refused_and_the_rest_goes_on)
{
    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    uploaded_put(&rig, "users", "bob", 2);
    damage(1);
    cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv", "-", NULL), 1);
    EXPECT_SAYS(output, "visage export: anna: its bytes are damaged, or missing");
    EXPECT_SAYS(output, "\"bob\",image/png,\"iVBOR");
    EXPECT_SAYS_NOT(output, "\"anna\"");
    EXPECT_SAYS(output, "written 1, refused 1\n");
    finish();
}

/* ---- a directory ---- */

Test(ctl_export, a_directory_with_anything_in_it_is_refused_and_left_as_it_was)
{
    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    cr_expect_eq(command_run(&rig, &output, "export", "users", in_rig("state/tree"), NULL), 0, "%s",
                 output.data);
    cr_expect_eq(files_count(in_rig("state/tree")), 1u);
    uploaded_put(&rig, "users", "bob", 2);
    cr_expect_eq(command_run(&rig, &output, "export", "users", in_rig("state/tree"), NULL), 1);
    EXPECT_SAYS(output, "tree is not empty: a new or an empty directory is wanted");
    cr_expect_eq(files_count(in_rig("state/tree")), 1u);
    cr_assert_eq(unlink(in_rig("state/tree/anna.png")), 0);
    cr_expect_eq(command_run(&rig, &output, "export", "users", in_rig("state/tree"), NULL), 0, "%s",
                 output.data);
    cr_expect_eq(files_count(in_rig("state/tree")), 2u);
    finish();
}

Test(ctl_export, a_file_has_the_time_of_its_upload)
{
    const int64_t past_ms = 1234567890123;
    const struct timespec at = {.tv_sec = past_ms / 1000, .tv_nsec = past_ms % 1000 * 1000000};
    const struct timespec times[] = {at, at};
    struct stat st;

    prepare();
    uploaded_put(&rig, "copies", "anna", 1);
    cr_expect_eq(command_run(&rig, &output, "export", "copies", in_rig("state/one"), NULL), 0);
    cr_assert_eq(utimensat(AT_FDCWD, in_rig("state/one/anna.png"), times, 0), 0);
    cr_expect_eq(command_run(&rig, &output, "import", "users", in_rig("state/one"), NULL), 0);
    cr_expect_eq(command_run(&rig, &output, "export", "users", in_rig("state/two"), NULL), 0);
    cr_assert_eq(stat(in_rig("state/two/anna.png"), &st), 0);
    cr_expect_eq(st.st_mtim.tv_sec, at.tv_sec);
    cr_expect_eq(st.st_mtim.tv_nsec, at.tv_nsec);
    finish();
}

Test(ctl_export, says_what_is_wrong)
{
    static const struct {
        const char *arguments[4];
        int status;
        const char *said;
    } rows[] = {
        {{"export", "users"}, 2, "a source is wanted, and a directory or --csv FILE"},
        {{"export", "users", "tree", "--csv=x"}, 2, "a source is wanted, and a directory"},
        {{"export", "o", "/tmp"}, 1, "source o has no uploads"},
        {{"export", "users", "/nowhere/at/all"}, 1, "/nowhere/at/all: No such file"},
        {{"export", "users", "--csv=/nowhere/at/all"}, 1, "/nowhere/at/all: No such file"},
        {{"export", "users", "--csv=/dev"}, 1, "/dev: Is a directory"},
        {{"export", "users", "--csv="}, 1, "No such file or directory"},
        {{"export", "users", "/dev/null"}, 1, "/dev/null: Not a directory"},
    };

    prepare();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *a = rows[i].arguments;

        cr_expect_eq(command_run(&rig, &output, a[0], a[1], a[2], a[3], NULL), rows[i].status,
                     "%zu: %s", i, output.data);
        EXPECT_SAYS(output, rows[i].said);
    }
    finish();
}

Test(ctl_export, root_is_told_to_whom_a_directory_is_closed)
{
    static const char denied[] = "Permission denied for user nobody, as whom workers run\n";
    const struct passwd *nobody = getpwnam("nobody");

    if (geteuid() != 0 || !nobody)
        cr_skip_test("needs root and a user nobody");
    prepare();
    cr_assert_eq(chown(rig.state, nobody->pw_uid, nobody->pw_gid), 0);
    uploaded_put(&rig, "users", "anna", 1);
    mkdir(in_rig("closed"), 0700);
    mkdir(in_rig("open"), 0755);
    cr_expect_eq(command_run(&rig, &output, "export", "users", in_rig("closed"), NULL), 1);
    EXPECT_SAYS(output, denied);
    cr_expect_eq(command_run(&rig, &output, "export", "users", in_rig("closed/new"), NULL), 1);
    EXPECT_SAYS(output, denied);
    cr_expect_eq(command_run(&rig, &output, "export", "users", in_rig("open"), NULL), 1);
    EXPECT_SAYS(output, "anna: Permission denied for user nobody");
    cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv", in_rig("closed/rows"),
                             NULL), 0, "as who has called: %s", output.data);
    finish();
}

/* ---- the disk ---- */

/* From now on syncfs(2) gives EIO, as on a disk that fails; no return. */
static void export_without_syncfs(const char *program)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_syncfs, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog all = {.len = sizeof filter / sizeof *filter, .filter = filter};
    int fd = open(in_rig("said"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all) != 0)
        _exit(125);
    execl(program, program, "export", "users", in_rig("out"), "-c", rig.conf, (char *)NULL);
    _exit(126);
}

Test(ctl_export, a_directory_that_is_not_on_disk_is_no_success)
{
    const char *program;
    int status;
    pid_t pid;

    prepare();
    uploaded_put(&rig, "users", "anna", 1);
    program = rig_built("visage");
    pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0)
        export_without_syncfs(program);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 1, "%x", (unsigned)status);
    cr_assert(files_read(in_rig("said"), &output));
    EXPECT_SAYS(output, "/out: Input/output error: what was written may not be on disk\n");
    EXPECT_SAYS(output, "written 1, refused 0\n");
    finish();
}

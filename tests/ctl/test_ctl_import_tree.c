/* SPDX-License-Identifier: MIT
 *
 * visage import from a directory tree.
 */
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "ctl/uploaded.h"
#include "rig/text.h"
#include "store/store.h"

RIG_SUITE(ctl_import_tree);

#define in_rig(name) command_path(&rig, name)
#define SOURCES "source users { type = store upload_min = 20 upload_max = 4K }\n"
#define DENIED "Permission denied for user nobody, as whom workers run\n"
#define LATER_MS 20000000

static struct rig rig;
static struct buffer output;
static struct buffer pictures[UPLOADED_DISTINCT];

static void prepare(void)
{
    for (unsigned i = 0; i < UPLOADED_DISTINCT; i++)
        uploaded_picture(i + 1, &pictures[i]);
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCES});
}

static void finish(void)
{
    for (unsigned i = 0; i < UPLOADED_DISTINCT; i++)
        buffer_free(&pictures[i]);
    buffer_free(&output);
    rig_close(&rig);
}

static void write_picture(const char *name, unsigned i)
{
    files_write_bytes(in_rig(name), pictures[i].data, pictures[i].length, 0644);
}

Test(ctl_import_tree, a_tree_is_taken_without_what_is_no_file_of_its_own)
{
    static const char *const refused[] = {
        "anna.png: another file has the same id", "notes.txt: not a picture of a supported type",
        "link.png: a symbolic link, which is not followed",
        "elsewhere: a symbolic link, which is not followed", "fifo: no regular file",
        "...png: no id of the source is like that", "sub/empty.gif: the upload is too small",
    };

    prepare();
    mkdir(in_rig("tree"), 0755);
    mkdir(in_rig("tree/sub"), 0755);
    mkdir(in_rig("outside"), 0755);
    write_picture("outside/secret.png", 4);
    write_picture("tree/anna.jpg", 0); /* its bytes tell what it is */
    write_picture("tree/anna.png", 1);
    write_picture("tree/sub/bob", 2);
    write_picture("tree/sub/john.doe.PNG", 3);
    write_picture("tree/...png", 3);
    files_write(in_rig("tree/notes.txt"), "this is no picture at all", 0644);
    files_write(in_rig("tree/sub/empty.gif"), "", 0644);
    cr_assert_eq(symlink("../outside/secret.png", in_rig("tree/link.png")), 0);
    cr_assert_eq(symlink("../outside", in_rig("tree/elsewhere")), 0);
    cr_assert_eq(mkfifo(in_rig("tree/fifo"), 0644), 0);
    cr_expect_eq(command_run(&rig, &output, "import", "users", in_rig("tree"), NULL), 1);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        EXPECT_SAYS(output, refused[i]);
    EXPECT_SAYS(output, "taken 3, already there 0, refused 7\n");
    cr_expect(uploaded_has(&rig, "users/anna", &pictures[0]));
    cr_expect(uploaded_has(&rig, "users/sub/bob", &pictures[2]));
    cr_expect(uploaded_has(&rig, "users/sub/john.doe", &pictures[3]));
    finish();
}

Test(ctl_import_tree, root_is_told_to_whom_a_directory_is_closed)
{
    const struct passwd *nobody = getpwnam("nobody");

    if (geteuid() != 0 || !nobody)
        cr_skip_test("needs root and a user nobody");
    prepare();
    cr_assert_eq(chown(rig.state, nobody->pw_uid, nobody->pw_gid), 0);
    mkdir(in_rig("tree"), 0755);
    mkdir(in_rig("tree/closed"), 0700);
    write_picture("tree/anna.png", 0);
    write_picture("tree/bob.png", 1);
    cr_assert_eq(chmod(in_rig("tree/bob.png"), 0600), 0);
    cr_expect_eq(command_run(&rig, &output, "import", "users", in_rig("tree"), NULL), 1);
    EXPECT_SAYS(output, "bob.png: " DENIED);
    EXPECT_SAYS(output, "closed: " DENIED);
    EXPECT_SAYS(output, "taken 1, already there 0, refused 2\n");
    cr_expect_eq(command_run(&rig, &output, "import", "users", in_rig("tree/closed/in"), NULL), 1);
    EXPECT_SAYS(output, "closed/in: " DENIED);
    finish();
}

static void expect_tree(const char *directory)
{
    cr_expect_eq(command_run(&rig, &output, "import", "users", directory, "--dry-run", NULL), 0,
                 "%s: %s", directory, output.data);
    EXPECT_SAYS(output, "would take 2, already there 0, refused 0\n");
}

Test(ctl_import_tree, a_directory_is_the_same_one_however_it_is_written)
{
    prepare();
    mkdir(in_rig("tree"), 0755);
    mkdir(in_rig("tree/team"), 0755);
    write_picture("tree/anna.png", 0);
    write_picture("tree/team/bob.png", 1);
    expect_tree(in_rig("tree"));
    expect_tree(in_rig("tree/"));
    expect_tree(in_rig("tree//"));
    expect_tree(in_rig("tree/team/.."));
    cr_assert_eq(chdir(in_rig("tree")), 0);
    expect_tree(".");
    expect_tree("./");
    cr_expect_eq(command_run(&rig, &output, "import", "users", in_rig("tree//"), NULL), 0);
    cr_expect(uploaded_has(&rig, "users/anna", &pictures[0]));
    cr_expect(uploaded_has(&rig, "users/team/bob", &pictures[1]));
    finish();
}

Test(ctl_import_tree, what_a_killed_export_has_left_is_none_and_an_id_may_begin_with_a_dot)
{
    prepare();
    mkdir(in_rig("tree"), 0755);
    mkdir(in_rig("tree/team"), 0755);
    write_picture("tree/.visage-export", 0);
    write_picture("tree/team/.visage-export", 0);
    write_picture("tree/team/.bob.png", 1);
    cr_expect_eq(command_run(&rig, &output, "import", "users", in_rig("tree"), NULL), 0, "%s",
                 output.data);
    EXPECT_SAYS(output, "taken 1, already there 0, refused 0\n");
    cr_expect(uploaded_has(&rig, "users/team/.bob", &pictures[1]));
    finish();
}

/* ---- times ---- */

static int64_t uploaded_ms(const char *subject)
{
    char directory[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store_picture found;
    struct store *store;

    files_path(directory, "%s/store", rig.state);
    cr_assert_eq(store_open(directory, &store, error), 0, "%s", error);
    cr_assert_eq(store_find(store, subject, &found), 0, "%s", subject);
    store_close(&store);
    return found.uploaded_ms;
}

static void set_time(const char *name, int64_t ms)
{
    const struct timespec at = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    const struct timespec times[] = {at, at};

    cr_assert_eq(utimensat(AT_FDCWD, in_rig(name), times, 0), 0);
}

Test(ctl_import_tree, a_picture_keeps_its_time_if_there_was_none_before_and_it_has_passed)
{
    const int64_t past_ms = 1234567890123, before_ms = clock_wall_ms();

    prepare();
    uploaded_put(&rig, "users", "bob", 5);
    mkdir(in_rig("tree"), 0755);
    write_picture("tree/anna.png", 0);
    write_picture("tree/bob.png", 1);
    write_picture("tree/carl.png", 2);
    set_time("tree/anna.png", past_ms);
    set_time("tree/bob.png", past_ms);
    set_time("tree/carl.png", before_ms + LATER_MS);
    cr_expect_eq(command_run(&rig, &output, "import", "users", in_rig("tree"), "--replace", NULL),
                 0, "%s", output.data);
    EXPECT_SAYS(output, "taken 3, already there 0, refused 0\n");
    cr_expect_eq(uploaded_ms("users/anna"), past_ms);
    cr_expect_geq(uploaded_ms("users/bob"), before_ms);
    cr_expect_geq(uploaded_ms("users/carl"), before_ms);
    cr_expect_leq(uploaded_ms("users/carl"), clock_wall_ms());
    finish();
}

/* ---- how it is told ---- */

Test(ctl_import_tree, whatever_is_told_of_was_counted_before)
{
    prepare();
    mkdir(in_rig("tree"), 0755);
    mkdir(in_rig("tree/team"), 0755);
    write_picture("tree/anna.png", 0);
    write_picture("tree/team/.visage-export", 0);
    write_picture("tree/team/bob.png", 1);
    cr_assert_eq(symlink("anna.png", in_rig("tree/link.png")), 0);
    cr_assert_eq(mkfifo(in_rig("tree/fifo"), 0644), 0);
    cr_expect_eq(command_run_on_terminal(&rig, &output, "NO_COLOR=1", "import", "users",
                                         in_rig("tree"), NULL), 1);
    EXPECT_SAYS(output, "1/4 25 %");
    EXPECT_SAYS(output, "taken 2, already there 0, refused 2");
    finish();
}

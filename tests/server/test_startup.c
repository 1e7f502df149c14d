/* SPDX-License-Identifier: MIT
 *
 * Starting: what a worker says that cannot, and what it makes of a state directory in
 * which something is wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "rig/agreement.h"
#include "rig/rig.h"

RIG_SUITE(startup);

/* ---- workers that do not start ---- */

/* Runs the worker as it is, on a socket that spawn-fcgi makes, or without one. */
static int run_worker(struct rig *rig, bool with_socket, const char *user, struct buffer *output)
{
    char socket[FILES_PATH_MAX];
    const char *bare[] = {rig->worker, "-c", rig->conf, NULL};
    const char *spawned[] = {"spawn-fcgi", "-n", "-s", socket, "--", rig->worker, "-c", rig->conf,
                             NULL};
    const struct process_options o = {.argv = with_socket ? spawned : bare, .user = user};

    files_path(socket, "%s/%s.sock", rig->directory, user ? user : "start");
    buffer_clear(output);
    return process_run(&o, output, 5000);
}

static void expect_refusal(struct rig *rig, bool with_socket, const char *says)
{
    struct buffer output = {0};
    int status = run_worker(rig, with_socket, NULL, &output);

    cr_expect(status > 0 && status < 126, "status %d, for: %s", status, says);
    cr_expect(output.data && strstr(output.data, says), "\"%s\" is not in: %s", says,
              output.data ? output.data : "");
    buffer_free(&output);
}

Test(startup, without_a_socket)
{
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    expect_refusal(&rig, false, "descriptor 0");
    rig_close(&rig);
}

Test(startup, without_a_configuration)
{
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET});
    cr_assert_eq(unlink(rig.conf), 0);
    expect_refusal(&rig, true, rig.conf);
    rig_close(&rig);
}

Test(startup, with_a_bad_configuration)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"nonsense = 1\n", "visage.conf:1: "},
        {"cache_size = \"lots\"\n", "cache_size"},
        {"\nsizes = {}\n", "visage.conf:2: "},
        {"state_dir = \"relative\"\n", "state_dir"},
        {"preset x { width = 100000 height = 1 }\n", "width"},
        {"source x { }\n", "url"},
        {"source x { url = \"http://x/{id}\" id_pattern = \"(\" }\n", "id_pattern"},
        {"source x {\n", "visage.conf:"},
    };
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET});
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        files_write(rig.conf, rows[i].text, 0644);
        expect_refusal(&rig, true, rows[i].says);
    }
    rig_close(&rig);
}

Test(startup, with_a_state_directory_that_cannot_be)
{
    static struct rig rig;

    /* Below a file: no permission helps. */
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET,
                                            .state = "/proc/version/state"});
    expect_refusal(&rig, true, "state directory /proc/version/state");
    rig_close(&rig);
}

Test(startup, with_a_state_directory_of_somebody_else)
{
    struct buffer output = {0};
    static struct rig rig;
    int status;

    if (geteuid() == 0) {
        rig_prepare(&rig, &(struct rig_options){.kind = RIG_APACHE});
        /* The rig has copied the programs to where this user may run them. */
        cr_assert_eq(chown(rig.state, 0, 0), 0);
        cr_assert_eq(chmod(rig.state, 0700), 0);
        cr_assert_eq(chmod(rig.directory, 0777), 0);
        status = run_worker(&rig, true, rig.user, &output);
        cr_assert_eq(chmod(rig.directory, 0755), 0);
    } else {
        rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET});
        cr_assert_eq(chmod(rig.state, 0500), 0);
        status = run_worker(&rig, true, NULL, &output);
        cr_assert_eq(chmod(rig.state, 0700), 0);
    }
    cr_expect(status > 0 && status < 126, "status %d", status);
    cr_expect(output.data && strstr(output.data, "Permission denied") &&
              strstr(output.data, rig.state), "%s", output.data ? output.data : "");
    buffer_free(&output);
    rig_close(&rig);
}

#define SECRETIVE "source private { url = \"@ORIGIN@/echo-auth/{id}\"\n" \
                  "    bearer_file = \"@DIR@/secret\" allow_addresses = {\"127.0.0.0/8\"} }\n"

Test(startup, with_a_secret_that_others_can_read)
{
    static const mode_t modes[] = {0644, 0604, 0660, 0602};
    char path[FILES_PATH_MAX];
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET,
                                            .secret = "t0ps3cret\n",
                                            .more = SECRETIVE});
    files_path(path, "%s/secret", rig.directory);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct buffer output = {0};

        if (modes[i] == 0660)
            continue; /* the group may be the workers' own */
        cr_assert_eq(chmod(path, modes[i]), 0);
        expect_refusal(&rig, true, path);
        cr_expect_gt(run_worker(&rig, true, NULL, &output), 0);
        cr_expect_null(strstr(output.data, "t0ps3cret"));
        buffer_free(&output);
    }
    cr_assert_eq(unlink(path), 0);
    expect_refusal(&rig, true, path);
    rig_close(&rig);
}

Test(startup, unset_environment_secret)
{
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){
                          .kind = RIG_LIGHTTPD_SOCKET,
                          .more = "source private { url = \"@ORIGIN@/ok/{id}\"\n"
                                  "    bearer_env = \"VISAGE_TEST_UNSET_SECRET\" }\n"});
    expect_refusal(&rig, true, "VISAGE_TEST_UNSET_SECRET");
    rig_close(&rig);
}

/* ---- a state directory that was damaged ---- */

static void overwrite(const char *path, long offset, size_t length)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    char block[4096];

    cr_assert(fd >= 0, "%s: %s", path, strerror(errno));
    memset(block, 0xa5, sizeof block);
    while (length > 0) {
        size_t n = length < sizeof block ? length : sizeof block;

        cr_assert_eq(pwrite(fd, block, n, offset), (ssize_t)n);
        offset += (long)n;
        length -= n;
    }
    close(fd);
}

static off_t size_of(const char *path)
{
    struct stat st;

    cr_assert_eq(stat(path, &st), 0);
    return st.st_size;
}

/* As if the machine had been restarted. */
static void forget_boot(const struct rig *rig)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/boot", rig->state);
    cr_assert_eq(unlink(path), 0);
}

static void fill(struct rig *rig)
{
    for (unsigned i = 0; i < 20; i++)
        cr_assert_eq(rig_get(rig, "/s64/o/unique/%u/x.png", i), 200);
}

static void expect_service(struct rig *rig)
{
    for (unsigned i = 0; i < 20; i++)
        for (int again = 0; again < 2; again++) {
            cr_assert_eq(rig_get(rig, "/s64/o/unique/%u/x.png", i), 200);
            cr_expect(answer_is_sound(&rig->answer));
        }
    cr_expect(answer_says(&rig->answer, "Cache-Status", "; hit"));
    agreement_assert(rig->conf);
}

Test(startup, after_a_restart_the_cache_is_warm)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    fill(&rig);
    rig_stop(&rig);
    rig_start(&rig);
    cr_assert_eq(rig_get(&rig, "/s64/o/unique/7/x.png"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    rig_stop(&rig);
    /* And after one of the machine, if nothing was damaged. */
    forget_boot(&rig);
    rig_start(&rig);
    cr_assert_eq(rig_get(&rig, "/s64/o/unique/7/x.png"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Status", "; hit"));
    cr_expect_eq(origin_count(rig.origin, "/unique/7/x"), 1u);
    expect_service(&rig);
    rig_close(&rig);
}

Test(startup, damaged_index_after_a_restart_of_the_machine)
{
    char index[FILES_PATH_MAX];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    files_path(index, "%s/index.mdb", rig.state);
    fill(&rig);
    for (int how = 0; how < 4; how++) {
        off_t size;

        rig_stop(&rig);
        forget_boot(&rig);
        size = size_of(index);
        cr_assert_gt(size, 8192);
        switch (how) {
        case 0: /* everything */
            overwrite(index, 0, (size_t)size);
            break;
        case 1: /* the tables' pages, not the head */
            overwrite(index, 8192, (size_t)size - 8192);
            break;
        case 2: /* cut */
            cr_assert_eq(truncate(index, size / 2), 0);
            break;
        default: /* not even a page */
            cr_assert_eq(truncate(index, 100), 0);
        }
        rig_start(&rig);
        expect_service(&rig);
    }
    rig_close(&rig);
}

/* Nobody looked, so it is found when it is opened. */
Test(startup, damaged_index_in_the_same_boot)
{
    char index[FILES_PATH_MAX];
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    files_path(index, "%s/index.mdb", rig.state);
    fill(&rig);
    rig_stop(&rig);
    overwrite(index, 0, 8192);
    rig_start(&rig);
    expect_service(&rig);
    rig_close(&rig);
}

static void run_strange_files(bool same_boot)
{
    static const char *const names[] = {"scoreboard", "run.mdb", "tmp/0.1.1", "tmp/nonsense",
                                        "boot"};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    fill(&rig);
    rig_stop(&rig);
    for (size_t i = 0; i < sizeof names / sizeof *names - same_boot; i++) {
        char path[FILES_PATH_MAX];

        files_path(path, "%s/%s", rig.state, names[i]);
        files_write(path, "this is something else\n", 0600);
    }
    rig_start(&rig);
    expect_service(&rig);
    rig_close(&rig);
}

Test(startup, strange_files_in_the_state_directory)
{
    run_strange_files(true);
}

Test(startup, strange_files_after_a_restart_of_the_machine)
{
    run_strange_files(false);
}

/* ---- pictures that were damaged behind our back ---- */

/* The only file of blobs/, which is for one picture's variant. */
static void find_variant(struct rig *rig, char path[FILES_PATH_MAX])
{
    char hex[65];

    answer_digest(&rig->answer, hex);
    files_path(path, "%s/blobs/%.2s/%s", rig->state, hex, hex + 2);
    cr_assert_eq(access(path, F_OK), 0, "%s", path);
}

static void make_old(const char *path)
{
    const struct timespec times[2] = {{.tv_sec = 86400}, {.tv_sec = 86400}};

    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void expect_made_again(struct rig *rig, const char *etag)
{
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(rig_get(rig, "/s64/o/ok/photo.jpg"), 200);
        cr_expect(answer_is_sound(&rig->answer));
        cr_expect_str_eq(answer_field(&rig->answer, "ETag"), etag);
        cr_expect(answer_says(&rig->answer, "Cache-Status", again ? "; hit" : "fwd=uri-miss"),
                  "%s", answer_field(&rig->answer, "Cache-Status"));
    }
    agreement_assert(rig->conf);
}

static void damage(const char *how, const char *path)
{
    if (strcmp(how, "removed") == 0) {
        cr_assert_eq(unlink(path), 0);
    } else if (strcmp(how, "cut") == 0) {
        cr_assert_eq(truncate(path, size_of(path) / 2), 0);
    } else if (strcmp(how, "emptied") == 0) {
        cr_assert_eq(truncate(path, 0), 0);
    } else if (strcmp(how, "longer") == 0) {
        cr_assert_eq(truncate(path, size_of(path) + 1), 0);
    } else {
        overwrite(path, 100, 20);
        make_old(path);
    }
}

static void run_damage(const char *how)
{
    char path[FILES_PATH_MAX], etag[64];
    static struct rig rig;

    /* Nothing in memory, so that each request looks at the file. */
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .top = "hot_size = 0"});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    snprintf(etag, sizeof etag, "%s", answer_field(&rig.answer, "ETag"));
    find_variant(&rig, path);
    damage(how, path);
    expect_made_again(&rig, etag);
    rig_close(&rig);
}

Test(startup, removed_picture)
{
    run_damage("removed");
}

Test(startup, cut_picture)
{
    run_damage("cut");
}

Test(startup, emptied_picture)
{
    run_damage("emptied");
}

Test(startup, longer_picture)
{
    run_damage("longer");
}

Test(startup, damaged_old_picture)
{
    run_damage("damaged");
}

/* The originals, too. */
Test(startup, damaged_old_original)
{
    char original[FILES_PATH_MAX] = "", variant[FILES_PATH_MAX], find[FILES_PATH_MAX];
    struct buffer files = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .top = "hot_size = 0"});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    find_variant(&rig, variant);
    files_path(find, "%s/blobs", rig.state);
    {
        const char *argv[] = {"find", find, "-type", "f", "!", "-path", variant, NULL};

        cr_assert_eq(process_run(&(struct process_options){.argv = argv}, &files, 5000), 0);
    }
    cr_assert_eq(sscanf(files.data, "%511s", original), 1);
    overwrite(original, 3000, 100);
    make_old(original);
    cr_expect_eq(rig_get(&rig, "/s128/o/ok/photo.jpg"), 200, "%d", rig.answer.status);
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_eq(origin_count(rig.origin, "/ok/photo"), 2u);
    agreement_assert(rig.conf);
    buffer_free(&files);
    rig_close(&rig);
}

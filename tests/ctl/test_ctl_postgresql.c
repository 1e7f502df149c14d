/* SPDX-License-Identifier: MIT
 *
 * visage import and visage export with a real PostgreSQL, which runs for the test alone, in its
 * directory and on a socket there.
 */
#include <glob.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/base64.h"
#include "base/clock.h"
#include "ctl/uploaded.h"
#include "rig/text.h"

RIG_SUITE(ctl_postgresql);

#define SOURCES "source users { type = store upload_min = 20 }\n"
#define ROWS 10000u
#define DATABASE_MS 60000
#define LONG_MS 1700000 /* a guard: how long it takes is up to the disk */
#define LOOK_MS 50

static struct rig rig;
static struct process database;
static struct buffer output;
static char programs[FILES_PATH_MAX]; /* where they are */
static char home[FILES_PATH_MAX];     /* the cluster and its socket */
static const char *user;              /* NULL: as whoever runs the test; root it must not be */

/* Debian has them beside each other by version, and not in PATH. */
static bool find_programs(void)
{
    const char *found = process_find("initdb");
    glob_t all = {0};

    if (glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &all) == 0)
        found = all.gl_pathv[all.gl_pathc - 1];
    if (found)
        files_path(programs, "%.*s", (int)(strrchr(found, '/') - found), found);
    globfree(&all);
    return found != NULL;
}

static const char *program(const char *name)
{
    static char path[FILES_PATH_MAX + 32];

    snprintf(path, sizeof path, "%s/%s", programs, name);
    return path;
}

static void make_home(void)
{
    const struct passwd *owner;

    files_path(home, "%s/database", rig.directory);
    cr_assert_eq(mkdir(home, 0700), 0);
    if (geteuid() != 0)
        return;
    user = getpwnam("postgres") ? "postgres" : "nobody";
    owner = getpwnam(user);
    cr_assert_not_null(owner);
    cr_assert_eq(chown(home, owner->pw_uid, owner->pw_gid), 0);
}

static void make_cluster(void)
{
    const char *argv[] = {program("initdb"), "-D", home, "-U", "visage", "-A", "trust", "-E", "UTF8",
                          "--locale=C", "--no-sync", NULL};
    const struct process_options o = {.argv = argv, .user = user, .directory = "/"};

    cr_assert_eq(process_run(&o, &output, DATABASE_MS), 0, "%s", output.data);
}

/* One command line of the shell, which has @PSQL@ and @VISAGE@. Returns its exit status. */
static int shell(const char *line)
{
    struct buffer script = {0}, psql = {0}, visage = {0};
    const char *argv[] = {"sh", "-c", NULL, NULL};
    const struct process_options o = {.argv = argv};
    int status;

    text_add(&script, "%s", line);
    text_add(&psql, "%s -h %s -U visage -d postgres -qAtX -v ON_ERROR_STOP=1", program("psql"),
             home);
    text_add(&visage, "%s -c %s", rig_built("visage"), rig.conf);
    text_replace(&script, "@PSQL@", psql.data);
    text_replace(&script, "@VISAGE@", visage.data);
    text_replace(&script, "@DIR@", rig.directory);
    argv[2] = script.data;
    buffer_clear(&output);
    status = process_run(&o, &output, LONG_MS);
    if (!output.data)
        cr_assert_eq(buffer_puts(&output, ""), 0);
    buffer_free(&script);
    buffer_free(&psql);
    buffer_free(&visage);
    return status;
}

static void start_database(void)
{
    char log[FILES_PATH_MAX];
    const char *argv[] = {program("postgres"), "-D", home, "-k", home, "-c", "listen_addresses=",
                          "-c", "fsync=off", NULL};
    const struct process_options o = {.argv = argv, .user = user, .log = log, .directory = "/"};
    int64_t until_ms = clock_boot_ms() + DATABASE_MS;

    files_path(log, "%s/log", home);
    process_start(&database, &o);
    while (shell("@PSQL@ -c 'SELECT 1'") != 0) {
        cr_assert(process_running(&database) && clock_boot_ms() < until_ms, "%s", output.data);
        clock_sleep_ms(LOOK_MS);
    }
}

static void fill_database(void)
{
    struct buffer sql = {0}, picture = {0};
    char path[FILES_PATH_MAX], text[BASE64_SIZE(4096)];

    text_add(&sql, "BEGIN;\n"
                   "CREATE TABLE users (id text, type text, picture bytea);\n"
                   "CREATE TABLE back (id text, type text, picture text);\n");
    for (unsigned i = 0; i < ROWS; i++) {
        uploaded_picture(i + 1, &picture);
        cr_assert_leq(picture.length, 4096u);
        base64_encode(picture.data, picture.length, text);
        text_add(&sql, "INSERT INTO users VALUES ('team/u%u', 'image/png', decode('%s', 'base64'));\n",
                 i, text);
    }
    text_add(&sql, "INSERT INTO users SELECT E'a \"quoted\",\\nbroken id', 'image/png', picture"
                   " FROM users WHERE id = 'team/u0';\n"
                   "INSERT INTO users VALUES ('nothing', NULL, NULL);\n"
                   "COMMIT;\n");
    files_path(path, "%s/fill.sql", rig.directory);
    files_write_bytes(path, sql.data, sql.length, 0644);
    cr_assert_eq(shell("@PSQL@ -f @DIR@/fill.sql"), 0, "%s", output.data);
    buffer_free(&sql);
    buffer_free(&picture);
}

Test(ctl_postgresql, ten_thousand_rows_come_out_of_copy_and_go_back, .timeout = 1800)
{
    if (!find_programs())
        cr_skip_test("postgresql is not installed");
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCES});
    make_home();
    make_cluster();
    start_database();
    fill_database();
    cr_expect_eq(shell("@PSQL@ -c \"COPY (SELECT id, type, encode(picture, 'base64') FROM users)"
                       " TO STDOUT WITH (FORMAT csv)\" | @VISAGE@ import users --csv - -q"), 1);
    EXPECT_SAYS(output, "stdin, row 10001 (a%20\"quoted\",%0Abroken%20id): no id of the source is like "
                        "that\n");
    EXPECT_SAYS_NOT(output, "nothing");
    EXPECT_SAYS(output, "taken 10000, already there 0, refused 1, without a picture 1\n");
    uploaded_expect_rows(&rig, "users", ROWS);
    cr_expect_eq(shell("@PSQL@ -c \"COPY (SELECT id, type, encode(picture, 'base64') FROM users"
                       " WHERE picture IS NOT NULL AND id LIKE 'team/%') TO STDOUT WITH (FORMAT csv, HEADER)\""
                       " | @VISAGE@ import users --csv - --header -q"), 0, "%s", output.data);
    cr_expect_str_eq(output.data, "taken 0, already there 10000, refused 0\n");
    cr_expect_eq(shell("@PSQL@ -c \"COPY (SELECT id, type, encode(picture, 'base64') FROM users)"
                       " TO STDOUT\" | @VISAGE@ import users --csv - -q"), 1);
    EXPECT_SAYS(output, "stdin: tabs between the fields, as COPY writes them by default: have it written "
                        "WITH (FORMAT csv)\n");
    cr_expect_eq(shell("@VISAGE@ export users --csv - -q | "
                       "@PSQL@ -c 'COPY back FROM STDIN WITH (FORMAT csv)'"), 0, "%s", output.data);
    EXPECT_SAYS(output, "written 10000, refused 0\n");
    cr_expect_eq(shell("@PSQL@ -c \"SELECT count(*) FROM back JOIN users USING (id, type)"
                       " WHERE decode(back.picture, 'base64') = users.picture\""), 0);
    cr_expect_str_eq(output.data, "10000\n");
    process_stop(&database, DATABASE_MS);
    buffer_free(&output);
    rig_close(&rig);
}

/* SPDX-License-Identifier: MIT
 *
 * visage import: what comes from elsewhere is checked like an upload, and displaces none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "ctl/uploaded.h"
#include "rig/text.h"
#include "rig/uploads.h"
#include "store/store.h"

RIG_SUITE(ctl_import);

#define in_rig(name) command_path(&rig, name)
#define SOURCES \
    "source users { type = store upload_min = 20 upload_max = 4K }\n" \
    "source copies { type = store upload_min = 20 }\n" \
    "source clean { type = store upload_min = 20 strip = true }\n"
#define ROWS 10000u
#define LONG_MS 1700000 /* a guard: how long it takes is up to the disk */

static struct rig rig;
static struct buffer output, csv;
static struct buffer pictures[UPLOADED_DISTINCT];

static void make_pictures(void)
{
    for (unsigned i = 0; i < UPLOADED_DISTINCT; i++)
        uploaded_picture(i + 1, &pictures[i]);
}

static void prepare(void)
{
    make_pictures();
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCES});
}

static void finish(void)
{
    for (unsigned i = 0; i < UPLOADED_DISTINCT; i++)
        buffer_free(&pictures[i]);
    buffer_free(&output);
    buffer_free(&csv);
    rig_close(&rig);
}

static void write_csv(const char *name)
{
    files_write_bytes(in_rig(name), csv.data, csv.length, 0644);
}

static void add_rows(unsigned count)
{
    uploaded_add_rows(&csv, count);
}

static void expect_rows(const char *source, unsigned count)
{
    uploaded_expect_rows(&rig, source, count);
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

/* ---- all of it ---- */

Test(ctl_import, ten_thousand_rows_are_taken_and_taken_once, .timeout = 1800)
{
    struct process p;

    prepare();
    add_rows(ROWS);
    write_csv("rows.csv");
    start_import(&p, "rows.csv");
    cr_expect_eq(end_import(&p), 0, "%s", output.data);
    cr_expect_str_eq(output.data, "taken 10000, already there 0, refused 0\n");
    expect_rows("users", ROWS);
    start_import(&p, "rows.csv");
    cr_expect_eq(end_import(&p), 0, "%s", output.data);
    cr_expect_str_eq(output.data, "taken 0, already there 10000, refused 0\n");
    finish();
}

Test(ctl_import, min_free_stays_free)
{
    struct buffer conf = {0};

    make_pictures();
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCES,
                                            .top = "min_free = \"1000T\""});
    add_rows(20);
    write_csv("rows.csv");
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), NULL), 1);
    EXPECT_SAYS(output, "rows.csv, row 1 (team/u0): store of source users: "
                        "less than min_free would stay free\n");
    EXPECT_SAYS(output, "taken 0, already there 0, refused 0\n");
    cr_expect_eq(command_count(output.data, "min_free"), 1u, "%s", output.data);
    cr_expect_eq(uploaded_count(&rig), 0u);
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);

    cr_assert(files_read(rig.conf, &conf));
    cr_assert_eq(text_replace(&conf, "min_free = \"1000T\"", "min_free = 4096"), 1u);
    files_write(rig.conf, conf.data, 0644);
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), NULL),
                 0, "%s", output.data);
    expect_rows("users", 20);
    buffer_free(&conf);
    finish();
}

Test(ctl_import, a_table_that_was_exported_is_imported_as_it_was)
{
    prepare();
    add_rows(200);
    write_csv("rows.csv");
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), NULL),
                 0, "%s", output.data);
    cr_expect_eq(command_run(&rig, &output, "export", "users", "--csv", in_rig("out.csv"), NULL), 0,
                 "%s", output.data);
    EXPECT_SAYS(output, "written 200, refused 0\n");
    cr_expect_eq(command_run(&rig, &output, "import", "copies", "--csv", in_rig("out.csv"), NULL),
                 0, "%s", output.data);
    EXPECT_SAYS(output, "taken 200, already there 0, refused 0\n");
    expect_rows("copies", 200);
    finish();
}

Test(ctl_import, a_tree_that_was_exported_is_imported_as_it_was)
{
    prepare();
    add_rows(50);
    uploaded_add_row(&csv, "john.doe", &pictures[0]);
    uploaded_add_row(&csv, "a.png", &pictures[1]);
    write_csv("rows.csv");
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), NULL),
                 0, "%s", output.data);
    cr_expect_eq(command_run(&rig, &output, "export", "users", in_rig("state/tree"), NULL), 0, "%s",
                 output.data);
    cr_expect_eq(files_count(in_rig("state/tree")), 52u);
    cr_expect_eq(files_count(in_rig("state/tree/team")), 50u);
    cr_expect_eq(command_run(&rig, &output, "import", "copies", in_rig("state/tree"), NULL), 0,
                 "%s", output.data);
    EXPECT_SAYS(output, "taken 52, already there 0, refused 0\n");
    expect_rows("copies", 50);
    cr_expect(uploaded_has(&rig, "copies/john.doe", &pictures[0]));
    cr_expect(uploaded_has(&rig, "copies/a.png", &pictures[1]));
    finish();
}

/* ---- what is refused ---- */

static void add_text(const char *bytes, size_t length)
{
    cr_assert_eq(buffer_append(&csv, bytes, length), 0);
}

static void expect_refused(const char *said)
{
    struct buffer expected = {0};

    text_add(&expected, "rows.csv, row %s\n", said);
    EXPECT_SAYS(output, expected.data);
    buffer_free(&expected);
}

Test(ctl_import, each_bad_row_is_told_with_its_reason_and_the_others_are_taken)
{
    static const char nul[] = "n\0l,image/png,QUJD\n", nul_inside[] = "a,image/png,QU\0JD\n";
    struct buffer cut = {0};

    prepare();
    cr_assert_eq(buffer_append(&cut, pictures[0].data, pictures[0].length / 2), 0);
    uploaded_add_row(&csv, "good/first", &pictures[0]);
    text_add(&csv, "a,image/png,\"QUJ!\"\n");                 /* 2 */
    text_add(&csv, "b,image/png,QUJDR\n");                    /* 3 */
    text_add(&csv, "c,image/png,\"\\x89504e47\"\n");          /* 4 */
    text_add(&csv, "d,image/png\n");                          /* 5 */
    text_add(&csv, "e,image/png,QUJD,more\n");                /* 6 */
    text_add(&csv, "../etc/passwd,image/png,QUJD\n");         /* 7 */
    text_add(&csv, ",image/png,QUJD\n\r\n");                  /* 8, and a blank line */
    text_add(&csv, "f,image/png,QU\"JD\n");                   /* 9 */
    text_add(&csv, "g,image/png,\"QUJD\"x\n");                /* 10 */
    text_add(&csv, "h,image/png,\"\"\r\n");                   /* 11 */
    text_add(&csv, "i,image/png,dGhpcyBpcyBubyBwaWN0dXJlIGF0IGFsbAo=\n"); /* 12 */
    uploaded_add_row(&csv, "j", &cut);                        /* 13 */
    add_text(nul, sizeof nul - 1);                            /* 14 */
    add_text(nul_inside, sizeof nul_inside - 1);              /* 15 */
    uploaded_add_row(&csv, "good/last", &pictures[1]);
    text_add(&csv, "k,image/png,\"QUJD\nz,image/png,QUJD\n"); /* 17 */
    write_csv("rows.csv");
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), NULL),
                 1);
    expect_refused("2 (a): no base64");
    expect_refused("3 (b): no base64: its end is missing");
    expect_refused("4 (c): no base64, but hex: ask for encode(column, 'base64')");
    expect_refused("5 (d): not the three fields id, content type and base64");
    expect_refused("6 (e): not the three fields id, content type and base64");
    expect_refused("7 (../etc/passwd): no id of the source is like that");
    expect_refused("8 (): no id of the source is like that");
    expect_refused("9 (f): a quote where there must be none");
    expect_refused("10 (g): a quote where there must be none");
    expect_refused("11 (h): the upload is too small");
    expect_refused("12 (i): not a picture of a supported type");
    expect_refused("13 (j): the picture is damaged");
    expect_refused("14 (n...): no id of the source is like that");
    expect_refused("15 (a): no base64");
    expect_refused("17 (k): the file ends inside quotes");
    EXPECT_SAYS(output, "taken 2, already there 0, refused 15\n");
    cr_expect(uploaded_has(&rig, "users/good/first", &pictures[0]));
    cr_expect(uploaded_has(&rig, "users/good/last", &pictures[1]));
    cr_expect_eq(uploaded_count(&rig), 2);
    buffer_free(&cut);
    finish();
}

Test(ctl_import, rows_of_any_size_are_passed_over)
{
    struct buffer cut = {0};

    prepare();
    text_add(&csv, "big,image/png,");
    for (unsigned i = 0; i < 20u << 16; i++)
        add_text("QUJDQUJDQUJDQUJD", 16);
    text_add(&csv, "\n");
    for (unsigned i = 0; i < 1u << 16; i++)
        add_text("an/id/without/end", 17); /* and not all of it is told */
    text_add(&csv, ",image/png,QUJD\n");
    uploaded_add_row(&csv, "good", &pictures[0]);
    write_csv("rows.csv");
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), NULL),
                 1);
    expect_refused("1 (big): the upload is too large");
    cr_assert_eq(buffer_puts(&cut, "2 ("), 0);
    while (cut.length < 100)
        cr_assert_eq(buffer_puts(&cut, "an/id/without/end"), 0);
    cut.length = 3 + 100;
    cut.data[cut.length] = '\0';
    cr_assert_eq(buffer_puts(&cut, "...): no id of the source is like that"), 0);
    expect_refused(cut.data);
    buffer_free(&cut);
    EXPECT_SAYS(output, "taken 1, already there 0, refused 2\n");
    cr_expect(uploaded_has(&rig, "users/good", &pictures[0]));
    cr_expect_eq(files_count(in_rig("state/store/tmp")), 0u);
    finish();
}

/* ---- what is there ---- */

Test(ctl_import, a_dry_run_tells_and_keeps_nothing)
{
    prepare();
    add_rows(20);
    text_add(&csv, "bad,image/png,QUJD\n");
    write_csv("rows.csv");
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"),
                             "--dry-run", NULL), 1);
    expect_refused("21 (bad): the upload is too small");
    EXPECT_SAYS(output, "would take 20, already there 0, refused 1\n");
    cr_expect_eq(uploaded_count(&rig), 0);
    cr_expect_eq(files_count(in_rig("state/store/blobs")), 0u);
    cr_expect_eq(files_count(in_rig("state/store/tmp")), 0u);
    finish();
}

Test(ctl_import, what_people_have_uploaded_since_stays_unless_it_is_to_be_replaced)
{
    prepare();
    uploaded_put(&rig, "users", "team/u0", 5);
    add_rows(2);
    write_csv("rows.csv");
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), NULL),
                 0, "%s", output.data);
    EXPECT_SAYS(output, "taken 1, already there 1, refused 0\n");
    cr_expect(uploaded_has(&rig, "users/team/u0", &pictures[4]));
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"),
                             "--replace", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "taken 1, already there 1, refused 0\n");
    cr_expect(uploaded_has(&rig, "users/team/u0", &pictures[0]));
    finish();
}

Test(ctl_import, what_is_stripped_is_taken_once)
{
    prepare();
    add_rows(3);
    write_csv("rows.csv");
    cr_expect_eq(command_run(&rig, &output, "import", "clean", "--csv", in_rig("rows.csv"), NULL),
                 0, "%s", output.data);
    EXPECT_SAYS(output, "taken 3, already there 0, refused 0\n");
    cr_expect_eq(command_run(&rig, &output, "import", "clean", "--csv", in_rig("rows.csv"), NULL),
                 0, "%s", output.data);
    EXPECT_SAYS(output, "taken 0, already there 3, refused 0\n");
    cr_expect_eq(command_run(&rig, &output, "import", "clean", "--csv", in_rig("rows.csv"),
                             "--replace", NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "taken 0, already there 3, refused 0\n");
    finish();
}

Test(ctl_import, what_is_imported_is_shown_to_the_next_request)
{
    char first[65], second[65];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCES});
    cr_expect_eq(rig_get(&rig, "/s64/users/anna.png"), 404);
    uploaded_put(&rig, "users", "anna", 1);
    cr_expect_eq(rig_get(&rig, "/s64/users/anna.png"), 200);
    answer_digest(&rig.answer, first);
    uploaded_put(&rig, "users", "anna", 2);
    cr_expect_eq(rig_get(&rig, "/s64/users/anna.png"), 200);
    answer_digest(&rig.answer, second);
    cr_expect_str_neq(first, second);
    finish();
}

/* A file where the directory of the picture's blob is to be. */
static void block_blob(const struct buffer *picture)
{
    char hex[DIGEST_HEX_SIZE], path[FILES_PATH_MAX];
    struct digest digest;

    cr_assert_eq(digest_of(picture->data, picture->length, &digest), 0);
    digest_to_hex(&digest, hex);
    files_path(path, "%s/store/blobs/%.2s", rig.state, hex);
    files_write(path, "", 0644);
}

Test(ctl_import, trouble_with_the_store_is_told_with_its_place_and_what_was_done)
{
    prepare();
    uploaded_put(&rig, "copies", "anna", 1);
    block_blob(&pictures[2]);
    add_rows(5);
    write_csv("rows.csv");
    cr_expect_eq(command_run(&rig, &output, "import", "users", "--csv", in_rig("rows.csv"), NULL),
                 1);
    EXPECT_SAYS(output, "rows.csv, row 3 (team/u2): store of source users: Not a directory\n");
    EXPECT_SAYS(output, "taken 4, already there 0, refused 0\n"); /* what had come is not lost */
    cr_expect(uploaded_has(&rig, "users/team/u4", &pictures[4]));
    cr_expect_eq(files_count(in_rig("state/store/tmp")), 0u);
    finish();
}

/* ---- how it is told ---- */

Test(ctl_import, a_terminal_shows_how_far_it_is)
{
    prepare();
    add_rows(5);
    write_csv("rows.csv");
    cr_expect_eq(command_run_on_terminal(&rig, &output, "NO_COLOR=1", "import", "users", "--csv",
                                         in_rig("rows.csv"), NULL), 0, "%s", output.data);
    EXPECT_SAYS(output, "\r[");
    EXPECT_SAYS(output, "already there 0, refused 0");
    EXPECT_SAYS(output, "taken 5, already there 0, refused 0");
    finish();
}

Test(ctl_import, says_what_is_wrong)
{
    static const struct {
        const char *arguments[4];
        int status;
        const char *said;
    } rows[] = {
        {{"import"}, 2, "a source is wanted, and a directory, --csv FILE or --from BUCKET"},
        {{"import", "users"}, 2, "a source is wanted, and a directory"},
        {{"import", "users", "tree", "--csv=x"}, 2, "a source is wanted, and a directory"},
        {{"import", "users", "tree", "--header"}, 2, "--header is about --csv FILE"},
        {{"import", "users", "tree", "--keep"}, 2, ""},
        {{"import", "users", "/nowhere"}, 1, "/nowhere: No such file or directory"},
        {{"import", "users", "/dev/null"}, 1, "/dev/null is no directory; for a file there is"},
        {{"import", "users", "--csv=/nowhere"}, 1, "/nowhere: No such file or directory"},
        {{"import", "o", "/tmp"}, 1, "source o has no uploads: it is not of type store"},
        {{"import", "nobody", "/tmp"}, 1, "no source \"nobody\""},
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

/* SPDX-License-Identifier: MIT
 *
 * The forms of tables that visage import meets: as databases and spreadsheets write them.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "ctl/uploaded.h"
#include "rig/text.h"

RIG_SUITE(ctl_import_forms);

#define SOURCES "source users { type = store upload_min = 20 upload_max = 4K }\n"
#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct rig rig;
static struct buffer output, csv, picture;
static char path[FILES_PATH_MAX];

static void prepare(void)
{
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = SOURCES});
    uploaded_picture(1, &picture);
    files_path(path, "%s/rows.csv", rig.directory);
}

static void finish(void)
{
    buffer_free(&output);
    buffer_free(&csv);
    buffer_free(&picture);
    rig_close(&rig);
}

/* Imports what is in `csv`, with one more option or none. */
static int import(const char *option)
{
    files_write_bytes(path, csv.data, csv.length, 0644);
    return command_run(&rig, &output, "import", "users", "--csv", path, option, NULL);
}

Test(ctl_import_forms, a_row_whose_picture_is_null_is_without_one_and_none_that_is_refused)
{
    prepare();
    uploaded_add_row(&csv, "anna", &picture);
    text_add(&csv, "bob,,\ncarl,image/png,\r\n\"not, an id\",,\n");
    cr_expect_eq(import(NULL), 0, "%s", output.data);
    cr_expect_str_eq(output.data, "taken 1, already there 0, refused 0, without a picture 3\n");
    /* What was empty, and not NULL, stands in quotes. */
    text_add(&csv, "dora,image/png,\"\"\n");
    cr_expect_eq(import(NULL), 1);
    EXPECT_SAYS(output, "rows.csv, row 5 (dora): the upload is too small\n");
    EXPECT_SAYS(output, "taken 0, already there 1, refused 1, without a picture 3\n");
    finish();
}

Test(ctl_import_forms, a_byte_order_mark_is_not_the_first_ids)
{
    prepare();
    text_add(&csv, "\xef\xbb\xbf");
    uploaded_add_row(&csv, "anna", &picture);
    cr_expect_eq(import(NULL), 0, "%s", output.data);
    cr_expect(uploaded_has(&rig, "users/anna", &picture));
    finish();
}

Test(ctl_import_forms, a_heading_is_passed_over_where_it_is_said_that_there_is_one)
{
    static const char *const headings[] = {
        "id,type,picture\n", "\"the\nid\",\"type\",\"a \"\"picture\"\"\"\r\n", "nothing\n",
        "\xef\xbb\xbf\"id\",type,dGhpcyBpcyBubyBwaWN0dXJlIGF0IGFsbAo=\n",
    };

    prepare();
    for (size_t i = 0; i < COUNT(headings); i++) {
        buffer_clear(&csv);
        text_add(&csv, "%s", headings[i]);
        uploaded_add_row(&csv, "anna", &picture);
        text_add(&csv, "bob,image/png,QUJD\n");
        cr_expect_eq(import("--header"), 1);
        EXPECT_SAYS(output, "rows.csv, row 3 (bob): the upload is too small\n");
        EXPECT_SAYS(output, i == 0 ? "taken 1, already there 0, refused 1\n"
                                   : "taken 0, already there 1, refused 1\n");
        cr_expect_eq(import(NULL), 1);
        EXPECT_SAYS(output, "rows.csv, row 1 (");
        EXPECT_SAYS(output, "taken 0, already there 1, refused 2\n");
    }
    /* One that does not end would take all others with it. */
    buffer_clear(&csv);
    text_add(&csv, "\"id,type,picture\nanna,image/png,QUJD\n");
    cr_expect_eq(import("--header"), 1);
    EXPECT_SAYS(output, "rows.csv, row 1 (");
    EXPECT_SAYS(output, "the file ends inside quotes\n");
    finish();
}

Test(ctl_import_forms, what_is_no_csv_is_told_once_and_with_what_to_do)
{
    static const struct {
        const char *text, *said;
    } rows[] = {
        {"anna\timage/png\tQUJD\\nQUJD\nbob\timage/png\tQUJD\n", "WITH (FORMAT csv)"},
        {"anna\timage/png\t\\\\x8950\n\\N\t\\N\t\\N\n", "WITH (FORMAT csv)"},
        {"doe, anna\timage/png\tQUJD\nbob\timage/png\tQUJD", "WITH (FORMAT csv)"},
        {"anna;image/png;QUJD\nbob;image/png;QUJD\n", "have it written with commas"},
        {"\"anna\";\"image/png\";\"QUJD\nQUJD\"\n\"bob\";\"image/png\";\"QUJD\"\n",
         "have it written with commas"},
        {"\xef\xbb\xbfid;type;picture\nbob;image/png;QUJD\n", "have it written with commas"},
    };

    prepare();
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int header = 0; header < 2; header++) {
            buffer_clear(&csv);
            text_add(&csv, "%s", rows[i].text);
            cr_expect_eq(import(header ? "--header" : NULL), 1);
            EXPECT_SAYS(output, "rows.csv: ");
            EXPECT_SAYS(output, rows[i].said);
            EXPECT_SAYS_NOT(output, ", row ");
            EXPECT_SAYS(output, "taken 0, already there 0, refused 0\n");
        }
    finish();
}

Test(ctl_import_forms, rows_with_signs_of_other_forms_are_rows_all_the_same)
{
    prepare();
    text_add(&csv, "a;b,\"c;d\",QUJD\n");
    uploaded_add_row(&csv, "anna", &picture);
    text_add(&csv, "a\tb\tc\na;b;c\n");
    cr_expect_eq(import(NULL), 1);
    EXPECT_SAYS(output, "rows.csv, row 1 (a;b): no id of the source is like that\n");
    EXPECT_SAYS(output, "rows.csv, row 3 (a%09b%09c): no");
    EXPECT_SAYS(output, "rows.csv, row 4 (a;b;c): no");
    EXPECT_SAYS(output, "taken 1, already there 0, refused 3\n");
    finish();
}

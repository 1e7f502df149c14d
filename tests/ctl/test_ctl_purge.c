/* SPDX-License-Identifier: MIT
 *
 * visage purge: the very next request on every worker is a miss; all or nothing.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "ctl/command.h"
#include "rig/agreement.h"
#include "rig/workers.h"

RIG_SUITE(ctl_purge);

/* Another source with the same origin. */
#define OTHER \
    "source other { url = \"@ORIGIN@/{id}\" allow_addresses = {\"127.0.0.0/8\"} }\n"

static const char *const targets[] = {"/s64/o/ok/a.jpg", "/s64/o/ok/b.jpg", "/s64/other/ok/a.jpg"};
#define TARGETS (sizeof targets / sizeof *targets)

static void open_and_fill(struct rig *rig)
{
    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 3, .more = OTHER});
    for (size_t i = 0; i < TARGETS; i++)
        cr_assert_eq(rig_get(rig, "%s", targets[i]), 200);
}

/* The pictures of these targets ('x') are misses and those of the others (' ') hits. */
static void expect_misses(struct rig *rig, const char *marks)
{
    for (size_t i = 0; i < TARGETS; i++) {
        cr_expect_eq(rig_get(rig, "%s", targets[i]), 200);
        cr_expect_eq(answer_says(&rig->answer, "Cache-Status", "; hit"), marks[i] == ' ',
                     "%s: %s", targets[i], answer_field(&rig->answer, "Cache-Status"));
    }
}

Test(ctl_purge, by_subject_url_source_or_all)
{
    static const struct {
        const char *option, *argument, *said, *misses;
    } rows[] = {
        {"--subject", "o/ok/a", "purged subject o/ok/a\n", "x  "},
        {"--url", "https://example.org/avatar_small/o/ok/b.webp?x=1", "purged subject o/ok/b\n",
         " x "},
        {"--url", "/s64/o/ok/b", "purged subject o/ok/b\n", " x "},
        {"--source", "o", "purged source o\n", "xx "},
        {"--all", NULL, "purged all\n", "xxx"},
    };
    struct buffer output = {0};
    static struct rig rig;

    open_and_fill(&rig);
    expect_misses(&rig, "   ");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(command_run(&rig, &output, "purge", rows[i].option, rows[i].argument, NULL),
                     0, "%s", output.data);
        cr_expect_str_eq(output.data, rows[i].said);
        expect_misses(&rig, rows[i].misses);
    }
    buffer_free(&output);
    rig_close(&rig);
}

/* Many requests, so that each of the workers has been asked. */
Test(ctl_purge, holds_for_every_worker)
{
    struct buffer output = {0};
    static struct rig rig;

    open_and_fill(&rig);
    for (int i = 0; i < 30; i++)
        cr_assert_eq(rig_get(&rig, "/s64/o/ok/a.jpg"), 200);
    cr_assert_eq(command_run(&rig, &output, "purge", "--subject", "o/ok/a", NULL), 0);
    cr_assert_eq(origin_count(rig.origin, "/ok/a"), 2u); /* of both sources */
    for (int i = 0; i < 30; i++)
        cr_assert_eq(rig_get(&rig, "/s64/o/ok/a.jpg"), 200);
    cr_expect_eq(origin_count(rig.origin, "/ok/a"), 3u);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_purge, several_at_once)
{
    struct buffer output = {0};
    static struct rig rig;

    open_and_fill(&rig);
    cr_expect_eq(command_run(&rig, &output, "purge", "--subject", "o/ok/a", "--source", "other",
                             "--subject=o/ok/nobody", NULL), 0);
    cr_expect_str_eq(output.data,
                     "purged subject o/ok/a\npurged source other\npurged subject o/ok/nobody\n");
    expect_misses(&rig, "x x");
    cr_expect_eq(workers_counted(rig.state, COUNT_PURGES), 3u);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_purge, a_dry_run_tells_how_many_and_purges_nothing)
{
    struct buffer output = {0};
    static struct rig rig;

    open_and_fill(&rig);
    cr_assert_eq(rig_get(&rig, "/s128/o/ok/a.jpg"), 200);
    cr_expect_eq(command_run(&rig, &output, "purge", "--dry-run", "--subject", "o/ok/a",
                             "--source", "o", "--all", NULL), 0);
    cr_expect_str_eq(output.data, "would purge subject o/ok/a: 3 entries\n"
                                  "would purge source o: 5 entries\n"
                                  "would purge all: 7 entries\n");
    expect_misses(&rig, "   ");
    cr_expect_eq(workers_counted(rig.state, COUNT_PURGES), 0u);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_purge, if_one_is_wrong_nothing_is_purged_and_it_is_told_why)
{
    static const struct {
        const char *option, *argument, *said;
    } rows[] = {
        {"--source", "nobody", "visage purge: sources are o, other\n"},
        {"--subject", "nobody/x", "visage purge: no source \"nobody\" in /"},
        {"--subject", "o", "\"o\" is no subject, which is SOURCE/ID\n"},
        {"--subject", "o/", "\"o/\" is no subject, which is SOURCE/ID\n"},
        {"--subject", "o/../x", "\"o/../x\" is no subject: no id of source o is like that; its "
                               "id_pattern is ["},
        {"--subject", "o/a b", "\"o/a%20b\" is no subject: no id of source o"},
        {"--subject", "o/a//b", "\"o/a//b\" is no subject: no id of source o"},
        {"--url", "/s64/nobody/x", "\"/s64/nobody/x\" is no picture's URL here: not found"},
        {"--url", "elsewhere", "malformed"},
    };
    struct buffer output = {0};
    static struct rig rig;

    open_and_fill(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(command_run(&rig, &output, "purge", "--subject", "o/ok/a", rows[i].option,
                                 rows[i].argument, NULL), 1);
        EXPECT_SAYS(output, rows[i].said);
        EXPECT_SAYS_NOT(output, "purged subject");
    }
    cr_expect_eq(command_run(&rig, &output, "purge", NULL), 2);
    EXPECT_SAYS(output, "--subject, --url, --source or --all");
    expect_misses(&rig, "   ");
    buffer_free(&output);
    rig_close(&rig);
}

/* SPDX-License-Identifier: MIT
 *
 * The manual pages: what the programs say of themselves stands there, and they are
 * well-formed.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/cause.h"
#include "base/config.h"
#include "ctl/command.h"
#include "rig/text.h"

RIG_SUITE(ctl_manual);

#define CAUSES_LOOKED_AT 256 /* more than there are */

static const char *const pages[] = {"man/visage.1", "man/visage.conf.5", "man/visage-keeper.8",
                                    "man/visage.fcgi.8"};

static void read_page(const char *name, struct buffer *out)
{
    buffer_clear(out);
    cr_assert(files_read(rig_shipped(name), out), "%s", name);
}

/* Written by `visage check --print-manual > man/visage.conf.5`. */
Test(ctl_manual, the_page_of_the_configuration_is_the_generated_one)
{
    struct buffer shipped = {0}, generated = {0}, printed = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    read_page("man/visage.conf.5", &shipped);
    cr_assert_eq(config_write_manual(&generated), 0);
    cr_expect_str_eq(shipped.data, generated.data);
    cr_assert_eq(command_run(&rig, &printed, "check", "--print-manual", NULL), 0);
    cr_expect_str_eq(printed.data, generated.data);
    buffer_free(&shipped);
    buffer_free(&generated);
    buffer_free(&printed);
    rig_close(&rig);
}

Test(ctl_manual, every_command_and_option_stands_in_visage_1)
{
    struct buffer page = {0}, usage = {0}, help = {0};
    static struct rig rig;
    char item[64];

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    read_page("man/visage.1", &page);
    cr_assert_eq(command_run(&rig, &usage, "--help", NULL), 0);
    for (char *line = usage.data; line && *line; line = strchr(line, '\n')) {
        char name[16];

        line += *line == '\n';
        if (sscanf(line, "  %15[a-z]  ", name) != 1 || line[0] != ' ' || line[2] == ' ')
            continue;
        snprintf(item, sizeof item, "\n.It Cm %s", name);
        EXPECT_SAYS(page, item);
        cr_assert_eq(command_run(&rig, &help, name, "--help", NULL), 0);
        for (const char *at = help.data; (at = strstr(at, "\n  -")) != NULL; at++) {
            const char *option = strstr(at, "--"), *end = strchr(at + 1, '\n');

            if (!option || option > end)
                option = strchr(at, '-') - 1; /* "-n N" */
            snprintf(item, sizeof item, "Fl %s%.*s", strncmp(option, "--", 2) == 0 ? "Fl " : "",
                     (int)strcspn(option + 2, " [=\n"), option + 2);
            EXPECT_SAYS(page, item);
        }
    }
    buffer_free(&page);
    buffer_free(&usage);
    buffer_free(&help);
    rig_close(&rig);
}

Test(ctl_manual, what_the_web_may_ask_of_a_worker_stands_in_visage_fcgi_8)
{
    static const char *const items[] = {
        "\n.It Pa /_visage/status\n", "\n.It Pa /_visage/metrics\n", "\n.It Pa /_visage/health\n",
        "\n.It Pa /_visage/purge\n",  "\n.It Li subject= Ns Ar ",    "\n.It Li url= Ns Ar ",
        "\n.It Li source= Ns Ar ",     "\n.It Li all=1\n",
    };
    struct buffer page = {0};

    read_page("man/visage.fcgi.8", &page);
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        EXPECT_SAYS(page, items[i]);
    buffer_free(&page);
}

/* A client sees them in Cache-Status. What has no number reads as CAUSE_INTERNAL. */
Test(ctl_manual, every_cause_stands_with_its_status_in_visage_fcgi_8)
{
    struct buffer page = {0};

    read_page("man/visage.fcgi.8", &page);
    for (int cause = CAUSE_BAD_REQUEST; cause < CAUSES_LOOKED_AT; cause++) {
        const struct cause_info *info = cause_info((enum cause)cause);
        char row[96];

        if (info->status == 200)
            continue;
        snprintf(row, sizeof row, "\n.It Li %s Ta %d Ta ", info->name, info->status);
        EXPECT_SAYS(page, row);
    }
    buffer_free(&page);
}

Test(ctl_manual, pages_are_well_formed)
{
    struct buffer output = {0};

    if (!process_find("mandoc"))
        cr_skip_test("mandoc is not installed");
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        const char *argv[] = {"mandoc", "-Tlint", "-Wwarning", rig_shipped(pages[i]), NULL};
        const struct process_options o = {.argv = argv};

        buffer_clear(&output);
        cr_expect_eq(process_run(&o, &output, 20000), 0, "%s", output.data);
    }
    buffer_free(&output);
}

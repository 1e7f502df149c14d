/* SPDX-License-Identifier: MIT
 *
 * visage sheet: a PNG of the size that so many tiles need, where it was wanted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/config.h"
#include "ctl/command.h"
#include "image/render_protocol.h"

RIG_SUITE(ctl_sheet);

static uint32_t number_at(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A PNG file's first chunk says its size. */
static void expect_png(const struct buffer *bytes, uint32_t width, uint32_t height)
{
    const unsigned char *p = (const unsigned char *)bytes->data;

    cr_assert_gt(bytes->length, 33u);
    cr_assert_eq(memcmp(p, "\x89PNG\r\n\x1a\n", 8), 0);
    cr_expect_eq(number_at(p + 16), width, "%u wide", number_at(p + 16));
    cr_expect_eq(number_at(p + 20), height, "%u high", number_at(p + 20));
}

static void expect_sheet(const struct buffer *bytes, unsigned places, unsigned columns,
                         unsigned side)
{
    uint32_t width, height;

    render_sheet_size(places, columns, side, &width, &height);
    expect_png(bytes, width, height);
}

Test(ctl_sheet, writes_a_png_to_a_file_or_to_what_is_no_terminal)
{
    struct buffer output = {0}, file = {0};
    static struct rig rig;
    char path[FILES_PATH_MAX];

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    files_path(path, "%s/sheet.png", rig.directory);
    cr_assert_eq(command_run(&rig, &output, "sheet", "--style", "retro", "--out", path, NULL), 0,
                 "%s", output.data);
    cr_expect_eq(output.length, 0u, "nothing is said: %s", output.data);
    cr_assert(files_read(path, &file));
    expect_sheet(&file, 64, 8, 80);
    cr_assert_eq(command_run(&rig, &output, "sheet", "--style", "retro", NULL), 0);
    cr_expect(output.length == file.length &&
              memcmp(output.data, file.data, file.length) == 0);
    buffer_free(&output);
    buffer_free(&file);
    rig_close(&rig);
}

Test(ctl_sheet, size_count_and_styles_make_its_size)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cr_assert_eq(command_run(&rig, &output, "sheet", "--style", "mp", "--size", "24", "--count",
                             "3", NULL),
                 0);
    expect_sheet(&output, 3, 3, 24);
    cr_assert_eq(command_run(&rig, &output, "sheet", "--style", "mystery", "--size", "24",
                             "--count", "9", NULL),
                 0);
    expect_sheet(&output, 16, 8, 24);
    cr_assert_eq(command_run(&rig, &output, "sheet", "--size", "16", "--count", "10", NULL), 0,
                 "%s", output.data);
    expect_sheet(&output, 10 * 16, 8, 16);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_sheet, what_cannot_be_drawn_or_written_is_said)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cr_expect_eq(command_run(&rig, &output, "sheet", "--style", "cubist", NULL), 2);
    EXPECT_SAYS(output, "no style \"cubist\" is known");
    cr_expect_eq(command_run(&rig, &output, "sheet", "--size", "0", NULL), 2);
    EXPECT_SAYS(output, "--size wants a whole number from 1 to 1024");
    cr_expect_eq(command_run(&rig, &output, "sheet", "--count", "many", NULL), 2);
    EXPECT_SAYS(output, "--count wants");
    cr_expect_eq(command_run(&rig, &output, "sheet", "retro", NULL), 2);
    EXPECT_SAYS(output, "no argument \"retro\" is known");
    cr_expect_eq(command_run(&rig, &output, "sheet", "--style", "color", "--size", "1024",
                             "--count", "1000", NULL),
                 1);
    EXPECT_SAYS(output, "such a sheet is too large");
    cr_expect_eq(command_run(&rig, &output, "sheet", "--style", "color", "--out",
                             "/nowhere/sheet.png", NULL),
                 1);
    EXPECT_SAYS(output, "/nowhere/sheet.png: No such file or directory");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_sheet, a_terminal_gets_no_picture)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cr_expect_eq(
        command_run_on_terminal(&rig, &output, "NO_COLOR=1", "sheet", "--style", "mp", NULL), 2);
    EXPECT_SAYS(output, "--out FILE");
    EXPECT_SAYS_NOT(output, "PNG\r");
    buffer_free(&output);
    rig_close(&rig);
}

/* What the defaults name is there only where Visage has been installed. */
static void expect_drawn_or_the_installed_renderer_missing(const struct buffer *output, int status)
{
    if (access(VISAGE_LIBEXECDIR "/visage-render", X_OK) == 0) {
        cr_expect_eq(status, 0, "%s", output->data);
        expect_sheet(output, 8, 8, 24);
        return;
    }
    cr_expect_eq(status, 1);
    EXPECT_SAYS(*output, "the renderer " VISAGE_LIBEXECDIR "/visage-render cannot be started");
}

Test(ctl_sheet, no_configuration_is_needed)
{
    char program[FILES_PATH_MAX];
    const char *const argv[] = {program, "sheet", "--style", "mp", "--size", "24", "--count", "8",
                                NULL};
    const char *const missing[] = {"VISAGE_CONF=/nowhere/visage.conf", NULL};
    struct process_options o = {.argv = argv};
    struct buffer output = {0};
    int status;

    files_path(program, "%s", rig_built("visage"));
    cr_assert_eq(unsetenv("VISAGE_CONF"), 0);
    if (access(config_path(NULL), F_OK) == 0)
        cr_skip_test("a configuration is installed: %s", config_path(NULL));
    status = process_run(&o, &output, 60000);
    expect_drawn_or_the_installed_renderer_missing(&output, status);
    o.environment = missing;
    buffer_clear(&output);
    cr_expect_eq(process_run(&o, &output, 60000), 1, "one that is asked for has to be there");
    EXPECT_SAYS(output, "/nowhere/visage.conf: No such file or directory");
    buffer_free(&output);
}

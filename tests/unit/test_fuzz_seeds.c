/* SPDX-License-Identifier: MIT
 *
 * What the fuzzers begin with: seeds of the configuration that are configurations,
 * and no section that they do not know.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/config.h"
#include "base/config_table.h"
#include "unit/config_file.h"

static FILE *open_seeds(const char *name)
{
    const char *source = getenv("VISAGE_SOURCE_DIR");
    char path[4096];
    FILE *stream;

    if (!source)
        cr_skip_test("VISAGE_SOURCE_DIR is not set");
    snprintf(path, sizeof path, "%s/tests/fuzz/seeds/%s", source, name);
    stream = fopen(path, "r");
    cr_assert_not_null(stream, "%s", path);
    return stream;
}

/* The escapes of printf(1)'s %b, as far as they are there. */
static void unescape(char *line)
{
    char *to = line;

    line[strcspn(line, "\n")] = '\0';
    for (const char *from = line; *from; from++) {
        if (*from != '\\') {
            *to++ = *from;
            continue;
        }
        from++;
        cr_assert(*from == 'n' || *from == '\\', "\\%c", *from);
        *to++ = *from == 'n' ? '\n' : '\\';
    }
    *to = '\0';
}

Test(fuzz_seeds, those_of_the_configuration_are_taken)
{
    FILE *stream = open_seeds("config");
    char line[4096];

    while (fgets(line, sizeof line, stream)) {
        char error[CONFIG_ERROR_MAX] = "";
        struct config_file file;
        struct config *config;

        unescape(line);
        config_file_make(&file, line);
        cr_expect_eq(config_load(file.path, &config, error), 0, "%s in:\n%s", error, line);
        config_file_remove(&file);
        config_free(&config);
    }
    fclose(stream);
}

/* Whether one of the lines has `before` and the section's name. */
static bool is_in(const char *name, const char *before, const char *section)
{
    FILE *stream = open_seeds(name);
    char line[4096], wanted[64];
    bool found = false;

    snprintf(wanted, sizeof wanted, "%s%s ", before, section);
    while (!found && fgets(line, sizeof line, stream))
        found = strstr(line, wanted) != NULL;
    fclose(stream);
    return found;
}

Test(fuzz_seeds, every_section_is_in_one_and_in_the_dictionary)
{
    for (int i = CONFIG_ROOT + 1; i < CONFIG_SECTIONS; i++) {
        const char *section = config_section_name((enum config_section)i);

        cr_expect(is_in("config", "", section), "%s", section);
        cr_expect(is_in("config.dict", "\"", section), "%s", section);
    }
}

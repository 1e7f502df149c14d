/* SPDX-License-Identifier: MIT
 *
 * What the shells offer is what the commands take.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "ctl/command.h"
#include "rig/text.h"

RIG_SUITE(ctl_completion);

#define RUN_MS 20000

static const char *const commands[] = {"check",  "explain", "url",   "grant", "store",
                                       "import", "export",  "stats", "top",   "warm",
                                       "purge",  "gc",      "verify", "sheet", "version"};
#define COMMANDS (sizeof commands / sizeof *commands)

static void run_script(const char *shell, const char *script, struct buffer *output)
{
    const char *argv[] = {shell, "-c", script, NULL};
    const struct process_options o = {.argv = argv};

    buffer_clear(output);
    cr_assert_eq(process_run(&o, output, RUN_MS), 0, "%s", script);
    if (!output->data)
        cr_assert_eq(buffer_puts(output, ""), 0);
}

/* What bash offers for the last of the words, blanks between them, one a line. */
static void ask_bash(struct rig *rig, const char *words, struct buffer *output)
{
    struct buffer script = {0};

    text_add(&script,
             "export VISAGE_CONF='%s'; cd '%s'; . '%s'\n"
             "COMP_WORDS=('%s' %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
             "_visage; printf '%%s\\n' \"${COMPREPLY[@]}\"\n",
             rig->conf, rig->directory, rig_shipped("contrib/completion/visage.bash"), "@P@",
             words);
    text_replace(&script, "@P@", rig_built("visage"));
    run_script("bash", script.data, output);
    buffer_free(&script);
}

static void ask_fish(struct rig *rig, const char *line, struct buffer *output)
{
    struct buffer script = {0};

    text_add(&script,
             "set -gx VISAGE_CONF '%s'; set -gx HOME '%s'; cd '%s'; set -p PATH '@B@'\n"
             "source '%s'; complete -C 'visage %s'\n",
             rig->conf, rig->directory, rig->directory,
             rig_shipped("contrib/completion/visage.fish"), line);
    text_replace(&script, "@B@", rig_built("."));
    run_script("fish", script.data, output);
    buffer_free(&script);
}

/* The rig is made with two sources and four presets. */
static void prepare(struct rig *rig)
{
    rig_prepare(rig, &(struct rig_options){
                         .kind = RIG_LIGHTTPD,
                         .more = "source other { url = \"http://example.org/{id}\" }\n"});
}

/* Configurations that the environment does not name, in the directory where bash is asked. */
static void write_others(const struct rig *rig)
{
    static const char *const names[] = {"elsewhere.conf", "else where.conf"};
    static const char text[] = "source there { url = \"http://example.org/{id}\" }\n";
    char path[FILES_PATH_MAX];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        files_path(path, "%s/%s", rig->directory, names[i]);
        files_write(path, text, 0644);
    }
}

/* Calls `check` with each option that a command's --help begins a line with: "--jobs", "-n". */
static void each_option(struct rig *rig, const char *command,
                        void (*check)(const char *command, const char *option, void *context),
                        void *context)
{
    struct buffer help = {0};

    cr_assert_eq(command_run(rig, &help, command, "--help", NULL), 0);
    for (char *line = strtok(help.data, "\n"); line; line = strtok(NULL, "\n")) {
        char option[32];
        const char *at = strstr(line, "--");
        size_t length;

        if (strncmp(line, "  -", 3) != 0)
            continue;
        if (!at)
            at = strchr(line, '-');
        length = strcspn(at, " [=,");
        cr_assert_lt(length, sizeof option);
        snprintf(option, sizeof option, "%.*s", (int)length, at);
        check(command, option, context);
    }
    buffer_free(&help);
}

static void expect_offered(const char *command, const char *option, void *context)
{
    const struct buffer *offered = context;

    cr_expect(strstr(offered->data, option), "%s %s is not in:\n%s", command, option,
              offered->data);
}

/* Each line of what is offered must be known to the command. */
static void expect_taken(struct rig *rig, const char *command, char *offered)
{
    struct buffer help = {0};

    cr_assert_eq(command_run(rig, &help, command, "--help", NULL), 0);
    for (char *option = strtok(offered, "\n\t"); option; option = strtok(NULL, "\n"))
        if (strncmp(option, "--", 2) == 0 && strncmp(option, "--config", 8) != 0 &&
            strncmp(option, "--help", 6) != 0) {
            option[strcspn(option, "\t ")] = '\0';
            cr_expect(strstr(help.data, option), "%s does not know %s", command, option);
        }
    buffer_free(&help);
}

Test(ctl_completion, bash_offers_commands_names_and_files)
{
    static const struct {
        const char *words, *offered;
    } rows[] = {
        {"p", "purge\n"},
        {"-c nowhere ve", "verify\nversion\n"},
        {"purge --source ''", "o\nother\n"},
        {"purge --subject ot", "other/\n"},
        {"purge --url /th", "/thumb/\n"},
        {"purge --url /thumb/o", "/thumb/o/\n/thumb/other/\n"},
        {"explain /wi", "/wide/\n"},
        {"url --preset th", "thumb\n"},
        {"url ot", "other\n"},
        {"url --format = w", "webp\n"},
        {"grant ot", "other\n"},
        {"store ''", "list\nhistory\nrestore\ndelete\nsweep\ntrim\nbackup\n"},
        {"store list ot", "other\n"},
        {"import ot", "other\n"},
        {"grant --max-bytes ''", "\n"},
        {"sheet --style ret", "retro\n"},
        {"sheet --out visage.c", "visage.conf\n"},
        {"top --by = s", "size\n"},
        {"top --by ''", "requests\nsize\nfailures\n"},
        {"warm visage.c", "visage.conf\n"},
        {"-c visage.c", "visage.conf\n"},
        {"check --user roo", "root\n"},
        {"-c /nowhere purge --source ''", "\n"},
        {"-c elsewhere.conf purge --source ''", "there\n"},
        {"--config = elsewhere.conf purge --source ''", "there\n"},
        {"purge --config elsewhere.conf --subject th", "there/\n"},
        {"purge -c 'else where.conf' --url /s64/", "/s64/there/\n"},
        {"--config = visage.c", "visage.conf\n"},
        {"nonsense ''", "\n"},
    };
    struct buffer output = {0};
    static struct rig rig;

    if (!process_find("bash"))
        cr_skip_test("bash is not installed");
    prepare(&rig);
    write_others(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask_bash(&rig, rows[i].words, &output);
        cr_expect_str_eq(output.data, rows[i].offered, "%s: %s", rows[i].words, output.data);
    }
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_completion, names_of_anything_else_are_a_wrong_use)
{
    static const char *const wrong[] = {"", "source", "--all"};
    struct buffer output = {0};
    static struct rig rig;

    prepare(&rig);
    cr_expect_eq(command_run(&rig, &output, "names", "sources", NULL), 0);
    cr_expect_str_eq(output.data, "o\nother\n");
    cr_expect_eq(command_run(&rig, &output, "names", NULL), 2);
    EXPECT_SAYS(output, "usage: visage names ");
    cr_expect_eq(command_run(&rig, &output, "names", "sources", "presets", NULL), 2);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cr_expect_eq(command_run(&rig, &output, "names", wrong[i], NULL), 2, "%s", wrong[i]);
        EXPECT_SAYS(output, "usage: visage names ");
    }
    cr_expect_eq(command_run(&rig, &output, "names", "--help", NULL), 0);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_completion, bash_offers_exactly_the_options_that_there_are)
{
    struct buffer output = {0};
    static struct rig rig;
    char words[64];

    if (!process_find("bash"))
        cr_skip_test("bash is not installed");
    prepare(&rig);
    for (size_t i = 0; i < COMMANDS; i++) {
        snprintf(words, sizeof words, "%s -", commands[i]);
        ask_bash(&rig, words, &output);
        each_option(&rig, commands[i], expect_offered, &output);
        expect_taken(&rig, commands[i], output.data);
    }
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_completion, fish_offers_names_and_exactly_the_options_that_there_are)
{
    struct buffer output = {0};
    static struct rig rig;
    char words[64];

    if (!process_find("fish"))
        cr_skip_test("fish is not installed");
    prepare(&rig);
    ask_fish(&rig, "purge --source ", &output);
    EXPECT_SAYS(output, "other");
    ask_fish(&rig, "explain /thumb/ot", &output);
    EXPECT_SAYS(output, "/thumb/other/");
    for (size_t i = 0; i < COMMANDS; i++) {
        snprintf(words, sizeof words, "%s -", commands[i]);
        ask_fish(&rig, words, &output);
        each_option(&rig, commands[i], expect_offered, &output);
        snprintf(words, sizeof words, "%s --", commands[i]);
        ask_fish(&rig, words, &output);
        expect_taken(&rig, commands[i], output.data);
    }
    buffer_free(&output);
    rig_close(&rig);
}

static void expect_in_zsh(const char *command, const char *option, void *context)
{
    const struct buffer *script = context;
    char head[32];
    const char *at, *end, *found;

    snprintf(head, sizeof head, "\n    %s)\n", command);
    at = strstr(script->data, head);
    cr_assert_not_null(at, "_visage knows no %s", command);
    end = strstr(at, ";;");
    found = strstr(at, option);
    cr_expect(found && found < end, "_visage: %s has no %s", command, option);
}

Test(ctl_completion, zsh_knows_all_options)
{
    struct buffer script = {0}, output = {0};
    static struct rig rig;

    prepare(&rig);
    cr_assert(files_read(rig_shipped("contrib/completion/_visage"), &script));
    for (size_t i = 0; i + 1 < COMMANDS; i++) /* version has none */
        each_option(&rig, commands[i], expect_in_zsh, &script);
    if (process_find("zsh")) {
        struct buffer line = {0};

        text_add(&line, "zsh -n '%s'", rig_shipped("contrib/completion/_visage"));
        run_script("sh", line.data, &output);
        cr_expect_str_eq(output.data, "");
        buffer_free(&line);
    }
    buffer_free(&output);
    buffer_free(&script);
    rig_close(&rig);
}

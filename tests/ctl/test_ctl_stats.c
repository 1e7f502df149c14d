/* SPDX-License-Identifier: MIT
 *
 * visage stats: what it tells, and how it is told.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "ctl/command.h"
#include "origin/pictures.h"
#include "rig/scripted.h"
#include "rig/text.h"
#include "rig/uploads.h"
#include "rig/workers.h"

RIG_SUITE(ctl_stats);

Test(ctl_stats, tells_what_was_asked_for_and_what_came_of_it)
{
    struct buffer output = {0};
    static struct rig rig;
    char line[128];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2});
    for (int i = 0; i < 4; i++)
        cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_assert_eq(rig_get(&rig, "/s64/o/status/404/none.jpg"), 404);
    cr_assert_eq(command_run(&rig, &output, "stats", NULL), 0);
    cr_expect_eq(command_number(&output, "hits"), 3u);
    cr_expect_eq(command_number(&output, "misses"), 2u);
    cr_expect_eq(command_number(&output, "fetches"), 2u);
    cr_expect_eq(command_number(&output, "not-found"), 1u);
    cr_expect_eq(command_number(&output, "fetch-failures"), 0u);
    cr_expect_eq(command_number(&output, "entries"), 2u);
    cr_expect_eq(command_number(&output, "failures"), 1u);
    cr_expect_eq(command_number(&output, "workers"), 2u);
    cr_expect_eq(command_number(&output, "queue"), 0u);
    cr_expect_eq(command_number(&output, "cache-bytes"),
                 command_number(&output, "blob-bytes") + 2 * INDEX_ENTRY_COST);
    EXPECT_SAYS(output, "hit-ratio          60.0 %\n");
    EXPECT_SAYS(output, "hit-ratio-hour     60.0 %\n");
    EXPECT_SAYS(output, "hit-ratio-day      60.0 %\n");
    EXPECT_SAYS(output, "\nevictions-hour     0\n");
    EXPECT_SAYS(output, "\nkeeper-alive       ");
    snprintf(line, sizeof line,
             "origin             http://127.0.0.1:%u breaker=closed fetched=1 not-modified=0 "
             "not-found=1 failures=0 in-flight=0 ", (unsigned)origin_port(rig.origin));
    EXPECT_SAYS(output, line);
    cr_expect_eq(command_count(output.data, "\nworker             slot="), 2u);
    /* For pipes: no byte of a terminal's. */
    EXPECT_SAYS_NOT(output, "\033");
    buffer_free(&output);
    rig_close(&rig);
}

#define UPLOADS                                                                                    \
    "source users { type = store writers = {api-key} api_key_file = \"@DIR@/secret\" "             \
    "keep_versions = 2 }\n"                                                                        \
    "rest users { path = \"/users/{id}\" source = users methods = {PUT, DELETE} }\n"

static void put_made(struct rig *rig, const char *target, unsigned width, size_t *length)
{
    static const char *const key[] = {"Authorization: Bearer 0123456789abcdef-key", NULL};
    unsigned char *bytes;

    cr_assert_eq(picture_make_jpeg(width, 48, 1, &bytes, length), 0);
    cr_assert_eq(uploads_send(rig, "PUT", target, key, bytes, *length), 200);
    free(bytes);
}

Test(ctl_stats, tells_what_people_have_uploaded)
{
    struct buffer output = {0};
    static struct rig rig;
    size_t lengths[3];
    char wanted[128];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2, .more = UPLOADS,
                                         .secret = "0123456789abcdef-key\n"});
    cr_assert_eq(command_run(&rig, &output, "stats", NULL), 0);
    EXPECT_SAYS(output, "\nstore-subjects     0\n");
    put_made(&rig, "/users/ada", 48, &lengths[0]);
    put_made(&rig, "/users/ada", 64, &lengths[1]);
    put_made(&rig, "/users/bob", 80, &lengths[2]);
    cr_assert_eq(uploads_send(&rig, "PUT", "/users/ada", NULL, "x", 1), 401);
    cr_assert_eq(command_run(&rig, &output, "stats", NULL), 0, "%s", output.data);
    cr_expect_eq(command_number(&output, "uploads"), 3u);
    cr_expect_eq(command_number(&output, "uploads-refused"), 1u);
    cr_expect_eq(command_number(&output, "deletions"), 0u);
    cr_expect_eq(command_number(&output, "store-subjects"), 2u);
    cr_expect_eq(command_number(&output, "store-versions"), 3u);
    cr_expect_eq(command_number(&output, "store-bytes"), lengths[0] + lengths[1] + lengths[2]);
    cr_assert_eq(command_run(&rig, &output, "stats", "--json", NULL), 0);
    snprintf(wanted, sizeof wanted, "\"store\":{\"subjects\":2,\"versions\":3,\"bytes\":%zu}",
             lengths[0] + lengths[1] + lengths[2]);
    EXPECT_SAYS(output, wanted);
    EXPECT_SAYS(output, "\"uploads\":3,\"uploads_refused\":1,\"deletions\":0}");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_stats, tells_nothing_of_uploads_where_there_are_none_on_this_machine)
{
    static const char *const more[] = {
        "", "store { type = s3 endpoint = \"@ORIGIN@\" bucket = b }\nsource users { type = store }\n"};

    for (size_t i = 0; i < 2; i++) {
        struct buffer output = {0};
        static struct rig rig;

        rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1, .more = more[i]});
        cr_expect_eq(command_run(&rig, &output, "stats", NULL), 0, "%s", output.data);
        EXPECT_SAYS(output, "\nuploads            0\n");
        EXPECT_SAYS_NOT(output, "store-");
        cr_assert_eq(command_run(&rig, &output, "stats", "--json", NULL), 0);
        EXPECT_SAYS(output, "\"store\":null,");
        buffer_free(&output);
        rig_close(&rig);
    }
}

Test(ctl_stats, tells_the_breaker_of_an_origin_that_fails)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD,
                       .workers = 1,
                       .fetch = "timeout = 2s retries = 0 breaker_failures = 1 breaker_open = 1m"});
    cr_assert_eq(rig_get(&rig, "/s64/o/status/500/x.jpg"), 502);
    cr_assert_eq(command_run(&rig, &output, "stats", NULL), 0);
    EXPECT_SAYS(output, " breaker=open for=");
    EXPECT_SAYS(output, " failures=1 ");
    EXPECT_SAYS(output, " last-failure=origin-error ago=");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_stats, colours_are_for_terminals_and_no_color_turns_them_off)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_expect_eq(command_run_on_terminal(&rig, &output, "A=b", "stats", NULL), 0);
    EXPECT_SAYS(output, "breaker=\033[32mclosed\033[0m");
    cr_expect_eq(command_run_on_terminal(&rig, &output, "NO_COLOR=1", "stats", NULL), 0);
    EXPECT_SAYS(output, "breaker=closed");
    EXPECT_SAYS_NOT(output, "\033");
    cr_expect_eq(command_run_on_terminal(&rig, &output, "TERM=dumb", "stats", NULL), 0);
    EXPECT_SAYS_NOT(output, "\033");
    buffer_free(&output);
    rig_close(&rig);
}

/* contrib/quickstart.sh leaves no keeper behind: it finds them in what this command prints. */
Test(ctl_stats, tells_scripts_which_keepers_to_end)
{
    struct buffer script = {0}, output = {0};
    const char *argv[] = {"sh", "-c", NULL, NULL};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    scripted_set(&rig, "a", "200 'Cache-Control: max-age=100' 'ETag: \"1\"'");
    cr_assert_eq(scripted_get(&rig, "a"), 200);
    scripted_pass(&rig, 110);
    cr_assert_eq(scripted_get(&rig, "a"), 200);
    cr_assert(workers_await_keepers(rig.state, 1, 20000));
    text_add(&script, ". '%s'; keepers_list '@P@' '%s' | grep -c .; keepers_stop '@P@' '%s'",
             rig_shipped("contrib/keepers.sh"), rig.conf, rig.conf);
    text_replace(&script, "@P@", rig_built("visage"));
    argv[2] = script.data;
    process_run(&(struct process_options){.argv = argv}, &output, 20000);
    cr_expect_str_eq(output.data, "1\n");
    cr_expect(workers_await_keepers(rig.state, 0, 0));
    buffer_free(&script);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_stats, json_is_one_object)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_assert_eq(rig_get(&rig, "/s64/o/status/404/none.jpg"), 404);
    cr_assert_eq(command_run(&rig, &output, "stats", "--json", NULL), 0);
    cr_expect(command_is_json(output.data), "%s", output.data);
    /* The same two numbers as in the text. */
    EXPECT_SAYS(output, "\"pictures\":2,\"remembered_failures\":1,");
    cr_expect_eq(output.data[0], '{');
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_stats, watch_goes_on_until_it_is_interrupted)
{
    struct buffer output = {0};
    struct process p = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    command_start(&rig, &p, "stats", "--watch=0.1", NULL);
    cr_assert(command_await(&rig, "\nworkers-busy ", 2, 20000));
    cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    cr_assert(command_await(&rig, "\nmisses             1 ", 1, 20000));
    cr_assert_eq(kill(p.pid, SIGINT), 0);
    cr_expect_eq(process_wait(&p, 20000), 0);
    command_output(&rig, &output);
    /* The first look has nothing to compare with; the others say what happens in a second. */
    cr_expect_eq(command_count(output.data, "\nworkers-busy "),
                 command_count(output.data, "\nhits               0 (0.0/s)\n") + 1);
    EXPECT_SAYS_NOT(output, "\033");
    buffer_free(&output);
    rig_close(&rig);
}

/* The lines of one drawing, each cut to the width; nothing scrolls. */
static void expect_drawing(const char *drawing, unsigned rows, unsigned columns)
{
    unsigned lines = 1;

    for (const char *line = drawing;; line++, lines++) {
        const char *end = strstr(line, "\033[K");

        cr_assert_not_null(end, "%s", line);
        cr_expect_leq((size_t)(end - line), columns, "%.*s", (int)(end - line), line);
        line = end + strlen("\033[K");
        if (strncmp(line, "\r\n", 2) != 0)
            break;
        line++;
        if (strncmp(line + 1, "\033[", 2) == 0) /* fewer lines than there is room for */
            break;
    }
    cr_expect_leq(lines, rows);
}

Test(ctl_stats, watch_on_a_terminal_fits_its_window_and_restores_it)
{
    static const struct winsize sizes[] = {{.ws_row = 6, .ws_col = 24},
                                           {.ws_row = 60, .ws_col = 150}};
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD,
                       .workers = 2,
                       .fetch = "timeout = 2s retries = 0 breaker_failures = 1 breaker_open = 1m"});
    cr_assert_eq(rig_get(&rig, "/s64/o/status/500/x.jpg"), 502);
    for (size_t i = 0; i < 2; i++) {
        const char *drawing;

        cr_expect_eq(command_watch_on_terminal(&rig, &output, &sizes[i], "\033[HEvery ", 3, "stats",
                                               "--watch=0.1", NULL), 0);
        cr_expect_eq(strncmp(output.data, "\033[?1049h", 8), 0);
        cr_expect(output.length > 8 && strcmp(output.data + output.length - 8, "\033[?1049l") == 0);
        EXPECT_SAYS(output, "\nhit ratio  ");
        EXPECT_SAYS(output, "\norigin     http://");
        EXPECT_SAYS_NOT(output, "renderer-deaths"); /* nought */
        drawing = strstr(output.data, "\033[H");
        cr_assert_not_null(drawing);
        expect_drawing(drawing + 3, sizes[i].ws_row, sizes[i].ws_col);
    }
    EXPECT_SAYS(output, " open for ");
    EXPECT_SAYS(output, "origin-error, 1 failures in a row");
    EXPECT_SAYS(output, "\nfetch-failures     1 (0.0/s)");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_stats, watch_with_json_is_a_line_for_each_look)
{
    struct buffer output = {0};
    struct process p = {0};
    static struct rig rig;
    char *end;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    command_start(&rig, &p, "stats", "--json", "--watch=0.1", NULL);
    cr_assert(command_await(&rig, "}\n", 2, 20000));
    cr_assert_eq(kill(p.pid, SIGTERM), 0);
    cr_expect_eq(process_wait(&p, 20000), 0);
    command_output(&rig, &output);
    end = strchr(output.data, '\n');
    cr_assert_not_null(end);
    end[1] = '\0';
    cr_expect(command_is_json(output.data), "%s", output.data);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_stats, without_a_state_directory_it_says_so)
{
    const char *const argv[] = {rig_built("visage"), "-c", "/nonexistent/visage.conf", "stats", NULL};
    struct buffer output = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .state = "/nowhere/visage"});
    cr_expect_eq(command_run(&rig, &output, "stats", NULL), 1);
    EXPECT_SAYS(output, "visage stats: state directory /nowhere/visage: ");
    EXPECT_SAYS(output, "no worker has run yet?");
    buffer_clear(&output);
    cr_expect_eq(process_run(&(struct process_options){.argv = argv}, &output, 20000), 1);
    EXPECT_SAYS(output, "visage stats: /nonexistent/visage.conf: No such file or directory\n");
    cr_expect_eq(command_run(&rig, &output, "stats", "--watch=never", NULL), 2);
    EXPECT_SAYS(output, "--watch wants seconds");
    buffer_free(&output);
    rig_close(&rig);
}

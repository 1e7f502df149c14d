/* SPDX-License-Identifier: MIT
 *
 * visage grant: what it prints, and what it does not. Signatures: tests/signers.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "ctl/command.h"
#include "route/grant.h"

RIG_SUITE(ctl_grant);

#define KEY "0123456789abcdef"
#define OLD "fedcba9876543210"
#define USERS \
    "source users { type = store writers = {grant} grant_key_file = \"@DIR@/secret\" }\n" \
    "source idle { type = store grant_key_file = \"@DIR@/secret\" }\n" \
    "source closed { type = store }\n"

static void prepare(struct rig *rig)
{
    rig_prepare(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = USERS,
                                           .secret = "# new, then old\n" KEY "\n" OLD "\n"});
}

/* Runs it, and reads what it prints with the first key alone. */
static void ask(struct rig *rig, const char *first, const char *second, struct grant *grant)
{
    static const struct sign_keys keys = {.keys = {{KEY, sizeof KEY - 1}}, .count = 1};
    struct buffer output = {0};

    cr_assert_eq(command_run(rig, &output, "grant", "users", "anna", first, second, NULL), 0, "%s",
                 output.data);
    cr_assert_gt(output.length, 1u);
    cr_expect_eq(output.data[output.length - 1], '\n');
    cr_expect_eq(grant_check(&keys, "users", output.data, output.length - 1, clock_wall_ms(),
                             grant), CAUSE_NONE, "%s", output.data);
    cr_expect_str_eq(grant->user, "anna");
    buffer_free(&output);
}

Test(ctl_grant, prints_a_grant_alone_for_ten_minutes)
{
    int64_t before_s = clock_wall_ms() / 1000;
    struct grant grant;
    static struct rig rig;

    prepare(&rig);
    ask(&rig, NULL, NULL, &grant);
    cr_expect_geq(grant.expires_s, before_s + 600);
    cr_expect_leq(grant.expires_s, clock_wall_ms() / 1000 + 600);
    cr_expect_eq(grant.max_bytes, 0);
    rig_close(&rig);
}

Test(ctl_grant, is_for_so_long_and_so_much)
{
    int64_t before_s = clock_wall_ms() / 1000;
    struct grant grant;
    static struct rig rig;

    prepare(&rig);
    ask(&rig, "--expires=2h", "--max-bytes=5M", &grant);
    cr_expect_geq(grant.expires_s, before_s + 7200);
    cr_expect_leq(grant.expires_s, clock_wall_ms() / 1000 + 7200);
    cr_expect_eq(grant.max_bytes, 5 << 20);
    ask(&rig, "--expires=@4102444800", "--max-bytes=1", &grant);
    cr_expect_eq(grant.expires_s, 4102444800);
    cr_expect_eq(grant.max_bytes, 1);
    rig_close(&rig);
}

Test(ctl_grant, refuses_what_workers_would_refuse)
{
    static const struct {
        const char *source, *user, *said;
    } rows[] = {
        {"nobody", "x", "visage grant: no source \"nobody\" in /"},
        {"o", "x", "nothing can be uploaded into source o, which is not of type store"},
        {"idle", "x", "grants are not among the writers of source idle"},
        {"closed", "x", "source closed has no grant_key_file"},
        {"users", "a b", "no id of source users is like \"a%20b\"; its id_pattern is ["},
        {"users", "", "no id of source users"},
        {"users", "..", "no id of source users"},
        {"users", "a/../b", "no id of source users"},
        {"users", "a\nb", "no id of source users is like \"a%0Ab\""},
        {"users", "/a", "no id of source users"},
    };
    static char long_id[PICTURE_ID_MAX + 2];
    struct buffer output = {0};
    static struct rig rig;

    prepare(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(command_run(&rig, &output, "grant", rows[i].source, rows[i].user, NULL), 1);
        EXPECT_SAYS(output, rows[i].said);
    }
    memset(long_id, 'x', sizeof long_id - 1);
    cr_expect_eq(command_run(&rig, &output, "grant", "users", long_id, NULL), 1);
    EXPECT_SAYS(output, "longer than 2048 bytes");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_grant, tells_a_wrong_use)
{
    static const struct {
        const char *arguments[4], *said;
    } rows[] = {
        {{"users"}, "a source and a user are wanted"},
        {{"users", "x", "y"}, "a source and a user are wanted"},
        {{"users", "x", "--expires=0"}, "--expires wants"},
        {{"users", "x", "--expires=soon"}, "--expires wants"},
        {{"users", "x", "--expires=@01"}, "--expires wants"},
        {{"users", "x", "--expires=@1000000000000000"}, "--expires wants"},
        {{"users", "x", "--expires=9223372036854775807ms"}, "--expires wants"},
        {{"users", "x", "--max-bytes="}, "--max-bytes wants"},
        {{"users", "x", "--max-bytes=-1"}, "--max-bytes wants"},
        {{"users", "x", "--max-bytes=much"}, "--max-bytes wants"},
        {{"users", "x", "--max-bytes=5MB"}, "--max-bytes wants"},
        {{"users", "x", "--max-bytes=1024T"}, "--max-bytes wants"},
        {{"users", "x", "--max-bytes=99999999999999999999"}, "--max-bytes wants"},
    };
    struct buffer output = {0};
    static struct rig rig;

    prepare(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *a = rows[i].arguments;

        cr_expect_eq(command_run(&rig, &output, "grant", a[0], a[1], a[2], NULL), 2, "%s",
                     output.data);
        EXPECT_SAYS(output, rows[i].said);
    }
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_grant, says_why_it_cannot_sign)
{
    char path[FILES_PATH_MAX];
    struct buffer output = {0};
    static struct rig rig;

    prepare(&rig);
    files_path(path, "%s/secret", rig.directory);
    cr_assert_eq(chmod(path, 0644), 0);
    cr_expect_eq(command_run(&rig, &output, "grant", "users", "x", NULL), 1);
    EXPECT_SAYS(output, "visage grant: source users: grant_key_file: file /");
    EXPECT_SAYS(output, "has mode 0644");
    EXPECT_SAYS_NOT(output, KEY);
    buffer_free(&output);
    rig_close(&rig);
}

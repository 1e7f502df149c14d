/* SPDX-License-Identifier: MIT
 *
 * visage url: what it prints, and what it does not. Signatures: tests/signers.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "ctl/command.h"

RIG_SUITE(ctl_url);

#define SIGNED \
    "source signed { url = \"http://example.org/{id}\" sign = \"optional\" " \
    "sign_key_file = \"@DIR@/secret\" }\n"

static void prepare(struct rig *rig)
{
    rig_prepare(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .secret = "0123456789abcdef\n",
                                           .more = SIGNED});
}

Test(ctl_url, prints_the_url)
{
    static const struct {
        const char *arguments[8], *printed;
    } rows[] = {
        {{"o", "photo", "--preset", "thumb"}, "/thumb/o/photo\n"},
        {{"o", "a/b", "--size=48", "--dpr=1", "--format=jpg"}, "/s48/o/a/b.jpg\n"},
        {{"o", "x.png", "--size=48", "--dpr=3", "--format=webp"}, "/s48@3x/o/x.png.webp\n"},
        {{"o", "x.gif", "--size=48"}, "/s48/o/x.gif\n"},
        {{"o", "x", "--preset=thumb", "--format=png", "--version=0123456789abcdef"},
         "/v/0123456789abcdef/thumb/o/x.png\n"},
        {{"o", "a/b.png", "--info"}, "/avatar/o/a/b.png/info\n"},
        {{"o", "x/info", "--size=48", "--info"}, "/s48/o/x/info/info\n"},
        {{"o", "info", "--size=48"}, "/s48/o/info\n"},
        {{"--base=https://[::1]:8443", "--size=9999", "o", "x"},
         "https://[::1]:8443/s9999/o/x\n"},
    };
    struct buffer output = {0};
    static struct rig rig;

    prepare(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *a = rows[i].arguments;

        cr_expect_eq(command_run(&rig, &output, "url", a[0], a[1], a[2], a[3], a[4], a[5], NULL),
                     0, "%s", output.data);
        cr_expect_str_eq(output.data, rows[i].printed);
    }
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_url, a_time_counts_from_now)
{
    int64_t before_s = clock_wall_ms() / 1000, expires_s = 0;
    struct buffer output = {0};
    static struct rig rig;

    prepare(&rig);
    cr_assert_eq(command_run(&rig, &output, "url", "signed", "x", "--size=48", "--expires=2h",
                             NULL), 0, "%s", output.data);
    cr_assert_eq(sscanf(output.data, "/s48/signed/x?exp=%ld&sig=", &expires_s), 1);
    cr_expect_geq(expires_s, before_s + 7200);
    cr_expect_leq(expires_s, clock_wall_ms() / 1000 + 7200);
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_url, refuses_what_workers_would_refuse)
{
    static const struct {
        const char *arguments[6], *said;
    } rows[] = {
        {{"nobody", "x", "--size=48"}, "visage url: no source \"nobody\" in /"},
        {{"o", "x", "--preset=huge"}, "visage url: no preset \"huge\" in /"},
        {{"o", "a b", "--size=48"}, "no id of source o is like \"a%20b\"; its id_pattern is ["},
        {{"o", "", "--size=48"}, "no id of source o"},
        {{"o", "a/../b", "--size=48"}, "no id of source o"},
        {{"o", "a//b", "--size=48"}, "no id of source o"},
        {{"o", "/a", "--size=48"}, "no id of source o"},
        {{"o", "a/", "--size=48"}, "no id of source o"},
        {{"o", "x.jpeg", "--size=48"}, "an id that ends like \".jpeg\" needs --format"},
        {{"o", "x/info", "--size=48"}, "an id that ends like \"/info\" needs --format"},
        {{"o", "a.b/info", "--size=48"}, "an id that ends like \"/info\" needs --format"},
        {{"o", "a b", "--info"}, "no id of source o is like"},
        {{"nobody", "x", "--info"}, "no source \"nobody\" in /"},
        {{"o", "x", "--size=48", "--expires=1h"}, "what is not signed cannot expire: source o"},
    };
    static char long_id[2050];
    struct buffer output = {0};
    static struct rig rig;

    prepare(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *a = rows[i].arguments;

        cr_expect_eq(command_run(&rig, &output, "url", a[0], a[1], a[2], a[3], NULL), 1);
        EXPECT_SAYS(output, rows[i].said);
    }
    memset(long_id, 'x', sizeof long_id - 1);
    cr_expect_eq(command_run(&rig, &output, "url", "o", long_id, "--size=48", NULL), 1);
    EXPECT_SAYS(output, "longer than 2048 bytes");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_url, tells_a_wrong_use)
{
    static const struct {
        const char *arguments[6], *said;
    } rows[] = {
        {{"o", "--size=48"}, "a source and an id are wanted"},
        {{"o", "x", "y", "--size=48"}, "a source and an id are wanted"},
        {{"o", "x"}, "--preset or --size"},
        {{"o", "x", "--size=48", "--preset=thumb"}, "--preset or --size"},
        {{"o", "x", "--size=0"}, "--size wants"},
        {{"o", "x", "--size=10000"}, "--size wants"},
        {{"o", "x", "--size=48", "--dpr=4"}, "--dpr wants"},
        {{"o", "x", "--size=48", "--format=gif"}, "--format wants"},
        {{"o", "x", "--size=48", "--version=0123456789abcdef"}, "--version needs --format"},
        {{"o", "x", "--size=48", "--version=0123456789ABCDEF"}, "--version wants"},
        {{"o", "x", "--size=48", "--version=0123"}, "--version wants"},
        {{"o", "x", "--info", "--format=png"}, "no --version and no --format"},
        {{"signed", "x", "--size=48", "--expires=0"}, "--expires wants"},
        {{"signed", "x", "--size=48", "--expires=500ms"}, "--expires wants"},
        {{"signed", "x", "--size=48", "--expires=soon"}, "--expires wants"},
        {{"signed", "x", "--size=48", "--expires=@"}, "--expires wants"},
        {{"signed", "x", "--size=48", "--expires=@01"}, "--expires wants"},
        {{"signed", "x", "--size=48", "--expires=@-1"}, "--expires wants"},
        {{"o", "x", "--size=48", "--base=example.org"}, "--base wants"},
        {{"o", "x", "--size=48", "--base=https://"}, "--base wants"},
        {{"o", "x", "--size=48", "--base=https://example.org/"}, "--base wants"},
        {{"o", "x", "--size=48", "--base=https://me@example.org"}, "--base wants"},
    };
    struct buffer output = {0};
    static struct rig rig;

    prepare(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *const *a = rows[i].arguments;

        cr_expect_eq(command_run(&rig, &output, "url", a[0], a[1], a[2], a[3], NULL), 2, "%s",
                     output.data);
        EXPECT_SAYS(output, rows[i].said);
    }
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_url, says_why_it_cannot_sign)
{
    char path[FILES_PATH_MAX];
    struct buffer output = {0};
    static struct rig rig;

    prepare(&rig);
    files_path(path, "%s/secret", rig.directory);
    cr_assert_eq(chmod(path, 0644), 0);
    cr_expect_eq(command_run(&rig, &output, "url", "signed", "x", "--size=48", NULL), 1);
    EXPECT_SAYS(output, "visage url: source signed: sign_key_file: file /");
    EXPECT_SAYS(output, "has mode 0644");
    EXPECT_SAYS_NOT(output, "0123456789abcdef");
    buffer_free(&output);
    rig_close(&rig);
}

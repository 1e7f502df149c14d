/* SPDX-License-Identifier: MIT */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define VARIABLE "VISAGE_TEST_SECRET"

static char directory[64];

static void enter(void)
{
    snprintf(directory, sizeof directory, "/tmp/visage-secret-XXXXXX");
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
}

static void leave(void)
{
    if (unlink("secret") != 0 && errno != ENOENT)
        perror("secret");
    if (chdir("/") != 0 || rmdir(directory) != 0)
        perror(directory);
}

TestSuite(secret, .init = enter, .fini = leave);

static void write_file(const char *bytes, size_t length, mode_t mode)
{
    int fd = open("secret", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
    cr_assert_eq(fchmod(fd, mode), 0);
    close(fd);
}

static int read_file(char **out, char error[CONFIG_ERROR_MAX])
{
    const struct config_secret from = {.file = (char[]){"secret"}};

    error[0] = '\0';
    return secret_read(&from, out, error);
}

#define BYTES(text) text, sizeof text - 1

Test(secret, reads_one_line)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *expected; /* NULL: -EINVAL */
    } cases[] = {
        {BYTES("s3cret"), "s3cret"},
        {BYTES("s3cret\n"), "s3cret"},
        {BYTES("s3cret\r\n"), "s3cret"},
        {BYTES(" spaces stay "), " spaces stay "},
        {BYTES("p\xc3\xa4ss:w\xff"), "p\xc3\xa4ss:w\xff"},
        {BYTES(""), NULL},
        {BYTES("\n"), NULL},
        {BYTES("\r\n"), NULL},
        {BYTES("one\ntwo"), NULL},
        {BYTES("one\n\n"), NULL},
        {BYTES("one\r"), NULL},
        {BYTES("one\rtwo\n"), NULL},
        {BYTES("one\0two"), NULL},
        {BYTES("one\0"), NULL},
    };
    char error[CONFIG_ERROR_MAX];

    for (size_t i = 0; i < COUNT(cases); i++) {
        char *secret = NULL;
        int code;

        write_file(cases[i].bytes, cases[i].length, 0600);
        code = read_file(&secret, error);
        if (cases[i].expected) {
            cr_assert_eq(code, 0, "case %zu: %s", i, error);
            cr_expect_str_eq(secret, cases[i].expected);
        } else {
            cr_expect_eq(code, -EINVAL, "case %zu: %d", i, code);
            cr_expect_null(secret);
            cr_expect_not_null(strstr(error, "secret"), "names the file: %s", error);
            cr_expect_null(strstr(error, "one"), "tells nothing: %s", error);
        }
        secret_free(&secret);
        cr_expect_null(secret);
    }
}

Test(secret, knows_its_limit)
{
    static char bytes[3 * SECRET_MAX];
    static const struct {
        size_t length;
        const char *tail;
        int expected;
    } cases[] = {{SECRET_MAX, "", 0},
                 {SECRET_MAX, "\n", 0},
                 {SECRET_MAX, "\r\n", 0},
                 {SECRET_MAX + 1, "", -EINVAL},
                 {SECRET_MAX + 1, "\n", -EINVAL},
                 {SECRET_MAX + 2, "", -EINVAL},
                 {SECRET_MAX + 3, "", -EINVAL},
                 {2 * SECRET_MAX, "\n", -EINVAL}};
    char error[CONFIG_ERROR_MAX];

    for (size_t i = 0; i < COUNT(cases); i++) {
        size_t length = cases[i].length + strlen(cases[i].tail);
        char *secret;

        memset(bytes, 'x', cases[i].length);
        memcpy(bytes + cases[i].length, cases[i].tail, strlen(cases[i].tail));
        write_file(bytes, length, 0600);
        cr_expect_eq(read_file(&secret, error), cases[i].expected, "case %zu", i);
        if (cases[i].expected == 0)
            cr_expect_eq(strlen(secret), SECRET_MAX);
        secret_free(&secret);
    }
}

Test(secret, wants_tight_permissions)
{
    static const struct {
        mode_t mode;
        int expected;
    } cases[] = {{0400, 0},      {0600, 0},      {0640, 0},      {0440, 0},      {0660, -EPERM},
                 {0620, -EPERM}, {0604, -EPERM}, {0602, -EPERM}, {0644, -EPERM}, {0666, -EPERM}};
    char error[CONFIG_ERROR_MAX];

    for (size_t i = 0; i < COUNT(cases); i++) {
        char *secret;

        write_file(BYTES("s3cret"), cases[i].mode);
        cr_expect_eq(read_file(&secret, error), cases[i].expected, "mode %o",
                     (unsigned)cases[i].mode);
        if (cases[i].expected != 0)
            cr_expect(strstr(error, "secret") && !strstr(error, "s3cret"), "%s", error);
        secret_free(&secret);
    }
}

Test(secret, wants_a_regular_file)
{
    char error[CONFIG_ERROR_MAX];
    char *secret;

    cr_expect_eq(read_file(&secret, error), -ENOENT);
    cr_expect_not_null(strstr(error, "secret"));
    cr_assert_eq(mkfifo("secret", 0600), 0);
    cr_expect_eq(read_file(&secret, error), -EINVAL, "a FIFO must not be waited for");
    cr_assert_eq(unlink("secret"), 0);
    cr_assert_eq(mkdir("secret", 0700), 0);
    cr_expect_eq(read_file(&secret, error), -EINVAL);
    cr_assert_eq(rmdir("secret"), 0);
}

Test(secret, follows_a_link_to_its_file)
{
    char error[CONFIG_ERROR_MAX];
    char *secret;

    write_file(BYTES("s3cret"), 0644);
    cr_assert_eq(rename("secret", "real"), 0);
    cr_assert_eq(symlink("real", "secret"), 0);
    cr_expect_eq(read_file(&secret, error), -EPERM, "the file's mode counts, not the link's");
    cr_assert_eq(chmod("real", 0600), 0);
    cr_expect_eq(read_file(&secret, error), 0);
    secret_free(&secret);
    cr_assert_eq(unlink("real"), 0);
}

Test(secret, reads_the_environment)
{
    const struct config_secret from = {.env = (char[]){VARIABLE}};
    char error[CONFIG_ERROR_MAX];
    char *secret;

    unsetenv(VARIABLE);
    cr_expect_eq(secret_read(&from, &secret, error), -ENOENT);
    cr_expect_null(secret);
    cr_expect_not_null(strstr(error, VARIABLE));
    setenv(VARIABLE, "", 1);
    cr_expect_eq(secret_read(&from, &secret, error), -EINVAL);
    setenv(VARIABLE, "one\ntwo", 1);
    cr_expect_eq(secret_read(&from, &secret, error), -EINVAL);
    cr_expect_null(strstr(error, "one"), "%s", error);
    setenv(VARIABLE, "s3cret\n", 1);
    cr_assert_eq(secret_read(&from, &secret, error), 0);
    cr_expect_str_eq(secret, "s3cret");
    secret_free(&secret);
}

Test(secret, may_be_absent)
{
    const struct config_secret from = {.file = NULL};
    char error[CONFIG_ERROR_MAX];
    char *secret = error;

    cr_expect_eq(secret_read(&from, &secret, error), 1);
    cr_expect_null(secret);
    secret_free(&secret);
}

Test(secret, equals_itself_and_nothing_else)
{
    static const char *const all[] = {"",       "a",      "b",       "aa",      "s3cret", "s3cre",
                                      "s3crets", "S3cret", "s3cres\xff", " s3cret", "s3cret "};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            cr_expect_eq(secret_equal(all[i], all[k]), i == k, "\"%s\" and \"%s\"", all[i],
                         all[k]);
}

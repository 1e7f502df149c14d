/* SPDX-License-Identifier: MIT
 *
 * Files of keys: what is a key in them, and which files are not believed.
 */
#include "base/sign_keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/secret.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define ONE "0123456789abcdef"
#define TWO "a key of several words"

static char directory[64], path[96];

static void enter(void)
{
    snprintf(directory, sizeof directory, "/tmp/visage-keys-XXXXXX");
    cr_assert_not_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/keys", directory);
}

static void leave(void)
{
    unlink(path);
    rmdir(directory);
}

TestSuite(sign_keys, .init = enter, .fini = leave);

static int read_keys(const char *bytes, size_t length, mode_t mode, struct sign_keys *out,
                     char error[CONFIG_ERROR_MAX])
{
    FILE *stream = fopen(path, "w");

    cr_assert_not_null(stream);
    cr_assert_eq(fwrite(bytes, 1, length, stream), length);
    cr_assert_eq(fclose(stream), 0);
    cr_assert_eq(chmod(path, mode), 0);
    error[0] = '\0';
    return sign_keys_read(path, out, error);
}

static void expect_key(const struct sign_key *key, const char *text)
{
    cr_expect(key->length == strlen(text) && memcmp(key->bytes, text, key->length) == 0, "%.*s",
              (int)key->length, key->bytes);
}

Test(sign_keys, one_a_line_in_their_order)
{
    static const char *const texts[] = {
        ONE "\n" TWO "\n",
        ONE "\n" TWO,
        ONE "\r\n" TWO "\r\n",
        "# new\n\n \t " ONE " \t\n#" ONE "\n  # short\n \n" TWO "\n\n",
    };
    char error[CONFIG_ERROR_MAX];
    struct sign_keys keys;

    for (size_t i = 0; i < COUNT(texts); i++) {
        cr_assert_eq(read_keys(texts[i], strlen(texts[i]), 0600, &keys, error), 0, "%s", error);
        cr_assert_eq(keys.count, 2u, "%zu", i);
        expect_key(&keys.keys[0], ONE);
        expect_key(&keys.keys[1], TWO);
        sign_keys_free(&keys);
        cr_expect_eq(keys.count, 0u);
        sign_keys_free(&keys);
    }
}

Test(sign_keys, up_to_sixteen)
{
    char text[20 * sizeof ONE] = "", error[CONFIG_ERROR_MAX];
    struct sign_keys keys;

    for (size_t i = 0; i < SIGN_KEYS_MAX; i++)
        strcat(text, ONE "\n");
    cr_assert_eq(read_keys(text, strlen(text), 0600, &keys, error), 0);
    cr_expect_eq(keys.count, (size_t)SIGN_KEYS_MAX);
    sign_keys_free(&keys);
    strcat(text, ONE "\n");
    cr_expect_eq(read_keys(text, strlen(text), 0600, &keys, error), -EINVAL);
    cr_expect_not_null(strstr(error, "line 17: more than 16 keys"), "%s", error);
    cr_expect_eq(keys.count, 0u);
}

Test(sign_keys, what_is_wrong_is_told_without_the_key)
{
    static const struct {
        const char *text, *says;
        size_t length; /* 0: strlen */
    } rows[] = {
        {"", "is empty", 0},
        {"\n# nothing\n", "has no key in it", 0},
        {ONE "\n\nhush-hush-hush\n", "line 3: a key has at least 16 bytes", 0},
        {"   0123456789abcde   \n", "line 1: a key has at least 16 bytes", 0},
        {"hush-hush-hush-\0hush", "must be text", 20},
    };
    char error[CONFIG_ERROR_MAX];
    struct sign_keys keys;

    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length = rows[i].length ? rows[i].length : strlen(rows[i].text);

        cr_expect_eq(read_keys(rows[i].text, length, 0600, &keys, error), -EINVAL);
        cr_expect_not_null(strstr(error, rows[i].says), "%s", error);
        cr_expect_not_null(strstr(error, path), "%s", error);
        cr_expect_null(strstr(error, "hush"), "%s", error);
        cr_expect_null(keys.text);
    }
}

Test(sign_keys, size_is_bounded)
{
    static char text[SECRET_MAX + 2];
    char error[CONFIG_ERROR_MAX];
    struct sign_keys keys;

    memset(text, 'k', sizeof text);
    cr_assert_eq(read_keys(text, SECRET_MAX, 0600, &keys, error), 0);
    cr_expect_eq(keys.keys[0].length, (size_t)SECRET_MAX);
    sign_keys_free(&keys);
    cr_expect_eq(read_keys(text, SECRET_MAX + 1, 0600, &keys, error), -EINVAL);
    cr_expect_not_null(strstr(error, "is too long"), "%s", error);
}

Test(sign_keys, file_is_guarded_like_other_secrets)
{
    static const mode_t open_modes[] = {0604, 0602, 0620, 0644, 0666};
    char error[CONFIG_ERROR_MAX];
    struct sign_keys keys;

    for (size_t i = 0; i < COUNT(open_modes); i++)
        cr_expect_eq(read_keys(ONE, strlen(ONE), open_modes[i], &keys, error), -EPERM, "%04o",
                     (unsigned)open_modes[i]);
    cr_assert_eq(read_keys(ONE, strlen(ONE), 0640, &keys, error), 0);
    sign_keys_free(&keys);
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(sign_keys_read(path, &keys, error), -ENOENT);
    cr_expect_not_null(strstr(error, path), "%s", error);
    cr_expect_eq(sign_keys_read(directory, &keys, error), -EINVAL);
}

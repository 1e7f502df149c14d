/* SPDX-License-Identifier: MIT */
#include "base/imgproxy_keys.h"

#include <errno.h>
#include <sys/stat.h>

#include "unit/config_file.h"

static int read_text(const char *text, struct imgproxy_keys *out, char error[CONFIG_ERROR_MAX])
{
    struct config_file file;
    int rc;

    config_file_make(&file, text);
    cr_assert_eq(chmod(file.path, 0600), 0);
    rc = imgproxy_keys_read(file.path, out, error);
    config_file_remove(&file);
    return rc;
}

Test(imgproxy_keys, pairs_are_read_a_line_each)
{
    char error[CONFIG_ERROR_MAX];
    struct imgproxy_keys keys;

    cr_assert_eq(read_text("# keys\n\n6b6579 73616c74\n \t6B657932\t 00ff \r\n  # end", &keys, error),
                 0, "%s", error);
    cr_assert_eq(keys.count, 2);
    cr_expect_eq(keys.pairs[0].key_length, 3);
    cr_expect_arr_eq(keys.pairs[0].key, "key", 3);
    cr_expect_eq(keys.pairs[0].salt_length, 4);
    cr_expect_arr_eq(keys.pairs[0].salt, "salt", 4);
    cr_expect_arr_eq(keys.pairs[1].key, "key2", 4);
    cr_expect_arr_eq(keys.pairs[1].salt, "\0\xff", 2);
    imgproxy_keys_wipe(&keys);
    cr_expect_eq(keys.count, 0);
    cr_expect_eq(keys.pairs[0].key[0], 0);
}

Test(imgproxy_keys, what_is_no_pair_is_named_by_its_line_and_not_repeated)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"6b6579\n", "line 1: not a key and a salt"},
        {"# a\n6b6579 xyz\n", "line 2: not a key and a salt"},
        {"6b657 73616c74\n", "line 1: not a key"},
        {"6b6579 73616c74 00\n", "line 1: not a key"},
        {"6b6579,73616c74\n", "line 1: not a key"},
        {"6b6579\n73616c74\n", "line 1: not a key"},
        {"# none\n\n", "has no key in it"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char error[CONFIG_ERROR_MAX];
        struct imgproxy_keys keys;

        cr_expect_eq(read_text(rows[i].text, &keys, error), -EINVAL, "%s", rows[i].text);
        cr_expect_not_null(strstr(error, rows[i].message), "%s", error);
        cr_expect_null(strstr(error, "6b65"), "%s", error);
        cr_expect_eq(keys.count, 0);
    }
}

Test(imgproxy_keys, there_is_a_bound)
{
    char text[4000] = "", error[CONFIG_ERROR_MAX];
    struct imgproxy_keys keys;

    for (int i = 0; i < IMGPROXY_PAIRS_MAX; i++)
        strcat(text, "6b6579 73616c74\n");
    cr_expect_eq(read_text(text, &keys, error), 0);
    cr_expect_eq(keys.count, IMGPROXY_PAIRS_MAX);
    strcat(text, "6b6579 73616c74\n");
    cr_expect_eq(read_text(text, &keys, error), -EINVAL);
    memset(text, '0', 2 * IMGPROXY_KEY_MAX + 2);
    strcpy(text + 2 * IMGPROXY_KEY_MAX + 2, " 00\n");
    cr_expect_eq(read_text(text, &keys, error), -EINVAL);
    cr_expect_eq(read_text(text + 2, &keys, error), 0);
}

Test(imgproxy_keys, others_must_not_be_able_to_read_the_file)
{
    char error[CONFIG_ERROR_MAX];
    struct imgproxy_keys keys;
    struct config_file file;

    config_file_make(&file, "6b6579 73616c74\n");
    cr_assert_eq(chmod(file.path, 0644), 0);
    cr_expect_eq(imgproxy_keys_read(file.path, &keys, error), -EPERM);
    config_file_remove(&file);
    cr_expect_eq(imgproxy_keys_read(file.path, &keys, error), -ENOENT);
}

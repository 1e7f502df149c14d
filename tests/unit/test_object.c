/* SPDX-License-Identifier: MIT
 *
 * Keys of objects, the ids in them, and the URLs of lists.
 */
#include "origin/object.h"

#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct config_source bucket(const char *key)
{
    return (struct config_source){.type = SOURCE_S3,
                                  .s3 = {.endpoint = (char *)"https://s3.example.org",
                                         .bucket = (char *)"avatars",
                                         .key = (char *)key}};
}

static const struct {
    const char *template, *id, *key;
    bool last;
} rows[] = {
    {"{id}", "anna", "anna", true},
    {"users/{id}", "anna", "users/anna", true},
    {"users/{id}", "a/b c+\xc3\xa9%", "users/a/b c+\xc3\xa9%", true},
    {"objects/{id}.jpg", "anna", "objects/anna.jpg", false},
    {"objects/{id}.jpg", "anna.jpg", "objects/anna.jpg.jpg", false},
    {"a/{id}/a/", "x", "a/x/a/", false},
};

Test(object, an_id_makes_a_key_and_a_key_tells_the_id)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct config_source source = bucket(rows[i].template);
        struct buffer key = {0};
        size_t length;
        const char *id;

        cr_assert_eq(object_key(&source, rows[i].id, &key), 0);
        cr_expect_str_eq(key.data, rows[i].key);
        id = object_id(&source, key.data, &length);
        cr_assert_not_null(id, "%s", key.data);
        cr_expect_eq(length, strlen(rows[i].id));
        cr_expect_eq(memcmp(id, rows[i].id, length), 0, "%s", key.data);
        cr_expect_eq(object_id_is_last(&source), rows[i].last);
        buffer_free(&key);
    }
}

Test(object, keys_of_something_else_have_no_id)
{
    static const struct {
        const char *template, *key;
    } others[] = {
        {"{id}", ""},
        {"users/{id}", "users/"},
        {"users/{id}", "users"},
        {"users/{id}", "user/anna"},
        {"users/{id}", "old/users/anna"},
        {"objects/{id}.jpg", "objects/.jpg"},
        {"objects/{id}.jpg", "objects/anna.png"},
        {"objects/{id}.jpg", "objects/anna.JPG"},
        {"ab{id}ba", "aba"},
    };

    for (size_t i = 0; i < COUNT(others); i++) {
        struct config_source source = bucket(others[i].template);
        size_t length;

        cr_expect_null(object_id(&source, others[i].key, &length), "%s", others[i].key);
    }
}

static void expect_url(const char *template, const struct object_query *query, const char *expected)
{
    struct config_source source = bucket(template);
    struct buffer url = {0};

    cr_assert_eq(object_list_url(&source, query, &url), 0);
    cr_expect_str_eq(url.data, expected);
    buffer_free(&url);
}

/* In the order of the names, each byte but unreserved ones as %XX: so it is signed. */
Test(object, a_list_is_asked_for_as_it_is_signed)
{
    expect_url("{id}", &(struct object_query){.most = 1000},
               "https://s3.example.org/avatars?encoding-type=url&list-type=2&max-keys=1000&prefix=");
    expect_url("a+b=/{id}.jpg", &(struct object_query){.most = 7},
               "https://s3.example.org/avatars?encoding-type=url&list-type=2&max-keys=7"
               "&prefix=a%2Bb%3D%2F");
    expect_url("users/{id}", &(struct object_query){.most = 1, .key = "users/\xc3\xa9 &=~"},
               "https://s3.example.org/avatars?encoding-type=url&list-type=2&max-keys=1"
               "&prefix=users%2F%C3%A9%20%26%3D~");
    expect_url("{id}", &(struct object_query){.most = 1000, .token = "1/+=x&y"},
               "https://s3.example.org/avatars?continuation-token=1%2F%2B%3Dx%26y&encoding-type=url"
               "&list-type=2&max-keys=1000&prefix=");
}

Test(object, what_no_key_is_is_not_asked_for)
{
    struct config_source source = bucket("{id}");
    char key[OBJECT_KEY_MAX + 2];
    struct object_query query = {.key = key, .most = 1};
    struct buffer url = {0};

    memset(key, 'x', sizeof key);
    key[OBJECT_KEY_MAX + 1] = '\0';
    cr_expect_eq(object_list_url(&source, &query, &url), -ENAMETOOLONG);
    key[OBJECT_KEY_MAX] = '\0';
    buffer_clear(&url);
    cr_expect_eq(object_list_url(&source, &query, &url), 0);
    buffer_free(&url);
}

/* SPDX-License-Identifier: MIT */
#include "origin/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define VARIABLE "VISAGE_TEST_SECRET"

Test(source, puts_the_id_into_the_template)
{
    static const struct {
        const char *template;
        const char *id;
        const char *expected;
    } cases[] = {
        {"http://h/{id}", "a", "http://h/a"},
        {"http://h/{id}", "", "http://h/"},
        {"http://h/{id}?size=2", "a/b/c", "http://h/a/b/c?size=2"},
        {"http://h/p/{id}.jpg", "A-Z.a_z~09", "http://h/p/A-Z.a_z~09.jpg"},
        {"http://h/{id}", "a@b:c=d+e", "http://h/a@b:c=d+e"},
        {"http://h/{id}", "a b", "http://h/a%20b"},
        {"http://h/{id}", "a?b#c%d&e", "http://h/a%3Fb%23c%25d%26e"},
        {"http://h/{id}", "a%2fb", "http://h/a%252fb"},
        {"http://h/{id}", "\xc3\xa9\r\n\x7f", "http://h/%C3%A9%0D%0A%7F"},
        {"http://h/{id}", "..a/...", "http://h/..a/..."},
        {"http://h/{id}", "a//b/", "http://h/a//b/"},
        {"http://h/{id}", "{id}", "http://h/%7Bid%7D"},
        {"http://h/{id}/x/{id}", "a b", "http://h/a%20b/x/a%20b"},
        {"http://h/?q={id}", "a/b&c=d", "http://h/?q=a/b%26c=d"},
        {"http://h/fixed", "a", "http://h/fixed"},
        {"{id}", "a", "a"},
        {"http://h/{id}", ".", NULL},
        {"http://h/{id}", "..", NULL},
        {"http://h/{id}", "a/../b", NULL},
        {"http://h/{id}", "a/..", NULL},
        {"http://h/{id}", "./a", NULL},
        {"http://h/{id}/x", "a/.", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char template[64];
        const struct config_source source = {.url = template};
        char *url;

        strcpy(template, cases[i].template);
        errno = 0;
        url = source_url(&source, cases[i].id);
        if (cases[i].expected) {
            cr_assert_not_null(url, "%s", cases[i].id);
            cr_expect_str_eq(url, cases[i].expected);
        } else {
            cr_expect_null(url, "%s", cases[i].id);
            cr_expect_eq(errno, EINVAL);
        }
        free(url);
    }
}

Test(source, takes_a_long_id)
{
    const struct config_source source = {.url = (char[]){"http://h/{id}"}};
    static char id[100001];
    char *url;

    memset(id, ' ', sizeof id - 1);
    url = source_url(&source, id);
    cr_assert_not_null(url);
    cr_expect_eq(strlen(url), strlen("http://h/") + 3 * (sizeof id - 1));
    free(url);
}

Test(source, origin_is_scheme_host_and_port)
{
    static const struct {
        const char *template;
        const char *expected;
    } cases[] = {
        {"http://h/{id}", "http://h:80"},
        {"https://h/{id}", "https://h:443"},
        {"https://h:8443/{id}", "https://h:8443"},
        {"http://h:80/{id}", "http://h:80"},
        {"http://h:443/{id}", "http://h:443"},
        {"HTTPS://Pictures.Example.COM/A/{id}?B=C", "https://pictures.example.com:443"},
        {"http://h?id={id}", "http://h:80"},
        {"http://h:081/{id}", "http://h:81"},
        {"http://127.0.0.1:8080/{id}", "http://127.0.0.1:8080"},
        {"http://127.1/{id}", "http://127.0.0.1:80"},
        {"http://[::1]/{id}", "http://[::1]:80"},
        {"https://[2001:DB8::A]:444/{id}", "https://[2001:db8::a]:444"},
        {"ftp://h/{id}", NULL},
        {"h/{id}", NULL},
        {"http://{id}/", NULL},
        {"http://user@h/{id}", NULL},
        {"http://h:99999/{id}", NULL},
        {"", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char template[64], origin[64] = "?";
        const struct config_source source = {.url = template};

        strcpy(template, cases[i].template);
        if (!cases[i].expected) {
            cr_expect_eq(source_origin(&source, "a", origin, sizeof origin), -EINVAL, "%s", template);
            continue;
        }
        cr_expect_eq(source_origin(&source, "a", origin, sizeof origin), 0, "%s", template);
        cr_expect_str_eq(origin, cases[i].expected);
        cr_expect_eq(source_origin(&source, "a", origin, strlen(cases[i].expected) + 1), 0);
        cr_expect_eq(source_origin(&source, "a", origin, strlen(cases[i].expected)), -ENAMETOOLONG);
    }
}

Test(source, loads_all_secrets)
{
    struct config_source sources[] = {
        {.name = (char[]){"plain"}},
        {.name = (char[]){"basic"}, .username = (char[]){""},
         .password = {.env = (char[]){VARIABLE "_1"}}},
        {.name = (char[]){"bearer"}, .bearer = {.env = (char[]){VARIABLE "_2"}}},
    };
    struct config config = {.sources = sources, .source_count = COUNT(sources)};
    const struct config_source stranger = {.name = (char[]){"stranger"}};
    char error[CONFIG_ERROR_MAX];
    struct source_list list;

    setenv(VARIABLE "_1", "one", 1);
    setenv(VARIABLE "_2", "two", 1);
    cr_assert_eq(source_list_load(&config, &list, error), 0);
    cr_assert_eq(list.count, COUNT(sources));
    for (size_t i = 0; i < COUNT(sources); i++)
        cr_expect_eq(source_find(&list, &sources[i])->config, &sources[i]);
    cr_expect_null(source_find(&list, &stranger));
    cr_expect_null(list.sources[0].password);
    cr_expect_null(list.sources[0].bearer);
    cr_expect_str_eq(list.sources[1].password, "one");
    cr_expect_null(list.sources[1].bearer);
    cr_expect_str_eq(list.sources[2].bearer, "two");
    source_list_free(&list);
    cr_expect_eq(list.count, 0);
    cr_expect_null(list.sources);
    source_list_free(&list);
}

Test(source, names_the_source_whose_secret_is_missing)
{
    struct config_source sources[] = {
        {.name = (char[]){"good"}, .password = {.env = (char[]){VARIABLE "_1"}}},
        {.name = (char[]){"bad"}, .bearer = {.env = (char[]){VARIABLE "_3"}}},
    };
    struct config config = {.sources = sources, .source_count = COUNT(sources)};
    char error[CONFIG_ERROR_MAX];
    struct source_list list;

    setenv(VARIABLE "_1", "hushhush", 1);
    unsetenv(VARIABLE "_3");
    cr_assert_eq(source_list_load(&config, &list, error), -ENOENT);
    cr_expect_eq(list.count, 0);
    cr_expect_null(list.sources);
    cr_expect_not_null(strstr(error, "source bad"), "%s", error);
    cr_expect_not_null(strstr(error, VARIABLE "_3"), "%s", error);
    cr_expect_null(strstr(error, "hushhush"), "%s", error);
}

/* A key file for the test, whose name is in `path`. */
static void write_keys(char *path, const char *text)
{
    int fd = mkstemp(path);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

Test(source, reads_the_keys_of_urls_of_grants_and_of_programs)
{
    char signs[] = "/tmp/visage-keys-XXXXXX", grants[] = "/tmp/visage-keys-XXXXXX";
    char programs[] = "/tmp/visage-keys-XXXXXX";
    struct config_source sources[] = {
        {.name = (char[]){"all"}, .sign_key_file = signs, .store.grant_key_file = grants,
         .store.api_key_file = programs},
        {.name = (char[]){"none"}},
    };
    struct config config = {.sources = sources, .source_count = COUNT(sources)};
    char error[CONFIG_ERROR_MAX];
    struct source_list list;

    write_keys(signs, "the key of the urls\n");
    write_keys(grants, "the first key of grants\nthe second of them\n");
    write_keys(programs, "that of a program\n");
    cr_assert_eq(source_list_load(&config, &list, error), 0, "%s", error);
    cr_expect_eq(list.sources[0].sign_keys.count, 1u);
    cr_expect_eq(list.sources[0].grant_keys.count, 2u);
    cr_expect_eq(memcmp(list.sources[0].grant_keys.keys[1].bytes, "the second of them", 18), 0);
    cr_expect_eq(list.sources[0].api_keys.count, 1u);
    cr_expect_eq(memcmp(list.sources[0].api_keys.keys[0].bytes, "that of a program", 17), 0);
    cr_expect_eq(list.sources[1].grant_keys.count, 0u);
    cr_expect_eq(list.sources[1].api_keys.count, 0u);
    source_list_free(&list);
    cr_assert_eq(unlink(grants), 0);
    cr_expect_eq(source_list_load(&config, &list, error), -ENOENT);
    cr_expect_not_null(strstr(error, "source all: grant_key_file: "), "%s", error);
    cr_assert_eq(unlink(programs), 0);
    cr_expect_eq(source_list_load(&config, &list, error), -ENOENT);
    cr_expect_not_null(strstr(error, "source all: api_key_file: "), "%s", error);
    cr_assert_eq(unlink(signs), 0);
    cr_expect_eq(source_list_load(&config, &list, error), -ENOENT);
    cr_expect_not_null(strstr(error, "source all: sign_key_file: "), "%s", error);
}

Test(source, list_may_be_empty)
{
    const struct config config = {.source_count = 0};
    const struct config_source stranger = {.name = (char[]){"stranger"}};
    char error[CONFIG_ERROR_MAX];
    struct source_list list;

    cr_assert_eq(source_list_load(&config, &list, error), 0);
    cr_expect_eq(list.count, 0);
    cr_expect_null(source_find(&list, &stranger));
    source_list_free(&list);
}

Test(source, an_id_of_the_web_is_the_url_and_says_the_origin)
{
    const struct config_source source = {.type = SOURCE_WEB};
    char origin[64], *url = source_url(&source, "https://Example.org/a%20b?c=d");

    cr_assert_not_null(url);
    cr_expect_str_eq(url, "https://Example.org/a%20b?c=d");
    free(url);
    cr_expect_eq(source_origin(&source, "https://example.org/a?b", origin, sizeof origin), 0);
    cr_expect_str_eq(origin, "https://example.org:443");
    cr_expect_eq(source_origin(&source, "http://[::1]:81/", origin, sizeof origin), 0);
    cr_expect_str_eq(origin, "http://[::1]:81");
    cr_expect_eq(source_origin(&source, "ftp://example.org/", origin, sizeof origin), -EINVAL);
}

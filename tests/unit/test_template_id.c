/* SPDX-License-Identifier: MIT
 *
 * From URLs to ids by a source's template, and back by source_url(): what is taken for an id is
 * fetched from where it came.
 */
#include "route/template_id.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "origin/source.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define AZURE "https://dev.azure.example/contoso/_apis/MemberAvatars/{id}?size=2"
#define PATH "https://dev.azure.example/contoso/_apis/MemberAvatars/"

static bool find(const char *template, const char *url, char out[PICTURE_ID_MAX + 1])
{
    return template_id(template, url, strlen(url), out);
}

static const struct {
    const char *template, *url, *id;
} good[] = {
    {AZURE, PATH "aad.NjY2?size=2", "aad.NjY2"},
    {AZURE, PATH "a/b/c?size=2", "a/b/c"},
    {AZURE, PATH "did:plc:x@y=z?size=2", "did:plc:x@y=z"},
    {AZURE, PATH "did%3Aplc%3ax%40y?size=2", "did:plc:x@y"},
    {AZURE, PATH "a%20b%25%3f?size=2", "a b%?"},
    {AZURE, PATH "%c3%89mile?size=2", "\xc3\x89mile"},
    {AZURE, PATH "\xc3\x89mile?size=2", "\xc3\x89mile"},
    {AZURE, PATH "%61b?size=2", "ab"},
    {AZURE, PATH "aad.NjY2", "aad.NjY2"},
    {AZURE, PATH "a/b%20c", "a/b c"},
    {"http://h/{id}", "http://h/x", "x"},
    {"http://h/{id}.jpg?s=1&t=2", "http://h/x.jpg", "x"},
    {"http://h/{id}.jpg?s=1&t=2", "http://h/x.jpg?s=1&t=2", "x"},
    {"http://h/{id}?", "http://h/x", "x"},
    {"http://h/{id}.jpg", "http://h/x.jpg.jpg", "x.jpg"},
    {"http://h/?u={id}&s=1", "http://h/?u=x+y&s=1", "x+y"},
    {"http://h/{id}{", "http://h/x{", "x"},
};

Test(template_id, takes_what_stands_in_the_place_of_the_id)
{
    for (size_t i = 0; i < COUNT(good); i++) {
        char id[PICTURE_ID_MAX + 1];

        cr_assert(find(good[i].template, good[i].url, id), "%s", good[i].url);
        cr_expect_str_eq(id, good[i].id);
    }
}

/* The spelling may be another one, the id may not. */
Test(template_id, the_source_fetches_it_from_where_it_was)
{
    for (size_t i = 0; i < COUNT(good); i++) {
        struct config_source source = {.type = SOURCE_HTTP, .url = (char *)good[i].template};
        char *url = source_url(&source, good[i].id), id[PICTURE_ID_MAX + 1];

        cr_assert_not_null(url);
        cr_expect(find(good[i].template, url, id), "%s", url);
        cr_expect_str_eq(id, good[i].id);
        free(url);
    }
}

Test(template_id, refuses_other_urls_and_what_would_be_fetched_as_another)
{
    static const struct {
        const char *template, *url;
    } bad[] = {
        {AZURE, ""},
        {AZURE, PATH},
        {AZURE, PATH "?size=2"},
        {AZURE, PATH "x?"},
        {AZURE, PATH "x#top"},
        {AZURE, PATH "x?size=3"},
        {AZURE, PATH "x?size=22"},
        {AZURE, PATH "x&size=2"},
        {AZURE, PATH "x%3Fsize=2?"},
        {AZURE, PATH "x?size=2&y"},
        {AZURE, PATH "x?size=2#top"},
        {AZURE, "http" "://dev.azure.example/contoso/_apis/MemberAvatars/x?size=2"},
        {AZURE, "https://dev.azure.example/CONTOSO/_apis/MemberAvatars/x?size=2"},
        {AZURE, "https://dev.azure.example.evil/contoso/_apis/MemberAvatars/x?size=2"},
        {AZURE, PATH "x?y?size=2"},
        {AZURE, PATH "x#y?size=2"},
        {AZURE, PATH "x&y?size=2"},
        {AZURE, PATH "x y?size=2"},
        {AZURE, PATH "a%2Fb?size=2"},
        {AZURE, PATH "a%2fb?size=2"},
        {AZURE, PATH "a%2Bb?size=2"},
        {AZURE, PATH "a%?size=2"},
        {AZURE, PATH "a%2?size=2"},
        {AZURE, PATH "a%zz?size=2"},
        {AZURE, PATH "a%00?size=2"},
        {AZURE, PATH "a\x7f?size=2"},
        {AZURE, PATH "a\"?size=2"},
        {AZURE, PATH "a\\?size=2"},
        {"http://h/{id}.jpg", "http://h/.jpg"},
        {"http://h/{id}.jpg", "http://h/jpg"},
        {"http://h/ab{id}ba", "http://h/aba"},
        {"http://h/", "http://h/x"},
        {"http://h/?u={id}&s=1", "http://h/?u=x&y&s=1"},
        {"http://h/?u={id}&s=1", "http://h/?u=x"},
        {"http://h/?u={id}&s=1", "http://h/"},
        {"http://h/?u={id}?s=1", "http://h/?u=x"},
        {"http://h/{id}.jpg?s=1", "http://h/x"},
        {"http://h/{id}.jpg?s=1", "http://h/x?s=1"},
        {"http://h/{id}", "http://h/x?s=1"},
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        char id[PICTURE_ID_MAX + 1];

        cr_expect_not(find(bad[i].template, bad[i].url, id), "%s", bad[i].url);
    }
}

Test(template_id, is_bounded)
{
    static char url[PICTURE_ID_MAX + 100];
    char id[PICTURE_ID_MAX + 1];
    int n = snprintf(url, sizeof url, "http://h/");

    memset(url + n, 'x', PICTURE_ID_MAX);
    cr_expect(find("http://h/{id}", url, id));
    cr_expect_eq(strlen(id), (size_t)PICTURE_ID_MAX);
    url[n + PICTURE_ID_MAX] = 'x';
    cr_expect_not(find("http://h/{id}", url, id));
}

/* Only so many bytes are there. */
Test(template_id, looks_at_no_byte_behind_the_url)
{
    char id[PICTURE_ID_MAX + 1], *url = strndup("http://h/x.jp", 13);

    cr_assert_not_null(url);
    for (size_t length = 0; length <= 13; length++) {
        char *exact = malloc(length ? length : 1);

        cr_assert_not_null(exact);
        memcpy(exact, url, length);
        cr_expect_not(template_id("http://h/{id}.jpg", exact, length, id));
        cr_expect_eq(template_id("http://h/{id}", exact, length, id), length > 9);
        free(exact);
    }
    free(url);
}

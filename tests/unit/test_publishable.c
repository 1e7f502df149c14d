/* SPDX-License-Identifier: MIT
 *
 * Which URLs name files that a web server may send by itself.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "route/publishable.h"

static struct config_source source = {.name = "users"};

static struct picture_request immutable(enum picture_type format)
{
    return (struct picture_request){
        .dialect = DIALECT_NATIVE, .source = &source, .format = format, .immutable = true};
}

static enum publishable judge(const char *path, const char *query, struct picture_request picture)
{
    const struct http_request request = {.method = HTTP_GET,
                                         .path = path,
                                         .path_length = strlen(path),
                                         .query = query,
                                         .query_length = strlen(query)};
    char out[PUBLISHABLE_PATH_MAX] = "";
    enum publishable verdict = publishable_path(&request, &picture, out);

    cr_expect_str_eq(out, verdict == PUBLISHABLE_YES ? path : "");
    return verdict;
}

#define V "/v/0123456789abcdef/"

Test(publishable, takes_paths_that_are_file_names_as_they_stand)
{
    static const struct {
        const char *path;
        enum picture_type format;
    } good[] = {
        {V "avatar/users/alice.webp", PICTURE_WEBP},
        {V "avatar/users/alice.jpg", PICTURE_JPEG},
        {V "avatar/users/alice.jpeg", PICTURE_JPEG},
        {V "s128@2x/users/a/b/c.png", PICTURE_PNG},
        {"/avatars" V "avatar/users/alice.webp", PICTURE_WEBP},
        {V "avatar/users/alice@example,com+1=2~3.png", PICTURE_PNG},
        {"/img/avatar/plain/did:plc:abc/bafkrei", PICTURE_JPEG},
        {"/img/avatar/plain/did:plc:abc/bafkrei@webp", PICTURE_WEBP},
        {"/img/avatar/plain/did:web:pds.example.com/bafkrei@png", PICTURE_PNG},
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_expect_eq(judge(good[i].path, "", immutable(good[i].format)), PUBLISHABLE_YES, "%s",
                     good[i].path);
}

Test(publishable, leaves_what_a_server_could_read_otherwise_to_the_workers)
{
    static const char *const unplain[] = {
        "",
        "/",
        "v/a.png",
        V "avatar/users/a%20b.png",     /* decoded by servers */
        V "avatar/users/a%2Fb.png",
        V "avatar/users/a b.png",
        V "avatar/users/\xc3\xa9.png",
        V "avatar/users/a\"b.png",
        V "avatar/users/a;b.png",
        V "avatar/users/a*b.png",
        V "avatar/users/a\\b.png",
        V "avatar/users/a\nb.png",
        V "avatar/users/.htaccess.png", /* hidden */
        V "avatar/users/.png",
        V "avatar/.hidden/a.png",
        V "avatar/../a.png",
        V "avatar/./a.png",
        V "avatar//a.png",              /* merged */
        V "avatar/users/",
    };
    static const char *const dotted[] = {
        V "avatar/users/a.php.png",     /* mod_mime looks at each */
        V "avatar/users/a.gz.png",
        V "avatar/users/a.b.png",
        V "avatar/users/a.jpg",         /* of another type than the picture's */
        V "avatar/users/a.",
        V "avatar/users/a.php",
        V "avatar/users/a.PNG",         /* servers' tables have small letters */
    };

    for (size_t i = 0; i < sizeof unplain / sizeof *unplain; i++)
        cr_expect_eq(judge(unplain[i], "", immutable(PICTURE_PNG)), PUBLISHABLE_UNPLAIN, "%s",
                     unplain[i]);
    for (size_t i = 0; i < sizeof dotted / sizeof *dotted; i++)
        cr_expect_eq(judge(dotted[i], "", immutable(PICTURE_PNG)), PUBLISHABLE_DOTTED, "%s",
                     dotted[i]);
}

static void make_path(char *out, size_t segment, size_t total)
{
    size_t at = 0;

    out[at++] = '/';
    while (at < total) {
        for (size_t i = 0; i < segment && at < total; i++)
            out[at++] = 'a';
        if (at < total - 1)
            out[at++] = '/';
    }
    out[at] = '\0';
}

Test(publishable, leaves_names_that_are_too_long_to_the_workers)
{
    char path[PUBLISHABLE_PATH_MAX + 16];

    make_path(path, 255, 256);
    cr_expect_eq(judge(path, "", immutable(PICTURE_PNG)), PUBLISHABLE_YES);
    make_path(path, 256, 257);
    cr_expect_eq(judge(path, "", immutable(PICTURE_PNG)), PUBLISHABLE_LONG);
    make_path(path, 100, PUBLISHABLE_PATH_MAX - 1);
    cr_expect_eq(judge(path, "", immutable(PICTURE_PNG)), PUBLISHABLE_YES);
    make_path(path, 100, PUBLISHABLE_PATH_MAX);
    cr_expect_eq(judge(path, "", immutable(PICTURE_PNG)), PUBLISHABLE_LONG);
}

Test(publishable, takes_only_urls_that_never_mean_another_picture)
{
    struct picture_request picture = immutable(PICTURE_WEBP);

    picture.immutable = false;
    cr_expect_eq(judge("/avatar/users/alice.webp", "", picture), PUBLISHABLE_MUTABLE);
    picture = immutable(PICTURE_WEBP);
    picture.negotiated = true;
    cr_expect_eq(judge("/img/avatar/plain/did:plc:abc/bafkrei", "", picture),
                 PUBLISHABLE_NEGOTIATED);
    cr_expect_eq(judge(V "avatar/users/alice.webp", "x", immutable(PICTURE_WEBP)),
                 PUBLISHABLE_QUERY, "a query is no part of a file's name");
}

Test(publishable, takes_nothing_that_is_not_for_everybody_and_for_ever)
{
    const char path[] = V "avatar/users/alice.webp";
    struct config_source signs = {.name = "users", .sign = SIGN_REQUIRED};
    struct config_source shared = {
        .name = "users", .type = SOURCE_STORE, .url = (char *)"https://s3.example.org/b/users/{id}"};
    struct picture_request picture = immutable(PICTURE_WEBP);

    cr_assert_eq(judge(path, "", picture), PUBLISHABLE_YES);
    picture.source = &signs;
    cr_expect_eq(judge(path, "", picture), PUBLISHABLE_SIGNED);
    signs.sign = SIGN_OPTIONAL;
    cr_expect_eq(judge(path, "", picture), PUBLISHABLE_SIGNED);
    picture.source = &shared;
    cr_expect_eq(judge(path, "", picture), PUBLISHABLE_SHARED, "another machine may delete it");
    picture = immutable(PICTURE_WEBP);
    picture.expires_s = 1;
    cr_expect_eq(judge(path, "", picture), PUBLISHABLE_EXPIRING);
    picture = immutable(PICTURE_WEBP);
    picture.attachment = true;
    cr_expect_eq(judge(path, "", picture), PUBLISHABLE_SAVED);
    picture = immutable(PICTURE_WEBP);
    strcpy(picture.filename, "alice");
    cr_expect_eq(judge(path, "", picture), PUBLISHABLE_SAVED);
    picture = immutable(PICTURE_WEBP);
    picture.verbatim = true;
    cr_expect_eq(judge(path, "", picture), PUBLISHABLE_VERBATIM);
    picture = immutable(PICTURE_WEBP);
    picture.snapped = true;
    cr_expect_eq(judge(path, "", picture), PUBLISHABLE_SNAPPED,
                 "one of many URLs of one picture");
    picture = immutable(PICTURE_WEBP);
    picture.source = NULL;
    cr_expect_eq(judge(path, "", picture), PUBLISHABLE_NOBODYS,
                 "nobody's: nobody could purge it");
}

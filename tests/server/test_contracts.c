/* SPDX-License-Identifier: MIT
 *
 * The shipped configurations for front ends that know an upload service already: each is run as
 * it is shipped, with what is shipped for the web server, and its front end finds what it expects.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/base64.h"
#include "base/clock.h"
#include "origin/pictures.h"
#include "rig/text.h"
#include "rig/uploads.h"

RIG_SUITE(contracts);

#define KEY "0123456789abcdef-key"
#define BEARER "Authorization: Bearer " KEY
#define LOGIN "Authorization: Basic YWRhOmxvdmVsYWNl"
#define OWN_PAGE "Sec-Fetch-Site: same-origin"
#define TOO_LARGE ((10u << 20) + 1)
#define DATE_MS 20000

#define MODULE(name) "LoadModule " name "_module /usr/lib/apache2/modules/mod_" name ".so\n"
#define APACHE_MODULES                                                                             \
    MODULE("authn_core") MODULE("authn_file") MODULE("auth_basic") MODULE("authz_user")
#define PASSWORD ":lovelace"
#define HASH ":$apr1$visagesa$muPoKUucJra1.GIv6E.FH/\n"
#define USERS "ada" HASH "x" HASH "xA" HASH "x#y" HASH "x%41" HASH "bob smith" HASH "\"q\" \\" HASH \
    "zo\303\253" HASH

static struct rig rig;
static const char *const login[] = {LOGIN, OWN_PAGE, NULL};
static const char *const other_page[] = {LOGIN, "Sec-Fetch-Site: cross-site", NULL};
static const char *const bearer[] = {BEARER, NULL};
static struct buffer server; /* its own configuration */
static bool takes_any_id;    /* unlike what is shipped */
static unsigned char *jpeg, *png;
static size_t jpeg_length, png_length;

/* What is shipped, with the paths of this installation. */
static void write_conf(const char *name)
{
    char shipped[FILES_PATH_MAX], secret[FILES_PATH_MAX];
    struct buffer text = {0};

    text_add(&text,
             "state_dir = \"%s\"\nkeeper = \"%s\"\nmin_free = 0\nrender { program = \"%s\" }\n",
             rig.state, rig.keeper, rig.renderer);
    files_path(shipped, "conf/contracts/%s", name);
    cr_assert(files_read(rig_shipped(shipped), &text), "no %s", shipped);
    files_path(secret, "%s/secret", rig.directory);
    if (takes_any_id)
        cr_assert_eq(text_replace(&text, "= store\n", "= store\n    id_pattern = \".+\"\n"), 1u);
    text_replace(&text, "/etc/visage/api.keys", secret);
    files_write(rig.conf, text.data, 0644);
    buffer_free(&text);
}

/* What is shipped for the server, with the rig's file of passwords. */
static void read_login(const char *name, enum rig_kind kind, struct buffer *out)
{
    char shipped[FILES_PATH_MAX];

    files_path(shipped, "conf/contracts/%s.%s.conf", name,
               kind == RIG_APACHE ? "apache" : "lighttpd");
    cr_assert(files_read(rig_shipped(shipped), out), "no %s", shipped);
    cr_assert_not_null(strstr(out->data, "/etc/visage/users.htpasswd"));
    text_replace(out, "/etc/visage/users.htpasswd", "@DIR@/users");
    if (kind == RIG_APACHE)
        text_replace(out, "<Location ", APACHE_MODULES "<Location ");
}

static void open_rig(const char *name, enum rig_kind kind, bool with_login)
{
    char users[FILES_PATH_MAX], conf[FILES_PATH_MAX];
    struct buffer output = {0};

    if (with_login)
        read_login(name, kind, &server);
    rig_prepare(&rig, &(struct rig_options){.kind = kind, .secret = KEY "\n",
                                            .server = server.data});
    files_path(users, "%s/users", rig.directory);
    files_write(users, USERS, 0644);
    files_path(conf, "%s.conf", name);
    write_conf(conf);
    cr_expect_eq(rig_visage(&rig, "check", &output), 0, "%s", output.data);
    rig_start(&rig);
    buffer_free(&output);
    cr_assert_eq(picture_make_jpeg(320, 240, 1, &jpeg, &jpeg_length), 0);
    cr_assert_eq(picture_make_png(300, 200, 2, true, &png, &png_length), 0);
}

static void close_rig(void)
{
    free(jpeg);
    free(png);
    rig_close(&rig);
    buffer_free(&server);
}

static void make_too_large(void)
{
    jpeg = realloc(jpeg, TOO_LARGE);
    cr_assert_not_null(jpeg);
    memset(jpeg + jpeg_length, 0, TOO_LARGE - jpeg_length);
}

static void expect_json(int status, const char *body)
{
    cr_expect_eq(rig.answer.status, status, "%d", rig.answer.status);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "application/json");
    cr_expect_str_eq(rig.answer.body.data, body);
}

/* That of a picture which takes another one's place is a second later at least. */
static void await_date(const char *target, const char *const *fields)
{
    int64_t until_ms = clock_boot_ms() + DATE_MS;

    while (!answer_field(&rig.answer, "Last-Modified")) {
        cr_assert_lt(clock_boot_ms(), until_ms, "%s has no date", target);
        clock_sleep_ms(20);
        rig_ask(&rig, "GET", target, fields);
    }
}

static void expect_picture(const char *target, const char *const *fields, const char *cache_control)
{
    char length[32];

    rig_ask(&rig, "GET", target, fields);
    cr_expect_eq(rig.answer.status, 200, "%d", rig.answer.status);
    cr_expect_eq(strncmp(answer_field(&rig.answer, "Content-Type"), "image/", 6), 0);
    snprintf(length, sizeof length, "%zu", rig.answer.body.length);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Length"), length);
    if (cache_control)
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), cache_control);
    cr_expect_str_eq(answer_field(&rig.answer, "Cross-Origin-Resource-Policy"), "cross-origin");
    cr_expect_str_eq(answer_field(&rig.answer, "Access-Control-Allow-Origin"), "*");
    cr_expect_not_null(answer_field(&rig.answer, "ETag"));
    await_date(target, fields);
}

static void expect_not_modified(const char *target)
{
    char tag[128];
    const char *fields[] = {tag, NULL};

    snprintf(tag, sizeof tag, "If-None-Match: %s", answer_field(&rig.answer, "ETag"));
    cr_expect_eq(rig_ask(&rig, "GET", target, fields), 304);
}

static void play_auth(enum rig_kind kind)
{
    static const char mine[] = "/api/auth/avatar", ada[] = "/api/auth/avatar/ada";

    open_rig("auth", kind, true);
    rig_get(&rig, ada);
    expect_json(404, "{\"error\":\"Avatar not found\"}");
    cr_expect_eq(uploads_send_form(&rig, "PUT", mine, NULL, "avatar", jpeg, jpeg_length), 401);
    for (int i = 0; i < 2; i++) {
        uploads_send_form(&rig, "PUT", mine, login, "avatar", i ? png : jpeg,
                          i ? png_length : jpeg_length);
        expect_json(200, "{\"avatarUrl\":\"/api/auth/avatar/ada\"}");
        expect_picture(ada, NULL, "public, max-age=86400");
        expect_not_modified(ada);
    }
    uploads_send_form(&rig, "PUT", mine, login, "file", jpeg, jpeg_length);
    expect_json(400, "{\"error\":\"the upload is malformed or has no picture\"}");
    uploads_send_form(&rig, "PUT", mine, login, "avatar", "x", 1);
    expect_json(400, "{\"error\":\"the upload is too small\"}");
    uploads_send_form(&rig, "PUT", mine, login, "avatar", KEY KEY KEY KEY KEY KEY, 6 * strlen(KEY));
    expect_json(415, "{\"error\":\"not a picture of a supported type\"}");
    uploads_send_form(&rig, "PUT", mine, other_page, "avatar", jpeg, jpeg_length);
    expect_json(403, "{\"error\":\"another site's page may not do this; "
                     "a program says Visage-Upload: 1\"}");
    make_too_large();
    uploads_send_form(&rig, "PUT", mine, login, "avatar", jpeg, TOO_LARGE);
    expect_json(413, "{\"error\":\"the upload is too large\"}");
    uploads_send_form(&rig, "PUT", ada, login, "avatar", png, png_length);
    expect_json(405, "{\"error\":\"method not allowed\"}");
    rig_get(&rig, "/api/auth/avatar");
    expect_json(405, "{\"error\":\"method not allowed\"}");
    close_rig();
}

Test(contracts, auth_conf_behind_lighttpd)
{
    play_auth(RIG_LIGHTTPD);
}

Test(contracts, auth_conf_behind_apache)
{
    play_auth(RIG_APACHE);
}

/* The URL that the answer to this user's upload has, without the one of anybody. */
static void upload_own(const char *user, char url[128])
{
    static const char before[] = "{\"avatarUrl\":\"/api/auth/avatar/", after[] = "\"}";
    char who[64], encoded[BASE64_SIZE(sizeof who)], field[128];
    const char *const fields[] = {field, OWN_PAGE, NULL};
    size_t length;

    snprintf(who, sizeof who, "%s" PASSWORD, user);
    base64_encode(who, strlen(who), encoded);
    snprintf(field, sizeof field, "Authorization: Basic %s", encoded);
    cr_assert_eq(uploads_send_form(&rig, "PUT", "/api/auth/avatar", fields, "avatar", jpeg,
                                   jpeg_length), 200, "%s: %d", user, rig.answer.status);
    length = rig.answer.body.length;
    cr_assert(length > sizeof before + sizeof after - 2 && length < 128);
    cr_assert_eq(strncmp(rig.answer.body.data, before, sizeof before - 1), 0);
    cr_assert_str_eq(rig.answer.body.data + length - (sizeof after - 1), after);
    snprintf(url, 128, "%.*s", (int)(length - (sizeof before - 1) - (sizeof after - 1)),
             rig.answer.body.data + sizeof before - 1);
}

Test(contracts, the_url_in_an_answer_is_that_of_the_user_whatever_their_name)
{
    static const struct {
        const char *user, *url;
    } rows[] = {
        {"x", "x"}, {"xA", "xA"}, {"x#y", "x%23y"}, {"x%41", "x%2541"},
        {"bob smith", "bob%20smith"}, {"\"q\" \\", "%22q%22%20%5C"}, {"zo\303\253", "zo%C3%AB"},
    };
    char url[128], version[UPLOADS_VERSION_SIZE], tag[UPLOADS_VERSION_SIZE + 1];

    takes_any_id = true;
    open_rig("auth", RIG_LIGHTTPD, true);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        free(jpeg);
        cr_assert_eq(picture_make_jpeg(320, 240, (unsigned)i + 10, &jpeg, &jpeg_length), 0);
        upload_own(rows[i].user, url);
        cr_expect_str_eq(url, rows[i].url);
        uploads_version(jpeg, jpeg_length, version);
        snprintf(tag, sizeof tag, "\"%s", version);
        cr_expect_eq(rig_get(&rig, "/api/auth/avatar/%s", url), 200, "%s", url);
        cr_expect(answer_says(&rig.answer, "ETag", tag), "%s: another one's picture", url);
    }
    close_rig();
}

static void upload_image(const unsigned char *bytes, size_t length, enum picture_type type)
{
    struct store_picture p;

    uploads_send_form(&rig, "POST", "/images/upload/profile", login, "file", bytes, length);
    expect_json(200, "{\"success\":true,\"image_id\":\"ada\",\"url\":\"/images/ada\","
                     "\"user_id\":\"ada\"}");
    cr_assert(uploads_find(&rig, "users/ada", &p, NULL));
    cr_expect_eq(p.type, type);
    cr_expect(p.width == 128 && p.height == 128, "%ux%u", p.width, p.height);
}

static void expect_no_image(void)
{
    rig_get(&rig, "/images/user/ada/info");
    expect_json(404, "{\"success\":false,\"error\":\"not found\"}");
    rig_get(&rig, "/images/ada/exists");
    expect_json(200, "{\"exists\":false}");
    rig_get(&rig, "/images/ada");
    expect_json(404, "{\"success\":false,\"error\":\"no such picture\"}");
    rig_get(&rig, "/images/user/ada");
    expect_json(404, "{\"success\":false,\"error\":\"no such picture\"}");
}

/* Their keys are looked at by the workers, whatever the web server asks of people. */
static void play_programs_with_images(void)
{
    static const char *const wrong[] = {"Authorization: Bearer 0123456789abcdef-kez", NULL};
    static const char *const right[] = {"Authorization: bearer " KEY, NULL};

    upload_image(png, png_length, PICTURE_PNG);
    rig_ask(&rig, "DELETE", "/images/ada", wrong);
    expect_json(401, "{\"success\":false,\"error\":\"it is not known who asks\"}");
    rig_ask(&rig, "DELETE", "/images/ada", NULL);
    cr_expect_eq(rig.answer.status, 401);
    rig_ask(&rig, "DELETE", "/images/ada", right);
    expect_json(200, "{\"success\":true}");
}

static void play_images(enum rig_kind kind)
{
    static const char *const targets[] = {"/images/ada", "/images/user/ada"};
    static const char gif[128] =
        "GIF89a\1\0\1\0\x80\0\0\377\0\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

    open_rig("images", kind, true);
    cr_expect_eq(rig_get(&rig, "/images/health"), 200);
    cr_expect(answer_says(&rig.answer, "Content-Type", "application/json"));
    expect_no_image();
    upload_image(jpeg, jpeg_length, PICTURE_JPEG);
    upload_image(png, png_length, PICTURE_PNG);
    for (size_t i = 0; i < 2; i++) {
        expect_picture(targets[i], NULL, "public, max-age=2700, s-maxage=2700");
        expect_not_modified(targets[i]);
    }
    rig_get(&rig, "/images/user/ada/info");
    expect_json(200, "{\"success\":true,\"image_id\":\"ada\",\"url\":\"/images/ada\","
                     "\"user_id\":\"ada\"}");
    cr_expect_str_eq(answer_field(&rig.answer, "Access-Control-Allow-Origin"), "*");
    rig_get(&rig, "/images/ada/exists");
    expect_json(200, "{\"exists\":true}");
    uploads_send_form(&rig, "POST", "/images/upload/profile", login, "file", gif, sizeof gif);
    expect_json(415, "{\"success\":false,\"error\":\"not a picture of a supported type\"}");
    rig_ask(&rig, "DELETE", "/images/user/bob/profile", login);
    expect_json(403, "{\"success\":false,\"error\":\"this picture is somebody else's\"}");
    rig_ask(&rig, "DELETE", "/images/user/ada/profile", login);
    expect_json(200, "{\"success\":true}");
    expect_no_image();
    upload_image(jpeg, jpeg_length, PICTURE_JPEG);
    rig_ask(&rig, "DELETE", "/images/ada", login);
    expect_json(200, "{\"success\":true}");
    expect_no_image();
    play_programs_with_images();
    close_rig();
}

Test(contracts, images_conf_behind_lighttpd)
{
    play_images(RIG_LIGHTTPD);
}

Test(contracts, images_conf_behind_apache)
{
    play_images(RIG_APACHE);
}

static void play_me(enum rig_kind kind)
{
    static const char me[] = "/users/me/avatar";

    open_rig("me", kind, true);
    cr_expect_eq(rig_get(&rig, me), 401, "nobody has said who asks");
    cr_expect_eq(rig_ask(&rig, "GET", me, login), 404);
    cr_expect_eq(rig_get(&rig, "/users/ada/avatar"), 404);
    for (int i = 0; i < 2; i++) {
        char version[UPLOADS_VERSION_SIZE], target[64];
        const unsigned char *bytes = i ? png : jpeg;
        size_t length = i ? png_length : jpeg_length;

        cr_expect_eq(uploads_send_form(&rig, "POST", me, login, "avatar", bytes, length), 204);
        cr_expect_eq(rig.answer.body.length, 0u);
        cr_expect_null(answer_field(&rig.answer, "Content-Length"));
        uploads_version(bytes, length, version);
        snprintf(target, sizeof target, "\"%s\"", version);
        cr_expect_str_eq(answer_field(&rig.answer, "ETag"), target);
        snprintf(target, sizeof target, "/users/ada/avatar?v=%s", version);
        expect_picture(target, NULL, NULL);
        expect_picture(me, login, "private, no-cache");
    }
    cr_expect_eq(uploads_send(&rig, "POST", me, login, jpeg, jpeg_length), 204,
                 "as the body itself");
    cr_expect_eq(uploads_send(&rig, "POST", me, login, jpeg, 99), 400);
    cr_expect_eq(uploads_send(&rig, "POST", me, login, KEY KEY KEY KEY KEY KEY, 6 * strlen(KEY)),
                 415);
    make_too_large();
    cr_expect_eq(uploads_send(&rig, "POST", me, login, jpeg, TOO_LARGE), 413);
    cr_expect_eq(rig_ask(&rig, "DELETE", me, login), 204);
    cr_expect_eq(rig_ask(&rig, "DELETE", me, login), 404);
    cr_expect_eq(rig_get(&rig, "/users/ada/avatar"), 404);
    cr_expect_eq(uploads_send(&rig, "POST", "/users/ada/avatar", login, png, png_length), 405);
    close_rig();
}

Test(contracts, me_conf_behind_lighttpd)
{
    play_me(RIG_LIGHTTPD);
}

Test(contracts, me_conf_behind_apache)
{
    play_me(RIG_APACHE);
}

static void play_stream(enum rig_kind kind)
{
    static const char ada[] = "/avatars/ada";
    char version[UPLOADS_VERSION_SIZE], url[128];

    open_rig("stream", kind, false);
    cr_expect_eq(uploads_send(&rig, "PUT", ada, NULL, jpeg, jpeg_length), 401);
    cr_expect_eq(uploads_send(&rig, "PUT", ada, bearer, jpeg, jpeg_length), 200);
    uploads_version(jpeg, jpeg_length, version);
    snprintf(url, sizeof url, "\"url\":\"/v/%s/avatar/users/ada.", version);
    cr_expect_not_null(strstr(rig.answer.body.data, url), "%s", rig.answer.body.data);
    expect_picture(ada, NULL, NULL);
    cr_expect_eq(rig_get(&rig, "/avatars/ada/info"), 200);
    cr_expect_not_null(strstr(rig.answer.body.data, version));
    cr_expect_eq(uploads_send(&rig, "PUT", ada, bearer, png, 99), 400);
    cr_expect_eq(uploads_send(&rig, "PUT", ada, bearer, png, png_length / 2), 422);
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(rig_get(&rig, "/v/%s/avatar/users/ada.jpg", version), 200, "the old one stays");
    cr_expect_eq(uploads_send(&rig, "PUT", ada, bearer, png, png_length), 200);
    cr_expect_eq(rig_get(&rig, "/v/%s/avatar/users/ada.jpg", version), 302);
    cr_expect_eq(rig_ask(&rig, "DELETE", ada, bearer), 204);
    cr_expect_eq(rig_get(&rig, "%s", ada), 404);
    close_rig();
}

Test(contracts, stream_conf_behind_lighttpd)
{
    play_stream(RIG_LIGHTTPD);
}

Test(contracts, stream_conf_behind_apache)
{
    play_stream(RIG_APACHE);
}

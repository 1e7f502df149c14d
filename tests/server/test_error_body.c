/* SPDX-License-Identifier: MIT
 *
 * Errors in the shape that a front end knows, whatever is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "origin/pictures.h"
#include "rig/text.h"
#include "rig/uploads.h"

RIG_SUITE(error_body);

#define ADA "/users/ada"
#define LIMIT 20000u

/* Whom the web server has let in is ada, whoever it is. */
#define LOGIN                                                                                      \
    "server.modules += (\"mod_setenv\")\nsetenv.set-environment = (\"REMOTE_USER\" => \"ada\")\n"
#define WRITTEN "methods = {GET, PUT, DELETE} "
#define ERROR "error_body = '{\"success\":false,\"status\":{status},\"error\":\"{detail}\"}' "
#define CONF                                                                                       \
    "source users { type = store writers = {remote-user} upload_max = 20000 "                      \
    "upload_types = {image/jpeg, image/png} }\n"                                                   \
    "source closed { type = store }\n"                                                             \
    "rest users { path = \"/users/{id}\" source = users " WRITTEN ERROR "}\n"                      \
    "rest closed { path = \"/closed/{id}\" source = closed " WRITTEN ERROR                         \
    "missing_body = '{\"gone\":true}' }\n"                                                         \
    "rest told { path = \"/told/{id}\" source = users answers = info info_body = '{}' " ERROR "}\n" \
    "rest there { path = \"/there/{id}\" source = users answers = exists " ERROR "}\n"             \
    "rest title { path = \"/title/{id}\" source = users error_body = '[\"{title}\"]' }\n"          \
    "rest plain { path = \"/plain/{id}\" source = users " WRITTEN "}\n"

static struct rig rig;
static unsigned char *jpeg;
static size_t jpeg_length;

static void open_rig(const char *more)
{
    struct buffer all = {0};

    text_add(&all, "%s%s", CONF, more);
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = all.data, .server = LOGIN});
    buffer_free(&all);
    cr_assert_eq(picture_make_jpeg(64, 48, 1, &jpeg, &jpeg_length), 0);
    cr_assert_lt(jpeg_length, LIMIT);
}

static void close_rig(void)
{
    free(jpeg);
    rig_close(&rig);
}

static void expect(int status, const char *body)
{
    cr_expect_eq(rig.answer.status, status, "%d: %s", rig.answer.status, rig.answer.body.data);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "application/json");
    cr_expect_str_eq(rig.answer.body.data, body);
}

static void expect_error(int status, const char *detail)
{
    char body[256];

    snprintf(body, sizeof body, "{\"success\":false,\"status\":%d,\"error\":\"%s\"}", status, detail);
    expect(status, body);
}

static void put(const char *target, const void *bytes, size_t length)
{
    uploads_send(&rig, "PUT", target, NULL, bytes, length);
}

Test(error_body, uploads_that_are_refused)
{
    static const char gif[128] =
        "GIF89a\1\0\1\0\x80\0\0\377\0\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";
    static const char *const condition[] = {"If-Match: \"0123456789abcdef\"", NULL};
    unsigned char *large = calloc(1, LIMIT + 1);

    cr_assert_not_null(large);
    open_rig("");
    put(ADA, jpeg, 99);
    expect_error(400, "the upload is too small");
    put("/closed/ada", jpeg, jpeg_length);
    expect_error(401, "it is not known who asks");
    cr_expect_not_null(answer_field(&rig.answer, "WWW-Authenticate"), "the fields are what they were");
    put("/users/bob", jpeg, jpeg_length);
    expect_error(403, "this picture is somebody else's");
    uploads_send(&rig, "POST", ADA, NULL, jpeg, jpeg_length);
    expect_error(405, "method not allowed");
    cr_expect_str_eq(answer_field(&rig.answer, "Allow"), "GET, HEAD, PUT, DELETE");
    uploads_send(&rig, "PUT", ADA, condition, jpeg, jpeg_length);
    expect_error(412, "the picture has been changed meanwhile");
    put(ADA, large, LIMIT + 1);
    expect_error(413, "the upload is too large");
    put(ADA, gif, sizeof gif);
    expect_error(415, "not a picture of a supported type");
    put(ADA, jpeg, jpeg_length / 2);
    expect_error(422, "the picture is damaged");
    free(large);
    close_rig();
}

Test(error_body, what_is_not_there)
{
    open_rig("");
    rig_get(&rig, ADA);
    expect_error(404, "no such picture");
    rig_ask(&rig, "DELETE", ADA, NULL);
    expect_error(404, "no such picture");
    rig_get(&rig, "/told/ada");
    expect_error(404, "no such picture");
    rig_get(&rig, "/there/ada");
    expect_error(404, "no such picture");
    rig_get(&rig, "/users/a%%20b");
    expect_error(400, "malformed request");
    rig_get(&rig, "/closed/ada");
    expect(404, "{\"gone\":true}");
    rig_get(&rig, "/title/ada");
    expect(404, "[\"Not Found\"]");
    cr_expect_eq(rig_ask(&rig, "HEAD", ADA, NULL), 404);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "application/json");
    cr_expect_eq(rig.answer.body.length, 0u);
    close_rig();
}

/* A client that asks too often is refused before anybody asks what it wants. */
Test(error_body, clients_that_ask_too_often)
{
    int status = 0;

    open_rig("limit { rate = 1 burst = 3 miss_cost = 1 }\n");
    client_from(rig.client, "127.0.0.2");
    for (int i = 0; i < 20 && status != 429; i++)
        status = rig_get(&rig, "/there/ada");
    expect_error(429, "too many requests");
    cr_expect_not_null(answer_field(&rig.answer, "Retry-After"));
    status = 0;
    for (int i = 0; i < 20 && status != 429; i++)
        status = rig_get(&rig, "/s64/users/ada");
    cr_expect_str_eq(rig.answer.body.data, "too many requests\n");
    close_rig();
}

Test(error_body, elsewhere_errors_are_what_they_were)
{
    open_rig("");
    cr_expect_eq(rig_get(&rig, "/plain/ada"), 404);
    cr_expect_str_eq(rig.answer.body.data, "no such picture\n");
    put("/plain/ada", jpeg, 99);
    cr_expect(answer_says(&rig.answer, "Content-Type", "application/problem+json"));
    cr_expect_eq(rig_get(&rig, "/s64/users/ada"), 404);
    cr_expect_str_eq(rig.answer.body.data, "no such picture\n");
    close_rig();
}

/* SPDX-License-Identifier: MIT
 *
 * Uploads as front ends, browsers and nobody in particular send them: what is taken is there
 * for the next request, what is refused leaves nothing behind.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "image/sniff.h"
#include "origin/pictures.h"
#include "render/fixture.h"
#include "rig/text.h"
#include "rig/uploads.h"

RIG_SUITE(upload);

#define KEY "Authorization: Bearer 0123456789abcdef-key"
#define KEYS "0123456789abcdef-key\n"
#define LIMIT (10u << 20)
#define ADA "/users/ada/avatar"
#define WAIT_MS 10000

/* %s: further keys of the source. */
#define CONF                                                                                       \
    "source users { type = store writers = {api-key} api_key_file = \"@DIR@/secret\" %s }\n"        \
    "rest avatar { path = \"/users/{id}/avatar\" source = users preset = thumb "                    \
    "methods = {GET, PUT, POST, DELETE} }\n"                                                        \
    "rest info { path = \"/users/{id}/avatar/info\" source = users answers = info preset = thumb }\n" \
    "rest told { path = \"/users/{id}/told\" source = users answers = info "                        \
    "info_body = '{\"a\":\"{id}\",\"v\":\"{version}\",\"n\":{bytes}}' }\n"                          \
    "rest exists { path = \"/users/{id}/exists\" source = users answers = exists }\n"               \
    "rest there { path = \"/users/{id}/there\" source = users answers = exists "                    \
    "exists_body = '{\"exists\":{exists}}' }\n"

static struct rig rig;
static const char *const key[] = {KEY, NULL};
static struct file red, blue; /* two pictures */

static void open_with(enum rig_kind kind, const char *source, const char *top, const char *server)
{
    static char more[2048];

    snprintf(more, sizeof more, CONF, source);
    rig_open(&rig, &(struct rig_options){.kind = kind, .more = more, .top = top, .secret = KEYS,
                                         .server = server});
    red = fixture_jpeg(320, 240, 6);
    blue = fixture_png(200, 200, true);
    cr_assert(red.bytes && blue.bytes);
}

static void open_rig(const char *source)
{
    open_with(RIG_LIGHTTPD, source, NULL, NULL);
}

static void close_rig(void)
{
    file_free(&red);
    file_free(&blue);
    rig_close(&rig);
}

static int put(const char *target, const void *bytes, size_t length)
{
    return uploads_send(&rig, "PUT", target, key, bytes, length);
}

static int put_file(const char *target, const struct file *file)
{
    return put(target, file->bytes, file->length);
}

static int put_with(const char *target, const struct file *file, const char *field)
{
    const char *const fields[] = {KEY, field, NULL};

    return uploads_send(&rig, "PUT", target, fields, file->bytes, file->length);
}

static int delete_with(const char *target, const char *field)
{
    const char *const fields[] = {KEY, field, NULL};

    return rig_ask(&rig, "DELETE", target, fields);
}

/* The store has these very bytes. */
static bool has(const char *subject, const struct file *file)
{
    struct store_picture picture;
    struct buffer bytes = {0};
    bool same = uploads_find(&rig, subject, &picture, &bytes) && bytes.length == file->length &&
                memcmp(bytes.data, file->bytes, file->length) == 0;

    buffer_free(&bytes);
    return same;
}

static void expect_nothing(const char *what)
{
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u, "%s", what);
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u, "%s", what);
    cr_expect_eq(rig_get(&rig, ADA), 404, "%s", what);
}

/* ---- what is taken ---- */

static void run_put(enum rig_kind kind)
{
    char version[UPLOADS_VERSION_SIZE], tag[32];

    open_with(kind, "", NULL, NULL);
    uploads_version(red.bytes, red.length, version);
    snprintf(tag, sizeof tag, "\"%s\"", version);
    cr_expect_eq(rig_get(&rig, ADA), 404);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store",
                     "it may be there the next moment");
    cr_expect_eq(put_file(ADA, &red), 200, "%s", rig.answer.body.data);
    cr_expect(answer_says(&rig.answer, "Content-Type", "application/json"));
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store");
    cr_expect_str_eq(answer_field(&rig.answer, "ETag"), tag);
    cr_expect_not_null(strstr(rig.answer.body.data, version));
    cr_expect_not_null(strstr(rig.answer.body.data, "\"width\":320,\"height\":240"), "%s",
                       rig.answer.body.data);
    cr_expect(has("users/ada", &red));
    cr_expect_eq(rig_get(&rig, ADA), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/jpeg");
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_eq(rig_ask(&rig, "HEAD", ADA, NULL), 200);
    cr_expect_eq(rig.answer.body.length, 0u);
    cr_expect_eq(rig_get(&rig, "/v/%s/thumb/users/ada.jpg", version), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Control", "immutable"));
    cr_expect_eq(delete_with(ADA, NULL), 204);
    cr_expect_eq(rig.answer.body.length, 0u);
    cr_expect_eq(rig_get(&rig, ADA), 404);
    cr_expect_eq(delete_with(ADA, NULL), 404);
    expect_nothing("deleted");
    close_rig();
}

Test(upload, a_picture_comes_and_goes_behind_lighttpd)
{
    run_put(RIG_LIGHTTPD);
}

Test(upload, a_picture_comes_and_goes_behind_apache)
{
    run_put(RIG_APACHE);
}

Test(upload, a_picture_comes_and_goes_behind_apache_with_htaccess)
{
    run_put(RIG_APACHE_HTACCESS);
}

Test(upload, a_picture_comes_and_goes_behind_nginx)
{
    run_put(RIG_NGINX);
}

Test(upload, what_is_known_is_told)
{
    char version[UPLOADS_VERSION_SIZE], wanted[256];

    open_rig("");
    uploads_version(blue.bytes, blue.length, version);
    cr_expect_eq(rig_get(&rig, "/users/ada/avatar/info"), 404);
    cr_expect_eq(rig_get(&rig, "/users/ada/told"), 404);
    cr_expect_eq(rig_get(&rig, "/users/ada/exists"), 404);
    cr_expect_eq(rig_get(&rig, "/users/ada/there"), 200);
    cr_expect_str_eq(rig.answer.body.data, "{\"exists\":false}");
    cr_assert_eq(put_file(ADA, &blue), 200);
    cr_expect_eq(rig_get(&rig, "/users/ada/avatar/info"), 200);
    cr_expect_not_null(strstr(rig.answer.body.data, version));
    cr_expect_eq(rig_get(&rig, "/users/ada/told"), 200);
    snprintf(wanted, sizeof wanted, "{\"a\":\"ada\",\"v\":\"%s\",\"n\":%zu}", version, blue.length);
    cr_expect_str_eq(rig.answer.body.data, wanted);
    cr_expect_not_null(answer_field(&rig.answer, "ETag"));
    cr_expect_not_null(answer_field(&rig.answer, "Last-Modified"));
    cr_expect_str_eq(answer_field(&rig.answer, "Access-Control-Allow-Origin"), "*");
    cr_expect_eq(rig_ask(&rig, "HEAD", "/users/ada/told", NULL), 200);
    cr_expect_eq(rig.answer.body.length, 0u);
    cr_expect_eq(rig_get(&rig, "/users/ada/exists"), 204);
    cr_expect_eq(rig.answer.body.length, 0u);
    cr_expect_eq(rig_get(&rig, "/users/ada/there"), 200);
    cr_expect_str_eq(rig.answer.body.data, "{\"exists\":true}");
    close_rig();
}

/* Each server makes of it what it makes: with a length the worker takes it, without it says so. */
static void run_chunked(enum rig_kind kind, const char *server, int wanted)
{
    static const char head[] = "PUT " ADA " HTTP/1.1\r\nHost: a\r\n" KEY "\r\n"
                               "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    struct buffer request = {0};
    int status;

    open_with(kind, "", NULL, server);
    text_add(&request, "%s%zx\r\n", head, blue.length);
    cr_assert_eq(buffer_append(&request, (const char *)blue.bytes, blue.length), 0);
    text_add(&request, "\r\n0\r\n\r\n");
    status = client_raw(rig.port, request.data, request.length, &rig.answer);
    cr_expect_eq(status, wanted, "%d", status);
    if (wanted == 200)
        cr_expect(has("users/ada", &blue));
    else
        expect_nothing("chunked");
    buffer_free(&request);
    close_rig();
}

Test(upload, chunks_are_put_together_by_lighttpd)
{
    run_chunked(RIG_LIGHTTPD, NULL, 200);
}

Test(upload, chunks_are_put_together_by_apache)
{
    run_chunked(RIG_APACHE, NULL, 200);
}

Test(upload, chunks_are_put_together_by_nginx)
{
    run_chunked(RIG_NGINX, NULL, 200);
}

Test(upload, a_form_s_field_is_found_among_others)
{
    static const char *const fields[] = {UPLOADS_FORM, KEY, NULL};
    struct buffer form = {0};

    open_rig("");
    cr_expect_eq(uploads_send_form(&rig, "POST", ADA, key, "avatar", red.bytes, red.length), 200);
    cr_expect(has("users/ada", &red));
    cr_expect_eq(uploads_send_form(&rig, "PUT", ADA, key, "avatar", blue.bytes, blue.length), 200);
    cr_expect(has("users/ada", &blue));

    uploads_add_part(&form, "csrf", NULL, NULL, "0123", 4);
    uploads_add_part(&form, "other", "x.png", "image/png", blue.bytes, blue.length);
    uploads_add_part(&form, "avatar", "\xc3\xa4 %22\x5c.jpg", "application/x-nonsense", red.bytes, red.length);
    uploads_add_part(&form, "avatar", "late.png", "image/png", blue.bytes, blue.length);
    uploads_end_form(&form);
    cr_expect_eq(uploads_send(&rig, "POST", "/users/bob/avatar", fields, form.data, form.length), 200);
    cr_expect(has("users/bob", &red), "the first one counts");
    buffer_free(&form);
    close_rig();
}

/* The first bytes decide; what is said of them is not asked. */
Test(upload, a_type_that_lies_changes_nothing)
{
    open_rig("");
    cr_expect_eq(put_with(ADA, &blue, "Content-Type: image/jpeg"), 200);
    cr_expect_not_null(strstr(rig.answer.body.data, "\"type\":\"image/png\""));
    cr_expect_eq(put_with(ADA, &red, "Content-Type: text/html"), 200);
    cr_expect_not_null(strstr(rig.answer.body.data, "\"type\":\"image/jpeg\""));
    close_rig();
}

/* ---- what is refused ---- */

struct refusal {
    const char *what;
    struct file file;
    int status, other; /* which of two, where that is not ours to say */
};

Test(upload, nothing_is_kept_that_cannot_be_shown)
{
    struct refusal refusals[] = {
        {"a JPEG's first half", fixture_cut(fixture_jpeg(400, 300, 1), 1, 2), 422, 0},
        {"a JPEG without its last tenth", fixture_cut(fixture_jpeg(400, 300, 1), 9, 10), 422, 0},
        {"a PNG's first half", fixture_cut(fixture_png(400, 300, false), 1, 2), 422, 0},
        {"a part of a GIF's first frame", fixture_cut(fixture_gif(400, 300), 1, 10), 422, 0},
        {"a WebP's first half", fixture_cut(fixture_webp(400, 300, false), 1, 2), 422, 0},
        {"a bomb", fixture_png_bomb(60000, 60000), 413, 422},
        {"a broad bomb", fixture_png_bomb(2000000000, 1), 413, 422},
        {"text", fixture_text("This is no picture, but it is long enough to be taken for one, "
                              "if only the length were looked at: more than a hundred bytes."), 415, 0},
        {"a page", fixture_text("<!doctype html><script>alert(1)</script><p>and so on, and so "
                                "on, and so on, and so on, until a hundred bytes are full"), 415, 0},
        {"a drawing", fixture_text("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" "
                                   "height=\"9\"><script>alert(1)</script><rect width=\"9\"/></svg>"
                                   "          "), 415, 0},
        {"a header alone", fixture_text("\x89PNG\r\n\x1a\n-----------------------------------------"
                                        "----------------------------------------------------------"),
         422, 0},
    };

    open_rig("upload_min = 0");
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct refusal *r = &refusals[i];
        int status;

        cr_assert_not_null(r->file.bytes, "%s", r->what);
        status = put_file(ADA, &r->file);
        cr_expect(status == r->status || (r->other && status == r->other), "%s: %d", r->what, status);
        cr_expect(answer_says(&rig.answer, "Content-Type", "application/problem+json"), "%s", r->what);
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store", "%s", r->what);
        expect_nothing(r->what);
    }
    /* Nor does it take the place of what is there. */
    cr_assert_eq(put_file(ADA, &red), 200);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        cr_expect_geq(put_file(ADA, &refusals[i].file), 400, "%s", refusals[i].what);
        cr_expect_eq(rig_get(&rig, ADA), 200, "%s", refusals[i].what);
        file_free(&refusals[i].file);
    }
    cr_expect(has("users/ada", &red));
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    close_rig();
}

Test(upload, a_type_that_is_not_wanted_is_415)
{
    struct file gif = fixture_gif(64, 64);

    open_rig("upload_types = {image/png}");
    cr_expect_eq(put_file(ADA, &red), 415);
    cr_expect_eq(put_file(ADA, &gif), 415);
    expect_nothing("415");
    cr_expect_eq(put_file(ADA, &blue), 200);
    file_free(&gif);
    close_rig();
}

/* A picture, and bytes behind its end that nobody looks at. */
static unsigned char *padded(const struct file *file, size_t length)
{
    unsigned char *bytes = calloc(1, length);

    cr_assert_not_null(bytes);
    cr_assert_leq(file->length, length);
    memcpy(bytes, file->bytes, file->length);
    return bytes;
}

static const unsigned char smallest_gif[] = {
    'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 0,
    ',', 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, ';'};

static void run_bounds(enum rig_kind kind)
{
    struct file gif = {(unsigned char *)(uintptr_t)smallest_gif, sizeof smallest_gif};
    unsigned char *bytes;

    open_with(kind, "", NULL, NULL);
    bytes = padded(&gif, 100);
    cr_expect_eq(put(ADA, bytes, 99), 400);
    expect_nothing("99 bytes");
    cr_expect_eq(uploads_send_form(&rig, "POST", ADA, key, "avatar", bytes, 99), 400);
    expect_nothing("99 bytes in a form");
    cr_expect_eq(put(ADA, bytes, 100), 200, "%s", rig.answer.body.data);
    cr_expect_eq(uploads_send_form(&rig, "POST", ADA, key, "avatar", bytes, 100), 200);
    cr_expect_eq(delete_with(ADA, NULL), 204);
    free(bytes);
    bytes = padded(&red, LIMIT + 1);
    cr_expect_eq(put(ADA, bytes, LIMIT + 1), 413);
    expect_nothing("a byte too many");
    cr_expect_eq(uploads_send_form(&rig, "POST", ADA, key, "avatar", bytes, LIMIT + 1), 413);
    expect_nothing("a byte too many in a form");
    cr_expect_eq(put(ADA, bytes, LIMIT), 200, "%d", rig.answer.status);
    cr_expect_eq(delete_with(ADA, NULL), 204);
    cr_expect_eq(uploads_send_form(&rig, "POST", ADA, key, "avatar", bytes, LIMIT), 200, "%d",
                 rig.answer.status);
    cr_expect_eq(rig_get(&rig, ADA), 200);
    free(bytes);
    close_rig();
}

Test(upload, a_hundred_bytes_and_10_mebibytes_are_the_bounds_behind_lighttpd)
{
    run_bounds(RIG_LIGHTTPD);
}

Test(upload, a_hundred_bytes_and_10_mebibytes_are_the_bounds_behind_apache)
{
    run_bounds(RIG_APACHE);
}

Test(upload, a_hundred_bytes_and_10_mebibytes_are_the_bounds_behind_nginx)
{
    run_bounds(RIG_NGINX);
}

Test(upload, forms_without_the_picture_are_400)
{
    static const char *const fields[] = {UPLOADS_FORM, KEY, NULL};
    static const char *const bad_boundary[] = {"Content-Type: multipart/form-data; boundary=other",
                                               KEY, NULL};
    struct buffer form = {0};

    open_rig("");
    cr_expect_eq(uploads_send_form(&rig, "POST", ADA, key, "picture", red.bytes, red.length), 400);
    expect_nothing("another field");
    cr_expect_eq(uploads_send_form(&rig, "POST", ADA, key, "avatar", "", 0), 400);
    expect_nothing("an empty field, as browsers send it where no file was chosen");
    uploads_add_part(&form, "avatar", "a.jpg", "image/jpeg", red.bytes, red.length);
    cr_expect_eq(uploads_send(&rig, "POST", ADA, fields, form.data, form.length), 400);
    expect_nothing("no end");
    uploads_end_form(&form);
    cr_expect_eq(uploads_send(&rig, "POST", ADA, bad_boundary, form.data, form.length), 400);
    expect_nothing("another boundary");
    cr_expect_eq(uploads_send(&rig, "POST", ADA, fields, red.bytes, red.length), 400);
    expect_nothing("no form at all");
    buffer_free(&form);
    close_rig();
}

Test(upload, urls_and_methods_that_are_not_there)
{
    open_rig("");
    cr_expect_eq(put_file("/users/a%20b/avatar", &red), 400);
    cr_expect_eq(put_file("/users/..%2Fada/avatar", &red), 400);
    cr_expect_eq(put_file("/users/ada/picture", &red), 404);
    cr_expect_eq(put_file("/thumb/users/ada", &red), 405);
    cr_expect_eq(put_file("/users/ada/exists", &red), 405);
    cr_expect_str_eq(answer_field(&rig.answer, "Allow"), "GET, HEAD");
    cr_expect_eq(uploads_send(&rig, "PATCH", ADA, key, red.bytes, red.length), 405);
    cr_expect_str_eq(answer_field(&rig.answer, "Allow"), "GET, HEAD, PUT, POST, DELETE");
    cr_expect_eq(uploads_send(&rig, "PUT", ADA, NULL, red.bytes, red.length), 401);
    expect_nothing("none of them");
    close_rig();
}

/* ---- who leaves ---- */

static void begin_upload(struct buffer *request, size_t length)
{
    text_add(request,
             "PUT %s" ADA " HTTP/1.1\r\nHost: a\r\n" KEY "\r\nContent-Length: %zu\r\n"
             "Connection: close\r\n\r\n",
             rig.prefix, length);
}

/* With a server that passes the body on while it comes. */
Test(upload, of_a_client_that_leaves_nothing_is_left)
{
    struct buffer request = {0};

    open_with(RIG_LIGHTTPD, "", NULL, 
              "$HTTP[\"url\"] =~ \"\" { server.stream-request-body = 2 }\n");
    cr_assert_eq(put_file(ADA, &red), 200);
    begin_upload(&request, 3u << 20);
    for (size_t i = 0; i < 1u << 20; i += 1u << 10)
        cr_assert_eq(buffer_append(&request, (const char *)red.bytes, 1u << 10), 0);
    for (int i = 0; i < 2; i++) {
        int connection = client_begin_with(rig.port, request.data, request.length);

        cr_expect(uploads_await_temporary(&rig, 1, WAIT_MS), "it comes in");
        client_leave(connection, i == 0);
        cr_expect(uploads_await_temporary(&rig, 0, WAIT_MS), "%s", i ? "closed" : "reset");
    }
    cr_expect(has("users/ada", &red), "the old one stays");
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    cr_expect_eq(rig_get(&rig, ADA), 200);
    buffer_free(&request);
    close_rig();
}

/* More than was said is the next request, and no good one. */
Test(upload, a_longer_body_than_its_length_is_cut_there)
{
    struct buffer request = {0};

    open_rig("");
    begin_upload(&request, blue.length);
    cr_assert_eq(buffer_append(&request, (const char *)blue.bytes, blue.length), 0);
    text_add(&request, "and so on");
    cr_expect_eq(client_raw(rig.port, request.data, request.length, &rig.answer), 200);
    cr_expect(has("users/ada", &blue));
    buffer_free(&request);
    close_rig();
}

/* ---- preconditions ---- */

Test(upload, preconditions_guard_against_lost_updates)
{
    char tag[64], weak[64], version[UPLOADS_VERSION_SIZE];

    open_rig("");
    uploads_version(red.bytes, red.length, version);
    snprintf(tag, sizeof tag, "If-Match: \"%s\"", version);
    snprintf(weak, sizeof weak, "If-Match: W/\"%s\"", version);
    cr_expect_eq(put_with(ADA, &red, "If-Match: *"), 412, "there is none");
    cr_expect_eq(put_with(ADA, &red, tag), 412);
    expect_nothing("412");
    cr_expect_eq(put_with(ADA, &red, "If-None-Match: *"), 200);
    cr_expect_eq(put_with(ADA, &blue, "If-None-Match: *"), 412);
    cr_expect_eq(put_with(ADA, &blue, "If-Match: \"0123456789abcdef\""), 412);
    cr_expect_eq(put_with(ADA, &blue, weak), 412, "a weak tag says nothing of the bytes");
    cr_expect_eq(put_with(ADA, &blue, "If-Match: nonsense"), 412);
    cr_expect(has("users/ada", &red));
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    cr_expect_eq(put_with(ADA, &blue, tag), 200);
    cr_expect_eq(delete_with(ADA, tag), 412, "it has been replaced");
    cr_expect_eq(delete_with(ADA, "If-None-Match: *"), 412);
    cr_expect(has("users/ada", &blue));
    uploads_version(blue.bytes, blue.length, version);
    snprintf(tag, sizeof tag, "If-Match: \"0123456789abcdef\", \"%s\"", version);
    cr_expect_eq(delete_with(ADA, tag), 204);
    cr_expect_eq(delete_with(ADA, "If-Match: *"), 404);
    close_rig();
}

struct sender {
    pthread_t thread;
    const struct file *file;
    const char *condition;
    int statuses[8];
};

static void *send_some(void *context)
{
    struct sender *s = context;
    struct client *client = client_new(rig.port);
    const char *const fields[] = {KEY, s->condition, NULL};
    struct answer answer = {0};

    for (size_t i = 0; client && i < sizeof s->statuses / sizeof *s->statuses; i++)
        s->statuses[i] = client_send(client, "PUT", ADA, fields, s->file->bytes, s->file->length,
                                     &answer);
    answer_free(&answer);
    if (client)
        client_free(&client);
    return NULL;
}

static unsigned send_at_once(struct sender *senders, size_t count)
{
    unsigned taken = 0;

    for (size_t i = 0; i < count; i++)
        cr_assert_eq(pthread_create(&senders[i].thread, NULL, send_some, &senders[i]), 0);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(pthread_join(senders[i].thread, NULL), 0);
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < sizeof senders[i].statuses / sizeof *senders[i].statuses; n++)
            taken += senders[i].statuses[n] == 200;
    return taken;
}

Test(upload, of_two_at_once_one_is_there_and_both_were_taken)
{
    struct sender senders[2] = {{.file = NULL}};

    open_rig("");
    senders[0].file = &red;
    senders[1].file = &blue;
    cr_expect_eq(send_at_once(senders, 2), 16u);
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    cr_expect(has("users/ada", &red) || has("users/ada", &blue));
    cr_expect_eq(rig_get(&rig, ADA), 200);
    cr_assert_eq(delete_with(ADA, NULL), 204);
    /* Where each wants to be the first one, one is. */
    senders[0].condition = senders[1].condition = "If-None-Match: *";
    cr_expect_eq(send_at_once(senders, 2), 1u);
    close_rig();
}

/* ---- what was there before ---- */

#define ROUND 16

/* As many at once as there are workers, and again. */
static void expect_everywhere(const char *target, int status, const char *digest)
{
    const char *targets[ROUND];
    struct answer answers[ROUND] = {{0}};
    char hex[65];

    for (size_t i = 0; i < ROUND; i++)
        targets[i] = target;
    cr_expect_eq(client_get_all(rig.port, targets, ROUND, answers), (size_t)ROUND);
    for (size_t i = 0; i < ROUND; i++) {
        cr_expect_eq(answers[i].status, status, "%s: %d", target, answers[i].status);
        answer_digest(&answers[i], hex);
        if (digest)
            cr_expect_str_eq(hex, digest, "%s", target);
        answer_free(&answers[i]);
    }
}

static const char *const variants[] = {ADA, "/thumb/users/ada.jpg", "/s64/users/ada.webp",
                                       "/avatar_small/users/ada.png"};
#define VARIANTS (sizeof variants / sizeof *variants)

static bool await_file(const char *path)
{
    for (int i = 0; i < 500; i++) {
        if (access(path, F_OK) == 0)
            return true;
        clock_sleep_ms(10);
    }
    return false;
}

Test(upload, what_was_drawn_from_the_old_one_is_gone_for_the_next_request)
{
    char old[VARIANTS][65], version[UPLOADS_VERSION_SIZE], immutable[128], file[FILES_PATH_MAX];
    char new[65];

    open_with(RIG_LIGHTTPD, "", "publish_root = \"@STATE@/published\"", NULL);
    uploads_version(red.bytes, red.length, version);
    snprintf(immutable, sizeof immutable, "/v/%s/thumb/users/ada.jpg", version);
    files_path(file, "%s/published%s", rig.state, immutable);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(put_file(ADA, &red), 200);
        for (size_t n = 0; n < VARIANTS; n++) {
            cr_assert_eq(rig_get(&rig, "%s", variants[n]), 200);
            answer_digest(&rig.answer, old[n]);
            expect_everywhere(variants[n], 200, old[n]);
        }
        cr_expect_eq(rig_get(&rig, "%s", immutable), 200);
        cr_expect(await_file(file), "it is published once it has been answered with");
        if (i == 0) {
            cr_assert_eq(put_file(ADA, &blue), 200);
            cr_expect_neq(access(file, F_OK), 0, "nothing is published of the old one");
            expect_everywhere(immutable, 302, NULL);
            for (size_t n = 0; n < VARIANTS; n++) {
                cr_assert_eq(rig_get(&rig, "%s", variants[n]), 200);
                answer_digest(&rig.answer, new);
                cr_expect_str_neq(new, old[n], "%s", variants[n]);
                expect_everywhere(variants[n], 200, new);
            }
        }
    }
    cr_assert_eq(delete_with(ADA, NULL), 204);
    cr_expect_neq(access(file, F_OK), 0, "nothing is published of what was deleted");
    expect_everywhere(immutable, 404, NULL);
    for (size_t n = 0; n < VARIANTS; n++)
        expect_everywhere(variants[n], 404, NULL);
    close_rig();
}

struct reader {
    pthread_t thread;
    const char *targets[3];
    _Atomic bool *done;
};

static void *read_on(void *context)
{
    struct reader *r = context;
    struct client *client = client_new(rig.port);
    struct answer answer = {0};

    for (unsigned i = 0; client && !*r->done; i++)
        client_ask(client, "GET", r->targets[i % 3], NULL, &answer);
    answer_free(&answer);
    if (client)
        client_free(&client);
    return NULL;
}

/* While others draw and publish what is being replaced. */
Test(upload, the_old_one_never_comes_back_however_many_are_looking)
{
    struct file *const files[] = {&red, &blue};
    char immutable[2][128], shown[2][65], now[65], path[FILES_PATH_MAX];
    struct reader readers[3];
    _Atomic bool done = false;

    open_with(RIG_LIGHTTPD, "", "publish_root = \"@STATE@/published\"", NULL);
    for (int i = 0; i < 2; i++) {
        char version[UPLOADS_VERSION_SIZE];

        uploads_version(files[i]->bytes, files[i]->length, version);
        snprintf(immutable[i], sizeof immutable[i], "/v/%s/thumb/users/ada.jpg", version);
        cr_assert_eq(put_file(ADA, files[i]), 200);
        cr_assert_eq(rig_get(&rig, ADA), 200);
        answer_digest(&rig.answer, shown[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        readers[i] = (struct reader){.targets = {immutable[0], immutable[1], ADA}, .done = &done};
        cr_assert_eq(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
    }
    for (int round = 0; round < 60; round++) {
        int new = round % 2;

        cr_expect_eq(put_file(ADA, files[new]), 200);
        files_path(path, "%s/published%s", rig.state, immutable[!new]);
        cr_expect_neq(access(path, F_OK), 0, "round %d", round);
        cr_expect_eq(rig_get(&rig, "%s", immutable[!new]), 302, "round %d", round);
        cr_expect_eq(rig_get(&rig, ADA), 200);
        answer_digest(&rig.answer, now);
        cr_expect_str_eq(now, shown[new], "round %d", round);
        cr_expect_neq(access(path, F_OK), 0, "round %d", round);
    }
    done = true;
    for (size_t i = 0; i < 3; i++)
        pthread_join(readers[i].thread, NULL);
    close_rig();
}

/* Somebody else has the same picture: theirs stays. */
Test(upload, one_picture_of_two_users_is_kept_once_and_goes_with_the_last)
{
    open_rig("");
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(put_file("/users/bob/avatar", &red), 200);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    cr_assert_eq(delete_with(ADA, NULL), 204);
    cr_expect_eq(rig_get(&rig, ADA), 404);
    cr_expect_eq(rig_get(&rig, "/users/bob/avatar"), 200);
    cr_assert_eq(delete_with("/users/bob/avatar", NULL), 204);
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u);
    close_rig();
}

static void restore(const char *subject, const char *version)
{
    char path[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store_picture picture;
    struct store *store;

    files_path(path, "%s/store", rig.state);
    cr_assert_eq(store_open(path, &store, error), 0, "%s", error);
    cr_assert_eq(store_restore(store, subject, version, clock_wall_ms(), &picture), 0);
    store_close(&store);
}

Test(upload, as_many_versions_stay_as_are_wanted_and_one_of_them_comes_back)
{
    struct file grey = fixture_jpeg_grey(100, 100);
    char version[UPLOADS_VERSION_SIZE], first[65], now[65];

    open_rig("keep_versions = 2");
    uploads_version(red.bytes, red.length, version);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(rig_get(&rig, ADA), 200);
    answer_digest(&rig.answer, first);
    cr_assert_eq(put_file(ADA, &blue), 200);
    cr_expect_eq(uploads_files(&rig, "blobs"), 2u);
    cr_assert_eq(rig_get(&rig, ADA), 200);
    restore("users/ada", version);
    cr_assert_eq(rig_get(&rig, ADA), 200);
    answer_digest(&rig.answer, now);
    cr_expect_str_eq(now, first, "all workers see it, whoever restored it");
    expect_everywhere(ADA, 200, first);
    cr_assert_eq(put_file(ADA, &grey), 200);
    cr_expect_eq(uploads_files(&rig, "blobs"), 2u, "the oldest has gone");
    cr_assert_eq(delete_with(ADA, NULL), 204);
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u, "with all its versions");
    file_free(&grey);
    close_rig();
}

/* ---- privacy ---- */

static bool is_private(const struct buffer *bytes)
{
    return uploads_contain(bytes, SECRET_PLACE) || uploads_contain(bytes, "Exif");
}

Test(upload, what_is_served_has_no_metadata)
{
    struct buffer bytes = {0};
    struct store_picture picture;

    open_rig("");
    bytes.length = 0;
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
    cr_assert(is_private(&bytes), "else this shows nothing");
    for (size_t n = 0; n < VARIANTS; n++) {
        cr_assert_eq(rig_get(&rig, "%s", variants[n]), 200);
        cr_expect_not(is_private(&rig.answer.body), "%s", variants[n]);
    }
    buffer_free(&bytes);
    close_rig();
}

Test(upload, strip_keeps_no_metadata)
{
    struct file webp = fixture_webp_turned(90, 60, 6), gif = fixture_gif(64, 64);
    const struct {
        const struct file *file;
        enum picture_type type;
    } kinds[] = {{&red, PICTURE_JPEG}, {&blue, PICTURE_PNG}, {&webp, PICTURE_WEBP},
                 {&gif, PICTURE_PNG}};
    struct store_picture picture;
    struct buffer bytes = {0};

    open_rig("strip = true");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        cr_assert_eq(put_file(ADA, kinds[i].file), 200, "%zu", i);
        cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
        cr_expect_not(is_private(&bytes), "%zu", i);
        cr_expect_eq(picture.type, kinds[i].type, "%zu: %d", i, (int)picture.type);
        cr_expect_eq(sniff_picture(bytes.data, bytes.length), kinds[i].type);
        cr_expect_eq(picture.length, bytes.length);
    }
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert(uploads_find(&rig, "users/ada", &picture, NULL));
    cr_expect(picture.width == 320 && picture.height == 240, "%ux%u: upright, in its own size",
              picture.width, picture.height);
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    buffer_free(&bytes);
    file_free(&webp);
    file_free(&gif);
    close_rig();
}

Test(upload, a_preset_decides_what_is_kept)
{
    struct file webp = fixture_webp(400, 300, true);
    struct store_picture picture;
    struct buffer bytes = {0};

    open_rig("upload_min = 0 upload_preset = avatar_small");
    cr_assert_eq(put_file(ADA, &blue), 200);
    cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
    cr_expect_eq(picture.type, PICTURE_PNG);
    cr_assert_eq(put_file(ADA, &webp), 200);
    cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
    cr_expect_eq(picture.type, PICTURE_JPEG);
    cr_expect_eq(sniff_picture(bytes.data, bytes.length), PICTURE_JPEG);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
    cr_expect_eq(picture.type, PICTURE_JPEG);
    cr_expect_not(is_private(&bytes));
    buffer_free(&bytes);
    file_free(&webp);
    close_rig();
}

/* SPDX-License-Identifier: MIT
 *
 * Uploads as front ends, browsers and nobody in particular send them: what is taken is there
 * for the next request, what is refused leaves nothing behind.
 */
#include "upload_fixture.h"

#include <sys/stat.h>

RIG_SUITE(upload);

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
    uploads_add_part(&form, "avatar", "\xc3\xa4 %22\x5c.jpg", "application/x-nonsense", red.bytes,
                     red.length);
    uploads_add_part(&form, "avatar", "late.png", "image/png", blue.bytes, blue.length);
    uploads_end_form(&form);
    cr_expect_eq(uploads_send(&rig, "POST", "/users/bob/avatar", fields, form.data, form.length),
                 200);
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
                              "if only the length were looked at: more than a hundred bytes."),
         415, 0},
        {"a page", fixture_text("<!doctype html><script>alert(1)</script><p>and so on, and so "
                                "on, and so on, and so on, until a hundred bytes are full"),
         415, 0},
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
        cr_expect(status == r->status || (r->other && status == r->other), "%s: %d", r->what,
                  status);
        cr_expect(answer_says(&rig.answer, "Content-Type", "application/problem+json"), "%s",
                  r->what);
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
    buffer_clear(&form);
    uploads_add_part(&form, "avatar", NULL, NULL, "", 0);
    uploads_end_form(&form);
    cr_expect_eq(uploads_send(&rig, "POST", ADA, fields, form.data, form.length), 400);
    expect_nothing("a hidden field alone");
    buffer_free(&form);
    close_rig();
}

/* Else they were taken for a picture with something around it. */
Test(upload, parts_that_are_no_form_are_400)
{
    static const char *const types[] = {
        "Content-Type: multipart/form-data", "Content-Type: multipart/form-data; boundary=",
        "Content-Type: multipart/form-data; boundary=a; boundary=b",
        "Content-Type: multipart/form-data; boundary=\"a{b\"",
        "Content-Type: multipart/mixed; boundary=a", "Content-Type: Multipart/Related; boundary=a",
        "Content-Type: multipart/form-data, boundary=a"};

    open_rig("");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        cr_expect_eq(put_with(ADA, &red, types[i]), 400, "%s", types[i]);
        cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=upload-malformed"));
        expect_nothing(types[i]);
    }
    close_rig();
}

Test(upload, a_hidden_field_before_the_picture_is_passed_over)
{
    static const char *const fields[] = {UPLOADS_FORM, KEY, NULL};
    struct buffer form = {0};

    open_rig("");
    uploads_add_part(&form, "avatar", NULL, NULL, "", 0);
    uploads_add_part(&form, "avatar", "a.jpg", "image/jpeg", red.bytes, red.length);
    uploads_end_form(&form);
    cr_expect_eq(uploads_send(&rig, "POST", ADA, fields, form.data, form.length), 200);
    cr_expect(has("users/ada", &red));
    /* That no file was chosen is said with a filename, and is what counts. */
    buffer_clear(&form);
    uploads_add_part(&form, "avatar", "", "application/octet-stream", "", 0);
    uploads_add_part(&form, "avatar", "b.png", "image/png", blue.bytes, blue.length);
    uploads_end_form(&form);
    cr_expect_eq(uploads_send(&rig, "POST", ADA, fields, form.data, form.length), 400);
    cr_expect(has("users/ada", &red));
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

/* ---- conditions ---- */

static void tag_of(const char *target, const char *field, char out[128])
{
    const char *tag;
    int status = rig_get(&rig, "%s", target);

    cr_expect(status == 200 || status == 204, "%s: %d", target, status);
    tag = answer_field(&rig.answer, "ETag");
    cr_assert_not_null(tag, "%s", target);
    snprintf(out, 128, "%s: %s", field, tag);
}

Test(upload, every_tag_that_is_handed_out_guards_a_change)
{
    static const char *const targets[] = {ADA, "/users/ada/avatar/info", "/users/ada/told",
                                          "/users/ada/exists", "/users/ada/there"};
    char tag[128];

    open_rig("");
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        cr_assert_eq(put_file(ADA, &red), 200);
        tag_of(targets[i], "If-Match", tag);
        cr_expect_eq(put_with(ADA, &blue, tag), 200, "%s %s", targets[i], tag);
        cr_expect_eq(put_with(ADA, &red, tag), 412, "%s", targets[i]);
        cr_expect_eq(delete_with(ADA, tag), 412, "%s", targets[i]);
        cr_expect(has("users/ada", &blue));
    }
    close_rig();
}

/* What is a picture's or a document's own of it still tells one from the other. */
Test(upload, what_is_known_already_is_not_sent_again)
{
    static const char *const targets[] = {ADA, "/users/ada/avatar/info"};
    char tags[2][128];
    const char *fields[] = {NULL, NULL};

    open_rig("");
    cr_assert_eq(put_file(ADA, &red), 200);
    for (size_t i = 0; i < 2; i++)
        tag_of(targets[i], "If-None-Match", tags[i]);
    for (size_t i = 0; i < 4; i++) {
        fields[0] = tags[i / 2];
        cr_expect_eq(rig_ask(&rig, "GET", targets[i % 2], fields), i / 2 == i % 2 ? 304 : 200);
    }
    close_rig();
}

Test(upload, conditions_count_together)
{
    char match[64], none_match[64], weak[64];
    char version[UPLOADS_VERSION_SIZE];
    const char *fields[] = {KEY, match, none_match, NULL};

    open_rig("");
    uploads_version(red.bytes, red.length, version);
    snprintf(match, sizeof match, "If-Match: \"%s\"", version);
    snprintf(none_match, sizeof none_match, "If-None-Match: \"%s\"", version);
    snprintf(weak, sizeof weak, "If-None-Match: \"other\", W/\"%s\"", version);
    cr_expect_eq(put_with(ADA, &red, none_match), 200, "there is none");
    cr_expect_eq(put_with(ADA, &blue, none_match), 412);
    cr_expect_eq(put_with(ADA, &blue, weak), 412);
    cr_expect_eq(delete_with(ADA, none_match), 412);
    cr_expect_eq(uploads_send(&rig, "PUT", ADA, fields, blue.bytes, blue.length), 412);
    cr_expect_eq(put_with(ADA, &blue, "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT"), 412);
    cr_expect(has("users/ada", &red));
    fields[2] = "If-None-Match: \"other\"";
    cr_expect_eq(uploads_send(&rig, "PUT", ADA, fields, blue.bytes, blue.length), 200);
    cr_expect_eq(put_with(ADA, &red, "If-Unmodified-Since: Fri, 31 Dec 9999 23:59:59 GMT"), 200);
    cr_expect_eq(put_with(ADA, &blue, "If-None-Match: \"other\""), 200);
    close_rig();
}

/* What may be said of a request before its body is there is said of it. */
Test(upload, a_body_that_is_for_nothing_is_not_looked_at)
{
    static const char text[] = "This is no picture, and longer than a hundred bytes: were it looked "
                               "at, the answer would have to be 415, whatever the conditions say.";
    struct file none = {(unsigned char *)(uintptr_t)text, sizeof text - 1};

    open_rig("");
    cr_expect_eq(put_with(ADA, &none, "If-Match: *"), 412);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_expect_eq(put_with(ADA, &none, "If-None-Match: *"), 412);
    cr_expect_eq(put_with(ADA, &none, "If-Match: \"0123456789abcdef\""), 412);
    cr_expect_eq(put_file(ADA, &none), 415);
    cr_expect_null(answer_field(&rig.answer, "Accept-Encoding"));
    close_rig();
}

static void run_encoded(enum rig_kind kind)
{
    open_with(kind, "", NULL, NULL);
    cr_expect_eq(put_with(ADA, &red, "Content-Encoding: gzip"), 415);
    cr_expect_str_eq(answer_field(&rig.answer, "Accept-Encoding"), "identity");
    cr_expect_eq(put_with(ADA, &red, "Content-Range: bytes 0-99/1000"), 400);
    expect_nothing("in pieces, or encoded");
    cr_expect_eq(put_with(ADA, &red, "Content-Encoding: Identity"), 200);
    close_rig();
}

Test(upload, of_encoded_bodies_and_parts_nothing_is_kept_behind_lighttpd)
{
    run_encoded(RIG_LIGHTTPD);
}

Test(upload, of_encoded_bodies_and_parts_nothing_is_kept_behind_apache)
{
    run_encoded(RIG_APACHE);
}

Test(upload, of_encoded_bodies_and_parts_nothing_is_kept_behind_nginx)
{
    run_encoded(RIG_NGINX);
}

/* ---- what was drawn ---- */

/* Publishes the picture, and puts something in the file's place that cannot be unlinked. */
static void publish_for_ever(const struct file *file, char path[FILES_PATH_MAX])
{
    char version[UPLOADS_VERSION_SIZE];

    uploads_version(file->bytes, file->length, version);
    cr_assert_eq(rig_get(&rig, "/v/%s/thumb/users/ada.jpg", version), 200);
    files_path(path, "%s/published/v/%s/thumb/users/ada.jpg", rig.state, version);
    cr_assert(files_await(path), "%s", path);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(mkdir(path, 0755), 0);
}

/* A deletion is not done before what was drawn has gone, too. */
Test(upload, a_deletion_that_leaves_something_is_to_be_tried_again)
{
    char path[FILES_PATH_MAX];

    open_with(RIG_LIGHTTPD_SOCKET, "", "publish_root = \"@STATE@/published\"", NULL);
    cr_assert_eq(put_file(ADA, &red), 200);
    publish_for_ever(&red, path);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(delete_with(ADA, NULL), 503, "%d", rig.answer.status);
        cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=store"));
        cr_expect_not_null(answer_field(&rig.answer, "Retry-After"));
    }
    cr_expect_geq(rig_logged(&rig, "event=purge"), 1u);
    expect_nothing("the picture itself has gone");
    cr_assert_eq(rmdir(path), 0);
    cr_expect_eq(delete_with(ADA, NULL), 404, "and so has the rest");

    cr_assert_eq(put_file(ADA, &red), 200);
    publish_for_ever(&red, path);
    cr_expect_eq(put_file(ADA, &blue), 200, "the new one is there, whatever is left of the old");
    cr_expect(has("users/ada", &blue));
    cr_assert_eq(rmdir(path), 0);
    close_rig();
}

/* ---- who asks too often ---- */

/* From another address than the one that has waited for the server. */
Test(upload, changes_cost_as_much_as_a_miss)
{
    static const char *const methods[] = {"PUT", "DELETE", "POST"};
    static const int wanted[] = {200, 204, 401};
    int64_t start_ms;
    unsigned passed = 0, refused = 0, most;

    open_with(RIG_LIGHTTPD_SOCKET, "", "limit { rate = 1 burst = 30 miss_cost = 10 }", NULL);
    client_from(rig.client, "127.0.0.2");
    start_ms = clock_boot_ms();
    for (unsigned i = 0; i < 9 || (refused == 0 && i < 90); i++) { /* more, if they take long */
        int status = i % 3 == 1 ? delete_with(ADA, NULL)
                                : uploads_send(&rig, methods[i % 3], ADA, i % 3 ? NULL : key,
                                               red.bytes, red.length);

        passed += status != 429;
        cr_expect(status == 429 || status == wanted[i % 3] || (status == 404 && refused > 0), "%d",
                  status);
        if (status == 429) {
            const char *after = answer_field(&rig.answer, "Retry-After");

            refused++;
            cr_expect(after && atoi(after) >= 1, "%s", after ? after : "none");
        }
    }
    most = (30 + (unsigned)((clock_boot_ms() - start_ms) / 1000 + 1)) / 10;
    cr_expect(passed >= 3 && passed <= most, "%u of at most %u", passed, most);
    cr_expect_gt(refused, 0u);
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

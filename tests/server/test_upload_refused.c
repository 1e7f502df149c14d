/* SPDX-License-Identifier: MIT
 *
 * Uploads that are refused: nothing that cannot be shown, is too small or too large, or is no form, leaves
 * anything behind.
 */
#include "upload_fixture.h"

RIG_SUITE(upload_refused);

struct refusal {
    const char *what;
    struct file file;
    int status, other; /* which of two, where that is not ours to say */
};

Test(upload_refused, nothing_is_kept_that_cannot_be_shown)
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

Test(upload_refused, a_type_that_is_not_wanted_is_415)
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

Test(upload_refused, a_hundred_bytes_and_10_mebibytes_are_the_bounds_behind_lighttpd)
{
    run_bounds(RIG_LIGHTTPD);
}

Test(upload_refused, a_hundred_bytes_and_10_mebibytes_are_the_bounds_behind_apache)
{
    run_bounds(RIG_APACHE);
}

Test(upload_refused, a_hundred_bytes_and_10_mebibytes_are_the_bounds_behind_nginx)
{
    run_bounds(RIG_NGINX);
}

Test(upload_refused, forms_without_the_picture_are_400)
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
Test(upload_refused, parts_that_are_no_form_are_400)
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

Test(upload_refused, a_hidden_field_before_the_picture_is_passed_over)
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

Test(upload_refused, urls_and_methods_that_are_not_there)
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

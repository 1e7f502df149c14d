/* SPDX-License-Identifier: MIT
 *
 * Uploads as front ends, browsers and nobody in particular send them: what is taken is there
 * for the next request.
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

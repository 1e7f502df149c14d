/* SPDX-License-Identifier: MIT
 *
 * The same requests behind every web server, as conf/ sets it up: what the client gets
 * must not depend on who stands between.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "rig/rig.h"
#include "rig/sniffed.h"

RIG_SUITE(servers);

static int ask_with(struct rig *rig, const char *method, const char *target, const char *field)
{
    const char *fields[] = {field, NULL};

    return rig_ask(rig, method, target, fields);
}

static void check_pictures(struct rig *rig)
{
    char etag[128], field[160];
    struct sniffed s;
    size_t length;

    cr_assert_eq(rig_get(rig, "/s64/o/ok/photo"), 200, "%d", rig->answer.status);
    cr_expect(answer_says(&rig->answer, "Cache-Status", "fwd=uri-miss"));
    cr_expect(answer_says(&rig->answer, "Vary", "Accept"));
    cr_expect(answer_says(&rig->answer, "Cache-Control", "max-age="));
    cr_expect(answer_says(&rig->answer, "Content-Type", "image/jpeg"));
    cr_expect(answer_says(&rig->answer, "X-Content-Type-Options", "nosniff"));
    cr_expect(answer_says(&rig->answer, "Content-Security-Policy", "sandbox"));
    cr_expect(answer_says(&rig->answer, "Access-Control-Allow-Origin", "*"));
    cr_expect(answer_is_sound(&rig->answer), "%s", answer_field(&rig->answer, "ETag"));
    s = sniffed_picture(rig->answer.body.data, rig->answer.body.length);
    cr_expect(s.width == 64 && s.height == 64);
    length = rig->answer.body.length;
    snprintf(etag, sizeof etag, "%s", answer_field(&rig->answer, "ETag"));

    cr_assert_eq(rig_get(rig, "/s64/o/ok/photo"), 200);
    cr_expect(answer_says(&rig->answer, "Cache-Status", "; hit"));
    cr_expect_str_eq(answer_field(&rig->answer, "ETag"), etag);
    cr_expect_eq(rig->answer.body.length, length);
    cr_expect(answer_is_sound(&rig->answer));

    cr_expect_eq(rig_ask(rig, "HEAD", "/s64/o/ok/photo", NULL), 200);
    cr_expect_eq(rig->answer.body.length, 0u);
    cr_expect_str_eq(answer_field(&rig->answer, "ETag"), etag);
    cr_expect_eq(answer_field(&rig->answer, "Content-Length")
                     ? (size_t)atoi(answer_field(&rig->answer, "Content-Length")) : 0u, length);

    snprintf(field, sizeof field, "If-None-Match: \"x\", %s", etag);
    cr_expect_eq(ask_with(rig, "GET", "/s64/o/ok/photo", field), 304);
    cr_expect_eq(rig->answer.body.length, 0u);
    cr_expect(answer_says(&rig->answer, "ETag", etag));
    cr_expect(answer_says(&rig->answer, "Vary", "Accept"));
    cr_expect(answer_says(&rig->answer, "Cache-Control", "max-age="));
    cr_expect_eq(ask_with(rig, "GET", "/s64/o/ok/photo",
                          "If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT"), 304);
    cr_expect_eq(ask_with(rig, "GET", "/s64/o/ok/photo", "If-None-Match: \"x\""), 200);

    cr_expect_eq(ask_with(rig, "GET", "/s64/o/ok/photo", "Accept: image/webp"), 200);
    cr_expect(answer_says(&rig->answer, "Content-Type", "image/webp"));
    cr_expect_str_neq(answer_field(&rig->answer, "ETag"), etag);

    cr_expect_eq(ask_with(rig, "GET", "/s64/o/ok/photo", "Range: bytes=10-19"), 206);
    cr_expect_eq(rig->answer.body.length, 10u);
    cr_expect(answer_says(&rig->answer, "Content-Range", "bytes 10-19/"));
}

static void check_errors(struct rig *rig)
{
    cr_expect_eq(rig_get(rig, "/s64/o/status/404/x"), 404);
    cr_expect_str_eq(rig->answer.body.data, "no such picture\n");
    cr_expect(answer_says(&rig->answer, "Cache-Status", "detail=origin-not-found"));
    cr_expect(answer_says(&rig->answer, "Vary", "Accept"));
    cr_expect_eq(rig_get(rig, "/s64/o/status/500/x.jpg"), 502);
    cr_expect(answer_says(&rig->answer, "Cache-Control", "no-store"));
    cr_expect_str_eq(rig->answer.body.data, "the picture's server failed\n");
    cr_expect_eq(rig_get(rig, "/s64/o/status/503/x.jpg"), 503);
    cr_expect_not_null(answer_field(&rig->answer, "Retry-After"));
    cr_expect_eq(rig_get(rig, "/s64/nobody/x.jpg"), 404);
    cr_expect(answer_says(&rig->answer, "Cache-Status", "visage; detail=not-found"));
    cr_expect_eq(rig_get(rig, "/s64/o/html/x.jpg"), 415);
    cr_expect_eq(rig_get(rig, "/s64/o/bad%%20id.jpg"), 400);
    cr_expect_eq(rig_ask(rig, "DELETE", "/s64/o/ok/photo.jpg", NULL), 405);
    cr_expect_str_eq(answer_field(&rig->answer, "Allow"), "GET, HEAD");
}

/* REQUEST_URI reaches the worker as it was sent. */
static void check_encoded_ids(struct rig *rig)
{
    cr_expect_eq(rig_get(rig, "/s64/o/ok/enc%%40ded%%2Bid.jpg"), 200);
    cr_expect_eq(origin_count(rig->origin, "/ok/enc@ded+id"), 1u);
    cr_expect_eq(rig_get(rig, "/s64/o/ok/enc@ded+id.jpg"), 200);
    cr_expect(answer_says(&rig->answer, "Cache-Status", "; hit"));
    cr_expect_eq(rig_get(rig, "/s64/o/ok/a/b/c.jpg?x=1&y=%%2F"), 200);
    cr_expect_eq(rig_get(rig, "/s64/o/ok/twice%%2540.jpg"), 400);
    cr_expect_eq(origin_count(rig->origin, "/ok/twice@"), 0u);
}

static void check_all(struct rig *rig)
{
    check_pictures(rig);
    check_errors(rig);
    check_encoded_ids(rig);
    cr_expect_eq(origin_count(rig->origin, "/ok/photo"), 1u);
}

static void run(enum rig_kind kind)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = kind});
    check_all(&rig);
    rig_close(&rig);
}

Test(servers, lighttpd_bin_path)
{
    run(RIG_LIGHTTPD);
}

Test(servers, lighttpd_spawn_fcgi_multiwatch)
{
    run(RIG_LIGHTTPD_SOCKET);
}

Test(servers, apache_mod_fcgid)
{
    run(RIG_APACHE);
}

Test(servers, apache_htaccess)
{
    run(RIG_APACHE_HTACCESS);
}

Test(servers, nginx)
{
    run(RIG_NGINX);
}

/* ---- files sent by the server ---- */

static void delete_blobs(const struct rig *rig)
{
    char path[FILES_PATH_MAX];
    const char *argv[] = {"find", path, "-type", "f", "-delete", NULL};

    files_path(path, "%s/blobs", rig->state);
    cr_assert_gt(files_count(path), 0u);
    cr_assert_eq(process_run(&(struct process_options){.argv = argv}, NULL, 5000), 0);
}

static void check_sent_files(struct rig *rig)
{
    char etag[128], field[160];

    check_pictures(rig);
    check_errors(rig);
    cr_assert_eq(rig_get(rig, "/avatar/o/ok/photo"), 200);
    snprintf(etag, sizeof etag, "%s", answer_field(&rig->answer, "ETag"));
    cr_assert_eq(rig_get(rig, "/avatar/o/ok/photo"), 200);
    cr_expect(answer_is_sound(&rig->answer));
    cr_expect_str_eq(answer_field(&rig->answer, "ETag"), etag);
    cr_expect_eq(answer_fields(&rig->answer, "ETag"), 1u);
    cr_expect_eq(answer_fields(&rig->answer, "Cache-Control"), 1u);
    cr_expect_eq(answer_fields(&rig->answer, "Vary"), 1u);
    cr_expect_eq(answer_fields(&rig->answer, "Last-Modified"), 1u);
    cr_expect_null(answer_field(&rig->answer, "X-Sendfile"));
    cr_expect_null(answer_field(&rig->answer, "X-Accel-Redirect"));
    cr_expect(answer_says(&rig->answer, "Cache-Status", "; hit"));
    snprintf(field, sizeof field, "If-None-Match: %s", etag);
    cr_expect_eq(ask_with(rig, "GET", "/avatar/o/ok/photo", field), 304);
    cr_expect(answer_says(&rig->answer, "Vary", "Accept"));
    /* The file is gone behind everybody's back: made again, not a 404. */
    delete_blobs(rig);
    cr_expect_eq(rig_get(rig, "/avatar/o/ok/photo"), 200);
    cr_expect_str_eq(answer_field(&rig->answer, "ETag"), etag);
    cr_expect(answer_is_sound(&rig->answer));
}

Test(servers, lighttpd_x_sendfile)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD,
                                         .top = "sendfile = \"x-sendfile\""});
    check_sent_files(&rig);
    rig_close(&rig);
}

Test(servers, lighttpd_socket_x_sendfile)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD_SOCKET,
                                         .top = "sendfile = \"x-sendfile\"\n"
                                                "group_readable = true"});
    check_sent_files(&rig);
    rig_close(&rig);
}

static unsigned mode_of(const struct rig *rig, const char *name)
{
    char path[FILES_PATH_MAX * 2];
    struct stat st;

    snprintf(path, sizeof path, "%s/%s", rig->state, name);
    cr_assert_eq(stat(path, &st), 0, "%s", path);
    return st.st_mode & 0777;
}

static unsigned mode_of_a_blob(const struct rig *rig)
{
    char pattern[FILES_PATH_MAX * 2];
    struct stat st;
    glob_t found;

    snprintf(pattern, sizeof pattern, "%s/blobs/*/*", rig->state);
    cr_assert_eq(glob(pattern, 0, NULL, &found), 0);
    cr_assert_eq(stat(found.gl_pathv[0], &st), 0);
    globfree(&found);
    return st.st_mode & 0777;
}

/* The web server's group may read pictures, and nothing else; nobody else anything. */
Test(servers, modes_on_disk)
{
    static const struct {
        const char *top;
        unsigned blobs, index, tmp;
    } table[] = {
        {"group_readable = true", 0750, 0600, 0700},
        {"group_readable = false", 0700, 0600, 0700},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        static struct rig rig;

        rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .top = table[i].top});
        cr_assert_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
        cr_expect_eq(mode_of(&rig, "blobs"), table[i].blobs);
        cr_expect_eq(mode_of(&rig, "index.mdb"), table[i].index);
        cr_expect_eq(mode_of(&rig, "tmp"), table[i].tmp);
        cr_expect_eq(mode_of_a_blob(&rig), table[i].blobs & 0666, "%s", table[i].top);
        rig_close(&rig);
    }
}

Test(servers, nginx_x_accel_redirect)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_NGINX,
                                         .top = "sendfile = \"x-accel:/internal/visage/\"\n"
                                                "group_readable = true"});
    check_sent_files(&rig);
    /* Nobody else comes to the files that way. */
    cr_expect_eq(rig_get(&rig, "/internal/visage/"), 404);
    rig_close(&rig);
}

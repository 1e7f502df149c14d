/* SPDX-License-Identifier: MIT
 *
 * Who may write: whom the web server has let in, who has a grant, who has a key, each no more
 * than what is theirs, and nobody where nothing is configured.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "origin/pictures.h"
#include "rig/uploads.h"
#include "route/grant.h"

RIG_SUITE(uploader);

#define OLD_KEY "0123456789abcdef-old"
#define NEW_KEY "0123456789abcdef-new"
#define BEARER "Authorization: Bearer "
#define LOGIN_ADA "Authorization: Basic YWRhOmxvdmVsYWNl"
#define LOGIN_BOB "Authorization: Basic Ym9iOmJ1aWxkZXI="
#define MINE "/me/avatar"
#define IN_ADA "/in/ada/avatar" /* where the server asks for a login */
#define ADA "/users/ada/avatar" /* where it does not */

#define METHODS "methods = {GET, PUT, POST, DELETE} "
#define CONF                                                                                       \
    "source users { type = store writers = {remote-user, grant, api-key} "                         \
    "api_key_file = \"@DIR@/secret\" grant_key_file = \"@DIR@/secret\" "                           \
    "origins = {\"https://www.example.org\", \"http://10.0.0.1:8080\"} }\n"                        \
    "source closed { type = store }\n"                                                             \
    "source people { type = store writers = {remote-user} }\n"                                    \
    "source granted { type = store writers = {grant} grant_key_file = \"@DIR@/secret\" }\n"      \
    "source keyed { type = store api_key_file = \"@DIR@/secret\" "                                \
    "grant_key_file = \"@DIR@/secret\" }\n"                                                       \
    "rest mine { path = \"" MINE "\" source = users " METHODS "}\n"                                \
    "rest in { path = \"/in/{id}/avatar\" source = users " METHODS "}\n"                           \
    "rest users { path = \"/users/{id}/avatar\" source = users " METHODS "}\n"                     \
    "rest closed { path = \"/closed/{id}\" source = closed " METHODS "}\n"                         \
    "rest people { path = \"/people/{id}\" source = people " METHODS "}\n"                         \
    "rest granted { path = \"/granted/{id}\" source = granted " METHODS "}\n"                      \
    "rest shut { path = \"/in/{id}/closed\" source = closed " METHODS "}\n"                        \
    "rest keyed { path = \"/keyed/{id}\" source = keyed " METHODS "}\n"

#define LIGHTTPD                                                                                   \
    "server.modules += (\"mod_auth\", \"mod_authn_file\")\n"                                       \
    "auth.backend = \"plain\"\n"                                                                   \
    "auth.backend.plain.userfile = \"@DIR@/users\"\n"                                              \
    "auth.require = (\"/me/\" => (\"method\" => \"basic\", \"realm\" => \"a\", "                   \
    "\"require\" => \"valid-user\"), \"/in/\" => (\"method\" => \"basic\", \"realm\" => \"a\", "   \
    "\"require\" => \"valid-user\"))\n"
#define LIGHTTPD_USERS "ada:lovelace\nbob:builder\n"

#define MODULE(name) "LoadModule " name "_module /usr/lib/apache2/modules/mod_" name ".so\n"
#define APACHE                                                                                     \
    MODULE("authn_core") MODULE("authn_file") MODULE("auth_basic") MODULE("authz_user")            \
    "<LocationMatch \"^/(me|in)/\">\nAuthType Basic\nAuthName a\nAuthUserFile \"@DIR@/users\"\n"   \
    "Require valid-user\n</LocationMatch>\n"
#define APACHE_USERS \
    "ada:{SHA}MJgvYgf2tRctgBqviyzN0HpBdyY=\nbob:{SHA}9SMYoF5RilWWASry7TjeaKwmpGg=\n"

static struct rig rig;
static unsigned char *picture;
static size_t picture_length;

static void open_behind(enum rig_kind kind, const char *server)
{
    bool apache = kind == RIG_APACHE;
    char path[FILES_PATH_MAX];

    rig_prepare(&rig, &(struct rig_options){.kind = kind, .more = CONF,
                                            .secret = NEW_KEY "\n" OLD_KEY "\n",
                                            .server = server});
    files_path(path, "%s/users", rig.directory);
    files_write(path, apache ? APACHE_USERS : LIGHTTPD_USERS, 0644);
    rig_start(&rig);
    cr_assert_eq(picture_make_png(60, 40, 5, false, &picture, &picture_length), 0);
}

static void open_rig(enum rig_kind kind)
{
    open_behind(kind, kind == RIG_APACHE ? APACHE : LIGHTTPD);
}

static void close_rig(void)
{
    free(picture);
    rig_close(&rig);
}

static int send_as(const char *method, const char *target, const char *who, const char *field)
{
    const char *const fields[] = {who ? who : field, who ? field : NULL, NULL};

    if (strcmp(method, "DELETE") == 0 || strcmp(method, "GET") == 0)
        return rig_ask(&rig, method, target, fields);
    return uploads_send(&rig, method, target, fields, picture, picture_length);
}

static int put_as(const char *target, const char *who)
{
    return send_as("PUT", target, who, NULL);
}

static bool has(const char *subject)
{
    struct store_picture p;

    return uploads_find(&rig, subject, &p, NULL);
}

/* ---- by default ---- */

Test(uploader, nothing_is_open_by_default)
{
    static const char *const methods[] = {"PUT", "POST", "DELETE"};
    static const char *const targets[] = {"/closed/ada", "/keyed/ada"};

    open_rig(RIG_LIGHTTPD);
    for (size_t m = 0; m < 3; m++)
        for (size_t t = 0; t < 2; t++) {
            cr_expect_eq(send_as(methods[m], targets[t], NULL, NULL), 401);
            cr_expect_eq(send_as(methods[m], targets[t], BEARER NEW_KEY, NULL), 401,
                         "the keys are there, but writers does not name them");
        }
    cr_expect_eq(put_as("/in/ada/closed", LOGIN_ADA), 401, "nor is who has logged in");
    cr_expect_eq(put_as(ADA, NULL), 401);
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u);
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(rig_get(&rig, "/closed/ada"), 404, "looking is free");
    close_rig();
}

/* A client's own word for who it is, however it is spelt. */
Test(uploader, a_name_that_the_client_gives_itself_is_nobody_s)
{
    static const char *const names[] = {"Remote-User: ada", "REMOTE_USER: ada",
                                        "X-Remote-User: ada", LOGIN_ADA};

    open_rig(RIG_LIGHTTPD);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        cr_expect_eq(put_as(ADA, names[i]), 401, "%s", names[i]);
    close_rig();
}

/* ---- how they are told to say who they are ---- */

/* What opens a dialog in browsers comes only where a password may be asked for. */
Test(uploader, a_challenge_is_one_that_can_help)
{
    static const struct {
        const char *target, *field;
        bool basic, bearer;
    } rows[] = {
        {ADA, NULL, true, true},
        {ADA, "Sec-Fetch-Mode: navigate", true, true},
        {ADA, "Sec-Fetch-Mode: cors", false, true},
        {ADA, "Sec-Fetch-Mode: same-origin", false, true},
        {"/people/ada", NULL, true, false},
        {"/people/ada", "Sec-Fetch-Mode: cors", false, true},
        {"/granted/ada", NULL, false, true},
        {"/granted/ada", "Sec-Fetch-Mode: navigate", false, true},
        {"/closed/ada", NULL, false, true},
    };

    open_rig(RIG_LIGHTTPD);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(put_as(rows[i].target, rows[i].field), 401, "%s", rows[i].target);
        cr_expect_eq(answer_fields(&rig.answer, "WWW-Authenticate"),
                     (unsigned)rows[i].basic + rows[i].bearer, "%zu", i);
        cr_expect(answer_says(&rig.answer, "WWW-Authenticate", rows[i].basic ? "Basic" : "Bearer"),
                  "%zu", i);
        cr_expect_not(answer_says(&rig.answer, "WWW-Authenticate", "error"));
    }
    cr_expect_eq(put_as("/granted/ada", BEARER "0123456789abcdef-not"), 401);
    cr_expect(answer_says(&rig.answer, "WWW-Authenticate", "error=\"invalid_token\""));
    close_rig();
}

/* ---- whom the web server has let in ---- */

static void run_login(enum rig_kind kind)
{
    open_rig(kind);
    cr_expect_eq(put_as(MINE, NULL), 401, "the server's own");
    cr_expect_eq(put_as(MINE, LOGIN_ADA), 200, "%s", rig.answer.body.data);
    cr_expect(has("users/ada"));
    cr_expect_eq(send_as("GET", MINE, LOGIN_ADA, NULL), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "private, no-cache");
    cr_expect_eq(send_as("GET", MINE, LOGIN_BOB, NULL), 404);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store");
    cr_expect_eq(rig_get(&rig, ADA), 200, "everybody sees it");
    cr_expect_eq(put_as(IN_ADA, LOGIN_ADA), 200);
    cr_expect_eq(put_as(IN_ADA, LOGIN_BOB), 403);
    cr_expect_eq(send_as("DELETE", IN_ADA, LOGIN_BOB, NULL), 403);
    cr_expect_eq(send_as("GET", IN_ADA, LOGIN_BOB, NULL), 200);
    cr_expect_eq(put_as("/in/ADA/avatar", LOGIN_ADA), 403, "a name is as it is written");
    cr_expect(has("users/ada"));
    cr_expect_eq(send_as("DELETE", MINE, LOGIN_BOB, NULL), 404);
    cr_expect_eq(send_as("DELETE", MINE, LOGIN_ADA, NULL), 204);
    cr_expect_not(has("users/ada"));
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u);
    close_rig();
}

Test(uploader, who_has_logged_in_writes_their_own_behind_lighttpd)
{
    run_login(RIG_LIGHTTPD);
}

Test(uploader, who_has_logged_in_writes_their_own_behind_apache)
{
    run_login(RIG_APACHE);
}

/* A visitor's login comes with whatever page makes the request. */
Test(uploader, other_sites_pages_cannot_write_in_a_visitor_s_name)
{
    static const struct {
        const char *method, *field;
        int status;
    } rows[] = {
        {"PUT", NULL, 200}, /* a form cannot send it */
        {"DELETE", NULL, 204},
        {"POST", NULL, 403},
        {"POST", "Visage-Upload: 1", 200},
        {"POST", "X-Requested-With: XMLHttpRequest", 200},
        {"POST", "Origin: http://127.0.0.1:@PORT@", 200},
        {"POST", "Origin: https://127.0.0.1:@PORT@", 200}, /* by a server in front */
        {"POST", "Origin: http://127.0.0.1:1", 403},
        {"POST", "Origin: http://127.0.0.1", 403},
        {"POST", "Origin: https://www.example.org", 200},
        {"PUT", "Origin: https://WWW.example.org", 200},
        {"PUT", "Origin: http://10.0.0.1:8080", 200},
        {"PUT", "Origin: http://www.example.org", 403},
        {"PUT", "Origin: https://www.example.org:8443", 403},
        {"PUT", "Origin: https://www.example.org.evil.example", 403},
        {"PUT", "Origin: https://evil.example", 403},
        {"PUT", "Origin: https://evil.example/://127.0.0.1:@PORT@", 403},
        {"PUT", "Origin: null", 403},
        {"PUT", "Origin: 127.0.0.1:@PORT@", 403},
        {"DELETE", "Origin: https://evil.example", 403},
        {"POST", "Sec-Fetch-Site: same-origin", 200},
        {"POST", "Sec-Fetch-Site: none", 200},
        {"POST", "Sec-Fetch-Site: same-site", 403},
        {"POST", "Sec-Fetch-Site: cross-site", 403},
        {"PUT", "Sec-Fetch-Site: cross-site", 403},
        {"DELETE", "Sec-Fetch-Site: same-site", 403},
        {"GET", "Origin: https://evil.example", 200},
    };

    open_rig(RIG_LIGHTTPD);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char field[128] = "";
        const char *place = rows[i].field ? strstr(rows[i].field, "@PORT@") : NULL;
        int status;

        if (strcmp(rows[i].method, "DELETE") == 0)
            cr_assert_eq(put_as(MINE, LOGIN_ADA), 200);
        if (place)
            snprintf(field, sizeof field, "%.*s%u", (int)(place - rows[i].field), rows[i].field,
                     (unsigned)rig.port);
        status = send_as(rows[i].method, MINE, LOGIN_ADA, place ? field : rows[i].field);
        cr_expect_eq(status, rows[i].status, "%s %s: %d", rows[i].method,
                     rows[i].field ? rows[i].field : "", status);
    }
    cr_expect(has("users/ada"));
    close_rig();
}

/* A program's mark does not make another site's page one's own. */
Test(uploader, a_mark_is_worth_nothing_beside_an_origin)
{
    static const char *const origins[] = {"Origin: https://evil.example", "Origin: null",
                                          "Sec-Fetch-Site: cross-site"};

    open_rig(RIG_LIGHTTPD);
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++) {
        const char *const fields[] = {LOGIN_ADA, origins[i], "Visage-Upload: 1", NULL};

        cr_expect_eq(uploads_send(&rig, "POST", MINE, fields, picture, picture_length), 403, "%s",
                     origins[i]);
        cr_expect_not_null(strstr(rig.answer.body.data, "Visage-Upload: 1"), "%s",
                           rig.answer.body.data);
    }
    close_rig();
}

/* The server says that it was asked by HTTPS, as it would if it were. */
static void run_https(enum rig_kind kind, const char *server)
{
    char own[64], secure[64];
    static char more[1024];

    snprintf(more, sizeof more, "%s%s", kind == RIG_APACHE ? APACHE : LIGHTTPD, server);
    open_behind(kind, more);
    snprintf(own, sizeof own, "Origin: http://127.0.0.1:%u", (unsigned)rig.port);
    snprintf(secure, sizeof secure, "Origin: https://127.0.0.1:%u", (unsigned)rig.port);
    cr_expect_eq(send_as("PUT", MINE, LOGIN_ADA, own), 403, "anybody may have written that page");
    cr_expect_eq(send_as("PUT", MINE, LOGIN_ADA, secure), 200);
    cr_expect_eq(send_as("PUT", MINE, LOGIN_ADA, "Origin: https://127.0.0.1:1"), 403);
    cr_expect_eq(send_as("PUT", MINE, LOGIN_ADA, "Origin: http://10.0.0.1:8080"), 200, "listed");
    close_rig();
}

Test(uploader, over_https_only_its_own_pages_are_one_s_own_behind_lighttpd)
{
    run_https(RIG_LIGHTTPD, "server.modules += (\"mod_setenv\")\n"
                            "setenv.add-environment = (\"HTTPS\" => \"on\")\n");
}

Test(uploader, over_https_only_its_own_pages_are_one_s_own_behind_apache)
{
    run_https(RIG_APACHE, MODULE("env") "SetEnv HTTPS on\n");
}

/* ---- grants ---- */

static void make_grant(const char *source, const char *key, const char *user, int64_t from_now_s,
                       uint64_t max_bytes, char out[GRANT_TEXT_SIZE])
{
    const struct sign_key from = {.bytes = (char *)(uintptr_t)key, .length = strlen(key)};

    cr_assert_eq(grant_make(&from, source, user, (int64_t)time(NULL) + from_now_s, max_bytes, out),
                 0);
}

static int put_granted(const char *target, const char *grant)
{
    char field[GRANT_TEXT_SIZE + 32];

    snprintf(field, sizeof field, "Visage-Grant: %s", grant);
    return put_as(target, field);
}

Test(uploader, a_grant_is_good_for_one_user_some_time_and_so_many_bytes)
{
    char grant[GRANT_TEXT_SIZE], target[GRANT_TEXT_SIZE + 64], field[GRANT_TEXT_SIZE + 32];

    open_rig(RIG_LIGHTTPD);
    make_grant("users", NEW_KEY, "ada", 600, 0, grant);
    cr_expect_eq(put_granted(ADA, grant), 200);
    cr_expect_eq(put_granted(MINE, grant), 401, "the server asks for a login there");
    cr_expect_eq(put_granted("/users/bob/avatar", grant), 403);
    cr_expect_eq(put_granted("/closed/ada", grant), 401);
    cr_expect_eq(put_granted("/keyed/ada", grant), 401);
    snprintf(target, sizeof target, ADA "?grant=%s", grant);
    cr_expect_eq(send_as("POST", target, NULL, "Origin: https://evil.example"), 200,
                 "no page has it that was not given it");
    snprintf(target, sizeof target, "/users/bob/avatar?grant=%s", grant);
    cr_expect_eq(put_as(target, NULL), 403);
    snprintf(field, sizeof field, "Visage-Grant: %s", grant);
    cr_expect_eq(send_as("DELETE", "/users/bob/avatar", field, NULL), 403);
    cr_expect_eq(send_as("DELETE", ADA, field, NULL), 204);
    cr_expect_not(has("users/ada"));

    make_grant("users", OLD_KEY, "ada", 600, 0, grant);
    cr_expect_eq(put_granted(ADA, grant), 200, "an older key verifies, too");
    make_grant("users", NEW_KEY, "ada", -1, 0, grant);
    cr_expect_eq(put_granted(ADA, grant), 403, "over");
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=grant-over"));
    cr_expect_not_null(strstr(rig.answer.body.data, "\"the grant is over\""));
    make_grant("users", "0123456789abcdef-not", "ada", 600, 0, grant);
    cr_expect_eq(put_granted(ADA, grant), 403, "of a key that is none of ours");
    cr_expect(answer_says(&rig.answer, "Cache-Status", "detail=grant-wrong"));
    cr_expect_not_null(strstr(rig.answer.body.data, "\"the grant is wrong\""));
    make_grant("keyed", NEW_KEY, "ada", 600, 0, grant);
    cr_expect_eq(put_granted(ADA, grant), 403, "of another source");
    make_grant("users", NEW_KEY, "ada", 600, picture_length - 1, grant);
    cr_expect_eq(put_granted(ADA, grant), 413);
    make_grant("users", NEW_KEY, "ada", 600, picture_length, grant);
    cr_expect_eq(put_granted(ADA, grant), 200);
    make_grant("users", NEW_KEY, "../ada", 600, 0, grant);
    cr_expect_eq(put_granted(ADA, grant), 403);
    cr_expect_eq(put_granted(ADA, "nonsense"), 403);
    cr_expect_eq(rig_logged(&rig, "nonsense"), 0u);
    close_rig();
}

/* ---- keys ---- */

Test(uploader, who_has_a_key_writes_everybody_s)
{
    open_rig(RIG_LIGHTTPD);
    cr_expect_eq(put_as(ADA, "Authorization: Bearer " NEW_KEY), 200);
    cr_expect_eq(put_as("/users/bob/avatar", "Authorization: Bearer " OLD_KEY), 200, "rotated");
    cr_expect_eq(put_as(ADA, "Authorization: bearer " NEW_KEY), 200);
    cr_expect_eq(put_as(ADA, "Authorization: Bearer 0123456789abcdef-not"), 401);
    cr_expect_eq(put_as(ADA, "Authorization: Bearer 0123456789abcdef"), 401);
    cr_expect_eq(put_as(ADA, "Authorization: Bearer " NEW_KEY "x"), 401);
    cr_expect_eq(put_as(ADA, "Authorization: Bearer "), 401);
    cr_expect_eq(put_as(ADA, "Authorization: Basic eDowMTIzNDU2Nzg5YWJjZGVmLW5ldw=="), 401,
                 "a password is sent by browsers for any page");
    cr_expect_eq(send_as("DELETE", ADA, "Authorization: Bearer " OLD_KEY, NULL), 204);
    cr_expect(has("users/bob"));
    cr_expect_eq(rig_logged(&rig, NEW_KEY), 0u);
    close_rig();
}

/* SPDX-License-Identifier: MIT
 *
 * Pages of other origins: what their browsers ask before they send an upload, and what a page may
 * read of the answers. Nothing of that is about pictures.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "origin/pictures.h"
#include "rig/uploads.h"

RIG_SUITE(cors);

#define KEY "Authorization: Bearer 0123456789abcdef-key"
#define LISTED "https://www.example.org"
#define OTHER "https://other.example"
#define METHODS "methods = {GET, PUT, POST, DELETE} "
#define CONF                                                                                       \
    "source listed { type = store writers = {remote-user} origins = {\"" LISTED "\"} }\n"          \
    "source keyed { type = store writers = {api-key} api_key_file = \"@DIR@/secret\" "             \
    "origins = {\"" LISTED "\"} }\n"                                                               \
    "source own { type = store writers = {remote-user} }\n"                                        \
    "rest listed { path = \"/listed/{id}\" source = listed " METHODS "}\n"                         \
    "rest keyed { path = \"/keyed/{id}\" source = keyed " METHODS "}\n"                            \
    "rest info { path = \"/keyed/{id}/info\" source = keyed answers = info }\n"                    \
    "rest told { path = \"/keyed/{id}/told\" source = keyed answers = info "                       \
    "info_body = '{\"v\":\"{version}\"}' }\n"                                                      \
    "rest exists { path = \"/keyed/{id}/exists\" source = keyed answers = exists }\n"              \
    "rest own { path = \"/own/{id}\" source = own " METHODS "}\n"                                  \
    "rest photo { path = \"/photo/{id}\" source = o }\n"                                           \
    "rest health { path = \"/healthy\" answers = health }\n"

static struct rig rig;
static unsigned char *picture;
static size_t picture_length;

static void open_rig(enum rig_kind kind)
{
    rig_open(&rig, &(struct rig_options){.kind = kind, .more = CONF,
                                         .secret = "0123456789abcdef-key\n"});
    cr_assert_eq(picture_make_png(60, 40, 5, false, &picture, &picture_length), 0);
}

static void close_rig(void)
{
    free(picture);
    rig_close(&rig);
}

/* As browsers ask. */
static int ask_first(const char *target, const char *origin, const char *method)
{
    char from[128], wanted[64];
    const char *fields[] = {from, method ? wanted : NULL,
                            "Access-Control-Request-Headers: content-type,visage-grant", NULL};

    snprintf(from, sizeof from, "Origin: %s", origin);
    snprintf(wanted, sizeof wanted, "Access-Control-Request-Method: %s", method ? method : "");
    return rig_ask(&rig, "OPTIONS", target, fields);
}

static void expect_field(const char *name, const char *value, const char *what)
{
    const char *found = answer_field(&rig.answer, name);

    if (value)
        cr_expect(found && strcmp(found, value) == 0, "%s, %s: %s", what, name,
                  found ? found : "none");
    else
        cr_expect_null(found, "%s, %s: %s", what, name, found);
}

/* NULL: for nobody. */
static void expect_for(const char *origin, bool credentials, const char *what)
{
    expect_field("Access-Control-Allow-Origin", origin, what);
    expect_field("Access-Control-Allow-Credentials", credentials ? "true" : NULL, what);
    cr_expect_leq(answer_fields(&rig.answer, "Access-Control-Allow-Origin"), 1u, "%s", what);
    /* Beside "Vary: Accept", where a picture would have been negotiated. */
    if (origin)
        cr_expect_not_null(strstr(rig.answer.head.data, "Vary: Origin"), "%s", what);
}

static void run_preflight(enum rig_kind kind)
{
    static const struct {
        const char *target, *origin, *method;
        bool allowed, credentials;
    } rows[] = {
        {"/listed/ada", LISTED, "PUT", true, true},
        {"/listed/ada", "https://WWW.example.org", "DELETE", true, true},
        {"/listed/ada", LISTED, "GET", true, true},
        {"/listed/ada", OTHER, "PUT", false, false},
        {"/listed/ada", "null", "PUT", false, false},
        {"/listed/ada", LISTED, NULL, false, false},
        {"/keyed/ada", LISTED, "PUT", true, true},
        {"/keyed/ada", OTHER, "PUT", true, false},
        {"/keyed/ada", "null", "POST", true, false},
        {"/keyed/ada", OTHER, NULL, false, false},
        {"/own/ada", OTHER, "PUT", false, false},
        {"/photo/photo", LISTED, "PUT", false, false},
        {"/healthy", LISTED, "GET", false, false},
        {"/thumb/o/ok/photo", LISTED, "GET", false, false},
    };

    open_rig(kind);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = ask_first(rows[i].target, rows[i].origin, rows[i].method);

        cr_expect_eq(status, rows[i].allowed ? 204 : 405, "%zu: %d", i, status);
        expect_field("Access-Control-Allow-Methods",
                     rows[i].allowed ? "GET, HEAD, PUT, POST, DELETE" : NULL, rows[i].target);
        expect_field("Access-Control-Max-Age", rows[i].allowed ? "600" : NULL, rows[i].target);
        if (!rows[i].allowed)
            continue;
        expect_for(rows[i].origin, rows[i].credentials, rows[i].target);
        expect_field("Access-Control-Allow-Headers",
                     "Authorization, Content-Type, If-Match, If-None-Match, "
                     "If-Unmodified-Since, Visage-Grant",
                     rows[i].target);
        cr_expect_eq(rig.answer.body.length, 0u);
    }
    /* Without a page there is nobody to tell. */
    cr_expect_eq(rig_ask(&rig, "OPTIONS", "/keyed/ada", NULL), 405);
    expect_field("Allow", "GET, HEAD, PUT, POST, DELETE", "OPTIONS");
    close_rig();
}

Test(cors, a_page_that_asks_first_is_told_behind_lighttpd)
{
    run_preflight(RIG_LIGHTTPD);
}

Test(cors, a_page_that_asks_first_is_told_behind_apache)
{
    run_preflight(RIG_APACHE);
}

Test(cors, a_page_that_asks_first_is_told_behind_nginx)
{
    run_preflight(RIG_NGINX);
}

static int send_from(const char *origin, const char *method, const char *target, const char *field)
{
    char from[128];
    const char *fields[] = {from, field, NULL};

    snprintf(from, sizeof from, "Origin: %s", origin);
    if (strcmp(method, "PUT") == 0)
        return uploads_send(&rig, method, target, fields, picture, picture_length);
    return rig_ask(&rig, method, target, fields);
}

Test(cors, a_page_may_read_what_its_uploads_are_answered_with)
{
    static const struct {
        const char *method, *target, *field;
        int status;
    } rows[] = {
        {"GET", "/keyed/ada/info", NULL, 404},
        {"PUT", "/keyed/ada", NULL, 401},
        {"PUT", "/keyed/ada", KEY, 200},
        {"PATCH", "/keyed/ada", NULL, 405},
        {"PUT", "/keyed/a%20b", KEY, 400},
        {"GET", "/keyed/ada/info", NULL, 200},
        {"GET", "/keyed/ada/told", NULL, 200},
        {"GET", "/keyed/ada/exists", NULL, 204},
        {"DELETE", "/keyed/ada", KEY, 204},
        {"DELETE", "/keyed/ada", KEY, 404},
        {"GET", "/keyed/ada/exists", NULL, 404},
    };
    static const char *const origins[] = {LISTED, OTHER, "null"};

    open_rig(RIG_LIGHTTPD);
    for (size_t o = 0; o < 3; o++)
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            const char *exposed;
            int status = send_from(origins[o], rows[i].method, rows[i].target, rows[i].field);

            cr_expect_eq(status, rows[i].status, "%zu: %d", i, status);
            expect_for(origins[o], o == 0, rows[i].target);
            exposed = "ETag, Last-Modified, Retry-After";
            expect_field("Access-Control-Expose-Headers", exposed, rows[i].target);
        }
    cr_expect_eq(send_from(LISTED, "PUT", "/listed/ada", NULL), 401);
    expect_for(LISTED, true, "remote-user");
    close_rig();
}

Test(cors, other_pages_and_pictures_are_as_configured)
{
    open_rig(RIG_LIGHTTPD);
    cr_expect_eq(send_from(OTHER, "PUT", "/listed/ada", NULL), 401);
    expect_field("Access-Control-Allow-Origin", "*", "other origin");
    expect_field("Access-Control-Allow-Credentials", NULL, "other origin");
    cr_assert_eq(send_from(LISTED, "PUT", "/keyed/ada", KEY), 200);
    cr_expect_eq(send_from(LISTED, "GET", "/keyed/ada", NULL), 200);
    expect_field("Access-Control-Allow-Origin", "*", "a picture");
    expect_field("Access-Control-Allow-Credentials", NULL, "a picture");
    expect_field("Vary", "Accept", "a picture");
    /* What is kept of an answer without a page must not be given to one. */
    cr_expect_eq(rig_get(&rig, "/keyed/ada/told"), 200);
    expect_field("Access-Control-Allow-Origin", "*", "no page");
    expect_field("Vary", "Origin", "no page");
    close_rig();
}

/* What a browser would send in the place of a name must not end the line. */
Test(cors, an_origin_that_is_none_is_not_sent_back)
{
    open_rig(RIG_LIGHTTPD);
    cr_expect_eq(ask_first("/keyed/ada", "https://a b", "PUT"), 405);
    cr_expect_eq(ask_first("/keyed/ada", "https://\xc3\xa4", "PUT"), 405);
    close_rig();
}

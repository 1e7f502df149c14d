/* SPDX-License-Identifier: MIT
 *
 * What the tests of /_visage/versions share: sources of each kind, and what is in an answer.
 */
#ifndef VISAGE_TESTS_SERVER_VERSIONS_FIXTURE_H
#define VISAGE_TESTS_SERVER_VERSIONS_FIXTURE_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "origin/pictures.h"
#include "rig/rig.h"

#define TOKEN "0123456789abcdef-token"
#define BEARER "Authorization: Bearer " TOKEN
#define JSON "Content-Type: application/json"
#define AWAIT_MS 20000
#define ADMIN(more)                                                                                \
    "admin { addresses = {\"127.0.0.1\"} token_file = \"@DIR@/secret\" " more " }\n"
#define SOURCES                                                                                    \
    "source users { type = store writers = {api-key} api_key_file = \"@DIR@/secret\"\n"            \
    "               id_pattern = \"[0-9]+\" }\n"                                                   \
    "rest up { path = \"/up/{id}\" source = users methods = {PUT, DELETE} }\n"                     \
    "source keyed { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.0/8\"}\n"              \
    "               id_pattern = \".+\" sign = required sign_key_file = \"@DIR@/secret\" }\n"      \
    "source fleeting { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.0/8\"} ttl = 1s }\n" \
    "source web { type = web hosts = {\"*\"} }\n"
#define SECTIONS ADMIN("") SOURCES

static inline void open_rig(struct rig *rig, enum rig_kind kind)
{
    rig_open(rig, &(struct rig_options){.kind = kind, .workers = 2, .secret = TOKEN "\n",
                                        .more = SECTIONS});
}

static inline int post(struct rig *rig, const char *body)
{
    static const char *const fields[] = {BEARER, JSON, NULL};

    return rig_send(rig, "POST", "/_visage/versions", fields, body);
}

/* The document of the last answer, for json_decref(). */
static inline json_t *document(const struct rig *rig)
{
    json_t *root = json_loadb(rig->answer.body.data, rig->answer.body.length,
                              JSON_REJECT_DUPLICATES, NULL);

    cr_assert_eq(rig->answer.status, 200, "%d: %s", rig->answer.status, rig->answer.body.data);
    cr_assert_str_eq(answer_field(&rig->answer, "Content-Type"), "application/json");
    cr_assert_str_eq(answer_field(&rig->answer, "Cache-Control"), "no-store");
    cr_assert(json_is_object(root), "%s", rig->answer.body.data);
    return root;
}

static inline json_t *picture(const json_t *root, const char *id)
{
    return json_object_get(json_object_get(root, "versions"), id);
}

static inline const char *version(const json_t *root, const char *id)
{
    return json_string_value(json_object_get(picture(root, id), "version"));
}

static inline const char *url(const json_t *root, const char *id, const char *preset)
{
    return json_string_value(json_object_get(json_object_get(picture(root, id), "urls"), preset));
}

static inline void expect_problem(const struct rig *rig, int status, const char *what)
{
    json_error_t error;
    json_t *root = json_loadb(rig->answer.body.data, rig->answer.body.length, 0, &error);

    cr_expect_eq(rig->answer.status, status, "%s: %d", what, rig->answer.status);
    cr_expect_str_eq(answer_field(&rig->answer, "Content-Type"), "application/problem+json",
                     "%s", what);
    cr_expect_str_eq(answer_field(&rig->answer, "Cache-Control"), "no-store");
    cr_expect_eq(json_integer_value(json_object_get(root, "status")), status, "%s", what);
    cr_expect(json_is_string(json_object_get(root, "detail")));
    json_decref(root);
}

/* A picture of its own for each seed. The version that the answer says is the SHA-256's begin. */
static inline void upload(struct rig *rig, const char *id, unsigned seed, char out[17])
{
    static const char *const fields[] = {BEARER, "Content-Type: image/jpeg", NULL};
    unsigned char *bytes;
    char target[100];
    size_t length;
    json_t *root;

    snprintf(target, sizeof target, "%s/up/%s", rig->prefix, id);
    cr_assert_eq(picture_make_jpeg(64, 48, seed, &bytes, &length), 0);
    cr_assert_eq(client_send(rig->client, "PUT", target, fields, bytes, length, &rig->answer), 200,
                 "%d: %s", rig->answer.status, rig->answer.body.data);
    free(bytes);
    root = json_loadb(rig->answer.body.data, rig->answer.body.length, 0, NULL);
    snprintf(out, 17, "%s", json_string_value(json_object_get(root, "version")));
    json_decref(root);
}

/* Polls, and asks for nothing else, until `id` has another version than `old` (NULL: until it has
 * one). */
static inline void await_other(struct rig *rig, const char *body, const char *id, const char *old,
                               char out[17])
{
    for (int64_t until_ms = clock_boot_ms() + AWAIT_MS;; clock_sleep_ms(20)) {
        json_t *root;
        bool done;

        cr_assert_lt(clock_boot_ms(), until_ms, "nothing new of %s: %s", id, rig->answer.body.data);
        post(rig, body);
        root = document(rig);
        done = version(root, id) && (!old || strcmp(version(root, id), old) != 0);
        if (done)
            snprintf(out, 17, "%s", version(root, id));
        json_decref(root);
        if (done)
            return;
    }
}

#endif

/* SPDX-License-Identifier: MIT */
#include "rig/bucket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "origin/pictures.h"
#include "rig/scripted.h"
#include "rig/text.h"

static const char *or_else(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static void write_key(const struct rig *rig, const char *name, const char *key)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/%s", rig->directory, name);
    files_write(path, key, 0600);
}

void bucket_open(struct rig *rig, const struct bucket_options *o)
{
    static const char keys[] = "access_key_file = \"@DIR@/access\"\n"
                               "secret_key_file = \"@DIR@/secret\"\n";
    const char *signed_with = o->access_key ? keys : "";
    struct buffer more = {0};

    text_add(&more,
             "store {\ntype = s3\nendpoint = \"%s\"\nbucket = \"%s\"\n%sttl = \"%s\" timeout = \"%s\"\n}\n"
             "source users {\ntype = store\nwriters = {api-key}\n"
             "api_key_file = \"@DIR@/api.keys\"\n"
             "id_pattern = \"[^/]+\"\nallow_addresses = {\"127.0.0.0/8\"}\n}\n"
             "source objects {\ntype = s3\nendpoint = \"%s\"\nbucket = \"%s\"\n%s"
             "key = \"objects/{id}.jpg\"\nid_pattern = \"[^/]+\"\n"
             "allow_addresses = {\"127.0.0.0/8\"}\n}\n"
             "rest users { path = \"/users/{id}\" source = users\n"
             "methods = {GET, PUT, POST, DELETE} }\n"
             "rest there { path = \"/there/{id}\" source = users answers = exists }\n"
             "rest size { path = \"/size/{id}\" source = users answers = info "
             "info_body = \"{width}x{height} {bytes}\" }\n",
             o->endpoint, o->bucket, signed_with, or_else(o->ttl, "1h"),
             or_else(o->timeout, "30s"), o->endpoint, o->bucket,
             signed_with);
    rig_prepare(rig, &(struct rig_options){.kind = o->kind,
                                           .workers = o->workers,
                                           .top = o->top,
                                           .fetch = or_else(o->fetch, "timeout = \"30s\""),
                                           .more = more.data});
    rig->options.more = NULL;
    buffer_free(&more);
    write_key(rig, "access", or_else(o->access_key, ""));
    write_key(rig, "secret", or_else(o->secret_key, ""));
    write_key(rig, "api.keys", BUCKET_API_KEY "\n");
    rig_start(rig);
}

int bucket_send(struct rig *rig, const char *method, const char *id, const void *bytes,
                size_t length, const char *condition)
{
    const char *const fields[] = {"Authorization: Bearer " BUCKET_API_KEY,
                                  "Content-Type: image/jpeg", condition, NULL};
    char target[512];
    int n = snprintf(target, sizeof target, "/users/%s", id);

    cr_assert(n > 0 && (size_t)n < sizeof target);
    return bytes ? client_send(rig->client, method, target, fields, bytes, length, &rig->answer)
                 : client_ask(rig->client, method, target, fields, &rig->answer);
}

void bucket_picture(unsigned seed, struct buffer *out)
{
    unsigned char *bytes;
    size_t length;

    cr_assert_eq(picture_make_jpeg(96, 64, seed, &bytes, &length), 0);
    cr_assert_eq(buffer_append(out, bytes, length), 0);
    free(bytes);
}

int bucket_put(struct rig *rig, const char *id, unsigned seed)
{
    struct buffer picture = {0};
    int status;

    bucket_picture(seed, &picture);
    status = bucket_send(rig, "PUT", id, picture.data, picture.length, NULL);
    buffer_free(&picture);
    return status;
}

int bucket_delete(struct rig *rig, const char *id)
{
    return bucket_send(rig, "DELETE", id, NULL, 0, NULL);
}

int bucket_get(struct rig *rig, const char *id)
{
    return rig_get(rig, "/s64/users/%s.png", id);
}

void bucket_pass(struct rig *rig)
{
    scripted_pass(rig, 3660);
}

const char *bucket_version(const struct rig *rig)
{
    static char version[32];
    const char *etag = answer_field(&rig->answer, "ETag");

    cr_assert(etag && etag[0] == '"', "no version in the answer");
    snprintf(version, sizeof version, "%.*s", (int)strcspn(etag + 1, "\""), etag + 1);
    return version;
}

unsigned bucket_left(const struct rig *rig)
{
    char path[FILES_PATH_MAX];
    unsigned left;

    files_path(path, "%s/store/tmp", rig->state);
    left = files_count(path);
    files_path(path, "%s/store/blobs", rig->state);
    return left + files_count(path);
}

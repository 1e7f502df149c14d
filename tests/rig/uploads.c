/* SPDX-License-Identifier: MIT */
#include "rig/uploads.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/digest.h"
#include "rig/text.h"

#define FIELDS_MAX 3
#define TARGET_MAX 4096

int uploads_send(struct rig *rig, const char *method, const char *target, const char *const *fields,
                 const void *bytes, size_t length)
{
    char whole[TARGET_MAX];
    int n = snprintf(whole, sizeof whole, "%s%s", rig->prefix, target);

    cr_assert(n >= 0 && n < TARGET_MAX);
    return client_send(rig->client, method, whole, fields, bytes, length, &rig->answer);
}

void uploads_add_part(struct buffer *form, const char *name, const char *filename,
                      const char *type, const void *bytes, size_t length)
{
    text_add(form, "--" UPLOADS_BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"", name);
    if (filename)
        text_add(form, "; filename=\"%s\"", filename);
    if (type)
        text_add(form, "\r\nContent-Type: %s", type);
    text_add(form, "\r\n\r\n");
    cr_assert_eq(buffer_append(form, bytes, length), 0);
    text_add(form, "\r\n");
}

void uploads_end_form(struct buffer *form)
{
    text_add(form, "--" UPLOADS_BOUNDARY "--\r\n");
}

int uploads_send_form(struct rig *rig, const char *method, const char *target,
                      const char *const *fields, const char *name, const void *bytes,
                      size_t length)
{
    const char *all[FIELDS_MAX + 2] = {UPLOADS_FORM};
    struct buffer form = {0};
    int status;

    for (size_t i = 0; fields && fields[i]; i++) {
        cr_assert_lt(i, (size_t)FIELDS_MAX);
        all[i + 1] = fields[i];
    }
    uploads_add_part(&form, name, "picture.jpg", "image/jpeg", bytes, length);
    uploads_end_form(&form);
    status = uploads_send(rig, method, target, all, form.data, form.length);
    buffer_free(&form);
    return status;
}

void uploads_version(const void *bytes, size_t length, char version[UPLOADS_VERSION_SIZE])
{
    char hex[DIGEST_HEX_SIZE];
    struct digest digest;

    cr_assert_eq(digest_of(bytes, length, &digest), 0);
    digest_to_hex(&digest, hex);
    snprintf(version, UPLOADS_VERSION_SIZE, "%.16s", hex);
}

static void read_blob(struct store *store, const struct digest *digest, struct buffer *out)
{
    int fd = store_open_blob(store, digest);
    char block[8192];
    ssize_t n;

    cr_assert(fd >= 0, "%s", strerror(-fd));
    buffer_clear(out);
    while ((n = read(fd, block, sizeof block)) > 0)
        cr_assert_eq(buffer_append(out, block, (size_t)n), 0);
    cr_assert_eq(n, 0);
    close(fd);
}

bool uploads_find(const struct rig *rig, const char *subject, struct store_picture *out,
                  struct buffer *bytes)
{
    char path[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store *store;
    int rc;

    files_path(path, "%s/store", rig->state);
    cr_assert_eq(store_open(path, &store, error), 0, "%s", error);
    rc = store_find(store, subject, out);
    cr_assert(rc == 0 || rc == -ENOENT, "%s", strerror(-rc));
    if (rc == 0 && bytes)
        read_blob(store, &out->digest, bytes);
    store_close(&store);
    return rc == 0;
}

unsigned uploads_files(const struct rig *rig, const char *directory)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/store/%s", rig->state, directory);
    return files_count(path);
}

bool uploads_await_temporary(const struct rig *rig, unsigned count, int64_t timeout_ms)
{
    int64_t until_ms = clock_boot_ms() + timeout_ms;

    while (uploads_files(rig, "tmp") != count) {
        if (clock_boot_ms() >= until_ms)
            return false;
        clock_sleep_ms(5);
    }
    return true;
}

bool uploads_contain(const struct buffer *bytes, const char *needle)
{
    return memmem(bytes->data, bytes->length, needle, strlen(needle)) != NULL;
}

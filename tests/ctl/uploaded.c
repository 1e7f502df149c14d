/* SPDX-License-Identifier: MIT */
#include "ctl/uploaded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/base64.h"
#include "origin/pictures.h"
#include "rig/text.h"
#include "store/store.h"

#define LINE 57u /* bytes in 76 characters */

void uploaded_picture(unsigned seed, struct buffer *out)
{
    unsigned char *bytes;
    size_t length;

    cr_assert_eq(picture_make_png(12, 12, seed, false, &bytes, &length), 0);
    buffer_clear(out);
    cr_assert_eq(buffer_append(out, (const char *)bytes, length), 0);
    free(bytes);
}

void uploaded_add_row(struct buffer *csv, const char *id, const struct buffer *picture)
{
    char line[BASE64_SIZE(LINE)];

    text_add(csv, "%s,image/png,\"", id);
    for (size_t at = 0; at < picture->length; at += LINE) {
        size_t left = picture->length - at;

        base64_encode(picture->data + at, left < LINE ? left : LINE, line);
        text_add(csv, "%s%s", at > 0 ? "\n" : "", line);
    }
    text_add(csv, "\"\n");
}

void uploaded_put(struct rig *rig, const char *source, const char *id, unsigned seed)
{
    struct buffer picture = {0}, csv = {0}, output = {0};
    char path[FILES_PATH_MAX];

    files_path(path, "%s/one.csv", rig->directory);
    uploaded_picture(seed, &picture);
    uploaded_add_row(&csv, id, &picture);
    files_write_bytes(path, csv.data, csv.length, 0644);
    cr_assert_eq(command_run(rig, &output, "import", source, "--csv", path, "--replace", NULL), 0,
                 "%s", output.data);
    EXPECT_SAYS(output, "taken 1, already there 0, refused 0\n");
    buffer_free(&picture);
    buffer_free(&csv);
    buffer_free(&output);
}

static bool reads(int fd, const struct buffer *picture)
{
    char *bytes = malloc(picture->length + 1);
    ssize_t n;
    bool same;

    cr_assert_not_null(bytes);
    n = read(fd, bytes, picture->length + 1);
    same = n == (ssize_t)picture->length && memcmp(bytes, picture->data, (size_t)n) == 0;
    free(bytes);
    close(fd);
    return same;
}

static bool has_bytes(struct store *store, const char *subject, const struct buffer *picture)
{
    struct store_picture found;
    int fd = store_find(store, subject, &found) == 0 ? store_open_blob(store, &found.digest) : -1;

    return fd >= 0 && reads(fd, picture);
}

bool uploaded_has(struct rig *rig, const char *subject, const struct buffer *picture)
{
    char directory[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store *store;
    bool has;

    files_path(directory, "%s/store", rig->state);
    cr_assert_eq(store_open(directory, &store, error), 0, "%s", error);
    has = has_bytes(store, subject, picture);
    store_close(&store);
    return has;
}

uint64_t uploaded_count(struct rig *rig)
{
    char directory[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store_stats stats;
    struct store *store;
    struct stat st;

    files_path(directory, "%s/store", rig->state);
    if (stat(directory, &st) != 0)
        return 0;
    cr_assert_eq(store_open(directory, &store, error), 0, "%s", error);
    cr_assert_eq(store_stats(store, &stats), 0);
    store_close(&store);
    return stats.subjects;
}

/* ---- many ---- */

void uploaded_add_rows(struct buffer *csv, unsigned count)
{
    struct buffer picture = {0};
    char id[32];

    for (unsigned i = 0; i < count; i++) {
        snprintf(id, sizeof id, "team/u%u", i);
        uploaded_picture(i + 1, &picture);
        uploaded_add_row(csv, id, &picture);
    }
    buffer_free(&picture);
}

void uploaded_expect_rows(struct rig *rig, const char *source, unsigned count)
{
    char directory[FILES_PATH_MAX], error[CONFIG_ERROR_MAX], subject[64];
    struct buffer picture = {0};
    struct store_stats stats;
    struct store *store;

    files_path(directory, "%s/store", rig->state);
    cr_assert_eq(store_open(directory, &store, error), 0, "%s", error);
    for (unsigned i = 0; i < count; i++) {
        snprintf(subject, sizeof subject, "%s/team/u%u", source, i);
        uploaded_picture(i + 1, &picture);
        cr_assert(has_bytes(store, subject, &picture), "%s", subject);
    }
    cr_assert_eq(store_stats(store, &stats), 0);
    cr_assert_geq(stats.blobs, count, "each is another one");
    store_close(&store);
    buffer_free(&picture);
}

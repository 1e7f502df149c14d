/* SPDX-License-Identifier: MIT
 *
 * What an upload of the largest size costs a worker in memory, while it comes in and afterwards.
 */
#include "upload_fixture.h"

#include "rig/frame.h"
#include "rig/held.h"
#include "rig/workers.h"

RIG_SUITE(upload_memory);

static pid_t worker;
static char socket_path[FILES_PATH_MAX];

/* A worker that has taken uploads in every way, so that it has all that it needs for any. */
static void open_worker(void)
{
    char prefix[FILES_PATH_MAX];
    struct workers workers;

    open_workers(RIG_LIGHTTPD, 1, "", NULL, NULL);
    frame_socket(&rig, prefix);
    files_path(socket_path, "%s-0", prefix);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(put_file(ADA, i % 2 ? &red : &blue), 200);
        cr_assert_eq(uploads_send_form(&rig, "POST", ADA, key, "avatar", red.bytes, red.length),
                     200);
    }
    workers_find(rig.state, &workers);
    cr_assert_eq(workers.count, 1u);
    worker = workers.pids[0];
}

static void expect_little(const char *method, const char *type, const void *bytes, size_t length)
{
    const struct held_upload upload = {
        .socket = socket_path,
        .worker = worker,
        .method = method,
        .uri = ADA,
        .authorization = KEY + strlen("Authorization: "),
        .content_type = type,
        .bytes = bytes,
        .length = length,
    };
    struct held_growth growth;
    int rc = held_send(&upload, &growth);

    cr_assert_eq(rc, 0, "%s", strerror(-rc));
    cr_expect_eq(growth.status, 200, "%d", growth.status);
    cr_expect_leq(growth.held_kb, HELD_MAX_KB, "%ld", growth.held_kb);
    cr_expect_leq(growth.after_kb, HELD_MAX_KB, "%ld", growth.after_kb);
    cr_expect_leq(growth.peak_kb, HELD_PEAK_MAX_KB, "%ld", growth.peak_kb);
}

/* The picture, and bytes behind its end. */
static void make_largest(struct buffer *out)
{
    static const char zeros[65536];

    cr_assert_eq(buffer_append(out, (const char *)red.bytes, red.length), 0);
    while (out->length < LIMIT)
        cr_assert_eq(buffer_append(out, zeros, LIMIT - out->length < sizeof zeros
                                                   ? LIMIT - out->length
                                                   : sizeof zeros), 0);
}

Test(upload_memory, ten_mebibytes_come_in_without_much_memory_at_any_moment)
{
    struct buffer largest = {0};
    struct store_picture picture;

    open_worker();
    make_largest(&largest);
    expect_little("PUT", "image/jpeg", largest.data, largest.length);
    cr_expect(uploads_find(&rig, "users/ada", &picture, NULL));
    cr_expect_eq(picture.length, LIMIT);
    buffer_free(&largest);
    close_rig();
}

Test(upload_memory, ten_mebibytes_in_a_form_come_in_without_much_memory_at_any_moment)
{
    struct buffer largest = {0}, form = {0};
    struct store_picture picture;

    open_worker();
    make_largest(&largest);
    uploads_add_part(&form, "avatar", "a.jpg", "image/jpeg", largest.data, largest.length);
    uploads_end_form(&form);
    expect_little("POST", UPLOADS_FORM + strlen("Content-Type: "), form.data, form.length);
    cr_expect(uploads_find(&rig, "users/ada", &picture, NULL));
    cr_expect_eq(picture.length, LIMIT);
    buffer_free(&form);
    buffer_free(&largest);
    close_rig();
}

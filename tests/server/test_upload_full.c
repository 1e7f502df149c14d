/* SPDX-License-Identifier: MIT
 *
 * Uploads to a disk without room: they are refused with a wait, what was there is still there, and
 * with room again the next one is taken.
 */
#include "upload_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "rig/small_disk.h"

RIG_SUITE(upload_full);

#define PAGE 4096
#define DISK_MB 12

static char disk[FILES_PATH_MAX];
static char shown[2][65]; /* what is drawn of red and of blue, by digest */

static void open_disk(const char *source)
{
    static char more[2048];

    small_disk_mount(disk, DISK_MB);
    snprintf(more, sizeof more, CONF, source);
    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .state = disk, .more = more,
                                         .top = "cache_size = \"1M\"\n"
                                                "publish_root = \"@STATE@/published\"",
                                         .secret = KEYS});
    red = fixture_jpeg(320, 240, 6);
    blue = fixture_png(200, 200, true);
    cr_assert(red.bytes && blue.bytes);
}

static void close_disk(void)
{
    close_rig();
    small_disk_unmount(disk);
}

static void learn(int which)
{
    cr_assert_eq(rig_get(&rig, ADA), 200);
    answer_digest(&rig.answer, shown[which]);
}

static void expect_shown(int which, const char *when)
{
    char now[65];

    cr_expect_eq(rig_get(&rig, ADA), 200, "%s: %d", when, rig.answer.status);
    answer_digest(&rig.answer, now);
    cr_expect_str_eq(now, shown[which], "%s", when);
}

static void expect_refused(int status)
{
    const char *wait;

    cr_expect_eq(status, 503, "%d", status);
    wait = answer_field(&rig.answer, "Retry-After");
    cr_expect(wait && strtol(wait, NULL, 10) > 0);
    cr_expect(answer_says(&rig.answer, "Content-Type", "application/problem+json"));
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
}

Test(upload_full, what_has_no_room_is_refused_and_the_next_one_taken_where_there_is)
{
    open_disk("");
    cr_assert_eq(put_file(ADA, &red), 200);
    learn(0);
    small_disk_fill(disk);
    expect_refused(put_file(ADA, &blue));
    expect_refused(uploads_send_form(&rig, "POST", ADA, key, "avatar", blue.bytes, blue.length));
    expect_refused(put_file("/users/bob/avatar", &blue));
    cr_expect(has("users/ada", &red));
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    expect_shown(0, "full");
    cr_expect_eq(rig_get(&rig, "/s64/users/ada.webp"), 200, "nor what had not been drawn");
    cr_expect_eq(rig_get(&rig, "/users/bob/avatar"), 404);

    small_disk_empty(disk);
    cr_expect_eq(put_file(ADA, &blue), 200);
    cr_expect(has("users/ada", &blue));
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    cr_expect_eq(put_file("/users/bob/avatar", &blue), 200);
    cr_expect_eq(rig_get(&rig, "/users/bob/avatar"), 200);
    close_disk();
}

/* Leaves so many pages. */
static void leave_room(unsigned pages)
{
    char path[FILES_PATH_MAX];
    struct stat st;

    small_disk_fill(disk);
    files_path(path, "%s/ballast", disk);
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_geq(st.st_size, (off_t)pages * PAGE);
    cr_assert_eq(truncate(path, st.st_size - (off_t)pages * PAGE), 0);
}

/* A picture, and bytes behind its end. */
static unsigned char *padded(const struct file *file, size_t length)
{
    unsigned char *bytes = calloc(1, length);

    cr_assert_not_null(bytes);
    memcpy(bytes, file->bytes, file->length);
    return bytes;
}

Test(upload_full, room_that_ends_while_it_comes_in)
{
    const size_t length = 3u << 20;
    unsigned char *bytes;

    open_disk("");
    bytes = padded(&blue, length);
    cr_assert_eq(put_file(ADA, &red), 200);
    learn(0);
    leave_room(256);
    expect_refused(put(ADA, bytes, length));
    cr_expect(has("users/ada", &red));
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    expect_shown(0, "full");
    small_disk_empty(disk);
    cr_expect_eq(put(ADA, bytes, length), 200);
    free(bytes);
    close_disk();
}

/* There is room for what comes, and none for what is drawn from it. */
Test(upload_full, room_that_ends_while_it_is_drawn)
{
    struct file noise = fixture_png_noise(64, 64);

    open_disk("upload_preset = avatar");
    cr_assert_eq(put_file(ADA, &red), 200);
    learn(0);
    leave_room(64);
    expect_refused(put_file(ADA, &noise));
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    expect_shown(0, "full");
    small_disk_empty(disk);
    cr_expect_eq(put_file(ADA, &noise), 200);
    file_free(&noise);
    close_disk();
}

/* The file that is published of this picture's own version. */
static void publish(const struct file *file, char path[FILES_PATH_MAX])
{
    char version[UPLOADS_VERSION_SIZE];

    uploads_version(file->bytes, file->length, version);
    cr_assert_eq(rig_get(&rig, "/v/%s/thumb/users/ada.jpg", version), 200);
    files_path(path, "%s/published/v/%s/thumb/users/ada.jpg", rig.state, version);
    cr_assert(files_await(path), "%s", path);
}

/* Wherever the room ends: in the file, in the directory or in a record. */
Test(upload_full, of_each_amount_of_room_one_of_the_two_is_there)
{
    struct file *const files[] = {&red, &blue};
    unsigned taken = 0, refused = 0;
    int there = 1;

    open_disk("");
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(put_file(ADA, files[i]), 200);
        learn(i);
    }
    for (unsigned pages = 0; pages < 12; pages++) {
        char when[32], published[FILES_PATH_MAX];
        int status;

        snprintf(when, sizeof when, "%u pages", pages);
        publish(files[there], published);
        leave_room(pages);
        status = put_file(ADA, files[!there]);
        if (status == 200) {
            cr_expect_neq(access(published, F_OK), 0, "%s", when);
            there = !there;
        } else {
            expect_refused(status);
        }
        taken += status == 200;
        refused += status != 200;
        cr_expect(has("users/ada", files[there]), "%s", when);
        cr_expect_eq(uploads_files(&rig, "tmp"), 0u, "%s", when);
        cr_expect_eq(uploads_files(&rig, "blobs"), 1u, "%s", when);
        expect_shown(there, when);
        small_disk_empty(disk);
        expect_shown(there, when);
    }
    cr_expect_gt(refused, 0u);
    cr_expect_gt(taken, 0u);
    close_disk();
}

/* A picture of its own for each, of a page. */
static int put_another(const struct file *gif, unsigned number)
{
    unsigned char *bytes = padded(gif, gif->length + 128);
    char target[64];
    int status;

    snprintf((char *)bytes + gif->length, 128, "%u", number);
    snprintf(target, sizeof target, "/users/u%u/avatar", number);
    status = put(target, bytes, gif->length + 128);
    free(bytes);
    return status;
}

/* The records grow with them, so that at times it is there that the room ends. */
Test(upload_full, what_was_taken_before_the_last_page_is_there)
{
    struct file gif = fixture_gif(16, 16);
    struct store_picture picture;
    bool taken[1024] = {false};
    unsigned count = 0;

    open_disk("");
    for (unsigned pages = 1; pages < 24; pages++) {
        int status;

        leave_room(pages);
        do {
            cr_assert_lt(count, sizeof taken);
            status = put_another(&gif, count);
            taken[count++] = status == 200;
        } while (status == 200);
        expect_refused(status);
        small_disk_empty(disk);
    }
    for (unsigned i = 0; i < count; i++) {
        char subject[64];

        snprintf(subject, sizeof subject, "users/u%u", i);
        cr_expect_eq(uploads_find(&rig, subject, &picture, NULL), taken[i], "%u", i);
    }
    cr_expect_eq(uploads_files(&rig, "blobs"), count - 23);
    file_free(&gif);
    close_disk();
}

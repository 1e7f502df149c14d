/* SPDX-License-Identifier: MIT
 *
 * Uploads whose disk is not what it was: nothing that is damaged is shown, and what has nothing to do
 * with them goes on.
 */
#include <fcntl.h>

#include "upload_fixture.h"

RIG_SUITE(store_trouble);

/* The file of such bytes. */
static void path_of(const struct file *file, char path[FILES_PATH_MAX])
{
    char hex[DIGEST_HEX_SIZE];
    struct digest digest;

    cr_assert_eq(digest_of(file->bytes, file->length, &digest), 0);
    digest_to_hex(&digest, hex);
    files_path(path, "%s/store/blobs/%.2s/%s", rig.state, hex, hex + 2);
}

/* A byte in the middle of the picture, which it can be decoded with. */
static void damage(const struct file *file)
{
    char path[FILES_PATH_MAX], byte;
    int fd;

    path_of(file, path);
    fd = open(path, O_RDWR | O_CLOEXEC);
    cr_assert_geq(fd, 0, "%s", path);
    cr_assert_eq(pread(fd, &byte, 1, (off_t)file->length - 20), 1);
    byte = (char)(byte ^ 1);
    cr_assert_eq(pwrite(fd, &byte, 1, (off_t)file->length - 20), 1);
    close(fd);
}

Test(store_trouble, nothing_is_drawn_from_a_damaged_file_and_what_was_drawn_is_served)
{
    open_with(RIG_LIGHTTPD, "ttl = 1s", NULL, NULL);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(rig_get(&rig, "/s64/users/ada.jpg"), 200);
    damage(&red);
    cr_expect_eq(rig_get(&rig, "/s32/users/ada.jpg"), 500);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store");
    cr_expect(rig_await_log(&rig, "store-damaged source=users sha256=", WAIT_MS));
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(rig_get(&rig, "/s64/users/ada.jpg"), 200, "kept, and renewed");
        cr_expect(answer_is_sound(&rig.answer));
        clock_sleep_ms(600);
    }
    cr_expect_eq(put_file(ADA, &red), 200);
    cr_expect_eq(rig_get(&rig, "/s32/users/ada.jpg"), 200, "the same bytes have mended it");
    cr_expect(answer_is_sound(&rig.answer));
    close_rig();
}

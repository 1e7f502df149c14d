/* SPDX-License-Identifier: MIT
 *
 * Uploads that take the place of others: who may be first, what becomes of what was there, and
 * what is kept of a picture.
 */
#include "upload_fixture.h"

#include <pthread.h>

RIG_SUITE(replaced);

/* ---- preconditions ---- */

Test(replaced, preconditions_guard_against_lost_updates)
{
    char tag[64], weak[64], version[UPLOADS_VERSION_SIZE];

    open_rig("");
    uploads_version(red.bytes, red.length, version);
    snprintf(tag, sizeof tag, "If-Match: \"%s\"", version);
    snprintf(weak, sizeof weak, "If-Match: W/\"%s\"", version);
    cr_expect_eq(put_with(ADA, &red, "If-Match: *"), 412, "there is none");
    cr_expect_eq(put_with(ADA, &red, tag), 412);
    expect_nothing("412");
    cr_expect_eq(put_with(ADA, &red, "If-None-Match: *"), 200);
    cr_expect_eq(put_with(ADA, &blue, "If-None-Match: *"), 412);
    cr_expect_eq(put_with(ADA, &blue, "If-Match: \"0123456789abcdef\""), 412);
    cr_expect_eq(put_with(ADA, &blue, weak), 412, "a weak tag says nothing of the bytes");
    cr_expect_eq(put_with(ADA, &blue, "If-Match: nonsense"), 412);
    cr_expect(has("users/ada", &red));
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    cr_expect_eq(put_with(ADA, &blue, tag), 200);
    cr_expect_eq(delete_with(ADA, tag), 412, "it has been replaced");
    cr_expect_eq(delete_with(ADA, "If-None-Match: *"), 412);
    cr_expect(has("users/ada", &blue));
    uploads_version(blue.bytes, blue.length, version);
    snprintf(tag, sizeof tag, "If-Match: \"0123456789abcdef\", \"%s\"", version);
    cr_expect_eq(delete_with(ADA, tag), 204);
    cr_expect_eq(delete_with(ADA, "If-Match: *"), 404);
    close_rig();
}

struct sender {
    pthread_t thread;
    const struct file *file;
    const char *condition;
    int statuses[8];
};

static void *send_some(void *context)
{
    struct sender *s = context;
    struct client *client = client_new(rig.port);
    const char *const fields[] = {KEY, s->condition, NULL};
    struct answer answer = {0};

    for (size_t i = 0; client && i < sizeof s->statuses / sizeof *s->statuses; i++)
        s->statuses[i] = client_send(client, "PUT", ADA, fields, s->file->bytes, s->file->length,
                                     &answer);
    answer_free(&answer);
    if (client)
        client_free(&client);
    return NULL;
}

static unsigned send_at_once(struct sender *senders, size_t count)
{
    unsigned taken = 0;

    for (size_t i = 0; i < count; i++)
        cr_assert_eq(pthread_create(&senders[i].thread, NULL, send_some, &senders[i]), 0);
    for (size_t i = 0; i < count; i++)
        cr_assert_eq(pthread_join(senders[i].thread, NULL), 0);
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < sizeof senders[i].statuses / sizeof *senders[i].statuses; n++)
            taken += senders[i].statuses[n] == 200;
    return taken;
}

Test(replaced, of_two_at_once_one_is_there_and_both_were_taken)
{
    struct sender senders[2] = {{.file = NULL}};

    open_rig("");
    senders[0].file = &red;
    senders[1].file = &blue;
    cr_expect_eq(send_at_once(senders, 2), 16u);
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    cr_expect(has("users/ada", &red) || has("users/ada", &blue));
    cr_expect_eq(rig_get(&rig, ADA), 200);
    cr_assert_eq(delete_with(ADA, NULL), 204);
    /* Where each wants to be the first one, one is. */
    senders[0].condition = senders[1].condition = "If-None-Match: *";
    cr_expect_eq(send_at_once(senders, 2), 1u);
    close_rig();
}

/* ---- what was there before ---- */

#define ROUND 16

/* As many at once as there are workers, and again. */
static void expect_everywhere(const char *target, int status, const char *digest)
{
    const char *targets[ROUND];
    struct answer answers[ROUND] = {{0}};
    char hex[65];

    for (size_t i = 0; i < ROUND; i++)
        targets[i] = target;
    cr_expect_eq(client_get_all(rig.port, targets, ROUND, answers), (size_t)ROUND);
    for (size_t i = 0; i < ROUND; i++) {
        cr_expect_eq(answers[i].status, status, "%s: %d", target, answers[i].status);
        answer_digest(&answers[i], hex);
        if (digest)
            cr_expect_str_eq(hex, digest, "%s", target);
        answer_free(&answers[i]);
    }
}

static const char *const variants[] = {ADA, "/thumb/users/ada.jpg", "/s64/users/ada.webp",
                                       "/avatar_small/users/ada.png"};
#define VARIANTS (sizeof variants / sizeof *variants)

Test(replaced, what_was_drawn_from_the_old_one_is_gone_for_the_next_request)
{
    char old[VARIANTS][65], version[UPLOADS_VERSION_SIZE], immutable[128], file[FILES_PATH_MAX];
    char new[65];

    open_with(RIG_LIGHTTPD, "", "publish_root = \"@STATE@/published\"", NULL);
    uploads_version(red.bytes, red.length, version);
    snprintf(immutable, sizeof immutable, "/v/%s/thumb/users/ada.jpg", version);
    files_path(file, "%s/published%s", rig.state, immutable);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(put_file(ADA, &red), 200);
        for (size_t n = 0; n < VARIANTS; n++) {
            cr_assert_eq(rig_get(&rig, "%s", variants[n]), 200);
            answer_digest(&rig.answer, old[n]);
            expect_everywhere(variants[n], 200, old[n]);
        }
        cr_expect_eq(rig_get(&rig, "%s", immutable), 200);
        cr_expect(files_await(file), "it is published");
        if (i == 0) {
            cr_assert_eq(put_file(ADA, &blue), 200);
            cr_expect_neq(access(file, F_OK), 0, "nothing is published of the old one");
            expect_everywhere(immutable, 302, NULL);
            for (size_t n = 0; n < VARIANTS; n++) {
                cr_assert_eq(rig_get(&rig, "%s", variants[n]), 200);
                answer_digest(&rig.answer, new);
                cr_expect_str_neq(new, old[n], "%s", variants[n]);
                expect_everywhere(variants[n], 200, new);
            }
        }
    }
    cr_assert_eq(delete_with(ADA, NULL), 204);
    cr_expect_neq(access(file, F_OK), 0, "nothing is published of what was deleted");
    expect_everywhere(immutable, 404, NULL);
    for (size_t n = 0; n < VARIANTS; n++)
        expect_everywhere(variants[n], 404, NULL);
    close_rig();
}

struct reader {
    pthread_t thread;
    const char *targets[3];
    _Atomic bool *done;
};

static void *read_on(void *context)
{
    struct reader *r = context;
    struct client *client = client_new(rig.port);
    struct answer answer = {0};

    for (unsigned i = 0; client && !*r->done; i++)
        client_ask(client, "GET", r->targets[i % 3], NULL, &answer);
    answer_free(&answer);
    if (client)
        client_free(&client);
    return NULL;
}

static bool await_no_files(const char *directory)
{
    char path[FILES_PATH_MAX];
    int64_t until_ms = clock_boot_ms() + WAIT_MS;

    files_path(path, "%s/%s", rig.state, directory);
    while (files_count(path) > 0 && clock_boot_ms() < until_ms)
        clock_sleep_ms(10);
    return files_count(path) == 0;
}

/* Nobody has to ask for that, or to look at it again: the keeper goes through what was drawn. */
Test(replaced, what_is_deleted_leaves_the_disk)
{
    char version[UPLOADS_VERSION_SIZE];

    open_with(RIG_LIGHTTPD, "keep_versions = 3", "publish_root = \"@STATE@/published\"", NULL);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(rig_get(&rig, "/s64/users/ada.png"), 200);
    cr_assert_eq(put_file(ADA, &blue), 200);
    cr_assert_eq(rig_get(&rig, "/s64/users/ada.png"), 200);
    uploads_version(blue.bytes, blue.length, version);
    cr_assert_eq(rig_get(&rig, "/v/%s/s32/users/ada.jpg", version), 200);
    cr_assert_eq(delete_with(ADA, NULL), 204);
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u);
    cr_expect(await_no_files("blobs"), "what was drawn of it");
    cr_expect(await_no_files("published/v"));
    close_rig();
}

/* While others draw and publish what is being replaced. */
Test(replaced, the_old_one_never_comes_back_however_many_are_looking)
{
    struct file *const files[] = {&red, &blue};
    char immutable[2][128], shown[2][65], now[65], path[FILES_PATH_MAX];
    struct reader readers[3];
    _Atomic bool done = false;

    open_with(RIG_LIGHTTPD, "", "publish_root = \"@STATE@/published\"", NULL);
    for (int i = 0; i < 2; i++) {
        char version[UPLOADS_VERSION_SIZE];

        uploads_version(files[i]->bytes, files[i]->length, version);
        snprintf(immutable[i], sizeof immutable[i], "/v/%s/thumb/users/ada.jpg", version);
        cr_assert_eq(put_file(ADA, files[i]), 200);
        cr_assert_eq(rig_get(&rig, ADA), 200);
        answer_digest(&rig.answer, shown[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        readers[i] = (struct reader){.targets = {immutable[0], immutable[1], ADA}, .done = &done};
        cr_assert_eq(pthread_create(&readers[i].thread, NULL, read_on, &readers[i]), 0);
    }
    for (int round = 0; round < 60; round++) {
        int new = round % 2;

        cr_expect_eq(put_file(ADA, files[new]), 200);
        files_path(path, "%s/published%s", rig.state, immutable[!new]);
        cr_expect_neq(access(path, F_OK), 0, "round %d", round);
        cr_expect_eq(rig_get(&rig, "%s", immutable[!new]), 302, "round %d", round);
        cr_expect_eq(rig_get(&rig, ADA), 200);
        answer_digest(&rig.answer, now);
        cr_expect_str_eq(now, shown[new], "round %d", round);
        cr_expect_neq(access(path, F_OK), 0, "round %d", round);
    }
    done = true;
    for (size_t i = 0; i < 3; i++)
        pthread_join(readers[i].thread, NULL);
    close_rig();
}

/* Somebody else has the same picture: theirs stays. */
Test(replaced, one_picture_of_two_users_is_kept_once_and_goes_with_the_last)
{
    open_rig("");
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(put_file("/users/bob/avatar", &red), 200);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    cr_assert_eq(delete_with(ADA, NULL), 204);
    cr_expect_eq(rig_get(&rig, ADA), 404);
    cr_expect_eq(rig_get(&rig, "/users/bob/avatar"), 200);
    cr_assert_eq(delete_with("/users/bob/avatar", NULL), 204);
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u);
    close_rig();
}

static void restore(const char *subject, const char *version)
{
    char path[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store_picture picture;
    struct store *store;

    files_path(path, "%s/store", rig.state);
    cr_assert_eq(store_open(path, &store, error), 0, "%s", error);
    cr_assert_eq(store_restore(store, subject, version, clock_wall_ms(), &picture), 0);
    store_close(&store);
}

Test(replaced, as_many_versions_stay_as_are_wanted_and_one_of_them_comes_back)
{
    struct file grey = fixture_jpeg_grey(100, 100);
    char version[UPLOADS_VERSION_SIZE], first[65], now[65];

    open_rig("keep_versions = 2");
    uploads_version(red.bytes, red.length, version);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(rig_get(&rig, ADA), 200);
    answer_digest(&rig.answer, first);
    cr_assert_eq(put_file(ADA, &blue), 200);
    cr_expect_eq(uploads_files(&rig, "blobs"), 2u);
    cr_assert_eq(rig_get(&rig, ADA), 200);
    restore("users/ada", version);
    cr_assert_eq(rig_get(&rig, ADA), 200);
    answer_digest(&rig.answer, now);
    cr_expect_str_eq(now, first, "all workers see it, whoever restored it");
    expect_everywhere(ADA, 200, first);
    cr_assert_eq(put_file(ADA, &grey), 200);
    cr_expect_eq(uploads_files(&rig, "blobs"), 2u, "the oldest has gone");
    cr_assert_eq(delete_with(ADA, NULL), 204);
    cr_expect_eq(uploads_files(&rig, "blobs"), 0u, "with all its versions");
    file_free(&grey);
    close_rig();
}

/* ---- privacy ---- */

static bool is_private(const struct buffer *bytes)
{
    return uploads_contain(bytes, SECRET_PLACE) || uploads_contain(bytes, "Exif");
}

Test(replaced, what_is_served_has_no_metadata)
{
    struct buffer bytes = {0};
    struct store_picture picture;

    open_rig("");
    bytes.length = 0;
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
    cr_assert(is_private(&bytes), "else this shows nothing");
    for (size_t n = 0; n < VARIANTS; n++) {
        cr_assert_eq(rig_get(&rig, "%s", variants[n]), 200);
        cr_expect_not(is_private(&rig.answer.body), "%s", variants[n]);
    }
    buffer_free(&bytes);
    close_rig();
}

Test(replaced, strip_keeps_no_metadata)
{
    struct file webp = fixture_webp_turned(90, 60, 6), gif = fixture_gif(64, 64);
    const struct {
        const struct file *file;
        enum picture_type type;
    } kinds[] = {{&red, PICTURE_JPEG}, {&blue, PICTURE_PNG}, {&webp, PICTURE_WEBP},
                 {&gif, PICTURE_PNG}};
    struct store_picture picture;
    struct buffer bytes = {0};

    open_rig("strip = true");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        cr_assert_eq(put_file(ADA, kinds[i].file), 200, "%zu", i);
        cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
        cr_expect_not(is_private(&bytes), "%zu", i);
        cr_expect_eq(picture.type, kinds[i].type, "%zu: %d", i, (int)picture.type);
        cr_expect_eq(sniff_picture(bytes.data, bytes.length), kinds[i].type);
        cr_expect_eq(picture.length, bytes.length);
    }
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert(uploads_find(&rig, "users/ada", &picture, NULL));
    cr_expect(picture.width == 320 && picture.height == 240, "%ux%u: upright, in its own size",
              picture.width, picture.height);
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    buffer_free(&bytes);
    file_free(&webp);
    file_free(&gif);
    close_rig();
}

Test(replaced, a_preset_decides_what_is_kept)
{
    struct file webp = fixture_webp(400, 300, true);
    struct store_picture picture;
    struct buffer bytes = {0};

    open_rig("upload_min = 0 upload_preset = avatar_small");
    cr_assert_eq(put_file(ADA, &blue), 200);
    cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
    cr_expect_eq(picture.type, PICTURE_PNG);
    cr_assert_eq(put_file(ADA, &webp), 200);
    cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
    cr_expect_eq(picture.type, PICTURE_JPEG);
    cr_expect_eq(sniff_picture(bytes.data, bytes.length), PICTURE_JPEG);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
    cr_expect_eq(picture.type, PICTURE_JPEG);
    cr_expect_not(is_private(&bytes));
    buffer_free(&bytes);
    file_free(&webp);
    close_rig();
}

/* SPDX-License-Identifier: MIT
 *
 * What is drawn from an upload and kept in its place: it never is in the worker's memory as a
 * whole, and is no larger than what may be sent.
 */
#include "upload_fixture.h"

#include <time.h>

#include "base/digest.h"
#include "rig/workers.h"
#include "route/grant.h"

RIG_SUITE(upload_redrawn);

static struct file tiny;

#define SIDE 1590 /* of noise: 10 MB as they come and as they are kept */
#define WHOLE "preset whole { width = 1590 height = 1590 fit = contain }\n"
#define NOISE_KB 512 /* the kernel adds pages up by the batch, so its peaks are not exact */
#ifdef VISAGE_SANITIZERS
#define GROWTH_KB 65536 /* what is freed is held back for a while */
#else
#define GROWTH_KB 256
#endif

/* With grants as well. */
static void open_one(const char *source)
{
    char more[2048];
    struct buffer text = {0};

    snprintf(more, sizeof more, CONF, source);
    text_add(&text, "%s", more);
    cr_assert_eq(text_replace(&text, "writers = {api-key}",
                              "writers = {api-key, grant} grant_key_file = \"@DIR@/secret\" "
                              "upload_min = 0"),
                 1u);
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1, .more = text.data,
                                            .top = WHOLE, .secret = KEYS});
    rig.options.more = NULL;
    buffer_free(&text);
    rig_start(&rig);
    red = fixture_jpeg(320, 240, 6);
    blue = fixture_png_noise(64, 64);
    tiny = fixture_gif(2, 2);
    cr_assert(red.bytes && blue.bytes && tiny.bytes);
}

static void close_one(void)
{
    file_free(&tiny);
    close_rig();
}

/* ---- memory ---- */

static pid_t only_worker(void)
{
    struct workers workers;

    workers_find(rig.state, &workers);
    cr_assert_eq(workers.count, 1u);
    return workers.pids[0];
}

static long number_of(pid_t pid, const char *file, const char *name)
{
    char path[FILES_PATH_MAX];
    struct buffer text = {0};
    const char *line;
    long kb;

    files_path(path, "/proc/%d/%s", (int)pid, file);
    cr_assert(files_read(path, &text) && text.data);
    line = strstr(text.data, name);
    cr_assert_not_null(line);
    kb = strtol(line + strlen(name), NULL, 10);
    buffer_free(&text);
    return kb;
}

/* The peak so far becomes what there is now (proc(5)). */
static void forget_peak(pid_t pid)
{
    char path[FILES_PATH_MAX];
    FILE *file;

    files_path(path, "/proc/%d/clear_refs", (int)pid);
    file = fopen(path, "we");
    cr_assert_not_null(file);
    cr_assert_geq(fputs("5\n", file), 0);
    cr_assert_eq(fclose(file), 0);
}

static void expect_kept(size_t least)
{
    char version[UPLOADS_VERSION_SIZE];
    struct store_picture picture;
    struct buffer bytes = {0};
    struct digest digest;

    cr_assert(uploads_find(&rig, "users/ada", &picture, &bytes));
    cr_assert_eq(digest_of(bytes.data, bytes.length, &digest), 0);
    cr_expect(digest_equal(&digest, &picture.digest));
    cr_expect_eq(picture.length, bytes.length);
    cr_expect_geq(bytes.length, least);
    cr_expect_eq(sniff_picture(bytes.data, bytes.length), picture.type);
    uploads_version(bytes.data, bytes.length, version);
    cr_expect_not_null(strstr(rig.answer.body.data, version), "%s", rig.answer.body.data);
    buffer_free(&bytes);
}

static void expect_little_memory(const char *source)
{
    struct file large = fixture_png_noise(SIDE, SIDE);
    long before, resident;
    pid_t worker;

    open_one(source);
    cr_assert(large.bytes && large.length > LIMIT * 9 / 10 && large.length < LIMIT, "%zu",
              large.length);
    /* All that it needs for any. */
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(put_file(ADA, &red), 200);
        cr_assert_eq(put_file(ADA, &blue), 200);
    }
    worker = only_worker();
    before = number_of(worker, "smaps_rollup", "Private_Dirty:");
    resident = number_of(worker, "status", "VmRSS:");
    forget_peak(worker);
    cr_expect_eq(put_file(ADA, &large), 200, "%d", rig.answer.status);
    cr_expect_leq(number_of(worker, "status", "VmHWM:"), resident + GROWTH_KB + NOISE_KB);
    cr_expect_leq(number_of(worker, "smaps_rollup", "Private_Dirty:"), before + GROWTH_KB);
    cr_expect_eq(only_worker(), worker);
    expect_kept(LIMIT * 2 / 3); /* without the channel for transparency it may be less */
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    file_free(&large);
    close_one();
}

Test(upload_redrawn, strip_takes_no_memory_for_ten_mebibytes)
{
    expect_little_memory("strip = true");
}

Test(upload_redrawn, a_preset_takes_no_memory_for_ten_mebibytes)
{
    expect_little_memory("upload_preset = whole");
}

/* ---- limits ---- */

#define LEAST "1K" /* that upload_max may be */
#define LEAST_BYTES 1024u

/* What is drawn of it is larger, and what is there already stays. */
static void expect_refused(const struct file *grows, int status)
{
    struct store_picture before, after;

    cr_assert(uploads_find(&rig, "users/ada", &before, NULL));
    cr_expect_eq(status, 413, "%d", status);
    cr_expect(answer_says(&rig.answer, "Content-Type", "application/problem+json"));
    cr_assert(uploads_find(&rig, "users/ada", &after, NULL));
    cr_expect(digest_equal(&after.digest, &before.digest));
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    cr_expect_eq(rig_get(&rig, ADA), 200);
    cr_expect_eq(put_file("/users/bob/avatar", grows), 413);
    cr_expect_eq(rig_get(&rig, "/users/bob/avatar"), 404);
}

static void expect_bound(const char *source, struct file grows)
{
    open_one(source);
    cr_assert(grows.bytes && grows.length < LEAST_BYTES, "%zu: it may come in", grows.length);
    cr_assert_eq(put_file(ADA, &tiny), 200, "%s", rig.answer.body.data);
    expect_refused(&grows, put_file(ADA, &grows));
    file_free(&grows);
    close_one();
}

Test(upload_redrawn, what_strip_makes_is_not_larger_than_what_may_be_sent)
{
    expect_bound("strip = true upload_max = " LEAST, fixture_webp(1600, 1200, false));
}

Test(upload_redrawn, what_a_preset_makes_is_not_larger_than_what_may_be_sent)
{
    expect_bound("upload_preset = thumb upload_max = " LEAST, fixture_png_noise(13, 13));
}

static int put_granted(const struct file *file, uint64_t max_bytes)
{
    static const char key_bytes[] = KEYS;
    const struct sign_key from = {.bytes = (char *)(uintptr_t)key_bytes,
                                  .length = sizeof key_bytes - 2};
    char grant[GRANT_TEXT_SIZE], field[GRANT_TEXT_SIZE + 32];
    const char *const fields[] = {field, NULL};

    cr_assert_eq(grant_make(&from, "users", "ada", (int64_t)time(NULL) + 600, max_bytes, grant), 0);
    snprintf(field, sizeof field, "Visage-Grant: %s", grant);
    return uploads_send(&rig, "PUT", ADA, fields, file->bytes, file->length);
}

Test(upload_redrawn, what_is_made_is_not_larger_than_what_a_grant_allows)
{
    struct file grows = fixture_webp(400, 300, false);
    struct store_picture kept;

    open_one("strip = true");
    cr_assert_eq(put_file(ADA, &grows), 200);
    cr_assert(uploads_find(&rig, "users/ada", &kept, NULL));
    cr_assert_gt(kept.length, grows.length, "it has grown");
    cr_assert_eq(put_file(ADA, &tiny), 200);
    cr_expect_eq(put_granted(&grows, kept.length - 1), 413, "%d", rig.answer.status);
    cr_expect_eq(uploads_files(&rig, "tmp"), 0u);
    cr_expect_eq(uploads_files(&rig, "blobs"), 1u);
    cr_expect_eq(put_granted(&grows, kept.length), 200, "%d", rig.answer.status);
    file_free(&grows);
    close_one();
}

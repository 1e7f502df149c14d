/* SPDX-License-Identifier: MIT
 *
 * What an operator sees of uploads: counters, metrics, and a line in the log for each.
 */
#include "cache/cache.h"
#include "rig/workers.h"
#include "server/upload_fixture.h"

RIG_SUITE(uploads_seen);

#define LOG "log = \"@DIR@/visage.log\"\nadmin { addresses = {\"127.0.0.1\"} }"

/* How often what printf makes stands in the log. */
static unsigned logged(const char *format, ...) __attribute__((format(printf, 1, 2)));

static unsigned logged(const char *format, ...)
{
    char text[512], path[FILES_PATH_MAX];
    struct buffer log = {0};
    unsigned count = 0;
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    cr_assert(n > 0 && (size_t)n < sizeof text);
    files_path(path, "%s/visage.log", rig.directory);
    cr_assert(files_read(path, &log));
    for (const char *at = log.data; at && (at = strstr(at, text)); at++)
        count++;
    buffer_free(&log);
    return count;
}

static void key_of(const char *subject, char out[13])
{
    char hex[DIGEST_HEX_SIZE];
    struct digest digest;

    cr_assert_eq(cache_key(subject, &digest), 0);
    digest_to_hex(&digest, hex);
    snprintf(out, 13, "%.12s", hex);
}

Test(uploads_seen, each_has_a_line_that_names_nobody)
{
    char ada_key[13];

    open_with(RIG_LIGHTTPD, "", LOG, NULL);
    key_of("users/ada", ada_key);
    cr_expect_eq(put_file(ADA, &red), 200);
    cr_expect_eq(logged(" level=info event=upload source=users key=%s bytes=%zu\n", ada_key,
                       red.length), 1u);
    cr_expect_eq(put(ADA, red.bytes, 99), 400);
    cr_expect_eq(logged(" level=info event=upload-refused source=users key=%s cause=upload-too-small\n",
                       ada_key), 1u);
    cr_expect_eq(uploads_send(&rig, "PUT", ADA, NULL, red.bytes, red.length), 401);
    cr_expect_eq(logged(" event=upload-refused source=users key=%s cause=login\n", ada_key), 1u);
    cr_expect_eq(rig_ask(&rig, "DELETE", ADA, NULL), 401);
    cr_expect_eq(logged(" level=info event=delete-refused source=users key=%s cause=login\n", ada_key),
                 1u);
    cr_expect_eq(delete_with(ADA, NULL), 204);
    cr_expect_eq(logged(" level=info event=delete source=users key=%s\n", ada_key), 1u);
    cr_expect_eq(logged("ada"), 0u);
    close_rig();
}

Test(uploads_seen, each_is_counted_by_what_became_of_it)
{
    open_with(RIG_LIGHTTPD, "", LOG, NULL);
    cr_expect_eq(put_file(ADA, &red), 200);
    cr_expect_eq(put_file(ADA, &blue), 200);
    cr_expect_eq(put(ADA, red.bytes, red.length / 2), 422);
    cr_expect_eq(uploads_send(&rig, "PUT", ADA, NULL, red.bytes, red.length), 401);
    cr_expect_eq(rig_ask(&rig, "DELETE", ADA, NULL), 401);
    cr_expect_eq(put_file("/users/bob/avatar", &red), 200);
    cr_expect_eq(delete_with(ADA, NULL), 204);
    cr_expect_eq(delete_with(ADA, NULL), 404);
    cr_expect_eq(rig_get(&rig, "/users/bob/avatar"), 200);
    cr_expect_eq(workers_counted(rig.state, COUNT_UPLOADS), 3u);
    cr_expect_eq(workers_counted(rig.state, COUNT_UPLOADS_REFUSED), 2u);
    cr_expect_eq(workers_counted(rig.state, COUNT_DELETIONS), 1u);
    close_rig();
}

Test(uploads_seen, metrics_have_them_and_what_is_kept)
{
    char wanted[64];

    open_with(RIG_LIGHTTPD, "keep_versions = 2", LOG, NULL);
    cr_expect_eq(put_file(ADA, &red), 200);
    cr_expect_eq(put_file(ADA, &blue), 200);
    cr_expect_eq(put(ADA, red.bytes, 99), 400);
    cr_expect_eq(rig_get(&rig, "/_visage/metrics"), 200);
    snprintf(wanted, sizeof wanted, "\nvisage_store_bytes %zu\n", red.length + blue.length);
    cr_expect_not_null(strstr(rig.answer.body.data, wanted));
    cr_expect_not_null(strstr(rig.answer.body.data, "\nvisage_store_subjects 1\n"));
    cr_expect_not_null(strstr(rig.answer.body.data, "\nvisage_store_versions 2\n"));
    cr_expect_not_null(strstr(rig.answer.body.data, "\nvisage_uploads_total{result=\"taken\"} 2\n"));
    cr_expect_not_null(strstr(rig.answer.body.data, "\nvisage_uploads_total{result=\"refused\"} 1\n"));
    cr_expect_eq(rig_get(&rig, "/_visage/status"), 200);
    cr_expect_not_null(strstr(rig.answer.body.data, ">Uploads</th>"));
    close_rig();
}

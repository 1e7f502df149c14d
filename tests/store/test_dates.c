/* SPDX-License-Identifier: MIT
 *
 * Each picture of a subject is later than the one before, by a second at least: HTTP's dates have
 * no more, and whoever goes by them must not take one for the other.
 */
#include "base/clock.h"
#include "store/store_private.h"
#include "store/suite.h"

#define NOON_S INT64_C(1700000000)
#define HOUR_S 3600
#define DAY_S (24 * HOUR_S)

STORE_SUITE(store_dates);

/* Commits it at that time. Returns the date that it was given, in milliseconds. */
static int64_t put_at(const char *subject, unsigned seed, int64_t when_ms)
{
    struct store_picture found, p = {.type = PICTURE_PNG, .length = 100, .uploaded_ms = when_ms};
    struct store_upload u;
    char bytes[100];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(seed + i);
    cr_assert_eq(store_upload_begin(f.store, &u), 0);
    cr_assert_eq(store_upload_add(&u, bytes, sizeof bytes), 0);
    cr_assert_eq(store_upload_finish(&u, &p.digest), 0);
    cr_assert_eq(store_commit(&u, subject, &p, 5, NULL, NULL), 0);
    cr_assert_eq(store_find(f.store, subject, &found), 0);
    cr_expect_eq(found.uploaded_ms, p.uploaded_ms, "what is told is what is kept");
    return p.uploaded_ms;
}

static int write_body(struct kv_txn *txn, void *context)
{
    const int64_t *when_ms = context;

    return store_write_deleted(txn, *when_ms);
}

static void write_deleted(int64_t when_ms)
{
    cr_assert_eq(kv_update(f.store->kv, write_body, &when_ms), 0);
}

static void delete(const char *subject)
{
    cr_assert_eq(store_delete(f.store, subject, NULL, NULL), 0);
}

Test(store_dates, are_the_time_of_the_upload)
{
    cr_expect_eq(put_at("users/ada", 1, NOON_S * 1000 + 7), NOON_S * 1000 + 7);
    cr_expect_eq(put_at("users/ada", 2, NOON_S * 1000 + 1000), NOON_S * 1000 + 1000);
    cr_expect_eq(put_at("users/bob", 3, NOON_S * 1000 + 8), NOON_S * 1000 + 8,
                 "others do not matter");
}

Test(store_dates, of_one_second_are_different_seconds)
{
    for (unsigned i = 0; i < 5; i++)
        cr_expect_eq(put_at("users/ada", i, NOON_S * 1000 + i) / 1000, NOON_S + i);
    cr_expect_eq(put_at("users/ada", 4, NOON_S * 1000 + 9) / 1000, NOON_S + 5, "the same bytes");
    cr_expect_eq(put_at("users/ada", 1, NOON_S * 1000 + 9) / 1000, NOON_S + 6, "earlier bytes");
}

Test(store_dates, grow_while_the_clock_is_behind)
{
    int64_t earlier_ms = (NOON_S - 400 * DAY_S) * 1000;

    put_at("users/ada", 1, NOON_S * 1000 + 999);
    cr_expect_eq(put_at("users/ada", 2, earlier_ms) / 1000, NOON_S + 1);
    store_fixture_reopen(&f);
    cr_expect_eq(put_at("users/ada", 3, earlier_ms + 5) / 1000, NOON_S + 2);
    cr_expect_eq(put_at("users/bob", 3, earlier_ms), earlier_ms);
}

Test(store_dates, of_what_is_restored_are_new)
{
    struct store_picture first, p;
    char hex[DIGEST_HEX_SIZE];

    put_at("users/ada", 1, NOON_S * 1000);
    cr_assert_eq(store_find(f.store, "users/ada", &first), 0);
    digest_to_hex(&first.digest, hex);
    put_at("users/ada", 2, NOON_S * 1000);
    cr_assert_eq(store_restore(f.store, "users/ada", hex, NOON_S * 1000, &p), 0);
    cr_expect_eq(p.uploaded_ms / 1000, NOON_S + 2);
    cr_assert_eq(store_find(f.store, "users/ada", &first), 0);
    cr_expect_eq(first.uploaded_ms, p.uploaded_ms);
}

Test(store_dates, grow_over_a_deletion)
{
    put_at("users/ada", 1, NOON_S * 1000);
    delete("users/ada");
    cr_expect_eq(put_at("users/ada", 2, NOON_S * 1000 + 500) / 1000, NOON_S + 1);
    delete("users/ada");
    put_at("users/bob", 3, (NOON_S - HOUR_S) * 1000);
    delete("users/bob"); /* an older one does not count for less */
    store_fixture_reopen(&f);
    cr_expect_gt(put_at("users/ada", 4, (NOON_S - 30) * 1000) / 1000, NOON_S + 1);
    delete("users/ada");
    cr_expect_eq(put_at("users/ada", 5, (NOON_S + DAY_S) * 1000 + 1), (NOON_S + DAY_S) * 1000 + 1,
                 "time goes on");
}

/* What a wrong clock has said once must not stay for everybody. */
Test(store_dates, are_not_spoilt_by_a_deleted_one_that_is_far_ahead)
{
    put_at("users/ada", 1, (NOON_S + 400 * DAY_S) * 1000);
    delete("users/ada");
    cr_expect_eq(put_at("users/bob", 2, NOON_S * 1000), NOON_S * 1000);
}

Test(store_dates, grow_over_a_deletion_after_that_of_one_that_was_far_ahead)
{
    int64_t now_ms = clock_wall_ms();

    put_at("users/ada", 1, now_ms + INT64_C(400) * DAY_S * 1000);
    delete("users/ada");
    put_at("users/bob", 2, now_ms);
    delete("users/bob");
    cr_expect_eq(put_at("users/bob", 3, now_ms) / 1000, now_ms / 1000 + 1);
}

/* As it was kept by who did not look. */
Test(store_dates, one_on_record_that_is_far_ahead_gives_way)
{
    int64_t now_ms = clock_wall_ms();

    write_deleted(now_ms + INT64_C(400) * DAY_S * 1000);
    put_at("users/bob", 2, now_ms);
    delete("users/bob");
    cr_expect_eq(put_at("users/bob", 3, now_ms) / 1000, now_ms / 1000 + 1);
}

/* Whoever does it in a loop must not take others with him. */
Test(store_dates, are_not_pushed_far_ahead_by_one_who_uploads_and_deletes)
{
    int64_t now_ms = clock_wall_ms();

    for (unsigned i = 0; i < 150; i++) {
        put_at("users/ada", i, now_ms);
        delete("users/ada");
    }
    cr_expect_leq(put_at("users/bob", 1, now_ms), now_ms + 70 * 1000);
}

/* An import's pictures have the dates that they had. */
Test(store_dates, of_long_ago_stay_though_others_were_deleted)
{
    put_at("users/ada", 1, NOON_S * 1000);
    delete("users/ada");
    cr_expect_eq(put_at("users/bob", 2, (NOON_S - 900 * DAY_S) * 1000),
                 (NOON_S - 900 * DAY_S) * 1000);
}

/* SPDX-License-Identifier: MIT
 *
 * What came before the current picture: how much of it stays, how it comes back, and that it is gone for good.
 */
#include "store/suite.h"

STORE_SUITE(versions);

/* Which upload it is. */
static unsigned seed_of(const struct digest *digest)
{
    for (unsigned seed = 1; seed <= 1003; seed++) {
        struct digest other = store_fixture_digest(seed, 500);

        if (digest_equal(digest, &other))
            return seed;
    }
    return 0;
}

static int note_version(const char *subject, const struct store_picture *p, void *context)
{
    unsigned **at = context;

    cr_expect_str_eq(subject, "users/ada");
    *(*at)++ = seed_of(&p->digest);
    return 0;
}

static void expect_history(const unsigned *wanted, size_t count)
{
    unsigned found[16], *at = found;

    cr_assert_eq(store_history(f.store, "users/ada", note_version, &at), 0);
    cr_assert_eq((size_t)(at - found), count);
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(found[i], wanted[i], "%zu", i);
}

Test(versions, so_many_versions_stay)
{
    for (unsigned seed = 1; seed <= 5; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, 3, NULL), 0);
    cr_assert_eq(store_fixture_put(f.store, "users/adb", 9, 500, 3, NULL), 0);
    expect_history((const unsigned[]){5, 4, 3}, 3);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 4u);
    cr_expect_eq(stats().versions, 4u);
    /* With fewer from now on, the oldest go. */
    cr_assert_eq(store_fixture_put(f.store, "users/ada", 6, 500, 2, NULL), 0);
    expect_history((const unsigned[]){6, 5}, 2);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 3u);
}

Test(versions, to_keep_none_is_refused_and_changes_nothing)
{
    struct store_removed removed;

    cr_expect_eq(store_fixture_put(f.store, "users/ada", 1, 500, 0, NULL), -EINVAL);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
    for (unsigned seed = 1; seed <= 3; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, STORE_KEEP_ALL, NULL), 0);
    cr_expect_eq(store_fixture_put(f.store, "users/ada", 4, 500, 0, NULL), -EINVAL);
    cr_expect_eq(store_trim(f.store, "users/ada", 0, &removed), -EINVAL);
    expect_history((const unsigned[]){3, 2, 1}, 3);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 3u);
}

Test(versions, the_same_bytes_again_push_no_earlier_version_out)
{
    struct digest one = store_fixture_digest(1, 500);
    struct store_picture p;
    char hex[DIGEST_HEX_SIZE];

    for (unsigned i = 0; i < 4; i++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", i ? 2 : 1, 500, 2, NULL), 0);
    expect_history((const unsigned[]){2, 1}, 2);
    cr_expect_eq(stats().versions, 2u);
    cr_expect_eq(stats().bytes, 1000u);
    cr_assert_eq(store_find(f.store, "users/ada", &p), 0);
    cr_expect_eq(p.sequence, 4u, "it was an upload all the same");
    digest_to_hex(&one, hex);
    cr_assert_eq(store_restore(f.store, "users/ada", hex, 1001, &p), 0);
    expect_history((const unsigned[]){1, 2}, 2);
    /* With fewer from now on, the oldest goes, with its bytes. */
    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 1, NULL), 0);
    expect_history((const unsigned[]){1}, 1);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
}

Test(versions, the_bytes_of_an_earlier_version_bring_it_back)
{
    for (unsigned seed = 1; seed <= 3; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, 3, NULL), 0);
    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 3, NULL), 0);
    cr_expect(has("users/ada", 1));
    expect_history((const unsigned[]){1, 3, 2}, 3);
    cr_expect_eq(stats().versions, 3u);
    cr_expect_eq(stats().bytes, 1500u);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
    cr_expect_eq(stats().versions, 0u);
}

Test(versions, an_earlier_version_can_be_restored)
{
    struct digest two = store_fixture_digest(2, 500);
    struct store_picture p;
    char hex[DIGEST_HEX_SIZE];

    for (unsigned seed = 1; seed <= 3; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, 3, NULL), 0);
    digest_to_hex(&two, hex);
    hex[16] = '\0';
    cr_assert_eq(store_restore(f.store, "users/ada", hex, 77000, &p), 0);
    cr_expect(digest_equal(&p.digest, &two));
    cr_expect(has("users/ada", 2));
    cr_expect_eq(p.uploaded_ms, 77000);
    expect_history((const unsigned[]){2, 3, 1}, 3);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 3u);
    cr_expect_eq(store_restore(f.store, "users/ada", "0123456789abcdef", 0, &p), -ENOENT);
    cr_expect_eq(store_restore(f.store, "users/ada", "", 0, &p), -ENOENT);
    cr_expect_eq(store_restore(f.store, "users/bob", hex, 0, &p), -ENOENT);
}

Test(versions, what_is_lost_or_damaged_is_not_restored)
{
    struct digest one = store_fixture_digest(1, 500);
    struct store_picture p;
    char hex[DIGEST_HEX_SIZE], path[PATH_MAX];

    for (unsigned seed = 1; seed <= 2; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, 2, NULL), 0);
    digest_to_hex(&one, hex);
    damage(1, "damaged", false);
    cr_expect_eq(store_restore(f.store, "users/ada", hex, 1077, &p), -EBADMSG);
    blob_path(1, path);
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(store_restore(f.store, "users/ada", hex, 1077, &p), -EBADMSG);
    cr_expect(has("users/ada", 2));
    expect_history((const unsigned[]){2, 1}, 2);
}

/* Pictures whose digests begin with the same digit. */
static unsigned find_twin(unsigned seed)
{
    struct digest first = store_fixture_digest(seed, 500), other;
    unsigned twin = seed;

    do
        other = store_fixture_digest(++twin, 500);
    while (other.bytes[0] >> 4 != first.bytes[0] >> 4);
    return twin;
}

Test(versions, of_several_versions_that_fit_none_is_restored)
{
    unsigned twin = find_twin(1), third = find_twin(twin);
    struct digest one = store_fixture_digest(1, 500);
    struct store_picture p;
    char hex[DIGEST_HEX_SIZE];

    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 9, NULL), 0);
    cr_assert_eq(store_fixture_put(f.store, "users/ada", twin, 500, 9, NULL), 0);
    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 9, NULL), 0);
    cr_assert_eq(store_fixture_put(f.store, "users/ada", third, 500, 9, NULL), 0);
    digest_to_hex(&one, hex);
    hex[1] = '\0';
    cr_expect_eq(store_restore(f.store, "users/ada", hex, 0, &p), -ENOTUNIQ);
    cr_expect(has("users/ada", third));
    digest_to_hex(&one, hex);
    cr_expect_eq(store_restore(f.store, "users/ada", hex, 0, &p), 0);
    cr_expect(has("users/ada", 1));
}

static uint32_t keep_two(const char *subject, void *context)
{
    (void)context;
    return strcmp(subject, "users/all") == 0 ? STORE_KEEP_ALL : 2;
}

Test(versions, trimming_leaves_as_many_versions_as_are_to_be_kept)
{
    struct store_removed removed;
    uint64_t versions;
    char subject[32];

    for (unsigned i = 0; i < 3 * 40; i++) {
        snprintf(subject, sizeof subject, "users/%u", i % 40);
        cr_assert_eq(store_fixture_put(f.store, subject, i, 500, 3, NULL), 0);
    }
    for (unsigned seed = 1; seed <= 3; seed++) {
        cr_assert_eq(store_fixture_put(f.store, "users/ada", 1000 + seed, 500, 3, NULL), 0);
        cr_assert_eq(store_fixture_put(f.store, "users/all", 2000 + seed, 500, 3, NULL), 0);
    }
    cr_assert_eq(store_trim_all(f.store, keep_two, NULL, &versions), 0);
    cr_expect_eq(versions, 41u);
    cr_assert_eq(store_trim_all(f.store, keep_two, NULL, &versions), 0);
    cr_expect_eq(versions, 0u);
    expect_history((const unsigned[]){1003, 1002}, 2);
    cr_expect_eq(stats().versions, 82u + 3u);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 82u + 3u);
    cr_assert_eq(store_trim(f.store, "users/ada", 1, &removed), 0);
    cr_expect_eq(removed.versions, 1u);
    cr_expect_eq(removed.bytes, 500u);
    store_fixture_reopen(&f);
    expect_history((const unsigned[]){1003}, 1);
    cr_expect_eq(store_trim(f.store, "users/nobody", 1, &removed), -ENOENT);
}

Test(versions, deleting_takes_every_version_and_says_what_it_took)
{
    struct store_removed removed;
    struct store_picture p;

    for (unsigned seed = 1; seed <= 3; seed++)
        cr_assert_eq(store_fixture_put(f.store, "users/ada", seed, 500, 3, NULL), 0);
    cr_assert_eq(put("users/bob", 3), 0);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, &removed), 0);
    cr_expect_eq(removed.versions, 3u);
    cr_expect_eq(removed.blobs, 2u, "one is somebody else's, too");
    cr_expect_eq(removed.bytes, 1000u);
    cr_expect_eq(store_find(f.store, "users/ada", &p), -ENOENT);
    cr_expect_eq(store_delete(f.store, "users/ada", NULL, NULL), -ENOENT);
    cr_expect(has("users/bob", 3));
    cr_expect_eq(store_fixture_files(&f, "blobs"), 1u);
    cr_expect_eq(stats().versions, 1u);
    cr_expect_eq(stats().subjects, 1u);
}

/* SPDX-License-Identifier: MIT
 *
 * Purges that changes owe, until somebody has made them.
 */
#include "store/suite.h"

STORE_SUITE(owed);

static int note_purge(const char *subject, void *context)
{
    char *all = context;

    strcat(strcat(all, subject), " ");
    return strcmp(subject, "users/stuck") == 0 ? -EIO : 0;
}

static void expect_owed(const char *wanted)
{
    char all[256] = "";

    cr_assert_eq(store_purge_owed(f.store, UINT64_MAX, note_purge, all), 0);
    cr_expect_str_eq(all, wanted);
}

Test(owed, a_change_owes_a_purge_until_it_is_said_to_be_done)
{
    struct store_picture p;
    char hex[DIGEST_HEX_SIZE];
    struct digest one = store_fixture_digest(1, 500);

    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 2, NULL), 0);
    store_fixture_reopen(&f); /* as if it had been killed */
    expect_owed("users/ada ");
    expect_owed("");
    cr_assert_eq(store_fixture_put(f.store, "users/ada", 2, 500, 2, NULL), 0);
    store_purged(f.store, "users/bob");
    store_purged(f.store, "users/ada");
    store_fixture_reopen(&f);
    expect_owed("");
    digest_to_hex(&one, hex);
    cr_assert_eq(store_restore(f.store, "users/ada", hex, 0, &p), 0);
    expect_owed("users/ada ");
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    store_fixture_reopen(&f);
    expect_owed("users/ada ");
}

Test(owed, only_what_has_been_owed_for_long_is_settled_by_who_comes_again_and_again)
{
    char all[256] = "";
    uint64_t until = 7;

    cr_assert_eq(store_long_owed(f.store, 1000, 60, &until), 0);
    cr_expect_eq(until, 0u, "nothing is owed");
    cr_assert_eq(put("users/ada", 1), 0);
    cr_assert_eq(store_long_owed(f.store, 1000, 60, &until), 0);
    cr_expect_eq(until, 0u);
    cr_assert_eq(put("users/bob", 2), 0);
    cr_assert_eq(put("users/eve", 3), 0);
    cr_assert_eq(store_purge_failed(f.store, "users/eve"), 0);
    cr_assert_eq(store_long_owed(f.store, 1059, 60, &until), 0);
    cr_expect_eq(until, 0u, "it may be at work");
    store_fixture_reopen(&f); /* another process */
    cr_assert_eq(store_long_owed(f.store, 1060, 60, &until), 0);
    cr_expect_eq(until, 1u);
    cr_assert_eq(store_purge_owed(f.store, until, note_purge, all), 0);
    cr_expect_not_null(strstr(all, "users/ada "));
    cr_expect_not_null(strstr(all, "users/eve "), "that one has failed");
    cr_expect_null(strstr(all, "users/bob "));
    cr_assert_eq(store_long_owed(f.store, 900, 60, &until), 0);
    cr_expect_eq(until, 0u, "the clock was set back");
    cr_assert_eq(store_long_owed(f.store, 960, 60, &until), 0);
    cr_expect_eq(until, 3u);
    expect_owed("users/bob ");
}

Test(owed, a_purge_that_was_done_does_not_stand_for_a_later_one)
{
    cr_assert_eq(put("users/ada", 1), 0);
    store_purged(f.store, "users/ada");
    /* The next change takes the first one's note off the record, and leaves its own. */
    cr_assert_eq(put("users/ada", 2), 0);
    store_fixture_reopen(&f);
    expect_owed("users/ada ");
}

Test(owed, of_purges_that_failed_others_are_told_apart)
{
    char all[256] = "";

    cr_assert_eq(put("users/ada", 1), 0);
    cr_assert_eq(put("users/bob", 2), 0);
    cr_assert_eq(store_purge_failed(f.store, "users/bob"), 0);
    cr_assert_eq(store_purge_failed(f.store, "users/nobody"), 0);
    cr_assert_eq(store_purge_owed(f.store, 0, note_purge, all), 0);
    cr_expect_str_eq(all, "users/bob ");
    expect_owed("users/ada ");
    /* What succeeds later is not owed any more. */
    cr_assert_eq(put("users/bob", 3), 0);
    cr_assert_eq(store_purge_failed(f.store, "users/bob"), 0);
    store_purged(f.store, "users/bob");
    store_fixture_reopen(&f);
    expect_owed("");
}

Test(owed, a_purge_that_fails_is_owed_still)
{
    cr_assert_eq(put("users/stuck", 1), 0);
    expect_owed("users/stuck ");
    expect_owed("users/stuck ");
}

/* SPDX-License-Identifier: MIT
 *
 * The end of a deletion where what was drawn cannot be purged.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "serve/change.h"
#include "serve/wake.h"
#include "store/fixture.h"

static struct store_fixture f;

static void set_up(void)
{
    store_fixture_open(&f);
}

static void tear_down(void)
{
    store_fixture_close(&f);
}

TestSuite(deletion, .init = set_up, .fini = tear_down, .timeout = 120);

static int purge_result;
static unsigned woken;

int __wrap_cache_purge(struct cache *cache, enum purge_scope scope, const char *name);
int __wrap_keeper_wake(const struct config *config, struct cache *cache);

int __wrap_cache_purge(struct cache *cache, enum purge_scope scope, const char *name)
{
    (void)cache;
    (void)scope;
    (void)name;
    return purge_result;
}

int __wrap_keeper_wake(const struct config *config, struct cache *cache)
{
    (void)config;
    (void)cache;
    woken++;
    return 0;
}

static enum cause finish(enum cause cause)
{
    char name[] = "users";
    struct config_source source = {.name = name, .type = SOURCE_STORE};
    struct picture_request picture = {.source = &source};
    struct server server = {.store = f.store};
    struct job job = {.server = &server, .picture = &picture};

    return change_finish_deletion(&job, "users/ada", cause);
}

static int note_purge(const char *subject, void *context)
{
    unsigned *count = context;

    *count += strcmp(subject, "users/ada") == 0;
    return 0;
}

/* Deleted while its file could not be unlinked, which it can be now. */
static void leave_a_file(void)
{
    int held;

    cr_assert_eq(store_fixture_put(f.store, "users/ada", 1, 500, 1, NULL), 0);
    held = store_fixture_hold(&f);
    cr_assert_eq(store_delete(f.store, "users/ada", NULL, NULL), 0);
    close(held);
    cr_assert_eq(store_fixture_files(&f, "blobs"), 1u);
}

Test(deletion, files_go_and_the_keeper_comes_though_the_cache_cannot_be_purged)
{
    unsigned owed = 0;

    leave_a_file();
    purge_result = -ENOSPC;
    cr_expect_eq(finish(CAUSE_NONE), CAUSE_STORE);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
    cr_expect_eq(woken, 1u);
    cr_assert_eq(store_purge_owed(f.store, 0, note_purge, &owed), 0);
    cr_expect_eq(owed, 1u, "it is the keeper's now");
    cr_expect_eq(finish(CAUSE_ORIGIN_NOT_FOUND), CAUSE_STORE, "it is in the cache still");
    purge_result = 0;
    cr_expect_eq(finish(CAUSE_ORIGIN_NOT_FOUND), CAUSE_ORIGIN_NOT_FOUND);
}

Test(deletion, that_leaves_nothing_is_told_as_it_is)
{
    leave_a_file();
    cr_expect_eq(finish(CAUSE_NONE), CAUSE_NONE);
    cr_expect_eq(store_fixture_files(&f, "blobs"), 0u);
    cr_expect_eq(woken, 1u);
}

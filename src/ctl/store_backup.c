/* SPDX-License-Identifier: MIT
 *
 * visage store backup: a copy of the store that is one of a single moment, checked, and a store itself.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl/backup_place.h"
#include "ctl/interrupt.h"
#include "ctl/store.h"
#include "ctl/verify.h"

static int fail(const char *what, int rc)
{
    return ctl_fail(&store_command, "%s: %s", what,
                    rc == -ENOTEMPTY ? "there is something in it"
                    : rc == -EBUSY   ? "another backup is being made there"
                    : rc == -EINTR   ? "interrupted: no backup is left there"
                                     : strerror(-rc));
}

static bool is_interrupted(void)
{
    interrupt_poll(NULL, 0, 0);
    return interrupt_count() > 0;
}

/* As who uses it would find it; what was copied in vain goes. Returns 0 or a negative errno; *error is
 * what else there is to say of that. */
static int check(const char *directory, struct verify *v, char error[CONFIG_ERROR_MAX])
{
    struct store *copy;
    int rc = store_open(directory, &copy, error);

    if (rc)
        return rc;
    error[0] = '\0';
    rc = store_sweep(copy);
    if (rc >= 0)
        rc = verify_store(v, copy);
    store_close(&copy);
    return rc < 0 ? rc : 0;
}

static int copy_and_check(struct store *store, const char *directory, struct store_copied *copied,
                          struct verify *v, char error[CONFIG_ERROR_MAX])
{
    int rc = store_backup(store, directory, is_interrupted, copied);

    if (rc)
        return rc;
    progress_begin(&v->progress, progress_choose(false, false), 0);
    rc = check(directory, v, error);
    progress_clear(&v->progress);
    return !rc && is_interrupted() ? -EINTR : rc;
}

/* What is damaged here is so there: it is the best there is. */
static int copy(struct store *store, const char *directory)
{
    struct verify v = {.stop = is_interrupted};
    char error[CONFIG_ERROR_MAX] = "";
    struct backup_place place;
    struct store_copied copied;
    int rc = interrupt_install();

    if (!rc)
        rc = backup_place_begin(&place, directory);
    if (rc)
        return fail(directory, rc);
    rc = copy_and_check(store, place.building, &copied, &v, error);
    if (rc)
        backup_place_abort(&place);
    else
        rc = backup_place_commit(&place);
    if (rc)
        return error[0] ? ctl_fail(&store_command, "%s", error) : fail(directory, rc);
    printf("%" PRIu64 " version%s in %s: %" PRIu64 " file%s linked, %" PRIu64 " copied; checked: %"
           PRIu64 " damaged, %" PRIu64 " missing, %" PRIu64 " unreadable\n",
           v.uploads, v.uploads == 1 ? "" : "s", directory, copied.linked,
           copied.linked == 1 ? "" : "s", copied.copied, v.uploads_damaged, v.uploads_missing,
           v.uploads_unreadable);
    return v.left ? CTL_FAILED : CTL_OK;
}

static int open_and_copy(const struct config *config, const char *directory)
{
    char from[PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store *store;
    int status, rc = server_store_directory(config, from);

    if (rc)
        return fail("store_dir", rc);
    if (access(from, F_OK) != 0)
        return fail(from, -errno);
    status = ctl_become_owner(&store_command, config);
    if (status)
        return status;
    if (server_open_store(config, &store, error) != 0)
        return ctl_fail(&store_command, "%s", error);
    if (!store)
        return ctl_fail(&store_command, "no source of %s has uploads", config->path);
    status = copy(store, directory);
    store_close(&store);
    return status;
}

int store_back_up(const char *conf, const char *directory)
{
    struct config *config = ctl_config(&store_command, conf);
    int status;

    if (!config)
        return CTL_FAILED;
    status = open_and_copy(config, directory);
    config_free(&config);
    return status;
}

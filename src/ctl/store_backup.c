/* SPDX-License-Identifier: MIT
 *
 * visage store backup: a copy of the store that is one of a single moment, checked, and a store itself.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/store.h"
#include "ctl/verify.h"

static int fail(const char *what, int rc)
{
    return ctl_fail(&store_command, "%s: %s", what,
                    rc == -ENOTEMPTY ? "there is something in it" : strerror(-rc));
}

/* As who uses it would find it; what was copied in vain goes. */
static int check(const char *directory, struct verify *v)
{
    char error[CONFIG_ERROR_MAX];
    struct store *copy;
    int rc = store_open(directory, &copy, error);

    if (rc)
        return ctl_fail(&store_command, "%s", error);
    rc = store_sweep(copy);
    if (rc >= 0)
        rc = verify_store(v, copy);
    store_close(&copy);
    return rc < 0 ? fail(directory, rc) : CTL_OK;
}

/* The same for all that follows, however it is typed. */
static int make(const char *directory, char whole[PATH_MAX])
{
    if (mkdir(directory, 0700) != 0 && errno != EEXIST)
        return -errno;
    return realpath(directory, whole) ? 0 : -errno;
}

static int copy(struct store *store, const char *directory)
{
    struct verify v = {.repair = false};
    struct store_copied copied;
    char whole[PATH_MAX];
    int rc = make(directory, whole), status;

    if (!rc)
        rc = store_backup(store, whole, &copied);
    if (rc)
        return fail(directory, rc);
    progress_begin(&v.progress, progress_choose(false, false), 0);
    status = check(whole, &v);
    progress_clear(&v.progress);
    if (status)
        return status;
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

/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "ctl/ctl.h"

struct config *ctl_config(const struct command *command, const char *option)
{
    char error[CONFIG_ERROR_MAX];
    struct config *config;

    if (config_load(config_path(option), &config, error) < 0) {
        if (command)
            ctl_fail(command, "%s", error);
        else
            fprintf(stderr, "%s\n", error);
        return NULL;
    }
    return config;
}

#define DENIED_MAX 128

static char denied[DENIED_MAX]; /* what EACCES says where root has become somebody else; else "" */

/* All that root has goes, groups first. */
static int change_user(uid_t user, gid_t group, const char *name)
{
    if ((name ? initgroups(name, group) : setgroups(1, &group)) != 0 || setgid(group) != 0 ||
        setuid(user) != 0)
        return -errno;
    return 0;
}

static int become_owner(const struct command *command, const struct config *config)
{
    const struct passwd *owner;
    struct stat st;
    int rc;

    if (stat(config->state_dir, &st) != 0) {
        if (errno != ENOENT)
            return ctl_fail(command, "state directory %s: %s", config->state_dir, strerror(errno));
        if (geteuid() != 0)
            return 0; /* it will be made, and be ours */
        return ctl_fail(command, "state directory %s does not exist yet, and root's would be of no "
                        "use: start a worker, or run this as the workers' user", config->state_dir);
    }
    if (st.st_uid == geteuid())
        return 0;
    owner = getpwuid(st.st_uid);
    if (geteuid() != 0)
        return ctl_fail(command, "state directory %s belongs to user %s (%ld): run this as that "
                        "user, or as root", config->state_dir, owner ? owner->pw_name : "?",
                        (long)st.st_uid);
    rc = change_user(st.st_uid, owner ? owner->pw_gid : st.st_gid, owner ? owner->pw_name : NULL);
    if (rc)
        return ctl_fail(command, "cannot become user %ld, who owns %s: %s", (long)st.st_uid,
                        config->state_dir, strerror(-rc));
    if (owner)
        snprintf(denied, sizeof denied, "%s for user %s, as whom workers run", strerror(EACCES),
                 owner->pw_name);
    else
        snprintf(denied, sizeof denied, "%s for user %ld, as whom workers run", strerror(EACCES),
                 (long)st.st_uid);
    return 0;
}

const char *ctl_reason(int error)
{
    return error == EACCES && denied[0] ? denied : strerror(error);
}

int ctl_become_owner(const struct command *command, const struct config *config)
{
    int status = become_owner(command, config);

    if (status)
        return status;
    umask(config->group_readable ? 0027 : 0077);
    if (config->log_target != LOG_TO_STDERR &&
        log_open(config->log_target, config->log_file) == 0)
        log_set_level(config->log_level);
    else
        log_set_level(LOG_LEVEL_ERROR);
    return 0;
}

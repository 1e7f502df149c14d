/* SPDX-License-Identifier: MIT
 *
 * Where the web server is to find pictures by itself.
 */
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "cache/publish_root.h"
#include "ctl/check.h"

/* Without access times a picture that only the web server sends looks as if nobody wanted it. */
static void check_access_times(struct report *r, const char *root)
{
    struct statvfs fs;

    if (statvfs(root, &fs) == 0 && fs.f_flag & ST_NOATIME)
        report_warn(r, "publish_root %s is mounted with noatime: what the web server sends by itself is "
                       "evicted as if nobody asked for it; mount it with relatime",
                    root);
}

static void check_mode(struct report *r, const char *root)
{
    struct stat st;

    if (stat(root, &st) == 0 && !(st.st_mode & S_IXOTH))
        report_warn(r, "publish_root %s cannot be entered by everybody (mode %04o): the web server "
                       "must be its owner or of its group",
                    root, (unsigned)st.st_mode & 07777);
}

void check_publish(struct report *r, const struct config *config)
{
    const char *root = config->publish_root;
    char why[PUBLISH_ROOT_WHY_MAX];
    int rc;

    if (!root)
        return;
    rc = publish_root_check(root, config->state_dir, false, why);
    if (rc < 0) {
        report_fail(r, "publish_root %s: %s; nothing will be published", root, why);
        return;
    }
    if (rc == 1) {
        report_ok(r, "publish_root %s does not exist yet; the first worker makes it", root);
        return;
    }
    report_ok(r, "publish_root %s is fit for links", root);
    check_mode(r, root);
    check_access_times(r, root);
}

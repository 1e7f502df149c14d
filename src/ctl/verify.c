/* SPDX-License-Identifier: MIT
 *
 * visage verify: whether the cache is what its index says, and every upload what was acknowledged.
 */
#include "ctl/verify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "ctl/ctl.h"
#include "ctl/words.h"
#include "serve/server.h"

void verify_say(struct verify *v, const char *format, ...)
{
    va_list ap;

    progress_clear(&v->progress);
    va_start(ap, format);
    vprintf(format, ap);
    va_end(ap);
    putchar('\n');
    fflush(stdout);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void print_summary(const struct verify *v)
{
    uint64_t wrong = v->damaged + v->missing + v->unreadable + v->orphans + v->lost_paths +
                     v->unknown_paths;
    char bytes[WORDS_MAX];

    printf("%" PRIu64 " blob%s checked, %s: %" PRIu64 " damaged, %" PRIu64 " missing, %" PRIu64
           " unreadable, %" PRIu64 " orphan%s\n",
           v->blobs, plural(v->blobs), words_bytes(v->bytes, bytes), v->damaged, v->missing,
           v->unreadable, v->orphans, plural(v->orphans));
    if (v->published + v->unknown_paths > 0)
        printf("%" PRIu64 " published path%s checked: %" PRIu64 " missing, %" PRIu64 " unknown\n",
               v->published, plural(v->published), v->lost_paths, v->unknown_paths);
    if (v->repair)
        printf("removed %" PRIu64 " entr%s and %" PRIu64 " file%s\n", v->removed_entries,
               v->removed_entries == 1 ? "y" : "ies", v->removed_files, plural(v->removed_files));
    else if (wrong > 0)
        puts("visage verify --repair removes them; what was damaged or missing is fetched anew");
}

static void print_uploads(const struct verify *v)
{
    char bytes[WORDS_MAX];

    printf("%" PRIu64 " version%s of uploads checked, %s: %" PRIu64 " damaged, %" PRIu64
           " missing, %" PRIu64 " unreadable\n",
           v->uploads, plural(v->uploads), words_bytes(v->upload_bytes, bytes), v->uploads_damaged,
           v->uploads_missing, v->uploads_unreadable);
    if (v->uploads_damaged + v->uploads_missing + v->uploads_unreadable > 0)
        puts("of uploads there is no other copy: bring these files back from a backup, or have the "
             "pictures uploaded again");
}

/* Only of this machine: what is in a bucket is the bucket's. */
static bool has_uploads_here(const struct config *config)
{
    for (size_t i = 0; i < config->source_count; i++)
        if (config_source_is_local(&config->sources[i]))
            return true;
    return false;
}

static int verify_uploads(struct verify *v, const struct config *config, enum progress_kind kind)
{
    char directory[PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store *store;
    int rc = has_uploads_here(config) ? server_store_directory(config, directory) : -ENOENT;

    if (rc == -ENOENT)
        return CTL_OK;
    snprintf(error, sizeof error, "store_dir: %s", strerror(-rc));
    if (!rc)
        rc = store_open_to_look(directory, &store, error);
    if (rc == -ENOENT) /* nobody has uploaded anything */
        return CTL_OK;
    if (rc)
        return ctl_fail(&verify_command, "%s", error);
    progress_begin(&v->progress, kind, 0);
    rc = verify_store(v, store);
    progress_clear(&v->progress);
    store_close(&store);
    if (rc)
        return ctl_fail(&verify_command, "store %s cannot be read: %s", directory, strerror(-rc));
    print_uploads(v);
    return v->left ? CTL_FAILED : CTL_OK;
}

static int verify_all(struct verify *v, const struct config *config, enum progress_kind kind)
{
    int rc;

    progress_begin(&v->progress, kind, 0);
    rc = verify_blobs(v);
    progress_clear(&v->progress);
    if (!rc)
        rc = verify_purged(v);
    if (!rc)
        rc = verify_published(v, config->publish_root);
    if (!rc)
        rc = verify_accounting(v);
    return rc;
}

static int verify(struct verify *v, const struct config *config, bool bar)
{
    enum cache_role role = v->repair ? CACHE_TOOL : CACHE_VISITOR;
    char error[CONFIG_ERROR_MAX];
    int status = v->repair ? ctl_become_owner(&verify_command, config) : CTL_OK, rc;

    if (status)
        return status;
    rc = cache_open(config, role, &v->cache, error);
    if (rc)
        return ctl_fail(&verify_command, "%s", error);
    rc = verify_all(v, config, progress_choose(bar, false));
    cache_close(&v->cache);
    if (rc)
        return ctl_fail(&verify_command, "state directory %s cannot be read: %s",
                        config->state_dir, strerror(-rc));
    print_summary(v);
    return v->left ? CTL_FAILED : CTL_OK;
}

/* Of either what can be said is said, whatever comes of the other. */
static int verify_both(struct verify *v, const struct config *config, bool bar)
{
    int cache = verify(v, config, bar), store;

    store = verify_uploads(v, config, progress_choose(bar, false));
    return cache == CTL_OK ? store : cache;
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"progress", no_argument, NULL, 'p'},
        {"repair", no_argument, NULL, 'r'},
        {NULL, 0, NULL, 0},
    };
    struct verify v = {.repair = false};
    const char *path = NULL;
    struct config *config;
    bool bar = false;
    int c, status;

    while ((c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1)
        switch (c) {
        case 'p':
            bar = true;
            break;
        case 'r':
            v.repair = true;
            break;
        default:
            if ((status = ctl_option(&verify_command, c, &path)) >= 0)
                return status;
        }
    if ((status = ctl_no_more(&verify_command, argc, argv)) >= 0)
        return status;
    config = ctl_config(&verify_command, path);
    if (!config)
        return CTL_FAILED;
    log_set_level(LOG_LEVEL_ERROR);
    status = verify_both(&v, config, bar);
    config_free(&config);
    return status;
}

const struct command verify_command = {
    .name = "verify",
    .run = run,
    .arguments = "[--repair] [--progress]",
    .doc = "check every picture, kept or uploaded, against its digest and the records",
    .help = "  --repair    remove what is damaged, missing or unknown\n"
            "  --progress  draw the bar even where stderr is no terminal\n"
            "\n"
            "Workers may go on meanwhile. The exit status is 1 if something is wrong and was not\n"
            "repaired. Uploads cannot be: those that are damaged or missing are named.\n",
};

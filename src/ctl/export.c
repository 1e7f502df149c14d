/* SPDX-License-Identifier: MIT
 *
 * visage export: the inverse of visage import.
 */
#include "ctl/export.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/interrupt.h"
#include "ctl/words.h"

#define AT_ONCE 64 /* pictures in one read transaction */
#define OPEN_TRIES 3 /* it may be replaced between its record and its bytes */
#define BLOCK 65536

struct export_item {
    char subject[STORE_SUBJECT_MAX];
    struct store_picture picture;
};

/* ---- one ---- */

/* What is damaged must not pass for a backup. */
static int check_bytes(struct export *e, int fd, const struct digest *digest)
{
    char block[BLOCK];
    struct digest found;
    int rc = digest_stream_reset(e->stream);
    ssize_t n = 1;

    while (!rc && n > 0) {
        n = read(fd, block, sizeof block);
        if (n > 0)
            rc = digest_stream_add(e->stream, block, (size_t)n);
        else if (n < 0)
            rc = -EBADMSG;
    }
    if (!rc)
        rc = digest_stream_finish(e->stream, &found);
    if (!rc && !digest_equal(&found, digest))
        rc = -EBADMSG;
    return !rc && lseek(fd, 0, SEEK_SET) != 0 ? -errno : rc;
}

static int open_picture(struct export *e, struct export_item *item)
{
    int fd = store_open_blob(e->uploads.store, &item->picture.digest);

    for (int i = 0; fd == -ENOENT && i < OPEN_TRIES; i++) {
        int rc = store_find(e->uploads.store, item->subject, &item->picture);

        if (rc)
            return rc;
        fd = store_open_blob(e->uploads.store, &item->picture.digest);
    }
    return fd == -ENOENT ? -EBADMSG : fd;
}

static void refuse(struct export *e, const char *id, int rc)
{
    char shown[3 * PICTURE_ID_MAX + 1];

    e->refused++;
    e->damaged += rc == -EBADMSG;
    progress_clear(&e->progress);
    ctl_fail(&export_command, "%s: %s", words_name(id, shown, sizeof shown),
             rc == -EBADMSG      ? "its bytes are damaged, or missing"
             : rc == -EMEDIUMTYPE ? "no picture"
                                  : ctl_reason(-rc));
}

int export_picture(struct export *e, const char *id, const struct store_picture *p, int fd, int rc)
{
    if (!rc)
        rc = e->csv ? export_to_csv(&e->file, id, p, fd) : export_to_tree(e->directory_fd, id, p, fd);
    e->written += rc == 0;
    if (rc)
        refuse(e, id, rc);
    progress_show(&e->progress, e->progress.done + 1);
    return rc == -ENOSPC || rc == -EDQUOT || rc == -EIO || rc == -EPIPE ? rc : 0;
}

/* Returns 0, or a negative errno if nothing can go on. */
static int write_one(struct export *e, struct export_item *item)
{
    int fd = open_picture(e, item), rc;

    if (fd == -ENOENT)
        return 0; /* deleted meanwhile */
    rc = fd < 0 ? fd : check_bytes(e, fd, &item->picture.digest);
    rc = export_picture(e, uploads_id(&e->uploads, item->subject), &item->picture, fd, rc);
    if (fd >= 0)
        close(fd);
    return rc;
}

/* ---- all ---- */

static int collect(const char *subject, const struct store_picture *picture, void *context)
{
    struct export *e = context;

    if (!uploads_id(&e->uploads, subject))
        return 0;
    snprintf(e->items[e->count].subject, STORE_SUBJECT_MAX, "%s", subject);
    e->items[e->count++].picture = *picture;
    return 0;
}

static int write_pictures(struct export *e)
{
    struct digest last;
    bool done = false, begun = false;
    int rc = 0;

    while (!done && !rc && interrupt_count() == 0) {
        e->count = 0;
        rc = store_walk(e->uploads.store, begun ? &last : NULL, AT_ONCE, collect, e, &last, &done);
        begun = true;
        for (size_t i = 0; i < e->count && !rc && interrupt_count() == 0; i++) {
            rc = write_one(e, &e->items[i]);
            interrupt_poll(NULL, 0, 0);
        }
    }
    return rc;
}

static int count(const char *subject, const struct store_picture *picture, void *context)
{
    struct export *e = context;

    (void)picture;
    e->progress.all += uploads_id(&e->uploads, subject) != NULL;
    return 0;
}

static int count_all(struct export *e)
{
    struct digest last;
    bool done;

    return store_walk(e->uploads.store, NULL, SIZE_MAX, count, e, &last, &done);
}

/* Whatever is missing from it, the file that is there may have. */
static int finish_file(struct export *e)
{
    int rc;

    if (e->damaged > 0 && e->file.displaces && e->file.warden >= 0)
        return ctl_fail(&export_command, "%s stays as it was: not all could be read; under another name "
                        "the rest can be written", e->csv);
    rc = export_file_commit(&e->file);
    return rc ? ctl_fail(&export_command, "%s: %s", e->csv, strerror(-rc)) : CTL_OK;
}

/* At once for all of it: file by file that would take as long as there are pictures. */
static int finish_tree(const struct export *e)
{
    return syncfs(e->directory_fd) == 0
               ? CTL_OK
               : ctl_fail(&export_command, "%s: %s: what was written may not be on disk", e->directory,
                          strerror(errno));
}

static int sum_up(struct export *e, int rc)
{
    int status = CTL_OK;

    if (rc == -EREMOTEIO && e->cause != CAUSE_NONE)
        status = uploads_fail_cause(&e->uploads, e->uploads.source, e->cause);
    else if (rc)
        status = ctl_fail(&export_command, "%s: %s", e->csv ? e->csv : e->directory, strerror(-rc));
    else if (interrupt_count() > 0)
        status = ctl_fail(&export_command, "interrupted: this is not all");
    else
        status = e->csv ? finish_file(e) : finish_tree(e);
    /* Where the pictures go to standard output, it has room for nothing else. */
    fprintf(e->file.is_output ? stderr : stdout, "written %" PRIu64 ", refused %" PRIu64 "\n",
            e->written, e->refused);
    return e->refused > 0 ? CTL_FAILED : status;
}

static int open_and_write(struct export *e)
{
    bool remote = uploads_are_remote(&e->uploads);
    int rc;

    if (uploads_open(&e->uploads, false) != CTL_OK)
        return CTL_FAILED;
    e->items = calloc(AT_ONCE, sizeof *e->items);
    e->stream = digest_stream_new();
    rc = e->items && e->stream ? interrupt_install() : -ENOMEM;
    progress_begin(&e->progress, progress_choose(e->show, e->quiet), 0);
    if (!rc)
        rc = remote ? export_bucket_count(e) : count_all(e);
    if (!rc)
        rc = remote ? export_bucket(e) : write_pictures(e);
    progress_clear(&e->progress);
    free(e->items);
    digest_stream_free(&e->stream);
    return sum_up(e, rc);
}

/* ---- where to ---- */

/* As who has called. */
static int open_csv(struct export *e)
{
    int rc = e->csv ? export_file_open(&e->file, e->csv) : 0;

    return rc ? ctl_fail(&export_command, "%s: %s", e->csv, strerror(-rc)) : CTL_OK;
}

/* Returns 1, 0 if there is something in it, or a negative errno. */
static int is_empty(int fd)
{
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), empty = 1;
    DIR *directory = again < 0 ? NULL : fdopendir(again);
    const struct dirent *entry;

    if (!directory) {
        int rc = -errno;

        if (again >= 0)
            close(again);
        return rc;
    }
    while (empty == 1 && (errno = 0, entry = readdir(directory)) != NULL)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (empty == 1 && errno)
        empty = -errno;
    closedir(directory);
    return empty;
}

/* What an earlier export has left there would pass for pictures of today. */
static int open_directory(struct export *e)
{
    int empty;

    if (mkdir(e->directory, 0700) != 0 && errno != EEXIST)
        return ctl_fail(&export_command, "%s: %s", e->directory, ctl_reason(errno));
    e->directory_fd = open(e->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (e->directory_fd < 0)
        return ctl_fail(&export_command, "%s: %s", e->directory, ctl_reason(errno));
    empty = is_empty(e->directory_fd);
    if (empty < 0)
        return ctl_fail(&export_command, "%s: %s", e->directory, strerror(-empty));
    return empty ? CTL_OK
                 : ctl_fail(&export_command, "%s is not empty: a new or an empty directory is wanted, "
                            "so that nothing old is among what is written", e->directory);
}

static int read_options(struct export *e, int argc, char **argv, const char **path)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"csv", required_argument, NULL, 'v'},
        {"progress", no_argument, NULL, 'p'},
        {"quiet", no_argument, NULL, 'q'},
        {NULL, 0, NULL, 0},
    };
    int c, status = -1;

    while (status < 0 && (c = getopt_long(argc, argv, CTL_LETTERS "q", options, NULL)) != -1)
        if (c == 'v')
            e->csv = optarg;
        else if (c == 'p')
            e->show = true;
        else if (c == 'q')
            e->quiet = true;
        else
            status = ctl_option(&export_command, c, path);
    if (status >= 0)
        return status;
    if (argc - optind != (e->csv ? 1 : 2))
        return ctl_misuse(&export_command, "a source is wanted, and a directory or --csv FILE");
    e->source = argv[optind];
    e->directory = argv[optind + 1];
    return -1;
}

static int run(int argc, char **argv)
{
    struct export e = {.directory_fd = -1, .file = {.fd = -1, .warden = -1}};
    const char *path = NULL;
    int status = read_options(&e, argc, argv, &path);

    if (status >= 0)
        return status;
    status = uploads_find(&e.uploads, &export_command, path, e.source);
    if (status == CTL_OK)
        status = open_csv(&e);
    if (status == CTL_OK)
        status = uploads_become_owner(&e.uploads);
    if (status == CTL_OK && !e.csv)
        status = open_directory(&e);
    if (status == CTL_OK)
        status = open_and_write(&e);
    uploads_close(&e.uploads);
    export_file_close(&e.file);
    if (e.directory_fd >= 0)
        close(e.directory_fd);
    return status;
}

const struct command export_command = {
    .name = "export",
    .run = run,
    .arguments = "SOURCE DIRECTORY | SOURCE --csv FILE  [-q]",
    .doc = "write all uploads as import reads them",
    .help = "  --csv FILE   rows of id, content type and base64; - is standard output\n"
            "  --progress   draw the bar even where there is no terminal\n"
            "  -q, --quiet  say nothing of how far it is\n"
            "\n"
            "A file has its name, and displaces one that has it, when all is written. In a directory,\n"
            "which is to be new or empty, each picture is a file with the id as its path and an\n"
            "extension that tells its type. The workers' user has to be able to write there.\n",
};

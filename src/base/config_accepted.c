/* SPDX-License-Identifier: MIT
 *
 * The copy's first line names the path that it was accepted from, as a comment.
 * Where it lies is said by the very file that does not parse: its line with
 * state_dir is looked for as text, and without one it is the default.
 */
#include "base/config_accepted.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/config_text.h"

#define NAME "accepted.conf"
#define HEAD "# accepted from "

/* Reads at most CONFIG_FILE_MAX bytes. Returns 0 or a negative errno. */
static int read_file(const char *path, struct buffer *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), rc;
    ssize_t n = 1;

    if (fd < 0)
        return -errno;
    rc = buffer_reserve(out, CONFIG_FILE_MAX + 1);
    while (!rc && n > 0 && out->length < CONFIG_FILE_MAX) {
        n = read(fd, out->data + out->length, CONFIG_FILE_MAX - out->length);
        if (n < 0)
            rc = -errno;
        else
            out->length += (size_t)n;
    }
    close(fd);
    if (!rc)
        out->data[out->length] = '\0';
    return rc;
}

/* The value of a line `state_dir = "..."`, or the default. */
static void find_state_dir(const char *text, char out[PATH_MAX])
{
    snprintf(out, PATH_MAX, "%s", VISAGE_LOCALSTATEDIR "/lib/visage");
    for (const char *line = text; line && *line; line = strchr(line, '\n')) {
        char value[PATH_MAX];

        line += *line == '\n';
        if (sscanf(line, " state_dir = \"%4095[^\"\n]\"", value) == 1 && value[0] == '/') {
            snprintf(out, PATH_MAX, "%s", value);
            return;
        }
    }
}

static int path_of(const char *state_dir, const char *name, char out[PATH_MAX])
{
    int n = snprintf(out, PATH_MAX, "%s/%s", state_dir, name);

    return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* Whether the copy was accepted from this path: several configurations may name one directory. */
static bool is_of(const char *copy, const char *path)
{
    struct buffer text = {0};
    size_t length = strlen(path);
    bool good = read_file(copy, &text) == 0 && strncmp(text.data, HEAD, strlen(HEAD)) == 0 &&
                strncmp(text.data + strlen(HEAD), path, length) == 0 &&
                text.data[strlen(HEAD) + length] == '\n';

    buffer_free(&text);
    return good;
}

int config_accepted_path(const struct config *config, char *out, size_t size)
{
    char copy[PATH_MAX];
    bool kept = path_of(config->state_dir, NAME, copy) == 0 && is_of(copy, config->path);
    int n = snprintf(out, size, "%s", kept ? copy : config->path);

    return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

static int load_copy(const char *path, struct config **out)
{
    char state_dir[PATH_MAX], copy[PATH_MAX], ignored[CONFIG_ERROR_MAX];
    struct buffer text = {0};
    char *name;
    int rc = read_file(path, &text);

    if (!rc) {
        find_state_dir(text.data, state_dir);
        rc = path_of(state_dir, NAME, copy);
    }
    buffer_free(&text);
    if (!rc && !is_of(copy, path))
        rc = -ENOENT;
    if (!rc)
        rc = config_load(copy, out, ignored);
    if (rc)
        return rc;
    name = strdup(path);
    if (!name) {
        config_free(out);
        return -ENOMEM;
    }
    free((*out)->path);
    (*out)->path = name;
    return 0;
}

int config_load_accepted(const char *path, struct config **out, bool *fell_back,
                         char error[CONFIG_ERROR_MAX])
{
    int rc = config_load(path, out, error);

    *fell_back = false;
    if (rc != -EINVAL)
        return rc;
    if (load_copy(path, out) != 0)
        return rc;
    *fell_back = true;
    return 0;
}

static int write_copy(const char *path, const char *state_dir, const struct buffer *text)
{
    char temporary[PATH_MAX], name[64];
    int rc, fd;

    snprintf(name, sizeof name, ".accepted.%ld", (long)getpid());
    rc = path_of(state_dir, name, temporary);
    if (rc)
        return rc;
    fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    errno = 0;
    if (write(fd, text->data, text->length) != (ssize_t)text->length)
        rc = errno ? -errno : -ENOSPC;
    if (close(fd) != 0 && !rc)
        rc = -errno;
    if (!rc && rename(temporary, path) != 0)
        rc = -errno;
    if (rc)
        unlink(temporary);
    return rc;
}

int config_accept(const struct config *config, bool always)
{
    struct buffer wanted = {0}, there = {0};
    char path[PATH_MAX];
    int rc = path_of(config->state_dir, NAME, path);

    if (!rc)
        rc = buffer_join(&wanted, HEAD, config->path, "\n", config->text, (char *)NULL);
    if (!rc && (always || read_file(path, &there) != 0 || there.length != wanted.length ||
                memcmp(there.data, wanted.data, wanted.length) != 0))
        rc = write_copy(path, config->state_dir, &wanted);
    buffer_free(&wanted);
    buffer_free(&there);
    return rc;
}

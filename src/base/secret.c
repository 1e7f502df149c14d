/* SPDX-License-Identifier: MIT */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

/* A whole secret, its CRLF, and one byte more that tells "too long" from "just fits". */
#define READ_MAX (SECRET_MAX + 3)

/* Copies the secret out of `bytes` without its line end. */
static int accept_bytes(const char *bytes, size_t length, const char *kind, const char *name,
                        char **out, char error[CONFIG_ERROR_MAX])
{
    const char *fault = NULL;

    if (length > 0 && bytes[length - 1] == '\n') {
        length--;
        if (length > 0 && bytes[length - 1] == '\r')
            length--;
    }
    if (length == 0)
        fault = "is empty";
    else if (length > SECRET_MAX)
        fault = "is too long";
    else if (memchr(bytes, '\0', length) || memchr(bytes, '\r', length) ||
             memchr(bytes, '\n', length))
        fault = "must be a single line of text";
    if (fault) {
        snprintf(error, CONFIG_ERROR_MAX, "%s %s %s", kind, name, fault);
        return -EINVAL;
    }
    *out = malloc(length + 1);
    if (!*out) {
        snprintf(error, CONFIG_ERROR_MAX, "%s %s: out of memory", kind, name);
        return -ENOMEM;
    }
    memcpy(*out, bytes, length);
    (*out)[length] = '\0';
    return 0;
}

static int check_file(int fd, const char *path, char error[CONFIG_ERROR_MAX])
{
    struct stat st;

    if (fstat(fd, &st) != 0) {
        int code = -errno;

        snprintf(error, CONFIG_ERROR_MAX, "file %s: %s", path, strerror(-code));
        return code;
    }
    if (!S_ISREG(st.st_mode)) {
        snprintf(error, CONFIG_ERROR_MAX, "file %s is not a regular file", path);
        return -EINVAL;
    }
    if (st.st_mode & (S_IROTH | S_IWOTH | S_IWGRP)) {
        snprintf(error, CONFIG_ERROR_MAX,
                 "file %s has mode %04o: others must not read or write it, the group must not "
                 "write it (chmod 600)",
                 path, (unsigned)st.st_mode & 07777u);
        return -EPERM;
    }
    return 0;
}

static int read_file(const char *path, char **out, char error[CONFIG_ERROR_MAX])
{
    char bytes[READ_MAX];
    size_t length = 0;
    int code;
    /* O_NONBLOCK: a FIFO put in the file's place must not hang the start. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        code = -errno;
        snprintf(error, CONFIG_ERROR_MAX, "file %s: %s", path, strerror(-code));
        return code;
    }
    code = check_file(fd, path, error);
    while (code == 0 && length < sizeof bytes) {
        ssize_t n = read(fd, bytes + length, sizeof bytes - length);

        if (n == 0)
            break;
        if (n > 0) {
            length += (size_t)n;
        } else if (errno != EINTR) {
            code = -errno;
            snprintf(error, CONFIG_ERROR_MAX, "file %s: %s", path, strerror(-code));
        }
    }
    if (code == 0)
        code = accept_bytes(bytes, length, "file", path, out, error);
    explicit_bzero(bytes, sizeof bytes);
    close(fd);
    return code;
}

int secret_read(const struct config_secret *from, char **out, char error[CONFIG_ERROR_MAX])
{
    const char *value;

    *out = NULL;
    if (from->file)
        return read_file(from->file, out, error);
    if (!from->env)
        return 1;
    value = getenv(from->env);
    if (!value) {
        snprintf(error, CONFIG_ERROR_MAX, "environment variable %s is not set", from->env);
        return -ENOENT;
    }
    return accept_bytes(value, strlen(value), "environment variable", from->env, out, error);
}

/* Digests have one length, whatever is compared. */
bool secret_equal(const char *a, const char *b)
{
    struct digest da, db;
    unsigned char differing = 0;

    if (digest_of(a, strlen(a), &da) != 0 || digest_of(b, strlen(b), &db) != 0)
        return false;
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        differing |= da.bytes[i] ^ db.bytes[i];
    return differing == 0;
}

void secret_free(char **secret)
{
    if (!*secret)
        return;
    explicit_bzero(*secret, strlen(*secret));
    free(*secret);
    *secret = NULL;
}

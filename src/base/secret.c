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

/* Copies a secret that has no `fault`, or says which one it has. */
static int copy(const char *bytes, size_t length, const char *fault, const char *kind,
                const char *name, char **out, char error[CONFIG_ERROR_MAX])
{
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

/* NULL if its length is one that a secret may have. */
static const char *fault_of_length(size_t length)
{
    return length == 0 ? "is empty" : length > SECRET_MAX ? "is too long" : NULL;
}

/* One line, without its end. */
static int accept_line(const char *bytes, size_t length, const char *kind, const char *name,
                       char **out, char error[CONFIG_ERROR_MAX])
{
    const char *fault;

    if (length > 0 && bytes[length - 1] == '\n') {
        length--;
        if (length > 0 && bytes[length - 1] == '\r')
            length--;
    }
    fault = fault_of_length(length);
    if (!fault &&
        (memchr(bytes, '\0', length) || memchr(bytes, '\r', length) ||
         memchr(bytes, '\n', length)))
        fault = "must be a single line of text";
    return copy(bytes, length, fault, kind, name, out, error);
}

static int accept_text(const char *bytes, size_t length, const char *kind, const char *name,
                       char **out, char error[CONFIG_ERROR_MAX])
{
    const char *fault = fault_of_length(length);

    if (!fault && memchr(bytes, '\0', length))
        fault = "must be text";
    return copy(bytes, length, fault, kind, name, out, error);
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

/* Up to READ_MAX bytes of a file that may hold a secret; the caller wipes them. Returns how many, or a
 * negative errno with a message. */
static ssize_t read_file(const char *path, char bytes[READ_MAX], char error[CONFIG_ERROR_MAX])
{
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
    while (code == 0 && length < READ_MAX) {
        ssize_t n = read(fd, bytes + length, READ_MAX - length);

        if (n == 0)
            break;
        if (n > 0) {
            length += (size_t)n;
        } else if (errno != EINTR) {
            code = -errno;
            snprintf(error, CONFIG_ERROR_MAX, "file %s: %s", path, strerror(-code));
        }
    }
    close(fd);
    return code < 0 ? code : (ssize_t)length;
}

/* The same, checked as `accept` does. */
static int read_checked(const char *path,
                        int (*accept)(const char *bytes, size_t length, const char *kind,
                                      const char *name, char **out, char error[CONFIG_ERROR_MAX]),
                        char **out, char error[CONFIG_ERROR_MAX])
{
    char bytes[READ_MAX];
    ssize_t n = read_file(path, bytes, error);
    int code = n < 0 ? (int)n : accept(bytes, (size_t)n, "file", path, out, error);

    explicit_bzero(bytes, sizeof bytes);
    return code;
}

int secret_read_text(const char *path, char **out, char error[CONFIG_ERROR_MAX])
{
    *out = NULL;
    return read_checked(path, accept_text, out, error);
}

int secret_read(const struct config_secret *from, char **out, char error[CONFIG_ERROR_MAX])
{
    const char *value;

    *out = NULL;
    if (from->file)
        return read_checked(from->file, accept_line, out, error);
    if (!from->env)
        return 1;
    value = getenv(from->env);
    if (!value) {
        snprintf(error, CONFIG_ERROR_MAX, "environment variable %s is not set", from->env);
        return -ENOENT;
    }
    return accept_line(value, strlen(value), "environment variable", from->env, out, error);
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

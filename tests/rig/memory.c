/* SPDX-License-Identifier: MIT */
#include "rig/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 64

/* The number behind "name:" in a file of the process. */
static long read_kb(pid_t pid, const char *name, const char *key)
{
    char path[PATH_SIZE], line[256];
    size_t length = strlen(key);
    long kb = -ENODATA;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    file = fopen(path, "re");
    if (!file)
        return -errno;
    while (kb < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, key, length) == 0)
            kb = strtol(line + length, NULL, 10);
    fclose(file);
    return kb;
}

long memory_private_kb(pid_t pid)
{
    return read_kb(pid, "smaps_rollup", "Private_Dirty:");
}

long memory_peak_kb(pid_t pid)
{
    return read_kb(pid, "status", "VmHWM:");
}

/* proc_pid_clear_refs(5) */
int memory_forget_peak(pid_t pid)
{
    char path[PATH_SIZE];
    int fd, rc = 0;

    snprintf(path, sizeof path, "/proc/%ld/clear_refs", (long)pid);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (write(fd, "5", 1) != 1)
        rc = -errno;
    close(fd);
    return rc;
}

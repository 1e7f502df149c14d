/* SPDX-License-Identifier: MIT
 *
 * bench-upload-memory SOCKET PID URI KEY FILE
 *
 * Uploads the FILE with the API key to the worker with this socket and process id, holds it
 * for a moment shortly before its end, and prints three numbers of kilobytes that are added to
 * the worker's memory: then, when it has answered, and at the worst moment (rig/held.h).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig/held.h"

/* NULL if it cannot be read. */
static const void *map_file(const char *path, size_t *length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *bytes = MAP_FAILED;
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0) {
        *length = (size_t)st.st_size;
        bytes = mmap(NULL, *length, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    if (bytes == MAP_FAILED)
        perror(path);
    if (fd >= 0)
        close(fd);
    return bytes == MAP_FAILED ? NULL : bytes;
}

int main(int argc, char **argv)
{
    struct held_upload upload = {.method = "PUT", .content_type = "image/jpeg"};
    struct held_growth growth;
    char authorization[256];
    int rc;

    if (argc != 6) {
        fprintf(stderr, "usage: bench-upload-memory SOCKET PID URI KEY FILE\n");
        return 2;
    }
    snprintf(authorization, sizeof authorization, "Bearer %s", argv[4]);
    upload.authorization = authorization;
    upload.socket = argv[1];
    upload.worker = (pid_t)strtol(argv[2], NULL, 10);
    upload.uri = argv[3];
    upload.bytes = map_file(argv[5], &upload.length);
    if (!upload.bytes)
        return EXIT_FAILURE;
    rc = held_send(&upload, &growth);
    if (rc || growth.status != 200) {
        fprintf(stderr, "bench-upload-memory: %s, status %d\n", strerror(-rc), growth.status);
        return EXIT_FAILURE;
    }
    printf("%ld %ld %ld\n", growth.held_kb, growth.after_kb, growth.peak_kb);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: MIT
 *
 * bench-ask SOCKET URI [NAME=VALUE]...
 *
 * Asks a FastCGI worker itself and prints its answer as it wrote it, header block
 * and body: what the responder then sends from memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig/fcgi.h"

int main(int argc, char **argv)
{
    unsigned char request[FCGI_REQUEST_MAX], *answer = NULL;
    size_t length;
    int fd, rc, status = EXIT_FAILURE;

    if (argc < 3) {
        fprintf(stderr, "usage: bench-ask SOCKET URI [NAME=VALUE]...\n");
        return 2;
    }
    length = fcgi_request(request, argv[2], argv + 3, (size_t)(argc - 3));
    if (length == 0) {
        fprintf(stderr, "bench-ask: the request is too long, or has a parameter without \"=\"\n");
        return 2;
    }
    fd = fcgi_connect(argv[1]);
    rc = fd < 0 ? fd : fcgi_send(fd, request, length);
    if (!rc)
        rc = fcgi_read_answer(fd, &answer, &length);
    if (rc)
        fprintf(stderr, "bench-ask: %s: %s\n", argv[1], strerror(-rc));
    else if (fwrite(answer, 1, length, stdout) == length && fflush(stdout) == 0)
        status = EXIT_SUCCESS;
    free(answer);
    if (fd >= 0)
        close(fd);
    return status;
}

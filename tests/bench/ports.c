/* SPDX-License-Identifier: MIT
 *
 * bench-ports COUNT
 *
 * Prints so many TCP ports of 127.0.0.1 that nobody listens on, one a line. All are
 * held until the last is found, so that they differ.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;

    if (count < 1 || count > 64) {
        fprintf(stderr, "usage: bench-ports COUNT\n");
        return 2;
    }
    /* The descriptors are closed by the end of the process. */
    for (long i = 0; i < count; i++) {
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof address;
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 ||
            getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
            perror("bench-ports");
            return EXIT_FAILURE;
        }
        printf("%u\n", (unsigned)ntohs(address.sin_port));
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

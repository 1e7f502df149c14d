/* SPDX-License-Identifier: MIT
 *
 * bench-inprocess PICTURE SIDE COUNT
 *
 * What bench-render measures, without a process of its own for the drawing: the
 * renderer's code called as a function, with no sandbox, no limits and nothing
 * sent to and fro. Prints "CPU WALL PEAK" just the same.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <magick/api.h>

#include "base/cause.h"
#include "base/picture.h"
#include "image/render_protocol.h"
#include "image/renderer/job.h"
#include "image/renderer/warm_up.h"

static int64_t read_clock_us(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Renders once and takes the bytes out, as a worker does. */
static int draw(const struct render_request *request, int fd)
{
    static char bytes[1 << 20];
    struct render_reply reply;
    int output = memfd_create("bench", MFD_CLOEXEC), rc = -1;

    if (output < 0)
        return -1;
    job_run(request, fd, output, &reply);
    if (reply.cause == CAUSE_NONE && reply.output_length <= sizeof bytes &&
        pread(output, bytes, reply.output_length, 0) == (ssize_t)reply.output_length)
        rc = 0;
    else
        fprintf(stderr, "bench-inprocess: %s\n", reply.message);
    close(output);
    return rc;
}

static int measure(const struct render_request *request, int fd, unsigned long count)
{
    int64_t cpu, wall;
    struct rusage usage;
    int rc = draw(request, fd);

    cpu = read_clock_us(CLOCK_PROCESS_CPUTIME_ID);
    wall = read_clock_us(CLOCK_MONOTONIC);
    for (unsigned long i = 0; i < count && rc == 0; i++)
        rc = draw(request, fd);
    cpu = read_clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = read_clock_us(CLOCK_MONOTONIC) - wall;
    if (rc || getrusage(RUSAGE_SELF, &usage) != 0)
        return -1;
    printf("%" PRId64 " %" PRId64 " %ld\n", cpu / (int64_t)count, wall / (int64_t)count,
           usage.ru_maxrss);
    return fflush(stdout);
}

int main(int argc, char **argv)
{
    unsigned long side = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    unsigned long count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    struct render_request request = {.magic = RENDER_PROTOCOL_MAGIC,
                                     .version = RENDER_PROTOCOL_VERSION,
                                     .kind = RENDER_PICTURE,
                                     .input_type = PICTURE_JPEG,
                                     .output_type = PICTURE_JPEG,
                                     .fit = FIT_COVER,
                                     .quality = 82,
                                     .background = 0xffffff,
                                     .max_pixels = 50000000};
    struct stat st;
    uint32_t types;
    int fd, rc = -1;

    if (side < 1 || side > PICTURE_SIDE_MAX || count < 1) {
        fprintf(stderr, "usage: bench-inprocess PICTURE SIDE COUNT\n");
        return 2;
    }
    if (setenv("OMP_NUM_THREADS", "1", 1) != 0)
        return EXIT_FAILURE;
    InitializeMagick(NULL);
    if (warm_up(&types) != 0)
        return EXIT_FAILURE;
    request.width = request.height = (uint32_t)side;
    fd = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        perror(argv[1]);
    } else {
        request.input_length = (uint64_t)st.st_size;
        rc = measure(&request, fd, count);
    }
    if (fd >= 0)
        close(fd);
    DestroyMagick();
    return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* SPDX-License-Identifier: MIT
 *
 * bench-render RENDERER confined|free PICTURE SIDE COUNT
 *
 * Has a renderer draw the picture COUNT times in SIDE x SIDE, after a first time
 * that does not count, just as a worker has it done. Prints
 * "CPU WALL PEAK": microseconds of the renderer's processor time for one picture,
 * microseconds that passed for one, and the renderer's largest memory in kilobytes.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/config.h"
#include "image/render.h"

static int64_t read_clock_us(clockid_t clock)
{
    struct timespec t;

    if (clock_gettime(clock, &t) != 0)
        return -1;
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static long peak_kb(long pid)
{
    char path[64], line[256];
    long kb = -1;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    file = fopen(path, "re");
    if (!file)
        return -1;
    while (kb < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kb = strtol(line + 6, NULL, 10);
    fclose(file);
    return kb;
}

static enum cause draw(struct renderer *renderer, int fd, uint64_t length, unsigned side,
                       struct buffer *out)
{
    struct rendering rendering = {.width = side, .height = side, .fit = FIT_COVER, .quality = 82};
    struct render_result result;

    return renderer_render(renderer, fd, length, &rendering, PICTURE_JPEG, out, &result);
}

static int measure(struct renderer *renderer, int fd, uint64_t length, unsigned side,
                   unsigned long count, struct buffer *out)
{
    enum cause cause = draw(renderer, fd, length, side, out);
    int64_t cpu, wall;
    clockid_t clock;

    if (cause == CAUSE_NONE && clock_getcpuclockid((pid_t)renderer_pid(renderer), &clock) != 0)
        return -1;
    cpu = cause == CAUSE_NONE ? read_clock_us(clock) : 0;
    wall = read_clock_us(CLOCK_MONOTONIC);
    for (unsigned long i = 0; i < count && cause == CAUSE_NONE; i++)
        cause = draw(renderer, fd, length, side, out);
    if (cause != CAUSE_NONE) {
        fprintf(stderr, "bench-render: %s\n", cause_info(cause)->name);
        return -1;
    }
    cpu = read_clock_us(clock) - cpu;
    wall = read_clock_us(CLOCK_MONOTONIC) - wall;
    printf("%" PRId64 " %" PRId64 " %ld\n", cpu / (int64_t)count, wall / (int64_t)count,
           peak_kb(renderer_pid(renderer)));
    return fflush(stdout);
}

int main(int argc, char **argv)
{
    unsigned long side = argc == 6 ? strtoul(argv[4], NULL, 10) : 0;
    unsigned long count = argc == 6 ? strtoul(argv[5], NULL, 10) : 0;
    struct config config = {.background = 0xffffff,
                            .render = {.timeout_ms = 30000,
                                       .max_pixels = 50000000,
                                       .max_memory = UINT64_C(256) << 20,
                                       .idle_ms = 60000}};
    struct buffer out = {0};
    struct renderer *renderer = NULL;
    int fd = -1, rc = -1;
    struct stat st;

    if (side < 1 || side > PICTURE_SIDE_MAX || count < 1) {
        fprintf(stderr, "usage: bench-render RENDERER confined|free PICTURE SIDE COUNT\n");
        return 2;
    }
    config.render.program = argv[1];
    config.render.sandbox = strcmp(argv[2], "free") != 0;
    fd = open(argv[3], O_RDONLY | O_CLOEXEC);
    renderer = renderer_new(&config);
    if (fd < 0 || fstat(fd, &st) != 0)
        perror(argv[3]);
    else if (renderer)
        rc = measure(renderer, fd, (uint64_t)st.st_size, (unsigned)side, count, &out);
    renderer_free(&renderer);
    buffer_free(&out);
    if (fd >= 0)
        close(fd);
    return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

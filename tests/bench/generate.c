/* SPDX-License-Identifier: MIT
 *
 * bench-generate RENDERER SIDE COUNT
 *
 * Has the renderer draw COUNT generated pictures of each style in SIDE x SIDE, each of
 * another hash, just as a worker has it done, and prints a table in Markdown: the
 * microseconds that pass for one, from request to bytes, in each format, and in brackets
 * the renderer's processor time for it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/config.h"
#include "base/generator.h"
#include "image/render.h"

#define WARM_UP 20
#define COUNT_MAX 9000 /* of which a renderer draws more */

static const enum picture_type types[] = {PICTURE_PNG, PICTURE_WEBP, PICTURE_JPEG};

static int64_t read_clock_us(clockid_t clock)
{
    struct timespec t;

    if (clock_gettime(clock, &t) != 0)
        return -1;
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static enum cause draw(struct renderer *renderer, enum generator generator, unsigned long number,
                       unsigned side, enum picture_type type, struct buffer *out)
{
    const struct rendering rendering = {
        .width = side, .height = side, .fit = FIT_COVER, .quality = 82};
    struct render_result result;
    struct digest seed = {{0}};

    memcpy(seed.bytes, &number, sizeof number);
    return renderer_generate(renderer, generator, &seed, "AB", &rendering, type, out, &result);
}

/* Prints the two for one picture. Returns -1 after a message. */
static int measure(struct renderer *renderer, enum generator generator, unsigned side,
                       unsigned long count, enum picture_type type, struct buffer *out)
{
    enum cause cause = CAUSE_NONE;
    int64_t wall = 0, cpu = 0;
    clockid_t clock = CLOCK_MONOTONIC;

    for (unsigned long i = 0; i < WARM_UP + count && cause == CAUSE_NONE; i++) {
        if (i == WARM_UP) {
            if (clock_getcpuclockid((pid_t)renderer_pid(renderer), &clock) != 0)
                return -1;
            wall = read_clock_us(CLOCK_MONOTONIC);
            cpu = read_clock_us(clock);
        }
        cause = draw(renderer, generator, i, side, type, out);
    }
    if (cause == CAUSE_NONE) {
        wall = read_clock_us(CLOCK_MONOTONIC) - wall;
        cpu = read_clock_us(clock) - cpu;
        printf(" %" PRId64 " (%" PRId64 ") |", wall / (int64_t)count, cpu / (int64_t)count);
        return 0;
    }
    fprintf(stderr, "bench-generate: %s: %s\n", generator_name(generator),
            cause_info(cause)->name);
    return -1;
}

/* By a renderer of its own: after many pictures one leaves, and its clock with it. */
static int measure_anew(const struct config *config, enum generator generator, unsigned side,
                        unsigned long count, enum picture_type type)
{
    struct renderer *renderer = renderer_new(config);
    struct buffer out = {0};
    int rc = renderer ? measure(renderer, generator, side, count, type, &out) : -1;

    buffer_free(&out);
    renderer_free(&renderer);
    return rc;
}

static int measure_all(const struct config *config, unsigned side, unsigned long count)
{
    int rc = 0;

    printf("| %u px, microseconds |", side);
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        printf(" %s |", picture_type_name(types[k]));
    puts("\n|---|---|---|---|");
    for (int g = GENERATOR_IDENTICON; g <= GENERATOR_LAST && rc == 0; g++) {
        printf("| %s |", generator_name((enum generator)g));
        for (size_t k = 0; k < sizeof types / sizeof *types && rc == 0; k++)
            rc = measure_anew(config, (enum generator)g, side, count, types[k]);
        puts("");
    }
    return rc ? rc : fflush(stdout);
}

int main(int argc, char **argv)
{
    unsigned long side = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
    unsigned long count = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    struct config config = {.background = 0xffffff,
                            .render = {.timeout_ms = 30000,
                                       .max_pixels = 50000000,
                                       .max_memory = UINT64_C(256) << 20,
                                       .sandbox = true,
                                       .idle_ms = 60000}};
    int rc;

    if (side < 1 || side > PICTURE_SIDE_MAX || count < 1 || count > COUNT_MAX) {
        fprintf(stderr, "usage: bench-generate RENDERER SIDE COUNT\n");
        return 2;
    }
    config.render.program = argv[1];
    rc = measure_all(&config, (unsigned)side, count);
    return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

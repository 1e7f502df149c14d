/* SPDX-License-Identifier: MIT
 *
 * A renderer may have been taken over by the picture it was given, so nothing it
 * says is believed (render_reply.h), and the input, if there is one, is handed over
 * read-only, whatever the caller's descriptor allows.
 */
#include "image/render.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "image/render_child.h"
#include "image/render_reply.h"
#include "image/sniff.h"

#define GENERATED_SIDE 256u /* where no bound is given */

struct renderer {
    const struct config *config; /* borrowed */
    struct render_child child;
    unsigned deaths;
};

struct renderer *renderer_new(const struct config *config)
{
    struct renderer *r = calloc(1, sizeof *r);

    if (!r)
        return NULL;
    r->config = config;
    r->child = (struct render_child)RENDER_CHILD_NONE;
    return r;
}

void renderer_free(struct renderer **renderer)
{
    if (!*renderer)
        return;
    render_child_end(&(*renderer)->child);
    free(*renderer);
    *renderer = NULL;
}

unsigned renderer_deaths(const struct renderer *renderer)
{
    return renderer->deaths;
}

long renderer_pid(const struct renderer *renderer)
{
    return renderer->child.pid;
}

/* A start can fail for a passing reason, so it is tried twice. */
static int ensure_child(struct renderer *r)
{
    int error;

    if (r->child.pid != 0)
        return 0;
    error = render_child_start(&r->child, r->config);
    if (error < 0 && error != -ENOENT && error != -EACCES)
        error = render_child_start(&r->child, r->config);
    return error;
}

int renderer_probe(struct renderer *renderer, uint32_t *types, bool *sandboxed)
{
    int r = ensure_child(renderer);

    if (r < 0)
        return r;
    *types = renderer->child.types;
    *sandboxed = renderer->child.sandboxed;
    return 0;
}

static bool cannot_be_written(int fd)
{
    int flags = fcntl(fd, F_GETFL), seals = fcntl(fd, F_GET_SEALS);

    return (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY) || (seals >= 0 && seals & F_SEAL_WRITE);
}

/* A descriptor through which the renderer cannot write the original: the caller's, if that is
 * so already, else a second open file description. */
static int open_read_only(int fd)
{
    char path[40];
    int copy;

    if (cannot_be_written(fd)) {
        copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        return copy < 0 ? -errno : copy;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    do
        copy = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    while (copy < 0 && errno == EINTR);
    return copy < 0 ? -errno : copy;
}

/* The first bytes' type, PICTURE_UNKNOWN also when they cannot be read. */
static enum picture_type sniff_descriptor(int fd, uint64_t length)
{
    unsigned char head[SNIFF_BYTES];
    size_t want = length < sizeof head ? (size_t)length : sizeof head;
    ssize_t n;

    do
        n = pread(fd, head, want, 0);
    while (n < 0 && errno == EINTR);
    return n > 0 ? sniff_picture(head, (size_t)n) : PICTURE_UNKNOWN;
}

/* What requests of all kinds have; the rest is for the caller. */
static bool fill_request(struct render_request *q, const struct config *config,
                         const struct rendering *rendering, enum picture_type output_type)
{
    if (!rendering_is_sane(rendering) ||
        (output_type != PICTURE_AUTO && !picture_type_is_output(output_type))) {
        log_error("bad-rendering", "width=%u height=%u fit=%d quality=%u", rendering->width,
                  rendering->height, (int)rendering->fit, rendering->quality);
        return false;
    }
    *q = (struct render_request){
        .magic = RENDER_PROTOCOL_MAGIC,
        .version = RENDER_PROTOCOL_VERSION,
        .output_type = (uint32_t)output_type,
        .width = rendering->width,
        .height = rendering->height,
        .fit = (uint32_t)rendering->fit,
        .quality = rendering->quality,
        .background = config->background,
        .effects = effects_that_show(rendering),
    };
    return true;
}

/* Judges the reply and takes over what it says. */
static enum cause take_reply(struct renderer *r, const struct render_request *q,
                             const struct render_reply *p, int fd,
                             const struct render_destination *to)
{
    int error;

    switch (p->cause) {
    case CAUSE_NONE:
        break;
    case CAUSE_PICTURE_TYPE:
    case CAUSE_PICTURE_BROKEN:
    case CAUSE_PICTURE_TOO_LARGE:
    case CAUSE_INTERNAL:
        log_info("not-rendered", "cause=%s detail=\"%.*s\"", cause_info((enum cause)p->cause)->name,
                 (int)strnlen(p->message, sizeof p->message), p->message);
        return (enum cause)p->cause;
    default:
        goto hostile;
    }
    error = render_reply_take(q, p, fd, to);
    if (error == -EPROTO)
        goto hostile;
    if (error < 0 && error != -ECANCELED)
        log_error("output-not-read", "error=%s", strerrordesc_np(-error));
    return error < 0 ? CAUSE_INTERNAL : CAUSE_NONE;

hostile:
    log_warn("renderer-killed", "pid=%ld reason=false-reply", (long)r->child.pid);
    render_child_end(&r->child);
    r->deaths++;
    return CAUSE_RENDER_CRASHED;
}

static enum cause ask(struct renderer *r, struct render_request *q, int input, int output_fd,
                      const struct render_destination *to)
{
    /* Twice at most: the first child may have been about to leave, or be in the
     * hands of an earlier picture. */
    for (int attempt = 0; attempt < 2; attempt++) {
        struct render_reply reply = {0};

        /* A child before may have written a part. */
        if (ftruncate(output_fd, 0) < 0 || lseek(output_fd, 0, SEEK_SET) < 0)
            return CAUSE_INTERNAL;
        if (getrandom(&q->token, sizeof q->token, 0) != (ssize_t)sizeof q->token)
            return CAUSE_INTERNAL;
        if (ensure_child(r) < 0)
            return CAUSE_RENDERER_UNAVAILABLE;
        switch (render_child_ask(&r->child, q, input, output_fd,
                                 clock_boot_ms() + r->config->render.timeout_ms, &reply)) {
        case CHILD_REPLIED:
            return take_reply(r, q, &reply, output_fd, to);
        case CHILD_LEFT:
            continue;
        case CHILD_SPOKE:
        case CHILD_KILLED:
            r->deaths++;
            continue;
        case CHILD_LATE:
            r->deaths++;
            return CAUSE_RENDER_TIMEOUT;
        case CHILD_DIED:
            r->deaths++;
            return CAUSE_RENDER_CRASHED;
        case CHILD_FAILED:
            return CAUSE_INTERNAL;
        }
    }
    /* A fresh child gave no answer either: it is this picture. */
    r->deaths++;
    return CAUSE_RENDER_CRASHED;
}

/* `input` is -1 where the picture is generated. */
static enum cause run(struct renderer *r, struct render_request *q, int input,
                      const struct render_destination *to)
{
    int sink = memfd_create("visage-output", MFD_CLOEXEC);
    enum cause cause;

    if (sink < 0) {
        log_error("output-not-made", "error=%s", strerrordesc_np(errno));
        return CAUSE_INTERNAL;
    }
    cause = ask(r, q, input, sink, to);
    if (cause != CAUSE_NONE && to->output)
        buffer_clear(to->output);
    close(sink);
    return cause;
}

/* The request is filled but for what it says of the input. */
static enum cause run_file(struct renderer *r, struct render_request *q, int input,
                           uint64_t length, const struct render_destination *to)
{
    enum picture_type type = sniff_descriptor(input, length);
    enum cause cause;
    int source;

    if (type == PICTURE_UNKNOWN)
        return CAUSE_PICTURE_TYPE;
    q->input_type = (uint32_t)type;
    q->input_length = length;
    q->max_pixels = r->config->render.max_pixels;
    source = open_read_only(input);
    if (source < 0) {
        log_error("input-not-opened", "error=%s", strerrordesc_np(-source));
        return CAUSE_INTERNAL;
    }
    cause = run(r, q, source, to);
    close(source);
    return cause;
}

static enum cause render_picture(struct renderer *r, int input, uint64_t length,
                                 const struct rendering *rendering, enum picture_type output_type,
                                 const struct render_destination *to)
{
    struct render_request request;

    *to->result = (struct render_result){0};
    if (!fill_request(&request, r->config, rendering, output_type))
        return CAUSE_INTERNAL;
    request.kind = RENDER_PICTURE;
    return run_file(r, &request, input, length, to);
}

enum cause renderer_render(struct renderer *renderer, int input, uint64_t length,
                           const struct rendering *rendering, enum picture_type output_type,
                           struct buffer *output, struct render_result *result)
{
    const struct render_destination to = {.output = output, .result = result};

    buffer_clear(output);
    return render_picture(renderer, input, length, rendering, output_type, &to);
}

enum cause renderer_render_to(struct renderer *renderer, int input, uint64_t length,
                              const struct rendering *rendering, enum picture_type output_type,
                              render_take *take, void *context, struct render_result *result)
{
    const struct render_destination to = {.take = take, .context = context, .result = result};

    return render_picture(renderer, input, length, rendering, output_type, &to);
}

enum cause renderer_summarize(struct renderer *renderer, int input, uint64_t length,
                              struct render_summary *out)
{
    const struct rendering small = {.width = RENDER_SUMMARY_SIDE,
                                    .height = RENDER_SUMMARY_SIDE,
                                    .fit = FIT_CONTAIN,
                                    .quality = 100};
    const struct render_destination to = {.summary = out};
    struct render_request request;

    *out = (struct render_summary){0};
    if (!fill_request(&request, renderer->config, &small, PICTURE_PNG))
        return CAUSE_INTERNAL;
    request.kind = RENDER_SUMMARY;
    return run_file(renderer, &request, input, length, &to);
}

/* The square that other fits mean for what has no size of its own. A bound of 0 is none. */
static uint32_t bounded_side(uint32_t width, uint32_t height)
{
    uint32_t side = width < height ? width : height;

    if (width == 0 || height == 0)
        side = width + height;
    if (side == 0)
        side = GENERATED_SIDE;
    return side < PICTURE_SIDE_MAX ? side : PICTURE_SIDE_MAX;
}

enum cause renderer_generate(struct renderer *renderer, enum generator generator,
                             const struct digest *seed, const char *text,
                             const struct rendering *rendering, enum picture_type output_type,
                             struct buffer *output, struct render_result *result)
{
    const struct render_destination to = {.output = output, .result = result};
    struct render_request request;
    size_t length = text ? strlen(text) : 0;

    _Static_assert(sizeof request.seed == sizeof seed->bytes, "a seed is a digest");
    buffer_clear(output);
    *result = (struct render_result){0};

    if (!generator_name(generator) || length >= sizeof request.text) {
        log_error("bad-generator", "generator=%d text=%zu", (int)generator, length);
        return CAUSE_INTERNAL;
    }
    if (!fill_request(&request, renderer->config, rendering, output_type))
        return CAUSE_INTERNAL;
    request.kind = RENDER_GENERATED;
    request.generator = (uint32_t)generator;
    memcpy(request.seed, seed->bytes, sizeof request.seed);
    if (text)
        memcpy(request.text, text, length);
    request.effects = (struct effects){0}; /* they are for what people have sent */
    if (rendering->fit != FIT_COVER) {
        request.fit = FIT_COVER;
        request.width = request.height = bounded_side(rendering->width, rendering->height);
    }
    return run(renderer, &request, -1, &to);
}

static int write_tiles(const struct render_tile *tiles, uint32_t count)
{
    size_t size = count * sizeof *tiles;
    int fd = memfd_create("visage-tiles", MFD_CLOEXEC);
    int error;

    if (fd < 0)
        return -errno;
    if (pwrite(fd, tiles, size, 0) == (ssize_t)size)
        return fd;
    error = errno ? errno : ENOSPC;
    close(fd);
    return -error;
}

static bool sheet_has_room(uint32_t count, uint32_t columns, uint32_t side, uint32_t *width,
                           uint32_t *height)
{
    if (count > RENDER_TILES_MAX || side > PICTURE_SIDE_MAX)
        return false;
    render_sheet_size(count, columns, side, width, height);
    return *width <= RENDER_SHEET_SIDE_MAX && *height <= RENDER_SHEET_SIDE_MAX;
}

enum cause renderer_draw_sheet(struct renderer *renderer, const struct render_tile *tiles,
                               uint32_t count, uint32_t columns, uint32_t side,
                               struct buffer *output, struct render_result *result)
{
    const struct rendering tile = {
        .width = side, .height = side, .fit = FIT_COVER, .quality = 100};
    const struct render_destination to = {.output = output, .result = result};
    struct render_request request;
    enum cause cause = CAUSE_INTERNAL;
    int written, input;

    buffer_clear(output);
    *result = (struct render_result){0};

    if (count < 1 || columns < 1 || columns > count)
        return CAUSE_INTERNAL;
    if (!fill_request(&request, renderer->config, &tile, PICTURE_PNG))
        return CAUSE_INTERNAL;
    if (!sheet_has_room(count, columns, side, &request.width, &request.height))
        return CAUSE_PICTURE_TOO_LARGE;
    request.kind = RENDER_SHEET;
    request.columns = columns;
    request.tile = side;
    request.input_length = count * sizeof *tiles;
    written = write_tiles(tiles, count);
    if (written < 0) {
        log_error("tiles-not-written", "error=%s", strerrordesc_np(-written));
        return CAUSE_INTERNAL;
    }
    input = open_read_only(written);
    if (input >= 0) {
        cause = run(renderer, &request, input, &to);
        close(input);
    }
    close(written);
    return cause;
}

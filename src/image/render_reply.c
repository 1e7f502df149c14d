/* SPDX-License-Identifier: MIT */
#include "image/render_reply.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/sniff.h"

#define OUTPUT_MAX (UINT64_C(64) << 20)
#define THUMBHASH_MIN 5u
#define PIECE 32768u

static bool source_is_sane(const struct render_reply *p)
{
    uint64_t largest = 1u << 16; /* no decoder here goes beyond 65535 pixels a side */

    return p->source_width >= 1 && p->source_height >= 1 && p->source_width < largest &&
           p->source_height < largest && p->source_alpha <= 1;
}

static bool summary_is_sane(const struct render_reply *p)
{
    return source_is_sane(p) && p->output_length == 0 && p->colour <= 0xffffff &&
           p->thumbhash_length >= THUMBHASH_MIN && p->thumbhash_length <= sizeof p->thumbhash;
}

/* Whether a successful reply could be the truth about this request. */
static bool picture_is_sane(const struct render_request *q, const struct render_reply *p)
{
    uint32_t most = q->kind == RENDER_SHEET ? RENDER_SHEET_SIDE_MAX : PICTURE_SIDE_MAX;

    if (q->output_type == PICTURE_AUTO) {
        if (p->output_type != (p->source_alpha ? PICTURE_PNG : PICTURE_JPEG))
            return false;
    } else if (p->output_type != q->output_type) {
        return false;
    }
    if (q->fit == FIT_COVER && !effects_are_any(&q->effects) &&
        (p->width != q->width || p->height != q->height))
        return false;
    /* what is generated is its own source */
    if (q->kind != RENDER_PICTURE &&
        (p->source_width != q->width || p->source_height != q->height ||
         p->source_alpha != generator_is_transparent((enum generator)q->generator)))
        return false;
    if (p->width < 1 || p->height < 1 || p->width > most || p->height > most)
        return false;
    return source_is_sane(p) && p->output_length >= 1 && p->output_length <= OUTPUT_MAX;
}

static int check_length(int fd, uint64_t length)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return -errno;
    return st.st_size < 0 || (uint64_t)st.st_size < length ? -EPROTO : 0;
}

/* It may become shorter at any moment. */
static int read_at(int fd, uint64_t at, void *bytes, size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t n = pread(fd, (char *)bytes + done, length - done, (off_t)(at + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EPROTO;
        done += (size_t)n;
    }
    return 0;
}

static bool is_promised(const struct render_reply *p, const void *bytes, size_t length)
{
    return (uint32_t)sniff_picture(bytes, length) == p->output_type;
}

static int read_output(int fd, const struct render_reply *p, struct buffer *output)
{
    size_t want = (size_t)p->output_length;
    int error;

    if (buffer_reserve(output, want) < 0)
        return -ENOMEM;
    error = read_at(fd, 0, output->data, want);
    if (error < 0)
        return error;
    output->length = want;
    output->data[want] = '\0';
    return is_promised(p, output->data, want) ? 0 : -EPROTO;
}

/* What is looked at is what is handed over: the file is read once. */
static int hand_over(int fd, const struct render_reply *p, const struct render_destination *to)
{
    char piece[PIECE];
    uint64_t at = 0;

    while (at < p->output_length) {
        uint64_t left = p->output_length - at;
        size_t length = left < sizeof piece ? (size_t)left : sizeof piece;
        int error = read_at(fd, at, piece, length);

        if (error < 0)
            return error;
        if (at == 0 && !is_promised(p, piece, length))
            return -EPROTO;
        if (to->take(piece, length, to->context) != 0)
            return -ECANCELED;
        at += length;
    }
    return 0;
}

static int take_picture(const struct render_request *q, const struct render_reply *p, int fd,
                        const struct render_destination *to)
{
    int error = picture_is_sane(q, p) ? check_length(fd, p->output_length) : -EPROTO;

    if (!error)
        error = to->take ? hand_over(fd, p, to) : read_output(fd, p, to->output);
    if (error < 0)
        return error;
    *to->result = (struct render_result){
        .type = (enum picture_type)p->output_type,
        .width = p->width,
        .height = p->height,
        .source_width = p->source_width,
        .source_height = p->source_height,
        .source_alpha = p->source_alpha == 1,
    };
    return 0;
}

static int take_summary(const struct render_request *q, const struct render_reply *p,
                        struct render_summary *out)
{
    if (!summary_is_sane(p))
        return -EPROTO;
    *out = (struct render_summary){
        .type = (enum picture_type)q->input_type,
        .width = p->source_width,
        .height = p->source_height,
        .alpha = p->source_alpha == 1,
        .colour = p->colour,
        .thumbhash_length = p->thumbhash_length,
    };
    memcpy(out->thumbhash, p->thumbhash, out->thumbhash_length);
    return 0;
}

int render_reply_take(const struct render_request *q, const struct render_reply *p, int fd,
                      const struct render_destination *to)
{
    return to->summary ? take_summary(q, p, to->summary) : take_picture(q, p, fd, to);
}

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

static int read_output(int fd, uint64_t length, struct buffer *output)
{
    struct stat st;
    size_t want = (size_t)length;

    if (fstat(fd, &st) < 0)
        return -errno;
    if (st.st_size < 0 || (uint64_t)st.st_size < length)
        return -EPROTO;
    if (buffer_reserve(output, want) < 0)
        return -ENOMEM;
    while (output->length < want) {
        ssize_t n = pread(fd, output->data + output->length, want - output->length,
                          (off_t)output->length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EPROTO;
        output->length += (size_t)n;
    }
    output->data[output->length] = '\0';
    return 0;
}

static int take_picture(const struct render_request *q, const struct render_reply *p, int fd,
                        const struct render_destination *to)
{
    int error = picture_is_sane(q, p) ? read_output(fd, p->output_length, to->output) : -EPROTO;

    if (error < 0)
        return error;
    if ((uint32_t)sniff_picture(to->output->data, to->output->length) != p->output_type)
        return -EPROTO;
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

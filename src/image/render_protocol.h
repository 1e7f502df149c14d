/* SPDX-License-Identifier: MIT
 *
 * What worker and renderer say to each other over a SOCK_SEQPACKET socketpair:
 * one request with its descriptors (SCM_RIGHTS: a picture's file, unless the
 * picture is generated, then the file for the output), one reply. Both programs
 * come from one build; the version guards against a mixed install. The worker
 * treats every reply as hostile.
 */
#ifndef VISAGE_IMAGE_RENDER_PROTOCOL_H
#define VISAGE_IMAGE_RENDER_PROTOCOL_H

#include <stdint.h>

#include "base/picture.h"

#define RENDER_PROTOCOL_MAGIC 0x56495352u /* "VISR" */
#define RENDER_PROTOCOL_VERSION 6u
#define RENDER_SOCKET_FD 3 /* where the renderer finds its end */

/* The first packet from the renderer, once its sandbox is closed. */
struct render_hello {
    uint32_t magic;
    uint32_t version;
    uint32_t sandboxed; /* 1: seccomp filter in force */
    uint32_t types;     /* bit (1 << enum picture_type) for each type it decodes */
};

enum render_kind {
    RENDER_PICTURE = 1,   /* of a file: input_type, input_length, max_pixels; two descriptors */
    RENDER_GENERATED = 2, /* of a seed: generator, seed, text; FIT_COVER; one descriptor */
    RENDER_SHEET = 3,     /* of tiles: input_length, columns, tile; FIT_COVER, width and height those
                             of the sheet; two descriptors, the first of struct render_tile's */
    RENDER_SUMMARY = 4,   /* like RENDER_PICTURE, FIT_CONTAIN within RENDER_SUMMARY_SIDE; nothing is
                             written, all is in the reply */
};

#define RENDER_SUMMARY_SIDE 100u

#define RENDER_FONTS_MAX 64 /* on the renderer's command line; it skips what comes after */

#define RENDER_SEED_SIZE 32
#define RENDER_TEXT_SIZE 64 /* with the closing NUL */

/* One of the generated pictures on a sheet; GENERATOR_NONE leaves its place empty. */
struct render_tile {
    uint32_t generator;
    unsigned char seed[RENDER_SEED_SIZE];
    char text[RENDER_TEXT_SIZE];
};

#define RENDER_TILES_MAX 10000u
#define RENDER_SHEET_SIDE_MAX 16384u

struct render_request {
    uint32_t magic;
    uint32_t version;
    uint32_t kind;        /* enum render_kind */
    uint32_t generator;   /* enum generator */
    uint32_t input_type;  /* enum picture_type, by magic bytes */
    uint32_t output_type; /* enum picture_type; PICTURE_AUTO allowed */
    uint32_t width;       /* struct rendering */
    uint32_t height;
    uint32_t fit;
    uint32_t quality;
    uint32_t background;  /* 0xRRGGBB */
    uint32_t token;       /* random; the reply repeats it, so none is taken for another's */
    uint64_t input_length;
    uint64_t max_pixels;
    unsigned char seed[RENDER_SEED_SIZE];
    char text[RENDER_TEXT_SIZE]; /* UTF-8, NUL-terminated: the initials (base/initials.h) */
    struct effects effects; /* struct rendering; of a picture */
    uint32_t columns;       /* RENDER_SHEET */
    uint32_t tile;          /* its side */
};

/* To be looked at with rendering_is_sane(). */
static inline struct rendering render_request_rendering(const struct render_request *q)
{
    return (struct rendering){
        .width = q->width,
        .height = q->height,
        .fit = (enum picture_fit)q->fit,
        .quality = q->quality,
        .effects = q->effects,
    };
}

struct render_reply {
    uint32_t magic;
    uint32_t token;         /* of the request */
    uint32_t cause;         /* enum cause; CAUSE_NONE on success */
    uint32_t output_type;   /* what was written */
    uint32_t width;         /* of the output */
    uint32_t height;
    uint32_t source_width;  /* of the input, after orientation; of what was generated */
    uint32_t source_height;
    uint32_t source_alpha;  /* 1 if it has transparency, of its own or as room around it that
                               effects have added, and no background of theirs behind it */
    uint32_t colour;        /* RENDER_SUMMARY: 0xRRGGBB */
    uint64_t output_length;
    char message[128];      /* for the log; NUL-terminated, may be empty */
    uint32_t thumbhash_length; /* RENDER_SUMMARY */
    unsigned char thumbhash[PICTURE_THUMBHASH_MAX];
};

/* The space around tiles on a sheet. */
static inline uint32_t render_sheet_gap(uint32_t tile)
{
    return tile / 8 + 1;
}

/* Tiles and columns are at least 1. */
static inline void render_sheet_size(uint32_t count, uint32_t columns, uint32_t tile,
                                     uint32_t *width, uint32_t *height)
{
    uint32_t gap = render_sheet_gap(tile), rows = (count + columns - 1) / columns;

    *width = columns * (tile + gap) + gap;
    *height = rows * (tile + gap) + gap;
}

#endif

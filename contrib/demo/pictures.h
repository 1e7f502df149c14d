/* SPDX-License-Identifier: MIT
 *
 * What the demo origin serves: the portraits it draws, or the picture files of
 * a directory. Either way a list of ids, each with its bytes or its file.
 */
#ifndef VISAGE_DEMO_PICTURES_H
#define VISAGE_DEMO_PICTURES_H

#include <stddef.h>

struct picture {
    char *id;
    char *path;           /* the file; NULL for a drawn one */
    unsigned look;        /* which portrait, when drawn */
    unsigned char *bytes; /* once drawn; NULL before */
    size_t length;
    const char *type;     /* media type */
};

struct pictures {
    struct picture *items; /* sorted by id */
    size_t count;
};

/* The portraits; nothing is drawn yet. Returns 0 or -1 (out of memory). */
int pictures_portraits(struct pictures *out);

/* The files below `directory`, sub-directories included. An id is the file's
 * name without its picture extension, or all of it where two would be the same;
 * names with other characters than ids may have are left out with a note on
 * stderr. Returns 0, or -1 after a message on stderr. */
int pictures_scan(const char *directory, struct pictures *out);

void pictures_free(struct pictures *pictures);

/* By id, or by a file's whole name; NULL when there is none. */
struct picture *pictures_find(const struct pictures *pictures, const char *id);

/* Draws a portrait if it has no bytes yet. Returns 0, or -1 after a message. */
int picture_draw(struct picture *picture);

#endif

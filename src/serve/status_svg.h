/* SPDX-License-Identifier: MIT
 *
 * Small drawings of the status page, as inline SVG. Their width is the page's
 * to choose: positions across are in percent, heights in pixels, so that text
 * and lines keep their size on every screen. Colours are classes of the style
 * sheet, because the page's policy allows no style attributes.
 */
#ifndef VISAGE_SERVE_STATUS_SVG_H
#define VISAGE_SERVE_STATUS_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "serve/writer.h"

/* Where the frame of a plot is: percent of the width, and pixels from the top. */
#define SVG_LEFT 9
#define SVG_TOP 8
#define SVG_DEPTH 104  /* from the highest value to the lowest */
#define SVG_HEAD 4     /* pixels above the highest value, for what is drawn a little too high */
#define SVG_HEIGHT 132 /* with the labels below */

/* Inside the frame: units across for one step, and down from the highest value to the lowest. */
#define SVG_STEP 10
#define SVG_UNITS 1040

/* Part of whole in hundredths of a percent, 0..10000. */
unsigned svg_share(double part, double whole);

/* Writes hundredths of a percent as "12.5%". */
void svg_percent(struct writer *w, unsigned hundredths);

/* One part of a split bar. */
struct svg_part {
    const char *name;
    const char *colour; /* class */
    uint64_t value;
};

/* A flat bar that is split among the parts; those of value 0 are left out. `what` names it for
 * those who cannot see it, and is escaped. */
void svg_split(struct writer *w, const char *what, const struct svg_part *parts, size_t count);

/* A bar that is filled by part of whole, with a line at `mark`; 0: without. */
void svg_meter(struct writer *w, const char *what, const char *colour, uint64_t part,
               uint64_t whole, uint64_t mark);

/* The list of colours and what they stand for, with or without the values. */
void svg_key(struct writer *w, const struct svg_part *parts, size_t count, bool values);

/* A line across the plot and its label; `down` in SVG_UNITS below the highest value. */
void svg_grid_line(struct writer *w, unsigned down);
void svg_grid_label(struct writer *w, unsigned down);     /* its text, then: */
void svg_grid_label_end(struct writer *w);

/* A label under the plot, `across` in hundredths of a percent of the frame. */
void svg_tick(struct writer *w, unsigned across, const char *text);

/* A remark in the middle of the plot. */
void svg_note(struct writer *w, const char *text);

/* The frame, which stretches to the width that there is. */
void svg_frame_begin(struct writer *w, size_t steps);
void svg_frame_end(struct writer *w);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Whether a person looks at a stream, and how much fits on a line.
 */
#ifndef VISAGE_CTL_TERMINAL_H
#define VISAGE_CTL_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

/* A terminal that can move its cursor. */
bool terminal_is(FILE *stream);

/* Columns; 80 if nobody knows. */
unsigned terminal_width(FILE *stream);

/* Lines: the terminal's own, else $LINES, else 24. Columns go by $COLUMNS in the same way. */
unsigned terminal_height(FILE *stream);

/* Begins and ends the alternate screen, without a cursor: what stood there before comes back. */
void terminal_screen_begin(FILE *stream);
void terminal_screen_end(FILE *stream);

enum colour { COLOUR_BOLD, COLOUR_GOOD, COLOUR_DOUBT, COLOUR_BAD, COLOUR_FAINT };

/* The sequences that begin and end a colour; "" where the stream is no terminal or NO_COLOR is set
 * to anything (https://no-color.org). */
const char *terminal_colour(FILE *stream, enum colour colour);
const char *terminal_plain(FILE *stream);

#endif

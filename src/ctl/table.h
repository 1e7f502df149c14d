/* SPDX-License-Identifier: MIT
 *
 * A table in columns: as wide as what stands in them, numbers to the right, two
 * blanks in between.
 */
#ifndef VISAGE_CTL_TABLE_H
#define VISAGE_CTL_TABLE_H

#include <stddef.h>
#include <stdio.h>

#include "base/buffer.h"

#define TABLE_COLUMNS 12

struct table {
    size_t columns;
    const char *alignment;  /* 'l' or 'r' for each column */
    size_t widths[TABLE_COLUMNS];
    struct buffer cells;    /* each with its NUL, row by row; the headings first */
    size_t count;           /* of cells */
    int rc;                 /* 0 or -ENOMEM */
};

/* `headings` ends with NULL; `alignment` must outlive the table. */
void table_begin(struct table *table, const char *alignment, const char *const *headings);

/* The next cell, row by row. */
void table_cell(struct table *table, const char *text);
void table_number(struct table *table, uint64_t number);

/* Prints it, or "none" for one without rows, and frees it. Returns 0 or -ENOMEM. */
int table_end(struct table *table, FILE *to);

#endif

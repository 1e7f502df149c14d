/* SPDX-License-Identifier: MIT */
#include "ctl/table.h"

#include <inttypes.h>
#include <string.h>

#include "ctl/terminal.h"

void table_begin(struct table *table, const char *alignment, const char *const *headings)
{
    *table = (struct table){.columns = strlen(alignment), .alignment = alignment};
    for (; *headings; headings++)
        table_cell(table, *headings);
}

void table_cell(struct table *table, const char *text)
{
    size_t column = table->count++ % table->columns, length = strlen(text);

    if (length > table->widths[column])
        table->widths[column] = length;
    if (!table->rc)
        table->rc = buffer_append(&table->cells, text, length + 1);
}

void table_number(struct table *table, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, number);
    table_cell(table, text);
}

static void print_cell(const struct table *table, size_t column, const char *text, FILE *to)
{
    int width = (int)table->widths[column];
    bool last = column + 1 == table->columns;

    if (table->alignment[column] == 'r')
        fprintf(to, "%*s", width, text);
    else
        fprintf(to, "%-*s", last ? 0 : width, text);
    fputs(last ? "\n" : "  ", to);
}

int table_end(struct table *table, FILE *to)
{
    const char *text = table->cells.data;
    int rc = table->rc;

    if (!rc && table->count == table->columns) {
        fputs("none\n", to);
        text = NULL;
    }
    for (size_t i = 0; !rc && text && i < table->count; i++) {
        if (i == 0)
            fputs(terminal_colour(to, COLOUR_BOLD), to);
        print_cell(table, i % table->columns, text, to);
        if (i + 1 == table->columns)
            fputs(terminal_plain(to), to);
        text += strlen(text) + 1;
    }
    buffer_free(&table->cells);
    return rc;
}

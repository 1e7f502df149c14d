/* SPDX-License-Identifier: MIT
 *
 * Numbers with units: sizes in powers of 1024, times down to milliseconds.
 * Private to src/base/config*.c, and to commands that read the same from an option.
 */
#ifndef VISAGE_BASE_CONFIG_UNIT_H
#define VISAGE_BASE_CONFIG_UNIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/config_table.h"

/* Digits and then a unit that the type has: bytes for CONFIG_SIZE, milliseconds for
 * CONFIG_DURATION, whose bare number means seconds, and none for other types.
 * Returns 0, or -EINVAL for anything else and for what does not fit. */
int config_unit_parse(enum config_type type, const char *text, int64_t *out);

/* The shortest way to write the value: 3600000 milliseconds are "1h". */
void config_unit_format(enum config_type type, int64_t value, char *out, size_t size);

#endif

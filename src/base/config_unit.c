/* SPDX-License-Identifier: MIT */
#include "base/config_unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct unit {
    const char *name;
    int64_t factor;
};

/* The largest first; what a bare number means comes last. */
static const struct unit size_units[] = {
    {"T", INT64_C(1) << 40}, {"G", 1 << 30}, {"M", 1 << 20}, {"K", 1 << 10}, {"", 1}, {NULL, 0}};
static const struct unit time_units[] = {
    {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}, {"", 1000}, {NULL, 0}};
static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

static const struct unit *units_of(enum config_type type)
{
    return type == CONFIG_SIZE ? size_units : type == CONFIG_DURATION ? time_units : no_units;
}

int config_unit_parse(enum config_type type, const char *text, int64_t *out)
{
    size_t digits = strspn(text, "0123456789");
    int64_t value = 0;

    if (digits == 0)
        return -EINVAL;
    for (size_t i = 0; i < digits; i++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, text[i] - '0', &value))
            return -EINVAL;
    for (const struct unit *unit = units_of(type); unit->name; unit++)
        if (strcmp(text + digits, unit->name) == 0)
            return __builtin_mul_overflow(value, unit->factor, out) ? -EINVAL : 0;
    return -EINVAL;
}

void config_unit_format(enum config_type type, int64_t value, char *out, size_t size)
{
    const struct unit *unit = units_of(type);

    while (unit[1].name && (value == 0 || value % unit->factor != 0))
        unit++;
    snprintf(out, size, "%lld%s", (long long)(value / unit->factor), unit->name);
}

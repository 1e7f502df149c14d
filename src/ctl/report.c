/* SPDX-License-Identifier: MIT */
#include "ctl/report.h"

#include <stdarg.h>
#include <stdio.h>

/* Control bytes become '?': a line stays a line whatever a file is called. */
static void print(const char *mark, const char *format, va_list ap)
{
    char line[1024];

    if (vsnprintf(line, sizeof line, format, ap) < 0)
        return;
    for (char *p = line; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    printf("%s  %s\n", mark, line);
}

void report_ok(struct report *r, const char *format, ...)
{
    va_list ap;

    (void)r;
    va_start(ap, format);
    print("ok  ", format, ap);
    va_end(ap);
}

void report_warn(struct report *r, const char *format, ...)
{
    va_list ap;

    r->warnings++;
    va_start(ap, format);
    print("warn", format, ap);
    va_end(ap);
}

void report_fail(struct report *r, const char *format, ...)
{
    va_list ap;

    r->failures++;
    va_start(ap, format);
    print("fail", format, ap);
    va_end(ap);
}

const char *report_bytes(uint64_t bytes, char out[16])
{
    static const char units[] = "KMGTPE";
    double value = (double)bytes / 1024;
    size_t i = 0;

    if (bytes < 1024) {
        snprintf(out, 16, "%u", (unsigned)bytes);
        return out;
    }
    for (; value >= 1024 && units[i + 1]; i++)
        value /= 1024;
    snprintf(out, 16, "%.1f%c", value, units[i]);
    return out;
}

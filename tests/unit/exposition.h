/* SPDX-License-Identifier: MIT
 *
 * A strict reader of what Prometheus scrapes: the older text format and
 * OpenMetrics, as far as Visage writes them.
 */
#ifndef VISAGE_TESTS_UNIT_EXPOSITION_H
#define VISAGE_TESTS_UNIT_EXPOSITION_H

#include <stdbool.h>
#include <stddef.h>

#define EXPOSITION_SAMPLES_MAX 8192

struct exposed_sample {
    char name[96];
    char labels[512]; /* between the braces; "" for none */
    char value[32];
};

struct exposition {
    struct exposed_sample samples[EXPOSITION_SAMPLES_MAX];
    size_t count;
    char error[256]; /* what is wrong with the text; "" for nothing */
};

/* Reads and checks the text. Free the answer with free(). Checked are: metadata before samples,
 * each family in one piece, names and suffixes as the type wants them, units, escapes, no sample
 * twice, and for OpenMetrics "# EOF" at the end and nowhere else. */
struct exposition *exposition_read(const char *text, bool open_metrics);

/* The value of the only sample of this name and these labels; NULL if there is none. */
const char *exposition_value(const struct exposition *e, const char *name, const char *labels);

bool exposition_has(const struct exposition *e, const char *name, size_t length);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Writes a made-up status page or its numbers to standard output, to be looked
 * at in a browser or checked by other programs:
 *
 *   status-sample page|prometheus|openmetrics|json empty|quiet|bad|extreme
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve/metrics.h"
#include "serve/status_page.h"
#include "unit/observation_fixture.h"

static int usage(void)
{
    fputs("usage: status-sample page|prometheus|openmetrics|json empty|quiet|bad|extreme\n",
          stderr);
    return 2;
}

static int write_as(const char *format, const struct observed *made, struct buffer *out)
{
    if (strcmp(format, "page") == 0)
        return status_page_write(&made->o, &made->config, out);
    if (strcmp(format, "prometheus") == 0)
        return metrics_write(&made->o, &made->config, METRICS_PROMETHEUS, out);
    if (strcmp(format, "openmetrics") == 0)
        return metrics_write(&made->o, &made->config, METRICS_OPENMETRICS, out);
    if (strcmp(format, "json") == 0)
        return metrics_write_json(&made->o, &made->config, out);
    return usage();
}

int main(int argc, char **argv)
{
    static const char *const days[] = {"empty", "quiet", "bad", "extreme"};
    struct buffer out = {0};
    struct observed *made;
    int day = 0, rc;

    while (argc == 3 && day < 4 && strcmp(argv[2], days[day]) != 0)
        day++;
    if (argc != 3 || day == 4)
        return usage();
    made = observed_make((enum observed_day)day);
    rc = write_as(argv[1], made, &out);
    if (!rc && fwrite(out.data, 1, out.length, stdout) != out.length)
        rc = 1;
    buffer_free(&out);
    observed_free(made);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* SPDX-License-Identifier: MIT */
#include "serve/metrics.h"
#include "serve/status_page.h"

enum metrics_format metrics_choose(const char *accept)
{
    (void)accept;
    return METRICS_PROMETHEUS;
}

const char *metrics_media_type(enum metrics_format format)
{
    (void)format;
    return "text/plain";
}

int metrics_write(const struct observation *o, const struct config *config,
                  enum metrics_format format, struct buffer *out)
{
    (void)o;
    (void)config;
    (void)format;
    return buffer_puts(out, "\n");
}

int metrics_write_json(const struct observation *o, const struct config *config,
                       struct buffer *out)
{
    (void)o;
    (void)config;
    return buffer_puts(out, "{}\n");
}

const char *status_page_style(void)
{
    return "";
}

int status_page_write(const struct observation *o, const struct config *config, struct buffer *out)
{
    (void)o;
    (void)config;
    return buffer_puts(out, "\n");
}

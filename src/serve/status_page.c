/* SPDX-License-Identifier: MIT */
#include "serve/status_page.h"

#include "serve/human.h"
#include "serve/status_parts.h"

/* Seconds. A page that is looked at costs a worker a millisecond each time. */
#define REFRESH "30"

static void head(struct writer *w)
{
    writer_puts(w, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<title>Visage status</title>\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"color-scheme\" content=\"light dark\">\n"
                   "<meta name=\"robots\" content=\"noindex\">\n"
                   "<meta http-equiv=\"refresh\" content=\"" REFRESH "\">\n<style>");
    writer_puts(w, status_page_style());
    writer_puts(w, "</style>\n</head>\n");
}

static void title(struct writer *w, const struct observation *o, const struct config *config)
{
    writer_puts(w, "<header><h1>Visage<span>.</span></h1>\n<p>");
    writer_html(w, config->state_dir ? config->state_dir : "");
    writer_puts(w, "<br>");
    human_date(w, o->now_ms);
    writer_puts(w, ", ");
    human_time_of_day(w, o->now_ms);
    writer_puts(w, " UTC</p></header>\n");
}

int status_page_write(const struct observation *o, const struct config *config,
                      struct buffer *out)
{
    struct writer w = {.out = out};

    head(&w);
    writer_puts(&w, "<body>\n<main>\n");
    title(&w, o, config);
    status_notices(&w, o, config);
    status_overview(&w, o, config);
    status_charts(&w, o);
    status_origins(&w, o);
    status_workers(&w, o);
    status_numbers(&w, o);
    writer_puts(&w, "<footer>Times are UTC. Numbers are cut, not rounded; medians are estimated. "
                    "Shaded: nobody took a sample. The page reloads every " REFRESH " seconds. "
                    "The same for programs: <a href=\"metrics\">metrics</a>. "
                    "Visage " PACKAGE_VERSION ".</footer>\n"
                    "</main>\n</body>\n</html>\n");
    return w.rc;
}

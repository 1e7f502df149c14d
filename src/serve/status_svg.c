/* SPDX-License-Identifier: MIT */
#include "serve/status_svg.h"

#include "serve/human.h"

unsigned svg_share(double part, double whole)
{
    double share;

    if (!(whole > 0) || !(part > 0))
        return 0;
    share = part / whole * 10000 + 0.5;
    return share < 10000 ? (unsigned)share : 10000;
}

void svg_percent(struct writer *w, unsigned hundredths)
{
    writer_milli(w, (int64_t)hundredths * 10);
    writer_puts(w, "%");
}

static void attribute_percent(struct writer *w, const char *name, unsigned hundredths)
{
    writer_puts(w, " ");
    writer_puts(w, name);
    writer_puts(w, "=\"");
    svg_percent(w, hundredths);
    writer_puts(w, "\"");
}

static void bar_begin(struct writer *w, const char *class, unsigned height)
{
    writer_printf(w, "<svg class=\"%s\" width=\"100%%\" height=\"%u\" role=\"img\" aria-label=\"",
                  class, height);
}

static void bar_part(struct writer *w, const char *colour, unsigned from, unsigned to)
{
    writer_printf(w, "<rect class=\"%s\" height=\"100%%\"", colour);
    attribute_percent(w, "x", from);
    attribute_percent(w, "width", to - from);
    writer_puts(w, ">");
}

void svg_split(struct writer *w, const char *what, const struct svg_part *parts, size_t count)
{
    double whole = 0, before = 0;

    for (size_t i = 0; i < count; i++)
        whole += (double)parts[i].value;
    bar_begin(w, "bar", 8);
    writer_html(w, what);
    for (size_t i = 0; i < count; i++) {
        writer_puts(w, i ? ", " : ": ");
        writer_html(w, parts[i].name);
        writer_puts(w, " ");
        human_count(w, parts[i].value);
    }
    writer_puts(w, "\">");
    for (size_t i = 0; i < count; i++) {
        unsigned from = svg_share(before, whole);

        before += (double)parts[i].value;
        if (parts[i].value == 0)
            continue;
        bar_part(w, parts[i].colour, from, svg_share(before, whole));
        writer_puts(w, "<title>");
        writer_html(w, parts[i].name);
        writer_puts(w, " ");
        human_count(w, parts[i].value);
        writer_puts(w, "</title></rect>");
    }
    writer_puts(w, "</svg>");
}

void svg_meter(struct writer *w, const char *what, const char *colour, uint64_t part,
               uint64_t whole, uint64_t mark)
{
    unsigned at = svg_share((double)mark, (double)whole);

    bar_begin(w, "meter", 12);
    writer_html(w, what);
    writer_puts(w, " ");
    human_percent(w, part, whole);
    writer_puts(w, "\">");
    bar_part(w, colour, 0, svg_share((double)part, (double)whole));
    writer_puts(w, "</rect>");
    if (mark && whole) {
        writer_puts(w, "<line class=\"mark\" y1=\"0\" y2=\"100%\"");
        attribute_percent(w, "x1", at);
        attribute_percent(w, "x2", at);
        writer_puts(w, "/>");
    }
    writer_puts(w, "</svg>\n");
}

void svg_key(struct writer *w, const struct svg_part *parts, size_t count, bool values)
{
    writer_puts(w, "<ul class=\"key\">");
    for (size_t i = 0; i < count; i++) {
        writer_printf(w, "<li><i class=\"%s\"></i>", parts[i].colour);
        writer_html(w, parts[i].name);
        if (values) {
            writer_puts(w, " <b>");
            human_count(w, parts[i].value);
            writer_puts(w, "</b>");
        }
        writer_puts(w, "</li>");
    }
    writer_puts(w, "</ul>\n");
}

static unsigned pixels_down(unsigned down)
{
    return SVG_TOP + down * SVG_DEPTH / SVG_UNITS;
}

void svg_grid_line(struct writer *w, unsigned down)
{
    unsigned y = pixels_down(down);

    writer_printf(w, "<line class=\"grid\" x1=\"%d%%\" x2=\"100%%\" y1=\"%u.5\" y2=\"%u.5\"/>",
                  SVG_LEFT, y, y);
}

void svg_grid_label(struct writer *w, unsigned down)
{
    writer_printf(w, "<text class=\"y\" x=\"%d%%\" y=\"%u\">", SVG_LEFT - 1,
                  pixels_down(down) + 4);
}

void svg_grid_label_end(struct writer *w)
{
    writer_puts(w, "</text>");
}

void svg_tick(struct writer *w, unsigned across, const char *text)
{
    const char *class = across == 0 ? "x first" : across == 10000 ? "x last" : "x";

    writer_printf(w, "<text class=\"%s\" y=\"%d\"", class, SVG_HEIGHT - 4);
    attribute_percent(w, "x", SVG_LEFT * 100 + across * (100 - SVG_LEFT) / 100);
    writer_puts(w, ">");
    writer_html(w, text);
    writer_puts(w, "</text>");
}

void svg_note(struct writer *w, const char *text)
{
    writer_printf(w, "<text class=\"x\" x=\"%d%%\" y=\"%d\">", (100 + SVG_LEFT) / 2,
                  SVG_TOP + SVG_DEPTH / 4 + 4);
    writer_html(w, text);
    writer_puts(w, "</text>");
}

void svg_frame_begin(struct writer *w, size_t steps)
{
    const int head = SVG_HEAD * SVG_UNITS / SVG_DEPTH;

    writer_printf(w,
                  "<svg x=\"%d%%\" y=\"%d\" width=\"%d%%\" height=\"%d\""
                  " viewBox=\"0 -%d %zu %d\" preserveAspectRatio=\"none\">",
                  SVG_LEFT, SVG_TOP - SVG_HEAD, 100 - SVG_LEFT, SVG_DEPTH + SVG_HEAD, head,
                  steps * SVG_STEP, SVG_UNITS + head);
}

void svg_frame_end(struct writer *w)
{
    writer_puts(w, "</svg>");
}

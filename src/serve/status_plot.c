/* SPDX-License-Identifier: MIT */
#include "serve/status_plot.h"

#include <string.h>

#include "serve/human.h"
#include "serve/status_svg.h"

#define TICKS 5
#define LEAST_UNITS 12 /* about a pixel: whatever is not zero can be seen */
#define COLUMN (SVG_STEP - 2)

/* The least number of 2, 4, 6, 8 or 10 times a power of ten that is as large: its half is
 * a round number, too. */
static uint64_t round_up(double value)
{
    uint64_t unit = 1;

    while (unit < UINT64_C(1000000000000000000) && value > 10 * (double)unit)
        unit *= 10;
    for (uint64_t digit = 2; digit < 10; digit += 2)
        if (value <= (double)(digit * unit))
            return digit * unit;
    return 10 * unit;
}

static void figure_begin(struct writer *w, const char *title, const char *detail)
{
    writer_puts(w, "<figure><figcaption><h3>");
    writer_html(w, title);
    writer_puts(w, "</h3> <span>");
    writer_html(w, detail);
    writer_puts(w, "</span></figcaption>\n");
}

static void drawing_begin(struct writer *w, const char *title, const char *detail)
{
    writer_printf(w, "<svg class=\"plot\" width=\"100%%\" height=\"%d\" role=\"img\" aria-label=\"",
                  SVG_HEIGHT);
    writer_html(w, title);
    writer_puts(w, ", ");
    writer_html(w, detail);
}

static void drawing_end(struct writer *w)
{
    writer_puts(w, "</svg>\n</figure>\n");
}

static void count_label(struct writer *w, unsigned down, uint64_t value)
{
    svg_grid_label(w, down);
    human_count(w, value);
    svg_grid_label_end(w);
}

static void time_ticks(struct writer *w, const char *const ticks[TICKS])
{
    for (unsigned i = 0; i < TICKS; i++)
        svg_tick(w, i * 10000 / (TICKS - 1), ticks[i]);
}

static void nothing_known(struct writer *w, const struct plot_span *span)
{
    for (size_t i = 0; i < span->count; i++)
        if (span->steps[i].known)
            return;
    svg_note(w, "nothing known yet");
}

/* Shades what nobody has seen. */
static void unknown_times(struct writer *w, const struct plot_span *span)
{
    for (size_t i = 0, from; i < span->count; i++) {
        if (span->steps[i].known)
            continue;
        for (from = i; i + 1 < span->count && !span->steps[i + 1].known;)
            i++;
        writer_printf(w,
                      "<rect class=\"void\" x=\"%zu\" y=\"0\" width=\"%zu\" height=\"%d\">"
                      "<title>nothing is known of this time</title></rect>",
                      from * SVG_STEP, (i + 1 - from) * SVG_STEP, SVG_UNITS);
    }
}

/* A column of air over the step, which tells what it shows. Its text comes next. */
static void tip_begin(struct writer *w, size_t at, const struct observed_step *step)
{
    writer_printf(w,
                  "<rect class=\"tip\" x=\"%zu\" width=\"%d\" y=\"0\" height=\"%d\"><title>",
                  at * SVG_STEP, SVG_STEP, SVG_UNITS);
    human_minute(w, step->from_ms);
    writer_puts(w, "\xE2\x80\x93");
    human_minute(w, step->to_ms);
    writer_puts(w, " UTC: ");
}

static void tip_end(struct writer *w)
{
    writer_puts(w, "</title></rect>");
}

/* ---- columns ---- */

struct columns {
    const struct plot_series *series;
    size_t count;
    const struct plot_span *span;
    uint64_t above, below; /* ends of the scale */
    unsigned zero;         /* units down */
};

static double stacked(const struct columns *c, const struct observed_step *step, bool below)
{
    double sum = 0;

    for (size_t s = 0; s < c->count; s++)
        if (c->series[s].below == below)
            sum += (double)c->series[s].value(step);
    return sum;
}

static double highest(const struct columns *c, bool below)
{
    double most = 0;

    for (size_t i = 0; i < c->span->count; i++) {
        double sum = c->span->steps[i].known ? stacked(c, &c->span->steps[i], below) : 0;

        if (sum > most)
            most = sum;
    }
    return most;
}

static bool has_below(const struct columns *c)
{
    for (size_t s = 0; s < c->count; s++)
        if (c->series[s].below)
            return true;
    return false;
}

static void scale(struct columns *c)
{
    double above = highest(c, false), below = highest(c, true);

    if (!has_below(c)) {
        c->above = round_up(above);
        c->below = 0;
        c->zero = SVG_UNITS;
        return;
    }
    /* One scale for both, or they could not be compared. */
    c->above = c->below = round_up(above > below ? above : below);
    c->zero = SVG_UNITS / 2;
}

static void columns_grid(struct writer *w, const struct columns *c)
{
    svg_grid_line(w, 0);
    svg_grid_line(w, SVG_UNITS / 2);
    svg_grid_line(w, SVG_UNITS);
    count_label(w, 0, c->above);
    count_label(w, SVG_UNITS / 2, c->below ? 0 : c->above / 2);
    count_label(w, SVG_UNITS, c->below);
    time_ticks(w, c->span->ticks);
}

static unsigned units_high(const struct columns *c, double value)
{
    double high = value / (double)c->above * c->zero + 0.5;

    if (!(value > 0))
        return 0;
    if (high < LEAST_UNITS)
        return LEAST_UNITS;
    return high < c->zero ? (unsigned)high : c->zero;
}

/* The column of one series in one step, on top of those of the series before it. */
static void column(struct writer *w, const struct columns *c, size_t series, size_t at)
{
    const struct observed_step *step = &c->span->steps[at];
    const struct plot_series *mine = &c->series[series];
    unsigned high = units_high(c, (double)mine->value(step)), before = 0;

    if (high == 0)
        return;
    for (size_t s = 0; s < series; s++)
        if (c->series[s].below == mine->below)
            before += units_high(c, (double)c->series[s].value(step));
    writer_printf(w, "M%zu %dh%dv%dh-%dz", at * SVG_STEP + 1,
                  mine->below ? (int)(c->zero + before) : (int)c->zero - (int)before, COLUMN,
                  mine->below ? (int)high : -(int)high, COLUMN);
}

static void series_path(struct writer *w, const struct columns *c, size_t series, size_t from,
                        size_t to, const char *more_class)
{
    writer_printf(w, "<path class=\"%s%s\" d=\"M0 0", c->series[series].colour, more_class);
    for (size_t i = from; i < to; i++)
        if (c->span->steps[i].known)
            column(w, c, series, i);
    writer_puts(w, "\"/>");
}

static void columns_tips(struct writer *w, const struct columns *c)
{
    for (size_t i = 0; i < c->span->count; i++) {
        const struct observed_step *step = &c->span->steps[i];

        if (!step->known)
            continue;
        tip_begin(w, i, step);
        for (size_t s = 0; s < c->count; s++) {
            writer_puts(w, s ? ", " : "");
            writer_html(w, c->series[s].name);
            writer_puts(w, " ");
            human_count(w, c->series[s].value(step));
        }
        tip_end(w);
    }
}

static size_t add_up(const struct plot_series *series, size_t count, const struct plot_span *span,
                     struct svg_part *parts)
{
    for (size_t s = 0; s < count; s++) {
        parts[s] = (struct svg_part){.name = series[s].name, .colour = series[s].colour};
        for (size_t i = 0; i < span->count; i++)
            if (span->steps[i].known &&
                __builtin_add_overflow(parts[s].value, series[s].value(&span->steps[i]),
                                       &parts[s].value))
                parts[s].value = UINT64_MAX;
    }
    return count;
}

void plot_columns(struct writer *w, const char *title, const struct plot_series *series,
                  size_t count, const struct plot_span *span)
{
    struct columns c = {.series = series, .count = count, .span = span};
    struct svg_part parts[PLOT_SERIES_MAX];

    scale(&c);
    figure_begin(w, title, span->name);
    svg_key(w, parts, add_up(series, count, span, parts), true);
    drawing_begin(w, title, span->name);
    for (size_t s = 0; s < count; s++) {
        writer_puts(w, s ? ", " : ": ");
        writer_html(w, parts[s].name);
        writer_puts(w, " ");
        human_count(w, parts[s].value);
    }
    writer_puts(w, "\">\n");
    columns_grid(w, &c);
    svg_frame_begin(w, span->count);
    unknown_times(w, span);
    for (size_t s = 0; s < count; s++) {
        series_path(w, &c, s, 0, span->count - 1, "");
        series_path(w, &c, s, span->count - 1, span->count, " running");
    }
    columns_tips(w, &c);
    svg_frame_end(w);
    nothing_known(w, span);
    drawing_end(w);
}

/* ---- a ratio ---- */

struct ratio {
    plot_value *part, *whole;
    const struct plot_span *span;
    unsigned least; /* percent, at the lower end of the scale */
};

/* False where nothing happened, or nobody looked. */
static bool ratio_at(const struct ratio *r, size_t at, double *percent)
{
    const struct observed_step *step = &r->span->steps[at];
    double whole = step->known ? (double)r->whole(step) : 0;

    if (!(whole > 0))
        return false;
    *percent = 100 * (double)r->part(step) / whole;
    if (*percent > 100)
        *percent = 100;
    return true;
}

/* A scale that begins where something can be seen: most caches stay above 80 %. */
static unsigned ratio_least(const struct ratio *r)
{
    static const unsigned candidates[] = {98, 90, 80, 50};
    double least = 100, percent;
    bool any = false;

    for (size_t i = 0; i < r->span->count; i++) {
        if (!ratio_at(r, i, &percent))
            continue;
        any = true;
        if (percent < least)
            least = percent;
    }
    if (!any)
        return 0;
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (least >= candidates[i])
            return candidates[i];
    return 0;
}

static void ratio_grid(struct writer *w, const struct ratio *r)
{
    for (unsigned i = 0; i < 3; i++) {
        svg_grid_line(w, i * SVG_UNITS / 2);
        svg_grid_label(w, i * SVG_UNITS / 2);
        writer_printf(w, "%u%%", 100 - i * (100 - r->least) / 2);
        svg_grid_label_end(w);
    }
    time_ticks(w, r->span->ticks);
}

static void ratio_line(struct writer *w, const struct ratio *r)
{
    bool drawing = false;

    writer_puts(w, "<path class=\"line\" d=\"M0 0");
    for (size_t i = 0; i < r->span->count; i++) {
        double percent;
        bool known = ratio_at(r, i, &percent);

        if (known)
            /* A step between two gaps is a dot: the line's round end. */
            writer_printf(w, "%s%zu %dh0", drawing ? "L" : "M", i * SVG_STEP + SVG_STEP / 2,
                          (int)((100 - percent) * SVG_UNITS / (100 - r->least) + 0.5));
        drawing = known;
    }
    writer_puts(w, "\"/>");
}

static void ratio_tips(struct writer *w, const struct ratio *r)
{
    for (size_t i = 0; i < r->span->count; i++) {
        const struct observed_step *step = &r->span->steps[i];

        if (!step->known)
            continue;
        tip_begin(w, i, step);
        human_percent(w, r->part(step), r->whole(step));
        tip_end(w);
    }
}

void plot_ratio(struct writer *w, const char *title, plot_value *part, plot_value *whole,
                const struct plot_span *span)
{
    struct ratio r = {.part = part, .whole = whole, .span = span};
    const struct plot_series both[2] = {{.value = part}, {.value = whole}};
    struct svg_part sums[PLOT_SERIES_MAX];

    r.least = ratio_least(&r);
    add_up(both, 2, span, sums);
    figure_begin(w, title, span->name);
    writer_puts(w, "<ul class=\"key\"><li><i class=\"hit\"></i>overall <b>");
    human_percent(w, sums[0].value, sums[1].value);
    writer_puts(w, "</b></li></ul>\n");
    drawing_begin(w, title, span->name);
    writer_puts(w, ": ");
    human_percent(w, sums[0].value, sums[1].value);
    writer_puts(w, "\">\n");
    ratio_grid(w, &r);
    svg_frame_begin(w, span->count);
    unknown_times(w, span);
    ratio_line(w, &r);
    ratio_tips(w, &r);
    svg_frame_end(w);
    nothing_known(w, span);
    drawing_end(w);
}

/* ---- latency ---- */

/* Where so many microseconds are across the buckets, in hundredths of a percent. Within a bucket,
 * which is twice as wide as the one before, a straight line is near enough. */
static unsigned latency_place(uint64_t us)
{
    for (unsigned b = 1; b + 1 < LATENCY_BUCKETS; b++) {
        uint64_t from = scoreboard_latency_bound(b - 1), to = scoreboard_latency_bound(b);

        if (us <= to)
            return svg_share((double)b + (double)(us - from) / (double)(to - from),
                             LATENCY_BUCKETS);
    }
    return 10000;
}

static void latency_ticks(struct writer *w)
{
    static const struct {
        uint64_t us;
        const char *text;
    } ticks[] = {{1000, "1 ms"}, {10000, "10 ms"}, {100000, "100 ms"}, {1000000, "1 s"},
                 {10000000, "10 s"}};

    for (size_t i = 0; i < sizeof ticks / sizeof *ticks; i++)
        svg_tick(w, latency_place(ticks[i].us), ticks[i].text);
}

static void latency_tip(struct writer *w, unsigned bucket, uint64_t count)
{
    bool last = bucket == LATENCY_BUCKETS - 1;

    writer_printf(w,
                  "<rect class=\"tip\" x=\"%u\" width=\"%d\" y=\"0\" height=\"%d\"><title>",
                  bucket * SVG_STEP, SVG_STEP, SVG_UNITS);
    writer_puts(w, last ? "over " : "up to ");
    human_us(w, scoreboard_latency_bound(last ? bucket - 1 : bucket));
    writer_puts(w, ": ");
    human_count(w, count);
    writer_puts(w, "</title></rect>");
}

static void latency_summary(struct writer *w, const uint64_t *buckets, const char *open,
                            const char *close)
{
    writer_printf(w, "median %s", open);
    human_quantile(w, buckets, 500);
    writer_printf(w, "%s, 95 %% within %s", close, open);
    human_quantile(w, buckets, 950);
    writer_puts(w, close);
}

void plot_latency(struct writer *w, const char *title, const char *colour,
                  const struct observed_step *sum, enum latency_kind kind)
{
    const uint64_t *buckets = sum->latency[kind];
    uint64_t most = 0, top;

    for (unsigned b = 0; b < LATENCY_BUCKETS; b++)
        if (buckets[b] > most)
            most = buckets[b];
    top = round_up((double)most);

    figure_begin(w, title, "last hour");
    writer_printf(w, "<ul class=\"key\"><li><i class=\"%s\"></i>", colour);
    latency_summary(w, buckets, "<b>", "</b>");
    writer_puts(w, "</li></ul>\n");
    drawing_begin(w, title, "last hour: ");
    latency_summary(w, buckets, "", "");
    writer_puts(w, "\">\n");
    for (unsigned i = 0; i < 3; i++) {
        svg_grid_line(w, i * SVG_UNITS / 2);
        count_label(w, i * SVG_UNITS / 2, top - i * (top / 2));
    }
    latency_ticks(w);
    svg_frame_begin(w, LATENCY_BUCKETS);
    writer_printf(w, "<path class=\"%s\" d=\"M0 0", colour);
    for (unsigned b = 0; b < LATENCY_BUCKETS; b++) {
        double high = (double)buckets[b] / (double)top * SVG_UNITS + 0.5;

        if (buckets[b] == 0)
            continue;
        high = high < LEAST_UNITS ? LEAST_UNITS : high > SVG_UNITS ? SVG_UNITS : high;
        writer_printf(w, "M%u %dh%dv-%dh-%dz", b * SVG_STEP + 1, SVG_UNITS, COLUMN, (int)high,
                      COLUMN);
    }
    writer_puts(w, "\"/>");
    for (unsigned b = 0; b < LATENCY_BUCKETS; b++)
        latency_tip(w, b, buckets[b]);
    svg_frame_end(w);
    drawing_end(w);
}

/* SPDX-License-Identifier: MIT */
#include "ctl/progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/terminal.h"
#include "ctl/words.h"

#define BAR_PAUSE_MS 100
#define LINES_PAUSE_MS 5000
#define SAMPLE_MS 500
#define WEIGHT 0.2       /* of the newest sample */
#define BAR_WIDTH_MAX 30u
#define BAR_WIDTH_MIN 8u

enum progress_kind progress_choose(bool wanted, bool quiet)
{
    if (wanted)
        return PROGRESS_BAR;
    if (quiet)
        return PROGRESS_NONE;
    return terminal_is(stderr) ? PROGRESS_BAR : PROGRESS_LINES;
}

void progress_begin(struct progress *p, enum progress_kind kind, uint64_t all)
{
    *p = (struct progress){.kind = kind, .all = all, .started_ms = clock_boot_ms()};
    p->sampled_ms = p->started_ms;
    /* The first line after five seconds: what is done by then needs none. */
    p->shown_ms = kind == PROGRESS_LINES ? p->started_ms : p->started_ms - BAR_PAUSE_MS;
}

/* An average in which the last seconds count most. */
static void measure(struct progress *p, int64_t now_ms)
{
    int64_t for_ms = now_ms - p->sampled_ms;
    double rate;

    if (for_ms < SAMPLE_MS)
        return;
    rate = (double)(p->done - p->sampled) * 1000 / (double)for_ms;
    p->rate = p->rate > 0 ? p->rate + WEIGHT * (rate - p->rate) : rate;
    p->sampled = p->done;
    p->sampled_ms = now_ms;
}

static void __attribute__((format(printf, 3, 4))) add(char *out, uint64_t size,
                                                      const char *format, ...)
{
    size_t used = strlen(out);
    va_list ap;

    va_start(ap, format);
    vsnprintf(out + used, size - used, format, ap);
    va_end(ap);
}

void progress_line(const struct progress *p, char *out, uint64_t size)
{
    uint64_t all = p->all > p->done ? p->all : p->done; /* it may have been a guess, or grown */
    char text[WORDS_MAX];

    *out = '\0';
    if (p->all > 0)
        add(out, size, "%" PRIu64 "/%" PRIu64 " %" PRIu64 " %%", p->done, all,
            p->done * 100 / all);
    else
        add(out, size, "%" PRIu64, p->done);
    if (p->rate > 0)
        add(out, size, ", %.*f/s", p->rate < 10 ? 1 : 0, p->rate);
    if (p->rate > 0 && p->all > p->done)
        add(out, size, ", ETA %s",
            words_ms((int64_t)((double)(p->all - p->done) * 1000 / p->rate) / 1000 * 1000, text));
    if (p->note[0])
        add(out, size, ", %s", p->note);
}

static void draw_bar(struct progress *p)
{
    unsigned width = terminal_width(stderr), bar = 0, filled;
    char line[256];
    size_t length;

    progress_line(p, line, sizeof line);
    length = strlen(line);
    if (p->all > 0 && length + 4 + BAR_WIDTH_MIN < width) {
        bar = width - (unsigned)length - 4;
        bar = bar < BAR_WIDTH_MAX ? bar : BAR_WIDTH_MAX;
    }
    fputc('\r', stderr);
    if (bar > 0) {
        filled = (unsigned)((p->done < p->all ? p->done : p->all) * bar / p->all);
        fputc('[', stderr);
        for (unsigned i = 0; i < bar; i++)
            fputc(i < filled ? '#' : '.', stderr);
        fputs("] ", stderr);
    }
    /* One column stays free: some terminals go on to the next line after the last one. */
    fprintf(stderr, "%.*s\033[K", (int)(width - 1), line);
    fflush(stderr);
    p->drawn = true;
}

static int64_t pause_of(const struct progress *p)
{
    return p->kind == PROGRESS_BAR ? BAR_PAUSE_MS : LINES_PAUSE_MS;
}

void progress_show(struct progress *p, uint64_t done)
{
    int64_t now_ms;
    char line[256];

    p->done = done;
    if (p->kind == PROGRESS_NONE)
        return;
    now_ms = clock_boot_ms();
    measure(p, now_ms);
    if (now_ms - p->shown_ms < pause_of(p))
        return;
    p->shown_ms = now_ms;
    if (p->kind == PROGRESS_BAR) {
        draw_bar(p);
        return;
    }
    progress_line(p, line, sizeof line);
    fprintf(stderr, "%s\n", line);
}

void progress_note(struct progress *p, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    vsnprintf(p->note, sizeof p->note, format, ap);
    va_end(ap);
}

int64_t progress_due_ms(const struct progress *p)
{
    int64_t left_ms;

    if (p->kind == PROGRESS_NONE)
        return -1;
    left_ms = p->shown_ms + pause_of(p) - clock_boot_ms();
    return left_ms > 0 ? left_ms : 0;
}

void progress_clear(struct progress *p)
{
    if (!p->drawn)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    p->drawn = false;
    p->shown_ms -= BAR_PAUSE_MS; /* and it may be drawn again at once */
}

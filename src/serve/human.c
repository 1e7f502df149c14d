/* SPDX-License-Identifier: MIT */
#include "serve/human.h"

#include <inttypes.h>
#include <stdbool.h>
#include <time.h>

#define NBSP "\xC2\xA0"
#define DASH "\xE2\x80\x93"
#define MICRO "\xC2\xB5"
#define ABOUT "\xE2\x89\x88"

#define MS_SECOND INT64_C(1000)
#define MS_MINUTE (60 * MS_SECOND)
#define MS_HOUR (60 * MS_MINUTE)
#define MS_DAY (24 * MS_HOUR)
#define DAYS_MOST INT64_C(1000) /* what is longer is not told in detail */

/* Value of so many `unit`s, with a digit after the point where it is below 100 and not a round
 * number; cut, not rounded, so that no number reaches the next unit by its writing. */
static void scaled(struct writer *w, uint64_t value, uint64_t unit, const char *name)
{
    uint64_t whole = value / unit;
    uint64_t tenth = (uint64_t)((unsigned __int128)(value % unit) * 10 / unit);

    writer_number(w, whole);
    if (whole < 100 && value % unit) {
        writer_puts(w, ".");
        writer_number(w, tenth);
    }
    writer_puts(w, NBSP);
    writer_puts(w, name);
}

static void by_steps(struct writer *w, uint64_t value, uint64_t step, const char *const names[7])
{
    uint64_t unit = 1;
    unsigned i = 0;

    while (i < 6 && value / unit >= step) {
        unit *= step;
        i++;
    }
    if (i > 0) {
        scaled(w, value, unit, names[i]);
        return;
    }
    writer_number(w, value);
    if (names[0][0]) {
        writer_puts(w, NBSP);
        writer_puts(w, names[0]);
    }
}

void human_count(struct writer *w, uint64_t count)
{
    static const char *const names[7] = {"", "k", "M", "G", "T", "P", "E"};

    by_steps(w, count, 1000, names);
}

void human_bytes(struct writer *w, uint64_t bytes)
{
    static const char *const names[7] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    by_steps(w, bytes, 1024, names);
}

void human_percent(struct writer *w, uint64_t part, uint64_t whole)
{
    uint64_t hundredths;

    if (whole == 0) {
        writer_puts(w, DASH);
        return;
    }
    hundredths = part < whole ? (uint64_t)((unsigned __int128)part * 10000 / whole) : 10000;
    if (hundredths == 0 && part)
        writer_puts(w, ABOUT "0");
    else if (hundredths < 100)
        writer_milli(w, (int64_t)hundredths * 10);
    else if (hundredths < 10000)
        writer_printf(w, "%" PRIu64 ".%" PRIu64, hundredths / 100, hundredths / 10 % 10);
    else
        writer_puts(w, "100");
    writer_puts(w, NBSP "%");
}

static void two_units(struct writer *w, int64_t ms, int64_t large, const char *large_name,
                      int64_t small, const char *small_name)
{
    writer_printf(w, "%" PRId64 NBSP "%s", ms / large, large_name);
    if (ms % large / small)
        writer_printf(w, " %" PRId64 NBSP "%s", ms % large / small, small_name);
}

void human_ms(struct writer *w, int64_t ms)
{
    if (ms < 0)
        ms = 0;
    if (ms < MS_SECOND)
        writer_printf(w, "%" PRId64 NBSP "ms", ms);
    else if (ms < 10 * MS_SECOND)
        scaled(w, (uint64_t)ms, MS_SECOND, "s");
    else if (ms < MS_MINUTE)
        writer_printf(w, "%" PRId64 NBSP "s", ms / MS_SECOND);
    else if (ms < MS_HOUR)
        writer_printf(w, "%" PRId64 NBSP "min", ms / MS_MINUTE);
    else if (ms < MS_DAY)
        two_units(w, ms, MS_HOUR, "h", MS_MINUTE, "min");
    else if (ms < DAYS_MOST * MS_DAY)
        two_units(w, ms, MS_DAY, "d", MS_HOUR, "h");
    else
        writer_printf(w, "over %" PRId64 NBSP "d", DAYS_MOST);
}

void human_us(struct writer *w, uint64_t us)
{
    if (us < 1000)
        writer_printf(w, "%" PRIu64 NBSP MICRO "s", us);
    else if (us < 10000)
        scaled(w, us, 1000, "ms");
    else
        human_ms(w, us / 1000 > INT64_MAX ? INT64_MAX : (int64_t)(us / 1000));
}

void human_ago(struct writer *w, int64_t then_ms, int64_t now_ms)
{
    int64_t ms;

    if (__builtin_sub_overflow(now_ms, then_ms, &ms))
        ms = then_ms < now_ms ? INT64_MAX : 0;
    if (ms < 2 * MS_SECOND) {
        writer_puts(w, "now");
        return;
    }
    /* An hour's minutes, and so on, say nothing here. */
    if (ms < MS_MINUTE)
        ms -= ms % MS_SECOND;
    else if (ms < MS_DAY)
        ms -= ms % (ms < MS_HOUR ? MS_MINUTE : MS_HOUR);
    else
        ms -= ms % MS_DAY;
    human_ms(w, ms);
    writer_puts(w, " ago");
}

void human_time_of_day(struct writer *w, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    char text[64];
    struct tm tm;
    bool fits = gmtime_r(&seconds, &tm) && strftime(text, sizeof text, "%H:%M:%S", &tm);

    writer_puts(w, fits ? text : DASH);
}

void human_minute(struct writer *w, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    char text[64];
    struct tm tm;
    bool fits = gmtime_r(&seconds, &tm) && strftime(text, sizeof text, "%H:%M", &tm);

    writer_puts(w, fits ? text : DASH);
}

void human_date(struct writer *w, int64_t wall_ms)
{
    time_t seconds = (time_t)(wall_ms / 1000);
    char text[64];
    struct tm tm;
    bool fits = gmtime_r(&seconds, &tm) && strftime(text, sizeof text, "%-d %B %Y", &tm);

    writer_puts(w, fits ? text : DASH);
}

void human_quantile(struct writer *w, const uint64_t buckets[LATENCY_BUCKETS], unsigned permille)
{
    unsigned __int128 total = 0, rank, below = 0;
    uint64_t from, to;
    unsigned i = 0;

    for (unsigned b = 0; b < LATENCY_BUCKETS; b++)
        total += buckets[b];
    if (total == 0) {
        writer_puts(w, DASH);
        return;
    }
    rank = (total * permille + 999) / 1000;
    if (rank == 0)
        rank = 1;
    while (below + buckets[i] < rank)
        below += buckets[i++];
    from = i ? scoreboard_latency_bound(i - 1) : 0;
    if (i == LATENCY_BUCKETS - 1) {
        writer_puts(w, "over ");
        human_us(w, from);
        return;
    }
    to = scoreboard_latency_bound(i);
    human_us(w, from + (uint64_t)((to - from) * (rank - below) / buckets[i]));
}

/* SPDX-License-Identifier: MIT */
#include "http/date.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#define DAY_S INT64_C(86400)
#define YEAR_0_S INT64_C(-62167219200)   /* 0000-01-01 00:00:00 */
#define YEAR_9999_S INT64_C(253402300799) /* 9999-12-31 23:59:59 */

static const char *const short_days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const long_days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct fields {
    int year, month, day; /* month is 0..11 */
    int hour, minute, second;
};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month] + (month == 1 && is_leap(year));
}

/* Seconds since the epoch. The calendar repeats every 400 years, so counting from
 * 400 years before year 0 keeps all divisions positive. */
static int64_t fields_seconds(const struct fields *f)
{
    static const int before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const int64_t epoch_days = 865259; /* what this count gives for 1970-01-01 */
    int64_t years = f->year + 399;
    int64_t days = years * 365 + years / 4 - years / 100 + years / 400;

    days += before_month[f->month] + (f->month > 1 && is_leap(f->year)) + f->day - 1;
    return (days - epoch_days) * DAY_S + f->hour * 3600 + f->minute * 60 + f->second;
}

/* The scanners below move *p on and return true, or return false. */

static bool scan_text(const char **p, const char *text)
{
    size_t n = strlen(text);

    if (strncmp(*p, text, n) != 0)
        return false;
    *p += n;
    return true;
}

static bool scan_name(const char **p, const char *const *names, int count, int *index)
{
    for (int i = 0; i < count; i++) {
        if (scan_text(p, names[i])) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool scan_digits(const char **p, int count, int *value)
{
    *value = 0;
    for (; count > 0; count--, (*p)++) {
        if (**p < '0' || **p > '9')
            return false;
        *value = *value * 10 + (**p - '0');
    }
    return true;
}

static bool scan_time(const char **p, struct fields *f)
{
    return scan_digits(p, 2, &f->hour) && scan_text(p, ":") && scan_digits(p, 2, &f->minute) &&
           scan_text(p, ":") && scan_digits(p, 2, &f->second);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static bool scan_fixdate(const char **p, struct fields *f)
{
    int day_name;

    return scan_name(p, short_days, 7, &day_name) && scan_text(p, ", ") &&
           scan_digits(p, 2, &f->day) && scan_text(p, " ") &&
           scan_name(p, months, 12, &f->month) && scan_text(p, " ") &&
           scan_digits(p, 4, &f->year) && scan_text(p, " ") && scan_time(p, f) &&
           scan_text(p, " GMT");
}

/* "Sunday, 06-Nov-94 08:49:37 GMT"; leaves the two digits in f->year. */
static bool scan_rfc850(const char **p, struct fields *f)
{
    int day_name;

    return scan_name(p, long_days, 7, &day_name) && scan_text(p, ", ") &&
           scan_digits(p, 2, &f->day) && scan_text(p, "-") &&
           scan_name(p, months, 12, &f->month) && scan_text(p, "-") &&
           scan_digits(p, 2, &f->year) && scan_text(p, " ") && scan_time(p, f) &&
           scan_text(p, " GMT");
}

/* "Sun Nov  6 08:49:37 1994" */
static bool scan_asctime(const char **p, struct fields *f)
{
    int day_name;

    return scan_name(p, short_days, 7, &day_name) && scan_text(p, " ") &&
           scan_name(p, months, 12, &f->month) && scan_text(p, " ") &&
           (scan_text(p, " ") ? scan_digits(p, 1, &f->day) : scan_digits(p, 2, &f->day)) &&
           scan_text(p, " ") && scan_time(p, f) && scan_text(p, " ") &&
           scan_digits(p, 4, &f->year);
}

static int64_t clamp_to_calendar(int64_t seconds)
{
    if (seconds < YEAR_0_S)
        return YEAR_0_S;
    return seconds > YEAR_9999_S ? YEAR_9999_S : seconds;
}

static void broken_down(int64_t seconds, struct tm *out)
{
    time_t t = (time_t)clamp_to_calendar(seconds);

    if (!gmtime_r(&t, out))
        *out = (struct tm){.tm_mday = 1, .tm_year = 70, .tm_wday = 4};
}

/* The latest year with these last digits that is at most 50 years ahead. */
static void complete_year(struct fields *f, int64_t now_s)
{
    struct tm now;
    struct fields earlier;

    broken_down(now_s, &now);
    f->year += (now.tm_year + 1900) / 100 * 100 + 100;
    for (int i = 0; i < 2 && f->year >= 100; i++) {
        earlier = *f;
        earlier.year -= 50;
        if (fields_seconds(&earlier) <= now_s)
            break;
        f->year -= 100;
    }
}

int http_date_parse(const char *text, int64_t now_s, int64_t *seconds)
{
    struct fields f;
    const char *start = text, *p;

    while (*start == ' ' || *start == '\t')
        start++;
    /* RFC 9110 section 5.6.7: all three forms are read, only the first is written. */
    p = start;
    if (!scan_fixdate(&p, &f)) {
        p = start;
        if (scan_rfc850(&p, &f)) {
            complete_year(&f, now_s);
        } else {
            p = start;
            if (!scan_asctime(&p, &f))
                return -EINVAL;
        }
    }
    while (*p == ' ' || *p == '\t')
        p++;
    /* Second 60 is a leap second. */
    if (*p || f.day < 1 || f.day > days_in_month(f.year, f.month) || f.hour > 23 ||
        f.minute > 59 || f.second > 60)
        return -EINVAL;
    *seconds = fields_seconds(&f);
    return 0;
}

static char *put_digits(char *at, int value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

static char *put_text(char *at, const char *text)
{
    size_t n = strlen(text);

    memcpy(at, text, n);
    return at + n;
}

void http_date_format(int64_t seconds, char out[HTTP_DATE_SIZE])
{
    struct tm tm;
    char *at = out;

    /* Not strftime(): its names follow the locale, and these must not. */
    broken_down(seconds, &tm);
    at = put_text(at, short_days[tm.tm_wday]);
    at = put_text(at, ", ");
    at = put_digits(at, tm.tm_mday, 2);
    at = put_text(at, " ");
    at = put_text(at, months[tm.tm_mon]);
    at = put_text(at, " ");
    at = put_digits(at, tm.tm_year + 1900, 4);
    at = put_text(at, " ");
    at = put_digits(at, tm.tm_hour, 2);
    at = put_text(at, ":");
    at = put_digits(at, tm.tm_min, 2);
    at = put_text(at, ":");
    at = put_digits(at, tm.tm_sec, 2);
    at = put_text(at, " GMT");
    *at = '\0';
}

void http_date_fields(int64_t modified_s, int64_t now_s, char out[HTTP_DATE_FIELDS_SIZE])
{
    char *at = out;

    *at = '\0';
    if (modified_s > now_s)
        return;
    at = put_text(at, "Date: ");
    http_date_format(now_s, at);
    at = put_text(at + HTTP_DATE_SIZE - 1, "\r\nLast-Modified: ");
    http_date_format(modified_s, at);
    at = put_text(at + HTTP_DATE_SIZE - 1, "\r\n");
    *at = '\0';
}

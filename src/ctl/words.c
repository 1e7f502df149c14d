/* SPDX-License-Identifier: MIT */
#include "ctl/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "serve/human.h"

#define NO_BREAK_SPACE "\xC2\xA0"
#define EN_DASH "\xE2\x80\x93"

/* For a terminal in any encoding, and for awk. */
static void to_ascii(const char *text, char out[WORDS_MAX])
{
    size_t used = 0;

    while (*text && used + 1 < WORDS_MAX) {
        if (strncmp(text, NO_BREAK_SPACE, 2) == 0) {
            out[used++] = ' ';
            text += 2;
        } else if (strncmp(text, EN_DASH, 3) == 0) {
            out[used++] = '-';
            text += 3;
        } else {
            out[used++] = *text++;
        }
    }
    out[used] = '\0';
}

static const char *finish(struct writer *w, char out[WORDS_MAX])
{
    to_ascii(w->rc || !w->out->data ? "?" : w->out->data, out);
    buffer_free(w->out);
    return out;
}

const char *words_bytes(uint64_t bytes, char out[WORDS_MAX])
{
    struct buffer b = {0};
    struct writer w = {.out = &b};

    human_bytes(&w, bytes);
    return finish(&w, out);
}

const char *words_count(uint64_t count, char out[WORDS_MAX])
{
    struct buffer b = {0};
    struct writer w = {.out = &b};

    human_count(&w, count);
    return finish(&w, out);
}

const char *words_ms(int64_t ms, char out[WORDS_MAX])
{
    struct buffer b = {0};
    struct writer w = {.out = &b};

    human_ms(&w, ms);
    return finish(&w, out);
}

const char *words_ratio(uint64_t part, uint64_t whole, char out[WORDS_MAX])
{
    struct buffer b = {0};
    struct writer w = {.out = &b};

    human_percent(&w, part, whole);
    return finish(&w, out);
}

const char *words_date(int64_t wall_ms, char out[WORDS_MAX])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;

    if (!gmtime_r(&seconds, &tm) || strftime(out, WORDS_MAX, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
        snprintf(out, WORDS_MAX, "?");
    return out;
}

const char *words_when(int64_t wall_ms, int64_t now_ms, char out[WORDS_MAX])
{
    int64_t ms = wall_ms - now_ms;
    char text[WORDS_MAX];

    if (ms > -1000 && ms < 1000)
        snprintf(out, WORDS_MAX, "now");
    else if (ms > 0)
        snprintf(out, WORDS_MAX, "in %.40s", words_ms(ms, text));
    else
        snprintf(out, WORDS_MAX, "%.40s ago", words_ms(-ms, text));
    return out;
}

const char *words_name(const char *name, char *out, size_t size)
{
    size_t used = 0;

    for (; *name; name++) {
        unsigned char byte = (unsigned char)*name;
        size_t length = byte > 0x20 && byte < 0x7f ? 1 : 3;

        if (used + length >= size)
            break;
        if (length == 1)
            out[used] = *name;
        else
            snprintf(out + used, size - used, "%%%02X", byte);
        used += length;
    }
    out[used] = '\0';
    return out;
}

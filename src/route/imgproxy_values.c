/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "base/hex.h"
#include "route/imgproxy.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(struct piece text, const char *word)
{
    return text.length == strlen(word) && memcmp(text.text, word, text.length) == 0;
}

bool piece_next(struct piece *rest, char separator, struct piece *out)
{
    const char *end;

    if (!rest->text)
        return false;
    end = memchr(rest->text, separator, rest->length);
    *out = (struct piece){rest->text, end ? (size_t)(end - rest->text) : rest->length};
    rest->text = end ? end + 1 : NULL;
    rest->length -= out->length + (end ? 1 : 0);
    return true;
}

bool imgproxy_read_whole(struct piece text, uint32_t most, uint32_t *out)
{
    uint64_t value = 0;

    if (text.length == 0)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        if (!is_digit(text.text[i]))
            return false;
        value = value * 10 + (uint64_t)(text.text[i] - '0');
        if (value > most)
            return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* Digits behind the point, as far as they count. */
static bool read_fraction(struct piece text, uint32_t scale, int64_t *out)
{
    int64_t value = 0, weight = (int64_t)scale * 10;

    for (size_t i = 0; i < text.length; i++) {
        if (!is_digit(text.text[i]))
            return false;
        weight /= 10;
        value += (text.text[i] - '0') * weight;
    }
    *out = (value + 5) / 10; /* in tenths so far, for the rounding */
    return true;
}

bool imgproxy_read_decimal(struct piece text, uint32_t scale, int64_t most, int64_t *out)
{
    bool negative = text.length > 0 && text.text[0] == '-';
    struct piece rest = {text.text + negative, text.length - negative}, whole, fraction = {"", 0};
    int64_t value = 0, behind = 0;

    if (rest.length == 0 || !piece_next(&rest, '.', &whole))
        return false;
    if (rest.text)
        fraction = rest;
    if (whole.length + fraction.length == 0)
        return false;
    for (size_t i = 0; i < whole.length; i++) {
        if (!is_digit(whole.text[i]))
            return false;
        value = value * 10 + (whole.text[i] - '0');
        if (value > most / scale)
            return false;
    }
    if (!read_fraction(fraction, scale, &behind))
        return false;
    value = value * scale + behind;
    *out = negative ? -value : value;
    return value <= most;
}

bool imgproxy_read_boolean(struct piece text)
{
    static const char *const words[] = {"1", "t", "T", "true", "TRUE", "True"};

    for (size_t i = 0; i < COUNT(words); i++)
        if (is_word(text, words[i]))
            return true;
    return false;
}

bool imgproxy_read_colour(struct piece text, uint32_t *out)
{
    uint32_t colour = 0;

    if (text.length != 3 && text.length != 6)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        int digit = hex_value(text.text[i]);

        if (digit < 0)
            return false;
        colour = colour << 4 | (uint32_t)digit;
        if (text.length == 3)
            colour = colour << 4 | (uint32_t)digit;
    }
    *out = colour;
    return true;
}

/* Less than one is a part of the side, anything else a number of pixels. */
static bool read_offset(struct piece text, int32_t *out, uint32_t *is_part)
{
    int64_t value;

    if (!imgproxy_read_decimal(text, PICTURE_WHOLE, (int64_t)PICTURE_LENGTH_MAX * PICTURE_WHOLE,
                               &value))
        return false;
    *is_part = value != 0 && value > -PICTURE_WHOLE && value < PICTURE_WHOLE;
    *out = (int32_t)(*is_part ? value : value / PICTURE_WHOLE);
    return true;
}

static bool read_focus(struct piece text, int32_t *out)
{
    int64_t value;

    if (!imgproxy_read_decimal(text, PICTURE_WHOLE, PICTURE_WHOLE, &value) || value < 0)
        return false;
    *out = (int32_t)value;
    return true;
}

bool imgproxy_read_gravity(const struct piece *arguments, size_t count, struct gravity *out)
{
    static const struct {
        const char *name;
        enum gravity_kind kind;
    } kinds[] = {
        {"ce", GRAVITY_CENTRE},       {"no", GRAVITY_NORTH},        {"so", GRAVITY_SOUTH},
        {"ea", GRAVITY_EAST},         {"we", GRAVITY_WEST},         {"noea", GRAVITY_NORTH_EAST},
        {"nowe", GRAVITY_NORTH_WEST}, {"soea", GRAVITY_SOUTH_EAST}, {"sowe", GRAVITY_SOUTH_WEST},
    };
    struct gravity g = {.kind = GRAVITY_CENTRE};
    size_t i = 0;

    if (is_word(arguments[0], "fp")) {
        g.kind = GRAVITY_FOCUS;
        *out = g;
        return count == 3 && read_focus(arguments[1], &out->x) && read_focus(arguments[2], &out->y);
    }
    while (i < COUNT(kinds) && !is_word(arguments[0], kinds[i].name))
        i++;
    if (i == COUNT(kinds) || count > 3)
        return false;
    g.kind = kinds[i].kind;
    if ((count > 1 && arguments[1].length > 0 && !read_offset(arguments[1], &g.x, &g.x_is_part)) ||
        (count > 2 && arguments[2].length > 0 && !read_offset(arguments[2], &g.y, &g.y_is_part)))
        return false;
    *out = g;
    return true;
}

static bool is_harmless(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr(" -._()", c));
}

void imgproxy_read_filename(struct piece text, char out[PICTURE_FILENAME_MAX])
{
    size_t n = 0;

    while (n < text.length && n + 1 < PICTURE_FILENAME_MAX) {
        /* A name that begins with a dot would be hidden, or climb. */
        bool good = is_harmless(text.text[n]) && (n > 0 || text.text[n] != '.');

        out[n] = good ? text.text[n] : '_';
        n++;
    }
    out[n] = '\0';
}

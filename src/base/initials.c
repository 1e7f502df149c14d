/* SPDX-License-Identifier: MIT
 *
 * libunistring has the tables: the worker maps it in any case, below libcurl. What is
 * written here is what Unicode leaves to the application, and the conjuncts, which its
 * version 14 does not know as one cluster yet (15.1 does: GB9c).
 */
#include "base/initials.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <unictype.h>
#include <unigbrk.h>
#include <uninorm.h>
#include <unistr.h>

#define NAME_BYTES 1024 /* no more of a name is looked at */
#define NAME_MAX (NAME_BYTES * 2) /* characters: few have more than one in their place */
#define MARKS_MAX 3       /* on one letter; more are noise */
#define CHARACTERS_MAX 10 /* in one letter: two people, their skin, a heart and a kiss */
#define ROUNDS 4          /* until initials settle: what does not is no writing */

#define JOINER 0x200d

enum kind {
    KIND_NONE, /* punctuation and what is nothing at all */
    KIND_SPACE,
    KIND_OPENING,
    KIND_CLOSING,
    KIND_SYMBOL, /* emoji, too */
    KIND_LETTER, /* or digit */
};

struct name {
    uint32_t characters[NAME_MAX];
    char breaks[NAME_MAX]; /* 1: a letter begins here */
    size_t length;
};

struct letter {
    uint32_t characters[CHARACTERS_MAX];
    size_t length; /* 0: none */
};

/* The first and the last one found. */
struct pair {
    struct letter first, last;
};

static bool is_tag(uint32_t c) /* of the flags of England, Scotland and Wales */
{
    return c >= 0xe0020 && c <= 0xe007f;
}

static bool is_emoji(uint32_t c)
{
    return uc_is_property_extended_pictographic(c) ||
           uc_graphemeclusterbreak_property(c) == GBP_RI;
}

/* Whether it may appear in what comes out. Directions, invisible signs, private and unassigned
 * characters may not, nor the iota below, a mark whose capital is a letter of its own; emoji that are
 * newer than the tables may. */
static bool is_kept(uint32_t c)
{
    uc_general_category_t category = uc_general_category(c);

    if (c == 0x0345)
        return false;
    if (c == JOINER || is_tag(c) || is_emoji(c))
        return true;
    return !uc_is_general_category(c, UC_OTHER) && category.bitmask != UC_LINE_SEPARATOR.bitmask &&
           category.bitmask != UC_PARAGRAPH_SEPARATOR.bitmask;
}

/* Letters in fancy dress: the mathematical alphabets that nicknames are made of, wide and narrow
 * ones, Arabic in one of its shapes. */
static bool is_dressed(int tag)
{
    return tag == UC_DECOMP_FONT || tag == UC_DECOMP_WIDE || tag == UC_DECOMP_NARROW ||
           tag == UC_DECOMP_ISOLATED || tag == UC_DECOMP_INITIAL || tag == UC_DECOMP_MEDIAL ||
           tag == UC_DECOMP_FINAL;
}

static size_t add(uint32_t *characters, size_t length, uint32_t c)
{
    ucs4_t plain[UC_DECOMPOSITION_MAX_LENGTH];
    int tag, n = uc_decomposition(c, &tag, plain);

    if (n < 1 || !is_dressed(tag)) {
        plain[0] = c;
        n = 1;
    }
    for (int i = 0; i < n && length < NAME_MAX; i++)
        if (is_kept(plain[i]))
            characters[length++] = plain[i];
    return length;
}

static size_t decode(const char *text, size_t length, uint32_t *characters)
{
    const uint8_t *bytes = (const uint8_t *)text;
    size_t count = 0, at = 0;

    if (length > NAME_BYTES)
        length = NAME_BYTES;
    while (at < length) {
        ucs4_t c;
        int n = u8_mbtoucr(&c, bytes + at, length - at);

        if (n > 0)
            count = add(characters, count, uc_is_property_white_space(c) ? ' ' : c);
        at += n > 0 ? (size_t)n : 1; /* what is not UTF-8 is not there */
    }
    return count;
}

/* Signs that join the consonant before them to the one after. */
static bool joins_consonants(const uint32_t *before, size_t length)
{
    static const uint32_t signs[] = {
        0x094d, 0x09cd, 0x0acd, 0x0b4d, 0x0c4d, 0x0ccd, 0x0d4d, /* viramas */
        0x1039, 0x17d2, 0x1b44, 0xa9c0, /* Myanmar, Khmer, Balinese, Javanese */
    };
    bool joined = length > 0 && before[length - 1] == JOINER;

    length -= joined;
    if (length == 0)
        return false;
    if (joined && before[length - 1] == 0x0dca) /* Sinhala joins where it is told to */
        return true;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (before[length - 1] == signs[i])
            return true;
    return false;
}

static bool is_consonant(uint32_t c)
{
    return uc_is_general_category(c, UC_OTHER_LETTER);
}

static void find_breaks(struct name *name)
{
    size_t start = 0;

    u32_grapheme_breaks(name->characters, name->length, name->breaks);
    for (size_t i = 1; i < name->length; i++) {
        if (!name->breaks[i])
            continue;
        if (is_consonant(name->characters[start]) && is_consonant(name->characters[i]) &&
            joins_consonants(name->characters + start, i - start))
            name->breaks[i] = 0;
        else
            start = i;
    }
}

/* Where its result does not fit in a buffer, the library gives one of its own; NULL without
 * memory. */
static bool is_in_place(void *result, const void *buffer)
{
    if (result == buffer)
        return true;
    free(result);
    return false;
}

static bool take(struct name *name, const char *text, size_t length)
{
    uint32_t raw[NAME_MAX];
    size_t count = decode(text, length, raw);

    name->length = NAME_MAX;
    if (count == 0 || !is_in_place(u32_normalize(UNINORM_NFC, raw, count, name->characters,
                                                 &name->length),
                                   name->characters))
        return false;
    find_breaks(name);
    return true;
}

static enum kind kind_of(uint32_t c)
{
    if (c == ' ' || c == 0x30fb) /* the dot between the words of foreign names in katakana */
        return KIND_SPACE;
    if (uc_is_general_category(c, UC_OPEN_PUNCTUATION))
        return KIND_OPENING;
    if (uc_is_general_category(c, UC_CLOSE_PUNCTUATION))
        return KIND_CLOSING;
    if (uc_is_general_category(c, UC_MODIFIER_LETTER)) /* a Hawaiian okina, say */
        return KIND_NONE;
    if (uc_is_general_category(c, UC_LETTER) ||
        uc_is_general_category(c, UC_DECIMAL_DIGIT_NUMBER) ||
        uc_is_general_category(c, UC_LETTER_NUMBER))
        return KIND_LETTER;
    return uc_is_general_category(c, UC_OTHER_SYMBOL) || is_emoji(c) ? KIND_SYMBOL : KIND_NONE;
}

/* The same dot in Chinese; elsewhere it stands within words. */
static bool parts_words(const struct name *name, size_t at)
{
    return name->characters[at] == 0xb7 && at > 0 &&
           uc_is_property_ideographic(name->characters[at - 1]);
}

static bool is_mark(uint32_t c)
{
    return uc_is_general_category(c, UC_NON_SPACING_MARK) && !uc_is_property_variation_selector(c);
}

/* Scripts whose vowel signs no one writes on an initial. */
static bool has_bare_initials(uint32_t c)
{
    static const char *const names[] = {"Arabic", "Hebrew", "Syriac", "Thai", "Lao"};
    const uc_script_t *script = uc_script(c);

    for (size_t i = 0; script && i < sizeof names / sizeof *names; i++)
        if (strcmp(script->name, names[i]) == 0)
            return true;
    return false;
}

static struct letter letter_at(const struct name *name, size_t at)
{
    struct letter letter = {.length = 0};
    bool bare = has_bare_initials(name->characters[at]), emoji = is_emoji(name->characters[at]);
    size_t marks = 0;

    for (size_t i = at; i < name->length && (i == at || !name->breaks[i]); i++) {
        uint32_t c = name->characters[i];

        if ((bare && i > at) || (is_tag(c) && !emoji))
            continue;
        marks = is_mark(c) ? marks + 1 : 0;
        if (marks > MARKS_MAX)
            continue;
        if (letter.length == CHARACTERS_MAX)
            break;
        letter.characters[letter.length++] = c;
    }
    while (letter.length > 1 && letter.characters[letter.length - 1] == JOINER)
        letter.length--;
    return letter;
}

/* Title case: DŽ is two letters where it is one character, and Georgian has capitals that
 * no name begins with. */
static void capitalise(struct letter *letter)
{
    uint32_t titled[CHARACTERS_MAX * 3];
    size_t length = sizeof titled / sizeof *titled, end = 1;
    char breaks[CHARACTERS_MAX * 3];

    if (!is_in_place(u32_totitle(letter->characters, letter->length, NULL, UNINORM_NFC, titled,
                                 &length),
                     titled) ||
        length == 0 || kind_of(titled[0]) != kind_of(letter->characters[0]))
        return; /* \u0149, say, is not an apostrophe */
    u32_grapheme_breaks(titled, length, breaks);
    if (!uc_is_general_category(letter->characters[0], UC_LOWERCASE_LETTER))
        end = length;
    while (end < length && !breaks[end])
        end++;
    if (end > CHARACTERS_MAX)
        end = CHARACTERS_MAX;
    memcpy(letter->characters, titled, end * sizeof *titled);
    letter->length = end;
}

static void note(struct pair *pair, const struct letter *letter)
{
    if (pair->first.length == 0)
        pair->first = *letter;
    else
        pair->last = *letter;
}

/* The best that the word beginning at *at has; moves *at behind the word. */
static enum kind look_at_word(const struct name *name, size_t *at, int *depth, bool brackets,
                              struct letter *letter)
{
    enum kind found = KIND_NONE;

    for (; *at < name->length; (*at)++) {
        enum kind kind = kind_of(name->characters[*at]);

        if (!name->breaks[*at])
            continue;
        if (kind == KIND_SPACE || parts_words(name, *at))
            break;
        if (kind == KIND_OPENING)
            ++*depth;
        else if (kind == KIND_CLOSING)
            *depth -= *depth > 0;
        if (kind < KIND_SYMBOL || kind <= found || (*depth > 0 && !brackets))
            continue;
        /* Thai and Lao write some vowels before the consonant that is spoken first. */
        if (uc_is_property_logical_order_exception(name->characters[*at]))
            continue;
        found = kind;
        *letter = letter_at(name, *at);
    }
    return found;
}

static bool look_at_words(const struct name *name, bool brackets, enum kind wanted,
                          struct pair *pair)
{
    int depth = 0;

    *pair = (struct pair){.first.length = 0};
    for (size_t at = 0; at < name->length; at++) {
        struct letter letter;

        if (look_at_word(name, &at, &depth, brackets, &letter) == wanted)
            note(pair, &letter);
    }
    return pair->first.length > 0;
}

static size_t put(const struct letter *letter, char *out, size_t room)
{
    size_t length = room;

    return is_in_place(u32_to_u8(letter->characters, letter->length, (uint8_t *)out, &length), out)
               ? length
               : 0;
}

static size_t write_pair(struct pair *pair, char out[INITIALS_SIZE])
{
    size_t length, more;

    capitalise(&pair->first);
    length = put(&pair->first, out, INITIALS_SIZE - 1);
    out[length] = '\0';
    if (length == 0 || pair->last.length == 0)
        return length;
    capitalise(&pair->last);
    if (length + 2 >= INITIALS_SIZE)
        return length;
    more = put(&pair->last, out + length + 1, INITIALS_SIZE - 2 - length);
    if (more == 0)
        return length; /* one that is whole is better than two that are not */
    out[length] = ' ';
    length += 1 + more;
    out[length] = '\0';
    return length;
}

static size_t of_name_once(const char *text, size_t length, char out[INITIALS_SIZE])
{
    struct name name;
    struct pair pair;

    out[0] = '\0';
    if (!take(&name, text, length))
        return 0;
    if (!look_at_words(&name, false, KIND_LETTER, &pair) &&
        !look_at_words(&name, true, KIND_LETTER, &pair) &&
        !look_at_words(&name, true, KIND_SYMBOL, &pair))
        return 0;
    return write_pair(&pair, out);
}

static size_t given_once(const char *text, size_t length, char out[INITIALS_SIZE])
{
    struct name name;
    struct pair pair = {.first.length = 0};

    out[0] = '\0';
    if (!take(&name, text, length))
        return 0;
    for (size_t i = 0; i < name.length && pair.last.length == 0; i++)
        if (name.breaks[i] && kind_of(name.characters[i]) >= KIND_SYMBOL) {
            struct letter letter = letter_at(&name, i);

            note(&pair, &letter);
        }
    return pair.first.length > 0 ? write_pair(&pair, out) : 0;
}

/* Where marks stand in an order that no writing has, what is left out can make others join. Initials
 * are what they are when they are given again; what never comes to that is none. */
static size_t settle(char out[INITIALS_SIZE], size_t length)
{
    for (int round = 0; round < ROUNDS && length > 0; round++) {
        char before[INITIALS_SIZE];

        memcpy(before, out, length + 1);
        length = given_once(before, length, out);
        if (strcmp(before, out) == 0)
            return length;
    }
    out[0] = '\0';
    return 0;
}

size_t initials_of_name(const char *text, size_t length, char out[INITIALS_SIZE])
{
    return settle(out, of_name_once(text, length, out));
}

size_t initials_as_given(const char *text, size_t length, char out[INITIALS_SIZE])
{
    return settle(out, given_once(text, length, out));
}

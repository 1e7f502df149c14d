/* SPDX-License-Identifier: MIT */
#include "base/initials.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <unictype.h>
#include <unistr.h>

#include <criterion/criterion.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct example {
    const char *name, *initials;
};

static void expect(const struct example *examples, size_t count)
{
    char out[INITIALS_SIZE];

    for (size_t i = 0; i < count; i++) {
        const char *name = examples[i].name, *initials = examples[i].initials;
        size_t length = initials_of_name(name, strlen(name), out);

        cr_expect_str_eq(out, initials, "\"%s\": \"%s\", not \"%s\"", name, out, initials);
        cr_expect_eq(length, strlen(initials));
    }
}

#define EXPECT(examples) expect(examples, COUNT(examples))

Test(initials, are_of_the_first_and_the_last_word)
{
    static const struct example examples[] = {
        {"Ada Lovelace", "A L"},
        {"Ada", "A"},
        {"Ada King Noel Byron", "A B"},
        {"  Ada \t Lovelace\n", "A L"},
        {"Ada\u00a0Lovelace", "A L"},
        {"Ada\u3000Lovelace", "A L"},
        {"Jean-Luc Picard", "J P"},
        {"O\u2019Neil", "O"},
        {"'t Hooft", "T H"},
        {"Lovelace, Ada", "L A"},
        {"\u02bbAkamu Kealoha", "A K"},
        {"ada.lovelace@example.org", "A"},
        {"@ada", "A"},
        {"Player 1", "P 1"},
        {"42", "4"},
        {"Gal\u00b7la Plac\u00eddia", "G P"},
    };

    EXPECT(examples);
}

Test(initials, what_is_in_brackets_is_left_out)
{
    static const struct example examples[] = {
        {"Ada Lovelace (she/her)", "A L"},
        {"Ada [Analyst] Lovelace", "A L"},
        {"Ada (Countess (of Lovelace)) King", "A K"},
        {"(Ada)", "A"},
        {"(Ada Lovelace)", "A L"},
        {"Ada ) Lovelace", "A L"},
        {"Ada \uff08\u5973\uff09", "A"},
    };

    EXPECT(examples);
}

Test(initials, have_title_case)
{
    static const struct example examples[] = {
        {"ada lovelace", "A L"},
        {"\u00f8yvind \u00e6gir", "\u00d8 \u00c6"},
        {"\u044f\u0440\u043e\u0441\u043b\u0430\u0432 \u043c\u0443\u0434\u0440\u044b\u0439",
         "\u042f \u041c"},
        {"\u03b1\u03bd\u03bd\u03b1 \u03c0\u03b1\u03c0\u03b1", "\u0391 \u03a0"},
        {"\u0561\u0580\u0561\u0574", "\u0531"},
        {"\u01c6emal", "\u01c5"},                /* dž is one letter in Croatian */
        {"\u00df", "S"},                         /* ß becomes two: the first */
        {"\u10d2\u10d8\u10dd\u10e0", "\u10d2"},  /* Georgian has capitals, but not in names */
        {"\u0131lker", "I"},
        {"\u0149amn", "\u0149"},                /* its title case begins with an apostrophe */
    };

    EXPECT(examples);
}

Test(initials, are_the_same_composed_and_decomposed)
{
    static const struct example examples[] = {
        {"\u00c9mile \u00d1ame", "\u00c9 \u00d1"},
        {"E\u0301mile N\u0303ame", "\u00c9 \u00d1"},
        {"e\u0301mile n\u0303ame", "\u00c9 \u00d1"},
        {"\u1eaan", "\u1eaa"},
        {"A\u0302\u0303n", "\u1eaa"},
        {"\u1100\u1175\u11b7", "\uae40"}, /* conjoining jamo */
        {"\u30ab\u3099", "\u30ac"},
        {"x\u0301y", "X\u0301"}, /* no character of its own */
    };

    EXPECT(examples);
}

/* One word has one initial. Family names come first, and where they end cannot be seen. */
Test(initials, of_east_asian_names_are_that_of_the_family_name)
{
    static const struct example examples[] = {
        {"\u738b\u5c0f\u660e", "\u738b"},
        {"\u5c71\u7530 \u592a\u90ce", "\u5c71 \u592a"},
        {"\u5c71\u7530\u3000\u592a\u90ce", "\u5c71 \u592a"},
        {"\u306f\u306a\u3053", "\u306f"},
        {"\u30b8\u30e7\u30f3\u30fb\u30b9\u30df\u30b9", "\u30b8 \u30b9"},
        {"\u7ea6\u7ff0\u00b7\u53f2\u5bc6\u65af", "\u7ea6 \u53f2"},
        {"\uae40\ubbfc\uc218", "\uae40"},
        {"\uae40 \ubbfc\uc218", "\uae40 \ubbfc"},
        {"\U00020bb7\u91ce", "\U00020bb7"},
    };

    EXPECT(examples);
}

Test(initials, of_scripts_that_leave_out_vowels_are_bare)
{
    static const struct example examples[] = {
        {"\u0645\u062d\u0645\u062f \u0639\u0644\u064a", "\u0645 \u0639"},
        {"\u0645\u064f\u062d\u064e\u0645\u0651\u064e\u062f", "\u0645"},
        {"\u0622\u0645\u0646\u0629", "\u0622"}, /* the madda is part of the letter */
        {"\u05d3\u05b8\u05bc\u05d5\u05b4\u05d3 \u05d1\u05df", "\u05d3 \u05d1"},
        /* the vowel is written before its consonant */
        {"\u0e40\u0e2d\u0e01\u0e0a\u0e31\u0e22 \u0e41\u0e01\u0e49\u0e27", "\u0e2d \u0e01"},
        {"\u0e01\u0e34\u0e15\u0e15\u0e34", "\u0e01"},
        {"\u0ec4\u0e8a", "\u0e8a"},
    };

    EXPECT(examples);
}

Test(initials, keep_conjuncts_and_vowel_signs_whole)
{
    static const struct example examples[] = {
        {"\u0915\u094d\u0937\u0924\u094d\u0930\u093f\u092f \u0938\u093f\u0902\u0939",
         "\u0915\u094d\u0937 \u0938\u093f\u0902"},
        {"\u0928\u0930\u0947\u0902\u0926\u094d\u0930 \u092e\u094b\u0926\u0940",
         "\u0928 \u092e\u094b"},
        {"\u09b6\u09cd\u09b0\u09c0", "\u09b6\u09cd\u09b0\u09c0"},
        {"\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u200d\u0dbb\u0dd3"},
        {"\u1780\u17d2\u179a\u17bb\u1784", "\u1780\u17d2\u179a\u17bb"},
        {"\u0bb0\u0bb5\u0bbf", "\u0bb0"},
    };

    EXPECT(examples);
}

#define FAMILY "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
#define KISS "\U0001f469\U0001f3fd\u200d\u2764\ufe0f\u200d\U0001f48b\u200d\U0001f468\U0001f3ff"
#define GERMANY "\U0001f1e9\U0001f1ea"
#define FRANCE "\U0001f1eb\U0001f1f7"
#define ENGLAND "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

Test(initials, an_emoji_is_one_letter_however_it_is_put_together)
{
    static const struct example examples[] = {
        {"\U0001f98a", "\U0001f98a"},
        {FAMILY FAMILY, FAMILY},
        {FAMILY " " GERMANY, FAMILY " " GERMANY},
        {GERMANY FRANCE, GERMANY},
        {ENGLAND "x", "X"},
        {ENGLAND, ENGLAND},
        {"\U0001f44d\U0001f3fd\U0001f44d", "\U0001f44d\U0001f3fd"},
        {"\u2764\ufe0f", "\u2764\ufe0f"},
        {"1\ufe0f\u20e3", "1\ufe0f\u20e3"},
        {KISS, KISS},
        {KISS " " KISS, KISS}, /* no room for two */
        {"\U0001fae9", "\U0001fae9"}, /* of Unicode 16 */
        {"\U0001f426\u200d\U0001f525", "\U0001f426\u200d\U0001f525"}, /* of Unicode 15.1 */
    };

    EXPECT(examples);
}

Test(initials, are_emoji_only_where_there_are_no_letters)
{
    static const struct example examples[] = {
        {"\U0001f98a Ada", "A"},
        {"Ada \U0001f98a", "A"},
        {"\U0001f98aAda Lovelace\U0001f98a", "A L"},
        {"\U0001f98a - \U0001f43b", "\U0001f98a \U0001f43b"},
        {"\u2605 *", "\u2605"},
    };

    EXPECT(examples);
}

Test(initials, letters_in_fancy_dress_are_letters)
{
    static const struct example examples[] = {
        {"\U0001d4d9\U0001d4f8\U0001d4f1\U0001d4f7 \U0001d5d7\U0001d5fc\U0001d5f2", "J D"},
        {"\uff21\uff44\uff41", "A"},
        {"\uff76\uff9e", "\u30ac"},
        {"\ufee3\ufea4\ufee4\ufeaa", "\u0645"},
    };

    EXPECT(examples);
}

Test(initials, there_are_none_in_nothing)
{
    static const struct example examples[] = {
        {"", ""},       {"   ", ""},          {"--- !!!", ""},   {"\u200d\u200d", ""},
        {"\u202e", ""}, {"\u0301\u0302", ""}, {"\xff\xfe", ""},  {"()", ""},
        {"\ue000", ""}, {"\u0e40", ""},       {"\U000e0067", ""},
    };

    EXPECT(examples);
}

Test(initials, what_is_invisible_or_no_utf_8_is_not_there)
{
    static const struct example examples[] = {
        {"\u202eAda \u2066Lovelace\u2069", "A L"},
        {"\ufeff\u200bAda", "A"},
        {"\x01" "A\x02" "da \x7f" "L", "A L"},
        {"A\u200d", "A"},
        {"\xc0\x81" "Ada", "A"},             /* overlong */
        {"\xed\xa0\x80" "Ada", "A"},         /* a surrogate */
        {"\xf4\x90\x80\x80" "Ada", "A"},     /* beyond the last */
        {"\xe2\x82" "Ada \xf0\x9f", "A"},    /* cut short */
        {"A\U000e0067" "b", "A"},            /* a tag, of no flag */
    };
    char out[INITIALS_SIZE];

    EXPECT(examples);
    cr_expect_eq(initials_of_name("\0A\0da \0L", 9, out), 3);
    cr_expect_str_eq(out, "A L");
    cr_expect_eq(initials_of_name("Ada Lovelace", 5, out), 3, "only the length counts");
    cr_expect_str_eq(out, "A L");
    cr_expect_eq(initials_of_name("\xc3\x89", 1, out), 0, "only the length counts");
}

Test(initials, heaps_of_marks_are_cut_down)
{
    char name[600] = "Z", out[INITIALS_SIZE];

    for (int i = 0; i < 64; i++)
        strcat(name, i % 2 ? "\u0335" : "\u0353");
    cr_expect_gt(initials_of_name(name, strlen(name), out), 0);
    cr_expect_leq(u8_mbsnlen((const uint8_t *)out, strlen(out)), 4, "%s", out);
    cr_expect_eq(out[0], 'Z');
    cr_expect_eq(initials_of_name("A\u0301\u0302\u0303\u0304\U000e0067\u0305", 15, out), 8,
                 "one and three more: what is left out does not part them");
    strcpy(name, "");
    for (int i = 0; i < 64; i++)
        strcat(name, "\u0915\u094d");
    cr_expect_gt(initials_of_name(name, strlen(name), out), 0);
    cr_expect_leq(u8_mbsnlen((const uint8_t *)out, strlen(out)), 10);
}

Test(initials, as_given_are_the_first_two_letters)
{
    static const struct example examples[] = {
        {"ab", "A B"},
        {"A", "A"},
        {"abc", "A B"},
        {"a-b", "A B"},
        {"a b", "A B"},
        {"(x)", "X"},
        {"E\u0301Z", "\u00c9 Z"},
        {"\u738b\u5c0f\u660e", "\u738b \u5c0f"},
        {GERMANY FRANCE, GERMANY " " FRANCE},
        {"A\U0001f98a", "A \U0001f98a"},
        {"", ""},
        {"!!", ""},
    };
    char out[INITIALS_SIZE];

    for (size_t i = 0; i < COUNT(examples); i++) {
        size_t length = initials_as_given(examples[i].name, strlen(examples[i].name), out);

        cr_expect_str_eq(out, examples[i].initials, "\"%s\": \"%s\"", examples[i].name, out);
        cr_expect_eq(length, strlen(examples[i].initials));
    }
}

Test(initials, given_again_stay_as_they_are)
{
    static const char *const given[] = {"A L", "\u00c9", FAMILY " " GERMANY,
                                        "\u0915\u094d\u0937 \u0938\u093f\u0902", "\u01c5"};
    char out[INITIALS_SIZE];

    for (size_t i = 0; i < COUNT(given); i++) {
        initials_as_given(given[i], strlen(given[i]), out);
        cr_expect_str_eq(out, given[i]);
    }
}

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void expect_sound(const char *out, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)out;
    ucs4_t c;

    cr_assert_lt(length, INITIALS_SIZE);
    cr_assert_eq(strlen(out), length);
    cr_assert_null(u8_check(bytes, length));
    for (size_t i = 0; i < length; i += (size_t)u8_mbtouc(&c, bytes + i, length - i)) {
        u8_mbtouc(&c, bytes + i, length - i);
        cr_assert(c >= 0x20 && c != 0x7f && !uc_is_property_bidi_control(c) &&
                      !uc_is_general_category(c, UC_PRIVATE_USE),
                  "U+%04X", c);
    }
}

static size_t put_character(uint8_t *to, size_t room, uint32_t c)
{
    int n = u8_uctomb(to, c, (ptrdiff_t)room);

    return n > 0 ? (size_t)n : 0;
}

/* Found by fuzzing: the capital of the mark is a letter, which parted what a joiner had joined. */
Test(initials, the_iota_below_is_not_there)
{
    static const char found[] = "\xea\xb6\x81\xe0\xb7\x8a\xcd\x85\xe2\x80\x8d\xe0\xb6\xbb";
    char out[INITIALS_SIZE], again[INITIALS_SIZE];

    initials_as_given(found, sizeof found - 1, out);
    cr_expect_gt(initials_as_given(out, strlen(out), again), 0u);
    cr_expect_str_eq(again, out);
    initials_of_name("\xce\xb1\xcd\x85\xce\xb2", 6, out); /* alpha with it, beta */
    cr_expect_str_eq(out, "\xce\x91");
}

/* Found by fuzzing: nuktas behind viramas, which normalising puts before them. */
Test(initials, marks_in_an_order_that_no_writing_has_settle)
{
    static const char found[] = "\xe0\xa5\x8d\x8d\xe0\xa5\xe0\xa4\xbc\xe0\xa4\x95\xe0\xa5\x8d\xe0"
                                "\xa4\xbc\xe0\xa4\xbc\xe0\xa5\x8d\x8d\xe0\xa5\xe0\xa4\xbc\xe0\xa4"
                                "\x95\xe0\xa5\x8d\xe0\xa4\xbc\xe0\xa4\xbc\xe0\xa4\xbf\xe0\xa4\xbf";
    char out[INITIALS_SIZE], again[INITIALS_SIZE];
    size_t length = initials_as_given(found, sizeof found - 1, out);

    cr_expect_eq(initials_as_given(out, length, again), length);
    cr_expect_str_eq(again, out);
    length = initials_of_name(found, sizeof found - 1, out);
    cr_expect_eq(initials_as_given(out, length, again), length);
    cr_expect_str_eq(again, out);
}

Test(initials, whatever_comes_in_sound_text_comes_out)
{
    static const uint32_t starts[] = {0x20,   0x41,   0x300,  0x5d0,  0x627,   0x900,   0xe00,
                                      0x1100, 0x2000, 0x2060, 0x3040, 0xac00,  0xfe00,  0x1d400,
                                      0x1f1e6, 0x1f3f4, 0x1f466, 0xe0020, 0x10ff00};
    char out[INITIALS_SIZE];
    uint8_t name[1600];
    uint32_t state = 1;

    for (int round = 0; round < 20000; round++) {
        size_t wanted = next(&state) % (round % 100 ? 60 : sizeof name), length = 0;

        while (length < wanted) {
            uint32_t c = starts[next(&state) % COUNT(starts)] + next(&state) % 48;

            if (round % 3 == 0)
                name[length++] = (uint8_t)next(&state);
            else if (put_character(name + length, sizeof name - length, c) > 0)
                length += put_character(name + length, sizeof name - length, c);
            else
                break;
        }
        expect_sound(out, initials_of_name((const char *)name, length, out));
        expect_sound(out, initials_as_given((const char *)name, length, out));
    }
}

/* SPDX-License-Identifier: MIT */
#include "base/generator.h"

#include <criterion/criterion.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct {
    enum generator generator;
    int stored; /* the value in canonical texts: never changes */
    const char *name;
} generators[] = {
    {GENERATOR_IDENTICON, 1, "identicon"}, {GENERATOR_RETRO, 2, "retro"},
    {GENERATOR_MONSTERID, 3, "monsterid"}, {GENERATOR_WAVATAR, 4, "wavatar"},
    {GENERATOR_ROBOHASH, 5, "robohash"},   {GENERATOR_PAGAN, 6, "pagan"},
    {GENERATOR_MP, 7, "mp"},               {GENERATOR_BLANK, 8, "blank"},
    {GENERATOR_COLOR, 9, "color"},         {GENERATOR_INITIALS, 10, "initials"},
};

static enum generator from(const char *name)
{
    return generator_from_name(name, strlen(name));
}

Test(generator, each_has_its_number_and_name)
{
    for (size_t i = 0; i < COUNT(generators); i++) {
        cr_expect_eq((int)generators[i].generator, generators[i].stored);
        cr_expect_str_eq(generator_name(generators[i].generator), generators[i].name);
        cr_expect_eq(from(generators[i].name), generators[i].generator);
    }
}

Test(generator, mp_has_two_more_names)
{
    cr_expect_eq(from("mm"), GENERATOR_MP);
    cr_expect_eq(from("mystery"), GENERATOR_MP);
}

Test(generator, there_are_no_others)
{
    static const char *const names[] = {"", "none", "Retro", "retro ", "identico", "identicons",
                                        "404"};

    for (size_t i = 0; i < COUNT(names); i++)
        cr_expect_eq(from(names[i]), GENERATOR_NONE, "\"%s\"", names[i]);
    cr_expect_eq(generator_from_name("retro", 4), GENERATOR_NONE, "only the length counts");
    cr_expect_eq(generator_from_name("mpx", 2), GENERATOR_MP, "only the length counts");
    cr_expect_null(generator_name(GENERATOR_NONE));
    cr_expect_null(generator_name((enum generator)11));
}

Test(generator, only_blank_is_see_through)
{
    for (size_t i = 0; i < COUNT(generators); i++)
        cr_expect_eq(generator_is_transparent(generators[i].generator),
                     generators[i].generator == GENERATOR_BLANK, "%s", generators[i].name);
}

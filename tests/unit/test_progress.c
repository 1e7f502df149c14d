/* SPDX-License-Identifier: MIT */
#include "ctl/progress.h"

#include <string.h>

#include <criterion/criterion.h>

static const char *line(uint64_t done, uint64_t all)
{
    static char text[256];
    struct progress p = {.done = done, .all = all};

    progress_line(&p, text, sizeof text);
    return text;
}

Test(progress, tells_how_much_of_all_is_done)
{
    cr_expect_str_eq(line(0, 40), "0/40 0 %");
    cr_expect_str_eq(line(12, 40), "12/40 30 %");
    cr_expect_str_eq(line(40, 40), "40/40 100 %");
    cr_expect_str_eq(line(12, 0), "12");
}

Test(progress, is_never_more_than_all)
{
    cr_expect_str_eq(line(41, 40), "41/41 100 %");
    cr_expect_str_eq(line(1000, 1), "1000/1000 100 %");
}

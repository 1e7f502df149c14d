/* SPDX-License-Identifier: MIT
 *
 * Eight bytes of a length, then a Range field.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "http/range.h"

/* A part that was asked for may be asked for in the plainest way, too. */
static void require_way_back(uint64_t length, uint64_t first, uint64_t last)
{
    uint64_t first_again = 0, last_again = 0;
    char field[64];

    snprintf(field, sizeof field, "bytes=%" PRIu64 "-%" PRIu64, first, last);
    REQUIRE(http_range_parse(field, length, &first_again, &last_again) == HTTP_RANGE_PART);
    REQUIRE(first_again == first && last_again == last);
}

static void parse(const char *field, uint64_t length)
{
    uint64_t first = UINT64_MAX, last = 0;
    enum http_range range = http_range_parse(field, length, &first, &last);

    REQUIRE(range == HTTP_RANGE_WHOLE || range == HTTP_RANGE_PART ||
            range == HTTP_RANGE_UNSATISFIABLE);
    if (range != HTTP_RANGE_PART)
        return;
    REQUIRE(first <= last && last < length);
    require_way_back(length, first, last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    uint64_t length = fuzz_number(&in);
    char *field = fuzz_rest(&in);

    parse(field, length);
    parse(field, length % 100);
    free(field);
    return 0;
}

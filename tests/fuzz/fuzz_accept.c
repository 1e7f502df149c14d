/* SPDX-License-Identifier: MIT
 *
 * An Accept field, for each set of formats that can be configured.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "http/accept.h"

static const enum picture_type every[] = {PICTURE_WEBP, PICTURE_JPEG, PICTURE_PNG};

static bool contains(const enum picture_type *formats, size_t count, enum picture_type type)
{
    for (size_t i = 0; i < count; i++)
        if (formats[i] == type)
            return true;
    return false;
}

static void choose(const char *accept, const char *shouted, const enum picture_type *formats,
                   size_t count)
{
    enum picture_type type = http_accept_choose(accept, formats, count);

    if (type == PICTURE_AUTO)
        REQUIRE(contains(formats, count, PICTURE_JPEG) && contains(formats, count, PICTURE_PNG));
    else
        REQUIRE(contains(formats, count, type));
    REQUIRE(http_accept_choose(shouted, formats, count) == type);
}

static void weigh(const char *accept, const char *type)
{
    bool named = false;
    int weight = http_accept_weight(accept, type, "1.0.0", &named);

    REQUIRE(weight >= 0 && weight <= 1000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *accept = fuzz_rest(&in), *shouted = strdup(accept);

    REQUIRE(shouted != NULL);
    for (char *p = shouted; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    for (size_t count = 1; count <= 3; count++)
        for (size_t from = 0; from + count <= 3; from++)
            choose(accept, shouted, every + from, count);
    weigh(accept, "text/plain");
    weigh(accept, "application/openmetrics-text");
    free(shouted);
    free(accept);
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * A date in a header field; and eight bytes as a time.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "http/date.h"

#define NOW INT64_C(1790000000)
#define YEAR_0 INT64_C(-62167219200)
#define YEAR_9999 INT64_C(253402300799)

static void require_way_back(int64_t seconds)
{
    char text[HTTP_DATE_SIZE];
    int64_t again = 0;

    http_date_format(seconds, text);
    REQUIRE(strlen(text) == HTTP_DATE_SIZE - 1);
    REQUIRE(http_date_parse(text, NOW, &again) == 0);
    if (seconds >= YEAR_0 && seconds <= YEAR_9999)
        REQUIRE(again == seconds);
    else
        REQUIRE(again == (seconds < 0 ? YEAR_0 : YEAR_9999));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size}, copy = in;
    char *text = fuzz_rest(&in);
    int64_t seconds = 0;
    int rc = http_date_parse(text, NOW, &seconds);

    REQUIRE(rc == 0 || rc == -EINVAL);
    if (rc == 0) {
        /* 23:59:60 is a second of its own. */
        REQUIRE(seconds >= YEAR_0 && seconds <= YEAR_9999 + 1);
        require_way_back(seconds);
    }
    require_way_back((int64_t)fuzz_number(&copy));
    free(text);
    return 0;
}

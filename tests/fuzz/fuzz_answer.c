/* SPDX-License-Identifier: MIT
 *
 * A line of an origin's header section, its end included, and the same as a field's
 * value.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "origin/answer.h"

#define NOW INT64_C(1790000000)

static void require_tag(const char *value)
{
    char etag[FETCH_ETAG_MAX];

    answer_etag(value, etag);
    if (*etag)
        REQUIRE(strcmp(etag, value) == 0 && etag[strlen(etag) - 1] == '"' &&
                strcspn(etag, "\r\n") == strlen(etag));
}

static void require_length(const char *value)
{
    uint64_t length = 0;

    if (!answer_length(value, &length))
        return;
    REQUIRE(strspn(value, "0123456789") == strlen(value));
    if (strlen(value) < 20)
        REQUIRE(length == strtoull(value, NULL, 10));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    bool sound = answer_line_is_sound((const char *)data, size);
    char *value = fuzz_rest(&in);
    int64_t wait_ms = answer_retry_after_ms(value, NOW);

    if (sound)
        REQUIRE(memchr(data, '\0', size) == NULL);
    REQUIRE(wait_ms >= 0 && wait_ms <= ANSWER_RETRY_MAX_MS);
    require_tag(value);
    require_length(value);
    (void)answer_is_plain(value);
    (void)answer_cause(203, value);
    free(value);
    return 0;
}

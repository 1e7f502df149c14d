/* SPDX-License-Identifier: MIT
 *
 * Percent-encoding, there and back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "http/percent.h"

static char *room(size_t size)
{
    char *bytes = malloc(size ? size : 1);

    REQUIRE(bytes != NULL);
    return bytes;
}

/* The same text into a buffer that is one byte too small. */
static void require_no_space(const char *text, size_t length, size_t needed)
{
    char *small = room(needed);

    REQUIRE(http_percent_decode(text, length, small, needed) == -ENOSPC);
    free(small);
}

static void decode(const char *text, size_t length)
{
    char *plain = room(length + 1);
    ssize_t n = http_percent_decode(text, length, plain, length + 1);

    REQUIRE(n >= 0 || n == -EINVAL);
    if (n >= 0) {
        REQUIRE((size_t)n <= length && strlen(plain) == (size_t)n);
        require_no_space(text, length, (size_t)n);
    }
    free(plain);
}

static void encode(const char *text, size_t length)
{
    char *encoded = room(3 * length + 1), *plain = room(length + 1);
    ssize_t n = http_percent_encode_segment(text, length, encoded, 3 * length + 1);

    REQUIRE(n >= (ssize_t)length && strlen(encoded) == (size_t)n);
    REQUIRE(strcspn(encoded, "/?#\\ \"<>") == (size_t)n);
    if (!memchr(text, '\0', length)) {
        REQUIRE(http_percent_decode(encoded, (size_t)n, plain, length + 1) == (ssize_t)length);
        REQUIRE(memcmp(text, plain, length) == 0);
    }
    free(encoded);
    encoded = room((size_t)n);
    REQUIRE(http_percent_encode_segment(text, length, encoded, (size_t)n) == -ENOSPC);
    free(encoded);
    free(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    decode((const char *)data, size);
    encode((const char *)data, size);
    return 0;
}

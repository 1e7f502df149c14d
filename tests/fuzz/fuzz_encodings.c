/* SPDX-License-Identifier: MIT
 *
 * Base64, its form for URLs, base32 and hexadecimal: what is encoded reads back, and what
 * reads is what an encoder writes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/base32.h"
#include "base/base64.h"
#include "base/hex.h"
#include "fuzz/fuzz.h"

struct encoding {
    size_t (*room)(size_t length);
    void (*encode)(const void *bytes, size_t length, char *out);
    ssize_t (*decode)(const char *text, size_t length, void *out, size_t size);
    int (*compare)(const char *a, const char *b, size_t length);
};

static size_t base64_room(size_t length)
{
    return BASE64_SIZE(length);
}

static size_t base64url_room(size_t length)
{
    return BASE64URL_SIZE(length);
}

static size_t base32_room(size_t length)
{
    return BASE32_SIZE(length);
}

static size_t hex_room(size_t length)
{
    return 2 * length + 1;
}

static const struct encoding encodings[] = {
    {base64_room, base64_encode, base64_decode, strncmp},
    {base64url_room, base64url_encode, base64url_decode, strncmp},
    {base32_room, base32_encode, base32_decode, strncmp},
    {hex_room, hex_encode, hex_decode, strncasecmp},
};

static void *room(size_t size)
{
    void *bytes = malloc(size ? size : 1);

    REQUIRE(bytes != NULL);
    return bytes;
}

static void there_and_back(const struct encoding *e, const uint8_t *data, size_t size)
{
    char *text = room(e->room(size));
    uint8_t *bytes = room(size);

    e->encode(data, size, text);
    REQUIRE(strlen(text) + 1 == e->room(size));
    REQUIRE(e->decode(text, strlen(text), bytes, size) == (ssize_t)size);
    REQUIRE(size == 0 || memcmp(data, bytes, size) == 0);
    if (size > 0)
        REQUIRE(e->decode(text, strlen(text), bytes, size - 1) == -ENOSPC);
    free(text);
    free(bytes);
}

static void back_and_there(const struct encoding *e, const char *text, size_t length)
{
    uint8_t *bytes = room(length);
    ssize_t n = e->decode(text, length, bytes, length);

    REQUIRE(n >= 0 || n == -EINVAL);
    if (n >= 0) {
        char *again = room(e->room((size_t)n));

        e->encode(bytes, (size_t)n, again);
        REQUIRE(strlen(again) == length && e->compare(text, again, length) == 0);
        free(again);
    }
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        there_and_back(&encodings[i], data, size);
        back_and_there(&encodings[i], (const char *)data, size);
    }
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * A URL as the name of a picture: one spelling, and no way to spell another host.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "http/media_type.h"
#include "http/url.h"

#define ROOM 8192

static void normalise(const char *url, size_t length)
{
    char once[ROOM], twice[ROOM];
    const char *host;
    ssize_t n = http_url_normalise(url, length, once, sizeof once);

    REQUIRE(n > 0 || n == -EINVAL || n == -ENOSPC);
    if (n < 0)
        return;
    REQUIRE(strlen(once) == (size_t)n);
    REQUIRE(strncmp(once, "http://", 7) == 0 || strncmp(once, "https://", 8) == 0);
    for (ssize_t i = 0; i < n; i++)
        REQUIRE((unsigned char)once[i] > 0x20 && (unsigned char)once[i] < 0x7f);
    REQUIRE(http_url_normalise(once, (size_t)n, twice, sizeof twice) == n);
    REQUIRE(strcmp(once, twice) == 0);
    n = (ssize_t)http_url_host(once, &host);
    REQUIRE(n > 0 && host > once && host + n <= once + strlen(once));
    REQUIRE(memchr(host, '@', (size_t)n) == NULL && memchr(host, '/', (size_t)n) == NULL);
    REQUIRE(http_host_matches("*", host, (size_t)n));
}

static void measure_type(const char *field)
{
    size_t length = http_media_type_length(field);

    REQUIRE(length <= strlen(field));
    if (length > 0)
        REQUIRE(memchr(field, '/', length) != NULL && strcspn(field, " \t;,\"") >= length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *text;

    normalise((const char *)data, size);
    text = fuzz_rest(&in);
    measure_type(text);
    free(text);
    return 0;
}

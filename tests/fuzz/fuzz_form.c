/* SPDX-License-Identifier: MIT
 *
 * A query, or a form's body.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "http/form.h"

static void get(const char *text, size_t length, const char *name)
{
    char *value = malloc(length + 1);
    unsigned count = http_form_count(text, length, name);
    ssize_t n;

    REQUIRE(value != NULL);
    n = http_form_get(text, length, name, value, length + 1);
    REQUIRE((count == 0) == (n == -ENOENT));
    REQUIRE(n >= 0 || n == -ENOENT || n == -EINVAL);
    if (n >= 0) {
        char *small = malloc(n ? (size_t)n : 1);

        REQUIRE(small != NULL && strlen(value) == (size_t)n && (size_t)n < length);
        REQUIRE(http_form_get(text, length, name, small, (size_t)n) == -ENOSPC);
        free(small);
    }
    free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"s", "size", "d", "url", "subject"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        get((const char *)data, size, names[i]);
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * An index record: as it is, and made of the input's fields, whole and damaged.
 */
#include <stdlib.h>
#include <string.h>

#include "cache/entry.h"
#include "fuzz/fuzz.h"

/* What is read is written as it was, but for flags that nobody knows. */
static void decode(const unsigned char *bytes, size_t size)
{
    unsigned char again[ENTRY_ENCODED_MAX];
    struct entry e, twice;

    if (!entry_decode(bytes, size, &e))
        return;
    REQUIRE(strnlen(e.text, sizeof e.text) < sizeof e.text);
    REQUIRE(strnlen(e.etag, sizeof e.etag) < sizeof e.etag);
    size = entry_encode(&e, again);
    REQUIRE(size <= sizeof again);
    REQUIRE(entry_decode(again, size, &twice));
    REQUIRE(strcmp(e.text, twice.text) == 0 && strcmp(e.etag, twice.etag) == 0);
    REQUIRE(e.length == twice.length && e.type == twice.type && e.cause == twice.cause);
}

static void fill(struct fuzz_input *in, struct entry *e)
{
    char *etag = fuzz_line(in), *text = fuzz_line(in);

    *e = (struct entry){.kind = ENTRY_ORIGINAL + fuzz_byte(in) % 3,
                        .type = fuzz_byte(in) % 16,
                        .alpha = fuzz_byte(in) & 1,
                        .labelled = fuzz_byte(in) & 1,
                        .width = (uint32_t)fuzz_number(in),
                        .height = (uint32_t)fuzz_number(in),
                        .length = fuzz_number(in),
                        .fetched_ms = (int64_t)fuzz_number(in),
                        .expires_ms = (int64_t)fuzz_number(in)};
    strncpy(e->etag, etag, sizeof e->etag - 1);
    strncpy(e->text, text, sizeof e->text - 1);
    free(etag);
    free(text);
}

static void there_and_back(struct fuzz_input *in)
{
    unsigned char bytes[ENTRY_ENCODED_MAX], *exact;
    struct entry e, again;
    size_t size, at;

    fill(in, &e);
    size = entry_encode(&e, bytes);
    REQUIRE(size <= sizeof bytes && entry_decode(bytes, size, &again));
    REQUIRE(e.kind == again.kind && e.type == again.type && e.alpha == again.alpha &&
            e.labelled == again.labelled);
    REQUIRE(e.width == again.width && e.height == again.height && e.length == again.length);
    REQUIRE(e.fetched_ms == again.fetched_ms && e.expires_ms == again.expires_ms);
    REQUIRE(strcmp(e.etag, again.etag) == 0 && strcmp(e.text, again.text) == 0);
    at = fuzz_number(in) % size;
    exact = malloc(size);
    REQUIRE(exact != NULL);
    memcpy(exact, bytes, size);
    exact[at] = (unsigned char)fuzz_byte(in);
    decode(exact, size);
    decode(exact, at);
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};

    decode(data, size);
    there_and_back(&in);
    return 0;
}

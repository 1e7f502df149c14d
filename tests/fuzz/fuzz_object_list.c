/* SPDX-License-Identifier: MIT
 *
 * The length of the pieces in which a list comes, then the list.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "origin/object.h"
#include "origin/object_list.h"

static int read_list(struct object_list *list, const struct fuzz_input *in, size_t piece)
{
    int rc = object_list_begin(list);

    REQUIRE(rc == 0);
    for (size_t at = 0; at < in->size && !rc; at += piece)
        rc = object_list_feed(list, (const char *)in->data + at,
                              in->size - at < piece ? in->size - at : piece);
    return rc ? rc : object_list_finish(list);
}

static void look(const struct object_list *list)
{
    const char *token = object_list_token(list);

    REQUIRE(object_list_count(list) <= OBJECT_LIST_MAX);
    REQUIRE(!token || token[0]);
    for (size_t i = 0; i < object_list_count(list); i++) {
        struct object o = object_list_get(list, i);
        size_t digits = strspn(o.md5, "0123456789abcdef");

        REQUIRE(strlen(o.key) <= OBJECT_KEY_MAX);
        REQUIRE((digits == 0 || digits == OBJECT_MD5_DIGITS) && o.md5[digits] == '\0');
    }
}

static void compare(const struct object_list *a, const struct object_list *b)
{
    REQUIRE(object_list_count(a) == object_list_count(b));
    REQUIRE(!object_list_token(a) == !object_list_token(b));
    for (size_t i = 0; i < object_list_count(a); i++)
        REQUIRE(strcmp(object_list_get(a, i).key, object_list_get(b, i).key) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct object_list *whole, *pieces;
    struct fuzz_input in = {data, size};
    size_t piece = fuzz_byte(&in) + 1;
    int rc;

    if (!whole) {
        whole = object_list_new();
        pieces = object_list_new();
        REQUIRE(whole && pieces);
    }
    rc = read_list(whole, &in, in.size + 1);
    /* Which of two mistakes is met first may differ. */
    REQUIRE((read_list(pieces, &in, piece) == 0) == (rc == 0));
    if (rc)
        return 0;
    look(whole);
    compare(whole, pieces);
    return 0;
}

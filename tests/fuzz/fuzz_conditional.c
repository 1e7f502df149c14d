/* SPDX-License-Identifier: MIT
 *
 * If-None-Match, If-Modified-Since and If-Range, a line each.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "http/conditional.h"

#define NOW INT64_C(1790000000)

static const char own[] = "\"0123456789abcdef\"";

/* Nothing matches that does not name the tag. */
static void require_named(const char *field)
{
    const char *p = field + strspn(field, " \t");

    if (http_etag_list_matches(field, own))
        REQUIRE(*p == '*' || strstr(field, own) != NULL);
    REQUIRE(http_etag_list_matches(field, own) ==
            http_etag_list_matches(field, "W/\"0123456789abcdef\""));
}

static void require_found_at_the_front(const char *field)
{
    char *list = malloc(sizeof own + 4 + strlen(field));

    REQUIRE(list != NULL);
    strcpy(list, "W/");
    strcat(list, own);
    strcat(list, ",");
    strcat(list, field);
    REQUIRE(http_etag_list_matches(list, own));
    free(list);
}

static void ask(const char *none_match, const char *since, const char *if_range)
{
    struct http_request request = {.method = HTTP_GET,
                                   .if_none_match = *none_match ? none_match : NULL,
                                   .if_modified_since = *since ? since : NULL,
                                   .if_range = *if_range ? if_range : NULL};
    bool unmodified = http_not_modified(&request, own, 1000, NOW);

    if (request.if_none_match)
        REQUIRE(unmodified == http_etag_list_matches(none_match, own));
    if (!request.if_none_match && !request.if_modified_since)
        REQUIRE(!unmodified);
    REQUIRE(http_if_range_holds(&request, own, 1000, NOW) || request.if_range);
    request.method = HTTP_HEAD;
    REQUIRE(http_not_modified(&request, own, 1000, NOW) == unmodified);
    request.method = HTTP_POST;
    REQUIRE(!http_not_modified(&request, own, 1000, NOW));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *none_match = fuzz_line(&in), *since = fuzz_line(&in), *if_range = fuzz_rest(&in);

    require_named(none_match);
    require_found_at_the_front(none_match);
    ask(none_match, since, if_range);
    free(none_match);
    free(since);
    free(if_range);
    return 0;
}

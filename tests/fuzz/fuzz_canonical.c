/* SPDX-License-Identifier: MIT
 *
 * A canonical text as it may stand in a queue or an index that another version
 * has written.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cache/entry.h"
#include "fuzz/fuzz.h"
#include "route/route.h"

static struct router *router;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    REQUIRE(router_new(fuzz_config(), &router) == 0);
    return 0;
}

static void require_same_text(const char *text, const struct picture_request *parsed)
{
    char again[PICTURE_CANONICAL_MAX];

    REQUIRE(parsed->source != NULL && strlen(parsed->id) <= PICTURE_ID_MAX);
    REQUIRE(picture_variant_text(parsed, parsed->format, again) == strlen(text));
    REQUIRE(strcmp(text, again) == 0);
}

static void require_subject_within(const char *text)
{
    size_t subject_length, source_length;
    const char *subject;

    if (!entry_subject(text, &subject, &subject_length, &source_length))
        return;
    REQUIRE(subject == text || subject == text + 1);
    REQUIRE(source_length < subject_length && subject_length <= strlen(subject));
    REQUIRE(subject[source_length] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *text = fuzz_rest(&in);
    struct picture_request parsed;
    int rc = picture_variant_parse(fuzz_config(), text, &parsed);
    struct picture_request subject;
    enum cause cause = route_subject(router, text, &subject);

    REQUIRE(rc == 0 || rc == -EINVAL || rc == -ENOENT);
    if (rc == 0)
        require_same_text(text, &parsed);
    REQUIRE(cause == CAUSE_NONE || cause == CAUSE_NOT_FOUND || cause == CAUSE_BAD_REQUEST);
    require_subject_within(text);
    free(text);
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * A template, and a URL that may be of it: an id is found again in the URL that the source makes of
 * it, and in that without its query where the id is in the path.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "origin/source.h"
#include "route/template_id.h"

static void find(char *template, const char *url)
{
    struct config_source source = {.type = SOURCE_HTTP, .url = template};
    char id[PICTURE_ID_MAX + 1], again[PICTURE_ID_MAX + 1], *made;
    const char *place = strstr(template, "{id}");

    if (!template_id(template, url, strlen(url), id))
        return;
    REQUIRE(place && strncmp(template, url, (size_t)(place - template)) == 0);
    REQUIRE(*id && strlen(id) <= PICTURE_ID_MAX);
    /* A template has one place; and dots climb, which no URL is made of. */
    if (strstr(place + 1, "{id}") || !(made = source_url(&source, id)))
        return;
    REQUIRE(template_id(template, made, strlen(made), again));
    REQUIRE(strcmp(id, again) == 0);
    if (!memchr(template, '?', (size_t)(place - template))) {
        REQUIRE(template_id(template, made, strcspn(made, "?"), again));
        REQUIRE(strcmp(id, again) == 0);
    }
    free(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *template = fuzz_line(&in), *url = fuzz_rest(&in);

    find(template, url);
    free(url);
    free(template);
    return 0;
}

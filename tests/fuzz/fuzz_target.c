/* SPDX-License-Identifier: MIT
 *
 * A URL, a line end, a Location field: a redirect never leaves the web, never goes
 * from https down to http. And ids, which never leave the template's own host.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "origin/source.h"
#include "origin/target.h"

#define ORIGIN_MAX 512

static bool is_secure(CURLU *target)
{
    char origin[ORIGIN_MAX];

    if (target_origin(target, origin, sizeof origin) != 0)
        return false;
    REQUIRE(strncmp(origin, "http://", 7) == 0 || strncmp(origin, "https://", 8) == 0);
    return origin[4] == 's';
}

static void redirect(const char *url, const char *location)
{
    CURLU *target = NULL;
    char host[ORIGIN_MAX];
    bool secure;

    if (target_open(url, &target) != CAUSE_NONE) {
        REQUIRE(target == NULL);
        return;
    }
    secure = is_secure(target);
    REQUIRE(target_same_origin(target, target));
    target_host(target, host, sizeof host);
    if (target_redirect(target, location) == CAUSE_NONE)
        REQUIRE(is_secure(target) || !secure);
    curl_url_cleanup(target);
}

static void fill_in(const char *id)
{
    const struct config *config = fuzz_config();

    for (size_t i = 0; i < config->source_count; i++) {
        char expected[ORIGIN_MAX], got[ORIGIN_MAX];
        char *url = source_url(&config->sources[i], id);
        CURLU *target = NULL;

        if (!url)
            continue;
        REQUIRE(target_open(url, &target) == CAUSE_NONE);
        REQUIRE(target_origin(target, got, sizeof got) == 0);
        REQUIRE(source_origin(&config->sources[i], expected, sizeof expected) == 0);
        REQUIRE(strcmp(got, expected) == 0);
        curl_url_cleanup(target);
        free(url);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *url = fuzz_line(&in), *location = fuzz_rest(&in);

    redirect(url, location);
    fill_in(url);
    free(url);
    free(location);
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * A URL, a line end, a Location field: a redirect never leaves the web, never goes
 * from https down to http, and only to the hosts that are allowed. And ids, which never
 * leave the template's own host.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "origin/source.h"
#include "origin/target.h"
#include "route/route.h"

#define ORIGIN_MAX 512

static struct router *router;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    REQUIRE(router_new(fuzz_config(), &router) == 0);
    return 0;
}

static bool is_secure(CURLU *target)
{
    char origin[ORIGIN_MAX];

    if (target_origin(target, origin, sizeof origin) != 0)
        return false;
    REQUIRE(strncmp(origin, "http://", 7) == 0 || strncmp(origin, "https://", 8) == 0);
    return origin[4] == 's';
}

/* "scheme://host:port" on one of the hosts that the configuration allows. */
static void require_allowed(const char *origin)
{
    static const char name[] = "images.example.org", domain[] = ".example.net";
    const char *host = strstr(origin, "://") + 3, *end = strrchr(origin, ':');
    size_t length = (size_t)(end - host);

    REQUIRE(end > host);
    REQUIRE((length == strlen(name) && memcmp(host, name, length) == 0) ||
            (length > strlen(domain) &&
             memcmp(end - strlen(domain), domain, strlen(domain)) == 0));
}

/* What a source of the web takes for one of its hosts is one of them. */
static void require_allowed_where_it_is_said(CURLU *target)
{
    const struct config_source *web = config_find_source(fuzz_config(), "web", strlen("web"));
    char origin[ORIGIN_MAX];

    REQUIRE(web != NULL);
    if (target_host_matches(target, web->hosts, web->host_count) &&
        target_origin(target, origin, sizeof origin) == 0)
        require_allowed(origin);
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
    if (target_redirect(target, location) == CAUSE_NONE) {
        REQUIRE(is_secure(target) || !secure);
        require_allowed_where_it_is_said(target);
    }
    curl_url_cleanup(target);
}

/* A host as the router has understood it is the one that is dialled. */
static void dial(const struct picture_request *picture)
{
    const struct config_source *source = picture->source;
    char expected[ORIGIN_MAX], got[ORIGIN_MAX];
    char *url = source_url(source, picture->id);
    CURLU *target = NULL;

    if (!url)
        return;
    REQUIRE(target_open(url, &target) == CAUSE_NONE);
    REQUIRE(target_origin(target, got, sizeof got) == 0);
    REQUIRE(source_origin(source, picture->id, expected, sizeof expected) == 0);
    REQUIRE(strcmp(got, expected) == 0);
    if (source->type == SOURCE_WEB)
        require_allowed(got);
    curl_url_cleanup(target);
    free(url);
}

static void fill_in(const char *id)
{
    const struct config *config = fuzz_config();

    for (size_t i = 0; i < config->source_count; i++) {
        char *subject = malloc(CONFIG_NAME_MAX + 1 + strlen(id) + 1);
        struct picture_request picture;

        REQUIRE(subject != NULL);
        sprintf(subject, "%s/%s", config->sources[i].name, id);
        if (route_subject(router, subject, &picture) == CAUSE_NONE)
            dial(&picture);
        free(subject);
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

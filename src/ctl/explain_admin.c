/* SPDX-License-Identifier: MIT
 *
 * What is below /_visage/ is no picture's, but somebody's who looks after them.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/explain.h"
#include "http/message.h"

static bool is_page(const char *name, size_t length, const char *page)
{
    return strlen(page) == length && memcmp(name, page, length) == 0;
}

/* The order of serve/admin.c. */
static const char *who(const struct config *config, bool purges, bool posts)
{
    bool token = config->admin.token.file || config->admin.token.env;
    bool addresses = config->admin.addresses.count > 0;

    if (!token && !addresses)
        return "an administration page, but there are none: the admin section has neither "
               "addresses nor a token";
    if (posts)
        return token ? "JSON for applications, for POST of who sends the token"
                     : "JSON for applications, but it is not there: the admin section has no "
                       "token, and nobody gets it without";
    if (purges)
        return token ? "an administration page, for POST and DELETE of who sends the token"
                     : "an administration page, but it is not there: the admin section has no "
                       "token, and nobody purges without it";
    if (!token)
        return "an administration page, for admin.addresses; all others get 404";
    return addresses ? "an administration page, for admin.addresses and for who sends the token"
                     : "an administration page, for who sends the token";
}

static const char *who_of_versions(const struct config *config)
{
    return config->admin.open_versions
               ? "JSON for applications, for POST: of who sends the token, and of anybody about "
                 "sources whose URLs need no signature"
               : who(config, false, true);
}

bool explain_admin(struct explanation *x)
{
    static const char below[] = "/_visage/";
    static const char *const looks[] = {"status", "metrics", "health"};
    size_t prefix = strlen(x->config->prefix), skip = prefix + sizeof below - 1, length;
    struct http_request request;
    const char *name;
    bool purges, posts, versions, known;

    if (!http_request_from_url(x->url, &request) || request.path_length < skip ||
        memcmp(request.path, x->config->prefix, prefix) != 0 ||
        memcmp(request.path + prefix, below, sizeof below - 1) != 0)
        return false;
    name = request.path + skip;
    length = request.path_length - skip;
    purges = is_page(name, length, "purge");
    versions = is_page(name, length, "versions");
    posts = x->config->rewrite.source && is_page(name, length, "rewrite");
    known = purges || posts || versions;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        known = known || is_page(name, length, looks[i]);
    x->refusal = CAUSE_NOT_FOUND;
    x->outcome = OUTCOME_ADMIN;
    snprintf(x->hint, sizeof x->hint, "%s",
             versions ? who_of_versions(x->config)
             : known  ? who(x->config, purges, posts)
                      : "no administration page: there are status, metrics, health, purge, "
                        "versions, and rewrite where it is configured");
    return true;
}

/* SPDX-License-Identifier: MIT
 *
 * Some segments no pattern can allow: empty ones, "." and "..", those with
 * control bytes, which would pass into a header or a log, and those with '?',
 * which parts the id from the rendering in a canonical text. Beyond that the
 * source's id_pattern decides. Nearly every source keeps the default one, so
 * that one is a table look-up and not a regular expression.
 */
#include "route/id.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/cid.h"
#include "base/did.h"
#include "http/url.h"

static const char default_pattern[] = "[A-Za-z0-9._~@:+=-]+";

/* default_pattern's bracket expression. */
static const bool plain_byte[256] = {
    ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['0' ... '9'] = true, ['.'] = true, ['_'] = true,
    ['~'] = true,         ['@'] = true,         [':'] = true,         ['+'] = true, ['='] = true,
    ['-'] = true,
};

struct rule {
    bool compiled; /* false: the default pattern */
    regex_t regex;
};

struct id_rules {
    const struct config *config; /* borrowed */
    struct rule *rules;          /* one for each source, in its order */
};

static int compile(struct rule *rule, const char *pattern)
{
    int rc;

    if (strcmp(pattern, default_pattern) == 0)
        return 0;
    rc = regcomp(&rule->regex, pattern, REG_EXTENDED);
    if (rc)
        return rc == REG_ESPACE ? -ENOMEM : -EINVAL;
    rule->compiled = true;
    return 0;
}

int id_rules_new(const struct config *config, struct id_rules **out)
{
    struct id_rules *rules = calloc(1, sizeof *rules);
    int rc = -ENOMEM;

    *out = NULL;
    if (!rules)
        return rc;
    rules->config = config;
    if (config->source_count) {
        rules->rules = calloc(config->source_count, sizeof *rules->rules);
        if (!rules->rules)
            goto fail;
    }
    for (size_t i = 0; i < config->source_count; i++) {
        rc = compile(&rules->rules[i], config->sources[i].id_pattern);
        if (rc)
            goto fail;
    }
    *out = rules;
    return 0;
fail:
    id_rules_free(&rules);
    return rc;
}

void id_rules_free(struct id_rules **rules)
{
    struct id_rules *r = *rules;

    if (!r)
        return;
    for (size_t i = 0; r->rules && i < r->config->source_count; i++)
        if (r->rules[i].compiled)
            regfree(&r->rules[i].regex);
    free(r->rules);
    free(r);
    *rules = NULL;
}

static bool plain_segment(const char *segment, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!plain_byte[(unsigned char)segment[i]])
            return false;
    return true;
}

static bool safe_segment(const char *segment, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)segment[i];

        if (c < 0x20 || c == 0x7f || c == '?')
            return false;
    }
    return true;
}

static bool segment_allowed(const struct rule *rule, const char *segment, size_t length)
{
    char text[PICTURE_ID_MAX + 1]; /* regexec() wants the segment alone */
    regmatch_t match;

    if (length == 0 || length >= sizeof text)
        return false;
    if (segment[0] == '.' && (length == 1 || (length == 2 && segment[1] == '.')))
        return false;
    if (!rule->compiled)
        return plain_segment(segment, length);
    if (!safe_segment(segment, length))
        return false;
    memcpy(text, segment, length);
    text[length] = '\0';
    /* The match is the leftmost and of those the longest, so it covers the segment
     * if any does. Putting "^(" and ")$" around the pattern would not do as well: an
     * unmatched ')' is a plain character, and "a)|b" would get past such anchors. */
    return regexec(&rule->regex, text, 1, &match, 0) == 0 && match.rm_so == 0 &&
           (size_t)match.rm_eo == length;
}

/* "DID/CID" */
static bool blob_allowed(enum cid_rule rule, const char *id, size_t length)
{
    const char *slash = memchr(id, '/', length);
    size_t did = slash ? (size_t)(slash - id) : length;

    return slash && did_is_valid(id, did) && cid_is_taken(rule, slash + 1, length - did - 1);
}

/* MD5 or SHA-256, in lower case. */
static bool hash_allowed(const char *id, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!(id[i] >= '0' && id[i] <= '9') && !(id[i] >= 'a' && id[i] <= 'f'))
            return false;
    return length == 32 || length == 64;
}

bool id_allowed(const struct id_rules *rules, const struct config_source *source, const char *id,
                size_t length)
{
    const struct rule *rule = &rules->rules[source - rules->config->sources];

    if (source->type == SOURCE_ATPROTO)
        return blob_allowed(source->verify_cid, id, length);
    if (source->type == SOURCE_LIBRAVATAR)
        return hash_allowed(id, length);
    for (;;) {
        const char *slash = memchr(id, '/', length);
        size_t n = slash ? (size_t)(slash - id) : length;

        if (!segment_allowed(rule, id, n))
            return false;
        if (!slash)
            return true;
        id += n + 1;
        length -= n + 1;
    }
}

enum cause id_from_url(const struct config_source *source, const char *url, size_t length,
                       char out[PICTURE_ID_MAX + 1])
{
    const char *host;
    size_t host_length;

    if (http_url_normalise(url, length, out, PICTURE_ID_MAX + 1) < 0 || !picture_id_fits(out))
        return CAUSE_BAD_REQUEST;
    host_length = http_url_host(out, &host);
    for (size_t i = 0; i < source->host_count; i++)
        if (http_host_matches(source->hosts[i], host, host_length))
            return CAUSE_NONE;
    return CAUSE_NOT_FOUND;
}

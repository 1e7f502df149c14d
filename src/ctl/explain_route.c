/* SPDX-License-Identifier: MIT
 *
 * A router says only that a URL is none; this looks for the first part of it that
 * cannot be right.
 */
#include <stdio.h>
#include <string.h>

#include "ctl/explain.h"
#include "ctl/words.h"
#include "http/message.h"
#include "http/percent.h"
#include "serve/dialect_status.h"

#define PART_MAX 80

static void list_sources(const struct config *config, char *out, size_t size)
{
    size_t used = 0;

    *out = '\0';
    for (size_t i = 0; i < config->source_count && used < size; i++) {
        int n = snprintf(out + used, size - used, "%s%s", i ? ", " : "", config->sources[i].name);

        used += n > 0 ? (size_t)n : 0;
    }
}

static bool is_size(const char *part, size_t length)
{
    return length > 1 && *part == 's' && part[1] != '0' &&
           strspn(part + 1, "0123456789") >= length - 1;
}

/* A preset or a size, and behind an '@' one of the three. */
static bool is_rendering(const struct config *config, const char *part, size_t length)
{
    const char *at = memchr(part, '@', length);
    size_t name = at ? (size_t)(at - part) : length, ratio = length - name;

    if (at && (ratio != 3 || at[1] < '1' || at[1] > '3' || at[2] != 'x'))
        return false;
    return config_find_preset(config, part, name) || is_size(part, name);
}

static void hint_at_rendering(struct explanation *x, const char *part, size_t length)
{
    const char *at = memchr(part, '@', length);
    size_t name = at ? (size_t)(at - part) : length;
    char shown[PART_MAX], raw[PART_MAX];

    snprintf(raw, sizeof raw, "%.*s", (int)length, part);
    words_name(raw, shown, sizeof shown);
    if (config_find_preset(x->config, part, name) || is_size(part, name))
        snprintf(x->hint, sizeof x->hint,
                 "\"%s\" may have @1x, @2x or @3x behind it, and nothing else", shown);
    else
        snprintf(x->hint, sizeof x->hint, "\"%s\" is neither a preset nor s{size}", shown);
}

static void hint_at_source(struct explanation *x, const char *part, size_t length)
{
    char names[128], shown[PART_MAX], raw[PART_MAX];

    list_sources(x->config, names, sizeof names);
    snprintf(raw, sizeof raw, "%.*s", (int)length, part);
    words_name(raw, shown, sizeof shown);
    snprintf(x->hint, sizeof x->hint, "\"%s\" is no source; there %s %s", shown,
             x->config->source_count == 1 ? "is" : "are", *names ? names : "none");
}

static void hint_at_id(struct explanation *x, const struct config_source *source)
{
    if (x->refusal == CAUSE_NOT_FOUND)
        snprintf(x->hint, sizeof x->hint, "its extension is of a format that is not in `formats`");
    else if (source->type == SOURCE_ATPROTO)
        snprintf(x->hint, sizeof x->hint, "the id is none of source %s: a DID, a slash and a CID",
                 source->name);
    else
        snprintf(x->hint, sizeof x->hint, "the id is none of source %s: id_pattern is %.120s",
                 source->name, source->id_pattern);
}

/* `path` is decoded and begins after the prefix. */
static void hint_at_parts(struct explanation *x, const char *path, size_t length)
{
    const char *part = path + 1, *end = path + length, *slash;
    const struct config_source *source;
    size_t name;

    slash = length > 1 ? memchr(part, '/', (size_t)(end - part)) : NULL;
    if (!slash) {
        snprintf(x->hint, sizeof x->hint, "a picture's path is /{preset or s{size}}/{source}/{id}");
        return;
    }
    if (!is_rendering(x->config, part, (size_t)(slash - part))) {
        hint_at_rendering(x, part, (size_t)(slash - part));
        return;
    }
    part = slash + 1;
    slash = memchr(part, '/', (size_t)(end - part));
    name = (size_t)((slash ? slash : end) - part);
    source = config_find_source(x->config, part, name);
    if (!source)
        hint_at_source(x, part, name);
    else if (!slash)
        snprintf(x->hint, sizeof x->hint, "there is no id after the source");
    else
        hint_at_id(x, source);
}

void explain_refusal(struct explanation *x)
{
    const char *prefix = x->config->prefix;
    char path[HTTP_PATH_MAX + 1] = "";
    struct http_request request;
    size_t length = strlen(prefix);
    ssize_t n;

    x->outcome = OUTCOME_REFUSED;
    x->cause = x->refusal;
    if (!http_request_from_url(x->url, &request)) {
        snprintf(x->hint, sizeof x->hint,
                 "it is neither a whole URL nor a path that begins with /");
        return;
    }
    if (x->refusal == CAUSE_URI_TOO_LONG) {
        snprintf(x->hint, sizeof x->hint, "its path has more than %d bytes", HTTP_PATH_MAX);
        return;
    }
    if (x->picture.dialect != DIALECT_NATIVE) {
        snprintf(x->hint, sizeof x->hint, "%s",
                 dialect_answer(x->picture.dialect, x->refusal).text);
        return;
    }
    n = http_percent_decode(request.path, request.path_length, path, sizeof path);
    if (n < 0)
        snprintf(x->hint, sizeof x->hint, "it has a broken escape with %%");
    else if ((size_t)n < length || memcmp(path, prefix, length) != 0)
        snprintf(x->hint, sizeof x->hint, "its path does not begin with the prefix %.200s", prefix);
    else
        hint_at_parts(x, path + length, (size_t)n - length);
}

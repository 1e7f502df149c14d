/* SPDX-License-Identifier: MIT
 *
 * URLs that a front end knows already, as sections `rest` of the configuration give
 * them: of those whose path fits, the first one whose methods fit, too.
 */
#include "route/dialect.h"

#include <string.h>

#define ID "{id}"

/* A piece of a path: [text, text + length). */
struct span {
    const char *text;
    size_t length;
};

/* Cuts "/segment" off. False at the end. */
static bool next_segment(struct span *rest, struct span *segment)
{
    const char *slash;

    if (rest->length == 0 || rest->text[0] != '/')
        return false;
    slash = memchr(rest->text + 1, '/', rest->length - 1);
    segment->text = rest->text + 1;
    segment->length = slash ? (size_t)(slash - segment->text) : rest->length - 1;
    rest->text += 1 + segment->length;
    rest->length -= 1 + segment->length;
    return true;
}

/* Whether the path is like the template; *id is what stands in place of {id}. */
static bool fits(const char *template, struct span path, struct span *id)
{
    struct span rest = {template, strlen(template)}, wanted, found;

    *id = (struct span){NULL, 0};
    while (next_segment(&rest, &wanted)) {
        if (!next_segment(&path, &found))
            return false;
        if (wanted.length == strlen(ID) && memcmp(wanted.text, ID, strlen(ID)) == 0) {
            if (found.length == 0)
                return false;
            *id = found;
        } else if (wanted.length != found.length ||
                   memcmp(wanted.text, found.text, wanted.length) != 0) {
            return false;
        }
    }
    return path.length == 0;
}

static uint32_t bit_of(enum http_method method)
{
    switch (method) {
    case HTTP_GET:
    case HTTP_HEAD:
        return REST_GET;
    case HTTP_PUT:
        return REST_PUT;
    case HTTP_POST:
        return REST_POST;
    case HTTP_DELETE:
        return REST_DELETE;
    case HTTP_OPTIONS:
    case HTTP_OTHER:
    default:
        return 0;
    }
}

/* The section that answers, or, where none has the method, the first one that has the path. *methods
 * are those of all that have it. Who asks what it may do asks the one that would do it. */
static const struct config_rest *find(const struct route_input *in, struct span *id,
                                      uint32_t *methods)
{
    const struct config *config = in->config;
    const struct config_rest *found = NULL;
    enum http_method method = in->request->method;
    uint32_t wanted = bit_of(method == HTTP_OPTIONS ? in->request->intended : method);
    struct span path = {in->path, in->path_length}, candidate;
    bool has_method = false;

    *methods = 0;
    for (size_t i = 0; i < config->rest_count; i++) {
        const struct config_rest *rest = &config->rests[i];

        if (!fits(rest->path, path, &candidate))
            continue;
        *methods |= rest->methods;
        if (has_method || (found && !(rest->methods & wanted)))
            continue;
        has_method = rest->methods & wanted;
        found = rest;
        *id = candidate;
    }
    return found;
}

static const char *prefix(const struct config *config)
{
    return config->rest_count > 0 ? config->prefix : NULL;
}

static bool takes(const struct route_input *in)
{
    struct span id;
    uint32_t methods;

    return in->path && find(in, &id, &methods) != NULL;
}

static struct rendering own_size(const struct config *config)
{
    return (struct rendering){.fit = FIT_CONTAIN, .quality = config->quality};
}

static enum cause route_rest(const struct route_input *in, struct picture_request *out)
{
    const struct config_rest *rest;
    struct span id;

    rest = find(in, &id, &out->methods);
    out->rest = rest;
    out->source = rest->source;
    out->rendering = rest->preset ? rest->preset->rendering : own_size(in->config);
    out->negotiated = true;
    if (!id.text || !rest->source)
        return CAUSE_NONE;
    if (id.length > PICTURE_ID_MAX || !id_allowed(in->rules, rest->source, id.text, id.length))
        return CAUSE_BAD_REQUEST;
    memcpy(out->id, id.text, id.length);
    out->id[id.length] = '\0';
    return CAUSE_NONE;
}

static bool negotiates(const struct route_input *in)
{
    const struct config_rest *rest;
    struct span id;
    uint32_t methods;

    rest = in->path ? find(in, &id, &methods) : NULL;
    return rest && rest->answers == REST_PICTURE;
}

bool rest_takes_method(const struct picture_request *picture, enum http_method method)
{
    return picture->rest->methods & bit_of(method);
}

const struct dialect rest_dialect = {.name = DIALECT_REST,
                                     .prefix = prefix,
                                     .takes = takes,
                                     .route = route_rest,
                                     .negotiates = negotiates};

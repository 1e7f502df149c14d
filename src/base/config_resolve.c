/* SPDX-License-Identifier: MIT */
#include "base/config_resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/config_parse.h"
#include "base/config_unit.h"
#include "base/config_value.h"

/* URLs that others have thought up do not have the signature that native ones have: with such a
 * source each of them would be refused. */
static int refuse_signed(const struct config_walk *w, int line, const char *place,
                         const struct config_source *source)
{
    if (source->sign != SIGN_REQUIRED)
        return 0;
    return config_fail(w->text->path, line, w->error,
                       "%s: source %s has sign = \"required\", and these URLs do not have that "
                       "signature; allowed: a source without",
                       place, source->name);
}

/* From the name to the source itself, which may stand behind it in the file. */
static int resolve_atproto(const struct config_walk *w, cfg_t *cfg, struct config *c)
{
    int line = config_text_opening(w->text, cfg->line);
    const char *name = c->atproto.source_name;

    if (!c->atproto.prefix)
        return 0;
    c->atproto.source = name ? config_find_source(c, name, strlen(name)) : NULL;
    if (c->atproto.source && c->atproto.source->type == SOURCE_ATPROTO)
        return refuse_signed(w, line, "atproto", c->atproto.source);
    return config_fail(w->text->path, line, w->error,
                       "atproto: %s; allowed: source = NAME, where there is a section "
                       "source NAME { type = atproto ... }",
                       name ? "its source is not there, or of another type" : "source is missing");
}

/* Its source may stand behind it in the file. */
static int check_camo(const struct config_walk *w, cfg_t *cfg, struct config *c)
{
    int line = config_text_opening(w->text, cfg->line);

    if (!c->camo.prefix)
        return 0;
    if (!c->camo.source_name || !c->camo.key.file)
        return config_fail(w->text->path, line, w->error,
                           "camo: a prefix needs a source and a key_file");
    c->camo.source = config_find_source(c, c->camo.source_name, strlen(c->camo.source_name));
    if (!c->camo.source || c->camo.source->type != SOURCE_WEB)
        return config_fail(w->text->path, line, w->error,
                           "camo: there is no source %s of type web", c->camo.source_name);
    return refuse_signed(w, line, "camo", c->camo.source);
}

static const char *imgproxy_fault(const struct config *c)
{
    if (!c->imgproxy.source_name)
        return "source is missing; give the name of one of type web";
    if (!c->imgproxy.source || c->imgproxy.source->type != SOURCE_WEB)
        return "its source is not there, or of another type; allowed: the name of one of type web";
    if (!c->imgproxy.keys_file && !c->imgproxy.insecure)
        return "keys_file is missing; give it, or insecure = true";
    if (c->imgproxy.keys_file && c->imgproxy.insecure)
        return "both keys_file and insecure; allowed: one of them";
    return NULL;
}

static int resolve_imgproxy(const struct config_walk *w, cfg_t *cfg, struct config *c)
{
    int line = config_text_opening(w->text, cfg->line);
    const char *name = c->imgproxy.source_name, *fault;

    if (!c->imgproxy.prefix)
        return 0;
    c->imgproxy.source = name ? config_find_source(c, name, strlen(name)) : NULL;
    fault = imgproxy_fault(c);
    if (!fault)
        return refuse_signed(w, line, "imgproxy", c->imgproxy.source);
    return config_fail(w->text->path, line, w->error, "imgproxy: %s", fault);
}

/* From names to the sources themselves, which may stand behind them in the file. */
static int resolve_chain(const struct config_walk *w, cfg_t *cfg, struct config *c)
{
    const struct config_list *names = &c->gravatar.source_names;
    cfg_opt_t *opt = cfg_getopt(cfg, "sources");

    for (size_t i = 0; i < names->count; i++) {
        const struct config_given *value = cfg_opt_getnptr(opt, (unsigned)i);
        const char *name = names->items[i];
        const struct config_source *source = config_find_source(c, name, strlen(name));
        int rc;

        if (!source)
            return config_fail(w->text->path, value->line, w->error,
                               "gravatar.sources: there is no source \"%s\"; allowed: names of "
                               "sections source NAME { ... }",
                               name);
        if (source->type != SOURCE_HTTP && source->type != SOURCE_LIBRAVATAR &&
            source->type != SOURCE_STORE)
            return config_fail(w->text->path, value->line, w->error,
                               "gravatar.sources: the ids of source %s are no hashes; allowed: "
                               "sources of type http, libravatar or store",
                               name);
        rc = refuse_signed(w, value->line, "gravatar.sources", source);
        if (rc < 0)
            return rc;
        c->gravatar.sources[c->gravatar.source_count++] = source;
    }
    return 0;
}

/* What is wrong with a section rest; NULL: nothing. */
static const char *rest_fault(const struct config_rest *rest)
{
    bool writes = rest->methods & ~REST_GET;

    if (!rest->path)
        return "path is missing";
    if (rest->answers == REST_HEALTH)
        return writes ? "answers = health is for GET" : NULL;
    if (!rest->source)
        return "source is missing, or there is none of that name";
    if (writes && rest->source->type != SOURCE_STORE)
        return "uploads and deletions need a source of type store";
    if (rest->info_body && rest->source->type != SOURCE_STORE)
        return "info_body needs a source of type store";
    if (rest->preset_name && !rest->preset)
        return "there is no preset of that name";
    if (rest->source->type == SOURCE_WEB)
        return "ids of a source of type web are URLs, which need signatures";
    if (config_rest_is_own(rest) && rest->source->type != SOURCE_STORE)
        return "path has no {id}, and only a source of type store knows who asks";
    return NULL;
}

/* Who writes, or looks at their own, is known otherwise than by a signature. */
static int refuse_shown(const struct config_walk *w, int line, const struct config_rest *rest)
{
    if (!rest->source || rest->source->sign != SIGN_REQUIRED || !(rest->methods & REST_GET) ||
        config_rest_is_own(rest))
        return 0;
    return config_fail(w->text->path, line, w->error,
                       "rest %s: source %s has sign = \"required\", and this would show its pictures to "
                       "whoever knows an id; allowed: methods without GET, or a path without {id}",
                       rest->name, rest->source->name);
}

static int resolve_rest(const struct config_walk *w, cfg_t *cfg, struct config_rest *rest,
                        const struct config *c)
{
    int line = config_text_opening(w->text, cfg->line);
    const char *fault;

    if (rest->source_name)
        rest->source = config_find_source(c, rest->source_name, strlen(rest->source_name));
    if (rest->preset_name)
        rest->preset = config_find_preset(c, rest->preset_name, strlen(rest->preset_name));
    fault = rest_fault(rest);
    if (fault)
        return config_fail(w->text->path, line, w->error, "rest %s: %s", rest->name, fault);
    return refuse_shown(w, line, rest);
}

/* What a key may have that signatures want percent-encoded. */
static int put_key(struct buffer *url, const char *key)
{
    int rc = 0;

    for (; *key && rc == 0; key++)
        rc = strchr("+@=", *key) ? buffer_printf(url, "%%%02X", (unsigned char)*key)
                                 : buffer_append(url, key, 1);
    return rc;
}

/* The URL of an object: what everything else of it follows from. */
static int make_object_url(struct config_source *source)
{
    struct buffer url = {0};
    int rc = buffer_join(&url, source->s3.endpoint, "/", source->s3.bucket, "/", (char *)NULL);

    if (rc == 0)
        rc = put_key(&url, source->s3.key);
    if (rc != 0) {
        buffer_free(&url);
        return rc;
    }
    source->url = url.data;
    return 0;
}

static int resolve_bucket(struct config_source *source, const struct config *c)
{
    struct buffer key = {0};
    int rc;

    if (source->type == SOURCE_S3)
        return make_object_url(source);
    if (source->type != SOURCE_STORE || c->store.type != STORE_S3)
        return 0;
    rc = buffer_join(&key, source->name, "/{id}", (char *)NULL);
    if (rc != 0) {
        buffer_free(&key);
        return rc;
    }
    free(source->s3.region);
    free(source->s3.key);
    source->s3 = c->store.s3;
    source->s3.key = key.data;
    source->ttl_ms = source->ttl_min_ms = source->ttl_max_ms = c->store.ttl_ms;
    return make_object_url(source);
}

static int check_store(const struct config_walk *w, cfg_t *cfg, const struct config *c)
{
    const struct config_s3 *s3 = &c->store.s3;

    if (c->store.type == STORE_LOCAL ||
        (s3->endpoint && s3->bucket && !s3->access_key_file == !s3->secret_key_file))
        return 0;
    return config_fail(w->text->path, config_text_opening(w->text, cfg->line), w->error,
                       "store: type s3 needs an endpoint, a bucket, and both keys or none");
}

/* What lies in a bucket comes back like any other original: nothing may go there that would be too
 * large for that. */
static int check_upload_max(const struct config_walk *w, const struct config_source *source,
                            const struct config *c)
{
    char upload[32], fetch[32];

    if (source->type != SOURCE_STORE || c->store.type != STORE_S3 ||
        source->store.max_bytes <= c->fetch.max_bytes)
        return 0;
    config_unit_format(CONFIG_SIZE, (int64_t)source->store.max_bytes, upload, sizeof upload);
    config_unit_format(CONFIG_SIZE, (int64_t)c->fetch.max_bytes, fetch, sizeof fetch);
    return config_fail(w->text->path, source->line, w->error,
                       "source %s: upload_max is %s, above fetch.max_bytes, which is %s: larger uploads "
                       "could not be fetched from the bucket again; allowed: at most fetch.max_bytes",
                       source->name, upload, fetch);
}

static int resolve_store(const struct config_walk *w, struct config_source *source,
                         const struct config *c)
{
    const char *name = source->store.preset_name;
    int rc = check_upload_max(w, source, c);

    if (rc < 0 || !name)
        return rc;
    source->store.preset = config_find_preset(c, name, strlen(name));
    return source->store.preset
               ? 0
               : config_fail(w->text->path, source->line, w->error,
                             "source %s: upload_preset: there is no preset \"%s\"", source->name,
                             name);
}

/* ---- rewrite ---- */

static bool is_allowed_option(const struct config *c, const char *name, const char *other)
{
    for (size_t i = 0; i < c->imgproxy.allowed_count; i++)
        if (strcmp(c->imgproxy.allowed_options[i], name) == 0 ||
            strcmp(c->imgproxy.allowed_options[i], other) == 0)
            return true;
    return c->imgproxy.allowed_count == 0;
}

static const char *rewrite_web_fault(const struct config *c)
{
    if (c->imgproxy.source != c->rewrite.source) {
        if (c->camo.source != c->rewrite.source)
            return "a source of type web needs a section imgproxy or camo that names it";
        return c->rewrite.expires_ms ? "URLs of camo do not expire; leave expires out" : NULL;
    }
    if (!is_allowed_option(c, "rs", "resize") || !is_allowed_option(c, "q", "quality") ||
        !is_allowed_option(c, "el", "enlarge"))
        return "imgproxy.allowed_options has to have resize, quality and enlarge";
    if (c->rewrite.expires_ms && !is_allowed_option(c, "exp", "expires"))
        return "imgproxy.allowed_options has to have expires";
    if (c->rewrite.expires_ms && c->imgproxy.insecure)
        return "what is not signed cannot expire: imgproxy is insecure";
    return NULL;
}

/* Whether URLs that begin so can be the template's: else nothing would ever be rewritten. */
static bool is_of_template(const char *match, const char *template)
{
    size_t length = strlen(match), before = (size_t)(strstr(template, "{id}") - template);

    return strncmp(match, template, length < before ? length : before) == 0;
}

static const char *rewrite_http_fault(const struct config *c)
{
    const struct config_source *source = c->rewrite.source;

    if (!is_of_template(c->rewrite.match, source->url))
        return "no URL of the source begins like match";
    if (c->rewrite.expires_ms && source->sign == SIGN_OFF)
        return "what is not signed cannot expire: the source has sign = off";
    return NULL;
}

static const char *rewrite_fault(const struct config *c)
{
    const struct config_source *source = c->rewrite.source;
    bool camo;

    if (c->rewrite.fields.count == 0 || !c->rewrite.match || !c->rewrite.source_name)
        return "fields, match and source are needed, all of them";
    if (!source || (source->type != SOURCE_HTTP && source->type != SOURCE_WEB))
        return "its source is not there, or of another type; allowed: one of type http or web";
    camo = source->type == SOURCE_WEB && c->imgproxy.source != source;
    if (!camo && !c->rewrite.preset)
        return "there is no preset of that name, or none is given";
    if (!c->admin.token.file && !c->admin.token.env)
        return "it is for who has the token of the section admin, which has none";
    return source->type == SOURCE_WEB ? rewrite_web_fault(c) : rewrite_http_fault(c);
}

static int resolve_rewrite(const struct config_walk *w, cfg_t *cfg, struct config *c)
{
    int line = config_text_opening(w->text, cfg->line);
    const char *source = c->rewrite.source_name, *preset = c->rewrite.preset_name, *fault;

    if (c->rewrite.fields.count == 0 && !c->rewrite.match && !source && !preset)
        return 0;
    if (source)
        c->rewrite.source = config_find_source(c, source, strlen(source));
    if (preset)
        c->rewrite.preset = config_find_preset(c, preset, strlen(preset));
    fault = rewrite_fault(c);
    return fault ? config_fail(w->text->path, line, w->error, "rewrite: %s", fault) : 0;
}

int config_resolve(const struct config_walk *w, cfg_t *cfg, struct config *c)
{
    int rc = 0;

    rc = check_store(w, cfg_getsec(cfg, "store"), c);
    for (size_t i = 0; i < c->source_count && rc == 0; i++)
        rc = resolve_store(w, &c->sources[i], c);
    for (size_t i = 0; i < c->source_count && rc == 0; i++)
        rc = resolve_bucket(&c->sources[i], c);
    for (size_t i = 0; i < c->rest_count && rc == 0; i++)
        rc = resolve_rest(w, cfg_getnsec(cfg, "rest", (unsigned)i), &c->rests[i], c);
    if (rc == 0)
        rc = resolve_atproto(w, cfg_getsec(cfg, "atproto"), c);
    if (rc == 0)
        rc = check_camo(w, cfg_getsec(cfg, "camo"), c);
    if (rc == 0)
        rc = resolve_imgproxy(w, cfg_getsec(cfg, "imgproxy"), c);
    if (rc == 0)
        rc = resolve_rewrite(w, cfg_getsec(cfg, "rewrite"), c);
    return rc < 0 ? rc : resolve_chain(w, cfg_getsec(cfg, "gravatar"), c);
}

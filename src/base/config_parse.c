/* SPDX-License-Identifier: MIT
 *
 * The arrays for libconfuse are made from the table at run time. Every value is
 * declared as a pointer whose parse callback keeps the text and its line:
 * libconfuse hands numbers, words and strings alike to it, so `timeout = 5` and
 * `timeout = "5s"` come the same way, and what a value means is decided by the
 * table's types alone. After the parse the tree is walked once, in the order of
 * the table.
 */
#include "base/config_parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <confuse.h>

#include "base/config_table.h"
#include "base/config_value.h"

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

struct value {
    int line;
    char text[];
};

/* Where libconfuse's error callback, which gets no context, leaves its message. */
static struct {
    const char *path;
    char *error;
} capture;

/* A word may be repeated in a message if it looks like a key: a stray value may
 * be a secret. */
static bool looks_like_key(const char *word)
{
    size_t length = strspn(word, NAME_BYTES);

    return length > 0 && length < 40 && !word[length];
}

__attribute__((format(printf, 2, 0)))
static void take_error(cfg_t *cfg, const char *format, va_list ap)
{
    char why[CONFIG_WHY_MAX];

    if (capture.error[0])
        return; /* the first one is the cause of the others */
    if (strcmp(format, "no such option '%s'") == 0) {
        const char *name = va_arg(ap, const char *);

        if (looks_like_key(name))
            config_unknown_key(config_section_from_name(cfg->name), name, why);
        else
            snprintf(why, sizeof why, "text where a key should stand; allowed: KEY = VALUE, or a "
                                      "section NAME { ... }");
    } else if (strcmp(format, "unexpected token '%s'") == 0) {
        const char *token = va_arg(ap, const char *);
        bool mark = token && token[0] && strchr("{}()=,", token[0]) && !token[1];

        snprintf(why, sizeof why, "unexpected %s%s%s; allowed: KEY = VALUE, a list in braces with "
                                  "commas between its values, strings in quotes",
                 mark ? "\"" : "", mark ? token : "text", mark ? "\"" : "");
    } else {
        vsnprintf(why, sizeof why, format, ap);
    }
    config_fail(capture.path, cfg->line, capture.error, "%s", why);
}

/* def.number means nothing for a pointer: it holds the line where the key was set. */
static int take_value(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
    bool first = opt->nvalues <= 1; /* of this assignment; the new value is counted already */
    size_t length = strlen(text);
    struct value *value;

    if (first && opt->def.number != 0) {
        cfg_error(cfg, "\"%s\" is set twice, first on line %ld; once is allowed", opt->name,
                  opt->def.number);
        return -1;
    }
    opt->def.number = cfg->line;
    value = malloc(sizeof *value + length + 1);
    if (!value)
        return -1;
    value->line = cfg->line;
    memcpy(value->text, text, length + 1);
    *(void **)result = value;
    return 0;
}

/* The keys of one section as libconfuse wants them. Returns the end. */
static cfg_opt_t *declare(cfg_opt_t *opts, enum config_section section)
{
    const struct config_keys *keys = config_section_keys(section);

    for (size_t i = 0; i < keys->count; i++)
        *opts++ = (cfg_opt_t){
            .name = keys->items[i].name,
            .type = CFGT_PTR,
            .flags = CFGF_NODEFAULT |
                     (config_value_is_list(keys->items[i].type) ? CFGF_LIST : CFGF_NONE),
            .parsecb = take_value,
            .freecb = free,
        };
    return opts;
}

/* The section's own entry in the array of the root. */
static cfg_opt_t section_option(enum config_section section, cfg_opt_t *keys)
{
    bool named = section == CONFIG_PRESET || section == CONFIG_SOURCE;

    return (cfg_opt_t){
        .name = config_section_name(section),
        .type = CFGT_SEC,
        .flags = named ? CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES : CFGF_NONE,
        .subopts = keys,
    };
}

/* NULL without memory. */
static cfg_t *make_parser(void)
{
    /* Each section's keys and an end, and in the root an entry for each section. */
    size_t count = CONFIG_SECTIONS + (CONFIG_SECTIONS - 1);
    cfg_opt_t sections[CONFIG_SECTIONS];
    cfg_opt_t *opts, *next, *root;
    cfg_t *cfg;

    for (int i = CONFIG_ROOT; i < CONFIG_SECTIONS; i++)
        count += config_section_keys((enum config_section)i)->count;
    opts = calloc(count, sizeof *opts);
    if (!opts)
        return NULL;
    next = opts;
    for (int i = CONFIG_ROOT + 1; i < CONFIG_SECTIONS; i++) {
        sections[i] = section_option((enum config_section)i, next);
        next = declare(next, (enum config_section)i) + 1;
    }
    root = next;
    next = declare(next, CONFIG_ROOT);
    for (int i = CONFIG_ROOT + 1; i < CONFIG_SECTIONS; i++)
        *next++ = sections[i];
    cfg = cfg_init(root, CFGF_NONE); /* copies the arrays */
    free(opts);
    return cfg;
}

struct walk {
    const struct config_text *text;
    char *error;
};

/* "preset avatar: width", "fetch.timeout", "sizes" */
static void name_key(const struct config_key *key, const char *title, char *out, size_t size)
{
    const char *section = config_section_name(key->section);

    if (title)
        snprintf(out, size, "%s %s: %s", section, title, key->name);
    else
        snprintf(out, size, "%s%s%s", section, *section ? "." : "", key->name);
}

static int set_key(const struct walk *w, const struct config_key *key, const char *title,
                   cfg_opt_t *opt, void *record)
{
    char why[CONFIG_WHY_MAX], allowed[CONFIG_WHY_MAX], name[CONFIG_NAME_MAX + 64];

    if (cfg_opt_size(opt) == 0)
        return config_value_set_default(key, record, why);
    for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
        const struct value *value = cfg_opt_getnptr(opt, i);
        int rc = config_value_set(key, record, value->text, why);

        if (rc == -EINVAL) {
            name_key(key, title, name, sizeof name);
            config_value_describe(key, allowed);
            return config_fail(w->text->path, value->line, w->error, "%s: %s; allowed: %s", name,
                               why, allowed);
        }
        if (rc < 0)
            return rc;
    }
    return 0;
}

static int set_section(const struct walk *w, enum config_section section, cfg_t *cfg,
                       void *record)
{
    const struct config_keys *keys = config_section_keys(section);

    for (size_t i = 0; i < keys->count; i++) {
        const struct config_key *key = &keys->items[i];
        int rc = set_key(w, key, cfg_title(cfg), cfg_getopt(cfg, key->name), record);

        if (rc < 0)
            return rc;
    }
    return 0;
}

/* The name is a path segment of URLs. */
static int check_name(const struct walk *w, const char *section, const char *name, int line)
{
    size_t length = strspn(name, NAME_BYTES);

    if (length == 0 || length > CONFIG_NAME_MAX || name[length])
        return config_fail(w->text->path, line, w->error,
                           "%s \"%.60s\": not a name; allowed: 1 to %d of A-Z a-z 0-9 _ and -",
                           section, name, CONFIG_NAME_MAX);
    return 0;
}

static int set_preset(const struct walk *w, cfg_t *cfg, struct config_preset *preset)
{
    const char *title = cfg_title(cfg);
    int line = config_text_opening(w->text, cfg->line);
    int rc = check_name(w, "preset", title, line);

    if (rc == 0 && title[0] == 's' && title[1] && !title[1 + strspn(title + 1, "0123456789")])
        rc = config_fail(w->text->path, line, w->error,
                         "preset %s: the name is that of a size, /s{size}/; choose another", title);
    if (rc == 0 && strcmp(title, "v") == 0)
        rc = config_fail(w->text->path, line, w->error,
                         "preset v: URLs of versions begin with /v/; choose another name");
    if (rc < 0)
        return rc;
    preset->name = strdup(title);
    if (!preset->name)
        return -ENOMEM;
    rc = set_section(w, CONFIG_PRESET, cfg, preset);
    if (rc == 0 && preset->rendering.fit == FIT_COVER &&
        (preset->rendering.width == 0 || preset->rendering.height == 0))
        rc = config_fail(w->text->path, line, w->error,
                         "preset %s: fit \"cover\" needs a width and a height; allowed: 1 to %u, "
                         "or fit = \"contain\"",
                         title, PICTURE_SIDE_MAX);
    return rc;
}

static int set_source(const struct walk *w, cfg_t *cfg, struct config_source *source)
{
    char why[CONFIG_WHY_MAX];
    int rc;

    source->line = config_text_opening(w->text, cfg->line);
    rc = check_name(w, "source", cfg_title(cfg), source->line);
    if (rc < 0)
        return rc;
    source->name = strdup(cfg_title(cfg));
    if (!source->name)
        return -ENOMEM;
    rc = set_section(w, CONFIG_SOURCE, cfg, source);
    if (rc < 0)
        return rc;
    if (config_origin_check_source(source, why) < 0)
        return config_fail(w->text->path, source->line, w->error, "source %s: %s", source->name,
                           why);
    return 0;
}

/* URLs that others have thought up do not have the signature that native ones have: with such a
 * source each of them would be refused. */
static int refuse_signed(const struct walk *w, int line, const char *place,
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
static int resolve_atproto(const struct walk *w, cfg_t *cfg, struct config *c)
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
static int check_camo(const struct walk *w, cfg_t *cfg, struct config *c)
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

static int resolve_imgproxy(const struct walk *w, cfg_t *cfg, struct config *c)
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
static int resolve_chain(const struct walk *w, cfg_t *cfg, struct config *c)
{
    const struct config_list *names = &c->gravatar.source_names;
    cfg_opt_t *opt = cfg_getopt(cfg, "sources");

    for (size_t i = 0; i < names->count; i++) {
        const struct value *value = cfg_opt_getnptr(opt, (unsigned)i);
        const char *name = names->items[i];
        const struct config_source *source = config_find_source(c, name, strlen(name));
        int rc;

        if (!source)
            return config_fail(w->text->path, value->line, w->error,
                               "gravatar.sources: there is no source \"%s\"; allowed: names of "
                               "sections source NAME { ... }",
                               name);
        if (source->type != SOURCE_HTTP && source->type != SOURCE_LIBRAVATAR)
            return config_fail(w->text->path, value->line, w->error,
                               "gravatar.sources: the ids of source %s are no hashes; allowed: "
                               "sources of type http or libravatar",
                               name);
        rc = refuse_signed(w, value->line, "gravatar.sources", source);
        if (rc < 0)
            return rc;
        c->gravatar.sources[c->gravatar.source_count++] = source;
    }
    return 0;
}

static int set_all(const struct walk *w, cfg_t *cfg, struct config *c)
{
    unsigned presets = cfg_size(cfg, "preset"), sources = cfg_size(cfg, "source");
    int rc;

    if ((rc = set_section(w, CONFIG_ROOT, cfg, c)) < 0 ||
        (rc = set_section(w, CONFIG_FETCH, cfg_getsec(cfg, "fetch"), c)) < 0 ||
        (rc = set_section(w, CONFIG_RENDER, cfg_getsec(cfg, "render"), c)) < 0 ||
        (rc = set_section(w, CONFIG_LIMIT, cfg_getsec(cfg, "limit"), c)) < 0 ||
        (rc = set_section(w, CONFIG_ADMIN, cfg_getsec(cfg, "admin"), c)) < 0 ||
        (rc = set_section(w, CONFIG_ATPROTO, cfg_getsec(cfg, "atproto"), c)) < 0 ||
        (rc = set_section(w, CONFIG_CAMO, cfg_getsec(cfg, "camo"), c)) < 0 ||
        (rc = set_section(w, CONFIG_IMGPROXY, cfg_getsec(cfg, "imgproxy"), c)) < 0 ||
        (rc = set_section(w, CONFIG_GRAVATAR, cfg_getsec(cfg, "gravatar"), c)) < 0)
        return rc;
    if (c->admin.token.file && c->admin.token.env)
        return config_fail(w->text->path,
                           config_text_opening(w->text, cfg_getsec(cfg, "admin")->line), w->error,
                           "admin: both token_file and token_env; allowed: one of them");
    /* One more than needed: calloc(0) may be NULL. */
    c->presets = calloc((size_t)presets + 1, sizeof *c->presets);
    c->sources = calloc((size_t)sources + 1, sizeof *c->sources);
    if (!c->presets || !c->sources)
        return -ENOMEM;
    while (c->preset_count < presets) {
        cfg_t *section = cfg_getnsec(cfg, "preset", (unsigned)c->preset_count);

        rc = set_preset(w, section, &c->presets[c->preset_count++]);
        if (rc < 0)
            return rc;
    }
    while (c->source_count < sources) {
        cfg_t *section = cfg_getnsec(cfg, "source", (unsigned)c->source_count);

        rc = set_source(w, section, &c->sources[c->source_count++]);
        if (rc < 0)
            return rc;
    }
    rc = resolve_atproto(w, cfg_getsec(cfg, "atproto"), c);
    if (rc == 0)
        rc = check_camo(w, cfg_getsec(cfg, "camo"), c);
    if (rc == 0)
        rc = resolve_imgproxy(w, cfg_getsec(cfg, "imgproxy"), c);
    return rc < 0 ? rc : resolve_chain(w, cfg_getsec(cfg, "gravatar"), c);
}

int config_parse(const struct config_text *text, struct config *c, char error[CONFIG_ERROR_MAX])
{
    struct walk w = {text, error};
    cfg_t *cfg = make_parser();
    int rc;

    if (!cfg)
        return -ENOMEM;
    error[0] = '\0';
    capture.path = text->path;
    capture.error = error;
    cfg_set_error_function(cfg, take_error);
    if (cfg_parse_buf(cfg, text->text) == CFG_SUCCESS)
        rc = set_all(&w, cfg, c);
    else
        rc = error[0] ? -EINVAL : -ENOMEM; /* it fails without a message only for want of memory */
    cfg_free(cfg);
    capture.path = NULL;
    capture.error = NULL;
    return rc;
}

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

#include "base/config_resolve.h"
#include "base/config_table.h"
#include "base/config_value.h"

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

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
    struct config_given *value;

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
    bool named =
        section == CONFIG_PRESET || section == CONFIG_SOURCE || section == CONFIG_REST;

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

/* "preset avatar: width", "fetch.timeout", "sizes" */
static void name_key(const struct config_key *key, const char *title, char *out, size_t size)
{
    const char *section = config_section_name(key->section);

    if (title)
        snprintf(out, size, "%s %s: %s", section, title, key->name);
    else
        snprintf(out, size, "%s%s%s", section, *section ? "." : "", key->name);
}

static int set_key(const struct config_walk *w, const struct config_key *key, const char *title,
                   cfg_opt_t *opt, void *record)
{
    char why[CONFIG_WHY_MAX], allowed[CONFIG_WHY_MAX], name[CONFIG_NAME_MAX + 64];

    if (cfg_opt_size(opt) == 0)
        return config_value_set_default(key, record, why);
    for (unsigned i = 0; i < cfg_opt_size(opt); i++) {
        const struct config_given *value = cfg_opt_getnptr(opt, i);
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

static int set_section(const struct config_walk *w, enum config_section section, cfg_t *cfg,
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
static int check_name(const struct config_walk *w, const char *section, const char *name, int line)
{
    size_t length = strspn(name, NAME_BYTES);

    if (length == 0 || length > CONFIG_NAME_MAX || name[length])
        return config_fail(w->text->path, line, w->error,
                           "%s \"%.60s\": not a name; allowed: 1 to %d of A-Z a-z 0-9 _ and -",
                           section, name, CONFIG_NAME_MAX);
    return 0;
}

static int set_preset(const struct config_walk *w, cfg_t *cfg, struct config_preset *preset)
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

static int set_rest(const struct config_walk *w, cfg_t *cfg, struct config_rest *rest)
{
    int line = config_text_opening(w->text, cfg->line);
    int rc = check_name(w, "rest", cfg_title(cfg), line);

    if (rc < 0)
        return rc;
    rest->name = strdup(cfg_title(cfg));
    return rest->name ? set_section(w, CONFIG_REST, cfg, rest) : -ENOMEM;
}

static int set_source(const struct config_walk *w, cfg_t *cfg, struct config_source *source)
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

static int set_all(const struct config_walk *w, cfg_t *cfg, struct config *c)
{
    unsigned presets = cfg_size(cfg, "preset"), sources = cfg_size(cfg, "source");
    unsigned rests = cfg_size(cfg, "rest");
    int rc;

    if ((rc = set_section(w, CONFIG_ROOT, cfg, c)) < 0 ||
        (rc = set_section(w, CONFIG_FETCH, cfg_getsec(cfg, "fetch"), c)) < 0 ||
        (rc = set_section(w, CONFIG_RENDER, cfg_getsec(cfg, "render"), c)) < 0 ||
        (rc = set_section(w, CONFIG_STORE, cfg_getsec(cfg, "store"), c)) < 0 ||
        (rc = set_section(w, CONFIG_LIMIT, cfg_getsec(cfg, "limit"), c)) < 0 ||
        (rc = set_section(w, CONFIG_ADMIN, cfg_getsec(cfg, "admin"), c)) < 0 ||
        (rc = set_section(w, CONFIG_ATPROTO, cfg_getsec(cfg, "atproto"), c)) < 0 ||
        (rc = set_section(w, CONFIG_CAMO, cfg_getsec(cfg, "camo"), c)) < 0 ||
        (rc = set_section(w, CONFIG_IMGPROXY, cfg_getsec(cfg, "imgproxy"), c)) < 0 ||
        (rc = set_section(w, CONFIG_GRAVATAR, cfg_getsec(cfg, "gravatar"), c)) < 0 ||
        (rc = set_section(w, CONFIG_REWRITE, cfg_getsec(cfg, "rewrite"), c)) < 0)
        return rc;
    if (c->admin.token.file && c->admin.token.env)
        return config_fail(w->text->path,
                           config_text_opening(w->text, cfg_getsec(cfg, "admin")->line), w->error,
                           "admin: both token_file and token_env; allowed: one of them");
    /* One more than needed: calloc(0) may be NULL. */
    c->presets = calloc((size_t)presets + 1, sizeof *c->presets);
    c->sources = calloc((size_t)sources + 1, sizeof *c->sources);
    c->rests = calloc((size_t)rests + 1, sizeof *c->rests);
    if (!c->presets || !c->sources || !c->rests)
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
    while (c->rest_count < rests) {
        cfg_t *section = cfg_getnsec(cfg, "rest", (unsigned)c->rest_count);

        rc = set_rest(w, section, &c->rests[c->rest_count++]);
        if (rc < 0)
            return rc;
    }
    return config_resolve(w, cfg, c);
}

int config_parse(const struct config_text *text, struct config *c, char error[CONFIG_ERROR_MAX])
{
    struct config_walk w = {text, error};
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

/* SPDX-License-Identifier: MIT
 *
 * visage url: the URL of a picture, signed where its source has keys. What routing would refuse is
 * refused here, by asking it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/sign_keys.h"
#include "ctl/ctl.h"
#include "ctl/words.h"
#include "route/native_path.h"
#include "route/route.h"
#include "route/sign.h"

#define SIDE_MAX 9999 /* four digits are what a URL can have */
#define VERSION_DIGITS 16
#define RENDERING_MAX (CONFIG_NAME_MAX + 32)

struct wish {
    const struct config *config;
    const struct config_source *source;
    const char *source_name, *id;
    const char *preset;     /* NULL: `size` */
    unsigned size;
    unsigned ratio;
    const char *extension;  /* with its dot; "" for none */
    const char *version;    /* NULL: none */
    bool info;              /* what is known of it is wanted, and not the picture */
    const char *base;       /* "https://host"; "" for none */
    int64_t expires_s;      /* SIGN_NEVER: not at all */
    char shown[3 * PICTURE_ID_MAX];
};

/* ---- options ---- */

static int read_format(struct wish *w, const char *text)
{
    enum picture_type type = picture_type_from_name(text, strlen(text));

    if (!picture_type_is_output(type))
        return ctl_misuse(&url_command, "--format wants webp, jpeg or png, not \"%s\"", text);
    w->extension = native_path_extension(type);
    return -1;
}

static int read_version(struct wish *w, const char *text)
{
    if (strlen(text) != VERSION_DIGITS || strspn(text, "0123456789abcdef") != VERSION_DIGITS)
        return ctl_misuse(&url_command, "--version wants the first %d digits of the original's "
                          "SHA-256, in lower case, not \"%s\"", VERSION_DIGITS, text);
    w->version = text;
    return -1;
}

/* The path that follows is the configuration's, and it is what is signed. */
static int read_base(struct wish *w, const char *text)
{
    size_t scheme = strncasecmp(text, "https://", 8) == 0 ? 8 :
                    strncasecmp(text, "http://", 7) == 0  ? 7 : 0;

    if (scheme == 0 || !text[scheme] || text[scheme + strcspn(text + scheme, "/?#@ \\")])
        return ctl_misuse(&url_command, "--base wants http:// or https:// and a host, without a "
                          "path, not \"%s\"", text);
    w->base = text;
    return -1;
}

static int read_option(struct wish *w, int option, const char **path)
{
    switch (option) {
    case 'p':
        w->preset = optarg;
        return -1;
    case 's':
        return ctl_number(&url_command, "--size", optarg, 1, SIDE_MAX, &w->size) ? CTL_USAGE : -1;
    case 'd':
        return ctl_number(&url_command, "--dpr", optarg, 1, 3, &w->ratio) ? CTL_USAGE : -1;
    case 'f':
        return read_format(w, optarg);
    case 'v':
        return read_version(w, optarg);
    case 'i':
        w->info = true;
        return -1;
    case 'e':
        return ctl_expiry(&url_command, optarg, &w->expires_s) ? CTL_USAGE : -1;
    case 'b':
        return read_base(w, optarg);
    default:
        return ctl_option(&url_command, option, path);
    }
}

static int read_options(struct wish *w, int argc, char **argv, const char **path)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"preset", required_argument, NULL, 'p'},
        {"size", required_argument, NULL, 's'},
        {"dpr", required_argument, NULL, 'd'},
        {"format", required_argument, NULL, 'f'},
        {"version", required_argument, NULL, 'v'},
        {"info", no_argument, NULL, 'i'},
        {"expires", required_argument, NULL, 'e'},
        {"base", required_argument, NULL, 'b'},
        {NULL, 0, NULL, 0},
    };
    int c, status;

    while ((c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1)
        if ((status = read_option(w, c, path)) >= 0)
            return status;
    if (optind + 2 != argc)
        return ctl_misuse(&url_command, "a source and an id are wanted");
    w->source_name = argv[optind];
    w->id = argv[optind + 1];
    if (w->info && (w->version || *w->extension))
        return ctl_misuse(&url_command, "--info is about the current picture, in any format: no "
                          "--version and no --format");
    if (w->preset && w->size)
        return ctl_misuse(&url_command, "--preset or --size, and not both");
    if (!w->preset && !w->size && !w->info)
        return ctl_misuse(&url_command, "say how it is drawn: --preset or --size");
    if (w->version && !*w->extension)
        return ctl_misuse(&url_command, "--version needs --format");
    return -1;
}

/* ---- the path ---- */

static void write_rendering(const struct wish *w, char out[RENDERING_MAX])
{
    int n = w->preset ? snprintf(out, RENDERING_MAX, "%.*s", CONFIG_NAME_MAX, w->preset)
                      : snprintf(out, RENDERING_MAX, "s%u", w->size);

    if (w->ratio > 1)
        snprintf(out + n, RENDERING_MAX - (size_t)n, "@%ux", w->ratio);
}

static int append_path(struct buffer *out, const struct wish *w, const char *version)
{
    char rendering[RENDERING_MAX];
    const struct native_path path = {.version = version,
                                     .rendering = rendering,
                                     .source = w->source->name,
                                     .id = w->id,
                                     .ending = w->info ? "/info" : w->extension};

    write_rendering(w, rendering);
    return native_path_append(out, w->config, &path);
}

/* ---- what routing would refuse ---- */

static int check_id(struct wish *w, const struct router *router)
{
    char subject[PICTURE_CANONICAL_MAX];
    struct picture_request named;

    words_name(w->id, w->shown, sizeof w->shown);
    if (strlen(w->id) > PICTURE_ID_MAX)
        return ctl_fail(&url_command, "the id is longer than %d bytes", PICTURE_ID_MAX);
    snprintf(subject, sizeof subject, "%s/%s", w->source->name, w->id);
    if (route_subject(router, subject, &named) != CAUSE_NONE)
        return ctl_fail(&url_command, "no id of source %s is like \"%s\"; its id_pattern is %s",
                        w->source->name, w->shown, w->source->id_pattern);
    return 0;
}

/* What the end of the id would be taken for. */
static const char *ending(const struct wish *w)
{
    const char *dot = strrchr(w->shown, '.'), *slash = strrchr(w->shown, '/');

    return dot && (!slash || dot > slash) ? dot : slash ? slash : w->shown;
}

/* Whether the path, without its version, means what was wished for. */
static int check_path(struct wish *w, const struct router *router)
{
    struct buffer path = {0};
    struct picture_request picture;
    struct http_request request;
    enum cause cause = CAUSE_INTERNAL;
    int rc = append_path(&path, w, NULL);

    if (!rc && http_request_from_url(path.data, &request))
        cause = route(router, &request, &picture);
    if (rc)
        rc = ctl_fail(&url_command, "out of memory");
    else if (cause == CAUSE_NOT_FOUND && *w->extension)
        rc = ctl_fail(&url_command, "%s is not in `formats`", w->extension + 1);
    else if (cause != CAUSE_NONE)
        rc = ctl_fail(&url_command, "%s: %s", path.data, cause_info(cause)->text);
    else if (picture.source != w->source || strcmp(picture.id, w->id) != 0 ||
             picture.info != w->info)
        rc = ctl_fail(&url_command, "an id that ends like \"%s\" needs --format",
                      ending(w));
    buffer_free(&path);
    return rc;
}

/* The document is the same for all of them. */
static bool name_any_rendering(struct wish *w)
{
    if (w->config->preset_count > 0)
        w->preset = w->config->presets[0].name;
    else if (w->config->size_count > 0)
        w->size = w->config->sizes[0];
    return w->preset || w->size;
}

static int check_names(struct wish *w)
{
    char shown[3 * CONFIG_NAME_MAX];

    w->source = config_find_source(w->config, w->source_name, strlen(w->source_name));
    if (!w->source)
        return ctl_fail(&url_command, "no source \"%s\" in %s",
                        words_name(w->source_name, shown, sizeof shown), w->config->path);
    if (w->source->type == SOURCE_WEB)
        return ctl_fail(&url_command, "source %s is of type web, which has no native URLs",
                        w->source->name);
    if (!w->preset && !w->size && !name_any_rendering(w))
        return ctl_fail(&url_command, "%s has neither presets nor sizes", w->config->path);
    if (w->preset && !config_find_preset(w->config, w->preset, strlen(w->preset)))
        return ctl_fail(&url_command, "no preset \"%s\" in %s",
                        words_name(w->preset, shown, sizeof shown), w->config->path);
    if (w->expires_s != SIGN_NEVER && !w->source->sign_key_file)
        return ctl_fail(&url_command, "what is not signed cannot expire: source %s has no "
                        "sign_key_file", w->source->name);
    return 0;
}

static int check(struct wish *w)
{
    struct router *router = NULL;
    int status = check_names(w);

    if (status)
        return status;
    if (router_new(w->config, &router) != 0)
        return ctl_fail(&url_command, "%s: bad id_pattern", w->config->path);
    status = check_id(w, router);
    if (!status)
        status = check_path(w, router);
    router_free(&router);
    return status;
}

/* ---- */

static int sign(const struct wish *w, struct buffer *path)
{
    char error[CONFIG_ERROR_MAX];
    struct sign_keys keys;
    int rc;

    if (sign_keys_read(w->source->sign_key_file, &keys, error) != 0)
        return ctl_fail(&url_command, "source %s: sign_key_file: %s", w->source->name, error);
    rc = sign_append(path, &(struct signer){&keys.keys[0], w->expires_s});
    sign_keys_free(&keys);
    return rc ? ctl_fail(&url_command, "it cannot be signed: %s", strerror(-rc)) : 0;
}

static int print(struct wish *w)
{
    struct buffer path = {0};
    int status = check(w);

    if (!status && append_path(&path, w, w->version) != 0)
        status = ctl_fail(&url_command, "out of memory");
    if (!status && w->source->sign_key_file)
        status = sign(w, &path);
    if (!status)
        printf("%s%s\n", w->base, path.data);
    buffer_free(&path);
    return status;
}

static int run(int argc, char **argv)
{
    struct wish *w = calloc(1, sizeof *w);
    struct config *config = NULL;
    const char *path = NULL;
    int status;

    if (!w)
        return ctl_fail(&url_command, "out of memory");
    *w = (struct wish){.ratio = 1, .extension = "", .base = "", .expires_s = SIGN_NEVER};
    status = read_options(w, argc, argv, &path);
    if (status < 0) {
        w->config = config = ctl_config(&url_command, path);
        status = config ? print(w) : CTL_FAILED;
    }
    config_free(&config);
    free(w);
    return status;
}

const struct command url_command = {
    .name = "url",
    .run = run,
    .arguments = "SOURCE ID --preset NAME|--size N [--dpr N] [--format NAME] [--version V]\n"
                 "                  [--info] [--expires TIME] [--base URL]",
    .doc = "print the URL of a picture, signed if its source has keys",
    .help = "  --preset NAME   drawn as this preset says\n"
            "  --size N        a square of N pixels\n"
            "  --dpr N         for displays with N device pixels to each: 1, 2 or 3\n"
            "  --format NAME   webp, jpeg or png; otherwise the request's Accept decides\n"
            "  --version V     the URL of this version for ever: the first 16 digits of the\n"
            "                  original's SHA-256; needs --format\n"
            "  --info          the URL of what is known of the picture, as JSON; needs neither\n"
            "                  --preset nor --size\n"
            "  --expires TIME  signed for so long (90s, 12h, 7d), or until @UNIX\n"
            "  --base URL      http:// or https:// and the host to put before the path\n"
            "\n"
            "It reads sign_key_file of the source, and so has to run as the workers' user or\n"
            "root. An id that begins with - goes behind --.\n",
};

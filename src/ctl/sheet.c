/* SPDX-License-Identifier: MIT
 *
 * visage sheet: what generated pictures look like, many on one. The renderer puts the
 * sheet together, since the tool itself can neither decode nor encode a picture.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cause.h"
#include "base/digest.h"
#include "base/generator.h"
#include "base/initials.h"
#include "ctl/ctl.h"
#include "image/render.h"
#include "image/render_protocol.h"

#define COLUMNS 8
#define COUNT_MAX 1000u

struct sheet {
    enum generator first, last; /* of the styles that are shown */
    unsigned size, count;       /* pixels; pictures of each style */
    const char *path;           /* NULL: standard output */
};

/* In some scripts, for the style that shows letters. */
static const char *const names[] = {
    "Alpha Beta", "Жук Лев", "Ωmega", "東京", "한글",   "かな",
    "أب",         "अब",      "שלום",  "ไทย",  "ქართული", "🦊",
};

static int fill(struct render_tile *tile, enum generator generator, unsigned number)
{
    const char *name = names[number % (sizeof names / sizeof *names)];
    char decimal[16];
    struct digest digest;
    int length = snprintf(decimal, sizeof decimal, "%u", number);
    int rc = digest_of(decimal, (size_t)length, &digest);

    *tile = (struct render_tile){.generator = (uint32_t)generator};
    memcpy(tile->seed, digest.bytes, sizeof tile->seed);
    initials_of_name(name, strlen(name), tile->text);
    return rc;
}

static uint32_t columns(const struct sheet *s)
{
    return s->count < COLUMNS ? s->count : COLUMNS;
}

/* Of one style; the last row may have places that stay empty. */
static uint32_t places(const struct sheet *s)
{
    return (s->count + columns(s) - 1) / columns(s) * columns(s);
}

/* The styles one below the other, each of the same hashes. */
static int draw(const struct sheet *s, const struct config *config, struct renderer *renderer,
                struct render_tile *tiles, struct buffer *png)
{
    unsigned styles = (unsigned)(s->last - s->first) + 1;
    struct render_result result;
    enum cause cause;

    for (unsigned i = 0; i < styles; i++)
        for (unsigned n = 0; n < s->count; n++)
            if (fill(&tiles[i * places(s) + n], s->first + i, n) != 0)
                return ctl_fail(&sheet_command, "no digest could be made");
    cause = renderer_draw_sheet(renderer, tiles, styles * places(s), columns(s), s->size, png,
                                &result);
    if (cause == CAUSE_PICTURE_TOO_LARGE)
        return ctl_fail(&sheet_command, "such a sheet is too large; a smaller --size or --count "
                                        "makes it smaller");
    if (cause == CAUSE_RENDERER_UNAVAILABLE)
        return ctl_fail(&sheet_command, "not drawn: the renderer %s cannot be started",
                        config->render.program);
    if (cause != CAUSE_NONE)
        return ctl_fail(&sheet_command, "not drawn: %s", cause_info(cause)->name);
    return CTL_OK;
}

static int put(const struct sheet *s, const struct buffer *png)
{
    FILE *file = s->path ? fopen(s->path, "wbe") : stdout;
    bool written;

    if (!file)
        return ctl_fail(&sheet_command, "%s: %s", s->path, strerror(errno));
    written = fwrite(png->data, 1, png->length, file) == png->length;
    if (!s->path)
        return CTL_OK; /* main() looks whether it could be written */
    if (fclose(file) != 0 || !written)
        return ctl_fail(&sheet_command, "%s: %s", s->path, strerror(errno));
    return CTL_OK;
}

static int draw_and_put(const struct sheet *s, const struct config *config)
{
    struct renderer *renderer = renderer_new(config);
    struct render_tile *tiles =
        calloc((size_t)(s->last - s->first + 1) * places(s), sizeof *tiles);
    struct buffer png = {0};
    int status = renderer && tiles ? draw(s, config, renderer, tiles, &png)
                                   : ctl_fail(&sheet_command, "out of memory");

    if (status == CTL_OK)
        status = put(s, &png);
    buffer_free(&png);
    free(tiles);
    renderer_free(&renderer);
    return status;
}

/* Returns -1 to go on, or the exit status. */
static int choose_style(struct sheet *s, const char *name)
{
    s->first = GENERATOR_IDENTICON;
    s->last = GENERATOR_LAST;
    if (strcmp(name, "all") == 0)
        return -1;
    s->first = s->last = generator_from_name(name, strlen(name));
    return s->first != GENERATOR_NONE
               ? -1
               : ctl_misuse(&sheet_command, "no style \"%s\" is known", name);
}

/* Returns -1 to go on, or the exit status. */
static int option(struct sheet *s, int c, const char **path)
{
    switch (c) {
    case 's':
        return choose_style(s, optarg);
    case 'S':
        return ctl_number(&sheet_command, "--size", optarg, 1, 1024, &s->size) ? CTL_USAGE : -1;
    case 'n':
        return ctl_number(&sheet_command, "--count", optarg, 1, COUNT_MAX, &s->count) ? CTL_USAGE
                                                                                     : -1;
    case 'o':
        s->path = optarg;
        return -1;
    default:
        return ctl_option(&sheet_command, c, path);
    }
}

/* Nothing has to be configured for this: where no file is named and none is installed, the
 * defaults say where the renderer is. */
static struct config *open_config(const char *path)
{
    const char *variable = getenv("VISAGE_CONF");
    char error[CONFIG_ERROR_MAX];
    struct config *config;

    if (path || (variable && *variable) || access(config_path(NULL), F_OK) == 0 || errno != ENOENT)
        return ctl_config(&sheet_command, path);
    if (config_load_defaults(&config, error) < 0)
        ctl_fail(&sheet_command, "%s", error);
    return config;
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"style", required_argument, NULL, 's'},
        {"size", required_argument, NULL, 'S'},
        {"count", required_argument, NULL, 'n'},
        {"out", required_argument, NULL, 'o'},
        {NULL, 0, NULL, 0},
    };
    struct sheet s = {
        .first = GENERATOR_IDENTICON, .last = GENERATOR_LAST, .size = 80, .count = 64};
    const char *path = NULL;
    struct config *config;
    int c, status;

    while ((c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1)
        if ((status = option(&s, c, &path)) >= 0)
            return status;
    if ((status = ctl_no_more(&sheet_command, argc, argv)) >= 0)
        return status;
    if (!s.path && isatty(STDOUT_FILENO))
        return ctl_misuse(&sheet_command, "a picture is nothing for a terminal: --out FILE, or a "
                                          "pipe");
    config = open_config(path);
    if (!config)
        return CTL_FAILED;
    status = draw_and_put(&s, config);
    config_free(&config);
    return status;
}

const struct command sheet_command = {
    .name = "sheet",
    .run = run,
    .arguments = "[--style STYLE] [--size N] [--count N] [--out FILE]",
    .doc = "draw many generated pictures on one, to see what a style looks like",
    .help = "  --style STYLE  identicon, retro, monsterid, wavatar, robohash, pagan, mp, blank,\n"
            "                 color, initials, or all (the default)\n"
            "  --size N       the side of each, in pixels (80)\n"
            "  --count N      how many of each style (64), in rows of eight\n"
            "  --out FILE     where the PNG goes, if not to standard output\n"
            "\n"
            "They are those of the hashes (SHA-256) of 0, 1, 2 and so on. Without a configuration\n"
            "the installed renderer draws them.\n",
};

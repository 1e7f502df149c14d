/* SPDX-License-Identifier: MIT
 *
 * `visage check`: the configuration, then what this machine gives. What it says
 * holds for the user it runs as; no secret is ever printed.
 */
#include "ctl/check.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"
#include "base/secret.h"
#include "ctl/ctl.h"
#include "image/render.h"

static void check_config(struct report *r, const struct config *config)
{
    const struct passwd *user = getpwuid(geteuid());

    report_ok(r, "configuration %s: %zu preset%s, %zu source%s", config->path,
              config->preset_count, config->preset_count == 1 ? "" : "s", config->source_count,
              config->source_count == 1 ? "" : "s");
    if (geteuid() == 0)
        report_warn(r, "checked as root, who may do anything: run it as the workers' user to see "
                       "what that one may");
    else
        report_ok(r, "checked as user %s (%ld)", user ? user->pw_name : "?", (long)geteuid());
    if (config->preset_count == 0)
        report_warn(r, "no preset: only /s{size}/ URLs work");
    if (config->source_count == 0)
        report_warn(r, "no source: there is nowhere to fetch a picture from");
}

static void check_secret(struct report *r, const struct config_source *source, const char *what,
                         const struct config_secret *from)
{
    char error[CONFIG_ERROR_MAX];
    char *secret;
    int rc;

    if (!from->file && !from->env)
        return;
    rc = secret_read(from, &secret, error);
    secret_free(&secret);
    if (rc == 0)
        report_ok(r, "source %s: %s can be read from %s%s", source->name, what,
                  from->file ? "" : "$", from->file ? from->file : from->env);
    else if (from->env && rc == -ENOENT)
        report_warn(r, "source %s: %s: $%s is not set here; the workers need it in theirs",
                    source->name, what, from->env);
    else
        report_fail(r, "source %s: %s: %s", source->name, what, error);
}

static void check_source(struct report *r, const struct config_source *source)
{
    const char *host = strstr(source->url, "://") + 3;
    size_t length = strcspn(host, "/?#");
    bool tls = strncasecmp(source->url, "https:", 6) == 0;
    bool here = strncmp(host, "127.", 4) == 0 || strncmp(host, "[::1]", 5) == 0 ||
                strncasecmp(host, "localhost", 9) == 0;

    report_ok(r, "source %s: %.*s over %s, %zu extra header%s, %zu opened network%s", source->name,
              (int)length, host, tls ? "https" : "http", source->header_count,
              source->header_count == 1 ? "" : "s", source->allow_addresses.count,
              source->allow_addresses.count == 1 ? "" : "s");
    if (source->username)
        check_secret(r, source, "password", &source->password);
    check_secret(r, source, "bearer token", &source->bearer);
    if (!tls && !here && (source->username || source->bearer.file || source->bearer.env))
        report_warn(r, "source %s: credentials go unencrypted over http", source->name);
}

static void put_type(struct buffer *list, enum picture_type type)
{
    /* Without memory the list is short, which is no worse than no report. */
    if (buffer_printf(list, "%s%s", list->length ? ", " : "", picture_type_name(type)) < 0)
        return;
}

static void check_renderer(struct report *r, const struct config *config)
{
    struct buffer decoded = {0}, written = {0};
    struct renderer *renderer = NULL;
    uint32_t types = 0;
    bool sandboxed = false;
    int rc;

    if (access(config->render.program, X_OK) < 0) {
        report_fail(r, "renderer %s: %s", config->render.program, strerror(errno));
        return;
    }
    renderer = renderer_new(config);
    rc = renderer ? renderer_probe(renderer, &types, &sandboxed) : -ENOMEM;
    renderer_free(&renderer);
    if (rc < 0) {
        report_fail(r, "renderer %s does not start: %s", config->render.program, strerror(-rc));
        return;
    }
    report_ok(r, "renderer %s starts", config->render.program);
    for (int type = PICTURE_JPEG; type <= PICTURE_HEIC; type++)
        if (types & 1u << type)
            put_type(&decoded, (enum picture_type)type);
    for (size_t i = 0; i < config->format_count; i++)
        put_type(&written, config->formats[i]);
    if (decoded.length)
        report_ok(r, "formats decoded: %s", decoded.data);
    else
        report_fail(r, "formats decoded: none");
    if (written.length)
        report_ok(r, "formats written where the URL names none: %s", written.data);
    if (sandboxed)
        report_ok(r, "renderer's sandbox is in force");
    else if (!config->render.sandbox)
        report_warn(r, "renderer's sandbox is switched off by render.sandbox");
    else
        report_fail(r, "renderer's sandbox is not in force: pictures are decoded unconfined");
    buffer_free(&written);
    buffer_free(&decoded);
}

static int print_reference(void)
{
    struct buffer text = {0};
    int status = CTL_OK;

    if (config_write_reference(&text) < 0 ||
        fwrite(text.data, 1, text.length, stdout) != text.length) {
        perror("visage check");
        status = CTL_FAILED;
    }
    buffer_free(&text);
    return status;
}

int ctl_check(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"user", required_argument, NULL, 'u'},
        {"print-reference", no_argument, NULL, 'r'},
        {NULL, 0, NULL, 0},
    };
    const char *path = NULL, *user = NULL;
    struct report report = {0};
    struct config *config;
    bool reference = false;
    int c;

    while ((c = getopt_long(argc, argv, "c:", options, NULL)) != -1)
        switch (c) {
        case 'c':
            path = optarg;
            break;
        case 'u':
            user = optarg;
            break;
        case 'r':
            reference = true;
            break;
        default:
            return CTL_USAGE;
        }
    if (optind < argc) {
        fprintf(stderr, "visage check: no argument \"%s\" is known\n", argv[optind]);
        return CTL_USAGE;
    }
    if (reference)
        return print_reference();
    if (user && !getpwnam(user)) {
        fprintf(stderr, "visage check: no user \"%s\" on this machine\n", user);
        return CTL_USAGE;
    }
    config = ctl_config(path);
    if (!config)
        return CTL_FAILED;
    log_set_level(LOG_LEVEL_ERROR);
    check_config(&report, config);
    for (size_t i = 0; i < config->source_count; i++)
        check_source(&report, &config->sources[i]);
    if (config->fetch.ca_file && access(config->fetch.ca_file, R_OK) < 0)
        report_fail(&report, "fetch.ca_file %s: %s", config->fetch.ca_file, strerror(errno));
    check_renderer(&report, config);
    check_machine(&report, config);
    check_state(&report, config);
    check_access(&report, config, user);
    printf("%u failed, %u warning%s\n", report.failures, report.warnings,
           report.warnings == 1 ? "" : "s");
    config_free(&config);
    return report.failures ? CTL_FAILED : CTL_OK;
}

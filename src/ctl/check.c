/* SPDX-License-Identifier: MIT
 *
 * `visage check`: the configuration, then what this machine gives. What it says
 * holds for the user it runs as; no secret is ever printed.
 */
#include "ctl/check.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/imgproxy_keys.h"
#include "base/log.h"
#include "base/secret.h"
#include "ctl/ctl.h"
#include "image/render.h"
#include "route/route.h"

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

static void check_secret(struct report *r, const char *whose, const char *what,
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
        report_ok(r, "%s: %s can be read from %s%s", whose, what, from->file ? "" : "$",
                  from->file ? from->file : from->env);
    else if (from->env && rc == -ENOENT)
        report_warn(r, "%s: %s: $%s is not set here; the workers need it in theirs", whose, what,
                    from->env);
    else
        report_fail(r, "%s: %s: %s", whose, what, error);
}

static void check_web(struct report *r, const struct config_source *source)
{
    if (source->host_count == 0)
        report_warn(r, "source %s: no hosts: not one URL is allowed", source->name);
    else
        report_ok(r, "source %s: the web, %zu host%s, %zu opened network%s", source->name,
                  source->host_count, source->host_count == 1 ? "" : "s",
                  source->allow_addresses.count, source->allow_addresses.count == 1 ? "" : "s");
}

static void check_atproto(struct report *r, const struct config_source *source)
{
    report_ok(r, "source %s: atproto, directory %s, %zu opened network%s", source->name, source->plc,
              source->allow_addresses.count, source->allow_addresses.count == 1 ? "" : "s");
    if (source->verify_cid == CID_LEXICAL)
        report_warn(r, "source %s: verify_cid = lexical: whatever a server sends is shown as the "
                       "picture that was asked for", source->name);
}

static void check_template(struct report *r, const struct config_source *source)
{
    const char *host = strstr(source->url, "://") + 3;
    size_t length = strcspn(host, "/?#");
    bool tls = strncasecmp(source->url, "https:", 6) == 0;
    char whose[CONFIG_NAME_MAX + 16];
    bool here = strncmp(host, "127.", 4) == 0 || strncmp(host, "[::1]", 5) == 0 ||
                strncasecmp(host, "localhost", 9) == 0;

    report_ok(r, "source %s: %.*s over %s, %zu extra header%s, %zu opened network%s", source->name,
              (int)length, host, tls ? "https" : "http", source->header_count,
              source->header_count == 1 ? "" : "s", source->allow_addresses.count,
              source->allow_addresses.count == 1 ? "" : "s");
    snprintf(whose, sizeof whose, "source %s", source->name);
    if (source->username)
        check_secret(r, whose, "password", &source->password);
    check_secret(r, whose, "bearer token", &source->bearer);
    if (!tls && !here && (source->username || source->bearer.file || source->bearer.env))
        report_warn(r, "source %s: credentials go unencrypted over http", source->name);
}

static void check_bucket(struct report *r, const struct config_source *source)
{
    const struct config_s3 *s3 = &source->s3;
    const struct config_secret access_key = {.file = s3->access_key_file};
    const struct config_secret secret_key = {.file = s3->secret_key_file};
    char whose[CONFIG_NAME_MAX + 16];

    report_ok(r, "source %s: %s in bucket %s at %s, region %s, %zu opened network%s", source->name,
              source->type == SOURCE_STORE ? "uploads" : "objects", s3->bucket, s3->endpoint,
              s3->region, source->allow_addresses.count,
              source->allow_addresses.count == 1 ? "" : "s");
    snprintf(whose, sizeof whose, "source %s", source->name);
    check_secret(r, whose, "access key", &access_key);
    check_secret(r, whose, "secret key", &secret_key);
    if (source->type == SOURCE_STORE && !s3->access_key_file)
        report_warn(r, "source %s: no keys: uploads are kept only if anybody may write to the bucket",
                    source->name);
}

static void check_store(struct report *r, const struct config *config)
{
    if (config->store.type == STORE_LOCAL && (config->store.s3.endpoint || config->store.s3.bucket))
        report_warn(r, "store: type is local: uploads go to store_dir, not into a bucket");
}

static void check_source(struct report *r, const struct config *config,
                         const struct config_source *source)
{
    if (source->type == SOURCE_WEB)
        check_web(r, source);
    else if (source->type == SOURCE_ATPROTO)
        check_atproto(r, source);
    else if (source->type == SOURCE_LIBRAVATAR)
        report_ok(r, "source %s: hashes of addresses in %s", source->name, source->domain);
    else if (config_source_is_local(source))
        report_ok(r, "source %s: uploads", source->name);
    else if (source->s3.bucket)
        check_bucket(r, source);
    else
        check_template(r, source);
    check_fallbacks(r, config, source);
    check_key_files(r, source);
}

static void check_camo(struct report *r, const struct config *config)
{
    if (!config->camo.prefix)
        return;
    check_secret(r, "camo", "key", &config->camo.key);
    if (config->camo.types >> PICTURE_SVG & 1)
        report_warn(r, "camo: SVG is passed on: keep it on a host name of its own");
}

/* How many pairs the file has; a negative errno where it is none. */
static int count_imgproxy_keys(struct report *r, const char *path)
{
    char error[CONFIG_ERROR_MAX];
    struct imgproxy_keys keys;
    int rc = imgproxy_keys_read(path, &keys, error), count = (int)keys.count;

    imgproxy_keys_wipe(&keys);
    if (rc < 0)
        report_fail(r, "imgproxy: keys_file: %s", error);
    return rc < 0 ? rc : count;
}

static void check_imgproxy(struct report *r, const struct config *config)
{
    char error[CONFIG_ERROR_MAX];
    struct router *router = NULL;
    int pairs = 0, rc;

    if (!config->imgproxy.prefix)
        return;
    if (config->imgproxy.keys_file)
        pairs = count_imgproxy_keys(r, config->imgproxy.keys_file);
    rc = router_open(config, &router, error);
    router_free(&router);
    if (rc < 0)
        report_fail(r, "%s", error);
    if (rc < 0 || pairs < 0)
        return;
    if (config->imgproxy.insecure)
        report_warn(r, "imgproxy: insecure: anybody can have any picture drawn of source %s's hosts",
                    config->imgproxy.source->name);
    else
        report_ok(r, "imgproxy: below %s, %d key%s, %zu preset%s", config->imgproxy.prefix[0]
                  ? config->imgproxy.prefix : "/", pairs, pairs == 1 ? "" : "s",
                  config->imgproxy.preset_count, config->imgproxy.preset_count == 1 ? "" : "s");
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
    if (rc < 0) {
        report_fail(r, "renderer %s does not start: %s", config->render.program, strerror(-rc));
        renderer_free(&renderer);
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
    check_fonts(r, renderer);
    renderer_free(&renderer);
    buffer_free(&written);
    buffer_free(&decoded);
}

static int print_text(int (*write)(struct buffer *out))
{
    struct buffer text = {0};
    int status = CTL_OK;

    if (write(&text) < 0 || fwrite(text.data, 1, text.length, stdout) != text.length)
        status = ctl_fail(&check_command, "%s", strerror(errno ? errno : ENOMEM));
    buffer_free(&text);
    return status;
}

static int check_all(const struct config *config, const char *user)
{
    struct report report = {0};

    check_config(&report, config);
    for (size_t i = 0; i < config->source_count; i++)
        check_source(&report, config, &config->sources[i]);
    check_store(&report, config);
    check_imgproxy(&report, config);
    if (config->fetch.ca_file && access(config->fetch.ca_file, R_OK) < 0)
        report_fail(&report, "fetch.ca_file %s: %s", config->fetch.ca_file, strerror(errno));
    check_secret(&report, "admin", "token", &config->admin.token);
    check_camo(&report, config);
    check_keys(&report, config);
    check_renderer(&report, config);
    check_machine(&report, config);
    check_state(&report, config);
    check_uploads(&report, config);
    check_access(&report, config, user);
    check_publish(&report, config);
    printf("%u failed, %u warning%s\n", report.failures, report.warnings,
           report.warnings == 1 ? "" : "s");
    return report.failures ? CTL_FAILED : CTL_OK;
}

static int run(int argc, char **argv)
{
    static const struct option options[] = {
        CTL_OPTIONS,
        {"user", required_argument, NULL, 'u'},
        {"print-reference", no_argument, NULL, 'r'},
        {"print-manual", no_argument, NULL, 'm'},
        {NULL, 0, NULL, 0},
    };
    int (*print)(struct buffer *) = NULL;
    const char *path = NULL, *user = NULL;
    struct config *config;
    int c, status;

    while ((c = getopt_long(argc, argv, CTL_LETTERS, options, NULL)) != -1)
        switch (c) {
        case 'u':
            user = optarg;
            break;
        case 'r':
            print = config_write_reference;
            break;
        case 'm':
            print = config_write_manual;
            break;
        default:
            if ((status = ctl_option(&check_command, c, &path)) >= 0)
                return status;
        }
    if ((status = ctl_no_more(&check_command, argc, argv)) >= 0)
        return status;
    if (print)
        return print_text(print);
    if (user && !getpwnam(user))
        return ctl_misuse(&check_command, "no user \"%s\" on this machine", user);
    config = ctl_config(NULL, path);
    if (!config)
        return CTL_FAILED;
    log_set_level(LOG_LEVEL_ERROR);
    status = check_all(config, user);
    config_free(&config);
    return status;
}

const struct command check_command = {
    .name = "check",
    .run = run,
    .arguments = "[--user NAME] [--print-reference | --print-manual]",
    .doc = "check the configuration and what this machine gives",
    .help = "  --user NAME        tell whether the web server's user can read what it is to send\n"
            "  --print-reference  print a configuration with every key and its default\n"
            "  --print-manual     print the manual page visage.conf(5)\n"
            "\n"
            "What it says holds for the user it runs as: that should be the workers'.\n",
};

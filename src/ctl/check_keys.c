/* SPDX-License-Identifier: MIT
 *
 * What single keys of the configuration need of this machine, and what they come
 * to.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sign_keys.h"
#include "ctl/check.h"
#include "image/sniff.h"

/* ---- fallbacks ---- */

static void check_picture(struct report *r, const struct config *config, const char *source,
                          const char *key, const char *path, int fd)
{
    char head[SNIFF_BYTES], size[16];
    enum picture_type type;
    struct stat st;
    ssize_t n;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        report_fail(r, "source %s: %s %s is not a file", source, key, path);
        return;
    }
    n = pread(fd, head, sizeof head, 0);
    type = n > 0 ? sniff_picture(head, (size_t)n) : PICTURE_UNKNOWN;
    if (type == PICTURE_UNKNOWN)
        report_fail(r, "source %s: %s %s is no picture of a known type", source, key, path);
    else if ((uint64_t)st.st_size > config->fetch.max_bytes)
        report_fail(r, "source %s: %s %s is larger than fetch.max_bytes, %s", source, key, path,
                    report_bytes(config->fetch.max_bytes, size));
    else
        report_ok(r, "source %s: %s %s is a picture (%s)", source, key, path,
                  picture_type_name(type));
}

void check_fallbacks(struct report *r, const struct config *config,
                     const struct config_source *source)
{
    const struct {
        const char *key;
        const struct config_fallback *fallback;
    } all[] = {
        {"fallback", &source->fallback},
        {"fallback_not_found", &source->fallback_not_found},
        {"fallback_denied", &source->fallback_denied},
        {"fallback_failing", &source->fallback_failing},
        {"fallback_broken", &source->fallback_broken},
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const char *path = all[i].fallback->file;
        int fd;

        if (all[i].fallback->kind != FALLBACK_FILE)
            continue;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0) {
            report_fail(r, "source %s: %s %s: %s", source->name, all[i].key, path,
                        strerror(errno));
            continue;
        }
        check_picture(r, config, source->name, all[i].key, path, fd);
        close(fd);
    }
}

/* ---- keys ---- */

static void check_key_file(struct report *r, const char *source, const char *name, const char *path)
{
    char error[CONFIG_ERROR_MAX];
    struct sign_keys keys;

    if (!path)
        return;
    if (sign_keys_read(path, &keys, error) < 0)
        report_fail(r, "source %s: %s: %s", source, name, error);
    else
        report_ok(r, "source %s: %s %s has %zu key%s", source, name, path, keys.count,
                  keys.count == 1 ? "" : "s");
    sign_keys_free(&keys);
}

void check_key_files(struct report *r, const struct config_source *source)
{
    check_key_file(r, source->name, "sign_key_file", source->sign_key_file);
    check_key_file(r, source->name, "grant_key_file", source->store.grant_key_file);
    check_key_file(r, source->name, "api_key_file", source->store.api_key_file);
}

/* ---- others ---- */

static void check_keeper(struct report *r, const struct config *config)
{
    if (access(config->keeper, X_OK) == 0)
        report_ok(r, "keeper %s can be run", config->keeper);
    else
        report_fail(r, "keeper %s: %s; nothing is refreshed or swept in the background",
                    config->keeper, strerror(errno));
}

static void check_log(struct report *r, const struct config *config)
{
    char path[PATH_MAX];
    const char *directory;

    if (config->log_target != LOG_TO_FILE)
        return;
    if (access(config->log_file, W_OK) == 0) {
        report_ok(r, "log %s can be written", config->log_file);
        return;
    }
    snprintf(path, sizeof path, "%s", config->log_file);
    directory = dirname(path);
    if (errno == ENOENT && faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0)
        report_ok(r, "log %s can be made", config->log_file);
    else
        report_fail(r, "log %s cannot be written: %s", config->log_file, strerror(errno));
}

static void check_limit(struct report *r, const struct config *config)
{
    if (config->limit.rate == 0)
        report_ok(r, "clients: no limit on their requests");
    else
        report_ok(r, "clients: %u requests a second, %u at once, a miss counts as %u; by the first "
                     "%u bits of IPv4 and %u of IPv6 addresses",
                  config->limit.rate, config->limit.burst, config->limit.miss_cost,
                  config->limit.ipv4_prefix, config->limit.ipv6_prefix);
}

static void check_admin(struct report *r, const struct config *config)
{
    size_t networks = config->admin.addresses.count;
    bool token = config->admin.token.file || config->admin.token.env;

    if (networks == 0 && !token)
        report_ok(r, "admin: /_visage/ is closed: neither addresses nor a token are set");
    else if (!token)
        report_ok(r, "admin: %zu network%s may look at /_visage/; without a token nothing can be "
                     "purged over HTTP", networks, networks == 1 ? "" : "s");
    else
        report_ok(r, "admin: /_visage/ with the token; %zu network%s may look without", networks,
                  networks == 1 ? "" : "s");
    if (config->admin.open_versions)
        report_ok(r, "admin: anybody may ask /_visage/versions about the sources whose URLs need "
                     "no signature");
}

void check_keys(struct report *r, const struct config *config)
{
    check_keeper(r, config);
    check_log(r, config);
    check_limit(r, config);
    check_admin(r, config);
}

/* SPDX-License-Identifier: MIT
 *
 * The configuration: read once from a file (libconfuse syntax) into a struct
 * that nobody changes afterwards. One table in config_table.c names every key
 * with its type, default, range and one line of documentation; the parser, the
 * reference file conf/visage.conf and the messages follow from it.
 */
#ifndef VISAGE_BASE_CONFIG_H
#define VISAGE_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/network.h"
#include "base/picture.h"

#define CONFIG_NAME_MAX 64   /* bytes in a preset's or source's name */
#define CONFIG_SIZES_MAX 32
#define CONFIG_FORMATS_MAX 3
#define CONFIG_ERROR_MAX 512 /* room for a message, NUL included */

enum sendfile_mode { SENDFILE_NONE, SENDFILE_X_SENDFILE, SENDFILE_X_ACCEL };

/* A named rendering. */
struct config_preset {
    char *name;
    struct rendering rendering;
};

/* Where a credential is read from; at most one of file and env is set. */
struct config_secret {
    char *file;
    char *env;
};

/* Where pictures come from. */
struct config_source {
    char *name;
    char *url;              /* template; "{id}" stands for the re-encoded id */
    char *id_pattern;       /* POSIX extended expression for one whole path segment */
    char **headers;         /* "Name: value", sent to the source's own origin only */
    size_t header_count;
    char *username;         /* NULL: no Basic authentication; "" is a valid user name */
    struct config_secret password;
    struct config_secret bearer;
    struct network *allow_addresses; /* opened although the guard forbids them */
    size_t allow_address_count;
    int64_t ttl_ms;         /* how long a fetched picture is fresh */
    int64_t stale_ms;       /* how long after that it may stand in for a failing origin */
    int line;               /* where the section begins, for messages */
};

struct config {
    char *path;             /* the file it came from */
    char *state_dir;
    uint64_t cache_size;    /* bytes on disk for all blobs together */
    uint64_t hot_size;      /* bytes of blobs each worker may keep in memory */
    char *prefix;           /* URL prefix, begins with '/', no '/' at the end; "" for none */
    char *allow_origin;     /* Access-Control-Allow-Origin; "" leaves the header out */
    char *cache_control;    /* for mutable pictures */
    uint32_t background;    /* 0xRRGGBB under transparency in JPEG */
    uint32_t sizes[CONFIG_SIZES_MAX]; /* ascending, no doubles */
    size_t size_count;
    uint32_t quality;       /* 1..100, for /s{size}/ */
    enum picture_type formats[CONFIG_FORMATS_MAX]; /* in order of preference */
    size_t format_count;
    enum sendfile_mode sendfile;
    char *sendfile_prefix;  /* X-Accel-Redirect's internal URI prefix, ends with '/'; else NULL */
    bool group_readable;    /* blobs 0640 and directories 0750, for the web server's group */
    enum log_level log_level;

    struct {
        int64_t connect_timeout_ms;
        int64_t timeout_ms;
        uint64_t max_bytes;
        unsigned max_redirects;
        char *user_agent;
        char *ca_file;      /* NULL: the system's */
    } fetch;

    struct {
        char *program;      /* visage-render's path */
        int64_t timeout_ms;
        uint64_t max_pixels;
        uint64_t max_memory; /* bytes of address space beyond what the renderer starts with */
        int64_t idle_ms;    /* an idle renderer leaves after this */
        bool sandbox;       /* false only for debugging; says so in the log */
    } render;

    struct config_preset *presets;
    size_t preset_count;
    struct config_source *sources;
    size_t source_count;
};

/* Reads and checks the file at `path`. On success returns 0 and *out is owned
 * by the caller. On failure returns a negative errno (-ENOENT, -EACCES, -EINVAL
 * ...), *out is NULL, and `error` holds "file:line: what is wrong and what is
 * allowed". Opens no secret. */
int config_load(const char *path, struct config **out, char error[CONFIG_ERROR_MAX]);

/* Frees *config and clears the pointer; NULL is fine. */
void config_free(struct config **config);

/* The path to use: `option` if not NULL, else $VISAGE_CONF, else the installed file. */
const char *config_path(const char *option);

/* NULL when there is none of this name; `length` bytes, case-sensitive. */
const struct config_preset *config_find_preset(const struct config *c, const char *name,
                                               size_t length);
const struct config_source *config_find_source(const struct config *c, const char *name,
                                               size_t length);

struct buffer;

/* Writes the reference configuration, every key with its default and its line
 * of documentation: what is shipped as conf/visage.conf. Returns 0 or -ENOMEM. */
int config_write_reference(struct buffer *out);

#endif

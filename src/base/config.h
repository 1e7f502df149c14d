/* SPDX-License-Identifier: MIT
 *
 * The configuration: read once from a file (libconfuse syntax) into a struct
 * that nobody changes afterwards. The tables in config_keys_*.c name every key
 * with its type, default, range and one line of documentation; the parser, the
 * reference file conf/visage.conf and the messages follow from it.
 */
#ifndef VISAGE_BASE_CONFIG_H
#define VISAGE_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cid.h"
#include "base/generator.h"
#include "base/log.h"
#include "base/network.h"
#include "base/picture.h"

#define CONFIG_NAME_MAX 64   /* bytes in a preset's or source's name */
#define CONFIG_SIZES_MAX 32
#define CONFIG_FONTS_MAX 64
#define CONFIG_FORMATS_MAX 3
#define CONFIG_CHAIN_MAX 8   /* sources that one URL may be looked for in */
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

/* What is drawn in place of a picture that cannot be had. */
enum fallback_kind {
    FALLBACK_UNSET, /* as the source's `fallback` says */
    FALLBACK_NONE,
    FALLBACK_IDENTICON,
    FALLBACK_FILE,
};

struct config_fallback {
    enum fallback_kind kind;
    char *file; /* FALLBACK_FILE: an absolute path; else NULL */
};

/* What is asked of a source's URLs. */
enum sign_mode {
    SIGN_OFF,      /* signatures mean nothing */
    SIGN_OPTIONAL, /* they may be missing, but not wrong */
    SIGN_REQUIRED,
};

/* What a source's ids are, and how they are fetched. */
enum source_type {
    SOURCE_HTTP, /* they stand in the template `url` */
    SOURCE_WEB,  /* they are URLs themselves, as http_url_normalise() writes them */
    SOURCE_ATPROTO, /* "DID/CID": blobs at whatever PDS the DID's document names */
    SOURCE_LIBRAVATAR, /* hashes of addresses in a domain, whose DNS names the server */
    SOURCE_STORE, /* what people have uploaded here: in store/, or in a bucket if there is a `url` */
    SOURCE_S3,    /* objects in a bucket, which something else puts there */
};

/* Where uploads are kept. */
enum store_type { STORE_LOCAL, STORE_S3 };

/* Which names atproto's URLs know, and what they mean. */
enum atproto_presets { ATPROTO_COVES, ATPROTO_BLUESKY };

/* Whom a picture is fit for: each includes those before it. */
enum rating { RATING_G, RATING_PG, RATING_R, RATING_X };

/* Texts, in the order in which they stand there. */
struct config_list {
    char **items;
    size_t count;
};

/* Bits of config_source.store.writers. */
#define WRITER_REMOTE_USER 1u /* whom the web server has let in */
#define WRITER_GRANT 2u       /* route/grant.h */
#define WRITER_API_KEY 4u     /* the site's own programs: for everybody */

/* A bucket of an S3-compatible object store. */
struct config_s3 {
    char *endpoint;         /* a web address without '/' at its end */
    char *bucket;
    char *region;
    char *key;              /* of an object; "{id}" stands for the id; of uploads, "NAME/{id}" */
    char *access_key_file;
    char *secret_key_file;
};

/* Where pictures come from. */
struct config_source {
    char *name;
    enum source_type type;
    char *url;              /* a template; "{id}" stands for the re-encoded id. NULL where something else
                               says where pictures are */
    struct config_s3 s3;    /* SOURCE_S3; and SOURCE_STORE in a bucket, borrowed from config.store */
    char **hosts;           /* SOURCE_WEB: names, "*.name" or "*", in lower case */
    size_t host_count;
    char *plc;              /* SOURCE_ATPROTO: the directory of did:plc, without '/' at its end */
    enum cid_rule verify_cid; /* SOURCE_ATPROTO */
    char *domain;           /* SOURCE_LIBRAVATAR; else NULL */
    char *default_server;   /* SOURCE_LIBRAVATAR: where the domain names none; no '/' at its end */
    char *id_pattern;       /* POSIX extended expression for one whole path segment */
    char **headers;         /* "Name: value", sent to the source's own origin only */
    size_t header_count;
    char *username;         /* NULL: no Basic authentication; "" is a valid user name */
    struct config_secret password;
    struct config_secret bearer;
    struct network_list allow_addresses; /* opened although the guard forbids them */
    uint32_t fetch_slots;   /* fetches from its origin at one time, over all workers */
    int64_t ttl_min_ms;     /* the least that a fetched picture is fresh, whatever its origin says */
    int64_t ttl_ms;         /* how long it is if its origin does not say */
    int64_t ttl_max_ms;     /* the most, whatever its origin says */
    int64_t stale_ms;       /* how long after that it may stand in */
    enum rating rating;     /* of all its pictures */
    bool keep_private;      /* keeps what its origin calls private or no-store */
    enum sign_mode sign;    /* of native URLs */
    char *sign_key_file;    /* NULL: nothing can be signed */
    struct {                /* SOURCE_STORE */
        uint32_t keep_versions; /* with the current one */
        uint64_t max_bytes;     /* of an upload */
        uint64_t min_bytes;
        uint32_t types;         /* bit (1 << enum picture_type) for each that is taken */
        bool strip;             /* kept re-encoded, without metadata */
        char *preset_name;      /* drawn so before it is kept; NULL: as it came */
        const struct config_preset *preset;
        uint32_t writers;       /* WRITER_ bits: how it is known who uploads */
        char *grant_key_file;   /* NULL: no grant is good */
        char *api_key_file;     /* NULL: no keys */
        struct config_list origins; /* of pages that may write with a visitor's cookies */
    } store;
    struct config_fallback fallback;           /* for every cause that has none of its own */
    struct config_fallback fallback_not_found; /* the origin has no such picture */
    struct config_fallback fallback_denied;    /* the origin or the guard refuses */
    struct config_fallback fallback_failing;   /* the origin, or Visage itself, is in trouble */
    struct config_fallback fallback_broken;    /* what came is no picture, or cannot be drawn */
    int line;               /* where the section begins, for messages */
};

/* What a GET gives. */
enum rest_answer { REST_PICTURE, REST_INFO, REST_EXISTS, REST_HEALTH };

/* Bits of config_rest.methods. */
#define REST_GET 1u
#define REST_PUT 2u
#define REST_POST 4u
#define REST_DELETE 8u

/* URLs that a front end knows already. */
struct config_rest {
    char *name;
    char *path;             /* template: "{id}" is a whole segment of it, at most once */
    char *source_name;
    const struct config_source *source;
    uint32_t methods;       /* REST_ bits */
    enum rest_answer answers;
    char *preset_name;
    const struct config_preset *preset; /* NULL: in their own size */
    char *field;
    char *cache_control;    /* NULL: the configuration's */
    uint32_t upload_status, delete_status;
    char *upload_body, *delete_body, *info_body, *exists_body; /* NULL: none is configured */
    char *missing_body, *error_body; /* the same, of a 404, and of every other error */
};

struct config {
    char *path;             /* the file it came from */
    char *text;             /* what was read, comments left out */
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
    char *publish_root;     /* an absolute path; NULL: nothing is published */
    bool group_readable;    /* blobs 0640 and directories 0750, for the web server's group */
    enum log_level log_level;
    enum log_target log_target;
    char *log_file;         /* LOG_TO_FILE: an absolute path; else NULL */
    bool log_urls;          /* request lines name the URL, not only the key's first digits */
    char *store_dir;        /* uploads; NULL: "store" in state_dir */
    uint64_t min_free;      /* bytes that stay free on the state directory's disk */
    uint64_t keep_original_max; /* larger originals are dropped once they have been rendered */
    uint32_t busy_limit;    /* workers that may fetch or wait at one time; 0: all but a quarter */
    uint32_t fetch_slots;   /* fetches at one time, over all workers */
    char *keeper;           /* visage-keeper's path */

    struct {
        int64_t connect_timeout_ms;
        int64_t timeout_ms;
        uint64_t max_bytes;
        unsigned max_redirects;
        uint32_t retries;       /* further tries after a failure that may pass */
        uint32_t breaker_failures; /* in a row, until the origin is left alone; 0: never */
        int64_t breaker_open_ms;   /* how long at first; doubles up to BREAKER_OPEN_MAX_MS */
        char *user_agent;
        char *ca_file;      /* NULL: the system's */
        struct config_list dns_servers; /* for SRV records: "address", "address:port" or
                                           "[address]:port"; empty: the system's */
    } fetch;

    struct {
        char *program;      /* visage-render's path */
        int64_t timeout_ms;
        uint64_t max_pixels;
        uint64_t max_memory; /* bytes of address space beyond what the renderer starts with */
        int64_t idle_ms;    /* an idle renderer leaves after this */
        bool sandbox;       /* false only for debugging; says so in the log */
        struct config_list fonts; /* for initials, the preferred one first; empty: the usual ones */
    } render;

    struct {                    /* what people upload */
        enum store_type type;
        struct config_s3 s3;
        int64_t ttl_ms;         /* how long what is known of a bucket is fresh */
        int64_t timeout_ms;     /* of a change in it, tries included */
    } store;

    struct {                    /* clients, by address prefix */
        uint32_t rate;          /* requests a second; 0: no limit */
        uint32_t burst;         /* that may come at once */
        uint32_t miss_cost;     /* what a miss counts as, in requests */
        uint32_t ipv4_prefix;   /* bits that make a client */
        uint32_t ipv6_prefix;
    } limit;

    struct {                    /* /_visage/ */
        struct network_list addresses; /* may look without a token */
        struct config_secret token;
        bool open_versions;     /* /_visage/versions without one, where nothing has to be signed */
    } admin;

    struct {                    /* /img/{preset}/plain/{did}/{cid} */
        char *prefix;           /* as above; NULL: there are no such URLs */
        char *source_name;
        const struct config_source *source; /* of SOURCE_ATPROTO; not NULL if there is a prefix */
        enum atproto_presets presets;
    } atproto;
    struct {                    /* pictures of the web, passed on as they are */
        char *prefix;           /* as above; NULL: there is no such thing */
        char *source_name;
        const struct config_source *source; /* of type SOURCE_WEB; NULL without a prefix */
        struct config_secret key;
        uint32_t types;         /* bit (1 << enum picture_type) for each that is passed on */
        uint64_t max_bytes;     /* of what is passed on */
    } camo;

    struct {                    /* its URLs */
        char *prefix;           /* as above; NULL: it is switched off */
        char *source_name;
        const struct config_source *source; /* of that name, of SOURCE_WEB */
        char *keys_file;        /* NULL with `insecure`, and only then */
        uint32_t signature_size; /* bytes */
        bool insecure;          /* whatever stands in a signature's place is taken */
        char **presets;         /* "name=option:argument/..." */
        size_t preset_count;
        char **allowed_options; /* names, long or short; none: all */
        size_t allowed_count;
        int64_t max_age_ms;     /* of cache_control's; 0: its own */
    } imgproxy;

    struct {                    /* /avatar/{hash} */
        char *prefix;           /* as above; NULL: there is no such thing */
        struct config_list source_names;
        const struct config_source *sources[CONFIG_CHAIN_MAX]; /* in the order of asking */
        size_t source_count;
        enum generator generator; /* what there is for who has no picture; GENERATOR_NONE: 404 */
        uint32_t max_size;
        enum rating rating;     /* where a URL says none */
        struct config_list default_hosts; /* that a URL's default may lead to */
    } gravatar;

    struct {                    /* JSON whose pictures' URLs are replaced by local ones */
        struct config_list fields; /* names of members; none: there is no such thing */
        char *match;            /* what the URLs begin with */
        char *source_name;
        const struct config_source *source; /* of SOURCE_HTTP, or of SOURCE_WEB and then that of
                                               imgproxy or else of camo; NULL without fields */
        char *preset_name;
        const struct config_preset *preset; /* NULL only with camo */
        char *base;             /* scheme and host before the paths; NULL: nothing */
        int64_t expires_ms;     /* how long they are good at least; 0: for ever */
        uint64_t max_bytes;     /* of a document */
    } rewrite;

    struct config_preset *presets;
    size_t preset_count;
    struct config_source *sources;
    size_t source_count;
    struct config_rest *rests; /* in the order of the file */
    size_t rest_count;
};

/* Reads and checks the file at `path`. On success returns 0 and *out is owned
 * by the caller. On failure returns a negative errno (-ENOENT, -EACCES, -EINVAL
 * ...), *out is NULL, and `error` holds "file:line: what is wrong and what is
 * allowed". Opens no secret. */
int config_load(const char *path, struct config **out, char error[CONFIG_ERROR_MAX]);

/* The configuration that says nothing: every key has its default. Otherwise like config_load(). */
int config_load_defaults(struct config **out, char error[CONFIG_ERROR_MAX]);

/* Frees *config and clears the pointer; NULL is fine. */
void config_free(struct config **config);

/* The path to use: `option` if not NULL, else $VISAGE_CONF, else the installed file. */
const char *config_path(const char *option);

/* NULL when there is none of this name; `length` bytes, case-sensitive. */
const struct config_preset *config_find_preset(const struct config *c, const char *name,
                                               size_t length);
const struct config_source *config_find_source(const struct config *c, const char *name,
                                               size_t length);

/* Whether its path names nobody: it is about the picture of who asks. */
bool config_rest_is_own(const struct config_rest *rest);

/* Whether its pictures are in the store of this machine. */
bool config_source_is_local(const struct config_source *source);

/* Whether they are uploads in a bucket: another machine may replace or delete them. */
bool config_source_is_shared(const struct config_source *source);

struct buffer;

/* Writes the reference configuration, every key with its default and its line
 * of documentation: what is shipped as conf/visage.conf. Returns 0 or -ENOMEM. */
int config_write_reference(struct buffer *out);

/* Writes the manual page of the configuration, visage.conf(5), in mdoc: what is shipped as
 * man/visage.conf.5. Returns 0 or -ENOMEM. */
int config_write_manual(struct buffer *out);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The table of all configuration keys, and the questions asked of it. Private
 * to src/base/config*.c.
 */
#ifndef VISAGE_BASE_CONFIG_TABLE_H
#define VISAGE_BASE_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONFIG_WHY_MAX 400 /* room for what is wrong with a value, NUL included */

enum config_section {
    CONFIG_ROOT, /* keys outside any section */
    CONFIG_PRESET,
    CONFIG_FETCH,
    CONFIG_RENDER,
    CONFIG_STORE,
    CONFIG_LIMIT,
    CONFIG_ADMIN,
    CONFIG_ATPROTO,
    CONFIG_CAMO,
    CONFIG_IMGPROXY,
    CONFIG_GRAVATAR,
    CONFIG_SOURCE,
    CONFIG_REST,
    CONFIG_REWRITE,
    CONFIG_SECTIONS
};

/* What a value looks like, and what it is stored as. */
enum config_type {
    CONFIG_PATH,     /* char *; absolute, no '/' at the end */
    CONFIG_FIELD,    /* char *; fit for a header's value, min..max bytes */
    CONFIG_SIZE,     /* uint64_t bytes */
    CONFIG_DURATION, /* int64_t milliseconds */
    CONFIG_UINT32,
    CONFIG_UINT64,
    CONFIG_BOOLEAN,  /* bool */
    CONFIG_WORD,     /* an enum: min + the word's place in `words` */
    CONFIG_COLOUR,   /* uint32_t 0xRRGGBB */
    CONFIG_PREFIX,   /* char *; a URL path or "" */
    CONFIG_SENDFILE, /* sendfile and sendfile_prefix of struct config */
    CONFIG_SIZES,    /* list: sizes of struct config */
    CONFIG_FORMATS,  /* list: formats of struct config */
    CONFIG_URL,      /* char *; a template with {id} */
    CONFIG_BASE,     /* char *; a web address without query, no '/' at the end */
    CONFIG_SITE,     /* char *; the same without a path */
    CONFIG_DOMAIN,   /* char *; a host name */
    CONFIG_NAME,     /* char *; of a section */
    CONFIG_PATTERN,  /* char *; a POSIX extended regular expression */
    CONFIG_HEADERS,  /* list: headers of struct config_source */
    CONFIG_HOSTS,    /* list: hosts of struct config_source, or default_hosts of struct config */
    CONFIG_USERNAME, /* char * */
    CONFIG_VARIABLE, /* char *; an environment variable's name */
    CONFIG_PRESETS,  /* list: presets of imgproxy */
    CONFIG_OPTIONS,  /* list: allowed_options of imgproxy */
    CONFIG_NETWORKS, /* list: struct network_list */
    CONFIG_PATHS,    /* list: struct config_list */
    CONFIG_LOG,      /* log_target and log_file of struct config */
    CONFIG_FALLBACK, /* struct config_fallback */
    CONFIG_MEDIA,    /* list: uint32_t, bit (1 << enum picture_type) for each */
    CONFIG_INPUTS,   /* list: the same of types that are decoded */
    CONFIG_NAMES,    /* list: struct config_list of sources */
    CONFIG_BUCKET,   /* char *; a bucket's or a region's name */
    CONFIG_OBJECT,   /* char *; an object's key with {id} */
    CONFIG_WRITERS,  /* list: uint32_t, a WRITER_ bit for each */
    CONFIG_TEMPLATE, /* char *; a URL path with at most one segment {id} */
    CONFIG_METHODS,  /* list: uint32_t, bit (1 << enum http_method) for each */
    CONFIG_TEXT,     /* char *; up to max bytes without control characters */
    CONFIG_ORIGINS,  /* list: struct config_list of "scheme://host[:port]" */
    CONFIG_MEMBERS,  /* list: struct config_list of names in JSON */
    CONFIG_BEGINNING, /* char *; what web addresses begin with */
    CONFIG_SERVERS,  /* list: struct config_list of addresses, with or without a port */
};

struct config_key {
    enum config_section section;
    const char *name;
    enum config_type type;
    const char *fallback; /* the default as it would be written, without quotes; the items of
                             a list separated by ", "; NULL: unset */
    const char *shown;    /* stands in the reference where the default depends on the build or
                             there is none; NULL: the default itself */
    int64_t min, max;     /* of the value, in the unit it is stored in, or of its length */
    bool or_zero;         /* 0 is allowed, too, below min */
    bool alternative;     /* excludes the key before it: the reference only tells of it */
    const char *words;    /* CONFIG_WORD: what is allowed, separated by spaces */
    size_t offset;        /* of the member, in the section's struct */
    const char *doc;      /* one sentence */
};

/* The keys of one section. */
struct config_keys {
    const struct config_key *items;
    size_t count;
};

const struct config_keys *config_section_keys(enum config_section section);

/* "preset"; "" for CONFIG_ROOT. */
const char *config_section_name(enum config_section section);

/* CONFIG_ROOT for a name that is none. */
enum config_section config_section_from_name(const char *name);

/* Fills `why` for a key that the section does not know: the nearest one that it
 * does know, the section where it belongs, or all that are allowed. */
void config_unknown_key(enum config_section section, const char *name, char why[CONFIG_WHY_MAX]);

#endif

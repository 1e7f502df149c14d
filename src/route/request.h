/* SPDX-License-Identifier: MIT
 *
 * What a URL of any dialect means: which picture, drawn how. The canonical
 * texts made from it are what the cache is keyed by, so two URLs that mean one
 * thing share one entry.
 */
#ifndef VISAGE_ROUTE_REQUEST_H
#define VISAGE_ROUTE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/config.h"
#include "base/digest.h"
#include "base/generator.h"
#include "base/picture.h"

#define PICTURE_ID_MAX 2048          /* bytes in a decoded id, NUL not counted */
#define PICTURE_CANONICAL_MAX 4096   /* room for a canonical text, NUL included */
#define PICTURE_LOCATION_MAX 1024    /* bytes in the URL of a redirect, NUL not counted */
#define PICTURE_TEXT_MAX 63          /* bytes of text in a drawn picture, NUL not counted */

#define PICTURE_VERSION_DIGITS 16    /* of an original's digest in a URL */
#define PICTURE_FILENAME_MAX 128     /* NUL included */

/* Which kind of URL asked, where answers differ by it. */
enum dialect_name {
    DIALECT_NATIVE,
    DIALECT_GRAVATAR,
    DIALECT_ATPROTO,
    DIALECT_IMGPROXY,
    DIALECT_CAMO,
    DIALECT_REST
};

/* What there is where no source has the picture: one that is drawn, else a redirect, else 404. */
struct picture_default {
    enum generator generator;
    struct digest seed;
    char text[PICTURE_TEXT_MAX + 1]; /* for GENERATOR_INITIALS; UTF-8 */
    char location[PICTURE_LOCATION_MAX + 1];
};

struct picture_request {
    enum dialect_name dialect;
    const struct config_source *source;
    char id[PICTURE_ID_MAX + 1]; /* decoded; segments joined by '/', or a URL; see
                                    picture_id_fits() */
    struct rendering rendering;
    uint32_t background;         /* 0xRRGGBB, under transparency in JPEG */
    enum picture_type format;    /* JPEG, PNG, WebP, or PICTURE_AUTO */
    bool negotiated;             /* Accept decided the format: Vary */
    bool verbatim;               /* the original's own bytes: nothing above says how it is drawn */
    bool info;                   /* what is known of the original, in place of a picture: the same */
    bool immutable;              /* the URL will never mean another picture */
    bool snapped;                /* what is drawn is larger than what the URL asks for: many mean it */
    char version[PICTURE_VERSION_DIGITS + 1]; /* first digits of the digest of the only original
                                                 that is meant; "": the current one */
    char preset[CONFIG_NAME_MAX + 1]; /* DIALECT_ATPROTO: its name; with CAUSE_PRESET_UNKNOWN, of one
                                         that there is not, or "" if it is not plain */
    uint64_t buster;             /* tells variants apart that are drawn the same; 0: none */
    int64_t expires_s;           /* when the URL ends to be good, since the epoch; 0: never */
    int64_t max_age_s;           /* in place of cache_control's max-age; 0: that one */
    const struct config_rest *rest; /* DIALECT_REST: the section; an empty id is that of who asks */
    uint32_t methods;            /* DIALECT_REST: REST_ bits of what may be done here */
    bool attachment;             /* to be saved rather than shown */
    char filename[PICTURE_FILENAME_MAX]; /* to be saved as: letters, digits, blanks and "-._()"; ""
                                    for no name */
    /* DIALECT_GRAVATAR: the sources to ask in order, of which `source` is the first one; without any
     * it is nobody's. */
    const struct config_source *chain[CONFIG_CHAIN_MAX];
    unsigned chain_length;
    struct picture_default standard;
};

/* Whether the URL's own time is over. */
bool picture_expired(const struct picture_request *r, int64_t now_s);

/* Whether an id still has at most PICTURE_ID_MAX bytes as it stands in a canonical text, where '%',
 * '?' and control bytes are written as %XX. What does not fit must not be made a text of: route()
 * and route_subject() let nothing else through. */
bool picture_id_fits(const char *id);

/* Makes it a request for the original's own bytes. What says how it is drawn is set to something
 * that can be looked at. */
void picture_make_verbatim(struct picture_request *r);

/* Makes it a request for what is known of the original, in the same way. */
void picture_make_info(struct picture_request *r);

/* "gravatar" and so on, for people. */
const char *picture_dialect_name(enum dialect_name dialect);

/* "source/id": the subject. Returns its length; `out` is NUL-terminated. */
size_t picture_subject_text(const struct picture_request *r, char out[PICTURE_CANONICAL_MAX]);

/* The other way, for people to read: a subject's text, of `length` bytes, without the escapes.
 * Returns the length, or -EINVAL or -ENOSPC for what is none. */
ssize_t picture_subject_plain(const char *text, size_t length, char out[PICTURE_CANONICAL_MAX]);

/* "source/id?w=..&h=..&fit=..&q=..&f=..&bg=..&v=..": the variant in `format`, which must not be
 * PICTURE_AUTO; "source/id?as-is" for a verbatim one, "source/id?summary&v=.." for what is known of it,
 * whatever the format. PNG is lossless, so its
 * quality is left out; only JPEG has a background; effects and the buster stand before the version,
 * as far as there are any. Returns its length. */
size_t picture_variant_text(const struct picture_request *r, enum picture_type format,
                            char out[PICTURE_CANONICAL_MAX]);

/* Reads a variant's text back. Returns 0, -ENOENT for a source that the configuration does not
 * have (any more) or another rendering version, or -EINVAL for a text that is none. */
int picture_variant_parse(const struct config *config, const char *text,
                          struct picture_request *out);

/* The place of its source among the configuration's; -1 for a picture of none of them. */
int picture_source_place(const struct config *config, const struct picture_request *r);

#endif

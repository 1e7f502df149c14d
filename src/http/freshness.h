/* SPDX-License-Identifier: MIT
 *
 * How long an answer stays fresh, by RFC 9111 (HTTP Caching) as a shared cache
 * reads it, and how long after that it may still be used (RFC 5861). Pure.
 *
 * Section 3.5 does not apply: it is about requests that carry their user's
 * credentials. Ours carry the operator's, who configured the source in order to
 * show its pictures.
 */
#ifndef VISAGE_HTTP_FRESHNESS_H
#define VISAGE_HTTP_FRESHNESS_H

#include <stdbool.h>
#include <stdint.h>

/* Field values as received; NULL for a field that is not there. Several fields of one
 * name are joined by commas. */
struct freshness_fields {
    const char *cache_control;
    const char *expires;
    const char *date;
    const char *age;
    const char *pragma; /* counts only where there is no Cache-Control */
};

/* What the origin says. */
struct freshness {
    bool no_store;
    bool is_private;
    bool no_cache;          /* may be stored, is never fresh */
    bool must_revalidate;   /* must-revalidate, proxy-revalidate, s-maxage, no-cache: never stale */
    bool is_explicit;       /* a lifetime was given; else lifetime_ms is 0 and means nothing */
    int64_t lifetime_ms;    /* s-maxage, else max-age, else Expires less Date */
    int64_t age_ms;         /* corrected_initial_age, RFC 9111 section 4.2.3 */
    int64_t while_revalidate_ms; /* stale-while-revalidate; -1: not said */
    int64_t if_error_ms;         /* stale-if-error; -1: not said */
};

/* Reads the fields of an answer that was asked for at `asked_ms` and whose header section
 * had come at `answered_ms` (wall clock). Never fails: what cannot be read counts as stale
 * where the standard says so (a broken Expires), and as not there elsewhere. */
void freshness_read(const struct freshness_fields *fields, int64_t asked_ms, int64_t answered_ms,
                    struct freshness *out);

/* What the operator says of a source (config.h). */
struct freshness_policy {
    int64_t ttl_min_ms, ttl_ms, ttl_max_ms, stale_ms;
    bool keep_private;
};

struct freshness_times {
    bool store;               /* false: no-store or private, and the policy does not keep them */
    int64_t expires_ms;       /* fresh until */
    int64_t refresh_until_ms; /* stale, but may be served while it is being refreshed, until */
    int64_t stale_until_ms;   /* may stand in for a failing origin until */
};

/* Brings both together for an answer that came at `answered_ms`. What is left of the
 * origin's lifetime, or `ttl` if it gives none, is kept within ttl_min and ttl_max; no-cache
 * is a lifetime of zero. The windows after that are `stale`, which the origin may shorten but
 * not lengthen, and nothing where it forbids to use what is stale. What is kept against the
 * origin's wish (keep_private) is fresh for `ttl` and stale for `stale`. */
void freshness_apply(const struct freshness *said, const struct freshness_policy *policy,
                     int64_t answered_ms, struct freshness_times *out);

#endif

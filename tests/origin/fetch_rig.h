/* SPDX-License-Identifier: MIT
 *
 * What the fetch tests share: an origin with one picture, a source for it, a
 * fetcher, and a sink that compares what comes with the picture.
 */
#ifndef VISAGE_TESTS_FETCH_RIG_H
#define VISAGE_TESTS_FETCH_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "origin/fetch.h"
#include "origin/origin.h"

#define RIG_HEADERS_MAX 4
#define RIG_MAX_BYTES (1024 * 1024)

struct rig {
    struct origin *origin;
    unsigned char *picture;
    size_t picture_length;
    struct config config;
    struct fetcher *fetcher;

    /* the source that rig_fetch() uses: http://127.0.0.1:PORT/{id}, loopback allowed */
    struct config_source source_config;
    struct source source;
    struct network loopback;
    char url[256];
    char *headers[RIG_HEADERS_MAX];

    /* what the fetches ask for; source, id, sink and context are set by them */
    struct fetch_request request;

    /* what the last fetch brought */
    struct fetch_result result;
    size_t received;
    bool same;       /* all of it was what the picture has at this place */
    size_t fail_at;  /* the sink gives up at this many bytes; 0: never */
};

/* Starts all; a failure fails the test. */
void rig_start(struct rig *rig);
void rig_stop(struct rig *rig);

/* Another origin with the same picture, to be stopped by the caller. */
struct origin *rig_second_origin(const struct rig *rig);

/* Points the rig's source at a template. */
void rig_point(struct rig *rig, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a header field to the source; the string is borrowed. */
void rig_add_header(struct rig *rig, const char *field);

enum cause rig_fetch(struct rig *rig, const char *id);

/* Fetches from another source. */
enum cause rig_fetch_from(struct rig *rig, const struct source *source, const char *id);

/* "http://127.0.0.1:PORT" */
const char *rig_base(const struct origin *origin, char out[64]);

/* True if the last request for `path` carried this header field (NULL: did not). */
bool rig_sent(struct origin *origin, const char *path, const char *name, const char *value);

#endif

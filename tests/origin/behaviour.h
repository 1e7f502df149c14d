/* SPDX-License-Identifier: MIT
 *
 * How the test origin answers: one function per behaviour, and what they share.
 * Each runs in a thread of its own per connection, so it may block. Private to
 * tests/origin.
 */
#ifndef VISAGE_TESTS_BEHAVIOUR_H
#define VISAGE_TESTS_BEHAVIOUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <microhttpd.h>

#define BEHAVIOUR_ARGUMENTS 2

struct origin_picture {
    struct origin_picture *next;
    char *name;
    char *type;
    unsigned char *bytes;
    size_t length;
};

struct origin_request {
    struct MHD_Connection *connection;
    int fd;                                    /* the connection's socket */
    int stop_fd;                               /* readable when the origin ends */
    const char *path;                          /* decoded */
    const char *arguments[BEHAVIOUR_ARGUMENTS]; /* as many as the behaviour takes */
    const char *name;                          /* "" if left out */
    unsigned number;                           /* which request for this path, from 1 */
    const struct origin_picture *picture;      /* lives as long as the origin */
    const char *authorization;                 /* wanted by /echo-auth/; NULL: any */
};

/* Answers, or returns MHD_NO to end the connection. */
typedef enum MHD_Result behaviour_function(struct origin_request *r);

struct behaviour {
    const char *name; /* the first segment */
    unsigned arguments;
    behaviour_function *answer;
};

/* NULL for an unknown one. */
const struct behaviour *behaviour_find(const char *name);

/* Waits `ms` milliseconds, without end if negative. True if the time is over; false
 * if the client has gone or the origin is to stop. */
bool behaviour_wait(const struct origin_request *r, int64_t ms);

/* Answers with a text; `field` may be NULL. */
enum MHD_Result behaviour_text(struct origin_request *r, unsigned status, const char *type,
                               const char *text, const char *field, const char *value);

/* The ones that MHD would not do, written to the socket itself. */
behaviour_function behaviour_stall, behaviour_stall_mid, behaviour_stall_status,
    behaviour_truncated, behaviour_truncated_chunked, behaviour_short_length, behaviour_long_length,
    behaviour_endless_headers, behaviour_endless_line, behaviour_garbage, behaviour_cut_headers,
    behaviour_reset, behaviour_reset_mid, behaviour_early_hints, behaviour_unframed;

/* Makes a variant of a JPEG, allocated with malloc(), whose bytes and pixels belong to
 * `number` alone. Returns 0, -EINVAL if it is no JPEG, or -ENOMEM. */
int jpeg_variant(const unsigned char *bytes, size_t length, uint64_t number, unsigned char **out,
                 size_t *out_length);

#endif

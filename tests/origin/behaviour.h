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

struct origin;
struct field_list;
struct script_step;

struct origin_picture {
    struct origin_picture *next;
    char *name;
    char *type;
    unsigned char *bytes;
    size_t length;
};

struct origin_request {
    struct origin *origin;
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

/* Queues and lets go of the response, with a Date unless the fields say another or none.
 * `type`, which may be NULL, gives way to a Content-Type among the fields. A NULL response
 * ends the connection. */
enum MHD_Result behaviour_reply(struct origin_request *r, unsigned status,
                                struct MHD_Response *response, const char *type,
                                const struct field_list *fields);

/* A header field of the request, or NULL. */
const char *behaviour_request_header(struct origin_request *r, const char *name);

/* Answers with a text; `field` may be NULL. */
enum MHD_Result behaviour_text(struct origin_request *r, unsigned status, const char *type,
                               const char *text, const char *field, const char *value);

/* The ones that MHD would not do, written to the socket itself. */
behaviour_function behaviour_stall, behaviour_stall_mid, behaviour_stall_status,
    behaviour_truncated, behaviour_truncated_chunked, behaviour_short_length, behaviour_long_length,
    behaviour_endless_headers, behaviour_endless_line, behaviour_garbage, behaviour_cut_headers,
    behaviour_not_modified, behaviour_reset, behaviour_reset_mid, behaviour_early_hints,
    behaviour_unframed;

/* The ones that a test dictates. */
behaviour_function behaviour_fields, behaviour_script;

/* What behaviours ask of the origin; in origin.c. */

/* The newest picture of this name, else the first one; NULL without any. */
const struct origin_picture *origin_find_picture(struct origin *o, const char *name);

/* The next step of the script of this name, which lives as long as the origin; NULL if there
 * is no such script. */
const struct script_step *origin_next_step(struct origin *o, const char *name);

/* True if origin_release() has been called once more than this has been true. */
bool origin_take_release(struct origin *o);

/* Notes the status that a counted request is answered with. */
void origin_note_status(struct origin *o, const char *path, unsigned status);

/* Makes a variant of a JPEG, allocated with malloc(), whose bytes and pixels belong to
 * `number` alone. Returns 0, -EINVAL if it is no JPEG, or -ENOMEM. */
int jpeg_variant(const unsigned char *bytes, size_t length, uint64_t number, unsigned char **out,
                 size_t *out_length);

#endif

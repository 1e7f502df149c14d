/* SPDX-License-Identifier: MIT
 *
 * A name server for tests: it knows service records, over UDP on 127.0.0.1, in a thread of its
 * own.
 */
#ifndef VISAGE_TESTS_NAME_SERVER_H
#define VISAGE_TESTS_NAME_SERVER_H

#include <stdint.h>

struct name_server;

enum name_server_way {
    NAMES_ANSWER,  /* the records that were added for the name; NXDOMAIN for other names */
    NAMES_FAIL,    /* SERVFAIL */
    NAMES_SILENT,
    NAMES_CUT,     /* an answer whose records end too early */
    NAMES_GARBAGE, /* no message at all */
};

/* NULL on failure. */
struct name_server *name_server_start(void);
uint16_t name_server_port(const struct name_server *s);
void name_server_stop(struct name_server **s);

/* From now on. */
void name_server_set(struct name_server *s, enum name_server_way way);

/* Adds a record for a name (borrowed texts); a NULL target: the name exists without any. */
void name_server_add(struct name_server *s, const char *name, uint32_t ttl_s, uint16_t priority,
                     uint16_t weight, uint16_t port, const char *target);

/* Forgets all records. */
void name_server_clear(struct name_server *s);

/* How often the name was asked for. */
unsigned name_server_count(struct name_server *s, const char *name);

#endif

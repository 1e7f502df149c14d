/* SPDX-License-Identifier: MIT
 *
 * A real object store: Ceph with its RADOS gateway, from Debian's packages, started once
 * for a test program, because that takes some fifteen seconds and each test has a
 * process of its own.
 */
#ifndef VISAGE_TESTS_RIG_CEPH_H
#define VISAGE_TESTS_RIG_CEPH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"

#define CEPH_ACCESS_KEY "visage"
#define CEPH_SECRET_KEY "visage/test+secret"
#define CEPH_BUCKET "pictures"

struct ceph {
    uint16_t port;  /* of the gateway, on 127.0.0.1 */
    pid_t gateway;
};

/* For main(): whether it has been settled if there is a Ceph; if not, the program's exit status,
 * from another run of it in which that is so. */
bool ceph_is_settled(void);
int ceph_run_again(char **argv);

/* In a test: which one there is. Skips the test where it is not installed, and fails it where it
 * has not started. */
struct ceph ceph_need(void);

/* The gateway stands still, with its connections open, until it goes on. */
void ceph_stop(const struct ceph *ceph);
void ceph_continue(const struct ceph *ceph);

/* Asks the gateway itself, signed by curl, for "/KEY" of the bucket, with up to four more arguments
 * of curl's (ended by NULL; may be NULL). Returns the status; 0 for no answer. */
int ceph_ask(const struct ceph *ceph, const char *key, const char *const *arguments,
             struct buffer *body);

#endif

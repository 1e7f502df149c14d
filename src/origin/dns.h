/* SPDX-License-Identifier: MIT
 *
 * Asking the name service for service records, with a deadline (c-ares). Addresses are looked up
 * by the fetch itself.
 */
#ifndef VISAGE_ORIGIN_DNS_H
#define VISAGE_ORIGIN_DNS_H

#include <stdint.h>

#include "base/config.h"
#include "origin/srv.h"

struct dns_answer {
    struct srv_record records[SRV_RECORDS_MAX]; /* what is more is left out */
    size_t count;
    uint32_t ttl_s;                             /* the least of theirs; 0 without records */
};

/* Asks config->fetch.dns_servers, or the system's, for the SRV records of `name`. Returns 0 with
 * *out filled, where no records are an answer too (there is no such name, or none of them), or
 * -ETIMEDOUT, -EIO (the servers fail, or cannot be reached), -EBADMSG (what came is no answer) or
 * -ENOMEM. */
int dns_ask_srv(const struct config *config, const char *name, int64_t timeout_ms,
                struct dns_answer *out);

/* Reads the service records of a message, for tests: what a name server sent. Returns 0 or
 * -EBADMSG, with some of them in *out. */
int dns_read_answer(const unsigned char *bytes, int length, struct dns_answer *out);

#endif

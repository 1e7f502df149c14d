/* SPDX-License-Identifier: MIT
 *
 * Service records (RFC 2782): which of them is asked.
 */
#ifndef VISAGE_ORIGIN_SRV_H
#define VISAGE_ORIGIN_SRV_H

#include <stddef.h>
#include <stdint.h>

#define SRV_RECORDS_MAX 8
#define SRV_TARGET_MAX 254 /* room for NUL */

struct srv_record {
    uint16_t priority;
    uint16_t weight;
    uint16_t port;
    char target[SRV_TARGET_MAX];
};

/* One of those with the least priority, by their weights: `random` is any number. Passed over are
 * those that name no host (digits, letters, '-' and '.' only, and not the root, which says that
 * there is no such service) or no port. NULL if none is left. Changes the order. */
const struct srv_record *srv_choose(struct srv_record *records, size_t count, uint32_t random);

#endif

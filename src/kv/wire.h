/* SPDX-License-Identifier: MIT
 *
 * Fixed-width little-endian numbers in stored records, at any alignment.
 */
#ifndef VISAGE_KV_WIRE_H
#define VISAGE_KV_WIRE_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline unsigned char *wire_put16(unsigned char *p, uint16_t v)
{
    v = htole16(v);
    memcpy(p, &v, sizeof v);
    return p + sizeof v;
}

static inline unsigned char *wire_put32(unsigned char *p, uint32_t v)
{
    v = htole32(v);
    memcpy(p, &v, sizeof v);
    return p + sizeof v;
}

static inline unsigned char *wire_put64(unsigned char *p, uint64_t v)
{
    v = htole64(v);
    memcpy(p, &v, sizeof v);
    return p + sizeof v;
}

static inline uint16_t wire_get16(const unsigned char *p)
{
    uint16_t v;

    memcpy(&v, p, sizeof v);
    return le16toh(v);
}

static inline uint32_t wire_get32(const unsigned char *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return le32toh(v);
}

static inline uint64_t wire_get64(const unsigned char *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return le64toh(v);
}

#endif

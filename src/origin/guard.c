/* SPDX-License-Identifier: MIT
 *
 * All addresses are judged in 16-byte form, IPv4 as its mapped IPv6 form. For
 * IPv4 everything is public that the table does not refuse. For IPv6 it is the
 * other way round: only 2000::/3 is handed out for global unicast (RFC 4291
 * section 2.4, IANA), and the table takes its special blocks away again.
 */
#include "origin/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct block {
    unsigned char address[16];
    unsigned char prefix;
};

#define V4(a, b, c, bits) {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, 0}, 96 + (bits)}
#define V6(a, b, c, d, e, f, bits) {{a, b, c, d, e, f}, bits}

/* The IPv4 special-purpose registry, with the blocks in it that are reachable
 * (anycast of AS112, AMT): nothing there serves pictures. */
static const struct block refused_v4[] = {
    V4(0, 0, 0, 8),        /* this network, RFC 791 */
    V4(10, 0, 0, 8),       /* private, RFC 1918 */
    V4(100, 64, 0, 10),    /* shared by carriers, RFC 6598 */
    V4(127, 0, 0, 8),      /* loopback, RFC 1122 */
    V4(169, 254, 0, 16),   /* link-local, RFC 3927; cloud metadata */
    V4(172, 16, 0, 12),    /* private, RFC 1918 */
    V4(192, 0, 0, 24),     /* IETF protocol assignments, RFC 6890 */
    V4(192, 0, 2, 24),     /* documentation, RFC 5737 */
    V4(192, 31, 196, 24),  /* AS112, RFC 7535 */
    V4(192, 52, 193, 24),  /* AMT, RFC 7450 */
    V4(192, 88, 99, 24),   /* 6to4 relays, RFC 7526 */
    V4(192, 168, 0, 16),   /* private, RFC 1918 */
    V4(192, 175, 48, 24),  /* AS112, RFC 7534 */
    V4(198, 18, 0, 15),    /* benchmarks, RFC 2544 */
    V4(198, 51, 100, 24),  /* documentation, RFC 5737 */
    V4(203, 0, 113, 24),   /* documentation, RFC 5737 */
    V4(224, 0, 0, 4),      /* multicast, RFC 5771 */
    V4(240, 0, 0, 4),      /* reserved and broadcast, RFC 1112, RFC 919 */
};

/* Special blocks inside 2000::/3. */
static const struct block refused_v6[] = {
    V6(0x20, 0x01, 0x00, 0x00, 0, 0, 23),       /* IETF, Teredo, ORCHID, RFC 2928 */
    V6(0x20, 0x01, 0x0d, 0xb8, 0, 0, 32),       /* documentation, RFC 3849 */
    V6(0x20, 0x02, 0x00, 0x00, 0, 0, 16),       /* 6to4: any IPv4 inside, RFC 7526 */
    V6(0x26, 0x20, 0x00, 0x4f, 0x80, 0, 48),    /* AS112, RFC 7534 */
    V6(0x3f, 0xff, 0x00, 0x00, 0, 0, 20),       /* documentation, RFC 9637 */
};

static const struct block mapped = V4(0, 0, 0, 0);
static const struct block global_unicast = V6(0x20, 0, 0, 0, 0, 0, 3);
/* The well-known NAT64 prefix (RFC 6052): how a network with IPv6 only reaches
 * IPv4, so the address inside decides. */
static const struct block nat64 = V6(0x00, 0x64, 0xff, 0x9b, 0, 0, 96);

static bool inside(const struct block *block, const unsigned char address[16])
{
    size_t whole = block->prefix / 8u;
    unsigned rest = block->prefix % 8u;

    if (memcmp(block->address, address, whole) != 0)
        return false;
    return rest == 0 || (block->address[whole] ^ address[whole]) >> (8 - rest) == 0;
}

static bool inside_any(const struct block *blocks, size_t count, const unsigned char address[16])
{
    for (size_t i = 0; i < count; i++)
        if (inside(&blocks[i], address))
            return true;
    return false;
}

static bool is_public(const unsigned char address[16])
{
    unsigned char inner[16];

    if (inside(&mapped, address))
        return !inside_any(refused_v4, sizeof refused_v4 / sizeof *refused_v4, address);
    if (inside(&nat64, address)) {
        memcpy(inner, mapped.address, 12);
        memcpy(inner + 12, address + 12, 4);
        return !inside_any(refused_v4, sizeof refused_v4 / sizeof *refused_v4, inner);
    }
    /* ::, ::1, IPv4-compatible, local NAT64, link- and site-local, unique local and
     * multicast addresses all lie outside. */
    return inside(&global_unicast, address) &&
           !inside_any(refused_v6, sizeof refused_v6 / sizeof *refused_v6, address);
}

static bool listed(const unsigned char address[16], const struct network *allowed, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (network_contains(&allowed[i], address))
            return true;
    return false;
}

static bool is_web_port(const struct sockaddr *address)
{
    uint16_t port = 0;

    if (address->sa_family == AF_INET)
        port = ntohs(((const struct sockaddr_in *)(const void *)address)->sin_port);
    else if (address->sa_family == AF_INET6)
        port = ntohs(((const struct sockaddr_in6 *)(const void *)address)->sin6_port);
    return port == 80 || port == 443;
}

bool guard_may_dial(const struct sockaddr *address, bool any_port, const struct network *allowed,
                    size_t count)
{
    unsigned char bytes[16];

    if (network_address(address, bytes) != 0)
        return false;
    return listed(bytes, allowed, count) ||
           (is_public(bytes) && (any_port || is_web_port(address)));
}

bool guard_address(const char *text, uint16_t port, struct sockaddr_storage *out)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    char address[INET6_ADDRSTRLEN];
    size_t length = strcspn(text, "%"); /* RFC 4007 section 11: the zone follows */

    if (length >= sizeof address)
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    *out = (struct sockaddr_storage){.ss_family = AF_UNSPEC};
    if (inet_pton(AF_INET6, address, &in6.sin6_addr) == 1)
        memcpy(out, &in6, sizeof in6);
    else if (text[length] == '\0' && inet_pton(AF_INET, address, &in.sin_addr) == 1)
        memcpy(out, &in, sizeof in);
    else
        return false;
    return true;
}

/* SPDX-License-Identifier: MIT */
#include "base/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

static const unsigned char mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool bit(const unsigned char *bytes, unsigned i)
{
    return bytes[i / 8] >> (7 - i % 8) & 1;
}

int network_parse(const char *text, struct network *out)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t length = slash ? (size_t)(slash - text) : strlen(text);
    unsigned bits, width;

    if (length >= sizeof address)
        return -EINVAL;
    memcpy(address, text, length);
    address[length] = '\0';
    *out = (struct network){.prefix = 0};
    if (inet_pton(AF_INET, address, out->address + 12) == 1) {
        memcpy(out->address, mapped_prefix, sizeof mapped_prefix);
        width = 32;
    } else if (inet_pton(AF_INET6, address, out->address) == 1) {
        width = 128;
    } else {
        return -EINVAL;
    }
    bits = width;
    if (slash) {
        const char *p = slash + 1;

        if (*p < '0' || *p > '9')
            return -EINVAL;
        for (bits = 0; *p >= '0' && *p <= '9'; p++) {
            bits = bits * 10 + (unsigned)(*p - '0');
            if (bits > width)
                return -EINVAL;
        }
        if (*p)
            return -EINVAL;
    }
    out->prefix = bits + (128 - width);
    for (unsigned i = out->prefix; i < 128; i++)
        if (bit(out->address, i))
            return -EINVAL;
    return 0;
}

int network_address(const struct sockaddr *sa, unsigned char out[16])
{
    if (sa->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)sa;

        memcpy(out, mapped_prefix, sizeof mapped_prefix);
        memcpy(out + 12, &in->sin_addr, 4);
        return 0;
    }
    if (sa->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)sa;

        memcpy(out, &in6->sin6_addr, 16);
        return 0;
    }
    return -EAFNOSUPPORT;
}

int network_address_from_text(const char *text, unsigned char out[16])
{
    char plain[INET6_ADDRSTRLEN];
    size_t length = strcspn(text, "%");
    struct in_addr v4;

    if (length >= sizeof plain)
        return -EINVAL;
    memcpy(plain, text, length);
    plain[length] = '\0';
    if (inet_pton(AF_INET6, plain, out) == 1)
        return 0;
    if (text[length] || inet_pton(AF_INET, plain, &v4) != 1)
        return -EINVAL;
    memcpy(out, mapped_prefix, sizeof mapped_prefix);
    memcpy(out + 12, &v4, 4);
    return 0;
}

bool network_contains(const struct network *network, const unsigned char address[16])
{
    for (unsigned i = 0; i < network->prefix; i++)
        if (bit(network->address, i) != bit(address, i))
            return false;
    return true;
}

bool network_list_contains(const struct network_list *list, const unsigned char address[16])
{
    for (size_t i = 0; i < list->count; i++)
        if (network_contains(&list->items[i], address))
            return true;
    return false;
}

/* SPDX-License-Identifier: MIT
 *
 * A network in CIDR notation, a line end, an address.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/network.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *cidr = fuzz_line(&in), *text = fuzz_rest(&in);
    unsigned char address[16] = {0};
    struct network network;
    int rc = network_parse(cidr, &network);

    REQUIRE(rc == 0 || rc == -EINVAL);
    if (rc == 0) {
        REQUIRE(network.prefix <= 128 && network_contains(&network, network.address));
        if (network_address_from_text(text, address) == 0 && network.prefix == 0)
            REQUIRE(network_contains(&network, address));
    }
    /* A plain address is the network of that address alone. */
    if (!strchr(cidr, '/') && rc == 0) {
        REQUIRE(network_address_from_text(cidr, address) == 0);
        REQUIRE(network.prefix == 128 && memcmp(address, network.address, 16) == 0);
    }
    free(cidr);
    free(text);
    return 0;
}

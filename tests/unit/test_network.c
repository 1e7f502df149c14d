/* SPDX-License-Identifier: MIT */
#include "base/network.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* The 16-byte form of an address in either notation, by way of a sockaddr. */
static void address_of(const char *text, unsigned char out[16])
{
    struct sockaddr_storage ss = {0};
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    if (strchr(text, ':')) {
        cr_assert_eq(inet_pton(AF_INET6, text, &in6.sin6_addr), 1, "%s", text);
        memcpy(&ss, &in6, sizeof in6);
    } else {
        cr_assert_eq(inet_pton(AF_INET, text, &in.sin_addr), 1, "%s", text);
        memcpy(&ss, &in, sizeof in);
    }
    cr_assert_eq(network_address((const struct sockaddr *)&ss, out), 0);
}

static const struct {
    const char *network;
    const char *address;
    bool inside;
} rows[] = {
    {"10.0.0.0/8", "10.0.0.0", true},
    {"10.0.0.0/8", "10.255.255.255", true},
    {"10.0.0.0/8", "11.0.0.0", false},
    {"10.0.0.0/8", "9.255.255.255", false},
    {"172.16.0.0/12", "172.16.0.1", true},
    {"172.16.0.0/12", "172.31.255.255", true},
    {"172.16.0.0/12", "172.32.0.0", false},
    {"172.16.0.0/12", "172.15.255.255", false},
    {"192.168.4.0/22", "192.168.7.255", true},
    {"192.168.4.0/22", "192.168.8.0", false},
    {"127.0.0.1", "127.0.0.1", true},
    {"127.0.0.1", "127.0.0.2", false},
    {"127.0.0.1/32", "127.0.0.1", true},
    {"127.0.0.0/31", "127.0.0.1", true},
    {"127.0.0.0/31", "127.0.0.2", false},
    {"0.0.0.0/0", "0.0.0.0", true},
    {"0.0.0.0/0", "255.255.255.255", true},
    {"128.0.0.0/1", "200.1.1.1", true},
    {"128.0.0.0/1", "127.1.1.1", false},

    {"::1", "::1", true},
    {"::1/128", "::2", false},
    {"fc00::/7", "fd12:3456::1", true},
    {"fc00::/7", "fe00::1", false},
    {"fe80::/10", "febf::1", true},
    {"fe80::/10", "fec0::1", false},
    {"2001:db8::/32", "2001:db8:ffff::1", true},
    {"2001:db8::/32", "2001:db9::", false},
    {"2001:DB8::/32", "2001:db8::1", true},
    {"::/0", "2001:db8::1", true},

    /* IPv4 is a part of the IPv6 space, at its mapped place only */
    {"::/0", "10.1.2.3", true},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"0.0.0.0/0", "::1", false},
    {"0.0.0.0/0", "::ffff:1.2.3.4", true},
    {"10.0.0.0/8", "::ffff:10.1.2.3", true},
    {"10.0.0.0/8", "::10.1.2.3", false},
    {"::ffff:10.0.0.0/104", "10.1.2.3", true},
    {"::ffff:0:0/96", "8.8.8.8", true},
    {"::1", "127.0.0.1", false},
    {"127.0.0.0/8", "::1", false},
};

Test(network, contains)
{
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct network network;
        unsigned char address[16];

        cr_assert_eq(network_parse(rows[i].network, &network), 0, "%s", rows[i].network);
        address_of(rows[i].address, address);
        cr_expect_eq(network_contains(&network, address), rows[i].inside, "%s in %s",
                     rows[i].address, rows[i].network);
    }
}

Test(network, refuses_what_is_no_network)
{
    static const char *const bad[] = {
        "",
        " ",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/ 8",
        "10.0.0.0 /8",
        " 10.0.0.0/8",
        "10.0.0.0/8 ",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/33",
        "10.0.0.0/128",
        "10.0.0.0/4294967304",
        "10.0.0.0/18446744073709551624",
        "10.0.0.0/8x",
        "10.0.0.0/0x8",
        "10.0.0.0/8/8",
        "10.0.0.0//8",
        "10.0.0.0/255.0.0.0",
        "10.0.0/8",
        "10/8",
        "10.0.0.0.0/8",
        "10.0.0.256/32",
        "10.0.0.-1/32",
        "010.0.0.0/8",
        "0x0a.0.0.0/8",
        "167772160/8",
        "10.0.0.1/8",    /* host bits */
        "10.0.0.0/0",
        "10.128.0.0/8",
        "127.0.0.1/31",
        "192.168.5.0/22",
        "0.0.0.1/0",
        "::1/127",
        "::1/0",
        "fe80::1/10",
        "fd00::/7",
        "2001:db8::1/64",
        "::/129",
        "::/-1",
        "::/",
        ":::/8",
        "1::2::3/128",
        "g::/16",
        "12345::/16",
        "fe80::1%lo",
        "[::1]",
        "[::1]/128",
        "localhost",
        "localhost/8",
        "example.org",
        "*",
        "10.0.0.0-10.0.0.255",
        "10.0.0.0/8,11.0.0.0/8",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/8",
    };

    for (size_t i = 0; i < COUNT(bad); i++) {
        struct network network;

        cr_expect_eq(network_parse(bad[i], &network), -EINVAL, "\"%s\" was taken", bad[i]);
    }
}

Test(network, prefixes_count_from_the_mapped_form)
{
    struct network network;

    cr_assert_eq(network_parse("10.0.0.0/8", &network), 0);
    cr_expect_eq(network.prefix, 104u);
    cr_assert_eq(network_parse("0.0.0.0/0", &network), 0);
    cr_expect_eq(network.prefix, 96u);
    cr_assert_eq(network_parse("1.2.3.4", &network), 0);
    cr_expect_eq(network.prefix, 128u);
    cr_assert_eq(network_parse("::/0", &network), 0);
    cr_expect_eq(network.prefix, 0u);
}

Test(network, other_families_have_no_address)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    unsigned char address[16];

    cr_expect_eq(network_address((const struct sockaddr *)&un, address), -EAFNOSUPPORT);
}

static const struct {
    const char *text;
    const char *same; /* as address_of() reads it; NULL: refused */
} numeric[] = {
    {"127.0.0.1", "127.0.0.1"},
    {"0.0.0.0", "0.0.0.0"},
    {"255.255.255.255", "255.255.255.255"},
    {"::1", "::1"},
    {"::", "::"},
    {"2001:DB8::1", "2001:db8::1"},
    {"fe80::1%eth0", "fe80::1"},
    {"fe80::1%2", "fe80::1"},
    {"fe80::1%a%b", "fe80::1"},
    {"::ffff:10.1.2.3", "10.1.2.3"},
    {"::ffff:10.1.2.3%eth0", "10.1.2.3"},

    {"", NULL},
    {"%", NULL},
    {"%eth0", NULL},
    {"127.0.0.1%lo", NULL},
    {"127.0.0.1%", NULL},
    {"127.0.0.1/32", NULL},
    {"::1/128", NULL},
    {"[::1]", NULL},
    {"127.0.0.1:80", NULL},
    {" 127.0.0.1", NULL},
    {"127.0.0.1 ", NULL},
    {"127.0.0.1\n", NULL},
    {"127.1", NULL},
    {"127.0.0.01", NULL},
    {"0x7f000001", NULL},
    {"2130706433", NULL},
    {"127.0.0.256", NULL},
    {"1::2::3", NULL},
    {"localhost", NULL},
    {"unix:", NULL},
    {"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", NULL},
};

Test(network, addresses_are_read_from_their_numeric_text_only)
{
    for (size_t i = 0; i < COUNT(numeric); i++) {
        unsigned char address[16], same[16];
        int rc = network_address_from_text(numeric[i].text, address);

        cr_expect_eq(rc, numeric[i].same ? 0 : -EINVAL, "\"%s\" gave %d", numeric[i].text, rc);
        if (!numeric[i].same || rc)
            continue;
        address_of(numeric[i].same, same);
        cr_expect_eq(memcmp(address, same, sizeof same), 0, "%s", numeric[i].text);
    }
}

Test(network, a_list_contains_what_one_of_its_networks_does)
{
    struct network items[3];
    struct network_list list = {.items = items, .count = 0};
    unsigned char address[16];

    cr_assert_eq(network_parse("10.0.0.0/8", &items[0]), 0);
    cr_assert_eq(network_parse("::1", &items[1]), 0);
    cr_assert_eq(network_parse("192.168.4.0/22", &items[2]), 0);
    address_of("10.1.2.3", address);
    cr_expect_not(network_list_contains(&list, address), "nobody is in an empty one");
    list.count = 3;
    cr_expect(network_list_contains(&list, address));
    address_of("::1", address);
    cr_expect(network_list_contains(&list, address));
    address_of("192.168.7.255", address);
    cr_expect(network_list_contains(&list, address));
    address_of("192.168.8.0", address);
    cr_expect_not(network_list_contains(&list, address));
    address_of("127.0.0.1", address);
    cr_expect_not(network_list_contains(&list, address));
    list.count = 2;
    address_of("192.168.7.255", address);
    cr_expect_not(network_list_contains(&list, address), "behind its end");
}

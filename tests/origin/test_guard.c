/* SPDX-License-Identifier: MIT
 *
 * Every refused network with its first and last address and the neighbours on
 * both sides.
 */
#include "origin/guard.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include <criterion/criterion.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct expectation {
    const char *address;
    bool allowed;
};

static const struct expectation expectations[] = {
    {"0.0.0.0", false}, {"0.255.255.255", false}, {"1.0.0.0", true},
    {"9.255.255.255", true}, {"10.0.0.0", false}, {"10.255.255.255", false}, {"11.0.0.0", true},
    {"100.63.255.255", true}, {"100.64.0.0", false}, {"100.127.255.255", false},
    {"100.128.0.0", true},
    {"126.255.255.255", true}, {"127.0.0.0", false}, {"127.0.0.1", false},
    {"127.255.255.255", false}, {"128.0.0.0", true},
    {"169.253.255.255", true}, {"169.254.0.0", false}, {"169.254.169.254", false},
    {"169.254.255.255", false}, {"169.255.0.0", true},
    {"172.15.255.255", true}, {"172.16.0.0", false}, {"172.31.255.255", false},
    {"172.32.0.0", true},
    {"191.255.255.255", true}, {"192.0.0.0", false}, {"192.0.0.255", false},
    {"192.0.1.0", true}, {"192.0.1.255", true}, {"192.0.2.0", false}, {"192.0.2.255", false},
    {"192.0.3.0", true},
    {"192.31.195.255", true}, {"192.31.196.0", false}, {"192.31.196.255", false},
    {"192.31.197.0", true},
    {"192.52.192.255", true}, {"192.52.193.0", false}, {"192.52.193.255", false},
    {"192.52.194.0", true},
    {"192.88.98.255", true}, {"192.88.99.0", false}, {"192.88.99.255", false},
    {"192.88.100.0", true},
    {"192.167.255.255", true}, {"192.168.0.0", false}, {"192.168.255.255", false},
    {"192.169.0.0", true},
    {"192.175.47.255", true}, {"192.175.48.0", false}, {"192.175.48.255", false},
    {"192.175.49.0", true},
    {"198.17.255.255", true}, {"198.18.0.0", false}, {"198.19.255.255", false},
    {"198.20.0.0", true},
    {"198.51.99.255", true}, {"198.51.100.0", false}, {"198.51.100.255", false},
    {"198.51.101.0", true},
    {"203.0.112.255", true}, {"203.0.113.0", false}, {"203.0.113.255", false},
    {"203.0.114.0", true},
    {"223.255.255.255", true}, {"224.0.0.0", false}, {"239.255.255.255", false},
    {"240.0.0.0", false}, {"255.255.255.254", false}, {"255.255.255.255", false},

    /* IPv4 inside IPv6 */
    {"::ffff:8.8.8.8", true}, {"::ffff:127.0.0.1", false}, {"::ffff:10.1.2.3", false},
    {"::ffff:a9fe:a9fe", false}, {"::ffff:0.0.0.0", false}, {"::ffff:255.255.255.255", false},
    {"::fffe:8.8.8.8", false}, {"::1:0:8.8.8.8", false},
    {"::8.8.8.8", false}, {"::127.0.0.1", false},
    {"64:ff9b::8.8.8.8", true}, {"64:ff9b::127.0.0.1", false}, {"64:ff9b::a9fe:a9fe", false},
    {"64:ff9b::192.168.0.1", false}, {"64:ff9b::1:808:808", false},
    {"64:ff9b:1::8.8.8.8", false}, {"64:ff9b:1:ffff::1", false},
    {"2002:808:808::1", false}, {"2002:7f00:1::1", false}, {"2002:a00:1::1", false},

    /* IPv6 */
    {"::", false}, {"::1", false}, {"::2", false}, {"100::", false},
    {"1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false}, {"2000::", true},
    {"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true}, {"2001::", false},
    {"2001:0:1::", false}, {"2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", false},
    {"2001:200::", true},
    {"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", true}, {"2001:db8::", false},
    {"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", false}, {"2001:db9::", true},
    {"2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true}, {"2002::", false},
    {"2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false}, {"2003::", true},
    {"2606:4700::1111", true},
    {"2620:4f:7fff:ffff:ffff:ffff:ffff:ffff", true}, {"2620:4f:8000::", false},
    {"2620:4f:8000:ffff:ffff:ffff:ffff:ffff", false}, {"2620:4f:8001::", true},
    {"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true}, {"3fff::", false},
    {"3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", false}, {"3fff:1000::", true},
    {"3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true}, {"4000::", false}, {"5f00::", false},
    {"fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false}, {"fc00::", false}, {"fd00::1", false},
    {"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false}, {"fe80::", false},
    {"fe80::1%eth0", false}, {"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},
    {"fec0::", false}, {"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false}, {"ff00::", false},
    {"ff02::1", false}, {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false},

    /* no numeric address */
    {"", false}, {"localhost", false}, {"8.8.8", false}, {"8.8.8.8.8", false},
    {"0x8.8.8.8", false}, {"134744072", false}, {"8.8.8.8 ", false}, {"8.8.8.8%eth0", false},
    {"[2003::1]", false}, {"2003::1%", true}, {"%", false},
    {"2003:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001", false},
};

static bool allows(const struct sockaddr *address, const struct network *allowed, size_t count)
{
    return guard_may_dial(address, true, allowed, count);
}

static bool allows_text(const char *text, const struct network *allowed, size_t count)
{
    struct sockaddr_storage address;

    return guard_address(text, 8080, &address) &&
           allows((const struct sockaddr *)&address, allowed, count);
}

Test(guard, knows_the_special_networks)
{
    for (size_t i = 0; i < COUNT(expectations); i++)
        cr_expect_eq(allows_text(expectations[i].address, NULL, 0),
                     expectations[i].allowed, "%s", expectations[i].address);
}

static struct network network(const char *text)
{
    struct network out;

    cr_assert_eq(network_parse(text, &out), 0, "%s", text);
    return out;
}

Test(guard, opens_only_what_is_listed)
{
    const struct network allowed[] = {network("127.0.0.0/8"), network("10.1.2.3"),
                                      network("fd00:1::/32"), network("fe80::/64")};
    static const struct expectation cases[] = {
        {"127.0.0.1", true}, {"127.255.255.255", true}, {"128.0.0.1", true},
        {"10.1.2.3", true}, {"10.1.2.2", false}, {"10.1.2.4", false},
        {"::ffff:127.0.0.1", true}, {"::ffff:10.1.2.3", true}, {"::127.0.0.1", false},
        {"64:ff9b::127.0.0.1", false}, {"::1", false},
        {"fd00:1::1", true}, {"fd00:1:ffff:ffff:ffff:ffff:ffff:ffff", true},
        {"fd00:2::1", false}, {"fd00::1", false}, {"fe80::1%eth0", true},
        {"fe80:0:0:1::1", false}, {"8.8.8.8", true}, {"192.168.1.1", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        cr_expect_eq(allows_text(cases[i].address, allowed, COUNT(allowed)),
                     cases[i].allowed, "%s", cases[i].address);
}

Test(guard, an_open_ipv6_network_may_hold_all)
{
    const struct network all = network("::/0");

    cr_expect(allows_text("::1", &all, 1));
    cr_expect(allows_text("127.0.0.1", &all, 1));
}

Test(guard, limits_ports_to_those_of_the_web)
{
    const struct network allowed = network("10.0.0.0/8");
    static const struct {
        const char *address;
        uint16_t port;
        bool any_port;
        bool expected;
    } cases[] = {
        {"8.8.8.8", 80, false, true},       {"8.8.8.8", 443, false, true},
        {"8.8.8.8", 81, false, false},      {"8.8.8.8", 22, false, false},
        {"8.8.8.8", 8080, false, false},    {"8.8.8.8", 8080, true, true},
        {"8.8.8.8", 0, false, false},       {"2003::1", 443, false, true},
        {"2003::1", 6379, false, false},    {"2003::1", 6379, true, true},
        {"127.0.0.1", 80, false, false},    {"127.0.0.1", 80, true, false},
        {"10.0.0.1", 9000, false, true},    {"::ffff:10.0.0.1", 9000, false, true},
        {"::ffff:8.8.8.8", 9000, false, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sockaddr_storage address;

        cr_assert(guard_address(cases[i].address, cases[i].port, &address));
        cr_expect_eq(guard_may_dial((const struct sockaddr *)&address, cases[i].any_port,
                                    &allowed, 1),
                     cases[i].expected, "%s port %u", cases[i].address, cases[i].port);
    }
}

Test(guard, refuses_other_families)
{
    const struct network all = network("::/0");
    struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/socket"};
    struct sockaddr none = {.sa_family = AF_UNSPEC};

    cr_expect_not(allows((const struct sockaddr *)&local, &all, 1));
    cr_expect_not(guard_may_dial((const struct sockaddr *)&local, true, &all, 1));
    cr_expect_not(allows(&none, &all, 1));
}

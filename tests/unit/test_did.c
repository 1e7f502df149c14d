/* SPDX-License-Identifier: MIT */
#include "base/did.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DIRECTORY "https://plc.directory"

static bool is_valid(const char *text, size_t length)
{
    char *copy = malloc(length ? length : 1);
    bool valid;

    memcpy(copy, text, length);
    valid = did_is_valid(copy, length);
    free(copy);
    return valid;
}

Test(did, good_ones)
{
    static const char *const good[] = {
        "did:plc:z72i7hdynmk6r22z27h6tvur", "did:web:example.com", "did:web:localhost%3A8080",
        "did:web:example.com:user:ada", "did:method:a", "did:method:val:two", "did:m:v", "did:m:.",
        "did:m::::v", "did:method:-:_:.:v", "did:onion:2gzyxa5ihm7nsggfxnu52rck2vv4rvmd",
    };

    for (size_t i = 0; i < COUNT(good); i++)
        cr_expect(is_valid(good[i], strlen(good[i])), "%s", good[i]);
}

Test(did, bad_ones)
{
    static const char *const bad[] = {
        "", "did", "did:", "did:plc", "did:plc:", "did::x", "did:PLC:x", "DID:plc:x", "did:p1c:x",
        "did:plc:x:", "did:plc:x%", "did:m:%", "did:plc:x/y", "did:plc:x?y", "did:plc:x#y", "did:plc:x y",
        "did:plc:x@y", "did:plc:x\ny", "did:plc:\xc3\xa9", " did:plc:x", "did:plc:x ", "did plc:x",
        "di:plc:x", "ddid:plc:x", "did:plc:x+y", "did:plc:x,y",
    };

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_not(is_valid(bad[i], strlen(bad[i])), "%s", bad[i]);
    cr_expect_not(is_valid("did:plc:x\0y", 11));
}

Test(did, no_longer_than_allowed)
{
    char text[DID_MAX + 1];

    memset(text, 'a', sizeof text);
    memcpy(text, "did:plc:", 8);
    cr_expect(is_valid(text, DID_MAX));
    cr_expect_not(is_valid(text, DID_MAX + 1));
}

Test(did, where_its_document_is)
{
    static const struct {
        const char *did, *url;
    } rows[] = {
        {"did:plc:z72i7hdynmk6r22z27h6tvur", DIRECTORY "/did:plc:z72i7hdynmk6r22z27h6tvur"},
        {"did:plc:..", DIRECTORY "/did:plc:.."}, /* one segment, and not of dots alone */
        {"did:web:example.com", "https://example.com/.well-known/did.json"},
        {"did:web:pds.example.com%3A8443", "https://pds.example.com:8443/.well-known/did.json"},
        {"did:web:pds.example.com%3a8443", "https://pds.example.com:8443/.well-known/did.json"},
        {"did:web:localhost", "http://localhost/.well-known/did.json"},
        {"did:web:localhost%3A8080", "http://localhost:8080/.well-known/did.json"},
        {"did:web:localhost.example.com", "https://localhost.example.com/.well-known/did.json"},
        {"did:web:127.0.0.1", "https://127.0.0.1/.well-known/did.json"},
    };
    char url[DID_URL_MAX];

    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_eq(did_document_url(DIRECTORY, rows[i].did, url), 0, "%s", rows[i].did);
        cr_expect_str_eq(url, rows[i].url);
    }
}

Test(did, that_cannot_be_resolved)
{
    static const char *const bad[] = {
        "did:key:zabc", "did:webvh:example.com", "did:web:example.com:user:ada",
        "did:web:example.com%2Fuser", "did:web:example.com%3A", "did:web:example.com%3A0",
        "did:web:example.com%3A65536", "did:web:example.com%3A80a", "did:web:example.com%3A80%3A1",
        "did:web:example.com%40evil.example", "did:web:%3A80", "did:web:.", "did:web:-",
        "did:web:exa%6Dple.com", "did:web:example_com", "did:web:example.com%3A000080",
        "did:plc:a%2Fb", "did:plc:a:b", "did:plc:a%b",
    };
    char url[DID_URL_MAX];

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(did_document_url(DIRECTORY, bad[i], url), -EINVAL, "%s", bad[i]);
}

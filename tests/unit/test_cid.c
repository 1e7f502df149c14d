/* SPDX-License-Identifier: MIT */
#include "base/cid.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

#define HELLO "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"

static const struct {
    const char *bytes, *cid;
} blobs[] = {
    {"", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"},
    {"hello world", HELLO},
};

static bool parse(const char *text, size_t length, struct digest *out)
{
    char *copy = malloc(length ? length : 1);
    bool good;

    memcpy(copy, text, length);
    good = cid_parse(copy, length, out);
    free(copy);
    return good;
}

Test(cid, of_a_blob_holds_its_digest)
{
    for (size_t i = 0; i < COUNT(blobs); i++) {
        struct digest wanted, got;
        char text[CID_BLOB_SIZE];

        cr_assert_eq(digest_of(blobs[i].bytes, strlen(blobs[i].bytes), &wanted), 0);
        cr_expect(parse(blobs[i].cid, strlen(blobs[i].cid), &got));
        cr_expect(digest_equal(&wanted, &got));
        cid_format(&wanted, text);
        cr_expect_str_eq(text, blobs[i].cid);
    }
}

Test(cid, of_anything_else_does_not)
{
    static const char *const bad[] = {
        "", "b", "bafkrei",
        "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5",   /* one character less */
        HELLO "a",
        "zafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",  /* another base */
        "BAFKREIFZJUT3TE2NHYEKKLSS27NH3K72YSCO7Y32KOAO5EEI66WOF36N5E",  /* base32upper */
        "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5f",  /* stray bits */
        "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5=",
        "bafyreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",  /* dag-cbor */
        "bafybeifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",  /* dag-pb */
        "baejbeifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",               /* CIDv0 */
    };
    struct digest digest;

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_not(parse(bad[i], strlen(bad[i]), &digest), "%s", bad[i]);
}

Test(cid, the_rule_decides_which_are_taken)
{
    static const struct {
        const char *text;
        bool strict, lexical;
    } rows[] = {
        {HELLO, true, true},
        {"bafyreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e", false, true},
        {"bafkreitest", false, true},
        {"12345678", false, true},
        {"abc+=XYZ", false, true},
        {"QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG", false, true},
        {"QmbYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG", false, false},
        {"1234567", false, false},
        {"", false, false},
        {"12345678-", false, false},
        {"1234_5678", false, false},
        {"12345678@jpeg", false, false},
        {"1234/5678", false, false},
        {"1234.5678", false, false},
        {"1234 5678", false, false},
    };
    char longest[CID_MAX + 2];

    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length = strlen(rows[i].text);

        cr_expect_eq(cid_is_taken(CID_STRICT, rows[i].text, length), rows[i].strict, "%s",
                     rows[i].text);
        cr_expect_eq(cid_is_taken(CID_DECODABLE, rows[i].text, length), rows[i].lexical, "%s",
                     rows[i].text);
        cr_expect_eq(cid_is_taken(CID_LEXICAL, rows[i].text, length), rows[i].lexical, "%s",
                     rows[i].text);
    }
    memset(longest, 'a', sizeof longest);
    cr_expect(cid_is_taken(CID_LEXICAL, longest, CID_MAX));
    cr_expect_not(cid_is_taken(CID_LEXICAL, longest, CID_MAX + 1));
    cr_expect_not(cid_is_taken(CID_LEXICAL, "1234567\0", 8));
}

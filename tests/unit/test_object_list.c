/* SPDX-License-Identifier: MIT
 *
 * Lists of objects as stores answer them, and as they had better not.
 */
#include "origin/object_list.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/buffer.h"
#include "origin/object.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
             "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
#define TAIL "</ListBucketResult>"
#define MD5 "d41d8cd98f00b204e9800998ecf8427e"

static struct object_list *list;

static void begin(void)
{
    list = object_list_new();
    cr_assert_not_null(list);
}

static void end(void)
{
    object_list_free(&list);
}

TestSuite(object_list, .init = begin, .fini = end);

/* Fed in pieces of this length. */
static int read_in_pieces(const char *text, size_t length, size_t piece)
{
    int rc = object_list_begin(list);

    for (size_t at = 0; at < length && !rc; at += piece)
        rc = object_list_feed(list, text + at, length - at < piece ? length - at : piece);
    return rc ? rc : object_list_finish(list);
}

static int read_text(const char *text)
{
    return read_in_pieces(text, strlen(text), 4096);
}

static const char page[] =
    HEAD "<Name>avatars</Name><Prefix>users/</Prefix><KeyCount>3</KeyCount><MaxKeys>3</MaxKeys>\n"
         "<IsTruncated>true</IsTruncated>"
         "<Contents><Key>users/anna</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified>"
         "<ETag>&quot;D41D8CD98F00B204E9800998ECF8427E&quot;</ETag><Size>12345678901</Size>"
         "<Owner><ID>x</ID><DisplayName>Key</DisplayName></Owner>"
         "<StorageClass>STANDARD</StorageClass></Contents>"
         "<Contents><Size>7</Size><Key>users/a&amp;b&lt;c&#xe9;</Key>"
         "<ETag>\"d41d8cd98f00b204e9800998ecf8427e-2\"</ETag></Contents>"
         "<Contents><Key><![CDATA[users/%41]]></Key><Size>x</Size></Contents>"
         "<CommonPrefixes><Prefix>users/sub/</Prefix></CommonPrefixes>"
         "<NextContinuationToken>1ueGc/==+</NextContinuationToken>" TAIL "\n";

static void expect_page(size_t piece)
{
    struct object o;

    cr_assert_eq(read_in_pieces(page, sizeof page - 1, piece), 0, "%zu", piece);
    cr_assert_eq(object_list_count(list), 3u);
    o = object_list_get(list, 0);
    cr_expect_str_eq(o.key, "users/anna");
    cr_expect_eq(o.length, UINT64_C(12345678901));
    cr_expect_eq(o.modified_ms, INT64_C(1767323045000));
    cr_expect_str_eq(o.md5, MD5);
    o = object_list_get(list, 1);
    cr_expect_str_eq(o.key, "users/a&b<c\xc3\xa9");
    cr_expect_eq(o.length, 7u);
    cr_expect_eq(o.modified_ms, 0);
    cr_expect_str_eq(o.md5, "");
    o = object_list_get(list, 2);
    cr_expect_str_eq(o.key, "users/%41");
    cr_expect_eq(o.length, 0u);
    cr_expect_str_eq(object_list_token(list), "1ueGc/==+");
}

Test(object_list, a_page_is_read_however_it_comes)
{
    for (size_t piece = 1; piece < 40; piece++)
        expect_page(piece);
    expect_page(sizeof page);
}

/* Whether a blank is a '+' or %20 differs between stores. */
Test(object_list, keys_that_come_encoded_are_decoded)
{
    cr_assert_eq(read_text(HEAD "<Contents><Key>a+b%20c%2Bd/%C3%A9%25</Key></Contents>"
                                "<Contents><Key>x%00y</Key></Contents>"
                                "<Contents><Key>x%zzy</Key></Contents>"
                                "<EncodingType>url</EncodingType>" TAIL),
                 0);
    cr_assert_eq(object_list_count(list), 3u);
    cr_expect_str_eq(object_list_get(list, 0).key, "a b c+d/\xc3\xa9%");
    cr_expect_str_eq(object_list_get(list, 1).key, "", "no text has a NUL");
    cr_expect_str_eq(object_list_get(list, 2).key, "");
    cr_expect_null(object_list_token(list));
}

Test(object_list, an_empty_bucket_is_a_list)
{
    cr_expect_eq(read_text("<ListBucketResult/>"), 0);
    cr_expect_eq(object_list_count(list), 0u);
    cr_expect_null(object_list_token(list));
    cr_expect_eq(read_text(HEAD "<IsTruncated>false</IsTruncated>"
                                "<NextContinuationToken>x</NextContinuationToken>" TAIL),
                 0);
    cr_expect_null(object_list_token(list));
}

static const struct {
    const char *text;
    int rc;
} bad[] = {
    {"", -EBADMSG},
    {"ok", -EBADMSG},
    {"{\"Contents\":[]}", -EBADMSG},
    {"<Error><Code>NoSuchBucket</Code></Error>", -EBADMSG},
    {"<html><body>Sign in</body></html>", -EBADMSG},
    {HEAD, -EBADMSG},
    {HEAD "<Contents><Key>a</Key></Contents>", -EBADMSG},
    {HEAD "<Contents><Key>a</Key>" TAIL, -EBADMSG},
    {HEAD TAIL "<more/>", -EBADMSG},
    {HEAD "<Contents><Size>1</Size></Contents>" TAIL, -EBADMSG},
    {HEAD "<Contents><Key>a<b/>c</Key></Contents>" TAIL, -EBADMSG},
    {HEAD "<IsTruncated>true</IsTruncated>" TAIL, -EBADMSG},
    {HEAD "<Contents><Key>&unknown;</Key></Contents>" TAIL, -EBADMSG},
    {HEAD "<Contents><Key>\xff\xfe</Key></Contents>" TAIL, -EBADMSG},
    {"<!DOCTYPE ListBucketResult>" HEAD TAIL, -EBADMSG},
    {"<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>"
     "<ListBucketResult><Contents><Key>&b;</Key></Contents></ListBucketResult>",
     -EBADMSG},
    {"<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
     "<ListBucketResult><Contents><Key>&a;</Key></Contents></ListBucketResult>",
     -EBADMSG},
};

Test(object_list, what_is_no_list_is_refused)
{
    for (size_t i = 0; i < COUNT(bad); i++)
        for (size_t piece = 1; piece < 5000; piece += 1237)
            cr_expect_eq(read_in_pieces(bad[i].text, strlen(bad[i].text), piece), bad[i].rc,
                         "%zu: %s", piece, bad[i].text);
    cr_expect_eq(read_text(HEAD TAIL), 0, "it reads another one after these");
}

static void add(struct buffer *b, const char *text)
{
    cr_assert_eq(buffer_puts(b, text), 0);
}

Test(object_list, there_are_no_more_objects_than_were_asked_for)
{
    struct buffer text = {0};

    add(&text, HEAD);
    for (unsigned i = 0; i < OBJECT_LIST_MAX; i++)
        add(&text, "<Contents><Key>k</Key></Contents>");
    add(&text, TAIL);
    cr_expect_eq(read_text(text.data), 0);
    cr_expect_eq(object_list_count(list), OBJECT_LIST_MAX);
    buffer_clear(&text);
    add(&text, HEAD);
    for (unsigned i = 0; i <= OBJECT_LIST_MAX; i++)
        add(&text, "<Contents><Key>k</Key></Contents>");
    add(&text, TAIL);
    cr_expect_eq(read_text(text.data), -E2BIG);
    buffer_free(&text);
}

Test(object_list, no_key_is_longer_than_keys_can_be)
{
    struct buffer text = {0};

    for (size_t length = OBJECT_KEY_MAX; length <= OBJECT_KEY_MAX + 1; length++) {
        buffer_clear(&text);
        add(&text, HEAD "<Contents><Key>");
        for (size_t i = 0; i < length; i++)
            add(&text, "x");
        add(&text, "</Key></Contents>" TAIL);
        cr_assert_eq(read_text(text.data), 0);
        cr_expect_eq(strlen(object_list_get(list, 0).key), length <= OBJECT_KEY_MAX ? length : 0);
    }
    buffer_clear(&text);
    add(&text, HEAD "<Contents><Key>");
    for (size_t i = 0; i < 5 * OBJECT_KEY_MAX; i++)
        add(&text, "x");
    add(&text, "</Key></Contents>" TAIL);
    cr_expect_eq(read_text(text.data), -E2BIG);
    buffer_free(&text);
}

/* SPDX-License-Identifier: MIT
 *
 * What is read from the documents of strangers, and what is not.
 */
#include "origin/did_document.h"
#include "origin/get_blob.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DID "did:plc:ada"
#define SERVICE(id, type, endpoint) \
    "{\"id\":" id ",\"type\":" type ",\"serviceEndpoint\":" endpoint "}"
#define DOCUMENT(services) "{\"id\":\"" DID "\",\"service\":" services "}"
#define PDS_TYPE "\"AtprotoPersonalDataServer\""
#define PDS(endpoint) SERVICE("\"#atproto_pds\"", PDS_TYPE, endpoint)

static char pds[DID_PDS_MAX];

/* From a heap copy without a NUL. */
static enum did_document read_text(const char *text, size_t length)
{
    char *copy = malloc(length ? length : 1);
    enum did_document what;

    memcpy(copy, text, length);
    pds[0] = '\0';
    what = did_document_read(copy, length, DID, pds);
    free(copy);
    return what;
}

Test(did_document, names_the_pds)
{
    static const struct {
        const char *text, *pds;
    } rows[] = {
        {DOCUMENT("[" PDS("\"https://pds.example.com\"") "]"), "https://pds.example.com"},
        {DOCUMENT("[" PDS("\"https://pds.example.com/\"") "]"), "https://pds.example.com"},
        {DOCUMENT("[" PDS("\"http://127.0.0.1:2583/a\"") "]"), "http://127.0.0.1:2583/a"},
        {DOCUMENT("[" SERVICE("\"" DID "#atproto_pds\"", PDS_TYPE, "\"https://a.example\"") "]"),
         "https://a.example"},
        {DOCUMENT("[" SERVICE("\"#atproto_labeler\"", "\"AtprotoLabeler\"", "\"https://l.example\"")
                  ",3,null,[]," PDS("\"https://a.example\"") "," PDS("\"https://b.example\"") "]"),
         "https://a.example"},
        {" {\"@context\":[\"x\",{\"y\":[]}],\n\"service\":[" PDS("\"https:\\/\\/a.example\"")
         "],\"id\":\"" DID "\"} ", "https://a.example"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_eq(read_text(rows[i].text, strlen(rows[i].text)), DID_DOCUMENT_GOOD, "%s",
                     rows[i].text);
        cr_expect_str_eq(pds, rows[i].pds);
    }
}

Test(did_document, without_a_pds)
{
    static const char *const rows[] = {
        "{\"id\":\"" DID "\"}",
        DOCUMENT("[]"), DOCUMENT("{}"), DOCUMENT("null"), DOCUMENT("\"x\""), DOCUMENT("[[]]"),
        DOCUMENT(PDS("\"https://a.example\"")),                /* not in a list */
        DOCUMENT("[" SERVICE("\"#pds\"", PDS_TYPE, "\"https://a.example\"") "]"),
        DOCUMENT("[" SERVICE("\"#atproto_pds\"", "\"Other\"", "\"https://a.example\"") "]"),
        DOCUMENT("[" SERVICE("7", PDS_TYPE, "\"https://a.example\"") "]"),
        DOCUMENT("[" SERVICE("\"#atproto_pds\"", "[" PDS_TYPE "]", "\"https://a.example\"") "]"),
        DOCUMENT("[{\"id\":\"#atproto_pds\",\"type\":" PDS_TYPE "}]"),
        DOCUMENT("[" PDS("7") "]"),
        DOCUMENT("[" PDS("{\"uri\":\"https://a.example\"}") "]"),
        DOCUMENT("[" PDS("\"\"") "]"),
        DOCUMENT("[" PDS("\"https://\"") "]"),
        DOCUMENT("[" PDS("\"https:///x\"") "]"),
        DOCUMENT("[" PDS("\"ftp://a.example\"") "]"),
        DOCUMENT("[" PDS("\"file:///etc/passwd\"") "]"),
        DOCUMENT("[" PDS("\"a.example\"") "]"),
        DOCUMENT("[" PDS("\"https://user@a.example\"") "]"),
        DOCUMENT("[" PDS("\"https://a.example?x=\"") "]"),
        DOCUMENT("[" PDS("\"https://a.example#x\"") "]"),
        DOCUMENT("[" PDS("\"https://a.example\\\\@b.example\"") "]"),
        DOCUMENT("[" PDS("\"https://a.example/\\r\\nHost: b\"") "]"),
        DOCUMENT("[" PDS("\"https://a.example /\"") "]"),
        DOCUMENT("[" PDS("\"https://\\u00e4.example\"") "]"),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_eq(read_text(rows[i], strlen(rows[i])), DID_DOCUMENT_NO_PDS, "%s", rows[i]);
}

Test(did_document, that_is_none_or_of_another_did)
{
    static const char *const rows[] = {
        "", " ", "{", "{}", "[]", "null", "\"" DID "\"", "<html></html>",
        "{\"id\":\"did:plc:eve\",\"service\":[" PDS("\"https://a.example\"") "]}",
        "{\"id\":\"" DID "x\"}",
        "{\"id\":[\"" DID "\"]}",
        "{\"ID\":\"" DID "\"}",
        "{\"id\":\"" DID "\",\"id\":\"" DID "\"}",             /* readers differ in which counts */
        "{\"id\":\"" DID "\\u0000\"}",
        DOCUMENT("[" PDS("\"https://a.example\"") "]") "x",
        DOCUMENT("[" PDS("\"https://a.example\"") ",]"),
        "{\"id\":\"" DID "\",\"x\":\"\xff\"}",
        "{\"id\":\"" DID "\",\"x\":1e999}",
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_eq(read_text(rows[i], strlen(rows[i])), DID_DOCUMENT_BAD, "%s", rows[i]);
    cr_expect_eq(read_text("{\"id\":\"" DID "\"}\0", 21), DID_DOCUMENT_BAD);
}

/* A document with `depth` lists in each other, beside what matters. */
static enum did_document read_nested(unsigned depth, const char *open, const char *close)
{
    struct buffer text = {.length = 0};
    enum did_document what;

    cr_assert_eq(buffer_puts(&text, "{\"id\":\"" DID "\",\"x\":"), 0);
    for (unsigned i = 0; i < depth; i++)
        cr_assert_eq(buffer_puts(&text, open), 0);
    cr_assert_eq(buffer_puts(&text, "1"), 0);
    for (unsigned i = 0; i < depth; i++)
        cr_assert_eq(buffer_puts(&text, close), 0);
    cr_assert_eq(buffer_puts(&text, ",\"service\":[" PDS("\"https://a.example\"") "]}"), 0);
    what = read_text(text.data, text.length);
    buffer_free(&text);
    return what;
}

Test(did_document, is_not_read_past_its_bounds)
{
    char *large = malloc(DID_DOCUMENT_MAX + 1), *text;
    const char *end = DOCUMENT("[" PDS("\"https://a.example\"") "]");

    cr_expect_eq(read_nested(20, "[", "]"), DID_DOCUMENT_GOOD);
    cr_expect_eq(read_nested(40, "[", "]"), DID_DOCUMENT_BAD);
    cr_expect_eq(read_nested(2000, "{\"a\":", "}"), DID_DOCUMENT_BAD);
    cr_expect_eq(read_nested(5000, "[", ""), DID_DOCUMENT_BAD);
    /* Brackets in strings nest nothing. */
    text = malloc(1024);
    strcpy(text, "{\"id\":\"" DID "\",\"x\":\"\\\"");
    for (unsigned i = 0; i < 100; i++)
        strcat(text, "[{");
    strcat(text, "\",\"service\":[" PDS("\"https://a.example\"") "]}");
    cr_expect_eq(read_text(text, strlen(text)), DID_DOCUMENT_GOOD);
    free(text);

    memset(large, ' ', DID_DOCUMENT_MAX + 1);
    memcpy(large, end, strlen(end));
    cr_expect_eq(read_text(large, DID_DOCUMENT_MAX), DID_DOCUMENT_GOOD);
    cr_expect_eq(read_text(large, DID_DOCUMENT_MAX + 1), DID_DOCUMENT_BAD);
    free(large);
}

Test(did_document, an_address_that_is_too_long_is_none)
{
    struct buffer text = {.length = 0};

    cr_assert_eq(buffer_printf(&text, "{\"id\":\"" DID "\",\"service\":[{\"id\":\"#atproto_pds\","
                                      "\"type\":" PDS_TYPE ",\"serviceEndpoint\":\"https://%0*d\"}]}",
                               DID_PDS_MAX - 8, 1), 0);
    cr_expect_eq(read_text(text.data, text.length), DID_DOCUMENT_NO_PDS);
    buffer_free(&text);
}

Test(get_blob, its_address)
{
    char *url = get_blob_url("https://pds.example.com", "did:web:localhost%3A8080", "a+b=CDEF");

    cr_expect_str_eq(url, "https://pds.example.com/xrpc/com.atproto.sync.getBlob"
                          "?did=did:web:localhost%253A8080&cid=a%2Bb%3DCDEF");
    free(url);
}

Test(get_blob, a_blob_that_is_missing)
{
    static const char *const missing[] = {
        "{\"error\":\"InvalidRequest\",\"message\":\"Blob not found\"}",
        "{\"message\":\"blob not found\"}",
        "{\"message\":\"Sorry: BLOB NOT FOUND here\"}",
    };
    static const char *const other[] = {
        "", "Blob not found", "[\"Blob not found\"]", "{\"message\":[\"Blob not found\"]}",
        "{\"error\":\"Blob not found\"}", "{\"error\":\"RepoNotFound\",\"message\":\"Could not find\"}",
        "{\"message\":\"Blob not found\"",
    };

    for (size_t i = 0; i < COUNT(missing); i++)
        cr_expect(get_blob_is_missing(missing[i]), "%s", missing[i]);
    for (size_t i = 0; i < COUNT(other); i++)
        cr_expect_not(get_blob_is_missing(other[i]), "%s", other[i]);
}

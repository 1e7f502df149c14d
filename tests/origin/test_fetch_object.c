/* SPDX-License-Identifier: MIT
 *
 * Objects of a bucket: what is sent to the store is signed by AWS Signature Version 4,
 * which is worked out here once more, from what has come.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/digest.h"
#include "origin/fetch_rig.h"

#define ACCESS_KEY "tenant:access" /* as some stores have them */
#define SECRET_KEY "secret/key+1"
#define REGION "eu-test-1"
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static struct rig rig;
static char access_key[] = ACCESS_KEY, secret_key[] = SECRET_KEY, region[] = REGION;
static char bucket[] = "script", endpoint[64];

static void set_up(void)
{
    rig_start(&rig);
    rig_base(rig.origin, endpoint);
    rig.source_config.type = SOURCE_S3;
    rig.source_config.s3 =
        (struct config_s3){.endpoint = endpoint, .bucket = bucket, .region = region};
    rig.source.access_key = access_key;
    rig.source.secret_key = secret_key;
    rig_point(&rig, "%s/script/{id}", endpoint);
}

static void tear_down(void)
{
    rig_stop(&rig);
}

TestSuite(fetch_object, .init = set_up, .fini = tear_down);

/* ---- the signature ---- */

struct mac {
    unsigned char bytes[32];
};

static struct mac mac_of(const void *key, size_t key_length, const char *text)
{
    struct mac out;
    unsigned length = 0;

    cr_assert_not_null(HMAC(EVP_sha256(), key, (int)key_length, (const unsigned char *)text,
                            strlen(text), out.bytes, &length));
    cr_assert_eq(length, sizeof out.bytes);
    return out;
}

static void to_hex(const unsigned char *bytes, char out[65])
{
    for (size_t i = 0; i < 32; i++)
        sprintf(out + 2 * i, "%02x", bytes[i]);
}

static void hash_of(const char *text, char out[65])
{
    unsigned char bytes[32];
    unsigned length = 0;

    cr_assert_eq(EVP_Digest(text, strlen(text), bytes, &length, EVP_sha256(), NULL), 1);
    to_hex(bytes, out);
}

static const char *sent(const char *path, const char *name)
{
    static char values[4][1024];
    static unsigned next;
    char *value = origin_last_header(rig.origin, path, name), *out = values[next++ % 4];

    cr_assert_not_null(value, "%s: no %s", path, name);
    snprintf(out, sizeof values[0], "%s", value);
    free(value);
    return out;
}

/* The canonical request: of what came for `path`, and went out as `raw`. */
static void canonical(const char *path, const char *raw, const char *fields, char out[4096])
{
    char names[512], *rest = names, *name;
    size_t n;

    n = (size_t)snprintf(out, 4096, "%s\n%s\n\n", sent(path, ":method"), raw);
    snprintf(names, sizeof names, "%s", fields);
    while ((name = strsep(&rest, ";")) != NULL)
        n += (size_t)snprintf(out + n, 4096 - n, "%s:%s\n", name, sent(path, name));
    n += (size_t)snprintf(out + n, 4096 - n, "\n%s\n%s", fields,
                          sent(path, "x-amz-content-sha256"));
    cr_assert_lt(n, 4096u);
}

static struct mac signing_key(const char *date, const char *key)
{
    char first[128];
    struct mac mac;

    snprintf(first, sizeof first, "AWS4%s", key);
    mac = mac_of(first, strlen(first), date);
    mac = mac_of(mac.bytes, sizeof mac.bytes, REGION);
    mac = mac_of(mac.bytes, sizeof mac.bytes, "s3");
    return mac_of(mac.bytes, sizeof mac.bytes, "aws4_request");
}

/* Whether what came for `path` is signed with the key, as what stands in `raw`. */
static bool is_signed(const char *path, const char *raw, const char *key)
{
    char when[32], date[9], fields[512], text[4096], request[4096], hash[65], wanted[65];
    char given[65] = "", credential[256];
    struct mac mac;

    snprintf(when, sizeof when, "%s", sent(path, "x-amz-date"));
    cr_assert_eq(strlen(when), strlen("20260101T000000Z"));
    snprintf(date, sizeof date, "%.8s", when);
    cr_assert_eq(sscanf(sent(path, "Authorization"),
                        "AWS4-HMAC-SHA256 Credential=%255[^,], SignedHeaders=%511[^,], "
                        "Signature=%64[0-9a-f]",
                        credential, fields, given),
                 3, "%s", sent(path, "Authorization"));
    snprintf(text, sizeof text, ACCESS_KEY "/%s/" REGION "/s3/aws4_request", date);
    cr_expect_str_eq(credential, text);
    cr_expect_not_null(strstr(fields, "host"));
    cr_expect_not_null(strstr(fields, "x-amz-content-sha256"));
    cr_expect_not_null(strstr(fields, "x-amz-date"));
    canonical(path, raw, fields, request);
    hash_of(request, hash);
    snprintf(text, sizeof text, "AWS4-HMAC-SHA256\n%s\n%s/" REGION "/s3/aws4_request\n%s", when,
             date, hash);
    mac = signing_key(date, key);
    mac = mac_of(mac.bytes, sizeof mac.bytes, text);
    to_hex(mac.bytes, wanted);
    return strcmp(given, wanted) == 0;
}

/* ---- what is sent ---- */

static struct fetch_body body;
static char body_hash[DIGEST_HEX_SIZE];

static void make_body(size_t length)
{
    char *bytes = malloc(length);
    struct digest digest;
    int fd = memfd_create("body", MFD_CLOEXEC);

    cr_assert(bytes && fd >= 0);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)(i * 31 + i / 251);
    cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
    cr_assert_eq(digest_of(bytes, length, &digest), 0);
    free(bytes);
    digest_to_hex(&digest, body_hash);
    body = (struct fetch_body){
        .fd = fd, .length = length, .sha256 = body_hash, .type = "image/png"};
    rig.request.body = &body;
    rig.request.stay = true;
}

static void script(const char *name, const char *steps)
{
    cr_assert_eq(origin_script(rig.origin, name, steps), 0);
}

Test(fetch_object, what_is_got_is_signed)
{
    script("users/anna", "200");
    cr_expect_eq(rig_fetch(&rig, "users/anna"), CAUSE_NONE);
    cr_expect(rig.same);
    cr_expect_str_eq(sent("/script/users/anna", "x-amz-content-sha256"), EMPTY);
    cr_expect(is_signed("/script/users/anna", "/script/users/anna", SECRET_KEY));
    cr_expect_not(is_signed("/script/users/anna", "/script/users/anna", "another"));
    cr_expect_not(is_signed("/script/users/anna", "/script/users/otto", SECRET_KEY));
}

Test(fetch_object, a_condition_is_signed_along)
{
    script("a", "200 'ETag: \"1\"' conditional");
    rig.request.etag = "\"1\"";
    rig.request.last_modified_s = 1700000000;
    cr_expect_eq(rig_fetch(&rig, "a"), CAUSE_NONE);
    cr_expect(rig.result.not_modified);
    cr_expect(is_signed("/script/a", "/script/a", SECRET_KEY));
}

Test(fetch_object, what_is_put_is_signed_with_its_digest)
{
    make_body(300000);
    script("a", "200");
    cr_expect_eq(rig_fetch(&rig, "a"), CAUSE_NONE);
    cr_expect_str_eq(sent("/script/a", ":method"), "PUT");
    cr_expect_str_eq(sent("/script/a", ":body"), body_hash);
    cr_expect_str_eq(sent("/script/a", "x-amz-content-sha256"), body_hash);
    cr_expect_str_eq(sent("/script/a", "Content-Type"), "image/png");
    cr_expect_str_eq(sent("/script/a", "Content-Length"), "300000");
    cr_expect(is_signed("/script/a", "/script/a", SECRET_KEY));
}

Test(fetch_object, who_only_looks_gets_no_body)
{
    rig.request.looks = true;
    script("a", "200 'ETag: \"tag\"'");
    cr_expect_eq(rig_fetch(&rig, "a"), CAUSE_NONE);
    cr_expect_str_eq(sent("/script/a", ":method"), "HEAD");
    cr_expect_str_eq(rig.result.etag, "\"tag\"");
    cr_expect_eq(rig.result.bytes, 0u);
    cr_expect(is_signed("/script/a", "/script/a", SECRET_KEY));
    script("a", "404");
    cr_expect_eq(rig_fetch(&rig, "a"), CAUSE_ORIGIN_NOT_FOUND);
    script("a", "304");
    cr_expect_eq(rig_fetch(&rig, "a"), CAUSE_ORIGIN_BAD_STATUS);
}

Test(fetch_object, what_is_deleted_is_signed)
{
    rig.request.deletes = true;
    script("a", "204");
    cr_expect_eq(rig_fetch(&rig, "a"), CAUSE_NONE);
    cr_expect_str_eq(sent("/script/a", ":method"), "DELETE");
    cr_expect_str_eq(sent("/script/a", "x-amz-content-sha256"), EMPTY);
    cr_expect(is_signed("/script/a", "/script/a", SECRET_KEY));
}

/* Stores sign the path as they write it themselves: all but unreserved bytes in capital hexadecimal
 * digits. */
Test(fetch_object, awkward_ids_are_signed_as_stores_read_them)
{
    static const struct {
        const char *id, *raw;
    } cases[] = {
        {"anna@example.org", "/script/anna%40example.org"},
        {"a b", "/script/a%20b"},
        {"a+b", "/script/a%2Bb"},
        {"a=b:c", "/script/a%3Db%3Ac"},
        {"~a-b_c.d", "/script/~a-b_c.d"},
        {"j\xc3\xbcrgen", "/script/j%C3%BCrgen"},
        {"50%", "/script/50%25"},
        {"a/b/c", "/script/a/b/c"},
        {"!*'();&", "/script/%21%2A%27%28%29%3B%26"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[128];

        snprintf(path, sizeof path, "/script/%s", cases[i].id);
        script(cases[i].id, "200");
        cr_expect_eq(rig_fetch(&rig, cases[i].id), CAUSE_NONE, "%s", cases[i].id);
        cr_expect(is_signed(path, cases[i].raw, SECRET_KEY), "%s", cases[i].id);
    }
}

Test(fetch_object, nothing_is_signed_without_keys)
{
    rig.source.access_key = rig.source.secret_key = NULL;
    script("a", "200");
    cr_expect_eq(rig_fetch(&rig, "a"), CAUSE_NONE);
    cr_expect(rig_sent(rig.origin, "/script/a", "Authorization", NULL));
    cr_expect(rig_sent(rig.origin, "/script/a", "x-amz-content-sha256", NULL));
    cr_expect(rig_sent(rig.origin, "/script/a", "x-amz-date", NULL));
}

/* Not even to the same origin: what is signed is signed for one object. */
Test(fetch_object, a_redirect_gets_no_signature)
{
    struct origin *other = rig_second_origin(&rig);
    char steps[256], base[64];

    snprintf(steps, sizeof steps, "307 'Location: %s/ok/there'", rig_base(other, base));
    script("away", steps);
    script("near", "307 'Location: /ok/here'");
    cr_expect_eq(rig_fetch(&rig, "away"), CAUSE_NONE);
    cr_expect_eq(rig_fetch(&rig, "near"), CAUSE_NONE);
    cr_expect(rig_sent(other, "/ok/there", "Authorization", NULL));
    cr_expect(rig_sent(other, "/ok/there", "x-amz-content-sha256", NULL));
    cr_expect(rig_sent(other, "/ok/there", "x-amz-date", NULL));
    cr_expect(rig_sent(rig.origin, "/ok/here", "Authorization", NULL));
    cr_expect(rig_sent(rig.origin, "/ok/here", "x-amz-content-sha256", NULL));
    origin_stop(&other);
}

Test(fetch_object, nothing_is_put_where_a_redirect_leads)
{
    struct origin *other = rig_second_origin(&rig);
    char steps[256], base[64];

    make_body(1000);
    snprintf(steps, sizeof steps, "307 'Location: %s/ok/there'", rig_base(other, base));
    script("a", steps);
    cr_expect_eq(rig_fetch(&rig, "a"), CAUSE_ORIGIN_REDIRECTS);
    cr_expect_eq(origin_total(other), 0u);
    origin_stop(&other);
}

Test(fetch_object, an_object_is_put_only_once_the_store_says_so)
{
    static const struct {
        const char *steps;
        enum cause cause;
    } cases[] = {
        {"201", CAUSE_NONE},
        {"204", CAUSE_NONE},
        {"202", CAUSE_ORIGIN_BAD_STATUS},
        {"400", CAUSE_ORIGIN_BAD_STATUS},
        {"403", CAUSE_ORIGIN_DENIED},
        {"500", CAUSE_ORIGIN_ERROR},
        {"503 'Retry-After: 2'", CAUSE_ORIGIN_BUSY},
        {"cut-headers", CAUSE_ORIGIN_TRUNCATED},
    };

    make_body(5000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum cause cause;

        script("a", cases[i].steps);
        cause = rig_fetch(&rig, "a");
        cr_expect_eq(cause, cases[i].cause, "%s: %s", cases[i].steps, cause_info(cause)->name);
    }
}

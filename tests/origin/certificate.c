/* SPDX-License-Identifier: MIT */
#include "origin/certificate.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define LIFE_S 86400L

static char *text_of(BIO *bio)
{
    char *bytes = NULL;
    long length = BIO_get_mem_data(bio, &bytes);

    return length > 0 ? strndup(bytes, (size_t)length) : NULL;
}

static int extend(X509 *x, int nid, const char *value)
{
    X509_EXTENSION *extension;
    X509V3_CTX context;
    int done;

    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x, x, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (!extension)
        return 0;
    done = X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
    return done;
}

static int fill(X509 *x, EVP_PKEY *key)
{
    X509_NAME *name = X509_get_subject_name(x);

    return X509_set_version(x, 2) && ASN1_INTEGER_set(X509_get_serialNumber(x), 1) &&
           X509_gmtime_adj(X509_getm_notBefore(x), -LIFE_S) &&
           X509_gmtime_adj(X509_getm_notAfter(x), LIFE_S) && X509_set_pubkey(x, key) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                      (const unsigned char *)"test origin", -1, -1, 0) &&
           X509_set_issuer_name(x, name) && extend(x, NID_basic_constraints, "critical,CA:TRUE") &&
           extend(x, NID_subject_alt_name, "IP:127.0.0.1") && X509_sign(x, key, EVP_sha256()) > 0;
}

int certificate_make(struct certificate *out)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIO *key_text = BIO_new(BIO_s_mem());
    BIO *x_text = BIO_new(BIO_s_mem());
    X509 *x = X509_new();

    *out = (struct certificate){.key = NULL};
    if (key && key_text && x_text && x && fill(x, key) &&
        PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL) &&
        PEM_write_bio_X509(x_text, x)) {
        out->key = text_of(key_text);
        out->certificate = text_of(x_text);
    }
    X509_free(x);
    BIO_free(x_text);
    BIO_free(key_text);
    EVP_PKEY_free(key);
    if (out->key && out->certificate)
        return 0;
    certificate_free(out);
    return -1;
}

void certificate_free(struct certificate *c)
{
    free(c->key);
    free(c->certificate);
    *c = (struct certificate){.key = NULL};
}

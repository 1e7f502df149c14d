/* SPDX-License-Identifier: MIT */
#include "base/md5.h"

#include <errno.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/hex.h"

#define BLOCK 65536

static int add_file(EVP_MD_CTX *context, int fd)
{
    char block[BLOCK];
    off_t at = 0;
    ssize_t n;

    while ((n = pread(fd, block, sizeof block, at)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (EVP_DigestUpdate(context, block, (size_t)n) != 1)
            return -EIO;
        at += n;
    }
    return 0;
}

int md5_of_file(int fd, char out[MD5_HEX_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int rc = -ENOMEM;

    out[0] = '\0';
    if (context)
        rc = EVP_DigestInit_ex(context, EVP_md5(), NULL) == 1 ? add_file(context, fd) : -EIO;
    if (!rc && EVP_DigestFinal_ex(context, digest, NULL) != 1)
        rc = -EIO;
    if (!rc)
        hex_encode(digest, (MD5_HEX_SIZE - 1) / 2, out);
    EVP_MD_CTX_free(context);
    return rc;
}

/* SPDX-License-Identifier: MIT
 *
 * An Authorization field.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "fuzz/fuzz.h"
#include "http/credentials.h"

static void read_field(const char *field)
{
    size_t size = strlen(field) + 1;
    char *token = malloc(size);
    int rc;

    REQUIRE(token != NULL);
    rc = http_credentials_token(field, token, size);
    REQUIRE(rc == 0 || rc == -EINVAL || rc == -ENOSPC);
    if (rc == 0) {
        REQUIRE(strlen(token) > 0 && strlen(token) < size);
        if (http_credentials_is_bearer(field))
            REQUIRE(strstr(field, token) != NULL);
    }
    free(token);
}

/* Any password that a browser can send is found. */
static void send_password(const char *password)
{
    size_t length = strlen(password);
    char *plain = malloc(length + 3), *field = malloc(BASE64_SIZE(length + 2) + 6);
    char *token = malloc(length + 1);

    REQUIRE(plain != NULL && field != NULL && token != NULL);
    sprintf(plain, "u:%s", password);
    strcpy(field, "Basic ");
    base64_encode(plain, length + 2, field + 6);
    if (length > 0 && length < 8000) {
        REQUIRE(http_credentials_token(field, token, length + 1) == 0);
        REQUIRE(strcmp(token, password) == 0);
    }
    free(plain);
    free(field);
    free(token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *field = fuzz_rest(&in);

    read_field(field);
    send_password(field);
    free(field);
    return 0;
}

/* SPDX-License-Identifier: MIT
 *
 * The key that camo's URLs are signed with, and the name that follows from it.
 */
#ifndef VISAGE_BASE_CAMO_KEY_H
#define VISAGE_BASE_CAMO_KEY_H

#include "base/config.h"
#include "base/secret.h"

#define CAMO_VIA_SIZE 24

struct camo_key {
    char text[SECRET_MAX + 1]; /* "": none */
    /* What origins know us by, and we ourselves when one of them asks us. Who has the key is one and
     * the same, on however many hosts; nobody else has the name. */
    char via[CAMO_VIA_SIZE];
};

/* Reads the key and makes the name. Returns 0, or a negative errno and a message, with none: like
 * secret_read(). */
int camo_key_read(const struct config_secret *from, struct camo_key *out,
                  char error[CONFIG_ERROR_MAX]);

#endif

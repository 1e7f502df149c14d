/* SPDX-License-Identifier: MIT
 *
 * Type and size of a picture, from its own header.
 */
#ifndef VISAGE_TESTS_RIG_SNIFFED_H
#define VISAGE_TESTS_RIG_SNIFFED_H

#include <stddef.h>
#include <stdint.h>

struct sniffed {
    const char *type; /* "image/jpeg", "image/png", "image/webp", or "" */
    uint32_t width, height;
};

struct sniffed sniffed_picture(const void *bytes, size_t length);

#endif

/* SPDX-License-Identifier: MIT
 *
 * SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input
 * PRF", INDOCRYPT 2012): a hash that nobody can aim who does not know its key.
 */
#ifndef VISAGE_BASE_SIPHASH_H
#define VISAGE_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define SIPHASH_KEY_SIZE 16

uint64_t siphash(const unsigned char key[SIPHASH_KEY_SIZE], const void *bytes, size_t length);

#endif

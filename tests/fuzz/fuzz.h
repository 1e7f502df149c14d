/* SPDX-License-Identifier: MIT
 *
 * What the harnesses share: input cut into texts, promises that end the process
 * when they are broken, a configuration to work with.
 */
#ifndef VISAGE_TESTS_FUZZ_FUZZ_H
#define VISAGE_TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"

/* libFuzzer calls these. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of an input. */
struct fuzz_input {
    const uint8_t *data;
    size_t size;
};

/* Ends the process, which is a finding, unless the promise holds. */
#define REQUIRE(promise) fuzz_require(promise, __FILE__ ": " #promise)
void fuzz_require(bool holds, const char *promise);

/* The next line, without its end and up to a NUL in it, as a heap copy of exactly its size, so that
 * reading past its end is seen. "" where nothing is left. The caller frees it. */
char *fuzz_line(struct fuzz_input *in);

/* The same of all that is left. */
char *fuzz_rest(struct fuzz_input *in);

/* A number below 256; 0 where nothing is left. */
unsigned fuzz_byte(struct fuzz_input *in);

/* A number of 64 bits, of as many bytes as are left. */
uint64_t fuzz_number(struct fuzz_input *in);

/* Loads a configuration from a text as from a file. Returns what config_load() does. */
int fuzz_config_load(const char *text, struct config **out, char error[CONFIG_ERROR_MAX]);

/* A configuration with everything switched on that a request can reach. */
const struct config *fuzz_config(void);

#endif

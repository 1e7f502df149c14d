/* SPDX-License-Identifier: MIT
 *
 * Time passes without waiting for it: what is on record in a state directory becomes
 * older. Workers may run, but must not be storing anything meanwhile. Trouble ends the
 * test.
 */
#ifndef VISAGE_TESTS_RIG_AGING_H
#define VISAGE_TESTS_RIG_AGING_H

#include <stdbool.h>
#include <stdint.h>

#include "cache/entry.h"

/* Pictures, originals and remembered failures of the state that this configuration names
 * become `seconds` older. */
void aging_pass(const char *conf, int64_t seconds);

/* The entry with this canonical text, copied; a failure's text begins with "!". False if there
 * is none. */
bool aging_look(const char *conf, const char *text, struct entry *out);

#endif

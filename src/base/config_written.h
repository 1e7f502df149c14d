/* SPDX-License-Identifier: MIT
 *
 * How a value is written in the file, for those who write about it. Private to
 * src/base/config*.c.
 */
#ifndef VISAGE_BASE_CONFIG_WRITTEN_H
#define VISAGE_BASE_CONFIG_WRITTEN_H

#include "base/buffer.h"
#include "base/config_table.h"

/* Appends the key's default, or what stands for it in the reference, with its quotes and braces.
 * Returns 0 or -ENOMEM. */
int config_put_value(struct buffer *out, const struct config_key *key);

#endif

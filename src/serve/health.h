/* SPDX-License-Identifier: MIT
 *
 * /_visage/health: whether pictures can be found, kept and drawn, by doing it.
 */
#ifndef VISAGE_SERVE_HEALTH_H
#define VISAGE_SERVE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "serve/server.h"

/* Writes to the index and reads it back, writes a blob and reads it back, has the renderer draw
 * something small, and reads the records of uploads where there is a store of them. Appends a JSON
 * object that says how each of them is. Returns 0 or -ENOMEM. */
int health_check(struct server *server, int64_t now_ms, struct buffer *out, bool *healthy);

#endif

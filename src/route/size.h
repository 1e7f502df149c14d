/* SPDX-License-Identifier: MIT
 *
 * Which sizes and formats the configuration gives to those who name any. Private to the
 * dialects.
 */
#ifndef VISAGE_ROUTE_SIZE_H
#define VISAGE_ROUTE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"

/* No more than PICTURE_SIDE_MAX. */
uint32_t size_clamp(uint32_t side);

/* Up to the next configured size, so that clients cannot fill the disk with sizes; there must be
 * one. */
uint32_t size_snap(const struct config *config, uint32_t size);

bool format_is_configured(const struct config *config, enum picture_type format);

#endif

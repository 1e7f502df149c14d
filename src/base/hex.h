/* SPDX-License-Identifier: MIT
 *
 * Hexadecimal digits.
 */
#ifndef VISAGE_BASE_HEX_H
#define VISAGE_BASE_HEX_H

/* The value of a hexadecimal digit of either case, or -1. */
int hex_value(char digit);

#endif

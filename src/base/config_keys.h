/* SPDX-License-Identifier: MIT
 *
 * Where the rows of config_table.h stand, and the units they are written in.
 * For the files that hold rows, and for config_table.c.
 */
#ifndef VISAGE_BASE_CONFIG_KEYS_H
#define VISAGE_BASE_CONFIG_KEYS_H

#include "base/config_table.h"

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)
#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define KEYS_OF(rows) {rows, sizeof rows / sizeof *rows}

/* config_keys_server.c */
extern const struct config_keys config_keys_root;
extern const struct config_keys config_keys_preset;
extern const struct config_keys config_keys_fetch;
extern const struct config_keys config_keys_render;
extern const struct config_keys config_keys_store;
extern const struct config_keys config_keys_limit;
extern const struct config_keys config_keys_admin;

/* config_keys_dialects.c */
extern const struct config_keys config_keys_atproto;
extern const struct config_keys config_keys_camo;
extern const struct config_keys config_keys_imgproxy;
extern const struct config_keys config_keys_gravatar;

/* config_keys_rest.c */
extern const struct config_keys config_keys_rest;

/* config_keys_rewrite.c */
extern const struct config_keys config_keys_rewrite;

/* config_keys_source.c */
extern const struct config_keys config_keys_source;

#endif

/* SPDX-License-Identifier: MIT
 *
 * From a value's text to what is stored, by the key's type. Private to
 * src/base/config*.c.
 */
#ifndef VISAGE_BASE_CONFIG_VALUE_H
#define VISAGE_BASE_CONFIG_VALUE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/config_table.h"

#define SHOWN_MAX 60 /* bytes of a wrong value that are repeated in the message */

#define WRONG(why, ...) (snprintf(why, CONFIG_WHY_MAX, __VA_ARGS__), -EINVAL)

/* Converts `text` and stores it at the key's offset in `record`, the struct of the
 * key's section; an item of a list is added to those that are there. Returns 0,
 * -ENOMEM, or -EINVAL with `why` saying what is wrong, without what is allowed. */
int config_value_set(const struct config_key *key, void *record, const char *text,
                     char why[CONFIG_WHY_MAX]);

/* Stores the default, if the key has one. Returns 0 or -ENOMEM; -EINVAL would be
 * an error in the table. */
int config_value_set_default(const struct config_key *key, void *record,
                             char why[CONFIG_WHY_MAX]);

/* What is allowed: "a whole number from 1 to 100". */
void config_value_describe(const struct config_key *key, char out[CONFIG_WHY_MAX]);

bool config_value_is_list(enum config_type type);

/* Whether the reference writes it in quotes. */
bool config_value_is_quoted(enum config_type type);

/* Calls `item` with each item of a default, which for a list are separated by
 * ", "; stops at the first result below 0 and returns it. */
int config_value_each(const struct config_key *key, const char *text,
                      int (*item)(const struct config_key *key, const char *text, void *context),
                      void *context);

/* For the setters of other files: "... is not a size"; a number within the key's range; the first
 * `length` bytes of `text`, copied to the key's offset. Each returns 0, -ENOMEM or -EINVAL. */
int config_value_not_a(const char *what, const char *text, char *why);
int config_value_parse_number(const struct config_key *key, const char *text, int64_t *out,
                              char *why);
int config_value_store(const struct config_key *key, void *record, const char *text,
                       size_t length);

/* The types that are paths, in config_paths.c: each sets one, like config_value_set(). */
int config_paths_set_path(const struct config_key *key, void *record, const char *text, char *why);
int config_paths_set_prefix(const struct config_key *key, void *record, const char *text,
                            char *why);
int config_paths_set_sendfile(const struct config_key *key, void *record, const char *text,
                              char *why);
int config_paths_set_template(const struct config_key *key, void *record, const char *text,
                              char *why);
int config_paths_set_log(const struct config_key *key, void *record, const char *text, char *why);
int config_paths_set_fallback(const struct config_key *key, void *record, const char *text,
                              char *why);

/* Whether `text` is an absolute path; *length becomes what is to be stored of it. */
int config_paths_check(const char *text, size_t *length, char *why);

/* The types whose rules are those of HTTP: in config_origin.c. Each returns 0,
 * -ENOMEM or -EINVAL with `why`; none repeats the value, which may hold a secret. */
int config_origin_check_field(const char *text, char why[CONFIG_WHY_MAX]);
int config_origin_check_url(const char *text, char why[CONFIG_WHY_MAX]);
int config_origin_check_base(const char *text, char why[CONFIG_WHY_MAX]);
int config_origin_check_site(const char *text, char why[CONFIG_WHY_MAX]);
int config_origin_check_bucket(const char *text, char why[CONFIG_WHY_MAX]);
int config_origin_check_object(const char *text, char why[CONFIG_WHY_MAX]);
int config_origin_check_beginning(const char *text, char why[CONFIG_WHY_MAX]);
int config_origin_check_pattern(const char *text, char why[CONFIG_WHY_MAX]);
int config_origin_check_username(const char *text, char why[CONFIG_WHY_MAX]);
int config_origin_check_variable(const char *text, char why[CONFIG_WHY_MAX]);
/* *out is "Name: value" without needless blanks, owned by the caller. */
int config_origin_parse_header(const char *text, char **out, char why[CONFIG_WHY_MAX]);

/* *out is the host or the pattern in lower case, owned by the caller. */
int config_origin_parse_host(const char *text, char **out, char why[CONFIG_WHY_MAX]);

/* The types that are lists, in config_list.c: each adds one item, like config_value_set(). */
int config_list_add_size(const struct config_key *key, void *record, const char *text, char *why);
int config_list_add_format(const struct config_key *key, void *record, const char *text,
                           char *why);
int config_list_add_network(const struct config_key *key, void *record, const char *text,
                            char *why);
int config_list_add_path(const struct config_key *key, void *record, const char *text, char *why);
int config_list_add_media(const struct config_key *key, void *record, const char *text, char *why);
int config_list_add_header(const struct config_key *key, void *record, const char *text,
                           char *why);
int config_list_add_host(const struct config_key *key, void *record, const char *text, char *why);
int config_list_add_name(const struct config_key *key, void *record, const char *text, char *why);
int config_list_add_member(const struct config_key *key, void *record, const char *text,
                           char *why);
int config_list_add_server(const struct config_key *key, void *record, const char *text,
                           char *why);
int config_list_add_imgproxy_preset(const struct config_key *key, void *record, const char *text,
                                    char *why);
int config_list_add_imgproxy_option(const struct config_key *key, void *record, const char *text,
                                    char *why);
int config_list_add_method(const struct config_key *key, void *record, const char *text,
                           char *why);
int config_list_add_writer(const struct config_key *key, void *record, const char *text,
                           char *why);
int config_list_add_origin(const struct config_key *key, void *record, const char *text,
                           char *why);

struct config_source;

/* What must hold between the keys of one source. */
int config_origin_check_source(const struct config_source *source, char why[CONFIG_WHY_MAX]);

#endif

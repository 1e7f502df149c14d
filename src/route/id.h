/* SPDX-License-Identifier: MIT
 *
 * Which ids a source takes: each source's id_pattern, compiled once. Private to
 * the dialects.
 */
#ifndef VISAGE_ROUTE_ID_H
#define VISAGE_ROUTE_ID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "base/config.h"
#include "route/request.h"

struct id_rules;

/* One rule for each source of `config`, which must outlive the rules. Returns 0,
 * -ENOMEM, or -EINVAL for a bad id_pattern. */
int id_rules_new(const struct config *config, struct id_rules **out);

/* Frees *rules and clears the pointer; NULL is fine. */
void id_rules_free(struct id_rules **rules);

/* True if every segment of `id`, decoded and of `length` bytes, may stand in an id
 * of `source`, which is one of the configuration's. */
bool id_allowed(const struct id_rules *rules, const struct config_source *source, const char *id,
                size_t length);

/* Makes the id of a SOURCE_WEB from a URL of `length` bytes, undecoded. Returns CAUSE_NONE;
 * CAUSE_BAD_REQUEST for what is no URL of the web, or too long; CAUSE_NOT_FOUND for a host that the
 * source does not allow. */
enum cause id_from_url(const struct config_source *source, const char *url, size_t length,
                       char out[PICTURE_ID_MAX + 1]);

#endif

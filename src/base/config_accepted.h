/* SPDX-License-Identifier: MIT
 *
 * The configuration that was accepted last, kept in the state directory: a file
 * that does not parse leaves the old configuration in force for those, too, who
 * start while it is there.
 */
#ifndef VISAGE_BASE_CONFIG_ACCEPTED_H
#define VISAGE_BASE_CONFIG_ACCEPTED_H

#include <stdbool.h>

#include "base/config.h"

/* Like config_load(); but where the file does not parse and there is a copy of what was accepted
 * from this very path before, that is loaded: *fell_back is set, and `error` says what is wrong
 * with the file all the same. (*out)->path is `path` in both cases. */
int config_load_accepted(const char *path, struct config **out, bool *fell_back,
                         char error[CONFIG_ERROR_MAX]);

/* The copy's path, for those who are to run with what was accepted, if there is one of this
 * configuration's path; else that path itself. Returns 0 or -ENAMETOOLONG. */
int config_accepted_path(const struct config *config, char *out, size_t size);

/* Keeps the configuration as accepted, in state_dir/accepted.conf, mode 0600; written anew only
 * where it differs, or `always`, and then renamed into place. Returns 0 or a negative errno. */
int config_accept(const struct config *config, bool always);

#endif

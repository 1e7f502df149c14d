/* SPDX-License-Identifier: MIT
 *
 * The parts of `visage check`, one file each. Private to src/ctl/.
 */
#ifndef VISAGE_CTL_CHECK_H
#define VISAGE_CTL_CHECK_H

#include "base/config.h"
#include "ctl/report.h"

/* check_machine.c: sandbox mechanisms, LMDB, process limits, PID namespace. */
void check_machine(struct report *r, const struct config *config);

struct renderer;

/* check_fonts.c: the scripts of initials, as this renderer, which runs, draws them. */
void check_fonts(struct report *r, struct renderer *renderer);

/* check_state.c: the state directory and its file system. */
void check_state(struct report *r, const struct config *config);

/* check_store.c: the store of uploads, where a source has any. */
void check_uploads(struct report *r, const struct config *config);

/* check_keys.c: what single keys need of this machine: keeper, log, limit, /_visage/. */
void check_keys(struct report *r, const struct config *config);

/* check_keys.c: the files that a source's fallbacks name. */
void check_fallbacks(struct report *r, const struct config *config,
                     const struct config_source *source);

/* check_keys.c: the files with the keys of a source's URLs, grants and programs. */
void check_key_files(struct report *r, const struct config_source *source);

/* check_publish.c: publish_root, if it is set. */
void check_publish(struct report *r, const struct config *config);

/* check_access.c: what the web server must be able to read, and whether the user of
 * that name can; NULL if no name was given. */
void check_access(struct report *r, const struct config *config, const char *user);

#endif

/* SPDX-License-Identifier: MIT
 *
 * The parts of `visage store`. Private to it.
 */
#ifndef VISAGE_CTL_STORE_H
#define VISAGE_CTL_STORE_H

#include "ctl/uploads.h"

/* Each returns the exit status. */
int store_list(struct uploads *u, bool json);
int store_list_history(struct uploads *u, const char *subject, bool json);
int store_back_up(const char *conf, const char *directory); /* all sources */
int store_delete_picture(struct uploads *u, const char *subject, bool receipt);

#endif

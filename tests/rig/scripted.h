/* SPDX-License-Identifier: MIT
 *
 * Pictures of the source "o" whose origin does what a script says (origin/origin.h).
 * They are asked for as JPEG of 64 pixels where no size is given.
 */
#ifndef VISAGE_TESTS_RIG_SCRIPTED_H
#define VISAGE_TESTS_RIG_SCRIPTED_H

#include <stdbool.h>
#include <stdint.h>

#include "rig/rig.h"

#define SCRIPTED_ETAG_MAX 64

/* Sets what the origin answers for this name, from now on; a mistake ends the test. */
void scripted_set(struct rig *rig, const char *name, const char *steps);

/* Each returns the status. */
int scripted_get(struct rig *rig, const char *name);
int scripted_get_sized(struct rig *rig, unsigned size, const char *name);

/* How often the origin was asked for it, and how often it has answered with a status. */
unsigned scripted_asked(struct rig *rig, const char *name);
unsigned scripted_answered(struct rig *rig, const char *name, unsigned status);

/* Waits until it was asked so often; fails the test if it is not. */
void scripted_await(struct rig *rig, const char *name, unsigned asked);

/* True if the origin's last request for it carried this field with this value (NULL: did not
 * carry it). */
bool scripted_sent(struct rig *rig, const char *name, const char *field, const char *value);

/* Everything in the cache becomes `seconds` older. */
void scripted_pass(struct rig *rig, int64_t seconds);

/* ---- of the last answer ---- */

/* Whether Cache-Status contains `text`. */
bool scripted_way(const struct rig *rig, const char *text);

/* The seconds that Cache-Status says it is fresh still; INT64_MIN if it says none. */
int64_t scripted_ttl(const struct rig *rig);

/* Its ETag; "" if there is none. */
void scripted_etag(const struct rig *rig, char out[SCRIPTED_ETAG_MAX]);

/* Whether it has this ETag. */
bool scripted_is(const struct rig *rig, const char *etag);

#endif

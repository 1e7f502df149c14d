/* SPDX-License-Identifier: MIT
 *
 * Pictures that are drawn of a hash, as subjects: their sources' names are such as no
 * configured one can have.
 */
#ifndef VISAGE_ROUTE_GENERATED_H
#define VISAGE_ROUTE_GENERATED_H

#include "route/request.h"

/* "+identicon" and so on; "+nobody" for GENERATOR_NONE. It has a name and nothing else. */
const struct config_source *generated_source(enum generator generator);

/* Sets the subject of a picture that is drawn of r->standard. Returns 0 or -EIO. */
int generated_set_subject(struct picture_request *r);

#endif

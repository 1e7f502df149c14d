/* SPDX-License-Identifier: MIT
 *
 * Content negotiation over the few picture formats that are configured
 * (RFC 9110 section 12.5.1).
 */
#ifndef VISAGE_HTTP_ACCEPT_H
#define VISAGE_HTTP_ACCEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/picture.h"

/* Chooses a format from `formats` (in the operator's order of preference).
 * A format that `accept` names itself with q > 0 competes with its q; the
 * operator's order breaks ties. A wildcard (image slash star, or star slash
 * star) says only that any picture will do: it stands for PICTURE_AUTO, loses
 * ties to named formats, and does not bring in WebP. NULL, empty, and fields that
 * match nothing give PICTURE_AUTO as well: a picture serves better than 406.
 * If only one format is configured, it is the answer. PICTURE_AUTO is returned
 * only if JPEG and PNG are both configured; else the one of them that is stands in
 * for it, else the first format. */
enum picture_type http_accept_choose(const char *accept, const enum picture_type *formats,
                                     size_t count);

/* How much the field wants a media type like "text/plain", in thousandths: what its most specific
 * range says; 0 if none does. A range that asks for a version counts if it is `version`; other
 * parameters are not looked at. NULL: no field, so everything is as welcome. *named tells whether
 * the range names the type itself. */
int http_accept_weight(const char *accept, const char *media_type, const char *version,
                       bool *named);

#endif

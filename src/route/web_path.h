/* SPDX-License-Identifier: MIT
 *
 * URLs of pictures of the web, in the dialects that have them: from what is meant to
 * a path. Pure.
 */
#ifndef VISAGE_ROUTE_WEB_PATH_H
#define VISAGE_ROUTE_WEB_PATH_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/dialect_keys.h"

/* Appends camo's path of a picture's URL, signed. Returns 0, -EIO or -ENOMEM. */
int web_path_camo(struct buffer *out, const struct config *config, const struct camo_key *key,
                  const char *url);

/* Appends imgproxy's path, signed by the first pair unless signatures are not looked at: the
 * picture as the rendering says, without effects, until `expires_s` (SIGN_NEVER: for ever). Returns
 * 0, -EIO or -ENOMEM. */
int web_path_imgproxy(struct buffer *out, const struct config *config,
                      const struct imgproxy_keys *keys, const struct rendering *rendering,
                      int64_t expires_s, const char *url);

#endif

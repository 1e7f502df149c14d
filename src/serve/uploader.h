/* SPDX-License-Identifier: MIT
 *
 * Who writes a picture, by what the source takes for proof. What the web server has let
 * in comes with a visitor's cookies, so it is asked whether the visitor's own page sent it.
 */
#ifndef VISAGE_SERVE_UPLOADER_H
#define VISAGE_SERVE_UPLOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "http/message.h"
#include "serve/server.h"

struct uploader {
    bool everybody;                /* one of the site's own programs: whose picture, it says itself */
    char id[PICTURE_ID_MAX + 1];   /* else whose it may write; "" for everybody */
    uint64_t max_bytes;            /* that it may send; 0: as the source says */
};

/* CAUSE_NONE with *out filled; CAUSE_LOGIN for nobody that is known, CAUSE_GRANT_WRONG or
 * CAUSE_GRANT_OVER for a grant that is, CAUSE_CROSS_SITE. */
enum cause uploader_find(const struct server *server, const struct http_request *request,
                         const struct config_source *source, int64_t now_ms,
                         struct uploader *out);

/* The same for who only looks at what is their own: nothing can be done in a visitor's name. */
enum cause uploader_find_reader(const struct server *server, const struct http_request *request,
                                const struct config_source *source, int64_t now_ms,
                                struct uploader *out);

#endif

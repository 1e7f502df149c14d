/* SPDX-License-Identifier: MIT
 *
 * A configured source, ready to be fetched from: its URL template and its
 * credentials, which are read once.
 */
#ifndef VISAGE_ORIGIN_SOURCE_H
#define VISAGE_ORIGIN_SOURCE_H

#include <stddef.h>

#include "base/config.h"
#include "base/sign_keys.h"

struct source {
    const struct config_source *config; /* borrowed */
    char *password;                     /* NULL: none; freed by source_list_free() */
    char *bearer;                       /* NULL: none */
    char *access_key, *secret_key;      /* of a bucket; NULL: it is open to all */
    struct sign_keys sign_keys;         /* of its URLs */
    struct sign_keys api_keys;          /* of the site's own programs that upload */
    struct sign_keys grant_keys;        /* of grants to upload into it */
};

struct source_list {
    struct source *sources;
    size_t count;
};

/* Reads all secrets. Returns 0, or a negative errno and a message that names the
 * source and the file or variable. */
int source_list_load(const struct config *config, struct source_list *out,
                     char error[CONFIG_ERROR_MAX]);

/* Wipes and frees the secrets. */
void source_list_free(struct source_list *list);

/* NULL if the configured source is not in the list. */
const struct source *source_find(const struct source_list *list,
                                 const struct config_source *config);

/* What the source's native URLs are signed with; NULL where nobody looks at signatures, or if it is
 * not in the list. */
const struct sign_key *source_signs_with(const struct source_list *list,
                                         const struct config_source *config);

/* Puts the id into the template: each segment percent-encoded, '/' between segments kept. An id of
 * the web is the URL itself. Returns the URL, owned by the caller, or NULL with errno: ENOMEM, or
 * EINVAL for a segment "." or "..", which would climb in the template's path. */
char *source_url(const struct config_source *source, const char *id);

/* Writes "scheme://host:port" of a URL, like source_origin(). */
int source_url_origin(const char *url, char *out, size_t size);

/* Writes "scheme://host:port" of where the id is fetched first: lower case, the port always said, an
 * IPv6 address in brackets. Returns 0, -EINVAL for what is no web address, or -ENAMETOOLONG. */
int source_origin(const struct config_source *source, const char *id, char *out, size_t size);

#endif

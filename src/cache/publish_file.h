/* SPDX-License-Identifier: MIT
 *
 * Published pictures as files: hard links to blobs, at paths that the web server
 * looks for, below a root that is Visage's own. Paths are absolute; the first
 * `root` bytes of one name the root, which stays. Whoever changes anything here
 * holds the index's write transaction, so that no directory is removed while a link
 * is about to be put into it.
 */
#ifndef VISAGE_CACHE_PUBLISH_FILE_H
#define VISAGE_CACHE_PUBLISH_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"

struct blob_store;

/* Links the blob there, in place of what may be there, readable by all, as not used yet. Makes the
 * directories. Returns 0 or a negative errno (-EMLINK: the blob has all the links that its file system
 * allows; -ENOENT: there is no such blob). */
int publish_file_link(const struct blob_store *store, const struct digest *blob, const char *path,
                      size_t root);

/* Removes the link, and the directories that are empty without it. Returns 0, also if there was none,
 * or a negative errno. */
int publish_file_unlink(const char *path, size_t root);

/* Whether somebody has read the file since it was asked last: by its access time, which is set back.
 * A reader renews one that is older than the file (relatime) unless the file system keeps none. */
bool publish_file_take_used(const char *path);

#endif

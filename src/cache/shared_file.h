/* SPDX-License-Identifier: MIT
 *
 * A file of a fixed size that all processes map.
 */
#ifndef VISAGE_CACHE_SHARED_FILE_H
#define VISAGE_CACHE_SHARED_FILE_H

#include <stddef.h>

/* Opens or creates the file, of zeros, and maps it at *out for munmap(2) to undo. Its blocks are
 * allocated at once: a full disk later must not become a SIGBUS. Returns 0 or a negative errno;
 * -EUCLEAN for a file of another size. */
int shared_file_map(const char *path, unsigned mode, size_t size, void **out);

#endif

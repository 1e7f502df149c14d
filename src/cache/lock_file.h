/* SPDX-License-Identifier: MIT
 *
 * Byte-range locks that die with their holder: open-file-description locks
 * (fcntl(2), F_OFD_SETLK) on one file. The kernel drops them at the end of a
 * process however it ended, and the descriptor is close-on-exec, so that no child
 * keeps one alive.
 */
#ifndef VISAGE_CACHE_LOCK_FILE_H
#define VISAGE_CACHE_LOCK_FILE_H

#include <stdbool.h>
#include <stdint.h>

/* What each byte of the file stands for. */
#define LOCK_BYTE_START 0      /* held while a state directory is opened */
#define LOCK_BYTE_KEEPER 1     /* + place (LOCK_KEEPERS of them): held for a keeper's life */
#define LOCK_KEEPERS 4
#define LOCK_BYTE_ROOM 8       /* held while room is made for a large blob and it is stored */
#define LOCK_BYTE_BUSY 9       /* held while a worker sees whether it may become busy */
#define LOCK_BYTE_SLOT 16      /* + slot number: held for a worker's life */
#define LOCK_BYTE_BLOB 4096    /* + first byte of a digest: held while blob and index change */

/* Opens or creates the lock file. Returns a descriptor or a negative errno. */
int lock_file_open(const char *path, unsigned mode);

/* Waits for the byte. Returns 0 or a negative errno; a signal does not end the wait. */
int lock_take(int fd, int64_t byte);

/* Returns 0, -EAGAIN if another holds it, or another negative errno. */
int lock_try(int fd, int64_t byte);

/* Returns 0 or a negative errno. */
int lock_release(int fd, int64_t byte);

/* True if somebody else (another open of the file) holds the byte. On an error of the
 * system, true: a holder that may be alive is treated as alive. */
bool lock_is_held(int fd, int64_t byte);

#endif

/* SPDX-License-Identifier: MIT
 *
 * Whether a picture's bytes are what its record says. Disks forget, and people restore half a backup.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/store.h"

#define BLOCK 32768

static int digest_of_file(int fd, uint64_t length, struct digest_stream *stream)
{
    char block[BLOCK];
    uint64_t at = 0;

    while (at < length) {
        size_t wanted = length - at < sizeof block ? (size_t)(length - at) : sizeof block;
        ssize_t n = pread(fd, block, wanted, (off_t)at);
        int rc;

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EBADMSG; /* it is being cut */
        rc = digest_stream_add(stream, block, (size_t)n);
        if (rc)
            return rc;
        at += (uint64_t)n;
    }
    return 0;
}

int store_check_bytes(int fd, const struct digest *digest, uint64_t length)
{
    struct digest_stream *stream;
    struct digest found;
    struct stat st;
    int rc;

    if (fstat(fd, &st) != 0)
        return -errno;
    if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != length)
        return -EBADMSG;
    stream = digest_stream_new();
    rc = stream ? digest_of_file(fd, length, stream) : -ENOMEM;
    if (!rc)
        rc = digest_stream_finish(stream, &found);
    digest_stream_free(&stream);
    if (rc)
        return rc;
    return digest_equal(&found, digest) ? 0 : -EBADMSG;
}

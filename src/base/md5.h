/* SPDX-License-Identifier: MIT
 *
 * MD5 (RFC 1321), which object stores name bytes by; good for telling whether two are the same,
 * not for security.
 */
#ifndef VISAGE_BASE_MD5_H
#define VISAGE_BASE_MD5_H

#define MD5_HEX_SIZE 33 /* with the closing NUL */

/* Of all that is behind the descriptor, wherever it stands, in lower-case hexadecimal. Returns 0, a
 * negative errno, or -EIO also where the crypto library does without it. */
int md5_of_file(int fd, char out[MD5_HEX_SIZE]);

#endif

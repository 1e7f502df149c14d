/* SPDX-License-Identifier: MIT
 *
 * Absolute http and https URLs as names of pictures (RFC 3986).
 */
#ifndef VISAGE_HTTP_URL_H
#define VISAGE_HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Writes the URL in the one spelling that it is known by: scheme and host in lower case, without a
 * default port and without a fragment, a path at least "/", and %XX for each byte that has no
 * place in a URL (blanks, non-ASCII, a '%' that begins no escape). Idempotent. Returns the length
 * of `out`, which is NUL-terminated; -EINVAL for another scheme, no host, user information, a host
 * of other bytes than names and addresses have, a port that is none, or a control byte; -ENOSPC
 * where `size` bytes do not suffice. */
ssize_t http_url_normalise(const char *url, size_t length, char *out, size_t size);

/* The host of a URL in that spelling, without port, an IPv6 address with its brackets. Returns its
 * length; *host points into `url`. */
size_t http_url_host(const char *url, const char **host);

/* Whether a host, in lower case, is meant: a name or address as it is, "*.example.org" all that
 * end in ".example.org", "*" all of them. */
bool http_host_matches(const char *pattern, const char *host, size_t length);

#endif

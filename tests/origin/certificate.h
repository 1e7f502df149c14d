/* SPDX-License-Identifier: MIT
 *
 * A self-signed certificate for 127.0.0.1, made anew for each test.
 */
#ifndef VISAGE_TESTS_CERTIFICATE_H
#define VISAGE_TESTS_CERTIFICATE_H

struct certificate {
    char *key; /* PEM */
    char *certificate;
};

/* Returns 0 or -1. Free with certificate_free(). */
int certificate_make(struct certificate *out);
void certificate_free(struct certificate *c);

#endif

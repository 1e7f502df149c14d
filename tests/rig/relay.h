/* SPDX-License-Identifier: MIT
 *
 * A network between a client and a server on 127.0.0.1 where something can get stuck: what it
 * holds reaches the server when the client has long given up.
 */
#ifndef VISAGE_TESTS_RIG_RELAY_H
#define VISAGE_TESTS_RIG_RELAY_H

#include <stdint.h>

struct relay;

/* Passes everything on to `port`. Fails the test where it cannot. */
struct relay *relay_start(uint16_t port);

/* Ends *relay with its connections, and clears it; NULL is fine. */
void relay_stop(struct relay **relay);

/* Where it listens. */
uint16_t relay_port(const struct relay *relay);

/* Holds the next request of this method, with all that follows on its connection, which is not
 * answered. */
void relay_hold(struct relay *relay, const char *method);

/* Sends what was held, once its client has given up, which is awaited for ten seconds. Returns the
 * status that the server answers with; 0 if nothing was held, or nothing came. */
int relay_release(struct relay *relay);

#endif

/* SPDX-License-Identifier: MIT
 *
 * What a worker works with, a configuration and a server opened with it, and how
 * one makes room for the next while the process goes on.
 */
#ifndef VISAGE_WORKER_SERVICE_H
#define VISAGE_WORKER_SERVICE_H

#include "base/config.h"
#include "serve/server.h"

struct service {
    const char *path; /* of the configuration's file; borrowed */
    struct config *config;
    struct server server;
};

/* Reads the configuration, sets log and umask by it, and opens the server. Returns 0, or a
 * negative errno; why has been logged. */
int service_open(const char *path, struct service *out);

/* Reads the configuration anew, and opens the server with it. If something about it is wrong, the
 * old one stays in force and the log says what. Call it between two requests: what replies have
 * borrowed from the server is gone. Returns 0 if there is a server, whichever, or a negative
 * errno if the old one cannot be opened again either; that, too, has been logged. */
int service_reload(struct service *service);

/* Closes what is open, the log as well; harmless after a failure of the others. */
void service_close(struct service *service);

#endif

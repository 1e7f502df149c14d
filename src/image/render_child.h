/* SPDX-License-Identifier: MIT
 *
 * One renderer process as its parent sees it: started, asked, ended. Private to
 * the image house.
 */
#ifndef VISAGE_IMAGE_RENDER_CHILD_H
#define VISAGE_IMAGE_RENDER_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/config.h"
#include "image/render_protocol.h"

struct render_child {
    pid_t pid;      /* 0: there is none */
    int socket;     /* -1 when pid is 0 */
    uint32_t types; /* from its hello */
    bool sandboxed;
};

enum child_outcome {
    CHILD_REPLIED, /* reply is filled in, and still to be distrusted */
    CHILD_LEFT,    /* it had gone in peace before it took the request */
    CHILD_SPOKE,   /* it spoke before it was asked, or answered something else; it was killed */
    CHILD_KILLED,  /* somebody else killed it (memory ran out?); it may not be this picture's fault */
    CHILD_DIED,    /* it ended over the request, or spoke nonsense and was ended */
    CHILD_LATE,    /* the deadline passed; it was killed */
    CHILD_FAILED,  /* the request could not be sent for a reason of ours */
};

#define RENDER_CHILD_NONE {.pid = 0, .socket = -1}

/* Starts config->render.program and waits for its hello. Returns 0, or a
 * negative errno with nothing left behind. *child must be empty. */
int render_child_start(struct render_child *child, const struct config *config);

/* Kills the child if there is one, reaps it and empties *child. */
void render_child_end(struct render_child *child);

/* Sends one request with its descriptors, `input` being -1 where the picture is generated, and
 * waits for the reply until `deadline_ms` on the boot clock. In every outcome but CHILD_REPLIED and
 * CHILD_FAILED the child has been reaped and *child is empty. */
enum child_outcome render_child_ask(struct render_child *child,
                                    const struct render_request *request, int input, int output,
                                    int64_t deadline_ms, struct render_reply *reply);

#endif

/* SPDX-License-Identifier: MIT
 *
 * One picture, of a file or of a seed, from request to reply.
 */
#ifndef VISAGE_RENDERER_JOB_H
#define VISAGE_RENDERER_JOB_H

#include <stddef.h>

#include "image/render_protocol.h"

/* Renders the file behind `input` (not looked at where the picture is generated)
 * into the file behind `output` and fills in the whole reply. Both descriptors
 * stay open. */
void job_run(const struct render_request *request, int input, int output,
             struct render_reply *reply);

/* The same with the file's bytes in memory; none where the picture is generated. */
void job_run_bytes(const struct render_request *request, const unsigned char *bytes,
                   size_t length, int output, struct render_reply *reply);

#endif

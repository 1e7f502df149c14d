/* SPDX-License-Identifier: MIT
 *
 * Uploads that are stopped shortly before their end, to see what a worker has of them in memory
 * then: once all is over malloc has given back whatever it was. A web server would collect the
 * body first, so the worker is asked without one. For benchmarks, too: nothing here knows of a
 * test.
 */
#ifndef VISAGE_TESTS_RIG_HELD_H
#define VISAGE_TESTS_RIG_HELD_H

#include <stddef.h>
#include <sys/types.h>

/* What an upload may take, of any length. The peak has the kernel's uncertainty in it, and what was
 * mapped from files; whoever has the whole upload in memory is far beyond it all the same. */
#ifdef VISAGE_SANITIZERS
#define HELD_MAX_KB 4096 /* what is freed is held back for a while */
#define HELD_PEAK_MAX_KB 4096
#else
#define HELD_MAX_KB 256
#define HELD_PEAK_MAX_KB 2048
#endif

struct held_upload {
    const char *socket; /* the worker's */
    pid_t worker;       /* the only one there */
    const char *method, *uri;
    const char *authorization, *content_type;
    const void *bytes;
    size_t length;
};

/* What was added to the worker's memory, in kilobytes, as rig/memory.h has it. */
struct held_growth {
    int status;       /* what the upload was answered with */
    long held_kb;     /* private, when all but the last hundredth had come and was read */
    long after_kb;    /* private, once it was answered */
    long peak_kb;     /* resident, the most at any moment between */
};

/* Returns 0 or a negative errno. */
int held_send(const struct held_upload *upload, struct held_growth *out);

#endif

/* SPDX-License-Identifier: MIT
 *
 * RLIMIT_CPU counts over the process's life, so it cannot bound one picture
 * unless it is raised before each, which would need a system call that the
 * sandbox denies. One picture is bounded by the parent's deadline. The limit
 * here is for a parent that cannot keep it (stopped in a debugger, say): it
 * allows twice the time after which the renderer leaves of its own accord.
 *
 * RLIMIT_NPROC stays as it is: it counts all processes of the user, and the HEIC
 * and AVIF decoders start threads. The sandbox denies processes.
 */
#include "image/renderer/limits.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define LIFE_CPU_SECONDS INT64_C(300)
#define OUTPUT_BYTES ((rlim_t)64 << 20)
/* 0 to 3, a picture's two, and one for luck. */
#define DESCRIPTORS 7

static int64_t life_seconds = LIFE_CPU_SECONDS;

static int set(int resource, rlim_t value)
{
    struct rlimit old, limit;

    if (getrlimit(resource, &old) < 0)
        return -errno;
    limit.rlim_cur = limit.rlim_max = value < old.rlim_max ? value : old.rlim_max;
    return setrlimit(resource, &limit) < 0 ? -errno : 0;
}

#ifdef VISAGE_SANITIZERS
/* AddressSanitizer's shadow takes terabytes of address space. */
static int limit_address_space(uint64_t max_memory)
{
    (void)max_memory;
    return 0;
}
#else
/* Bytes of address space in use: the first number of /proc/self/statm, in pages. */
static int64_t address_space(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    long long pages = 0;
    long page = sysconf(_SC_PAGESIZE);

    if (!f)
        return -1;
    if (fscanf(f, "%lld", &pages) != 1)
        pages = -1;
    fclose(f);
    return pages > 0 && page > 0 ? (int64_t)pages * page : -1;
}

static int limit_address_space(uint64_t max_memory)
{
    int64_t now = address_space();

    return now < 0 ? -ENOENT : set(RLIMIT_AS, (rlim_t)now + (rlim_t)max_memory);
}
#endif

int limits_set(uint64_t max_memory, int64_t timeout_ms)
{
    int r;

    /* One picture may use up its whole deadline just before the renderer leaves. */
    if (life_seconds < 2 * timeout_ms / 1000)
        life_seconds = 2 * timeout_ms / 1000;
    r = limit_address_space(max_memory);
    if (r == 0)
        r = set(RLIMIT_FSIZE, OUTPUT_BYTES);
    if (r == 0)
        r = set(RLIMIT_NOFILE, DESCRIPTORS);
    if (r == 0)
        r = set(RLIMIT_CPU, (rlim_t)(2 * life_seconds));
    if (r == 0)
        r = set(RLIMIT_CORE, 0);
    return r;
}

bool limits_are_near(void)
{
    struct timespec used;

    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) < 0 || used.tv_sec >= life_seconds;
}

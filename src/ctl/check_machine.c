/* SPDX-License-Identifier: MIT
 *
 * What the kernel and the libraries give: mechanisms to confine the renderer,
 * LMDB, limits on the process.
 */
#include "ctl/check.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kv/kv.h"

#define LANDLOCK_VERSION_FLAG 1u /* LANDLOCK_CREATE_RULESET_VERSION, absent from older headers */

static void check_mechanisms(struct report *r)
{
    uint32_t action = SECCOMP_RET_KILL_PROCESS;
    long landlock = -1;

    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
        report_ok(r, "kernel: seccomp filters");
    else
        report_warn(r, "kernel: no seccomp filters (%s): only limits would confine the renderer",
                    strerror(errno));
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0)
        report_ok(r, "kernel: no_new_privs");
    else
        report_warn(r, "kernel: no no_new_privs (%s)", strerror(errno));
#ifdef SYS_landlock_create_ruleset
    landlock = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_FLAG);
#endif
    if (landlock > 0)
        report_ok(r, "kernel: Landlock, version %ld of its interface", landlock);
    else
        report_ok(r, "kernel: no Landlock; the renderer does without");
}

static void check_lmdb(struct report *r)
{
    int major = 0, minor = 0, patch = 0;
    const char *version = kv_version(&major, &minor, &patch);

    /* These destroyed the shared mutex when a process closed the index (ITS#9278). */
    if (major == 0 && minor == 9 && patch >= 26 && patch <= 31)
        report_warn(r, "%s: 0.9.26 to 0.9.31 may fail when workers come and go; 0.9.32 is right",
                    version);
    else
        report_ok(r, "%s", version);
}

/* The index takes up to 4 GiB of address space, and goes down to what there is. */
static void check_map(struct report *r)
{
    uint64_t size = UINT64_C(4) << 30;
    char text[16];

    for (; size >= UINT64_C(16) << 20; size /= 2) {
        void *map;

        if (size > SIZE_MAX)
            continue;
        map = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                   0);
        if (map == MAP_FAILED)
            continue;
        munmap(map, (size_t)size);
        if (size >= UINT64_C(256) << 20)
            report_ok(r, "index map: %s of address space can be had", report_bytes(size, text));
        else
            report_warn(r, "index map: only %s of address space can be had; the index is full "
                           "early then",
                        report_bytes(size, text));
        return;
    }
    report_fail(r, "index map: not even 16 MiB of address space can be had: %s", strerror(errno));
}

/* LMDB keys its readers by process id, so a number must mean one process. */
static void check_namespace(struct report *r)
{
    char name[64];
    ssize_t length = readlink("/proc/self/ns/pid", name, sizeof name - 1);

    if (length < 0) {
        report_warn(r, "PID namespace unknown (%s); never share a state directory between two",
                    strerror(errno));
        return;
    }
    name[length] = '\0';
    report_ok(r, "PID namespace %s: all processes that use the state directory must be in it, so "
                 "containers do not share one",
              name);
}

static uint64_t soft_limit(int resource)
{
    struct rlimit limit;

    if (getrlimit((__rlimit_resource_t)resource, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    return limit.rlim_cur;
}

static void check_limits(struct report *r, const struct config *config)
{
    uint64_t files = soft_limit(RLIMIT_NOFILE), space = soft_limit(RLIMIT_AS);
    uint64_t size = soft_limit(RLIMIT_FSIZE);
    /* The index, the libraries, and room for the renderer, which inherits the limit. */
    uint64_t wanted = (UINT64_C(1) << 30) + config->hot_size + config->render.max_memory;
    char text[16], other[16];

    if (files < 32)
        report_fail(r, "open files: %llu; a worker needs 32", (unsigned long long)files);
    else if (files == UINT64_MAX)
        report_ok(r, "open files: unlimited");
    else
        report_ok(r, "open files: %llu", (unsigned long long)files);
    if (space == UINT64_MAX)
        report_ok(r, "address space: unlimited");
    else if (space < wanted)
        report_warn(r, "address space: %s; %s would be safe for the index and render.max_memory",
                    report_bytes(space, text), report_bytes(wanted, other));
    else
        report_ok(r, "address space: %s", report_bytes(space, text));
    if (size < config->fetch.max_bytes)
        report_warn(r, "file size: %s; less than fetch.max_bytes, %s", report_bytes(size, text),
                    report_bytes(config->fetch.max_bytes, other));
}

void check_machine(struct report *r, const struct config *config)
{
    check_mechanisms(r);
    check_lmdb(r);
    check_map(r);
    check_namespace(r);
    check_limits(r, config);
}

/* SPDX-License-Identifier: MIT
 *
 * The system calls that decoding, scaling and encoding make, and no other. Each
 * group says who needs it. Anything else ends the process, in particular every
 * way to open a file, to make a socket or a process, and to make memory
 * executable.
 *
 * To find the call that a new version of a library makes, start a worker with
 * VISAGE_SANDBOX_TRAP in its environment and read its log.
 */
#include "image/renderer/sandbox.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <seccomp.h>

static const int allowed[] = {
    /* a picture in, a picture out */
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(lseek), SCMP_SYS(close),
    SCMP_SYS(recvmsg), SCMP_SYS(sendmsg),
    /* memory; mmap and mprotect follow below */
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(brk), SCMP_SYS(madvise),
    /* locks, hash seeds, GraphicsMagick's timers where the vDSO does not serve */
    SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(times),
    /* glibc's qsort() asks how much memory there is before a large sort (libwebp's) */
    SCMP_SYS(sysinfo),
    /* the end; abort() blocks signals and asks who it is before it ends itself */
    SCMP_SYS(exit_group), SCMP_SYS(exit), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(getpid), SCMP_SYS(gettid),
    /* libde265 and dav1d decode HEIC and AVIF in threads, whatever they are told */
    SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_yield),
#ifdef VISAGE_SANITIZERS
    /* AddressSanitizer's allocator and its per-thread set-up */
    SCMP_SYS(sigaltstack), SCMP_SYS(rt_sigaction), SCMP_SYS(prlimit64), SCMP_SYS(getrlimit),
#endif
};

static void name_the_call(int signal, siginfo_t *info, void *context)
{
    char text[160];
    char *name = seccomp_syscall_resolve_num_arch(info->si_arch, info->si_syscall);
    int n = snprintf(text, sizeof text, "visage-render: the sandbox does not allow call %d (%s)\n",
                     info->si_syscall, name ? name : "unknown");

    (void)signal;
    (void)context;
    if (n > 0 && write(STDERR_FILENO, text, (size_t)n) < 0)
        _exit(2);
    _exit(2);
}

static int add_rules(scmp_filter_ctx filter)
{
    int r = 0;

    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && r == 0; i++)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);

    /* No memory that can be executed, whether fresh or made so. */
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

    /* Threads, but no process: the flag decides. clone3 hides its flags behind a
     * pointer, so it is said not to exist, and glibc falls back to clone. */
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
                             SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    /* GraphicsMagick asks whether a file of the picture's made-up name exists
     * before it reads from memory: there is no such file, nor any other. */
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(access), 0);
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(faccessat), 0);
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOENT), SCMP_SYS(faccessat2), 0);
    /* dav1d names its threads. */
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
                             SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
    /* abort() signals the process that it is in, and no other. */
    if (r == 0)
        r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                             SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
    return r;
}

int sandbox_enter(enum sandbox_mode mode, bool *in_force)
{
    scmp_filter_ctx filter;
    int r;

    *in_force = false;
    if (mode == SANDBOX_OFF)
        return 0;
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
        return 0; /* a kernel without it */
    if (mode == SANDBOX_TRAP) {
        struct sigaction action = {.sa_sigaction = name_the_call, .sa_flags = SA_SIGINFO};

        if (sigaction(SIGSYS, &action, NULL) < 0)
            return -errno;
    }
    filter = seccomp_init(mode == SANDBOX_TRAP ? SCMP_ACT_TRAP : SCMP_ACT_KILL_PROCESS);
    if (!filter)
        return -ENOMEM;
    r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1);
    if (r == 0)
        r = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (r == 0)
        r = add_rules(filter);
    if (r == 0)
        r = seccomp_load(filter);
    seccomp_release(filter);
    if (r == 0)
        *in_force = true;
    /* A kernel may know seccomp's first mode and lack the filter. */
    return r == -EINVAL || r == -ENOSYS ? 0 : r;
}

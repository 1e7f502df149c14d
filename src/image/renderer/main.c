/* SPDX-License-Identifier: MIT
 *
 * visage-render: decodes, scales and encodes pictures for one worker, which
 * starts it as
 *
 *     visage-render PARENT-PID TIMEOUT-MS MAX-MEMORY MAX-PIXELS IDLE-MS off|kill|trap [FONT...]
 *
 * with its end of a socketpair as descriptor 3 (see image/render_protocol.h).
 * Untrusted bytes are first touched when all of this has been done, in this
 * order: foreign descriptors closed; death bound to the parent's; libraries set
 * up and used once; fonts mapped; resource limits; Landlock; the system call filter.
 *
 * It leaves with status 0 when it is idle for IDLE-MS, when the worker has gone,
 * and after so many pictures that fragments may have gathered on its heap.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <lcms2.h>
#include <magick/api.h>

#include "base/cause.h"
#include "base/picture.h"
#include "image/render_protocol.h"
#include "image/renderer/colour.h"
#include "image/renderer/decode.h"
#include "image/renderer/fonts.h"
#include "image/renderer/job.h"
#include "image/renderer/limits.h"
#include "image/renderer/sandbox.h"
#include "image/renderer/warm_up.h"

#define PICTURES_PER_LIFE 10000
#define TRIM_PIXELS (UINT64_C(1) << 20)
#define THREAD_STACK ((size_t)1 << 20)

struct options {
    pid_t parent;
    int64_t timeout_ms;
    uint64_t max_memory;
    uint64_t max_pixels;
    int64_t idle_ms;
    enum sandbox_mode sandbox;
};

static uint32_t current_token; /* of the request at hand */

static _Noreturn void leave(int status, const char *step, int error)
{
    if (step)
        fprintf(stderr, "visage-render[%ld] level=error event=renderer-start step=%s error=\"%s\"\n",
                (long)getpid(), step, strerror(error));
    _exit(status);
}

static bool parse_number(const char *text, uint64_t max, uint64_t *out)
{
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' && *out <= max;
}

static bool parse(int argc, char **argv, struct options *o)
{
    static const char *const modes[] = {"off", "kill", "trap"};
    uint64_t n[5];

    if (argc < 7)
        return false;
    for (int i = 0; i < 5; i++)
        if (!parse_number(argv[i + 1], INT64_MAX, &n[i]))
            return false;
    if (n[0] > INT32_MAX)
        return false;
    *o = (struct options){
        .parent = (pid_t)n[0],
        .timeout_ms = (int64_t)n[1],
        .max_memory = n[2],
        .max_pixels = n[3],
        .idle_ms = (int64_t)n[4],
    };
    for (int i = 0; i < 3; i++)
        if (strcmp(argv[6], modes[i]) == 0) {
            o->sandbox = (enum sandbox_mode)i;
            return true;
        }
    return false;
}

/* The worker decides when this process ends. Signals that a terminal or a
 * supervisor sends to whole groups are for the worker, which may be waiting for
 * the picture at hand. */
static int stay_until_told(pid_t parent)
{
    static const int ignored[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE};

    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        if (signal(ignored[i], SIG_IGN) == SIG_ERR)
            return -errno;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
        return -errno;
    return getppid() == parent ? 0 : -ESRCH; /* it may have died before the line above */
}

static bool send_packet(const void *bytes, size_t length)
{
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t n;

    do
        n = sendmsg(RENDER_SOCKET_FD, &message, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)length;
}

/* An allocation that the library cannot do without has failed. The reply still
 * goes out; then this process, whose state nobody can vouch for, leaves. */
static _Noreturn void give_up(const ExceptionType severity, const char *reason,
                              const char *description)
{
    struct render_reply reply = {.magic = RENDER_PROTOCOL_MAGIC, .token = current_token};

    (void)description;
    reply.cause = (int)severity == ResourceLimitFatalError ? CAUSE_PICTURE_TOO_LARGE
                                                           : CAUSE_PICTURE_BROKEN;
    snprintf(reply.message, sizeof reply.message, "fatal %d %s", (int)severity,
             reason ? reason : "");
    _exit(send_packet(&reply, sizeof reply) ? 0 : 1);
}

/* Profiles are often slightly wrong; that is no news for standard error. */
static void ignore_lcms(cmsContext context, cmsUInt32Number code, const char *text)
{
    (void)context;
    (void)code;
    (void)text;
}

static int set_up_libraries(const struct options *o)
{
    pthread_attr_t attributes;
    uint64_t pixels = (uint64_t)PICTURE_SIDE_MAX * PICTURE_SIDE_MAX;
    uint64_t memory = o->max_memory;
    ExceptionInfo e;
    int r;

    /* Threads of the HEIC and AVIF decoders: an arena and a stack of the usual
     * size for each would eat up the address space. */
    mallopt(M_ARENA_MAX, 1);
    r = pthread_attr_init(&attributes);
    if (r == 0) {
        r = pthread_attr_setstacksize(&attributes, THREAD_STACK);
        if (r == 0)
            r = pthread_setattr_default_np(&attributes);
        pthread_attr_destroy(&attributes);
    }
    if (r != 0)
        return -r;

    if (setenv("OMP_NUM_THREADS", "1", 1) < 0 || setenv("MAGICK_CODER_STABILITY", "PRIMARY", 1) < 0)
        return -errno;
    GetExceptionInfo(&e);
    if (InitializeMagickEx(NULL, MAGICK_OPT_NO_SIGNAL_HANDER, &e) != MagickPass)
        r = -EIO;
    DestroyExceptionInfo(&e);
    SetFatalErrorHandler(give_up);
    cmsSetLogErrorHandler(ignore_lcms);

    /* The address space limit is the one that counts, since it covers what the
     * codecs allocate too. GraphicsMagick's own is wider, because it hands a fifth
     * of it to libjpeg for the coefficients of progressive pictures. */
#ifndef VISAGE_SANITIZERS
    memory *= 4;
#endif
    if (pixels < o->max_pixels)
        pixels = o->max_pixels;
    if (r == 0 && (SetMagickResourceLimit(ThreadsResource, 1) != MagickPass ||
                   SetMagickResourceLimit(MemoryResource, (magick_int64_t)memory) != MagickPass ||
                   SetMagickResourceLimit(MapResource, 0) != MagickPass ||
                   SetMagickResourceLimit(DiskResource, 0) != MagickPass ||
                   SetMagickResourceLimit(PixelsResource, (magick_int64_t)pixels) != MagickPass ||
                   SetMagickResourceLimit(WidthResource, DECODE_SIDE_MAX) != MagickPass ||
                   SetMagickResourceLimit(HeightResource, DECODE_SIDE_MAX) != MagickPass))
        r = -EINVAL;
    return r;
}

static int set_idle_timeout(int64_t idle_ms)
{
    struct timeval t = {.tv_sec = idle_ms / 1000, .tv_usec = idle_ms % 1000 * 1000};

    if (idle_ms <= 0)
        return 0; /* stays as long as its worker */
    return setsockopt(RENDER_SOCKET_FD, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t) < 0 ? -errno : 0;
}

/* Waits for a request and its descriptors; *input is -1 where there is no input.
 * False when it is time to leave: idle for too long, or the worker has gone or
 * made a mistake. */
static bool receive(struct render_request *request, int *input, int *output)
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = request, .iov_len = sizeof *request};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes,
    };
    struct cmsghdr *c;
    int descriptors[2] = {-1, -1}, *first = descriptors;
    size_t bytes = sizeof descriptors;
    ssize_t n;

    do
        n = recvmsg(RENDER_SOCKET_FD, &message, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof *request || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
        return false;
    if (request->magic != RENDER_PROTOCOL_MAGIC || request->version != RENDER_PROTOCOL_VERSION)
        return false;
    if (request->kind == RENDER_GENERATED) {
        first = descriptors + 1;
        bytes = sizeof *first;
    }
    c = CMSG_FIRSTHDR(&message);
    if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
        c->cmsg_len != CMSG_LEN(bytes))
        return false;
    memcpy(first, CMSG_DATA(c), bytes);
    *input = descriptors[0];
    *output = descriptors[1];
    return true;
}

static void serve(void)
{
    for (int done = 0; done < PICTURES_PER_LIFE && !limits_are_near(); done++) {
        struct render_request request;
        struct render_reply reply;
        int input, output;
        bool sent;

        if (!receive(&request, &input, &output))
            return;
        current_token = request.token;
        job_run(&request, input, output, &reply);
        reply.token = current_token;
        if (input >= 0)
            close(input);
        close(output);
        sent = send_packet(&reply, sizeof reply);
        if (!sent)
            return;
        /* The worker has its answer; large pictures give their memory back. */
        if ((uint64_t)reply.source_width * reply.source_height > TRIM_PIXELS)
            malloc_trim(0);
    }
}

int main(int argc, char **argv)
{
    struct render_hello hello = {
        .magic = RENDER_PROTOCOL_MAGIC,
        .version = RENDER_PROTOCOL_VERSION,
    };
    bool in_force = false;
    struct options o;
    int r;

    if (close_range(RENDER_SOCKET_FD + 1, ~0u, 0) < 0)
        leave(1, "descriptors", errno);
    if (!parse(argc, argv, &o)) {
        fprintf(stderr, "usage: visage-render PARENT-PID TIMEOUT-MS MAX-MEMORY MAX-PIXELS IDLE-MS "
                        "off|kill|trap [FONT...]\nIt is started by visage's workers, not by hand.\n");
        return 2;
    }
    if ((r = stay_until_told(o.parent)) < 0)
        leave(1, "parent", -r);
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
        leave(1, "dumpable", errno);
    if ((r = set_up_libraries(&o)) < 0)
        leave(1, "libraries", -r);
    if ((r = warm_up(&hello.types)) < 0)
        leave(1, "warm-up", -r);
    if ((r = set_idle_timeout(o.idle_ms)) < 0)
        leave(1, "socket", -r);
    fonts_map(argv + 7, (size_t)argc - 7);
    if ((r = limits_set(o.max_memory, o.timeout_ms)) < 0)
        leave(1, "limits", -r);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        leave(1, "privileges", errno);
    if (o.sandbox != SANDBOX_OFF)
        sandbox_landlock();
    if ((r = sandbox_enter(o.sandbox, &in_force)) < 0)
        leave(1, "sandbox", -r);

    hello.sandboxed = in_force;
    if (!send_packet(&hello, sizeof hello))
        leave(1, NULL, 0);
    serve();
    if (!in_force) {
        /* A plain exit, so that leak checkers have their say. */
        colour_forget();
        fonts_close();
        DestroyMagick();
        return 0;
    }
    leave(0, NULL, 0);
}

/* SPDX-License-Identifier: MIT
 *
 * The renderer as a picture would drive it that has found a hole in a decoder.
 * It is visage-render itself, sandbox and all, linked from the same objects with
 * job_run() wrapped: a "picture" that is a PNG signature followed by
 * "misbehave=WHAT" makes it try WHAT, and so does a seed that begins with the same
 * words. All others are rendered as usual.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cause.h"
#include "base/picture.h"
#include "image/render_protocol.h"
#include "image/renderer/job.h"

#define WORD "misbehave="
#define MARK "\x89PNG\r\n\x1a\n" WORD

void __real_job_run(const struct render_request *request, int input, int output,
                    struct render_reply *reply);
void __wrap_job_run(const struct render_request *request, int input, int output,
                    struct render_reply *reply);

/* Where the calls below leave what the tests look for stands after the word, as
 * in "misbehave=open /tmp/x/made"; for ptrace and kill it is a process id. */
static void try_open(const char *path)
{
    int fd = open(path, O_CREAT | O_WRONLY, 0600);

    if (fd >= 0)
        close(fd);
}

static void try_read_secret(const char *path)
{
    char byte;
    int fd = open(path, O_RDONLY);

    if (fd >= 0 && read(fd, &byte, 1) == 1)
        close(fd);
}

static void try_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd >= 0)
        close(fd);
}

/* With a descriptor that is a socket already, so that only connect() can fail. */
static void try_connect(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(RENDER_SOCKET_FD, (struct sockaddr *)&to, sizeof to) == 0)
        _exit(3);
}

static void try_exec(const char *path)
{
    char *arguments[] = {(char *)"touch", (char *)path, NULL};
    char *environment[] = {NULL};

    execve("/usr/bin/touch", arguments, environment);
}

static void try_fork(const char *path)
{
    pid_t pid = fork();

    if (pid == 0) {
        try_open(path);
        _exit(0);
    }
}

static void try_executable_memory(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0)
        _exit(3);
}

/* The allocations are touched; without a limit this would take the machine's memory. */
static void allocate_without_end(struct render_reply *reply)
{
    size_t step = (size_t)16 << 20;

    for (;;) {
        char *p = malloc(step);

        if (!p)
            break;
        memset(p, 1, step);
    }
    reply->magic = RENDER_PROTOCOL_MAGIC;
    reply->cause = CAUSE_PICTURE_TOO_LARGE;
}

static void write_without_end(int output)
{
    static char block[1 << 16];

    while (write(output, block, sizeof block) > 0)
        ;
    for (;;)
        ;
}

/* The sandbox lets sendmsg() and recvmsg() through, not send() and recv(). */
static void say(const void *bytes, size_t length)
{
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (sendmsg(RENDER_SOCKET_FD, &message, 0) < 0)
        _exit(3);
}

static void hang(void)
{
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    for (;;) /* nobody writes to it before the deadline */
        if (recvmsg(RENDER_SOCKET_FD, &message, 0) == 0)
            _exit(0);
}

static void lie(const struct render_request *request, struct render_reply *reply)
{
    reply->magic = RENDER_PROTOCOL_MAGIC;
    reply->cause = CAUSE_NONE;
    reply->output_type =
        request->output_type == PICTURE_AUTO ? PICTURE_JPEG : request->output_type;
    reply->width = request->width ? request->width : 1;
    reply->height = request->height ? request->height : 1;
    reply->source_width = reply->width;
    reply->source_height = reply->height;
}

/* Generates what was asked for, and then tells one untruth. */
static bool embroider(const char *what, const struct render_request *request, int output,
                      struct render_reply *reply)
{
    bool size = strcmp(what, "wrong-size") == 0, source = strcmp(what, "wrong-source") == 0;
    bool alpha = strcmp(what, "wrong-alpha") == 0;

    if (request->kind != RENDER_GENERATED || !(size || source || alpha))
        return false;
    __real_job_run(request, -1, output, reply);
    reply->height += size;
    reply->source_width += source;
    reply->source_alpha ^= alpha;
    return true;
}

/* A summary that could be true, or is not by one number. */
static bool sum_up(const char *what, const struct render_request *request,
                   struct render_reply *reply)
{
    if (strncmp(what, "sum-up", 6) != 0)
        return false;
    what += 6;
    memset(reply, 0, sizeof *reply);
    lie(request, reply);
    reply->colour = strcmp(what, "-colour") == 0 ? 0x1000000 : 0xffffff;
    reply->thumbhash_length = strcmp(what, "-long-hash") == 0    ? sizeof reply->thumbhash + 1
                              : strcmp(what, "-short-hash") == 0 ? 4
                                                                 : sizeof reply->thumbhash;
    reply->source_height = strcmp(what, "-side") == 0 ? 0 : strcmp(what, "-large") == 0 ? 65536 : 9;
    reply->source_alpha = strcmp(what, "-alpha") == 0 ? 2 : 1;
    reply->output_length = strcmp(what, "-output") == 0;
    return true;
}

static void misbehave(const char *what, const char *path, const struct render_request *request,
                      int output, struct render_reply *reply)
{
    if (embroider(what, request, output, reply) || sum_up(what, request, reply))
        return;
    memset(reply, 0, sizeof *reply);
    if (strcmp(what, "open") == 0) {
        try_open(path);
    } else if (strcmp(what, "read") == 0) {
        try_read_secret(path);
    } else if (strcmp(what, "socket") == 0) {
        try_socket();
    } else if (strcmp(what, "connect") == 0) {
        try_connect();
    } else if (strcmp(what, "exec") == 0) {
        try_exec(path);
    } else if (strcmp(what, "fork") == 0) {
        try_fork(path);
    } else if (strcmp(what, "ptrace") == 0) {
        if (ptrace(PTRACE_ATTACH, (pid_t)atol(path), NULL, NULL) == 0)
            _exit(3);
    } else if (strcmp(what, "kill") == 0) {
        if (kill((pid_t)atol(path), 0) == 0)
            _exit(3);
    } else if (strcmp(what, "executable-memory") == 0) {
        try_executable_memory();
    } else if (strcmp(what, "allocate") == 0) {
        allocate_without_end(reply);
        return;
    } else if (strcmp(what, "spin") == 0) {
        for (volatile unsigned n = 0;; n++)
            ;
    } else if (strcmp(what, "hang") == 0) {
        hang();
    } else if (strcmp(what, "crash") == 0) {
        volatile char *volatile nowhere = NULL;

        *nowhere = 1;
    } else if (strcmp(what, "leave") == 0) {
        _exit(0);
    } else if (strcmp(what, "garbage-reply") == 0) {
        say("what?", 5);
    } else if (strcmp(what, "two-replies") == 0) {
        /* the second one would answer the next request */
        lie(request, reply);
        reply->cause = CAUSE_PICTURE_BROKEN;
        reply->token = request->token;
        say(reply, sizeof *reply);
        return;
    } else if (strcmp(what, "oversized-reply") == 0) {
        lie(request, reply);
        reply->output_length = UINT64_C(1) << 40;
        return;
    } else if (strcmp(what, "too-long-reply") == 0) {
        lie(request, reply);
        reply->output_length = 1000; /* and the file is empty */
        return;
    } else if (strcmp(what, "wrong-type") == 0) {
        lie(request, reply);
        reply->output_length = 9;
        if (write(output, "<html>...", 9) != 9)
            _exit(3);
        return;
    } else if (strcmp(what, "wrong-cause") == 0) {
        lie(request, reply);
        reply->cause = CAUSE_ORIGIN_DENIED;
        return;
    } else if (strcmp(what, "write-forever") == 0) {
        write_without_end(output);
    }
    /* Whoever comes here was not stopped: the answer says so. */
    lie(request, reply);
    reply->cause = CAUSE_PICTURE_TYPE;
    snprintf(reply->message, sizeof reply->message, "misbehaved unhindered");
}

/* The word and what follows it, NULL if there is none. */
static char *find_word(const struct render_request *request, int input, char bytes[512])
{
    ssize_t n = -1;

    if (request->kind == RENDER_GENERATED) {
        memcpy(bytes, request->seed, sizeof request->seed);
        return strncmp(bytes, WORD, sizeof WORD - 1) == 0 ? bytes + sizeof WORD - 1 : NULL;
    }
    if (lseek(input, 0, SEEK_SET) == 0)
        n = read(input, bytes, 511);
    if (n > (ssize_t)sizeof MARK && memcmp(bytes, MARK, sizeof MARK - 1) == 0)
        return bytes + sizeof MARK - 1;
    return NULL;
}

void __wrap_job_run(const struct render_request *request, int input, int output,
                    struct render_reply *reply)
{
    char bytes[512] = "";
    char *what = find_word(request, input, bytes);

    if (what) {
        char *path = strchr(what, ' ');

        if (path)
            *path++ = '\0';
        misbehave(what, path ? path : "", request, output, reply);
        return;
    }
    __real_job_run(request, input, output, reply);
}

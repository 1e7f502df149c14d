/* SPDX-License-Identifier: MIT
 *
 * The program that is started starts Ceph and then itself once more, and that one
 * runs the tests: so Ceph is nobody's child who might wait for children that are not his.
 */
#include "rig/ceph.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/process.h"
#include "rig/rig.h"

#define VARIABLE "VISAGE_TEST_CEPH" /* "PORT GATEWAY'S-PID", or why there is none */
#define START_TRIES 3
#define START_MS 300000
#define LOOK_MS 50
#define ARGUMENTS_MAX 4

static const char *what_is_missing(void)
{
    static const char *const programs[] = {"ceph-mon", "ceph-osd", "radosgw", "ceph",
                                           "ceph-authtool", "monmaptool", "ceph-conf",
                                           "radosgw-admin", "curl"};

    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (!process_find(programs[i]))
            return programs[i];
    return NULL;
}

/* ---- starting it ---- */

static bool is_ready(const char *directory)
{
    char path[FILES_PATH_MAX];

    files_path(path, "%s/ready", directory);
    return access(path, F_OK) == 0;
}

static bool await_ready(struct process *p, const char *directory)
{
    int64_t until_ms = clock_boot_ms() + START_MS;

    while (process_running(p) && clock_boot_ms() < until_ms) {
        if (is_ready(directory))
            return true;
        clock_sleep_ms(LOOK_MS);
    }
    return false;
}

static void show_log(const char *directory)
{
    char path[FILES_PATH_MAX];
    struct buffer log = {0};

    files_path(path, "%s/log", directory);
    if (files_read(path, &log) && log.length)
        fprintf(stderr, "---- %s\n%s----\n", path, log.data);
    buffer_free(&log);
}

/* `path` is the parent of what the script makes, so that nothing of its own is there before. */
static bool start(struct process *p, const char *path, char said[64])
{
    char directory[FILES_PATH_MAX], script[FILES_PATH_MAX], ports[2][8];
    uint16_t port = rig_free_port();
    const char *const argv[] = {"sh", script, directory, ports[0], ports[1], NULL};
    struct buffer pid = {0};

    files_path(script, "%s", rig_shipped("tests/rig/ceph.sh"));
    files_path(directory, "%s/ceph", path);
    snprintf(ports[0], sizeof ports[0], "%u", (unsigned)rig_free_port());
    snprintf(ports[1], sizeof ports[1], "%u", (unsigned)port);
    process_start(p, &(struct process_options){.argv = argv});
    if (!await_ready(p, directory)) {
        show_log(directory);
        process_stop(p, 10000);
        return false;
    }
    files_path(directory, "%s/ceph/gateway.pid", path);
    if (files_read(directory, &pid))
        snprintf(said, 64, "%u %.20s", (unsigned)port, pid.data);
    buffer_free(&pid);
    return true;
}

/* ---- the tests ---- */

static int run_again(char **argv, const char *said)
{
    pid_t parent = getpid(), pid = fork();
    int status;

    if (pid == 0) {
        if (setenv(VARIABLE, said, 1) == 0 && prctl(PR_SET_PDEATHSIG, (long)SIGTERM) == 0 &&
            getppid() == parent)
            execv("/proc/self/exe", argv);
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

bool ceph_is_settled(void)
{
    return getenv(VARIABLE) != NULL;
}

int ceph_run_again(char **argv)
{
    const char *missing = what_is_missing();
    char path[FILES_PATH_MAX], said[64] = "it does not start";
    struct process p = {0};
    int result;

    if (missing) {
        snprintf(said, sizeof said, "%s is not installed", missing);
        return run_again(argv, said);
    }
    files_make_directory(path);
    for (int i = 0; i < START_TRIES && !start(&p, path, said); i++) {
        /* Its ports may have been taken meanwhile. */
        files_remove_tree(path);
        files_make_directory(path);
    }
    result = run_again(argv, said);
    process_stop(&p, 10000);
    files_remove_tree(path);
    return result;
}

/* ---- in a test ---- */

struct ceph ceph_need(void)
{
    const char *said = getenv(VARIABLE);
    unsigned port;
    int pid;

    cr_assert_not_null(said, "main() does not look for Ceph");
    if (strstr(said, "not installed"))
        cr_skip_test("%s", said);
    cr_assert_eq(sscanf(said, "%u %d", &port, &pid), 2, "Ceph: %s", said);
    return (struct ceph){.port = (uint16_t)port, .gateway = pid};
}

void ceph_stop(const struct ceph *ceph)
{
    cr_assert_eq(kill(ceph->gateway, SIGSTOP), 0);
}

void ceph_continue(const struct ceph *ceph)
{
    cr_assert_eq(kill(ceph->gateway, SIGCONT), 0);
}

int ceph_ask(const struct ceph *ceph, const char *key, const char *const *arguments,
             struct buffer *body)
{
    char url[512];
    const char *argv[16 + ARGUMENTS_MAX] = {
        "curl", "-s", "-q", "--noproxy", "*", "-u", CEPH_ACCESS_KEY ":" CEPH_SECRET_KEY,
        "--aws-sigv4", "aws:amz:us-east-1:s3", "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD",
        "-w", "\n%{http_code}", url};
    size_t count = 14;
    const char *status;
    int n = snprintf(url, sizeof url, "http://127.0.0.1:%u/" CEPH_BUCKET "/%s",
                     (unsigned)ceph->port, key);

    cr_assert(n > 0 && (size_t)n < sizeof url);
    for (size_t i = 0; arguments && arguments[i]; i++) {
        cr_assert(i < ARGUMENTS_MAX);
        argv[count++] = arguments[i];
    }
    buffer_clear(body);
    if (process_run(&(struct process_options){.argv = argv}, body, 30000) != 0)
        return 0;
    status = body->data ? memrchr(body->data, '\n', body->length) : NULL;
    if (!status)
        return 0;
    body->length = (size_t)(status - body->data);
    return atoi(status + 1);
}

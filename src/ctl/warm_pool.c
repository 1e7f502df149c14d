/* SPDX-License-Identifier: MIT
 *
 * One line is with each child at a time, so that a child that dies takes no more
 * than that with it. What has to wait for an origin or for somebody else waits
 * here, and the children go on with other lines.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl/interrupt.h"
#include "ctl/warm.h"
#include "ctl/words.h"

#define PUT_OFF_MAX 256    /* lines that wait; then nothing more is read */
#define TRIES_MAX 8
#define PAUSE_MS 100       /* doubles with each try */
#define PAUSE_MAX_MS 30000
#define DEATHS_MAX 3       /* of children, over one line */
#define EARLY_DEATHS_MAX 3
#define END_MS 10000       /* for a child to leave in, once it has been told */
#define END_LOOK_MS 5

/* ---- telling ---- */

static void __attribute__((format(printf, 2, 3))) complain(struct warm *w, const char *format, ...)
{
    va_list ap;

    progress_clear(&w->progress);
    fputs("visage warm: ", stderr);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
}

static void show_progress(struct warm *w)
{
    progress_note(&w->progress, "failed %" PRIu64 ", already fresh %" PRIu64, w->failed, w->fresh);
    progress_show(&w->progress, w->made + w->fresh + w->failed);
}

static void fail_item(struct warm *w, struct warm_item *item, const char *why)
{
    char text[512];

    w->failed++;
    complain(w, "line %" PRIu64 ": %s: %s", item->number,
             words_name(item->text, text, sizeof text), why);
    warm_item_free(item);
}

/* ---- children ---- */

/* A child holds no other's socket: each is to see the end of its own. */
static void begin_child(struct warm *w, int fd)
{
    for (unsigned i = 0; i < w->jobs; i++)
        if (w->children[i].pid)
            close(w->children[i].fd);
    close(w->lines.fd);
    warm_child(&w->settings, fd);
}

static int start_child(struct warm *w, struct warm_child_process *child)
{
    int fds[2], rc;
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
        return -errno;
    fflush(NULL);
    pid = fork();
    if (pid < 0) {
        rc = -errno;
        close(fds[0]);
        close(fds[1]);
        return rc;
    }
    if (pid == 0) {
        close(fds[0]);
        begin_child(w, fds[1]);
    }
    close(fds[1]);
    *child = (struct warm_child_process){.pid = pid, .fd = fds[0]};
    return 0;
}

/* Its socket is closed, so it leaves; one that does not (it may be stopped) is killed. */
static int reap(struct warm_child_process *child)
{
    int64_t until_ms = clock_boot_ms() + END_MS;
    int status = 0;

    close(child->fd);
    while (waitpid(child->pid, &status, WNOHANG) == 0) {
        if (clock_boot_ms() >= until_ms)
            kill(child->pid, SIGKILL);
        clock_sleep_ms(END_LOOK_MS);
    }
    child->pid = 0;
    child->ready = false;
    return status;
}

static void put_off(struct warm *w, struct warm_item *item, int64_t wait_ms)
{
    item->not_before_ms = clock_boot_ms() + wait_ms;
    item->next = w->put_off;
    w->put_off = item;
    w->put_off_count++;
}

static void replace(struct warm *w, struct warm_child_process *child)
{
    int rc = start_child(w, child);

    if (rc)
        complain(w, "no process can be started in its place: %s", strerror(-rc));
}

/* It has ended of itself, or was killed: its line goes to another one, and so does its place. */
static void bury(struct warm *w, struct warm_child_process *child)
{
    struct warm_item *item = child->item;
    bool was_ready = child->ready;
    pid_t pid = child->pid;
    int status = reap(child);
    char how[40];

    child->item = NULL;
    if (interrupt_count() > 1 || child->unfit) {
        warm_item_free(item);
        return;
    }
    if (WIFSIGNALED(status))
        snprintf(how, sizeof how, "was ended by signal %d", WTERMSIG(status));
    else
        snprintf(how, sizeof how, "ended with status %d", WEXITSTATUS(status));
    complain(w, "process %ld %s%s", (long)pid, how,
             item ? "; its picture is tried again" : "");
    if (item && ++item->deaths >= DEATHS_MAX)
        fail_item(w, item, "processes died over it");
    else if (item)
        put_off(w, item, 0);
    w->early_deaths = was_ready ? 0 : w->early_deaths + 1;
    w->giving_up |= w->early_deaths >= EARLY_DEATHS_MAX;
    if (!w->giving_up && interrupt_count() == 0)
        replace(w, child);
}

/* ---- lines ---- */

/* Causes that are over when somebody else is done, or an origin is back. */
static bool may_pass(enum cause cause)
{
    return cause == CAUSE_BUSY || cause == CAUSE_ORIGIN_RESTING || cause == CAUSE_ORIGIN_BUSY;
}

static bool wait_for(struct warm *w, struct warm_item *item, const struct warm_report *r)
{
    int64_t wait_ms = INT64_C(1) * PAUSE_MS << item->tries;

    if (r->answer != WARM_HELD && (!may_pass(r->cause) || w->given_up[r->source]))
        return false;
    if (item->tries >= TRIES_MAX) {
        w->given_up[r->source] |= r->cause != CAUSE_BUSY && r->answer != WARM_HELD;
        return false;
    }
    item->tries++;
    wait_ms = r->retry_ms > wait_ms ? r->retry_ms : wait_ms;
    put_off(w, item, wait_ms < PAUSE_MAX_MS ? wait_ms : PAUSE_MAX_MS);
    return true;
}

static void settle(struct warm *w, struct warm_item *item, const struct warm_report *r)
{
    char why[160];

    if (r->answer == WARM_MADE || r->answer == WARM_FRESH) {
        w->made += r->answer == WARM_MADE;
        w->fresh += r->answer == WARM_FRESH;
        if (r->answer == WARM_MADE)
            w->given_up[r->source] = false;
        warm_item_free(item);
        return;
    }
    if (r->answer != WARM_MALFORMED && wait_for(w, item, r))
        return;
    if (r->answer == WARM_HELD)
        snprintf(why, sizeof why, "another process has been at it for too long");
    else if (r->cause == CAUSE_UNSTORABLE)
        snprintf(why, sizeof why, "its origin forbids to keep it (unstorable)");
    else
        snprintf(why, sizeof why, "%s (%s)", cause_info(r->cause)->text,
                 cause_info(r->cause)->name);
    fail_item(w, item, why);
}

static void listen_to(struct warm *w, struct warm_child_process *child)
{
    struct warm_report report;
    struct warm_item *item = child->item;
    ssize_t n = recv(child->fd, &report, sizeof report, MSG_DONTWAIT);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n != (ssize_t)sizeof report) {
        bury(w, child);
        return;
    }
    child->ready |= report.answer == WARM_READY;
    child->unfit |= report.answer == WARM_UNFIT;
    if (child->unfit && !w->told_unfit) {
        complain(w, "%s", report.error);
        w->told_unfit = true;
    }
    if (!item)
        return;
    child->item = NULL;
    settle(w, item, &report);
}

/* The one that waits and whose time has come. */
static struct warm_item *take_put_off(struct warm *w)
{
    int64_t now_ms = clock_boot_ms();

    for (struct warm_item **at = &w->put_off; *at; at = &(*at)->next) {
        struct warm_item *item = *at;

        if (item->not_before_ms > now_ms)
            continue;
        *at = item->next;
        w->put_off_count--;
        return item;
    }
    return NULL;
}

static int next_item(struct warm *w, struct warm_item **out)
{
    *out = take_put_off(w);
    if (*out || w->put_off_count >= PUT_OFF_MAX)
        return 0;
    return warm_lines_next(&w->lines, out);
}

static int hand_out(struct warm *w)
{
    for (unsigned i = 0; i < w->jobs; i++) {
        struct warm_child_process *child = &w->children[i];
        int rc;

        if (!child->ready || child->item)
            continue;
        rc = next_item(w, &child->item);
        if (rc || !child->item)
            return rc;
        /* If it has died just now, poll() says so, and what is at hand is handed on. */
        if (send(child->fd, child->item->text, strlen(child->item->text), MSG_NOSIGNAL) < 0 &&
            errno != EPIPE && errno != ECONNRESET)
            return -errno;
    }
    return 0;
}

/* ---- waiting ---- */

static bool is_alive(const struct warm *w)
{
    for (unsigned i = 0; i < w->jobs; i++)
        if (w->children[i].pid)
            return true;
    return false;
}

static bool is_working(const struct warm *w)
{
    for (unsigned i = 0; i < w->jobs; i++)
        if (w->children[i].item)
            return true;
    return false;
}

static bool is_over(const struct warm *w)
{
    return !is_alive(w) ||
           (!is_working(w) && (interrupt_count() > 0 ||
                               (warm_lines_over(&w->lines) && w->put_off_count == 0)));
}

static bool has_idle_child(const struct warm *w)
{
    for (unsigned i = 0; i < w->jobs; i++)
        if (w->children[i].ready && !w->children[i].item)
            return true;
    return false;
}

/* For how long there is nothing to do but listen; -1: for ever. */
static int64_t patience_ms(const struct warm *w)
{
    int64_t least_ms = progress_due_ms(&w->progress), now_ms = clock_boot_ms();
    bool hands_out = has_idle_child(w) && interrupt_count() == 0;

    for (const struct warm_item *i = w->put_off; i && hands_out; i = i->next) {
        int64_t left_ms = i->not_before_ms > now_ms ? i->not_before_ms - now_ms : 0;

        least_ms = least_ms < 0 || left_ms < least_ms ? left_ms : least_ms;
    }
    return least_ms;
}

static int wait_and_listen(struct warm *w)
{
    struct pollfd fds[WARM_JOBS_MAX + 1];
    struct warm_child_process *from[WARM_JOBS_MAX];
    nfds_t children = 0, count;
    bool reads = interrupt_count() == 0 && !w->lines.ended && w->put_off_count < PUT_OFF_MAX &&
                 has_idle_child(w);
    int rc;

    for (unsigned i = 0; i < w->jobs; i++)
        if (w->children[i].pid) {
            fds[children] = (struct pollfd){.fd = w->children[i].fd, .events = POLLIN};
            from[children++] = &w->children[i];
        }
    count = children;
    if (reads)
        fds[count++] = (struct pollfd){.fd = w->lines.fd, .events = POLLIN};
    rc = interrupt_poll(fds, count, patience_ms(w));
    if (rc < 0)
        return rc == -EINTR ? 0 : rc;
    for (nfds_t i = 0; i < children; i++)
        if (fds[i].revents)
            listen_to(w, from[i]);
    return reads && fds[children].revents ? warm_lines_read(&w->lines) : 0;
}

static void note_interrupts(struct warm *w, unsigned *noted)
{
    unsigned count = interrupt_count();

    if (count > 0 && *noted == 0 && is_working(w))
        complain(w, "finishing what is at hand; once more ends it at once");
    if (count > 1)
        for (unsigned i = 0; i < w->jobs; i++)
            if (w->children[i].pid)
                kill(w->children[i].pid, SIGKILL);
    *noted = count;
}

static void end_all(struct warm *w)
{
    /* All of them see the end before the first one is waited for. */
    for (unsigned i = 0; i < w->jobs; i++)
        if (w->children[i].pid)
            shutdown(w->children[i].fd, SHUT_RDWR);
    for (unsigned i = 0; i < w->jobs; i++) {
        if (w->children[i].pid)
            reap(&w->children[i]);
        warm_item_free(w->children[i].item);
        w->children[i].item = NULL;
    }
    while (w->put_off) {
        struct warm_item *item = w->put_off;

        w->put_off = item->next;
        warm_item_free(item);
    }
}

int warm_run(struct warm *w)
{
    unsigned noted = 0;
    int rc = interrupt_install();

    for (unsigned i = 0; i < w->jobs && !rc; i++)
        rc = start_child(w, &w->children[i]);
    while (!rc && !is_over(w)) {
        note_interrupts(w, &noted);
        if (interrupt_count() == 0)
            rc = hand_out(w);
        show_progress(w);
        if (!rc && !is_over(w))
            rc = wait_and_listen(w);
    }
    end_all(w);
    progress_clear(&w->progress);
    return rc;
}

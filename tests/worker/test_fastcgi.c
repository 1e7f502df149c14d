/* SPDX-License-Identifier: MIT
 *
 * What the worker makes of FastCGI records, without a web server: the test speaks to
 * a process that has the listening socket on descriptor 0, as a worker has.
 */
#include "worker/fastcgi.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <fastcgi.h> /* libfcgi's record layout */

#include "base/clock.h"
#include "worker/signals.h"

#define TEXT 256
#define WAIT_MS 5000

enum { PATH, QUERY, AUTHORIZATION, CONTENT_TYPE, REMOTE_ADDRESS, ACCEPT, SCHEME, STRINGS };

/* What the worker has seen, in memory that both sides share. */
struct seen {
    struct http_request request; /* its strings are the worker's own; copies are in `texts` */
    char texts[STRINGS][TEXT];
    bool has[STRINGS];
    bool gone_before, gone_after;
    ssize_t body; /* read in all, or what reading came to */
    char first[TEXT];
    volatile bool looking; /* for the peer to go away */
    int sent;
};

static struct seen *seen;
static int listener, connection;
static struct sockaddr_un address;
static pid_t worker;

static void copy(int place, const char *text, size_t length)
{
    seen->has[place] = text != NULL;
    if (text)
        snprintf(seen->texts[place], TEXT, "%.*s", (int)length, text);
}

static void copy_string(int place, const char *text)
{
    copy(place, text, text ? strlen(text) : 0);
}

static void read_body(struct http_peer *peer)
{
    char block[100]; /* odd pieces */
    ssize_t n;

    while ((n = peer->read(peer, block, sizeof block)) > 0) {
        if (seen->body == 0)
            memcpy(seen->first, block, (size_t)n);
        seen->body += n;
    }
    if (n < 0)
        seen->body = n;
}

static void await(const volatile bool *flag)
{
    for (int64_t until_ms = clock_boot_ms() + WAIT_MS; !*flag && clock_boot_ms() < until_ms;)
        clock_sleep_ms(1);
}

/* The worker's whole life: one request. */
static void work(bool wants_body, bool waits_for_end)
{
    static const char head[] = "Status: 200\r\n\r\n";
    struct reply reply = {.fd = -1, .head = {.data = (char *)(uintptr_t)head,
                                             .length = sizeof head - 1}};
    struct http_request *r = &seen->request;
    struct fastcgi *fastcgi;

    if (dup2(listener, STDIN_FILENO) != STDIN_FILENO || signals_install() != 0 ||
        fastcgi_open(&fastcgi) != 0 || signals_wait(STDIN_FILENO, WAIT_MS) != 1 ||
        fastcgi_accept(fastcgi, r) != 0)
        _exit(1);
    copy(PATH, r->path, r->path_length);
    copy(QUERY, r->query, r->query_length);
    copy_string(AUTHORIZATION, r->authorization);
    copy_string(CONTENT_TYPE, r->content_type);
    copy_string(REMOTE_ADDRESS, r->remote_address);
    copy_string(ACCEPT, r->accept);
    copy_string(SCHEME, r->scheme);
    seen->gone_before = r->peer->gone(r->peer);
    seen->looking = true;
    if (wants_body)
        read_body(r->peer);
    for (int64_t until_ms = clock_boot_ms() + WAIT_MS;
         waits_for_end && !seen->gone_after && clock_boot_ms() < until_ms; clock_sleep_ms(1))
        seen->gone_after = r->peer->gone(r->peer);
    seen->sent = fastcgi_send(fastcgi, &reply);
    fastcgi_close(&fastcgi);
    _exit(0);
}

/* ---- the server's side ---- */

static void set_up(void)
{
    char directory[] = "/tmp/visage-fcgi-XXXXXX";

    seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(seen, MAP_FAILED);
    cr_assert_not_null(mkdtemp(directory));
    address = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/s", directory);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(listener, 4), 0);
    signal(SIGPIPE, SIG_IGN);
}

static void tear_down(void)
{
    char *slash = strrchr(address.sun_path, '/');

    unlink(address.sun_path);
    *slash = '\0';
    rmdir(address.sun_path);
    close(listener);
    munmap(seen, sizeof *seen);
}

TestSuite(fastcgi, .init = set_up, .fini = tear_down, .timeout = 60);

static void start(bool wants_body, bool waits_for_end)
{
    worker = fork();
    if (worker == 0)
        work(wants_body, waits_for_end);
    connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(connect(connection, (const struct sockaddr *)&address, sizeof address), 0);
}

static void send_record(unsigned type, const void *content, size_t length)
{
    unsigned char header[FCGI_HEADER_LEN] = {FCGI_VERSION_1, (unsigned char)type, 0, 1,
                                             (unsigned char)(length >> 8), (unsigned char)length};

    cr_assert_eq(write(connection, header, sizeof header), (ssize_t)sizeof header);
    if (length > 0)
        cr_assert_eq(write(connection, content, length), (ssize_t)length);
}

/* "NAME=value" each, up to NULL. */
static void send_head(const char *const *parameters)
{
    static const unsigned char begin[8] = {0, FCGI_RESPONDER};

    send_record(FCGI_BEGIN_REQUEST, begin, sizeof begin);
    for (; *parameters; parameters++) {
        unsigned char pair[2 + TEXT];
        size_t name = strcspn(*parameters, "="), value = strlen(*parameters) - name - 1;

        cr_assert(name < 128 && value < 128);
        pair[0] = (unsigned char)name;
        pair[1] = (unsigned char)value;
        memcpy(pair + 2, *parameters, name);
        memcpy(pair + 2 + name, *parameters + name + 1, value);
        send_record(FCGI_PARAMS, pair, 2 + name + value);
    }
    send_record(FCGI_PARAMS, NULL, 0);
}

static const char *const post[] = {"REQUEST_METHOD=POST",
                                   "REQUEST_URI=/_visage/purge?x=1",
                                   "HTTP_AUTHORIZATION=Bearer abc",
                                   "CONTENT_TYPE=text/plain",
                                   "CONTENT_LENGTH=5000",
                                   "REMOTE_ADDR=192.0.2.1",
                                   NULL};
static const char *const get[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/s64/o/x", "CONTENT_TYPE=",
                                  "HTTP_ACCEPT=*/*", NULL};

static void leave(void)
{
    int status;

    close(connection);
    cr_assert_eq(waitpid(worker, &status, 0), worker);
    cr_assert_eq(status, 0, "%d", status);
}

/* Reads what comes to its end first. */
static void finish(void)
{
    char block[512];

    while (read(connection, block, sizeof block) > 0)
        ;
    leave();
}

Test(fastcgi, parameters_become_a_request)
{
    start(false, false);
    send_head(post);
    send_record(FCGI_STDIN, NULL, 0);
    finish();
    cr_expect_eq(seen->request.method, HTTP_POST);
    cr_expect_str_eq(seen->texts[PATH], "/_visage/purge");
    cr_expect_str_eq(seen->texts[QUERY], "x=1");
    cr_expect_str_eq(seen->texts[AUTHORIZATION], "Bearer abc");
    cr_expect_str_eq(seen->texts[CONTENT_TYPE], "text/plain");
    cr_expect_str_eq(seen->texts[REMOTE_ADDRESS], "192.0.2.1");
    cr_expect_not(seen->has[ACCEPT]);
    cr_expect_eq(seen->sent, 0);
}

/* nginx sends CONTENT_TYPE with every request. */
Test(fastcgi, what_is_absent_is_null)
{
    start(false, false);
    send_head(get);
    send_record(FCGI_STDIN, NULL, 0);
    finish();
    cr_expect_eq(seen->request.method, HTTP_GET);
    cr_expect_str_eq(seen->texts[ACCEPT], "*/*");
    cr_expect_not(seen->has[AUTHORIZATION]);
    cr_expect_not(seen->has[CONTENT_TYPE]);
    cr_expect_not(seen->has[REMOTE_ADDRESS]);
}

static void expect_method(const char *parameter, enum http_method method)
{
    const char *const parameters[] = {parameter, "REQUEST_URI=/", NULL};

    start(false, false);
    send_head(parameters);
    send_record(FCGI_STDIN, NULL, 0);
    finish();
    cr_expect_eq(seen->request.method, method, "%s", parameter);
}

Test(fastcgi, methods)
{
    expect_method("REQUEST_METHOD=GET", HTTP_GET);
    expect_method("REQUEST_METHOD=HEAD", HTTP_HEAD);
    expect_method("REQUEST_METHOD=POST", HTTP_POST);
    expect_method("REQUEST_METHOD=DELETE", HTTP_DELETE);
    expect_method("REQUEST_METHOD=PUT", HTTP_PUT);
    expect_method("REQUEST_METHOD=OPTIONS", HTTP_OPTIONS);
    expect_method("REQUEST_METHOD=get", HTTP_OTHER);
    expect_method("REQUEST_METHOD=", HTTP_OTHER);
}

static void expect_scheme(const char *first, const char *second, const char *scheme)
{
    const char *const parameters[] = {"REQUEST_METHOD=GET", "REQUEST_URI=/", first, second, NULL};

    start(false, false);
    send_head(parameters);
    send_record(FCGI_STDIN, NULL, 0);
    finish();
    cr_expect_eq(seen->has[SCHEME], scheme != NULL, "%s", first);
    if (scheme)
        cr_expect_str_eq(seen->texts[SCHEME], scheme, "%s", first);
}

/* Whoever puts HTTPS beside a scheme of http has a server that speaks TLS before this one. */
Test(fastcgi, the_scheme_is_what_the_server_tells)
{
    expect_scheme("HTTPS=on", NULL, "https");
    expect_scheme("HTTPS=1", NULL, "https");
    expect_scheme("REQUEST_SCHEME=https", NULL, "https");
    expect_scheme("REQUEST_SCHEME=http", "HTTPS=on", "https");
    expect_scheme("REQUEST_SCHEME=http", "HTTPS=", "http");
    expect_scheme("HTTPS=off", NULL, "http");
    expect_scheme("REQUEST_SCHEME=http", NULL, "http");
    expect_scheme("HTTPS=", "REQUEST_SCHEME=", NULL);
    expect_scheme("HTTP_HTTPS=on", "HTTP_REQUEST_SCHEME=https", NULL);
}

Test(fastcgi, a_body_is_read_to_its_end_over_several_records)
{
    char body[5000];

    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (char)('a' + i % 26);
    start(true, false);
    send_head(post);
    send_record(FCGI_STDIN, body, 3000);
    clock_sleep_ms(10);
    send_record(FCGI_STDIN, body + 3000, 2000);
    send_record(FCGI_STDIN, NULL, 0);
    finish();
    cr_expect_eq(seen->body, 5000);
    cr_expect_eq(memcmp(seen->first, body, 100), 0);
    cr_expect_eq(seen->sent, 0);
}

Test(fastcgi, a_body_that_is_cut_is_an_error)
{
    char body[3000] = {0};

    start(true, false);
    send_head(post);
    send_record(FCGI_STDIN, body, sizeof body);
    cr_assert_eq(shutdown(connection, SHUT_WR), 0);
    finish();
    cr_expect_lt(seen->body, 0, "%zd", seen->body);
}

Test(fastcgi, a_body_that_nobody_wants_does_not_cut_the_answer)
{
    char body[60000] = {0}, block[512];
    ssize_t n;

    start(false, false);
    send_head(post);
    for (unsigned i = 0; i < 20; i++)
        send_record(FCGI_STDIN, body, sizeof body);
    send_record(FCGI_STDIN, NULL, 0);
    n = read(connection, block, sizeof block);
    cr_assert_gt(n, FCGI_HEADER_LEN);
    cr_expect_eq(memcmp(block + FCGI_HEADER_LEN, "Status: 200", 11), 0);
    finish();
    cr_expect_eq(seen->sent, 0);
}

Test(fastcgi, a_peer_that_waits_is_not_gone)
{
    start(false, false);
    send_head(get);
    send_record(FCGI_STDIN, NULL, 0);
    finish();
    cr_expect_not(seen->gone_before);
}

Test(fastcgi, a_peer_that_has_closed_is_gone)
{
    start(false, true);
    send_head(get);
    send_record(FCGI_STDIN, NULL, 0);
    await(&seen->looking);
    leave();
    cr_expect_not(seen->gone_before);
    cr_expect(seen->gone_after);
}

/* With the body still unread. */
Test(fastcgi, a_peer_that_has_closed_in_mid_body_is_gone)
{
    char body[1000] = {0};

    start(false, true);
    send_head(post);
    send_record(FCGI_STDIN, body, sizeof body);
    await(&seen->looking);
    leave();
    cr_expect(seen->gone_after);
}

/* SPDX-License-Identifier: MIT
 *
 * The command-line tool as it was built, run with configurations in directories
 * of their own: exit statuses, what `check` reports, and that no secret is ever
 * in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/buffer.h"
#include "base/config.h"
#include "unit/config_file.h"

#define SECRET "hunter2-correct-horse"
#define NOBODY "nobody"

struct result {
    int status;
    struct buffer output; /* standard output, then what went to standard error, as they came */
};

static rlim_t open_files; /* for the next run; 0: as it is */

/* Runs visage with the arguments, up to a NULL. */
static struct result run(const char *first, ...)
{
    const char *build = getenv("VISAGE_BUILD_DIR");
    char program[4096], *argv[12] = {program};
    struct result result = {.status = -1};
    int pipe_fds[2], argc = 1, status;
    char bytes[4096];
    va_list ap;
    ssize_t n;
    pid_t pid;

    if (!build)
        cr_skip_test("VISAGE_BUILD_DIR is not set");
    snprintf(program, sizeof program, "%s/visage", build);
    va_start(ap, first);
    for (const char *a = first; a; a = va_arg(ap, const char *)) {
        cr_assert_lt(argc, 11);
        argv[argc++] = (char *)(size_t)a;
    }
    va_end(ap);
    cr_assert_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
    pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        struct rlimit limit = {open_files, open_files};

        if (dup2(pipe_fds[1], 1) < 0 || dup2(pipe_fds[1], 2) < 0 ||
            (open_files && setrlimit(RLIMIT_NOFILE, &limit) < 0))
            _exit(126);
        execv(program, argv);
        _exit(127);
    }
    close(pipe_fds[1]);
    while ((n = read(pipe_fds[0], bytes, sizeof bytes)) > 0)
        cr_assert_eq(buffer_append(&result.output, bytes, (size_t)n), 0);
    close(pipe_fds[0]);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFEXITED(status), "visage ended by signal %d", WTERMSIG(status));
    result.status = WEXITSTATUS(status);
    cr_assert_neq(result.status, 127, "%s cannot be run", program);
    if (!result.output.data)
        cr_assert_eq(buffer_puts(&result.output, ""), 0);
    cr_expect_null(strstr(result.output.data, SECRET), "a secret: %s", result.output.data);
    return result;
}

static bool says(const struct result *result, const char *text)
{
    return strstr(result->output.data, text) != NULL;
}

#define EXPECT_SAYS(result, text) \
    cr_expect(says(&(result), text), "no \"%s\" in:\n%s", text, (result).output.data)

#define EXPECT_SAYS_NOT(result, text) \
    cr_expect_not(says(&(result), text), "\"%s\" in:\n%s", text, (result).output.data)

static unsigned count_of(const struct result *result, const char *text)
{
    unsigned n = 0;

    for (const char *p = result->output.data; (p = strstr(p, text)); p++)
        n++;
    return n;
}

/* The status must be what the marks in front of the lines say. */
static void expect_consistent(const struct result *result)
{
    unsigned failures = 0, warnings = 0;
    char last[80];
    const char *line = result->output.data;

    for (; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        failures += strncmp(line, "fail  ", 6) == 0;
        warnings += strncmp(line, "warn  ", 6) == 0;
    }
    snprintf(last, sizeof last, "\n%u failed, %u warning%s\n", failures, warnings,
             warnings == 1 ? "" : "s");
    EXPECT_SAYS(*result, last);
    cr_expect_eq(result->status, failures ? 1 : 0, "status %d:\n%s", result->status,
                 result->output.data);
}

/* A configuration in a directory of its own, with a secret's file beside it. */
struct site {
    struct config_file config;
    char secret[96];
    char state[96];
};

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    cr_assert_eq(fchmod(fd, mode), 0);
    cr_assert_eq(close(fd), 0);
}

/* `extra` follows state_dir and render.program. */
static void site_make(struct site *s, const char *extra)
{
    const char *build = getenv("VISAGE_BUILD_DIR");
    struct buffer text = {0};

    config_file_make(&s->config, "");
    snprintf(s->secret, sizeof s->secret, "%s/secret", s->config.directory);
    snprintf(s->state, sizeof s->state, "%s/state", s->config.directory);
    write_file(s->secret, SECRET "\n", 0600);
    cr_assert_eq(buffer_printf(&text,
                               "state_dir = \"%s\"\n"
                               "render { program = \"%s/visage-render\" }\n%s",
                               s->state, build ? build : "", extra),
                 0);
    write_file(s->config.path, text.data, 0600);
    buffer_free(&text);
}

static void site_remove(struct site *s)
{
    unlink(s->secret);
    rmdir(s->state);
    config_file_remove(&s->config);
}

static const char *const commands[] = {"check", "explain", "url",    "grant",  "stats", "top",
                                       "warm",  "purge",   "gc",     "verify", "version"};

Test(ctl, version_and_help)
{
    struct result r = run("version", NULL);

    cr_expect_eq(r.status, 0);
    cr_expect_str_eq(r.output.data, "visage " PACKAGE_VERSION "\n");
    buffer_free(&r.output);
    r = run("--version", NULL);
    cr_expect_eq(r.status, 0);
    cr_expect_str_eq(r.output.data, "visage " PACKAGE_VERSION "\n");
    buffer_free(&r.output);
    r = run("--help", NULL);
    cr_expect_eq(r.status, 0);
    EXPECT_SAYS(r, "usage: visage");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char line[64];

        snprintf(line, sizeof line, "\n  %-8s  ", commands[i]);
        EXPECT_SAYS(r, line);
    }
    /* One line each, and none for what is only meant for the shells. */
    EXPECT_SAYS_NOT(r, "  names ");
    buffer_free(&r.output);
}

Test(ctl, every_command_tells_how_it_is_used)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char usage[64];
        struct result r = run(commands[i], "--help", NULL), other;

        snprintf(usage, sizeof usage, "usage: visage %s [-c FILE]", commands[i]);
        cr_expect_eq(r.status, 0);
        cr_expect_eq(strncmp(r.output.data, usage, strlen(usage)), 0, "%s", r.output.data);
        other = run("help", commands[i], NULL);
        cr_expect_eq(other.status, 0);
        cr_expect_str_eq(other.output.data, r.output.data);
        buffer_free(&other.output);
        buffer_free(&r.output);
        r = run(commands[i], "--nonsense", NULL);
        cr_expect_eq(r.status, 2);
        EXPECT_SAYS(r, "--help` tells the options\n");
        buffer_free(&r.output);
    }
}

Test(ctl, wrong_use_is_status_2)
{
    static const char *const rows[][4] = {
        {NULL},
        {"chekc"},
        {"--nonsense"},
        {"-c"},
        {"version", "now"},
        {"check", "now"},
        {"check", "--nonsense"},
        {"check", "-c"},
        {"check", "--user", "no such user"},
        {"stats", "now"},
        {"stats", "--user"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result r = run(rows[i][0], rows[i][1], rows[i][2], rows[i][3], NULL);

        cr_expect_eq(r.status, 2, "row %zu: status %d: %s", i, r.status, r.output.data);
        cr_expect_gt(r.output.length, 10, "row %zu says nothing", i);
        buffer_free(&r.output);
    }
}

Test(ctl_check, a_bad_configuration_gives_file_and_line)
{
    struct config_file file;
    struct result r;
    char wanted[200];

    config_file_make(&file, "quality = 5\n\nqualiti = 6\n");
    r = run("check", "-c", file.path, NULL);
    snprintf(wanted, sizeof wanted, "%s:3: unknown key \"qualiti\"; did you mean \"quality\"?\n",
             file.path);
    cr_expect_eq(r.status, 1);
    cr_expect_str_eq(r.output.data, wanted);
    buffer_free(&r.output);
    config_file_remove(&file);
    r = run("check", "-c", file.path, NULL);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "No such file");
    buffer_free(&r.output);
}

Test(ctl_check, finds_its_configuration)
{
    struct config_file a, b;
    struct result r;

    config_file_make(&a, "a_key = 1\n");
    config_file_make(&b, "b_key = 1\n");
    cr_assert_eq(setenv("VISAGE_CONF", a.path, 1), 0);
    r = run("check", NULL);
    EXPECT_SAYS(r, "a_key");
    buffer_free(&r.output);
    r = run("-c", b.path, "check", NULL);
    EXPECT_SAYS(r, "b_key");
    buffer_free(&r.output);
    r = run("-c", b.path, "check", "-c", a.path, NULL);
    EXPECT_SAYS(r, "a_key");
    buffer_free(&r.output);
    config_file_remove(&a);
    config_file_remove(&b);
}

Test(ctl_check, reports_on_sources_without_their_secrets)
{
    struct buffer text = {0};
    struct site s;
    struct result r;

    cr_assert_eq(setenv("VISAGE_TEST_TOKEN", SECRET, 1), 0);
    unsetenv("VISAGE_TEST_NONE");
    site_make(&s, "");
    cr_assert_eq(
        buffer_printf(
            &text,
            "state_dir = \"%s\"\nfetch { user_agent = \"" SECRET "\" }\n"
            "preset p { width = 5 height = 5 }\n"
            "source one { url = \"https://pictures.example.org:8443/{id}?key=" SECRET "\"\n"
            "  headers = {\"X-Key: " SECRET "\"} username = \"bob\" password_file = \"%s\" }\n"
            "source two { url = \"http://two.example.org/{id}\" bearer_env = VISAGE_TEST_TOKEN }\n"
            "source three { url = \"http://127.0.0.1/{id}\" bearer_env = VISAGE_TEST_NONE\n"
            "  allow_addresses = {\"127.0.0.0/8\"} }\n"
            "source four { type = atproto }\n"
            "source five { type = atproto plc = \"http://plc.example.org/\" verify_cid = lexical }\n",
            s.state, s.secret),
        0);
    write_file(s.config.path, text.data, 0600);
    buffer_free(&text);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, ": 1 preset, 5 sources\n");
    EXPECT_SAYS(r, "ok    source one: pictures.example.org:8443 over https, 1 extra header, 0 opened "
                   "networks\n");
    EXPECT_SAYS(r, "ok    source one: password can be read from /");
    EXPECT_SAYS(r, "ok    source two: bearer token can be read from $VISAGE_TEST_TOKEN\n");
    EXPECT_SAYS(r, "warn  source two: credentials go unencrypted over http\n");
    EXPECT_SAYS(r, "warn  source three: bearer token: $VISAGE_TEST_NONE is not set here");
    EXPECT_SAYS(r, "1 opened network\n");
    EXPECT_SAYS_NOT(r, "source three: credentials");
    EXPECT_SAYS(r, "ok    source four: atproto, directory https://plc.directory, 0 opened networks\n");
    EXPECT_SAYS_NOT(r, "warn  source four");
    EXPECT_SAYS(r, "ok    source five: atproto, directory http://plc.example.org, ");
    EXPECT_SAYS(r, "warn  source five: verify_cid = lexical: ");
    buffer_free(&r.output);

    cr_assert_eq(chmod(s.secret, 0644), 0);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "fail  source one: password: ");
    EXPECT_SAYS(r, "0644");
    buffer_free(&r.output);

    write_file(s.secret, SECRET "\n" SECRET "\n", 0600);
    r = run("check", "-c", s.config.path, NULL);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "fail  source one: password: ");
    buffer_free(&r.output);

    cr_assert_eq(unlink(s.secret), 0);
    r = run("check", "-c", s.config.path, NULL);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "fail  source one: password: ");
    EXPECT_SAYS(r, "No such file");
    buffer_free(&r.output);
    site_remove(&s);
}

Test(ctl_check, reports_on_the_machine)
{
    struct site s;
    struct result r;

    site_make(&s, "");
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, ": 0 presets, 0 sources\n");
    EXPECT_SAYS(r, "warn  no preset");
    EXPECT_SAYS(r, "warn  no source");
    EXPECT_SAYS(r, "  kernel: ");
    EXPECT_SAYS(r, "no_new_privs");
    EXPECT_SAYS(r, "Landlock");
    EXPECT_SAYS(r, "  LMDB 0.");
    EXPECT_SAYS(r, "index map: ");
    EXPECT_SAYS(r, "PID namespace pid:[");
    EXPECT_SAYS(r, "open files: ");
    EXPECT_SAYS(r, "address space: ");
    EXPECT_SAYS(r, "does not exist yet and can be made in /");
    EXPECT_SAYS(r, "file system of /");
    EXPECT_SAYS(r, "free space: ");
    EXPECT_SAYS(r, "ok    sendfile is none");
    buffer_free(&r.output);
    site_remove(&s);
}

Test(ctl_check, reports_on_the_keeper_the_log_and_the_limits)
{
    char extra[1024], log[128];
    struct site s;
    struct result r;

    site_make(&s, "keeper = /bin/true\n");
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "ok    keeper /bin/true can be run\n");
    EXPECT_SAYS(r, "ok    clients: no limit on their requests\n");
    EXPECT_SAYS(r, "ok    admin: /_visage/ is closed: neither addresses nor a token are set\n");
    EXPECT_SAYS_NOT(r, "  log ");
    buffer_free(&r.output);
    site_remove(&s);

    site_make(&s, "");
    snprintf(log, sizeof log, "%s/log", s.config.directory);
    snprintf(extra, sizeof extra,
             "state_dir = \"%s\"\nkeeper = /nowhere/keeper\nlog = \"%s\"\n"
             "limit { rate = 10 burst = 50 miss_cost = 4 }\n"
             "admin { addresses = {\"127.0.0.1\", \"::1\"} }\n", s.state, log);
    write_file(s.config.path, extra, 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "fail  keeper /nowhere/keeper: No such file or directory; ");
    EXPECT_SAYS(r, "/log can be made\n");
    EXPECT_SAYS(r, "ok    clients: 10 requests a second, 50 at once, a miss counts as 4; ");
    EXPECT_SAYS(r, "ok    admin: 2 networks may look at /_visage/; without a token nothing can be "
                   "purged over HTTP\n");
    EXPECT_SAYS_NOT(r, "anybody may ask");
    cr_expect_neq(access(log, F_OK), 0, "a look must not make the log");
    buffer_free(&r.output);
    write_file(log, "", 0600);
    r = run("check", "-c", s.config.path, NULL);
    EXPECT_SAYS(r, "/log can be written\n");
    buffer_free(&r.output);
    unlink(log);

    snprintf(extra, sizeof extra,
             "state_dir = \"%s\"\nlog = /nowhere/log\nmin_free = 1024T\n"
             "admin { token_file = \"%s\" open_versions = yes }\n"
             "camo { prefix = \"\" source = w key_file = \"%s\" types = {\"image/svg+xml\"} }\n"
             "source w { type = web }\n", s.state, s.secret, s.secret);
    write_file(s.config.path, extra, 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "fail  log /nowhere/log cannot be written: No such file or directory\n");
    EXPECT_SAYS(r, "fail  min_free: 1.0P are to stay free, and ");
    EXPECT_SAYS(r, "ok    admin: token can be read from /");
    EXPECT_SAYS(r, "ok    admin: /_visage/ with the token; 0 networks may look without\n");
    EXPECT_SAYS(r, "ok    admin: anybody may ask /_visage/versions about the sources whose URLs need no "
                   "signature\n");
    EXPECT_SAYS(r, "ok    camo: key can be read from /");
    EXPECT_SAYS(r, "warn  camo: SVG is passed on");
    buffer_free(&r.output);

    cr_assert_eq(chmod(s.secret, 0644), 0);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "fail  admin: token: ");
    EXPECT_SAYS(r, "fail  camo: key: ");
    buffer_free(&r.output);

    /* Each file that cannot be read is told of once. */
    snprintf(extra, sizeof extra,
             "camo { prefix = /c source = w key_file = \"%s\" }\n"
             "imgproxy { prefix = /i source = w keys_file = \"%s\" }\n"
             "source w { type = web }\n", s.secret, s.secret);
    write_file(s.config.path, extra, 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "fail  camo: key: ");
    EXPECT_SAYS(r, "fail  imgproxy: keys_file: ");
    cr_expect_eq(count_of(&r, "camo: key"), 1u, "%s", r.output.data);
    cr_expect_eq(count_of(&r, "imgproxy: "), 1u, "%s", r.output.data);
    buffer_free(&r.output);
    site_remove(&s);
}

Test(ctl_check, reports_on_buckets_and_their_keys)
{
    char text[1024];
    struct site s;
    struct result r;

    site_make(&s, "");
    snprintf(text, sizeof text,
             "state_dir = \"%s\"\n"
             "store { type = s3 endpoint = \"http://127.0.0.1:1\" bucket = mine\n"
             "access_key_file = \"%s\" secret_key_file = /nowhere/secret }\n"
             "source u { type = store }\n"
             "source v { type = s3 endpoint = \"https://s3.example.org\" bucket = theirs\n"
             "region = eu key = \"a/{id}.jpg\" }\n",
             s.state, s.secret);
    write_file(s.config.path, text, 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "ok    source u: uploads in bucket mine at http://127.0.0.1:1, region us-east-1, ");
    EXPECT_SAYS(r, "ok    source u: access key can be read from /");
    EXPECT_SAYS(r, "fail  source u: secret key: file /nowhere/secret");
    EXPECT_SAYS(r, "ok    source v: objects in bucket theirs at https://s3.example.org, region eu, ");
    buffer_free(&r.output);

    snprintf(text, sizeof text,
             "state_dir = \"%s\"\n"
             "store { type = s3 endpoint = \"http://127.0.0.1:1\" bucket = mine }\n"
             "source u { type = store }\n",
             s.state);
    write_file(s.config.path, text, 0600);
    r = run("check", "-c", s.config.path, NULL);
    EXPECT_SAYS(r, "warn  source u: no keys: ");
    buffer_free(&r.output);

    snprintf(text, sizeof text, "state_dir = \"%s\"\nstore { bucket = mine }\n", s.state);
    write_file(s.config.path, text, 0600);
    r = run("check", "-c", s.config.path, NULL);
    EXPECT_SAYS(r, "warn  store: type is local: ");
    buffer_free(&r.output);
    site_remove(&s);
}

Test(ctl_check, reports_on_the_keys_of_urls_grants_and_programs)
{
    char text[1024];
    struct site s;
    struct result r;

    site_make(&s, "");
    write_file(s.secret, "sixteen bytes of key\n# the one before\nand sixteen of another\n", 0600);
    snprintf(text, sizeof text,
             "state_dir = \"%s\"\n"
             "source u { type = store grant_key_file = \"%s\" api_key_file = \"%s\" }\n"
             "source v { type = store sign_key_file = \"%s\" grant_key_file = /nowhere/keys }\n",
             s.state, s.secret, s.secret, s.secret);
    write_file(s.config.path, text, 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "ok    source u: api_key_file /");
    EXPECT_SAYS(r, "ok    source u: grant_key_file /");
    EXPECT_SAYS(r, "ok    source v: sign_key_file /");
    cr_expect_eq(count_of(&r, " has 2 keys\n"), 3u, "%s", r.output.data);
    EXPECT_SAYS(r, "fail  source v: grant_key_file: file /nowhere/keys");
    EXPECT_SAYS_NOT(r, "sixteen");
    buffer_free(&r.output);

    cr_assert_eq(chmod(s.secret, 0644), 0);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "fail  source u: grant_key_file: file /");
    EXPECT_SAYS(r, "fail  source v: sign_key_file: file /");
    buffer_free(&r.output);
    site_remove(&s);
}

Test(ctl_check, reports_on_the_files_that_fallbacks_name)
{
    static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13,
                                        'I',  'H', 'D', 'R', 0,    0,    0,    1,    0, 0, 0, 1};
    char extra[2048], picture[128], text[128];
    struct site s;
    struct result r;
    int fd;

    site_make(&s, "");
    snprintf(picture, sizeof picture, "%s/picture", s.config.directory);
    snprintf(text, sizeof text, "%s/text", s.config.directory);
    fd = open(picture, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, png, sizeof png), (ssize_t)sizeof png);
    cr_assert_eq(close(fd), 0);
    write_file(text, "no picture", 0600);
    snprintf(extra, sizeof extra,
             "state_dir = \"%s\"\nsource o { url = \"http://example.org/{id}\"\n"
             "fallback = identicon fallback_not_found = \"%s\" fallback_failing = \"%s\"\n"
             "fallback_broken = /nowhere/x.png fallback_denied = \"%s\" }\n",
             s.state, picture, text, s.config.directory);
    write_file(s.config.path, extra, 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "ok    source o: fallback_not_found ");
    EXPECT_SAYS(r, "/picture is a picture (png)\n");
    EXPECT_SAYS(r, "fail  source o: fallback_failing ");
    EXPECT_SAYS(r, "/text is no picture of a known type\n");
    EXPECT_SAYS(r, "fail  source o: fallback_broken /nowhere/x.png: No such file or directory\n");
    EXPECT_SAYS(r, " is not a file\n");
    EXPECT_SAYS_NOT(r, "source o: fallback identicon");
    buffer_free(&r.output);
    unlink(picture);
    unlink(text);
    site_remove(&s);
}

Test(ctl_check, reports_on_the_renderer)
{
    const char *build = getenv("VISAGE_BUILD_DIR");
    char program[4096], keys[4200];
    struct site s;
    struct result r;

    if (!build)
        cr_skip_test("VISAGE_BUILD_DIR is not set");
    snprintf(program, sizeof program, "%s/visage-render", build);
    site_make(&s, "formats = {png, jpeg}\n");
    r = run("check", "-c", s.config.path, NULL);
    cr_assert_eq(access(program, X_OK), 0, "%s is not built", program);
    EXPECT_SAYS(r, "visage-render starts\n");
    EXPECT_SAYS(r, "ok    formats decoded: jpeg, png, gif, webp");
    EXPECT_SAYS(r, "names none: png, jpeg\n");
    EXPECT_SAYS(r, "  renderer's sandbox is ");
    EXPECT_SAYS(r, "  initials: ");
    buffer_free(&r.output);

    snprintf(keys, sizeof keys, "render { program = \"%s\" fonts = {/nowhere/font.ttf} }", program);
    write_file(s.config.path, keys, 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "warn  initials: no font; ");
    buffer_free(&r.output);

    write_file(s.config.path, "render { program = /nowhere/visage-render }", 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "fail  renderer /nowhere/visage-render: No such file or directory\n");
    buffer_free(&r.output);

    write_file(s.config.path, "render { program = /bin/true }", 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "fail  renderer /bin/true does not start: ");
    buffer_free(&r.output);
    site_remove(&s);
}

Test(ctl_check, reports_on_the_state_directory)
{
    struct site s;
    struct result r;

    site_make(&s, "");
    cr_assert_eq(mkdir(s.state, 0700), 0);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, ", mode 0700\n");
    EXPECT_SAYS(r, "/state can be written\n");
    buffer_free(&r.output);

    cr_assert_eq(chmod(s.state, 0777), 0);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "/state can be written by everybody\n");
    buffer_free(&r.output);

    cr_assert_eq(rmdir(s.state), 0);
    write_file(s.state, "", 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "/state is not a directory\n");
    buffer_free(&r.output);
    unlink(s.state);

    write_file(s.config.path, "state_dir = /proc/no/such/place", 0600);
    r = run("check", "-c", s.config.path, NULL);
    expect_consistent(&r);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "fail  ");
    buffer_free(&r.output);
    site_remove(&s);
}

static struct result check_publish_root(struct site *s, const char *root)
{
    const char *build = getenv("VISAGE_BUILD_DIR");
    struct buffer text = {0};
    struct result r;

    if (!build)
        cr_skip_test("VISAGE_BUILD_DIR is not set");
    cr_assert_eq(buffer_printf(&text, "state_dir = \"%s\"\npublish_root = \"%s\"\n"
                               "keeper = \"%s/visage-keeper\"\n"
                               "render { program = \"%s/visage-render\" }\n",
                               s->state, root, build, build), 0);
    write_file(s->config.path, text.data, 0600);
    buffer_free(&text);
    r = run("check", "-c", s->config.path, NULL);
    expect_consistent(&r);
    return r;
}

Test(ctl_check, reports_on_where_pictures_are_published)
{
    char root[128], file[160];
    struct site s;
    struct result r;

    site_make(&s, "");
    snprintf(root, sizeof root, "%s/published", s.config.directory);
    snprintf(file, sizeof file, "%s/index.html", root);
    r = check_publish_root(&s, root);
    cr_expect_eq(r.status, 0);
    EXPECT_SAYS(r, "/published does not exist yet; the first worker makes it\n");
    buffer_free(&r.output);

    cr_assert_eq(mkdir(root, 0755), 0);
    r = check_publish_root(&s, root);
    cr_expect_eq(r.status, 0);
    EXPECT_SAYS(r, "/published is fit for links\n");
    buffer_free(&r.output);

    cr_assert_eq(chmod(root, 0700), 0);
    r = check_publish_root(&s, root);
    EXPECT_SAYS(r, "/published cannot be entered by everybody (mode 0700)");
    buffer_free(&r.output);
    if (getpwnam(NOBODY)) {
        r = run("check", "-c", s.config.path, "--user", NOBODY, NULL);
        EXPECT_SAYS(r, "fail  user " NOBODY " cannot enter ");
        buffer_free(&r.output);
    }

    write_file(file, "a page", 0644);
    r = check_publish_root(&s, root);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "/published: it holds index.html, which is not Visage's: name an empty directory");
    buffer_free(&r.output);

    r = check_publish_root(&s, file);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "/index.html: it is not a directory");
    buffer_free(&r.output);
    unlink(file);
    rmdir(root);

    snprintf(file, sizeof file, "%s/no/such/place", root);
    r = check_publish_root(&s, file);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "/place: it cannot be made in ");
    buffer_free(&r.output);

    /* What is in the state directory is made with it; what is the cache's own stays its own. */
    snprintf(file, sizeof file, "%s/published", s.state);
    r = check_publish_root(&s, file);
    cr_expect_eq(r.status, 0);
    buffer_free(&r.output);
    snprintf(file, sizeof file, "%s/blobs", s.state);
    r = check_publish_root(&s, file);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "it is the cache's own blobs");
    buffer_free(&r.output);
    r = check_publish_root(&s, s.config.directory);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "the state directory is it, or in it");
    buffer_free(&r.output);
    site_remove(&s);
}

Test(ctl_check, few_open_files_are_a_failure)
{
    struct site s;
    struct result r;

    site_make(&s, "");
    open_files = 20;
    r = run("check", "-c", s.config.path, NULL);
    open_files = 0;
    expect_consistent(&r);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "fail  open files: 20");
    buffer_free(&r.output);
    site_remove(&s);
}

/* nobody owns none of this, and is in none of our groups. */
Test(ctl_check, tells_what_the_web_servers_user_can_read)
{
    char blobs[120], directory[140], blob[200];
    struct site s;
    struct result r;

    if (!getpwnam(NOBODY) || geteuid() == getpwnam(NOBODY)->pw_uid)
        cr_skip_test("needs a user nobody that is not the one running");
    site_make(&s, "sendfile = x-sendfile\n");
    r = run("check", "-c", s.config.path, "--user", NOBODY, NULL);
    expect_consistent(&r);
    cr_expect_eq(r.status, 1);
    EXPECT_SAYS(r, "warn  sendfile without group_readable");
    EXPECT_SAYS(r, "fail  user nobody cannot enter /tmp/");
    buffer_free(&r.output);

    cr_assert_eq(chmod(s.config.directory, 0711), 0);
    cr_assert_eq(mkdir(s.state, 0750), 0);
    r = run("check", "-c", s.config.path, "--user", NOBODY, NULL);
    EXPECT_SAYS(r, "/state (mode 0750");
    EXPECT_SAYS(r, "user nobody will not be able to read new blobs: set group_readable = true\n");
    buffer_free(&r.output);
    site_remove(&s);

    site_make(&s, "sendfile = \"x-accel:/p/\"\ngroup_readable = true\n");
    snprintf(blobs, sizeof blobs, "%s/blobs", s.state);
    snprintf(directory, sizeof directory, "%s/ab", blobs);
    snprintf(blob, sizeof blob, "%s/cdef", directory);
    cr_assert_eq(chmod(s.config.directory, 0711), 0);
    cr_assert_eq(mkdir(s.state, 0755), 0);
    r = run("check", "-c", s.config.path, "--user", NOBODY, NULL);
    EXPECT_SAYS(r, "ok    the web server's user must be in the group of ");
    EXPECT_SAYS(r, "/blobs is made by the first worker\n");
    EXPECT_SAYS(r, "new blobs: the user is not in the state directory's group\n");
    buffer_free(&r.output);

    cr_assert_eq(mkdir(blobs, 0755), 0);
    cr_assert_eq(mkdir(directory, 0755), 0);
    write_file(blob, "x", 0640);
    r = run("check", "-c", s.config.path, "--user", NOBODY, NULL);
    EXPECT_SAYS(r, "ok    user nobody can enter ");
    EXPECT_SAYS(r, "fail  user nobody cannot read ");
    buffer_free(&r.output);
    cr_assert_eq(chmod(blob, 0644), 0);
    r = run("check", "-c", s.config.path, "--user", NOBODY, NULL);
    expect_consistent(&r);
    EXPECT_SAYS(r, "ok    user nobody can read ");
    buffer_free(&r.output);
    r = run("check", "-c", s.config.path, NULL);
    EXPECT_SAYS(r, "ok    --user NAME tells");
    buffer_free(&r.output);
    unlink(blob);
    rmdir(directory);
    rmdir(blobs);
    site_remove(&s);
}

Test(ctl_check, prints_the_reference)
{
    struct result r = run("check", "--print-reference", NULL);
    struct buffer reference = {0};

    cr_assert_eq(config_write_reference(&reference), 0);
    cr_expect_eq(r.status, 0);
    cr_expect_str_eq(r.output.data, reference.data);
    buffer_free(&reference);
    buffer_free(&r.output);
}

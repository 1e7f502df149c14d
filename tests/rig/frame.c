/* SPDX-License-Identifier: MIT */
#include "rig/frame.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "rig/text.h"

#define MODULES "/usr/lib/apache2/modules"

static const char *const apache_modules[] = {"mpm_event", "authz_core", "alias", "dir", "env",
                                             "headers",   "rewrite",    "fcgid", NULL};

static void require(const char *program)
{
    if (!process_find(program))
        cr_skip_test("%s is not installed", program);
}

void frame_require(enum rig_kind kind)
{
    if (kind == RIG_LIGHTTPD_SOCKET || kind == RIG_NGINX) {
        require("spawn-fcgi");
        require("multiwatch");
    }
    if (kind == RIG_NGINX)
        require("nginx");
    if (kind == RIG_LIGHTTPD || kind == RIG_LIGHTTPD_SOCKET)
        require("lighttpd");
    if (kind != RIG_APACHE && kind != RIG_APACHE_HTACCESS)
        return;
    require("apache2");
    for (size_t i = 0; apache_modules[i]; i++) {
        char path[FILES_PATH_MAX];

        files_path(path, MODULES "/mod_%s.so", apache_modules[i]);
        if (access(path, R_OK) != 0)
            cr_skip_test("Apache's mod_%s is not installed", apache_modules[i]);
    }
}

void frame_socket(const struct rig *rig, char path[FILES_PATH_MAX])
{
    files_path(path, "%s/visage.sock", rig->directory);
    /* unix(7) */
    cr_assert(strlen(path) + 3 < 108, "%s: too long for a socket; set a shorter TMPDIR", path);
}

/* The snippet with this installation's paths. */
static void add_snippet(const struct rig *rig, const char *name, struct buffer *out)
{
    const char *slash = strrchr(rig->worker, '/');
    char directory[FILES_PATH_MAX], socket[FILES_PATH_MAX], www[FILES_PATH_MAX], number[32];
    struct buffer text = {0};

    cr_assert(files_read(rig_shipped(name), &text), "no %s", name);
    frame_socket(rig, socket);
    files_path(directory, "%.*s", (int)(slash - rig->worker), rig->worker);
    files_path(www, "%s/www", rig->directory);
    snprintf(number, sizeof number, "=> %u,", rig->options.workers);
    text_replace(&text, "/usr/local/libexec/visage/visage.fcgi", rig->worker);
    text_replace(&text, "/usr/local/libexec/visage", directory);
    text_replace(&text, "/etc/visage/visage.conf", rig->conf);
    text_replace(&text, "/run/visage/visage.sock", socket);
    text_replace(&text, "/var/lib/visage", rig->state);
    text_replace(&text, "/home/you/public_html", www);
    text_replace(&text, "=> 4,", number);
    cr_assert_eq(buffer_append(out, text.data, text.length), 0);
    buffer_free(&text);
}

/* What the test wants of the server beside that. */
static void add_own(const struct rig *rig, struct buffer *out)
{
    struct buffer text = {0};

    if (!rig->options.server)
        return;
    text_add(&text, "%s\n", rig->options.server);
    text_replace(&text, "@DIR@", rig->directory);
    cr_assert_eq(buffer_append(out, text.data, text.length), 0);
    buffer_free(&text);
}

static void write_conf(struct rig *rig, const char *name, struct buffer *text,
                       char path[FILES_PATH_MAX])
{
    files_path(path, "%s/%s", rig->directory, name);
    files_write(path, text->data, 0644);
    buffer_free(text);
}

static void start(struct rig *rig, const char *const *argv)
{
    const struct process_options o = {.argv = argv, .log = rig->log, .directory = rig->directory};

    process_start(&rig->server, &o);
}

static void start_lighttpd(struct rig *rig)
{
    char path[FILES_PATH_MAX];
    const char *argv[] = {"lighttpd", "-D", "-f", path, NULL};
    struct buffer text = {0};

    text_add(&text,
             "server.bind = \"127.0.0.1\"\n"
             "server.port = %u\n"
             "server.document-root = \"%s/www\"\n"
             "server.upload-dirs = (\"%s\")\n"
             "server.errorlog = \"%s\"\n"
             "server.modules = ()\n",
             (unsigned)rig->port, rig->directory, rig->directory, rig->log);
    add_own(rig, &text); /* first: the order of its modules is that in which they see a request */
    add_snippet(rig, rig->options.kind == RIG_LIGHTTPD ? "conf/lighttpd-bin-path.conf"
                                                       : "conf/lighttpd-socket.conf", &text);
    write_conf(rig, "lighttpd.conf", &text, path);
    start(rig, argv);
}

static void write_htaccess(struct rig *rig)
{
    struct buffer text = {0};
    char path[FILES_PATH_MAX];

    add_snippet(rig, "conf/htaccess", &text);
    write_conf(rig, "www/avatars/.htaccess", &text, path);
    add_snippet(rig, "conf/htaccess-published", &text);
    write_conf(rig, "www/avatars/published/.htaccess", &text, path);
    /* The program that stands beside it. */
    text_add(&text, "#!/bin/sh\nexec %s -c %s\n", rig->worker, rig->conf);
    write_conf(rig, "www/avatars/visage.fcgi", &text, path);
    cr_assert_eq(chmod(path, 0755), 0);
}

static void start_apache(struct rig *rig)
{
    const char *at = rig->directory;
    char path[FILES_PATH_MAX];
    const char *argv[] = {"apache2", "-D", "FOREGROUND", "-d", at, "-f", path, NULL};
    struct buffer text = {0};

    for (size_t i = 0; apache_modules[i]; i++)
        text_add(&text, "LoadModule %s_module " MODULES "/mod_%s.so\n", apache_modules[i],
                 apache_modules[i]);
    if (rig->user)
        text_add(&text, "User %s\n", rig->user);
    text_add(&text,
             "Listen 127.0.0.1:%u\n"
             "ServerName localhost\n"
             "ErrorLog \"%s\"\n"
             "PidFile \"%s/apache.pid\"\n"
             "DefaultRuntimeDir \"%s\"\n"
             "Mutex pthread\n"
             "FcgidIPCDir \"%s/fcgid\"\n"
             "FcgidProcessTableFile \"%s/fcgid/table\"\n"
             "DocumentRoot \"%s/www\"\n"
             "<Directory \"%s/www\">\n    Require all granted\n    AllowOverride All\n"
             "</Directory>\n",
             (unsigned)rig->port, rig->log, at, at, at, at, at, at);
    if (rig->options.kind == RIG_APACHE)
        add_snippet(rig, "conf/apache-mod_fcgid.conf", &text);
    else
        write_htaccess(rig);
    add_own(rig, &text);
    write_conf(rig, "apache.conf", &text, path);
    start(rig, argv);
}

static void start_nginx(struct rig *rig)
{
    char path[FILES_PATH_MAX];
    const char *argv[] = {"nginx", "-p", rig->directory, "-e", rig->log, "-c", path, NULL};
    static const char *const temporary[] = {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"};
    struct buffer text = {0};

    /* Ours, so that it may read what the workers write. */
    if (geteuid() == 0)
        text_add(&text, "user root;\n");
    text_add(&text, "daemon off;\nworker_processes 1;\npid %s/nginx.pid;\n"
                    "events { worker_connections 1024; }\nhttp {\naccess_log off;\n",
             rig->directory);
    for (size_t i = 0; i < sizeof temporary / sizeof *temporary; i++)
        text_add(&text, "%s_temp_path %s/nginx-%s;\n", temporary[i], rig->directory,
                 temporary[i]);
    text_add(&text, "server {\nlisten 127.0.0.1:%u;\n", (unsigned)rig->port);
    add_snippet(rig, "conf/nginx.conf", &text);
    add_own(rig, &text);
    text_add(&text, "}\n}\n");
    write_conf(rig, "nginx.conf", &text, path);
    start(rig, argv);
}

void frame_start(struct rig *rig)
{
    switch (rig->options.kind) {
    case RIG_LIGHTTPD:
    case RIG_LIGHTTPD_SOCKET:
        start_lighttpd(rig);
        break;
    case RIG_APACHE:
    case RIG_APACHE_HTACCESS:
        start_apache(rig);
        break;
    case RIG_NGINX:
        start_nginx(rig);
        break;
    case RIG_KINDS:
    default:
        cr_assert_fail("no such kind of server");
    }
}

/* SPDX-License-Identifier: MIT
 *
 * For the tests of the configuration: a file with given contents in a directory
 * of its own, and the example that the documentation gives.
 */
#ifndef VISAGE_TESTS_UNIT_CONFIG_FILE_H
#define VISAGE_TESTS_UNIT_CONFIG_FILE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

struct config_file {
    char directory[64];
    char path[96];
};

/* Makes the directory and writes `length` bytes to visage.conf in it. */
static inline void config_file_make_bytes(struct config_file *f, const void *bytes, size_t length)
{
    FILE *stream;

    snprintf(f->directory, sizeof f->directory, "/tmp/visage-config-XXXXXX");
    cr_assert_not_null(mkdtemp(f->directory));
    snprintf(f->path, sizeof f->path, "%s/visage.conf", f->directory);
    stream = fopen(f->path, "w");
    cr_assert_not_null(stream);
    cr_assert_eq(fwrite(bytes, 1, length, stream), length);
    cr_assert_eq(fclose(stream), 0);
}

static inline void config_file_make(struct config_file *f, const char *text)
{
    config_file_make_bytes(f, text, strlen(text));
}

static inline void config_file_remove(struct config_file *f)
{
    unlink(f->path);
    rmdir(f->directory);
}

static const char config_example[] =
    "state_dir  = \"/var/lib/visage\"\n"
    "cache_size = \"2G\"\n"
    "sizes      = {32, 48, 64, 80, 96, 128, 192, 256, 360, 512, 1000}\n"
    "formats    = {\"webp\", \"jpeg\", \"png\"}\n"
    "sendfile   = \"none\"                       # none | x-sendfile | "
    "x-accel:/internal/prefix/\n"
    "log_level  = \"info\"\n"
    "\n"
    "preset avatar       { width = 1000 height = 1000 fit = \"cover\" quality = 85 }\n"
    "preset avatar_small { width = 360  height = 360  fit = \"cover\" quality = 80 }\n"
    "\n"
    "fetch  { connect_timeout = 3 timeout = 10 max_bytes = \"10M\" max_redirects = 3 }\n"
    "render { timeout = 5 max_pixels = 50000000 max_memory = \"256M\" }\n"
    "\n"
    "source azure {\n"
    "  url           = \"https://dev.azure.com/contoso/_apis/GraphProfile/MemberAvatars/{id}"
    "?size=2\"\n"
    "  headers       = {\"X-TFS-FedAuthRedirect: Suppress\"}\n"
    "  username      = \"\"\n"
    "  password_file = \"/etc/visage/azure.pat\"  # or password_env, bearer_file, bearer_env\n"
    "  ttl = \"24h\"   stale = \"7d\"\n"
    "}\n"
    "source demo { url = \"http://127.0.0.1:8089/{id}\"  allow_addresses = {\"127.0.0.0/8\"} }\n";

#endif

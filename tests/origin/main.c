/* SPDX-License-Identifier: MIT
 *
 * fault-origin [--port PORT] [--picture FILE]...
 *
 * The test origin as a process of its own. Prints its port on the first line and
 * runs until SIGTERM or SIGINT. Pictures are registered under their files' names;
 * without any, a JPEG of 512 x 512 is drawn.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "origin/origin.h"
#include "origin/pictures.h"

#define SIDE 512

static const char *media_type(const char *name)
{
    static const char *const types[][2] = {
        {".png", "image/png"},   {".gif", "image/gif"},   {".webp", "image/webp"},
        {".avif", "image/avif"}, {".heic", "image/heic"},
    };
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
        if (strcasecmp(dot, types[i][0]) == 0)
            return types[i][1];
    return "image/jpeg";
}

static int add_file(struct origin *o, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char *bytes = NULL;
    FILE *file = fopen(path, "rbe");
    struct stat st;
    int code = -1;

    if (!file || fstat(fileno(file), &st) != 0 || st.st_size <= 0)
        goto out;
    bytes = malloc((size_t)st.st_size);
    if (bytes && fread(bytes, 1, (size_t)st.st_size, file) == (size_t)st.st_size)
        code = origin_add_picture(o, name, bytes, (size_t)st.st_size, media_type(name));
out:
    if (code != 0)
        fprintf(stderr, "fault-origin: %s: cannot be read\n", path);
    free(bytes);
    if (file)
        fclose(file);
    return code;
}

static int add_drawing(struct origin *o)
{
    unsigned char *bytes;
    size_t length;
    int code = picture_make_jpeg(SIDE, SIDE, 1, &bytes, &length);

    if (code == 0)
        code = origin_add_picture(o, "drawing.jpg", bytes, length, "image/jpeg");
    free(bytes);
    return code;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {{"port", required_argument, NULL, 'p'},
                                            {"picture", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    const char **files = calloc((size_t)argc, sizeof *files);
    size_t file_count = 0;
    unsigned long port = 0;
    struct origin *o = NULL;
    int status = EXIT_FAILURE;
    sigset_t ends;
    int option, sig;

    if (!files)
        return EXIT_FAILURE;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'p') {
            port = strtoul(optarg, NULL, 10);
        } else if (option == 'f') {
            files[file_count++] = optarg;
        } else {
            fprintf(stderr, "usage: fault-origin [--port PORT] [--picture FILE]...\n");
            goto out;
        }
    }
    /* Before any thread, so that all inherit it and sigwait() gets the signal. */
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    if (sigprocmask(SIG_BLOCK, &ends, NULL) != 0 || port > 65535)
        goto out;
    o = origin_start((uint16_t)port);
    if (!o) {
        fprintf(stderr, "fault-origin: cannot listen on port %lu\n", port);
        goto out;
    }
    for (size_t i = 0; i < file_count; i++)
        if (add_file(o, files[i]) != 0)
            goto out;
    if (file_count == 0 && add_drawing(o) != 0) {
        fprintf(stderr, "fault-origin: cannot draw\n");
        goto out;
    }
    if (printf("%u\n", (unsigned)origin_port(o)) < 0 || fflush(stdout) != 0)
        goto out;
    if (sigwait(&ends, &sig) == 0)
        status = EXIT_SUCCESS;
out:
    origin_stop(&o);
    free(files);
    return status;
}

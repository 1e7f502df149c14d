/* SPDX-License-Identifier: MIT */
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/config_text.h"

void fuzz_require(bool holds, const char *promise)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", promise);
    abort();
}

static char *take(struct fuzz_input *in, size_t length)
{
    size_t text = strnlen((const char *)in->data, length);
    char *copy = malloc(text + 1);

    REQUIRE(copy != NULL);
    memcpy(copy, in->data, text);
    copy[text] = '\0';
    in->data += length;
    in->size -= length;
    return copy;
}

char *fuzz_line(struct fuzz_input *in)
{
    const uint8_t *end = in->size ? memchr(in->data, '\n', in->size) : NULL;
    char *line;

    if (in->size == 0)
        return fuzz_rest(in);
    line = take(in, end ? (size_t)(end - in->data) : in->size);
    if (end) {
        in->data++;
        in->size--;
    }
    return line;
}

char *fuzz_rest(struct fuzz_input *in)
{
    static const struct fuzz_input nothing = {(const uint8_t *)"", 0};

    if (in->size == 0)
        *in = nothing;
    return take(in, in->size);
}

unsigned fuzz_byte(struct fuzz_input *in)
{
    if (in->size == 0)
        return 0;
    in->size--;
    return *in->data++;
}

uint64_t fuzz_number(struct fuzz_input *in)
{
    uint64_t number = 0;

    for (size_t i = 0; i < sizeof number && in->size > 0; i++)
        number |= (uint64_t)fuzz_byte(in) << (8 * i);
    return number;
}

/* One file for all, so that a long run leaves nothing behind. */
int fuzz_config_load(const char *text, struct config **out, char error[CONFIG_ERROR_MAX])
{
    static int fd = -1;
    size_t length = strlen(text);
    char path[64];

    if (fd < 0)
        fd = memfd_create("configuration", MFD_CLOEXEC);
    REQUIRE(fd >= 0 && ftruncate(fd, 0) == 0);
    REQUIRE(pwrite(fd, text, length, 0) == (ssize_t)length);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return config_load(path, out, error);
}

const struct config *fuzz_config(void)
{
    static struct config *config;
    char error[CONFIG_ERROR_MAX] = "";

    if (!config && fuzz_config_load(fuzz_config_text, &config, error) != 0) {
        fprintf(stderr, "%s\n", error);
        abort();
    }
    return config;
}

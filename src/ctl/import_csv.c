/* SPDX-License-Identifier: MIT
 *
 * Rows of id, content type and base64. A row passes through a fixed block, however long it is.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64_stream.h"
#include "ctl/csv.h"
#include "ctl/import.h"
#include "ctl/interrupt.h"

#define BLOCK 65536
#define FIELDS 3u

struct reading {
    struct import *import;
    const char *name; /* of the file */
    struct csv csv;
    uint64_t row;
    uint64_t size;    /* of all; 0: unknown */

    /* The row at hand. */
    bool begun;       /* its id is known */
    char id[PICTURE_ID_MAX + 1];
    size_t id_length; /* more than there is room for: too long */
    bool id_broken;
    struct base64_stream base64;
};

static void add_id(struct reading *r, const char *bytes, size_t length)
{
    if (memchr(bytes, '\0', length))
        r->id_broken = true;
    if (length < sizeof r->id - r->id_length)
        memcpy(r->id + r->id_length, bytes, length);
    else
        r->id_broken = true;
    if (!r->id_broken)
        r->id_length += length;
    r->id[r->id_length] = '\0';
}

static void begin_picture(struct reading *r)
{
    if (r->begun)
        return;
    r->begun = true;
    import_begin(r->import, r->id);
    if (r->id_broken)
        import_refuse(r->import, "no id of the source is like that");
}

static const char *why_no_base64(const char *bytes)
{
    return bytes[0] == '\\' ? "no base64, but hex: ask for encode(column, 'base64')" : "no base64";
}

static void add_data(struct reading *r, const char *bytes, size_t length)
{
    unsigned char decoded[BASE64_STREAM_SIZE(BLOCK)];
    ssize_t n;

    begin_picture(r);
    if (!import_wants(r->import))
        return;
    n = base64_stream_feed(&r->base64, bytes, length, decoded);
    if (n < 0)
        import_refuse(r->import, why_no_base64(bytes));
    else if (n > 0)
        import_add(r->import, decoded, (size_t)n);
}

static void see_data(void *context, unsigned field, const char *bytes, size_t length)
{
    struct reading *r = context;

    if (field == 0)
        add_id(r, bytes, length);
    else if (field == 2)
        add_data(r, bytes, length);
}

static void tell_progress(struct reading *r)
{
    /* Rows to come, by the room that those before have taken. */
    if (r->size > 0 && r->csv.offset > 0)
        r->import->progress.all =
            (uint64_t)((double)r->row * (double)r->size / (double)r->csv.offset);
}

static void see_row(void *context, unsigned fields, enum csv_trouble trouble)
{
    static const char *const troubles[] = {
        [CSV_QUOTE] = "a quote where there must be none",
        [CSV_UNFINISHED] = "the file ends inside quotes",
    };
    struct reading *r = context;
    char where[IMPORT_WHERE_MAX];

    r->row++;
    begin_picture(r);
    if (trouble != CSV_FINE)
        r->import->reason = troubles[trouble]; /* what else there is comes of it */
    if (fields != FIELDS)
        import_refuse(r->import, "not the three fields id, content type and base64");
    if (import_wants(r->import) && base64_stream_finish(&r->base64) != 0)
        import_refuse(r->import, "no base64: its end is missing");
    snprintf(where, sizeof where, "%s:%llu", r->name, (unsigned long long)r->row);
    tell_progress(r);
    if (import_must_stop(r->import))
        import_drop(r->import);
    else
        import_end(r->import, where, r->id);
    r->begun = false;
    r->id_length = 0;
    r->id[0] = '\0';
    r->id_broken = false;
    r->base64 = (struct base64_stream){0};
}

/* Waits where the file is a pipe, and an interrupt ends that. Returns as read(2), or -1 with EINTR. */
static ssize_t read_some(int fd, char *block, size_t size)
{
    struct pollfd input = {.fd = fd, .events = POLLIN};
    int rc = interrupt_poll(&input, 1, -1);

    if (rc < 0) {
        errno = -rc;
        return -1;
    }
    return read(fd, block, size);
}

int import_csv(struct import *i, int fd, const char *name)
{
    static const struct csv_events events = {.data = see_data, .row = see_row};
    struct reading r = {.import = i, .name = name};
    char block[BLOCK];
    struct stat st;
    ssize_t n = 1;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        r.size = (uint64_t)st.st_size;
    csv_begin(&r.csv, &events, &r);
    while (n > 0 && !import_must_stop(i)) {
        n = read_some(fd, block, sizeof block);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            n = 1;
        else if (n > 0)
            csv_feed(&r.csv, block, (size_t)n);
    }
    if (n == 0)
        csv_finish(&r.csv);
    import_drop(i);
    return n < 0 ? ctl_fail(i->uploads->command, "%s: %s", name, strerror(errno)) : CTL_OK;
}

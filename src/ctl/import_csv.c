/* SPDX-License-Identifier: MIT
 *
 * Rows of id, content type and base64. A row passes through a fixed block, however long it is.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64_stream.h"
#include "ctl/csv.h"
#include "ctl/import.h"
#include "ctl/interrupt.h"

#define BLOCK 65536
#define FIELDS 3u
#define DATA 2u       /* the one with the picture */
#define CUT "..."     /* behind the beginning of an id that is none */
#define SIGNS_ENOUGH 2u /* between three fields */

struct reading {
    struct import *import;
    const char *name; /* of the file */
    struct csv csv;
    uint64_t row;
    uint64_t size;    /* of all; 0: unknown */
    bool header;      /* the first row is none */
    const char *form; /* what it is, if it is not CSV; NULL: nothing speaks against it */

    /* The row at hand. */
    bool begun;       /* its id is known */
    char id[PICTURE_ID_MAX + sizeof CUT];
    size_t id_length;
    bool id_broken;
    uint64_t tabs, semicolons; /* counted on the first one */
    struct base64_stream base64;
};

/* ---- fields ---- */

static void break_id(struct reading *r)
{
    if (!r->id_broken)
        strcpy(r->id + r->id_length, CUT);
    r->id_broken = true;
}

static void add_id(struct reading *r, const char *bytes, size_t length)
{
    size_t usable = strnlen(bytes, length), room = PICTURE_ID_MAX - r->id_length;
    size_t taken = usable < room ? usable : room;

    if (r->id_broken)
        return;
    memcpy(r->id + r->id_length, bytes, taken);
    r->id_length += taken;
    r->id[r->id_length] = '\0';
    if (taken < length)
        break_id(r);
}

static bool is_header(const struct reading *r)
{
    return r->header && r->row == 1;
}

static void begin_picture(struct reading *r)
{
    if (r->begun || is_header(r))
        return;
    r->begun = true;
    r->import->place = (struct import_place){.name = r->name, .row = r->row, .id = r->id};
    import_begin(r->import, r->id_broken ? "" : r->id);
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

static uint64_t count(const char *bytes, size_t length, char sign)
{
    uint64_t found = 0;

    for (size_t i = 0; i < length; i++)
        found += bytes[i] == sign;
    return found;
}

static void see_data(void *context, unsigned field, const char *bytes, size_t length)
{
    struct reading *r = context;

    if (r->form)
        return;
    if (r->row == 1) {
        r->tabs += count(bytes, length, '\t');
        r->semicolons += count(bytes, length, ';');
    }
    if (field == 0)
        add_id(r, bytes, length);
    else if (field == DATA && !is_header(r))
        add_data(r, bytes, length);
}

/* ---- rows ---- */

static void tell_progress(struct reading *r)
{
    /* Rows to come, by the room that those before have taken. */
    if (r->size > 0 && r->csv.offset > 0)
        r->import->progress.all =
            (uint64_t)((double)(r->import->progress.done + r->import->batch.count + 1) *
                       (double)r->size / (double)r->csv.offset);
}

/* What is told of each row of such a file would be of no use. */
static const char *other_form(const struct reading *r, unsigned fields)
{
    if (r->row > 1 || fields == FIELDS)
        return NULL;
    if (r->tabs >= SIGNS_ENOUGH)
        return "tabs between the fields, as COPY writes them by default: "
               "have it written WITH (FORMAT csv)";
    if (r->semicolons >= SIGNS_ENOUGH)
        return "semicolons between the fields: have it written with commas";
    return NULL;
}

/* As PostgreSQL writes NULL; what is empty there stands in quotes. */
static bool has_no_picture(const struct reading *r, unsigned fields, enum csv_trouble trouble)
{
    return trouble == CSV_FINE && fields == FIELDS && !r->begun && !(r->csv.quoted >> DATA & 1);
}

static void judge_row(struct reading *r, unsigned fields, enum csv_trouble trouble)
{
    static const char *const troubles[] = {
        [CSV_QUOTE] = "a quote where there must be none",
        [CSV_UNFINISHED] = "the file ends inside quotes",
    };
    struct import *i = r->import;
    bool none = has_no_picture(r, fields, trouble);

    begin_picture(r);
    i->none = none;
    if (trouble != CSV_FINE)
        i->reason = troubles[trouble]; /* what else there is comes of it */
    if (fields != FIELDS)
        import_refuse(i, "not the three fields id, content type and base64");
    if (import_wants(i) && base64_stream_finish(&r->base64) != 0)
        import_refuse(i, "no base64: its end is missing");
    tell_progress(r);
    if (import_must_stop(i))
        import_drop(i);
    else
        import_end(i);
}

static void begin_row(struct reading *r)
{
    r->row++;
    r->begun = false;
    r->id_length = 0;
    r->id[0] = '\0';
    r->id_broken = false;
    r->base64 = (struct base64_stream){0};
}

static void see_row(void *context, unsigned fields, enum csv_trouble trouble)
{
    struct reading *r = context;

    if (r->form)
        return;
    r->form = other_form(r, fields);
    if (trouble != CSV_FINE)
        r->header = false; /* one that ends nowhere has taken all others with it */
    if (!r->form && !is_header(r))
        judge_row(r, fields, trouble);
    begin_row(r);
}

/* ---- blocks ---- */

/* Waits where the file is a pipe, and an interrupt ends that. Returns as read(2), or -1 with EINTR. */
static ssize_t read_some(struct import *i, int fd, char *block, size_t size)
{
    struct pollfd input = {.fd = fd, .events = POLLIN};
    int rc = interrupt_poll(&input, 1, import_wait_ms(i));

    if (rc == 0) {
        import_commit(i);
        rc = -EINTR;
    }
    if (rc < 0) {
        errno = -rc;
        return -1;
    }
    return read(fd, block, size);
}

/* Returns CTL_OK, or CTL_FAILED after a message. */
static int end(struct reading *r, int error)
{
    const struct command *command = r->import->uploads->command;

    if (error)
        return ctl_fail(command, "%s, row %" PRIu64 ": %s", r->name, r->row, strerror(error));
    return r->form ? ctl_fail(command, "%s: %s", r->name, r->form) : CTL_OK;
}

int import_csv(struct import *i, int fd, const char *name, bool header)
{
    static const struct csv_events events = {.data = see_data, .row = see_row};
    struct reading r = {.import = i, .name = name, .header = header};
    char block[BLOCK];
    struct stat st;
    ssize_t n = 1;
    int error = 0;

    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        r.size = (uint64_t)st.st_size;
    begin_row(&r);
    csv_begin(&r.csv, &events, &r);
    while (n > 0 && !r.form && !import_must_stop(i)) {
        n = read_some(i, fd, block, sizeof block);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            n = 1;
        else if (n < 0)
            error = errno;
        else if (n > 0)
            csv_feed(&r.csv, block, (size_t)n);
    }
    if (n == 0)
        csv_finish(&r.csv);
    import_drop(i);
    progress_clear(&i->progress);
    return end(&r, error);
}

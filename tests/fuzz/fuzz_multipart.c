/* SPDX-License-Identifier: MIT
 *
 * A byte that says how the body is cut, a line with a Content-Type, and the body.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "fuzz/fuzz.h"
#include "http/multipart.h"

struct transcript {
    struct buffer said;    /* all events */
    struct buffer content; /* data only */
    unsigned begun, ended;
    bool open;
};

static bool is_safe(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

static int on_begin(void *context, const struct multipart_part *part)
{
    struct transcript *t = context;

    REQUIRE(!t->open && t->begun == t->ended && t->begun < MULTIPART_PARTS_MAX);
    REQUIRE(is_safe(part->name) && strlen(part->name) <= MULTIPART_NAME_MAX);
    REQUIRE(is_safe(part->filename) && strlen(part->filename) <= MULTIPART_FILENAME_MAX);
    REQUIRE(!strpbrk(part->filename, "/\\\"") && (part->is_file || !part->filename[0]));
    REQUIRE(is_safe(part->type) && strchr(part->type, '/'));
    REQUIRE(strlen(part->type) <= MULTIPART_TYPE_MAX);
    t->open = true;
    t->begun++;
    REQUIRE(buffer_join(&t->said, "\n<", part->name, "\n", part->is_file ? "+" : "-",
                        part->filename, "\n", part->type, ">", (char *)NULL) == 0);
    return 0;
}

static int on_data(void *context, const char *bytes, size_t length)
{
    struct transcript *t = context;

    REQUIRE(t->open && length > 0);
    REQUIRE(buffer_append(&t->said, bytes, length) == 0);
    REQUIRE(buffer_append(&t->content, bytes, length) == 0);
    return 0;
}

static int on_end(void *context)
{
    struct transcript *t = context;

    REQUIRE(t->open);
    t->open = false;
    t->ended++;
    REQUIRE(buffer_puts(&t->said, "\n</>") == 0);
    return 0;
}

static const struct multipart_events events = {on_begin, on_data, on_end};

/* In pieces of this size, each a heap copy of exactly it, so that reading past its end is seen. */
static int parse(const char *boundary, const char *body, size_t length, size_t size,
                 struct transcript *t)
{
    struct multipart m;
    int r = 0;

    memset(t, 0, sizeof *t);
    REQUIRE(buffer_puts(&t->said, "") == 0 && buffer_puts(&t->content, "") == 0);
    REQUIRE(multipart_begin(&m, boundary, &events, t) == 0);
    while (r == 0 && length > 0) {
        size_t piece = size < length ? size : length;
        char *copy = malloc(piece);

        REQUIRE(copy != NULL);
        memcpy(copy, body, piece);
        r = multipart_feed(&m, copy, piece);
        free(copy);
        body += piece;
        length -= piece;
    }
    REQUIRE(r == 0 || multipart_finish(&m) == r);
    r = multipart_finish(&m);
    REQUIRE(r == 0 || r == -EINVAL || r == -EMSGSIZE || r == -EPROTO);
    REQUIRE(r != 0 || !t->open);
    return r;
}

static void forget(struct transcript *t)
{
    buffer_free(&t->said);
    buffer_free(&t->content);
}

static bool same(const struct buffer *a, const struct buffer *b)
{
    return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

/* The same events and the same end, however it is cut. */
static void require_same(const char *boundary, const char *body, size_t length, size_t size)
{
    struct transcript whole, pieces;
    int r = parse(boundary, body, length, length, &whole);

    REQUIRE(parse(boundary, body, length, size, &pieces) == r);
    REQUIRE(same(&whole.said, &pieces.said));
    REQUIRE(whole.begun == pieces.begun && whole.ended == pieces.ended);
    forget(&whole);
    forget(&pieces);
}

/* Whatever has no "--boundary" in it comes back as the data of one part. */
static void require_way_back(const char *boundary, const char *data, size_t length, size_t size)
{
    struct buffer mark = {0}, body = {0};
    struct transcript t;

    REQUIRE(buffer_join(&mark, "--", boundary, (char *)NULL) == 0);
    if (memmem(data, length, mark.data, mark.length)) {
        buffer_free(&mark);
        return;
    }
    REQUIRE(buffer_join(&body, mark.data, "\r\nContent-Disposition: form-data; name=a\r\n\r\n",
                        (char *)NULL) == 0);
    REQUIRE(buffer_append(&body, data, length) == 0);
    REQUIRE(buffer_join(&body, "\r\n", mark.data, "--", (char *)NULL) == 0);
    REQUIRE(parse(boundary, body.data, body.length, size, &t) == 0);
    REQUIRE(t.begun == 1 && t.ended == 1 && t.content.length == length);
    REQUIRE(memcmp(t.content.data, data, length) == 0);
    forget(&t);
    buffer_free(&body);
    buffer_free(&mark);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    size_t piece = 1 + fuzz_byte(&in) % 80;
    char *content_type = fuzz_line(&in), boundary[MULTIPART_BOUNDARY_MAX + 1];
    const char *body = (const char *)in.data;

    if (!multipart_boundary(content_type, boundary))
        strcpy(boundary, "b");
    REQUIRE(strlen(boundary) > 0 && strlen(boundary) <= MULTIPART_BOUNDARY_MAX);
    REQUIRE(is_safe(boundary));
    if (in.size > 0) {
        require_same(boundary, body, in.size, 1);
        require_same(boundary, body, in.size, piece);
        require_way_back(boundary, body, in.size, piece);
        require_way_back(boundary, body, in.size, in.size);
    }
    free(content_type);
    return 0;
}

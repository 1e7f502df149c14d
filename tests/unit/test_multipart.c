/* SPDX-License-Identifier: MIT */
#include "http/multipart.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define B "------------------------c1a0ca5f42a03798"
#define WEBKIT "----WebKitFormBoundaryqVGqBgc3S3cRtoZH"
#define GECKO "----geckoformboundary6a3d1e5f0c2b4987a1d2c3b4e5f60718"
#define TRIDENT "---------------------------41184676334"
#define HEAD "Content-Disposition: form-data; name=\"a\"\r\n\r\n"
#define A "<a|->"
#define BLANKS "                                " /* as many as may be */

/* What a parser says, as text: "<name|filename or ->", and "|type" in it if that is not text/plain,
 * then the data, then "</>". */
struct transcript {
    struct buffer text;
    int stop_at_begin, stop_at_data, stop_at_end;
    const char *last; /* where the last data was */
};

static int on_begin(void *context, const struct multipart_part *part)
{
    struct transcript *t = context;
    bool plain = strcmp(part->type, "text/plain") == 0;

    cr_assert(part->is_file || part->filename[0] == '\0');
    cr_assert_eq(buffer_join(&t->text, "<", part->name, "|", part->is_file ? part->filename : "-",
                             plain ? "" : "|", plain ? "" : part->type, ">", (char *)NULL),
                 0);
    return t->stop_at_begin;
}

static int on_data(void *context, const char *bytes, size_t length)
{
    struct transcript *t = context;

    cr_assert_gt(length, 0);
    t->last = bytes;
    cr_assert_eq(buffer_append(&t->text, bytes, length), 0);
    return t->stop_at_data;
}

static int on_end(void *context)
{
    struct transcript *t = context;

    cr_assert_eq(buffer_puts(&t->text, "</>"), 0);
    return t->stop_at_end;
}

static const struct multipart_events events = {on_begin, on_data, on_end};

/* From a heap copy of exactly its size, so that a sanitizer sees a read past its end. */
static int feed(struct multipart *m, const char *bytes, size_t length)
{
    char *copy = malloc(length ? length : 1);
    int r;

    memcpy(copy, bytes, length);
    r = multipart_feed(m, copy, length);
    free(copy);
    return r;
}

/* In pieces: one of `first` bytes, then of `size` each. */
static int parse(const char *boundary, const char *body, size_t length, size_t first, size_t size,
                 struct transcript *t)
{
    struct multipart m;
    int r = multipart_begin(&m, boundary, &events, t);

    buffer_clear(&t->text);
    cr_assert_eq(buffer_puts(&t->text, ""), 0);
    for (size_t at = 0, piece = first; r == 0 && at < length; at += piece, piece = size) {
        if (piece > length - at)
            piece = length - at;
        r = feed(&m, body + at, piece);
    }
    if (r) {
        size_t said = t->text.length;

        cr_assert_eq(feed(&m, "x", 1), r, "an error stays");
        cr_assert_eq(multipart_finish(&m), r, "an error stays");
        cr_assert_eq(t->text.length, said, "nothing is said after an error");
        return r;
    }
    return multipart_finish(&m);
}

static void expect(const char *boundary, const char *body, size_t length, size_t first, size_t size,
                   const char *said, size_t said_length, int result)
{
    static struct transcript t;
    int r = parse(boundary, body, length, first, size, &t);

    cr_assert_eq(r, result, "%s\nin %zu, then %zu: %d", body, first, size, r);
    cr_assert(t.text.length == said_length && memcmp(t.text.data, said, said_length) == 0,
              "%s\nin %zu, then %zu:\n%s", body, first, size, t.text.data);
}

/* Whole, cut once at each place, and in pieces of each size from a single byte on. */
static void expect_however_cut(const char *boundary, const char *body, size_t length,
                               const char *said, size_t said_length, int result)
{
    expect(boundary, body, length, length, length, said, said_length, result);
    for (size_t cut = 1; cut < length; cut++) {
        expect(boundary, body, length, cut, length, said, said_length, result);
        expect(boundary, body, length, cut, cut, said, said_length, result);
    }
}

static const struct {
    const char *boundary, *body;
    const char *said;
} good[] = {
    /* curl -F avatar=@a.png */
    {B,
     "--" B "\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a.png\"\r\n"
     "Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\nabc\r\n--" B "--\r\n",
     "<avatar|a.png|image/png>\x89PNG\r\n\x1a\nabc</>"},
    /* curl -F avatar=@a.png -F 'name=J é "x"' -F 'json={"a":1};type=application/json' */
    {B,
     "--" B "\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a.png\"\r\n"
     "Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\nabc\r\n--" B "\r\n"
     "Content-Disposition: form-data; name=\"name\"\r\n\r\nJ \xc3\xa9 \"x\"\r\n--" B "\r\n"
     "Content-Disposition: form-data; name=\"json\"\r\nContent-Type: application/json\r\n\r\n"
     "{\"a\":1}\r\n--" B "--\r\n",
     "<avatar|a.png|image/png>\x89PNG\r\n\x1a\nabc</><name|->J \xc3\xa9 \"x\"</>"
     "<json|-|application/json>{\"a\":1}</>"},
    /* curl --form-escape */
    {B,
     "--" B "\r\nContent-Disposition: form-data; name=\"a\\\"v\\\\b\"\r\n\r\nx\r\n--" B "\r\n"
     "Content-Disposition: form-data; name=\"x\"; filename=\"e\\\"v\\\\il\"\r\n"
     "Content-Type: image/png\r\n\r\n\x89PNG\r\n--" B "--\r\n",
     "<a\"v\\b|->x</><x|il|image/png>\x89PNG</>"},
    /* Chromium: a form with a file input that is empty, and a script's File and Blob */
    {WEBKIT,
     "--" WEBKIT "\r\nContent-Disposition: form-data; name=\"user name\"\r\n\r\nJ \xc3\xa9\r\n"
     "--" WEBKIT "\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n1\r\n"
     "--" WEBKIT "\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nx\r\ny\r\n"
     "--" WEBKIT "\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n"
     "Content-Type: application/octet-stream\r\n\r\n\r\n"
     "--" WEBKIT "\r\nContent-Disposition: form-data; name=\"avatar\"; "
     "filename=\"q%22uo\\te\xc3\xa9%0A.png\"\r\nContent-Type: image/png\r\n\r\n"
     "\x89PNG\r\n\x1a\n\x01\x02\r\n"
     "--" WEBKIT "\r\nContent-Disposition: form-data; name=\"blob\"; filename=\"blob\"\r\n"
     "Content-Type: application/octet-stream\r\n\r\nzz\r\n"
     "--" WEBKIT "\r\nContent-Disposition: form-data; name=\"nl%0D%0A%22x\"\r\n\r\nv\r\n"
     "--" WEBKIT "--\r\n",
     "<user name|->J \xc3\xa9</><a\"b|->1</><t|->x\r\ny</><none||application/octet-stream></>"
     "<avatar|te___.png|image/png>\x89PNG\r\n\x1a\n\x01\x02</>"
     "<blob|blob|application/octet-stream>zz</><nl  \"x|->v</>"},
    /* Firefox, newer and older ones */
    {GECKO,
     "--" GECKO "\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"me.jpg\"\r\n"
     "Content-Type: image/jpeg\r\n\r\n\xff\xd8\xff\r\r\n\r\n"
     "--" GECKO "\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n"
     "--" GECKO "--\r\n",
     "<avatar|me.jpg|image/jpeg>\xff\xd8\xff\r\r\n</><csrf|->abc</>"},
    {TRIDENT,
     "--" TRIDENT "\r\nContent-Disposition: form-data; name=\"avatar\"; "
     "filename=\"C:\\Users\\J\\me.gif\"\r\nContent-Type: image/gif\r\n\r\nGIF89a\r\n"
     "--" TRIDENT "--\r\n",
     "<avatar|me.gif|image/gif>GIF89a</>"},
    /* an empty form */
    {WEBKIT, "--" WEBKIT "--\r\n", ""},

    /* how it begins and ends */
    {"b", "--b\r\n" HEAD "x\r\n--b--", A "x</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b--\r\n", A "x</>"},
    {"b", "\r\n--b\r\n" HEAD "x\r\n--b--\r\n", A "x</>"},
    {"b", "\r\n\r\n\r\n--b\r\n" HEAD "x\r\n--b--\r\n", A "x</>"},
    {"b", "A preamble.\r\n--b\r\n" HEAD "x\r\n--b--\r\nAn epilogue.\r\n--b\r\n", A "x</>"},
    {"b", "--bx\r\n--c\r\n \r\r\n--b\r\n" HEAD "x\r\n--b--", A "x</>"},
    {"b", "--b--", ""},
    {"b", "--b-- \t ", ""},
    {"b", "x\r\n--b--\r\n", ""},

    /* what may be behind a boundary */
    {"b", "--b \t\r\n" HEAD "x\r\n--b\t \r\n" HEAD "y\r\n--b-- \t\r\n", A "x</>" A "y</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b-- ", A "x</>"},
    {"b", "--b" BLANKS "\r\n" HEAD "x\r\n--b--" BLANKS "\r\n", A "x</>"},

    /* data of no bytes, with an end of line of its own and without */
    {"b", "--b\r\n" HEAD "\r\n--b--\r\n", A "</>"},
    {"b", "--b\r\n" HEAD "--b--\r\n", A "</>"},
    {"b", "--b\r\n" HEAD "--b\r\n" HEAD "\r\n--b--\r\n", A "</>" A "</>"},

    /* data that looks like a delimiter and is none */
    {"b", "--b\r\n" HEAD "--bx\r\n--b--\r\n", A "--bx</>"},
    {"b", "--b\r\n" HEAD "\r\n\r\n--b--\r\n", A "\r\n</>"},
    {"b", "--b\r\n" HEAD "x\r\r\n--b--\r\n", A "x\r</>"},
    {"b", "--b\r\n" HEAD "x\r\n\r\n--b--\r\n", A "x\r\n</>"},
    {"b", "--b\r\n" HEAD "x\r\n-\r\n--b--\r\n", A "x\r\n-</>"},
    {"b", "--b\r\n" HEAD "x\r\n--\r\n--b--\r\n", A "x\r\n--</>"},
    {"b", "--b\r\n" HEAD "x\r\n---b\r\n--b--\r\n", A "x\r\n---b</>"},
    {"b", "--b\r\n" HEAD "x\r\n--bb\r\n--b--\r\n", A "x\r\n--bb</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b-\r\n--b--\r\n", A "x\r\n--b-</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b---\r\n--b--\r\n", A "x\r\n--b---</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b -\r\n--b--\r\n", A "x\r\n--b -</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b --\r\n--b--\r\n", A "x\r\n--b --</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b- -\r\n--b--\r\n", A "x\r\n--b- -</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b--x\r\n--b--\r\n", A "x\r\n--b--x</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b\rx\r\n--b--\r\n", A "x\r\n--b\rx</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b\r\r\n--b--\r\n", A "x\r\n--b\r</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b--\r\r\n--b--\r\n", A "x\r\n--b--\r</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b\r--b\r\n--b--\r\n", A "x\r\n--b\r--b</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b " BLANKS "\r\n--b--\r\n", A "x\r\n--b " BLANKS "</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b-- " BLANKS "\r\n--b--\r\n", A "x\r\n--b-- " BLANKS "</>"},
    {"abab", "--abab\r\n" HEAD "\r\n--ab\r\n--aba\r\n--ababab\r\n--abab--",
     A "\r\n--ab\r\n--aba\r\n--ababab</>"},
    {"--", "----\r\n" HEAD "-\r\n---\r\n-----\r\n------", A "-\r\n---\r\n-----</>"},

    /* only CRLF ends a line */
    {"b", "--b\r\n" HEAD "x\n--b\ny\n--b--\n\r\n--b--\r\n", A "x\n--b\ny\n--b--\n</>"},
    {"b", "--b\r\n" HEAD "x\r--b\ry\r\n--b\n\r\n--b--\r\n", A "x\r--b\ry\r\n--b\n</>"},
    {"b", "--b\r\n" HEAD "x\r\n--b--\n\r\n--b--\r\n", A "x\r\n--b--\n</>"},
    {"b", "--b\n\r\n--b\r\n" HEAD "x\r\n--b--\r\n", A "x</>"},
};

Test(multipart, the_same_parts_come_out_however_a_body_is_cut)
{
    for (size_t i = 0; i < COUNT(good); i++)
        expect_however_cut(good[i].boundary, good[i].body, strlen(good[i].body), good[i].said,
                           strlen(good[i].said), 0);
}

static const struct {
    const char *body;
    const char *said; /* before it was seen that it is bad */
    int result;
} bad[] = {
    /* ends too early */
    {"", "", -EPROTO},
    {"x", "", -EPROTO},
    {"\r\n", "", -EPROTO},
    {"--", "", -EPROTO},
    {"--b", "", -EPROTO},
    {"--b ", "", -EPROTO},
    {"--b-", "", -EPROTO},
    {"--b--\r", "", -EPROTO},
    {"--b--x", "", -EPROTO},
    {"--b--\n", "", -EPROTO},
    {"-b--", "", -EPROTO},
    {"--c--\r\n", "", -EPROTO},
    {" --b--\r\n", "", -EPROTO},
    {"\n--b--\r\n", "", -EPROTO},
    {"--b\r\n", "", -EPROTO},
    {"--b\r\nContent-Disposition: form-data; name=a", "", -EPROTO},
    {"--b\r\nContent-Disposition: form-data; name=a\r\n", "", -EPROTO},
    {"--b\r\nContent-Disposition: form-data; name=a\r\n\r", "", -EPROTO},
    {"--b\r\n--b--\r\n", "", -EPROTO},
    {"--b\r\n" HEAD, A, -EPROTO},
    {"--b\r\n" HEAD "x", A "x", -EPROTO},
    {"--b\r\n" HEAD "x\r\n--", A "x", -EPROTO},
    {"--b\r\n" HEAD "x\r\n--b", A "x", -EPROTO},
    {"--b\r\n" HEAD "x\r\n--b\r\n", A "x</>", -EPROTO},
    {"--b\r\n" HEAD "x\r\n--b-", A "x", -EPROTO},
    {"--b\r\n" HEAD "x\r\n--b--\r", A "x", -EPROTO},
    {"--b\r\n" HEAD "x\n--b--\n", A "x\n--b--\n", -EPROTO},
    {"--b\n" HEAD "x\n--b--\n", "", -EPROTO},

    /* no header, or none that ends */
    {"--b\r\n\r\nx\r\n--b--\r\n", "", -EINVAL},
    {"--b\r\nContent-Disposition: form-data; name=a\r\n--b--\r\n\r\n", "", -EINVAL},
    {"--b\r\n" HEAD "x\r\n--b\r\nX-A: b\r\n\r\n\r\n--b--\r\n", A "x</>", -EINVAL},
    {"--b\r\nX-A: b\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--\r\n", "", -EINVAL},
    {"--b\r\nContent-Disposition: form-data; name=a\n\nx\r\n--b--\r\n", "", -EINVAL},
    {"--b\r\nContent-Disposition: form-data; name=a\n\r\nx\r\n--b--\r\n", "", -EINVAL},
    {"--b\r\nContent-Disposition: form-data; name=a\r\n\nx\r\n--b--\r\n", "", -EINVAL},
    {"--b\r\nContent-Disposition: form-data; name=a\r\r\n\r\nx\r\n--b--\r\n", "", -EINVAL},
    {"--b\r\nContent-Disposition: form-data; name=a\r\n\r\r\n\r\n\r\n--b--\r\n", "", -EINVAL},
};

Test(multipart, a_bad_body_gives_the_same_error_however_it_is_cut)
{
    for (size_t i = 0; i < COUNT(bad); i++)
        expect_however_cut("b", bad[i].body, strlen(bad[i].body), bad[i].said,
                           strlen(bad[i].said), bad[i].result);
}

Test(multipart, bytes_of_any_value_are_data)
{
    static const char begin[] = "--b\r\n" HEAD, end[] = "\r\n--b--\r\n", said[] = A, over[] = "</>";
    struct buffer body = {0}, expected = {0};
    char every[512];

    for (size_t i = 0; i < sizeof every; i++)
        every[i] = (char)(i % 256);
    cr_assert(buffer_puts(&body, begin) == 0 && buffer_append(&body, every, sizeof every) == 0 &&
              buffer_puts(&body, end) == 0);
    cr_assert(buffer_puts(&expected, said) == 0 &&
              buffer_append(&expected, every, sizeof every) == 0 &&
              buffer_puts(&expected, over) == 0);
    expect_however_cut("b", body.data, body.length, expected.data, expected.length, 0);
    buffer_free(&expected);
    buffer_free(&body);
}

/* A body around something, repeated. */
static struct buffer repeat(const char *before, const char *what, size_t times, const char *after)
{
    struct buffer body = {0};

    cr_assert_eq(buffer_puts(&body, before), 0);
    for (size_t i = 0; i < times; i++)
        cr_assert_eq(buffer_puts(&body, what), 0);
    cr_assert_eq(buffer_puts(&body, after), 0);
    return body;
}

/* The first is within a limit, the second is not: whole, and byte by byte. */
static void expect_limit(struct buffer within, struct buffer beyond)
{
    static struct transcript t;

    cr_expect_eq(parse("b", within.data, within.length, within.length, 1, &t), 0);
    cr_expect_eq(parse("b", within.data, within.length, 1, 1, &t), 0);
    cr_expect_eq(parse("b", beyond.data, beyond.length, beyond.length, 1, &t), -EMSGSIZE);
    cr_expect_eq(parse("b", beyond.data, beyond.length, 1, 1, &t), -EMSGSIZE);
    buffer_free(&within);
    buffer_free(&beyond);
}

Test(multipart, what_is_kept_or_skipped_is_bounded)
{
    static const char field[] = "X: ";
    size_t head = MULTIPART_HEAD_MAX - strlen(HEAD) - strlen(field) - 2;

    expect_limit(repeat("", "--b\r\n" HEAD "\r\n", MULTIPART_PARTS_MAX, "--b--"),
                 repeat("", "--b\r\n" HEAD "\r\n", MULTIPART_PARTS_MAX + 1, "--b--"));
    expect_limit(repeat("--b\r\nX: ", "y", head, "\r\n" HEAD "x\r\n--b--"),
                 repeat("--b\r\nX: ", "y", head + 1, "\r\n" HEAD "x\r\n--b--"));
    expect_limit(repeat("--b\r\nContent-Disposition: form-data; name=\"", "n", MULTIPART_NAME_MAX,
                        "\"\r\n\r\n\r\n--b--"),
                 repeat("--b\r\nContent-Disposition: form-data; name=\"", "n",
                        MULTIPART_NAME_MAX + 1, "\"\r\n\r\n\r\n--b--"));
    expect_limit(repeat("", "p", MULTIPART_OUTSIDE_MAX, "\r\n--b--"),
                 repeat("", "p", MULTIPART_OUTSIDE_MAX + 1, "\r\n--b--"));
    expect_limit(repeat("--b--\r\n", "e", MULTIPART_OUTSIDE_MAX, ""),
                 repeat("--b--\r\n", "e", MULTIPART_OUTSIDE_MAX + 1, ""));
    expect_limit(repeat("--b\r\n" HEAD, "d", 100000, "\r\n--b--"),
                 repeat("--b\r\n", "h", 100000, HEAD "\r\n--b--"));
    cr_assert_leq(sizeof(struct multipart), 16384);
}

Test(multipart, a_callback_ends_the_parsing)
{
    static const char body[] = "--b\r\n" HEAD "x\r\n--b--\r\n";
    static const char held_back[] = "--b\r\n" HEAD "\r\n-x";
    struct transcript t = {.stop_at_begin = -EPERM};

    cr_expect_eq(parse("b", body, sizeof body - 1, 1, 1, &t), -EPERM);
    cr_expect_str_eq(t.text.data, A);
    t.stop_at_begin = 0;
    t.stop_at_data = -EFBIG;
    cr_expect_eq(parse("b", body, sizeof body - 1, sizeof body, 1, &t), -EFBIG);
    cr_expect_str_eq(t.text.data, A "x");
    cr_expect_eq(parse("b", held_back, sizeof held_back - 1, sizeof held_back - 2, 1, &t), -EFBIG);
    cr_expect_str_eq(t.text.data, A "\r\n-");
    t.stop_at_data = 0;
    t.stop_at_end = -EIO;
    cr_expect_eq(parse("b", body, sizeof body - 1, sizeof body, 1, &t), -EIO);
    cr_expect_str_eq(t.text.data, A "x</>");
    cr_expect_eq(parse("b", body, sizeof body - 3, sizeof body, 1, &t), -EIO, "at the finish, too");
    cr_expect_str_eq(t.text.data, A "x</>");
    /* Only what is negative does. */
    t = (struct transcript){t.text, 1000000, 1000000, 1000000, NULL};
    cr_expect_eq(parse("b", body, sizeof body - 1, sizeof body, 1, &t), 0);
    cr_expect_eq(parse("b", body, sizeof body - 1, 1, 1, &t), 0);
    cr_expect_str_eq(t.text.data, A "x</>");
    buffer_free(&t.text);
}

Test(multipart, data_is_handed_on_where_it_lies)
{
    static const char begin[] = "--b\r\n" HEAD, data[] = "no line breaks";
    static const char more[] = "more\r\n\r\n--b--";
    struct transcript t = {.last = NULL};
    struct multipart m;

    cr_assert_eq(multipart_begin(&m, "b", &events, &t), 0);
    cr_assert_eq(multipart_feed(&m, begin, sizeof begin - 1), 0);
    cr_assert_eq(multipart_feed(&m, data, sizeof data - 1), 0);
    cr_expect_eq(t.last, data);
    cr_assert_eq(multipart_feed(&m, more, sizeof more - 1), 0);
    cr_expect_eq(t.last, more);
    cr_expect_eq(multipart_finish(&m), 0);
    cr_expect_eq(multipart_finish(&m), 0, "a body is over only once");
    cr_expect_str_eq(t.text.data, A "no line breaksmore\r\n</>");
    buffer_free(&t.text);
}

Test(multipart, a_boundary_has_a_length)
{
    static const struct multipart_events none;
    char boundary[MULTIPART_BOUNDARY_MAX + 2];
    struct multipart m;

    memset(boundary, 'b', sizeof boundary);
    boundary[MULTIPART_BOUNDARY_MAX + 1] = '\0';
    cr_expect_eq(multipart_begin(&m, "", &none, NULL), -EINVAL);
    cr_expect_eq(multipart_begin(&m, boundary, &none, NULL), -EINVAL);
    boundary[MULTIPART_BOUNDARY_MAX] = '\0';
    cr_expect_eq(multipart_begin(&m, boundary, &none, NULL), 0);
}

static uint32_t seed = 1;

static size_t below(size_t bound)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % bound;
}

/* What a delimiter is made of, and what breaks it off; no two of them make up one. */
static void append_near_miss(struct buffer *b, const char *boundary)
{
    static const char *const pieces[] = {"\r",   "\n",    "-",      "--",
                                         "\r\n", "\r\n-", "\r\n--", "\r\r\n"};
    static const char *const breaks[] = {"_",  "-_",  "--_",  " _",     "-- _",
                                         "\n", "--\n", " \n", "\r_",    "--\r_",
                                         "\r\r", "- -", " --",  "---",    "-- " BLANKS};
    size_t kind = below(8);

    if (kind == 0) {
        const char *broken = breaks[below(COUNT(breaks))];

        cr_assert_eq(buffer_join(b, "\r\n--", boundary, broken, "_", (char *)NULL), 0);
    } else if (kind == 1) {
        cr_assert_eq(buffer_puts(b, "\r\n--"), 0);
        cr_assert_eq(buffer_append(b, boundary, below(strlen(boundary))), 0);
    } else if (kind == 2) {
        char any = (char)below(32); /* of no boundary here */

        cr_assert_eq(buffer_append(b, &any, 1), 0);
    } else {
        cr_assert_eq(buffer_puts(b, pieces[below(COUNT(pieces))]), 0);
    }
}

static void check_way_back(const char *boundary)
{
    struct buffer body = {0}, expected = {0};
    size_t begin, pieces = below(40), length;

    cr_assert_eq(buffer_join(&body, "--", boundary, "\r\n" HEAD, (char *)NULL), 0);
    begin = body.length;
    while (pieces-- > 0)
        append_near_miss(&body, boundary);
    cr_assert_eq(buffer_puts(&expected, A), 0);
    cr_assert_eq(buffer_append(&expected, body.data + begin, body.length - begin), 0);
    cr_assert_eq(buffer_puts(&expected, "</>"), 0);
    cr_assert_eq(buffer_join(&body, "\r\n--", boundary, "--\r\n", (char *)NULL), 0);
    length = body.length;
    expect(boundary, body.data, length, length, 1, expected.data, expected.length, 0);
    expect(boundary, body.data, length, 1, 1, expected.data, expected.length, 0);
    for (unsigned i = 0; i < 8; i++)
        expect(boundary, body.data, length, 1 + below(length), 1 + below(64), expected.data,
               expected.length, 0);
    buffer_free(&expected);
    buffer_free(&body);
}

Test(multipart, data_full_of_line_breaks_and_dashes_comes_back_exactly)
{
    static const char *const boundaries[] = {"b", "abab", WEBKIT, TRIDENT};

    for (unsigned round = 0; round < 4000; round++)
        check_way_back(boundaries[round % COUNT(boundaries)]);
}

/* Uploads go to a file as they come in: no more than the begin of a delimiter may wait. */
Test(multipart, little_is_held_back)
{
    struct transcript t = {.last = NULL};
    struct buffer data = {0};
    struct multipart m;

    while (data.length < 20000)
        append_near_miss(&data, WEBKIT);
    cr_assert_eq(multipart_begin(&m, WEBKIT, &events, &t), 0);
    cr_assert_eq(multipart_feed(&m, "--" WEBKIT "\r\n" HEAD, strlen("--" WEBKIT "\r\n" HEAD)), 0);
    for (size_t i = 0; i < data.length; i++) {
        cr_assert_eq(multipart_feed(&m, data.data + i, 1), 0);
        cr_assert_leq(i + 1 - (t.text.length - strlen(A)),
                      4 + strlen(WEBKIT) + 2 + MULTIPART_BLANKS_MAX + 1);
    }
    buffer_free(&data);
    buffer_free(&t.text);
}

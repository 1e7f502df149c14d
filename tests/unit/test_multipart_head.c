/* SPDX-License-Identifier: MIT */
#include "http/multipart_head.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/multipart.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define DISPOSITION "Content-Disposition: form-data; "
#define A DISPOSITION "name=\"a\"\r\n"

/* From a heap copy without a NUL, so that a sanitizer sees a read past its end. */
static int parse(const char *head, size_t length, struct multipart_part *out)
{
    char *copy = malloc(length ? length : 1);
    int r;

    memcpy(copy, head, length);
    r = multipart_head_parse(copy, length, out);
    free(copy);
    return r;
}

static const struct {
    const char *parameters;
    const char *name, *filename; /* NULL: no file */
} dispositions[] = {
    {"name=\"avatar\"", "avatar", NULL},
    {"name=avatar", "avatar", NULL},
    {"NAME=\"avatar\"", "avatar", NULL},
    {"name=\"\"", "", NULL},
    {"name=\"avatar\";", "avatar", NULL},
    {"name=\"avatar\" ; ;; filename=\"a.png\" ", "avatar", "a.png"},
    {"filename=\"a.png\"; name=\"avatar\"", "avatar", "a.png"},
    {"filename=a.png;name=avatar", "avatar", "a.png"},
    {"x=\"; name=b\"; name=\"a\"", "a", NULL},
    {"x=\"\\\"; name=b\"; name=\"a\"", "a", NULL},

    /* names are what the client says */
    {"name=\"J\xc3\xa9 \xf0\x9f\x98\x80\"", "J\xc3\xa9 \xf0\x9f\x98\x80", NULL},
    {"name=\"\xe9\"", "\xe9", NULL},
    {"name=\"a[b].c;d=e, /f\"", "a[b].c;d=e, /f", NULL},
    {"name=\"a%22b%22\"", "a\"b\"", NULL},
    {"name=\"a\\\"b\\\\c\\d\"", "a\"b\\c\\d", NULL},
    {"name=\"a%20b%41%25%2522%2\"", "a%20b%41%25%2522%2", NULL},
    {"name=\"100%\"", "100%", NULL},
    {"name=\"a%00b\"", "a%00b", NULL},

    /* no line begins in a name */
    {"name=\"a%0D%0AX-A: b\"", "a  X-A: b", NULL},
    {"name=\"a%0d%0ab\"", "a  b", NULL},
    {"name=\"a\tb\x01\x1b[1m\x7f\"", "a b  [1m ", NULL},
    {"name=\"a%22; filename=%22b\"", "a\"; filename=\"b", NULL},

    /* files */
    {"name=a; filename=\"\"", "a", ""},
    {"name=a; filename=\"me and you.png\"", "a", "me and you.png"},
    {"name=a; filename=\"/etc/passwd\"", "a", "passwd"},
    {"name=a; filename=\"../../x\"", "a", "x"},
    {"name=a; filename=\"C:\\Users\\J\\me.png\"", "a", "me.png"},
    {"name=a; filename=\"C:\\\\Users\\\\me.png\"", "a", "me.png"},
    {"name=a; filename=\"dir/\"", "a", ""},
    {"name=a; filename=\"x\xc3\xa9.png\"", "a", "x__.png"},
    {"name=a; filename=\"q%22%0D%0AX: y\\\".png\"", "a", "q___X: y_.png"},
    {"name=a; filename=\"\x1b]0;x\x07\x7f\"", "a", "_]0;x__"},

    /* names of other parameters, and extended ones (RFC 7578 section 4.2) */
    {"name=a; name*=UTF-8''b", "a", NULL},
    {"name*=UTF-8''b; name=a", "a", NULL},
    {"name=a; filename*=UTF-8''%e2%82%ac.png", "a", NULL},
    {"name=a; filename=x; filename*=UTF-8''%e2%82%ac.png", "a", "x"},
    {"name=a; filenames=b; size=1; size=1", "a", NULL},
};

Test(multipart_head, says_which_field_it_is)
{
    for (size_t i = 0; i < COUNT(dispositions); i++) {
        const char *filename = dispositions[i].filename;
        struct multipart_part part;
        char head[256];
        int length = snprintf(head, sizeof head, DISPOSITION "%s\r\n", dispositions[i].parameters);

        cr_assert_eq(parse(head, (size_t)length, &part), 0, "%s", dispositions[i].parameters);
        cr_expect_str_eq(part.name, dispositions[i].name);
        cr_expect_eq(part.is_file, filename != NULL, "%s", dispositions[i].parameters);
        cr_expect_str_eq(part.filename, filename ? filename : "");
        cr_expect_str_eq(part.type, "text/plain");
    }
}

static const struct {
    const char *head, *type;
} types[] = {
    {A, "text/plain"},
    {A "Content-Type: image/png\r\n", "image/png"},
    {"Content-Type: image/png\r\n" A, "image/png"},
    {A "CONTENT-TYPE:image/png\t \r\n", "image/png"},
    {A "Content-Type: text/plain; charset=UTF-8\r\n", "text/plain"},
    {A "Content-Type: image/svg+xml ;x\r\n", "image/svg+xml"},
    {A "Content-Type:\r\n", "application/octet-stream"},
    {A "Content-Type: png\r\n", "application/octet-stream"},
    {A "Content-Type: image/png image/gif\r\n", "application/octet-stream"},
    {A "Content-Type: image/p\xc3\xa9ng\r\n", "application/octet-stream"},
    {A "Content-Type: multipart\r\n", "application/octet-stream"},
    {A "X-Content-Type: image/png\r\nContent-Length: 4\r\nX:\r\n", "text/plain"},
    {A "Content-Transfer-Encoding: binary\r\n", "text/plain"},
    {A "content-transfer-encoding: 8BIT\r\nContent-Type: image/png\r\n", "image/png"},
    {A "Content-Transfer-Encoding:7bit \r\n", "text/plain"},
    {"content-disposition:FORM-DATA;name=a\r\n", "text/plain"},
};

Test(multipart_head, says_which_type_it_is)
{
    for (size_t i = 0; i < COUNT(types); i++) {
        struct multipart_part part;

        cr_assert_eq(parse(types[i].head, strlen(types[i].head), &part), 0, "%s", types[i].head);
        cr_expect_str_eq(part.name, "a");
        cr_expect_str_eq(part.type, types[i].type, "%s", types[i].head);
    }
}

static const char *const bad[] = {
    "",
    "\r\n",
    "X-A: b\r\n",

    /* nothing that names a field, or more than one thing */
    "Content-Disposition: form-data\r\n",
    "Content-Disposition: form-data;\r\n",
    "Content-Disposition: \r\n",
    "Content-Disposition: attachment; name=a\r\n",
    "Content-Disposition: form-datax; name=a\r\n",
    "Content-Disposition: form-data name=a\r\n",
    "Content-Disposition: ; name=a\r\n",
    DISPOSITION "filename=\"a.png\"\r\n",
    DISPOSITION "name*=UTF-8''a\r\n",
    DISPOSITION "name=a; name=b\r\n",
    DISPOSITION "name=a; NAME=\"a\"\r\n",
    DISPOSITION "name=a; filename=b; filename=\"\"\r\n",
    A A,
    A "content-disposition: form-data; name=\"b\"\r\n",
    A "Content-Type: image/png\r\nContent-Type: image/png\r\n",
    A "Content-Transfer-Encoding: binary\r\nContent-Transfer-Encoding: binary\r\n",

    /* parameters that are none */
    DISPOSITION "name\r\n",
    DISPOSITION "name=\r\n",
    DISPOSITION "name=;x=y\r\n",
    DISPOSITION "name =a\r\n",
    DISPOSITION "name= a\r\n",
    DISPOSITION "=a\r\n",
    DISPOSITION "name=\"a\r\n",
    DISPOSITION "name=\"a\\\"\r\n",
    DISPOSITION "name=\"a\\\"; filename=\"b\"\r\n",
    DISPOSITION "name=\"a\"b\r\n",
    DISPOSITION "name=\"a\"\"b\"\r\n",
    DISPOSITION "name=\"a\" filename=\"b\"\r\n",
    DISPOSITION "name=a b\r\n",
    DISPOSITION "name=a; filename=me and you.png\r\n",
    DISPOSITION "name=\xc3\xa9\r\n",
    DISPOSITION "name=a/b\r\n",
    DISPOSITION "name=a, x=y\r\n",
    DISPOSITION "name='a b'\r\n",

    /* lines that are none */
    "Content-Disposition: form-data; name=\"a\"",
    "Content-Disposition: form-data; name=\"a\"\r",
    "Content-Disposition: form-data; name=\"a\"\n",
    A "X-A\r\n",
    A "X-A b\r\n",
    A "X-A : b\r\n",
    A ": b\r\n",
    A " X-A: b\r\n",
    A "\r\n",
    A "\r\nX-A: b\r\n",
    A "X-A: b\nX-B: c\r\n",
    A "X-A: b\rX-B: c\r\n",
    A "X-A: b\r\r\n",
    A "X-\xc3\xa9: b\r\n",
    DISPOSITION "\r\n name=\"a\"\r\n",
    DISPOSITION "\r\n\tname=\"a\"\r\n",
    DISPOSITION "name=\"a\rb\"\r\n",
    DISPOSITION "name=\"a\nb\"\r\n",
    DISPOSITION "name=\"a\r\nb\"\r\n",

    /* what would have to be unpacked */
    A "Content-Type: multipart/mixed; boundary=x\r\n",
    A "Content-Type: Multipart/Form-Data\r\n",
    A "Content-Type: multipart/mixed boundary=x\r\n",
    A "Content-Transfer-Encoding: base64\r\n",
    A "Content-Transfer-Encoding: quoted-printable\r\n",
    A "Content-Transfer-Encoding: binary, base64\r\n",
    A "Content-Transfer-Encoding: bin\r\n",
    A "Content-Transfer-Encoding:\r\n",
};

Test(multipart_head, what_is_malformed_is_refused)
{
    struct multipart_part part;

    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_eq(parse(bad[i], strlen(bad[i]), &part), -EINVAL, "%s", bad[i]);
    cr_expect_eq(parse(A "X: \0\r\n", strlen(A) + 6, &part), -EINVAL);
    cr_expect_eq(parse(DISPOSITION "name=\"a\0b\"\r\n", strlen(DISPOSITION) + 12, &part), -EINVAL);
    cr_expect_eq(parse(A "X\0: b\r\n", strlen(A) + 7, &part), -EINVAL);
}

/* A header with a long word in it. */
static int parse_long(const char *before, size_t length, const char *after,
                      struct multipart_part *out)
{
    size_t size = strlen(before) + length + strlen(after) + 1, used = strlen(before);
    char *head = malloc(size);
    int r;

    strcpy(head, before);
    memset(head + used, 'x', length);
    strcpy(head + used + length, after);
    r = parse(head, size - 1, out);
    free(head);
    return r;
}

Test(multipart_head, long_names_are_refused_and_others_cut)
{
    struct multipart_part part;

    cr_expect_eq(parse_long(DISPOSITION "name=\"", MULTIPART_NAME_MAX, "\"\r\n", &part), 0);
    cr_expect_eq(strlen(part.name), MULTIPART_NAME_MAX);
    cr_expect_eq(parse_long(DISPOSITION "name=\"", MULTIPART_NAME_MAX + 1, "\"\r\n", &part),
                 -EMSGSIZE);
    cr_expect_eq(parse_long(DISPOSITION "name=\"", MULTIPART_NAME_MAX - 1, "%22\"\r\n", &part), 0);

    cr_expect_eq(parse_long(DISPOSITION "name=a; filename=\"", 1000, ".png\"\r\n", &part), 0);
    cr_expect_eq(strlen(part.filename), MULTIPART_FILENAME_MAX);
    cr_expect_eq(parse_long(DISPOSITION "name=a; filename=\"", 1000, "/a.png\"\r\n", &part), 0);
    cr_expect_str_eq(part.filename, "a.png");

    cr_expect_eq(parse_long(A "Content-Type: image/", MULTIPART_TYPE_MAX - 6, "\r\n", &part), 0);
    cr_expect_eq(strlen(part.type), MULTIPART_TYPE_MAX);
    cr_expect_eq(parse_long(A "Content-Type: image/", MULTIPART_TYPE_MAX - 5, "\r\n", &part), 0);
    cr_expect_str_eq(part.type, "application/octet-stream");
    cr_expect_eq(parse_long(A "Content-Type: image/png; x=", 1000, "\r\n", &part), 0);
    cr_expect_str_eq(part.type, "image/png");
}

#define SEVENTY "1234567890123456789012345678901234567890123456789012345678901234567890"

static const struct {
    const char *field;
    const char *boundary; /* NULL: none */
} boundaries[] = {
    {"multipart/form-data; boundary=abc", "abc"},
    {"multipart/form-data;boundary=abc", "abc"},
    {"Multipart/Form-Data ;\tBOUNDARY=AbC", "AbC"},
    {"multipart/form-data; boundary=\"abc\"", "abc"},
    {"multipart/form-data; boundary=----WebKitFormBoundaryqVGqBgc3S3cRtoZH",
     "----WebKitFormBoundaryqVGqBgc3S3cRtoZH"},
    {"multipart/form-data; boundary=\"a b'()+_,-./:=?\"", "a b'()+_,-./:=?"},
    {"multipart/form-data; boundary=\"a\\b\\-c\"", "ab-c"},
    {"multipart/form-data; boundary=abc; charset=utf-8", "abc"},
    {"multipart/form-data; charset=utf-8; boundary=abc", "abc"},
    {"multipart/form-data; charset=\"x; boundary=y\\\"; \"; boundary=abc;", "abc"},
    {"multipart/form-data; xboundary=x; boundary*=y; boundary=abc", "abc"},
    {"multipart/form-data; boundary=" SEVENTY, SEVENTY},
    {"multipart/form-data; boundary=\"\\1234567890" "123456789012345678901234567890"
     "123456789012345678901234567890\"", SEVENTY},

    {NULL, NULL},
    {"", NULL},
    {"multipart/form-data", NULL},
    {"multipart/form-data;", NULL},
    {"multipart/form-data; boundary", NULL},
    {"multipart/form-data; boundary=", NULL},
    {"multipart/form-data; boundary=\"\"", NULL},
    {"multipart/form-data; boundary=\"abc", NULL},
    {"multipart/form-data; boundary=\"abc\\\"", NULL},
    {"multipart/form-data; boundary=\"abc \"", NULL},
    {"multipart/form-data; boundary=\"a\\\"b\"", NULL},
    {"multipart/form-data; boundary=\"a\\\\b\"", NULL},
    {"multipart/form-data; boundary=\"a\tb\"", NULL},
    {"multipart/form-data; boundary=\"a\r\nb\"", NULL},
    {"multipart/form-data; boundary=\"\xc3\xa9\"", NULL},
    {"multipart/form-data; boundary=a*b", NULL},
    {"multipart/form-data; boundary=a b", NULL},
    {"multipart/form-data; boundary=a/b", NULL},
    {"multipart/form-data; boundary = abc", NULL},
    {"multipart/form-data; boundary=abc, multipart/form-data", NULL},
    {"multipart/form-data; boundary=abc; x", NULL},
    {"multipart/form-data; boundary=abc; boundary=abc", NULL},
    {"multipart/form-data; boundary=abc; Boundary=d", NULL},
    {"multipart/form-data; boundary=1" SEVENTY, NULL},
    {"multipart/form-data boundary=abc", NULL},
    {"multipart/form-data, boundary=abc", NULL},
    {"multipart/mixed; boundary=abc", NULL},
    {"multipart/form-datax; boundary=abc", NULL},
    {"multipart/form; boundary=abc", NULL},
    {"image/png; boundary=abc", NULL},
    {"boundary=abc", NULL},
};

Test(multipart_head, a_content_type_tells_the_boundary)
{
    for (size_t i = 0; i < COUNT(boundaries); i++) {
        char out[MULTIPART_BOUNDARY_MAX + 1];
        char *copy = boundaries[i].field ? strdup(boundaries[i].field) : NULL;
        bool found = multipart_boundary(copy, out);

        cr_expect_eq(found, boundaries[i].boundary != NULL, "%s", copy);
        if (found && boundaries[i].boundary)
            cr_expect_str_eq(out, boundaries[i].boundary);
        free(copy);
    }
}

Test(multipart_head, bodies_of_parts_are_told_from_pictures)
{
    static const char *const parts[] = {"multipart/form-data", "Multipart/Mixed; boundary=a",
                                        "multipart/form-data; boundary=\"{\"", "multipart/"};
    static const char *const others[] = {"", "image/png", "multipart", "application/x-multipart/",
                                         "text/plain; a=multipart/mixed"};

    for (size_t i = 0; i < COUNT(parts); i++)
        cr_expect(multipart_is(parts[i]), "%s", parts[i]);
    for (size_t i = 0; i < COUNT(others); i++)
        cr_expect_not(multipart_is(others[i]), "%s", others[i]);
    cr_expect_not(multipart_is(NULL));
}

/* SPDX-License-Identifier: MIT
 *
 * Uploads under conditions: what nobody may overwrite unseen, and what is told before a body is read.
 */
#include "upload_fixture.h"

RIG_SUITE(upload_conditions);

static void tag_of(const char *target, const char *field, char out[128])
{
    const char *tag;
    int status = rig_get(&rig, "%s", target);

    cr_expect(status == 200 || status == 204, "%s: %d", target, status);
    tag = answer_field(&rig.answer, "ETag");
    cr_assert_not_null(tag, "%s", target);
    snprintf(out, 128, "%s: %s", field, tag);
}

Test(upload_conditions, every_tag_that_is_handed_out_guards_a_change)
{
    static const char *const targets[] = {ADA, "/users/ada/avatar/info", "/users/ada/told",
                                          "/users/ada/exists", "/users/ada/there"};
    char tag[128];

    open_rig("");
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        cr_assert_eq(put_file(ADA, &red), 200);
        tag_of(targets[i], "If-Match", tag);
        cr_expect_eq(put_with(ADA, &blue, tag), 200, "%s %s", targets[i], tag);
        cr_expect_eq(put_with(ADA, &red, tag), 412, "%s", targets[i]);
        cr_expect_eq(delete_with(ADA, tag), 412, "%s", targets[i]);
        cr_expect(has("users/ada", &blue));
    }
    close_rig();
}

/* What is a picture's or a document's own of it still tells one from the other. */
Test(upload_conditions, what_is_known_already_is_not_sent_again)
{
    static const char *const targets[] = {ADA, "/users/ada/avatar/info"};
    char tags[2][128];
    const char *fields[] = {NULL, NULL};

    open_rig("");
    cr_assert_eq(put_file(ADA, &red), 200);
    for (size_t i = 0; i < 2; i++)
        tag_of(targets[i], "If-None-Match", tags[i]);
    for (size_t i = 0; i < 4; i++) {
        fields[0] = tags[i / 2];
        cr_expect_eq(rig_ask(&rig, "GET", targets[i % 2], fields), i / 2 == i % 2 ? 304 : 200);
    }
    close_rig();
}

Test(upload_conditions, conditions_count_together)
{
    char match[64], none_match[64], weak[64];
    char version[UPLOADS_VERSION_SIZE];
    const char *fields[] = {KEY, match, none_match, NULL};

    open_rig("");
    uploads_version(red.bytes, red.length, version);
    snprintf(match, sizeof match, "If-Match: \"%s\"", version);
    snprintf(none_match, sizeof none_match, "If-None-Match: \"%s\"", version);
    snprintf(weak, sizeof weak, "If-None-Match: \"other\", W/\"%s\"", version);
    cr_expect_eq(put_with(ADA, &red, none_match), 200, "there is none");
    cr_expect_eq(put_with(ADA, &blue, none_match), 412);
    cr_expect_eq(put_with(ADA, &blue, weak), 412);
    cr_expect_eq(delete_with(ADA, none_match), 412);
    cr_expect_eq(uploads_send(&rig, "PUT", ADA, fields, blue.bytes, blue.length), 412);
    cr_expect_eq(put_with(ADA, &blue, "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT"), 412);
    cr_expect(has("users/ada", &red));
    fields[2] = "If-None-Match: \"other\"";
    cr_expect_eq(uploads_send(&rig, "PUT", ADA, fields, blue.bytes, blue.length), 200);
    cr_expect_eq(put_with(ADA, &red, "If-Unmodified-Since: Fri, 31 Dec 9999 23:59:59 GMT"), 200);
    cr_expect_eq(put_with(ADA, &blue, "If-None-Match: \"other\""), 200);
    close_rig();
}

/* What may be said of a request before its body is there is said of it. */
Test(upload_conditions, a_body_that_is_for_nothing_is_not_looked_at)
{
    static const char text[] = "This is no picture, and longer than a hundred bytes: were it looked "
                               "at, the answer would have to be 415, whatever the conditions say.";
    struct file none = {(unsigned char *)(uintptr_t)text, sizeof text - 1};

    open_rig("");
    cr_expect_eq(put_with(ADA, &none, "If-Match: *"), 412);
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_expect_eq(put_with(ADA, &none, "If-None-Match: *"), 412);
    cr_expect_eq(put_with(ADA, &none, "If-Match: \"0123456789abcdef\""), 412);
    cr_expect_eq(put_file(ADA, &none), 415);
    cr_expect_null(answer_field(&rig.answer, "Accept-Encoding"));
    close_rig();
}

static void run_encoded(enum rig_kind kind)
{
    open_with(kind, "", NULL, NULL);
    cr_expect_eq(put_with(ADA, &red, "Content-Encoding: gzip"), 415);
    cr_expect_str_eq(answer_field(&rig.answer, "Accept-Encoding"), "identity");
    cr_expect_eq(put_with(ADA, &red, "Content-Range: bytes 0-99/1000"), 400);
    expect_nothing("in pieces, or encoded");
    cr_expect_eq(put_with(ADA, &red, "Content-Encoding: Identity"), 200);
    close_rig();
}

Test(upload_conditions, of_encoded_bodies_and_parts_nothing_is_kept_behind_lighttpd)
{
    run_encoded(RIG_LIGHTTPD);
}

Test(upload_conditions, of_encoded_bodies_and_parts_nothing_is_kept_behind_apache)
{
    run_encoded(RIG_APACHE);
}

Test(upload_conditions, of_encoded_bodies_and_parts_nothing_is_kept_behind_nginx)
{
    run_encoded(RIG_NGINX);
}

/* SPDX-License-Identifier: MIT
 *
 * Who goes by dates: none is told that is still to come, and however soon one picture takes the place of
 * another, or wherever the clock stands, the one is not taken for the other.
 */
#include "upload_fixture.h"

#include "http/date.h"
#include "store/store.h"

RIG_SUITE(upload_dates);

#define TRIES 20 /* for all of it to come within a second */
#define HOUR_S 3600
#define FIELD_SIZE 80

static void make_field(const char *name, int64_t when_s, char out[FIELD_SIZE])
{
    char date[HTTP_DATE_SIZE];

    http_date_format(when_s, date);
    snprintf(out, FIELD_SIZE, "%s: %s", name, date);
}

static int get_with(const char *target, const char *field)
{
    const char *const fields[] = {field, NULL};

    return rig_ask(&rig, "GET", target, fields);
}

static int64_t now_s(void)
{
    return clock_wall_ms() / 1000;
}

static int64_t date_of_last(const char *name)
{
    const char *value = answer_field(&rig.answer, name);
    int64_t when_s;

    cr_assert(value && http_date_parse(value, now_s(), &when_s) == 0, "%s: %s", name,
              value ? value : "none");
    return when_s;
}

/* ---- within a second ---- */

static bool put_both_in_time(int64_t *when_s)
{
    *when_s = now_s();
    cr_assert_eq(put_file(ADA, &red), 200);
    if (now_s() != *when_s)
        return false;
    cr_assert_eq(put_file(ADA, &blue), 200);
    return now_s() == *when_s;
}

static bool replace_in_time(int64_t *when_s)
{
    if (!put_both_in_time(when_s))
        return false;
    cr_expect_null(answer_field(&rig.answer, "Last-Modified"), "it is still to come");
    return true;
}

static bool delete_in_time(int64_t *when_s)
{
    *when_s = now_s();
    cr_assert_eq(put_file(ADA, &red), 200);
    cr_assert_eq(delete_with(ADA, NULL), 204);
    cr_assert_eq(put_file(ADA, &blue), 200);
    return now_s() == *when_s;
}

/* What the first one's date was, or might have been had it been told. */
static void try_in_time(bool (*try)(int64_t *when_s), int64_t *when_s)
{
    for (int i = 0; i < TRIES; i++) {
        int status = delete_with(ADA, NULL);

        cr_assert(status == 204 || status == 404, "%d", status);
        /* What was there before is of an earlier second. */
        clock_sleep_ms(2000 - clock_wall_ms() % 1000);
        if (try(when_s))
            return;
    }
    cr_skip_test("two uploads take longer than a second here");
}

static void run_within(bool (*try)(int64_t *when_s), const char *top)
{
    static const char *const targets[] = {ADA, "/thumb/users/ada.jpg", "/s64/users/ada.webp"};
    char since[FIELD_SIZE], unmodified[FIELD_SIZE];
    int64_t when_s;

    open_with(RIG_LIGHTTPD, "", top, NULL);
    try_in_time(try, &when_s);
    make_field("If-Modified-Since", when_s, since);
    make_field("If-Unmodified-Since", when_s, unmodified);
    cr_expect_eq(put_with(ADA, &red, unmodified), 412, "%d", rig.answer.status);
    cr_expect_eq(delete_with(ADA, unmodified), 412, "%d", rig.answer.status);
    cr_expect(has("users/ada", &blue));
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        for (int again = 0; again < 3; again++)
            cr_expect_eq(get_with(targets[i], since), 200, "%s: %d", targets[i],
                         rig.answer.status);
    close_rig();
}

Test(upload_dates, of_two_in_a_second_one_is_not_taken_for_the_other)
{
    run_within(replace_in_time, NULL);
}

Test(upload_dates, nor_if_the_first_was_deleted_in_between)
{
    run_within(delete_in_time, NULL);
}

Test(upload_dates, nor_where_the_web_server_sends_the_files)
{
    run_within(replace_in_time, "sendfile = \"x-sendfile\"");
}

/* ---- whatever the clock says ---- */

static void run_told(enum rig_kind kind)
{
    static const char *const targets[] = {ADA, "/s64/users/ada.webp", "/users/ada/told"};
    char since[FIELD_SIZE], unmodified[FIELD_SIZE];

    open_with(kind, "", NULL, NULL);
    cr_assert_eq(put_file(ADA, &red), 200);
    make_field("If-Unmodified-Since", date_of_last("Last-Modified"), unmodified);
    /* Apache's is when the request began, which may be a second before the picture was there. */
    if (kind != RIG_APACHE)
        cr_expect_leq(date_of_last("Last-Modified"), date_of_last("Date"));
    cr_expect_eq(answer_fields(&rig.answer, "Date"), 1u);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        cr_assert_eq(rig_get(&rig, "%s", targets[i]), 200);
        cr_expect_leq(date_of_last("Last-Modified"), date_of_last("Date"), "%s", targets[i]);
        cr_expect_eq(answer_fields(&rig.answer, "Date"), 1u);
        make_field("If-Modified-Since", date_of_last("Last-Modified"), since);
        if (i < 2)
            cr_expect_eq(get_with(targets[i], since), 304, "%s", targets[i]);
    }
    cr_expect_eq(put_with(ADA, &blue, unmodified), 200);
    cr_expect_eq(put_with(ADA, &red, unmodified), 412);
    close_rig();
}

Test(upload_dates, are_good_for_conditions_behind_lighttpd)
{
    run_told(RIG_LIGHTTPD);
}

Test(upload_dates, are_good_for_conditions_behind_nginx)
{
    run_told(RIG_NGINX);
}

Test(upload_dates, are_good_for_conditions_behind_apache)
{
    run_told(RIG_APACHE);
}

/* As if the clock had been set back since. */
static void upload_ahead(const struct file *file, int64_t when_s)
{
    struct store_picture p = {.type = PICTURE_JPEG, .width = 320, .height = 240,
                              .length = file->length, .uploaded_ms = when_s * 1000};
    char path[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store_upload u;
    struct store *store;

    files_path(path, "%s/store", rig.state);
    cr_assert_eq(store_open(path, &store, error), 0, "%s", error);
    cr_assert_eq(store_upload_begin(store, &u), 0);
    cr_assert_eq(store_upload_add(&u, file->bytes, file->length), 0);
    cr_assert_eq(store_upload_finish(&u, &p.digest), 0);
    cr_assert_eq(store_commit(&u, "users/ada", &p, 1, NULL, NULL), 0);
    store_close(&store);
}

static void expect_untold(const struct file *file)
{
    char version[UPLOADS_VERSION_SIZE], immutable[80];
    const char *const targets[] = {ADA, "/users/ada/told", "/users/ada/exists", immutable};

    uploads_version(file->bytes, file->length, version);
    snprintf(immutable, sizeof immutable, "/v/%s/thumb/users/ada.jpg", version);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        for (int again = 0; again < 2; again++) {
            cr_expect_eq(rig_get(&rig, "%s", targets[i]) / 100, 2, "%s", targets[i]);
            cr_expect_null(answer_field(&rig.answer, "Last-Modified"), "%s", targets[i]);
            cr_expect_not_null(answer_field(&rig.answer, "ETag"), "%s", targets[i]);
        }
        cr_expect_eq(rig_ask(&rig, "HEAD", targets[i], NULL) / 100, 2, "%s", targets[i]);
        cr_expect_null(answer_field(&rig.answer, "Last-Modified"), "HEAD %s", targets[i]);
    }
}

Test(upload_dates, that_are_to_come_are_not_told_and_count_all_the_same)
{
    char since_now[FIELD_SIZE], since_then[FIELD_SIZE], until_now[FIELD_SIZE],
        until_then[FIELD_SIZE];
    int64_t then_s = now_s() + HOUR_S;

    open_rig("");
    make_field("If-Modified-Since", now_s(), since_now);
    make_field("If-Modified-Since", then_s, since_then);
    make_field("If-Unmodified-Since", now_s(), until_now);
    make_field("If-Unmodified-Since", then_s, until_then);
    upload_ahead(&red, then_s);
    expect_untold(&red);
    cr_expect_eq(get_with(ADA, since_now), 200);
    cr_expect_eq(get_with(ADA, since_then), 304);
    cr_expect_null(answer_field(&rig.answer, "Last-Modified"), "304");
    cr_expect_eq(put_with(ADA, &blue, until_now), 412);
    cr_expect_eq(put_with(ADA, &blue, until_then), 200, "who has seen it may");
    cr_expect_null(answer_field(&rig.answer, "Last-Modified"), "PUT");
    expect_untold(&blue);
    cr_expect_eq(get_with(ADA, since_then), 200, "it is another one");
    cr_expect_eq(put_with(ADA, &red, until_then), 412);
    cr_expect(has("users/ada", &blue));
    close_rig();
}

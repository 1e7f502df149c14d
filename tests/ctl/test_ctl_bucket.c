/* SPDX-License-Identifier: MIT
 *
 * visage import, export and store on buckets of a real object store, Ceph.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "ctl/uploaded.h"
#include "rig/ceph.h"
#include "rig/run.h"
#include "rig/scripted.h"
#include "rig/text.h"
#include "store/store.h"

RIG_SUITE(ctl_bucket);

#define in_rig(name) command_path(&rig, name)

static struct rig rig;
static struct buffer output;
static struct buffer pictures[UPLOADED_DISTINCT];
static struct ceph ceph;

/* Each test has keys of its own in the one bucket that there is: they begin with `beginning`. Its
 * sources: "local" on this machine, "remote" and "other" in the bucket, "old" is what something else has
 * put there. */
static void prepare(const char *beginning)
{
    struct buffer more = {0};

    ceph = ceph_need();
    for (unsigned i = 0; i < UPLOADED_DISTINCT; i++)
        uploaded_picture(i + 1, &pictures[i]);
    text_add(&more,
             "source %s-old { type = s3 endpoint = \"http://127.0.0.1:%u\" bucket = \"" CEPH_BUCKET "\"\n"
             "key = \"%s-old/{id}\" access_key_file = \"@DIR@/access\"\n"
             "secret_key_file = \"@DIR@/secret-key\" allow_addresses = {\"127.0.0.0/8\"} }\n"
             "source %s-jpg { type = s3 endpoint = \"http://127.0.0.1:%u\" bucket = \"" CEPH_BUCKET "\"\n"
             "key = \"%s-old/{id}.jpg\" access_key_file = \"@DIR@/access\"\n"
             "secret_key_file = \"@DIR@/secret-key\" allow_addresses = {\"127.0.0.0/8\"} }\n"
             "source %s { type = store upload_min = 20 upload_max = 4K id_pattern = \"[^/]+\"\n"
             "allow_addresses = {\"127.0.0.0/8\"} }\n"
             "source %s-other { type = store upload_min = 20 allow_addresses = {\"127.0.0.0/8\"} }\n",
             beginning, (unsigned)ceph.port, beginning, beginning, (unsigned)ceph.port, beginning,
             beginning, beginning);
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = more.data});
    rig.options.more = NULL;
    buffer_free(&more);
}

static void write_keys(void)
{
    files_write(in_rig("access"), CEPH_ACCESS_KEY, 0600);
    files_write(in_rig("secret-key"), CEPH_SECRET_KEY, 0600);
}

/* The same configuration, whose uploads are in the bucket. */
static void move_into_bucket(void)
{
    struct buffer text = {0};

    cr_assert(files_read(rig.conf, &text));
    text_add(&text,
             "store { type = s3 endpoint = \"http://127.0.0.1:%u\" bucket = \"" CEPH_BUCKET "\"\n"
             "access_key_file = \"%s\" secret_key_file = \"%s\" }\n",
             (unsigned)ceph.port, in_rig("access"), in_rig("secret-key"));
    files_write_bytes(rig.conf, text.data, text.length, 0644);
    buffer_free(&text);
}

static void begin(const char *beginning, bool remote)
{
    prepare(beginning);
    write_keys();
    if (remote)
        move_into_bucket();
}

static void finish(void)
{
    for (unsigned i = 0; i < UPLOADED_DISTINCT; i++)
        buffer_free(&pictures[i]);
    buffer_free(&output);
    rig_close(&rig);
}

/* Puts it there as something else does. */
static void put_bytes(const char *key, const void *bytes, size_t length)
{
    const char *const arguments[] = {"-T", in_rig("object"), NULL};
    struct buffer answer = {0};

    files_write_bytes(arguments[1], bytes, length, 0600);
    cr_assert_eq(ceph_ask(&ceph, key, arguments, &answer), 200, "%s: %s", key, answer.data);
    buffer_free(&answer);
}

static void put(const char *key, unsigned i)
{
    put_bytes(key, pictures[i].data, pictures[i].length);
}

static bool has_object(const char *key, unsigned i)
{
    struct buffer found = {0};
    bool has = ceph_ask(&ceph, key, NULL, &found) == 200 && found.length == pictures[i].length &&
               memcmp(found.data, pictures[i].data, found.length) == 0;

    buffer_free(&found);
    return has;
}

static void delete_object(const char *key)
{
    static const char *const arguments[] = {"-X", "DELETE", NULL};
    struct buffer answer = {0};

    cr_assert_eq(ceph_ask(&ceph, key, arguments, &answer), 204);
    buffer_free(&answer);
}

/* Runs the command: its exit status, and a part of what it says. */
#define EXPECT_RUN(status, said, ...) \
    do { \
        cr_expect_eq(command_run(&rig, &output, __VA_ARGS__, NULL), status, "%s", output.data); \
        EXPECT_SAYS(output, said); \
    } while (0)

static void expect_nothing_left(void)
{
    cr_expect_eq(files_count(in_rig("state/store/tmp")), 0u);
}

/* ---- from a bucket ---- */

Test(ctl_bucket, pictures_are_taken_over_from_a_bucket)
{
    static const char *const refused[] = {
        "from-old/anna.png: another object has the same id",
        "from-old/notes.txt: not a picture of a supported type",
        "from-old/small: the upload is too small",
        "from-old/large.jpg: the upload is too large",
        "from-old/...png: no id of the source is like that",
        "from-old/x%01y: no id of the source is like that",
    };
    static char large[5000];

    begin("from", false);
    put("from-old/anna.jpg", 0); /* its bytes tell what it is */
    put("from-old/anna.old.png", 4);
    put("from-old/anna.png", 1);
    put("from-old/team/bob", 2);
    put("from-old/j%C3%BCrgen%2B%25%20x.webp", 3);
    put("from-old/...png", 3);
    put("from-old/x%01y", 3);
    put_bytes("from-old/notes.txt", "this is no picture at all, and no more", 38);
    put_bytes("from-old/small", "GIF89a", 6);
    put_bytes("from-old/large.jpg", large, sizeof large);
    put("from-older/not-meant.png", 3);
    EXPECT_RUN(1, "taken 4, already there 0, refused 6\n", "import", "from", "--from", "from-old");
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        EXPECT_SAYS(output, refused[i]);
    cr_expect(uploaded_has(&rig, "from/anna", &pictures[0]));
    cr_expect(uploaded_has(&rig, "from/anna.old", &pictures[4]));
    cr_expect(uploaded_has(&rig, "from/team/bob", &pictures[2]));
    cr_expect(uploaded_has(&rig, "from/j\xc3\xbcrgen+%25 x", &pictures[3]));
    expect_nothing_left();
    EXPECT_RUN(1, "taken 0, already there 4, refused 6\n", "import", "from", "--from", "from-old");
    /* Keys of a template that says how they end. */
    EXPECT_RUN(1, "taken 1, already there 0, refused 9\n", "import", "from-other", "--from",
               "from-jpg");
    EXPECT_SAYS(output, "from-old/anna.png: no key of the source is like that");
    cr_expect(uploaded_has(&rig, "from-other/anna", &pictures[0]));
    finish();
}

/* What is too small is not fetched, so that many of them are soon gone through. */
Test(ctl_bucket, a_bucket_of_several_pages_is_taken_over)
{
    begin("pages", false);
    put("pages-old/a.png", 0);
    put_bytes("pages-old/u[0000-1099]", "GIF89a", 6);
    put("pages-old/z.png", 1);
    EXPECT_RUN(1, "would take 2, already there 0, refused 1100\n", "import", "pages", "--from",
               "pages-old", "--dry-run");
    cr_expect_not(uploaded_has(&rig, "pages/a", &pictures[0]));
    EXPECT_RUN(1, "taken 2, already there 0, refused 1100\n", "import", "pages", "--from",
               "pages-old");
    cr_expect(uploaded_has(&rig, "pages/a", &pictures[0]));
    cr_expect(uploaded_has(&rig, "pages/z", &pictures[1]));
    EXPECT_RUN(1, "taken 0, already there 2, refused 1100\n", "import", "pages", "--from",
               "pages-old");
    expect_nothing_left();
    finish();
}

/* ---- into a bucket, and out of it ---- */

Test(ctl_bucket, a_bucket_is_filled_and_written_out_again)
{
    begin("into", true);
    mkdir(in_rig("tree"), 0755);
    mkdir(in_rig("tree/team"), 0755);
    files_write_bytes(in_rig("tree/anna.png"), pictures[0].data, pictures[0].length, 0644);
    files_write_bytes(in_rig("tree/team/bob.b.png"), pictures[1].data, pictures[1].length, 0644);
    EXPECT_RUN(0, "would take 2, already there 0, refused 0\n", "import", "into", in_rig("tree"),
               "--dry-run");
    cr_expect_not(has_object("into/anna", 0));
    EXPECT_RUN(0, "taken 2, already there 0, refused 0\n", "import", "into", in_rig("tree"));
    cr_expect(has_object("into/anna", 0));
    cr_expect(has_object("into/team/bob.b", 1));
    cr_expect_eq(files_count(in_rig("state/blobs")), 0u, "the cache is for what people ask for");
    EXPECT_RUN(0, "taken 0, already there 2, refused 0\n", "import", "into", in_rig("tree"));
    expect_nothing_left();

    EXPECT_RUN(0, "written 2, refused 0\n", "export", "into", in_rig("state/out"));
    cr_expect_eq(files_count(in_rig("state/out")), 1u + 1u);
    EXPECT_RUN(0, "written 2, refused 0\n", "export", "into", "--csv", in_rig("out.csv"));
    EXPECT_RUN(0, "taken 2, already there 0, refused 0\n", "import", "into-other",
               in_rig("state/out"));
    EXPECT_RUN(0, "taken 0, already there 2, refused 0\n", "import", "into-other", "--csv",
               in_rig("out.csv"));
    cr_expect(has_object("into-other/team/bob.b", 1));
    expect_nothing_left();
    finish();
}

Test(ctl_bucket, one_bucket_is_taken_over_into_another)
{
    begin("both", true);
    put("both-old/anna.png", 0);
    put("both-old/bob.jpg", 1);
    EXPECT_RUN(0, "taken 2, already there 0, refused 0\n", "import", "both", "--from", "both-old");
    cr_expect(has_object("both/anna", 0));
    cr_expect(has_object("both/bob", 1));
    EXPECT_RUN(0, "taken 0, already there 2, refused 0\n", "import", "both", "--from", "both-old");
    /* Uploads have ids without extensions: what looks like one is the id's. */
    put("both/a.png", 2);
    EXPECT_RUN(0, "taken 3, already there 0, refused 0\n", "import", "both-other", "--from", "both");
    cr_expect(has_object("both-other/a.png", 2));
    expect_nothing_left();
    finish();
}

Test(ctl_bucket, what_is_no_picture_is_not_written_out)
{
    begin("odd", true);
    put("odd/anna", 0);
    put_bytes("odd/notes", "this is no picture at all", 25);
    put_bytes("odd/empty", "", 0);
    EXPECT_RUN(1, "written 1, refused 2\n", "export", "odd", in_rig("state/out"));
    EXPECT_SAYS(output, "visage export: notes: no picture");
    EXPECT_SAYS(output, "visage export: empty: no picture");
    cr_expect_eq(files_count(in_rig("state/out")), 1u);
    finish();
}

/* ---- looking and deleting ---- */

Test(ctl_bucket, what_there_is_is_listed_and_deleted)
{
    begin("look", true);
    put("look/anna", 0);
    put("look/team/bob", 1);
    put("look-other/otto", 2);
    EXPECT_RUN(0, "anna", "store", "list", "look");
    EXPECT_SAYS(output, "team/bob");
    EXPECT_SAYS_NOT(output, "otto");
    EXPECT_RUN(0, "{\"id\":\"anna\",\"bytes\":", "store", "list", "look", "--json");
    EXPECT_RUN(0, "\"id\":\"anna\",\"versions\":1,\"blobs\":1,", "store", "delete", "look", "anna",
               "--receipt");
    cr_expect_not(has_object("look/anna", 0));
    cr_expect(has_object("look/team/bob", 1));
    EXPECT_RUN(1, "there is no picture of anna", "store", "delete", "look", "anna");
    EXPECT_RUN(1, "earlier versions are what its own versioning keeps", "store", "history", "look",
               "anna");
    EXPECT_RUN(1, "earlier versions are what its own versioning keeps", "store", "restore", "look",
               "anna", "abc");
    EXPECT_RUN(0, "removed 0 files", "store", "sweep", "look");
    finish();
}

/* "source/id" on this machine. */
static int64_t uploaded_ms(const char *subject)
{
    char directory[FILES_PATH_MAX], error[CONFIG_ERROR_MAX];
    struct store_picture found;
    struct store *store;

    files_path(directory, "%s/store", rig.state);
    cr_assert_eq(store_open(directory, &store, error), 0, "%s", error);
    cr_assert_eq(store_find(store, subject, &found), 0, "%s", subject);
    store_close(&store);
    return found.uploaded_ms;
}

Test(ctl_bucket, what_comes_from_it_has_been_uploaded_when_its_object_was)
{
    int64_t before_ms, after_ms;

    begin("dated", false);
    before_ms = clock_wall_ms() / 1000 * 1000;
    put("dated-old/anna.png", 0);
    after_ms = clock_wall_ms();
    clock_sleep_ms(2);
    EXPECT_RUN(0, "taken 1, already", "import", "dated", "--from", "dated-old");
    cr_expect_geq(uploaded_ms("dated/anna"), before_ms);
    cr_expect_leq(uploaded_ms("dated/anna"), after_ms);
    finish();
}

/* What was drawn of it goes with it, and what is imported is shown to the next request. */
Test(ctl_bucket, what_was_drawn_of_it_goes_with_it)
{
    char first[65], second[65];

    begin("drawn", true);
    rig_start(&rig);
    cr_expect_eq(rig_get(&rig, "/s64/drawn/anna.png"), 404);
    put("drawn-old/anna.png", 0);
    EXPECT_RUN(0, "taken 1, already", "import", "drawn", "--from", "drawn-old");
    cr_expect_eq(rig_get(&rig, "/s64/drawn/anna.png"), 200);
    answer_digest(&rig.answer, first);
    delete_object("drawn/anna");
    put("drawn-old/anna.png", 1);
    EXPECT_RUN(0, "taken 1, already", "import", "drawn", "--from", "drawn-old");
    cr_expect_eq(rig_get(&rig, "/s64/drawn/anna.png"), 200);
    answer_digest(&rig.answer, second);
    cr_expect_str_neq(first, second);
    EXPECT_RUN(0, "\"variants\":2", "store", "delete", "drawn", "anna", "--receipt");
    cr_expect_eq(rig_get(&rig, "/s64/drawn/anna.png"), 404);
    finish();
}

/* ---- trouble ---- */

Test(ctl_bucket, says_what_is_wrong)
{
    begin("wrong", true);
    EXPECT_RUN(1, "source wrong has these pictures already", "import", "wrong", "--from", "wrong");
    EXPECT_RUN(1, "no source \"nobody\"", "import", "wrong", "--from", "nobody");
    EXPECT_RUN(1, "source o has no bucket", "import", "wrong", "--from", "o");
    EXPECT_RUN(2, "a source is wanted", "import", "wrong", "--from", "wrong-old", "--csv", "x");
    EXPECT_RUN(2, "a source is wanted", "import", "wrong", "tree", "--from", "wrong-old");
    files_write(in_rig("secret-key"), "another", 0600);
    EXPECT_RUN(1, "bucket of source wrong-old: the store refuses access", "import",
               "wrong", "--from", "wrong-old");
    EXPECT_RUN(1, "bucket of source wrong: the store refuses access", "export", "wrong",
               in_rig("state/out"));
    EXPECT_RUN(1, "bucket of source wrong: the store refuses access", "store", "list",
               "wrong");
    EXPECT_RUN(1, "bucket of source wrong: the store refuses access", "store", "delete",
               "wrong", "anna");
    finish();
}

Test(ctl_bucket, goes_on_once_the_store_answers_again)
{
    begin("again", false);
    put("again-old/anna.png", 0);
    put("again-old/bob.png", 1);
    ceph_stop(&ceph);
    cr_expect_eq(command_run(&rig, &output, "import", "again", "--from", "again-old", NULL), 1);
    ceph_continue(&ceph);
    EXPECT_SAYS(output, "run it again, and it goes on from there");
    EXPECT_RUN(0, "taken 2, already there 0, refused 0\n", "import", "again", "--from",
               "again-old");
    expect_nothing_left();
    finish();
}

/* ---- a store that does what a script says ---- */

#define LIST "<ListBucketResult>"
#define OBJECT(name) "<Contents><Key>old/" name ".png</Key><Size>300</Size></Contents>"
#define MORE "<IsTruncated>true</IsTruncated><NextContinuationToken>to/ken=</NextContinuationToken>"

static void add_page(const char *name, const char *text)
{
    cr_assert_eq(origin_add_picture(rig.origin, name, text, strlen(text), "application/xml"), 0);
}

static void begin_scripted(void)
{
    for (unsigned i = 0; i < UPLOADED_DISTINCT; i++)
        uploaded_picture(i + 1, &pictures[i]);
    rig_prepare(&rig, &(struct rig_options){
                          .kind = RIG_LIGHTTPD,
                          .fetch = "retries = 0",
                          .more = "source users { type = store upload_min = 20 }\n"
                                  "source old { type = s3 endpoint = \"@ORIGIN@/script\" bucket = list\n"
                                  "key = \"old/{id}\" allow_addresses = {\"127.0.0.0/8\"} }\n"
                                  "source none { type = s3 endpoint = \"@ORIGIN@/status\" bucket = 404\n"
                                  "allow_addresses = {\"127.0.0.0/8\"} }\n"
                                  "source web { type = s3 endpoint = \"@ORIGIN@/html\" bucket = b\n"
                                  "allow_addresses = {\"127.0.0.0/8\"} }\n"});
    for (unsigned i = 0; i < 3; i++) {
        const char *const names[] = {"first", "second", "third"};

        cr_assert_eq(origin_add_picture(rig.origin, names[i], pictures[i].data, pictures[i].length,
                                        "image/png"),
                     0);
    }
    add_page("page1", LIST OBJECT("a") OBJECT("b") MORE "</ListBucketResult>");
    add_page("page2", LIST OBJECT("c") "</ListBucketResult>");
    add_page("cut", LIST OBJECT("c"));
    scripted_set(&rig, "list/old/a.png", "200 picture=first");
    scripted_set(&rig, "list/old/b.png", "200 picture=second");
    scripted_set(&rig, "list/old/c.png", "200 picture=third");
}

Test(ctl_bucket, a_list_that_ends_in_the_middle_is_gone_through_again)
{
    static const char *const troubles[] = {"500", "reset", "stall-mid", "200 picture=cut", "404",
                                           "200 picture=photo"};
    char steps[96];

    begin_scripted();
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++) {
        snprintf(steps, sizeof steps, "200 picture=page1 | %s", troubles[i]);
        scripted_set(&rig, "list", steps);
        EXPECT_RUN(1, "run it again, and it goes on from there", "import", "users", "--from", "old");
        cr_expect_geq(scripted_asked(&rig, "list"), 2u * (unsigned)(i + 1), "%s", troubles[i]);
    }
    cr_expect(uploaded_has(&rig, "users/b", &pictures[1]));
    scripted_set(&rig, "list", "200 picture=page1 | 200 picture=page2");
    EXPECT_RUN(0, "taken 1, already there 2, refused 0\n", "import", "users", "--from", "old");
    cr_expect(uploaded_has(&rig, "users/c", &pictures[2]));
    expect_nothing_left();
    finish();
}

Test(ctl_bucket, an_object_that_has_gone_is_told_and_trouble_ends_it)
{
    begin_scripted();
    scripted_set(&rig, "list", "200 picture=page1");
    scripted_set(&rig, "list/old/a.png", "404");
    scripted_set(&rig, "list/old/b.png", "403");
    add_page("whole", LIST OBJECT("a") OBJECT("b") OBJECT("c") "</ListBucketResult>");
    scripted_set(&rig, "list", "200 picture=whole");
    EXPECT_RUN(1, "taken 1, already there 0, refused 2\n", "import", "users", "--from", "old");
    EXPECT_SAYS(output, "old/a.png: it has gone meanwhile");
    EXPECT_SAYS(output, "old/b.png: the picture's server refused access");
    scripted_set(&rig, "list/old/a.png", "500");
    EXPECT_RUN(1, "run it again, and it goes on from there", "import", "users", "--from", "old");
    EXPECT_SAYS(output, "old/a.png: bucket of source old: ");
    EXPECT_SAYS(output, "taken 0, already there 0, refused 0\n");
    EXPECT_SAYS_NOT(output, "old/b.png");
    expect_nothing_left();
    finish();
}

/* The receipt is for people who have asked for it: what it says is gone is gone. */
Test(ctl_bucket, a_bucket_that_keeps_what_is_deleted_is_told_of)
{
    struct buffer text = {0};

    begin_scripted();
    cr_assert(files_read(rig.conf, &text));
    text_add(&text, "store { type = s3 endpoint = \"http://127.0.0.1:%u/script\" bucket = list }\n",
             (unsigned)rig.origin_port);
    text_replace(&text, "source users {", "source users { allow_addresses = {\"127.0.0.0/8\"}");
    files_write_bytes(rig.conf, text.data, text.length, 0644);
    buffer_free(&text);
    add_page("ours", LIST "<Contents><Key>users/anna</Key><Size>300</Size></Contents></ListBucketResult>");
    scripted_set(&rig, "list", "200 picture=ours");
    scripted_set(&rig, "list/users/anna", "200 | 204 'x-amz-delete-marker: true'");
    EXPECT_RUN(1, "\"versions\":0,\"blobs\":0,\"bytes\":0,", "store", "delete", "users", "anna",
               "--receipt");
    EXPECT_SAYS(output, "\"kept_by_versioning\":true");
    EXPECT_SAYS(output, "the bucket has versioning");
    scripted_set(&rig, "list/users/anna", "200 | 204");
    EXPECT_RUN(0, "\"versions\":1,\"blobs\":1,\"bytes\":300,", "store", "delete", "users", "anna",
               "--receipt");
    EXPECT_SAYS_NOT(output, "kept_by_versioning");
    finish();
}

Test(ctl_bucket, says_which_bucket_there_is_not)
{
    begin_scripted();
    EXPECT_RUN(1, "bucket of source none: there is no such bucket", "import", "users", "--from",
               "none");
    EXPECT_RUN(1, "bucket of source web: the answer is no list of objects", "import", "users",
               "--from", "web");
    finish();
}

int main(int argc, char **argv)
{
    return ceph_is_settled() ? run_tests(argc, argv) : ceph_run_again(argv);
}

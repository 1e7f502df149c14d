/* SPDX-License-Identifier: MIT
 *
 * Uploads that are kept in a bucket of a real object store, Ceph, on one machine and on
 * two.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/bucket.h"
#include "rig/ceph.h"
#include "rig/frame.h"
#include "rig/held.h"
#include "rig/memory.h"
#include "rig/relay.h"
#include "rig/run.h"
#include "rig/scripted.h"
#include "rig/workers.h"

RIG_SUITE(bucket);

#define LARGE (10u * 1024 * 1024)

static struct rig rig;

static void open_with(struct rig *r, uint16_t port, struct bucket_options options)
{
    char endpoint[64];

    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u", (unsigned)port);
    options.endpoint = endpoint;
    options.bucket = CEPH_BUCKET;
    options.access_key = CEPH_ACCESS_KEY;
    if (!options.secret_key)
        options.secret_key = CEPH_SECRET_KEY;
    options.workers = 1;
    bucket_open(r, &options);
}

static void open_one(struct rig *r, const struct ceph *ceph)
{
    open_with(r, ceph->port, (struct bucket_options){.top = NULL});
}

/* What the store has for a key, whatever we say. Returns the status. */
static int look(const struct ceph *ceph, const char *key, struct buffer *head_and_body)
{
    static const char *const with_head[] = {"-i", NULL};

    return ceph_ask(ceph, key, with_head, head_and_body);
}

static bool has_picture(const struct ceph *ceph, const char *key, unsigned seed)
{
    struct buffer found = {0}, wanted = {0};
    bool has;

    bucket_picture(seed, &wanted);
    has = look(ceph, key, &found) == 200 && found.length > wanted.length &&
          memcmp(found.data + found.length - wanted.length, wanted.data, wanted.length) == 0;
    buffer_free(&found);
    buffer_free(&wanted);
    return has;
}

/* What `rig` draws of the id, by its digest. */
static const char *drawn(struct rig *r, const char *id)
{
    static char digests[4][65];
    static unsigned next;
    char *out = digests[next++ % 4];

    cr_expect_eq(bucket_get(r, id), 200, "%s: %d", id, r->answer.status);
    answer_digest(&r->answer, out);
    return out;
}

Test(bucket, an_upload_is_an_object_with_its_bytes_and_type)
{
    const struct ceph ceph = ceph_need();
    struct buffer found = {0};

    open_one(&rig, &ceph);
    cr_expect_eq(bucket_get(&rig, "anna"), 404);
    cr_expect_eq(bucket_put(&rig, "anna", 1), 200);
    cr_expect(has_picture(&ceph, "users/anna", 1));
    cr_expect_eq(look(&ceph, "users/anna", &found), 200);
    cr_expect_not_null(strstr(found.data, "Content-Type: image/jpeg\r\n"));
    cr_expect_eq(bucket_get(&rig, "anna"), 200);
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_eq(rig_get(&rig, "/there/anna"), 204);
    cr_expect_eq(bucket_left(&rig), 0u);
    cr_expect_eq(bucket_delete(&rig, "anna"), 204);
    cr_expect_eq(look(&ceph, "users/anna", &found), 404);
    cr_expect_eq(bucket_get(&rig, "anna"), 404);
    cr_expect_eq(rig_get(&rig, "/there/anna"), 404);
    cr_expect_eq(bucket_delete(&rig, "anna"), 204);
    buffer_free(&found);
    rig_close(&rig);
}

Test(bucket, a_form_is_taken_as_well)
{
    const struct ceph ceph = ceph_need();
    const char *const fields[] = {"Authorization: Bearer " BUCKET_API_KEY,
                                  "Content-Type: multipart/form-data; boundary=b", NULL};
    struct buffer form = {0};

    open_one(&rig, &ceph);
    cr_assert_eq(buffer_puts(&form, "--b\r\nContent-Disposition: form-data; name=\"avatar\"; "
                                    "filename=\"a\"\r\n\r\n"),
                 0);
    bucket_picture(3, &form);
    cr_assert_eq(buffer_puts(&form, "\r\n--b--\r\n"), 0);
    cr_expect_eq(client_send(rig.client, "POST", "/users/form", fields, form.data, form.length,
                             &rig.answer),
                 200);
    cr_expect(has_picture(&ceph, "users/form", 3));
    buffer_free(&form);
    rig_close(&rig);
}

Test(bucket, what_has_not_changed_is_not_fetched_again)
{
    const struct ceph ceph = ceph_need();
    char before[65];

    open_one(&rig, &ceph);
    cr_expect_eq(bucket_put(&rig, "same", 1), 200);
    snprintf(before, sizeof before, "%s", drawn(&rig, "same"));
    bucket_pass(&rig);
    cr_expect_str_eq(drawn(&rig, "same"), before);
    cr_expect(scripted_way(&rig, "fwd-status=304"));
    rig_close(&rig);
}

Test(bucket, machines_see_each_others_uploads_within_the_ttl)
{
    static struct rig other;
    const struct ceph ceph = ceph_need();
    char first[65], second[65];

    open_one(&rig, &ceph);
    open_one(&other, &ceph);
    cr_expect_eq(bucket_get(&other, "otto"), 404);
    cr_expect_eq(bucket_put(&rig, "otto", 1), 200);
    snprintf(first, sizeof first, "%s", drawn(&rig, "otto"));
    bucket_pass(&other);
    cr_expect_str_eq(drawn(&other, "otto"), first);

    cr_expect_eq(bucket_put(&other, "otto", 2), 200);
    snprintf(second, sizeof second, "%s", drawn(&other, "otto"));
    cr_expect_str_neq(first, second);
    bucket_pass(&rig);
    cr_expect_str_eq(drawn(&rig, "otto"), second);

    cr_expect_eq(bucket_delete(&rig, "otto"), 204);
    cr_expect_eq(bucket_get(&rig, "otto"), 404);
    bucket_pass(&other);
    cr_expect_eq(bucket_get(&other, "otto"), 404);
    rig_close(&other);
    rig_close(&rig);
}

/* What the other one has uploaded is not known here yet; the store knows. */
Test(bucket, machines_do_not_overwrite_what_they_have_not_seen)
{
    static struct rig other;
    const struct ceph ceph = ceph_need();
    struct buffer picture = {0};
    char condition[64];

    open_one(&rig, &ceph);
    open_one(&other, &ceph);
    bucket_picture(3, &picture);
    cr_expect_eq(bucket_put(&rig, "paula", 1), 200);
    snprintf(condition, sizeof condition, "If-Match: \"%s\"", bucket_version(&rig));
    cr_expect_eq(bucket_get(&rig, "paula"), 200);
    cr_expect_eq(bucket_put(&other, "paula", 2), 200);
    cr_expect_eq(bucket_send(&rig, "PUT", "paula", picture.data, picture.length, condition), 412,
                 "%d", rig.answer.status);
    cr_expect(has_picture(&ceph, "users/paula", 2));
    snprintf(condition, sizeof condition, "If-Match: \"%s\"", bucket_version(&other));
    cr_expect_eq(bucket_send(&other, "PUT", "paula", picture.data, picture.length, condition), 200,
                 "%d", other.answer.status);
    cr_expect(has_picture(&ceph, "users/paula", 3));

    cr_expect_eq(bucket_get(&rig, "quirin"), 404);
    cr_expect_eq(bucket_put(&other, "quirin", 2), 200);
    cr_expect_eq(bucket_send(&rig, "PUT", "quirin", picture.data, picture.length,
                             "If-None-Match: *"),
                 412, "%d", rig.answer.status);
    cr_expect(has_picture(&ceph, "users/quirin", 2));
    buffer_free(&picture);
    rig_close(&other);
    rig_close(&rig);
}

#define VERSIONS "{\"source\":\"users\",\"ids\":[\"otto\"]}"

/* Polls `r`, and asks it for nothing else, until it knows this version. */
static bool await_version(struct rig *r, const char *version)
{
    static const char *const fields[] = {"Content-Type: application/json", NULL};
    char wanted[64];

    snprintf(wanted, sizeof wanted, "\"version\":\"%s\"", version);
    for (int64_t until_ms = clock_boot_ms() + 20000; clock_boot_ms() < until_ms;
         clock_sleep_ms(20)) {
        cr_assert_eq(rig_send(r, "POST", "/_visage/versions", fields, VERSIONS), 200, "%d",
                     r->answer.status);
        if (strstr(r->answer.body.data, wanted))
            return true;
    }
    return false;
}

Test(bucket, who_polls_one_machine_learns_what_another_has_taken)
{
    static const char open[] = "admin { open_versions = yes }";
    static struct rig other;
    const struct ceph ceph = ceph_need();

    open_with(&rig, ceph.port, (struct bucket_options){.top = open, .ttl = "1s"});
    open_with(&other, ceph.port, (struct bucket_options){.top = open, .ttl = "1s"});
    for (unsigned seed = 1; seed <= 2; seed++) {
        char version[32];

        cr_expect_eq(bucket_put(&rig, "otto", seed), 200);
        snprintf(version, sizeof version, "%s", bucket_version(&rig));
        cr_expect(await_version(&other, version), "%u: %s", seed, other.answer.body.data);
        cr_expect(await_version(&rig, version), "%u: %s", seed, rig.answer.body.data);
    }
    cr_expect_eq(bucket_delete(&rig, "otto"), 204);
    rig_close(&other);
    rig_close(&rig);
}

/* A store may not compare at a deletion, and Ceph does not: it is asked right before. */
Test(bucket, machines_do_not_delete_what_they_have_not_seen)
{
    static struct rig other;
    const struct ceph ceph = ceph_need();
    char condition[64];

    open_one(&rig, &ceph);
    open_one(&other, &ceph);
    cr_expect_eq(bucket_put(&rig, "rosa", 1), 200);
    snprintf(condition, sizeof condition, "If-Match: \"%s\"", bucket_version(&rig));
    cr_expect_eq(bucket_get(&other, "rosa"), 200);
    cr_expect_eq(bucket_put(&rig, "rosa", 2), 200);
    cr_expect_eq(bucket_send(&other, "DELETE", "rosa", NULL, 0, condition), 412, "%d",
                 other.answer.status);
    cr_expect(has_picture(&ceph, "users/rosa", 2));
    /* What is right is right everywhere, at once. */
    snprintf(condition, sizeof condition, "If-Match: \"%s\"", bucket_version(&rig));
    cr_expect_eq(bucket_send(&other, "DELETE", "rosa", NULL, 0, condition), 204, "%d",
                 other.answer.status);
    rig_close(&other);
    rig_close(&rig);
}

Test(bucket, what_a_machine_knows_is_good_on_each)
{
    static struct rig other;
    const struct ceph ceph = ceph_need();
    struct buffer picture = {0};
    char condition[64];

    open_one(&rig, &ceph);
    open_one(&other, &ceph);
    bucket_picture(3, &picture);
    cr_expect_eq(bucket_get(&other, "sven"), 404);
    cr_expect_eq(bucket_put(&rig, "sven", 1), 200);
    cr_expect_eq(bucket_get(&other, "sven"), 404, "it is remembered there");
    snprintf(condition, sizeof condition, "If-Match: \"%s\"", bucket_version(&rig));
    cr_expect_eq(bucket_send(&other, "PUT", "sven", picture.data, picture.length, condition), 200,
                 "%d", other.answer.status);
    cr_expect(has_picture(&ceph, "users/sven", 3));
    buffer_free(&picture);
    rig_close(&other);
    rig_close(&rig);
}

/* Nothing tells the other machine's web server, so it has no file of it. */
Test(bucket, what_is_deleted_is_gone_on_each_machine_within_the_ttl)
{
    static struct rig other;
    const struct ceph ceph = ceph_need();
    char target[128], path[FILES_PATH_MAX];

    open_one(&rig, &ceph);
    open_with(&other, ceph.port,
              (struct bucket_options){.top = "publish_root = \"@STATE@/published\""});
    cr_expect_eq(bucket_put(&rig, "thea", 1), 200);
    snprintf(target, sizeof target, "/v/%s/s64/users/thea.png", bucket_version(&rig));
    cr_expect_eq(rig_get(&other, "%s", target), 200);
    cr_expect_eq(rig_get(&other, "%s", target), 200);
    cr_expect_eq(bucket_delete(&rig, "thea"), 204);
    bucket_pass(&other);
    cr_expect_eq(rig_get(&other, "%s", target), 404, "%d", other.answer.status);
    files_path(path, "%s/published/v", other.state);
    cr_expect_eq(files_count(path), 0u);
    rig_close(&other);
    rig_close(&rig);
}

/* On the machine where it was replaced. */
Test(bucket, what_is_replaced_is_gone_at_once)
{
    const struct ceph ceph = ceph_need();
    char target[128], old[65];

    open_one(&rig, &ceph);
    cr_expect_eq(bucket_put(&rig, "berta", 1), 200);
    snprintf(target, sizeof target, "/v/%s/s64/users/berta.png", bucket_version(&rig));
    cr_expect_eq(rig_get(&rig, "%s", target), 200);
    snprintf(old, sizeof old, "%s", drawn(&rig, "berta"));

    cr_expect_eq(bucket_put(&rig, "berta", 2), 200);
    cr_expect_str_neq(drawn(&rig, "berta"), old);
    cr_expect_eq(rig_get(&rig, "%s", target), 302);
    rig_close(&rig);
}

Test(bucket, a_wrong_secret_is_told_of)
{
    const struct ceph ceph = ceph_need();
    struct buffer found = {0};

    open_with(&rig, ceph.port, (struct bucket_options){.secret_key = "another"});
    cr_expect_eq(bucket_put(&rig, "carl", 1), 503);
    cr_expect_eq(rig_logged(&rig, "event=bucket source=users what=put cause=origin-denied "
                                  "status=403"),
                 1u);
    cr_expect_eq(bucket_delete(&rig, "carl"), 503);
    cr_expect_eq(bucket_get(&rig, "carl"), 502);
    cr_expect_eq(look(&ceph, "users/carl", &found), 404);
    cr_expect_eq(bucket_left(&rig), 0u);
    buffer_free(&found);
    rig_close(&rig);
}

/* Its connections stay open, and nothing comes. */
Test(bucket, a_store_that_hangs_costs_no_picture)
{
    const struct ceph ceph = ceph_need();
    char before[65];

    open_with(&rig, ceph.port, (struct bucket_options){.timeout = "5s"});
    cr_expect_eq(bucket_put(&rig, "dora", 1), 200);
    snprintf(before, sizeof before, "%s", drawn(&rig, "dora"));
    bucket_pass(&rig);
    ceph_stop(&ceph);
    cr_expect_eq(bucket_put(&rig, "dora", 2), 503);
    cr_expect_eq(bucket_left(&rig), 0u);
    cr_expect_str_eq(drawn(&rig, "dora"), before);
    ceph_continue(&ceph);
    cr_expect_eq(bucket_put(&rig, "dora", 3), 200);
    cr_expect(has_picture(&ceph, "users/dora", 3));
    cr_expect_str_neq(drawn(&rig, "dora"), before);
    rig_close(&rig);
}

/* Its answer was 503; then others have come, and are kept. */
Test(bucket, an_upload_that_comes_late_replaces_nothing)
{
    static const char *const ids[] = {"late", "later"};
    const struct ceph ceph = ceph_need();
    struct relay *relay = relay_start(ceph.port);

    open_with(&rig, relay_port(relay),
              (struct bucket_options){.timeout = "1s", .fetch = "retries = 0"});
    cr_expect_eq(bucket_put(&rig, "later", 1), 200);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char key[32];
        int late;

        snprintf(key, sizeof key, "users/%s", ids[i]);
        relay_hold(relay, "PUT");
        cr_expect_eq(bucket_put(&rig, ids[i], 2), 503, "%s: %d", ids[i], rig.answer.status);
        cr_expect_eq(bucket_put(&rig, ids[i], 3), 200, "%s: %d", ids[i], rig.answer.status);
        late = relay_release(relay);
        cr_expect_eq(late, 412, "%s: %d", ids[i], late);
        cr_expect(has_picture(&ceph, key, 3), "%s", ids[i]);
    }
    rig_close(&rig);
    relay_stop(&relay);
}

/* As they stand in our URLs, and as the store has them in its own. */
Test(bucket, awkward_ids_are_found_again)
{
    static const struct {
        const char *id, *key;
    } cases[] = {
        {"anna@example.org", "users/anna%40example.org"},
        {"a%20b", "users/a%20b"},
        {"a+b", "users/a%2Bb"},
        {"a=b:c", "users/a%3Db%3Ac"},
        {"~a-b_c.d", "users/~a-b_c.d"},
        {"j%C3%BCrgen", "users/j%C3%BCrgen"},
        {"%E6%9D%8E", "users/%E6%9D%8E"},
        {"50%25", "users/50%25"},
        {"!*'();&,$", "users/%21%2A%27%28%29%3B%26%2C%24"},
    };
    const struct ceph ceph = ceph_need();

    open_one(&rig, &ceph);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_expect_eq(bucket_put(&rig, cases[i].id, 7), 200, "%s: %d", cases[i].id,
                     rig.answer.status);
        cr_expect(has_picture(&ceph, cases[i].key, 7), "%s", cases[i].key);
        cr_expect_eq(bucket_get(&rig, cases[i].id), 200, "%s: %d", cases[i].id, rig.answer.status);
        cr_expect_eq(bucket_delete(&rig, cases[i].id), 204, "%s", cases[i].id);
    }
    rig_close(&rig);
}

/* A picture with so many comments that it has this length. */
static void make_large(size_t wanted, struct buffer *out)
{
    struct buffer picture = {0};
    static char zeros[65533];
    size_t left;

    bucket_picture(5, &picture);
    left = wanted - picture.length;
    cr_assert_eq(buffer_append(out, picture.data, 2), 0);
    while (left > 0) {
        size_t piece = left > 65537 + 4 ? 65537 : left > 65537 ? left / 2 : left;
        const unsigned char head[] = {0xff, 0xfe, (unsigned char)((piece - 2) >> 8),
                                      (unsigned char)(piece - 2)};

        cr_assert_eq(buffer_append(out, head, sizeof head), 0);
        cr_assert_eq(buffer_append(out, zeros, piece - sizeof head), 0);
        left -= piece;
    }
    cr_assert_eq(buffer_append(out, picture.data + 2, picture.length - 2), 0);
    cr_assert_eq(out->length, wanted);
    buffer_free(&picture);
}

/* The upload, and then what is drawn of it, which fetches it. */
static void expect_little(pid_t worker, const struct buffer *large)
{
    char prefix[FILES_PATH_MAX], socket[FILES_PATH_MAX];
    const struct held_upload upload = {
        .socket = socket,
        .worker = worker,
        .method = "PUT",
        .uri = "/users/large",
        .authorization = "Bearer " BUCKET_API_KEY,
        .content_type = "image/jpeg",
        .bytes = large->data,
        .length = large->length,
    };
    struct held_growth growth;
    long private_kb, peak_kb;
    int rc;

    frame_socket(&rig, prefix);
    files_path(socket, "%s-0", prefix);
    rc = held_send(&upload, &growth);
    cr_assert_eq(rc, 0, "%s", strerror(-rc));
    cr_expect_eq(growth.status, 200, "%d", growth.status);
    cr_expect_leq(growth.held_kb, HELD_MAX_KB, "%ld", growth.held_kb);
    cr_expect_leq(growth.after_kb, HELD_MAX_KB, "%ld", growth.after_kb);
    cr_expect_leq(growth.peak_kb, HELD_PEAK_MAX_KB, "%ld", growth.peak_kb);

    private_kb = memory_private_kb(worker);
    cr_assert_eq(memory_forget_peak(worker), 0);
    peak_kb = memory_peak_kb(worker);
    cr_expect_eq(bucket_get(&rig, "large"), 200);
    cr_expect_leq(memory_private_kb(worker), private_kb + HELD_MAX_KB);
    cr_expect_leq(memory_peak_kb(worker), peak_kb + HELD_PEAK_MAX_KB);
}

Test(bucket, a_large_one_goes_both_ways_without_much_memory_at_any_moment)
{
    const struct ceph ceph = ceph_need();
    struct buffer large = {0}, found = {0};
    struct workers workers;

    open_with(&rig, ceph.port, (struct bucket_options){.top = "keep_original_max = \"16M\""});
    make_large(LARGE, &large);
    /* All that it needs for anything at all. */
    cr_expect_eq(bucket_put(&rig, "emil", 1), 200);
    cr_expect_eq(bucket_get(&rig, "emil"), 200);
    workers_find(rig.state, &workers);
    cr_assert_eq(workers.count, 1u);
    expect_little(workers.pids[0], &large);
    cr_expect_eq(look(&ceph, "users/large", &found), 200);
    cr_expect(found.length > large.length &&
              memcmp(found.data + found.length - large.length, large.data, large.length) == 0);
    buffer_free(&large);
    buffer_free(&found);
    rig_close(&rig);
}

Test(bucket, objects_of_others_are_read)
{
    const struct ceph ceph = ceph_need();
    char path[FILES_PATH_MAX];
    struct buffer picture = {0}, found = {0};
    const char *const arguments[] = {"-T", path, NULL};

    open_one(&rig, &ceph);
    bucket_picture(9, &picture);
    files_path(path, "%s/picture", rig.directory);
    files_write_bytes(path, picture.data, picture.length, 0600);
    cr_assert_eq(ceph_ask(&ceph, "objects/frida%40example.org.jpg", arguments, &found), 200);
    cr_expect_eq(rig_get(&rig, "/s64/objects/frida@example.org.png"), 200);
    cr_expect(answer_is_sound(&rig.answer));
    cr_expect_eq(rig_get(&rig, "/s64/objects/nobody.png"), 404);
    buffer_free(&picture);
    buffer_free(&found);
    rig_close(&rig);
}

int main(int argc, char **argv)
{
    return ceph_is_settled() ? run_tests(argc, argv) : ceph_run_again(argv);
}

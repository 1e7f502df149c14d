/* SPDX-License-Identifier: MIT
 *
 * visage top: sums over subjects, in order, however many there are.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "ctl/command.h"

RIG_SUITE(ctl_top);

#define MANY 3000

static void ask(struct rig *rig, const char *target, unsigned times)
{
    while (times-- > 0)
        cr_assert_eq(rig_get(rig, "%s", target), 200);
}

/* Whether `a` stands before `b`, and both do. */
static bool is_before(const struct buffer *output, const char *a, const char *b)
{
    const char *at_a = strstr(output->data, a), *at_b = strstr(output->data, b);

    return at_a && at_b && at_a < at_b;
}

Test(ctl_top, the_most_requested_subject_comes_first_with_all_its_variants)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    ask(&rig, "/s64/o/ok/seldom.jpg", 3);
    ask(&rig, "/s64/o/ok/often.jpg", 5);
    ask(&rig, "/s128/o/ok/often.webp", 5);
    ask(&rig, "/s64/o/ok/never-again.jpg", 1);
    cr_assert_eq(command_run(&rig, &output, "top", "--by", "requests", NULL), 0);
    cr_expect(is_before(&output, "o/ok/often\n", "o/ok/seldom\n"), "%s", output.data);
    EXPECT_SAYS(output, "REQUESTS");
    /* The original and two variants. */
    EXPECT_SAYS(output, "        3  o/ok/often\n");
    EXPECT_SAYS_NOT(output, "Largest");
    cr_assert_eq(command_run(&rig, &output, "top", "--by", "requests", "-n", "1", NULL), 0);
    EXPECT_SAYS(output, "o/ok/often\n");
    EXPECT_SAYS_NOT(output, "o/ok/seldom");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_top, all_three_lists_for_people_and_for_programs)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    ask(&rig, "/s64/o/ok/photo.jpg", 2);
    cr_assert_eq(rig_get(&rig, "/s64/o/status/500/x.jpg"), 502);
    cr_assert_eq(command_run(&rig, &output, "top", NULL), 0);
    cr_expect(is_before(&output, "Most requested", "Largest"));
    cr_expect(is_before(&output, "Largest", "Origins that fail"));
    EXPECT_SAYS(output, "origin-error");
    EXPECT_SAYS(output, "http://127.0.0.1:");
    cr_assert_eq(command_run(&rig, &output, "top", "--json", NULL), 0);
    cr_expect(command_is_json(output.data), "%s", output.data);
    EXPECT_SAYS(output, "\"subject\":\"o/ok/photo\"");
    EXPECT_SAYS(output, "\"last_failure\":\"origin-error\"");
    EXPECT_SAYS(output, "\"failures\":[{");
    cr_assert_eq(command_run(&rig, &output, "top", "--json", "--by", "size", NULL), 0);
    cr_expect(command_is_json(output.data), "%s", output.data);
    EXPECT_SAYS_NOT(output, "\"failures\"");
    buffer_free(&output);
    rig_close(&rig);
}

static void insert(struct cache *cache, const char *text, size_t length)
{
    static const char zeros[200000];
    struct entry e = {.kind = ENTRY_VARIANT,
                      .type = PICTURE_JPEG,
                      .length = length,
                      .generation = cache_generation(cache),
                      .fetched_ms = 1,
                      .expires_ms = INT64_MAX};
    struct blob_writer writer;
    struct digest key;

    snprintf(e.text, sizeof e.text, "%s", text);
    cr_assert_eq(blob_writer_begin(&writer, cache_blobs(cache)), 0);
    cr_assert_eq(blob_writer_add(&writer, zeros, length), 0);
    cr_assert_eq(blob_writer_finish(&writer, &e.blob), 0);
    cr_assert_eq(cache_key(text, &key), 0);
    cr_assert_eq(cache_insert(cache, &key, &e, &writer), 0);
}

Test(ctl_top, finds_the_largest_of_many)
{
    struct buffer output = {0};
    struct cache *cache;
    static struct rig rig;
    char text[64];

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cache = command_open_cache(&rig, CACHE_TOOL);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "o/ok/p%u?w=%u", i % (MANY / 2), i);
        insert(cache, text, i == 700 ? 100000 : i == 900 ? 50000 : 100);
    }
    command_close_cache(&cache);
    cr_assert_eq(command_run(&rig, &output, "top", "--by", "size", "-n", "3", NULL), 0);
    cr_expect(is_before(&output, "o/ok/p700\n", "o/ok/p900\n"), "%s", output.data);
    /* 25 blocks and one, of two variants. */
    EXPECT_SAYS(output, " 104 KiB        2  o/ok/p700\n");
    cr_expect_eq(command_count(output.data, "\n"), 4u, "%s", output.data);
    cr_assert_eq(command_run(&rig, &output, "top", "--by", "size", "-n", "1000", NULL), 0);
    cr_expect_eq(command_count(output.data, "\n"), 1001u);
    cr_expect_eq(command_count(output.data, "(gone)"), 0u);
    cr_assert_eq(command_run(&rig, &output, "top", "--by", "requests", NULL), 0);
    cr_expect_str_eq(output.data, "none\n");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_top, what_was_purged_does_not_count)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 1});
    ask(&rig, "/s64/o/ok/one.jpg", 2);
    ask(&rig, "/s64/o/ok/two.jpg", 2);
    cr_assert_eq(command_run(&rig, &output, "purge", "--subject", "o/ok/one", NULL), 0);
    cr_assert_eq(command_run(&rig, &output, "top", "--by", "size", NULL), 0);
    EXPECT_SAYS(output, "o/ok/two\n");
    EXPECT_SAYS_NOT(output, "o/ok/one");
    buffer_free(&output);
    rig_close(&rig);
}

Test(ctl_top, wrong_use_is_told)
{
    struct buffer output = {0};
    static struct rig rig;

    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    cr_expect_eq(command_run(&rig, &output, "top", "--by", "name", NULL), 2);
    EXPECT_SAYS(output, "requests, size and failures");
    cr_expect_eq(command_run(&rig, &output, "top", "-n", "0", NULL), 2);
    EXPECT_SAYS(output, "from 1 to 1000");
    cr_expect_eq(command_run(&rig, &output, "top", "-n", "-1", NULL), 2);
    cr_expect_eq(command_run(&rig, &output, "top", "here", NULL), 2);
    buffer_free(&output);
    rig_close(&rig);
}

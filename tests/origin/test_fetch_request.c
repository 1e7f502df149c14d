/* SPDX-License-Identifier: MIT
 *
 * What a fetch can be asked for beyond a source's pictures, and what it tells of
 * answers that are none.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "origin/fetch_rig.h"

static struct rig rig;

static void set_up(void)
{
    rig_start(&rig);
}

static void tear_down(void)
{
    rig_stop(&rig);
}

TestSuite(fetch_request, .init = set_up, .fini = tear_down);

/* Of the rig's origin, behind `path`. */
static const char *url_of(const char *path)
{
    static char url[256];
    char base[64];

    snprintf(url, sizeof url, "%s%s", rig_base(rig.origin, base), path);
    return url;
}

Test(fetch_request, a_url_stands_in_for_the_template)
{
    rig.request.url = url_of("/ok/a%2Fb?x=1");
    cr_expect_eq(rig_fetch(&rig, "status/404/x"), CAUSE_NONE);
    cr_expect(rig.same);
    cr_expect_eq(rig.received, rig.picture_length);
    cr_expect_eq(origin_total(rig.origin), 1u);
}

Test(fetch_request, a_stranger_gets_nothing_that_is_configured)
{
    char username[] = "user", password[] = "secret";

    rig.source_config.username = username;
    rig.source.password = password;
    rig_add_header(&rig, "X-Key: secret");
    rig.request.etag = "\"1\"";
    rig.request.url = url_of("/ok/mine");
    cr_expect_eq(rig_fetch(&rig, ""), CAUSE_NONE);
    cr_expect(rig_sent(rig.origin, "/ok/mine", "X-Key", "secret"));
    cr_expect(rig_sent(rig.origin, "/ok/mine", "Authorization", "Basic dXNlcjpzZWNyZXQ="));
    rig.request.foreign = true;
    rig.request.url = url_of("/ok/theirs");
    cr_expect_eq(rig_fetch(&rig, ""), CAUSE_NONE);
    cr_expect(rig_sent(rig.origin, "/ok/theirs", "X-Key", NULL));
    cr_expect(rig_sent(rig.origin, "/ok/theirs", "Authorization", NULL));
    cr_expect(rig_sent(rig.origin, "/ok/theirs", "If-None-Match", NULL));
}

Test(fetch_request, redirects_may_be_ruled_out)
{
    cr_expect_eq(rig_fetch(&rig, "redirect/1/a"), CAUSE_NONE);
    origin_reset(rig.origin);
    rig.request.stay = true;
    cr_expect_eq(rig_fetch(&rig, "redirect/1/a"), CAUSE_ORIGIN_REDIRECTS);
    cr_expect_eq(origin_total(rig.origin), 1u);
    cr_expect_eq(rig_fetch(&rig, "ok/a"), CAUSE_NONE);
}

Test(fetch_request, other_media_types_may_be_wanted)
{
    rig.request.accept = "application/json";
    cr_expect_eq(rig_fetch(&rig, "ok/json"), CAUSE_NONE);
    cr_expect(rig_sent(rig.origin, "/ok/json", "Accept", "application/json"));
}

Test(fetch_request, a_bound_of_its_own)
{
    rig.request.max_bytes = rig.picture_length;
    cr_expect_eq(rig_fetch(&rig, "ok/a"), CAUSE_NONE);
    rig.request.max_bytes = rig.picture_length - 1;
    cr_expect_eq(rig_fetch(&rig, "ok/a"), CAUSE_ORIGIN_TOO_LARGE);
    cr_expect_eq(rig_fetch(&rig, "drip/1/a"), CAUSE_ORIGIN_TOO_LARGE);
    /* No more than what is configured. */
    rig.request.max_bytes = 4 * RIG_MAX_BYTES;
    cr_expect_eq(rig_fetch(&rig, "huge/2000000/a"), CAUSE_ORIGIN_TOO_LARGE);
}

Test(fetch_request, how_the_body_of_an_error_begins)
{
    static const char json[] = "{\"message\":\"Blob not found\"}";
    char large[4 * FETCH_SAID_MAX];

    cr_expect_eq(rig_fetch(&rig, "ok/a"), CAUSE_NONE);
    cr_expect_str_eq(rig.result.said, "");
    cr_assert_eq(origin_add_picture(rig.origin, "json", json, strlen(json), "application/json"), 0);
    cr_assert_eq(origin_script(rig.origin, "a", "400 picture=json"), 0);
    cr_expect_eq(rig_fetch(&rig, "script/a"), CAUSE_ORIGIN_BAD_STATUS);
    cr_expect_str_eq(rig.result.said, json);
    cr_expect_eq(rig.received, 0u);

    memset(large, 'x', sizeof large);
    cr_assert_eq(origin_add_picture(rig.origin, "large", large, sizeof large, "text/plain"), 0);
    cr_assert_eq(origin_script(rig.origin, "b", "500 picture=large"), 0);
    cr_expect_eq(rig_fetch(&rig, "script/b"), CAUSE_ORIGIN_ERROR);
    cr_expect_eq(strlen(rig.result.said), (size_t)FETCH_SAID_MAX - 1);
    cr_expect_eq(rig_fetch(&rig, "endless-status/404/a"), CAUSE_ORIGIN_NOT_FOUND);
    cr_expect_lt(strlen(rig.result.said), (size_t)FETCH_SAID_MAX);
}

Test(fetch_request, an_empty_body_is_told_from_a_cut_one)
{
    cr_expect_eq(rig_fetch(&rig, "empty/a"), CAUSE_ORIGIN_TRUNCATED);
    cr_expect(rig.result.empty);
    cr_expect_eq(rig_fetch(&rig, "truncated/a"), CAUSE_ORIGIN_TRUNCATED);
    cr_expect_not(rig.result.empty);
    cr_expect_eq(rig_fetch(&rig, "status/404/a"), CAUSE_ORIGIN_NOT_FOUND);
    cr_expect_not(rig.result.empty);
    cr_expect_eq(rig_fetch(&rig, "ok/a"), CAUSE_NONE);
    cr_expect_not(rig.result.empty);
}

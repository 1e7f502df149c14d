/* SPDX-License-Identifier: MIT
 *
 * Eight bytes of a time, then Cache-Control, Expires, Date, Age and Pragma, a line
 * each.
 */
#include <stdlib.h>

#include "fuzz/fuzz.h"
#include "http/freshness.h"

#define YEAR_MS (INT64_C(365) * 24 * 3600 * 1000)

static void require_within(const struct freshness *said, const struct freshness_policy *policy,
                           int64_t now_ms)
{
    bool unwilling = said->no_store || said->is_private;
    struct freshness_times times;

    freshness_apply(said, policy, now_ms, &times);
    REQUIRE(times.store == (!unwilling || policy->keep_private));
    REQUIRE(times.expires_ms >= now_ms + policy->ttl_min_ms);
    REQUIRE(times.expires_ms <= now_ms + policy->ttl_max_ms);
    REQUIRE(times.refresh_until_ms >= times.expires_ms &&
            times.refresh_until_ms <= times.expires_ms + policy->stale_ms);
    REQUIRE(times.stale_until_ms >= times.expires_ms &&
            times.stale_until_ms <= times.expires_ms + policy->stale_ms);
}

static void read_all(const struct freshness_fields *fields, int64_t now_ms)
{
    struct freshness_policy policy = {
        .ttl_min_ms = 1000, .ttl_ms = 86400000, .ttl_max_ms = YEAR_MS, .stale_ms = 7 * 86400000};
    struct freshness said;

    freshness_read(fields, now_ms - 100, now_ms, &said);
    REQUIRE(said.lifetime_ms >= 0 && said.age_ms >= 0);
    REQUIRE(said.is_explicit || said.lifetime_ms == 0);
    REQUIRE(said.while_revalidate_ms >= -1 && said.if_error_ms >= -1);
    REQUIRE(!said.no_cache || said.must_revalidate);
    require_within(&said, &policy, now_ms);
    policy.keep_private = true;
    require_within(&said, &policy, now_ms);
}

/* A field that is empty is taken as not there. */
static const char *field(const char *text)
{
    return *text ? text : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    int64_t now_ms = (int64_t)(fuzz_number(&in) % (uint64_t)(1000 * YEAR_MS));
    char *texts[5];

    for (size_t i = 0; i < 5; i++)
        texts[i] = fuzz_line(&in);
    read_all(&(struct freshness_fields){.cache_control = field(texts[0]),
                                        .expires = field(texts[1]),
                                        .date = field(texts[2]),
                                        .age = field(texts[3]),
                                        .pragma = field(texts[4])},
             now_ms);
    for (size_t i = 0; i < 5; i++)
        free(texts[i]);
    return 0;
}

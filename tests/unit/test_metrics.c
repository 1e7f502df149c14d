/* SPDX-License-Identifier: MIT */
#include "serve/metrics.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/exposition.h"
#include "unit/observation_fixture.h"
#include "unit/promtool.h"
#include "unit/well_formed.h"

#define DAYS (DAY_EXTREME + 1)
#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct buffer written(const struct observed *observed, enum metrics_format format)
{
    struct buffer text = {0};

    cr_assert_eq(metrics_write(&observed->o, &observed->config, format, &text), 0);
    return text;
}

static struct exposition *exposed(const struct observed *observed, enum metrics_format format)
{
    struct buffer text = written(observed, format);
    struct exposition *e = exposition_read(text.data, format == METRICS_OPENMETRICS);

    cr_expect_str_empty(e->error, "%s", e->error);
    buffer_free(&text);
    return e;
}

static void expect_value(const struct exposition *e, const char *name, const char *labels,
                         const char *value)
{
    const char *found = exposition_value(e, name, labels);

    cr_expect_not_null(found, "no %s{%s}", name, labels);
    if (found)
        cr_expect_str_eq(found, value, "%s{%s}: %s", name, labels, found);
}

Test(metrics, the_format_is_chosen_by_accept)
{
    static const struct {
        const char *accept;
        enum metrics_format format;
    } cases[] = {
        {NULL, METRICS_PROMETHEUS},
        {"", METRICS_PROMETHEUS},
        {"*/*", METRICS_PROMETHEUS},
        {"text/html,application/xhtml+xml,*/*;q=0.8", METRICS_PROMETHEUS},
        {"text/plain", METRICS_PROMETHEUS},
        {"application/openmetrics-text", METRICS_OPENMETRICS},
        {"Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8", METRICS_OPENMETRICS},
        {"application/openmetrics-text; version=\"1.0.0\"", METRICS_OPENMETRICS},
        {"application/openmetrics-text; version=2.0.0", METRICS_PROMETHEUS},
        {"application/openmetrics-text; version=0.0.1", METRICS_PROMETHEUS},
        {"application/openmetrics-text, text/plain", METRICS_OPENMETRICS},
        {"application/openmetrics-text;q=0.5, text/plain;q=0.6", METRICS_PROMETHEUS},
        {"application/openmetrics-text;q=0, text/plain;q=0", METRICS_PROMETHEUS},
        {"application/openmetrics-text;q=0, */*", METRICS_PROMETHEUS},
        {"application/*, text/plain;q=0.5", METRICS_OPENMETRICS},
        {"application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
         "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
         METRICS_OPENMETRICS},
        {"application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
         "encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;"
         "escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
         METRICS_OPENMETRICS},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        cr_expect_eq(metrics_choose(cases[i].accept), cases[i].format, "[%s]",
                     cases[i].accept ? cases[i].accept : "(none)");
    cr_expect_str_eq(metrics_media_type(METRICS_OPENMETRICS),
                     "application/openmetrics-text; version=1.0.0; charset=utf-8");
    cr_expect_str_eq(metrics_media_type(METRICS_PROMETHEUS),
                     "text/plain; version=0.0.4; charset=utf-8");
}

Test(metrics, keep_to_both_formats_whatever_was_observed)
{
    for (int day = 0; day < DAYS; day++) {
        struct observed *observed = observed_make((enum observed_day)day);

        free(exposed(observed, METRICS_PROMETHEUS));
        free(exposed(observed, METRICS_OPENMETRICS));
        observed_free(observed);
    }
}

Test(metrics, both_formats_have_the_same_samples)
{
    struct observed *observed = observed_make(DAY_BAD);
    struct exposition *old = exposed(observed, METRICS_PROMETHEUS);
    struct exposition *open = exposed(observed, METRICS_OPENMETRICS);

    cr_expect_eq(old->count, open->count);
    for (size_t i = 0; i < old->count; i++)
        expect_value(open, old->samples[i].name, old->samples[i].labels, old->samples[i].value);
    free(old);
    free(open);
    observed_free(observed);
}

Test(metrics, every_counter_is_there_once)
{
    struct observed *observed = observed_make(DAY_EMPTY);
    struct buffer json = {0};
    struct exposition *e;

    for (int c = 0; c < COUNTERS; c++)
        observed->o.total.counters[c] = 900000 + (uint64_t)c;
    e = exposed(observed, METRICS_PROMETHEUS);
    cr_assert_eq(metrics_write_json(&observed->o, &observed->config, &json), 0);
    for (int c = 0; c < COUNTERS; c++) {
        char value[32], member[34];
        size_t found = 0;

        snprintf(value, sizeof value, "%d", 900000 + c);
        snprintf(member, sizeof member, ":%s", value);
        for (size_t i = 0; i < e->count; i++)
            found += strcmp(e->samples[i].value, value) == 0;
        cr_expect_eq(found, 1, "%s is there %zu times",
                     scoreboard_counter_name((enum counter)c), found);
        cr_expect_not_null(strstr(json.data, member), "%s is not in the JSON",
                           scoreboard_counter_name((enum counter)c));
    }
    expect_value(e, "visage_requests_total", "", "900000");
    expect_value(e, "visage_answers_total", "result=\"hit\"", "900001");
    expect_value(e, "visage_answers_total", "result=\"miss\"", "900002");
    buffer_free(&json);
    free(e);
    observed_free(observed);
}

Test(metrics, latencies_are_cumulative_histograms_in_seconds)
{
    struct observed *observed = observed_make(DAY_EMPTY);
    struct exposition *e;

    observed->o.total.latency[LATENCY_HIT][0] = 3;
    observed->o.total.latency[LATENCY_HIT][4] = 5;
    observed->o.total.latency[LATENCY_HIT][LATENCY_BUCKETS - 1] = 2;
    observed->o.total.latency_us[LATENCY_HIT] = 61000500;
    observed->o.total.latency[LATENCY_MISS][1] = 7;
    e = exposed(observed, METRICS_OPENMETRICS);
#define BUCKET "visage_request_duration_seconds_bucket"
    expect_value(e, BUCKET, "result=\"hit\",le=\"0.0001\"", "3");
    expect_value(e, BUCKET, "result=\"hit\",le=\"0.0008\"", "3");
    expect_value(e, BUCKET, "result=\"hit\",le=\"0.0016\"", "8");
    expect_value(e, BUCKET, "result=\"hit\",le=\"26.2144\"", "8");
    expect_value(e, BUCKET, "result=\"hit\",le=\"+Inf\"", "10");
    expect_value(e, "visage_request_duration_seconds_count", "result=\"hit\"", "10");
    expect_value(e, "visage_request_duration_seconds_sum", "result=\"hit\"", "61.0005");
    expect_value(e, BUCKET, "result=\"miss\",le=\"0.0001\"", "0");
    expect_value(e, BUCKET, "result=\"miss\",le=\"+Inf\"", "7");
#undef BUCKET
    free(e);
    observed_free(observed);
}

Test(metrics, tell_room_and_processes)
{
    struct observed *observed = observed_make(DAY_QUIET);
    struct exposition *e = exposed(observed, METRICS_PROMETHEUS);

    expect_value(e, "visage_build_info", "version=\"" PACKAGE_VERSION "\"", "1");
    expect_value(e, "visage_cache_bytes", "", "1524713390");
    expect_value(e, "visage_cache_limit_bytes", "", "2147483648");
    expect_value(e, "visage_cache_low_water_bytes", "", "1932735283");
    expect_value(e, "visage_cache_pictures", "", "42117");
    expect_value(e, "visage_cache_remembered_failures", "", "1204");
    expect_value(e, "visage_cache_blobs", "", "38112");
    expect_value(e, "visage_published", "", "2718");
    expect_value(e, "visage_index_file_bytes", "", "25165824");
    expect_value(e, "visage_disk_free_bytes", "", "36507222016");
    expect_value(e, "visage_disk_min_free_bytes", "", "1073741824");
    expect_value(e, "visage_processes", "kind=\"worker\",state=\"idle\"", "4");
    expect_value(e, "visage_processes", "kind=\"worker\",state=\"fetching\"", "1");
    expect_value(e, "visage_processes", "kind=\"worker\",state=\"sweeping\"", "0");
    expect_value(e, "visage_processes", "kind=\"keeper\",state=\"evicting\"", "1");
    expect_value(e, "visage_busy_workers", "", "2");
    expect_value(e, "visage_busy_workers_limit", "", "7");
    expect_value(e, "visage_keeper_running", "", "1");
    expect_value(e, "visage_queued_tasks", "", "12");
    free(e);

    observed->o.disk_size = observed->o.disk_free = 0;
    e = exposed(observed, METRICS_PROMETHEUS);
    cr_expect_null(exposition_value(e, "visage_disk_free_bytes", ""), "it is not known");
    free(e);
    observed_free(observed);
}

Test(metrics, tell_what_came_of_each_origin)
{
    struct observed *observed = observed_make(DAY_BAD);
    struct gate_record *g = &observed->o.origins[2];
    struct exposition *e;

    g->fetched = 11;
    g->not_modified = 12;
    g->not_found = 13;
    g->failures = 14;
    g->bytes = 15;
    g->in_flight = 3;
    g->mean_ms = 1250;
    e = exposed(observed, METRICS_OPENMETRICS);
#define ORIGIN "origin=\"http://pictures.example:8080\""
    expect_value(e, "visage_origin_fetches_total", ORIGIN ",outcome=\"fetched\"", "11");
    expect_value(e, "visage_origin_fetches_total", ORIGIN ",outcome=\"not_modified\"", "12");
    expect_value(e, "visage_origin_fetches_total", ORIGIN ",outcome=\"not_found\"", "13");
    expect_value(e, "visage_origin_fetches_total", ORIGIN ",outcome=\"failed\"", "14");
    expect_value(e, "visage_origin_received_bytes_total", ORIGIN, "15");
    expect_value(e, "visage_origin_fetches_in_flight", ORIGIN, "3");
    expect_value(e, "visage_origin_fetch_mean_seconds", ORIGIN, "1.25");
    expect_value(e, "visage_origin_breaker_state", ORIGIN ",state=\"closed\"", "0");
    expect_value(e, "visage_origin_breaker_state", ORIGIN ",state=\"open\"", "1");
    expect_value(e, "visage_origin_breaker_state", ORIGIN ",state=\"half-open\"", "0");
    expect_value(e, "visage_origin_breaker_open_seconds", ORIGIN, "42.5");
    expect_value(e, "visage_origin_failures_in_row", ORIGIN, "9");
    expect_value(e, "visage_origin_last_failure_timestamp_seconds", ORIGIN, "1749565908");
    cr_expect_null(exposition_value(e, "visage_origin_last_failure_timestamp_seconds",
                                    "origin=\"https://cdn.example.net:443\""));
#undef ORIGIN
    free(e);
    observed_free(observed);
}

Test(metrics, uploads_are_told_where_they_are_kept_on_this_machine)
{
    struct observed *observed = observed_make(DAY_QUIET);
    struct exposition *e = exposed(observed, METRICS_OPENMETRICS);

    expect_value(e, "visage_store_subjects", "", "812");
    expect_value(e, "visage_store_versions", "", "1377");
    expect_value(e, "visage_store_bytes", "", "91234567");
    free(e);
    observed->o.has_store = false;
    observed->o.total.counters[COUNT_UPLOADS] = 31;
    observed->o.total.counters[COUNT_UPLOADS_REFUSED] = 4;
    observed->o.total.counters[COUNT_DELETIONS] = 2;
    e = exposed(observed, METRICS_PROMETHEUS);
    cr_expect_null(exposition_value(e, "visage_store_subjects", ""));
    expect_value(e, "visage_uploads_total", "result=\"taken\"", "31");
    expect_value(e, "visage_uploads_total", "result=\"refused\"", "4");
    expect_value(e, "visage_deletions_total", "", "2");
    free(e);
    observed_free(observed);
}

Test(metrics, label_values_are_escaped)
{
    struct observed *observed = observed_make(DAY_QUIET);
    struct exposition *e;

    strcpy(observed->o.origins[0].origin, "a\"b\\c\nd\xFF\x01}");
    e = exposed(observed, METRICS_OPENMETRICS);
    cr_expect_not_null(exposition_value(e, "visage_origin_fetch_mean_seconds",
                                        "origin=\"a\\\"b\\\\c\\nd\xEF\xBF\xBD\xEF\xBF\xBD}\""));
    free(e);
    observed_free(observed);
}

Test(metrics, promtool_has_nothing_to_complain_of)
{
    promtool_needed();
    for (int day = 0; day < DAYS; day++) {
        struct observed *observed = observed_make((enum observed_day)day);
        struct buffer text = written(observed, METRICS_PROMETHEUS);

        cr_expect_eq(promtool_run("promtool check metrics 1>&2", text.data), 0, "day %d", day);
        buffer_free(&text);
        observed_free(observed);
    }
}

/* ---- JSON ---- */

static struct buffer json_of(const struct observed *observed)
{
    struct buffer json = {0};
    const char *wrong;

    cr_assert_eq(metrics_write_json(&observed->o, &observed->config, &json), 0);
    wrong = well_formed_json(json.data, json.length);
    cr_expect_null(wrong, "%.80s", wrong ? wrong : "");
    return json;
}

Test(metrics, json_is_valid_whatever_was_observed)
{
    for (int day = 0; day < DAYS; day++) {
        struct observed *observed = observed_make((enum observed_day)day);
        struct buffer json = json_of(observed);

        buffer_free(&json);
        observed_free(observed);
    }
}

Test(metrics, json_is_valid_for_any_bytes_in_names)
{
    struct observed *observed = observed_make(DAY_QUIET);
    char source[256], *origin = observed->o.origins[0].origin;
    struct buffer json;

    for (int i = 1; i < 256; i++)
        source[i - 1] = origin[i - 1] = (char)i;
    source[255] = origin[255] = '\0';
    observed->o.workers[1].source = source;
    strcpy(observed->o.origins[1].origin, "\xE2\x82");
    free(observed->config.state_dir);
    observed->config.state_dir = strdup("\xF0\x9F\"\\\n");
    json = json_of(observed);
    cr_expect_not_null(strstr(json.data, "!\\\"#$%&'()*+,-./0123"));
    cr_expect_not_null(strstr(json.data, "\\u0001\\u0002"));
    buffer_free(&json);
    observed_free(observed);
}

Test(metrics, json_has_the_documented_keys)
{
    static const char *const pieces[] = {
        "{\"version\":\"" PACKAGE_VERSION "\",\"time_ms\":1749565925000,"
        "\"state_dir\":\"/var/lib/visage\"",
        "\"cache\":{\"bytes\":2186280960,\"limit_bytes\":2147483648,\"low_water_bytes\":1932735283,"
        "\"pictures\":42117,\"remembered_failures\":1204,\"blobs\":38112,\"published\":2718,"
        "\"index_bytes\":25165824,"
        "\"index_map_bytes\":1073741824,\"index_readers\":5}",
        "\"store\":{\"subjects\":812,\"versions\":1377,\"bytes\":91234567}",
        "\"disk\":{\"free_bytes\":629145600,\"size_bytes\":107374182400,"
        "\"min_free_bytes\":1073741824}",
        "\"workers\":{\"alive\":12,\"busy\":8,\"busy_limit\":9,\"list\":[",
        "\"keeper\":{\"alive\":false,\"queued\":231}",
        "\"total\":{\"from_ms\":null,\"to_ms\":null,\"hit_ratio\":0.",
        "\"last_hour\":{\"from_ms\":1749562380000,\"to_ms\":1749565925000,\"hit_ratio\":0.",
        "\"last_day\":{\"from_ms\":",
        "\"counters\":{\"requests\":", ",\"rate_limited\":0,",
        "\"latency\":{\"hit\":{\"count\":", ",\"buckets\":[{\"le\":0.0001,\"count\":",
        "{\"le\":null,\"count\":0}]}", "\"miss\":{\"count\":",
        "\"kind\":\"keeper\",\"state\":\"evicting\",\"state_seconds\":1.8,\"up_seconds\":",
        "\"state\":\"idle\",\"state_seconds\":null,", "\"source\":null}", "\"source\":\"gravatar\"}",
        "\"origin\":\"http://pictures.example:8080\",\"breaker\":{\"state\":\"open\","
        "\"open_seconds\":42.5,\"failures_in_row\":9},\"fetches\":{\"fetched\":5077,"
        "\"not_modified\":1269,\"not_found\":253,\"failed\":812},\"received_bytes\":121848000,",
        "\"last_failure\":{\"cause\":\"origin-unreachable\",\"time_ms\":1749565908000}",
        "\"last_failure\":null,\"last_success_ms\":",
    };
    struct observed *observed = observed_make(DAY_BAD);
    struct buffer json = json_of(observed);

    for (size_t i = 0; i < COUNT(pieces); i++)
        cr_expect_not_null(strstr(json.data, pieces[i]), "missing: %s", pieces[i]);
    buffer_free(&json);
    observed_free(observed);
}

Test(metrics, json_says_null_for_what_is_not_known)
{
    struct observed *observed = observed_make(DAY_EMPTY);
    struct buffer json = json_of(observed);

    cr_expect_not_null(strstr(json.data, "\"disk\":{\"free_bytes\":null,\"size_bytes\":null,"));
    cr_expect_not_null(strstr(json.data, "\"store\":null,"));
    cr_expect_not_null(strstr(json.data, "\"last_hour\":{\"from_ms\":null,\"to_ms\":null,"
                                         "\"hit_ratio\":null,"));
    cr_expect_not_null(strstr(json.data, "\"origins\":[]}\n"));
    buffer_free(&json);
    observed_free(observed);
}

/* SPDX-License-Identifier: MIT
 *
 * The dashboard and the alerts of contrib/ against the metrics that there are.
 */
#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "serve/metrics.h"
#include "unit/exposition.h"
#include "unit/observation_fixture.h"
#include "unit/promtool.h"
#include "unit/well_formed.h"

#define DASHBOARD "contrib/grafana/visage.json"
#define RULES "contrib/prometheus/visage.rules.yml"
#define RULES_TEST "contrib/prometheus/visage.rules.test.yml"

static void path_of(const char *name, char path[4096])
{
    const char *source = getenv("VISAGE_SOURCE_DIR");

    if (!source)
        cr_skip_test("VISAGE_SOURCE_DIR is not set");
    snprintf(path, 4096, "%s/%s", source, name);
}

static struct buffer contents(const char *name)
{
    struct buffer text = {0};
    char path[4096], bytes[4096];
    FILE *file;
    size_t n;

    path_of(name, path);
    file = fopen(path, "r");
    cr_assert_not_null(file, "%s", path);
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        cr_assert_eq(buffer_append(&text, bytes, n), 0);
    fclose(file);
    cr_assert_gt(text.length, 0);
    return text;
}

static struct exposition *metrics(void)
{
    struct observed *observed = observed_make(DAY_BAD);
    struct buffer text = {0};
    struct exposition *e;

    cr_assert_eq(metrics_write(&observed->o, &observed->config, METRICS_PROMETHEUS, &text), 0);
    e = exposition_read(text.data, false);
    buffer_free(&text);
    observed_free(observed);
    return e;
}

static bool is_of_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Every word that begins like the name of a metric is one. */
static void expect_known_names(const char *name)
{
    struct buffer text = contents(name);
    struct exposition *e = metrics();
    size_t found = 0;

    for (const char *p = text.data; (p = strstr(p, "visage_")) != NULL;) {
        size_t length = 0;

        while (is_of_name(p[length]))
            length++;
        if (p == text.data || !is_of_name(p[-1])) {
            cr_expect(exposition_has(e, p, length), "%s: there is no metric %.*s", name,
                      (int)length, p);
            found++;
        }
        p += length;
    }
    cr_expect_gt(found, 10);
    free(e);
    buffer_free(&text);
}

/* label="value" and label=~"value" after a metric's name: some sample has it, if the label is one
 * of Visage's own. `quote` is how a double quote is written in the file. */
static void expect_known_labels(const char *name, const char *quote)
{
    static const char *const labels[] = {"result", "outcome", "state", "kind"};
    struct buffer text = contents(name);
    struct exposition *e = metrics();
    size_t found = 0;

    for (size_t l = 0; l < sizeof labels / sizeof *labels; l++) {
        char begin[32];

        snprintf(begin, sizeof begin, "%s=%s", labels[l], quote);
        for (const char *p = text.data; (p = strstr(p, begin)) != NULL;) {
            char label[96];
            bool known = false;

            if (is_of_name(p[-1])) { /* "alertstate" */
                p++;
                continue;
            }
            p += strlen(begin);
            snprintf(label, sizeof label, "%s=\"%.*s\"", labels[l], (int)strcspn(p, "\\\""), p);
            for (size_t i = 0; i < e->count && !known; i++)
                known = strstr(e->samples[i].labels, label) != NULL;
            cr_expect(known, "%s: no sample has %s", name, label);
            found++;
        }
    }
    cr_expect_gt(found, 0);
    free(e);
    buffer_free(&text);
}

Test(monitoring, the_dashboard_is_valid_json_for_grafana_9)
{
    struct buffer text = contents(DASHBOARD);
    const char *wrong = well_formed_json(text.data, text.length), *version;

    cr_expect_null(wrong, "%.60s", wrong ? wrong : "");
    version = strstr(text.data, "\"schemaVersion\": ");
    cr_assert_not_null(version);
    cr_expect_geq(atoi(version + strlen("\"schemaVersion\": ")), 36);
    buffer_free(&text);
}

Test(monitoring, the_dashboard_asks_for_metrics_that_there_are)
{
    expect_known_names(DASHBOARD);
    expect_known_labels(DASHBOARD, "\\\"");
}

Test(monitoring, the_alerts_ask_for_metrics_that_there_are)
{
    expect_known_names(RULES);
    expect_known_labels(RULES, "\"");
    expect_known_names(RULES_TEST);
    expect_known_labels(RULES_TEST, "\"");
}

/* A metric that nobody looks at may as well not be there. */
Test(monitoring, the_dashboard_shows_what_is_counted)
{
    struct buffer text = contents(DASHBOARD);
    struct exposition *e = metrics();

    for (size_t i = 0; i < e->count; i++) {
        const char *name = e->samples[i].name;
        size_t length = strlen(name);

        if (length > 6 && strcmp(name + length - 6, "_total") == 0)
            cr_expect_not_null(strstr(text.data, name), "%s is not on the dashboard", name);
    }
    free(e);
    buffer_free(&text);
}

Test(monitoring, promtool_takes_the_alerts)
{
    char path[4096], command[4200];

    promtool_needed();
    path_of(RULES, path);
    snprintf(command, sizeof command, "promtool check rules '%s' 1>&2", path);
    cr_expect_eq(promtool_run(command, ""), 0);
}

Test(monitoring, the_alerts_fire_when_they_should_and_only_then)
{
    char path[4096], command[4200];

    promtool_needed();
    path_of(RULES_TEST, path);
    snprintf(command, sizeof command, "promtool test rules '%s' 1>&2", path);
    cr_expect_eq(promtool_run(command, ""), 0);
}

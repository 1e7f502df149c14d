/* SPDX-License-Identifier: MIT
 *
 * A table of pictures and their URLs and one of uploads and their grants: `visage url`, `visage
 * grant` and the signers in contrib/ make the same of them, byte for byte, and workers answer what
 * they make.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "rig/rig.h"
#include "rig/text.h"

RIG_SUITE(signers);

#define ROWS_MAX 200
#define VALUE_MAX 8192
#define RUN_MS 20000
#define PREFIX "/pictures/v2"

#define URLS "tests/signers/table.json"
#define GRANTS "tests/signers/grants.json"

/* The table's sources; all are at the rig's origin. */
static const char *const signed_sources[] = {"people", "umlaut", "long"};
#define SOURCE "source %s { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.0/8\"} " \
               "id_pattern = \".+\" %s }\n"

/* The sources of grants. */
static const char *const granting_sources[] = {"users", "umlaut", "long", "exact", "short"};
#define GRANTING "source %s { type = store id_pattern = \".+\" writers = {grant} " \
                 "grant_key_file = \"@DIR@/%s.keys\" }\n"

/* ---- the tables: a row on each line, so a little of JSON is enough ---- */

static struct buffer table;
static char *rows[ROWS_MAX];
static size_t row_count;

static void read_table(const char *name)
{
    buffer_clear(&table);
    row_count = 0;
    cr_assert(files_read(rig_shipped(name), &table));
    for (char *line = strtok(table.data, "\n"); line; line = strtok(NULL, "\n"))
        if (strncmp(line, "{\"name\": ", 9) == 0) {
            cr_assert_lt(row_count, (size_t)ROWS_MAX);
            rows[row_count++] = line;
        }
    cr_assert_geq(row_count, 40u);
}

/* The escapes that are in the table. */
static char unescape(const char **text)
{
    unsigned code = 0;

    switch (*++*text) {
    case 'n':
        return '\n';
    case 'u':
        cr_assert_eq(sscanf(*text + 1, "%4x", &code), 1);
        cr_assert_lt(code, 0x80u);
        *text += 4;
        return (char)code;
    default:
        return **text;
    }
}

/* The value of `"name": ` in a line, a string or a number; NULL for null. Nothing in a string reads
 * like a name: its quotes have a backslash before them. */
static const char *get(const char *line, const char *name, char out[VALUE_MAX])
{
    char wanted[32];
    size_t used = 0;
    bool quoted;

    snprintf(wanted, sizeof wanted, "\"%s\": ", name);
    line = strstr(line, wanted);
    cr_assert_not_null(line, "no %s", wanted);
    line += strlen(wanted);
    quoted = *line == '"';
    if (!quoted && strncmp(line, "null", 4) == 0)
        return NULL;
    for (line += quoted; quoted ? *line != '"' : !strchr(",}", *line); line++) {
        cr_assert_lt(used, (size_t)VALUE_MAX - 1);
        out[used++] = *line == '\\' ? unescape(&line) : *line;
    }
    out[used] = '\0';
    return out;
}

/* ---- `visage url` and `visage grant` ---- */

static void write_keys(const struct rig *rig, const char *name, const char *const *sources,
                       size_t count)
{
    char path[FILES_PATH_MAX], key[VALUE_MAX];
    struct buffer whole = {0};

    cr_assert(files_read(rig_shipped(name), &whole));
    for (size_t i = 0; i < count; i++) {
        files_path(path, "%s/%s.keys", rig->directory, sources[i]);
        cr_assert_not_null(get(whole.data, sources[i], key));
        files_write(path, key, 0600);
    }
    buffer_free(&whole);
}

/* Keys in files, sources that have them, and a second configuration below a prefix. */
static void prepare(struct rig *rig)
{
    struct buffer more = {0}, text = {0};
    char path[FILES_PATH_MAX], keys[128];

    read_table(URLS);
    for (size_t i = 0; i < sizeof signed_sources / sizeof *signed_sources; i++) {
        snprintf(keys, sizeof keys, "sign = \"required\" sign_key_file = \"@DIR@/%s.keys\"",
                 signed_sources[i]);
        text_add(&more, SOURCE, signed_sources[i], keys);
    }
    text_add(&more, SOURCE, "plain", "");
    rig_prepare(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = more.data});
    write_keys(rig, URLS, signed_sources, sizeof signed_sources / sizeof *signed_sources);
    cr_assert(files_read(rig->conf, &text));
    cr_assert_eq(text_replace(&text, "prefix = \"\"", "prefix = \"" PREFIX "\""), 1u);
    files_path(path, "%s/prefix.conf", rig->directory);
    files_write(path, text.data, 0644);
    buffer_free(&text);
    buffer_free(&more);
}

static void prepare_grants(struct rig *rig)
{
    struct buffer more = {0};

    read_table(GRANTS);
    for (size_t i = 0; i < sizeof granting_sources / sizeof *granting_sources; i++)
        text_add(&more, GRANTING, granting_sources[i], granting_sources[i]);
    rig_prepare(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = more.data});
    write_keys(rig, GRANTS, granting_sources, sizeof granting_sources / sizeof *granting_sources);
    buffer_free(&more);
}

/* --NAME=VALUE, if the row has a value other than the one that goes without saying. */
static void add_option(const char *row, const char *name, const char *usual, const char **argv,
                       size_t *argc, char out[VALUE_MAX])
{
    char text[VALUE_MAX];
    const char *value = get(row, name, text);

    if (!value || (usual && strcmp(value, usual) == 0))
        return;
    snprintf(out, VALUE_MAX, "--%s=%s%.*s", name, strcmp(name, "expires") == 0 ? "@" : "",
             VALUE_MAX - 16, value);
    argv[(*argc)++] = out;
}

/* "-" where it refuses. */
static void run_visage(const char *const *argv, const char *row, struct buffer *out)
{
    struct process_options o = {.argv = argv};
    char complaint[32];
    int status;

    snprintf(complaint, sizeof complaint, "visage %s: ", argv[1]);
    buffer_clear(out);
    status = process_run(&o, out, RUN_MS);
    cr_expect(status >= 0 && status <= 2, "%d", status);
    if (status != 0) {
        cr_expect_not_null(strstr(out->data, complaint), "%s", row);
        buffer_clear(out);
        text_add(out, "-\n");
    }
}

static void ask_for_url(const struct rig *rig, const char *row, struct buffer *out)
{
    static const struct {
        const char *name, *usual;
    } options[] = {{"preset", NULL}, {"size", NULL},    {"dpr", "1"}, {"format", NULL},
                   {"version", NULL}, {"expires", NULL}, {"base", ""}};
    static char values[7][VALUE_MAX], id[VALUE_MAX], source[VALUE_MAX], prefix[VALUE_MAX];
    char conf[FILES_PATH_MAX];
    const char *argv[16] = {rig_built("visage"), "url", "-c", conf};
    size_t argc = 4;

    cr_assert_not_null(get(row, "prefix", prefix));
    files_path(conf, "%s/%s", rig->directory, *prefix ? "prefix.conf" : "visage.conf");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        add_option(row, options[i].name, options[i].usual, argv, &argc, values[i]);
    if (strstr(row, "\"info\": true"))
        argv[argc++] = "--info";
    argv[argc++] = "--";
    argv[argc++] = get(row, "source", source);
    argv[argc++] = get(row, "id", id);
    run_visage(argv, row, out);
}

static void ask_for_grant(const struct rig *rig, const char *row, struct buffer *out)
{
    static char expires[VALUE_MAX + 16], max[VALUE_MAX + 16];
    char text[VALUE_MAX], source[VALUE_MAX], user[VALUE_MAX];
    const char *const argv[] = {rig_built("visage"), "grant", "-c", rig->conf, expires, max, "--",
                                source, user, NULL};

    snprintf(expires, sizeof expires, "--expires=@%s", get(row, "expires", text));
    snprintf(max, sizeof max, "--max-bytes=%s", get(row, "max_bytes", text));
    cr_assert(get(row, "source", source) && get(row, "user", user));
    run_visage(argv, row, out);
}

/* What is wanted stands in the row as `made`: "url" or "grant". */
static void expect_row(const char *row, const char *made, const char *said, size_t length)
{
    char text[VALUE_MAX], name[VALUE_MAX];
    const char *wanted = get(row, made, text);

    if (!wanted)
        wanted = "-";
    cr_expect(strlen(wanted) == length && memcmp(wanted, said, length) == 0,
              "%s:\n%.*s\nand not\n%s", get(row, "name", name), (int)length, said, wanted);
}

Test(signers, visage_url)
{
    struct buffer out = {0};
    static struct rig rig;

    prepare(&rig);
    for (size_t i = 0; i < row_count; i++) {
        ask_for_url(&rig, rows[i], &out);
        expect_row(rows[i], "url", out.data, out.length - 1);
    }
    buffer_free(&out);
    buffer_free(&table);
    rig_close(&rig);
}

Test(signers, visage_grant)
{
    struct buffer out = {0};
    static struct rig rig;

    prepare_grants(&rig);
    for (size_t i = 0; i < row_count; i++) {
        ask_for_grant(&rig, rows[i], &out);
        expect_row(rows[i], "grant", out.data, out.length - 1);
    }
    buffer_free(&out);
    buffer_free(&table);
    rig_close(&rig);
}

/* ---- the signers ---- */

static void ask_signer(const char *program, const char *script, const char *signer,
                       const char *name, const char *made)
{
    char asked[FILES_PATH_MAX], made_by[FILES_PATH_MAX], of[FILES_PATH_MAX];
    const char *argv[] = {program, asked, made_by, of, NULL};
    struct buffer out = {0};
    const char *line;

    read_table(name);
    files_path(asked, "%s", rig_shipped(script));
    files_path(made_by, "%s", rig_shipped(signer));
    files_path(of, "%s", rig_shipped(name));
    cr_assert_eq(process_run(&(struct process_options){.argv = argv}, &out, RUN_MS), 0, "%s",
                 out.data);
    line = out.data;
    for (size_t i = 0; i < row_count; i++) {
        size_t length = strcspn(line, "\n");

        expect_row(rows[i], made, line, length);
        line += length + (line[length] == '\n');
    }
    cr_expect_str_empty(line);
    buffer_free(&out);
    buffer_free(&table);
}

/* `program flag enough` says whether it is recent enough. */
static void run_signer(const char *program, const char *flag, const char *enough,
                       const char *script, const char *signer)
{
    const char *try[] = {program, flag, enough, NULL};
    struct buffer out = {0};

    if (!process_find(program))
        cr_skip_test("%s is not installed", program);
    if (process_run(&(struct process_options){.argv = try}, &out, RUN_MS) != 0)
        cr_skip_test("%s is too old", program);
    buffer_free(&out);
    ask_signer(program, script, signer, URLS, "url");
    ask_signer(program, script, signer, GRANTS, "grant");
}

Test(signers, php)
{
    run_signer("php", "-r", "exit((int)(PHP_VERSION_ID < 80000));", "tests/signers/ask.php",
               "contrib/php/VisageUrl.php");
}

Test(signers, python)
{
    run_signer("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 8))",
               "tests/signers/ask.py", "contrib/python/visage_url.py");
}

Test(signers, javascript)
{
    run_signer("node", "-e", "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)",
               "tests/signers/ask.mjs", "contrib/js/visage-url.mjs");
}

/* ---- workers ---- */

/* All that name no version and no other host's prefix: 200, or 403 for those that have expired. */
Test(signers, workers_answer_what_is_signed)
{
    static char url[VALUE_MAX], text[VALUE_MAX];
    unsigned answered = 0, refused = 0;
    static struct rig rig;

    prepare(&rig);
    rig_start(&rig);
    for (size_t i = 0; i < row_count; i++) {
        const char *expires, *path = get(rows[i], "url", url);
        bool late;

        if (!path || get(rows[i], "version", text) || *get(rows[i], "prefix", text))
            continue;
        path += strlen(get(rows[i], "base", text));
        expires = get(rows[i], "expires", text);
        late = expires && atoll(expires) <= time(NULL);
        cr_expect_eq(client_ask(rig.client, "GET", path, NULL, &rig.answer), late ? 403 : 200,
                     "%s: %d", path, rig.answer.status);
        answered += !late;
        refused += late;
        /* Without its query, or with another path. */
        get(rows[i], "source", text);
        if (strcmp(text, "plain") == 0)
            continue;
        cr_expect_eq(rig_get(&rig, "/s48/%s/anna%s", text, strchr(path, '?')), 403, "%s", path);
        url[strcspn(path, "?") + (size_t)(path - url)] = '\0';
        cr_expect_eq(client_ask(rig.client, "GET", path, NULL, &rig.answer), 403, "%s", path);
    }
    cr_expect_geq(answered, 40u);
    cr_expect_eq(refused, 2u);
    buffer_free(&table);
    rig_close(&rig);
}

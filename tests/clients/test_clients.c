/* SPDX-License-Identifier: MIT
 *
 * Clients of others, unmodified, ask a worker behind lighttpd: their packages of npm make the URLs,
 * a script beside this file asks for them. install.sh installs them; without them, or Node, the
 * tests are skipped.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "rig/rig.h"
#include "rig/text.h"

RIG_SUITE(clients);

#define RUN_MS 120000

/* Ends the test if the packages are not there; `directory` is "" or one below theirs. */
static void require_packages(const char *directory)
{
    char path[FILES_PATH_MAX];

    files_path(path, "npm/%s/node_modules/installed.json", directory);
    if (!process_find("node"))
        cr_skip_test("node is not installed");
    if (access(rig_built(path), R_OK) != 0)
        cr_skip_test("the packages of npm are not there: sh tests/clients/install.sh "
                     "BUILD_DIRECTORY/npm installs them");
}

/* The scripts stand where Node finds their packages. */
static void place_script(const char *name, char out[FILES_PATH_MAX])
{
    char place[FILES_PATH_MAX];
    struct buffer text = {0};

    files_path(place, "tests/clients/%s", name);
    cr_assert(files_read(rig_shipped(place), &text));
    files_path(place, "npm/%s", name);
    files_path(out, "%s", rig_built(place));
    files_write(out, text.data, 0644);
    buffer_free(&text);
}

/* Runs a script with where the rig answers and its origin, and up to two arguments more. */
static void run(struct rig *rig, const char *name, const char *more, const char *still_more)
{
    char script[FILES_PATH_MAX], helper[FILES_PATH_MAX], base[64], origin[64];
    const char *argv[] = {"node", script, base, origin, more, more ? still_more : NULL, NULL};
    const struct process_options o = {.argv = argv};
    struct buffer output = {0};

    place_script("check.mjs", helper);
    place_script(name, script);
    snprintf(base, sizeof base, "http://127.0.0.1:%u", (unsigned)rig->port);
    snprintf(origin, sizeof origin, "http://127.0.0.1:%u", (unsigned)rig->origin_port);
    cr_expect_eq(process_run(&o, &output, RUN_MS), 0, "%s:\n%s", name,
                 output.data ? output.data : "");
    buffer_free(&output);
}

Test(clients, gravatar)
{
    static struct rig rig;

    require_packages("");
    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD,
                       .more = "gravatar { prefix = \"\" sources = {\"people\"} }\n"
                               "source people { url = \"@ORIGIN@/ok/{id}\" "
                               "allow_addresses = {\"127.0.0.0/8\"} }\n"});
    run(&rig, "gravatar.mjs", NULL, NULL);
    rig_close(&rig);
}

#define WEB \
    "source web { type = \"web\" hosts = {\"127.0.0.1\"} allow_addresses = {\"127.0.0.0/8\"} }\n"

#define CAMO_KEY "0x24FEEDFACEDEADBEEFCAFE"

Test(clients, camo_url)
{
    static struct rig rig;

    require_packages("");
    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD,
                       .secret = CAMO_KEY,
                       .more = "camo { prefix = \"/camo\" source = \"web\" "
                               "key_file = \"@DIR@/secret\" }\n" WEB});
    run(&rig, "camo.mjs", CAMO_KEY, NULL);
    rig_close(&rig);
}

#define IMGPROXY_KEY "943b421c9eb07c830af81030552c86009268de4e532ba2ee2eab8247c6da0881"
#define IMGPROXY_SALT "520f986b998545b4785e0defbc4f3c1203f22de2374a3d53cb7a7fe9fea309c5"

Test(clients, imgproxy_js_core)
{
    static struct rig rig;

    require_packages("");
    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD,
                       .secret = IMGPROXY_KEY " " IMGPROXY_SALT "\n",
                       .more = "imgproxy { prefix = \"/imgproxy\" source = \"web\" "
                               "keys_file = \"@DIR@/secret\" }\n" WEB});
    run(&rig, "imgproxy.mjs", IMGPROXY_KEY, IMGPROXY_SALT);
    rig_close(&rig);
}

/* ---- those that Visage fetches from ---- */

#define READY_MS 120000

static void await_file(const char *path, struct process *p)
{
    int64_t until_ms = clock_boot_ms() + READY_MS;

    while (access(path, R_OK) != 0) {
        cr_assert(process_running(p), "the counterpart has ended");
        cr_assert_lt(clock_boot_ms(), until_ms, "the counterpart is not ready");
        clock_sleep_ms(20);
    }
}

/* The script says where its directory of did:plc is, workers start, and it is told where they answer.
 * What it prints goes into the rig's log. */
static void run_counterpart(struct rig *rig, const char *name)
{
    char script[FILES_PATH_MAX], helper[FILES_PATH_MAX], path[FILES_PATH_MAX], text[64], origin[64];
    char scratch[FILES_PATH_MAX + 8];
    const char *argv[] = {"node", script, rig->directory, origin, NULL};
    const char *environment[] = {scratch, NULL};
    const struct process_options o = {.argv = argv, .environment = environment, .log = rig->log};
    struct buffer conf = {0}, port = {0};
    struct process p = {0};

    place_script("check.mjs", helper);
    place_script("counterpart.mjs", helper);
    place_script(name, script);
    snprintf(origin, sizeof origin, "http://127.0.0.1:%u", (unsigned)rig->origin_port);
    snprintf(scratch, sizeof scratch, "TMPDIR=%s", rig->directory);
    process_start(&p, &o);
    files_path(path, "%s/plc", rig->directory);
    await_file(path, &p);
    cr_assert(files_read(path, &port));
    cr_assert(files_read(rig->conf, &conf));
    cr_assert_eq(text_replace(&conf, "@PLC@", port.data), 1u);
    files_write(rig->conf, conf.data, 0644);
    rig_start(rig);
    snprintf(text, sizeof text, "http://127.0.0.1:%u", (unsigned)rig->port);
    files_path(path, "%s/base.new", rig->directory);
    files_write(path, text, 0644);
    files_path(helper, "%s/base", rig->directory);
    cr_assert_eq(rename(path, helper), 0);
    cr_assert_eq(process_wait(&p, RUN_MS), 0, "%s: see the log", name);
    process_stop(&p, 1000);
    buffer_free(&port);
    buffer_free(&conf);
}

#define ATPROTO \
    "atproto { prefix = \"\" source = \"blobs\" }\n" \
    "source blobs { type = \"atproto\" plc = \"http://127.0.0.1:@PLC@\" " \
    "allow_addresses = {\"127.0.0.0/8\", \"::1\"} }\n"

static void run_atproto(const char *directory, const char *name)
{
    static struct rig rig;

    require_packages("");
    require_packages(directory);
    rig_prepare(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .more = ATPROTO});
    run_counterpart(&rig, name);
    rig_close(&rig);
}

Test(clients, multiformats)
{
    run_atproto("", "cids.mjs");
}

Test(clients, atproto_dev_env)
{
    run_atproto("atproto", "atproto/atproto.mjs");
}

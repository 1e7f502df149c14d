/* SPDX-License-Identifier: MIT
 *
 * The configuration that is accepted: the example, the defaults, every way to
 * write a value, and the reference file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/buffer.h"
#include "base/config.h"
#include "unit/config_file.h"

/* The configuration that `text` gives; the test fails if it gives none. */
static struct config *load(const char *text)
{
    char error[CONFIG_ERROR_MAX] = "";
    struct config_file file;
    struct config *c = NULL;
    int rc;

    config_file_make(&file, text);
    rc = config_load(file.path, &c, error);
    config_file_remove(&file);
    cr_assert_eq(rc, 0, "refused: %s\n%s", error, text);
    cr_assert_not_null(c);
    return c;
}

static void expect_preset(const struct config_preset *p, const char *name, uint32_t side,
                          uint32_t quality)
{
    cr_assert_not_null(p);
    cr_expect_str_eq(p->name, name);
    cr_expect_eq(p->rendering.width, side);
    cr_expect_eq(p->rendering.height, side);
    cr_expect_eq(p->rendering.fit, FIT_COVER);
    cr_expect_eq(p->rendering.quality, quality);
}

Test(config, reads_the_example_as_written)
{
    static const uint32_t sizes[] = {32, 48, 64, 80, 96, 128, 192, 256, 360, 512, 1000};
    struct config *c = load(config_example);
    const struct config_source *s;

    cr_expect_str_eq(c->state_dir, "/var/lib/visage");
    cr_expect_eq(c->cache_size, UINT64_C(2) << 30);
    cr_assert_eq(c->size_count, 11);
    cr_expect_arr_eq(c->sizes, sizes, sizeof sizes);
    cr_assert_eq(c->format_count, 3);
    cr_expect_eq(c->formats[0], PICTURE_WEBP);
    cr_expect_eq(c->formats[1], PICTURE_JPEG);
    cr_expect_eq(c->formats[2], PICTURE_PNG);
    cr_expect_eq(c->sendfile, SENDFILE_NONE);
    cr_expect_null(c->sendfile_prefix);
    cr_expect_eq(c->log_level, LOG_LEVEL_INFO);

    cr_assert_eq(c->preset_count, 2);
    expect_preset(&c->presets[0], "avatar", 1000, 85);
    expect_preset(&c->presets[1], "avatar_small", 360, 80);

    cr_expect_eq(c->fetch.connect_timeout_ms, 3000);
    cr_expect_eq(c->fetch.timeout_ms, 10000);
    cr_expect_eq(c->fetch.max_bytes, UINT64_C(10) << 20);
    cr_expect_eq(c->fetch.max_redirects, 3);
    cr_expect_eq(c->render.timeout_ms, 5000);
    cr_expect_eq(c->render.max_pixels, 50000000);
    cr_expect_eq(c->render.max_memory, UINT64_C(256) << 20);

    cr_assert_eq(c->source_count, 2);
    s = config_find_source(c, "azure", 5);
    cr_assert_not_null(s);
    cr_expect_str_eq(s->url, "https://dev.azure.com/contoso/_apis/GraphProfile/MemberAvatars/{id}"
                             "?size=2");
    cr_assert_eq(s->header_count, 1);
    cr_expect_str_eq(s->headers[0], "X-TFS-FedAuthRedirect: Suppress");
    cr_expect_str_eq(s->username, "");
    cr_expect_str_eq(s->password.file, "/etc/visage/azure.pat");
    cr_expect_null(s->password.env);
    cr_expect_null(s->bearer.file);
    cr_expect_null(s->bearer.env);
    cr_expect_eq(s->allow_addresses.count, 0);
    cr_expect_eq(s->ttl_ms, INT64_C(24) * 3600 * 1000);
    cr_expect_eq(s->stale_ms, INT64_C(7) * 24 * 3600 * 1000);
    cr_expect_eq(s->line, 14);

    s = config_find_source(c, "demo", 4);
    cr_assert_not_null(s);
    cr_expect_str_eq(s->url, "http://127.0.0.1:8089/{id}");
    cr_expect_null(s->username);
    cr_assert_eq(s->allow_addresses.count, 1);
    cr_expect_eq(s->allow_addresses.items[0].prefix, 96 + 8);
    cr_expect_eq(s->line, 21);
    config_free(&c);
    cr_expect_null(c);
}

static void expect_defaults(const struct config *c)
{
    cr_expect_str_eq(c->state_dir, VISAGE_LOCALSTATEDIR "/lib/visage");
    cr_expect_eq(c->cache_size, UINT64_C(2) << 30);
    cr_expect_eq(c->hot_size, UINT64_C(4) << 20);
    cr_expect_str_eq(c->prefix, "");
    cr_expect_str_eq(c->allow_origin, "*");
    cr_expect_str_eq(c->cache_control, "public, max-age=300, stale-while-revalidate=604800");
    cr_expect_eq(c->background, 0xffffff);
    cr_expect_eq(c->size_count, 11);
    cr_expect_eq(c->sizes[0], 32);
    cr_expect_eq(c->sizes[10], 1000);
    cr_expect_eq(c->quality, 82);
    cr_expect_eq(c->format_count, 3);
    cr_expect_eq(c->formats[0], PICTURE_WEBP);
    cr_expect_eq(c->sendfile, SENDFILE_NONE);
    cr_expect_null(c->sendfile_prefix);
    cr_expect_not(c->group_readable);
    cr_expect_eq(c->log_level, LOG_LEVEL_INFO);
    cr_expect_eq(c->log_target, LOG_TO_STDERR);
    cr_expect_null(c->log_file);
    cr_expect_not(c->log_urls);
    cr_expect_eq(c->min_free, UINT64_C(100) << 20);
    cr_expect_eq(c->keep_original_max, UINT64_C(1) << 20);
    cr_expect_eq(c->busy_limit, 0);
    cr_expect_eq(c->fetch_slots, 32);
    cr_expect_str_eq(c->keeper, VISAGE_LIBEXECDIR "/visage-keeper");
    cr_expect_eq(c->fetch.connect_timeout_ms, 3000);
    cr_expect_eq(c->fetch.timeout_ms, 10000);
    cr_expect_eq(c->fetch.max_bytes, UINT64_C(10) << 20);
    cr_expect_eq(c->fetch.max_redirects, 3);
    cr_expect_eq(c->fetch.retries, 2);
    cr_expect_eq(c->fetch.breaker_failures, 5);
    cr_expect_eq(c->fetch.breaker_open_ms, 5000);
    cr_expect_str_eq(c->fetch.user_agent, "Visage/" PACKAGE_VERSION " (avatar cache)");
    cr_expect_null(c->fetch.ca_file);
    cr_expect_str_eq(c->render.program, VISAGE_LIBEXECDIR "/visage-render");
    cr_expect_eq(c->render.timeout_ms, 5000);
    cr_expect_eq(c->render.max_pixels, 50000000);
    cr_expect_eq(c->render.max_memory, UINT64_C(256) << 20);
    cr_expect_eq(c->render.idle_ms, 60000);
    cr_expect(c->render.sandbox);
    cr_expect_eq(c->limit.rate, 0);
    cr_expect_eq(c->limit.burst, 200);
    cr_expect_eq(c->limit.miss_cost, 5);
    cr_expect_eq(c->limit.ipv4_prefix, 32);
    cr_expect_eq(c->limit.ipv6_prefix, 64);
    cr_expect_eq(c->admin.addresses.count, 0);
    cr_expect_null(c->admin.token.file);
    cr_expect_null(c->admin.token.env);
}

Test(config, the_defaults_need_no_file)
{
    char error[CONFIG_ERROR_MAX] = "";
    struct config *c = NULL;

    cr_assert_eq(config_load_defaults(&c, error), 0, "%s", error);
    expect_defaults(c);
    cr_expect_eq(c->source_count, 0);
    cr_expect_str_eq(c->text, "");
    config_free(&c);
}

Test(config, an_empty_file_gives_the_defaults)
{
    struct config *c = load("");

    expect_defaults(c);
    cr_expect_eq(c->preset_count, 0);
    cr_expect_eq(c->source_count, 0);
    config_free(&c);
}

Test(config, a_source_has_defaults)
{
    struct config *c = load("source a { url = 'http://h/{id}' }\n"
                            "preset p { width = 7 height = 9 }\n");

    cr_assert_eq(c->source_count, 1);
    cr_expect_str_eq(c->sources[0].id_pattern, "[A-Za-z0-9._~@:+=-]+");
    cr_expect_eq(c->sources[0].ttl_ms, INT64_C(86400000));
    cr_expect_eq(c->sources[0].ttl_min_ms, 0);
    cr_expect_eq(c->sources[0].ttl_max_ms, INT64_C(365) * 86400000);
    cr_expect_eq(c->sources[0].stale_ms, INT64_C(604800000));
    cr_expect_not(c->sources[0].keep_private);
    cr_expect_eq(c->sources[0].fetch_slots, 8);
    cr_expect_eq(c->sources[0].fallback.kind, FALLBACK_NONE);
    cr_expect_eq(c->sources[0].fallback_not_found.kind, FALLBACK_UNSET);
    cr_expect_eq(c->sources[0].fallback_denied.kind, FALLBACK_UNSET);
    cr_expect_eq(c->sources[0].fallback_failing.kind, FALLBACK_UNSET);
    cr_expect_eq(c->sources[0].fallback_broken.kind, FALLBACK_UNSET);
    cr_expect_eq(c->sources[0].header_count, 0);
    cr_assert_eq(c->preset_count, 1);
    cr_expect_eq(c->presets[0].rendering.fit, FIT_COVER);
    cr_expect_eq(c->presets[0].rendering.quality, 82);
    config_free(&c);
}

Test(config, numbers_may_stand_in_quotes_or_not)
{
    static const struct {
        const char *written;
        int64_t ms;
    } times[] = {
        {"5", 5000},        {"\"5\"", 5000},    {"'5'", 5000},     {"5s", 5000},
        {"\"500ms\"", 500}, {"\"2m\"", 120000}, {"120s", 120000},  {"100ms", 100},
        {"007", 7000},
    };
    static const struct {
        const char *written;
        uint64_t bytes;
    } sizes[] = {
        {"\"2G\"", UINT64_C(2) << 30}, {"10M", UINT64_C(10) << 20}, {"\"1536K\"", 1536 << 10},
        {"1048576", 1048576},          {"\"1T\"", UINT64_C(1) << 40}, {"1024T", UINT64_C(1) << 50},
    };
    char text[100];
    struct config *c;

    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        snprintf(text, sizeof text, "fetch { timeout = %s }", times[i].written);
        c = load(text);
        cr_expect_eq(c->fetch.timeout_ms, times[i].ms, "%s", text);
        config_free(&c);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(text, sizeof text, "cache_size = %s", sizes[i].written);
        c = load(text);
        cr_expect_eq(c->cache_size, sizes[i].bytes, "%s", text);
        config_free(&c);
    }
}

Test(config, booleans_have_three_spellings)
{
    static const struct {
        const char *written;
        bool value;
    } rows[] = {{"true", true}, {"yes", true}, {"\"on\"", true}, {"True", true},
                {"false", false}, {"no", false}, {"off", false}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[60];
        struct config *c;

        snprintf(text, sizeof text, "group_readable = %s", rows[i].written);
        c = load(text);
        cr_expect_eq(c->group_readable, rows[i].value, "%s", text);
        config_free(&c);
    }
}

Test(config, prefix_and_paths_lose_the_last_slash)
{
    static const struct {
        const char *written, *prefix;
    } rows[] = {{"/", ""}, {"", ""}, {"/pictures", "/pictures"}, {"/a/b/", "/a/b"},
                {"/.well-known", "/.well-known"}, {"/..x", "/..x"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[100];
        struct config *c;

        snprintf(text, sizeof text, "prefix = \"%s\"\nstate_dir = \"/srv/x//\"", rows[i].written);
        c = load(text);
        cr_expect_str_eq(c->prefix, rows[i].prefix);
        cr_expect_str_eq(c->state_dir, "/srv/x");
        config_free(&c);
    }
}

Test(config, sendfile_has_three_forms)
{
    struct config *c = load("sendfile = \"x-accel:/internal/prefix/\"");

    cr_expect_eq(c->sendfile, SENDFILE_X_ACCEL);
    cr_expect_str_eq(c->sendfile_prefix, "/internal/prefix/");
    config_free(&c);
    c = load("sendfile = x-accel:/ # unquoted");
    cr_expect_eq(c->sendfile, SENDFILE_X_ACCEL);
    cr_expect_str_eq(c->sendfile_prefix, "/");
    config_free(&c);
    c = load("sendfile = x-sendfile");
    cr_expect_eq(c->sendfile, SENDFILE_X_SENDFILE);
    cr_expect_null(c->sendfile_prefix);
    config_free(&c);
}

Test(config, the_log_goes_to_one_of_three_places)
{
    struct config *c = load("log = stderr\nlog_level = debug\nlog_urls = yes");

    cr_expect_eq(c->log_target, LOG_TO_STDERR);
    cr_expect_null(c->log_file);
    cr_expect_eq(c->log_level, LOG_LEVEL_DEBUG);
    cr_expect(c->log_urls);
    config_free(&c);
    c = load("log = \"syslog\"");
    cr_expect_eq(c->log_target, LOG_TO_SYSLOG);
    cr_expect_null(c->log_file);
    config_free(&c);
    c = load("log = \"/var/log/visage.log\"");
    cr_expect_eq(c->log_target, LOG_TO_FILE);
    cr_expect_str_eq(c->log_file, "/var/log/visage.log");
    config_free(&c);
}

Test(config, fallbacks_are_given_for_all_causes_or_for_some)
{
    struct config *c = load("source a {\n url = 'http://h/{id}'\n fallback = identicon\n"
                            " fallback_denied = none\n"
                            " fallback_failing = \"/srv/none.png\" }\n"
                            "source b {\n url = 'http://h/{id}'\n fallback = /srv/a\n"
                            " fallback_not_found = identicon\n fallback_broken = '/srv/b' }");
    const struct config_source *s = &c->sources[0];

    cr_expect_eq(s->fallback.kind, FALLBACK_IDENTICON);
    cr_expect_null(s->fallback.file);
    cr_expect_eq(s->fallback_denied.kind, FALLBACK_NONE);
    cr_expect_eq(s->fallback_failing.kind, FALLBACK_FILE);
    cr_expect_str_eq(s->fallback_failing.file, "/srv/none.png");
    cr_expect_eq(s->fallback_not_found.kind, FALLBACK_UNSET);
    cr_expect_eq(s->fallback_broken.kind, FALLBACK_UNSET);
    s = &c->sources[1];
    cr_expect_eq(s->fallback.kind, FALLBACK_FILE);
    cr_expect_str_eq(s->fallback.file, "/srv/a");
    cr_expect_eq(s->fallback_not_found.kind, FALLBACK_IDENTICON);
    cr_expect_eq(s->fallback_broken.kind, FALLBACK_FILE);
    cr_expect_str_eq(s->fallback_broken.file, "/srv/b");
    config_free(&c);
}

Test(config, limits_and_who_may_look)
{
    struct config *c = load("limit { rate = 50 burst = 100 miss_cost = 10\n"
                            " ipv4_prefix = 24 ipv6_prefix = 48 }\n"
                            "admin { addresses = {'127.0.0.1', '10.0.0.0/8', \"::1\"}\n"
                            " token_file = \"/etc/visage/admin.token\" }\n"
                            "busy_limit = 3\nfetch_slots = 512\nmin_free = 0\n"
                            "keep_original_max = 64K\nkeeper = /opt/keeper/\n"
                            "fetch { retries = 0 breaker_failures = 0 breaker_open = 1h }\n"
                            "source a { url = 'http://h/{id}' fetch_slots = 1 ttl = 1h\n"
                            " ttl_min = 60 ttl_max = 60 stale = 0 keep_private = true }");

    cr_expect_eq(c->limit.rate, 50);
    cr_expect_eq(c->limit.burst, 100);
    cr_expect_eq(c->limit.miss_cost, 10);
    cr_expect_eq(c->limit.ipv4_prefix, 24);
    cr_expect_eq(c->limit.ipv6_prefix, 48);
    cr_assert_eq(c->admin.addresses.count, 3);
    cr_expect_eq(c->admin.addresses.items[0].prefix, 128);
    cr_expect_eq(c->admin.addresses.items[1].prefix, 96 + 8);
    cr_expect_eq(c->admin.addresses.items[2].prefix, 128);
    cr_expect_str_eq(c->admin.token.file, "/etc/visage/admin.token");
    cr_expect_null(c->admin.token.env);
    cr_expect_eq(c->busy_limit, 3);
    cr_expect_eq(c->fetch_slots, 512);
    cr_expect_eq(c->min_free, 0);
    cr_expect_eq(c->keep_original_max, 65536);
    cr_expect_str_eq(c->keeper, "/opt/keeper");
    cr_expect_eq(c->fetch.retries, 0);
    cr_expect_eq(c->fetch.breaker_failures, 0);
    cr_expect_eq(c->fetch.breaker_open_ms, 3600000);
    cr_expect_eq(c->sources[0].fetch_slots, 1);
    cr_expect_eq(c->sources[0].ttl_min_ms, 60000);
    cr_expect_eq(c->sources[0].ttl_max_ms, 60000, "both may be the same");
    cr_expect_eq(c->sources[0].ttl_ms, 3600000);
    cr_expect_eq(c->sources[0].stale_ms, 0);
    cr_expect(c->sources[0].keep_private);
    config_free(&c);
    c = load("admin { token_env = TOKEN_1 }");
    cr_expect_null(c->admin.token.file);
    cr_expect_str_eq(c->admin.token.env, "TOKEN_1");
    config_free(&c);
}

Test(config, lists_are_sorted_or_kept_in_order)
{
    struct config *c = load("sizes = {512,\n 1, 4096, 32,}\nformats = {jpg}\n"
                            "background = '#0aF010'");

    cr_assert_eq(c->size_count, 4);
    cr_expect_eq(c->sizes[0], 1);
    cr_expect_eq(c->sizes[1], 32);
    cr_expect_eq(c->sizes[2], 512);
    cr_expect_eq(c->sizes[3], 4096);
    cr_assert_eq(c->format_count, 1);
    cr_expect_eq(c->formats[0], PICTURE_JPEG);
    cr_expect_eq(c->background, 0x0af010);
    config_free(&c);
    c = load("formats = {\"png\", \"webp\"}\nsizes = 64");
    cr_assert_eq(c->format_count, 2);
    cr_expect_eq(c->formats[0], PICTURE_PNG);
    cr_expect_eq(c->formats[1], PICTURE_WEBP);
    cr_assert_eq(c->size_count, 1);
    cr_expect_eq(c->sizes[0], 64);
    config_free(&c);
}

Test(config, fonts_are_paths_in_their_order)
{
    struct config *c = load("render { fonts = {/usr/share/b.ttf, \"/a b/c.otf\", /usr/share/b.ttf} }");

    cr_assert_eq(c->render.fonts.count, 3);
    cr_expect_str_eq(c->render.fonts.items[0], "/usr/share/b.ttf");
    cr_expect_str_eq(c->render.fonts.items[1], "/a b/c.otf");
    config_free(&c);
    c = load("");
    cr_expect_eq(c->render.fonts.count, 0, "the usual ones");
    config_free(&c);
}

Test(config, headers_are_trimmed_and_networks_of_both_families_taken)
{
    struct config *c = load("source a {\n url = \"HTTPS://[::1]:8443/x?u={id}&v=1\"\n"
                            " headers = {\"X-A:\tb \", 'Cookie: a=\"b\\c\"'}\n"
                            " allow_addresses = {\"::1\", \"10.0.0.0/8\", \"fc00::/7\"}\n"
                            " bearer_env = \"TOKEN_1\"\n}");
    const struct config_source *s = &c->sources[0];

    cr_assert_eq(s->header_count, 2);
    cr_expect_str_eq(s->headers[0], "X-A: b");
    cr_expect_str_eq(s->headers[1], "Cookie: a=\"b\\c\"");
    cr_assert_eq(s->allow_addresses.count, 3);
    cr_expect_eq(s->allow_addresses.items[0].prefix, 128);
    cr_expect_eq(s->allow_addresses.items[1].prefix, 104);
    cr_expect_eq(s->allow_addresses.items[2].prefix, 7);
    cr_expect_str_eq(s->bearer.env, "TOKEN_1");
    config_free(&c);
}

Test(config, strings_keep_what_libconfuse_would_change)
{
    struct config *c;

    cr_assert_eq(setenv("VISAGE_TEST_WORD", "replaced", 1), 0);
    c = load("cache_control = '${VISAGE_TEST_WORD}'\n"
             "allow_origin = \"a\\\\b \\\"c\\\" $ {\"\n"
             "source a { url = 'http://h/{id}' id_pattern = '[a-z]+\\.[0-9]{1,3}' }");
    cr_expect_str_eq(c->cache_control, "${VISAGE_TEST_WORD}");
    cr_expect_str_eq(c->allow_origin, "a\\b \"c\" $ {");
    cr_expect_str_eq(c->sources[0].id_pattern, "[a-z]+\\.[0-9]{1,3}");
    config_free(&c);
}

Test(config, comments_and_line_ends_of_all_kinds)
{
    struct config *c = load("# one\r\n## two \" ' { \n// three\n//four\n"
                            "/* five\n = { \" */ quality = 7 /* six */ hot_size = 1M # seven\r\n"
                            "state_dir = /srv/a//b # eight\n#nine, without an end");

    cr_expect_eq(c->quality, 7);
    cr_expect_eq(c->hot_size, 1 << 20);
    cr_expect_str_eq(c->state_dir, "/srv/a//b");
    config_free(&c);
}

Test(config, names_are_found_by_length)
{
    struct config *c = load("preset ab { width = 1 height = 1 }\npreset abc { fit = contain }\n"
                            "preset s { fit = contain height = 5 }\npreset s1x { fit = contain }\n"
                            "source ab { url = 'http://h/{id}' }\n"
                            "source s12 { url = 'http://h?{id}' }");

    cr_expect_eq(config_find_preset(c, "abcd", 2), &c->presets[0]);
    cr_expect_eq(config_find_preset(c, "abcd", 3), &c->presets[1]);
    cr_expect_null(config_find_preset(c, "abcd", 4));
    cr_expect_null(config_find_preset(c, "abcd", 1));
    cr_expect_null(config_find_preset(c, "", 0));
    cr_expect_null(config_find_preset(c, "ab\0c", 4));
    cr_expect_null(config_find_preset(c, "AB", 2));
    cr_expect_eq(config_find_source(c, "ab/", 2), &c->sources[0]);
    cr_expect_eq(config_find_source(c, "s12", 3), &c->sources[1]);
    cr_expect_null(config_find_source(c, "abc", 3));
    config_free(&c);
}

Test(config, a_large_file_with_many_sections)
{
    struct buffer text = {0};
    struct config *c;

    for (int i = 0; i < 500; i++) {
        cr_assert_eq(buffer_printf(&text, "preset p%d { width = %d height = 1 }\n", i, i + 1), 0);
        cr_assert_eq(buffer_printf(&text, "source q%d {\n url = \"http://h/%d/{id}\"\n}\n", i, i),
                     0);
    }
    c = load(text.data);
    buffer_free(&text);
    cr_expect_eq(c->preset_count, 500);
    cr_expect_eq(c->source_count, 500);
    cr_expect_eq(c->presets[499].rendering.width, 500);
    cr_expect_str_eq(c->sources[499].url, "http://h/499/{id}");
    cr_expect_eq(c->sources[499].line, 499 * 4 + 2);
    config_free(&c);
}

Test(config, path_is_the_option_then_the_variable_then_the_installed_one)
{
    unsetenv("VISAGE_CONF");
    cr_expect_str_eq(config_path("/a"), "/a");
    cr_expect_str_eq(config_path(NULL), VISAGE_SYSCONFDIR "/visage/visage.conf");
    setenv("VISAGE_CONF", "/b", 1);
    cr_expect_str_eq(config_path("/a"), "/a");
    cr_expect_str_eq(config_path(NULL), "/b");
    setenv("VISAGE_CONF", "", 1);
    cr_expect_str_eq(config_path(NULL), VISAGE_SYSCONFDIR "/visage/visage.conf");
}

Test(config, the_reference_gives_the_defaults)
{
    struct buffer text = {0};
    struct config *c;

    cr_assert_eq(config_write_reference(&text), 0);
    c = load(text.data);
    expect_defaults(c);
    cr_assert_eq(c->preset_count, 2);
    expect_preset(&c->presets[0], "avatar", 1000, 85);
    expect_preset(&c->presets[1], "avatar_small", 360, 80);
    cr_expect_eq(c->source_count, 0);
    config_free(&c);
    buffer_free(&text);
}

/* A line whose '#' is not followed by a blank, or that is part of a source
 * behind '#', is a setting: without its '#' the file must still be right. */
Test(config, the_reference_is_right_with_everything_uncommented)
{
    struct buffer text = {0}, active = {0};
    struct config *c;
    bool in_source = false;

    cr_assert_eq(config_write_reference(&text), 0);
    for (const char *line = text.data; *line;) {
        size_t length = strcspn(line, "\n") + 1;
        size_t indent = strspn(line, " ");
        const char *p = line + indent;

        if (strncmp(p, "#source ", 8) == 0 && memchr(p, '{', length - indent))
            in_source = true;
        if (*p == '#' && (in_source || (p[1] != ' ' && p[1] != '\n')))
            cr_assert_eq(buffer_append(&active, p + 1, length - indent - 1), 0);
        else
            cr_assert_eq(buffer_append(&active, line, length), 0);
        if (strncmp(p, "#}", 2) == 0)
            in_source = false;
        line += length;
    }
    c = load(active.data);
    cr_expect_eq(c->cache_size, UINT64_C(2) << 30);
    cr_expect_eq(c->hot_size, UINT64_C(4) << 20);
    cr_expect_eq(c->size_count, 11);
    cr_expect_eq(c->background, 0xffffff);
    cr_expect_eq(c->fetch.timeout_ms, 10000);
    cr_expect_eq(c->render.idle_ms, 60000);
    cr_expect_str_eq(c->state_dir, "/var/lib/visage");
    cr_expect_str_eq(c->fetch.ca_file, "/etc/ssl/certs/ca-certificates.crt");
    cr_expect_eq(c->admin.addresses.count, 2);
    cr_expect_str_eq(c->admin.token.file, "/etc/visage/admin.token");
    cr_expect_null(c->admin.token.env, "it would exclude the file");
    cr_assert_eq(c->source_count, 7);
    cr_expect_not_null(config_find_source(c, "gravatar", 8));
    cr_expect_str_eq(config_find_source(c, "gravatar", 8)->id_pattern, "[0-9a-f]{32}|[0-9a-f]{64}");
    cr_expect_not_null(config_find_source(c, "azure", 5));
    cr_expect_not_null(config_find_source(c, "example", 7));
    cr_expect_not_null(config_find_source(c, "intranet", 8));
    cr_expect_str_eq(c->camo.prefix, "/camo");
    cr_expect_eq(c->camo.source, config_find_source(c, "web", 3));
    cr_assert_not_null(config_find_source(c, "web", 3));
    cr_expect_eq(config_find_source(c, "web", 3)->host_count, 2);
    cr_expect_eq(c->atproto.source, config_find_source(c, "atproto", 7));
    cr_expect_not_null(c->atproto.source);
    cr_expect_eq(c->imgproxy.source, config_find_source(c, "web", 3));
    cr_expect_not_null(c->imgproxy.source);
    config_free(&c);
    buffer_free(&active);
    buffer_free(&text);
}

Test(config, the_shipped_file_is_the_reference)
{
    const char *source = getenv("VISAGE_SOURCE_DIR");
    struct buffer text = {0};
    char path[4096];
    char shipped[65536];
    size_t length;
    FILE *stream;

    if (!source)
        cr_skip_test("VISAGE_SOURCE_DIR is not set");
    snprintf(path, sizeof path, "%s/conf/visage.conf", source);
    stream = fopen(path, "r");
    cr_assert_not_null(stream, "%s", path);
    length = fread(shipped, 1, sizeof shipped - 1, stream);
    fclose(stream);
    shipped[length] = '\0';
    cr_assert_eq(config_write_reference(&text), 0);
    cr_expect_str_eq(shipped, text.data,
                     "conf/visage.conf is out of date: visage check --print-reference makes it");
    buffer_free(&text);
}

Test(config, atproto)
{
    struct config *c = load("atproto { prefix = \"/at/\" source = blobs presets = bluesky }\n"
                            "source blobs { type = atproto plc = \"http://127.0.0.1:2582/a//\"\n"
                            " verify_cid = decodable }\n");

    cr_expect_str_eq(c->atproto.prefix, "/at");
    cr_expect_eq(c->atproto.presets, ATPROTO_BLUESKY);
    cr_assert_eq(c->atproto.source, &c->sources[0]);
    cr_expect_eq(c->sources[0].type, SOURCE_ATPROTO);
    cr_expect_str_eq(c->sources[0].plc, "http://127.0.0.1:2582/a");
    cr_expect_eq(c->sources[0].verify_cid, CID_DECODABLE);
    cr_expect_null(c->sources[0].url);
    config_free(&c);
    c = load("source blobs { type = atproto }\n");
    cr_expect_null(c->atproto.prefix);
    cr_expect_eq(c->atproto.presets, ATPROTO_COVES);
    cr_expect_str_eq(c->sources[0].plc, "https://plc.directory");
    cr_expect_eq(c->sources[0].verify_cid, CID_STRICT);
    config_free(&c);
}

Test(config, a_source_of_the_web_has_hosts)
{
    static const char *const hosts[] = {"images.example.org", "*.example.net", "[2001:db8::1]",
                                        "127.0.0.1", "*"};
    struct config *c = load("source w {\n type = web\n hosts = {Images.Example.org, "
                                 "\"*.Example.NET\", \"[2001:DB8::1]\", 127.0.0.1, \"*\"}\n}\n"
                                 "source none { type = web }\n"
                                 "source plain { url = \"http://h/{id}\" }\n");

    cr_expect_eq(c->sources[0].type, SOURCE_WEB);
    cr_expect_null(c->sources[0].url);
    cr_assert_eq(c->sources[0].host_count, sizeof hosts / sizeof *hosts);
    for (size_t i = 0; i < c->sources[0].host_count; i++)
        cr_expect_str_eq(c->sources[0].hosts[i], hosts[i]);
    cr_expect_eq(c->sources[1].type, SOURCE_WEB);
    cr_expect_eq(c->sources[1].host_count, 0);
    cr_expect_eq(c->sources[2].type, SOURCE_HTTP);
    config_free(&c);
}

static uint32_t bit(enum picture_type type)
{
    return UINT32_C(1) << type;
}

Test(config, camo_is_off_without_a_prefix_and_passes_no_svg_unless_it_is_named)
{
    struct config *c = load("camo { source = w key_file = /k }\n");

    cr_expect_null(c->camo.prefix);
    cr_expect_null(c->camo.source);
    cr_expect_eq(c->camo.types & bit(PICTURE_SVG), 0);
    cr_expect_eq(c->camo.types,
                 bit(PICTURE_JPEG) | bit(PICTURE_PNG) | bit(PICTURE_GIF) | bit(PICTURE_WEBP) |
                     bit(PICTURE_AVIF) | bit(PICTURE_HEIC) | bit(PICTURE_BMP) | bit(PICTURE_ICO));
    cr_expect_eq(c->camo.max_bytes, 5u << 20);
    config_free(&c);
    c = load("camo { prefix = \"\" source = w key_file = /k max_bytes = 64K\n"
             " types = {\"image/svg+xml\", image/x-icon} }\nsource w { type = web }\n");
    cr_expect_str_eq(c->camo.prefix, "");
    cr_expect_eq(c->camo.source, &c->sources[0]);
    cr_expect_str_eq(c->camo.key.file, "/k");
    cr_expect_eq(c->camo.types, bit(PICTURE_SVG) | bit(PICTURE_ICO));
    cr_expect_eq(c->camo.max_bytes, 64u << 10);
    config_free(&c);
}

Test(config, imgproxy)
{
    struct config *c = load(
        "imgproxy { prefix = \"\" source = w keys_file = /k signature_size = 8 max_age = 1h\n"
        " presets = {\"a=w:1\", \"b=rs:fill:1:2/q:5\"} allowed_options = {rs, \"min-width\"} }\n"
        "source w { type = web }\n");

    cr_expect_str_eq(c->imgproxy.prefix, "");
    cr_assert_eq(c->imgproxy.source, &c->sources[0]);
    cr_expect_str_eq(c->imgproxy.keys_file, "/k");
    cr_expect_not(c->imgproxy.insecure);
    cr_expect_eq(c->imgproxy.signature_size, 8u);
    cr_expect_eq(c->imgproxy.max_age_ms, 3600000);
    cr_assert_eq(c->imgproxy.preset_count, 2);
    cr_expect_str_eq(c->imgproxy.presets[1], "b=rs:fill:1:2/q:5");
    cr_assert_eq(c->imgproxy.allowed_count, 2);
    cr_expect_str_eq(c->imgproxy.allowed_options[1], "min-width");
    config_free(&c);

    c = load("source w { type = web }\n");
    cr_expect_null(c->imgproxy.prefix);
    cr_expect_null(c->imgproxy.source);
    cr_expect_eq(c->imgproxy.signature_size, 32u);
    config_free(&c);

    c = load("imgproxy { source = w insecure = true prefix = /i/ }\nsource w { type = web }\n");
    cr_expect_str_eq(c->imgproxy.prefix, "/i");
    cr_expect(c->imgproxy.insecure);
    config_free(&c);
}

Test(config, keys_of_signatures_and_of_grants_are_two_files)
{
    struct config *c = load("source a { type = store grant_key_file = /g }\n"
                            "source b { type = store sign_key_file = /s grant_key_file = /g }\n"
                            "source c { type = store }\n");

    cr_expect_str_eq(c->sources[0].store.grant_key_file, "/g");
    cr_expect_null(c->sources[0].sign_key_file);
    cr_expect_str_eq(c->sources[1].store.grant_key_file, "/g");
    cr_expect_str_eq(c->sources[1].sign_key_file, "/s");
    cr_expect_null(c->sources[2].store.grant_key_file);
    config_free(&c);
}

Test(config, uploads_may_be_larger_than_what_is_fetched_unless_they_come_back_from_a_bucket)
{
    struct config *c = load("source a { type = store upload_max = 20M }\n");

    cr_expect_eq(c->sources[0].store.max_bytes, 20u << 20);
    config_free(&c);
    c = load("store { type = s3 endpoint = \"https://s3.example\" bucket = \"b\" }\n"
             "fetch { max_bytes = 20M }\n"
             "source a { type = store upload_max = 20M }\n"
             "source b { type = s3 endpoint = \"https://s3.example\" bucket = \"c\" upload_max = 1G }\n");
    cr_expect_eq(c->sources[0].store.max_bytes, 20u << 20);
    config_free(&c);
}

Test(config, who_writes_and_who_looks_at_their_own_need_no_signature)
{
    struct config *c = load("source a { type = store sign = required sign_key_file = /k }\n"
                            "rest mine { path = \"/me\" source = a methods = {GET, PUT} }\n"
                            "rest written { path = \"/{id}\" source = a methods = {PUT, DELETE} }\n");

    cr_assert_eq(c->rest_count, 2);
    cr_expect(config_rest_is_own(&c->rests[0]));
    cr_expect_not(config_rest_is_own(&c->rests[1]));
    config_free(&c);
}

Test(config, dialects_may_name_sources_whose_signature_is_optional)
{
    struct config *c = load(
        "atproto { prefix = \"\" source = a }\n"
        "camo { prefix = /c source = w key_file = /k }\n"
        "imgproxy { prefix = /i source = w insecure = true }\n"
        "source a { type = atproto sign = optional sign_key_file = /k }\n"
        "source w { type = web sign = optional sign_key_file = /k }\n");

    cr_expect_eq(c->atproto.source, &c->sources[0]);
    cr_expect_eq(c->camo.source, &c->sources[1]);
    cr_expect_eq(c->imgproxy.source, &c->sources[1]);
    config_free(&c);
}

/* SPDX-License-Identifier: MIT
 *
 * URLs of one version of a picture: that version for ever, or a way to the current one,
 * and never another picture.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "rig/rig.h"
#include "rig/scripted.h"

RIG_SUITE(versions);

#define IMMUTABLE "public, max-age=31536000, immutable"
#define NOBODYS "0123456789abcdef"
#define VERSION_SIZE 17

/* The version of what the origin has under this path, as everybody can work it out. */
static void version_at(struct rig *rig, const char *path, char version[VERSION_SIZE])
{
    struct client *client = client_new(rig->origin_port);
    struct answer answer = {0};
    char hex[65];

    cr_assert_eq(client_ask(client, "GET", path, NULL, &answer), 200);
    answer_digest(&answer, hex);
    snprintf(version, VERSION_SIZE, "%.16s", hex);
    answer_free(&answer);
    client_free(&client);
}

static void expect_redirect(struct rig *rig, const char *version, const char *rest)
{
    char wanted[256];

    snprintf(wanted, sizeof wanted, "%s/v/%s%s", rig->prefix, version, rest);
    cr_expect_eq(rig->answer.status, 302, "%d", rig->answer.status);
    cr_expect_str_eq(answer_field(&rig->answer, "Location"), wanted);
    cr_expect_str_eq(answer_field(&rig->answer, "Cache-Control"), "public, max-age=60");
    cr_expect_eq(rig->answer.body.length, 0u);
}

static void expect_immutable(struct rig *rig)
{
    cr_expect_eq(rig->answer.status, 200, "%d", rig->answer.status);
    cr_expect_str_eq(answer_field(&rig->answer, "Cache-Control"), IMMUTABLE);
    cr_expect_null(answer_field(&rig->answer, "Vary"));
    cr_expect(answer_is_sound(&rig->answer));
}

static void run_current(enum rig_kind kind)
{
    static struct rig rig;
    char version[VERSION_SIZE], current[65], plain[65];
    const char *fields[] = {NULL, NULL};
    char condition[128];

    rig_open(&rig, &(struct rig_options){.kind = kind});
    version_at(&rig, "/ok/photo", version);
    /* Cold, and then from the cache. */
    for (int i = 0; i < 2; i++) {
        rig_get(&rig, "/v/%s/s64/o/ok/photo.jpg", version);
        expect_immutable(&rig);
        cr_expect(answer_says(&rig.answer, "Cache-Status", i ? "; hit" : "fwd=uri-miss"));
    }
    answer_digest(&rig.answer, current);
    snprintf(condition, sizeof condition, "If-None-Match: %s", answer_field(&rig.answer, "ETag"));
    fields[0] = condition;
    cr_expect_eq(rig_ask(&rig, "HEAD", "/s64/o/ok/photo.jpg", NULL), 200);
    cr_expect_str_neq(answer_field(&rig.answer, "Cache-Control"), IMMUTABLE);
    cr_expect_eq(rig_get(&rig, "/s64/o/ok/photo.jpg"), 200);
    answer_digest(&rig.answer, plain);
    cr_expect_str_eq(current, plain);
    snprintf(plain, sizeof plain, "/v/%s/s64/o/ok/photo.jpg", version);
    cr_expect_eq(rig_ask(&rig, "GET", plain, fields), 304);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), IMMUTABLE);
    /* Another one, cold and kept. */
    rig_get(&rig, "/v/" NOBODYS "/s64/o/ok/photo.jpg");
    expect_redirect(&rig, version, "/s64/o/ok/photo.jpg");
    rig_get(&rig, "/v/" NOBODYS "/s32/o/ok/photo.png");
    expect_redirect(&rig, version, "/s32/o/ok/photo.png");
    cr_expect_eq(origin_count(rig.origin, "/ok/photo"), 2u, "one of them is ours");
    rig_close(&rig);
}

Test(versions, the_current_one_is_immutable_and_others_lead_to_it_behind_lighttpd)
{
    run_current(RIG_LIGHTTPD);
}

Test(versions, the_current_one_is_immutable_and_others_lead_to_it_behind_apache)
{
    run_current(RIG_APACHE_HTACCESS);
}

Test(versions, an_old_one_is_never_answered_with_the_new_picture)
{
    static struct rig rig;
    char old[VERSION_SIZE], new[VERSION_SIZE], target[128];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .source = "ttl = \"1h\" stale = 0"});
    version_at(&rig, "/ok/photo", old);
    version_at(&rig, "/ok/logo", new);
    cr_assert_eq(origin_script(rig.origin, "x", "200 picture=photo | 200 picture=logo"), 0);
    snprintf(target, sizeof target, "/v/%s/s64/o/script/x.jpg", old);
    rig_get(&rig, "%s", target);
    expect_immutable(&rig);
    /* It has expired, but what was asked for is there: nobody needs to be asked. */
    scripted_pass(&rig, 3700);
    rig_get(&rig, "%s", target);
    expect_immutable(&rig);
    cr_expect_eq(origin_count(rig.origin, "/script/x"), 1u);
    /* Somebody asks for the current one: from now on it is another. */
    cr_expect_eq(rig_get(&rig, "/s64/o/script/x.jpg"), 200);
    cr_expect_eq(origin_count(rig.origin, "/script/x"), 2u);
    rig_get(&rig, "%s", target);
    expect_redirect(&rig, new, "/s64/o/script/x.jpg");
    rig_get(&rig, "/v/%s/s64/o/script/x.jpg", new);
    expect_immutable(&rig);
    /* In a size that nobody has asked for yet, too. */
    rig_get(&rig, "/v/%s/s32/o/script/x.jpg", old);
    expect_redirect(&rig, new, "/s32/o/script/x.jpg");
    rig_close(&rig);
}

static void purge_all(struct rig *rig)
{
    const char *argv[] = {rig_built("visage"), "purge", "-c", rig->conf, "--all", NULL};
    const struct process_options o = {.argv = argv};
    struct buffer output = {0};

    cr_assert_eq(process_run(&o, &output, 20000), 0, "%s", output.data);
    buffer_free(&output);
}

Test(versions, a_purge_holds_for_them)
{
    static struct rig rig;
    char old[VERSION_SIZE], new[VERSION_SIZE];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD});
    version_at(&rig, "/ok/photo", old);
    version_at(&rig, "/ok/logo", new);
    cr_assert_eq(origin_script(rig.origin, "x", "200 picture=photo | 200 picture=logo"), 0);
    rig_get(&rig, "/v/%s/s64/o/script/x.jpg", old);
    expect_immutable(&rig);
    purge_all(&rig);
    rig_get(&rig, "/v/%s/s64/o/script/x.jpg", old);
    expect_redirect(&rig, new, "/s64/o/script/x.jpg");
    rig_close(&rig);
}

Test(versions, what_fails_is_not_immutable)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .source = "fallback = \"identicon\""});
    cr_expect_eq(rig_get(&rig, "/v/" NOBODYS "/s64/o/status/404/x.jpg"), 404);
    cr_expect_not_null(answer_field(&rig.answer, "Visage-Fallback"));
    cr_expect_not(answer_says(&rig.answer, "Cache-Control", "immutable"));
    cr_expect_eq(rig_get(&rig, "/v/" NOBODYS "/s64/o/ok/photo"), 404, "without an extension");
    cr_expect_eq(rig_get(&rig, "/v/0123/s64/o/ok/photo.jpg"), 400);
    cr_expect_eq(rig_get(&rig, "/v/" NOBODYS), 404);
    rig_close(&rig);
}

#define KEYS "0123456789abcdef-key\n"
#define SIGNED \
    "source signed { url = \"@ORIGIN@/ok/{id}\" allow_addresses = {\"127.0.0.0/8\"} " \
    "sign = \"required\" sign_key_file = \"@DIR@/secret\" }\n"

/* The way to the current version is signed like the way to the old one. */
Test(versions, signed_urls_lead_to_signed_urls)
{
    static struct rig rig;
    struct buffer url = {0};
    char version[VERSION_SIZE];

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .secret = KEYS, .more = SIGNED});
    version_at(&rig, "/ok/photo", version);
    for (int i = 0; i < 2; i++) {
        const char *argv[] = {rig_built("visage"), "url", "-c", rig.conf, "--size=64",
                              "--format=jpeg", "--version=" NOBODYS, "signed", "photo",
                              i ? "--expires=1h" : NULL, NULL};
        const struct process_options o = {.argv = argv};
        char location[256];

        buffer_clear(&url);
        cr_assert_eq(process_run(&o, &url, 20000), 0, "%s", url.data);
        url.data[url.length - 1] = '\0';
        cr_expect_eq(rig_get(&rig, "%s", url.data + strlen(rig.prefix)), 302);
        snprintf(location, sizeof location, "%s", answer_field(&rig.answer, "Location"));
        cr_expect_not_null(strstr(location, version));
        cr_expect_eq(strstr(location, "exp=") != NULL, i == 1, "%s", location);
        cr_expect_eq(rig_get(&rig, "%s", location + strlen(rig.prefix)), 200, "%s", location);
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), IMMUTABLE);
    }
    cr_expect_eq(rig_get(&rig, "/v/%s/s64/signed/photo.jpg", version), 403);
    buffer_free(&url);
    rig_close(&rig);
}

/* Where nobody looks at signatures, a made-up one is not exchanged for a right one. */
Test(versions, nothing_is_signed_for_what_was_not_looked_at)
{
    static struct rig rig;

    rig_open(&rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .secret = KEYS,
                                         .source = "sign_key_file = \"@DIR@/secret\""});
    cr_expect_eq(rig_get(&rig, "/v/" NOBODYS "/s64/o/ok/photo.jpg?sig=x"), 302);
    cr_expect_null(strchr(answer_field(&rig.answer, "Location"), '?'), "%s",
                   answer_field(&rig.answer, "Location"));
    rig_close(&rig);
}

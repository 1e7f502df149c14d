/* SPDX-License-Identifier: MIT
 *
 * Gravatar's URLs behind a web server: which source's picture there is, what there is for who
 * has none, how long that is good for, and what it costs the origins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "rig/aging.h"
#include "rig/rig.h"
#include "rig/scripted.h"
#include "rig/sniffed.h"
#include "rig/workers.h"

RIG_SUITE(gravatar);

#define MD5 "0bc83cb571cd1c50ba6f3e8a78ef1346"
#define MD5_UPPER "0BC83CB571CD1C50BA6F3E8A78EF1346"
#define SHA "84059b07d4be67b806386c0aad8070a23f18836bbaae342275dc0a83414c32ee"
#define OTHER "00000000000000000000000000000000"

#define TOKEN "s3same-open"
#define BY_TOKEN "admin { token_file = \"@DIR@/secret\" }\n"
#define LOCAL "allow_addresses = {\"127.0.0.0/8\"} "
#define SHORT "timeout = \"2s\" retries = 0 max_bytes = \"1M\" breaker_failures = 0"
#define SOURCES                                                                                  \
    "source first { url = \"@ORIGIN@/script/1-{id}\" " LOCAL "fallback = \"identicon\" }\n"     \
    "source second { url = \"@ORIGIN@/script/2-{id}\" " LOCAL "}\n"                             \
    "source grown { url = \"@ORIGIN@/script/3-{id}\" " LOCAL "rating = \"r\" }\n"
#define SECTION                                                                                  \
    "gravatar { prefix = \"\" sources = {\"first\", \"second\", \"grown\"} default = \"identicon\" " \
    "default_hosts = {\"cdn.example.org\"} }\n"

static void open_rig(struct rig *rig)
{
    rig_open(rig, &(struct rig_options){.kind = RIG_LIGHTTPD, .workers = 2, .fetch = SHORT,
                                        .secret = TOKEN, .more = SOURCES SECTION BY_TOKEN});
}

/* What each of the sources answers for a hash; NULL: 404. */
static void set_sources(struct rig *rig, const char *hash, const char *first, const char *second,
                        const char *grown)
{
    const char *const steps[] = {first, second, grown};

    for (int i = 0; i < 3; i++) {
        char name[128];

        snprintf(name, sizeof name, "%d-%s", i + 1, hash);
        scripted_set(rig, name, steps[i] ? steps[i] : "404");
    }
}

static unsigned asked(struct rig *rig, int source, const char *hash)
{
    char name[128];

    snprintf(name, sizeof name, "%d-%s", source, hash);
    return scripted_asked(rig, name);
}

/* ---- of the last answer ---- */

static void digest_of_native(struct rig *rig, const char *source, const char *hash, char out[65])
{
    cr_assert_eq(rig_get(rig, "/s64/%s/%s.png", source, hash), 200);
    answer_digest(&rig->answer, out);
}

static bool is_drawing_of(struct rig *rig, const char *digest)
{
    char own[65];

    answer_digest(&rig->answer, own);
    return strcmp(own, digest) == 0;
}

static void expect_usual_fields(const struct answer *answer)
{
    cr_expect(answer_says(answer, "X-Content-Type-Options", "nosniff"));
    cr_expect(answer_says(answer, "Content-Security-Policy", "default-src 'none'; sandbox"));
    cr_expect(answer_says(answer, "Cross-Origin-Resource-Policy", "cross-origin"));
    cr_expect(answer_says(answer, "Access-Control-Allow-Origin", "*"));
    cr_expect(answer_says(answer, "Cache-Status", "visage; "));
    cr_expect_not_null(answer_field(answer, "Date"));
    cr_expect_null(answer_field(answer, "Visage-Fallback"));
}

static void expect_drawn(struct rig *rig, const char *type, uint32_t side, const char *control)
{
    struct sniffed s = sniffed_picture(rig->answer.body.data, rig->answer.body.length);

    cr_expect_eq(rig->answer.status, 200);
    cr_expect_str_eq(s.type, type, "%s", rig->answer.head.data);
    cr_expect(s.width == side && s.height == side, "%u x %u", s.width, s.height);
    cr_expect_str_eq(answer_field(&rig->answer, "Cache-Control"), control);
    cr_expect_str_eq(answer_field(&rig->answer, "Age"), "0");
    cr_expect(answer_is_sound(&rig->answer));
    expect_usual_fields(&rig->answer);
}

/* ---- the chain ---- */

Test(gravatar, the_first_source_that_has_it_gives_it)
{
    char first[65], second[65];
    static struct rig rig;

    open_rig(&rig);
    set_sources(&rig, MD5, "200 picture=photo", "200 picture=logo", NULL);
    set_sources(&rig, SHA, NULL, "200 picture=logo", NULL);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?s=64&d=404"), 200);
    digest_of_native(&rig, "first", MD5, first);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5_UPPER ".png?s=64"), 200);
    cr_expect(is_drawing_of(&rig, first));
    cr_expect(scripted_way(&rig, "visage; hit; ttl="));
    cr_expect(answer_says(&rig.answer, "Cache-Control", "public, max-age=300"));
    expect_usual_fields(&rig.answer);
    cr_expect_eq(asked(&rig, 1, MD5), 1u);
    cr_expect_eq(asked(&rig, 2, MD5), 0u);

    cr_expect_eq(rig_get(&rig, "/avatar/" SHA ".png?s=64"), 200);
    cr_expect(scripted_way(&rig, "fwd=uri-miss; stored"));
    digest_of_native(&rig, "second", SHA, second);
    cr_expect_str_neq(first, second);
    cr_expect_eq(rig_get(&rig, "/avatar/" SHA ".png?s=64"), 200);
    cr_expect(is_drawing_of(&rig, second));
    cr_expect(scripted_way(&rig, "visage; hit; ttl="));
    cr_expect(answer_says(&rig.answer, "Cache-Control", "public, max-age=300"));
    cr_expect_eq(asked(&rig, 1, SHA), 1u);
    cr_expect_eq(asked(&rig, 2, SHA), 1u);
    rig_close(&rig);
}

Test(gravatar, who_has_no_picture_gets_the_default_and_no_source_is_asked_again)
{
    static struct rig rig;

    open_rig(&rig);
    set_sources(&rig, MD5, NULL, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?s=%d", i == 2 ? 128 : 80), 200);
        expect_drawn(&rig, "image/png", i == 2 ? 128 : 80, "public, max-age=600");
        cr_expect(scripted_way(&rig, i == 1 ? "visage; hit; ttl=600"
                                            : "visage; fwd=uri-miss; stored; ttl=600"));
    }
    cr_expect_eq(asked(&rig, 1, MD5), 1u);
    cr_expect_eq(asked(&rig, 2, MD5), 1u);
    cr_expect_eq(asked(&rig, 3, MD5), 0u, "it is not for everybody");
    /* Its time begins with each answer, and the picture is there when the failures are forgotten. */
    scripted_pass(&rig, 70);
    scripted_set(&rig, "2-" MD5, "200 picture=photo");
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?s=80"), 200);
    cr_expect(scripted_way(&rig, "fwd=uri-miss; stored"));
    cr_expect(answer_says(&rig.answer, "Cache-Control", "public, max-age=300"));
    rig_close(&rig);
}

Test(gravatar, a_source_that_fails_is_passed_over_for_a_moment)
{
    static const struct {
        const char *steps;
        int status; /* for who wants 404 */
    } rows[] = {
        {"500", 502},   {"503", 503},       {"403", 502},       {"timeout", 504},
        {"418", 502},   {"truncated", 502}, {"gzip", 502},      {"garbage", 502},
    };
    static struct rig rig;

    open_rig(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char hash[33];

        snprintf(hash, sizeof hash, "%032zx", i + 1);
        set_sources(&rig, hash, rows[i].steps, "404", NULL);
        cr_expect_eq(rig_get(&rig, "/avatar/%s.jpg?d=404", hash), rows[i].status, "%s: %d",
                     rows[i].steps, rig.answer.status);
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store");
        cr_expect_eq(rig_get(&rig, "/avatar/%s.jpg", hash), 200);
        expect_drawn(&rig, "image/jpeg", 80, "public, max-age=10");
        cr_expect_eq(asked(&rig, 1, hash), 1u, "%s", rows[i].steps);
        cr_expect_eq(rig_get(&rig, "/avatar/%s.jpg?d=https://cdn.example.org/a.png", hash), 302);
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "public, max-age=10");
    }
    /* Another source's picture is no more certain. */
    set_sources(&rig, SHA, "500", "200 picture=photo", NULL);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(rig_get(&rig, "/avatar/" SHA ".jpg"), 200);
        cr_expect(answer_says(&rig.answer, "Cache-Control", "public, max-age=1"));
        cr_expect_not(answer_says(&rig.answer, "Cache-Control", "stale"));
    }
    scripted_pass(&rig, 6);
    scripted_set(&rig, "1-" SHA, "200 picture=logo");
    cr_expect_eq(rig_get(&rig, "/avatar/" SHA ".jpg"), 200);
    cr_expect(answer_says(&rig.answer, "Cache-Control", "public, max-age=300"));
    rig_close(&rig);
}

Test(gravatar, what_is_no_picture_is_as_good_as_none)
{
    static const char *const rows[] = {"html", "huge/2000000", "200 picture=cut", "404", "410"};
    static struct rig rig;

    open_rig(&rig);
    cr_assert_eq(origin_add_picture(rig.origin, "cut", "\x89PNG\r\n\x1a\n", 8, "image/png"), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char hash[33];

        snprintf(hash, sizeof hash, "%032zx", i + 1);
        set_sources(&rig, hash, rows[i], NULL, NULL);
        cr_expect_eq(rig_get(&rig, "/avatar/%s.jpg", hash), 200);
        expect_drawn(&rig, "image/jpeg", 80, "public, max-age=600");
        cr_expect_eq(rig_get(&rig, "/avatar/%s.jpg?d=404", hash), 404);
        cr_expect_eq(asked(&rig, 1, hash), 1u, "%s", rows[i]);
    }
    rig_close(&rig);
}

Test(gravatar, an_expired_picture_stands_in_for_a_source_that_fails)
{
    char picture[65];
    static struct rig rig;

    open_rig(&rig);
    set_sources(&rig, MD5, "200 'Cache-Control: max-age=5' | 500", "200 picture=logo", NULL);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?s=64"), 200);
    answer_digest(&rig.answer, picture);
    scripted_pass(&rig, 10);
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?s=64"), 200);
        cr_expect(is_drawing_of(&rig, picture));
        cr_expect(scripted_way(&rig, "visage; hit; ttl=-"));
    }
    cr_expect_eq(asked(&rig, 2, MD5), 0u);
    rig_close(&rig);
}

/* ---- who has none ---- */

Test(gravatar, each_default_is_drawn_and_a_size_is_the_same_picture)
{
    static const char *const names[] = {"identicon", "monsterid", "wavatar", "retro", "robohash",
                                        "pagan",     "mp",        "blank",   "color"};
    static struct rig rig;

    open_rig(&rig);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char digest[65];

        cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?f=y&s=80&d=%s", names[i]), 200, "%s",
                     names[i]);
        expect_drawn(&rig, "image/png", 80, "public, max-age=600");
        answer_digest(&rig.answer, digest);
        cr_expect_eq(rig_get(&rig, "/avatar/" MD5_UPPER ".gif?d=%s&f=y&x=1", names[i]), 200);
        cr_expect(is_drawing_of(&rig, digest), "%s", names[i]);
        cr_expect(scripted_way(&rig, "visage; hit; ttl=600"));
    }
    cr_expect_eq(origin_total(rig.origin), 0u);
    rig_close(&rig);
}

Test(gravatar, initials_are_those_of_the_name_and_their_colour_that_of_the_hash)
{
    char ada[65], other[65];
    static struct rig rig;

    open_rig(&rig);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?f=y&d=initials&name=Ada+King+Lovelace"), 200);
    expect_drawn(&rig, "image/png", 80, "public, max-age=600");
    answer_digest(&rig.answer, ada);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?f=y&d=initials&initials=al"), 200);
    cr_expect(is_drawing_of(&rig, ada));
    cr_expect(scripted_way(&rig, "visage; hit; "), "they have one place in the cache");
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?f=y&d=initials&name=%%D0%%90%%D0%%BD"), 200);
    answer_digest(&rig.answer, other);
    cr_expect_str_neq(other, ada);
    cr_expect_eq(rig_get(&rig, "/avatar/" SHA ".png?f=y&d=initials&initials=al"), 200);
    cr_expect_not(is_drawing_of(&rig, ada));
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?f=y&d=initials"), 200);
    answer_digest(&rig.answer, other);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?f=y&d=color"), 200);
    cr_expect(is_drawing_of(&rig, other));
    rig_close(&rig);
}

Test(gravatar, four_hundred_and_four_is_cheap_and_short_lived)
{
    static struct rig rig;
    uint64_t renders;

    open_rig(&rig);
    set_sources(&rig, MD5, NULL, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(rig_get(&rig, "/avatar/" MD5 "?d=404&s=%d", 32 << i), 404);
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "public, max-age=60");
        cr_expect_str_eq(answer_field(&rig.answer, "Vary"), "Accept");
        cr_expect(answer_says(&rig.answer, "Content-Type", "text/plain"));
        expect_usual_fields(&rig.answer);
    }
    cr_expect_eq(asked(&rig, 1, MD5), 1u);
    cr_expect_eq(asked(&rig, 2, MD5), 1u);
    renders = workers_counted(rig.state, COUNT_RENDERS);
    cr_expect_eq(renders, 0u);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".jpg?f=y&d=404"), 404);
    cr_expect_null(answer_field(&rig.answer, "Vary"));
    rig_close(&rig);
}

Test(gravatar, a_default_elsewhere_is_redirected_to)
{
    static struct rig rig;

    open_rig(&rig);
    set_sources(&rig, MD5, NULL, NULL, NULL);
    set_sources(&rig, SHA, "200", NULL, NULL);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 "?d=https%%3A%%2F%%2Fcdn.example.org%%2Fa.png"), 302);
    cr_expect_str_eq(answer_field(&rig.answer, "Location"), "https://cdn.example.org/a.png");
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "public, max-age=600");
    cr_expect_str_eq(answer_field(&rig.answer, "Vary"), "Accept");
    cr_expect_eq(rig.answer.body.length, 0u);
    expect_usual_fields(&rig.answer);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 "?d=https%%3A%%2F%%2Fevil.test%%2Fa.png"), 200);
    cr_expect_eq(rig_get(&rig, "/avatar/" SHA "?d=https%%3A%%2F%%2Fcdn.example.org%%2Fa.png"), 200);
    rig_close(&rig);
}

Test(gravatar, a_forced_default_asks_nobody)
{
    static struct rig rig;
    char digest[65];

    open_rig(&rig);
    set_sources(&rig, MD5, "200", NULL, NULL);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?f=y"), 200);
    expect_drawn(&rig, "image/png", 80, "public, max-age=600");
    answer_digest(&rig.answer, digest);
    cr_expect_eq(asked(&rig, 1, MD5), 0u);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png"), 200);
    cr_expect_not(is_drawing_of(&rig, digest));
    rig_close(&rig);
}

Test(gravatar, a_rating_opens_sources)
{
    static struct rig rig;

    open_rig(&rig);
    set_sources(&rig, MD5, NULL, NULL, "200");
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?r=pg&d=404"), 404);
    cr_expect_eq(asked(&rig, 3, MD5), 0u);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?r=r&d=404"), 200);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?r=g&d=404"), 404, "however warm it is");
    cr_expect_eq(asked(&rig, 3, MD5), 1u);
    rig_close(&rig);
}

/* ---- HTTP ---- */

Test(gravatar, sizes_are_a_few_and_no_larger_than_configured)
{
    static const struct {
        const char *query;
        uint32_t side;
    } rows[] = {{"", 80}, {"?s=0", 80}, {"?s=-1", 80}, {"?s=big", 80}, {"?s=1", 32},
                {"?s=100", 128}, {"?size=200", 256}, {"?s=2048", 512}};
    static struct rig rig;

    open_rig(&rig);
    set_sources(&rig, MD5, "200 picture=photo", NULL, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sniffed s;

        cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".webp%s", rows[i].query), 200);
        s = sniffed_picture(rig.answer.body.data, rig.answer.body.length);
        cr_expect(s.width == rows[i].side && s.height == rows[i].side, "%s: %u x %u",
                  rows[i].query, s.width, s.height);
    }
    cr_expect_eq(asked(&rig, 1, MD5), 1u);
    rig_close(&rig);
}

Test(gravatar, accept_decides_without_an_extension_and_is_told)
{
    const char *const webp[] = {"Accept: image/webp,*/*", NULL};
    static struct rig rig;

    open_rig(&rig);
    set_sources(&rig, MD5, "200 picture=photo", NULL, NULL);
    set_sources(&rig, OTHER, NULL, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        const char *url = i ? "/avatar/" OTHER "?s=64" : "/avatar/" MD5 "?s=64";

        cr_expect_eq(rig_ask(&rig, "GET", url, webp), 200);
        cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/webp");
        cr_expect_str_eq(answer_field(&rig.answer, "Vary"), "Accept");
        cr_expect_eq(rig_ask(&rig, "GET", url, NULL), 200);
        cr_expect_str_neq(answer_field(&rig.answer, "Content-Type"), "image/webp");
        cr_expect_str_eq(answer_field(&rig.answer, "Vary"), "Accept");
    }
    cr_expect_eq(rig_ask(&rig, "GET", "/avatar/" OTHER ".jpg", webp), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/jpeg");
    cr_expect_null(answer_field(&rig.answer, "Vary"));
    cr_expect_eq(rig_ask(&rig, "GET", "/avatar/" OTHER "?d=blank", NULL), 200);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "image/png");
    rig_close(&rig);
}

Test(gravatar, head_and_conditions_hold_for_pictures_and_defaults)
{
    static const char *const hashes[] = {MD5, OTHER};
    static struct rig rig;

    open_rig(&rig);
    set_sources(&rig, MD5, "200 picture=photo", NULL, NULL);
    set_sources(&rig, OTHER, NULL, NULL, NULL);
    for (int i = 0; i < 2; i++) {
        char url[128], field[128], date[128];
        const char *const tagged[] = {field, NULL}, *const dated[] = {date, NULL};
        size_t length;

        snprintf(url, sizeof url, "/avatar/%s", hashes[i]);
        cr_expect_eq(rig_get(&rig, "%s", url), 200);
        length = rig.answer.body.length;
        snprintf(field, sizeof field, "If-None-Match: %s", answer_field(&rig.answer, "ETag"));
        snprintf(date, sizeof date, "If-Modified-Since: %s",
                 answer_field(&rig.answer, "Last-Modified"));
        cr_expect_eq(rig_ask(&rig, "HEAD", url, NULL), 200);
        cr_expect_eq((size_t)atol(answer_field(&rig.answer, "Content-Length")), length);
        cr_expect_eq(rig.answer.body.length, 0u);
        cr_expect_eq(rig_ask(&rig, "GET", url, tagged), 304);
        cr_expect_str_eq(answer_field(&rig.answer, "Vary"), "Accept");
        cr_expect(answer_says(&rig.answer, "Cache-Control",
                              i ? "public, max-age=600" : "public, max-age=300"));
        cr_expect_eq(rig_ask(&rig, "GET", url, dated), 200,
                     "a default and a picture may take turns: a date cannot tell them apart");
    }
    cr_expect_eq(rig_ask(&rig, "HEAD", "/avatar/" OTHER "?d=404", NULL), 404);
    cr_expect_eq(rig.answer.body.length, 0u);
    cr_expect_eq(rig_ask(&rig, "DELETE", "/avatar/" OTHER, NULL), 405);
    rig_close(&rig);
}

static void purge(struct rig *rig, const char *what)
{
    static const char *const fields[] = {"Authorization: Bearer " TOKEN, NULL};

    cr_assert_eq(rig_send(rig, "POST", "/_visage/purge", fields, what), 200, "%s: %d", what,
                 rig->answer.status);
}

Test(gravatar, a_purge_by_source_and_hash_asks_anew)
{
    static struct rig rig;
    char before[65];

    open_rig(&rig);
    set_sources(&rig, MD5, "200 picture=photo | 200 picture=logo", NULL, NULL);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png"), 200);
    answer_digest(&rig.answer, before);
    purge(&rig, "subject=first/" MD5);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png"), 200);
    cr_expect_not(is_drawing_of(&rig, before));
    rig_close(&rig);
}

Test(gravatar, a_purge_by_url_reaches_every_source_and_what_they_lacked)
{
    static struct rig rig;

    open_rig(&rig);
    set_sources(&rig, MD5, NULL, "404 | 200", NULL);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?d=404"), 404);
    purge(&rig, "url=/avatar/" MD5);
    cr_expect_eq(rig_get(&rig, "/avatar/" MD5 ".png?d=404"), 200);
    cr_expect_eq(asked(&rig, 1, MD5), 2u);
    rig_close(&rig);
}

Test(gravatar, many_who_ask_for_one_cold_picture_cost_one_fetch)
{
    const char *targets[16];
    struct answer answers[16] = {{0}};
    static struct rig rig;

    open_rig(&rig);
    set_sources(&rig, MD5, "404 delay=100", "200 delay=100", NULL);
    for (int i = 0; i < 16; i++)
        targets[i] = "/avatar/" MD5 ".png";
    cr_expect_eq(client_get_all(rig.port, targets, 16, answers), 16u);
    for (int i = 0; i < 16; i++) {
        cr_expect_eq(answers[i].status, 200);
        answer_free(&answers[i]);
    }
    cr_expect_eq(asked(&rig, 1, MD5), 1u);
    cr_expect_eq(asked(&rig, 2, MD5), 1u);
    rig_close(&rig);
}

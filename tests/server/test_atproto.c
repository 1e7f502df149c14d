/* SPDX-License-Identifier: MIT
 *
 * atproto's URLs through a web server: Coves' and Bluesky's presets, statuses, texts
 * and headers, with the tests' own origin as PLC directory, did:web host and PDS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "cache/cache.h"
#include "cache/names.h"
#include "rig/repository.h"
#include "rig/scripted.h"
#include "rig/sniffed.h"
#include "rig/workers.h"

RIG_SUITE(atproto);

#define JPEG "image/jpeg"
#define PNG "image/png"
#define WEBP "image/webp"
#define FIREFOX "Accept: image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
#define FETCH "connect_timeout = \"2s\" timeout = \"2s\" max_bytes = \"1M\""
#define ADA "did:plc:ada"
#define IMMUTABLE "public, max-age=31536000, immutable"
/* Of "hello world". */
#define HELLO "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
#define EMPTY "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"

static struct rig rig;
static char photo[CID_BLOB_SIZE];

/* With an account, ADA, whose PDS is called "pds" and has a photo. */
static void open_with(const char *more, unsigned workers)
{
    rig_open(&rig, &(struct rig_options){
                       .kind = RIG_LIGHTTPD, .workers = workers, .fetch = FETCH, .more = more});
    repository_add_jpeg(&rig, "photo-at", 640, 480, photo);
    repository_account(&rig, ADA, "pds");
    repository_pds(&rig, "pds", "200 picture=photo-at");
}

static void open_coves(void)
{
    open_with(REPOSITORY_CONF("coves", "strict", ""), 2);
}

static int get(const char *preset, const char *did, const char *cid)
{
    return rig_get(&rig, "/img/%s/plain/%s/%s", preset, did, cid);
}

static int get_with(const char *method, const char *field, const char *preset, const char *cid)
{
    const char *fields[] = {field, NULL};
    char target[256];

    snprintf(target, sizeof target, "/img/%s/plain/" ADA "/%s", preset, cid);
    return rig_ask(&rig, method, target, field ? fields : NULL);
}

static void expect_picture(const char *type, unsigned width, unsigned height, const char *what)
{
    struct sniffed s = sniffed_picture(rig.answer.body.data, rig.answer.body.length);

    cr_expect_eq(rig.answer.status, 200, "%s: %d", what, rig.answer.status);
    cr_expect_str_eq(s.type, type, "%s: %s", what, s.type);
    cr_expect(s.width == width && s.height == height, "%s: %ux%u", what, s.width, s.height);
    cr_expect(answer_says(&rig.answer, "Content-Type", type));
}

static void expect_error(int status, const char *text, const char *what)
{
    cr_expect_eq(rig.answer.status, status, "%s: %d", what, rig.answer.status);
    cr_expect(rig.answer.body.length == strlen(text) + 1 &&
                  strncmp(rig.answer.body.data, text, strlen(text)) == 0 &&
                  rig.answer.body.data[strlen(text)] == '\n',
              "%s: %s", what, rig.answer.body.data);
    cr_expect(answer_says(&rig.answer, "Content-Type", "text/plain"));
    cr_expect_null(answer_field(&rig.answer, "ETag"));
}

Test(atproto, coves_presets)
{
    static const struct {
        const char *preset;
        unsigned from[2], to[2];
    } rows[] = {
        {"avatar", {640, 480}, {1000, 1000}},
        {"avatar_small", {640, 480}, {360, 360}},
        {"banner", {640, 480}, {640, 300}},
        {"embed_thumbnail", {640, 480}, {720, 360}},
        {"content_preview", {900, 1600}, {800, 1422}},
        {"content_preview", {400, 300}, {400, 300}},
        {"content_full", {3200, 800}, {1600, 400}},
        {"content_full", {640, 480}, {640, 480}},
    };

    open_coves();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char cid[CID_BLOB_SIZE];

        repository_add_jpeg(&rig, "other", rows[i].from[0], rows[i].from[1], cid);
        repository_pds(&rig, "pds", "200 picture=other");
        get(rows[i].preset, ADA, cid);
        expect_picture(JPEG, rows[i].to[0], rows[i].to[1], rows[i].preset);
    }
    rig_close(&rig);
}

Test(atproto, bluesky_presets)
{
    static const struct {
        const char *preset;
        unsigned from[2], to[2];
    } rows[] = {
        {"avatar", {640, 480}, {1000, 1000}},
        {"avatar_thumbnail", {640, 480}, {128, 128}},
        {"banner", {640, 480}, {3000, 1000}},
        {"feed_thumbnail", {3200, 800}, {2000, 500}},
        {"feed_fullsize", {900, 1600}, {562, 1000}},
        {"feed_fullsize", {400, 300}, {400, 300}},
    };

    open_with(REPOSITORY_CONF("bluesky", "strict", ""), 2);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char cid[CID_BLOB_SIZE], target[CID_BLOB_SIZE + 8];

        repository_add_jpeg(&rig, "other", rows[i].from[0], rows[i].from[1], cid);
        repository_pds(&rig, "pds", "200 picture=other");
        snprintf(target, sizeof target, "%s@jpeg", cid);
        get(rows[i].preset, ADA, target);
        expect_picture(JPEG, rows[i].to[0], rows[i].to[1], rows[i].preset);
    }
    rig_close(&rig);
}

Test(atproto, a_picture_has_coves_headers)
{
    static const char *const methods[] = {"GET", "GET", "HEAD"};
    char etag[128];

    open_coves();
    snprintf(etag, sizeof etag, "\"avatar_small-%s\"", photo);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(get_with(methods[i], FIREFOX, "avatar_small", photo), 200);
        cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etag);
        cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), IMMUTABLE);
        cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), JPEG);
        cr_expect_null(answer_field(&rig.answer, "Age"));
        cr_expect_null(answer_field(&rig.answer, "Vary"));
        cr_expect_str_eq(answer_field(&rig.answer, "X-Content-Type-Options"), "nosniff");
        cr_expect_eq(rig.answer.body.length > 0, i < 2);
    }
    cr_expect_eq(repository_asked_directory(&rig, ADA), 1u);
    cr_expect_eq(repository_asked_pds(&rig, "pds"), 1u);
    rig_close(&rig);
}

Test(atproto, who_has_it_is_told_so_before_anything_is_looked_up)
{
    char field[160];

    open_coves();
    origin_reset(rig.origin);
    snprintf(field, sizeof field, "If-None-Match: \"x\", W/\"avatar-%s\"", photo);
    cr_expect_eq(get_with("GET", field, "avatar", photo), 304);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), IMMUTABLE);
    snprintf(field, sizeof field, "\"avatar-%s\"", photo);
    cr_expect_str_eq(answer_field(&rig.answer, "ETag"), field);
    cr_expect_eq(rig.answer.body.length, 0u);
    snprintf(field, sizeof field, "If-None-Match: \"avatar-%s\"", photo);
    cr_expect_eq(get_with("HEAD", field, "avatar", photo), 304);
    /* What is wrong with the URL comes first. */
    cr_expect_eq(get_with("GET", field, "nothing", photo), 400);
    cr_expect_eq(origin_total(rig.origin), 0u);
    /* Another preset or format is another representation. */
    cr_expect_eq(get_with("GET", field, "avatar_small", photo), 200);
    snprintf(field, sizeof field, "%s@png", photo);
    cr_expect_eq(get_with("GET", NULL, "avatar", field), 200);
    snprintf(field, sizeof field, "If-None-Match: \"avatar-%s-png\"", photo);
    cr_expect_eq(get_with("GET", field, "avatar", photo), 200);
    /* "*" asks whether there is anything. */
    cr_expect_eq(get_with("GET", "If-None-Match: *", "avatar", photo), 304);
    cr_expect_eq(get_with("GET", "If-None-Match: *", "avatar", HELLO), 404);
    rig_close(&rig);
}

Test(atproto, what_is_wrong_with_a_url)
{
    static const struct {
        const char *path, *text;
    } rows[] = {
        {"/img/avatar/plain/" ADA "/", "missing required parameters"},
        {"/img/avatar/plain/" ADA, "missing required parameters"},
        {"/img/nothing/plain/bad/bad", "invalid preset: nothing"},
        {"/img/Avatar/plain/" ADA "/" HELLO, "invalid preset: Avatar"},
        {"/img/%3Cb%3E/plain/" ADA "/" HELLO, "invalid preset"},
        {"/img/avatar/plain/bad/bad", "invalid DID format"},
        {"/img/avatar/plain/" ADA "/bad", "invalid CID format"},
        {"/img/avatar/plain/" ADA "/bafkreitest", "invalid CID format"},
        {"/img/avatar/plain/" ADA "/" HELLO "@avif", "unsupported image format"},
    };

    open_coves();
    origin_reset(rig.origin);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rig_get(&rig, "%s", rows[i].path);
        expect_error(400, rows[i].text, rows[i].path);
    }
    cr_expect_eq(rig_ask(&rig, "DELETE", "/img/avatar/plain/" ADA "/" HELLO, NULL), 405);
    cr_expect_eq(origin_total(rig.origin), 0u);
    rig_close(&rig);
}

Test(atproto, what_a_pds_may_answer)
{
    static const char missing[] = "{\"error\":\"InvalidRequest\",\"message\":\"Blob not found\"}";
    static const char unknown[] = "{\"error\":\"RepoNotFound\",\"message\":\"Could not find repo\"}";
    static const struct {
        const char *steps;
        int status;
        const char *text;
    } rows[] = {
        {"404", 404, "blob not found"},
        {"410", 404, "blob not found"},
        {"400 picture=missing", 404, "blob not found"},
        {"400 picture=unknown", 502, "failed to fetch blob from PDS"},
        {"400", 502, "failed to fetch blob from PDS"},
        {"500 picture=missing", 502, "failed to fetch blob from PDS"},
        {"401", 502, "failed to fetch blob from PDS"},
        {"403", 502, "failed to fetch blob from PDS"},
        {"429", 502, "failed to fetch blob from PDS"},
        {"503", 502, "failed to fetch blob from PDS"},
        {"redirect-loop", 502, "failed to fetch blob from PDS"},
        {"reset", 502, "failed to fetch blob from PDS"},
        {"truncated", 502, "failed to fetch blob from PDS"},
        {"gzip", 502, "failed to fetch blob from PDS"},
        {"timeout", 504, "request timed out"},
        {"stall-mid", 504, "request timed out"},
        {"huge/2000000", 400, "image too large"},
        {"200 picture=photo-at", 404, "blob not found"}, /* other bytes than the CID's */
        {"html", 404, "blob not found"},
        {"empty", 404, "blob not found"},
        {"200 picture=hello", 400, "unsupported image format"},
    };

    open_coves();
    repository_add(&rig, "missing", missing, strlen(missing), "application/json", NULL);
    repository_add(&rig, "unknown", unknown, strlen(unknown), "application/json", NULL);
    repository_add(&rig, "hello", "hello world", 11, "image/jpeg", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char did[32], pds[16];

        snprintf(did, sizeof did, "did:plc:user%zu", i);
        snprintf(pds, sizeof pds, "pds%zu", i);
        repository_account(&rig, did, pds);
        repository_pds(&rig, pds, rows[i].steps);
        get("avatar", did, HELLO);
        expect_error(rows[i].status, rows[i].text, rows[i].steps);
        /* And once more, as it is remembered. */
        get("avatar", did, HELLO);
        expect_error(rows[i].status, rows[i].text, rows[i].steps);
    }
    repository_account(&rig, "did:plc:empty", "empty");
    repository_pds(&rig, "empty", "empty");
    get("avatar", "did:plc:empty", EMPTY);
    expect_error(400, "unsupported image format", "the empty blob");
    rig_close(&rig);
}

Test(atproto, pictures_that_cannot_be_drawn)
{
    char cid[CID_BLOB_SIZE];
    static const char gif[] = "GIF89a\1\0\1\0\200\0\0\0\0\0\377\377\377!\371\4\1\0\0\0\0,\0\0\0\0\1\0\1\0"
                              "\0\2\2D\1\0;";

    open_coves();
    repository_add(&rig, "gif", gif, sizeof gif - 1, "image/gif", cid);
    repository_pds(&rig, "pds", "200 picture=gif");
    get("avatar", ADA, cid);
    expect_error(400, "unsupported image format", "a GIF");
    repository_add(&rig, "cut", "\xff\xd8\xff\xe0\0\x10JFIF\0", 11, "image/jpeg", cid);
    repository_pds(&rig, "pds", "200 picture=cut");
    get("avatar", ADA, cid);
    expect_error(500, "image processing failed", "a JPEG without a picture");
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "no-store");
    rig_close(&rig);
}

Test(atproto, nothing_is_kept_of_bytes_that_the_cid_does_not_name)
{
    char blobs[FILES_PATH_MAX];

    open_coves();
    files_path(blobs, "%s/blobs", rig.state);
    get("avatar", ADA, HELLO);
    expect_error(404, "blob not found", "the wrong bytes");
    cr_expect_eq(files_count(blobs), 0u);
    cr_expect_eq(rig_logged(&rig, "cause=blob-mismatch"), 1u);
    cr_expect_eq(get("avatar", ADA, photo), 200);
    cr_expect_gt(files_count(blobs), 0u);
    rig_close(&rig);
}

Test(atproto, dids_that_lead_nowhere)
{
    static const char evil[] = "{\"id\":\"did:plc:evil\",\"service\":[{\"id\":\"#atproto_pds\",\"type\":"
                               "\"AtprotoPersonalDataServer\",\"serviceEndpoint\":\"file:///etc\"}]}";
    static const struct {
        const char *did, *steps;
        int status;
        const char *text;
    } rows[] = {
        {"did:plc:unknown", "404", 502, "failed to resolve DID"},
        {"did:plc:gone", "410", 502, "failed to resolve DID"},
        {"did:plc:failing", "500", 502, "failed to resolve DID"},
        {"did:plc:garbage", "garbage", 502, "failed to resolve DID"},
        {"did:plc:html", "html", 502, "failed to resolve DID"},
        {"did:plc:others", "200 picture=evil", 502, "failed to resolve DID"},
        {"did:plc:large", "huge/70000", 502, "failed to resolve DID"},
        {"did:plc:redirected", "redirect/1", 502, "failed to resolve DID"},
        {"did:plc:late", "timeout", 504, "request timed out"},
        {"did:plc:evil", "200 picture=evil", 502, "no PDS endpoint found"},
    };
    static const char *const unsupported[] = {
        "did:key:z6Mk", "did:web:example.com:user", "did:plc:a:b", "did:web:example.com%253A0"};

    open_coves();
    repository_add(&rig, "evil", evil, strlen(evil), "application/json", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        repository_directory(&rig, rows[i].did, rows[i].steps);
        get("avatar", rows[i].did, HELLO);
        expect_error(rows[i].status, rows[i].text, rows[i].did);
        /* For half a minute nobody asks again, whatever picture is wanted. */
        get("avatar", rows[i].did, photo);
        expect_error(rows[i].status, rows[i].text, rows[i].did);
        cr_expect_eq(repository_asked_directory(&rig, rows[i].did), 1u, "%s", rows[i].did);
    }
    repository_account(&rig, "did:plc:bare", NULL);
    get("avatar", "did:plc:bare", HELLO);
    expect_error(502, "no PDS endpoint found", "an account without a server");
    for (size_t i = 0; i < sizeof unsupported / sizeof *unsupported; i++) {
        get("avatar", unsupported[i], HELLO);
        expect_error(502, "failed to resolve DID", unsupported[i]);
    }
    rig_close(&rig);
}

Test(atproto, did_web)
{
    char did[64], target[64];

    open_coves();
    snprintf(did, sizeof did, "did:web:localhost%%3A%u", (unsigned)rig.origin_port);
    snprintf(target, sizeof target, "did:web:localhost%%253A%u", (unsigned)rig.origin_port);
    repository_account(&rig, did, "pds");
    get("avatar_small", target, photo);
    expect_picture(JPEG, 360, 360, did);
    cr_expect_eq(repository_asked_directory(&rig, did), 1u);
    rig_close(&rig);
}

/* The source opens nothing: what a stranger's document names is refused. */
Test(atproto, a_document_cannot_lead_into_the_private_network)
{
    open_with("source at {\ntype = atproto\nplc = \"@ORIGIN@/script/plc\"\n}\n"
              "atproto { prefix = \"\" source = at }\n", 1);
    origin_reset(rig.origin);
    get("avatar", ADA, photo);
    expect_error(502, "failed to resolve DID", "a private directory");
    cr_expect_eq(origin_total(rig.origin), 0u);
    rig_close(&rig);
}

Test(atproto, a_directory_outage_breaks_nothing_cached)
{
    open_with(REPOSITORY_CONF("coves", "strict", ""), 2);
    cr_assert_eq(get("avatar", ADA, photo), 200);
    rig_stop_origin(&rig);
    for (int i = 0; i < 4; i++)
        cr_expect_eq(get("avatar", ADA, photo), 200);
    /* The original is kept, so what has not been drawn yet can be. */
    cr_expect_eq(get("banner", ADA, photo), 200);
    /* Years later, too. */
    scripted_pass(&rig, INT64_C(5) * 365 * 24 * 3600);
    cr_expect_eq(get("avatar", ADA, photo), 200);
    cr_expect_eq(get("avatar_small", ADA, photo), 200);
    get("avatar", "did:plc:new", photo);
    expect_error(502, "failed to resolve DID", "a DID that nobody has resolved");
    rig_close(&rig);
}

Test(atproto, a_did_is_resolved_once_for_all_workers)
{
    char other[CID_BLOB_SIZE];

    open_with(REPOSITORY_CONF("coves", "strict", ""), 4);
    repository_add_jpeg(&rig, "other", 100, 100, other);
    cr_assert_eq(get("avatar", ADA, photo), 200);
    repository_pds(&rig, "pds", "200 picture=other");
    rig_stop(&rig);
    rig_start(&rig);
    cr_assert_eq(get("avatar", ADA, other), 200);
    cr_expect_eq(repository_asked_directory(&rig, ADA), 1u);
    cr_expect_eq(repository_asked_pds(&rig, "pds"), 2u);
    rig_close(&rig);
}

Test(atproto, the_format_is_part_of_what_is_kept)
{
    char suffixed[CID_BLOB_SIZE + 8], etag[128];

    open_with(REPOSITORY_CONF("bluesky", "strict", ""), 2);
    for (int i = 0; i < 2; i++) {
        snprintf(suffixed, sizeof suffixed, "%s@jpeg", photo);
        get_with("GET", FIREFOX, "avatar_thumbnail", suffixed);
        expect_picture(JPEG, 128, 128, "@jpeg");
        cr_expect_null(answer_field(&rig.answer, "Vary"));
        snprintf(etag, sizeof etag, "\"avatar_thumbnail-%s\"", photo);
        cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etag);

        get_with("GET", FIREFOX, "avatar_thumbnail", photo);
        expect_picture(WEBP, 128, 128, "plain, where WebP is accepted");
        cr_expect_str_eq(answer_field(&rig.answer, "Vary"), "Accept");
        snprintf(etag, sizeof etag, "\"avatar_thumbnail-%s-webp\"", photo);
        cr_expect_str_eq(answer_field(&rig.answer, "ETag"), etag);

        get_with("GET", "Accept: */*", "avatar_thumbnail", photo);
        expect_picture(JPEG, 128, 128, "plain, where anything is accepted");
        cr_expect_str_eq(answer_field(&rig.answer, "Vary"), "Accept");

        snprintf(suffixed, sizeof suffixed, "%s@png", photo);
        get_with("GET", FIREFOX, "avatar_thumbnail", suffixed);
        expect_picture(PNG, 128, 128, "@png");
    }
    snprintf(etag, sizeof etag, "If-None-Match: \"avatar_thumbnail-%s\"", photo);
    cr_expect_eq(get_with("GET", etag, "avatar_thumbnail", photo), 304, "what curl got is a JPEG");
    cr_expect_eq(repository_asked_pds(&rig, "pds"), 1u);
    rig_close(&rig);
}

/* A blob may be uploaded, and referenced, a moment after it was asked for. */
Test(atproto, a_missing_blob_is_asked_for_again_after_seconds)
{
    open_coves();
    repository_add(&rig, "missing", "{\"message\":\"Blob not found\"}", 28, "application/json", NULL);
    repository_pds(&rig, "pds", "400 picture=missing | 200 picture=photo-at");
    cr_expect_eq(get("avatar", ADA, photo), 404);
    cr_expect_str_eq(answer_field(&rig.answer, "Cache-Control"), "public, max-age=5");
    cr_expect_eq(get("avatar", ADA, photo), 404);
    cr_expect_eq(repository_asked_pds(&rig, "pds"), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_NOT_FOUND), 1u);
    cr_expect_eq(workers_counted(rig.state, COUNT_FETCH_FAILURES), 0u);
    scripted_pass(&rig, 6);
    cr_expect_eq(get("avatar", ADA, photo), 200);
    rig_close(&rig);
}

Test(atproto, an_account_that_has_moved_is_found_again)
{
    struct name_meaning old = {.learned_ms = clock_wall_ms() - 3600000,
                               .expires_ms = clock_wall_ms() + 3600000};
    char error[CONFIG_ERROR_MAX];
    struct config *config;
    struct cache *cache;

    open_coves();
    repository_pds(&rig, "old", "400");
    snprintf(old.text, sizeof old.text, "http://127.0.0.1:%u/script/old", (unsigned)rig.origin_port);
    cr_assert_eq(config_load(rig.conf, &config, error), 0, "%s", error);
    cr_assert_eq(cache_open(config, CACHE_TOOL, &cache, error), 0, "%s", error);
    names_note(cache, NAME_DID, ADA, &old);
    cache_close(&cache);
    config_free(&config);
    cr_expect_eq(get("avatar", ADA, photo), 502);
    cr_expect_eq(repository_asked_pds(&rig, "old"), 1u);
    scripted_pass(&rig, 60);
    cr_expect_eq(get("avatar", ADA, photo), 200);
    cr_expect_eq(repository_asked_pds(&rig, "pds"), 1u);
    rig_close(&rig);
}

Test(atproto, a_purge_is_heard)
{
    char path[FILES_PATH_MAX], subject[128];
    const char *argv[] = {path, "-c", rig.conf, "purge", "--subject", subject, NULL};
    const struct process_options options = {.argv = argv};
    struct buffer output = {.length = 0};

    open_coves();
    cr_assert_eq(get("avatar", ADA, photo), 200);
    files_path(path, "%s", rig_built("visage"));
    snprintf(subject, sizeof subject, "at/" ADA "/%s", photo);
    cr_expect_eq(process_run(&options, &output, 20000), 0, "%s", output.data);
    repository_pds(&rig, "pds", "404");
    cr_expect_eq(get("avatar", ADA, photo), 404);
    buffer_free(&output);
    rig_close(&rig);
}

Test(atproto, looser_rules)
{
    open_with(REPOSITORY_CONF("coves", "lexical", ""), 1);
    cr_expect_eq(get("avatar", ADA, HELLO), 200);
    cr_expect_eq(get("avatar", ADA, "bafkreitest"), 200);
    get("avatar", ADA, "QmbYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG");
    expect_error(400, "invalid CID format", "Qmb");
    rig_close(&rig);

    open_with(REPOSITORY_CONF("coves", "decodable", ""), 1);
    cr_expect_eq(get("avatar", ADA, "bafkreitest"), 200);
    get("avatar", ADA, HELLO);
    expect_error(404, "blob not found", "the wrong bytes");
    rig_close(&rig);
}

Test(atproto, native_urls_show_the_same_blobs)
{
    open_coves();
    cr_expect_eq(rig_get(&rig, "/s64/at/" ADA "/%s.webp", photo), 200);
    expect_picture(WEBP, 64, 64, "native");
    cr_expect(!answer_says(&rig.answer, "Cache-Control", "immutable"));
    cr_expect_eq(rig_get(&rig, "/s64/at/" ADA "/" HELLO ".webp"), 404);
    /* And what is known of them. */
    cr_expect_eq(rig_get(&rig, "/s64/at/" ADA "/%s/info", photo), 200);
    cr_expect_not_null(strstr(rig.answer.body.data, "\"width\":640,\"height\":480,"));
    cr_expect_eq(rig_get(&rig, "/s64/at/" ADA "/" HELLO "/info"), 404);
    cr_expect_str_eq(answer_field(&rig.answer, "Content-Type"), "application/problem+json");
    rig_close(&rig);
}

/* SPDX-License-Identifier: MIT
 *
 * URLs of imgproxy: signatures that others have published, and what URLs mean.
 */
#include "imgproxy_fixture.h"

#include "base/hex.h"

/* Key, salt and path as in the tests, the documentation and the clients of imgproxy. */
static const struct {
    const char *key, *salt, *path;
    uint32_t size;
    const char *signature;
} published[] = {
    {"746573742d6b6579", "746573742d73616c74", "/asd", 32,
     "oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a20"},
    {"746573742d6b657932", "746573742d73616c7432", "/asd", 32,
     "jYz1UZ7j1BCdSzH3pZhaYf0iuz0vusoOTdqJsUT6WXI"},
    {"736563726574", "68656c6c6f",
     "/rs:fill:300:400:0/g:sm/aHR0cDovL2V4YW1w/bGUuY29tL2ltYWdl/cy9jdXJpb3NpdHku/anBn.png", 32,
     "oKfUtW34Dvo2BGQehJFR4Nr0_rIjOtdtzJ3QFsUcXH8"},
    {"48656c6c6f", "576f726c64", "/s:100:100/plain/https://images.test/image.jpg", 5, "6PuaY-c"},
    {"943b421c9eb07c830af81030552c86009268de4e532ba2ee2eab8247c6da0881",
     "520f986b998545b4785e0defbc4f3c1203f22de2374a3d53cb7a7fe9fea309c5",
     "/rs:fit:300:300/plain/http://img.example.com/pretty/image.jpg", 32,
     "m3k5QADfcKPDj-SDI2AIogZbC3FlAXszuwhtWXYqavc"},
};

static void add_pair(struct imgproxy_keys *keys, const char *key, const char *salt)
{
    struct imgproxy_pair *pair = &keys->pairs[keys->count++];
    ssize_t key_length = hex_decode(key, strlen(key), pair->key, sizeof pair->key);
    ssize_t salt_length = hex_decode(salt, strlen(salt), pair->salt, sizeof pair->salt);

    cr_assert_gt(key_length, 0);
    cr_assert_gt(salt_length, 0);
    pair->key_length = (size_t)key_length;
    pair->salt_length = (size_t)salt_length;
}

static struct piece piece(const char *text)
{
    return (struct piece){text, strlen(text)};
}

Test(imgproxy, published_signatures_are_right)
{
    for (size_t i = 0; i < COUNT(published); i++) {
        struct imgproxy_keys keys = {.count = 0};

        add_pair(&keys, published[i].key, published[i].salt);
        cr_expect(imgproxy_is_signed(&keys, published[i].size, piece(published[i].signature),
                                     piece(published[i].path)),
                  "%s", published[i].signature);
        cr_expect_not(imgproxy_is_signed(&keys, published[i].size, piece(published[i].signature),
                                         piece("/other")));
        cr_expect_not(imgproxy_is_signed(&keys, published[i].size % 32 + 1,
                                         piece(published[i].signature), piece(published[i].path)));
    }
}

Test(imgproxy, each_of_several_pairs_will_do)
{
    struct imgproxy_keys keys = {.count = 0};

    for (size_t i = 0; i < COUNT(published); i++)
        add_pair(&keys, published[i].key, published[i].salt);
    for (size_t i = 0; i < COUNT(published); i++)
        cr_expect(imgproxy_is_signed(&keys, published[i].size, piece(published[i].signature),
                                     piece(published[i].path)));
    keys.count = 1;
    cr_expect_not(imgproxy_is_signed(&keys, 32, piece(published[1].signature), piece("/asd")));
    keys.count = 0;
    cr_expect_not(imgproxy_is_signed(&keys, 32, piece(published[0].signature), piece("/asd")));
}

Test(imgproxy, wrong_signatures_are_refused)
{
    static const char *const bad[] = {
        "",
        "oWaL7QoW5Ts",                                  /* eight bytes of 32 */
        "oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a2",   /* a digit less */
        "oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a20=", /* padding */
        "oWaL7QoW5TsgbuiS9+5+DI8S3Ibbo1gdB2SteJh3a20",  /* the other alphabet */
        "oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a21",  /* stray bits */
        "pWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a20",
        "oWaL7QoW5TsgbuiS9-5-DI8S3Ibbo1gdB2SteJh3a20AA",
        "jYz1UZ7j1BCdSzH3pZhaYf0iuz0vusoOTdqJsUT6WXI",  /* another key's */
        "unsafe", "_", "insecure",
    };
    struct imgproxy_keys keys = {.count = 0};

    add_pair(&keys, published[0].key, published[0].salt);
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect_not(imgproxy_is_signed(&keys, 32, piece(bad[i]), piece("/asd")), "%s", bad[i]);
}

/* ---- through the router ---- */

#define SIGNED "/m3k5QADfcKPDj-SDI2AIogZbC3FlAXszuwhtWXYqavc"
#define PATH "/rs:fit:300:300/plain/http://img.example.com/pretty/image.jpg"

Test(imgproxy, the_signature_comes_before_everything_else)
{
    static const struct {
        const char *path;
        enum cause cause;
    } rows[] = {
        {SIGNED PATH, CAUSE_NONE},
        {SIGNED "/rs:fit:300:300/plain/http:/img.example.com/pretty/image.jpg", CAUSE_NONE},
        {SIGNED "/rs%3Afit%3A300%3a300/plain/http://img.example.com/pretty/image.jpg", CAUSE_NONE},
        {SIGNED "/rs:fit:300:300/plain/http%3A//img.example.com/pretty/image.jpg", CAUSE_SIGNATURE},
        {SIGNED "/rs:fit:300:301/plain/http://img.example.com/pretty/image.jpg", CAUSE_SIGNATURE},
        {SIGNED "/nonsense:300/plain/http://img.example.com/pretty/image.jpg", CAUSE_SIGNATURE},
        {SIGNED PATH "@png", CAUSE_SIGNATURE},
        {SIGNED PATH "/", CAUSE_SIGNATURE},
        {"/unsafe" PATH, CAUSE_SIGNATURE},
        {"/unsafe/rs:fill:4:4/plain/local:///test1.png", CAUSE_SIGNATURE},
        {"/_" PATH, CAUSE_SIGNATURE},
        {PATH, CAUSE_SIGNATURE},
        {"/" PATH, CAUSE_NOT_FOUND},
        {SIGNED, CAUSE_NOT_FOUND},
        {SIGNED "/", CAUSE_NOT_FOUND},
        {"/", CAUSE_NOT_FOUND},
    };
    struct dialect_keys keys = {.unchecked = false};
    struct config config = usual;
    struct router *router;

    config.imgproxy.insecure = false;
    config.imgproxy.prefix = (char[]){"/i"};
    add_pair(&keys.imgproxy, published[0].key, published[0].salt);
    add_pair(&keys.imgproxy, published[4].key, published[4].salt);
    router = new_router(&config);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request out;
        char path[300];

        snprintf(path, sizeof path, "/i%s", rows[i].path);
        router_set_keys(router, NULL);
        cr_expect_eq(ask(router, path, &out),
                     rows[i].cause == CAUSE_NONE ? CAUSE_SIGNATURE : rows[i].cause, "%s", path);
        router_set_keys(router, &keys);
        cr_expect_eq(ask(router, path, &out), rows[i].cause, "%s: %s", path,
                     cause_info(ask(router, path, &out))->name);
        cr_expect_eq(out.dialect, DIALECT_IMGPROXY);
    }
    router_free(&router);
}

Test(imgproxy, tools_need_no_signature)
{
    static const struct dialect_keys unchecked = {.unchecked = true};
    struct config config = usual;
    struct picture_request out;
    struct router *router;

    config.imgproxy.insecure = false;
    router = new_router(&config);
    router_set_keys(router, &unchecked);
    cr_expect_eq(ask(router, "/i/unsafe" PATH, &out), CAUSE_NONE);
    router_free(&router);
}

Test(imgproxy, without_keys_anything_but_an_option_may_be_in_the_signature_s_place)
{
    static const struct {
        const char *path;
        enum cause cause;
    } rows[] = {
        {"/i/unsafe" PATH, CAUSE_NONE},
        {"/i/_" PATH, CAUSE_NONE},
        {"/i" SIGNED PATH, CAUSE_NONE},
        {"/i/rs:fill:4:4/plain/local:///test1.png", CAUSE_SIGNATURE},
        {"/i/rs:fill:4:4/w:5/plain/http://img.example.com/a", CAUSE_SIGNATURE},
    };
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request out;

        cr_expect_eq(ask(router, rows[i].path, &out), rows[i].cause, "%s", rows[i].path);
    }
    router_free(&router);
}

/* ---- where the picture is ---- */

static const struct {
    const char *path;
    const char *id; /* NULL: none */
    enum picture_type format;
} places[] = {
    /* Of imgproxy's own tests. */
    {"/size:100:100/aHR0cDovL2ltYWdlcy5kZXYvbG9yZW0vaXBzdW0uanBnP3BhcmFtPXZhbHVl.png",
     "http://images.dev/lorem/ipsum.jpg?param=value", PICTURE_PNG},
    {"/size:100:100/aHR0cDovL2ltYWdlcy5k/ZXYvbG9yZW0vaXBz/dW0uanBnP3BhcmFt/PXZhbHVl.png",
     "http://images.dev/lorem/ipsum.jpg?param=value", PICTURE_PNG},
    {"/size:100:100/aHR0cDovL2ltYWdlcy5kZXYvbG9yZW0vaXBzdW0uanBnP3BhcmFtPXZhbHVl",
     "http://images.dev/lorem/ipsum.jpg?param=value", PICTURE_UNKNOWN},
    {"/size:100:100/plain/http://images.dev/lorem/ipsum.jpg@png",
     "http://images.dev/lorem/ipsum.jpg", PICTURE_PNG},
    {"/size:100:100/plain/http://images.dev/lorem/ipsum.jpg@",
     "http://images.dev/lorem/ipsum.jpg", PICTURE_UNKNOWN},
    {"/size:100:100/plain/http%3A%2F%2Fimages.dev%2Florem%2Fipsum.jpg%3Fparam%3Dvalue@webp",
     "http://images.dev/lorem/ipsum.jpg?param=value", PICTURE_WEBP},
    /* Without options, and with what servers do to slashes. */
    {"/plain/http://images.dev/a", "http://images.dev/a", PICTURE_UNKNOWN},
    {"/plain/http:/images.dev/a@jpg", "http://images.dev/a", PICTURE_JPEG},
    {"/plain/https:/images.dev/a@jpeg", "https://images.dev/a", PICTURE_JPEG},
    {"/plain/http://images.dev//a", "http://images.dev//a", PICTURE_UNKNOWN},
    {"/plain/http://images.dev", "http://images.dev/", PICTURE_UNKNOWN},
    {"/plain/HTTP://IMAGES.dev:80/A", "http://images.dev/A", PICTURE_UNKNOWN},
    {"/plain/http://images.dev/a%40b", "http://images.dev/a@b", PICTURE_UNKNOWN},
    {"/plain/http://images.dev/a%2540b", "http://images.dev/a%40b", PICTURE_UNKNOWN},
    {"/plain/http://images.dev/a%20b", "http://images.dev/a%20b", PICTURE_UNKNOWN},
    {"/plain/http://images.dev/%C3%A9", "http://images.dev/%C3%A9", PICTURE_UNKNOWN},
    {"/plain/http://images.dev/plain/x:y", "http://images.dev/plain/x:y", PICTURE_UNKNOWN},
    {"/plain/http://images.dev/a%23b", "http://images.dev/a", PICTURE_UNKNOWN},
    {"/aHR0cDovL2ltYWdlcy5kZXYvYQ", "http://images.dev/a", PICTURE_UNKNOWN},
    {"/aHR0cDovL2ltYWdlcy5kZXYvYQ==", "http://images.dev/a", PICTURE_UNKNOWN},
    {"/aHR0cDovL2ltYWdlcy5kZXYvYQ.", "http://images.dev/a", PICTURE_UNKNOWN},
    {"/w:5/aHR0cDovL2lt/YWdlcy5kZXYvYQ.jpg", "http://images.dev/a", PICTURE_JPEG},
    {"/f:png/plain/http://images.dev/a", "http://images.dev/a", PICTURE_PNG},
    {"/f:png/plain/http://images.dev/a@webp", "http://images.dev/a", PICTURE_WEBP},
    {"/ext:jpg/plain/http://images.dev/a", "http://images.dev/a", PICTURE_JPEG},
    {"/format:webp/f:/plain/http://images.dev/a", "http://images.dev/a", PICTURE_UNKNOWN},
    /* None at all. */
    {"/w:5", NULL, 0},
    {"/w:5/", NULL, 0},
    {"/w:5/plain", NULL, 0},
    {"/w:5/plain/", NULL, 0},
    {"/plain/@png", NULL, 0},
    {"/plain/http://images.dev/a@png@png", NULL, 0},
    {"/plain/http://images.dev/a@jpgx", NULL, 0},
    {"/plain/http://images.dev/%", NULL, 0},
    {"/plain/http://images.dev/%zz", NULL, 0},
    {"/plain/http://images.dev/%00", NULL, 0},
    {"/plain/http://images.dev/%0a", NULL, 0},
    {"/plain/http://u:p%40images.dev/a", NULL, 0},
    {"/plain/http:///a", NULL, 0},
    {"/plain/local:///a.png", NULL, 0},
    {"/plain/s3://bucket/a.png", NULL, 0},
    {"/plain/file:///etc/passwd", NULL, 0},
    {"/plain/images.dev/a", NULL, 0},
    {"/plain//etc/passwd", NULL, 0},
    {"/w:5/plain/aHR0cDovL2ltYWdlcy5kZXYvYQ", NULL, 0},
    {"/w:5/aHR0cDovL2ltYWdlcy5kZXYvYQ.png.png", NULL, 0},
    {"/w:5/.png", NULL, 0},
    {"/w:5/aHR0cDovL2ltYWdlcy5kZXYvYR", NULL, 0}, /* stray bits */
    {"/w:5/aHR0cDovL2ltYWdlcy5kZXYvY+", NULL, 0},
    {"/w:5/http://images.dev/a", NULL, 0},
    {"/fill/300/400/sm/0/aHR0cDovL2ltYWdlcy5kZXYvYQ.png", NULL, 0}, /* what it had long ago */
};

Test(imgproxy, urls_and_the_pictures_they_name)
{
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(places); i++) {
        struct picture_request out;
        char path[300];
        enum cause cause;

        snprintf(path, sizeof path, "/i/_%s", places[i].path);
        cause = ask(router, path, &out);
        if (!places[i].id) {
            cr_expect(cause == CAUSE_BAD_REQUEST || cause == CAUSE_NOT_FOUND, "%s: %s", path,
                      cause_info(cause)->name);
            continue;
        }
        cr_assert_eq(cause, CAUSE_NONE, "%s: %s", path, cause_info(cause)->name);
        cr_expect_str_eq(out.id, places[i].id);
        cr_expect_str_eq(out.source->name, "web");
        cr_expect_eq(out.negotiated, places[i].format == PICTURE_UNKNOWN, "%s", path);
        if (!out.negotiated)
            cr_expect_eq(out.format, places[i].format, "%s", path);
    }
    router_free(&router);
}

Test(imgproxy, only_hosts_of_the_source_are_asked)
{
    static const struct {
        const char *url;
        enum cause cause;
    } rows[] = {
        {"http://images.dev/a", CAUSE_NONE},
        {"https://images.dev:8443/a", CAUSE_NONE},
        {"http://img.example.com/a", CAUSE_NONE},
        {"http://example.com/a", CAUSE_NOT_FOUND},
        {"http://images.dev.evil.example/a", CAUSE_NOT_FOUND},
        {"http://evil/images.dev", CAUSE_NOT_FOUND},
        {"http://127.0.0.1/a", CAUSE_NOT_FOUND},
        {"http://[::1]/a", CAUSE_NOT_FOUND},
    };
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request out;
        char path[300];

        snprintf(path, sizeof path, "/i/_/plain/%s", rows[i].url);
        cr_expect_eq(ask(router, path, &out), rows[i].cause, "%s", path);
    }
    router_free(&router);
}

/* ---- beside others ---- */

Test(imgproxy, without_a_prefix_its_urls_are_told_by_their_shape)
{
    static const struct {
        const char *path;
        bool is;
    } rows[] = {
        {"/_/plain/http://images.dev/a", true},
        {"/_/w:5/plain/http://images.dev/a", true},
        {"/_/w:5/aHR0cDovL2ltYWdlcy5kZXYvYQ", true},
        {"/_/aHR0cDovL2ltYWdlcy5kZXYvYQ", true},
        {"/rs:fill:4:4/plain/local:///test1.png", true},
        {"/small/demo/ada.png", false},
        {"/small/demo/did:plc:abc", false},
        {"/s64/demo/2024/a:b", false},
        {"/img/avatar/plain/did:plc:abc/bafkrei", false},
        {"/avatar/0bc83cb571cd1c50ba6f3e8a78ef1346", false},
        {"/", false},
        {"/_", false},
        {"/_/", false},
    };
    struct config config = usual;
    struct router *router;

    config.imgproxy.prefix = (char[]){""};
    router = new_router(&config);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request out;

        ask(router, rows[i].path, &out);
        cr_expect_eq(out.dialect == DIALECT_IMGPROXY, rows[i].is, "%s", rows[i].path);
    }
    router_free(&router);
}

Test(imgproxy, it_is_off_without_a_prefix_key)
{
    struct config config = usual;
    struct picture_request out;
    struct router *router;

    config.imgproxy.prefix = NULL;
    router = new_router(&config);
    cr_expect_neq(ask(router, "/i/_/plain/http://images.dev/a", &out), CAUSE_NONE);
    cr_expect_eq(out.dialect, DIALECT_NATIVE);
    router_free(&router);
}

Test(imgproxy, other_methods_are_refused)
{
    static const char path[] = "/i/_/plain/http://images.dev/a";
    struct router *router = new_router(&usual);
    struct picture_request out;

    cr_expect_eq(ask_with(router, path, strlen(path), HTTP_HEAD, NULL, &out), CAUSE_NONE);
    cr_expect_eq(ask_with(router, path, strlen(path), HTTP_POST, NULL, &out),
                 CAUSE_METHOD_NOT_ALLOWED);
    router_free(&router);
}

Test(imgproxy, accept_decides_where_no_format_is_named)
{
    static const struct {
        const char *path;
        bool negotiates;
    } rows[] = {
        {"/i/_/plain/http://images.dev/a", true},
        {"/i/_/w:5/aHR0cDovL2ltYWdlcy5kZXYvYQ", true},
        {"/i/_/plain/http://images.dev/a@png", false},
        {"/i/_/f:png/plain/http://images.dev/a", false},
        {"/i/_/pr:png/plain/http://images.dev/a", false},
    };
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct http_request request = {.method = HTTP_GET, .path = rows[i].path,
                                       .path_length = strlen(rows[i].path), .query = ""};

        cr_expect_eq(route_negotiates(router, &request), rows[i].negotiates, "%s", rows[i].path);
    }
    router_free(&router);
}

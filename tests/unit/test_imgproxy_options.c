/* SPDX-License-Identifier: MIT
 *
 * imgproxy's options: what each means, seen in the canonical text of a PNG, and
 * which are refused.
 */
#include "imgproxy_fixture.h"

#include <errno.h>

static enum cause ask_options(const struct router *router, const char *options,
                              struct picture_request *out)
{
    char path[600];

    snprintf(path, sizeof path, "/i/_%s/plain/http://images.dev/a", options);
    return ask(router, path, out);
}

static const struct {
    const char *options, *meaning;
} meant[] = {
    {"/w:100", "w=100&h=0&fit=inside"},
    {"/width:100/height:50", "w=100&h=50&fit=inside"},
    {"/w:100/w:", "w=0&h=0&fit=inside"},
    {"/s:100:200", "w=100&h=200&fit=inside"},
    {"/size:100:200:1", "w=100&h=200&fit=inside&el=1"},
    {"/s:100:200:1:1", "w=100&h=200&fit=inside&el=1&ex=1"},
    {"/s:100:200:1:1:no:0:10", "w=100&h=200&fit=inside&el=1&ex=1&eg=no:0:10"},
    {"/s::200", "w=0&h=200&fit=inside"},
    {"/rs:fit:100:200", "w=100&h=200&fit=inside"},
    {"/rs:fill:100:200:1", "w=100&h=200&fit=fill&el=1"},
    {"/resize:fill:100:200:1", "w=100&h=200&fit=fill&el=1"},
    {"/rs:fill-down:100:200", "w=100&h=200&fit=fill-down"},
    {"/rs:force:100:200", "w=100&h=200&fit=force"},
    {"/rs:auto:100:200", "w=100&h=200&fit=auto"},
    {"/rs::100", "w=100&h=0&fit=inside"},
    {"/rs:fill::200", "w=0&h=200&fit=fill"},
    {"/rt:fill/w:5", "w=5&h=0&fit=fill"},
    {"/resizing_type:force", "w=0&h=0&fit=force"},
    {"/mw:10/mh:20", "w=0&h=0&fit=inside&mw=10&mh=20"},
    {"/min-width:10/min-height:20", "w=0&h=0&fit=inside&mw=10&mh=20"},
    {"/z:2", "w=0&h=0&fit=inside&zx=2000000&zy=2000000"},
    {"/z:2:0.5", "w=0&h=0&fit=inside&zx=2000000&zy=500000"},
    {"/zoom:1", "w=0&h=0&fit=inside"},
    {"/dpr:2", "w=0&h=0&fit=inside&dpr=2000000"},
    {"/dpr:1.5", "w=0&h=0&fit=inside&dpr=1500000"},
    {"/dpr:1", "w=0&h=0&fit=inside"},
    {"/dpr:1.0", "w=0&h=0&fit=inside"},
    {"/el:1", "w=0&h=0&fit=inside&el=1"},
    {"/enlarge:t", "w=0&h=0&fit=inside&el=1"},
    {"/el:true", "w=0&h=0&fit=inside&el=1"},
    {"/el:0", "w=0&h=0&fit=inside"},
    {"/el:yes", "w=0&h=0&fit=inside"},
    {"/el:1/el:0", "w=0&h=0&fit=inside"},
    {"/ex:1", "w=0&h=0&fit=inside&ex=1"},
    {"/extend:1:soea", "w=0&h=0&fit=inside&ex=1&eg=soea:0:0"},
    {"/ex:1:ce:0.5:-3", "w=0&h=0&fit=inside&ex=1&eg=ce:500000p:-3"},
    {"/ex:1:fp:0.5:0.25", "w=0&h=0&fit=inside&ex=1&eg=fp:500000:250000"},
    {"/s:10:20:0:1:fp:0:1", "w=10&h=20&fit=inside&ex=1&eg=fp:0:1000000"},
    {"/rs:fit:10:20:1:1:fp:1:0.5", "w=10&h=20&fit=inside&el=1&ex=1&eg=fp:1000000:500000"},
    {"/ex:0:fp:0.5:0.5", "w=0&h=0&fit=inside"},
    {"/exar:1:fp:0:0.1", "w=0&h=0&fit=inside&exr=1&eg=fp:0:100000"},
    {"/ex:0:no", "w=0&h=0&fit=inside"},
    {"/exar:1:we", "w=0&h=0&fit=inside&exr=1&eg=we:0:0"},
    {"/extend_aspect_ratio:1", "w=0&h=0&fit=inside&exr=1"},
    {"/ex:1/exar:1", "w=0&h=0&fit=inside&ex=1"},
    {"/rs:fill:10:20/g:no", "w=10&h=20&fit=fill&g=no:0:0"},
    {"/rs:fill:10:20/gravity:nowe:10:20", "w=10&h=20&fit=fill&g=nowe:10:20"},
    {"/rs:fill:10:20/g:so:0:0.25", "w=10&h=20&fit=fill&g=so:0:250000p"},
    {"/rs:fill:10:20/g:ea:-10", "w=10&h=20&fit=fill&g=ea:-10:0"},
    {"/rs:fill:10:20/g:we", "w=10&h=20&fit=fill&g=we:0:0"},
    {"/rs:fill:10:20/g:noea", "w=10&h=20&fit=fill&g=noea:0:0"},
    {"/rs:fill:10:20/g:soea", "w=10&h=20&fit=fill&g=soea:0:0"},
    {"/rs:fill:10:20/g:sowe", "w=10&h=20&fit=fill&g=sowe:0:0"},
    {"/rs:fill:10:20/g:ce", "w=10&h=20&fit=fill"},
    {"/rs:fill:10:20/g:fp:0.5:0.25", "w=10&h=20&fit=fill&g=fp:500000:250000"},
    {"/rs:fill:10:20/g:fp:0:1", "w=10&h=20&fit=fill&g=fp:0:1000000"},
    {"/rs:fill:10:20/g:no/g:", "w=10&h=20&fit=fill"},
    {"/c:100:200", "w=0&h=0&fit=inside&cw=100&ch=200"},
    {"/crop:100:200:nowe:10:20", "w=0&h=0&fit=inside&cw=100&ch=200&cg=nowe:10:20"},
    {"/c:0.5", "w=0&h=0&fit=inside&cw=500000&cwp=1"},
    {"/c:0.5:0.25:fp:0.1:0.9",
     "w=0&h=0&fit=inside&cw=500000&ch=250000&cwp=1&chp=1&cg=fp:100000:900000"},
    {"/c:100:200/g:so", "w=0&h=0&fit=inside&cw=100&ch=200&cg=so:0:0"},
    {"/c:100:200:no/g:so", "w=0&h=0&fit=inside&cw=100&ch=200&cg=no:0:0"},
    {"/g:so/c:0:0:no", "w=0&h=0&fit=inside"},
    {"/pd:10", "w=0&h=0&fit=inside&pt=10&pr=10&pb=10&pl=10"},
    {"/pd:10:20", "w=0&h=0&fit=inside&pt=10&pr=20&pb=10&pl=20"},
    {"/pd:10:20:30", "w=0&h=0&fit=inside&pt=10&pr=20&pb=30&pl=20"},
    {"/padding:10:20:30:40", "w=0&h=0&fit=inside&pt=10&pr=20&pb=30&pl=40"},
    {"/pd::20", "w=0&h=0&fit=inside&pr=20&pl=20"},
    {"/pd:10:20/pd:5", "w=0&h=0&fit=inside&pt=5&pr=5&pb=5&pl=5"},
    {"/ar:0", "w=0&h=0&fit=inside&or=1"},
    {"/auto_rotate:1", "w=0&h=0&fit=inside"},
    {"/ar:", "w=0&h=0&fit=inside"},
    {"/rot:90", "w=0&h=0&fit=inside&rot=90"},
    {"/rotate:-90", "w=0&h=0&fit=inside&rot=270"},
    {"/rot:450", "w=0&h=0&fit=inside&rot=90"},
    {"/rot:0", "w=0&h=0&fit=inside"},
    {"/bg:ffddee", "w=0&h=0&fit=inside&b=ffddee"},
    {"/background:255:221:238", "w=0&h=0&fit=inside&b=ffddee"},
    {"/bg:fde", "w=0&h=0&fit=inside&b=ffddee"},
    {"/bg:ffddee/bg:", "w=0&h=0&fit=inside"},
    {"/bg:000000", "w=0&h=0&fit=inside&b=000000"},
    {"/bl:0.2", "w=0&h=0&fit=inside&bl=200"},
    {"/blur:10", "w=0&h=0&fit=inside&bl=10000"},
    {"/bl:0", "w=0&h=0&fit=inside"},
    {"/sh:0.7", "w=0&h=0&fit=inside&sh=700"},
    {"/sharpen:1.2345", "w=0&h=0&fit=inside&sh=1235"},
    {"/q:50", "w=0&h=0&fit=inside"},
    {"/quality:1", "w=0&h=0&fit=inside"},
    {"/q:0", "w=0&h=0&fit=inside"},
    {"/q:50/q:", "w=0&h=0&fit=inside"},
    {"/mb:20000", "w=0&h=0&fit=inside&mb=20000"},
    {"/max_bytes:1000000000", "w=0&h=0&fit=inside&mb=1000000000"},
    {"/mb:0", "w=0&h=0&fit=inside"},
    {"/mb:5/mb:", "w=0&h=0&fit=inside"},
    {"/sm:1/scp:0", "w=0&h=0&fit=inside"},
    {"/strip_metadata:0/strip_color_profile:1", "w=0&h=0&fit=inside"},
    {"/cb:abc", "w=0&h=0&fit=inside&cb=3fc884964770eede"},
    {"/cachebuster:abc", "w=0&h=0&fit=inside&cb=3fc884964770eede"},
    {"/cb:abd", "w=0&h=0&fit=inside&cb=5ecff3bc4896ffce"},
    {"/cb:", "w=0&h=0&fit=inside"},
    {"/pr:tiny", "w=16&h=16&fit=fill"},
    {"/preset:both", "w=16&h=16&fit=fill&bl=200"},
    {"/pr:tiny:soft", "w=16&h=16&fit=fill&bl=200"},
    {"/pr:me", "w=7&h=8&fit=inside"},
    {"/pr:ping", "w=1&h=2&fit=inside"},
    {"/rs%3Afill%3a100%3A200", "w=100&h=200&fit=fill"},
};

/* The canonical text between the id and the format, and behind it. */
static void say(const struct picture_request *r, char *out, size_t size)
{
    char text[PICTURE_CANONICAL_MAX], *format, *version;

    picture_variant_text(r, PICTURE_PNG, text);
    format = strstr(text, "&f=png");
    version = strstr(text, "&v=");
    cr_assert(format && version);
    *format = *version = '\0';
    snprintf(out, size, "%s%s", strchr(text, '?') + 1, format + strlen("&f=png"));
}

Test(imgproxy_options, what_each_means)
{
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(meant); i++) {
        struct picture_request out;
        char said[1000];
        enum cause cause = ask_options(router, meant[i].options, &out);

        cr_assert_eq(cause, CAUSE_NONE, "%s: %s", meant[i].options, cause_info(cause)->name);
        say(&out, said, sizeof said);
        cr_expect_str_eq(said, meant[i].meaning, "%s is %s", meant[i].options, said);
    }
    router_free(&router);
}

Test(imgproxy_options, quality_is_that_of_the_configuration_unless_it_is_said)
{
    static const struct {
        const char *options;
        uint32_t quality;
    } rows[] = {{"", 82},        {"/q:1", 1},      {"/quality:100", 100}, {"/q:0", 82},
                {"/q:50/q:", 82}, {"/pr:soft", 30}, {"/pr:soft/q:40", 40}, {"/q:40/pr:soft", 30}};
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request out;

        cr_assert_eq(ask_options(router, rows[i].options, &out), CAUSE_NONE);
        cr_expect_eq(out.rendering.quality, rows[i].quality, "%s", rows[i].options);
    }
    router_free(&router);
}

Test(imgproxy_options, what_is_about_the_answer_alone_is_not_in_the_key)
{
    static const struct {
        const char *options;
        int64_t expires_s;
        bool attachment;
        const char *filename;
    } rows[] = {
        {"/exp:32503669200", 32503669200, false, ""},
        {"/expires:1", 1, false, ""},
        {"/exp:0", 0, false, ""},
        {"/exp:-5", 0, false, ""},
        {"/exp:", 0, false, ""},
        {"/att:1", 0, true, ""},
        {"/return_attachment:true", 0, true, ""},
        {"/att:0", 0, false, ""},
        {"/fn:ada", 0, false, "ada"},
        {"/filename:Ada%20L_(1815)-1", 0, false, "Ada L_(1815)-1"},
        {"/fn:a%22b%5Cc;d%2Fe", 0, false, "a_b_c_d_e"},
        {"/fn:%0D%0AX-Evil=1", 0, false, "__X-Evil_1"},
        {"/fn:..%2F..%2Fetc", 0, false, "_._.._etc"},
        {"/fn:.htaccess", 0, false, "_htaccess"},
        {"/fn:%C3%A9", 0, false, "__"},
        {"/fn:YWRh:1", 0, false, "ada"},
        {"/fn:YWRh:0", 0, false, "YWRh"},
        {"/fn:ada/att:1/exp:5", 5, true, "ada"},
    };
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request out;
        char said[1000];

        cr_assert_eq(ask_options(router, rows[i].options, &out), CAUSE_NONE, "%s",
                     rows[i].options);
        say(&out, said, sizeof said);
        cr_expect_str_eq(said, "w=0&h=0&fit=inside");
        cr_expect_eq(out.expires_s, rows[i].expires_s, "%s", rows[i].options);
        cr_expect_eq(out.attachment, rows[i].attachment, "%s", rows[i].options);
        cr_expect_str_eq(out.filename, rows[i].filename, "%s", rows[i].options);
    }
    router_free(&router);
}

Test(imgproxy_options, a_url_s_time_is_over_after_its_last_second)
{
    const struct picture_request never = {.expires_s = 0}, some = {.expires_s = 1000};

    cr_expect_not(picture_expired(&never, 1));
    cr_expect_not(picture_expired(&some, 999));
    cr_expect_not(picture_expired(&some, 1000));
    cr_expect(picture_expired(&some, 1001));
}

/* Names that there are not, and arguments that are none. */
static const char *const refused[] = {
    "/unknown:1", "/W:1", "/:1", "/:", "/wm:0.5", "/raw:1", "/mb:-1", "/mb:x", "/mb:1:2",
    "/max_bytes:1.5", "/mb:1000000001", "/trim:10",
    "/w:-1", "/w:1.5", "/w:1e3", "/w:x", "/w:+1", "/w: 1", "/w:1000001", "/w:99999999999999999999",
    "/w:1:2", "/h:abc", "/h:1:", "/mw:-1", "/mh:a", "/s:a", "/s:1:a", "/s:1:2:1:1:no:1:2:3",
    "/s:1:2:1:1:sm", "/rs:fil:1:1", "/rs:FIT:1:1", "/rs:fit:1:a", "/rt:fit:1", "/rt:crop",
    "/z:0", "/z:-1", "/z:a", "/z:1:2:3", "/dpr:0", "/dpr:-1", "/dpr:x", "/dpr:inf", "/dpr:nan",
    "/dpr:1001", "/dpr:1:2", "/el:1:1", "/extend:1:sm", "/ex:1:fp:0.5", "/ex:1:no:1:2:3",
    "/ex:1:fp:0.5:1.1", "/ex:1:fp:0:0:0", "/exar:1:fp:-1:0", "/ex:1:no:x", "/exar:1:sm", "/g:sm", "/g:xx", "/g:fp", "/g:fp:0.5", "/g:fp:1.1:0", "/g:fp:-0.1:0",
    "/g:fp:0:0:0", "/g:no:1:2:3", "/g:no:a", "/g:no:1:1000001", "/c:-1:2", "/c:a", "/c:1:a",
    "/c:1:2:sm", "/c:1:2:xx", "/pd:-1", "/pd:1:2:3:4:5", "/pd:1:a", "/pd:0.5", "/ar:1:1", "/rot:45",
    "/rot:90.0", "/rot:a", "/rot:90:1", "/bg:fffff", "/bg:gggggg", "/bg:1:2", "/bg:256:0:0",
    "/bg:1:2:3:4", "/bg:-1:0:0", "/bl:-1", "/bl:x", "/bl:1:2", "/bl:1001", "/sh:-0.1", "/sh:1001",
    "/q:101", "/q:-1", "/q:x", "/q:1:2", "/f:xyz", "/f:png:1", "/ext:JPG", "/sm:1:1", "/scp:1:1",
    "/cb:a:b", "/exp:x", "/exp:1.5", "/exp:1:2", "/exp:99999999999999999999", "/fn:a:1:2",
    "/fn:a%2", "/fn:%00", "/fn:@@@:1", "/att:1:1", "/pr:", "/pr:nobody", "/pr:tiny:nobody", "/pr:Tiny",
    "/w:1/nope:1", "/w:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1",
};

Test(imgproxy_options, what_is_refused)
{
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(refused); i++) {
        struct picture_request out;
        enum cause cause = ask_options(router, refused[i], &out);

        cr_expect(cause == CAUSE_BAD_REQUEST, "%s: %s", refused[i], cause_info(cause)->name);
    }
    router_free(&router);
}

Test(imgproxy_options, formats_that_are_not_written_have_a_status_of_their_own)
{
    static const char *const formats[] = {"/f:avif", "/ext:gif", "/format:svg", "/f:best", "/f:jxl"};
    struct config config = usual;
    struct router *router = new_router(&config);
    struct picture_request out;

    config.imgproxy.preset_count = 0;
    for (size_t i = 0; i < COUNT(formats); i++)
        cr_expect_eq(ask_options(router, formats[i], &out), CAUSE_PICTURE_TYPE, "%s", formats[i]);
    cr_expect_eq(ask_options(router, "/f:avif/f:png", &out), CAUSE_NONE);
    cr_expect_eq(ask(router, "/i/_/plain/http://images.dev/a@avif", &out), CAUSE_PICTURE_TYPE);
    router_free(&router);

    config.format_count = 1; /* webp */
    router = new_router(&config);
    cr_expect_eq(ask_options(router, "/f:png", &out), CAUSE_PICTURE_TYPE);
    cr_expect_eq(ask_options(router, "/f:webp", &out), CAUSE_NONE);
    router_free(&router);
}

Test(imgproxy_options, what_the_configuration_allows)
{
    char *allowed[] = {(char[]){"w"}, (char[]){"height"}, (char[]){"pr"}};
    static const struct {
        const char *options;
        enum cause cause;
    } rows[] = {
        {"", CAUSE_NONE},
        {"/w:100/h:200", CAUSE_NONE},
        {"/width:100", CAUSE_NONE},
        {"/pr:soft", CAUSE_NONE}, /* with a blur in it */
        {"/preset:both", CAUSE_NONE},
        {"/w:100/h:200/blur:10", CAUSE_OPTION_FORBIDDEN},
        {"/bl:10", CAUSE_OPTION_FORBIDDEN},
        {"/pr:soft/bl:10", CAUSE_OPTION_FORBIDDEN},
        {"/rs:fit:1:1", CAUSE_OPTION_FORBIDDEN},
        {"/nope:1", CAUSE_OPTION_FORBIDDEN},
        {"/w:x", CAUSE_BAD_REQUEST},
    };
    struct config config = usual;
    struct router *router;

    config.imgproxy.allowed_options = allowed;
    config.imgproxy.allowed_count = COUNT(allowed);
    router = new_router(&config);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request out;

        cr_expect_eq(ask_options(router, rows[i].options, &out), rows[i].cause, "%s",
                     rows[i].options);
    }
    router_free(&router);
}

Test(imgproxy_options, the_preset_called_default_goes_before_all)
{
    char *with_default[] = {(char[]){"default=rs:fill:50:60/q:10/pr:late"},
                            (char[]){"late=bl:1"}};
    static const struct {
        const char *options, *meaning;
    } rows[] = {
        {"", "w=50&h=60&fit=fill&bl=1000"},
        {"/w:70", "w=70&h=60&fit=fill&bl=1000"},
        {"/rs:fit:1:2/bl:0", "w=1&h=2&fit=inside"},
    };
    struct config config = usual;
    struct router *router;

    config.imgproxy.presets = with_default;
    config.imgproxy.preset_count = COUNT(with_default);
    router = new_router(&config);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct picture_request out;
        char said[1000];

        cr_assert_eq(ask_options(router, rows[i].options, &out), CAUSE_NONE);
        say(&out, said, sizeof said);
        cr_expect_str_eq(said, rows[i].meaning, "%s is %s", rows[i].options, said);
        cr_expect_eq(out.rendering.quality, 10);
    }
    router_free(&router);
}

Test(imgproxy_options, what_is_wrong_in_the_configuration_is_named)
{
    static const struct {
        const char *preset, *allowed, *message;
    } rows[] = {
        {"bad=w:x", NULL, "presets: an option in \"bad\""},
        {"bad=nope:1", NULL, "presets: an option in \"bad\""},
        {"bad=w:1//h:1", NULL, "presets: an option in \"bad\""},
        {"bad=pr:nobody", NULL, "presets: an option in \"bad\""},
        {"bad=f:avif", NULL, "presets: an option in \"bad\""},
        {"default=w", NULL, "presets: an option in \"default\""},
        {"good=w:1", "colour", "there is no option \"colour\""},
        {"good=w:1", "w", NULL},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char *list[] = {(char *)(uintptr_t)rows[i].preset};
        char *names[] = {(char *)(uintptr_t)rows[i].allowed};
        char error[CONFIG_ERROR_MAX] = "";
        struct config config = usual;
        struct router *router = NULL;

        config.imgproxy.presets = list;
        config.imgproxy.preset_count = 1;
        config.imgproxy.allowed_options = names;
        config.imgproxy.allowed_count = rows[i].allowed ? 1 : 0;
        cr_expect_eq(router_open(&config, &router, error), rows[i].message ? -EINVAL : 0, "%s",
                     rows[i].preset);
        if (rows[i].message)
            cr_expect_not_null(strstr(error, rows[i].message), "%s", error);
        router_free(&router);
    }
}

/* What the keeper makes its requests of. */
Test(imgproxy_options, canonical_texts_are_read_back)
{
    static const enum picture_type formats[] = {PICTURE_JPEG, PICTURE_PNG, PICTURE_WEBP};
    struct router *router = new_router(&usual);

    for (size_t i = 0; i < COUNT(meant); i++)
        for (size_t f = 0; f < COUNT(formats); f++) {
            char text[PICTURE_CANONICAL_MAX], again[PICTURE_CANONICAL_MAX];
            struct picture_request out, back;

            cr_assert_eq(ask_options(router, meant[i].options, &out), CAUSE_NONE);
            snprintf(out.id, sizeof out.id, "http://images.dev/100%%25?a=%%3F&w=1");
            picture_variant_text(&out, formats[f], text);
            cr_assert_eq(picture_variant_parse(&usual, text, &back), 0, "%s", text);
            cr_expect_str_eq(back.id, out.id);
            cr_expect_eq(back.buster, out.buster);
            picture_variant_text(&back, formats[f], again);
            cr_expect_str_eq(again, text);
        }
    router_free(&router);
}

/* SPDX-License-Identifier: MIT
 *
 * Canonical texts. A source's name has no '/', and of an id '?', '%' and control bytes are escaped,
 * so both can be read off a text again, and no two different things share one. Written by hand
 * rather than with snprintf(): every request needs them.
 */
#include "route/request.h"

#include <errno.h>
#include <string.h>

#include "base/hex.h"
#include "http/percent.h"
#include "route/canonical_effects.h"

#define VERBATIM "?as-is"
#define SUMMARY "?summary&v=" PICTURE_RENDERING_VERSION
#define LONGEST_RENDERING \
    "?w=&h=&fit=fill-down&q=&f=jpeg&bg=ffffff&cb=0123456789abcdef&v=" PICTURE_RENDERING_VERSION

_Static_assert(CONFIG_NAME_MAX + 1 + PICTURE_ID_MAX + sizeof LONGEST_RENDERING +
                       3 * 10 /* digits of a uint32_t */ + CANONICAL_EFFECTS_MAX <=
                   PICTURE_CANONICAL_MAX,
               "the longest canonical text fits");

bool picture_expired(const struct picture_request *r, int64_t now_s)
{
    return r->expires_s != 0 && r->expires_s < now_s;
}

static char *put_text(char *at, const char *text)
{
    size_t n = strlen(text);

    memcpy(at, text, n);
    return at + n;
}

static char *put_number(char *at, uint32_t value)
{
    char digits[10];
    size_t n = 0;

    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (n)
        *at++ = digits[--n];
    return at;
}

/* So many hexadecimal digits. */
static char *put_hex(char *at, uint64_t value, int digits)
{
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        *at++ = "0123456789abcdef"[value >> shift & 15];
    return at;
}

static bool is_escaped(char c)
{
    return (unsigned char)c < 0x20 || c == '%' || c == '?' || c == 0x7f;
}

bool picture_id_fits(const char *id)
{
    size_t length = 0;

    for (; *id && length <= PICTURE_ID_MAX; id++)
        length += is_escaped(*id) ? 3 : 1;
    return length <= PICTURE_ID_MAX;
}

static char *put_subject(char *at, const struct picture_request *r)
{
    at = put_text(at, r->source->name);
    *at++ = '/';
    for (const char *id = r->id; *id; id++) {
        if (!is_escaped(*id)) {
            *at++ = *id;
            continue;
        }
        *at++ = '%';
        *at++ = "0123456789ABCDEF"[(unsigned char)*id >> 4];
        *at++ = "0123456789ABCDEF"[*id & 15];
    }
    return at;
}

ssize_t picture_subject_plain(const char *text, size_t length, char out[PICTURE_CANONICAL_MAX])
{
    return http_percent_decode(text, length, out, PICTURE_CANONICAL_MAX);
}

size_t picture_subject_text(const struct picture_request *r, char out[PICTURE_CANONICAL_MAX])
{
    char *at = put_subject(out, r);

    *at = '\0';
    return (size_t)(at - out);
}

size_t picture_variant_text(const struct picture_request *r, enum picture_type format,
                            char out[PICTURE_CANONICAL_MAX])
{
    char *at = put_subject(out, r);

    if (r->verbatim || r->info) {
        *put_text(at, r->info ? SUMMARY : VERBATIM) = '\0';
        return strlen(out);
    }
    at = put_text(at, "?w=");
    at = put_number(at, r->rendering.width);
    at = put_text(at, "&h=");
    at = put_number(at, r->rendering.height);
    at = put_text(at, "&fit=");
    at = put_text(at, picture_fit_name(r->rendering.fit));
    if (format != PICTURE_PNG) {
        at = put_text(at, "&q=");
        at = put_number(at, r->rendering.quality);
    }
    at = put_text(at, "&f=");
    at = put_text(at, picture_type_name(format));
    if (format == PICTURE_JPEG) {
        at = put_text(at, "&bg=");
        at = put_hex(at, r->background, 6);
    }
    if (r->buster) {
        at = put_text(at, "&cb=");
        at = put_hex(at, r->buster, 16);
    }
    at = canonical_put_effects(at, &r->rendering);
    at = put_text(at, "&v=" PICTURE_RENDERING_VERSION);
    *at = '\0';
    return (size_t)(at - out);
}

const char *picture_dialect_name(enum dialect_name dialect)
{
    static const char *const names[] = {
        [DIALECT_NATIVE] = "native",     [DIALECT_GRAVATAR] = "gravatar",
        [DIALECT_ATPROTO] = "atproto",   [DIALECT_IMGPROXY] = "imgproxy",
        [DIALECT_CAMO] = "camo",         [DIALECT_REST] = "rest",
    };

    return names[dialect];
}

int picture_source_place(const struct config *config, const struct picture_request *r)
{
    for (size_t i = 0; i < config->source_count; i++)
        if (r->source == &config->sources[i])
            return (int)i;
    return -1;
}

/* ---- back ---- */

static void make_undrawn(struct picture_request *r)
{
    r->rendering = (struct rendering){.fit = FIT_CONTAIN, .quality = 100};
    r->format = PICTURE_JPEG;
    r->negotiated = false;
}

void picture_make_verbatim(struct picture_request *r)
{
    r->verbatim = true;
    make_undrawn(r);
}

void picture_make_info(struct picture_request *r)
{
    r->info = true;
    make_undrawn(r);
}

/* The parameter's value, if it is the next one: "&w=" is followed by up to '&'. */
static bool take(const char **at, const char *name, const char **value, size_t *length)
{
    size_t n = strlen(name);

    if (strncmp(*at, name, n) != 0)
        return false;
    *value = *at + n;
    *length = strcspn(*value, "&");
    *at = *value + *length;
    return *length > 0;
}

static bool take_word(const char **at, const char *word)
{
    size_t n = strlen(word);

    if (strncmp(*at, word, n) != 0)
        return false;
    *at += n;
    return true;
}

static bool take_number(const char **at, const char *name, uint32_t *out)
{
    const char *value;
    uint64_t number = 0;
    size_t length;

    if (!take(at, name, &value, &length) || length > 10)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (value[i] < '0' || value[i] > '9')
            return false;
        number = number * 10 + (uint64_t)(value[i] - '0');
    }
    *out = (uint32_t)number;
    return number <= UINT32_MAX;
}

/* So many lower-case hexadecimal digits. */
static bool take_hex(const char **at, const char *name, size_t digits, uint64_t *out)
{
    const char *value;
    size_t length;

    if (!take(at, name, &value, &length) || length != digits)
        return false;
    *out = 0;
    for (size_t i = 0; i < length; i++) {
        int digit = value[i] >= 'A' && value[i] <= 'F' ? -1 : hex_value(value[i]);

        if (digit < 0)
            return false;
        *out = *out << 4 | (uint64_t)digit;
    }
    return true;
}

static bool take_colour(const char **at, uint32_t *out)
{
    uint64_t value;

    if (!take_hex(at, "&bg=", 6, &value))
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool take_rendering(const char **at, struct picture_request *out)
{
    struct rendering *r = &out->rendering;
    const char *value;
    size_t length;

    if (!take_number(at, "?w=", &r->width) || !take_number(at, "&h=", &r->height) ||
        !take(at, "&fit=", &value, &length))
        return false;
    r->fit = picture_fit_from_name(value, length);
    if (!r->fit)
        return false;
    /* PNG has none; what is stored here is as good as any other. */
    if (!take_number(at, "&q=", &r->quality))
        r->quality = 100;
    if (!take(at, "&f=", &value, &length))
        return false;
    out->format = picture_type_from_name(value, length);
    if (!picture_type_is_output(out->format) ||
        (out->format == PICTURE_JPEG && !take_colour(at, &out->background)))
        return false;
    if (strncmp(*at, "&cb=", 4) == 0 && !take_hex(at, "&cb=", 16, &out->buster))
        return false;
    return canonical_take_effects(at, &r->effects);
}

int picture_variant_parse(const struct config *config, const char *text,
                          struct picture_request *out)
{
    size_t source = strcspn(text, "/"), subject = strcspn(text, "?");
    const char *at = text + subject, *version;
    char canonical[PICTURE_CANONICAL_MAX];
    size_t length;

    *out = (struct picture_request){.background = config->background};
    if (source == 0 || source >= subject || subject == source + 1 ||
        subject - source - 1 > PICTURE_ID_MAX)
        return -EINVAL;
    if (http_percent_decode(text + source + 1, subject - source - 1, out->id, sizeof out->id) < 0)
        return -EINVAL;
    if (strcmp(at, VERBATIM) == 0) {
        out->dialect = DIALECT_CAMO;
        picture_make_verbatim(out);
        version = PICTURE_RENDERING_VERSION;
        length = strlen(version);
    } else if (take_word(&at, "?summary")) {
        picture_make_info(out);
        if (!take(&at, "&v=", &version, &length) || *at)
            return -EINVAL;
    } else if (!take_rendering(&at, out) || !take(&at, "&v=", &version, &length) || *at) {
        return -EINVAL;
    }
    out->source = config_find_source(config, text, source);
    if (!out->source || length != strlen(PICTURE_RENDERING_VERSION) ||
        memcmp(version, PICTURE_RENDERING_VERSION, length) != 0)
        return -ENOENT;
    /* Another spelling of the same would have another key. */
    picture_variant_text(out, out->format, canonical);
    return strcmp(canonical, text) == 0 ? 0 : -EINVAL;
}

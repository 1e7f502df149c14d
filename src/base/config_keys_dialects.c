/* SPDX-License-Identifier: MIT
 *
 * The keys of the sections that switch on URLs which others have thought up.
 */
#include "base/config_keys.h"

#include "base/config.h"

#define ATPROTO(member) .section = CONFIG_ATPROTO, \
                        .offset = offsetof(struct config, atproto.member)
#define CAMO(member) .section = CONFIG_CAMO, .offset = offsetof(struct config, camo.member)
#define IMGPROXY(member) .section = CONFIG_IMGPROXY, \
                         .offset = offsetof(struct config, imgproxy.member)
#define GRAVATAR(member) .section = CONFIG_GRAVATAR, \
                         .offset = offsetof(struct config, gravatar.member)

_Static_assert(sizeof(enum atproto_presets) == sizeof(int) &&
                   sizeof(enum generator) == sizeof(int) && sizeof(enum rating) == sizeof(int),
               "a CONFIG_WORD is stored as an int");

static const struct config_key atproto_keys[] = {
    {.name = "prefix", .type = CONFIG_PREFIX, ATPROTO(prefix), .shown = "",
     .doc = "What stands before /img/ in these URLs. Without it there are none."},
    {.name = "source", .type = CONFIG_NAME, ATPROTO(source_name), .shown = "atproto",
     .max = CONFIG_NAME_MAX,
     .doc = "The source of type atproto that they are fetched from. Required with a prefix."},
    {.name = "presets", .type = CONFIG_WORD, ATPROTO(presets), .fallback = "coves",
     .words = "coves bluesky", .min = ATPROTO_COVES,
     .doc = "Whose names for renderings these URLs know. coves: avatar, avatar_small, banner, "
            "embed_thumbnail, content_preview and content_full, drawn as JPEG unless the URL "
            "names a format. bluesky: avatar, avatar_thumbnail, banner, feed_thumbnail and "
            "feed_fullsize, where Accept decides."},
};

static const struct config_key camo_keys[] = {
    {.name = "prefix", .type = CONFIG_PREFIX, CAMO(prefix), .shown = "/camo",
     .doc = "What the path of these URLs begins with. Without it there are none."},
    {.name = "source", .type = CONFIG_NAME, CAMO(source_name), .shown = "web",
     .max = CONFIG_NAME_MAX,
     .doc = "The source of type web that fetches them, and whose hosts they may name. Required."},
    {.name = "key_file", .type = CONFIG_PATH, CAMO(key.file), .shown = "/etc/visage/camo.key",
     .doc = "A file that holds the key which signs these URLs; others must not be able to read it. "
            "Required."},
    {.name = "types", .type = CONFIG_MEDIA, CAMO(types),
     .fallback = "image/jpeg, image/png, image/gif, image/webp, image/avif, image/heic, "
                 "image/bmp, image/vnd.microsoft.icon",
     .doc = "What is passed on: the first bytes have to be those of one of these, and the "
            "Content-Type that of a picture. image/svg+xml has to be named to be among them."},
    {.name = "max_bytes", .type = CONFIG_SIZE, CAMO(max_bytes), .fallback = "5M",
     .min = KIB, .max = GIB,
     .doc = "The largest picture that is passed on; none is larger than fetch.max_bytes, either."},
};

static const struct config_key imgproxy_keys[] = {
    {.name = "prefix", .type = CONFIG_PREFIX, IMGPROXY(prefix), .shown = "/imgproxy",
     .doc = "What the path of its URLs begins with; \"\" is a prefix, too. Without one there are "
            "none of its URLs."},
    {.name = "source", .type = CONFIG_NAME, IMGPROXY(source_name), .shown = "web",
     .max = CONFIG_NAME_MAX,
     .doc = "The source that fetches what the URLs name: one of type web. Required with a prefix."},
    {.name = "keys_file", .type = CONFIG_PATH, IMGPROXY(keys_file),
     .shown = "/etc/visage/imgproxy.keys",
     .doc = "A file with a key and a salt in hexadecimal on each line, with a blank between them; "
            "a signature by any of them will do. Others must not be able to read it."},
    {.name = "insecure", .type = CONFIG_BOOLEAN, IMGPROXY(insecure), .fallback = "false",
     .doc = "Takes URLs of anybody's making, with anything in the signature's place; in place of "
            "keys_file."},
    {.name = "signature_size", .type = CONFIG_UINT32, IMGPROXY(signature_size), .fallback = "32",
     .min = 1, .max = 32,
     .doc = "How many bytes of the signature stand in URLs."},
    {.name = "presets", .type = CONFIG_PRESETS, IMGPROXY(presets),
     .shown = "small=rs:fill:100:100/q:70", .max = 256,
     .doc = "Options by a name of their own, for preset:NAME in URLs. The one called default goes "
            "before all others."},
    {.name = "allowed_options", .type = CONFIG_OPTIONS, IMGPROXY(allowed_options),
     .shown = "rs, g, q, pr", .max = 64,
     .doc = "The only options that URLs may have, beside what is in presets; by default all."},
    {.name = "max_age", .type = CONFIG_DURATION, IMGPROXY(max_age_ms), .fallback = "0",
     .min = 0, .max = 3650 * DAY,
     .doc = "Of these pictures' Cache-Control, in place of cache_control's max-age; 0: that one."},
};

static const struct config_key gravatar_keys[] = {
    {.name = "prefix", .type = CONFIG_PREFIX, GRAVATAR(prefix), .shown = "",
     .doc = "What stands before /avatar/ in these URLs. Without it there are none."},
    {.name = "sources", .type = CONFIG_NAMES, GRAVATAR(source_names),
     .shown = "example, gravatar", .max = CONFIG_CHAIN_MAX,
     .doc = "The sources that are asked for the hash, in this order; those whose id_pattern does "
            "not allow it are passed over."},
    {.name = "default", .type = CONFIG_WORD, GRAVATAR(generator), .fallback = "identicon",
     .words = "404 identicon retro monsterid wavatar robohash pagan mp blank color initials",
     .min = GENERATOR_NONE,
     .doc = "What there is for who has no picture, where the URL does not say it (d=)."},
    {.name = "max_size", .type = CONFIG_UINT32, GRAVATAR(max_size), .fallback = "512",
     .min = 1, .max = 2048,
     .doc = "The largest side in pixels; who asks for more (s=) gets this, and so less than was "
            "asked for."},
    {.name = "rating", .type = CONFIG_WORD, GRAVATAR(rating), .fallback = "g",
     .words = "g pg r x", .min = RATING_G,
     .doc = "What a visitor may see where the URL does not say it (r=): sources of a higher "
            "rating are passed over."},
    {.name = "default_hosts", .type = CONFIG_HOSTS, GRAVATAR(default_hosts),
     .shown = "www.example.org", .max = 64,
     .doc = "Hosts to which a visitor may be sent for a default picture (d=URL); URLs of others "
            "are ignored."},
};

const struct config_keys config_keys_atproto = KEYS_OF(atproto_keys);
const struct config_keys config_keys_camo = KEYS_OF(camo_keys);
const struct config_keys config_keys_imgproxy = KEYS_OF(imgproxy_keys);
const struct config_keys config_keys_gravatar = KEYS_OF(gravatar_keys);

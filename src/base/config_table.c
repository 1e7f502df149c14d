/* SPDX-License-Identifier: MIT
 *
 * Every key of the configuration, once. The arrays for libconfuse, the
 * defaults, the checks, the messages and conf/visage.conf all follow from here.
 */
#include "base/config_table.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/config.h"

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)
#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define ROOT(member) .section = CONFIG_ROOT, .offset = offsetof(struct config, member)
#define FETCH(member) .section = CONFIG_FETCH, .offset = offsetof(struct config, fetch.member)
#define RENDER(member) .section = CONFIG_RENDER, .offset = offsetof(struct config, render.member)
#define LIMIT(member) .section = CONFIG_LIMIT, .offset = offsetof(struct config, limit.member)
#define ADMIN(member) .section = CONFIG_ADMIN, .offset = offsetof(struct config, admin.member)
#define ATPROTO(member) .section = CONFIG_ATPROTO, \
                        .offset = offsetof(struct config, atproto.member)
#define CAMO(member) .section = CONFIG_CAMO, .offset = offsetof(struct config, camo.member)
#define IMGPROXY(member) .section = CONFIG_IMGPROXY, \
                         .offset = offsetof(struct config, imgproxy.member)
#define GRAVATAR(member) .section = CONFIG_GRAVATAR, \
                         .offset = offsetof(struct config, gravatar.member)
#define PRESET(member) .section = CONFIG_PRESET, \
                       .offset = offsetof(struct config_preset, rendering.member)
#define SOURCE(member) .section = CONFIG_SOURCE, .offset = offsetof(struct config_source, member)

/* The converters write these through pointers to the fixed-width types. */
_Static_assert(sizeof(unsigned) == sizeof(uint32_t), "fetch.max_redirects is a CONFIG_UINT32");
_Static_assert(sizeof(enum picture_fit) == sizeof(int) && sizeof(enum log_level) == sizeof(int) &&
                   sizeof(enum sign_mode) == sizeof(int) && sizeof(enum cid_rule) == sizeof(int) &&
                   sizeof(enum atproto_presets) == sizeof(int) &&
                   sizeof(enum generator) == sizeof(int) && sizeof(enum rating) == sizeof(int),
               "a CONFIG_WORD is stored as an int");

const struct config_key config_keys[] = {
    {.name = "state_dir", .type = CONFIG_PATH, ROOT(state_dir),
     .fallback = VISAGE_LOCALSTATEDIR "/lib/visage", .shown = "/var/lib/visage",
     .doc = "Where the cache lives: on a local disk, owned by the workers' user; by default "
            "lib/visage under the --localstatedir it was built with."},
    {.name = "cache_size", .type = CONFIG_SIZE, ROOT(cache_size), .fallback = "2G",
     .min = MIB, .max = 1024 * TIB,
     .doc = "Bytes of pictures kept on disk, all together."},
    {.name = "min_free", .type = CONFIG_SIZE, ROOT(min_free), .fallback = "100M",
     .min = 0, .max = 1024 * TIB,
     .doc = "Bytes that stay free on the disk of state_dir: the cache shrinks for them, whatever "
            "cache_size says."},
    {.name = "keep_original_max", .type = CONFIG_SIZE, ROOT(keep_original_max), .fallback = "1M",
     .min = 0, .max = 1024 * TIB,
     .doc = "Originals of more bytes are dropped once they have been drawn; a size that is asked "
            "for later fetches them again."},
    {.name = "hot_size", .type = CONFIG_SIZE, ROOT(hot_size), .fallback = "4M",
     .min = 0, .max = 256 * MIB,
     .doc = "Bytes of pictures that each worker keeps in memory; 0 for none."},
    {.name = "prefix", .type = CONFIG_PREFIX, ROOT(prefix), .fallback = "",
     .doc = "What the path of every URL begins with."},
    {.name = "allow_origin", .type = CONFIG_FIELD, ROOT(allow_origin), .fallback = "*",
     .min = 0, .max = 1000,
     .doc = "Access-Control-Allow-Origin of every answer; \"\" leaves the header out."},
    {.name = "cache_control", .type = CONFIG_FIELD, ROOT(cache_control),
     .fallback = "public, max-age=300, stale-while-revalidate=604800", .min = 1, .max = 1000,
     .doc = "Cache-Control of pictures. max-age counts from the answer on (its Age is added) "
            "and ends when the picture expires here."},
    {.name = "background", .type = CONFIG_COLOUR, ROOT(background), .fallback = "#ffffff",
     .doc = "What shows through where a JPEG is made from a transparent picture."},
    {.name = "sizes", .type = CONFIG_SIZES, ROOT(sizes),
     .fallback = "32, 48, 64, 80, 96, 128, 192, 256, 360, 512, 1000",
     .min = 1, .max = PICTURE_SIDE_MAX,
     .doc = "Sides in pixels that /s{size}/ draws; what is asked for snaps up to the next."},
    {.name = "quality", .type = CONFIG_UINT32, ROOT(quality), .fallback = "82",
     .min = 1, .max = 100,
     .doc = "Quality of the JPEG and WebP that /s{size}/ draws."},
    {.name = "formats", .type = CONFIG_FORMATS, ROOT(formats), .fallback = "webp, jpeg, png",
     .doc = "Formats a client may get whose URL names none, the preferred one first."},
    {.name = "sendfile", .type = CONFIG_SENDFILE, ROOT(sendfile), .fallback = "none",
     .doc = "Whether the web server sends the files, told by X-Sendfile or X-Accel-Redirect."},
    {.name = "group_readable", .type = CONFIG_BOOLEAN, ROOT(group_readable), .fallback = "false",
     .doc = "Lets the group read the pictures on disk; sendfile needs it where the web server "
            "runs as another user."},
    {.name = "publish_root", .type = CONFIG_PATH, ROOT(publish_root),
     .shown = "/var/lib/visage/published",
     .doc = "A directory of Visage's own, on the disk of state_dir, where pictures of immutable "
            "URLs lie at the URLs' own paths, for the web server to send them by itself; unset, "
            "nothing is published. What wants signatures never is."},
    {.name = "log_level", .type = CONFIG_WORD, ROOT(log_level), .fallback = "info",
     .words = "error warn info debug", .min = LOG_LEVEL_ERROR,
     .doc = "The least important lines that are logged; debug has one for each request."},
    {.name = "log", .type = CONFIG_LOG, ROOT(log_target), .fallback = "stderr",
     .doc = "Where lines go. What a worker says before it has read this goes to stderr."},
    {.name = "log_urls", .type = CONFIG_BOOLEAN, ROOT(log_urls), .fallback = "false",
     .doc = "Whether request lines name the URL. Otherwise they name the first digits of the "
            "picture's key, which \"visage explain\" shows, too."},
    {.name = "busy_limit", .type = CONFIG_UINT32, ROOT(busy_limit), .fallback = "0",
     .min = 0, .max = 512,
     .doc = "Workers that may fetch or wait for others at one time, so that a slow source leaves "
            "some for what is cached; beyond, a miss is answered at once with a stale picture, the "
            "fallback or 503. 0: all but a quarter, and one at least is left."},
    {.name = "fetch_slots", .type = CONFIG_UINT32, ROOT(fetch_slots), .fallback = "32",
     .min = 1, .max = 512,
     .doc = "Fetches at one time, over all workers."},
    {.name = "keeper", .type = CONFIG_PATH, ROOT(keeper),
     .fallback = VISAGE_LIBEXECDIR "/visage-keeper", .shown = "/usr/libexec/visage/visage-keeper",
     .doc = "The program that does what can wait; by default the installed one."},

    {.name = "width", .type = CONFIG_UINT32, PRESET(width), .fallback = "0",
     .min = 0, .max = PICTURE_SIDE_MAX,
     .doc = "Pixels; 0 for no bound, in contain only."},
    {.name = "height", .type = CONFIG_UINT32, PRESET(height), .fallback = "0",
     .min = 0, .max = PICTURE_SIDE_MAX,
     .doc = "Pixels; 0 for no bound, in contain only."},
    {.name = "fit", .type = CONFIG_WORD, PRESET(fit), .fallback = "cover",
     .words = "cover contain", .min = FIT_COVER,
     .doc = "cover fills width x height and cuts; contain shows all of it and never enlarges."},
    {.name = "quality", .type = CONFIG_UINT32, PRESET(quality), .fallback = "82",
     .min = 1, .max = 100,
     .doc = "Quality of JPEG and WebP."},

    {.name = "connect_timeout", .type = CONFIG_DURATION, FETCH(connect_timeout_ms),
     .fallback = "3s", .min = 100, .max = MINUTE,
     .doc = "How long to wait for a connection."},
    {.name = "timeout", .type = CONFIG_DURATION, FETCH(timeout_ms), .fallback = "10s",
     .min = 100, .max = 2 * MINUTE,
     .doc = "How long a whole fetch may take, redirects included; keep it, with render.timeout, "
            "under half of the web server's own timeout: a request may wait for another's work "
            "as long as it may work itself."},
    {.name = "max_bytes", .type = CONFIG_SIZE, FETCH(max_bytes), .fallback = "10M",
     .min = KIB, .max = GIB,
     .doc = "The largest original that is taken."},
    {.name = "max_redirects", .type = CONFIG_UINT32, FETCH(max_redirects), .fallback = "3",
     .min = 0, .max = 10,
     .doc = "How many redirects are followed."},
    {.name = "retries", .type = CONFIG_UINT32, FETCH(retries), .fallback = "2",
     .min = 0, .max = 10,
     .doc = "How often a fetch is tried again, within its timeout, after a connection that failed "
            "or an answer of 5xx. The pauses grow and are random."},
    {.name = "breaker_failures", .type = CONFIG_UINT32, FETCH(breaker_failures), .fallback = "5",
     .min = 0, .max = 1000,
     .doc = "After so many failures in a row an origin is left alone for a while; 0: never."},
    {.name = "breaker_open", .type = CONFIG_DURATION, FETCH(breaker_open_ms), .fallback = "5s",
     .min = 100, .max = HOUR,
     .doc = "For how long. Then one request tries it; as long as that fails, the time doubles, up "
            "to five minutes."},
    {.name = "user_agent", .type = CONFIG_FIELD, FETCH(user_agent),
     .fallback = "Visage/" PACKAGE_VERSION " (avatar cache)",
     .shown = "Example-Avatars/1.0 (+https://www.example.org/contact)", .min = 1, .max = 200,
     .doc = "The User-Agent sent to sources; by default Visage and its version."},
    {.name = "ca_file", .type = CONFIG_PATH, FETCH(ca_file),
     .shown = "/etc/ssl/certs/ca-certificates.crt",
     .doc = "Certificates of the authorities to trust, in place of the system's."},
    {.name = "dns_servers", .type = CONFIG_SERVERS, FETCH(dns_servers),
     .shown = "192.0.2.53, [2001:db8::53]:5353", .max = 8,
     .doc = "Whom to ask for service records (SRV), in place of the system's name servers."},

    {.name = "program", .type = CONFIG_PATH, RENDER(program),
     .fallback = VISAGE_LIBEXECDIR "/visage-render", .shown = "/usr/libexec/visage/visage-render",
     .doc = "The renderer; by default the installed one."},
    {.name = "timeout", .type = CONFIG_DURATION, RENDER(timeout_ms), .fallback = "5s",
     .min = 100, .max = MINUTE,
     .doc = "How long one picture may take; then its renderer is killed."},
    {.name = "max_pixels", .type = CONFIG_UINT64, RENDER(max_pixels), .fallback = "50000000",
     .min = 1, .max = 500000000,
     .doc = "The largest original by width times height."},
    {.name = "max_memory", .type = CONFIG_SIZE, RENDER(max_memory), .fallback = "256M",
     .min = 32 * MIB, .max = 8 * GIB,
     .doc = "Memory that a renderer may take on."},
    {.name = "idle", .type = CONFIG_DURATION, RENDER(idle_ms), .fallback = "60s",
     .min = SECOND, .max = DAY,
     .doc = "How long a renderer without work stays."},
    {.name = "sandbox", .type = CONFIG_BOOLEAN, RENDER(sandbox), .fallback = "true",
     .doc = "false runs the renderer unconfined: for debugging only."},
    {.name = "fonts", .type = CONFIG_PATHS, RENDER(fonts), .max = CONFIG_FONTS_MAX,
     .shown = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf, "
              "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
     .doc = "Font files that initials are drawn with; each letter is taken from the first that has "
            "it, emoji from one in colour if there is any. Unset, those of Debian's packages "
            "fonts-noto-core, fonts-dejavu-core, fonts-noto-cjk and fonts-noto-color-emoji. One "
            "that is missing is passed over; \"visage check\" tells which scripts there are."},

    {.name = "rate", .type = CONFIG_UINT32, LIMIT(rate), .fallback = "0",
     .min = 0, .max = 1000000,
     .doc = "Requests a second that one client may make for long; 0: no limit."},
    {.name = "burst", .type = CONFIG_UINT32, LIMIT(burst), .fallback = "200",
     .min = 1, .max = 1000000,
     .doc = "Requests that it may make at once."},
    {.name = "miss_cost", .type = CONFIG_UINT32, LIMIT(miss_cost), .fallback = "5",
     .min = 1, .max = 1000,
     .doc = "How many requests one counts as that is not answered from the cache."},
    {.name = "ipv4_prefix", .type = CONFIG_UINT32, LIMIT(ipv4_prefix), .fallback = "32",
     .min = 8, .max = 32,
     .doc = "Leading bits of an IPv4 address that make a client."},
    {.name = "ipv6_prefix", .type = CONFIG_UINT32, LIMIT(ipv6_prefix), .fallback = "64",
     .min = 16, .max = 128,
     .doc = "Leading bits of an IPv6 address that make a client."},

    {.name = "addresses", .type = CONFIG_NETWORKS, ADMIN(addresses),
     .shown = "127.0.0.1, ::1", .max = 64,
     .doc = "Clients that may look at /_visage/status, metrics and health without a token. "
            "Behind a proxy all clients have the proxy's address."},
    {.name = "token_file", .type = CONFIG_PATH, ADMIN(token.file),
     .shown = "/etc/visage/admin.token",
     .doc = "A file that holds the token for /_visage/, sent as a bearer token or as a password; "
            "others must not be able to read it. Without a token nothing can be purged over HTTP."},
    {.name = "token_env", .type = CONFIG_VARIABLE, ADMIN(token.env),
     .shown = "VISAGE_TOKEN", .alternative = true,
     .doc = "The environment variable that holds it."},

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
     .doc = "The largest side in pixels; who asks for more (s=) gets this."},
    {.name = "rating", .type = CONFIG_WORD, GRAVATAR(rating), .fallback = "g",
     .words = "g pg r x", .min = RATING_G,
     .doc = "What a visitor may see where the URL does not say it (r=): sources of a higher "
            "rating are passed over."},
    {.name = "default_hosts", .type = CONFIG_HOSTS, GRAVATAR(default_hosts),
     .shown = "www.example.org", .max = 64,
     .doc = "Hosts to which a visitor may be sent for a default picture (d=URL); URLs of others "
            "are ignored."},

    {.name = "type", .type = CONFIG_WORD, SOURCE(type), .fallback = "http",
     .words = "http web atproto libravatar", .min = SOURCE_HTTP,
     .doc = "http: ids stand in a url. web: ids are URLs themselves, on one of the hosts. atproto: "
            "ids are DID/CID, blobs of whatever server the DID names; nothing is fetched anew that "
            "is kept, whatever ttl says, since a CID never means other bytes. libravatar: ids are "
            "hashes of mail addresses in one domain, which names its server in the DNS."},
    {.name = "url", .type = CONFIG_URL, SOURCE(url),
     .shown = "https://www.example.org/avatars/{id}.jpg", .max = 2000,
     .doc = "Where a picture is fetched; {id} stands for the id. Required by type http, and only "
            "for it."},
    {.name = "hosts", .type = CONFIG_HOSTS, SOURCE(hosts),
     .shown = "images.example.org, *.example.net", .max = 256,
     .doc = "Which hosts the URLs of type web may name: without any, none; \"*\" for every one. "
            "Private addresses stay closed but for allow_addresses."},
    {.name = "plc", .type = CONFIG_BASE, SOURCE(plc), .fallback = "https://plc.directory",
     .max = 1000,
     .doc = "The directory of did:plc, for type atproto."},
    {.name = "verify_cid", .type = CONFIG_WORD, SOURCE(verify_cid), .fallback = "strict",
     .words = "strict decodable lexical", .min = CID_STRICT,
     .doc = "For type atproto. strict: only CIDs of blobs are taken, and the bytes must be those "
            "that they name. decodable: whatever looks like a CID is taken, and the bytes are "
            "compared where it is a blob's. lexical: nothing is compared, for tests only."},
    {.name = "domain", .type = CONFIG_DOMAIN, SOURCE(domain), .shown = "example.org",
     .max = 200,
     .doc = "For type libravatar, which requires it: the server is what the SRV records of "
            "_avatars-sec._tcp (https) or _avatars._tcp (http) below it name."},
    {.name = "default_server", .type = CONFIG_BASE, SOURCE(default_server),
     .fallback = "https://seccdn.libravatar.org", .max = 200,
     .doc = "For type libravatar: the server where the domain names none."},
    {.name = "id_pattern", .type = CONFIG_PATTERN, SOURCE(id_pattern),
     .fallback = "[A-Za-z0-9._~@:+=-]+", .max = 1000,
     .doc = "What each path segment of an id must match as a whole; for type http."},
    {.name = "headers", .type = CONFIG_HEADERS, SOURCE(headers),
     .shown = "X-Example: yes", .max = 32,
     .doc = "Sent with each request, to the host of the url only."},
    {.name = "username", .type = CONFIG_USERNAME, SOURCE(username),
     .shown = "", .max = 255,
     .doc = "For Basic authentication, with password_file or password_env; \"\" is a user name."},
    {.name = "password_file", .type = CONFIG_PATH, SOURCE(password.file),
     .shown = "/etc/visage/example.password",
     .doc = "A file that holds the password; others must not be able to read it."},
    {.name = "password_env", .type = CONFIG_VARIABLE, SOURCE(password.env),
     .shown = "EXAMPLE_PASSWORD",
     .doc = "The environment variable that holds the password."},
    {.name = "bearer_file", .type = CONFIG_PATH, SOURCE(bearer.file),
     .shown = "/etc/visage/example.token",
     .doc = "A file that holds a bearer token; others must not be able to read it."},
    {.name = "bearer_env", .type = CONFIG_VARIABLE, SOURCE(bearer.env),
     .shown = "EXAMPLE_TOKEN",
     .doc = "The environment variable that holds a bearer token."},
    {.name = "allow_addresses", .type = CONFIG_NETWORKS, SOURCE(allow_addresses),
     .shown = "127.0.0.0/8, ::1", .max = 64,
     .doc = "Private networks that this source may be fetched from; all are closed otherwise."},
    {.name = "fetch_slots", .type = CONFIG_UINT32, SOURCE(fetch_slots), .fallback = "8",
     .min = 1, .max = 512,
     .doc = "Fetches at one time from the source's host, over all workers."},
    {.name = "ttl", .type = CONFIG_DURATION, SOURCE(ttl_ms), .fallback = "24h",
     .min = SECOND, .max = 3650 * DAY,
     .doc = "How long a fetched picture is fresh if the source does not say (Cache-Control, "
            "Expires)."},
    {.name = "ttl_min", .type = CONFIG_DURATION, SOURCE(ttl_min_ms), .fallback = "0",
     .min = 0, .max = 3650 * DAY,
     .doc = "The least, whatever the source says."},
    {.name = "ttl_max", .type = CONFIG_DURATION, SOURCE(ttl_max_ms), .fallback = "365d",
     .min = SECOND, .max = 3650 * DAY,
     .doc = "The most, whatever the source says."},
    {.name = "stale", .type = CONFIG_DURATION, SOURCE(stale_ms), .fallback = "7d",
     .min = 0, .max = 3650 * DAY,
     .doc = "How long after that it may be served still: at once while it is fetched anew in the "
            "background, and while its source fails. A source may shorten that "
            "(stale-while-revalidate, stale-if-error) or forbid it (must-revalidate, no-cache)."},
    {.name = "rating", .type = CONFIG_WORD, SOURCE(rating), .fallback = "g",
     .words = "g pg r x", .min = RATING_G,
     .doc = "Whom its pictures are fit for; Gravatar URLs pass it over where they ask for less."},
    {.name = "keep_private", .type = CONFIG_BOOLEAN, SOURCE(keep_private), .fallback = "false",
     .doc = "Keeps what the source calls private or no-store: only for pictures that everybody "
            "may see. They are fresh for ttl."},
    {.name = "sign", .type = CONFIG_WORD, SOURCE(sign), .fallback = "off",
     .words = "off optional required", .min = SIGN_OFF,
     .doc = "Whether its URLs must be signed; optional refuses a wrong or expired signature, and "
            "lets a URL without one pass."},
    {.name = "sign_key_file", .type = CONFIG_PATH, SOURCE(sign_key_file),
     .shown = "/etc/visage/example.keys",
     .doc = "A file with the keys of signatures, one a line: the first signs, all of them verify; "
            "others must not be able to read it."},
    {.name = "fallback", .type = CONFIG_FALLBACK, SOURCE(fallback), .fallback = "none",
     .doc = "What is drawn, under the error's own status, in place of a picture that cannot be "
            "had."},
    {.name = "fallback_not_found", .type = CONFIG_FALLBACK, SOURCE(fallback_not_found),
     .shown = "identicon",
     .doc = "The same where the source has no such picture."},
    {.name = "fallback_denied", .type = CONFIG_FALLBACK, SOURCE(fallback_denied),
     .shown = "none",
     .doc = "The same where the source, or allow_addresses, refuses access."},
    {.name = "fallback_failing", .type = CONFIG_FALLBACK, SOURCE(fallback_failing),
     .shown = "/etc/visage/silhouette.png",
     .doc = "The same where the source fails or is late, or the workers are busy."},
    {.name = "fallback_broken", .type = CONFIG_FALLBACK, SOURCE(fallback_broken),
     .shown = "none",
     .doc = "The same where what the source sends is no picture or cannot be drawn."},
};

const size_t config_key_count = sizeof config_keys / sizeof *config_keys;

static const char *const section_names[CONFIG_SECTIONS] = {
    [CONFIG_ROOT] = "",         [CONFIG_PRESET] = "preset", [CONFIG_FETCH] = "fetch",
    [CONFIG_RENDER] = "render", [CONFIG_LIMIT] = "limit",   [CONFIG_ADMIN] = "admin",
    [CONFIG_ATPROTO] = "atproto", [CONFIG_CAMO] = "camo",   [CONFIG_IMGPROXY] = "imgproxy",
    [CONFIG_GRAVATAR] = "gravatar", [CONFIG_SOURCE] = "source",
};

const char *config_section_name(enum config_section section)
{
    return section_names[section];
}

enum config_section config_section_from_name(const char *name)
{
    for (int i = CONFIG_ROOT + 1; i < CONFIG_SECTIONS; i++)
        if (strcmp(section_names[i], name) == 0)
            return (enum config_section)i;
    return CONFIG_ROOT;
}

#define NAME_MAX_BYTES 32 /* longer than any key; what is longer is nobody's typing error */

/* Insertions, deletions and replacements between two short words. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_BYTES + 1];
    size_t length_a = strlen(a), length_b = strlen(b);

    if (length_a > NAME_MAX_BYTES || length_b > NAME_MAX_BYTES)
        return NAME_MAX_BYTES;
    for (size_t j = 0; j <= length_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);

            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[length_b];
}

static void list_allowed(enum config_section section, char *out, size_t size)
{
    size_t used = 0;
    const char *separator = "";

    *out = '\0';
    for (size_t i = 0; i < config_key_count && used < size; i++)
        if (config_keys[i].section == section) {
            int n = snprintf(out + used, size - used, "%s%s", separator, config_keys[i].name);

            if (n < 0)
                return;
            used += (size_t)n;
            separator = ", ";
        }
    for (int i = CONFIG_ROOT + 1; section == CONFIG_ROOT && i < CONFIG_SECTIONS && used < size;
         i++) {
        int n = snprintf(out + used, size - used, ", %s", section_names[i]);

        if (n < 0)
            return;
        used += (size_t)n;
    }
}

void config_unknown_key(enum config_section section, const char *name, char why[CONFIG_WHY_MAX])
{
    const char *nearest = NULL, *place = section_names[section];
    size_t least = strlen(name) < 5 ? 2 : 3; /* at most one or two slips */
    int used;

    for (size_t i = 0; i < config_key_count; i++) {
        size_t distance = edit_distance(name, config_keys[i].name);

        if (config_keys[i].section == section && distance < least) {
            least = distance;
            nearest = config_keys[i].name;
        }
    }
    for (int i = CONFIG_ROOT + 1; section == CONFIG_ROOT && i < CONFIG_SECTIONS; i++) {
        size_t distance = edit_distance(name, section_names[i]);

        if (distance < least) {
            least = distance;
            nearest = section_names[i];
        }
    }
    used = snprintf(why, CONFIG_WHY_MAX, "unknown key \"%.*s\"%s%s; ", NAME_MAX_BYTES, name,
                    *place ? " in section " : "", place);
    if (used < 0)
        return;
    why += used;
    if (nearest) {
        snprintf(why, CONFIG_WHY_MAX - (size_t)used, "did you mean \"%s\"?", nearest);
        return;
    }
    for (size_t i = 0; i < config_key_count; i++)
        if (strcmp(config_keys[i].name, name) == 0) {
            const char *home = section_names[config_keys[i].section];

            snprintf(why, CONFIG_WHY_MAX - (size_t)used, "it belongs %s%s",
                     *home ? "in section " : "outside the sections", home);
            return;
        }
    used += snprintf(why, CONFIG_WHY_MAX - (size_t)used, "allowed: ");
    list_allowed(section, why + strlen(why), CONFIG_WHY_MAX - (size_t)used);
}

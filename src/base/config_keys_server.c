/* SPDX-License-Identifier: MIT
 *
 * The keys outside of any section and those of the sections about the server
 * itself: what it draws, how it fetches, whom it answers.
 */
#include "base/config_keys.h"

#include "base/config.h"

#define ROOT(member) .section = CONFIG_ROOT, .offset = offsetof(struct config, member)
#define PRESET(member) .section = CONFIG_PRESET, \
                       .offset = offsetof(struct config_preset, rendering.member)
#define FETCH(member) .section = CONFIG_FETCH, .offset = offsetof(struct config, fetch.member)
#define RENDER(member) .section = CONFIG_RENDER, .offset = offsetof(struct config, render.member)
#define STORE(member) .section = CONFIG_STORE, .offset = offsetof(struct config, store.member)
#define LIMIT(member) .section = CONFIG_LIMIT, .offset = offsetof(struct config, limit.member)
#define ADMIN(member) .section = CONFIG_ADMIN, .offset = offsetof(struct config, admin.member)

/* The converters write these through pointers to the fixed-width types. */
_Static_assert(sizeof(unsigned) == sizeof(uint32_t), "fetch.max_redirects is a CONFIG_UINT32");
_Static_assert(sizeof(enum picture_fit) == sizeof(int) && sizeof(enum log_level) == sizeof(int),
               "a CONFIG_WORD is stored as an int");

static const struct config_key root_keys[] = {
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
            "cache_size says; and on that of store_dir: no upload is taken that would need them."},
    {.name = "store_dir", .type = CONFIG_PATH, ROOT(store_dir),
     .shown = "/var/lib/visage/store",
     .doc = "Where uploads are kept, which there is no other copy of: on a local disk, in your "
            "backups; unset, store in state_dir."},
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
};

static const struct config_key preset_keys[] = {
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
};

static const struct config_key fetch_keys[] = {
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
};

static const struct config_key render_keys[] = {
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
};

static const struct config_key store_keys[] = {
    {.name = "type", .type = CONFIG_WORD, STORE(type), .fallback = "local",
     .words = "local s3", .min = STORE_LOCAL,
     .doc = "local: in store_dir. s3: in a bucket, as SOURCE/ID, which several machines may share; what "
            "comes in passes through store_dir all the same."},
    {.name = "endpoint", .type = CONFIG_BASE, STORE(s3.endpoint),
     .shown = "https://s3.example.org", .max = 500,
     .doc = "The object store's address; the bucket's name follows in the path. In a private network, "
            "allow_addresses of the sources of type store must have it."},
    {.name = "bucket", .type = CONFIG_BUCKET, STORE(s3.bucket), .shown = "avatars", .max = 255,
     .doc = "The bucket."},
    {.name = "region", .type = CONFIG_BUCKET, STORE(s3.region), .fallback = "us-east-1", .max = 64,
     .doc = "The region that requests are signed for."},
    {.name = "access_key_file", .type = CONFIG_PATH, STORE(s3.access_key_file),
     .shown = "/etc/visage/s3.access",
     .doc = "A file that holds the access key."},
    {.name = "secret_key_file", .type = CONFIG_PATH, STORE(s3.secret_key_file),
     .shown = "/etc/visage/s3.secret",
     .doc = "A file that holds the secret key; others must not be able to read it."},
    {.name = "ttl", .type = CONFIG_DURATION, STORE(ttl_ms), .fallback = "30s",
     .min = 0, .max = DAY,
     .doc = "How soon a machine sees what another one has put into the bucket."},
    {.name = "timeout", .type = CONFIG_DURATION, STORE(timeout_ms), .fallback = "30s",
     .min = 1000, .max = 10 * MINUTE,
     .doc = "How long an upload may take from here into the bucket, all tries included; the web "
            "server has to wait longer."},
};

const struct config_keys config_keys_store = KEYS_OF(store_keys);

static const struct config_key limit_keys[] = {
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
};

static const struct config_key admin_keys[] = {
    {.name = "addresses", .type = CONFIG_NETWORKS, ADMIN(addresses),
     .shown = "127.0.0.1, ::1", .max = 64,
     .doc = "Clients that may look at /_visage/status, metrics and health without a token. "
            "Behind a proxy all clients have the proxy's address."},
    {.name = "token_file", .type = CONFIG_PATH, ADMIN(token.file),
     .shown = "/etc/visage/admin.token",
     .doc = "A file that holds the token for /_visage/, sent as a bearer token or as a password; "
            "others must not be able to read it. Without a token nothing can be purged over HTTP, "
            "and there are no /_visage/versions, save as open_versions says, and /_visage/rewrite."},
    {.name = "token_env", .type = CONFIG_VARIABLE, ADMIN(token.env),
     .shown = "VISAGE_TOKEN", .alternative = true,
     .doc = "The environment variable that holds it."},
    {.name = "open_versions", .type = CONFIG_BOOLEAN, ADMIN(open_versions), .fallback = "false",
     .doc = "Whether /_visage/versions answers anybody, pages of other sites too (allow_origin), so "
            "that pages can poll: of sources whose sign is off or optional, and with URLs that are "
            "not signed. Without a token it is there for those alone."},
};

const struct config_keys config_keys_root = KEYS_OF(root_keys);
const struct config_keys config_keys_preset = KEYS_OF(preset_keys);
const struct config_keys config_keys_fetch = KEYS_OF(fetch_keys);
const struct config_keys config_keys_render = KEYS_OF(render_keys);
const struct config_keys config_keys_limit = KEYS_OF(limit_keys);
const struct config_keys config_keys_admin = KEYS_OF(admin_keys);

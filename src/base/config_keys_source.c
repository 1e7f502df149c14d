/* SPDX-License-Identifier: MIT
 *
 * The keys of a section that says where pictures come from.
 */
#include "base/config_keys.h"

#include "base/config.h"

#define SOURCE(member) .section = CONFIG_SOURCE, .offset = offsetof(struct config_source, member)

_Static_assert(sizeof(enum source_type) == sizeof(int) && sizeof(enum cid_rule) == sizeof(int) &&
                   sizeof(enum rating) == sizeof(int) && sizeof(enum sign_mode) == sizeof(int),
               "a CONFIG_WORD is stored as an int");

static const struct config_key source_keys[] = {
    {.name = "type", .type = CONFIG_WORD, SOURCE(type), .fallback = "http",
     .words = "http web atproto libravatar store s3", .min = SOURCE_HTTP,
     .doc = "http: ids stand in a url. web: ids are URLs themselves, on one of the hosts. atproto: "
            "ids are DID/CID, blobs of whatever server the DID names; nothing is fetched anew that "
            "is kept, whatever ttl says, since a CID never means other bytes. libravatar: ids are "
            "hashes of mail addresses in one domain, which names its server in the DNS. store: what "
            "people upload here. s3: objects in a bucket."},
    {.name = "url", .type = CONFIG_URL, SOURCE(url),
     .shown = "https://www.example.org/avatars/{id}.jpg", .max = 2000,
     .doc = "Where a picture is fetched; {id} stands for the id. Required by type http, and only "
            "for it."},
    {.name = "hosts", .type = CONFIG_HOSTS, SOURCE(hosts),
     .shown = "images.example.org, *.example.net", .max = 256,
     .doc = "Which hosts the URLs of type web may name, and redirects may lead to: without any, "
            "none; \"*\" for every one. Private addresses stay closed but for allow_addresses."},
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
     .doc = "For types http, store and s3: what each path segment of an id must match as a whole. It "
            "decides which pictures and objects are asked for, and which users may upload."},
    {.name = "endpoint", .type = CONFIG_BASE, SOURCE(s3.endpoint),
     .shown = "https://s3.example.org", .max = 500,
     .doc = "For type s3, which requires it: the object store's address; the bucket's name follows in "
            "the path."},
    {.name = "bucket", .type = CONFIG_BUCKET, SOURCE(s3.bucket), .shown = "avatars", .max = 255,
     .doc = "For type s3, which requires it: the bucket."},
    {.name = "region", .type = CONFIG_BUCKET, SOURCE(s3.region), .fallback = "us-east-1", .max = 64,
     .doc = "For type s3: the region that requests are signed for."},
    {.name = "key", .type = CONFIG_OBJECT, SOURCE(s3.key), .fallback = "{id}", .max = 500,
     .doc = "For type s3: the objects' keys; {id} stands for the id."},
    {.name = "access_key_file", .type = CONFIG_PATH, SOURCE(s3.access_key_file),
     .shown = "/etc/visage/s3.access",
     .doc = "For type s3: a file that holds the access key; without it the bucket is open to all."},
    {.name = "secret_key_file", .type = CONFIG_PATH, SOURCE(s3.secret_key_file),
     .shown = "/etc/visage/s3.secret",
     .doc = "For type s3: a file that holds the secret key; others must not be able to read it."},
    {.name = "keep_versions", .type = CONFIG_UINT32, SOURCE(store.keep_versions), .fallback = "1",
     .min = 1, .max = 100,
     .doc = "For type store: how many of somebody's pictures are kept, with the current one."},
    {.name = "upload_max", .type = CONFIG_SIZE, SOURCE(store.max_bytes), .fallback = "10M",
     .min = KIB, .max = GIB,
     .doc = "For type store: the largest picture that is taken, in bytes, and the largest that strip or "
            "upload_preset may make of one; where uploads are kept in a bucket at most fetch.max_bytes."},
    {.name = "upload_min", .type = CONFIG_SIZE, SOURCE(store.min_bytes), .fallback = "100",
     .min = 0, .max = MIB,
     .doc = "For type store: the smallest."},
    {.name = "upload_types", .type = CONFIG_INPUTS, SOURCE(store.types),
     .fallback = "image/jpeg, image/png, image/webp, image/gif",
     .doc = "For type store: what pictures may be, by their bytes."},
    {.name = "strip", .type = CONFIG_BOOLEAN, SOURCE(store.strip), .fallback = "false",
     .doc = "For type store: keeps what was drawn from an upload, in its own size and without its "
            "metadata, in place of its bytes. What is served never has metadata."},
    {.name = "upload_preset", .type = CONFIG_NAME, SOURCE(store.preset_name), .shown = "avatar",
     .doc = "For type store: keeps what was drawn by this preset in place of an upload's bytes: as PNG "
            "if it was PNG, else as JPEG."},
    {.name = "writers", .type = CONFIG_WRITERS, SOURCE(store.writers), .shown = "grant, api-key",
     .doc = "For type store: how it is known who may write. remote-user: the web server has asked for a "
            "login, and REMOTE_USER writes the picture of this id. grant: whoever has a grant. api-key: "
            "whoever has a key writes everybody's. Without any, nobody writes."},
    {.name = "grant_key_file", .type = CONFIG_PATH, SOURCE(store.grant_key_file),
     .shown = "/etc/visage/uploads.keys",
     .doc = "For type store: a file with the keys of upload grants, one a line: the first signs, all "
            "of them verify; others must not be able to read it."},
    {.name = "api_key_file", .type = CONFIG_PATH, SOURCE(store.api_key_file),
     .shown = "/etc/visage/api.keys",
     .doc = "For type store: a file of keys, one a line, for Authorization: Bearer; others must not be "
            "able to read it."},
    {.name = "origins", .type = CONFIG_ORIGINS, SOURCE(store.origins),
     .shown = "https://www.example.org", .max = 64,
     .doc = "For type store: pages of these origins may write as remote-user; those of the request's own "
            "host always may. Browsers are told (CORS) that these pages may send a visitor's "
            "cookies and read what is answered to uploads, deletions and questions."},
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
            "lets a URL without one pass. A source that atproto, camo, gravatar or imgproxy names "
            "cannot require it: those URLs have another signature or none. Nor can one whose pictures "
            "a section rest shows at a path with {id}; uploads, deletions and what belongs to who asks "
            "need no signature."},
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

const struct config_keys config_keys_source = KEYS_OF(source_keys);

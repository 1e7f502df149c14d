/* SPDX-License-Identifier: MIT
 *
 * The configuration that is refused: each with its line, what is wrong, and what
 * is allowed; and never with a secret that stands in the wrong place.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/config.h"
#include "unit/config_file.h"

#define URL "url = \"http://h/{id}\" "
#define REWRITE "rewrite { fields = {u, U} match = \"http://h/\" source = a "
#define PRESET "preset p { width = 1 height = 1 }\n"
#define TOKEN "admin { token_file = \"/t\" }\n"
#define S3 "type = s3 endpoint = \"http://h\" bucket = b "
#define SECRET "hunter2"
#define EIGHT_FONTS "/a.ttf, /a.ttf, /a.ttf, /a.ttf, /a.ttf, /a.ttf, /a.ttf, /a.ttf, "

struct bad {
    const char *text;
    int line;
    const char *message;
};

static const struct bad grammar[] = {
    {"cache_sise = 2G", 1, "unknown key \"cache_sise\"; did you mean \"cache_size\"?"},
    {"\n\nfetch {\n timeuot = 3\n}", 4, "unknown key \"timeuot\" in section fetch; did you mean "
                                          "\"timeout\"?"},
    {"sorce a {}", 1, "did you mean \"source\"?"},
    {"max_pixels = 5", 1, "unknown key \"max_pixels\"; it belongs in section render"},
    {"render {\n\n cache_size = 2G }", 3, "in section render; it belongs outside the sections"},
    {"\nwidget = 5", 2, "unknown key \"widget\"; allowed: state_dir, cache_size,"},
    {"preset a { colour = red }", 1, "in section preset; allowed: width, height, fit, quality"},
    {"QUALITY = 5", 1, "unknown key \"QUALITY\""},
    {"include(\"/etc/passwd\")", 1, "unknown key \"include\""},
    {"|line = 3", 1, "text where a key should stand"},
    {"quality 5", 1, "missing equal sign after option 'quality'"},
    {"quality =\n", 2, "premature end of file"},
    {"quality = = 5", 1, "unexpected \"=\""},
    {"quality = {5}", 1, "unexpected \"{\""},
    {"sizes = {{5}}", 1, "unexpected \"{\""},
    {"sizes = {5 6}", 1, "unexpected text"},
    {"sizes = {,5}", 1, "unexpected \",\""},
    {"= 5", 1, "unexpected \"=\""},
    {"}", 1, "unexpected closing brace"},
    {"fetch { } }", 1, "unexpected closing brace"},
    {"preset { width = 3 }", 1, "missing title for section 'preset'"},
    {"preset a b { }", 1, "missing opening brace"},
    {"fetch x { }", 1, "missing opening brace"},
    {"preset a { preset b { } }", 1, "unknown key \"preset\" in section preset"},
    {"quality = 5\n\nquality = 6", 3, "\"quality\" is set twice, first on line 1"},
    {"sizes = {5}\nsizes = {6, 7}", 2, "\"sizes\" is set twice, first on line 1"},
    {"fetch { timeout = 5 }\nfetch { timeout = 6 }", 2, "\"timeout\" is set twice"},
    {"fetch { timeout = 5 }\nfetch|timeout = 6", 2, "\"timeout\" is set twice"},
    {"preset a { fit = contain }\n\npreset a { fit = contain }", 3, "duplicate title 'a'"},
    {"source a { " URL "}\nsource a { " URL "}", 2, "duplicate title 'a'"},
    {"sizes += {5}", 1, "a list is given whole"},
    {"\nsizes = {}", 2, "empty list"},
    {"sizes = {\n}", 2, "empty list"},
    {"fetch {\n timeout = 5\n", 1, "\"{\" is not closed"},
    {"\nsizes = { 5, 6", 2, "\"{\" is not closed"},
};

static const struct bad scanner[] = {
    {"\n'' = 5", 2, "'' is not a name; only a value may be empty"},
    {"quality = 5 \"\" = 5", 1, "\"\" is not a name; only a value may be empty"},
    {"limit { '' { rate = 5 } }", 1, "'' is not a name"},
    {"quality = \"5\nhot_size = 5", 1, "string is not closed on its line; end it with \""},
    {"quality = '5", 1, "string is not closed on its line; end it with '"},
    {"prefix = \"/a\\", 1, "a backslash in double quotes"},
    {"prefix = \"\\x41\"", 1, "a backslash in double quotes"},
    {"prefix = \"\\0\"", 1, "a backslash in double quotes"},
    {"source a { " URL "\n id_pattern = \"a\\.b\" }", 2, "write the string in single quotes"},
    {"prefix = \"${HOME}\"", 1, "\"${\" in double quotes; nothing is replaced"},
    {"prefix = ${HOME}", 1, "\"${\" outside of quotes"},
    {"prefix = a${HOME}", 1, "\"${\" outside of quotes"},
    {"quality = \"${\n\n}\"", 1, "\"${\" in double quotes"},
    {"\n/* never\nended", 2, "comment is not closed"},
    {"\nbackground = #ffffff\nquality = 5", 2, "no value after \"=\""},
    {"source a {\n url = // x\n}", 2, "no value after \"=\""},
    {"quality = *", 1, "\"*\" outside of quotes"},
    {"\x01", 1, "control byte 0x01"},
    {"quality = a\x7f", 1, "control byte 0x7f"},
    {"allow_origin = \"a\x1b[2J\"", 1, "control byte 0x1b in a string"},
    {"allow_origin = \"a\rb\"", 1, "control byte 0x0d in a string"},
    {"quality = 5\rhot_size = 5", 1, "control byte 0x0d"},
};

static const struct bad values[] = {
    {"quality = 0", 1, "quality: 0 is out of range; allowed: a whole number from 1 to 100"},
    {"quality = 101", 1, "101 is out of range"},
    {"quality = -1", 1, "\"-1\" is not a whole number"},
    {"quality = 8.5", 1, "\"8.5\" is not a whole number"},
    {"quality = \"\"", 1, "\"\" is not a whole number"},
    {"quality = 5K", 1, "\"5K\" is not a whole number"},
    {"quality = 99999999999999999999", 1, "is not a whole number"},
    {"cache_size = 1023K", 1, "cache_size: 1023K is out of range; allowed: a size from 1M to"},
    {"cache_size = 2GB", 1, "\"2GB\" is not a size"},
    {"cache_size = 2g", 1, "\"2g\" is not a size"},
    {"cache_size = \" 2G\"", 1, "is not a size"},
    {"cache_size = 9223372036854775807T", 1, "is not a size"},
    {"hot_size = 257M", 1, "257M is out of range; allowed: a size from 0 to 256M"},
    {"fetch { connect_timeout = 99ms }", 1, "fetch.connect_timeout: 99ms is out of range; "
                                             "allowed: a time from 100ms to 1m"},
    {"fetch { timeout = 121 }", 1, "fetch.timeout: 121 is out of range"},
    {"fetch { timeout = 1.5s }", 1, "\"1.5s\" is not a time"},
    {"fetch { timeout = \"5 s\" }", 1, "is not a time"},
    {"fetch { timeout = 5w }", 1, "is not a time"},
    {"fetch {\n max_bytes = 2G }", 2, "fetch.max_bytes: 2G is out of range"},
    {"fetch { max_redirects = 11 }", 1, "fetch.max_redirects: 11 is out of range"},
    {"fetch { ca_file = certs.pem }", 1, "allowed: an absolute path"},
    {"fetch { user_agent = '' }", 1, "fetch.user_agent: it is empty"},
    {"render { max_memory = 31M }", 1, "render.max_memory: 31M is out of range"},
    {"render { max_pixels = 0 }", 1, "render.max_pixels: 0 is out of range"},
    {"render { timeout = 61 }", 1, "render.timeout: 61 is out of range"},
    {"render { sandbox = maybe }", 1, "\"maybe\" is not true or false"},
    {"render {\n fonts = {/a.ttf, b.ttf} }", 2, "render.fonts: a path that does not begin with \"/\"; "
                                               "allowed: a list of absolute paths"},
    {"render { fonts = {" EIGHT_FONTS EIGHT_FONTS EIGHT_FONTS EIGHT_FONTS EIGHT_FONTS EIGHT_FONTS
     EIGHT_FONTS EIGHT_FONTS "/b.ttf} }", 1, "render.fonts: more than 64 paths"},
    {"group_readable = 2", 1, "group_readable: \"2\" is not true or false"},
    {"log_level = loud", 1, "log_level: \"loud\" is not a word known here; allowed: one of error, "
                            "warn, info, debug"},
    {"log_level = \"error warn\"", 1, "is not a word known here"},
    {"log_level = \"\"", 1, "is not a word known here"},
    {"background = \"white\"", 1, "\"white\" is not a colour; allowed: a colour \"#rrggbb\""},
    {"background = \"#fff\"", 1, "is not a colour"},
    {"background = \"#ggffff\"", 1, "is not a colour"},
    {"state_dir = var", 1, "state_dir: a path that does not begin with \"/\""},
    {"state_dir = ''", 1, "allowed: an absolute path"},
    {"prefix = pictures", 1, "\"pictures\" is not a plain URL path"},
    {"prefix = '/a//b'", 1, "is not a plain URL path"},
    {"prefix = '/a/../b'", 1, "is not a plain URL path"},
    {"prefix = '/a/.'", 1, "is not a plain URL path"},
    {"prefix = '/a%20'", 1, "is not a plain URL path"},
    {"cache_control = ''", 1, "cache_control: it is empty"},
    {"sizes = {0}", 1, "sizes: 0 is out of range; allowed: a list of up to 32 different"},
    {"sizes = {32,\n 4097}", 2, "4097 is out of range"},
    {"sizes = {32, 64, 032}", 1, "32 is there twice"},
    {"sizes = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,"
     "31,32,33}", 1, "more than 32 sizes"},
    {"formats = {webp, gif}", 1, "\"gif\" is not a format that can be written; allowed: a list"},
    {"formats = {auto}", 1, "\"auto\" is not a format"},
    {"formats = {jpg, png, jpeg}", 1, "\"jpeg\" is there twice"},
    {"sendfile = yes", 1, "\"yes\" is not a way to send files; allowed: none, x-sendfile"},
    {"sendfile = \"x-accel:internal/\"", 1, "with \"/\" at both ends"},
    {"sendfile = \"x-accel:/internal\"", 1, "with \"/\" at both ends"},
    {"sendfile = \"x-accel:\"", 1, "with \"/\" at both ends"},
    {"log = stdout", 1, "log: a path that does not begin with \"/\"; allowed: stderr, syslog, or a "
                        "file's absolute path"},
    {"log = visage.log", 1, "log: a path that does not begin with \"/\""},
    {"log = \"\"", 1, "allowed: stderr, syslog, or a file's absolute path"},
    {"log_urls = 2", 1, "log_urls: \"2\" is not true or false"},
    {"log_file = /var/log/visage", 1, "unknown key \"log_file\""},
    {"min_free = -1", 1, "\"-1\" is not a size"},
    {"min_free = 1025T", 1, "min_free: 1025T is out of range; allowed: a size from 0 to 1024T"},
    {"keep_original_max = 10%", 1, "\"10%\" is not a size"},
    {"busy_limit = 513", 1, "busy_limit: 513 is out of range; allowed: a whole number from 0 to"},
    {"fetch_slots = 0", 1, "fetch_slots: 0 is out of range; allowed: a whole number from 1 to 512"},
    {"fetch_slots = 513", 1, "513 is out of range"},
    {"keeper = visage-keeper", 1, "keeper: a path that does not begin with \"/\""},
    {"fetch { retries = 11 }", 1, "fetch.retries: 11 is out of range"},
    {"fetch { breaker_failures = 1001 }", 1, "fetch.breaker_failures: 1001 is out of range"},
    {"fetch { breaker_open = 99ms }", 1, "fetch.breaker_open: 99ms is out of range"},
    {"fetch { breaker_open = 2h }", 1, "fetch.breaker_open: 2h is out of range"},
    {"limit { rate = 1000001 }", 1, "limit.rate: 1000001 is out of range"},
    {"limit { rate = 1.5 }", 1, "limit.rate: \"1.5\" is not a whole number"},
    {"limit { burst = 0 }", 1, "limit.burst: 0 is out of range"},
    {"limit { miss_cost = 0 }", 1, "limit.miss_cost: 0 is out of range"},
    {"limit { ipv4_prefix = 33 }", 1, "limit.ipv4_prefix: 33 is out of range"},
    {"limit { ipv4_prefix = 7 }", 1, "7 is out of range; allowed: a whole number from 8 to 32"},
    {"limit {\n ipv6_prefix = 129 }", 2, "limit.ipv6_prefix: 129 is out of range"},
    {"limit { ipv6_prefix = 15 }", 1, "15 is out of range; allowed: a whole number from 16 to 128"},
    {"limit a { }", 1, "missing opening brace"},
    {"rate = 5", 1, "unknown key \"rate\"; it belongs in section limit"},
    {"admin { addresses = {localhost} }", 1, "admin.addresses: \"localhost\" is not an address or "
                                             "a network whose host bits are zero"},
    {"admin {\n addresses = {'127.0.0.1',\n '10.0.0.1/8'} }", 3, "\"10.0.0.1/8\" is not an"},
    {"admin { addresses = {'::1%lo'} }", 1, "is not an address"},
    {"camo { prefix = /c }", 1, "camo: a prefix needs a source and a key_file"},
    {"\ncamo {\n prefix = /c source = w }", 2, "camo: a prefix needs a source and a key_file"},
    {"camo { prefix = /c source = w key_file = /k }", 1, "there is no source w of type web"},
    {"camo { prefix = /c source = w key_file = /k }\nsource w { " URL "}", 1,
     "there is no source w of type web"},
    {"camo { source = \"a b\" }", 1, "camo.source: \"a b\" is not a name"},
    {"camo { types = {image/tiff} }", 1, "\"image/tiff\" is not a picture's media type"},
    {"camo { max_bytes = 1023 }", 1, "camo.max_bytes: 1023 is out of range; allowed: a size from 1K"},
    {"camo { types = {png} }", 1, "\"png\" is not a picture's media type"},
    {"admin { addresses = {} }", 1, "empty list"},
    {"admin { token_file = admin.token }", 1, "admin.token_file: a path that does not begin with"},
    {"admin { token_env = '1T' }", 1, "admin.token_env: not a name of an environment variable"},
    {"\nadmin {\n token_env = T\n token_file = /t\n}", 2,
     "admin: both token_file and token_env; allowed: one of them"},
    {"token_file = /t", 1, "unknown key \"token_file\"; it belongs in section admin"},
};

static const struct bad sections[] = {
    {"\npreset a {\n width = 5\n}", 2, "preset a: fit \"cover\" needs a width and a height"},
    {"preset a { width = 4097 height = 1 }", 1, "preset a: width: 4097 is out of range"},
    {"preset a { width = 5 height = 5 fit = fill }", 1, "preset a: fit: \"fill\" is not a word "
                                                        "known here; allowed: one of cover, contain"},
    {"preset a { width = 5 height = 5\n quality = 0 }", 2, "preset a: quality: 0 is out of range"},
    {"preset s123 { fit = contain }", 1, "preset s123: the name is that of a size"},
    {"preset v { fit = contain }", 1, "preset v: URLs of versions begin with /v/"},
    {"preset \"a b\" { fit = contain }", 1, "preset \"a b\": not a name; allowed: 1 to 64 of"},
    {"preset a.b { fit = contain }", 1, "not a name"},
    {"preset \"\" { fit = contain }", 1, "not a name"},
    {"\n\nsource a/b { " URL "}", 3, "source \"a/b\": not a name"},
    {"preset aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa { fit = contain }", 1,
     "not a name"},
    {"\nsource a {\n ttl = 5\n}", 2, "source a: url is missing"},
    {"source a { url = \"ftp://h/{id}\" }", 1, "source a: url: the url does not begin with http:// "
                                               "or https://; allowed: http:// or https://"},
    {"source a { url = \"h/{id}\" }", 1, "does not begin with http://"},
    {"source a { url = \"http:///{id}\" }", 1, "the url has no host"},
    {"source a { url = \"http://h/\" }", 1, "the url has no {id}"},
    {"source a { url = \"http://h/{id}/{id}\" }", 1, "{id} more than once"},
    {"source a { url = \"http://{id}.h/\" }", 1, "{id} within the host"},
    {"source a { url = \"http://h:{id}/\" }", 1, "{id} within the host"},
    {"source a { url = \"http://h{id}\" }", 1, "{id} within the host"},
    {"source a { url = \"http://h/{ID}\" }", 1, "\"{\" in the url that does not begin {id}"},
    {"source a { url = \"http://h/{id\" }", 1, "\"{\" in the url that does not begin {id}"},
    {"source a { url = \"http://h/{id}}\" }", 1, "\"}\" in the url that does not end {id}"},
    {"source a { url = \"http://h/}{id}\" }", 1, "\"}\" in the url that does not end {id}"},
    {"source a { url = \"http://h/#{id}\" }", 1, "a fragment in the url"},
    {"source a { url = \"http://h/a b{id}\" }", 1, "byte 0x20 in the url; write it as %20"},
    {"source a { url = \"http://h/\xc3\xa4{id}\" }", 1, "byte 0xc3 in the url"},
    {"source a { url = 'http://h\\x/{id}' }", 1, "byte 0x5c in the url"},
    {"source a { url = \"http://h:0/{id}\" }", 1, "port is not a number from 1 to 65535"},
    {"source a { url = \"http://h:65536/{id}\" }", 1, "port is not a number"},
    {"source a { url = \"http://h:/{id}\" }", 1, "port is not a number"},
    {"source a { url = \"http://h%41/{id}\" }", 1, "a byte in the url's host"},
    {"source a { url = \"http://[::1/{id}\" }", 1, "not an IPv6 address in brackets"},
    {"source a { " URL "id_pattern = '[a-z' }", 1, "source a: id_pattern: the pattern does not "
                                                   "compile: "},
    {"source a { " URL "id_pattern = '' }", 1, "the pattern is empty"},
    {"source a { " URL "id_pattern = '(a)\\1' }", 1, "the pattern has a back-reference"},
    {"source a { " URL "\n allow_addresses = {\"10.0.0.1/8\"} }", 2, "host bits are zero; allowed:"},
    {"source a { " URL "allow_addresses = {localhost} }", 1, "\"localhost\" is not an address"},
    {"source a { " URL "ttl = 0 }", 1, "source a: ttl: 0 is out of range"},
    {"source a { " URL "stale = 3651d }", 1, "source a: stale: 3651d is out of range"},
    {"source a { " URL "stale = -1 }", 1, "source a: stale: \"-1\" is not a time"},
    {"source a { " URL "ttl_min = 3651d }", 1, "source a: ttl_min: 3651d is out of range"},
    {"source a { " URL "ttl_max = 0 }", 1, "source a: ttl_max: 0 is out of range; allowed: a time "
                                           "from 1s to 3650d"},
    {"\nsource a {\n " URL "ttl_min = 2h ttl_max = 1h }", 2, "ttl_min is more than ttl_max"},
    {"source a { " URL "ttl_min = 366d }", 1, "source a: ttl_min is more than ttl_max"},
    {"source a { " URL "keep_private = maybe }", 1, "keep_private: \"maybe\" is not true"},
    {"source a { " URL "fetch_slots = 0 }", 1, "source a: fetch_slots: 0 is out of range"},
    {"source a { " URL "fallback = gravatar }", 1,
     "source a: fallback: a path that does not begin with \"/\"; allowed: none, identicon, or a "
     "picture's absolute path"},
    {"source a { " URL "\n fallback_not_found = '' }", 2, "source a: fallback_not_found: a path"},
    {"source a { " URL "fallback_denied = http://h/a.png }", 1, "fallback_denied: a path"},
    {"source a { " URL "fallback_failing = none.png }", 1, "source a: fallback_failing: a path"},
    {"source a { " URL "fallback_broken = Identicon }", 1, "source a: fallback_broken: a path"},
    {"fallback = none", 1, "unknown key \"fallback\"; it belongs in section source"},
    {"source a { type = ftp }", 1, "source a: type: \"ftp\" is not a word known here"},
    {"source a { type = web " URL "}", 1, "source a: url is for type http only"},
    {"source a { " URL "hosts = {a} }", 1, "source a: hosts is for type web only"},
    {"source a { type = libravatar }", 1, "source a: domain is missing"},
    {"source a { " URL "domain = h }", 1, "source a: domain is for type libravatar only"},
    {"source a { type = libravatar domain = h " URL "}", 1, "url is for type http only"},
    {"source a { type = libravatar domain = h bearer_env = B }", 1, "for type http only"},
    {"source a { type = libravatar domain = \"h.\" }", 1, "\"h.\" is not a domain's name"},
    {"source a { type = libravatar domain = \".h\" }", 1, "is not a domain's name"},
    {"source a { type = libravatar domain = \"a..h\" }", 1, "is not a domain's name"},
    {"source a { type = libravatar domain = \"a_b\" }", 1, "is not a domain's name"},
    {"source a { type = libravatar domain = \"\" }", 1, "is not a domain's name"},
    {"source a { type = libravatar domain = h\ndefault_server = \"h\" }", 2, "http://"},
    {"fetch { dns_servers = {localhost} }", 1, "\"localhost\" is not an address"},
    {"fetch { dns_servers = {\"127.0.0.1:0\"} }", 1, "is not an address"},
    {"fetch { dns_servers = {\"127.0.0.1:65536\"} }", 1, "is not an address"},
    {"fetch { dns_servers = {\"127.0.0.1:\"} }", 1, "is not an address"},
    {"fetch { dns_servers = {\"[::1]x\"} }", 1, "is not an address"},
    {"fetch { dns_servers = {\"[::1\"} }", 1, "is not an address"},
    {"fetch { dns_servers = {\"fe80::1%eth0\"} }", 1, "is not an address"},
    {"fetch { dns_servers = {\"\"} }", 1, "is not an address"},
    {"gravatar {\nsources = {a} }", 2, "gravatar.sources: there is no source \"a\"; allowed:"},
    {"gravatar { sources = {a,\n a} }\nsource a { " URL "}", 2, "\"a\" is there twice"},
    {"gravatar { sources = {w} }\nsource w { type = web }", 1,
     "the ids of source w are no hashes"},
    {"gravatar { sources = {a} }\nsource a { " URL "sign = required sign_key_file = \"/k\" }", 1,
     "gravatar.sources: source a has sign = \"required\", and these URLs do not have that "
     "signature; allowed: a source without"},
    {"\natproto { prefix = \"\" source = a }\n"
     "source a { type = atproto sign = required sign_key_file = \"/k\" }", 2,
     "atproto: source a has sign = \"required\""},
    {"\ncamo { prefix = \"/c\" source = w key_file = \"/c\" }\n"
     "source w { type = web sign = required sign_key_file = \"/k\" }", 2,
     "camo: source w has sign = \"required\""},
    {"\nimgproxy { prefix = \"/i\" source = w insecure = true }\n"
     "source w { type = web sign = required sign_key_file = \"/k\" }", 2,
     "imgproxy: source w has sign = \"required\""},
    {"\nrewrite {\n match = \"http://h/\" }", 2, "rewrite: fields, match and source are needed"},
    {"rewrite { preset = p }", 1, "rewrite: fields, match and source are needed"},
    {REWRITE "}", 1, "rewrite: its source is not there"},
    {REWRITE "}\nsource a { type = atproto }", 1, "rewrite: its source is not there, or of"},
    {REWRITE "}\nsource a { " URL "}", 1, "rewrite: there is no preset of that name, or none is"},
    {REWRITE "preset = q }\n" PRESET "source a { " URL "}", 1, "rewrite: there is no preset of"},
    {REWRITE "preset = p }\n" PRESET "source a { " URL "}", 1,
     "rewrite: it is for who has the token of the section admin"},
    {REWRITE "preset = p base = \"http://b/x\" }\n" PRESET TOKEN "source a { " URL "}", 1,
     "rewrite.base: a path or a query in the url; allowed: http:// or https://, a host"},
    {REWRITE "preset = p }\n" PRESET TOKEN "source a { url = \"http://hh/{id}\" }", 1,
     "rewrite: no URL of the source begins like match"},
    {REWRITE "preset = p expires = 1h }\n" PRESET TOKEN "source a { " URL "}", 1,
     "rewrite: what is not signed cannot expire"},
    {REWRITE "preset = p expires = 59s }\n" PRESET TOKEN "source a { " URL "}", 1,
     "rewrite.expires: 59s is out of range"},
    {REWRITE "preset = p }\n" PRESET TOKEN "source a { type = web }", 1,
     "rewrite: a source of type web needs a section imgproxy or camo that names it"},
    {REWRITE "expires = 1h }\n" TOKEN "camo { prefix = \"/c\" source = a key_file = \"/k\" }\n"
     "source a { type = web }", 1, "rewrite: URLs of camo do not expire"},
    {REWRITE "preset = p }\n" PRESET TOKEN "imgproxy { prefix = \"/i\" source = a insecure = true "
     "allowed_options = {rs, q} }\nsource a { type = web }", 1,
     "rewrite: imgproxy.allowed_options has to have resize, quality and enlarge"},
    {REWRITE "preset = p expires = 1h }\n" PRESET TOKEN "imgproxy { prefix = \"/i\" source = a "
     "insecure = true }\nsource a { type = web }", 1, "rewrite: what is not signed cannot expire"},
    {"rewrite { fields = {a, a} }", 1, "rewrite.fields: \"a\" is there twice"},
    {"rewrite { fields = {\"\"} }", 1, "is not a name of 1 to 200 bytes"},
    {"rewrite { match = \"h/\" }", 1, "rewrite.match: the url does not begin with http://"},
    {"rewrite { max_bytes = 1 }", 1, "rewrite.max_bytes: 1 is out of range"},
    {"gravatar { max_size = 0 }", 1, "allowed: a whole number from 1 to 2048"},
    {"gravatar { max_size = 2049 }", 1, "allowed: a whole number from 1 to 2048"},
    {"gravatar { default = 405 }", 1, "allowed: one of 404, identicon, retro,"},
    {"gravatar { rating = pg13 }", 1, "allowed: one of g, pg, r, x"},
    {"gravatar { default_hosts = {\"https://h\"} }", 1, "\"https://h\" is no host"},
    {"source a { " URL "rating = 18 }", 1, "allowed: one of g, pg, r, x"},
    {"source a { type = web headers = {\"X: b\"} }", 1, "headers and credentials are for type http"},
    {"source a { type = web bearer_env = T }", 1, "headers and credentials are for type http"},
    {"source a { type = web username = b password_env = T }", 1, "headers and credentials are for"},
    {"source a { type = web\nhosts = {\"http://h\"} }", 2, "\"http://h\" is no host"},
    {"source a { type = web hosts = {\"h:80\"} }", 1, "\"h:80\" is no host"},
    {"source a { type = web hosts = {\"\"} }", 1, "is no host"},
    {"source a { type = web hosts = {\"*.\"} }", 1, "is no host"},
    {"source a { type = web hosts = {\"*h\"} }", 1, "is no host"},
    {"source a { type = web hosts = {\"h.*\"} }", 1, "is no host"},
    {"source a { type = web hosts = {\"*.[::1]\"} }", 1, "is no host"},
    {"\nimgproxy { prefix = \"\" }", 2, "imgproxy: source is missing"},
    {"imgproxy { prefix = \"\" source = w insecure = true }", 1, "its source is not there"},
    {"source w { " URL "}\nimgproxy { prefix = \"\" source = w insecure = true }", 2,
     "of another type; allowed: the name of one of type web"},
    {"source w { type = web } imgproxy { prefix = \"\" source = w }", 1, "keys_file is missing"},
    {"source w { type = web } imgproxy { prefix = /i source = w insecure = yes keys_file = /k }", 1,
     "both keys_file and insecure"},
    {"imgproxy { keys_file = k }", 1, "a path that does not begin with"},
    {"imgproxy { signature_size = 0 }", 1, "allowed: a whole number from 1 to 32"},
    {"imgproxy { signature_size = 33 }", 1, "out of range"},
    {"imgproxy { presets = {\"a\"} }", 1, "\"a\" is not NAME=OPTION:ARGUMENT"},
    {"imgproxy { presets = {\"=w:1\"} }", 1, "is not NAME="},
    {"imgproxy { presets = {\"a=\"} }", 1, "is not NAME="},
    {"imgproxy { presets = {\"a b=w:1\"} }", 1, "is not NAME="},
    {"imgproxy { presets = {\"a:b=w:1\"} }", 1, "is not NAME="},
    {"imgproxy { presets = {\"a=w:1\", \"a=w:2\"} }", 1, "\"a\" is there twice"},
    {"imgproxy { allowed_options = {\"w:1\"} }", 1, "is not an option's name"},
    {"imgproxy { url = x }", 1, "in section imgproxy"},
    {"source a { type = atproto " URL "}", 1, "source a: url is for type http only"},
    {"source a { type = atproto hosts = {a} }", 1, "source a: hosts is for type web only"},
    {"source a { type = atproto headers = {\"X: b\"} }", 1, "headers and credentials are for"},
    {"source a { type = atproto verify_cid = no }", 1, "\"no\" is not a word known here"},
    {"source a { type = atproto plc = \"plc.directory\" }", 1, "does not begin with http"},
    {"source a { type = atproto plc = \"https://\" }", 1, "the url has no host"},
    {"source a { type = atproto plc = \"https://h/?x\" }", 1, "a query or a brace"},
    {"source a { type = atproto plc = \"https://h/{id}\" }", 1, "a query or a brace"},
    {"source a { type = atproto plc = \"https://u@h\" }", 1, "a user name or password in the url"},
    {"atproto { prefix = \"\" }", 1, "atproto: source is missing"},
    {"\natproto { prefix = \"\" source = a }\nsource a { " URL "}", 2,
     "atproto: its source is not there, or of another type"},
    {"atproto { prefix = \"\" source = b }", 1, "atproto: its source is not there"},
    {"atproto { presets = other }", 1, "atproto.presets: \"other\" is not a word known here"},
    {"atproto { source = \"\" }", 1, "\"\" is not a name"},
    {"source a { " URL "headers = {\"X A: b\"} }", 1, "a header that is not a name, a colon"},
    {"source a { " URL "headers = {\"X-A\"} }", 1, "a header that is not a name, a colon"},
    {"source a { " URL "headers = {\": b\"} }", 1, "a header that is not a name, a colon"},
    {"source a { " URL "headers = {\"X-A: \"} }", 1, "the header X-A has no value"},
    {"source a { " URL "headers = {\"host: b\"} }", 1, "the header Host is set by the fetch"},
    {"source a { " URL "headers = {\"Content-Length: 3\"} }", 1, "the header Content-Length"},
    {"source a { " URL "headers = {\"Transfer-Encoding: x\"} }", 1, "the header Transfer-Encoding"},
    {"source a { " URL "headers = {\"CONNECTION: x\"} }", 1, "the header Connection"},
    {"source a { " URL "\nusername = bob }", 1, "username without a password; give password_file"},
    {"source a { " URL "password_env = PW }", 1, "a password without username"},
    {"source a { " URL "username = b password_env = PW password_file = /p }", 1,
     "both password_file and password_env"},
    {"source a { " URL "sign = \"optional\" }", 1, "sign without keys; give sign_key_file"},
    {"source a { " URL "sign = \"required\" }", 1, "sign without keys; give sign_key_file"},
    {"source a { " URL "sign = \"yes\" }", 1, "off, optional"},
    {"source a { " URL "grant_key_file = /k }", 1, "source a: grant_key_file is for type store only"},
    {"source a { type = web grant_key_file = /k }", 1, "grant_key_file is for type store only"},
    {"source a { type = store writers = {grant} }", 1,
     "writers has grant, and there are no keys; give grant_key_file"},
    {"source a { type = store grant_key_file = k }", 1, "source a: grant_key_file: "},
    {"source a { type = s3 bucket = b }", 1, "type s3 needs an endpoint and a bucket"},
    {"source a { type = s3 endpoint = \"http://h\" }", 1, "type s3 needs an endpoint and a bucket"},
    {"source a { " URL "bucket = b }", 1, "endpoint, bucket and their keys are for type s3 only"},
    {"source a { type = store bucket = b }", 1, "uploads are kept as the section store says"},
    {"source a { type = store secret_key_file = /k }", 1, "for type s3 only"},
    {"source a { " S3 URL "}", 1, "url is for type http only"},
    {"source a { " S3 "access_key_file = /k }", 1, "give both"},
    {"source a { " S3 "secret_key_file = /k }", 1, "give both"},
    {"source a { " S3 "secret_key_file = k }", 1, "source a: secret_key_file: "},
    {"source a { " S3 "key = \"a.jpg\" }", 1, "with {id} once"},
    {"source a { " S3 "key = \"{id}{id}\" }", 1, "with {id} once"},
    {"source a { " S3 "key = \"/{id}\" }", 1, "with a segment that is empty"},
    {"source a { " S3 "key = \"a//{id}\" }", 1, "with a segment that is empty"},
    {"source a { " S3 "key = \"a/../{id}\" }", 1, "with a segment that is empty, \".\" or \"..\""},
    {"source a { " S3 "key = \"{id}?acl\" }", 1, "a key that is not of letters"},
    {"source a { type = s3 endpoint = \"http://h\" bucket = \"a/b\" }", 1,
     "a name with other bytes than"},
    {"source a { type = s3 endpoint = \"http://h\" bucket = \"..\" }", 1,
     "a name with other bytes than"},
    {"source a { type = s3 endpoint = \"ftp://h\" bucket = b }", 1, "source a: endpoint: "},
    {"source a { " S3 "region = \"a:b\" }", 1, "a name with other bytes than"},
    {"\nstore { type = s3 endpoint = \"http://h\" }", 2, "store: type s3 needs an endpoint, a bucket"},
    {"store { type = s3 bucket = b }", 1, "store: type s3 needs an endpoint, a bucket"},
    {"store { type = s3 endpoint = \"http://h\" bucket = b access_key_file = /k }", 1,
     "both keys or none"},
    {"store { type = swift }", 1, "store.type: \"swift\" is not a word known here"},
    {"source a { " URL "bearer_env = T bearer_file = /t }", 1, "both bearer_file and bearer_env"},
    {"source a { " URL "bearer_env = T username = b password_env = PW }", 1,
     "both a bearer token and a user name or password"},
    {"source a { " URL "bearer_env = 1T }", 1, "source a: bearer_env: not a name of an environment"},
};

#define STORE "source s { type = store }\n"
#define S3_STORE "store { type = s3 endpoint = \"https://s3.example\" bucket = \"b\" }\n"

/* URLs of front ends, and uploads. */
static const struct bad uploads[] = {
    {STORE "rest r { source = s }", 2, "rest r: path is missing"},
    {STORE "rest r { path = \"/a/{id}\" }", 2, "rest r: source is missing"},
    {STORE "\nrest r { path = \"/a/{id}\" source = t }", 3, "rest r: source is missing, or there is"},
    {STORE "rest r { path = \"a/{id}\" source = s }", 2, "path"},
    {STORE "rest r { path = \"/a/{id}x\" source = s }", 2, "at most one segment {id}"},
    {STORE "rest r { path = \"/a/x{id}\" source = s }", 2, "at most one segment {id}"},
    {STORE "rest r { path = \"/{id}/{id}\" source = s }", 2, "at most one segment {id}"},
    {STORE "rest r { path = \"/{user}\" source = s }", 2, "at most one segment {id}"},
    {STORE "rest r { path = \"/a/{id}/\" source = s }", 2, "at most one segment {id}"},
    {STORE "rest r { path = \"/\" source = s }", 2, "at most one segment {id}"},
    {STORE "rest r { path = \"/a/../{id}\" source = s }", 2, "path"},
    {STORE "rest r { path = \"/a b/{id}\" source = s }", 2, "path"},
    {STORE "rest r { path = \"/a?b/{id}\" source = s }", 2, "path"},
    {STORE "rest r { path = \"/a\" source = s methods = {PATCH} }", 2, "GET, PUT, POST, DELETE"},
    {STORE "rest r { path = \"/a\" source = s methods = {} }", 2, "empty list"},
    {STORE "rest r { path = \"/a\" source = s answers = nothing }", 2, "picture, info, exists, health"},
    {STORE "rest r { path = \"/a\" source = s upload_status = 205 }", 2, "from 200 to 204"},
    {STORE "rest r { path = \"/a\" source = s delete_status = 404 }", 2, "from 200 to 204"},
    {STORE "rest r { path = \"/a\" source = s preset = p }", 2, "rest r: there is no preset of that name"},
    {STORE "rest r { path = \"/a\" methods = {PUT} answers = health }", 2, "answers = health is for GET"},
    {STORE "rest r { path = \"/a\" source = s }\nrest r { path = \"/b\" source = s }", 3,
     "duplicate title 'r'"},
    {STORE "rest r { path = \"/a\" source = s colour = red }", 2, "unknown key \"colour\""},
    {STORE "rest { path = \"/a\" source = s }", 2, "missing title for section 'rest'"},
    {"source a { " URL "}\nrest r { path = \"/{id}\" source = a methods = {PUT} }", 2,
     "rest r: uploads and deletions need a source of type store"},
    {"source a { " URL "}\nrest r { path = \"/a\" source = a }", 2,
     "path has no {id}, and only a source of type store knows who asks"},
    {"source a { " URL "}\nrest r { path = \"/{id}\" source = a info_body = '{}' answers = info }", 2,
     "info_body needs a source of type store"},
    {"source a { type = web }\nrest r { path = \"/{id}\" source = a }", 2,
     "ids of a source of type web are URLs"},
    {"source a { " URL "sign = required sign_key_file = /k }\nrest r { path = \"/{id}\" source = a }", 2,
     "rest r: source a has sign = \"required\", and this would show its pictures to whoever knows an id; "
     "allowed: methods without GET, or a path without {id}"},
    {"source a { type = store sign = required sign_key_file = /k }\n"
     "rest r { path = \"/{id}/there\" source = a answers = exists methods = {GET, DELETE} }", 2,
     "source a has sign = \"required\""},
    {"source a { type = store " URL "}", 1, "url is for type http only"},
    {"source a { type = store headers = {\"X-A: b\"} }", 1, "headers and credentials are for type http"},
    {"source a { type = store writers = {everybody} }", 1, "remote-user, grant, api-key"},
    {"source a { type = store writers = {api-key} }", 1,
     "writers has api-key, and there are no keys; give api_key_file"},
    {"source a { " URL "writers = {remote-user} }", 1, "are for type store only"},
    {"source a { " URL "origins = {\"https://a.example\"} }", 1, "are for type store only"},
    {"source a { type = store origins = {\"*\"} }", 1, "is not an origin"},
    {"source a { type = store origins = {\"null\"} }", 1, "is not an origin"},
    {"source a { type = store origins = {\"https://A.example\"} }", 1, "is not an origin"},
    {"source a { type = store origins = {\"https://a.example/\"} }", 1, "is not an origin"},
    {"source a { type = store upload_preset = p }", 1, "upload_preset: there is no preset \"p\""},
    {"source a { type = store upload_max = 1 }", 1, "upload_max"},
    {"source a { type = store upload_min = 2M }", 1, "upload_min"},
    {"source a { type = store upload_max = 1K upload_min = 2K }", 1, "upload_min is above upload_max"},
    {"source a { type = store upload_types = {text/html} }", 1, "image/jpeg"},
    {"source a { type = store upload_types = {image/png, image/bmp} }", 1,
     "upload_types: \"image/bmp\" is not a type that is decoded here; allowed: a list of image/jpeg, "
     "image/png, image/gif, image/webp, image/avif, image/heic"},
    {"source a { type = store upload_types = {\"image/svg+xml\"} }", 1, "is not a type that is decoded"},
    {"source a { type = store upload_types = {image/vnd.microsoft.icon} }", 1,
     "is not a type that is decoded"},
    {S3_STORE "source a { type = store upload_max = 20M }", 2,
     "source a: upload_max is 20M, above fetch.max_bytes, which is 10M: larger uploads could not be "
     "fetched from the bucket again; allowed: at most fetch.max_bytes"},
    {S3_STORE "source a { type = store }\nfetch { max_bytes = 9M }", 2,
     "upload_max is 10M, above fetch.max_bytes, which is 9M"},
    {"source a { type = store keep_versions = 0 }", 1, "from 1 to 100"},
    {"source a { type = store keep_versions = 101 }", 1, "from 1 to 100"},
};

/* Where a secret may stand by mistake: refused without being repeated. */
static const struct bad secrets[] = {
    {"source a { url = \"https://bob:" SECRET "@h/{id}\" }", 1, "a user name or password in the url"},
    {"source a { url = \"https://h:" SECRET "/{id}\" }", 1, "a byte in the url's host"},
    {"source a { " URL "headers = {\"Authorization: Bearer " SECRET "\"} }", 1,
     "the header Authorization is not given here: use bearer_file or username and password_file"},
    {"source a { " URL "headers = {\"Proxy-Authorization: " SECRET "\"} }", 1, "Proxy-Authorization"},
    {"source a { " URL "headers = {\"X-Key " SECRET "\"} }", 1, "a header that is not a name"},
    {"source a { " URL "headers = {\"X-Key: a\" \"" SECRET "\"} }", 1, "unexpected text"},
    {"source a { " URL "username = \"bob:" SECRET "\" }", 1, "\":\" or a control byte"},
    {"source a { " URL "username = bob password_file = \"" SECRET "\" }", 1, "an absolute path"},
    {"source a { " URL "username = bob password_env = \"" SECRET "!\" }", 1, "not a name of an"},
    {"source a { " URL "password = \"" SECRET "\" }", 1, "unknown key \"password\""},
    {"admin { token_file = \"" SECRET "\" }", 1, "an absolute path"},
    {"admin { token_env = \"" SECRET "!\" }", 1, "not a name of an"},
    {"admin { token = \"" SECRET "\" }", 1, "unknown key \"token\""},
    {"source a { " URL "username = \"bob\" \"" SECRET " x\" }", 1, "text where a key should stand"},
};

static void expect_refused(const struct bad *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char error[CONFIG_ERROR_MAX] = "";
        char place[150];
        struct config *c = (struct config *)&place; /* must be cleared */
        struct config_file file;
        int rc;

        config_file_make(&file, rows[i].text);
        rc = config_load(file.path, &c, error);
        config_file_remove(&file);
        snprintf(place, sizeof place, "%s:%d: ", file.path, rows[i].line);
        cr_expect_eq(rc, -EINVAL, "taken: %s", rows[i].text);
        cr_expect_null(c);
        cr_expect_eq(strncmp(error, place, strlen(place)), 0, "wanted line %d: %s\n%s",
                     rows[i].line, error, rows[i].text);
        cr_expect_not_null(strstr(error, rows[i].message), "wanted \"%s\": %s\n%s",
                           rows[i].message, error, rows[i].text);
        cr_expect_null(strstr(error, SECRET), "repeats a secret: %s", error);
        cr_expect_null(strchr(error, '\n'));
        if (rc == 0)
            config_free(&c);
    }
}

#define EXPECT_REFUSED(rows) expect_refused(rows, sizeof rows / sizeof *rows)

Test(config_bad, grammar_and_keys)
{
    EXPECT_REFUSED(grammar);
}

Test(config_bad, what_libconfuse_would_misread)
{
    EXPECT_REFUSED(scanner);
}

Test(config_bad, values_out_of_their_type_or_range)
{
    EXPECT_REFUSED(values);
}

Test(config_bad, presets_and_sources)
{
    EXPECT_REFUSED(sections);
}

Test(config_bad, uploads_and_urls_of_front_ends)
{
    EXPECT_REFUSED(uploads);
}

Test(config_bad, no_message_repeats_a_secret)
{
    EXPECT_REFUSED(secrets);
}

/* libconfuse's scanner is one for the process: what a bad file left in it must
 * not reach the next one. */
Test(config_bad, a_refused_file_does_not_disturb_the_next)
{
    for (size_t i = 0; i < sizeof scanner / sizeof *scanner; i++) {
        char error[CONFIG_ERROR_MAX];
        struct config_file file;
        struct config *c;

        expect_refused(&scanner[i], 1);
        config_file_make(&file, config_example);
        cr_expect_eq(config_load(file.path, &c, error), 0, "%s", error);
        config_free(&c);
        config_file_remove(&file);
    }
}

static int load_bytes(const void *bytes, size_t length, char error[CONFIG_ERROR_MAX])
{
    struct config_file file;
    struct config *c;
    int rc;

    config_file_make_bytes(&file, bytes, length);
    rc = config_load(file.path, &c, error);
    config_file_remove(&file);
    if (rc == 0)
        config_free(&c);
    else
        cr_expect_null(c);
    return rc;
}

Test(config_bad, nul_bytes_and_huge_files)
{
    char error[CONFIG_ERROR_MAX];
    size_t size = (1 << 20) + 1;
    char *blanks = malloc(size);

    cr_assert_not_null(blanks);
    memset(blanks, ' ', size);
    cr_expect_eq(load_bytes("quality = 5\nhot\0size = 1", 25, error), -EINVAL);
    cr_expect_not_null(strstr(error, ":2: NUL byte"), "%s", error);
    cr_expect_eq(load_bytes("# \0", 3, error), -EINVAL);
    cr_expect_eq(load_bytes(blanks, size, error), -EFBIG);
    cr_expect_not_null(strstr(error, "larger than 1 MiB"), "%s", error);
    cr_expect_eq(load_bytes(blanks, size - 1, error), 0, "%s", error);
    memset(blanks, 'a', size);
    cr_expect_eq(load_bytes(blanks, size - 1, error), -EINVAL);
    memset(blanks, '{', size);
    cr_expect_eq(load_bytes(blanks, size - 1, error), -EINVAL);
    memset(blanks, '\n', size);
    memcpy(blanks + size - 3, "x=", 2);
    cr_expect_eq(load_bytes(blanks, size - 1, error), -EINVAL);
    cr_expect_not_null(strstr(error, ":1048575: unknown key \"x\""), "%s", error);
    free(blanks);
}

/* Every way to cut the example short is either a configuration or a clean error. */
Test(config_bad, the_example_cut_anywhere)
{
    size_t taken = 0, refused = 0;

    for (size_t length = 0; length < strlen(config_example); length++) {
        char error[CONFIG_ERROR_MAX] = "";
        int rc = load_bytes(config_example, length, error);

        cr_expect(rc == 0 || (rc == -EINVAL && strstr(error, "visage.conf:")), "%zu: %d %s",
                  length, rc, error);
        taken += rc == 0;
        refused += rc < 0;
    }
    cr_expect_gt(taken, 10);
    cr_expect_gt(refused, 100);
}

/* Every byte changed into marks that mean something. */
Test(config_bad, the_example_with_one_byte_changed)
{
    static const char marks[] = "{}\"'\\=#$\n/*\x01\xff";
    size_t length = strlen(config_example);
    char *text = strdup(config_example);

    cr_assert_not_null(text);
    for (size_t i = 0; i < length; i += 3)
        for (size_t m = 0; m + 1 < sizeof marks; m++) {
            char error[CONFIG_ERROR_MAX] = "";
            char kept = text[i];
            int rc;

            text[i] = marks[m];
            rc = load_bytes(text, length, error);
            cr_expect(rc == 0 || (rc == -EINVAL && strstr(error, "visage.conf:")),
                      "byte %zu: %d %s", i, rc, error);
            text[i] = kept;
        }
    free(text);
}

Test(config_bad, what_is_not_a_file)
{
    char error[CONFIG_ERROR_MAX];
    struct config_file file;
    char fifo[120];
    struct config *c;

    config_file_make(&file, "");
    cr_expect_eq(config_load(file.directory, &c, error), -EISDIR);
    cr_expect_null(c);
    cr_expect_not_null(strstr(error, "not a regular file"), "%s", error);
    snprintf(fifo, sizeof fifo, "%s/fifo", file.directory);
    cr_assert_eq(mkfifo(fifo, 0600), 0);
    cr_expect_eq(config_load(fifo, &c, error), -EINVAL);
    cr_expect_not_null(strstr(error, "not a regular file"), "%s", error);
    unlink(fifo);
    if (geteuid() != 0) {
        cr_assert_eq(chmod(file.path, 0), 0);
        cr_expect_eq(config_load(file.path, &c, error), -EACCES);
    }
    config_file_remove(&file);
    cr_expect_eq(config_load(file.path, &c, error), -ENOENT);
    cr_expect_null(c);
    cr_expect_not_null(strstr(error, "No such file"), "%s", error);
    cr_expect_not_null(strstr(error, file.path), "%s", error);
}

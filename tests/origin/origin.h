/* SPDX-License-Identifier: MIT
 *
 * An HTTP origin that misbehaves on demand, in threads of the calling process,
 * on 127.0.0.1. The first segment of the path says how it behaves; some take
 * arguments as further segments; all that follows is NAME, the picture's name,
 * which may have further segments and may be left out. A name that is not
 * registered stands for the first registered picture, so tests can use as many
 * different names as they like. N-th means: of the requests for this very path.
 *
 *   /ok/NAME                    the picture
 *   /etag/NAME                  with ETag and Last-Modified; 304 to If-None-Match
 *   /fields/HEX/NAME            with the header fields that HEX is (see below); 304, with the
 *                               same fields, to an If-None-Match that is their ETag, and
 *                               without one to an If-Modified-Since that is their Last-Modified
 *   /script/NAME                what the script of this name says, step by step (see below)
 *   /.well-known/NAME           the same
 *   /avatar/NAME                the same
 *   /slow/MS/NAME               the picture, MS milliseconds later
 *   /drip/MS/NAME               in 16 pieces, MS milliseconds before each
 *   /unique/N/NAME              a JPEG whose bytes and pixels differ for each N
 *   /huge/BYTES/NAME            the picture, then zeros up to BYTES
 *   /unframed/NAME              HTTP/1.0: no length, the end of the connection ends it
 *   /hang/NAME                  never answers
 *   /stall/NAME                 header section, then nothing
 *   /stall-mid/NAME             header section and half of the body, then nothing
 *   /truncated/NAME             half of the body, then the connection ends
 *   /truncated-chunked/NAME     the same in chunked coding, without the last chunk
 *   /short-length/NAME          Content-Length larger than the body
 *   /long-length/NAME           Content-Length is half of the body's
 *   /endless/NAME               chunked, without end
 *   /endless-headers/NAME       header fields without end
 *   /endless-line/NAME          one header field without end
 *   /garbage/NAME               not HTTP
 *   /cut-headers/NAME           the connection ends within the header section
 *   /reset/NAME                 RST instead of an answer
 *   /reset-mid/NAME             RST after half of the body
 *   /not-modified/NAME          304, asked for or not, that tells the length of the picture
 *   /early-hints/NAME           103 before the 200
 *   /gzip/NAME                  Content-Encoding: gzip, unasked
 *   /html/NAME                  200 and a web page
 *   /empty/NAME                 200 and no byte
 *   /status/CODE/NAME           this status and a short text
 *   /stall-status/CODE/NAME     this status, and a body that never comes
 *   /endless-status/CODE/NAME   this status, and a body without end
 *   /retry-after/CODE/V/NAME    this status with Retry-After: V
 *   /fail-first/K/CODE/NAME     this status to the first K, then the picture
 *   /stall-first/K/NAME         nothing to the first K, then the picture
 *   /redirect/N/NAME            N redirects, then the picture
 *   /redirect-loop/NAME         to itself
 *   /redirect-to?u=URL&code=C   Location: URL, status C (302)
 *   /redirect-hex/HEX/NAME      the same, with the URL in hexadecimal
 *   /redirect-bare/NAME         302 without Location
 *   /signin/NAME                203 and a sign-in page
 *   /azure/NAME                 the picture with an Authorization; else 302 to /_signin,
 *                               or 401 if X-TFS-FedAuthRedirect says Suppress
 *   /auth-basic/USER/PASS/NAME  the picture for these credentials; "-" is an empty user
 *   /echo-auth/NAME             the picture if Authorization is as set, else 401
 *
 * Header fields are "Name: value", with CR LF between several; HEX is that text in
 * hexadecimal. They are sent exactly so, in this order, several of one name too. Every
 * answer that is proper HTTP has one Date, the present one, but for these: a Date among
 * the fields is sent in its place, and "Date:" without a value means none at all. A value
 * "@N" ("@-60", "@+3600", "@") is sent as the date N seconds from the answer. Framing
 * (Content-Length, Transfer-Encoding) cannot be dictated.
 *
 * A script is a row of steps with "|" between. Each answers one request for
 * /script/NAME, in the order of arrival; the last one answers all that follow. A step
 * begins with what is answered:
 *
 *   200                  the picture
 *   404                  any other status, 201 to 599, with a short text, or with the picture that
 *                        the step names
 *   timeout              nothing, ever (the same as hang)
 *   reset, stall-mid ... any behaviour above; its arguments follow with "/" between:
 *                        drip/20, retry-after/503/3
 *
 * and goes on with any of these, with blanks between:
 *
 *   'Name: value'        a header field; without "'" in it
 *   fields=HEX           header fields
 *   conditional          304 with the same fields where /fields/ would say so
 *   picture=NAME         another picture than the one that the request names
 *   delay=MS             waits before it answers
 *   held                 waits until origin_release() lets it answer
 *   times=N              answers N requests, not one
 *
 * Fields and `conditional` go with a status only. For example:
 *
 *   200 'ETag: "1"' 'Cache-Control: max-age=0' | 304 'ETag: "1"' | 500 times=2 | timeout |
 *   200 picture=other
 *
 * For tests in other processes: /_count?path=P, /_count?path=P&status=S, /_total, /_max,
 * /_connections and /_header?path=P&name=H answer in text, /_reset sets all to zero, and
 * /_script?name=N&steps=S, percent-encoded, sets a script (400 if it is wrong). These
 * requests are not counted. Paths are counted as decoded, without query.
 *
 * PUT and DELETE are answered like GET, the bodies thrown away. The header field ":method" stands
 * for a request's method, ":body" for the SHA-256 of its body, missing where there was none.
 */
#ifndef VISAGE_TESTS_ORIGIN_H
#define VISAGE_TESTS_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct origin;

/* Starts an origin on 127.0.0.1; port 0 takes a free one. NULL on failure. */
struct origin *origin_start(uint16_t port);

/* The same over TLS, with key and certificate in PEM. The answers that are no proper
 * HTTP (hang apart) are for origins without TLS. */
struct origin *origin_start_tls(uint16_t port, const char *key, const char *certificate);

uint16_t origin_port(const struct origin *o);

/* Ends all connections, hung ones too, joins the threads, frees and clears *o. */
void origin_stop(struct origin **o);

/* Registers a picture, or replaces the one of this name. All is copied. Returns 0 or
 * a negative errno. */
int origin_add_picture(struct origin *o, const char *name, const void *bytes, size_t length,
                       const char *type);

/* The Authorization that /echo-auth/ wants; NULL (the start): any. Returns 0 or -ENOMEM. */
int origin_set_authorization(struct origin *o, const char *value);

/* Sets what /script/NAME answers, from the first step on; "" for nothing, which is a 500.
 * Returns 0, -EINVAL for a mistake in the steps (what was set before stays), or -ENOMEM. */
int origin_script(struct origin *o, const char *name, const char *steps);

/* Lets one held step answer: one that waits, or the next that comes. */
void origin_release(struct origin *o);

/* The text in hexadecimal, to be freed by the caller; NULL without memory. */
char *origin_hex(const char *text);

/* Requests for this path so far. */
unsigned origin_count(struct origin *o, const char *path);

/* How many of them were answered with this status, broken answers apart. */
unsigned origin_count_status(struct origin *o, const char *path, unsigned status);

/* Waits until there were `count` of them. False if that took longer than `timeout_ms`. */
bool origin_await(struct origin *o, const char *path, unsigned count, int64_t timeout_ms);

/* Requests in all, the most that waited for an answer at once, and connections accepted. */
unsigned origin_total(struct origin *o);
unsigned origin_concurrent_max(struct origin *o);
unsigned origin_connections(struct origin *o);

/* Forgets all counts and recorded header fields. */
void origin_reset(struct origin *o);

/* The value of a header field in the last request for this path, to be freed by the
 * caller; NULL if there was no such request or no such field. */
char *origin_last_header(struct origin *o, const char *path, const char *name);

#endif

/* SPDX-License-Identifier: MIT
 *
 * An explanation for people.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ctl/explain.h"
#include "ctl/terminal.h"
#include "ctl/words.h"
#include "serve/dialect_status.h"
#include "http/date.h"
#include "http/form.h"

#define NAME_MAX_SHOWN (3 * PICTURE_CANONICAL_MAX)

static void __attribute__((format(printf, 2, 3))) row(const char *name, const char *format, ...)
{
    va_list ap;

    printf("%-13s ", name);
    va_start(ap, format);
    vprintf(format, ap);
    va_end(ap);
    putchar('\n');
}

static void print_time(const char *name, int64_t when_ms, int64_t now_ms)
{
    char date[WORDS_MAX], when[WORDS_MAX];

    row(name, "%s (%s)", words_date(when_ms, date), words_when(when_ms, now_ms, when));
}

/* ---- the URL ---- */

static const char *format_words(const struct picture_request *p)
{
    return p->format == PICTURE_AUTO ? "jpeg, or png where the picture has transparency"
                                     : picture_type_name(p->format);
}

/* Whether it is right only the workers know: no secret is read here. */
static void print_signature(const struct explanation *x)
{
    enum sign_mode mode = x->picture.source->sign;
    const char *query = strchr(x->url, '?');
    bool has_one = query && http_form_count(query + 1, strcspn(query + 1, "#"), "sig") > 0;

    if (mode == SIGN_OFF || x->picture.dialect == DIALECT_REST)
        return;
    row("signature", "%s; this URL has %s", mode == SIGN_REQUIRED ? "required" : "optional",
        has_one                   ? "one, which is not looked at here"
        : mode == SIGN_REQUIRED ? "none, and a request for it gets 403"
                                : "none");
}

static const char *unpublishable_words(enum publishable why)
{
    static const char *const words[] = {
        [PUBLISHABLE_YES] = "",
        [PUBLISHABLE_NOBODYS] = "no source has it",
        [PUBLISHABLE_SIGNED] = "its source wants signatures",
        [PUBLISHABLE_SHARED] = "it is in a bucket, where another machine may delete it",
        [PUBLISHABLE_MUTABLE] = "its URL may come to mean another picture",
        [PUBLISHABLE_VERBATIM] = "it is passed on as it is",
        [PUBLISHABLE_NEGOTIATED] = "its format is the client's choice",
        [PUBLISHABLE_SNAPPED] = "its URL says another size than it is drawn in",
        [PUBLISHABLE_SAVED] = "it is to be saved, or under another name",
        [PUBLISHABLE_EXPIRING] = "its URL expires",
        [PUBLISHABLE_QUERY] = "its URL has a query",
        [PUBLISHABLE_LONG] = "its URL is too long for a file's name",
        [PUBLISHABLE_UNPLAIN] = "its URL is not plain enough for a file's name",
        [PUBLISHABLE_DOTTED] = "its name has another dot than that of the extension",
    };

    return words[why];
}

static void print_publication(const struct explanation *x)
{
    const char *root = x->config->publish_root;

    switch (x->published) {
    case PUBLICATION_OFF:
        return;
    case PUBLICATION_NEVER:
        row("published", "never: %s", unpublishable_words(x->publishable));
        return;
    case PUBLICATION_LATER:
        row("published", "with the first answer, as %s%s", root, x->published_path);
        return;
    case PUBLICATION_DONE:
        row("published", "%s%s: the web server answers by itself", root, x->published_path);
        return;
    }
}

static const char *default_words(const struct picture_default *d)
{
    if (d->location[0])
        return d->location;
    return d->generator == GENERATOR_NONE ? "404" : generator_name(d->generator);
}

static void print_route(const struct explanation *x)
{
    const struct picture_request *p = &x->picture;
    char name[NAME_MAX_SHOWN];

    row("dialect", "%s", picture_dialect_name(p->dialect));
    for (unsigned i = 0; i < x->passed_count; i++)
        row("passed over", "%s: %s", p->chain[i]->name, cause_info(x->passed[i])->text);
    if (x->is_default)
        row("default", "%s", default_words(&p->standard));
    else
        row("source", "%s", p->source->name);
    row("id", "%s", words_name(p->id, name, sizeof name));
    if (p->verbatim) {
        row("rendering", "none: the original's own bytes");
        return;
    }
    if (p->info) {
        row("rendering", "none: what is known of the original, as JSON");
        print_signature(x);
        return;
    }
    row("rendering", "%" PRIu32 " x %" PRIu32 ", %s, quality %" PRIu32, p->rendering.width,
        p->rendering.height, picture_fit_name(p->rendering.fit), p->rendering.quality);
    if (p->negotiated && x->accept)
        row("format", "%s (by Accept: %s)", format_words(p),
            words_name(x->accept, name, sizeof name));
    else
        row("format", "%s%s", format_words(p), p->negotiated ? " (without an Accept)" : "");
    print_signature(x);
    print_publication(x);
}

/* ---- what is there ---- */

static void print_state(const struct explained *e, int64_t now_ms)
{
    static const char *const words[] = {
        [STATE_NONE] = "not in the cache",
        [STATE_PURGED] = "purged: as good as not in the cache",
        [STATE_FRESH] = "fresh",
        [STATE_REFRESHABLE] = "expired; answered with, and refreshed behind that",
        [STATE_STANDBY] = "expired; stands in only while its origin fails",
        [STATE_EXPIRED] = "expired; good only to ask the origin whether it has changed",
    };
    bool good = e->state == STATE_FRESH;

    row("  state", "%s%s%s", terminal_colour(stdout, good ? COLOUR_GOOD : COLOUR_DOUBT),
        words[e->state], terminal_plain(stdout));
    if (e->state == STATE_NONE)
        return;
    print_time("  fetched", e->entry.fetched_ms, now_ms);
    print_time("  expires", e->entry.expires_ms, now_ms);
    if (e->entry.refresh_until_ms > e->entry.expires_ms)
        print_time("  refreshable", e->entry.refresh_until_ms, now_ms);
    if (e->entry.stale_until_ms > e->entry.expires_ms)
        print_time("  stand-in", e->entry.stale_until_ms, now_ms);
}

static void print_entry(const struct explained *e)
{
    char size[WORDS_MAX], date[HTTP_DATE_SIZE], name[3 * ENTRY_ETAG_MAX];

    if (e->state == STATE_NONE)
        return;
    if (e->entry.width > 0)
        row("  picture", "%s, %" PRIu32 " x %" PRIu32 "%s", picture_type_name(e->entry.type),
            e->entry.width, e->entry.height, e->entry.alpha ? ", transparent" : "");
    else
        row("  picture", "%s", picture_type_name(e->entry.type));
    if (e->entry.etag[0])
        row("  etag", "%s", words_name(e->entry.etag, name, sizeof name));
    http_date_format(e->entry.last_modified_s, date);
    row("  modified", "%s%s", date, e->entry.kind == ENTRY_VARIANT || e->entry.dated
                                        ? "" : " (when it was fetched)");
    if (e->entry.bodiless)
        row("  blob", "dropped; %s once, and known by its digest only",
            words_bytes(e->entry.length, size));
    else
        row("  blob", "blobs/%s, %s%s", e->path, words_bytes(e->entry.length, size),
            e->has_file ? "" : ", but the file is missing");
}

static void print_explained(const char *what, const struct explained *e,
                            const struct explanation *x)
{
    char hex[DIGEST_HEX_SIZE], name[NAME_MAX_SHOWN], left[WORDS_MAX];

    digest_to_hex(&e->key, hex);
    row(what, "%s", words_name(e->text, name, sizeof name));
    row("  key", "%s (%.12s in the log)", hex, hex);
    if (!x->has_state)
        return;
    print_state(e, x->now_ms);
    print_entry(e);
    if (e->leased)
        row("  lease", "somebody has been at it for %s", words_ms(e->leased_ms, left));
    if (e->failure != CAUSE_NONE)
        row("  failure", "%s: %s; remembered for another %s", cause_info(e->failure)->name,
            cause_info(e->failure)->text, words_ms(e->failure_left_ms, left));
}

static void print_origin(const struct explanation *x)
{
    const struct gate_record *r = &x->record;
    int64_t left_ms = r->breaker.until_ms - clock_boot_ms();
    char left[WORDS_MAX];

    if (!x->origin[0])
        return;
    row("origin", "%s", x->origin);
    if (!x->has_origin)
        return;
    row("  breaker", "%s", breaker_state_name(r->breaker.state));
    if (r->breaker.state != BREAKER_CLOSED && left_ms > 0)
        row("  for", "another %s", words_ms(left_ms, left));
    row("  fetches", "%" PRIu64 " pictures, %" PRIu64 " not modified, %" PRIu64
        " not found, %" PRIu64 " failed, %" PRIu32 " under way",
        r->fetched, r->not_modified, r->not_found, r->failures, r->in_flight);
    if (r->last_failure != CAUSE_NONE)
        row("  last", "%s, %s", cause_info(r->last_failure)->name,
            words_when(r->last_failure_ms, x->now_ms, left));
}

/* ---- what would come of it ---- */

static void print_failure(const struct explanation *x, const char *why)
{
    int status = dialect_answer(x->picture.dialect, x->cause).status;

    row("outcome", "%s%d %s%s: %s", terminal_colour(stdout, COLOUR_BAD), status,
        cause_info(x->cause)->name, terminal_plain(stdout), why);
    if (x->fallback)
        row("  with", "%s in place of a line of text",
            x->fallback->kind == FALLBACK_IDENTICON ? "an identicon" : x->fallback->file);
}

/* What is done with an original. */
static const char *deed(const struct explanation *x)
{
    return x->picture.verbatim ? "passed on" : x->picture.info ? "summed up" : "drawn";
}

static const char *thing(const struct explanation *x)
{
    return x->picture.info ? "document" : "picture";
}

static void print_outcome(const struct explanation *x)
{
    switch (x->outcome) {
    case OUTCOME_REFUSED:
        print_failure(x, x->hint[0] ? x->hint : cause_info(x->cause)->text);
        return;
    case OUTCOME_ADMIN:
        row("outcome", "%s", x->hint);
        return;
    case OUTCOME_HIT:
        row("outcome", "answered from the cache");
        return;
    case OUTCOME_REFRESHING:
        row("outcome", "answered with the expired %s, which the keeper then refreshes", thing(x));
        return;
    case OUTCOME_STALE:
        row("outcome", "answered with the expired %s: %s", thing(x), cause_info(x->cause)->text);
        return;
    case OUTCOME_FAILURE:
        print_failure(x, x->is_default ? "no source has it" : "the remembered failure");
        return;
    case OUTCOME_RENDER:
        row("outcome", x->picture.verbatim ? "%s: the original is there"
                                           : "%s from the original, which is there", deed(x));
        return;
    case OUTCOME_REVALIDATE:
        row("outcome", "the origin is asked whether the original has changed; then it is %s",
            deed(x));
        return;
    case OUTCOME_FETCH:
        row("outcome", "fetched from the origin and %s", deed(x));
        return;
    case OUTCOME_UNSTORABLE:
        row("outcome", "fetched and %s for each request: the origin forbids to keep it",
            deed(x));
        return;
    case OUTCOME_RESTING:
        print_failure(x, "the origin's breaker is open");
        return;
    case OUTCOME_STAND_IN:
        row("outcome", "%s from the expired original, which stands in: the origin's breaker is "
            "open", deed(x));
        return;
    case OUTCOME_DRAWN:
        row("outcome", "the default is drawn");
        return;
    case OUTCOME_REDIRECT:
        row("outcome", "redirected to the default");
        return;
    }
}

static void print_head(const struct buffer *head)
{
    const char *line = head->length ? head->data : "", *end;

    for (bool first = true; (end = strstr(line, "\r\n")) != NULL && end > line; line = end + 2) {
        row(first ? "answer" : "", "%.*s", (int)(end - line), line);
        first = false;
    }
}

void explain_print(const struct explanation *x)
{
    if (x->refusal == CAUSE_NONE) {
        print_route(x);
        for (unsigned i = 0; i < x->variant_count; i++)
            print_explained("variant", &x->variants[i], x);
        if (!x->is_default) {
            print_explained("original", &x->original, x);
            print_origin(x);
        }
        if (!x->has_state)
            row("state", "%s", x->no_state);
    }
    print_outcome(x);
    print_head(&x->reply.head);
}

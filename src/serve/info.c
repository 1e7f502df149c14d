/* SPDX-License-Identifier: MIT
 *
 * The document is made for each answer: the URLs in it depend on the configuration, and on whether
 * the request was signed.
 */
#include "serve/info.h"

#include <errno.h>
#include <time.h>

#include "base/base64.h"
#include "base/clock.h"
#include "serve/etag.h"
#include "serve/picture_urls.h"
#include "serve/version.h"
#include "serve/writer.h"

struct told {
    const struct job *job;
    const struct entry *entry;
    const struct summary *summary;
    char version[PICTURE_VERSION_DIGITS + 1];
};

/* RFC 3339. */
static void put_time(struct writer *w, int64_t ms)
{
    char text[sizeof "2147485547-12-31T23:59:59Z"];
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;

    if (gmtime_r(&seconds, &tm) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
        writer_json(w, text);
    else
        writer_puts(w, "null");
}

static int put_urls(struct writer *w, const struct told *t)
{
    const struct picture_urls urls = {.config = t->job->server->config,
                                      .source = t->job->picture->source->name,
                                      .id = t->job->picture->id,
                                      .version = t->version,
                                      .signer = version_signer(t->job)};

    return picture_urls_write(w, &urls);
}

static int put_document(struct writer *w, const struct told *t)
{
    const struct picture_request *picture = t->job->picture;
    const struct entry *e = t->entry;
    char thumbhash[BASE64_SIZE(PICTURE_THUMBHASH_MAX)];
    int rc;

    base64_encode(t->summary->thumbhash, t->summary->thumbhash_length, thumbhash);
    writer_puts(w, "{\"source\":");
    writer_json(w, picture->source->name);
    writer_puts(w, ",\"id\":");
    writer_json(w, picture->id);
    writer_printf(w, ",\"version\":\"%s\",\"type\":\"%s\"", t->version,
                  picture_media_type(e->type));
    writer_puts(w, ",\"width\":");
    writer_number(w, e->width);
    writer_puts(w, ",\"height\":");
    writer_number(w, e->height);
    writer_puts(w, ",\"bytes\":");
    writer_number(w, t->summary->bytes);
    writer_puts(w, ",\"fetched\":");
    put_time(w, e->fetched_ms);
    writer_puts(w, ",\"expires\":");
    put_time(w, e->expires_ms);
    writer_printf(w, ",\"dominant_color\":\"#%06x\",\"thumbhash\":\"%s\",\"urls\":",
                  (unsigned)t->summary->colour, thumbhash);
    rc = put_urls(w, t);
    writer_puts(w, "}\n");
    return rc ? rc : w->rc;
}

static int reply_with(const struct job *job, const struct entry *e, const struct summary *summary,
                      enum reply_way way, int64_t now_ms)
{
    struct buffer *page = &job->server->page;
    struct writer w = {.out = page};
    struct told t = {.job = job, .entry = e, .summary = summary};
    struct digest digest;
    char etag[ETAG_MAX];
    int rc;

    version_of(&e->original, t.version);
    buffer_clear(page);
    rc = put_document(&w, &t);
    if (!rc)
        rc = digest_of(page->data, page->length, &digest);
    if (rc)
        return rc;
    etag_of_document(job->picture, &e->original, &digest, etag);
    return reply_info(job->reply, job->server, job->http, e, way, etag, page, now_ms);
}

int info_reply(const struct job *job, const struct variant *variant, enum reply_way way)
{
    struct summary summary;
    int rc = summary_read(job, variant, &summary);

    return rc ? rc : reply_with(job, &variant->entry, &summary, way, job->now_ms);
}

int info_reply_made(const struct job *job, const struct entry *e, enum reply_way way)
{
    const struct buffer *made = &job->server->rendered;
    struct summary summary;

    if (!summary_decode(made->data, made->length, &summary))
        return -EINVAL;
    return reply_with(job, e, &summary, way, clock_wall_ms());
}

/* SPDX-License-Identifier: MIT */
#include "serve/accept.h"

#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "image/sniff.h"

#define STRIPPED_QUALITY 92u

struct judging {
    struct server *server;
    const struct config_source *source;
    struct store_upload *in;
    uint64_t max_bytes;
    int fd; /* on what came */
};

/* By its first bytes; what its sender says of it is not asked. */
static enum cause check_type(const struct judging *j, enum picture_type *out)
{
    char head[SNIFF_BYTES];
    ssize_t n = pread(j->fd, head, sizeof head, 0);

    *out = n > 0 ? sniff_picture(head, (size_t)n) : PICTURE_UNKNOWN;
    return *out != PICTURE_UNKNOWN && j->source->store.types >> *out & 1 ? CAUSE_NONE
                                                                         : CAUSE_PICTURE_TYPE;
}

/* All of it is decoded: nothing is kept that cannot be shown. */
static enum cause decode(const struct judging *j, struct store_picture *p)
{
    struct render_summary summary;
    enum cause cause = renderer_summarize(j->server->renderer, j->fd, j->in->length, &summary);

    p->width = summary.width;
    p->height = summary.height;
    p->length = j->in->length;
    return cause;
}

/* ---- drawn again ---- */

static bool is_redrawn(const struct config_source *source)
{
    return source->store.strip || source->store.preset;
}

static enum picture_type redrawn_type(const struct config_source *source, enum picture_type type)
{
    if (type == PICTURE_PNG || (type == PICTURE_GIF && !source->store.preset))
        return PICTURE_PNG;
    return type == PICTURE_WEBP && !source->store.preset ? PICTURE_WEBP : PICTURE_JPEG;
}

/* In its own size without metadata, or by a preset; on the configured background, where it is one. */
static struct rendering redrawing(const struct judging *j)
{
    struct rendering r = {.fit = FIT_CONTAIN, .quality = STRIPPED_QUALITY};

    if (!j->source->store.preset)
        return r;
    r = j->source->store.preset->rendering;
    r.effects.has_background = 1;
    r.effects.background = j->server->config->background;
    return r;
}

/* What is drawn goes to disk as it is read back: this process never has all of it. */
struct drawing {
    const struct judging *j;
    struct store_upload out;
    enum cause cause; /* why no more of it was taken */
};

static enum cause tell(const struct judging *j, int error)
{
    log_error("upload", "source=%s error=\"%s\"", j->source->name, strerror(-error));
    return CAUSE_STORE;
}

static int take_drawn(const void *bytes, size_t length, void *context)
{
    struct drawing *d = context;
    int rc = 0;

    if (d->out.length + length > d->j->max_bytes)
        d->cause = CAUSE_UPLOAD_TOO_LARGE;
    else if ((rc = store_upload_add(&d->out, bytes, length)) != 0)
        d->cause = tell(d->j, rc);
    return d->cause == CAUSE_NONE ? 0 : -1;
}

static enum cause draw(struct drawing *d, struct store_picture *p)
{
    const struct judging *j = d->j;
    struct rendering rendering = redrawing(j);
    struct render_result result;
    enum cause cause = renderer_render_to(j->server->renderer, j->fd, j->in->length, &rendering,
                                          redrawn_type(j->source, p->type), take_drawn, d, &result);

    if (cause != CAUSE_NONE)
        return d->cause != CAUSE_NONE ? d->cause : cause;
    if (store_upload_finish(&d->out, &p->digest) != 0)
        return CAUSE_STORE;
    p->type = result.type;
    p->width = result.width;
    p->height = result.height;
    p->length = d->out.length;
    return CAUSE_NONE;
}

/* What was drawn takes the place of what came. */
static enum cause redraw(const struct judging *j, struct store_picture *p)
{
    struct drawing d = {.j = j};
    int rc = store_upload_begin(j->in->store, &d.out);
    enum cause cause;

    if (rc)
        return tell(j, rc);
    cause = draw(&d, p);
    if (cause != CAUSE_NONE) {
        store_upload_abort(&d.out);
        return cause;
    }
    store_upload_abort(j->in);
    *j->in = d.out;
    return CAUSE_NONE;
}

enum cause accept_picture(struct server *server, const struct config_source *source,
                          struct store_upload *in, uint64_t max_bytes, struct store_picture *p)
{
    struct judging j = {server, source, in, max_bytes, store_upload_open_readonly(in)};
    enum cause cause;

    if (j.fd < 0)
        return CAUSE_STORE;
    cause = check_type(&j, &p->type);
    if (cause == CAUSE_NONE)
        cause = decode(&j, p);
    if (cause == CAUSE_NONE && is_redrawn(source))
        cause = redraw(&j, p);
    close(j.fd);
    return cause;
}

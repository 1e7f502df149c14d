/* SPDX-License-Identifier: MIT
 *
 * An explanation for programs.
 */
#include <errno.h>
#include <string.h>

#include "ctl/explain.h"

const char *explained_state_name(enum explained_state state)
{
    static const char *const names[] = {
        [STATE_NONE] = "none",     [STATE_PURGED] = "purged",
        [STATE_FRESH] = "fresh",   [STATE_REFRESHABLE] = "refreshable",
        [STATE_STANDBY] = "standby", [STATE_EXPIRED] = "expired",
    };

    return names[state];
}

const char *explained_outcome_name(enum outcome outcome)
{
    static const char *const names[] = {
        [OUTCOME_REFUSED] = "refused",       [OUTCOME_HIT] = "hit",
        [OUTCOME_REFRESHING] = "refreshing", [OUTCOME_STALE] = "stale",
        [OUTCOME_FAILURE] = "failure",       [OUTCOME_RENDER] = "render",
        [OUTCOME_REVALIDATE] = "revalidate", [OUTCOME_FETCH] = "fetch",
        [OUTCOME_UNSTORABLE] = "unstorable", [OUTCOME_RESTING] = "resting",
        [OUTCOME_STAND_IN] = "stand-in",     [OUTCOME_ADMIN] = "administration",
        [OUTCOME_DRAWN] = "drawn",           [OUTCOME_REDIRECT] = "redirect",
    };

    return names[outcome];
}

const char *explained_publication_name(enum publication publication)
{
    static const char *const names[] = {
        [PUBLICATION_OFF] = "off",
        [PUBLICATION_NEVER] = "never",
        [PUBLICATION_LATER] = "later",
        [PUBLICATION_DONE] = "published",
    };

    return names[publication];
}

const char *explained_publishable_name(enum publishable publishable)
{
    static const char *const names[] = {
        [PUBLISHABLE_YES] = "yes",
        [PUBLISHABLE_NOBODYS] = "no-source",
        [PUBLISHABLE_SIGNED] = "signed",
        [PUBLISHABLE_SHARED] = "shared",
        [PUBLISHABLE_MUTABLE] = "mutable",
        [PUBLISHABLE_VERBATIM] = "verbatim",
        [PUBLISHABLE_NEGOTIATED] = "negotiated",
        [PUBLISHABLE_SNAPPED] = "snapped",
        [PUBLISHABLE_SAVED] = "saved",
        [PUBLISHABLE_EXPIRING] = "expiring",
        [PUBLISHABLE_QUERY] = "query",
        [PUBLISHABLE_LONG] = "too-long",
        [PUBLISHABLE_UNPLAIN] = "unplain",
        [PUBLISHABLE_DOTTED] = "dotted",
    };

    return names[publishable];
}

static void put_digest(struct json *j, const char *name, const struct digest *digest)
{
    char hex[DIGEST_HEX_SIZE];

    digest_to_hex(digest, hex);
    json_string(j, name, hex);
}

static void put_entry(struct json *j, const struct explained *e)
{
    const struct entry *entry = &e->entry;

    json_number(j, "fetched_ms", entry->fetched_ms);
    json_number(j, "expires_ms", entry->expires_ms);
    json_number(j, "refresh_until_ms", entry->refresh_until_ms);
    json_number(j, "stale_until_ms", entry->stale_until_ms);
    json_number(j, "last_modified_s", entry->last_modified_s);
    json_string(j, "etag", entry->etag[0] ? entry->etag : NULL);
    json_string(j, "type", picture_type_name(entry->type));
    json_number(j, "width", entry->width);
    json_number(j, "height", entry->height);
    json_number(j, "length", (int64_t)entry->length);
    put_digest(j, "blob", &entry->blob);
    json_string(j, "path", e->path);
    json_boolean(j, "bodiless", entry->bodiless);
    json_boolean(j, "file", e->has_file);
}

static void put_explained(struct json *j, const char *name, const struct explained *e)
{
    json_object(j, name);
    json_string(j, "text", e->text);
    put_digest(j, "key", &e->key);
    json_string(j, "state", explained_state_name(e->state));
    if (e->state != STATE_NONE)
        put_entry(j, e);
    json_boolean(j, "leased", e->leased);
    json_string(j, "failure", e->failure ? cause_info(e->failure)->name : NULL);
    json_number(j, "failure_left_ms", e->failure ? e->failure_left_ms : 0);
    json_end(j, '}');
}

static void put_rendering(struct json *j, const struct picture_request *p)
{
    json_number(j, "width", p->rendering.width);
    json_number(j, "height", p->rendering.height);
    json_string(j, "fit", picture_fit_name(p->rendering.fit));
    json_number(j, "quality", p->rendering.quality);
    json_string(j, "format", p->format == PICTURE_AUTO ? "auto" : picture_type_name(p->format));
}

static void put_picture(struct json *j, const struct explanation *x)
{
    const struct picture_request *p = &x->picture;

    json_string(j, "dialect", picture_dialect_name(p->dialect));
    json_array(j, "passed_over");
    for (unsigned i = 0; i < x->passed_count; i++) {
        json_object(j, NULL);
        json_string(j, "source", p->chain[i]->name);
        json_string(j, "cause", cause_info(x->passed[i])->name);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_boolean(j, "default", x->is_default);
    json_string(j, "source", p->source->name);
    json_string(j, "id", p->id);
    if (!p->info)
        put_rendering(j, p);
    json_boolean(j, "info", p->info);
    json_boolean(j, "negotiated", p->negotiated);
    json_string(j, "publication", explained_publication_name(x->published));
    json_string(j, "unpublishable", x->published == PUBLICATION_NEVER
                                        ? explained_publishable_name(x->publishable) : NULL);
    json_array(j, "variants");
    for (unsigned i = 0; i < x->variant_count; i++)
        put_explained(j, NULL, &x->variants[i]);
    json_end(j, ']');
    if (!x->is_default) {
        put_explained(j, "original", &x->original);
        json_string(j, "origin", x->origin);
    }
    json_string(j, "breaker",
                x->has_origin ? breaker_state_name(x->record.breaker.state) : NULL);
    json_string(j, "no_state", x->has_state ? NULL : x->no_state);
}

/* The fields as an array: some may come twice. */
static void put_head(struct json *j, const struct buffer *head)
{
    const char *line = head->length ? head->data : "", *end;

    json_array(j, "answer");
    for (; (end = strstr(line, "\r\n")) != NULL && end > line; line = end + 2) {
        struct buffer field = {0};

        if (buffer_append(&field, line, (size_t)(end - line)) != 0) {
            j->writer.rc = -ENOMEM;
            return;
        }
        json_string(j, NULL, field.data);
        buffer_free(&field);
    }
    json_end(j, ']');
}

int explain_print_json(const struct explanation *x)
{
    struct json j;

    json_begin(&j);
    json_object(&j, NULL);
    json_string(&j, "url", x->url);
    if (x->refusal == CAUSE_NONE)
        put_picture(&j, x);
    else
        json_string(&j, "why", x->hint);
    json_string(&j, "outcome", explained_outcome_name(x->outcome));
    json_string(&j, "cause", x->cause ? cause_info(x->cause)->name : NULL);
    put_head(&j, &x->reply.head);
    json_end(&j, '}');
    return json_print(&j, stdout);
}
